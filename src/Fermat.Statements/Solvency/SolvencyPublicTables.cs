using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Stark;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The public columns of statement S, computed from the public inputs by prover and verifier alike: intervals, weights, bounds of totals, empty
/// digests and the root.
/// </summary>
public sealed class SolvencyPublicTables : IPublicTables
{
    private readonly SolvencyCircuit circuit;
    private readonly SolvencyPublicInputs inputs;
    private readonly byte[] publicInputs;

    /// <summary>Takes inputs that have no <see cref="SolvencyPublicInputs.Problem"/>.</summary>
    /// <exception cref="ArgumentException">They have one.</exception>
    public SolvencyPublicTables(SolvencyPublicInputs inputs)
    {
        if (inputs.Problem() is { } problem) throw new ArgumentException(problem.ToString(), nameof(inputs));
        this.inputs = inputs;
        circuit = SolvencyCircuit.WithHashSlots(inputs.HashSlots);
        publicInputs = inputs.ToCanonicalBytes();
        Totals = SolvencyBounds.Of(inputs);
        RiskParameters parameters = inputs.Parameters;
        IntervalRows = Enumerable.Range(0, parameters.Assets.Length)
            .Sum(asset => Enum.GetValues<CollateralKind>().Sum(kind => parameters.Intervals(asset, kind).Length));
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicInputs => publicInputs;

    /// <summary>The rows of the table of totals.</summary>
    internal ImmutableArray<SolvencyBound> Totals { get; }

    /// <summary>Rows of the table of intervals.</summary>
    internal int IntervalRows { get; }

    /// <inheritdoc/>
    public int RequiredRows(int table) =>
        table == circuit.Intervals.Table ? IntervalRows
        : table == circuit.Assets.Table ? inputs.Parameters.Assets.Length
        : table == circuit.Totals.Table ? Totals.Length
        : table == circuit.Tree.Table ? inputs.Depth + 2
        : 0;

    /// <inheritdoc/>
    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (activeRows < RequiredRows(table)) throw new ArgumentOutOfRangeException(nameof(activeRows), activeRows, $"table {table} needs {RequiredRows(table)} active rows");
        bool tree = table == circuit.Tree.Table;
        if (phase == 0 && tree) FillTree(circuit.Tree, publicColumns);
        if (table == circuit.Intervals.Table) FillIntervals(circuit.Intervals, phase, challenges, publicColumns);
        if (table == circuit.Assets.Table) FillAssets(circuit.Assets, phase, challenges, publicColumns);
        if (table == circuit.Totals.Table) FillTotals(circuit.Totals, phase, challenges, publicColumns);
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

    private void FillTotals(TotalsTable columns, int phase, ReadOnlySpan<Quintic> challenges, Matrix into)
    {
        for (int row = 0; row < Totals.Length; row++)
        {
            SolvencyBound total = Totals[row];
            Span<KoalaBear> cells = into.Row(row);
            if (phase == 0)
            {
                cells[columns.Used.Offset] = KoalaBear.One;
                cells[columns.Key.Offset] = KoalaBear.From(total.Key);
                cells[columns.Exact.Offset] = total.Exact ? KoalaBear.One : KoalaBear.Zero;
            }
            else if (phase == 1)
            {
                Quintic magnitude = BytesAt.Point(BigInteger.Abs(total.Bound), SolvencyLimits.TotalBytes, challenges[0]);
                Write(total.Bound.Sign < 0 ? -magnitude : magnitude, cells, columns.Bound);
            }
        }
    }

    private void FillTree(TreeTable columns, Matrix into)
    {
        for (int level = 0; level <= inputs.Depth; level++)
        {
            Span<KoalaBear> cells = into.Row(level);
            cells[columns.MayOffer.Offset] = KoalaBear.One;
            cells[columns.Level.Offset] = KoalaBear.From(level);
            WriteDigest(StateTreeHash.Empty(level), cells, columns);
        }
        Span<KoalaBear> root = into.Row(inputs.Depth + 1);
        root[columns.IsRoot.Offset] = KoalaBear.One;
        root[columns.Level.Offset] = KoalaBear.From(inputs.Depth);
        WriteDigest(inputs.StateRoot, root, columns);
    }

    private static void WriteDigest(Digest digest, Span<KoalaBear> cells, TreeTable columns)
    {
        Span<KoalaBear> elements = stackalloc KoalaBear[Digest.Words];
        if (!digest.TryToFields(elements)) throw new ArgumentException("the digest is not made of canonical field elements");
        elements.CopyTo(cells[columns.Digest[0].Offset..]);
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
