using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>
/// Three phases and three tables. In phase 1 products of polynomials are compared at a random point r; weights r^i come as public extension
/// columns; what a row computes is sent, as an extension element, to a shorter table that sums it up.
/// </summary>
internal sealed class RandomPointToy(int rowsLog, int sumsLog, int rangeLog) : Toy
{
    private const int Limbs = 3;
    private const int Keys = 4;

    public override IReadOnlyList<int> LogHeights => [rowsLog, sumsLog, rangeLog];

    public override void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (phase == 0)
        {
            for (int row = 0; row < activeRows; row++) publicColumns[row, 0] = KoalaBear.From(row % Keys);
            return;
        }

        Quintic weight = Quintic.One;
        for (int row = 0; row < activeRows; row++)
        {
            Write(publicColumns, row, 1, weight);
            weight *= challenges[0];
        }
    }

    public override void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        Matrix rows = traces[0].Phase(0), key = traces[0].Public!;
        var sums = new Quintic[Keys];
        for (int row = 0; row < traces[0].ActiveRows; row++)
        {
            Quintic product = At(rows.Row(row)[..Limbs], challenges[0]) * At(rows.Row(row).Slice(Limbs, Limbs), challenges[0]);
            if (table == 0) Write(traces[0].Phase(1), row, 0, product);
            var weight = new Quintic(key[row, 1], key[row, 2], key[row, 3], key[row, 4], key[row, 5]);
            sums[key[row, 0].Value] += product * weight;
        }

        if (table != 1) return;
        for (int k = 0; k < Keys; k++) Write(traces[1].Phase(1), k, 0, sums[k]);
    }

    protected override Circuit Build()
    {
        var builder = new CircuitBuilder("random point");
        Bus total = builder.Bus("total"), range = builder.Bus("range");
        Expr r = builder.Challenge("r", 0);
        builder.RandomPoint("products, summed with weights r^row", 0, (1 << rowsLog) + 4);

        TableBuilder rows = builder.Table("rows");
        Expr[] x = rows.Columns("x", Limbs), y = rows.Columns("y", Limbs), z = rows.Columns("z", 2 * Limbs - 1);
        Expr key = rows.PublicColumn("key"), weight = rows.PublicExtensionColumn("weight", 1);
        Expr product = rows.ExtensionColumn("product", 1);
        rows.Constrain("product at r", product - Expr.Polynomial(x, r) * Expr.Polynomial(y, r));
        rows.Constrain("z at r", product - Expr.Polynomial(z, r));
        rows.ConstrainTransition("keys go round", (rows.Next(key) - key - 1) * rows.Next(key));
        rows.ConstrainTransition("weights are powers", rows.Next(weight) - weight * r);
        rows.Send(total, "weighted product", product * weight, key);
        rows.Send(range, "x0", 1, x[0]);

        TableBuilder sums = builder.Table("sums");
        Expr sum = sums.ExtensionColumn("sum", 1), row = sums.Column("row");
        sums.ConstrainFirst("row 0", row);
        sums.ConstrainTransition("rows count", sums.Next(row) - row - 1);
        sums.Receive(total, "sum", sum, row);

        TableBuilder numbers = builder.Table("numbers");
        Expr number = numbers.Preprocessed("number"), used = numbers.Column("used");
        numbers.ConstrainTransition("numbers count", numbers.Next(number) - number - 1);
        numbers.Receive(range, "used", used, number);
        numbers.PreprocessedValues((matrix, active) =>
        {
            for (int i = 0; i < active; i++) matrix[i, 0] = KoalaBear.From(i);
        });
        return builder.Build();
    }

    protected override void Fill(TableTrace[] traces)
    {
        var random = new Random(7);
        Matrix rows = traces[0].Phase(0), numbers = traces[2].Phase(0);
        for (int row = 0; row < traces[0].ActiveRows; row++)
        {
            for (int i = 0; i < 2 * Limbs; i++) rows[row, i] = KoalaBear.From(random.Next(100));
            for (int i = 0; i < Limbs; i++)
            {
                for (int j = 0; j < Limbs; j++) rows[row, 2 * Limbs + i + j] += rows[row, i] * rows[row, Limbs + j];
            }

            numbers[(int)rows[row, 0].Value, 0] += KoalaBear.One;
        }

        for (int row = 0; row < traces[1].ActiveRows; row++) traces[1].Phase(0)[row, 0] = KoalaBear.From(row);
    }

    private static Quintic At(ReadOnlySpan<KoalaBear> limbs, Quintic point)
    {
        Quintic value = Quintic.Zero;
        for (int i = limbs.Length - 1; i >= 0; i--) value = value * point + limbs[i];
        return value;
    }
}
