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
    private const int Grain = 1 << 12, Lanes = KoalaBearVector.Lanes;

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
        IReadOnlyList<int> logHeights, int tailRows, IProgress<SolvencyProgress>? progress = null, CancellationToken cancel = default)
    {
        TableTrace[] traces = [.. circuit.Circuit.Tables.Select(table => new TableTrace(circuit.Circuit, table.Index, logHeights[table.Index], tailRows))];
        try
        {
            Tally tally = FillMargin(traces, progress, cancel);
            FillHashes(traces[circuit.Hash.Table], progress, cancel);
            FillTree(traces[circuit.Tree.Table].Phase(0));
            FillUses(traces, tally);
            TotalsTraceFiller.Fill(circuit.Totals, publics, chain, traces[circuit.Totals.Table].Phase(0), tally);
            FillRange(traces, tally.Range);
            return traces;
        }
        catch
        {
            foreach (TableTrace trace in traces) trace.Dispose();
            throw;
        }
    }

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

    private void FillHashes(TableTrace trace, IProgress<SolvencyProgress>? progress, CancellationToken cancel)
    {
        var filler = new HashTraceFiller(circuit, trace.Phase(0));
        long[] firstSlot = new long[accounts.Count + 1];
        for (int i = 0; i < accounts.Count; i++) firstSlot[i + 1] = firstSlot[i] + AccountLeaf.Blocks(accounts[i].Balances.Count);
        long done = 0;
        Parallelism.ForRanges(accounts.Count, Grain, (from, to) =>
        {
            Span<LeafWork> group = new LeafWork[Lanes];
            Span<Digest> digests = new Digest[Lanes];
            for (int i = from; i < to; i += Lanes)
            {
                int count = Math.Min(Lanes, to - i);
                for (int lane = 0; lane < count; lane++) group[lane] = new LeafWork(i + lane, firstSlot[i + lane], leafBlocks(i + lane));
                filler.Leaves(group[..count], digests);
                for (int lane = 0; lane < count; lane++)
                    if (digests[lane] != tree.Node(0, i + lane)) throw new BookChangedException("an account is not what the book's first pass found");
            }
            progress?.Report(new(SolvencyStage.Hashes, Interlocked.Add(ref done, firstSlot[to] - firstSlot[from]), Sizes.Permutations));
        }, cancel);

        LeafWork before = Boundary(0, firstSlot[^1]), after = Boundary(1, before.FirstSlot + before.Steps);
        filler.Leaves([before, after], new Digest[2]);
        long slot = after.FirstSlot + after.Steps;
        for (int level = 1; level <= tree.Depth; level++)
        {
            int nodes = tree.NodeCount(level), height = level;
            long first = slot;
            Parallelism.ForRanges((nodes + Lanes - 1) / Lanes, 64, (from, to) =>
            {
                for (int group = from; group < to; group++)
                {
                    int index = group * Lanes;
                    filler.Nodes(first + index, height, index, Math.Min(Lanes, nodes - index), child => tree.Node(height - 1, child));
                }
            }, cancel);
            slot += nodes;
        }
        filler.Idle(slot, (long)trace.ActiveRows * circuit.HashSlots);
        progress?.Report(new(SolvencyStage.Hashes, Sizes.Permutations, Sizes.Permutations));
    }

    /// <summary>A boundary of the segment, hashed like a leaf beyond the last: 0 is the one before, 1 the one after.</summary>
    private LeafWork Boundary(int side, long firstSlot) => new((1 << tree.Depth) + side, firstSlot, chain.Blocks(publics.Segment + side));

    /// <summary>Marks the maximal empty subtrees: at each level the sibling right of the last node, if the level has an odd number of them.</summary>
    private void FillTree(Matrix into)
    {
        for (int level = 0; level <= tree.Depth; level++)
        {
            int nodes = tree.NodeCount(level);
            bool offered = level == tree.Depth ? nodes == 0 : nodes % 2 == 1;
            if (!offered) continue;
            into[level, circuit.Tree.Offered.Offset] = KoalaBear.One;
            into[level, circuit.Tree.Index.Offset] = KoalaBear.From(nodes);
        }
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
