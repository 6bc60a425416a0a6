using System.Text;
using System.Text.Json;

namespace Fermat.Hashing.Tests;

/// <summary>BLAKE3 against the official vectors, in all three modes and with every way of feeding it.</summary>
public sealed class Blake3Tests
{
    private static readonly JsonElement Official = LoadOfficial();

    private static readonly byte[] Key = Encoding.ASCII.GetBytes(Official.GetProperty("key").GetString()!);
    private static readonly string Context = Official.GetProperty("context_string").GetString()!;

    public static TheoryData<int, string, string, string> Cases()
    {
        var data = new TheoryData<int, string, string, string>();
        foreach (JsonElement c in Official.GetProperty("cases").EnumerateArray())
        {
            data.Add(
                c.GetProperty("input_len").GetInt32(),
                c.GetProperty("hash").GetString()!,
                c.GetProperty("keyed_hash").GetString()!,
                c.GetProperty("derive_key").GetString()!);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Official_vectors_hold_in_all_modes(int length, string hash, string keyed, string derived)
    {
        byte[] input = Input(length);
        CheckMode(new Blake3Hasher(), input, hash);
        CheckMode(Blake3Hasher.Keyed(Key), input, keyed);
        CheckMode(Blake3Hasher.ForContext(Context), input, derived);
        Assert.Equal(hash[..64], Blake3.Hash(input).ToString());
        Assert.Equal(keyed[..64], Blake3.KeyedHash(Key, input).ToString());
        Assert.Equal(derived[..64], Blake3.DeriveKey(Context, input).ToString());
    }

    [Fact]
    public void There_are_official_vectors_beyond_one_chunk() => Assert.True(Cases().Count >= 30);

    [Theory]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(1000)]
    [InlineData(1024)]
    [InlineData(8192)]
    [InlineData(9000)]
    public void Input_in_pieces_gives_the_same_digest(int piece)
    {
        byte[] input = Input(40_000);
        var hasher = new Blake3Hasher();
        for (int at = 0; at < input.Length; at += piece) hasher.Update(input.AsSpan(at, Math.Min(piece, input.Length - at)));
        Assert.Equal(Blake3.Hash(input), hasher.Finish());
    }

    [Fact]
    public void Finishing_does_not_consume()
    {
        byte[] input = Input(5000);
        var hasher = new Blake3Hasher();
        for (int length = 0; length < input.Length; length += 500)
        {
            Assert.Equal(Blake3.Hash(input.AsSpan(0, length)), hasher.Finish());
            hasher.Update(input.AsSpan(length, 500));
        }
    }

    [Fact]
    public void The_output_stream_can_be_read_from_anywhere()
    {
        Blake3Xof xof = new Blake3Hasher().Update(Input(3000)).FinishXof();
        var whole = new byte[1000];
        xof.Read(whole);
        Assert.Equal(1000UL, xof.Position);
        foreach ((int at, int length) in new[] { (0, 1), (63, 2), (64, 64), (100, 900), (129, 300), (999, 1) })
        {
            var part = new byte[length];
            xof.ReadAt((ulong)at, part);
            Assert.Equal(whole[at..(at + length)], part);
        }
    }

    [Fact]
    public void A_key_of_the_wrong_length_is_refused() => Assert.Throws<ArgumentException>(() => Blake3Hasher.Keyed(new byte[31]));

    internal static byte[] Input(int length)
    {
        var input = new byte[length];
        for (int i = 0; i < length; i++) input[i] = (byte)(i % 251);
        return input;
    }

    private static void CheckMode(Blake3Hasher hasher, byte[] input, string expectedHex)
    {
        var output = new byte[expectedHex.Length / 2];
        hasher.Update(input).FinishXof().Read(output);
        Assert.Equal(expectedHex, Convert.ToHexStringLower(output));
        Assert.Equal(expectedHex[..64], hasher.Finish().ToString());
    }

    private static JsonElement LoadOfficial()
    {
        using Stream stream = typeof(Blake3Tests).Assembly.GetManifestResourceStream("blake3.json")!;
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}
