namespace Fermat.Air;

/// <summary>Declares a circuit: its buses, challenges and tables. <see cref="Build"/> generates the bus argument and freezes it.</summary>
public sealed class CircuitBuilder
{
    private readonly List<TableBuilder> _tables = [];
    private readonly List<Bus> _buses = [];
    private readonly List<ChallengeInfo> _challenges = [];
    private readonly List<RandomPointIdentity> _randomPoints = [];
    private bool _built;

    /// <summary>Starts an empty circuit.</summary>
    /// <param name="name">Part of the circuit's canonical bytes.</param>
    public CircuitBuilder(string name) => Name = name;

    /// <summary>The circuit's name.</summary>
    public string Name { get; }

    /// <summary>The expressions of all tables.</summary>
    public Graph Graph { get; } = new();

    /// <summary>A new bus.</summary>
    /// <param name="name">Unique in the circuit.</param>
    public Bus Bus(string name)
    {
        RequireOpen();
        if (_buses.Any(b => b.Name == name))
            throw new CircuitException($"circuit {Name}: the bus {name} is declared twice");
        var bus = new Bus(_buses.Count, name);
        _buses.Add(bus);
        return bus;
    }

    /// <summary>An extension challenge drawn after a phase is committed; it may be used in columns of later phases, and in any constraint or message.</summary>
    /// <param name="name">Unique in the circuit; the label in the transcript.</param>
    /// <param name="phase">Challenges are declared in the order of their phases.</param>
    public Expr Challenge(string name, int phase)
    {
        RequireOpen();
        if (_challenges.Any(c => c.Name == name))
            throw new CircuitException($"circuit {Name}: the challenge {name} is declared twice");
        if (phase < 0 || (_challenges.Count > 0 && _challenges[^1].Phase > phase))
            throw new CircuitException($"circuit {Name}, challenge {name}: challenges are declared in ascending order of their phases");
        _challenges.Add(new ChallengeInfo(_challenges.Count, name, phase));
        return new Expr(Graph, Graph.Challenge(_challenges.Count - 1, phase));
    }

    /// <summary>
    /// Declares what is checked at the challenges drawn after a phase. Every phase with declared challenges needs a declaration: without one nothing could be said about the circuit's soundness.
    /// </summary>
    /// <param name="name">Unique in the circuit.</param>
    /// <param name="phase">The phase after which the challenges are drawn.</param>
    /// <param name="degree">Total degree of the identity in the challenges, at least 1.</param>
    public void RandomPoint(string name, int phase, int degree)
    {
        RequireOpen();
        if (_randomPoints.Any(identity => identity.Name == name))
            throw new CircuitException($"circuit {Name}: the identity {name} is declared twice");
        if (degree < 1)
            throw new CircuitException($"circuit {Name}, identity {name}: a degree of {degree} would count for nothing");
        if (_challenges.All(challenge => challenge.Phase != phase))
            throw new CircuitException($"circuit {Name}, identity {name}: no challenge is drawn after phase {phase}");
        _randomPoints.Add(new RandomPointIdentity(name, phase, degree));
    }

    /// <summary>A new table.</summary>
    /// <param name="name">Unique in the circuit.</param>
    public TableBuilder Table(string name)
    {
        RequireOpen();
        if (_tables.Any(t => t.Name == name))
            throw new CircuitException($"circuit {Name}: the table {name} is declared twice");
        var table = new TableBuilder(this, _tables.Count, name);
        _tables.Add(table);
        return table;
    }

    /// <summary>Generates the blinding messages and the LogUp phase, checks the whole and freezes it.</summary>
    public Circuit Build()
    {
        RequireOpen();
        int userPhases = 1 + _tables.SelectMany(t => t.PhaseWidths.Keys).DefaultIfEmpty(0).Max();
        foreach (ChallengeInfo challenge in _challenges.Where(c => c.Phase >= userPhases))
            throw new CircuitException($"circuit {Name}, challenge {challenge.Name}: no column is committed in phase {challenge.Phase}");
        foreach (ChallengeInfo challenge in _challenges.Where(c => _randomPoints.All(identity => identity.Phase != c.Phase)))
            throw new CircuitException($"circuit {Name}, challenge {challenge.Name}: no identity is declared for phase {challenge.Phase} (RandomPoint), so soundness would be unknown");
        foreach (TableBuilder table in _tables)
        {
            RequireSound(table);
            RequireInTime(table, userPhases);
        }
        IReadOnlyList<LogUpColumns?> lookups = LogUp.Generate(this, _tables, userPhases);
        _built = true;
        return new Circuit(Name, Graph, _tables, lookups, _buses, _challenges, _randomPoints, lookups.Any(l => l is not null) ? userPhases + 1 : userPhases);
    }

    internal void RequireOpen()
    {
        if (_built)
            throw new CircuitException($"circuit {Name} is built already");
    }

    /// <summary>Whether a bus was declared here.</summary>
    internal bool Owns(Bus bus) => _buses.Contains(bus);

    /// <summary>
    /// The lookup challenges are drawn after the last phase with declared columns. A public column of a later phase may depend on them, so it may be in a constraint but not in a
    /// message: the bus argument speaks of messages that are fixed before.
    /// </summary>
    private void RequireInTime(TableBuilder table, int userPhases)
    {
        int phases = _tables.Any(t => t.Interactions.Count > 0) ? userPhases + 1 : userPhases;
        foreach (ColumnInfo column in table.DeclaredColumns.Where(c => c.Phase < 0 || c.Phase >= phases))
            throw new CircuitException($"table {table.Name}, column {column.Name}: phase {column.Phase} does not exist");
        foreach (Interaction interaction in table.Interactions)
        {
            foreach (int id in Graph.Reachable(interaction.Message.Append(interaction.Multiplicity).Select(e => e.Id)))
            {
                if (Graph[id] is { Kind: ExprKind.Column, A: int index } && Graph.Columns[index].Phase >= userPhases)
                {
                    throw new CircuitException(
                        $"table {table.Name}, message {interaction.Name}: column {Graph.Columns[index].Name} may depend on the challenges of the bus argument");
                }
            }
        }
    }

    private static void RequireSound(TableBuilder table)
    {
        if (table.PhaseWidths.GetValueOrDefault(0) == 0 && table.Interactions.Count == 0)
            throw new CircuitException($"table {table.Name} has no column in phase 0");
        if (table.MinLogHeight < 4 || table.MinLogHeight > table.MaxLogHeight)
            throw new CircuitException($"table {table.Name}: heights 2^{table.MinLogHeight} to 2^{table.MaxLogHeight} are not a range of at least 2^4");
        if ((table.PreprocessedWidth > 0) != (table.PreprocessedFill is not null))
            throw new CircuitException($"table {table.Name}: preprocessed columns and PreprocessedValues go together");
    }
}
