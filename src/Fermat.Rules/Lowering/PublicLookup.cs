using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Lowering;

/// <summary>A public value that rows look up: what it is for each record.</summary>
/// <param name="Name">For columns.</param>
/// <param name="Format">The digits of a number; null of a small value.</param>
/// <param name="Of">The value for a record, or for the market as a whole; of a point only whether it exists.</param>
/// <param name="Point">An element that depends on the random points instead of a number: of a record at (r, γ).</param>
internal sealed record PublicValue(string Name, DigitFormat? Format, Func<Interpreter, int, BigInteger> Of, Func<WitnessBook, int, RandomPoint, Quintic>? Point = null)
{
    /// <summary>Whether it is in the extension, so known only after the random points.</summary>
    public bool IsExtension => Format is not null || Point is not null;

    /// <summary>Where it depends on the book's records or on what the ledger counts in too: the value for a record, instead of <see cref="Of"/>.</summary>
    public Func<WitnessBook, int, BigInteger>? InBook { get; init; }

    /// <summary>A small value that depends on the book's records.</summary>
    public static PublicValue OfBook(string name, Func<WitnessBook, int, BigInteger> value) => new(name, null, (_, _) => 0) { InBook = value };

    /// <summary>The value for a record of a book.</summary>
    public BigInteger In(WitnessBook book, int record) => InBook is { } value ? value(book, record) : Of(book.Interpreter, record);
}

/// <summary>
/// The public values that a domain's rows need of one record each, or of the market as a whole: a message (record, values…) on a bus of its own, offered by a public table with private
/// multiplicities.
/// </summary>
internal sealed class PublicLookup(Domain domain, string name, SmallValue? record, int table)
{
    private readonly List<(PublicValue Value, Expr Row)> _values = [];

    /// <summary>Whose rows look up.</summary>
    public Domain Domain => domain;

    /// <summary>The market table, or −1.</summary>
    public int Table => table;

    /// <summary>The record of a row; null for values of the market as a whole.</summary>
    public SmallValue? Record => record;

    /// <summary>The values, in the order of the message.</summary>
    public IEnumerable<PublicValue> Values => _values.Select(v => v.Value);

    /// <summary>The multiplicity's column in the public table, once declared.</summary>
    public Expr Uses { get; private set; }

    /// <summary>The columns of the public table, once declared.</summary>
    public IReadOnlyList<Expr> Offered { get; private set; } = [];

    /// <summary>The public flag that tells which records are offered.</summary>
    public Expr Used { get; private set; }

    /// <summary>A number of a row's record.</summary>
    public LimbForm Number(PublicValue value)
    {
        DigitFormat format = value.Format!.Value;
        long[] min = [.. Enumerable.Range(0, format.Count).Select(format.Min)], max = [.. Enumerable.Range(0, format.Count).Select(format.Max)];
        int position = _values.Count;
        Accumulate add = domain.Remembering(format.Count, (row, into) => row.Book.Digits(this, position, RecordOf(row)).CopyTo(into));
        Expr column = domain.Point($"{name}: {position} {value.Name}", PointOf(value));
        domain.Degree(format.Count);
        _values.Add((value, column));
        return new LimbForm(column, min, max, add, mirror: () =>
            Point(new PublicValue($"{value.Name}, at -r", null, (_, _) => 0, (book, record, at) => at.AtMirror(book.Digits(this, position, record)))));
    }

    /// <summary>An element of a row's record that depends on the random points.</summary>
    public Expr Point(PublicValue value)
    {
        Expr column = domain.Point($"{name}: {_values.Count} {value.Name}", PointOf(value));
        _values.Add((value, column));
        return column;
    }

    /// <summary>A flag, choice or record of a row's record.</summary>
    public SmallValue Small(PublicValue value, int max)
    {
        int position = _values.Count;
        SmallValue known = domain.Small($"{name}: {position} {value.Name}", max, row => (int)row.Book.Value(this, position, RecordOf(row)));
        _values.Add((value, known.At));
        return known;
    }

    private Func<WitnessRow, RandomPoint, Quintic> PointOf(PublicValue value) => (row, at) => PointsOf(value, row.Book, at)[RecordOf(row)];

    /// <summary>The element of a value for each record; zero where it is not offered.</summary>
    public Quintic[] PointsOf(PublicValue value, WitnessBook book, RandomPoint at) => at.Known(value) ?? MakePoints(value, book, at);

    private Quintic[] MakePoints(PublicValue value, WitnessBook book, RandomPoint at) => at.Table(value, () =>
    {
        int position = _values.FindIndex(v => ReferenceEquals(v.Value, value));
        var points = new Quintic[book.Records(table)];
        Parallelism.For(0, points.Length, record =>
        {
            if (book.IsOffered(this, record)) points[record] = value.Point?.Invoke(book, record, at) ?? at.At(book.Digits(this, position, record));
        });
        return points;
    });

    /// <summary>The record that a row names, be it the one that it should; the first where it names none that there is, as no honest row does.</summary>
    public int RecordOf(WitnessRow row) => record?.Of(row) is { } named && (uint)named < (uint)row.Book.Records(table) ? named : 0;

    /// <summary>The value at a position for a record.</summary>
    public PublicValue At(int position) => _values[position].Value;

    /// <summary>Declares the message of the rows.</summary>
    public void Receive(Bus bus) =>
        domain.Table.Receive(bus, $"{name}: public values", domain.Active, [record?.At ?? 0, .. _values.Select(v => v.Row)]);

    /// <summary>Declares what the public table offers.</summary>
    public void Send(TableBuilder table, Bus bus, Expr index)
    {
        string prefix = $"for {domain.Name}, {name}";
        Used = table.PublicColumn($"{prefix}: offered");
        Offered = [.. _values.Select((v, i) => !v.Value.IsExtension ? table.PublicColumn($"{prefix}: {i} {v.Value.Name}") : table.PublicExtensionColumn($"{prefix}: {i} {v.Value.Name}", phase: 1))];
        Uses = table.Column($"{prefix}: uses");
        table.Constrain($"{prefix}: only what is offered is used", (1 - Used) * Uses);
        table.Send(bus, $"{prefix}: record", Uses, [index, .. Offered]);
    }
}

/// <summary>A public table: the records of a market table, or the one row of what the market says as a whole.</summary>
internal sealed class PublicTable
{
    public PublicTable(CircuitBuilder circuit, string name, int table, IReadOnlyList<PublicLookup> lookups)
    {
        TableBuilder builder = circuit.Table(name);
        (Index, MarketTable, Lookups) = (builder.Index, table, lookups);
        Record = builder.PublicColumn("record");
        foreach (PublicLookup lookup in lookups)
        {
            Bus bus = circuit.Bus($"{name} for {lookup.Domain.Name} {lookup.Domain.Lookups.IndexOf(lookup)}");
            lookup.Send(builder, bus, Record);
            lookup.Receive(bus);
        }
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Index { get; }

    /// <summary>The market table, or −1.</summary>
    public int MarketTable { get; }

    /// <summary>Who looks up here.</summary>
    public IReadOnlyList<PublicLookup> Lookups { get; }

    /// <summary>Public: the record's index.</summary>
    public Expr Record { get; }

    /// <summary>How many rows hold records.</summary>
    public int Rows(WitnessBook book) => book.Records(MarketTable);

    /// <summary>Writes the public columns of a phase.</summary>
    public void Fill(WitnessBook book, int phase, RandomPoint? at, Matrix into)
    {
        for (int record = 0; record < Rows(book); record++)
        {
            Span<KoalaBear> cells = into.Row(record);
            if (phase == 0) cells[Record.Offset] = KoalaBear.From(record);
            foreach (PublicLookup lookup in Lookups)
            {
                if (!book.IsOffered(lookup, record)) continue;
                if (phase == 0) cells[lookup.Used.Offset] = KoalaBear.One;
                for (int i = 0; i < lookup.Offered.Count; i++)
                {
                    PublicValue value = lookup.At(i);
                    if (phase == 0 && !value.IsExtension) cells[lookup.Offered[i].Offset] = KoalaBear.From((long)book.Value(lookup, i, record));
                    if (phase == 1 && value.IsExtension) RandomPoint.Write(lookup.PointsOf(value, book, at!)[record], cells, lookup.Offered[i].Offset);
                }
            }
        }
    }

    /// <summary>Writes how often each record is used.</summary>
    public void FillUses(WitnessBook book, Tally tally, Matrix into)
    {
        foreach (PublicLookup lookup in Lookups)
        {
            int[] uses = tally.UsesOf(lookup, Rows(book));
            for (int record = 0; record < uses.Length; record++) into[record, lookup.Uses.Offset] = KoalaBear.From(uses[record]);
        }
    }
}
