using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>
/// Fills the tables of statement S for one segment of a book from its accounts and its subtree: phase 0 at once, the columns that depend on r when the prover asks for them. Uses all cores and
/// visits each account once; results do not depend on the number of cores.
/// </summary>
internal sealed class SolvencyTraceBuilder : ITraceExtender
{
    private const int Grain = 1 << 12;

    private readonly SolvencyCircuit circuit;
    private readonly SolvencyPublicTables publics;
    private readonly PublicNumbers numbers;
    private readonly IReadOnlyList<Account> accounts;
    private readonly StateTree tree;
    private readonly RemainderChain chain;
    private readonly Func<int, KoalaBear[]> leafBlocks;
    private readonly int[] intervalOfItem;

    /// <summary>Prepares to fill traces.</summary>
    /// <param name="inputs">The public inputs, without <see cref="SolvencyPublicInputs.Problem"/>.</param>
    /// <param name="publics">The segment's public tables.</param>
    /// <param name="accounts">The segment's accounts in the order of their leaves, valid.</param>
    /// <param name="tree">Their subtree, whose root the inputs name.</param>
    /// <param name="chain">What is left of the bounds at the segment's boundaries.</param>
    /// <param name="salts">The salts the tree was built with.</param>
    internal SolvencyTraceBuilder(
        SolvencyPublicInputs inputs, SolvencyPublicTables publics, IReadOnlyList<Account> accounts, StateTree tree, RemainderChain chain, SaltDeriver salts)
    {
        leafBlocks = leaf => LeafHash.Blocks(accounts[leaf], salts.Derive(accounts[leaf].Id, inputs.Height));
        this.chain = chain;
        circuit = SolvencyCircuit.WithHashSlots(inputs.HashSlots);
        numbers = new PublicNumbers(inputs.Parameters);
        this.publics = publics;
        this.accounts = accounts;
        this.tree = tree;
        Sizes = SolvencySizes.Of(accounts, tree.Depth, inputs.Parameters.Assets.Length);
        intervalOfItem = new int[Asset.Kinds * Sizes.Items];
    }

    /// <summary>How many rows the book fills.</summary>
    internal SolvencySizes Sizes { get; }

    /// <summary>Fills phase 0 of all tables.</summary>
    /// <param name="logHeights">Logarithm of each table's rows, in circuit order; large enough for the book and the tail rows.</param>
    /// <param name="tailRows">Tail rows of every table.</param>
    /// <param name="progress">Told about rows filled.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <returns>One trace per table, in circuit order; the caller disposes of them.</returns>
    /// <exception cref="BookChangedException">The accounts are not those of the tree or of the chain.</exception>
    public IReadOnlyList<TableTrace> Build(
        IReadOnlyList<int> logHeights, int tailRows, IProgress<SolvencyProgress>? progress = null, CancellationToken cancel = default) =>
        StatementTraces.Fill(circuit.Circuit, logHeights, tailRows, traces =>
        {
            Tally tally = FillMargin(traces, progress, cancel);
            int[] blocks = [.. accounts.Select(account => AccountLeaf.Blocks(account.Balances.Count))];
            SegmentHashes.Fill(
                circuit.Hash, traces[circuit.Hash.Table], tree, blocks, leafBlocks, [chain.Blocks(publics.Segment), chain.Blocks(publics.Segment + 1)], Sizes.Permutations, progress, cancel);
            SegmentHashes.FillTree(circuit.Tree, tree, traces[circuit.Tree.Table].Phase(0));
            FillUses(traces, tally);
            TotalsTraceFiller.Fill(circuit.Totals, publics, chain, traces[circuit.Totals.Table].Phase(0), tally);
            FillRange(traces, tally.Range);
        });

    /// <summary>Fills the columns of phase 1: slopes, offsets and weights at the challenge r.</summary>
    public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        if (phase != 1 || table != circuit.Items.Table) return;
        Quintic r = challenges[0];
        Quintic[] slopes = [.. Points(numbers.Slopes, r)];
        Quintic[] offsets = [.. Points(numbers.Offsets, r)];
        Quintic[] weights = [.. Points(numbers.Weights, r)];
        Matrix items = traces[table].Phase(1);
        Matrix amounts = traces[table].Phase(0);
        int assetColumn = circuit.Items.Asset.Offset;
        Parallelism.ForRanges(Sizes.Items, Grain, (from, to) =>
        {
            for (int row = from; row < to; row++)
            {
                Span<KoalaBear> cells = items.Row(row);
                for (int kind = 0; kind < Asset.Kinds; kind++)
                {
                    int interval = intervalOfItem[Asset.Kinds * row + kind];
                    Write(slopes[interval], cells, circuit.Items.Collateral[kind].Slope);
                    Write(offsets[interval], cells, circuit.Items.Collateral[kind].Offset);
                }
                Write(weights[(int)amounts[row, assetColumn].Value], cells, circuit.Items.Weight);
            }
        });
    }

    private Tally FillMargin(TableTrace[] traces, IProgress<SolvencyProgress>? progress, CancellationToken cancel)
    {
        var filler = new MarginTraceFiller(
            circuit, numbers, traces[circuit.Items.Table].Phase(0), traces[circuit.Accounts.Table].Phase(0), intervalOfItem);
        int[] firstItem = new int[accounts.Count + 1];
        for (int i = 0; i < accounts.Count; i++) firstItem[i + 1] = firstItem[i] + accounts[i].Balances.Count;
        var total = new Tally(numbers.Weights.Length, numbers.Low.Length);
        int done = 0;
        Parallelism.ForRanges(accounts.Count, Grain, (from, to) =>
        {
            var tally = new Tally(numbers.Weights.Length, numbers.Low.Length);
            for (int i = from; i < to; i++) filler.Fill(i, accounts[i], firstItem[i], tally);
            lock (total)
            {
                total.Add(tally);
                done += to - from;
                progress?.Report(new(SolvencyStage.Accounts, done, accounts.Count));
            }
        }, cancel);
        return total;
    }

    private void FillUses(TableTrace[] traces, Tally tally)
    {
        Matrix intervals = traces[circuit.Intervals.Table].Phase(0), assets = traces[circuit.Assets.Table].Phase(0);
        for (int row = 0; row < tally.Intervals.Length; row++) intervals[row, circuit.Intervals.Uses.Offset] = KoalaBear.From(tally.Intervals[row]);
        for (int row = 0; row < tally.Assets.Length; row++) assets[row, circuit.Assets.Uses.Offset] = KoalaBear.From(tally.Assets[row]);
    }

    /// <summary>Padding rows look up zeros, once for each range check of their table.</summary>
    private void FillRange(TableTrace[] traces, RangeCounts counts)
    {
        AddIdle(circuit.Items.Table, Sizes.Items);
        AddIdle(circuit.Accounts.Table, Sizes.Accounts);
        AddIdle(circuit.Totals.Table, publics.Totals.Length);
        counts.Fill(circuit.Range, traces[circuit.Range.Table]);

        void AddIdle(int table, int used) => counts.IdleRows(circuit.Range, traces[table].Table, traces[table].ActiveRows - used);
    }

    private static IEnumerable<Quintic> Points(byte[][] numbers, Quintic r) => numbers.Select(bytes => BytesAt.Point(bytes, r));

    private static void Write(Quintic value, Span<KoalaBear> cells, Expr column)
    {
        for (int i = 0; i < Quintic.Degree; i++) cells[column.Offset + i] = value[i];
    }
}
