using System.Globalization;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    private readonly Dictionary<string, Domain> _domains = [];

    private Domain DomainOf(Home home)
    {
        Domain rows = home.Item is { } item ? Items[item.Source.Collection] : home.Group is { } group ? Groups((CoreSource.Groups)group.Source) : Account;
        return home.Record is { } record ? Records(rows, ((CoreSource.Table)record.Source).Index) : rows;
    }

    private Domain NewDomain(string name, CoreSource? source, Domain? parent)
    {
        var domain = new Domain(_circuit, _range, _r, name, source, parent) { Ledger = Ledger, Number = Domains.Count };
        Ledger.Cells(domain, 1);
        Domains.Add(domain);
        return domain;
    }

    /// <summary>Account rows are numbered 0, 1, 2, …: the number is the address that everything else knows the account by.</summary>
    private Domain MakeAccounts()
    {
        Domain domain = NewDomain("accounts", null, null);
        domain.Key = Numbered(domain, "account");
        for (int i = 0; i < _schema.Scalars.Length; i++) domain.Fields[i] = Input(domain, _schema.Scalars[i], i);
        return domain;
    }

    /// <summary>
    /// The items of an account are on adjacent rows, numbered from 0, with strictly rising references; accounts rise too. So an account has one block, no two of its items agree in their
    /// references, and there are at most as many as the collection says.
    /// </summary>
    private Domain MakeItems(int collection)
    {
        Collection declared = _schema.Collections[collection];
        Domain domain = NewDomain(declared.Name, new CoreSource.Items(collection), Account);
        SmallValue owner = domain.Small("account", 1 << 22, row => row.Parent!.Index);
        SmallValue position = domain.Small("position", declared.MaxItems - 1, row => row.Record);
        for (int i = 0; i < declared.Fields.Length; i++) domain.Fields[i] = Input(domain, declared.Fields[i], i);
        domain.Key = owner;
        domain.Position = position;
        domain.Order.Add(owner);
        for (int i = 0; i < declared.Fields.Length; i++)
        {
            if (declared.Fields[i].Type is not FieldType.Reference reference) continue;
            domain.Order.Add((SmallValue)domain.Fields[i]);
            Lookup(domain, i, (SmallValue)domain.Fields[i], reference.Table, declared.Fields[i].Name);
        }
        Expr start = Rising(domain, [.. domain.Order.Select(o => OrderPart.Of(domain, o, o == owner ? Account : null))]);
        TableBuilder table = domain.Table;
        table.Constrain("an account's first item has position 0", start * position.At);
        table.ConstrainTransition("positions count up", (table.Next(domain.Active) - table.Next(start)) * (table.Next(position.At) - position.At - 1));
        table.Receive(_range.Range16, "position is below the most items", 1, (declared.MaxItems - 1) * domain.Active - position.At);
        int most = declared.MaxItems - 1;
        domain.Fillers.Add((row, _, tally) => tally.Range.Word(most - row.Record));
        Connect(domain, Account, [owner.At], [Account.Key.At], declared.MaxItems);
        return domain;
    }

    /// <summary>The groups that occur in the items' keys.</summary>
    /// <remarks>
    /// Each item names its account and keys on the bus of sums, where the group's row answers for as many items as it says it has, at least one. Group rows rise strictly by account and keys, so
    /// no two are the same: a group can neither be split, nor left out, nor invented.
    /// </remarks>
    private Domain Groups(CoreSource.Groups source)
    {
        string key = _keys.Of(source);
        if (_domains.TryGetValue(key, out Domain? known)) return known;
        Domain items = Items[source.Collection];
        Domain? outer = source.Of is CoreSource.Members members ? Groups((CoreSource.Groups)members.Group.Source) : null;
        string name = Unique($"{(outer ?? items).Name} by {string.Join(", ", source.Keys.Select(k => k.Name))}");
        object[] values = [.. source.Keys.Select(k => Lower(k.Value, items))];
        Domain domain = NewDomain(name, source, Account);
        SmallValue owner = domain.Small("account", 1 << 22, row => row.Parent!.Index);
        var mine = new List<Expr> { owner.At };
        var theirs = new List<Expr> { items.Key.At };
        var order = new List<OrderPart> { OrderPart.Of(domain, owner, Account) };
        int first = outer?.KeysOfGroup.Count ?? 0;
        IEnumerable<(string Name, object Item, CoreType Type, Bounds Bounds)> keys = source.Keys.Select((k, i) => (k.Name, values[i], k.Value.Type, k.Value.Bounds));
        foreach ((string keyName, object item, CoreType type, Bounds bounds) in (outer?.KeysOfGroup ?? []).Concat(keys))
        {
            int index = domain.KeysOfGroup.Count;
            domain.KeysOfGroup.Add((keyName, item, type, bounds));
            if (item is SmallValue small)
            {
                SmallValue copy = domain.Small($"key {index} {keyName}", small.Max, row => (int)row.Data[index]);
                (Expr Mine, Expr Theirs) address = (copy.At, small.IsConstant ? small.At * items.Active : small.At);
                mine.Add(address.Mine);
                theirs.Add(address.Theirs);
                order.Add(OrderPart.Of(domain, copy));
                if (index >= first) domain.Fields[index - first] = copy;
            }
            else
            {
                var number = (NumberValue)item;
                if (number.Form.Constant is not null) throw Homes.NotYet($"groups by the constant {keyName}");
                var digits = new DigitColumns(domain, $"key {index} {keyName}", DigitFormat.Of(bounds), row => row.Data[index]);
                mine.Add(digits.Form.At);
                theirs.Add(number.Form.At);
                order.AddRange(digits.Words(domain));
                var copy = new NumberValue(digits.Form, bounds);
                copy.Commit(digits);
                if (index >= first) domain.Fields[index - first] = copy;
            }
        }
        domain.Key = owner;
        Rising(domain, order);
        int most = _schema.Collections[source.Collection].MaxItems;
        Link membership = Connect(items, domain, theirs, mine, most);
        domain.Table.Receive(_range.Range16, "a group has an item", 1, membership.Count.At - domain.Active);
        domain.Fillers.Add((row, _, tally) => tally.Range.Word(membership.Count.Of(row) - 1));
        // rows rise strictly by keys that records and names bound
        int mostGroups = (int)source.Keys.Aggregate(1L, (product, k) => Math.Min(most, product * MostKeys(k.Value.Type)));
        if (outer is null) Connect(domain, Account, [owner.At], [Account.Key.At], mostGroups);
        else Connect(domain, outer, mine[..(1 + first)], outer.AddressOfGroup, mostGroups);
        domain.AddressOfGroup.AddRange(mine);
        _domains.Add(key, domain);
        return domain;
    }

    /// <summary>How many different keys of a type there are.</summary>
    private long MostKeys(CoreType type) => type switch
    {
        CoreType.Record record => _schema.Tables[record.Table].MaxRecords,
        CoreType.Choice choice => choice.Type.Values.Length,
        CoreType.Flag => 2,
        _ => int.MaxValue,
    };

    /// <summary>For each row of a domain one row a record of a market table: all of them, in order.</summary>
    /// <remarks>
    /// Blocks follow the owner's rows, one each. A block begins at record 0, counts up, and ends only at the record that the public table marks as the last; so with as many rows as there are
    /// records, which the owner's row checks, it has each record once.
    /// </remarks>
    private Domain Records(Domain owner, int tableIndex)
    {
        string key = $"{owner.Name} and records {tableIndex}";
        if (_domains.TryGetValue(key, out Domain? known)) return known;
        string declared = NameOf(tableIndex);
        int most = MostRecords(tableIndex);
        Domain domain = NewDomain(Unique($"{owner.Name} × {declared}"), new CoreSource.Table(tableIndex), owner);
        _domains.Add(key, domain);
        if (owner.Pair is not null) throw Homes.NotYet($"a value of each pair in each {declared}");
        SmallValue number = NumberOf(owner);
        SmallValue mine = domain.Small("owner", 1 << 22, row => row.Parent!.Index);
        SmallValue record = domain.Small("record", RuleLimits.MaxRecords - 1, row => row.Record);
        SmallValue start = domain.Bit("start", row => row.Record == 0);
        domain.Key = record;
        domain.OwnerAt = mine.At;
        PublicLookup lookup = Lookup(domain, 0, record, tableIndex, declared);
        SmallValue last = lookup.Small(PublicValue.OfBook("last", (book, r) => r == book.Records(tableIndex) - 1 ? 1 : 0), 1);
        TableBuilder table = domain.Table;
        Expr follows = table.Next(domain.Active) - table.Next(start.At);
        table.ConstrainFirst("the first row starts a block", domain.Active - start.At);
        table.ConstrainFirst("the first block is that of row 0", mine.At);
        table.Constrain("a block starts at record 0", start.At * record.At);
        table.ConstrainTransition("records count up", follows * (table.Next(record.At) - record.At - 1));
        table.ConstrainTransition("owners count up", table.Next(domain.Active) * (table.Next(mine.At) - mine.At - table.Next(start.At)));
        table.ConstrainTransition("a block goes on until the last record", (domain.Active - follows) * (1 - last.At));
        table.ConstrainTransition("nothing follows the last record", follows * last.At);
        table.ConstrainLast("the last block is whole", domain.Active * (1 - last.At));
        Link link = Connect(domain, owner, [mine.At], [number.At], most);
        SmallValue records = MarketValues(owner).Small(PublicValue.OfBook($"number of {declared}", (book, _) => book.Records(tableIndex)), most);
        owner.Table.Constrain($"every {declared} has its row", link.Count.At - records.At);
        return domain;
    }

    /// <summary>What a market table's records are called, or the rows of its outcomes.</summary>
    public string NameOf(int table) => _packing.Of(table) is { } rows ? string.Create(CultureInfo.InvariantCulture, $"{_schema.Tables[rows.MarketTable].Name}, {rows.Slots} outcomes of {rows.PerRecord} a record") : _schema.Tables[table].Name;

    /// <summary>The most records of a market table, or rows of its outcomes.</summary>
    private int MostRecords(int table) => _packing.Of(table) is { } rows ? rows.Rows(_schema.Tables[rows.MarketTable].MaxRecords) : _schema.Tables[table].MaxRecords;

    /// <summary>Rows numbered from 0; the number is their own index.</summary>
    private static SmallValue Numbered(Domain domain, string name)
    {
        SmallValue number = domain.Small(name, 1 << 22, row => row.Index);
        domain.Table.ConstrainFirst($"{name}s begin at 0", number.At);
        domain.Table.ConstrainTransition($"{name}s count up", domain.Table.Next(domain.Active) * (domain.Table.Next(number.At) - number.At - 1));
        return number;
    }

    private Link Connect(Domain child, Domain parent, IReadOnlyList<Expr> childAddress, IReadOnlyList<Expr> parentAddress, int maxRows)
    {
        var link = new Link(_circuit, child, parent, childAddress, parentAddress, _gamma, maxRows);
        child.Links.Add(link);
        Links.Add(link);
        return link;
    }

    /// <summary>
    /// Rows rise strictly in the order of some parts, most significant first: one part is chosen, those before it stay the same, and it rises. Returns the flag of rows on which the first part
    /// rises, and of the first row.
    /// </summary>
    private static Expr Rising(Domain domain, IReadOnlyList<OrderPart> parts)
    {
        TableBuilder table = domain.Table;
        domain.OrderParts.AddRange(parts);
        MemoSlot rising = domain.NewSlot(1, MemoKind.Part);
        int RisingPart(WitnessRow row) => (int)row.Remember(rising, (one, into) => into[0] = FirstRising(one))[0];
        var rises = new Expr[parts.Count];
        Expr before = 0;
        for (int i = 0; i < parts.Count - 1; i++)
        {
            int part = i;
            rises[i] = domain.Bit(i == 0 ? "start" : $"part {i} rises", row => RisingPart(row) == part).At;
            before += rises[i];
        }
        rises[^1] = domain.Active - before;
        table.ConstrainBoolean("one part rises", rises[^1]);
        Expr gap = domain.Column("gap"), top = domain.Column("gap, top bits");
        table.Receive(domain.Range.Range16, "gap is 16 bits", 1, gap);
        table.Receive(domain.Range.Tops, "gap's top is 7 bits", 1, 0, top);
        (int gapAt, int topAt) = (gap.Offset, top.Offset);
        domain.Fillers.Add((row, cells, tally) =>
        {
            int part = RisingPart(row);
            long distance = row.Before is null ? 0 : row.Order[part] - row.Before[part] - 1;
            (int low, int high) = ((int)(distance & 0xffff), (int)(distance >> 16));
            cells[gapAt] = KoalaBear.From(low);
            cells[topAt] = KoalaBear.From(high);
            tally.Range.Word(low);
            tally.Range.Top(0, high);
        });
        table.ConstrainFirst("the first row starts", domain.Active - rises[0]);
        table.ConstrainFirst("the first row has no gap", gap + (1 << 16) * top);
        Expr same = table.Next(domain.Active), distance = -table.Next(domain.Active) - table.Next(gap) - (1 << 16) * table.Next(top);
        for (int i = 0; i < parts.Count; i++)
        {
            Expr next = i < parts.Count - 1 ? table.Next(rises[i]) : same;
            Expr step = parts[i].Next - parts[i].At;
            if (i < parts.Count - 1)
            {
                same -= next;
                table.ConstrainTransition($"part {i} stays the same", same * step);
            }
            distance += next * step;
        }
        table.ConstrainTransition("rows rise", distance);
        return rises[0];
    }

    private static int FirstRising(WitnessRow row)
    {
        if (row.Before is not { } before) return 0;
        for (int i = 0; i < row.Order.Length; i++)
            if (row.Order[i] != before[i]) return i;
        throw new InvalidOperationException($"row {row.Index} of {row.Domain.Name} repeats the row before it");
    }

}

/// <summary>A part of what rows rise by: an integer below 2^23 in magnitude, linear in columns, here and on the next row.</summary>
/// <param name="At">Here.</param>
/// <param name="Next">On the next row.</param>
/// <param name="Value">Of an honest row.</param>
/// <param name="Numbered">The domain whose rows it numbers; null where it is something else.</param>
internal sealed record OrderPart(Expr At, Expr Next, Func<WitnessRow, long> Value, Domain? Numbered = null)
{
    public static OrderPart Of(Domain domain, SmallValue column, Domain? numbered = null) => new(column.At, domain.Table.Next(column.At), row => column.Of(row), numbered);
}
