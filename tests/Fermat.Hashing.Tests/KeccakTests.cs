using System.Text;
using Org.BouncyCastle.Crypto.Digests;

namespace Fermat.Hashing.Tests;

public sealed class KeccakTests
{
    [Theory]
    [InlineData("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("Transfer(address,address,uint256)", "ddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    public void Well_known_digests(string text, string expected) => Assert.Equal(expected, Keccak256.Hash(Encoding.ASCII.GetBytes(text)).ToString());

    [Fact]
    public void Agrees_with_another_implementation_at_every_length()
    {
        byte[] input = Blake3Tests.Input(600);
        for (int length = 0; length <= input.Length; length++)
        {
            var oracle = new KeccakDigest(256);
            oracle.BlockUpdate(input, 0, length);
            var expected = new byte[32];
            oracle.DoFinal(expected, 0);
            Assert.Equal(Digest.FromBytes(expected), Keccak256.Hash(input.AsSpan(0, length)));
        }
    }
}
