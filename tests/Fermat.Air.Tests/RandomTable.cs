using Fermat.Algebra;

namespace Fermat.Air.Tests;

/// <summary>A table with every kind of column, filled at random, and random expressions over it.</summary>
internal sealed class RandomTable
{
    public const int Challenges = 3;

    private readonly TestValues _values;
    private readonly List<Expr> _leaves = [];
    private readonly Circuit _circuit;

    public RandomTable(TestValues values)
    {
        _values = values;
        var builder = new CircuitBuilder("random");
        Expr[] challenges = [.. Enumerable.Range(0, Challenges).Select(i => builder.Challenge($"c{i}", 0))];
        builder.RandomPoint("none", 0, 1);
        TableBuilder table = builder.Table("random");
        Expr[] columns =
        [
            .. table.Columns("x", 21), table.ExtensionColumn("e0", 0), table.ExtensionColumn("e1", 1), table.ExtensionColumn("e2", 1),
            table.Preprocessed("p0"), table.Preprocessed("p1"),
            table.PublicColumn("q"), table.PublicExtensionColumn("qe", 1), table.PublicColumn("q2"),
        ];
        table.PreprocessedValues((matrix, _) => new TestValues(1000).Fill(matrix));
        NextOfFirst = table.Next(columns[0]);
        _leaves.AddRange(columns);
        _leaves.AddRange(columns.Select(table.Next));
        _leaves.AddRange(challenges);
        _leaves.AddRange(Enum.GetValues<SelectorKind>().Select(table.Selector));
        _leaves.Add(table.BusSum);
        foreach (long constant in new long[] { 1, -1, 2, -3, 101, 1 << 20, int.MaxValue })
            _leaves.Add(constant);
        _leaves.Add(values.Extension());
        _circuit = builder.Build();
    }

    public Expr NextOfFirst { get; }

    /// <summary>Grows expressions from leaves, favouring recent ones, sums and long chains of constant multiples.</summary>
    public List<Expr> Grow(int size)
    {
        var pool = new List<Expr>(_leaves);
        Random random = _values.Random;
        for (int i = 0; i < size; i++)
        {
            Expr a = Pick(), b = Pick();
            pool.Add(random.Next(10) switch
            {
                0 or 1 => a + b,
                2 => a - b,
                3 => a * b,
                4 => -a,
                5 => a * a * a - b,
                8 => b - a * a * a,
                6 => LinearForm(random.Next(2, 40)),
                7 => a * b - Pick() * Pick() + Pick(),
                _ => a * random.NextInt64(-50, 50) + b,
            });
        }
        return [.. pool.Where(e => e.Graph is not null)];

        Expr Pick() => pool[random.Next(3) == 0 ? random.Next(pool.Count) : random.Next(Math.Max(0, pool.Count - 30), pool.Count)];

        Expr LinearForm(int terms)
        {
            bool small = random.Next(2) == 0;
            Expr sum = _values.Base();
            for (int i = 0; i < terms; i++)
                sum += Pick() * (small ? (Expr)random.NextInt64(-20, 40) : random.Next(6) == 0 ? pool[random.Next(pool.Count)] : _values.Base());
            return sum;
        }
    }

    public TableTrace Trace(int logHeight, int tailRows, int phases)
    {
        var trace = new TableTrace(_circuit, 0, logHeight, tailRows);
        for (int phase = 0; phase < phases; phase++)
            _values.Fill(trace.Phase(phase));
        _values.Fill(trace.Public!);
        return trace;
    }
}
