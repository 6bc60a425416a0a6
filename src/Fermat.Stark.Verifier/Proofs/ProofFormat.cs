namespace Fermat.Stark;

/// <summary>The fixed bytes of the proof format.</summary>
public static class ProofFormat
{
    /// <summary>The first bytes of every proof.</summary>
    public static ReadOnlySpan<byte> Magic => "FRMTPRF1"u8;

    /// <summary>The version that this library writes and reads; it stands behind the magic, in two bytes.</summary>
    public const ushort Version = 1;

    /// <summary>Length in bytes of everything up to the heights: magic, version, options, digests of the verifying key and of the public inputs.</summary>
    public const int FixedHeaderLength = 8 + 2 + ProofOptions.EncodedLength + 2 * Hashing.Digest.Length;
}
