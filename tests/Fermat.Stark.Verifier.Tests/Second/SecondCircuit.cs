using Fermat.Algebra;

namespace Fermat.Stark.Tests.Second;

internal sealed record SecondNode(int Kind, int A, int B, Quintic Constant);

internal sealed record SecondColumn(string Name, int Index, int Source, int Phase, bool IsExtension, int Offset)
{
    public int Width => IsExtension ? 5 : 1;
}

internal sealed record SecondConstraint(int Rows, int Node);

internal sealed record SecondTable(int MinLog, int MaxLog, SecondColumn[] Columns, SecondConstraint[] Constraints, int Messages)
{
    public int Width(int source, int phase) => Of(source, phase).Sum(column => column.Width);

    public IEnumerable<SecondColumn> Of(int source, int phase) => Columns.Where(c => c.Source == source && (source == 2 || c.Phase == phase));
}

/// <summary>A circuit read from its canonical bytes, as docs/PROTOCOL.md describes them.</summary>
internal sealed class SecondCircuit
{
    public SecondCircuit(byte[] canonical)
    {
        var reader = new SecondReader(canonical);
        if (!reader.Bytes(8).AsSpan().SequenceEqual("FRMTAIR1"u8)) throw new SecondRejectionException("not a circuit");
        reader.Text();
        Phases = reader.Number();
        ChallengePhases = reader.List(r => (r.Text(), Phase: r.Number()).Phase);
        RandomPoints = reader.List(r => (r.Text(), r.Number(), r.Number()));
        reader.List(r => (r.Text(), r.Number()));
        Nodes = reader.List(ReadNode);
        Tables = reader.List(ReadTable);
        if (!reader.AtEnd) throw new SecondRejectionException("more than a circuit");
    }

    public int Phases { get; }

    public int[] ChallengePhases { get; }

    public (string Name, int Phase, int Degree)[] RandomPoints { get; }

    public SecondNode[] Nodes { get; }

    public SecondTable[] Tables { get; }

    public bool HasBusSums => Tables.Any(table => table.Messages > 0);

    /// <summary>The base columns of a table's matrix that are opened at z·ω, ascending.</summary>
    public int[] NextColumns(SecondTable table, int source, int phase)
    {
        var reached = new bool[Nodes.Length];
        foreach (SecondConstraint constraint in table.Constraints) reached[constraint.Node] = true;
        var next = new HashSet<int>();
        for (int i = Nodes.Length - 1; i >= 0; i--)
        {
            if (!reached[i]) continue;
            SecondNode node = Nodes[i];
            if (node.Kind >= 6) reached[node.A] = true;
            if (node.Kind is >= 6 and <= 8) reached[node.B] = true;
            if (node.Kind == 2) next.Add(node.A);
        }

        return [.. table.Of(source, phase).Where(c => next.Contains(c.Index)).SelectMany(c => Enumerable.Range(c.Offset, c.Width)).Order()];
    }

    private static SecondNode ReadNode(SecondReader reader)
    {
        int kind = reader.Number();
        return kind == 0
            ? new SecondNode(kind, 0, 0, reader.Extension())
            : new SecondNode(kind, reader.Number(), reader.Number(), default);
    }

    private static SecondTable ReadTable(SecondReader reader)
    {
        reader.Text();
        return new SecondTable(
            reader.Number(),
            reader.Number(),
            reader.List(r => new SecondColumn(r.Text(), r.Number(), r.Number(), r.Number(), r.Number() == 1, r.Number())),
            reader.List(r => (r.Text(), Constraint: new SecondConstraint(r.Number(), r.Number())).Constraint),
            reader.List(r => (r.Text(), r.Number(), r.Number(), r.Number(), r.List(e => e.Number()))).Length);
    }
}
