using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Lowering;

/// <summary>
/// What an event moves in a version: a position by size and cost, and a balance by cash and by what a position that ends has gained: a position of cost c that is left with no size is worth −c, which becomes a balance.
/// </summary>
internal sealed class VersionLeg
{
    private readonly VersionFields _fields;

    public VersionLeg(Lowerer lowerer, VersionRows rows, VersionFields fields, Expr r)
    {
        _fields = fields;
        Domain account = rows.Domain;
        TableBuilder table = rows.Table;
        MovesPosition = account.Bit("moves a position", row => VersionRows.Of(row).Leg.Instrument is not null);
        Instrument = account.Small("instrument", RuleLimits.MaxRecords - 1, row => VersionRows.Of(row).Leg.Instrument ?? 0);
        Asset = account.Small("asset", RuleLimits.MaxRecords - 1, row => VersionRows.Of(row).Leg.Asset);
        Cash = Signed(account, "cash", fields.AmountFormat, leg => (leg.Cash, 1));
        Size = Signed(account, "size", fields.SizeFormat, leg => (leg.Size, leg.Side));
        Cost = Signed(account, "cost", fields.CostFormat, leg => (leg.Cost, leg.Side));
        table.Constrain("a first version moves no position", rows.First.At * MovesPosition.At);
        table.Constrain("a first version pays in no asset", rows.First.At * Asset.At);
        table.Constrain("no position: no instrument", (1 - MovesPosition.At) * Instrument.At);
        table.Constrain("no position: no size", (1 - MovesPosition.At) * Size.At);
        table.Constrain("no position: no cost", (1 - MovesPosition.At) * Cost.At);

        LimbForm change = Cash;
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
            LimbForm left = LimbForm.Scale(LimbForm.Add(ClosedCost.Form, Cost), Closes);
            change = LimbForm.Subtract(Cash, LimbForm.Multiply(LimbForm.Of(BigInteger.Pow(10, fields.FinerDigits), r), left));
        }
        long[] min = [.. Enumerable.Range(0, change.Count).Select(change.Min)], max = [.. Enumerable.Range(0, change.Count).Select(change.Max)];
        Expr column = account.Point("amount", change);
        table.Constrain("the amount is cash and what was gained", column - change.At);
        account.Degree(change.Count);
        Amount = new LimbForm(column, min, max, change.AddTo);
        MovesBalance = account.Bit("moves a balance", row => !Amount.Integer(row).IsZero);
        table.Constrain("a first version moves no balance", rows.First.At * MovesBalance.At);
        // digits of cash and of what was gained can add up to nothing without being nothing
        Carries.Zero(account, "no balance: no amount", LimbForm.Scale(Amount, new SmallValue(account.Active - MovesBalance.At, 1, row => 1 - MovesBalance.Of(row))));
        Empties = account.Bit("empties a balance", row => VersionRows.Of(row).Leg.Empties);
        table.Constrain("what is emptied is a balance", Empties.At * (1 - MovesBalance.At));
        EmptiedAmount = new DigitColumns(account, "emptied amount", fields.AmountFormat, row => EmptiedItem(row)?[fields.Amount] ?? 0);
        Carries.Zero(account, "a balance that is emptied had the opposite amount", LimbForm.Add(EmptiedAmount.Form, LimbForm.Scale(Amount, Empties)));
    }

    /// <summary>1 where a position changes.</summary>
    public SmallValue MovesPosition { get; }

    /// <summary>1 where a balance changes.</summary>
    public SmallValue MovesBalance { get; }

    /// <summary>1 where the position ends; null where there are none.</summary>
    public SmallValue? Closes { get; }

    /// <summary>1 where the balance ends.</summary>
    public SmallValue Empties { get; }

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

    /// <summary>By how much the balance does.</summary>
    public LimbForm Amount { get; }

    /// <summary>The size of a position that ends, before; zero elsewhere.</summary>
    public DigitColumns? ClosedSize { get; }

    /// <summary>The cost of a position that ends, before; zero elsewhere.</summary>
    public DigitColumns? ClosedCost { get; }

    /// <summary>An account's item by its one reference, or null.</summary>
    public static ImmutableArray<BigInteger>? Item(AccountData account, int collection, int reference, int record)
    {
        foreach (ImmutableArray<BigInteger> item in account.Items[collection])
            if (item[reference] == record) return item;
        return null;
    }

    /// <summary>Adds a multiple of an integer's digits.</summary>
    public static void AddDigits(BigInteger value, DigitFormat format, Span<long> into, long factor)
    {
        if (value.IsZero) return;
        Span<long> digits = stackalloc long[format.Count];
        Limbs.ToDigits(value, digits, format, wrap: true);
        for (int i = 0; i < digits.Length; i++) into[i] += factor * digits[i];
    }

    private ImmutableArray<BigInteger>? ClosedItem(WitnessRow row) =>
        VersionRows.Of(row) is { Leg: { Closes: true, Instrument: { } instrument } } ? Item(VersionRows.Before(row).Account, _fields.Positions, _fields.Instrument, instrument) : null;

    private ImmutableArray<BigInteger>? EmptiedItem(WitnessRow row) =>
        VersionRows.Of(row) is { Leg: { Empties: true } leg } ? Item(VersionRows.Before(row).Account, _fields.Balances, _fields.Asset, leg.Asset) : null;

    private static LimbForm Signed(Domain account, string name, DigitFormat format, Func<AccountLeg, (BigInteger Value, int Side)> value)
    {
        long[] min = [.. Enumerable.Repeat(-255L, format.Count)], max = [.. Enumerable.Repeat(255L, format.Count)];
        void Add(WitnessRow row, Span<long> into, long factor)
        {
            (BigInteger number, int side) = value(VersionRows.Of(row).Leg);
            AddDigits(number, format, into, side * factor);
        }
        Expr column = account.Point(name, new LimbForm(0, min, max, Add));
        account.Degree(format.Count);
        return new LimbForm(column, min, max, Add);
    }
}
