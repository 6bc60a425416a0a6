using Fermat.Air.Gadgets;
using Fermat.Algebra;

namespace Fermat.Air.Tests.Gadgets;

/// <summary>A circuit of a range table and one table under test, filled row by row, then checked and mutated cell by cell.</summary>
internal sealed class GadgetBench
{
    private const int TailRows = 6;
    private const int LogHeight = 5;

    private readonly CircuitBuilder _builder = new("gadget");

    public GadgetBench()
    {
        Range = new RangeTable(_builder);
        Table = _builder.Table("user");
        Enabled = Table.Column("enabled");
        Table.ConstrainBoolean("enabled is a bit", Enabled);
    }

    public RangeTable Range { get; }

    public TableBuilder Table { get; }

    /// <summary>1 on filled rows.</summary>
    public Expr Enabled { get; }

    /// <summary>
    /// Fills rows, leaves the others zero, and asserts that the circuit is satisfied and that no cell of a filled row but those listed can be changed within its range unnoticed by
    /// a constraint.
    /// </summary>
    public void Check<T>(IReadOnlyList<T> cases, FillRow<T> fill, params Expr[] free)
    {
        Circuit circuit = _builder.Build();
        using var range = new TableTrace(circuit, Range.Table, 15, 64);
        using var user = new TableTrace(circuit, Table.Index, LogHeight, TailRows);
        var counts = new RangeCounts();
        for (int row = 0; row < cases.Count; row++)
        {
            Span<KoalaBear> cells = user.Phase(0).Row(row);
            cells[Enabled.Offset] = KoalaBear.One;
            fill(cases[row], cells, counts);
        }
        counts.IdleRows(Range, circuit.Tables[Table.Index], user.ActiveRows - cases.Count);
        counts.Fill(Range, range);
        Assert.Equal("satisfied", ConstraintChecker.Check(circuit, [range, user], []).ToString());

        var mutator = new CellMutator(circuit, [range, user], []);
        int[] freeOffsets = [.. free.Select(f => f.Offset), Enabled.Offset, .. circuit.Tables[1].Columns.Where(c => c.Name.StartsWith("blind.")).Select(c => c.Offset)];
        for (int row = 0; row < cases.Count; row++)
        {
            for (int column = 0; column < user.Phase(0).Columns; column++)
            {
                if (freeOffsets.Contains(column))
                    continue;
                uint value = user.Phase(0)[row, column].Value;
                foreach (uint other in new[] { value ^ 1, value < 128 ? value + 1 : value - 1, 0U, 1U })
                {
                    CheckReport report = mutator.Try(1, 0, row, column, KoalaBear.From(other));
                    Assert.True(other == value || report.ViolationCount > 0, $"case {row}: column {column} may be {other} for {value}");
                }
            }
        }
    }

    /// <summary>The constraint violations when a row is filled and some cells are then overwritten.</summary>
    public IReadOnlyList<ConstraintViolation> Violations(Action<Span<KoalaBear>, RangeCounts> fill)
    {
        Circuit circuit = _builder.Build();
        using var range = new TableTrace(circuit, Range.Table, 15, 64);
        using var user = new TableTrace(circuit, Table.Index, LogHeight, TailRows);
        user.Phase(0)[0, Enabled.Offset] = KoalaBear.One;
        fill(user.Phase(0).Row(0), new RangeCounts());
        return ConstraintChecker.Check(circuit, [range, user], [], limit: 1000).Violations;
    }

    public delegate void FillRow<T>(T value, Span<KoalaBear> row, RangeCounts counts);
}
