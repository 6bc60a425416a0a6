using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Statements.Proving.Waterfall;

/// <summary>Fills the tables of statement D.</summary>
internal sealed class SharesTraceBuilder : ITraceExtender
{
    private readonly SharesCircuit _circuit;
    private readonly IReadOnlyList<EventWitness> _events;
    private readonly KoalaBear[][] _blocks;
    private readonly IReadOnlyList<LedgerAccount> _accounts;
    private readonly WholeBook _leaves;
    private readonly LoweringTrace _witness;

    /// <summary>Prepares to fill traces.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="batch">The batch, which is the loss.</param>
    /// <param name="plan">Its trees and events.</param>
    /// <param name="blocks">The blocks of each event.</param>
    /// <param name="shares">How the loss is shared.</param>
    /// <param name="claimed">For tests: accounts that a liar fills the rulebook's tables with instead of the leaves'.</param>
    /// <param name="lie">For tests: a value that is not the honest one.</param>
    public SharesTraceBuilder(SharesCircuit circuit, TransitionBatch batch, TransitionPlan plan, KoalaBear[][] blocks, SharesWitness shares, IReadOnlyList<LedgerAccount>? claimed = null, Lie? lie = null)
    {
        (_circuit, _events, _blocks, _accounts, _leaves) = (circuit, plan.Events, blocks, claimed ?? batch.Accounts, new WholeBook(batch, plan));
        _witness = new LoweringTrace(circuit.Book.Lowering, circuit.Interpreter(batch.Market), [.. _accounts.Select(account => account.Account)], lie, shares: shares, units: batch.Counted);
        ActiveRows = [.. circuit.Circuit.Tables.Select(table => Math.Max(_witness.RowsOf(table.Index), circuit.OwnRows(batch.Depth, _events.Count, table.Index)))];
        ActiveRows[circuit.Range.Table] = RangeTable.EntryRows;
        ActiveRows[circuit.Hash.Table] = _leaves.Rows(circuit.HashSlots);
        ActiveRows[circuit.HashesOfShares.Table] = checked((int)((_blocks.Sum(one => (long)one.Length / LeafSponge.BlockLength) + circuit.HashSlots - 1) / circuit.HashSlots));
    }

    /// <summary>Active rows each table must hold, in circuit order.</summary>
    public int[] ActiveRows { get; }

    /// <summary>The rulebook's rows.</summary>
    public LoweringTrace Witness => _witness;

    /// <summary>Fills phase 0 of all tables; the caller disposes of the traces.</summary>
    public IReadOnlyList<TableTrace> Build(IReadOnlyList<int> logHeights, int tailRows, CancellationToken cancel = default) =>
        StatementTraces.Fill(_circuit.Circuit, logHeights, tailRows, traces =>
        {
            var counts = new RangeCounts();
            var beside = new Rules.Lowering.Tally();
            foreach (Domain domain in Own)
            {
                TableTrace trace = traces[domain.Table.Index];
                EachRow(domain, row =>
                {
                    Span<KoalaBear> cells = trace.Phase(0).Row(row.Index);
                    foreach (RowFiller fill in domain.Fillers) fill(row, cells, beside);
                    foreach (PublicLookup lookup in domain.Lookups) beside.Use(lookup, lookup.RecordOf(row), _witness.Book.Records(lookup.Table));
                });
                counts.IdleRows(_circuit.Range, trace.Table, trace.ActiveRows - RowsOf(domain));
            }
            _witness.Fill(_circuit.Circuit, traces, counts, beside: beside);
            SolvencyTraceBuilder.FillNonces(_circuit.Book.Nonce, [.. _accounts.Select(account => account.Nonce)], traces[_circuit.Book.Lowering.Lowerer.Account.Table.Index].Phase(0));
            cancel.ThrowIfCancellationRequested();
            _leaves.Fill(_circuit.Hash, _circuit.Tree, traces, cancel);
            FillEvents(traces[_circuit.Shares.Table].Phase(0));
            TableTrace hashes = traces[_circuit.HashesOfShares.Table];
            var filler = new HashTraceFiller(_circuit.HashesOfShares, hashes.Phase(0));
            long slots = TransitionTraceBuilder.FillLeaves(filler, [.. _blocks.Select((one, i) => (i + 1, one))]);
            filler.Idle(slots, (long)hashes.ActiveRows * _circuit.HashSlots);
            counts.Fill(_circuit.Range, traces[_circuit.Range.Table]);
        });

    /// <summary>Fills the columns of phase 1.</summary>
    public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        if (phase != 1) return;
        _witness.FillPoints(table, challenges, traces);
        if (Array.Find(Own, domain => domain.Table.Index == table) is not { } own) return;
        Matrix matrix = traces[table].Phase(1);
        RandomPoint at = _witness.PointOf(challenges);
        EachRow(own, row =>
        {
            Span<KoalaBear> cells = matrix.Row(row.Index);
            foreach ((Expr column, Func<WitnessRow, RandomPoint, Quintic> value) in own.Points) RandomPoint.Write(value(row, at), cells, column.Offset);
        });
    }

    /// <summary>Tables of rows that are no account's.</summary>
    private Domain[] Own => [_circuit.Book.Loss.Domain, _circuit.Shares.Domain];

    private int RowsOf(Domain domain) => domain == _circuit.Shares.Domain ? _events.Count : 1;

    private void EachRow(Domain domain, Action<WitnessRow> fill)
    {
        var row = new WitnessRow(_witness.Book, domain, 1);
        for (int i = 0; i < RowsOf(domain); i++)
        {
            row.Reset(i, null, domain == _circuit.Shares.Domain ? _events[i].Data : [], 0, null, null);
            fill(row);
        }
    }

    private void FillEvents(Matrix matrix)
    {
        ShareTable shares = _circuit.Shares;
        for (int i = 0; i < _events.Count; i++)
        {
            Span<KoalaBear> cells = matrix.Row(i);
            _events[i].Terms.CopyTo(cells[shares.Terms[0].Offset..]);
            _blocks[i].AsSpan(shares.FirstPaid, shares.Paid.Length).CopyTo(cells[shares.Paid[0].Offset..]);
        }
    }
}
