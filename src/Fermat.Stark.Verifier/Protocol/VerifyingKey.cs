using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Fermat.Air;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// A verifier's own anchor: the circuit's digest, the commitment to its preprocessed columns and what that commitment depends on. It is
/// compiled from the circuit or pinned by its digest, and never read from the prover's side of the table.
/// </summary>
public sealed class VerifyingKey
{
    private const string CircuitContext = "fermat circuit v1";
    private const string KeyContext = "fermat verifying key v1";

    private static readonly ConditionalWeakTable<Circuit, StrongBox<Digest>> Digests = [];

    private VerifyingKey(
        Circuit circuit,
        CommitmentHash hash,
        int blowupLog2,
        int tailRows,
        ImmutableArray<int?> preprocessedLogHeights,
        Digest? preprocessedRoot)
    {
        Circuit = circuit;
        CircuitDigest = DigestOf(circuit);
        Hash = hash;
        BlowupLog2 = blowupLog2;
        TailRows = tailRows;
        PreprocessedLogHeights = preprocessedLogHeights;
        PreprocessedRoot = preprocessedRoot;
        Digest = ComputeDigest();
    }

    /// <summary>The circuit that the key was compiled for.</summary>
    public Circuit Circuit { get; }

    /// <summary>BLAKE3 in key-derivation mode, context "fermat circuit v1", of the circuit's canonical bytes.</summary>
    public Digest CircuitDigest { get; }

    /// <summary>The hash of the preprocessed commitment, and so of the whole proof.</summary>
    public CommitmentHash Hash { get; }

    /// <summary>The blowup of the preprocessed commitment, and so of the whole proof.</summary>
    public int BlowupLog2 { get; }

    /// <summary>k, the tail rows of every table.</summary>
    public int TailRows { get; }

    /// <summary>By table: the logarithm of its rows where it has preprocessed columns, else null.</summary>
    public ImmutableArray<int?> PreprocessedLogHeights { get; }

    /// <summary>The root of the preprocessed commitment; null if no table has preprocessed columns.</summary>
    public Digest? PreprocessedRoot { get; }

    /// <summary>BLAKE3 in key-derivation mode, context "fermat verifying key v1", of the circuit's digest and what is committed.</summary>
    public Digest Digest { get; }

    /// <summary>Compiles a key: extends and commits the circuit's preprocessed columns.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="options">Their hash, blowup and tail rows go into the key; the rest does not.</param>
    /// <param name="logHeights">Logarithm of each table's rows, in circuit order; only those of tables with preprocessed columns are looked at.</param>
    /// <param name="ct">Cancels.</param>
    public static VerifyingKey Compile(
        Circuit circuit,
        ProofOptions options,
        IReadOnlyList<int> logHeights,
        CancellationToken ct = default)
    {
        using var preprocessing = Preprocessing.Commit(circuit, options, logHeights, ct);
        return Of(circuit, options, logHeights, preprocessing);
    }

    /// <summary>The key that belongs to columns that are already committed.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="options">The options given to <see cref="Preprocessing.Commit"/>.</param>
    /// <param name="logHeights">The heights given to it.</param>
    /// <param name="preprocessing">Its result.</param>
    public static VerifyingKey Of(
        Circuit circuit,
        ProofOptions options,
        IReadOnlyList<int> logHeights,
        Preprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logHeights);
        ArgumentNullException.ThrowIfNull(preprocessing);
        return new VerifyingKey(
            circuit,
            options.Hash,
            options.BlowupLog2,
            options.TailRows,
            [.. circuit.Tables.Select(table => table.PreprocessedWidth > 0 ? logHeights[table.Index] : (int?)null)],
            preprocessing.Tree?.Root);
    }

    /// <summary>Whether the key was compiled for this circuit, or for one of the same canonical bytes.</summary>
    internal bool IsFor(Circuit circuit) => ReferenceEquals(circuit, Circuit) || DigestOf(circuit) == CircuitDigest;

    /// <summary>The digest of a circuit; circuits never change, so it is computed once for each.</summary>
    public static Digest DigestOf(Circuit circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        return Digests.GetValue(circuit, one =>
        {
            var canonical = new ArrayBufferWriter<byte>();
            one.WriteCanonical(canonical);
            return new StrongBox<Digest>(Blake3.DeriveKey(CircuitContext, canonical.WrittenSpan));
        }).Value;
    }

    /// <summary>
    /// circuit digest ‖ hash (1 byte) ‖ blowup (1) ‖ tail rows (4) ‖ number of tables (4) ‖ for each table its log height, or 255 without
    /// preprocessed columns (1) ‖ the root, if any (32). Integers little-endian.
    /// </summary>
    private Digest ComputeDigest()
    {
        var bytes = new byte[Digest.Length + 10 + PreprocessedLogHeights.Length + (PreprocessedRoot is null ? 0 : Digest.Length)];
        CircuitDigest.CopyTo(bytes);
        Span<byte> rest = bytes.AsSpan(Digest.Length);
        rest[0] = (byte)Hash;
        rest[1] = (byte)BlowupLog2;
        BinaryPrimitives.WriteInt32LittleEndian(rest[2..], TailRows);
        BinaryPrimitives.WriteInt32LittleEndian(rest[6..], PreprocessedLogHeights.Length);
        rest = rest[10..];
        foreach (int? logHeight in PreprocessedLogHeights)
        {
            rest[0] = (byte)(logHeight ?? byte.MaxValue);
            rest = rest[1..];
        }

        PreprocessedRoot?.CopyTo(rest);
        return Blake3.DeriveKey(KeyContext, bytes);
    }
}
