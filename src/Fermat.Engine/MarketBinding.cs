using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

/// <summary>
/// A rulebook's schema over a ledger: market records from the ledger's parameters, prices and funding; accounts' items from balances and positions. A value never loses a digit: what is
/// finer than the rulebook's field is refused where it is listed or said.
/// </summary>
internal sealed class MarketBinding
{
    private static readonly Dictionary<string, Amount> NoPrices = [];

    private readonly RulebookSchema _schema;
    private readonly EngineBinding _names;
    private readonly TermsBinding _terms;
    private readonly int _assets, _index, _indexConfidence, _instruments, _mark, _markConfidence, _funding;
    private AssetRecord[] _assetRecords = [];
    private InstrumentRecord[] _instrumentRecords = [];

    public MarketBinding(RulebookSchema schema, EngineBinding names)
    {
        (_schema, _names) = (schema, names);
        Items = new ItemBinding(schema, names);
        _instruments = Table(names.InstrumentTable, needed: true);
        (_mark, _funding) = (Field(_instruments, names.Mark, needed: true), Field(_instruments, names.Funding, needed: false));
        _assets = Table(names.AssetTable, needed: Items.HasBalances);
        _index = _assets < 0 ? -1 : Field(_assets, names.Index, needed: true);
        (_indexConfidence, _markConfidence) = (Confidence(_assets, names.IndexConfidence), Confidence(_instruments, names.MarkConfidence));
        _terms = new TermsBinding(schema, names, _instruments, _assets);
    }

    public ItemBinding Items { get; }

    /// <summary>The market data; null until the parameters are there.</summary>
    public MarketData? Market { get; private set; }

    public AssetRecord Asset(int index) => index < _assetRecords.Length ? _assetRecords[index] : AssetRecord.None;

    public InstrumentRecord Instrument(int index) => index < _instrumentRecords.Length ? _instrumentRecords[index] : InstrumentRecord.None;

    /// <summary>Where the position in an instrument stands among those of an account that has one; −1 where it has none.</summary>
    public int PositionOf(AccountData account, int instrument) => Items.PositionOf(account, Instrument(instrument).Record);

    /// <summary>Whether the rulebook has a field for the funding index.</summary>
    public bool HasFunding => _funding >= 0;

    /// <summary>What is wrong with an event before it is applied, or null.</summary>
    public string? Problem(LedgerState state, LedgerEvent cause)
    {
        switch (cause)
        {
            case AssetListed listed:
                return Items.AmountScale is { } amounts && listed.Scale > amounts ? $"amounts of {listed.Asset} have {listed.Scale} decimals, and the rulebook's {amounts}" : null;
            case AccountOpened opened:
                return Items.Problem(opened);
            case InstrumentListed { Instrument: { Kind: not InstrumentKind.Spot } terms }:
                if (_terms.Problem(state, terms) is { } unfit) return unfit;
                if (terms.PriceScale > PriceScale(_instruments, _mark)) return $"prices of {terms.Symbol} have {terms.PriceScale} decimals, and the rulebook's {PriceScale(_instruments, _mark)}";
                if (state.TryFindAsset(terms.Settle, out AssetState? settle) && Items.Problem(terms, settle.Scale) is { } scale) return scale;
                if (Market is null) return null;
                _ = Read(state, state.Parameters, out string? contradicted, terms); // its record can be there already
                return contradicted;
            case PricesSet prices:
                foreach ((string feed, Amount price) in prices.Prices)
                    if (_index >= 0 && state.TryFindAsset(feed, out _) && !Takes(_assets, _index, price)) return $"the index {price} of {feed} does not fit the rulebook's {_names.Index}";
                    else if (state.TryFindInstrument(feed, out InstrumentState? instrument) && instrument.HasPositions && !Takes(_instruments, _mark, price)) return $"the mark {price} of {feed} does not fit the rulebook's {_names.Mark}";
                foreach ((string feed, Amount confidence) in prices.Confidences ?? NoPrices)
                    if (_indexConfidence >= 0 && state.TryFindAsset(feed, out _) && !Takes(_assets, _indexConfidence, confidence)) return $"the confidence {confidence} of {feed} does not fit the rulebook's {_names.IndexConfidence}";
                    else if (_markConfidence >= 0 && state.TryFindInstrument(feed, out InstrumentState? instrument) && instrument.HasPositions && !Takes(_instruments, _markConfidence, confidence)) return $"the confidence {confidence} of {feed} does not fit the rulebook's {_names.MarkConfidence}";
                return null;
            case FundingTick { } tick when _funding >= 0:
                if (!state.TryFindInstrument(tick.Instrument, out InstrumentState? funded) || funded.Mark is not { } at || tick.StepAt(at) is not { } step) return null; // the ledger says why
                var moved = new Amount(funded.FundingIndex + step, funded.Terms.PriceScale);
                return Takes(_instruments, _funding, moved) ? null : $"the funding index of {tick.Instrument} would be {moved}, which does not fit the rulebook's {_names.Funding}";
            case CollateralPledged or PledgeReleased:
                return Items.Pledges.Problem(state, cause);
            case ParametersUpdated update:
                if (!LedgerParameters.TryMerge(state.Parameters, update.Change, out string merged, out _)) return null; // the ledger says why
                _ = Read(state, merged, out string? fault);
                return fault;
            default:
                return null;
        }
    }

    /// <summary>Market data as an update would leave them, with the prices of now; null where the ledger or the rulebook cannot take it.</summary>
    public MarketData? After(LedgerState state, ParametersUpdated update)
        => LedgerParameters.TryMerge(state.Parameters, update.Change, out string merged, out _) && Read(state, merged, out _) is { } market ? Price(state, market).Market : null;

    /// <summary>Market data as prices of a time would leave them; null where there are no parameters yet.</summary>
    public MarketData? After(LedgerState state, IReadOnlyDictionary<string, Amount> prices, long time, IReadOnlyDictionary<string, Amount>?[] confidences) =>
        Market is null ? null : Price(state, Market, prices, time, confidences).Market;

    /// <summary>Takes over the ledger's parameters, prices and funding.</summary>
    public void Refresh(LedgerState state)
    {
        MarketData? market = Read(state, state.Parameters, out _);
        Market = market is null ? null : Priced(state, market);
    }

    /// <summary>Takes over prices and funding; records stay.</summary>
    public void RefreshPrices(LedgerState state)
    {
        if (Market is not null) Market = Priced(state, Market);
    }

    private MarketData? Read(LedgerState state, string parameters, out string? fault, InstrumentTerms? listing = null)
    {
        var root = (JsonObject)JsonNode.Parse(parameters)!;
        root["market"] ??= new JsonObject();
        root[RuleInputs.OrderMember] = RuleInputs.ListedOrder;                              // numbers of records are places in the ledger's lists, which no listing moves
        var market = (JsonObject)root["market"]!;
        if (_assets >= 0)
            foreach (JsonObject record in Records(market, _names.AssetTable))
            {
                record.TryAdd(_names.Index, "1");
                if (_indexConfidence >= 0) record.TryAdd(_names.IndexConfidence, "1");
            }
        foreach (JsonObject record in Records(market, _names.InstrumentTable))
        {
            record.TryAdd(_names.Mark, "1");
            if (_markConfidence >= 0) record.TryAdd(_names.MarkConfidence, "1");
            if (_terms.Left >= 0) record.TryAdd(_names.Left, "0");
            if (record["symbol"]?.GetValueKind() != System.Text.Json.JsonValueKind.String) continue;
            string symbol = record["symbol"]!.GetValue<string>();
            if ((symbol == listing?.Symbol ? listing : state.TryFindInstrument(symbol, out InstrumentState? instrument) ? instrument.Terms : null) is { } terms) _terms.Write(record, terms);
        }
        RuleInputs inputs = RuleInputs.Read(_schema, ("parameters", Encoding.UTF8.GetBytes(root.ToJsonString())));
        fault = inputs.Errors.Count > 0 ? inputs.Errors[0].ToString() : null;
        return inputs.Market;
    }

    private static IEnumerable<JsonObject> Records(JsonObject market, string table) => market[table] is JsonArray records ? records.OfType<JsonObject>() : [];

    private MarketData Priced(LedgerState state, MarketData market)
    {
        (MarketData priced, _assetRecords, _instrumentRecords) = Price(state, market);
        return priced;
    }

    private (MarketData Market, AssetRecord[] Assets, InstrumentRecord[] Instruments) Price(LedgerState state, MarketData market, IReadOnlyDictionary<string, Amount>? prices = null, long? time = null, IReadOnlyDictionary<string, Amount>?[]? confidences = null)
    {
        var assets = new AssetRecord[state.Assets.Count];
        var instruments = new InstrumentRecord[state.Instruments.Count];
        var tables = market.Tables.ToBuilder();
        for (int i = 0; i < state.Assets.Count; i++)
        {
            AssetState asset = state.Assets[i];
            int record = _assets < 0 ? 0 : market.IndexOf(_assets, asset.Symbol);
            bool priced = _assets < 0 ? asset.Symbol == _names.CashAsset : record >= 0 && (Said(asset.Symbol) ?? asset.IndexPrice) is { } price && Set(tables, _assets, record, _index, price);
            if (record >= 0 && _indexConfidence >= 0) priced &= Set(tables, _assets, record, _indexConfidence, Sure(asset.Symbol));
            assets[i] = new AssetRecord(record, priced, Items.AmountFactor(asset.Scale));
        }
        for (int i = 0; i < state.Instruments.Count; i++)
        {
            InstrumentState instrument = state.Instruments[i];
            int record = instrument.HasPositions ? market.IndexOf(_instruments, instrument.Terms.Symbol) : -1;
            bool priced = record >= 0 && (Said(instrument.Terms.Symbol) ?? (instrument.Mark is { } old ? new Amount(old, instrument.Terms.PriceScale) : null)) is { } mark && Set(tables, _instruments, record, _mark, mark)
                && (_funding < 0 || Set(tables, _instruments, record, _funding, new Amount(instrument.FundingIndex, instrument.Terms.PriceScale)));
            if (record >= 0 && _markConfidence >= 0) priced &= Set(tables, _instruments, record, _markConfidence, Sure(instrument.Terms.Symbol));
            if (record >= 0 && _terms.Left >= 0) priced &= Set(tables, _instruments, record, _terms.Left, TermsBinding.LeftAt(instrument.Terms, time ?? state.PriceTime));
            (Int128 size, Int128 cost) = instrument.HasPositions ? Items.PositionFactors(instrument.Terms, state.Assets[instrument.Settle].Scale) : (0, 0);
            instruments[i] = new InstrumentRecord(record, priced && size > 0 && cost > 0, size, cost, HasFunding ? null : instrument);
        }
        return (market with { Tables = tables.ToImmutable() }, assets, instruments);

        Amount Sure(string symbol)
        {
            if (prices is null || !prices.ContainsKey(symbol)) return state.ConfidenceOf(symbol);
            foreach (IReadOnlyDictionary<string, Amount>? said in confidences ?? [])
                if (said is not null && said.TryGetValue(symbol, out Amount sure)) return sure;
            return new Amount(1);
        }

        Amount? Said(string symbol) => prices is not null && prices.TryGetValue(symbol, out Amount said) ? said : null;
    }

    private bool Set(ImmutableArray<ImmutableArray<MarketRecord>>.Builder tables, int table, int record, int field, Amount value) =>
        value.TryAt(PriceScale(table, field), out Int128 units) && Set(tables, table, record, field, units);

    private bool Set(ImmutableArray<ImmutableArray<MarketRecord>>.Builder tables, int table, int record, int field, Int128 units)
    {
        if (!((FieldType.Number)_schema.Tables[table].Fields[field].Type).Quantity.Bounds.Contains(units)) return false;
        MarketRecord old = tables[table][record];
        if (old.Fields[field].Integer != units) tables[table] = tables[table].SetItem(record, old with { Fields = old.Fields.SetItem(field, new FieldValue(units)) });
        return true;
    }

    private bool Takes(int table, int field, Amount value)
    {
        var number = (FieldType.Number)_schema.Tables[table].Fields[field].Type;
        return value.TryAt(number.Quantity.Scale, out Int128 units) && number.Quantity.Bounds.Contains(units);
    }

    /// <summary>The field of a confidence, which must take one: that of a price of which nothing is said; −1 where there is none.</summary>
    private int Confidence(int table, string name)
    {
        int field = table < 0 ? -1 : _schema.Tables[table].FieldOf(name);
        if (field < 0) return -1;
        if (_schema.Tables[table].Fields[field].Type is not FieldType.Number || !Takes(table, field, new Amount(1))) throw new ArgumentException($"{name} of {_schema.Tables[table].Name} in the rulebook {_schema.Name} is no number that can be one, and a confidence can: the binding must name another field");
        return field;
    }

    private int PriceScale(int table, int field) => ((FieldType.Number)_schema.Tables[table].Fields[field].Type).Quantity.Scale;

    private int Table(string name, bool needed) =>
        _schema.TableOf(name) is var table && table < 0 && needed ? throw new ArgumentException($"the rulebook {_schema.Name} has no market table {name}: the binding must say which one it means") : table;

    private int Field(int table, string name, bool needed) =>
        _schema.Tables[table].FieldOf(name) is var field && field < 0 && needed ? throw new ArgumentException($"{_schema.Tables[table].Name} has no field {name}: the binding must say which one it means") : field;
}

/// <summary>An asset of the ledger in the rulebook's market.</summary>
internal readonly record struct AssetRecord(int Record, bool Priced, Int128 AmountFactor)
{
    public static AssetRecord None { get; } = new(-1, false, 0);
}

/// <summary>An instrument of the ledger in the rulebook's market.</summary>
/// <param name="Record">Its record, or −1.</param>
/// <param name="Priced">Whether positions in it can be valued.</param>
/// <param name="SizeFactor">Units of the rulebook's size in one of the ledger's.</param>
/// <param name="CostFactor">Units of the rulebook's cost in one of the settlement asset.</param>
/// <param name="Carry">Where the rulebook has no funding index: the instrument, whose index the cost is brought to.</param>
internal readonly record struct InstrumentRecord(int Record, bool Priced, Int128 SizeFactor, Int128 CostFactor, InstrumentState? Carry)
{
    public static InstrumentRecord None { get; } = new(-1, false, 0, 0, null);
}
