using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>
/// A signed integer in [min, min + width) held in as few cells as its range allows: none for one value, a bit, a byte, a 16-bit word, or a word and 7 bits (23 bits).
/// The range that is checked may be wider than asked for; it is what <see cref="Term"/> states.
/// </summary>
public sealed class BoundedColumn
{
    private const int WordBits = 16;
    private const int TopBits = 7;

    private readonly Expr[] _cells;
    private readonly long _min;

    private BoundedColumn(Expr[] cells, long min, long width, Expr expression)
    {
        _cells = cells;
        _min = min;
        int[] offsets = [.. cells.Select(c => c.Offset)];
        Term = new LimbTerm(expression, min, min + width - 1, row =>
        {
            long value = min;
            for (int i = 0; i < offsets.Length; i++)
                value += (long)row[offsets[i]].Value << (WordBits * i);
            return value;
        });
    }

    /// <summary>The integer with the bounds that are enforced.</summary>
    public LimbTerm Term { get; }

    /// <summary>A column for a bounded integer.</summary>
    /// <param name="table">The table.</param>
    /// <param name="range">The circuit's range table.</param>
    /// <param name="name">Of the column, or the beginning of two columns' names.</param>
    /// <param name="min">The least value.</param>
    /// <param name="max">The greatest value.</param>
    /// <param name="enabled">1 on rows in use; where it is 0 the integer of an all-zero row is 0, whatever its bounds.</param>
    /// <exception cref="CircuitException">The range has more than 2^23 values.</exception>
    public static BoundedColumn Declare(TableBuilder table, RangeTable range, string name, long min, long max, Expr enabled)
    {
        Expr offset = min * enabled;
        long width = max - min + 1;
        switch (width)
        {
            case 1:
                return new BoundedColumn([], min, 1, offset);
            case 2:
                Expr bit = table.Column(name);
                table.ConstrainBoolean($"{name} is a bit", bit);
                return new BoundedColumn([bit], min, 2, bit + offset);
            case <= 256:
                Expr cell = table.Column(name);
                table.Receive(range.Bytes, $"{name} in range", 1, cell, 0);
                return new BoundedColumn([cell], min, 256, cell + offset);
            case <= 1 << WordBits:
                Expr word = table.Column(name);
                table.Receive(range.Range16, $"{name} in range", 1, word);
                return new BoundedColumn([word], min, 1 << WordBits, word + offset);
            case <= 1 << (WordBits + TopBits):
                Expr low = table.Column($"{name}.low"), high = table.Column($"{name}.high");
                table.Receive(range.Range16, $"{name}.low in range", 1, low);
                table.Receive(range.Tops, $"{name}.high in range", 1, 0, high);
                return new BoundedColumn([low, high], min, 1 << (WordBits + TopBits), low + (1 << WordBits) * high + offset);
            default:
                throw new CircuitException($"table {table.Name}, {name}: a column for an integer in [{min}, {max}] has too many values, at most 2^23");
        }
    }

    /// <summary>Writes the integer and counts its range checks.</summary>
    /// <param name="row">The cells of phase 0.</param>
    /// <param name="value">Within the bounds of <see cref="Term"/>.</param>
    /// <param name="counts">The counts of this thread.</param>
    public void Fill(Span<KoalaBear> row, long value, RangeCounts counts)
    {
        if (value < Term.Min || value > Term.Max)
            throw new ArgumentOutOfRangeException(nameof(value), value, $"the column holds [{Term.Min}, {Term.Max}]");
        long shifted = value - _min;
        int low = (int)(_cells.Length == 2 ? shifted & ((1 << WordBits) - 1) : shifted);
        if (_cells.Length > 0)
            row[_cells[0].Offset] = KoalaBear.From(low);
        if (_cells.Length == 2)
        {
            int high = (int)(shifted >> WordBits);
            row[_cells[1].Offset] = KoalaBear.From(high);
            counts.Top(0, high);
        }
        switch (Term.Max - Term.Min + 1)
        {
            case <= 2: break;
            case 256: counts.Pair(low, 0); break;
            default: counts.Word(low); break;
        }
    }
}
