using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Lowering;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Transitions;

/// <summary>What the versions of a batch add up to.</summary>
/// <param name="Kind">What it is a sum of.</param>
/// <param name="Record">The instrument or asset.</param>
/// <param name="Sum">The sum, negative or not.</param>
internal readonly record struct AggregateRow(AggregateKind Kind, int Record, BigInteger Sum)
{
    /// <summary>The rows of a batch: each instrument once, each asset twice, and whether the insurance fund is touched. A fund that no event touches has no version, so its sums are zero, whatever its balances are.</summary>
    public static ImmutableArray<AggregateRow> Of(TransitionInputs inputs)
    {
        if (inputs.Aggregates is not { } shown) return [];
        return
        [
            .. shown.OpenInterestBefore.Select((before, record) => new AggregateRow(AggregateKind.OpenInterest, record, shown.OpenInterestAfter[record] - before)),
            .. shown.FundBefore.Select((balance, record) => new AggregateRow(AggregateKind.FundBefore, record, shown.FundTouched ? balance : 0)),
            .. shown.FundAfter.Select((balance, record) => new AggregateRow(AggregateKind.FundAfter, record, shown.FundTouched ? balance : 0)),
            new AggregateRow(AggregateKind.FundTouched, 0, shown.FundTouched ? 1 : 0),
        ];
    }
}

/// <summary>
/// The table <c>aggregates</c>: a public row for each sum over the versions of a batch. All that rows add to it, digit by digit at r, is the sum in its public digits, with carries; so it is the same integer.
/// </summary>
/// <remarks>
/// A coefficient says Σ digits + carry_(l−1) − sum_l − 256 · carry_l = 0. Each of at most 2^<see cref="LoweredBook.MaxLogHeight"/> rows of one table adds a digit of at most 255 in magnitude, as a sum's own digits are, and carries are within 2^22: less than a total of statement S,
/// so <see cref="LimbBounds"/> holds for these too.
/// </remarks>
internal sealed class AggregateTable
{
    /// <summary>Adds the table.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="totals">Takes (kind, record).</param>
    /// <param name="range">Its range table.</param>
    /// <param name="r">The random point.</param>
    /// <param name="bytes">Digits of a sum.</param>
    public AggregateTable(CircuitBuilder circuit, Bus totals, RangeTable range, Expr r, int bytes)
    {
        LimbBounds.Require();
        TableBuilder table = circuit.Table("aggregates");
        Table = table.Index;
        Used = table.PublicColumn("used");
        Kind = table.PublicColumn("kind");
        Record = table.PublicColumn("record");
        Digits = [.. Enumerable.Range(0, bytes).Select(i => table.PublicColumn($"sum[{i}]"))];
        CarryLow = table.Columns("carry.low", bytes - 1);
        CarryHigh = table.Columns("carry.high", bytes - 1);
        foreach (Expr cell in (Expr[])[.. CarryLow, .. CarryHigh]) table.Constrain($"padding: {cell.ColumnInfo.Name} is zero", (1 - Used) * cell);
        for (int i = 0; i < CarryLow.Length; i++)
        {
            table.Receive(range.Range16, $"carry.low[{i}] is 16 bits", 1, CarryLow[i]);
            table.Receive(range.Tops, $"carry.high[{i}] is 7 bits", 1, CarryHigh[i], CarryHigh[i]);
        }
        Expr sum = Expr.Polynomial(Digits, r) + (256 - r) * Expr.Polynomial([.. CarryLow.Zip(CarryHigh, (low, high) => low + 65536 * high - LimbBounds.Carry * Used)], r);
        table.Receive(totals, "aggregate", sum, Kind, Record);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Public: 1 on the rows of sums.</summary>
    public Expr Used { get; }

    /// <summary>Public: <see cref="AggregateKind"/>.</summary>
    public Expr Kind { get; }

    /// <summary>Public: the instrument or asset.</summary>
    public Expr Record { get; }

    /// <summary>Public: the sum's digits in base 256, each with the sum's sign.</summary>
    public Expr[] Digits { get; }

    /// <summary>Bits 0 to 15 of carry + 2^22.</summary>
    public Expr[] CarryLow { get; }

    /// <summary>Bits 16 to 22 of carry + 2^22.</summary>
    public Expr[] CarryHigh { get; }

    /// <summary>The degree in r of what a row says.</summary>
    public int Degree => Digits.Length;

    /// <summary>Digits that every sum fits.</summary>
    /// <param name="fields">What accounts hold.</param>
    /// <exception cref="CoreException">They are more than are added up.</exception>
    public static int BytesOf(VersionFields fields)
    {
        int bytes = Math.Max(fields.AmountFormat.Count, fields.HasPositions ? TransitionAggregates.BytesOf(fields.SizeFormat) : 0);
        return bytes <= SolvencyLimits.TotalBytes ? bytes : throw new CoreException("limit", $"aggregates take {bytes} bytes under this rulebook; at most {SolvencyLimits.TotalBytes} are added up", "give sizes and amounts tighter quantities");
    }

    /// <summary>A sum's digits, lowest first, each with its sign.</summary>
    public void DigitsOf(BigInteger sum, Span<long> into)
    {
        Span<byte> bytes = stackalloc byte[Digits.Length];
        bytes.Clear();
        if (!BigInteger.Abs(sum).TryWriteBytes(bytes, out _, isUnsigned: true)) throw new ArgumentOutOfRangeException(nameof(sum), $"the sum does not fit {Digits.Length} bytes");
        for (int i = 0; i < bytes.Length; i++) into[i] = sum.Sign * bytes[i];
    }

    /// <summary>Writes the public columns.</summary>
    public void Fill(ImmutableArray<AggregateRow> rows, Matrix into)
    {
        Span<long> digits = stackalloc long[Digits.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            Span<KoalaBear> cells = into.Row(row);
            cells[Used.Offset] = KoalaBear.One;
            cells[Kind.Offset] = KoalaBear.From((int)rows[row].Kind);
            cells[Record.Offset] = KoalaBear.From(rows[row].Record);
            DigitsOf(rows[row].Sum, digits);
            for (int i = 0; i < digits.Length; i++) cells[Digits[i].Offset] = KoalaBear.From(digits[i]);
        }
    }
}
