using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Transitions;

/// <summary>The circuit of statement T, a batch of events, for a rulebook: the versions of the accounts that events touch, the events, and the trees before and after.</summary>
public sealed class TransitionCircuit : IStatementCircuit
{
    private static readonly RecentlyUsed<(Digest Rulebook, int Slots, int CostRounding, bool HasAggregates), TransitionCircuit> Built = new(SolvencyCircuit.MostKept);

    internal TransitionCircuit(VenueRulebook rulebook, int hashSlots, int costRounding, bool hasAggregates)
    {
        var circuit = new CircuitBuilder($"fermat transition 8, {rulebook.Name}, {hashSlots} hash slots, costs in 10^{costRounding}{(hasAggregates ? ", with aggregates" : "")}");
        Expr r = circuit.Challenge("r", phase: 0);
        Expr gamma = circuit.Challenge("gamma", phase: 0);
        Range = new RangeTable(circuit);
        Bus blockBefore = circuit.Bus("block before"), blockAfter = circuit.Bus("block after"), blockOfEvent = circuit.Bus("block of an event");
        Bus identityBefore = circuit.Bus("identity before"), identityAfter = circuit.Bus("identity after"), identityOfEvent = circuit.Bus("identity of an event");
        Bus digestBefore = circuit.Bus("digest before"), digestAfter = circuit.Bus("digest after"), digestOfEvent = circuit.Bus("digest of an event");
        var empty = new Algebra.KoalaBear[Digest.Words];
        StateTreeHash.Empty(0).TryToFields(empty);
        Bus? totals = hasAggregates ? circuit.Bus("aggregates") : null;
        var buses = new VersionBuses(blockBefore, blockAfter, identityBefore, identityAfter, digestBefore, empty, circuit.Bus("legs"), circuit.Bus("authority"), circuit.Bus("openings"), circuit.Bus("reduced"), circuit.Bus("distress"), circuit.Bus("marked"), totals);
        EventTable? events = null;
        Versions = new LoweredVersions(circuit, Range, r, gamma, buses, rulebook.Rulebook, lineOf: _ => 0, (lowerer, versions) =>
            events = new EventTable(circuit, lowerer, Range, r, versions, costRounding, buses, identityOfEvent, blockOfEvent, digestOfEvent));
        Events = events!;
        if (totals is not null) Aggregates = new AggregateTable(circuit, totals, Range, r, AggregateTable.BytesOf(Versions.Fields));
        circuit.RandomPoint("sums at (r, gamma)", phase: 0, Math.Max(Math.Max(Versions.Lowering.RandomPointDegree, Events.Domain.MaxDegree), Aggregates?.Degree ?? 0));
        SolvencyCircuit.DeclareAddresses(circuit, Versions.Lowering);
        HashesBefore = new HashTable(circuit, blockBefore, digestBefore, hashSlots, "hashes before", identityBefore);
        HashesAfter = new HashTable(circuit, blockAfter, digestAfter, hashSlots, "hashes after", identityAfter);
        HashesOfEvents = new HashTable(circuit, blockOfEvent, digestOfEvent, hashSlots, "hashes of events", identityOfEvent);
        Siblings = new SiblingTable(circuit, digestBefore, digestAfter);
        Roots = new RootTable(circuit, digestBefore, digestAfter);
        (Rulebook, HashSlots, CostRounding) = (rulebook, hashSlots, costRounding);
        Circuit = circuit.Build();
    }

    /// <summary>The rulebook.</summary>
    public VenueRulebook Rulebook { get; }

    /// <summary>Permutations in a row of the hash tables.</summary>
    public int HashSlots { get; }

    /// <summary>Costs are rounded to multiples of 10^this of their units.</summary>
    public int CostRounding { get; }

    /// <summary>Tables, buses, constraints.</summary>
    public Circuit Circuit { get; }

    internal RangeTable Range { get; }

    internal LoweredVersions Versions { get; }

    internal EventTable Events { get; }

    internal HashTable HashesBefore { get; }

    internal HashTable HashesAfter { get; }

    internal HashTable HashesOfEvents { get; }

    internal SiblingTable Siblings { get; }

    /// <summary>Null where aggregates are not shown.</summary>
    internal AggregateTable? Aggregates { get; }

    internal RootTable Roots { get; }

    /// <summary>The circuit of a rulebook with so many hash slots in a row; built once and kept for a while.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="hashSlots">Permutations in a row of the hash tables.</param>
    /// <param name="costRounding">Costs are rounded down to multiples of 10^this of their units.</param>
    /// <param name="hasAggregates">Whether open interest and insurance fund are shown.</param>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to <see cref="SolvencyLimits.MaxHashSlots"/>, or not 0 to <see cref="TransitionInputs.MaxCostRounding"/>.</exception>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or its balances and positions are of another form.</exception>
    public static TransitionCircuit Of(VenueRulebook rulebook, int hashSlots, int costRounding, bool hasAggregates = false)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentOutOfRangeException.ThrowIfLessThan(hashSlots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashSlots, SolvencyLimits.MaxHashSlots);
        ArgumentOutOfRangeException.ThrowIfNegative(costRounding);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(costRounding, TransitionInputs.MaxCostRounding);
        return Built.GetOrAdd((rulebook.Digest, hashSlots, costRounding, hasAggregates), () => new TransitionCircuit(rulebook, hashSlots, costRounding, hasAggregates));
    }

    /// <summary>The verifying key for proofs with the hash, blowup and tail rows of these options.</summary>
    public VerifyingKey CompileKey(ProofOptions options) => SolvencyCircuit.KeyOf(Circuit, Range, options);
}
