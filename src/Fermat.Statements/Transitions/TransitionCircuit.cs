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
public sealed class TransitionCircuit
{
    internal TransitionCircuit(VenueRulebook rulebook, int hashSlots)
    {
        var circuit = new CircuitBuilder($"fermat transition 1, {rulebook.Name}, {hashSlots} hash slots");
        Expr r = circuit.Challenge("r", phase: 0);
        Expr gamma = circuit.Challenge("gamma", phase: 0);
        Range = new RangeTable(circuit);
        Bus blockBefore = circuit.Bus("block before"), blockAfter = circuit.Bus("block after"), blockOfEvent = circuit.Bus("block of an event");
        Bus identityBefore = circuit.Bus("identity before"), identityAfter = circuit.Bus("identity after"), identityOfEvent = circuit.Bus("identity of an event");
        Bus digestBefore = circuit.Bus("digest before"), digestAfter = circuit.Bus("digest after"), digestOfEvent = circuit.Bus("digest of an event");
        var empty = new Algebra.KoalaBear[Digest.Words];
        StateTreeHash.Empty(0).TryToFields(empty);
        var buses = new VersionBuses(blockBefore, blockAfter, identityBefore, identityAfter, digestBefore, empty, circuit.Bus("legs"), circuit.Bus("authority"), circuit.Bus("openings"));
        Versions = new LoweredVersions(circuit, Range, r, gamma, buses, rulebook.Rulebook, lineOf: _ => 0);
        Events = new EventTable(circuit, Range, r, Versions.Fields, buses, identityOfEvent, blockOfEvent, digestOfEvent);
        circuit.RandomPoint("sums at (r, gamma)", phase: 0, Math.Max(Versions.Lowering.RandomPointDegree, Events.Domain.MaxDegree));
        RulebookCircuit.DeclareAddresses(circuit, Versions.Lowering);
        HashesBefore = new HashTable(circuit, blockBefore, digestBefore, hashSlots, "hashes before", identityBefore);
        HashesAfter = new HashTable(circuit, blockAfter, digestAfter, hashSlots, "hashes after", identityAfter);
        HashesOfEvents = new HashTable(circuit, blockOfEvent, digestOfEvent, hashSlots, "hashes of events", identityOfEvent);
        Siblings = new SiblingTable(circuit, digestBefore, digestAfter);
        Roots = new RootTable(circuit, digestBefore, digestAfter);
        (Rulebook, HashSlots) = (rulebook, hashSlots);
        Circuit = circuit.Build();
    }

    /// <summary>The rulebook.</summary>
    public VenueRulebook Rulebook { get; }

    /// <summary>Permutations in a row of the hash tables.</summary>
    public int HashSlots { get; }

    /// <summary>Tables, buses, constraints.</summary>
    public Circuit Circuit { get; }

    internal RangeTable Range { get; }

    internal LoweredVersions Versions { get; }

    internal EventTable Events { get; }

    internal HashTable HashesBefore { get; }

    internal HashTable HashesAfter { get; }

    internal HashTable HashesOfEvents { get; }

    internal SiblingTable Siblings { get; }

    internal RootTable Roots { get; }

    /// <summary>The circuit of a rulebook with so many hash slots in a row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not 1 to <see cref="SolvencyLimits.MaxHashSlots"/>.</exception>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or its balances and positions are of another form.</exception>
    public static TransitionCircuit Of(VenueRulebook rulebook, int hashSlots)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentOutOfRangeException.ThrowIfLessThan(hashSlots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(hashSlots, SolvencyLimits.MaxHashSlots);
        return new TransitionCircuit(rulebook, hashSlots);
    }

    /// <summary>The verifying key for proofs with the hash, blowup and tail rows of these options.</summary>
    public VerifyingKey CompileKey(ProofOptions options) => VerifyingKey.Compile(
        Circuit, options, [.. Circuit.Tables.Select(table => table.Index == Range.Table ? SolvencyCircuit.RangeLogHeight : table.MinLogHeight)]);
}
