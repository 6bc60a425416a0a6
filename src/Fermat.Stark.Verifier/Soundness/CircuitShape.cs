using Fermat.Air;

namespace Fermat.Stark;

/// <summary>What the soundness of a proof depends on in one table.</summary>
/// <param name="Name">Name in reports.</param>
/// <param name="LogHeight">Logarithm of the number of rows, active and tail.</param>
/// <param name="OpenedAtPoint">Base-field columns (preprocessed, all phases, quotient) opened at the out-of-domain point z.</param>
/// <param name="OpenedAtNext">Those of them opened at z·ω too.</param>
/// <param name="Constraints">Constraints folded by powers of one challenge, those that LogUp adds included.</param>
/// <param name="ConstraintDegree">Largest degree of a constraint: a column and a selector count 1, a transition factor 0. 1 to 3.</param>
/// <param name="MessageWidths">One entry a message sent or received on each row: its number of elements, the bus not counted.</param>
public sealed record TableShape(
    string Name,
    int LogHeight,
    int OpenedAtPoint,
    int OpenedAtNext,
    int Constraints,
    int ConstraintDegree,
    IReadOnlyList<int> MessageWidths)
{
    /// <summary>Messages of all rows: height × messages a row.</summary>
    public long Messages => (long)MessageWidths.Count << LogHeight;
}

/// <summary>What the soundness of a proof depends on besides its <see cref="ProofOptions"/>.</summary>
/// <param name="Tables">The tables, in circuit order.</param>
/// <param name="RandomPoints">The identities checked at random points; LogUp's own is not among them.</param>
public sealed record CircuitShape(IReadOnlyList<TableShape> Tables, IReadOnlyList<RandomPointIdentity> RandomPoints)
{
    /// <summary>Base-field columns of a table's quotient that are opened: three pieces of five.</summary>
    private const int QuotientColumns = 15;

    /// <summary>The shape of a circuit at given heights: what to choose options for before there is a proof.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="logHeights">Logarithm of each table's rows, in circuit order.</param>
    public static CircuitShape Of(Circuit circuit, IReadOnlyList<int> logHeights)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        ArgumentNullException.ThrowIfNull(logHeights);
        if (logHeights.Count != circuit.Tables.Count)
            throw new ArgumentException($"{logHeights.Count} heights for {circuit.Tables.Count} tables", nameof(logHeights));
        int[] phases = [.. Enumerable.Range(0, circuit.Phases)];
        return new([.. circuit.Tables.Select(Shape)], circuit.RandomPoints);

        TableShape Shape(Table table) => new(
            table.Name,
            logHeights[table.Index],
            table.PreprocessedWidth + phases.Sum(table.PhaseWidth) + QuotientColumns,
            table.NextOfPreprocessed.Count + phases.Sum(phase => table.NextOfPhase(phase).Count),
            table.Constraints.Count,
            table.MaxDegree,
            [.. table.Interactions.Select(interaction => interaction.Message.Count)]);
    }

    /// <summary>Logarithm of each table's rows, in circuit order.</summary>
    public IReadOnlyList<int> LogHeights => [.. Tables.Select(table => table.LogHeight)];

    /// <summary>Base-field columns opened at z, of all tables.</summary>
    public int OpenedColumns => Tables.Sum(table => table.OpenedAtPoint);

    /// <summary>Messages of all rows of all tables.</summary>
    public long Messages => Tables.Sum(table => table.Messages);

    /// <summary>The same tables with other heights.</summary>
    /// <param name="logHeights">Logarithm of each table's rows, in circuit order.</param>
    public CircuitShape WithLogHeights(IReadOnlyList<int> logHeights)
    {
        ArgumentNullException.ThrowIfNull(logHeights);
        if (logHeights.Count != Tables.Count)
            throw new ArgumentException($"{logHeights.Count} heights for {Tables.Count} tables", nameof(logHeights));
        return this with { Tables = [.. Tables.Zip(logHeights, (table, log) => table with { LogHeight = log })] };
    }
}

/// <summary>The numbers of one proof, from which its soundness is computed.</summary>
/// <param name="Shape">Tables and identities.</param>
/// <param name="Options">The options the proof was made with.</param>
public sealed record SoundnessInput(CircuitShape Shape, ProofOptions Options);
