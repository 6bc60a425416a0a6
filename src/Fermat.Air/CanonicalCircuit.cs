using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// The canonical bytes of a circuit. Little-endian; strings are UTF-8 with a u32 length; counts are u32. Order: magic, name, phases, challenges, random-point identities, buses,
/// nodes that anything refers to (renumbered, operands first), then per table its columns, constraints and messages.
/// </summary>
internal readonly struct CanonicalCircuit
{
    private static ReadOnlySpan<byte> Magic => "FRMTAIR1"u8;

    private readonly IBufferWriter<byte> _writer;

    private CanonicalCircuit(IBufferWriter<byte> writer) => _writer = writer;

    public static void Write(Circuit circuit, IBufferWriter<byte> writer)
    {
        var output = new CanonicalCircuit(writer);
        writer.Write(Magic);
        output.Text(circuit.Name);
        output.Number(circuit.Phases);
        output.Number(circuit.Challenges.Count);
        foreach (ChallengeInfo challenge in circuit.Challenges)
        {
            output.Text(challenge.Name);
            output.Number(challenge.Phase);
        }
        output.Number(circuit.RandomPoints.Count);
        foreach (RandomPointIdentity identity in circuit.RandomPoints)
        {
            output.Text(identity.Name);
            output.Number(identity.Phase);
            output.Number((int)identity.Degree);
        }
        output.Number(circuit.Buses.Count);
        foreach (Bus bus in circuit.Buses)
        {
            output.Text(bus.Name);
            output.Number(bus.Width);
        }
        Dictionary<int, int> ids = output.Nodes(circuit);
        output.Number(circuit.Tables.Count);
        foreach (Table table in circuit.Tables)
            output.Table(table, ids);
    }

    private Dictionary<int, int> Nodes(Circuit circuit)
    {
        Graph graph = circuit.Graph;
        int[] nodes = graph.Reachable(circuit.Tables.SelectMany(Roots));
        var ids = new Dictionary<int, int>(nodes.Length);
        Number(nodes.Length);
        foreach (int id in nodes)
        {
            Node node = graph[id];
            Number((int)node.Kind);
            if (node.Kind == ExprKind.Constant)
            {
                for (int i = 0; i < Quintic.Degree; i++)
                    Number((int)graph.Constants[node.A][i].Value);
            }
            else
            {
                bool operation = node.Kind >= ExprKind.Add;
                Number(operation ? ids[node.A] : node.A);
                Number(operation && node.Kind != ExprKind.Neg ? ids[node.B] : 0);
            }
            ids.Add(id, ids.Count);
        }
        return ids;
    }

    private static IEnumerable<int> Roots(Table table) =>
        table.Constraints.Select(c => c.Expression.Id)
            .Concat(table.Interactions.SelectMany(i => i.Message.Append(i.Multiplicity)).Select(e => e.Id));

    private void Table(Table table, Dictionary<int, int> ids)
    {
        Text(table.Name);
        Number(table.MinLogHeight);
        Number(table.MaxLogHeight);
        Number(table.Columns.Count);
        foreach (ColumnInfo column in table.Columns)
        {
            Text(column.Name);
            Number(column.Index);
            Number((int)column.Source);
            Number(column.Phase);
            Number(column.IsExtension ? 1 : 0);
            Number(column.Offset);
        }
        Number(table.Constraints.Count);
        foreach (Constraint constraint in table.Constraints)
        {
            Text(constraint.Name);
            Number((int)constraint.Rows);
            Number(ids[constraint.Expression.Id]);
        }
        Number(table.Interactions.Count);
        foreach (Interaction interaction in table.Interactions)
        {
            Text(interaction.Name);
            Number(interaction.Bus.Index);
            Number(interaction.IsSend ? 1 : 0);
            Number(ids[interaction.Multiplicity.Id]);
            Number(interaction.Message.Count);
            foreach (Expr element in interaction.Message)
                Number(ids[element.Id]);
        }
    }

    private void Number(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_writer.GetSpan(4), value);
        _writer.Advance(4);
    }

    private void Text(string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Number(bytes.Length);
        _writer.Write(bytes);
    }
}
