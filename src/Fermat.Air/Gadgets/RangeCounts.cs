using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>
/// Counts range checks while a witness is built, and fills the multiplicities of a <see cref="RangeTable"/>. Not safe for concurrent use: give each
/// thread its own and merge them.
/// </summary>
public sealed class RangeCounts
{
    private readonly int[] _words = new int[1 << 16];
    private readonly int[] _pairs = new int[1 << 16];
    private readonly int[] _tops = new int[1 << 15];

    /// <summary>A lookup on <see cref="RangeTable.Range16"/>.</summary>
    /// <param name="word">The value.</param>
    /// <param name="times">How many lookups of it.</param>
    public void Word(int word, int times = 1) => _words[word] += times;

    /// <summary>A lookup on <see cref="RangeTable.Bytes"/>.</summary>
    /// <param name="first">The first byte.</param>
    /// <param name="second">The second byte.</param>
    /// <param name="times">How many lookups of the pair.</param>
    public void Pair(int first, int second, int times = 1) => _pairs[Entry(first, second)] += times;

    /// <summary>A lookup on <see cref="RangeTable.Tops"/>.</summary>
    /// <param name="first">The byte.</param>
    /// <param name="second">The 7-bit value.</param>
    /// <param name="times">How many lookups of the pair.</param>
    public void Top(int first, int second, int times = 1) => _tops[Entry(first, second)] += times;

    /// <summary>Lookups of zeros by rows that use nothing: as many as the table has range checks a row, times the rows.</summary>
    /// <param name="range">The range table.</param>
    /// <param name="table">The table with the idle rows; its range checks have multiplicity one.</param>
    /// <param name="rows">How many such rows.</param>
    public void IdleRows(RangeTable range, Table table, int rows)
    {
        Word(0, rows * Lookups(range.Range16));
        Pair(0, 0, rows * Lookups(range.Bytes));
        Top(0, 0, rows * Lookups(range.Tops));

        int Lookups(Bus bus) => table.Interactions.Count(i => i.Bus == bus);
    }

    /// <summary>How many range checks rows of a table make.</summary>
    /// <param name="range">The range table.</param>
    /// <param name="table">The table with the rows.</param>
    /// <param name="rows">How many.</param>
    public static long LookupsOf(RangeTable range, Table table, int rows)
    {
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(table);
        return (long)rows * (table.Index == range.Table ? 0 : table.Interactions.Count(i => i.Bus == range.Range16 || i.Bus == range.Bytes || i.Bus == range.Tops));
    }

    /// <summary>Adds the counts of another.</summary>
    /// <param name="other">The counts of another thread.</param>
    public void Merge(RangeCounts other)
    {
        Merge(_words, other._words);
        Merge(_pairs, other._pairs);
        Merge(_tops, other._tops);
    }

    /// <summary>Fills the multiplicity columns of the range table.</summary>
    /// <param name="range">The range table.</param>
    /// <param name="trace">Its trace.</param>
    public void Fill(RangeTable range, TableTrace trace)
    {
        Matrix matrix = trace.Phase(0);
        if (range.Bits.Length > 0)
        {
            FillBits(range, matrix, trace.ActiveRows);
            return;
        }
        for (int row = 0; row < RangeTable.EntryRows; row++)
        {
            Span<KoalaBear> cells = matrix.Row(row);
            for (int s = 0; s < RangeTable.Slots; s++)
            {
                int entry = row + (RangeTable.EntryRows * s);
                cells[range.Words[s].Offset] = KoalaBear.From(_words[entry]);
                cells[range.Pairs[s].Offset] = KoalaBear.From(_pairs[entry]);
                if (s < RangeTable.TopSlots)
                    cells[range.TopPairs[s].Offset] = KoalaBear.From(_tops[entry]);
            }
        }
    }

    /// <summary>A row for each integer that is looked up, rising; the rows after them offer zero, no times.</summary>
    private void FillBits(RangeTable range, Matrix matrix, int activeRows)
    {
        int row = 0;
        for (int value = 0; value < _words.Length; value++)
        {
            int top = value < _tops.Length ? _tops[value] : 0;
            if ((_words[value] | _pairs[value] | top) == 0) continue;
            if (row == activeRows) throw new InvalidOperationException($"more integers are looked up than the {activeRows} rows of the range table hold");
            Span<KoalaBear> cells = matrix.Row(row++);
            for (int bit = 0; bit < range.Bits.Length; bit++) cells[range.Bits[bit].Offset] = KoalaBear.From(value >> bit & 1);
            cells[range.Words[0].Offset] = KoalaBear.From(_words[value]);
            cells[range.Pairs[0].Offset] = KoalaBear.From(_pairs[value]);
            cells[range.TopPairs[0].Offset] = KoalaBear.From(top);
        }
    }

    private static int Entry(int first, int second) => (uint)first < 256 && (uint)second < 256
        ? first + (256 * second)
        : throw new ArgumentOutOfRangeException(nameof(first), $"({first}, {second}) is not a pair of bytes");

    private static void Merge(int[] into, int[] from)
    {
        for (int i = 0; i < into.Length; i++)
            into[i] += from[i];
    }
}
