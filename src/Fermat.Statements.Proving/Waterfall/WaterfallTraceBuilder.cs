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

/// <summary>Fills the tables of statement W.</summary>
internal sealed class WaterfallTraceBuilder : ITraceExtender
{
    private const int Block = LeafSponge.BlockLength;

    private readonly WaterfallCircuit _circuit;
    private readonly OrderWitness _turn;
    private readonly IReadOnlyList<LedgerAccount> _accounts;
    private readonly WholeBook _leaves;
    private readonly KoalaBear[] _event;
    private readonly LoweringTrace _witness;

    /// <summary>Prepares to fill traces.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="batch">The batch, which begins with the event.</param>
    /// <param name="plan">Its trees and events.</param>
    /// <param name="blocks">The blocks of the event.</param>
    /// <param name="turn">Whose turn it is.</param>
    /// <param name="claimed">For tests: accounts that a liar fills the rulebook's tables with instead of the leaves'.</param>
    /// <param name="lie">For tests: a value that is not the honest one.</param>
    public WaterfallTraceBuilder(WaterfallCircuit circuit, TransitionBatch batch, TransitionPlan plan, KoalaBear[] blocks, OrderWitness turn, IReadOnlyList<LedgerAccount>? claimed = null, Lie? lie = null)
    {
        (_circuit, _turn, _accounts, _event, _leaves) = (circuit, turn, claimed ?? batch.Accounts, blocks, new WholeBook(batch, plan));
        _witness = new LoweringTrace(circuit.Order.Lowering, circuit.Interpreter(batch.Market), [.. _accounts.Select(account => account.Account)], lie, turn: turn);
        ActiveRows = [.. circuit.Circuit.Tables.Select(table => Math.Max(_witness.RowsOf(table.Index), circuit.OwnRows(batch.Depth, table.Index)))];
        ActiveRows[circuit.Range.Table] = RangeTable.EntryRows;
        ActiveRows[circuit.Hash.Table] = _leaves.Rows(circuit.HashSlots);
        ActiveRows[circuit.HashOfEvent.Table] = blocks.Length / Block;
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
            _witness.Fill(_circuit.Circuit, traces, counts);
            SolvencyTraceBuilder.FillNonces(_circuit.Order.Nonce, [.. _accounts.Select(account => account.Nonce)], traces[_circuit.Order.Lowering.Lowerer.Account.Table.Index].Phase(0));
            cancel.ThrowIfCancellationRequested();
            _leaves.Fill(_circuit.Hash, _circuit.Tree, traces, cancel);
            TableTrace hashed = traces[_circuit.HashOfEvent.Table];
            var filler = new HashTraceFiller(_circuit.HashOfEvent, hashed.Phase(0));
            filler.Leaves([new LeafWork(TurnTable.Run, 0, _event)], new Digest[1]);
            filler.Idle(_event.Length / Block, hashed.ActiveRows);
            FillTurn(traces[_circuit.Turn.Table].Phase(0).Row(0));
            counts.Fill(_circuit.Range, traces[_circuit.Range.Table]);
        });

    /// <summary>Fills the columns of phase 1 of the rulebook's tables.</summary>
    public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        if (phase == 1) _witness.FillPoints(table, challenges, traces);
    }

    private void FillTurn(Span<KoalaBear> cells)
    {
        TurnTable turn = _circuit.Turn;
        KoalaBear second = _event[Block + 3];
        (cells[turn.First.Offset], cells[turn.Second.Offset], cells[turn.Instrument.Offset], cells[turn.Asset.Offset]) = (_event[Block + 2], second, _event[Block + 4], _event[Block + 5]);
        _event.AsSpan(Block * (EventTable.FixedBlocks - 1), Block).CopyTo(cells[turn.Terms[0].Offset..]);
        _event.AsSpan(Block * EventTable.FixedBlocks).CopyTo(cells[turn.Numbers[0].Offset..]);
        foreach ((Expr at, int venue) in ((Expr, int)[])[(turn.NotFees, _turn.Fees), (turn.NotInsurance, _turn.Insurance)])
            if (second - KoalaBear.From(venue) is { IsZero: false } difference) cells[at.Offset] = difference.Inverse();
    }
}
