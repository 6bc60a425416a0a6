using System.Collections.Immutable;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>
/// All that can be said about a proof before looking at its contents: what is committed, opened and folded, in which order and how many of each.
/// A function of the circuit, the options and the table heights.
/// </summary>
public sealed class ProofShape
{
    /// <summary>The shape of proofs of a circuit.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="options">Options that suit the heights.</param>
    /// <param name="logHeights">Logarithm of each table's rows, in circuit order.</param>
    /// <exception cref="ArgumentException">The options do not suit the heights, or there are not as many heights as tables.</exception>
    public ProofShape(Circuit circuit, ProofOptions options, IReadOnlyList<int> logHeights)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(logHeights);
        if (logHeights.Count != circuit.Tables.Count)
            throw new ArgumentException($"{logHeights.Count} heights for {circuit.Tables.Count} tables", nameof(logHeights));

        Circuit = circuit;
        Options = options;
        LogHeights = [.. logHeights];
        Rounds = FoldingSchedule.Of(options, logHeights);
        Commitments = [.. CommitmentsOf()];
        Openings = new OpeningLayout(LogHeights.Length, Commitments, NextColumns);
    }

    /// <summary>The circuit.</summary>
    public Circuit Circuit { get; }

    /// <summary>The options.</summary>
    public ProofOptions Options { get; }

    /// <summary>Logarithm of each table's rows, in circuit order.</summary>
    public ImmutableArray<int> LogHeights { get; }

    /// <summary>The commitments over trace columns, in protocol order: preprocessed columns (if any), each phase that has columns, quotient.</summary>
    public ImmutableArray<CommitmentShape> Commitments { get; }

    /// <summary>The out-of-domain openings, in order.</summary>
    public OpeningLayout Openings { get; }

    /// <summary>The FRI layers with their folds, in order. Empty if the tallest table is no taller than the final polynomial.</summary>
    public IReadOnlyList<FoldingRound> Rounds { get; }

    /// <summary>Whether tables send messages, so that the proof has a bus sum for each table.</summary>
    public bool HasBusSums => Circuit.HasLogUp;

    /// <summary>Logarithm of the longest codeword, into which queries point.</summary>
    public int CodewordLog2 => LogHeights.Max() + Options.BlowupLog2;

    /// <summary>Coefficients of the final polynomial.</summary>
    public int FinalPolynomialLength => 1 << Options.FinalPolynomialLog2;

    /// <summary>Logarithm of the length to which the codeword is folded at last.</summary>
    public int FinalCodewordLog2 => Options.FinalPolynomialLog2 + Options.BlowupLog2;

    /// <summary>The rows of a table as points.</summary>
    public TraceDomain Domain(int table) => new(LogHeights[table], Options.TailRows);

    /// <summary>Whether any table has columns in a phase, so that the phase has a commitment.</summary>
    public bool HasPhase(int phase) => PhaseCommitment(phase) >= 0;

    /// <summary>Index in <see cref="Commitments"/> of a phase's commitment, or −1 if no table has columns in it.</summary>
    public int PhaseCommitment(int phase)
    {
        for (int c = 0; c < Commitments.Length; c++)
        {
            if (Commitments[c].Kind == CommitmentKind.Phase && Commitments[c].Phase == phase) return c;
        }

        return -1;
    }

    /// <summary>Whether any table has public columns in a phase.</summary>
    public bool HasPublicColumns(int phase) => TablesWithPublicColumns(phase).Any();

    /// <summary>The tables that have public columns in a phase, in circuit order.</summary>
    public IEnumerable<Table> TablesWithPublicColumns(int phase) => Circuit.Tables.Where(table => table.PublicColumns.Any(column => column.Phase == phase));

    /// <summary>The Merkle tree of a FRI layer: one row a coset, the coset's values side by side.</summary>
    public TreeShape LayerTree(int layer) =>
        new([(Rounds[layer].FoldedLogLength, Quintic.Degree << Rounds[layer].ArityLog2)], Options.ZeroKnowledge);

    /// <summary>Number of challenges drawn after a phase.</summary>
    public int ChallengeCount(int phase) => Circuit.ChallengesAfter(phase).Count();

    /// <summary>Where a query into the longest codeword points in a codeword of another length.</summary>
    public int IndexAt(int query, int codewordLog2) => query >> (CodewordLog2 - codewordLog2);

    /// <summary>The numbers from which the soundness of a proof of this shape is computed.</summary>
    public SoundnessInput ToSoundnessInput() => new(CircuitShape.Of(Circuit, LogHeights), Options);

    private IEnumerable<CommitmentShape> CommitmentsOf()
    {
        bool salted = Options.ZeroKnowledge;
        var shapes = new List<CommitmentShape?> { Shape(CommitmentKind.Preprocessed, 0, table => table.PreprocessedWidth, salted: false) };
        for (int phase = 0; phase < Circuit.Phases; phase++)
        {
            int p = phase;
            shapes.Add(Shape(CommitmentKind.Phase, p, table => table.PhaseWidth(p), salted));
        }

        shapes.Add(Shape(CommitmentKind.Quotient, 0, _ => salted ? QuotientPieces.WidthWithMask : QuotientPieces.Width, salted));
        return shapes.OfType<CommitmentShape>();
    }

    private CommitmentShape? Shape(CommitmentKind kind, int phase, Func<Table, int> width, bool salted)
    {
        ImmutableArray<CommittedMatrix> matrices =
        [
            .. from table in Circuit.Tables
               where width(table) > 0
               select new CommittedMatrix(table.Index, width(table), LogHeights[table.Index] + Options.BlowupLog2),
        ];
        return matrices.IsEmpty ? null : new CommitmentShape(kind, phase, matrices, salted);
    }

    private ImmutableArray<int> NextColumns(CommitmentShape commitment, int table) => commitment.Kind switch
    {
        CommitmentKind.Preprocessed => [.. Circuit.Tables[table].NextOfPreprocessed],
        CommitmentKind.Phase => [.. Circuit.Tables[table].NextOfPhase(commitment.Phase)],
        _ => [],
    };
}
