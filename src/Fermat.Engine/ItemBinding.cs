using System.Collections.Immutable;
using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Rules.Batches;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

/// <summary>A ledger's accounts as the rulebook's: one item a balance and one a position, in the order of the rulebook's records.</summary>
internal sealed class ItemBinding
{
    private const int MaxFactorBits = 62;
    private readonly RulebookSchema _schema;
    private readonly int _balances, _balanceAsset, _balanceAmount, _cash, _positions, _instrument, _size, _cost, _margin, _mode;
    private readonly int[] _modes;
    private readonly Int128[] _balanceDefaults, _positionDefaults, _scalarDefaults;
    private readonly (Int128 Min, Int128 Max) _amounts, _sizes, _costs, _margins;
    private readonly int _mostBalances, _mostPositions;

    public ItemBinding(RulebookSchema schema, EngineBinding names)
    {
        _schema = schema;
        (_balances, _positions) = (schema.CollectionOf(names.Balances), schema.CollectionOf(names.Positions));
        _cash = names.CashAsset is null ? -1 : schema.ScalarOf(names.Cash);
        if (_balances < 0 && _cash < 0) throw new ArgumentException($"the rulebook {schema.Name} has neither a collection {names.Balances} nor a field for the cash asset: the binding must say where balances go");
        if (_positions < 0) throw new ArgumentException($"the rulebook {schema.Name} has no collection {names.Positions}: the binding must say where positions go");
        if (_balances >= 0) (_balanceAsset, _balanceAmount) = (Needed(schema.Collections[_balances].Fields, names.BalanceAsset), Needed(schema.Collections[_balances].Fields, names.BalanceAmount));
        ImmutableArray<SchemaField> fields = schema.Collections[_positions].Fields;
        (_instrument, _size, _cost, _margin) = (Needed(fields, names.PositionInstrument), Needed(fields, names.Size), Needed(fields, names.Cost), SchemaField.IndexOf(fields, names.Margin));
        if (_margin >= 0 && ScaleOf(fields[_margin]) != ScaleOf(fields[_cost])) throw new ArgumentException($"{names.Margin} and {names.Cost} of the rulebook {schema.Name} are both counted in the settlement asset, and have different decimals");
        _mode = schema.ScalarOf(names.Mode);
        _modes = ModesOf(schema, names);
        Pledges = new PledgeBinding(schema, names);
        _amounts = _balances >= 0 ? RangeOf(schema.Collections[_balances].Fields[_balanceAmount]) : RangeOf(schema.Scalars[_cash]);
        (_sizes, _costs, _margins) = (RangeOf(fields[_size]), RangeOf(fields[_cost]), _margin < 0 ? default : RangeOf(fields[_margin]));
        (_mostBalances, _mostPositions) = (_balances < 0 ? int.MaxValue : schema.Collections[_balances].MaxItems, schema.Collections[_positions].MaxItems);
        _balanceDefaults = _balances < 0 ? [] : Defaults(schema.Collections[_balances].Fields, _balanceAsset, _balanceAmount);
        _positionDefaults = Defaults(fields, _instrument, _size, _cost, _margin);
        _scalarDefaults = Defaults(schema.Scalars, [_cash, _mode, .. Pledges.Fields is { } pledges ? (int[])[pledges.Encumbered, pledges.Pledgee] : []]);
    }

    /// <summary>The rulebook's collection of positions.</summary>
    public int Positions => _positions;

    /// <summary>Where the position in a record stands among an account's, or −1.</summary>
    public int PositionOf(AccountData account, int record)
    {
        ImmutableArray<ImmutableArray<BigInteger>> items = account.Items[_positions];
        for (int i = 0; i < items.Length; i++)
            if (items[i][_instrument] == record) return i;
        return -1;
    }

    public bool HasModes => _mode >= 0;

    /// <summary>What is pledged, and to whom.</summary>
    public PledgeBinding Pledges { get; }

    public bool HasBalances => _balances >= 0;

    /// <summary>Decimals of the rulebook's amounts.</summary>
    public int? AmountScale => _balances >= 0 ? ScaleOf(_schema.Collections[_balances].Fields[_balanceAmount]) : ScaleOf(_schema.Scalars[_cash]);

    public Int128 AmountFactor(int assetScale) => AmountScale is { } scale && scale >= assetScale ? Power(scale - assetScale) : 0;

    /// <summary>What the rulebook's units are of the ledger's; 0 where a digit would be lost.</summary>
    public (Int128 Size, Int128 Cost) PositionFactors(InstrumentTerms terms, int settleScale)
    {
        ImmutableArray<SchemaField> fields = _schema.Collections[_positions].Fields;
        int sizes = ScaleOf(fields[_size]) - terms.SizeScale - terms.Multiplier.Scale, costs = ScaleOf(fields[_cost]) - settleScale;
        BigInteger factor = sizes < 0 ? 0 : (BigInteger)terms.Multiplier.Mantissa * BigInteger.Pow(10, sizes);
        return (factor.GetBitLength() > MaxFactorBits ? 0 : (Int128)factor, costs < 0 ? 0 : Power(costs));
    }

    public string? Problem(InstrumentTerms terms, int settleScale)
    {
        (Int128 size, Int128 cost) = PositionFactors(terms, settleScale);
        if (size == 0) return $"sizes of {terms.Symbol} times the multiplier have more decimals than the rulebook's, or too many digits";
        return cost == 0 ? $"costs in {terms.Settle} have {settleScale} decimals, and the rulebook has fewer" : null;
    }

    /// <summary>Why an account cannot be opened under a rulebook whose accounts have a mode, or null.</summary>
    public string? Problem(AccountOpened opened) => _mode < 0 || _modes[(int)opened.Mode] >= 0 ? null : $"{opened.Account} is in {NameOf(opened.Mode)} mode, which the rulebook does not know";

    /// <summary>Whether an event leaves an account with an item less. Where none ends, an account that can be valued afterwards could be before: what has no value is something that it holds.</summary>
    /// <param name="account">An account of an event that moves one position of it at most.</param>
    public static bool EndsOne(in AccountChange account)
    {
        if (account.After.Positions.Length < account.Before!.Positions.Length) return true;
        foreach (ref readonly AccountBalance balance in account.Before.Balances)
            if (balance.Amount != 0 && account.After.Balance(balance.Asset).Amount == 0) return true;
        return false;
    }

    /// <summary>
    /// What an event would leave of an account that the rulebook's accounts cannot take, or null: a balance, a size, a cost or a margin that is beyond its quantity, or more items than there is room for. What was beyond before, and comes no farther from it, is left alone: it finds its way back.
    /// </summary>
    public string? Problem(MarketBinding market, LedgerState state, in AccountChange change)
    {
        (AccountState? before, AccountState after) = (change.Before, change.After);
        int balances = 0;
        foreach (ref readonly AccountBalance balance in after.Balances)
        {
            if (balance.Amount == 0) continue;
            balances++;
            Int128 factor = market.Asset(balance.Asset).AmountFactor, amount = balance.Amount * factor;
            if (Within(amount, _amounts) || !IsBeyond(before is null ? 0 : before.Balance(balance.Asset).Amount * factor, amount, _amounts)) continue;
            AssetState asset = state.Assets[balance.Asset];
            return $"{after.Id} would have a balance of {new Amount(balance.Amount, asset.Scale)} {asset.Symbol}, and the rulebook's go from {Range(_amounts, AmountScale!.Value)}";
        }
        foreach (ref readonly Position position in after.Positions)
        {
            InstrumentRecord record = market.Instrument(position.Instrument);
            Position old = before?.Position(position.Instrument) ?? default;
            (string What, int Field, Int128 Value, (Int128, Int128) Range)? beyond =
                IsBeyond(old.Size * record.SizeFactor, position.Size * record.SizeFactor, _sizes) ? ("size", _size, position.Size * record.SizeFactor, _sizes)
                : IsBeyond(Cost(record, old) * record.CostFactor, Cost(record, position) * record.CostFactor, _costs) ? ("cost", _cost, Cost(record, position) * record.CostFactor, _costs)
                : _margin >= 0 && IsBeyond(old.Margin * record.CostFactor, position.Margin * record.CostFactor, _margins) ? ("margin", _margin, position.Margin * record.CostFactor, _margins)
                : null;
            if (beyond is not { } value) continue;
            int scale = ScaleOf(_schema.Collections[_positions].Fields[value.Field]);
            return $"{after.Id} would have a position in {state.Instruments[position.Instrument].Terms.Symbol} with a {value.What} of {ScaledNumber.Format(value.Value, scale)}, and the rulebook's go from {Range(value.Range, scale)}";
        }
        if (balances > _mostBalances && balances > Held(before)) return $"{after.Id} would have {balances} balances, and the rulebook's accounts have at most {_mostBalances}";
        return after.Positions.Length > _mostPositions && after.Positions.Length > (before?.Positions.Length ?? 0) ? $"{after.Id} would have {after.Positions.Length} positions, and the rulebook's accounts have at most {_mostPositions}" : null;
    }

    private static int Held(AccountState? account)
    {
        int held = 0;
        foreach (ref readonly AccountBalance balance in account is null ? default : account.Balances) held += balance.Amount != 0 ? 1 : 0;
        return held;
    }

    private static bool Within(Int128 value, in (Int128 Min, Int128 Max) range) => value >= range.Min && value <= range.Max;

    private static bool IsBeyond(Int128 was, Int128 value, in (Int128 Min, Int128 Max) range) => value > range.Max ? was < value : value < range.Min && was > value;

    private static string Range(in (Int128 Min, Int128 Max) range, int scale) => $"{ScaledNumber.Format(range.Min, scale)} to {ScaledNumber.Format(range.Max, scale)}";

    /// <summary>An account of the rulebook, or null and what of it has no price.</summary>
    public AccountData? Account(MarketBinding market, AccountState account, out string? problem)
    {
        AccountBatch? batch = Columns(market, [account], out problem);
        if (batch is null) return null;
        return new AccountData(
            account.Id.Value, [.. batch.Scalars.Select(column => (BigInteger)column[0])],
            [.. batch.Collections.Select(columns => Enumerable.Range(0, columns.Count).Select(i => columns.Fields.Select(field => (BigInteger)field[i]).ToImmutableArray()).ToImmutableArray())]);
    }

    /// <summary>An account of the rulebook with less of an asset, or owing it.</summary>
    /// <param name="market">The market.</param>
    /// <param name="account">The account.</param>
    /// <param name="asset">The asset.</param>
    /// <param name="amount">How much less, in the ledger's units.</param>
    public AccountData Less(MarketBinding market, AccountData account, int asset, long amount)
    {
        AssetRecord record = market.Asset(asset);
        BigInteger less = (BigInteger)amount * (BigInteger)record.AmountFactor;
        if (!HasBalances) return account with { Scalars = account.Scalars.SetItem(_cash, account.Scalars[_cash] - less) };
        ImmutableArray<ImmutableArray<BigInteger>> items = account.Items[_balances];
        int item = 0;
        while (item < items.Length && items[item][_balanceAsset] < record.Record) item++;
        if (item == items.Length || items[item][_balanceAsset] != record.Record)
            return account with { Items = account.Items.SetItem(_balances, items.Insert(item, [.. _balanceDefaults.Select((value, field) => field == _balanceAsset ? record.Record : field == _balanceAmount ? -less : (BigInteger)value)])) };
        return account with { Items = account.Items.SetItem(_balances, items.SetItem(item, items[item].SetItem(_balanceAmount, items[item][_balanceAmount] - less))) };
    }

    /// <summary>An account of the rulebook whose position cost more.</summary>
    /// <param name="market">The market.</param>
    /// <param name="account">The account, which has the position.</param>
    /// <param name="instrument">The ledger's instrument.</param>
    /// <param name="cost">How much more, in units of the asset that it settles in.</param>
    public AccountData Dearer(MarketBinding market, AccountData account, int instrument, Int128 cost)
    {
        ImmutableArray<ImmutableArray<BigInteger>> items = account.Items[_positions];
        int item = market.PositionOf(account, instrument);
        return account with { Items = account.Items.SetItem(_positions, items.SetItem(item, items[item].SetItem(_cost, items[item][_cost] + (BigInteger)cost * (BigInteger)market.Instrument(instrument).CostFactor))) };
    }

    /// <summary>Many accounts by columns; null and a reason when something of one cannot be valued.</summary>
    public AccountBatch? Columns(MarketBinding market, ReadOnlySpan<AccountState> accounts, out string? problem)
    {
        int balances = 0, positions = 0;
        foreach (AccountState account in accounts)
        {
            balances += account.Balances.Length;
            positions += account.Positions.Length;
        }
        Int128[][] balanceFields = Fields(_balanceDefaults, HasBalances ? balances : 0), positionFields = Fields(_positionDefaults, positions);
        Int128[][] scalars = Fields(_scalarDefaults, accounts.Length);
        int[] balanceEnds = new int[accounts.Length], positionEnds = new int[accounts.Length];
        problem = null;
        for (int a = 0, b = 0, p = 0; a < accounts.Length; a++)
        {
            int firstBalance = b, firstPosition = p;
            if (_mode >= 0 && _modes[(int)accounts[a].Mode] < 0) problem ??= $"{accounts[a].Id} is in {NameOf(accounts[a].Mode)} mode, which the rulebook does not know";
            else if (_mode >= 0) scalars[_mode][a] = _modes[(int)accounts[a].Mode];
            problem ??= Pledges.Write(accounts[a], scalars, a);
            foreach (AccountBalance balance in accounts[a].Balances)
            {
                if (balance.Amount == 0) continue;
                AssetRecord record = market.Asset(balance.Asset);
                if (!record.Priced || record.AmountFactor == 0) problem ??= $"{accounts[a].Id} has an asset (number {balance.Asset}) that the rulebook's market does not price";
                Int128 amount = balance.Amount * record.AmountFactor;
                if (amount < _amounts.Min || amount > _amounts.Max) problem ??= $"a balance of {accounts[a].Id} is out of the rulebook's range";
                if (!HasBalances) scalars[_cash][a] = amount;
                else Insert(balanceFields, _balanceAsset, firstBalance, b++, record.Record, (_balanceAmount, amount));
            }
            foreach (ref readonly Position position in accounts[a].Positions)
            {
                InstrumentRecord record = market.Instrument(position.Instrument);
                if (!record.Priced) problem ??= $"{accounts[a].Id} has a position in an instrument (number {position.Instrument}) that the rulebook's market does not price";
                (Int128 size, Int128 cost, Int128 margin) = (position.Size * record.SizeFactor, Cost(record, position) * record.CostFactor, position.Margin * record.CostFactor);
                if (size < _sizes.Min || size > _sizes.Max || cost < _costs.Min || cost > _costs.Max || (_margin >= 0 && (margin < _margins.Min || margin > _margins.Max)))
                    problem ??= $"a position of {accounts[a].Id} is out of the rulebook's range";
                Insert(positionFields, _instrument, firstPosition, p++, record.Record, (_size, size));
                Put(positionFields, _instrument, firstPosition, p, record.Record, _cost, cost);
                if (_margin >= 0) Put(positionFields, _instrument, firstPosition, p, record.Record, _margin, margin);
                else if (position.Margin != 0) problem ??= $"{accounts[a].Id} has margin set aside, which the rulebook does not know";
            }
            if (b - firstBalance > _mostBalances || p - firstPosition > _mostPositions) problem ??= $"{accounts[a].Id} has more items than the rulebook takes";
            (balanceEnds[a], positionEnds[a]) = (b, p);
        }
        if (problem is not null) return null;
        var collections = ImmutableArray.CreateBuilder<ItemColumns>(_schema.Collections.Length);
        for (int c = 0; c < _schema.Collections.Length; c++)
            collections.Add(c == _balances ? new ItemColumns(balanceEnds, balanceFields) : c == _positions ? new ItemColumns(positionEnds, positionFields) : new ItemColumns(new int[accounts.Length], Fields(new Int128[_schema.Collections[c].Fields.Length], 0)));
        return new AccountBatch(accounts.Length, [.. scalars], collections.MoveToImmutable());
    }

    private static Int128 Cost(InstrumentRecord record, in Position position)
    {
        if (record.Carry is not { FundingIndex: not 0 } instrument) return position.Cost;
        return instrument.Valuation.TryValue(position.Size, instrument.FundingIndex, out long carried) ? position.Cost + (Int128)carried : position.Cost;
    }

    /// <summary>Puts an item where its record's number says: records are numbered as parameters first had them, assets and instruments of the ledger as they were listed.</summary>
    private static void Insert(Int128[][] fields, int key, int first, int end, int record, (int Field, Int128 Value) value)
    {
        int at = end;
        for (; at > first && fields[key][at - 1] > record; at--)
            foreach (Int128[] field in fields) (field[at], field[at - 1]) = (field[at - 1], field[at]);
        fields[key][at] = record;
        fields[value.Field][at] = value.Value;
    }

    private static void Put(Int128[][] fields, int key, int first, int end, int record, int field, Int128 value)
    {
        for (int at = end - 1; at >= first; at--)
            if (fields[key][at] == record)
            {
                fields[field][at] = value;
                return;
            }
    }

    private static Int128[][] Fields(Int128[] defaults, int count)
    {
        var fields = new Int128[defaults.Length][];
        for (int f = 0; f < fields.Length; f++)
        {
            fields[f] = new Int128[count];
            if (defaults[f] != 0) Array.Fill(fields[f], defaults[f]);
        }
        return fields;
    }

    private Int128[] Defaults(ImmutableArray<SchemaField> fields, params int[] bound)
    {
        var defaults = new Int128[fields.Length];
        for (int f = 0; f < fields.Length; f++)
        {
            if (bound.Contains(f)) continue;
            defaults[f] = fields[f].Default is { } value ? (Int128)value : throw new ArgumentException($"the rulebook {_schema.Name} needs {fields[f].Name} of accounts, which the ledger does not know and which has no default");
        }
        return defaults;
    }

    /// <summary>By mode of the ledger its place among the rulebook's; −1 where it has none.</summary>
    private int[] ModesOf(RulebookSchema schema, EngineBinding names)
    {
        MarginMode[] modes = Enum.GetValues<MarginMode>();
        if (_mode < 0) return [.. modes.Select(_ => -1)];
        if (schema.Scalars[_mode].Type is FieldType.Choice { Type.Values: var values } && values.All(value => modes.Any(mode => NameOf(mode) == value))) return [.. modes.Select(mode => values.IndexOf(NameOf(mode)))];
        throw new ArgumentException($"{names.Mode} of the rulebook {schema.Name} is no choice of {string.Join(", ", modes.Select(NameOf))}: the binding must say which field takes an account's mode");
    }

    private static string NameOf(MarginMode mode) => mode.ToString().ToLowerInvariant();

    private int Needed(ImmutableArray<SchemaField> fields, string name) => SchemaField.IndexOf(fields, name) is var at and >= 0 ? at : throw new ArgumentException($"the rulebook {_schema.Name} has no field {name}: the binding must say which one it means");

    private static int ScaleOf(SchemaField field) => ((FieldType.Number)field.Type).Quantity.Scale;

    private static (Int128 Min, Int128 Max) RangeOf(SchemaField field)
    {
        Bounds bounds = ((FieldType.Number)field.Type).Quantity.Bounds;
        return ((Int128)bounds.Min, (Int128)bounds.Max);
    }

    private static Int128 Power(int exponent) => exponent <= 18 ? (Int128)BigInteger.Pow(10, exponent) : 0;
}
