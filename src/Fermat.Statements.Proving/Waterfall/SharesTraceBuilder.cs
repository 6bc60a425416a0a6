using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Statements.Proving.Waterfall;

/// <summary>Fills the tables of statement D.</summary>
internal sealed class SharesTraceBuilder : BookTraceBuilder
{
    private readonly SharesCircuit _circuit;

    /// <summary>Prepares to fill traces.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="batch">The batch, which is the loss.</param>
    /// <param name="plan">Its trees and events.</param>
    /// <param name="shares">How the loss is shared.</param>
    /// <param name="claimed">For tests: accounts that a liar fills the rulebook's tables with instead of the leaves'.</param>
    /// <param name="lie">For tests: a value that is not the honest one.</param>
    public SharesTraceBuilder(SharesCircuit circuit, TransitionBatch batch, TransitionPlan plan, SharesWitness shares, IReadOnlyList<LedgerAccount>? claimed = null, Lie? lie = null)
        : base(circuit, batch, plan, claimed ?? batch.Accounts, new LoweringTrace(circuit.Lowering, circuit.Interpreter(batch.Market), [.. (claimed ?? batch.Accounts).Select(account => account.Account)], lie, shares: shares, units: batch.Counted),
            new OwnRows(circuit.Book.Loss.Domain, [[]]), new OwnRows(circuit.Shares.Domain, [.. plan.Events.Select(e => e.Data)])) =>
        _circuit = circuit;

    private protected override void FillEvents(IReadOnlyList<TableTrace> traces)
    {
        ShareTable shares = _circuit.Shares;
        Matrix matrix = traces[shares.Table].Phase(0);
        for (int i = 0; i < Opened.Count; i++)
        {
            Span<KoalaBear> cells = matrix.Row(i);
            Opened[i].Terms.CopyTo(cells[shares.Terms[0].Offset..]);
            Blocks[i].AsSpan(shares.FirstPaid, shares.Paid.Length).CopyTo(cells[shares.Paid[0].Offset..]);
        }
    }
}
