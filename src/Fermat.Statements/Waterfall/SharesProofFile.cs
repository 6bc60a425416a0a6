using System.Buffers.Binary;

namespace Fermat.Statements.Waterfall;

/// <summary>The file of a proof of statement D. Little-endian: <c>FRMTSHRS</c>, version (2 bytes), what the ledger counts the asset in as a power of ten of the rulebook's units (2), the proof.</summary>
public static class SharesProofFile
{
    /// <summary>The first bytes.</summary>
    public static ReadOnlySpan<byte> Magic => "FRMTSHRS"u8;

    /// <summary>The version that this library writes and reads.</summary>
    public const ushort Version = 1;

    /// <summary>Bytes before the proof.</summary>
    public const int HeaderLength = 12;

    /// <summary>The file's bytes.</summary>
    /// <param name="unit">The ledger's unit, 0 to <see cref="SharesStatement.MaxUnit"/>.</param>
    /// <param name="proof">The proof.</param>
    public static byte[] Write(int unit, ReadOnlySpan<byte> proof)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(unit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unit, SharesStatement.MaxUnit);
        byte[] file = new byte[HeaderLength + proof.Length];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(10), (ushort)unit);
        proof.CopyTo(file.AsSpan(HeaderLength));
        return file;
    }

    /// <summary>Reads the header; nothing of the proof is read. On failure returns what is wrong.</summary>
    /// <param name="file">Bytes of any origin.</param>
    /// <param name="unit">The ledger's unit.</param>
    /// <param name="proof">The proof, as a part of the file; empty on failure.</param>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> file, out int unit, out ReadOnlyMemory<byte> proof)
    {
        (unit, proof) = (0, default);
        ReadOnlySpan<byte> bytes = file.Span;
        if (bytes.Length < HeaderLength || !bytes.StartsWith(Magic))
            return Wrong("this is not a proof of shares", Convert.ToHexStringLower(Magic), Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, Magic.Length)]));
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]), counted = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        if (version != Version) return Wrong("the proof file has a version that this program does not read", $"{Version}", $"{version}");
        if (counted > SharesStatement.MaxUnit) return Wrong("the ledger's unit is out of range", $"10^0 to 10^{SharesStatement.MaxUnit} of the rulebook's", $"10^{counted}");
        (unit, proof) = (counted, file[HeaderLength..]);
        return null;
    }

    private static StatementRejection Wrong(string message, string expected, string got) => new(StatementRejectionCode.MalformedProofFile, message, Expected: expected, Got: got);
}
