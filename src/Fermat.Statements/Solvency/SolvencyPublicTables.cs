using System.Collections.Immutable;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Stark;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The public columns of one segment of statement S, computed from the public inputs by prover and verifier alike: intervals, weights, keys of totals, empty
/// digests, the segment's root and its boundaries.
/// </summary>
public sealed class SolvencyPublicTables : IPublicTables
{
    private readonly SolvencyCircuit circuit;
    private readonly SolvencyPublicInputs inputs;
    private readonly byte[] publicInputs;
    private readonly Digest before;

    /// <summary>Takes inputs that have no <see cref="SolvencyPublicInputs.Problem"/>.</summary>
    /// <param name="inputs">The public inputs of the whole book.</param>
    /// <param name="segment">The segment, from 0.</param>
    /// <exception cref="ArgumentException">The inputs have a problem, or no such segment.</exception>
    public SolvencyPublicTables(SolvencyPublicInputs inputs, int segment)
    {
        if (inputs.Problem() is { } problem) throw new ArgumentException(problem.ToString(), nameof(inputs));
        this.inputs = inputs;
        Segment = segment;
        circuit = SolvencyCircuit.WithHashSlots(inputs.HashSlots);
        publicInputs = inputs.ToCanonicalBytes(segment);
        before = inputs.BoundaryBefore(segment);
        Totals = SolvencyBounds.Of(inputs);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicInputs => publicInputs;

    /// <summary>The segment these columns are of.</summary>
    public int Segment { get; }

    /// <summary>Whether it is the last one, in which bounds must hold.</summary>
    internal bool IsFinal => Segment == inputs.Segments.Count - 1;

    /// <summary>The rows of the table of totals.</summary>
    internal ImmutableArray<SolvencyBound> Totals { get; }

    /// <inheritdoc/>
    public int RequiredRows(int table) => RowsOf(circuit, inputs.Parameters, inputs.Segments.Depth, table);

    /// <summary>Public rows of a table for any statement with these parameters and segments of this depth.</summary>
    internal static int RowsOf(SolvencyCircuit circuit, RiskParameters parameters, int segmentDepth, int table) =>
        table == circuit.Intervals.Table ? IntervalRowsOf(parameters)
        : table == circuit.Assets.Table ? parameters.Assets.Length
        : table == circuit.Totals.Table ? parameters.Assets.Length + Aggregates.Count
        : table == circuit.Tree.Table ? segmentDepth + 4
        : 0;

    private static int IntervalRowsOf(RiskParameters parameters) => Enumerable.Range(0, parameters.Assets.Length)
        .Sum(asset => Enum.GetValues<CollateralKind>().Sum(kind => parameters.Intervals(asset, kind).Length));

    /// <inheritdoc/>
    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (activeRows < RequiredRows(table)) throw new ArgumentOutOfRangeException(nameof(activeRows), activeRows, $"table {table} needs {RequiredRows(table)} active rows");
        if (phase == 0 && table == circuit.Tree.Table)
            SegmentPublicTables.FillTree(circuit.Tree, inputs.Segments.Depth, inputs.Segments.Roots[Segment], before, inputs.BoundaryBefore(Segment + 1), publicColumns);
        if (phase == 0 && table == circuit.Totals.Table)
            SegmentPublicTables.FillTotals(circuit.Totals, Totals, inputs.Segments.Depth, IsFinal, publicColumns);
        if (table == circuit.Intervals.Table) FillIntervals(circuit.Intervals, phase, challenges, publicColumns);
        if (table == circuit.Assets.Table) FillAssets(circuit.Assets, phase, challenges, publicColumns);
    }

    private void FillIntervals(IntervalTable columns, int phase, ReadOnlySpan<Quintic> challenges, Matrix into)
    {
        RiskParameters parameters = inputs.Parameters;
        int row = 0;
        for (int asset = 0; asset < parameters.Assets.Length; asset++)
            foreach (CollateralKind kind in Enum.GetValues<CollateralKind>())
                foreach (TierInterval interval in parameters.Intervals(asset, kind))
                {
                    Span<KoalaBear> cells = into.Row(row++);
                    if (phase == 0)
                    {
                        cells[columns.Used.Offset] = KoalaBear.One;
                        cells[columns.Asset.Offset] = KoalaBear.From(asset);
                        cells[columns.Kind.Offset] = KoalaBear.From((int)kind);
                        WriteLimbs(interval.Low, cells, columns.Low);
                        WriteLimbs(interval.High, cells, columns.High);
                    }
                    else if (phase == 1)
                    {
                        Write(BytesAt.Point(interval.Slope, SolvencyLimits.SlopeBytes, challenges[0]), cells, columns.Slope);
                        Write(BytesAt.Point(interval.Offset, SolvencyLimits.OffsetBytes, challenges[0]), cells, columns.Offset);
                    }
                }
    }

    private void FillAssets(AssetTable columns, int phase, ReadOnlySpan<Quintic> challenges, Matrix into)
    {
        for (int asset = 0; asset < inputs.Parameters.Assets.Length; asset++)
        {
            Span<KoalaBear> cells = into.Row(asset);
            if (phase == 0)
            {
                cells[columns.Used.Offset] = KoalaBear.One;
                cells[columns.Asset.Offset] = KoalaBear.From(asset);
            }
            else if (phase == 1)
            {
                Write(BytesAt.Point(100 * inputs.Parameters.Weight(asset), SolvencyLimits.SlopeBytes, challenges[0]), cells, columns.Weight);
            }
        }
    }

    private static void WriteLimbs(ulong value, Span<KoalaBear> cells, Expr[] limbs)
    {
        for (int i = 0; i < limbs.Length; i++) cells[limbs[i].Offset] = KoalaBear.From((uint)(value >> (16 * i)) & 0xffff);
    }

    private static void Write(Quintic value, Span<KoalaBear> cells, Expr column)
    {
        for (int i = 0; i < Quintic.Degree; i++) cells[column.Offset + i] = value[i];
    }
}
