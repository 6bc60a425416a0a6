using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>What a proof is made for: how much proving time is spent on a smaller proof.</summary>
public enum ProofProfile
{
    /// <summary>Rate 1/2: the quickest to make.</summary>
    Fast = 1,

    /// <summary>Rate 1/4: about half the queries for twice the codeword.</summary>
    Balanced = 2,

    /// <summary>Rate 1/8 and more grinding: the fewest queries and the smallest proof.</summary>
    Compact = 3,
}

/// <summary>
/// Chooses the options of a proof: the fewest queries with which <see cref="Soundness"/> proves the bits asked for, for tables of given shapes.
/// </summary>
public static class Profiles
{
    /// <summary>Bits of work before the queries are drawn: a second or less of hashing on one core.</summary>
    public const int QueryGrindingBits = 20;

    /// <summary>
    /// Those of the compact profile with a hash over bytes: some seconds on two cores, in a proof that takes a minute, for five queries less of fifty-six. With an
    /// algebraic hash, which is an order of magnitude slower, it grinds as the others do.
    /// </summary>
    public const int CompactGrindingBits = 27;

    /// <summary>Those of small proofs, made in a tenth of a second: twenty bits would take a tenth of that, and eight queries more cost next to nothing there.</summary>
    public const int SmallGrindingBits = 12;

    /// <summary>The usual logarithm of the folding factor.</summary>
    public const int FoldingLog2 = 3;

    /// <summary>The proven bits of the ordinary profiles.</summary>
    public const int StandardBits = 100;

    /// <summary>The proven bits of the high profiles, for which rows and messages are capped: see docs/protocol/SOUNDNESS.md.</summary>
    public const int HighBits = 128;

    private const int MaxQueries = 1024, MaxExtraOracleBits = 32;

    /// <summary>The options for tables of given heights.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="bits">Proven bits to reach, 1 to 128.</param>
    /// <param name="shape">The tables with their heights.</param>
    /// <param name="hash">The commitment hash.</param>
    /// <exception cref="ArgumentException">No number of queries reaches the bits; the message says what stands in the way.</exception>
    public static ProofOptions Select(ProofProfile profile, int bits, CircuitShape shape, CommitmentHash hash = CommitmentHash.Blake3) =>
        TrySelect(profile, bits, shape, hash, out ProofOptions? options, out string? failure) ? options : throw new ArgumentException(failure);

    /// <summary>The options for tables of given heights, if there are any.</summary>
    /// <param name="profile">The profile.</param>
    /// <param name="bits">Proven bits to reach, 1 to 128.</param>
    /// <param name="shape">The tables with their heights.</param>
    /// <param name="hash">The commitment hash.</param>
    /// <param name="options">The options, when true is returned.</param>
    /// <param name="failure">What stands in the way, when false is returned.</param>
    public static bool TrySelect(
        ProofProfile profile,
        int bits,
        CircuitShape shape,
        CommitmentHash hash,
        [NotNullWhen(true)] out ProofOptions? options,
        [NotNullWhen(false)] out string? failure)
    {
        ArgumentNullException.ThrowIfNull(shape);
        return TrySelect(profile, bits, 0, null, shape, hash, out options, out failure);
    }

    private static bool TrySelect(
        ProofProfile profile,
        int bits,
        int extraOracleBits,
        int? grindingBits,
        CircuitShape shape,
        CommitmentHash hash,
        [NotNullWhen(true)] out ProofOptions? options,
        [NotNullWhen(false)] out string? failure)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, HighBits);
        options = null;
        if (Soundness.HashBits(hash) < bits)
        {
            failure = $"{hash} is assumed to resist collisions with {Soundness.HashBits(hash)} bits of work; {bits} were asked for";
            return false;
        }

        if (!FewestQueries(profile, bits, extraOracleBits, grindingBits, shape, hash, out int queries, out failure)) return false;
        ProofOptions candidate = Candidate(profile, shape, hash, queries, grindingBits);
        failure = candidate.Validate(shape.LogHeights);
        if (failure is not null) return false;
        options = candidate;
        return true;
    }

    /// <summary>
    /// The options and the smallest heights for tables of which only the number of active rows is known. More tail rows may need taller tables, and taller
    /// tables more queries: this finds the pair that fits.
    /// </summary>
    /// <param name="profile">The profile.</param>
    /// <param name="bits">Proven bits to reach, 1 to 128.</param>
    /// <param name="shape">The tables; their heights are lower bounds on the result's.</param>
    /// <param name="activeRows">Active rows each table must hold, in circuit order.</param>
    /// <param name="hash">The commitment hash.</param>
    /// <param name="extraOracleBits">
    /// Bits that the proof must prove beyond <paramref name="bits"/>, 0 to 32: one of several proofs of a statement proves more, since their errors add up. They ask nothing more of the hash: a collision is as
    /// hard to find for all proofs as for one.
    /// </param>
    /// <param name="grindingBits">Bits of work before the queries are drawn, 0 to 40; null for the profile's own. Fewer take more queries.</param>
    /// <returns>The options and the shape with its heights.</returns>
    /// <exception cref="ArgumentException">Nothing fits; the message says what stands in the way.</exception>
    public static (ProofOptions Options, CircuitShape Shape) Fit(
        ProofProfile profile, int bits, CircuitShape shape, IReadOnlyList<int> activeRows, CommitmentHash hash = CommitmentHash.Blake3,
        int extraOracleBits = 0, int? grindingBits = null)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(activeRows);
        ArgumentOutOfRangeException.ThrowIfNegative(extraOracleBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(extraOracleBits, MaxExtraOracleBits);
        if (activeRows.Count != shape.Tables.Count)
            throw new ArgumentException($"{activeRows.Count} row counts for {shape.Tables.Count} tables", nameof(activeRows));

        int tailRows = TailRows(1);
        while (true)
        {
            CircuitShape tall = shape.WithLogHeights([.. shape.Tables.Select((table, t) => Math.Max(table.LogHeight, LogHeight(activeRows[t], tailRows)))]);
            if (tall.LogHeights.Max() > ProofOptions.MaxCodewordLog2 - (int)profile)
                throw new ArgumentException($"2^{tall.LogHeights.Max()} rows are too many for profile {profile}", nameof(activeRows));
            if (!FewestQueries(profile, bits, extraOracleBits, grindingBits, tall, hash, out int queries, out string? failure)) throw new ArgumentException(failure);
            if (TailRows(queries) <= tailRows)
            {
                return TrySelect(profile, bits, extraOracleBits, grindingBits, tall, hash, out ProofOptions? options, out failure) ? (options, tall) : throw new ArgumentException(failure);
            }

            tailRows = TailRows(queries);
        }
    }

    /// <summary>Logarithm of the fewest rows that hold the active rows and the tail rows, and are at least 4 times the tail rows.</summary>
    /// <param name="activeRows">Active rows, 0 or more.</param>
    /// <param name="tailRows">Tail rows.</param>
    public static int LogHeight(int activeRows, int tailRows)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(activeRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(tailRows, 1);
        return BitOperations.Log2((uint)Math.Max((long)activeRows + tailRows, 4L * tailRows) - 1) + 1;
    }

    /// <summary>The tail rows of the profiles: <see cref="ProofOptions.MinimumTailRows"/> with some slack, a multiple of 16.</summary>
    private static int TailRows(int queries) => (ProofOptions.MinimumTailRows(queries) + 2 + 15) / 16 * 16;

    private static bool FewestQueries(
        ProofProfile profile, int bits, int extraOracleBits, int? grindingBits, CircuitShape shape, CommitmentHash hash, out int queries, [NotNullWhen(false)] out string? failure)
    {
        queries = MaxQueries;
        failure = null;
        if (shape.Tables.Count == 0) failure = "there are no tables";
        else if (shape.LogHeights.Min() < 1) failure = $"a table of log height {shape.LogHeights.Min()} holds no tail rows";
        else if (shape.LogHeights.Max() > ProofOptions.MaxCodewordLog2 - (int)profile)
            failure = $"2^{shape.LogHeights.Max()} rows are too many for profile {profile}";
        if (failure is not null) return false;

        SoundnessReport most = Report(profile, shape, hash, MaxQueries, grindingBits);
        if (!most.Meets(bits + extraOracleBits, bits))
        {
            failure = most.Violations.Count > 0 ? most.Violations[0]
                : $"{bits + extraOracleBits} bits are out of reach with any number of queries: {most.OracleBits} at most, {most.Best.Weakest.Bits} for {most.Best.Weakest.Name}";
            return false;
        }

        int low = 1;
        while (low < queries)
        {
            int middle = (low + queries) / 2;
            if (Report(profile, shape, hash, middle, grindingBits).Meets(bits + extraOracleBits, bits)) queries = middle;
            else low = middle + 1;
        }
        return true;
    }

    private static SoundnessReport Report(ProofProfile profile, CircuitShape shape, CommitmentHash hash, int queries, int? grindingBits) =>
        Soundness.ComputeUnchecked(new SoundnessInput(shape, Candidate(profile, shape, hash, queries, grindingBits)));

    private static ProofOptions Candidate(ProofProfile profile, CircuitShape shape, CommitmentHash hash, int queries, int? grindingBits) => new(
        hash,
        (int)profile,
        queries,
        grindingBits ?? (profile == ProofProfile.Compact && hash is (CommitmentHash.Blake3 or CommitmentHash.Keccak256) ? CompactGrindingBits : QueryGrindingBits),
        FoldingLog2,
        FinalPolynomialLog2(shape.LogHeights),
        TailRows(queries));

    /// <summary>
    /// 2^6 to 2^8 coefficients in clear (a layer less is worth more than the coefficients cost), the fewest that leave the fewest rounds.
    /// </summary>
    private static int FinalPolynomialLog2(IReadOnlyList<int> logHeights)
    {
        int shortest = logHeights.Min();
        int remainder = shortest < 6 ? 0 : (shortest - 6) % FoldingLog2;
        return Math.Clamp(6 + remainder, 1, Math.Max(1, shortest));
    }
}
