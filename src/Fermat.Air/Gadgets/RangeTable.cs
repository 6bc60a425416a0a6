using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>
/// The table <c>range</c>: every integer below 2^16, every pair of bytes, and every pair of a byte and a 7-bit integer. Other tables
/// <em>receive</em> what must be in range; this one sends each entry as often as it is looked up.
/// </summary>
/// <remarks>
/// Row (low, high), with low &lt; 256 and high &lt; 64 preprocessed, offers in slot s = 0 to 3 the word low + 256·(high + 64·s) and the pair (low, high + 64·s): four
/// entries a row, so that 2^14 rows hold 2^16 of them. Active rows beyond these repeat low = high = 0, which is in range.
/// </remarks>
public sealed class RangeTable
{
    /// <summary>Words and pairs offered by one row.</summary>
    public const int Slots = 4;

    /// <summary>Slots whose second byte is below 128.</summary>
    public const int TopSlots = 2;

    /// <summary>The number of rows with distinct entries.</summary>
    public const int EntryRows = 1 << 14;

    /// <summary>Adds the table and its buses to a circuit.</summary>
    /// <param name="circuit">The circuit, which has at most one of these.</param>
    public RangeTable(CircuitBuilder circuit)
    {
        Range16 = circuit.Bus("range16");
        Bytes = circuit.Bus("bytes");
        Tops = circuit.Bus("tops");
        TableBuilder table = circuit.Table("range");
        Table = table.Index;
        table.MinLogHeight = 15;
        Expr low = table.Preprocessed("low"), high = table.Preprocessed("high");
        table.PreprocessedValues(FillEntries);
        Words = table.Columns("range16.uses", Slots);
        Pairs = table.Columns("bytes.uses", Slots);
        TopPairs = table.Columns("tops.uses", TopSlots);
        for (int s = 0; s < Slots; s++)
        {
            Expr second = high + EntryRows / 256 * s;
            table.Send(Range16, $"range16[{s}]", Words[s], low + 256 * second);
            table.Send(Bytes, $"bytes[{s}]", Pairs[s], low, second);
            if (s < TopSlots)
                table.Send(Tops, $"tops[{s}]", TopPairs[s], low, second);
        }
    }

    /// <summary>Messages (v): 0 ≤ v &lt; 2^16.</summary>
    public Bus Range16 { get; }

    /// <summary>Messages (a, b): 0 ≤ a, b &lt; 256.</summary>
    public Bus Bytes { get; }

    /// <summary>Messages (a, b): 0 ≤ a &lt; 256, 0 ≤ b &lt; 128. The two top bytes of an integer below 2^63, or twice the high part of a 23-bit carry.</summary>
    public Bus Tops { get; }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>How often the word of each slot is looked up.</summary>
    public Expr[] Words { get; }

    /// <summary>How often the pair of each slot is looked up.</summary>
    public Expr[] Pairs { get; }

    /// <summary>How often the top pair of each slot is looked up.</summary>
    public Expr[] TopPairs { get; }

    /// <summary>The table's smallest height for a number of tail rows, as a logarithm.</summary>
    /// <param name="tailRows">The number of tail rows.</param>
    public static int LogHeight(int tailRows) => 1 + (int)uint.Log2((uint)(EntryRows + tailRows - 1));

    private static void FillEntries(Matrix matrix, int activeRows)
    {
        if (activeRows < EntryRows)
            throw new ArgumentException($"the range table needs {EntryRows} active rows, {activeRows} are there", nameof(activeRows));
        for (int row = 0; row < EntryRows; row++)
        {
            matrix[row, 0] = KoalaBear.From(row & 255);
            matrix[row, 1] = KoalaBear.From(row >> 8);
        }
    }
}
