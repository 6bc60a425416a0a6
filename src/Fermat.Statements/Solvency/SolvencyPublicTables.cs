using System.Collections.Immutable;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Solvency;

/// <summary>The public columns of one segment of statement S, computed from the public inputs by prover and verifier alike.</summary>
public sealed class SolvencyPublicTables : IPublicTables
{
    private readonly SolvencyPublicInputs inputs;
    private readonly byte[] publicInputs;
    private readonly Digest before;
    private readonly LoweringTrace book;
    private readonly Lock guard = new();

    /// <summary>Takes inputs that have no <see cref="SolvencyPublicInputs.Problem"/>.</summary>
    /// <param name="inputs">The public inputs of the whole book.</param>
    /// <param name="segment">The segment, from 0.</param>
    /// <exception cref="ArgumentException">The inputs have a problem, or no such segment.</exception>
    public SolvencyPublicTables(SolvencyPublicInputs inputs, int segment)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        if (inputs.Problem() is { } problem) throw new ArgumentException(problem.ToString(), nameof(inputs));
        this.inputs = inputs;
        Segment = segment;
        Circuit = SolvencyCircuit.Of(inputs.Rulebook, inputs.HashSlots);
        publicInputs = inputs.ToCanonicalBytes(segment);
        before = inputs.BoundaryBefore(segment);
        Totals = SolvencyBounds.Of(inputs);
        book = new LoweringTrace(Circuit.Book.Lowering, new Interpreter(Circuit.Book.Lowering.Rulebook, inputs.Market), []);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicInputs => publicInputs;

    /// <summary>The segment these columns are of.</summary>
    public int Segment { get; }

    /// <summary>Whether it is the last one, in which bounds must hold.</summary>
    internal bool IsFinal => Segment == inputs.Segments.Count - 1;

    /// <summary>The rows of the table of totals.</summary>
    internal ImmutableArray<SolvencyBound> Totals { get; }

    internal SolvencyCircuit Circuit { get; }

    /// <inheritdoc/>
    public int RequiredRows(int table) => Math.Max(book.RowsOf(table), Circuit.OwnRows(inputs.Market, inputs.Segments.Depth, table));

    /// <inheritdoc/>
    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (activeRows < RequiredRows(table)) throw new ArgumentOutOfRangeException(nameof(activeRows), activeRows, $"table {table} needs {RequiredRows(table)} active rows");
        if (phase == 0 && table == Circuit.Tree.Table)
            SegmentPublicTables.FillTree(Circuit.Tree, inputs.Segments.Depth, inputs.Segments.Roots[Segment], before, inputs.BoundaryBefore(Segment + 1), publicColumns);
        else if (phase == 0 && table == Circuit.Totals.Table)
            SegmentPublicTables.FillTotals(Circuit.Totals, Totals, inputs.Segments.Depth, IsFinal, publicColumns);
        else
            lock (guard) book.FillPublic(table, phase, challenges, publicColumns);
    }
}
