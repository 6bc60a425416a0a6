using Fermat.Ledger.Events;
using Fermat.Ledger.State;

namespace Fermat.Ledger.Formats;

/// <summary>Which fields each event has, in their order. The numbers of kinds are those of the byte format and never change.</summary>
internal static class EventShape
{
    /// <summary>The names of kinds in JSON; a kind's number is its place, counted from 1.</summary>
    public static readonly string[] Kinds =
    [
        "venue-opened", "asset-listed", "instrument-listed", "account-opened", "deposit", "withdrawal-requested", "withdrawal-settled", "transfer", "margin-assigned", "trade", "funding-tick", "prices-set",
        "settlement", "liquidation", "collateral-sold", "auto-deleveraged", "insurance-paid", "loss-socialized", "parameters-updated", "marks-updated", "collateral-pledged", "pledge-released",
    ];

    private static readonly string[] Modes = ["cross", "isolated", "portfolio"], Rights = ["call", "put"];
    private static readonly string[] InstrumentKinds = ["spot", "linear-perpetual", "inverse-perpetual", "future", "option"];

    /// <summary>The number of an event's kind.</summary>
    /// <exception cref="ArgumentException">It is not an event of this vocabulary.</exception>
    public static int KindOf(LedgerEvent value) => value switch
    {
        VenueOpened => 1,
        AssetListed => 2,
        InstrumentListed => 3,
        AccountOpened => 4,
        Deposit => 5,
        WithdrawalRequested => 6,
        WithdrawalSettled => 7,
        Transfer => 8,
        MarginAssigned => 9,
        Trade => 10,
        FundingTick => 11,
        PricesSet => 12,
        Settlement => 13,
        Liquidation => 14,
        CollateralSold => 15,
        AutoDeleveraged => 16,
        InsurancePaid => 17,
        LossSocialized => 18,
        ParametersUpdated => 19,
        MarksUpdated => 20,
        CollateralPledged => 21,
        PledgeReleased => 22,
        _ => throw new ArgumentException($"{value.GetType().Name} is not an event of this ledger.", nameof(value)),
    };

    /// <summary>Passes an event of a kind through fields: what comes out is what was written, or read.</summary>
    /// <param name="f">The reader or writer.</param>
    /// <param name="kind">The number of the kind.</param>
    /// <param name="value">The event to write; null to read.</param>
    public static LedgerEvent Visit(EventFields f, int kind, LedgerEvent? value)
    {
        EventId id = f.Event("id", value?.Id ?? default);
        long time = f.Time("time", value?.Time ?? 0);
        switch (kind)
        {
            case 1:
                {
                    var e = (VenueOpened?)value;
                    return new VenueOpened(id, time, f.Text("venue", e?.Venue), f.Account("insurance", e?.Insurance ?? default), f.Account("fees", e?.Fees ?? default));
                }
            case 2:
                {
                    var e = (AssetListed?)value;
                    return new AssetListed(id, time, f.Symbol("asset", e?.Asset), f.Scale("scale", e?.Scale ?? 0));
                }
            case 3:
                return new InstrumentListed(id, time, Terms(f, ((InstrumentListed?)value)?.Instrument));
            case 4:
                {
                    var e = (AccountOpened?)value;
                    return new AccountOpened(id, time, f.Account("account", e?.Account ?? default), f.Owner("owner", e?.Owner ?? default), (MarginMode)f.Choice("mode", (int)(e?.Mode ?? 0), Modes));
                }
            case 5:
                {
                    var e = (Deposit?)value;
                    return new Deposit(id, time, f.Account("account", e?.Account ?? default), f.Symbol("asset", e?.Asset), f.Quantity("amount", e?.Amount ?? default));
                }
            case 6:
                {
                    var e = (WithdrawalRequested?)value;
                    return new WithdrawalRequested(id, time, f.Account("account", e?.Account ?? default), f.Symbol("asset", e?.Asset), f.Quantity("amount", e?.Amount ?? default), f.AuthorisationOrNone("by", e?.By));
                }
            case 7:
                {
                    var e = (WithdrawalSettled?)value;
                    return new WithdrawalSettled(id, time, f.Event("request", e?.Request ?? default), f.Flag("paid", e?.Paid ?? false));
                }
            case 8:
                {
                    var e = (Transfer?)value;
                    return new Transfer(id, time, f.Account("from", e?.From ?? default), f.Account("to", e?.To ?? default), f.Symbol("asset", e?.Asset), f.Quantity("amount", e?.Amount ?? default), f.AuthorisationOrNone("by", e?.By));
                }
            case 9:
                {
                    var e = (MarginAssigned?)value;
                    return new MarginAssigned(id, time, f.Account("account", e?.Account ?? default), f.Symbol("instrument", e?.Instrument), f.Quantity("amount", e?.Amount ?? default), f.AuthorisationOrNone("by", e?.By));
                }
            case 10:
                {
                    var e = (Trade?)value;
                    return new Trade(id, time, f.Symbol("instrument", e?.Instrument), f.Account("buyer", e?.Buyer ?? default), f.Account("seller", e?.Seller ?? default), f.Quantity("size", e?.Size ?? default),
                        f.Quantity("price", e?.Price ?? default), f.Quantity("buyerFee", e?.BuyerFee ?? default), f.Quantity("sellerFee", e?.SellerFee ?? default),
                        f.AuthorisationOrNone("byBuyer", e?.ByBuyer), f.AuthorisationOrNone("bySeller", e?.BySeller));
                }
            case 11:
                {
                    var e = (FundingTick?)value;
                    return new FundingTick(id, time, f.Symbol("instrument", e?.Instrument), f.Quantity("rate", e?.Rate ?? default));
                }
            case 12:
                {
                    var e = (PricesSet?)value;
                    IReadOnlyDictionary<string, Quantity> prices = f.Prices("prices", e?.Prices);
                    (byte[]? source, IReadOnlyDictionary<string, Quantity>? confidences) = f.Origin(e?.Source, e?.Confidences);
                    return new PricesSet(id, time, prices, source) { Confidences = confidences };
                }
            case 13:
                {
                    var e = (Settlement?)value;
                    return new Settlement(id, time, f.Symbol("instrument", e?.Instrument), f.Quantity("price", e?.Price ?? default), f.Flag("close", e?.Close ?? false));
                }
            case 14:
                {
                    var e = (Liquidation?)value;
                    return new Liquidation(id, time, f.Account("account", e?.Account ?? default), f.Symbol("instrument", e?.Instrument), f.Quantity("size", e?.Size ?? default), f.Quantity("price", e?.Price ?? default),
                        f.Account("taker", e?.Taker ?? default), f.Quantity("penalty", e?.Penalty ?? default));
                }
            case 15:
                {
                    var e = (CollateralSold?)value;
                    return new CollateralSold(id, time, f.Account("account", e?.Account ?? default), f.Symbol("asset", e?.Asset), f.Quantity("amount", e?.Amount ?? default), f.Symbol("for", e?.For),
                        f.Quantity("proceeds", e?.Proceeds ?? default), f.Account("taker", e?.Taker ?? default));
                }
            case 16:
                {
                    var e = (AutoDeleveraged?)value;
                    return new AutoDeleveraged(id, time, f.Account("account", e?.Account ?? default), f.Account("counterparty", e?.Counterparty ?? default), f.Symbol("instrument", e?.Instrument),
                        f.Quantity("size", e?.Size ?? default), f.Quantity("price", e?.Price ?? default));
                }
            case 17:
                {
                    var e = (InsurancePaid?)value;
                    return new InsurancePaid(id, time, f.Account("account", e?.Account ?? default), f.Symbol("asset", e?.Asset), f.Quantity("amount", e?.Amount ?? default));
                }
            case 18:
                {
                    var e = (LossSocialized?)value;
                    return new LossSocialized(id, time, f.Account("account", e?.Account ?? default), f.Symbol("asset", e?.Asset), f.Shares("shares", e?.Shares));
                }
            default:
                return new ParametersUpdated(id, time, f.Json("change", ((ParametersUpdated?)value)?.Change, LedgerParameters.Members));
            case 20:
                return new MarksUpdated(id, time, f.Json("change", ((MarksUpdated?)value)?.Change, MarksUpdated.Members));
            case 21:
                {
                    var e = (CollateralPledged?)value;
                    return new CollateralPledged(id, time, f.Account("account", e?.Account ?? default), f.Account("to", e?.To ?? default), f.Quantity("amount", e?.Amount ?? default), f.AuthorisationOrNone("by", e?.By));
                }
            case 22:
                {
                    var e = (PledgeReleased?)value;
                    return new PledgeReleased(id, time, f.Account("account", e?.Account ?? default), f.Account("to", e?.To ?? default), f.Quantity("amount", e?.Amount ?? default), f.AuthorisationOrNone("by", e?.By));
                }
        }
    }

    /// <summary>Passes the terms of an instrument through fields.</summary>
    public static InstrumentTerms Terms(EventFields f, InstrumentTerms? t) => new(
        f.Symbol("symbol", t?.Symbol), (InstrumentKind)f.Choice("kind", (int)(t?.Kind ?? 0), InstrumentKinds), f.Symbol("settle", t?.Settle), f.Scale("sizeScale", t?.SizeScale ?? 0),
        f.Scale("priceScale", t?.PriceScale ?? 0), f.Quantity("multiplier", t?.Multiplier ?? default), f.SymbolOrNone("underlying", t?.Underlying), f.TimeOrNone("expiry", t?.Expiry),
        f.QuantityOrNone("strike", t?.Strike), (OptionRight?)f.ChoiceOrNone("right", (int?)t?.Right, Rights));
}
