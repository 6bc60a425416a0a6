using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>The circuit of statement W for a rulebook: the whole book under one root, the event whose turn it is, and the comparison of all who could have been chosen.</summary>
public sealed class WaterfallCircuit : BookCircuit
{
    private static readonly RecentlyUsed<(Digest Rulebook, int Slots), WaterfallCircuit> Built = new(SolvencyCircuit.MostKept);

    internal WaterfallCircuit(VenueRulebook rulebook, int hashSlots)
        : base(rulebook, hashSlots, "fermat waterfall 3", "FRMTWTF1"u8, WaterfallStatement.Version, "the event")
    {
        Bus failing = Builder.Bus("failing account"), largest = Builder.Bus("largest position"), chosen = Builder.Bus("chosen account");
        // names are part of the circuit's digest, and lines would make it depend on layout and comments, which the rulebook's digest leaves out
        Order = new LoweredOrder(Builder, Range, R, Gamma, Block, failing, largest, chosen, rulebook.Rulebook, lineOf: _ => 0);
        Turn = new TurnTable(Builder, EventTable.NumberBlocksOf(Order.Fields), IdentityOfEvent, BlockOfEvent, DigestOfEvent, failing, largest, chosen);
        Finish(Order.Lowering, Order.Nonce, Order.Largest.Domain.MaxDegree, "hash of the event", slots: 1);
    }

    internal LoweredOrder Order { get; }

    internal TurnTable Turn { get; }

    /// <summary>The circuit of a rulebook with so many hash slots in a row; built once and kept for a while.</summary>
    /// <param name="rulebook">The rulebook; it says who is deleveraged first.</param>
    /// <param name="hashSlots">Permutations in a row of the hash table.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to <see cref="SolvencyLimits.MaxHashSlots"/>.</exception>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or has no <c>liquidation.rank</c>.</exception>
    public static WaterfallCircuit Of(VenueRulebook rulebook, int hashSlots) => Of(Built, rulebook, hashSlots, () => new WaterfallCircuit(rulebook, hashSlots));

    /// <summary>Evaluates public values, and what orders accounts.</summary>
    internal override Interpreter Interpreter(MarketData market) => new(Lowering.Rulebook with { Definitions = [new CoreDefinition(LoweredOrder.Rank, Order.Ranked)] }, market);

    /// <inheritdoc/>
    internal override int Opened(int rows) => 1;

    /// <inheritdoc/>
    internal override bool FillOwn(TransitionInputs batch, int table, Matrix publicColumns)
    {
        if (table != Turn.Table) return false;
        Span<KoalaBear> cells = publicColumns.Row(0);
        cells[Turn.Used.Offset] = KoalaBear.One;
        cells[Turn.FeesSlot.Offset] = KoalaBear.From(batch.FeesSlot);
        cells[Turn.InsuranceSlot.Offset] = KoalaBear.From(batch.InsuranceSlot);
        Write(batch.Events[0], cells[Turn.Digest[0].Offset..]);
        return true;
    }

    private protected override int OwnRows(int opened, int table) => table == Turn.Table ? 1 : 0;
}
