using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Leaves;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// The items of one collection in all versions. An item of a first version takes its blocks of the leaf before, one of a last version those of the leaf after. Every item that is not in a last version goes on to the next version, where the item
/// with the same reference takes it, or is closed; every item that is not in a first version comes from the version before, or is new and was nothing. Between two versions its numbers change by what the leg moves in it, and by nothing otherwise.
/// </summary>
internal sealed class VersionItems
{
    private readonly Domain _items;
    private readonly VersionLeg _leg;
    private readonly VersionFields _fields;
    private readonly int _collection;
    private readonly int _reference;

    public VersionItems(CircuitBuilder circuit, Lowerer lowerer, VersionRows rows, VersionLeg leg, VersionFields fields, LeafLayout layout, int collection, VersionBuses buses, PositionTerms terms)
    {
        (_items, _leg, _fields, _collection) = (lowerer.Items[collection], leg, fields, collection);
        TableBuilder table = _items.Table;
        Collection declared = layout.Schema.Collections[collection];
        Link link = LoweredBook.LinkOf(lowerer, collection);
        SmallValue slot = link.Pass("leaf", rows.Slot), first = link.Pass("in a first version", rows.First), last = link.Pass("in a last version", rows.Last);
        (First, Last) = (first, last);
        BindLeaves(lowerer, layout, slot, first, last, buses);

        (int Field, LimbForm Change)[] changes =
            collection == fields.Balances ? [(fields.Amount, leg.Amount)]
            : collection == fields.Positions ? [(fields.Size, leg.Size), (fields.Cost, leg.Cost), .. leg.Margin is { } margin ? ((int, LimbForm)[])[(fields.Margin, margin)] : []]
            : [];
        _reference = collection == fields.Balances ? fields.Asset : fields.Instrument;
        Expr isNew = 0, ends = 0;
        (SmallValue Now, Expr Before)[] known = [];
        var before = new Expr?[declared.Fields.Length];
        if (changes.Length > 0)
        {
            Expr moved = _items.Bit("is moved", IsMoved).At;
            isNew = _items.Bit("is new", row => ItemBefore(row) is null && !VersionOf(row).IsFirst).At;
            table.Constrain("only what is moved is new", isNew * (1 - moved));
            table.Constrain("in a first version nothing is moved", moved * first.At);
            var changed = new List<Expr>();
            foreach ((int field, LimbForm change) in changes)
            {
                (LimbForm was, LimbForm by) = (Before(declared.Fields[field].Name, field), Change(declared.Fields[field].Name, change));
                table.Constrain($"what is new was nothing: {declared.Fields[field].Name}", isNew * was.At);
                table.Constrain($"what is not moved does not change: {declared.Fields[field].Name}", (1 - moved) * by.At);
                Carries.Zero(_items, $"{declared.Fields[field].Name} is what it was and what was moved", LimbForm.Subtract(LimbForm.Add(was, by), Number(field).Form));
                before[field] = was.At;
                changed.Add(by.At);
            }
            bool isBalance = collection == fields.Balances;
            (SmallValue moves, SmallValue record, SmallValue closes) = isBalance ? (leg.MovesBalance, leg.Asset, leg.Empties) : (leg.MovesPosition, leg.Instrument, leg.Closes!);
            (Expr above, Expr below) = isBalance ? (rows.StaysCredit, rows.StaysDebt) : (rows.StaysLong, rows.StaysShort);
            (LegRole notBelow, LegRole notAbove) = isBalance ? (LegRole.StaysCredit, LegRole.StaysDebt) : (LegRole.StaysLong, LegRole.StaysShort);
            Expr staysAbove = Stays("may not be negative", notBelow), staysBelow = Stays("may not be positive", notAbove);
            (SmallValue Now, Expr Before)[] flags = isBalance ? [] : [.. Flags(lowerer, terms, isNew, first)];
            Expr[] told = flags.Length == 0 ? [] : [flags[0].Before + (flags.Length > 1 ? 2 * flags[1].Before : 0)], asked = flags.Length == 0 ? [] : [(leg.DueBefore ?? 0) + (leg.WholeBefore is { } all ? (leg.DueBefore is null ? 1 : 2) * all : 0)];
            Expr withoutSize = isBalance || !fields.HasMargin ? 0 : _items.Bit("may have no size", row => IsMoved(row) && VersionOf(row) is var version && (version.TakesBack || version.Leg.Role.HasFlag(LegRole.Assigns))).At;
            if (withoutSize.Graph is not null) table.Constrain("what is not moved: may have no size", (1 - moved) * withoutSize);
            Expr unsized = isBalance || !fields.HasMargin ? 0 : rows.Assigns + rows.TakesBack;
            Bus bus = circuit.Bus($"moved in {declared.Name}");
            // of a position that remains its leg says what it was
            (Expr Leg, Expr Item)[] says = isBalance ? [] : [.. Said(leg.SizeBefore, fields.Size), .. Said(leg.CostBefore, fields.Cost)];
            rows.Table.Send(bus, $"moved in {declared.Name}", moves.At - closes.At, [rows.Domain.Key.At, record.At, above + 2 * below + 4 * unsized, .. changes.Select(change => change.Change.At), .. says.Select(said => said.Leg), .. asked]);
            table.Receive(bus, "moved", moved, [_items.Key.At, Reference.At, staysAbove + 2 * staysBelow + 4 * withoutSize, .. changed, .. says.Select(said => said.Item), .. told]);
            Expr negative = Number(changes[0].Field).Digits!.Sign!.At;
            table.Constrain($"{declared.Fields[changes[0].Field].Name} is not negative where it may not be", staysAbove * negative);
            table.Constrain($"{declared.Fields[changes[0].Field].Name} is not positive where it may not be", staysBelow * (1 - negative));
            (Expr, Expr)[] Said(Expr? leg, int field) => leg is { } said ? [(said, before[field]!.Value)] : [];
            Expr Stays(string name, LegRole role)
            {
                Expr bit = _items.Bit(name, row => IsMoved(row) && VersionOf(row).Leg.Role.HasFlag(role)).At;
                table.Constrain($"what is not moved: {name}", (1 - moved) * bit);
                return bit;
            }
            ends = _items.Bit("ends", Ends).At;
            table.Constrain("in a last version nothing ends", ends * last.At);
            Bus closings = circuit.Bus($"closed in {declared.Name}");
            DigitColumns[] closed = isBalance ? [leg.EmptiedAmount] : [leg.ClosedSize!, leg.ClosedCost!, .. leg.ClosedMargin is { } aside ? (DigitColumns[])[aside] : []];
            // what is taken back begins anew, without flags: so an attempt ends nothing that has one
            int[] marks = [.. Enumerable.Range(0, declared.Fields.Length).Where(f => declared.Fields[f].Type is not (FieldType.Number or FieldType.Reference))];
            Expr[] attempt = marks.Length == 0 ? [] : [_items.Bit("ends by an attempt", EndsByAttempt).At];
            foreach (Expr bit in attempt)
            {
                table.Constrain("what does not end does not end by an attempt", (1 - ends) * bit);
                foreach (int flag in marks) table.Constrain($"what ends by an attempt has no {declared.Fields[flag].Name}", bit * At(flag));
            }
            rows.Table.Send(closings, $"closed in {declared.Name}", closes.At, [rows.Domain.Key.At, record.At, .. closed.Select(number => number.Form.At), .. attempt.Select(_ => rows.IsAttempt + rows.IsHalf), .. asked]);
            table.Receive(closings, "closed", ends, [_items.Key.At + 1, Reference.At, .. changes.Select(change => At(change.Field)), .. attempt, .. flags.Length == 0 ? [] : (Expr[])[flags[0].Now.At + (flags.Length > 1 ? 2 * flags[1].Now.At : 0)]]);
            Remains(moved, changes[0].Field, withoutSize);
            known = flags;
        }
        for (int f = 0; f < declared.Fields.Length; f++)
            if (before[f] is null && declared.Fields[f].Type is not FieldType.Reference && isNew.Graph is not null) table.Constrain($"what is new has no {declared.Fields[f].Name}", isNew * At(f));
        for (int f = 0; f < declared.Fields.Length; f++)
            if (before[f] is null && declared.Fields[f].Type is FieldType.Number && ends.Graph is not null) table.Constrain($"what ends has no {declared.Fields[f].Name}", ends * At(f));
        Expr[] flagsNow = [.. known.Select(flag => flag.Now.At)], flagsBefore = [.. known.Select(flag => flag.Before)];
        Bus goesOn = circuit.Bus($"{declared.Name} from version to version");
        table.Send(goesOn, "to the next version", _items.Active - last.At - ends, [_items.Key.At + 1, .. Enumerable.Range(0, before.Length).Select(At), .. flagsNow]);
        table.Receive(goesOn, "from the version before", _items.Active - first.At - isNew, [_items.Key.At, .. before.Select((was, f) => was ?? At(f)), .. flagsBefore]);
    }

    /// <summary>What a rulebook says of the liquidation of each position: now, and in the version before, where that is nothing of what is new and of a first version.</summary>
    private IEnumerable<(SmallValue Now, Expr Before)> Flags(Lowerer lowerer, PositionTerms terms, Expr isNew, SmallValue first)
    {
        foreach ((string name, Core.CoreNode? node, Func<Interpreter, AccountData, int, bool> holds) in ((string, Core.CoreNode?, Func<Interpreter, AccountData, int, bool>)[])[
            ("may be taken", terms.Due, terms.IsDue), ("may be taken whole", terms.Whole, terms.IsWhole)])
        {
            if (node is null) continue;
            var flag = (SmallValue)lowerer.Value(node, _items);
            SmallValue now = flag.IsConstant ? new SmallValue(flag.At * _items.Active, 1, flag.Of) : flag;
            Expr before = _items.Bit($"{name} before", row =>
            {
                if (ItemBefore(row) is null) return false;
                AccountData account = VersionRows.Before(row.Parent!).Account;
                return holds(row.Book.Interpreter, account, VersionLeg.IndexOf(account, _collection, _reference, Reference.Of(row)));
            }).At;
            _items.Table.Constrain($"what is new: nothing {name} before", isNew * before);
            _items.Table.Constrain($"in a first version: nothing {name} before", first.At * before);
            yield return (now, before);
        }
    }

    /// <summary>Its rows.</summary>
    public Domain Items => _items;

    /// <summary>1 on items of first versions.</summary>
    public SmallValue First { get; }

    /// <summary>1 on items of last versions.</summary>
    public SmallValue Last { get; }

    /// <summary>The record that an item is of.</summary>
    public SmallValue Reference => (SmallValue)_items.Fields[_reference];

    /// <summary>A number of an item.</summary>
    public NumberValue Number(int field) => (NumberValue)_items.Fields[field];

    private void BindLeaves(Lowerer lowerer, LeafLayout layout, SmallValue slot, SmallValue first, SmallValue last, VersionBuses buses)
    {
        Expr start = LoweredBook.FirstBlock(lowerer, layout, _collection);
        int blocks = layout.ItemBlocks[_collection];
        List<Expr> elements = LoweredBook.Fill([], layout.Items[_collection], _items);
        for (int k = 0; k < blocks; k++)
        {
            Expr[] block = [slot.At, start + blocks * _items.Position!.At + k, .. elements.Skip(LeafLayout.BlockSize * k).Take(LeafLayout.BlockSize)];
            _items.Table.Receive(buses.BlockBefore, $"item before, block {k}", first.At, block);
            _items.Table.Receive(buses.BlockAfter, $"item after, block {k}", last.At, block);
        }
    }

    /// <summary>What is left of a number that is moved is not zero: its item would have ended.</summary>
    private void Remains(Expr moved, int field, Expr withoutSize)
    {
        DigitColumns number = Number(field).Digits!;
        DigitColumns? aside = withoutSize.Graph is null ? null : Number(_fields.Margin).Digits!;
        Expr inverse = _items.Column("inverse where it is moved");
        long SumOf(WitnessRow row) => number.SumOf(row) + (aside is not null && IsMoved(row) && (VersionOf(row).TakesBack || VersionOf(row).Leg.Role.HasFlag(LegRole.Assigns)) ? aside.SumOf(row) : 0);
        _items.Fillers.Add((row, cells, _) => cells[inverse.Offset] = IsMoved(row) ? Inverses.Of(SumOf(row)) : default);
        _items.Table.Constrain("what is moved and remains is not zero", (number.CellSum + (aside is null ? 0 : withoutSize * aside.CellSum)) * inverse - moved);
        _items.Table.Constrain("what is not moved needs no inverse", (1 - moved) * inverse);
    }

    private LimbForm Before(string name, int field)
    {
        LimbForm now = Number(field).Form;
        DigitFormat format = field == _fields.Amount && _collection == _fields.Balances ? _fields.AmountFormat : field == _fields.Size ? _fields.SizeFormat : field == _fields.Margin ? _fields.MarginFormat : _fields.CostFormat;
        long[] min = [.. Enumerable.Range(0, format.Count).Select(format.Min)], max = [.. Enumerable.Range(0, format.Count).Select(format.Max)];
        void Add(WitnessRow row, Span<long> into, long factor)
        {
            if (VersionOf(row).IsFirst) now.AddTo(row, into, factor);
            else if (ItemBefore(row) is { } was) VersionLeg.AddDigits(was[field], format, into, factor);
        }
        return Column($"{name} before", min, max, Add);
    }

    private LimbForm Change(string name, LimbForm change)
    {
        long[] min = [.. Enumerable.Range(0, change.Count).Select(change.Min)], max = [.. Enumerable.Range(0, change.Count).Select(change.Max)];
        void Add(WitnessRow row, Span<long> into, long factor)
        {
            if (IsMoved(row)) change.AddTo(row.Parent!, into, factor);
        }
        return Column($"{name}, change", min, max, Add);
    }

    private LimbForm Column(string name, long[] min, long[] max, Accumulate add)
    {
        Expr column = _items.Point(name, new LimbForm(0, min, max, add));
        _items.Degree(min.Length);
        return new LimbForm(column, min, max, add);
    }

    private bool IsMoved(WitnessRow row)
    {
        WitnessRow account = row.Parent!;
        if (_collection == _fields.Balances) return _leg.MovesBalance.Of(account) == 1 && !VersionOf(row).Leg.Empties && _leg.Asset.Of(account) == Reference.Of(row);
        return VersionOf(row).Leg is { Closes: false, Instrument: { } instrument } && instrument == Reference.Of(row);
    }

    private bool Ends(WitnessRow row) => !VersionOf(row).IsLast && VersionLeg.Item(VersionAfter(row).Account, _collection, _reference, Reference.Of(row)) is null;

    private bool EndsByAttempt(WitnessRow row) => Ends(row) && (VersionAfter(row).Leg.IsAttempt || VersionAfter(row).Leg.IsHalf);

    private static AccountVersion VersionAfter(WitnessRow row) => row.Book.Versions[row.Parent!.Index + 1];

    private ImmutableArray<BigInteger>? ItemBefore(WitnessRow row) => VersionOf(row).IsFirst ? null : VersionLeg.Item(VersionRows.Before(row.Parent!).Account, _collection, _reference, Reference.Of(row));

    private static AccountVersion VersionOf(WitnessRow row) => VersionRows.Of(row.Parent!);

    private Expr At(int field) => _items.Fields[field] is SmallValue small ? small.At : Number(field).Form.At;
}
