using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Leaves;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>Fills the tables of statement S for one segment of a book from its accounts and its subtree.</summary>
internal sealed class SolvencyTraceBuilder : ITraceExtender
{
    private readonly SolvencyCircuit circuit;
    private readonly SolvencyPublicTables publics;
    private readonly IReadOnlyList<AccountData> accounts, claimed;
    private readonly StateTree tree;
    private readonly RemainderChain chain;
    private readonly Func<int, KoalaBear[]> leafBlocks;
    private readonly LoweringTrace witness;

    /// <summary>Prepares to fill traces.</summary>
    /// <param name="inputs">The public inputs, without a problem.</param>
    /// <param name="publics">The segment's public tables.</param>
    /// <param name="accounts">The segment's accounts in the order of their leaves.</param>
    /// <param name="tree">Their subtree, whose root the inputs name.</param>
    /// <param name="chain">What is left of the bounds at the segment's boundaries.</param>
    /// <param name="leafBlocks">The blocks of an account's leaf.</param>
    /// <param name="rows">The accounts' rows, where they were counted already.</param>
    /// <param name="claimed">For tests: accounts that a liar fills the rulebook's tables with instead.</param>
    /// <param name="lie">For tests: a value that is not the honest one.</param>
    internal SolvencyTraceBuilder(
        SolvencyPublicInputs inputs, SolvencyPublicTables publics, IReadOnlyList<AccountData> accounts, StateTree tree, RemainderChain chain, Func<int, KoalaBear[]> leafBlocks,
        LoweringTrace? rows = null, IReadOnlyList<AccountData>? claimed = null, Lie? lie = null)
    {
        (this.publics, this.accounts, this.claimed, this.tree, this.chain, this.leafBlocks) = (publics, accounts, claimed ?? accounts, tree, chain, leafBlocks);
        circuit = publics.Circuit;
        witness = lie is null && claimed is null && rows is not null ? rows : new LoweringTrace(circuit.Book.Lowering, new Interpreter(circuit.Book.Lowering.Rulebook, inputs.Market), this.claimed, lie);
        IsHonest = lie is null && claimed is null;
        ActiveRows = RowsOf(circuit, [.. circuit.Circuit.Tables.Select(table => witness.RowsOf(table.Index))], inputs.Market, tree.Depth, Permutations());
    }

    /// <summary>Active rows each table must hold, in circuit order.</summary>
    internal int[] ActiveRows { get; }

    /// <summary>The segment's public tables.</summary>
    internal SolvencyPublicTables Publics => publics;

    /// <summary>The rows of the rulebook's tables.</summary>
    internal LoweringTrace Witness => witness;

    private bool IsHonest { get; }

    /// <summary>Rows that a segment fills in each table.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="rulebook">By table: the rows of the rulebook's tables.</param>
    /// <param name="market">The market's data.</param>
    /// <param name="depth">Depth of the subtree.</param>
    /// <param name="permutations">Of its hashes.</param>
    internal static int[] RowsOf(SolvencyCircuit circuit, IReadOnlyList<int> rulebook, MarketData market, int depth, long permutations)
    {
        var rows = new int[circuit.Circuit.Tables.Count];
        for (int table = 0; table < rows.Length; table++) rows[table] = Math.Max(rulebook[table], circuit.OwnRows(market, depth, table));
        rows[circuit.Range.Table] = RangeTable.EntryRows;
        rows[circuit.Hash.Table] = checked((int)((permutations + circuit.HashSlots - 1) / circuit.HashSlots));
        return rows;
    }

    /// <summary>Permutations of leaves, nodes and boundaries.</summary>
    /// <param name="leafBlocks">Blocks of all leaves.</param>
    /// <param name="accounts">How many leaves.</param>
    /// <param name="depth">Depth of the subtree.</param>
    /// <param name="totals">Blocks of a boundary beside its header.</param>
    internal static long Permutations(long leafBlocks, int accounts, int depth, int totals)
    {
        long permutations = 2L * (SegmentBoundary.HeaderBlocks + totals) + leafBlocks;
        long nodes = accounts;
        for (int level = 1; level <= depth; level++) permutations += nodes = (nodes + 1) / 2;
        return permutations;
    }

    private long Permutations() => Permutations(accounts.Sum(account => (long)circuit.Rulebook.Leaves.Blocks(account)), accounts.Count, tree.Depth, publics.Totals.Length);

    /// <summary>Fills phase 0 of all tables; the caller disposes of the traces.</summary>
    /// <exception cref="BookChangedException">The accounts are not those of the tree or of the chain.</exception>
    public IReadOnlyList<TableTrace> Build(IReadOnlyList<int> logHeights, int tailRows, IProgress<SolvencyProgress>? progress = null, CancellationToken cancel = default) =>
        StatementTraces.Fill(circuit.Circuit, logHeights, tailRows, traces =>
        {
            var counts = new RangeCounts();
            IReadOnlyDictionary<int, long[]> sums = witness.Fill(circuit.Circuit, traces, counts, circuit.Book.Sends, SolvencyLimits.TotalBytes);
            FillNonces(circuit.Book.Nonce, [.. claimed.Select(account => account.Nonce)], traces[circuit.Book.Lowering.Lowerer.Account.Table.Index].Phase(0));
            progress?.Report(new(SolvencyStage.Accounts, accounts.Count, accounts.Count));
            cancel.ThrowIfCancellationRequested();
            int[] blocks = [.. accounts.Select(circuit.Rulebook.Leaves.Blocks)];
            SegmentHashes.Fill(circuit.Hash, traces[circuit.Hash.Table], tree, blocks, leafBlocks, [chain.Blocks(publics.Segment), chain.Blocks(publics.Segment + 1)], Permutations(), progress, cancel);
            SegmentHashes.FillTree(circuit.Tree, tree, traces[circuit.Tree.Table].Phase(0));
            FillTotals(traces[circuit.Totals.Table], counts, sums);
            counts.Fill(circuit.Range, traces[circuit.Range.Table]);
        });

    /// <summary>Fills the columns of phase 1 of the rulebook's tables.</summary>
    public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        if (phase == 1) witness.FillPoints(table, challenges, traces);
    }

    /// <summary>Writes accounts' nonces into their rows.</summary>
    internal static void FillNonces(IReadOnlyList<Expr> columns, IReadOnlyList<ulong> nonces, Matrix rows)
    {
        int[] at = [.. columns.Select(column => column.Offset)];
        for (int account = 0; account < nonces.Count; account++)
        {
            if (nonces[account] == 0) continue;
            (uint low, uint middle, uint high) = LeafLayout.NonceElements(nonces[account]);
            (rows[account, at[0]], rows[account, at[1]], rows[account, at[2]]) = (KoalaBear.From(low), KoalaBear.From(middle), KoalaBear.From(high));
        }
    }

    private void FillTotals(TableTrace trace, RangeCounts counts, IReadOnlyDictionary<int, long[]> sums)
    {
        TotalsTraceFiller.Fill(circuit.Totals, publics.Totals, publics.IsFinal, chain.Remainders(publics.Segment), chain.Remainders(publics.Segment + 1), trace.Phase(0), counts, (key, into) =>
        {
            into.Clear();
            sums.GetValueOrDefault(key)?.CopyTo(into);
        }, mustFit: IsHonest);
        counts.IdleRows(circuit.Range, trace.Table, trace.ActiveRows - publics.Totals.Length);
    }
}
