using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>The circuit of statement W for a rulebook: the whole book under one root, the event whose turn it is, and the comparison of all who could have been chosen.</summary>
public sealed class WaterfallCircuit : IStatementCircuit
{
    private static readonly RecentlyUsed<(Digest Rulebook, int Slots), WaterfallCircuit> Built = new(SolvencyCircuit.MostKept);

    internal WaterfallCircuit(VenueRulebook rulebook, int hashSlots)
    {
        var circuit = new CircuitBuilder($"fermat waterfall 1, {rulebook.Name}, {hashSlots} hash slots");
        Expr r = circuit.Challenge("r", phase: 0);
        Expr gamma = circuit.Challenge("gamma", phase: 0);
        Range = new RangeTable(circuit);
        Bus block = circuit.Bus("block"), digest = circuit.Bus("digest"), failing = circuit.Bus("failing account"), chosen = circuit.Bus("chosen account");
        Bus blockOfEvent = circuit.Bus("block of the event"), identityOfEvent = circuit.Bus("identity of the event"), digestOfEvent = circuit.Bus("digest of the event");
        // names are part of the circuit's digest, and lines would make it depend on layout and comments, which the rulebook's digest leaves out
        Order = new LoweredOrder(circuit, Range, r, gamma, block, failing, chosen, rulebook.Rulebook, lineOf: _ => 0);
        circuit.RandomPoint("sums at (r, gamma)", phase: 0, Order.Lowering.RandomPointDegree);
        SolvencyCircuit.DeclareAddresses(circuit, Order.Lowering);
        Turn = new TurnTable(circuit, EventTable.NumberBlocksOf(Order.Fields), identityOfEvent, blockOfEvent, digestOfEvent, failing, chosen);
        HashOfEvent = new HashTable(circuit, blockOfEvent, digestOfEvent, slots: 1, "hash of the event", identityOfEvent);
        Hash = new HashTable(circuit, block, digest, hashSlots);
        Tree = new TreeTable(circuit, digest);
        (Rulebook, HashSlots) = (rulebook, hashSlots);
        Circuit = circuit.Build();
    }

    /// <summary>The rulebook.</summary>
    public VenueRulebook Rulebook { get; }

    /// <summary>Permutations in a row of the hash table.</summary>
    public int HashSlots { get; }

    /// <summary>Tables, buses, constraints.</summary>
    public Circuit Circuit { get; }

    internal RangeTable Range { get; }

    internal LoweredOrder Order { get; }

    internal TurnTable Turn { get; }

    internal HashTable HashOfEvent { get; }

    internal HashTable Hash { get; }

    internal TreeTable Tree { get; }

    /// <summary>The circuit of a rulebook with so many hash slots in a row; built once and kept for a while.</summary>
    /// <param name="rulebook">The rulebook; it says who is deleveraged first.</param>
    /// <param name="hashSlots">Permutations in a row of the hash table.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to <see cref="SolvencyLimits.MaxHashSlots"/>.</exception>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or has no <c>liquidation.rank</c>.</exception>
    public static WaterfallCircuit Of(VenueRulebook rulebook, int hashSlots)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentOutOfRangeException.ThrowIfLessThan(hashSlots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashSlots, SolvencyLimits.MaxHashSlots);
        return Built.GetOrAdd((rulebook.Digest, hashSlots), () => new WaterfallCircuit(rulebook, hashSlots));
    }

    /// <summary>The verifying key for proofs with the hash, blowup and tail rows of these options.</summary>
    /// <param name="options">Valid options, with at most a quarter of 2^15 tail rows.</param>
    public VerifyingKey CompileKey(ProofOptions options) => SolvencyCircuit.KeyOf(Circuit, Range, options);

    /// <summary>Evaluates public values, and what orders accounts.</summary>
    internal Interpreter Interpreter(MarketData market) => new(Order.Lowering.Rulebook with { Definitions = [new CoreDefinition(LoweredOrder.Rank, Order.Ranked)] }, market);

    /// <summary>Public rows of the tables that are not the rulebook's, for a tree of a depth.</summary>
    internal int OwnRows(int depth, int table) => table == Turn.Table ? 1 : table == Tree.Table ? depth + 2 : 0;
}
