using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>Two tables of different heights: values are looked up in a preprocessed range, cubes of small values are constrained with degree 3.</summary>
internal sealed class RangeToy(int valuesLog, int rangeLog, int seed = 1) : Toy
{
    public const int Bound = 50;

    public override IReadOnlyList<int> LogHeights => [valuesLog, rangeLog];

    protected override Circuit Build()
    {
        var builder = new CircuitBuilder("range");
        Bus range = builder.Bus("range");
        TableBuilder values = builder.Table("values");
        Expr[] v = values.Columns("v", 3);
        Expr cube = values.Column("cube"), flag = values.Column("flag");
        values.ConstrainBoolean("flag is boolean", flag);
        values.Constrain("cube is a cube", cube - v[0] * v[0] * v[0]);
        for (int i = 0; i < v.Length; i++) values.Send(range, $"v{i} in range", i == 0 ? flag : 1, v[i]);

        TableBuilder numbers = builder.Table("numbers");
        Expr number = numbers.Preprocessed("number"), used = numbers.Column("used");
        numbers.Receive(range, "used", used, number);
        numbers.PreprocessedValues((matrix, active) =>
        {
            for (int row = 0; row < active; row++) matrix[row, 0] = KoalaBear.From(row % Bound);
        });
        return builder.Build();
    }

    protected override void Fill(TableTrace[] traces)
    {
        var random = new Random(seed);
        var counts = new int[Bound];
        Matrix values = traces[0].Phase(0);
        for (int row = 0; row < traces[0].ActiveRows; row++)
        {
            int flag = random.Next(2);
            for (int i = 0; i < 3; i++)
            {
                int value = random.Next(Bound);
                values[row, i] = KoalaBear.From(value);
                if (i > 0 || flag == 1) counts[value]++;
            }

            values[row, 3] = values[row, 0] * values[row, 0] * values[row, 0];
            values[row, 4] = KoalaBear.From(flag);
        }

        for (int value = 0; value < Bound; value++) traces[1].Phase(0)[value, 0] = KoalaBear.From(counts[value]);
    }
}
