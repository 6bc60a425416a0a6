using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
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

    public VersionItems(CircuitBuilder circuit, Lowerer lowerer, VersionRows rows, VersionLeg leg, VersionFields fields, LeafLayout layout, int collection, VersionBuses buses)
    {
        (_items, _leg, _fields, _collection) = (lowerer.Items[collection], leg, fields, collection);
        TableBuilder table = _items.Table;
        Collection declared = layout.Schema.Collections[collection];
        Link link = LoweredBook.LinkOf(lowerer, collection);
        SmallValue slot = link.Pass("leaf", rows.Slot), first = link.Pass("in a first version", rows.First), last = link.Pass("in a last version", rows.Last);
        BindLeaves(lowerer, layout, slot, first, last, buses);

        (int Field, LimbForm Change)[] changes =
            collection == fields.Balances ? [(fields.Amount, leg.Amount)]
            : collection == fields.Positions ? [(fields.Size, leg.Size), (fields.Cost, leg.Cost)]
            : [];
        _reference = collection == fields.Balances ? fields.Asset : fields.Instrument;
        Expr isNew = 0, ends = 0;
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
            Bus bus = circuit.Bus($"moved in {declared.Name}");
            rows.Table.Send(bus, $"moved in {declared.Name}", moves.At - closes.At, [rows.Domain.Key.At, record.At, above + 2 * below, .. changes.Select(change => change.Change.At), .. isBalance || leg.SizeBefore is not { } size ? [] : (Expr[])[size]]);
            table.Receive(bus, "moved", moved, [_items.Key.At, Reference.At, staysAbove + 2 * staysBelow, .. changed, .. isBalance || leg.SizeBefore is null ? [] : (Expr[])[before[fields.Size]!.Value]]);
            Expr negative = Number(changes[0].Field).Digits!.Sign!.At;
            table.Constrain($"{declared.Fields[changes[0].Field].Name} is not negative where it may not be", staysAbove * negative);
            table.Constrain($"{declared.Fields[changes[0].Field].Name} is not positive where it may not be", staysBelow * (1 - negative));
            Expr Stays(string name, LegRole role)
            {
                Expr bit = _items.Bit(name, row => IsMoved(row) && VersionOf(row).Leg.Role.HasFlag(role)).At;
                table.Constrain($"what is not moved: {name}", (1 - moved) * bit);
                return bit;
            }
            ends = _items.Bit("ends", Ends).At;
            table.Constrain("in a last version nothing ends", ends * last.At);
            Bus closings = circuit.Bus($"closed in {declared.Name}");
            DigitColumns[] closed = isBalance ? [leg.EmptiedAmount] : [leg.ClosedSize!, leg.ClosedCost!];
            // what is taken back begins anew, without flags: so an attempt ends nothing that has one
            int[] flags = [.. Enumerable.Range(0, declared.Fields.Length).Where(f => declared.Fields[f].Type is not (FieldType.Number or FieldType.Reference))];
            Expr[] attempt = flags.Length == 0 ? [] : [_items.Bit("ends by an attempt", EndsByAttempt).At];
            foreach (Expr bit in attempt)
            {
                table.Constrain("what does not end does not end by an attempt", (1 - ends) * bit);
                foreach (int flag in flags) table.Constrain($"what ends by an attempt has no {declared.Fields[flag].Name}", bit * At(flag));
            }
            rows.Table.Send(closings, $"closed in {declared.Name}", closes.At, [rows.Domain.Key.At, record.At, .. closed.Select(number => number.Form.At), .. attempt.Select(_ => rows.IsAttempt + rows.IsHalf)]);
            table.Receive(closings, "closed", ends, [_items.Key.At + 1, Reference.At, .. changes.Select(change => At(change.Field)), .. attempt]);
            Remains(moved, changes[0].Field);
        }
        for (int f = 0; f < declared.Fields.Length; f++)
            if (before[f] is null && declared.Fields[f].Type is not FieldType.Reference && isNew.Graph is not null) table.Constrain($"what is new has no {declared.Fields[f].Name}", isNew * At(f));
        for (int f = 0; f < declared.Fields.Length; f++)
            if (before[f] is null && declared.Fields[f].Type is FieldType.Number && ends.Graph is not null) table.Constrain($"what ends has no {declared.Fields[f].Name}", ends * At(f));
        Bus goesOn = circuit.Bus($"{declared.Name} from version to version");
        table.Send(goesOn, "to the next version", _items.Active - last.At - ends, [_items.Key.At + 1, .. Enumerable.Range(0, before.Length).Select(At)]);
        table.Receive(goesOn, "from the version before", _items.Active - first.At - isNew, [_items.Key.At, .. before.Select((was, f) => was ?? At(f))]);
    }

    private SmallValue Reference => (SmallValue)_items.Fields[_reference];

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
    private void Remains(Expr moved, int field)
    {
        DigitColumns number = Number(field).Digits!;
        Expr inverse = _items.Column("inverse where it is moved");
        _items.Fillers.Add((row, cells, _) => cells[inverse.Offset] = IsMoved(row) ? Inverses.Of(number.SumOf(row)) : default);
        _items.Table.Constrain("what is moved and remains is not zero", number.CellSum * inverse - moved);
        _items.Table.Constrain("what is not moved needs no inverse", (1 - moved) * inverse);
    }

    private LimbForm Before(string name, int field)
    {
        LimbForm now = Number(field).Form;
        DigitFormat format = field == _fields.Amount && _collection == _fields.Balances ? _fields.AmountFormat : field == _fields.Size ? _fields.SizeFormat : _fields.CostFormat;
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

    private NumberValue Number(int field) => (NumberValue)_items.Fields[field];

    private Expr At(int field) => _items.Fields[field] is SmallValue small ? small.At : Number(field).Form.At;
}
