using Fermat.Hashing;
using NBitcoin.Secp256k1;

namespace Fermat.Signatures;

/// <summary>A secret key of secp256k1. Signatures are deterministic (RFC 6979), with low s. Dispose it to wipe the secret.</summary>
public sealed class Secp256k1Key : IDisposable
{
    private readonly ECPrivKey _key;

    private Secp256k1Key(ECPrivKey key)
    {
        _key = key;
        Address = Secp256k1.AddressOf(key.CreatePubKey());
    }

    /// <summary>The address of its public point.</summary>
    public EthereumAddress Address { get; }

    /// <summary>Takes 32 bytes, big-endian, from 1 to the order of the group − 1; null for anything else.</summary>
    public static Secp256k1Key? FromBytes(ReadOnlySpan<byte> secret) => secret.Length == 32 && ECPrivKey.TryCreate(secret, out ECPrivKey? key) ? new Secp256k1Key(key) : null;

    /// <summary>Signs a digest.</summary>
    /// <returns>65 bytes: r, s, v.</returns>
    public byte[] Sign(Digest digest)
    {
        if (!_key.TrySignRecoverable(digest.ToArray(), out SecpRecoverableECDSASignature? signature) || signature is null)
            throw new InvalidOperationException("no nonce gave a signature; this happens with a probability of 2^-128");
        signature.Deconstruct(out Scalar r, out Scalar s, out int recovery);
        byte[] bytes = new byte[Secp256k1.SignatureLength];
        r.WriteToSpan(bytes);
        s.WriteToSpan(bytes.AsSpan(32));
        bytes[64] = (byte)(27 + recovery);
        return bytes;
    }

    /// <summary>Wipes the secret.</summary>
    public void Dispose() => _key.Dispose();
}
