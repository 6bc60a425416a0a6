using System.Buffers.Binary;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The proof file (<c>.proof</c>): the proofs of all segments of a book, in order. Little-endian: <c>FRMTSEGS</c>, version (2 bytes), statement (2, 1 = solvency), number of segments (4), the length
/// of each proof (4 each), the proofs.
/// </summary>
public static class SolvencyProofFile
{
    /// <summary>The first bytes of every proof file.</summary>
    public static ReadOnlySpan<byte> Magic => "FRMTSEGS"u8;

    /// <summary>The version that this library writes and reads.</summary>
    public const ushort Version = 1;

    /// <summary>The statement that the proofs are of.</summary>
    public const ushort Kind = 1;

    private const int HeaderLength = 16;

    /// <summary>Length in bytes of a file of proofs that are each at most so long; what a reader need not read beyond.</summary>
    /// <param name="segments">How many segments the statement has.</param>
    /// <param name="proofBytes">The longest proof of a segment that is looked at.</param>
    public static long MaxBytes(int segments, int proofBytes) => Math.Min(HeaderLength + segments * (4L + proofBytes), Array.MaxLength);

    /// <summary>The file's bytes.</summary>
    /// <param name="proofs">The proofs of the segments, in order.</param>
    public static byte[] Write(IReadOnlyList<byte[]> proofs)
    {
        ArgumentNullException.ThrowIfNull(proofs);
        byte[] file = new byte[checked(HeaderLength + 4 * proofs.Count + proofs.Sum(proof => proof.Length))];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), Version);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(10), Kind);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(12), (uint)proofs.Count);
        int at = HeaderLength;
        foreach (byte[] proof in proofs)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), (uint)proof.Length);
            at += 4;
        }
        foreach (byte[] proof in proofs)
        {
            proof.CopyTo(file, at);
            at += proof.Length;
        }
        return file;
    }

    /// <summary>Splits a file into its proofs; nothing of them is read. On failure returns what is wrong.</summary>
    /// <param name="file">Bytes of any origin.</param>
    /// <param name="segments">How many segments the statement has: a file of another number is refused.</param>
    /// <param name="proofs">The proofs, as parts of the file; empty on failure.</param>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> file, int segments, out IReadOnlyList<ReadOnlyMemory<byte>> proofs)
    {
        proofs = [];
        ReadOnlySpan<byte> bytes = file.Span;
        if (bytes.Length < HeaderLength || !bytes.StartsWith(Magic))
            return Wrong("this is not a file of proofs", Convert.ToHexStringLower(Magic), Convert.ToHexStringLower(bytes[..Math.Min(bytes.Length, Magic.Length)]));
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]), kind = BinaryPrimitives.ReadUInt16LittleEndian(bytes[10..]);
        if (version != Version) return Wrong("the proof file has a version that this program does not read", $"{Version}", $"{version}");
        if (kind != Kind) return Wrong("the proof file is about another kind of statement", $"{Kind}", $"{kind}");
        uint count = BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]);
        if (count != segments) return Wrong("the proof file has another number of segments than the statement", $"{segments}", $"{count}");
        if (bytes.Length < HeaderLength + 4L * segments) return Wrong("the proof file is cut off", $"{HeaderLength + 4L * segments} bytes or more", $"{bytes.Length}");

        long length = HeaderLength + 4L * segments;
        var split = new ReadOnlyMemory<byte>[segments];
        for (int i = 0; i < segments; i++)
        {
            uint proof = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(HeaderLength + 4 * i)..]);
            if (length + proof > bytes.Length) return Wrong($"the proof file is cut off in segment {i + 1}", $"{length + proof} bytes or more", $"{bytes.Length}");
            split[i] = file.Slice((int)length, (int)proof);
            length += proof;
        }
        if (length != bytes.Length) return Wrong("bytes follow the end of the last proof", $"{length} bytes", $"{bytes.Length} bytes");
        proofs = split;
        return null;
    }

    private static StatementRejection Wrong(string message, string expected, string got) =>
        new(StatementRejectionCode.MalformedProofFile, message, Expected: expected, Got: got);
}
