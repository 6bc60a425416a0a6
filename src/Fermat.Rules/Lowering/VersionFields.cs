using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Leaves;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// What events change in the accounts of a schema: <c>amount</c> of an account's <c>balances</c>, <c>size</c> and <c>cost</c> of its <c>positions</c>, which are in an instrument that names in <c>settle</c> the asset it is paid in, and
/// <c>margin</c>, what accounts in isolated mode set aside for a position; of the account itself <c>encumbered</c>, what of its equity is pledged, and <c>pledgee</c>, to whom. Everything else in an account stays as it is, its <c>mode</c> too.
/// </summary>
internal sealed record VersionFields
{
    private VersionFields()
    {
    }

    /// <summary>The collection of balances.</summary>
    public int Balances { get; private init; }

    /// <summary>The reference to the asset, and the amount.</summary>
    public int Asset { get; private init; }

    /// <summary>The amount among the fields of a balance.</summary>
    public int Amount { get; private init; }

    /// <summary>Digits of an amount, and of cash.</summary>
    public DigitFormat AmountFormat { get; private init; }

    /// <summary>The table of assets.</summary>
    public int AssetTable { get; private init; }

    /// <summary>The field of assets that is their index price; −1 where they have none, and then no collateral can be sold at it.</summary>
    public int Index { get; private init; } = -1;

    /// <summary>The bounds of an index price, none of which is negative.</summary>
    public Bounds IndexBounds { get; private init; }

    /// <summary>The collection of positions; −1 where a schema has none.</summary>
    public int Positions { get; private init; } = -1;

    /// <summary>The reference to the instrument.</summary>
    public int Instrument { get; private init; }

    /// <summary>The size among the fields of a position.</summary>
    public int Size { get; private init; }

    /// <summary>The cost among the fields of a position.</summary>
    public int Cost { get; private init; }

    /// <summary>Digits of a size.</summary>
    public DigitFormat SizeFormat { get; private init; }

    /// <summary>Digits of a cost.</summary>
    public DigitFormat CostFormat { get; private init; }

    /// <summary>What is set aside, among the fields of a position; −1 where nothing can be. It is never negative, and has the decimals of an amount.</summary>
    public int Margin { get; private init; } = -1;

    /// <summary>Digits of a margin.</summary>
    public DigitFormat MarginFormat { get; private init; }

    /// <summary>Whether something can be set aside for a position.</summary>
    public bool HasMargin => Margin >= 0;

    /// <summary>The account's field that says its mode, which an opening sets and nothing changes; −1 where a schema knows no modes.</summary>
    public int Mode { get; private init; } = -1;

    /// <summary>The isolated mode among the modes; −1 where there is none.</summary>
    public int Isolated { get; private init; } = -1;

    /// <summary>The account's number, never negative, of what of its equity is pledged, which events move where <see cref="HasPledges"/>.</summary>
    public int Encumbered { get; private init; } = -1;

    /// <summary>The account's number that says to whom: the leaf of that account and 1, or 0 where nothing is pledged.</summary>
    public int Pledgee { get; private init; } = -1;

    /// <summary>Whether an account can pledge what it has: its schema says how much of it is, and to whom.</summary>
    public bool HasPledges => Encumbered >= 0 && Pledgee >= 0;

    /// <summary>Digits of what is pledged more; negative where it is released.</summary>
    public DigitFormat PledgeFormat { get; private init; }

    /// <summary>The table of instruments.</summary>
    public int InstrumentTable { get; private init; }

    /// <summary>Its field that names the asset a position is paid in.</summary>
    public int Settle { get; private init; }

    /// <summary>Units of an amount are 10^this times as fine as units of a cost.</summary>
    public int FinerDigits { get; private init; }

    /// <summary>Whether the schema has positions.</summary>
    public bool HasPositions => Positions >= 0;

    /// <summary>The field of instruments that is their mark price; −1 where they have none, and then nothing can be handed over at it.</summary>
    public int Mark { get; private init; } = -1;

    /// <summary>Whether a position can be settled at its mark price and go on.</summary>
    public bool CanBeMarked => HasPositions && Mark >= 0;

    /// <summary>The bounds of a mark price.</summary>
    public Bounds MarkBounds { get; private init; }

    /// <summary>The field of instruments that is their funding index, which a cost does not hold; −1 where they have none.</summary>
    public int Funding { get; private init; } = -1;

    /// <summary>What a size is worth has this many decimals more than a cost.</summary>
    public int ValueShift { get; private init; }

    /// <summary>The flag of instruments that is set of inverse contracts, which are worth −size / (mark − funding); −1 where none can be.</summary>
    public int Inverse { get; private init; } = -1;

    /// <summary>Whether an instrument is an inverse contract.</summary>
    public bool IsInverse(MarketData market, int record) => Inverse >= 0 && !market.Tables[InstrumentTable][record].Fields[Inverse].Integer.IsZero;

    /// <summary>Digits of mark − funding.</summary>
    public DigitFormat PriceFormat { get; private init; }

    private (int Mark, int Funding) PriceFactors { get; init; }

    private Bounds PriceBounds { get; init; }

    private (BigInteger Size, BigInteger Cost) InverseFactors { get; init; }

    /// <summary>mark − funding of an instrument, with as many decimals as <see cref="ValueShift"/> is for.</summary>
    public BigInteger PriceOf(MarketData market, int record)
    {
        ImmutableArray<FieldValue> fields = market.Tables[InstrumentTable][record].Fields;
        BigInteger price = BigInteger.Pow(10, PriceFactors.Mark) * fields[Mark].Integer;
        return Funding < 0 ? price : price - BigInteger.Pow(10, PriceFactors.Funding) * fields[Funding].Integer;
    }

    /// <summary>
    /// What a size that is handed over at the mark price costs, where contracts can be inverse: |size · this − cost · <see cref="CostFactorOf"/>| is at most <see cref="AtMarkAllowance"/>. Of a linear contract this is the price, and of an inverse one the price is
    /// the factor of the cost: −size / price, times the price.
    /// </summary>
    public BigInteger SizeFactorOf(MarketData market, int record) => IsInverse(market, record) ? -InverseFactors.Size : PriceOf(market, record);

    /// <summary>The factor of the cost.</summary>
    public BigInteger CostFactorOf(MarketData market, int record) => IsInverse(market, record) ? InverseFactors.Cost * PriceOf(market, record) : BigInteger.Pow(10, ValueShift);

    /// <summary>
    /// Less than one unit of the ledger, in the units of that comparison: 10^costRounding units of cost of a linear contract, and of an inverse one a unit of the asset that it settles in. At a price that is not positive an inverse contract has no value: −1, which
    /// nothing is at most.
    /// </summary>
    public BigInteger AtMarkAllowance(MarketData market, LedgerUnits units, int record, int costRounding)
    {
        if (!IsInverse(market, record)) return BigInteger.Pow(10, ValueShift + costRounding) - 1;
        BigInteger unit = BigInteger.Max(1, units.Amounts[(int)market.Tables[InstrumentTable][record].Fields[Settle].Integer] / BigInteger.Pow(10, FinerDigits)), price = PriceOf(market, record);
        return price.Sign > 0 ? InverseFactors.Cost * price * unit - 1 : -1;
    }

    /// <summary>The bounds of <see cref="SizeFactorOf"/>.</summary>
    public Bounds SizeFactorBounds => PriceBounds.Union(Bounds.Of(-InverseFactors.Size));

    /// <summary>The bounds of <see cref="CostFactorOf"/>.</summary>
    public Bounds CostFactorBounds => (Bounds.Of(InverseFactors.Cost) * PriceBounds).Union(Bounds.Of(BigInteger.Pow(10, ValueShift)));

    /// <summary>The bounds of <see cref="AtMarkAllowance"/>.</summary>
    public Bounds AtMarkAllowanceBounds(int costRounding) => new(-1, BigInteger.Max(BigInteger.Pow(10, ValueShift + costRounding), InverseFactors.Cost * PriceBounds.Magnitude * LedgerUnits.Max));

    /// <summary>What events change in the accounts of a schema.</summary>
    /// <exception cref="CoreException">The schema's balances or positions are of another form.</exception>
    public static VersionFields Of(RulebookSchema schema)
    {
        int balances = schema.CollectionOf("balances");
        if (balances < 0) throw Other("an account has no collection `balances`", "name the collection of what an account holds `balances`");
        (int asset, int assets) = Reference(schema, balances);
        (int amount, Quantity amounts) = Number(schema, balances, "amount");
        var fields = WithPledges(schema, WithMode(schema, new VersionFields { Balances = balances, Asset = asset, Amount = amount, AmountFormat = DigitFormat.Of(amounts.Bounds), AssetTable = assets }));
        int index = schema.Tables[assets].FieldOf("index");
        if (index >= 0 && schema.Tables[assets].Fields[index].Type is FieldType.Number { Quantity.Bounds: { Min.Sign: >= 0 } prices }) fields = fields with { Index = index, IndexBounds = prices };
        if (!fields.AmountFormat.IsSigned) throw Other("an amount cannot be negative", "leave out `nonnegative`");
        int positions = schema.CollectionOf("positions");
        if (positions < 0) return fields;
        (int instrument, int instruments) = Reference(schema, positions);
        (int size, Quantity sizes) = Number(schema, positions, "size");
        (int cost, Quantity costs) = Number(schema, positions, "cost");
        int settle = schema.Tables[instruments].FieldOf("settle");
        if (settle < 0 || schema.Tables[instruments].Fields[settle].Type is not FieldType.Reference { Table: var paid } || paid != assets)
            throw Other($"records of {schema.Tables[instruments].Name} do not name the asset they are paid in", $"`settle: {schema.Tables[assets].Name}`");
        int finer = amounts.Scale - costs.Scale;
        if (finer < 0) throw Other("costs have more decimals than amounts, so what a closed position gained is not always an amount", "give amounts at least as many decimals");
        if (!DigitFormat.Of(sizes.Bounds).IsSigned || !DigitFormat.Of(costs.Bounds).IsSigned) throw Other("a size or a cost cannot be negative", "leave out `nonnegative`");
        return WithPrices(schema, sizes.Scale, costs.Scale, WithMargin(schema, positions, amounts.Scale, fields) with
        {
            Positions = positions,
            Instrument = instrument,
            Size = size,
            Cost = cost,
            SizeFormat = DigitFormat.Of(sizes.Bounds),
            CostFormat = DigitFormat.Of(costs.Bounds),
            InstrumentTable = instruments,
            Settle = settle,
            FinerDigits = finer,
        });
    }

    /// <summary>The names of the modes that an account can be in, as rulebooks and the ledger write them.</summary>
    private static readonly string[] Modes = ["cross", "isolated", "portfolio"];

    private static VersionFields WithMode(RulebookSchema schema, VersionFields fields)
    {
        int mode = schema.ScalarOf("mode");
        return mode >= 0 && schema.Scalars[mode].Type is FieldType.Choice { Type.Values: var values } && values.All(value => Modes.Contains(value)) ? fields with { Mode = mode, Isolated = values.IndexOf("isolated") } : fields;
    }

    /// <summary>Something can be pledged where accounts have both fields of <see cref="PledgeFields"/>; otherwise these stay as they are, as everything else does.</summary>
    private static VersionFields WithPledges(RulebookSchema schema, VersionFields fields)
    {
        if (PledgeFields.Of(schema) is not { } pledges) return fields;
        Bounds pledged = ((FieldType.Number)schema.Scalars[pledges.Encumbered].Type).Quantity.Bounds;
        return fields with { Encumbered = pledges.Encumbered, Pledgee = pledges.Pledgee, PledgeFormat = DigitFormat.Of(pledged.Union(-pledged)) };
    }

    /// <summary>A margin can be set aside where accounts can be in isolated mode, and where it is counted as amounts are and is never negative; otherwise it stays as it is, as everything else does.</summary>
    private static VersionFields WithMargin(RulebookSchema schema, int positions, int amountScale, VersionFields fields)
    {
        int margin = schema.Collections[positions].FieldOf("margin");
        return margin >= 0 && fields.Isolated >= 0 && schema.Collections[positions].Fields[margin].Type is FieldType.Number { Quantity: { Bounds.Min.Sign: >= 0 } quantity } && quantity.Scale == amountScale
            ? fields with { Margin = margin, MarginFormat = DigitFormat.Of(quantity.Bounds) }
            : fields;
    }

    /// <summary>Mark and funding at one scale, at which a size's value has no fewer decimals than a cost.</summary>
    private static VersionFields WithPrices(RulebookSchema schema, int sizeScale, int costScale, VersionFields fields)
    {
        MarketTable instruments = schema.Tables[fields.InstrumentTable];
        ImmutableArray<SchemaField> declared = instruments.Fields;
        int mark = instruments.FieldOf("mark"), funding = instruments.FieldOf("funding"), inverse = instruments.FieldOf("inverse");
        if (mark < 0 || declared[mark].Type is not FieldType.Number { Quantity: var price }) return fields;
        Quantity? index = funding >= 0 && declared[funding].Type is FieldType.Number { Quantity: var found } ? found : null;
        int scale = Math.Max(Math.Max(price.Scale, index?.Scale ?? 0), costScale - sizeScale);
        (int marks, int indices) = (scale - price.Scale, index is null ? 0 : scale - index.Scale);
        int inverted = costScale + scale - sizeScale; // decimals that −size / price lacks of a cost
        Bounds bounds = Bounds.Of(BigInteger.Pow(10, marks)) * price.Bounds;
        if (index is not null) bounds += -(Bounds.Of(BigInteger.Pow(10, indices)) * index.Bounds);
        return fields with { Mark = mark, MarkBounds = price.Bounds, Funding = index is null ? -1 : funding, Inverse = inverse >= 0 && declared[inverse].Type is FieldType.Flag ? inverse : -1, ValueShift = sizeScale + scale - costScale, PriceFormat = DigitFormat.Of(bounds), PriceBounds = bounds, PriceFactors = (marks, indices), InverseFactors = (BigInteger.Pow(10, Math.Max(inverted, 0)), BigInteger.Pow(10, Math.Max(-inverted, 0))) };
    }

    private static (int Field, int Table) Reference(RulebookSchema schema, int collection)
    {
        Collection declared = schema.Collections[collection];
        (int Field, int Table)[] found = [.. declared.Fields.Select((field, i) => (field, i)).Where(f => f.field.Type is FieldType.Reference).Select(f => (f.i, ((FieldType.Reference)f.field.Type).Table))];
        return found.Length == 1 ? found[0] : throw Other($"items of {declared.Name} have {found.Length} references", "one reference for each item");
    }

    private static (int Field, Quantity Quantity) Number(RulebookSchema schema, int collection, string name)
    {
        Collection declared = schema.Collections[collection];
        int field = declared.FieldOf(name);
        return field >= 0 && declared.Fields[field].Type is FieldType.Number { Quantity: var quantity } ? (field, quantity) : throw Other($"items of {declared.Name} have no number `{name}`", $"a field `{name}`");
    }

    private static CoreException Other(string what, string instead) => new("transition", $"events cannot be proven under this rulebook: {what}", instead);
}
