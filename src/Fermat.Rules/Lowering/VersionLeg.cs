using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Lowering;

/// <summary>
/// What an event moves in a version: a position by size and cost, and a balance by cash and by what a position that ends has gained: a position of cost c that is left with no size is worth −c, which becomes a balance, with what was set aside for
/// it. An assignment moves what is set aside by the opposite of the cash.
/// </summary>
internal sealed class VersionLeg
{
    private readonly VersionFields _fields;

    public VersionLeg(Lowerer lowerer, VersionRows rows, VersionFields fields, Expr r, bool hasShare, PositionTerms terms)
    {
        _fields = fields;
        Domain account = rows.Domain;
        TableBuilder table = rows.Table;
        MovesPosition = account.Bit("moves a position", row => VersionRows.Of(row).Leg.Instrument is not null);
        Instrument = account.Small("instrument", RuleLimits.MaxRecords - 1, row => VersionRows.Of(row).Leg.Instrument ?? 0);
        Asset = account.Small("asset", RuleLimits.MaxRecords - 1, row => VersionRows.Of(row).Leg.Asset);
        Cash = Signed(account, "cash", fields.AmountFormat, (row, into, factor) =>
        {
            if (!VersionRows.Of(row).TakesBack) AddDigits(VersionRows.Of(row).Leg.Cash, fields.AmountFormat, into, factor);
        });
        Size = Signed(account, "size", fields.SizeFormat, (row, into, factor) =>
        {
            (AccountLeg leg, int sign) = VersionRows.Of(row).TakesBack ? (VersionRows.Before(row).Leg, -1) : (VersionRows.Of(row).Leg, 1);
            AddDigits(leg.Size, fields.SizeFormat, into, sign * leg.Side * factor);
        });
        Cost = Signed(account, "cost", fields.CostFormat, (row, into, factor) =>
        {
            if (!VersionRows.Of(row).TakesBack) AddDigits(VersionRows.Of(row).Leg.Cost, fields.CostFormat, into, VersionRows.Of(row).Leg.Side * factor);
            else if (VersionRows.Before(row).Leg is { Closes: true }) AddDigits(ClosedItem(row, 1)!.Value[fields.Cost], fields.CostFormat, into, factor);
            else AddDigits(VersionRows.Before(row).Leg.Cost, fields.CostFormat, into, -VersionRows.Before(row).Leg.Side * factor);
        });
        if (fields.HasMargin)
        {
            Margin = Signed(account, "margin", fields.AmountFormat, (row, into, factor) =>
            {
                if (!VersionRows.Of(row).TakesBack) AddDigits(-VersionRows.Of(row).Leg.Margin, fields.AmountFormat, into, -factor);
                else if (VersionRows.Before(row).Leg is { Closes: true }) AddDigits(ClosedItem(row, 1)!.Value[fields.Margin], fields.MarginFormat, into, factor);
                else AddDigits(-VersionRows.Before(row).Leg.Margin, fields.AmountFormat, into, factor);
            });
            table.Constrain("what is paid is set aside, and what is taken back is paid", (1 - rows.TakesBack) * (Margin.At + rows.Assigns * Cash.At));
        }
        table.Constrain("a first version moves no position", rows.First.At * MovesPosition.At);
        table.Constrain("a first version pays in no asset", rows.First.At * Asset.At);
        table.Constrain("no position: no instrument", (1 - MovesPosition.At) * Instrument.At);
        table.Constrain("no position: no size", (1 - MovesPosition.At) * Size.At);
        table.Constrain("no position: no cost", (1 - MovesPosition.At) * Cost.At);

        LimbForm change = Cash, finer = LimbForm.Of(1, r);
        if (fields.HasPositions)
        {
            PublicLookup lookup = lowerer.LookUp(account, Instrument, fields.InstrumentTable, "instrument");
            SmallValue settle = lookup.Small(new PublicValue("settle", null, (interpreter, record) => interpreter.Market.Tables[fields.InstrumentTable][record].Fields[fields.Settle].Integer), RuleLimits.MaxRecords - 1);
            table.Constrain("a position is paid in its instrument's asset", MovesPosition.At * (Asset.At - settle.At));
            Closes = account.Bit("closes", row => VersionRows.Of(row).Leg.Closes);
            table.Constrain("what closes is a position", Closes.At * (1 - MovesPosition.At));
            table.Constrain("what must end ends", rows.Ends * (1 - Closes.At));
            ClosedSize = new DigitColumns(account, "closed size", fields.SizeFormat, row => ClosedItem(row)?[fields.Size] ?? 0);
            ClosedCost = new DigitColumns(account, "closed cost", fields.CostFormat, row => ClosedItem(row)?[fields.Cost] ?? 0);
            Carries.Zero(account, "a position that closes has its opposite size", LimbForm.Add(ClosedSize.Form, LimbForm.Scale(Size, Closes)));
            table.Constrain("nothing closes: no cost", (1 - Closes.At) * ClosedCost.CellSum);
            if (hasShare || fields.CanBeMarked) SizeBefore = Before(rows, "size", fields.Size, fields.SizeFormat, ClosedSize);
            if (fields.CanBeMarked)
            {
                CostBefore = Before(rows, "cost", fields.Cost, fields.CostFormat, ClosedCost);
                table.Constrain("what is marked is a position that goes on", rows.IsMarked * (1 - MovesPosition.At + Closes.At));
            }
            (DueBefore, WholeBefore) = (FlagBefore("may be taken before", rows, terms.Due, terms.IsDue), FlagBefore("may be taken whole before", rows, terms.Whole, terms.IsWhole));
            if (DueBefore is { } due) table.Constrain("what is reduced was due of this position", rows.IsReduced * (1 - due));
            LimbForm left = LimbForm.Scale(LimbForm.Add(ClosedCost.Form, Cost), Closes);
            finer = LimbForm.Of(BigInteger.Pow(10, fields.FinerDigits), r);
            change = LimbForm.Subtract(Cash, LimbForm.Multiply(finer, left));
            if (Margin is { } margin)
            {
                ClosedMargin = new DigitColumns(account, "closed margin", fields.MarginFormat, row => ClosedItem(row)?[fields.Margin] ?? 0);
                table.Constrain("nothing closes: no margin", (1 - Closes.At) * ClosedMargin.CellSum);
                LimbForm returned = LimbForm.Add(ClosedMargin.Form, margin);
                table.Constrain("a position without size ends when all that is set aside is taken back", rows.Assigns * Closes.At * returned.At);
                change = LimbForm.Add(change, LimbForm.Scale(returned, Closes));
            }
        }
        // of a version that takes back it is the opposite of the attempt's
        long[] max = [.. Enumerable.Range(0, change.Count).Select(i => Math.Max(change.Max(i), -change.Min(i)))], min = [.. max.Select(most => -most)];
        void Amounts(WitnessRow row, Span<long> into, long factor)
        {
            if (VersionRows.Of(row).TakesBack) Attempted(row, finer, into, -factor);
            else change.AddTo(row, into, factor);
        }
        Expr column = account.Point("amount", new LimbForm(0, min, max, Amounts));
        table.Constrain("the amount is cash and what was gained", (1 - rows.TakesBack) * (column - change.At));
        account.Degree(change.Count);
        Amount = new LimbForm(column, min, max, Amounts);
        MovesBalance = account.Bit("moves a balance", row => !Amount.Integer(row).IsZero);
        table.Constrain("a first version moves no balance", rows.First.At * MovesBalance.At);
        // digits of cash and of what was gained can add up to nothing without being nothing
        Carries.Zero(account, "no balance: no amount", LimbForm.Scale(Amount, new SmallValue(account.Active - MovesBalance.At, 1, row => 1 - MovesBalance.Of(row))));
        Empties = account.Bit("empties a balance", row => VersionRows.Of(row).Leg.Empties);
        table.Constrain("what is emptied is a balance", Empties.At * (1 - MovesBalance.At));
        EmptiedAmount = new DigitColumns(account, "emptied amount", fields.AmountFormat, row => EmptiedItem(row)?[fields.Amount] ?? 0);
        Carries.Zero(account, "a balance that is emptied had the opposite amount", LimbForm.Add(EmptiedAmount.Form, LimbForm.Scale(Amount, Empties)));
        table.Constrain("an attempt to borrow would leave a debt", rows.IsAttempt * rows.StaysDebt * Empties.At);
        Expr begins = TakeBack(rows, LoweredBook.LinkOf(lowerer, fields.Balances).Count.At, fields.HasPositions ? LoweredBook.LinkOf(lowerer, fields.Positions).Count.At : null);
        // a column of its own: as a product it would raise the degree of the leg's message
        HalfEnds = account.Column("half begins or ends");
        account.Fillers.Add((row, cells, _) => cells[HalfEnds.Offset] = VersionRows.Of(row).Leg is { IsHalf: true } leg ? KoalaBear.From((Begins(row, fields.Balances, fields.Asset, leg.Asset) ? 1 : 0) + (leg.Empties ? 2 : 0)) : default);
        table.Constrain("a half says what it begins and ends", HalfEnds - rows.IsHalf * (begins + 2 * Empties.At));
    }

    /// <summary>1 where a position changes.</summary>
    public SmallValue MovesPosition { get; }

    /// <summary>1 where a balance changes.</summary>
    public SmallValue MovesBalance { get; }

    /// <summary>1 where the position ends; null where there are none.</summary>
    public SmallValue? Closes { get; }

    /// <summary>1 where the balance ends.</summary>
    public SmallValue Empties { get; }

    /// <summary>Of a half 1 where a balance begins and 2 where one ends; 0 elsewhere.</summary>
    public Expr HalfEnds { get; }

    /// <summary>The amount of a balance that ends, before; zero elsewhere.</summary>
    public DigitColumns EmptiedAmount { get; }

    /// <summary>The position's instrument.</summary>
    public SmallValue Instrument { get; }

    /// <summary>The balance's asset.</summary>
    public SmallValue Asset { get; }

    /// <summary>What the account is paid, beside gains.</summary>
    public LimbForm Cash { get; }

    /// <summary>By how much the position's size changes.</summary>
    public LimbForm Size { get; }

    /// <summary>By how much its cost does.</summary>
    public LimbForm Cost { get; }

    /// <summary>By how much what is set aside for it does; null where nothing can be.</summary>
    public LimbForm? Margin { get; }

    /// <summary>By how much the balance does.</summary>
    public LimbForm Amount { get; }

    /// <summary>The size of a position that ends, before; zero elsewhere.</summary>
    public DigitColumns? ClosedSize { get; }

    /// <summary>The cost of a position that ends, before; zero elsewhere.</summary>
    public DigitColumns? ClosedCost { get; }

    /// <summary>What was set aside for a position that ends; zero elsewhere, and null where nothing can be.</summary>
    public DigitColumns? ClosedMargin { get; }

    /// <summary>The size of the position that is moved, before, at r: its item says so where it remains. Null where the rulebook sets no share of it, and positions are not settled at a mark price.</summary>
    public Expr? SizeBefore { get; }

    /// <summary>Its cost, before, at r. Null where positions are not settled at a mark price.</summary>
    public Expr? CostBefore { get; }

    /// <summary>1 where the position that is moved might be taken, in the version before: its item says so. Null where the rulebook lets any be taken.</summary>
    public Expr? DueBefore { get; }

    /// <summary>1 where all of it might be; null where that is the account's to say.</summary>
    public Expr? WholeBefore { get; }

    /// <summary>An account's item by its one reference, or null.</summary>
    public static ImmutableArray<BigInteger>? Item(AccountData account, int collection, int reference, int record)
    {
        int at = IndexOf(account, collection, reference, record);
        return at < 0 ? null : account.Items[collection][at];
    }

    /// <summary>Adds a multiple of an integer's digits.</summary>
    public static void AddDigits(BigInteger value, DigitFormat format, Span<long> into, long factor)
    {
        if (value.IsZero) return;
        Span<long> digits = stackalloc long[format.Count];
        Limbs.ToDigits(value, digits, format, wrap: true);
        for (int i = 0; i < digits.Length; i++) into[i] += factor * digits[i];
    }

    /// <summary>
    /// What takes an attempt back moves the opposite of it: the same position and balance, the opposite size and amount, and of cost the opposite, or all that a position had cost which the attempt ended. It ends what the attempt began, and nothing
    /// else; so nothing is left out of what it ends, and what was there before the attempt is there again, to the last item.
    /// </summary>
    /// <returns>1 where a balance begins.</returns>
    private Expr TakeBack(VersionRows rows, Expr balances, Expr? positions)
    {
        TableBuilder table = rows.Table;
        table.Constrain("what takes back has no cash", rows.TakesBack * Cash.At);
        Opposite("has the asset", table.Next(Asset.At) - Asset.At);
        Opposite("moves a position where the attempt does", table.Next(MovesPosition.At) - MovesPosition.At);
        Opposite("has the instrument", table.Next(Instrument.At) - Instrument.At);
        Opposite("has the opposite size", table.Next(Size.At) + Size.At);
        Opposite("has the opposite amount", table.Next(Amount.At) + Amount.At);
        Expr beginsBalance = Begun("balance", balances, Empties, _fields.Balances, _fields.Asset, leg => leg.Asset);
        if (!_fields.HasPositions)
        {
            Opposite("has the opposite cost", table.Next(Cost.At) + Cost.At);
            return beginsBalance;
        }
        Opposite("has the opposite cost, or that of the position that ended", table.Next(Cost.At) + Cost.At - Closes!.At * (Cost.At + ClosedCost!.Form.At));
        if (Margin is { } margin) Opposite("sets the opposite aside, or what was for the position that ended", table.Next(margin.At) + margin.At - Closes.At * (margin.At + ClosedMargin!.Form.At));
        Begun("position", positions!.Value, Closes, _fields.Positions, _fields.Instrument, leg => leg.Instrument);
        return beginsBalance;

        void Opposite(string name, Expr mustBeZero) => table.ConstrainTransition($"what takes back {name}", table.Next(rows.TakesBack) * mustBeZero);

        Expr Begun(string what, Expr count, SmallValue ends, int collection, int reference, Func<AccountLeg, int?> recordOf)
        {
            Expr begins = rows.Domain.Bit($"begins a {what}", row => Begins(row, collection, reference, recordOf(VersionRows.Of(row).Leg))).At;
            table.Constrain($"a first version begins no {what}", rows.First.At * begins);
            rows.Continues($"there is one {what} more where one begins, one less where one ends", table.Next(count) - count - table.Next(begins) + table.Next(ends.At));
            Opposite($"ends a {what} where the attempt begins one", table.Next(ends.At) - begins);
            return begins;
        }
    }

    private Expr Before(VersionRows rows, string name, int field, DigitFormat format, DigitColumns closed)
    {
        long[] min = [.. Enumerable.Range(0, format.Count).Select(format.Min)], max = [.. Enumerable.Range(0, format.Count).Select(format.Max)];
        Expr before = rows.Domain.Point($"{name} before", new LimbForm(0, min, max, (row, into, factor) =>
        {
            if (VersionRows.Of(row) is { IsFirst: false, Leg.Instrument: { } instrument } && Item(VersionRows.Before(row).Account, _fields.Positions, _fields.Instrument, instrument) is { } item) AddDigits(item[field], format, into, factor);
        }));
        rows.Table.Constrain($"no position: no {name} before", (1 - MovesPosition.At) * before);
        rows.Table.Constrain($"what closes had its {name} before", Closes!.At * (before - closed.Form.At));
        return before;
    }

    private Expr? FlagBefore(string name, VersionRows rows, Core.CoreNode? node, Func<Interpreter, AccountData, int, bool> holds)
    {
        if (node is null) return null;
        Expr flag = rows.Domain.Bit(name, row =>
        {
            if (VersionRows.Of(row) is not { IsFirst: false, Leg.Instrument: { } instrument }) return false;
            AccountData before = VersionRows.Before(row).Account;
            return IndexOf(before, _fields.Positions, _fields.Instrument, instrument) is var at and >= 0 && holds(row.Book.Interpreter, before, at);
        }).At;
        rows.Table.Constrain($"no position: nothing {name}", (1 - MovesPosition.At) * flag);
        return flag;
    }

    /// <summary>Where an account's item with a reference stands, or −1.</summary>
    public static int IndexOf(AccountData account, int collection, int reference, int record)
    {
        ImmutableArray<ImmutableArray<BigInteger>> items = account.Items[collection];
        for (int i = 0; i < items.Length; i++)
            if (items[i][reference] == record) return i;
        return -1;
    }

    /// <summary>Whether an item that a leg names is there, and was not before.</summary>
    private static bool Begins(WitnessRow row, int collection, int reference, int? record) => VersionRows.Of(row) is { IsFirst: false } version && record is { } at
        && Item(version.Account, collection, reference, at) is not null && Item(VersionRows.Before(row).Account, collection, reference, at) is null;

    /// <summary>What an attempt moves in a balance, on the row that takes it back.</summary>
    private void Attempted(WitnessRow row, LimbForm finer, Span<long> into, long factor)
    {
        AccountLeg leg = VersionRows.Before(row).Leg;
        AddDigits(leg.Cash, _fields.AmountFormat, into, factor);
        if (!leg.Closes) return;
        Span<long> left = stackalloc long[_fields.CostFormat.Count], times = stackalloc long[finer.Count];
        left.Clear();
        times.Clear();
        AddDigits(ClosedItem(row, 1)!.Value[_fields.Cost], _fields.CostFormat, left, 1);
        AddDigits(leg.Cost, _fields.CostFormat, left, leg.Side);
        finer.AddTo(row, times);
        for (int i = 0; i < left.Length; i++)
            for (int j = 0; j < times.Length; j++) into[i + j] -= factor * left[i] * times[j];
        if (!_fields.HasMargin) return;
        AddDigits(ClosedItem(row, 1)!.Value[_fields.Margin], _fields.MarginFormat, into, factor);
        AddDigits(-leg.Margin, _fields.AmountFormat, into, -factor);
    }

    /// <summary>The position that a version ends, or that the version a row before it ended.</summary>
    private ImmutableArray<BigInteger>? ClosedItem(WitnessRow row, int back = 0)
    {
        IReadOnlyList<AccountVersion> versions = row.Book.Versions;
        return versions[row.Index - back] is { Leg: { Closes: true, Instrument: { } instrument } } ? Item(versions[row.Index - back - 1].Account, _fields.Positions, _fields.Instrument, instrument) : null;
    }

    private ImmutableArray<BigInteger>? EmptiedItem(WitnessRow row) =>
        VersionRows.Of(row) is { Leg: { Empties: true } leg } ? Item(VersionRows.Before(row).Account, _fields.Balances, _fields.Asset, leg.Asset) : null;

    /// <summary>A number that a leg moves, or takes back: digits of either sign, told by another table or by the row before.</summary>
    public static LimbForm Signed(Domain account, string name, DigitFormat format, Accumulate add)
    {
        long[] min = [.. Enumerable.Repeat(-255L, format.Count)], max = [.. Enumerable.Repeat(255L, format.Count)];
        Expr column = account.Point(name, new LimbForm(0, min, max, add));
        account.Degree(format.Count);
        return new LimbForm(column, min, max, add);
    }
}
