using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Statements.Proving.Waterfall;

/// <summary>Fills the tables of statement W.</summary>
internal sealed class WaterfallTraceBuilder : BookTraceBuilder
{
    private const int Block = LeafSponge.BlockLength;

    private readonly WaterfallCircuit _circuit;
    private readonly OrderWitness _turn;

    /// <summary>Prepares to fill traces.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="batch">The batch, which begins with the event.</param>
    /// <param name="plan">Its trees and events.</param>
    /// <param name="turn">Whose turn it is.</param>
    /// <param name="claimed">For tests: accounts that a liar fills the rulebook's tables with instead of the leaves'.</param>
    /// <param name="lie">For tests: a value that is not the honest one.</param>
    public WaterfallTraceBuilder(WaterfallCircuit circuit, TransitionBatch batch, TransitionPlan plan, OrderWitness turn, IReadOnlyList<LedgerAccount>? claimed = null, Lie? lie = null)
        : base(circuit, batch, plan, claimed ?? batch.Accounts, new LoweringTrace(circuit.Lowering, circuit.Interpreter(batch.Market), [.. (claimed ?? batch.Accounts).Select(account => account.Account)], lie, turn: turn), new OwnRows(circuit.Order.Largest.Domain, [.. turn.Positions.Select(position => ImmutableArray.Create<BigInteger>(position.Instrument, position.Size))])) =>
        (_circuit, _turn) = (circuit, turn);

    private protected override void FillEvents(IReadOnlyList<TableTrace> traces)
    {
        (TurnTable turn, KoalaBear[] blocks) = (_circuit.Turn, Blocks[0]);
        Span<KoalaBear> cells = traces[turn.Table].Phase(0).Row(0);
        KoalaBear second = blocks[Block + 3];
        (cells[turn.First.Offset], cells[turn.Second.Offset], cells[turn.Instrument.Offset], cells[turn.Asset.Offset]) = (blocks[Block + 2], second, blocks[Block + 4], blocks[Block + 5]);
        blocks.AsSpan(Block * (EventTable.FixedBlocks - 1), Block).CopyTo(cells[turn.Terms[0].Offset..]);
        blocks.AsSpan(Block * EventTable.FixedBlocks).CopyTo(cells[turn.Numbers[0].Offset..]);
        foreach ((Expr at, int venue) in ((Expr, int)[])[(turn.NotFees, _turn.Fees), (turn.NotInsurance, _turn.Insurance)])
            if (second - KoalaBear.From(venue) is { IsZero: false } difference) cells[at.Offset] = difference.Inverse();
    }
}
