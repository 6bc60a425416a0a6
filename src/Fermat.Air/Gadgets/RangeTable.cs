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

    /// <summary>The logarithm of the fewest rows of a table of bits: where few integers are checked, how many of them does not show.</summary>
    public const int BitsMinLogHeight = 12;

    private const int WordBits = 16;

    private readonly TableBuilder builder;

    /// <summary>Adds the table and its buses to a circuit.</summary>
    /// <param name="circuit">The circuit, which has at most one of these.</param>
    public RangeTable(CircuitBuilder circuit)
        : this(circuit, circuit.Table("range"))
    {
        TableBuilder table = builder;
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

    private RangeTable(CircuitBuilder circuit, TableBuilder table)
    {
        (builder, Table) = (table, table.Index);
        Range16 = circuit.Bus("range16");
        Bytes = circuit.Bus("bytes");
        Tops = circuit.Bus("tops");
    }

    /// <summary>
    /// For circuits that check few integers: a table whose rows are sixteen bits each. A row offers the word that its bits make, the two bytes of it, and the pair of a byte and a 7-bit integer if the highest bit is 0. Whatever its
    /// rows hold, all that it offers is in range; the prover writes a row for each integer that is looked up.
    /// </summary>
    /// <param name="circuit">The circuit, which has at most one range table.</param>
    public static RangeTable OfBits(CircuitBuilder circuit)
    {
        ArgumentNullException.ThrowIfNull(circuit);
        TableBuilder table = circuit.Table("range");
        table.MinLogHeight = BitsMinLogHeight;
        var range = new RangeTable(circuit, table)
        {
            Bits = table.Columns("bit", WordBits),
            Words = [table.Column("range16.uses")],
            Pairs = [table.Column("bytes.uses")],
            TopPairs = [table.Column("tops.uses")],
        };
        foreach (Expr bit in range.Bits) table.ConstrainBoolean($"{bit.ColumnInfo.Name} is a bit", bit);
        Expr low = Sum(range.Bits[..(WordBits / 2)]), high = Sum(range.Bits[(WordBits / 2)..]);
        table.Constrain("the highest bit of a top is 0", range.TopPairs[0] * range.Bits[^1]);
        table.Send(range.Range16, "range16", range.Words[0], low + 256 * high);
        table.Send(range.Bytes, "bytes", range.Pairs[0], low, high);
        table.Send(range.Tops, "tops", range.TopPairs[0], low, high);
        return range;

        static Expr Sum(Expr[] bits) => bits.Select((bit, i) => (1 << i) * bit).Aggregate((a, b) => a + b);
    }

    /// <summary>The bits of a row, lowest first; empty where the table holds every integer.</summary>
    public Expr[] Bits { get; private init; } = [];

    /// <summary>Active rows that are enough for so many lookups: all entries, or a row for each lookup and for zero, up to all words.</summary>
    /// <param name="lookups">Lookups of other values than zero, at most.</param>
    public int RowsFor(long lookups) => Bits.Length == 0 ? EntryRows : (int)Math.Min(1L << WordBits, 1 + lookups);

    /// <summary>Messages (v): 0 ≤ v &lt; 2^16.</summary>
    public Bus Range16 { get; }

    /// <summary>Messages (a, b): 0 ≤ a, b &lt; 256.</summary>
    public Bus Bytes { get; }

    /// <summary>Messages (a, b): 0 ≤ a &lt; 256, 0 ≤ b &lt; 128. The two top bytes of an integer below 2^63, or twice the high part of a 23-bit carry.</summary>
    public Bus Tops { get; }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>How often the word of each slot is looked up.</summary>
    public Expr[] Words { get; private init; } = [];

    /// <summary>How often the pair of each slot is looked up.</summary>
    public Expr[] Pairs { get; private init; } = [];

    /// <summary>How often the top pair of each slot is looked up.</summary>
    public Expr[] TopPairs { get; private init; } = [];

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
