using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// The public parameters one proof is made and checked with. They are absorbed first into the transcript (as <see cref="ToBytes"/>),
/// so a proof made with one set of options is not valid under another.
/// </summary>
/// <param name="Hash">The hash of every Merkle tree and of the transcript.</param>
/// <param name="BlowupLog2">b: codewords live on 2^b times as many points as a table has rows; the rate is ρ = 2^−b. 1 to 5.</param>
/// <param name="Queries">FRI queries, duplicates allowed. 1 to 1024.</param>
/// <param name="QueryGrindingBits">Leading zero bits asked of the nonce drawn before the query indices. 0 to 40.</param>
/// <param name="FoldingLog2">The usual logarithm of the folding factor: 1 to 3, that is 2, 4 or 8. See <see cref="FoldingSchedule"/>.</param>
/// <param name="FinalPolynomialLog2">FRI ends with 2^this coefficients in clear. 1 to 10, and at most the log height of the shortest table.</param>
/// <param name="TailRows">k: rows at the end of each table on which constraints are off; a multiple of 8, from 8 to 65536.
/// With zero knowledge, at least <see cref="MinimumTailRows"/>. Every table has at least 4k rows.</param>
/// <param name="ZeroKnowledge">Whether tail rows, masks and salts are random. Off, the proof convinces and hides nothing.</param>
public sealed record ProofOptions(
    CommitmentHash Hash,
    int BlowupLog2,
    int Queries,
    int QueryGrindingBits,
    int FoldingLog2,
    int FinalPolynomialLog2,
    int TailRows,
    bool ZeroKnowledge = true)
{
    /// <summary>Length in bytes of <see cref="ToBytes"/>.</summary>
    public const int EncodedLength = 12;

    /// <summary>Logarithm of the largest codeword: the two-adicity of the field.</summary>
    public const int MaxCodewordLog2 = 24;

    /// <summary>The most points at which one column is opened out of the domain: z and z·ω.</summary>
    public const int MaxOpenedPoints = 2;

    /// <summary>Base-field values that one out-of-domain opening of a base-field column reveals: the degree of the extension.</summary>
    public const int ValuesPerOpening = 5;

    private const byte EncodingVersion = 1;

    /// <summary>
    /// The fewest tail rows that hide a column: 2·queries + 5·2, rounded up to a multiple of 8. A column must look random wherever the
    /// opened values depend on it: at each query point x and, because the opened quotient is determined by the trace at x and at x·ω,
    /// at x·ω too; and at the two points out of the domain, five base-field values each.
    /// </summary>
    /// <param name="queries">Number of queries.</param>
    public static int MinimumTailRows(int queries) => (MaxOpenedPoints * (queries + ValuesPerOpening) + 7) / 8 * 8;

    /// <summary>Says what is wrong with these options whatever the tables, or null.</summary>
    public string? Validate()
    {
        if (!Enum.IsDefined(Hash)) return $"hash {(byte)Hash} is unknown";
        return OutOfRange("blowup log2", BlowupLog2, 1, 5)
            ?? OutOfRange("queries", Queries, 1, 1024)
            ?? OutOfRange("query grinding bits", QueryGrindingBits, 0, 40)
            ?? OutOfRange("folding log2", FoldingLog2, 1, 3)
            ?? OutOfRange("final polynomial log2", FinalPolynomialLog2, 1, 10)
            ?? OutOfRange("tail rows", TailRows, 8, 1 << 16)
            ?? (TailRows % 8 != 0 ? $"tail rows {TailRows} is not a multiple of 8" : null)
            ?? (ZeroKnowledge && TailRows < MinimumTailRows(Queries)
                ? $"tail rows {TailRows} hide fewer values than {Queries} queries open; at least {MinimumTailRows(Queries)} are needed"
                : null);
    }

    /// <summary>Says what is wrong with these options, by themselves or for tables of the given heights, or null.</summary>
    /// <param name="logHeights">Logarithm of each table's number of rows, in circuit order; any values.</param>
    public string? Validate(IReadOnlyList<int> logHeights)
    {
        ArgumentNullException.ThrowIfNull(logHeights);
        if (Validate() is { } failure) return failure;
        if (logHeights.Count == 0) return "there are no tables";
        for (int t = 0; t < logHeights.Count; t++)
        {
            int log = logHeights[t];
            if (log < 0 || log > MaxCodewordLog2 - BlowupLog2)
                return $"table {t}: log height {log} is outside 0..{MaxCodewordLog2 - BlowupLog2} for blowup log2 {BlowupLog2}";
            if (1L << log < 4L * TailRows) return $"table {t}: {1L << log} rows are fewer than 4 times the {TailRows} tail rows";
            if (log < FinalPolynomialLog2)
                return $"table {t}: log height {log} is below the final polynomial's log2 {FinalPolynomialLog2}";
        }
        return null;
    }

    /// <summary>Throws if <see cref="Validate()"/> finds something wrong.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message says which.</exception>
    public ProofOptions EnsureValid()
    {
        string? failure = Validate();
        return failure is null ? this : throw new ArgumentException("proof options: " + failure);
    }

    /// <summary>
    /// The canonical encoding, <see cref="EncodedLength"/> bytes: version (1), hash, blowup, queries (u16), grinding, folding, final
    /// polynomial, tail rows (u24), zero knowledge (0 or 1); one byte each where nothing is said, integers little-endian.
    /// </summary>
    /// <exception cref="ArgumentException">The options are not valid.</exception>
    public byte[] ToBytes()
    {
        EnsureValid();
        var bytes = new byte[EncodedLength];
        bytes[0] = EncodingVersion;
        bytes[1] = (byte)Hash;
        bytes[2] = (byte)BlowupLog2;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(3), (ushort)Queries);
        bytes[5] = (byte)QueryGrindingBits;
        bytes[6] = (byte)FoldingLog2;
        bytes[7] = (byte)FinalPolynomialLog2;
        bytes[8] = (byte)TailRows;
        bytes[9] = (byte)(TailRows >> 8);
        bytes[10] = (byte)(TailRows >> 16);
        bytes[11] = ZeroKnowledge ? (byte)1 : (byte)0;
        return bytes;
    }

    /// <summary>Reads what <see cref="ToBytes"/> writes; only its exact output for valid options is accepted.</summary>
    /// <param name="bytes">Exactly <see cref="EncodedLength"/> bytes, of any origin.</param>
    /// <param name="options">The options, when true is returned.</param>
    /// <param name="failure">What is wrong, when false is returned.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ProofOptions? options, [NotNullWhen(false)] out string? failure)
    {
        options = null;
        failure = bytes.Length != EncodedLength ? $"{bytes.Length} bytes instead of {EncodedLength}"
            : bytes[0] != EncodingVersion ? $"version {bytes[0]} instead of {EncodingVersion}"
            : bytes[11] > 1 ? $"zero-knowledge flag {bytes[11]} is neither 0 nor 1"
            : null;
        if (failure is not null) return false;

        var parsed = new ProofOptions(
            (CommitmentHash)bytes[1],
            bytes[2],
            BinaryPrimitives.ReadUInt16LittleEndian(bytes[3..]),
            bytes[5],
            bytes[6],
            bytes[7],
            bytes[8] | bytes[9] << 8 | bytes[10] << 16,
            bytes[11] == 1);
        failure = parsed.Validate();
        if (failure is not null) return false;
        options = parsed;
        return true;
    }

    private static string? OutOfRange(string name, int value, int min, int max) =>
        value < min || value > max ? $"{name} {value} is outside {min}..{max}" : null;
}
