using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>One table, no messages: a Fibonacci sequence whose last element is public.</summary>
internal sealed class FibonacciToy(int logHeight) : Toy
{
    private KoalaBear _result;

    public override IReadOnlyList<int> LogHeights => [logHeight];

    public override byte[] Statement => BitConverter.GetBytes(_result.Value);

    public override void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns) =>
        publicColumns[activeRows - 1, 0] = _result;

    protected override Circuit Build()
    {
        var builder = new CircuitBuilder("fibonacci");
        TableBuilder table = builder.Table("sequence");
        Expr a = table.Column("a"), b = table.Column("b"), result = table.PublicColumn("result");
        table.ConstrainFirst("a starts at 0", a);
        table.ConstrainFirst("b starts at 1", b - 1);
        table.ConstrainTransition("a is the old b", table.Next(a) - b);
        table.ConstrainTransition("b is the sum", table.Next(b) - a - b);
        table.ConstrainLast("b ends at the result", b - result);
        return builder.Build();
    }

    protected override void Fill(TableTrace[] traces)
    {
        Matrix columns = traces[0].Phase(0);
        (KoalaBear a, KoalaBear b) = (KoalaBear.Zero, KoalaBear.One);
        for (int row = 0; row < traces[0].ActiveRows; row++)
        {
            columns[row, 0] = a;
            columns[row, 1] = b;
            _result = b;
            (a, b) = (b, a + b);
        }
    }
}
