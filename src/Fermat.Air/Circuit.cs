using System.Buffers;

namespace Fermat.Air;

/// <summary>A set of tables that talk through buses: everything a prover and a verifier share about a statement. Immutable.</summary>
public sealed class Circuit
{
    internal Circuit(
        string name,
        Graph graph,
        IReadOnlyList<TableBuilder> tables,
        IReadOnlyList<LogUpColumns?> lookups,
        IReadOnlyList<Bus> buses,
        IReadOnlyList<ChallengeInfo> challenges,
        IReadOnlyList<RandomPointIdentity> randomPoints,
        int phases)
    {
        Name = name;
        Graph = graph;
        Phases = phases;
        Buses = [.. buses];
        Challenges = [.. challenges];
        RandomPoints = [.. randomPoints];
        HasLogUp = lookups.Any(l => l is not null);
        Tables = [.. tables.Select(t => new Table(graph, t, lookups[t.Index], phases))];
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The expressions of all tables.</summary>
    public Graph Graph { get; }

    /// <summary>The tables, in order of declaration.</summary>
    public IReadOnlyList<Table> Tables { get; }

    /// <summary>The buses; the generated blinding bus last.</summary>
    public IReadOnlyList<Bus> Buses { get; }

    /// <summary>The challenges drawn between phases, in the order of drawing. The lookup challenges are the last two, if there are messages.</summary>
    public IReadOnlyList<ChallengeInfo> Challenges { get; }

    /// <summary>The identities that are checked at the declared challenges, in order of declaration; that of the lookup challenges is not among them.</summary>
    public IReadOnlyList<RandomPointIdentity> RandomPoints { get; }

    /// <summary>The number of committed phases.</summary>
    public int Phases { get; }

    /// <summary>Whether the last phase is the generated LogUp phase.</summary>
    public bool HasLogUp { get; }

    /// <summary>The index of the LogUp phase, or −1 in a circuit without messages.</summary>
    public int LogUpPhase => HasLogUp ? Phases - 1 : -1;

    /// <summary>The challenges drawn after a phase is committed.</summary>
    /// <param name="phase">0 to <see cref="Phases"/> − 1.</param>
    public IEnumerable<ChallengeInfo> ChallengesAfter(int phase) => Challenges.Where(c => c.Phase == phase);

    /// <summary>The number of challenges drawn before a phase is committed: the known prefix of <see cref="Challenges"/>.</summary>
    /// <param name="phase">0 to <see cref="Phases"/>.</param>
    public int ChallengesBefore(int phase) => Challenges.Count(c => c.Phase < phase);

    /// <summary>
    /// An upper bound on the number of messages on all buses, counting every row of every table. A bus balance is one of integers only while this is below the field's order,
    /// and it enters the soundness of the bus argument.
    /// </summary>
    /// <param name="logHeights">The tables' heights, in order.</param>
    public long MessageBound(IReadOnlyList<int> logHeights) => Tables.Sum(t => (long)t.Interactions.Count << logHeights[t.Index]);

    /// <summary>The largest number of elements in a message; 0 without buses.</summary>
    public int MaxMessageWidth => Buses.Count == 0 ? 0 : Buses.Max(b => b.Width);

    /// <summary>
    /// Writes bytes that determine the circuit: two circuits with the same bytes accept the same traces. Values of preprocessed columns are
    /// not part of it; their commitments are in the verifying key.
    /// </summary>
    /// <param name="writer">Receives the bytes.</param>
    public void WriteCanonical(IBufferWriter<byte> writer) => CanonicalCircuit.Write(this, writer);
}
