using Fermat.Algebra;

namespace Fermat.Air.Tests;

/// <summary>
/// Two tables with every kind of column. "main": a' = b, b' = a + digit, digit + 16·carry = a·b over small numbers, and a phase-1 sum with public weights.
/// "digits": a preprocessed table of the digits 0 to 15 that counts how often each is looked up, and takes the total of the sums.
/// </summary>
internal sealed class SampleCircuit
{
    public const int TailRows = 11;
    public const int LogHeight = 5;
    public const int Active = (1 << LogHeight) - TailRows;
    public const int Digits = 16;

    public SampleCircuit()
    {
        var builder = new CircuitBuilder("sample");
        Bus digits = builder.Bus("digits");
        Bus totals = builder.Bus("totals");
        Expr r = builder.Challenge("r", 0);
        builder.RandomPoint("power sums", 0, 1 << 10);

        TableBuilder main = builder.Table("main");
        (A, B, Digit, Carry) = (main.Column("a"), main.Column("b"), main.Column("digit"), main.Column("carry"));
        Weight = main.PublicColumn("weight");
        Power = main.PublicExtensionColumn("power", 1);
        Sum = main.ExtensionColumn("sum", 1);
        main.ConstrainFirst("a starts at one", A - 1);
        main.ConstrainTransition("a moves to b", main.Next(A) - B);
        main.ConstrainTransition("b is the digit plus a", main.Next(B) - A - Digit);
        main.Constrain("digit of a·b", A * B - Digit - 16 * Carry);
        main.Constrain("sum is weighted", Sum - Power * A - r * (Digit * Weight));
        main.ConstrainLast("last weight", Weight - (Active - 1));
        main.Send(digits, "digit", 1, Digit);
        main.Send(totals, "sum", Sum, 7);
        main.Send(totals, "weight", Weight, 8);

        TableBuilder table = builder.Table("digits");
        Value = table.Preprocessed("value");
        table.PreprocessedValues((matrix, active) =>
        {
            for (int row = 0; row < active; row++)
                matrix[row, 0] = KoalaBear.From(row % Digits);
        });
        Count = table.Column("count");
        WeightTotal = table.Column("weight total");
        SumTotal = table.ExtensionColumn("sum total", 1);
        table.Receive(digits, "digit", Count, Value);
        table.Receive(totals, "sum", SumTotal, 7);
        table.Receive(totals, "weight", WeightTotal, 8);
        Circuit = builder.Build();
    }

    public Circuit Circuit { get; }

    public Expr A { get; }

    public Expr B { get; }

    public Expr Digit { get; }

    public Expr Carry { get; }

    public Expr Weight { get; }

    public Expr Power { get; }

    public Expr Sum { get; }

    public Expr Value { get; }

    public Expr Count { get; }

    public Expr SumTotal { get; }

    public Expr WeightTotal { get; }

    /// <summary>Satisfying traces, phases 0 and 1, public columns and blinding filled; tail rows random.</summary>
    public TableTrace[] Fill(TestValues values, IReadOnlyList<Quintic> challenges)
    {
        var main = new TableTrace(Circuit, 0, LogHeight, TailRows);
        var digits = new TableTrace(Circuit, 1, LogHeight, TailRows);
        values.Fill(main.Phase(0));
        values.Fill(main.Phase(1));
        values.Fill(digits.Phase(0));
        values.Fill(digits.Phase(1));
        Matrix cells = main.Phase(0), totals = digits.Phase(0);
        for (int row = 0; row < Active; row++)
        {
            totals.Row(row).Clear();
            digits.Phase(1).Row(row).Clear();
        }
        (long a, long b) = (1, 3);
        Quintic sumTotal = default;
        for (int row = 0; row < Active; row++)
        {
            long digit = a * b % Digits;
            cells[row, A.Offset] = KoalaBear.From(a);
            cells[row, B.Offset] = KoalaBear.From(b);
            cells[row, Digit.Offset] = KoalaBear.From(digit);
            cells[row, Carry.Offset] = KoalaBear.From(a * b / Digits);
            totals[(int)digit, Count.Offset] += KoalaBear.One;
            totals[0, WeightTotal.Offset] += KoalaBear.From(row);
            Quintic power = challenges[0].Pow((ulong)row);
            main.Public![row, Weight.Offset] = KoalaBear.From(row);
            power.CopyTo(main.Public.Row(row)[Power.Offset..]);
            Quintic sum = power * KoalaBear.From(a) + challenges[0] * KoalaBear.From(digit * row);
            sum.CopyTo(main.Phase(1).Row(row)[Sum.Offset..]);
            sumTotal += sum;
            (a, b) = (b, a + digit);
        }
        sumTotal.CopyTo(digits.Phase(1).Row(0)[SumTotal.Offset..]);
        TableTrace[] traces = [main, digits];
        Blinding.Fill(Circuit, traces, values.Base);
        return traces;
    }

    /// <summary>Fills the LogUp phase of all tables and returns their bus sums.</summary>
    public Quintic[] FillLogUp(IReadOnlyList<TableTrace> traces, IReadOnlyList<Quintic> challenges)
    {
        var sums = new Quintic[traces.Count];
        for (int t = 0; t < traces.Count; t++)
        {
            (Matrix columns, sums[t]) = LogUpFiller.Fill(Circuit, traces[t], challenges);
            traces[t].SetPhase(Circuit.LogUpPhase, columns);
        }
        return sums;
    }
}
