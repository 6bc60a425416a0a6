using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Fermat.Hashing;
using Org.BouncyCastle.Asn1.Sec;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;

namespace Fermat.Signatures.Tests;

public sealed class Secp256k1Tests
{
    private static readonly BigInteger Order = BigInteger.Parse("00fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", System.Globalization.NumberStyles.HexNumber, null);

    /// <summary>Deterministic signatures of RFC 6979 over SHA-256 digests, with low s, as the implementations of this curve publish them.</summary>
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", "Satoshi Nakamoto",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8", "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", "All those moments will be lost in time, like tears in rain. Time to die...",
        "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b", "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    [InlineData("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140", "Satoshi Nakamoto",
        "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0", "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    [InlineData("f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181", "Alan Turing",
        "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c", "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea")]
    public void Signatures_are_those_of_RFC_6979(string secret, string message, string r, string s)
    {
        using Secp256k1Key key = Secp256k1Key.FromBytes(Convert.FromHexString(secret))!;
        Digest digest = Digest.FromBytes(SHA256.HashData(Encoding.ASCII.GetBytes(message)));
        byte[] signature = key.Sign(digest);
        Assert.Equal(r + s, Convert.ToHexStringLower(signature.AsSpan(0, 64)));
        Assert.Equal(SignatureFault.None, Secp256k1.Check(key.Address, digest, signature));
    }

    /// <summary>The example of the web3.js documentation of <c>accounts.sign</c> (EIP-191).</summary>
    [Fact]
    public void Personal_messages_are_those_of_EIP_191()
    {
        using Secp256k1Key key = Secp256k1Key.FromBytes(Convert.FromHexString("4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318"))!;
        Assert.Equal("0x2c7536E3605D9C16a7a3D7b1898e529396a65c23", key.Address.ToString());
        Digest digest = Eip712.PersonalMessage("Some data"u8);
        Assert.Equal("1da44b586eb0729ff70a73c326926f6ed5a25f5b056e7f47fbc6e58d86871655", Convert.ToHexStringLower(digest.ToArray()));
        Assert.Equal(
            "b91467e570a6466aa9e9876cbcd013baba02900b8979d43fe208a4a4f339f5fd6007e74cd82e037b800186422fc2da167c747ef045e5d18a5f5d4300f8e1a0291c", Convert.ToHexStringLower(key.Sign(digest)));
    }

    [Fact]
    public void Another_implementation_accepts_what_is_signed_here()
    {
        var curve = SecNamedCurves.GetByName("secp256k1");
        var domain = new ECDomainParameters(curve.Curve, curve.G, curve.N, curve.H);
        for (byte i = 1; i <= 20; i++)
        {
            byte[] secret = SHA256.HashData([i]);
            using Secp256k1Key key = Secp256k1Key.FromBytes(secret)!;
            byte[] digest = SHA256.HashData([i, i]), signature = key.Sign(Digest.FromBytes(digest));
            var point = domain.G.Multiply(new Org.BouncyCastle.Math.BigInteger(1, secret)).Normalize();
            Assert.Equal(key.Address, EthereumAddress.OfPoint(point.GetEncoded(false).AsSpan(1)));
            var signer = new ECDsaSigner();
            signer.Init(false, new ECPublicKeyParameters(point, domain));
            Assert.True(signer.VerifySignature(digest, new Org.BouncyCastle.Math.BigInteger(1, signature[..32]), new Org.BouncyCastle.Math.BigInteger(1, signature[32..64])));
        }
    }

    [Fact]
    public void The_other_form_of_a_signature_is_refused_for_its_high_s()
    {
        (Secp256k1Key key, Digest digest, byte[] signature) = Signed();
        byte[] high = Replace(signature, s: Order - Number(signature.AsSpan(32, 32)));
        high[64] = (byte)(55 - high[64]);
        Assert.Equal(SignatureFault.HighS, Secp256k1.Check(key.Address, digest, high));
    }

    [Theory]
    [InlineData(0, SignatureFault.RecoveryByte)]
    [InlineData(1, SignatureFault.RecoveryByte)]
    [InlineData(26, SignatureFault.RecoveryByte)]
    [InlineData(29, SignatureFault.RecoveryByte)]
    [InlineData(255, SignatureFault.RecoveryByte)]
    public void A_recovery_byte_is_27_or_28(byte v, SignatureFault expected)
    {
        (Secp256k1Key key, Digest digest, byte[] signature) = Signed();
        signature[64] = v;
        Assert.Equal(expected, Secp256k1.Check(key.Address, digest, signature));
    }

    [Fact]
    public void The_other_recovery_byte_is_another_signer()
    {
        (Secp256k1Key key, Digest digest, byte[] signature) = Signed();
        signature[64] = (byte)(55 - signature[64]);
        Assert.Equal(SignatureFault.WrongSigner, Secp256k1.Check(key.Address, digest, signature));
    }

    [Fact]
    public void Zero_and_what_is_not_below_the_order_are_refused()
    {
        (Secp256k1Key key, Digest digest, byte[] signature) = Signed();
        Assert.Equal(SignatureFault.OutOfRange, Secp256k1.Check(key.Address, digest, Replace(signature, r: 0)));
        Assert.Equal(SignatureFault.OutOfRange, Secp256k1.Check(key.Address, digest, Replace(signature, s: 0)));
        Assert.Equal(SignatureFault.OutOfRange, Secp256k1.Check(key.Address, digest, Replace(signature, r: Order)));
        Assert.Equal(SignatureFault.OutOfRange, Secp256k1.Check(key.Address, digest, Replace(signature, s: Order)));
        Assert.Equal(SignatureFault.OutOfRange, Secp256k1.Check(key.Address, digest, Replace(signature, r: (BigInteger.One << 256) - 1)));
    }

    [Fact]
    public void An_r_that_is_no_points_x_is_refused()
    {
        // x = 5 is not on the curve: 5^3 + 7 = 132 has no square root
        (Secp256k1Key key, Digest digest, byte[] signature) = Signed();
        Assert.Equal(SignatureFault.NotOnCurve, Secp256k1.Check(key.Address, digest, Replace(signature, r: 5)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(64)]
    [InlineData(66)]
    public void A_signature_has_65_bytes(int length)
    {
        (Secp256k1Key key, Digest digest, byte[] signature) = Signed();
        Array.Resize(ref signature, length);
        Assert.Equal(SignatureFault.Length, Secp256k1.Check(key.Address, digest, signature));
    }

    [Fact]
    public void A_changed_message_has_another_signer()
    {
        (Secp256k1Key key, _, byte[] signature) = Signed();
        Assert.Equal(SignatureFault.WrongSigner, Secp256k1.Check(key.Address, Digest.FromBytes(SHA256.HashData([9])), signature));
    }

    [Fact]
    public void Secret_keys_are_between_one_and_the_order()
    {
        Assert.Null(Secp256k1Key.FromBytes(new byte[32]));
        Assert.Null(Secp256k1Key.FromBytes(Bytes(Order)));
        Assert.Null(Secp256k1Key.FromBytes(new byte[31]));
        Assert.NotNull(Secp256k1Key.FromBytes(Bytes(Order - 1)));
    }

    private static (Secp256k1Key Key, Digest Digest, byte[] Signature) Signed()
    {
        Secp256k1Key key = Secp256k1Key.FromBytes(SHA256.HashData("a key"u8))!;
        Digest digest = Digest.FromBytes(SHA256.HashData("a message"u8));
        return (key, digest, key.Sign(digest));
    }

    private static byte[] Replace(byte[] signature, BigInteger? r = null, BigInteger? s = null)
        => [.. r is { } x ? Bytes(x) : signature[..32], .. s is { } y ? Bytes(y) : signature[32..64], signature[64]];

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static byte[] Bytes(BigInteger value)
    {
        byte[] bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
