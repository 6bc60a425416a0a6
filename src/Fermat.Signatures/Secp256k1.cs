using Fermat.Hashing;
using NBitcoin.Secp256k1;

namespace Fermat.Signatures;

/// <summary>
/// ECDSA over secp256k1 as Ethereum uses it: 65 bytes r, s, v, big-endian, v 27 or 28, s at most half of the group's order (EIP-2). One message and key have one accepted signature of
/// each nonce, so a signature's bytes cannot be varied by who sees it.
/// </summary>
public static class Secp256k1
{
    /// <summary>Bytes of a signature.</summary>
    public const int SignatureLength = 65;

    /// <summary>The address whose key signed a digest.</summary>
    /// <param name="digest">What was signed.</param>
    /// <param name="signature">r, s, v.</param>
    /// <param name="signer">The address; zero on failure.</param>
    /// <returns>Why there is none, or <see cref="SignatureFault.None"/>.</returns>
    public static SignatureFault Recover(Digest digest, ReadOnlySpan<byte> signature, out EthereumAddress signer)
    {
        signer = default;
        if (signature.Length != SignatureLength) return SignatureFault.Length;
        if (signature[64] is not (27 or 28)) return SignatureFault.RecoveryByte;
        var r = new Scalar(signature[..32], out int overflowR);
        var s = new Scalar(signature[32..64], out int overflowS);
        if (overflowR != 0 || overflowS != 0 || r.IsZero || s.IsZero) return SignatureFault.OutOfRange;
        if (s.IsHigh) return SignatureFault.HighS;
        var recoverable = new SecpRecoverableECDSASignature(new SecpECDSASignature(r, s, enforceCheck: false), signature[64] - 27);
        Span<byte> message = stackalloc byte[Digest.Length];
        digest.CopyTo(message);
        if (!ECPubKey.TryRecover(Context.Instance, recoverable, message, out ECPubKey? key) || key is null) return SignatureFault.NotOnCurve;
        signer = AddressOf(key);
        return SignatureFault.None;
    }

    /// <summary>Whether a signature of a digest is an address's.</summary>
    /// <param name="signer">The address that should have signed.</param>
    /// <param name="digest">What was signed.</param>
    /// <param name="signature">r, s, v.</param>
    /// <returns>Why not, or <see cref="SignatureFault.None"/>.</returns>
    public static SignatureFault Check(EthereumAddress signer, Digest digest, ReadOnlySpan<byte> signature)
    {
        SignatureFault fault = Recover(digest, signature, out EthereumAddress found);
        return fault == SignatureFault.None && found != signer ? SignatureFault.WrongSigner : fault;
    }

    internal static EthereumAddress AddressOf(ECPubKey key)
    {
        Span<byte> point = stackalloc byte[65];
        key.WriteToSpan(compressed: false, point, out _);
        return EthereumAddress.OfPoint(point[1..]);
    }
}
