using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Transitions;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Venue;

/// <summary>What the rows of an event must be, from the event and what is public alone.</summary>
internal sealed class EventRows(EventAnchors anchors)
{
    private static readonly EventKind[] Rejected = [EventKind.Rejected];
    private static readonly EventKind[] Step = [EventKind.RejectedStep];

    private readonly List<string> _unknown = [];

    private TransitionInputs Batch => anchors.Batch;

    /// <summary>Assets that moved and could not be compared.</summary>
    public IEnumerable<string> AssetsNotCompared => _unknown;

    /// <summary>Whether a row is of something that was rejected.</summary>
    public static bool IsRejected(EventKind kind) => kind is EventKind.Rejected or EventKind.RejectedTrade or EventKind.RejectedPayment or EventKind.RejectedStep or EventKind.RejectedBorrowing or EventKind.RejectedHalf or EventKind.RejectedSpot
        or EventKind.RejectedReturn or EventKind.RejectedAssignment or EventKind.RejectedSetAside or EventKind.RejectedPledge;

    /// <summary>Whether the rows are of kinds that the event has, and as many.</summary>
    public static EventFault? Kinds(LedgerEvent cause, ImmutableArray<EventRowOpening> rows)
    {
        EventKind[] kinds = [.. rows.Select(row => row.Kind)];
        EventKind[][] known = cause switch
        {
            AccountOpened => [[EventKind.Opening]],
            Deposit or WithdrawalSettled => [[EventKind.Deposit]],
            WithdrawalRequested => [[EventKind.Withdrawal], [EventKind.RejectedPayment], [EventKind.RejectedBorrowing]],
            Transfer => [[EventKind.Transfer], [EventKind.RejectedPayment], [EventKind.RejectedBorrowing]],
            MarginAssigned => [[EventKind.MarginAssignment], [EventKind.RejectedAssignment], [EventKind.RejectedSetAside]],
            Trade => [[EventKind.Trade], [EventKind.RejectedTrade], [EventKind.Delivery, EventKind.DeliveryPayment], [EventKind.RejectedHalf, EventKind.RejectedSpot, EventKind.RejectedReturn], [EventKind.RejectedBorrowing]],
            CollateralPledged => [[EventKind.Pledge], [EventKind.RejectedPledge]],
            PledgeReleased => [[EventKind.Release]],
            Liquidation => [[EventKind.Liquidation], Step],
            AutoDeleveraged => [[EventKind.Deleveraging], Step],
            CollateralSold => [[EventKind.CollateralSale, EventKind.CollateralPayment], Step],
            InsurancePaid => [[EventKind.InsurancePayment], Step],
            LossSocialized e => [Enumerable.Repeat(EventKind.LossShare, e.Shares.Count).ToArray(), Step],
            Settlement { Close: true } => [kinds.Where(kind => kind is EventKind.Settlement or EventKind.MarginReturn).ToArray(), [.. kinds.Where(kind => kind == EventKind.MarginReturn), EventKind.Deposit]],
            Settlement => [kinds.Where(kind => kind is EventKind.VariationMargin or EventKind.Deposit).ToArray()],
            _ => [],
        };
        return known.Append(Rejected).Any(one => one.SequenceEqual(kinds))
            ? null
            : new(EventFaultCode.OtherKind, $"an event {cause.GetType().Name} is not proven by such rows", rows[0].Row, string.Join(" or ", known.Append(Rejected).Where(one => one.Length > 0).Select(one => string.Join(", ", one))), string.Join(", ", kinds));
    }

    /// <summary>Who instructs a row, as the event says: the first account, and the second.</summary>
    public (Instruction? First, Instruction? Second) Instructions(LedgerEvent cause, EventRowOpening row)
    {
        switch (cause)
        {
            case Trade e:
                Instruction buyer = new(e.Buyer, e.ByBuyer), seller = new(e.Seller, e.BySeller);
                return row.Kind is EventKind.Trade or EventKind.DeliveryPayment ? (buyer, seller)
                    : row.Kind == EventKind.Delivery ? (seller, buyer)
                    : IsBuyer(e, row) ? (buyer, buyer) : (seller, seller);                           // an attempt is of one side
            case WithdrawalRequested e:
                return (new(e.Account, e.By), null);
            case Transfer e:
                return (new(e.From, e.By), null);
            case MarginAssigned e:
                return (new(e.Account, e.By), null);
            case CollateralPledged e:
                return (new(e.Account, e.By), null);
            case PledgeReleased e:
                return (null, new(e.To, e.By));
            default:
                return (null, null);
        }
    }

    /// <summary>Which accounts the rows are of, by the names of the event. Of rows that the event names nobody for, such as those of a settlement, there are none.</summary>
    public IEnumerable<(AccountId Account, int Leaf, int Row)> Accounts(LedgerEvent cause, ImmutableArray<EventRowOpening> rows) => rows.SelectMany((row, i) =>
    {
        (AccountId? first, AccountId? second) = Named(cause, row, i);
        return ((AccountId? Name, int Leaf)[])[(first, row.First), (second, row.Second)] is var both ? both.Where(one => one.Name is not null).Select(one => (one.Name!.Value, one.Leaf, row.Row)) : [];
    });

    private (AccountId? First, AccountId? Second) Named(LedgerEvent cause, EventRowOpening row, int number) => (cause, row.Kind) switch
    {
        (_, EventKind.Rejected or EventKind.RejectedReturn) => (null, null),
        (AccountOpened e, _) => (e.Account, null),
        (Deposit e, _) => (e.Account, null),
        (WithdrawalSettled e, _) when RequestOf(e) is { } request => (request.Account, null),
        (WithdrawalRequested e, _) => (e.Account, null),
        (Transfer e, var kind) => (e.From, kind == EventKind.Transfer ? e.To : null),
        (MarginAssigned e, _) => (e.Account, null),
        (CollateralPledged e, _) => (e.Account, e.To),
        (PledgeReleased e, _) => (e.Account, e.To),
        (Trade e, EventKind.Trade or EventKind.DeliveryPayment) => (e.Buyer, e.Seller),
        (Trade e, EventKind.Delivery) => (e.Seller, e.Buyer),
        (Trade e, _) => (IsBuyer(e, row) ? e.Buyer : e.Seller, null),
        (Liquidation e, var kind) => (e.Account, kind == EventKind.RejectedStep ? null : e.Taker),
        (AutoDeleveraged e, var kind) => (e.Account, kind == EventKind.RejectedStep ? null : e.Counterparty),
        (CollateralSold e, EventKind.CollateralPayment) => (e.Taker, e.Account),
        (CollateralSold e, var kind) => (e.Account, kind == EventKind.RejectedStep ? null : e.Taker),
        (InsurancePaid e, var kind) => kind == EventKind.RejectedStep ? (e.Account, null) : (null, e.Account),
        (LossSocialized e, var kind) => kind == EventKind.RejectedStep ? (e.Account, null) : (e.Shares[number].Account, e.Account),
        _ => (null, null),
    };

    /// <summary>Compares what the rows move with what the event says.</summary>
    /// <param name="cause">The event.</param>
    /// <param name="rows">Its rows, of kinds that it has.</param>
    /// <param name="compared">Whether the event says what they move.</param>
    public EventFault? Compare(LedgerEvent cause, ImmutableArray<EventRowOpening> rows, out bool compared)
    {
        compared = rows[0].Kind is not (EventKind.Rejected or EventKind.RejectedStep);
        if (!compared) return null;
        EventFault? fault = null;
        for (int i = 0; i < rows.Length && fault is null; i++) fault = cause is LossSocialized loss ? Moved(rows[i], "share", loss.Asset, loss.Shares[i].Amount) : Compare(cause, rows[i]);
        if (rows is [{ Kind: EventKind.Delivery or EventKind.RejectedHalf } delivery, var payment, ..] && delivery.Asset == payment.Asset)
            fault ??= new(EventFaultCode.OtherAmounts, "what is delivered and what is paid for it are one asset", payment.Row, "two assets", SymbolOf("balances", payment.Asset));
        compared = _unknown.Count == 0 && (cause is not WithdrawalSettled { Paid: false } settled || RequestOf(settled) is not null);
        return fault;
    }

    private EventFault? Compare(LedgerEvent cause, EventRowOpening row) => cause switch
    {
        AccountOpened e => Same(row, "owner", $"{Digest.FromFields(AccountDigests.OfOwnerV2(e.Owner.ToArray()))}", $"{row.FirstOwner}")
            ?? Same(row, "name", $"{Digest.FromFields(AccountDigests.OfId(Batch.Rulebook.SchemaDigest, e.Account.Value))}", $"{row.SecondOwner}"),
        Deposit e => Asset(row, e.Asset) ?? Cash(row, "amount", e.Amount, row.FirstCash),
        WithdrawalRequested e => Asset(row, e.Asset) ?? Cash(row, "amount", e.Amount, -row.FirstCash),
        Transfer e => Asset(row, e.Asset) ?? Cash(row, "amount", e.Amount, -row.FirstCash) ?? (row.Kind == EventKind.Transfer ? Cash(row, "amount", e.Amount, row.SecondCash) : null),
        MarginAssigned e => Instrument(row, e.Instrument) ?? Settles(row) ?? Cash(row, "amount", e.Amount, -row.FirstCash),
        CollateralPledged e => Pledged(row, e.Amount, row.Pledged),
        PledgeReleased e => Pledged(row, e.Amount, -row.Pledged),
        Trade e => Traded(e, row),
        Liquidation e => Instrument(row, e.Instrument) ?? Settles(row) ?? Size(row, e.Size, -row.Size) ?? Cost(row, e.Price) ?? Cash(row, "penalty", e.Penalty, -row.FirstCash),
        AutoDeleveraged e => Instrument(row, e.Instrument) ?? Size(row, e.Size, -row.Size) ?? Cost(row, e.Price),
        CollateralSold e => row.Kind == EventKind.CollateralSale ? Moved(row, "amount", e.Asset, e.Amount) : Moved(row, "amount of proceeds", e.For, e.Proceeds),
        InsurancePaid e => Moved(row, "amount", e.Asset, e.Amount),
        WithdrawalSettled e => Settled(e, row),
        Settlement e => Settled(e, row),
        _ => null,
    };

    /// <summary>The first account pays, and the second receives as much.</summary>
    private EventFault? Moved(EventRowOpening row, string what, string symbol, Amount said) => Asset(row, symbol) ?? Cash(row, what, said, -row.FirstCash) ?? Cash(row, what, said, row.SecondCash);

    /// <summary>What was paid out left the balance when it was asked for; what is given back is what was asked for.</summary>
    private EventFault? Settled(WithdrawalSettled e, EventRowOpening row)
    {
        if (anchors.Request is { } known && known.Id != e.Request) return Same(row, "request", e.Request.Value, known.Id.Value);
        WithdrawalRequested? request = RequestOf(e);
        EventFault? asset = request is null ? null : Asset(row, request.Asset);
        return e.Paid ? asset ?? Cash(row, "amount", default, row.FirstCash) : request is null ? null : asset ?? Cash(row, "amount", request.Amount, row.FirstCash);
    }

    private WithdrawalRequested? RequestOf(WithdrawalSettled e) => anchors.Request is { } request && request.Id == e.Request ? request : null;

    /// <summary>
    /// What a holder gains, or loses, is the position's own, and T proves that it ends at the mark price, or costs what it is worth at that; so the event's price is to be that one. What was set aside for no position comes back whole, by T.
    /// Who is touched and gets nothing has a row of nothing.
    /// </summary>
    private EventFault? Settled(Settlement e, EventRowOpening row)
    {
        if (row.Kind == EventKind.Deposit) return Cash(row, "amount", default, row.FirstCash);
        return Instrument(row, e.Instrument) ?? Settles(row) ?? (row.Kind switch
        {
            EventKind.Settlement => Cost(row, e.Price),
            EventKind.VariationMargin => Marked(row, e.Price),
            _ => null,
        });
    }

    /// <summary>A price is the mark price of the public market data.</summary>
    private EventFault? Marked(EventRowOpening row, Amount price)
    {
        BigInteger mark = InstrumentField(row.Instrument, "mark", out int scale) ?? throw new InvalidOperationException("a position was settled under a rulebook without marks");
        return price.TryAt(scale, out Int128 units) && units == mark ? null : new(EventFaultCode.OtherAmounts, "the position was settled at the mark price, and the event has another price", row.Row, price.ToString(), ScaledNumber.Format(mark, scale));
    }

    private EventFault? Traded(Trade e, EventRowOpening row)
    {
        bool buyer = IsBuyer(e, row);
        switch (row.Kind)
        {
            case EventKind.Trade:
                return Instrument(row, e.Instrument) ?? Settles(row) ?? Size(row, e.Size, row.Size) ?? Cost(row, e.Price) ?? Cash(row, "buyer's fee", e.BuyerFee, -row.FirstCash) ?? Cash(row, "seller's fee", e.SellerFee, -row.SecondCash);
            case EventKind.RejectedTrade:
                return Instrument(row, e.Instrument) ?? Settles(row) ?? Size(row, e.Size, buyer ? row.Size : -row.Size) ?? Cost(row, e.Price) ?? Cash(row, "fee", buyer ? e.BuyerFee : e.SellerFee, -row.FirstCash);
            case EventKind.Delivery:
                return Delivers(row) ?? Cash(row, "size", e.Size, -row.FirstCash) ?? Cash(row, "size", e.Size, row.SecondCash);
            case EventKind.DeliveryPayment:
                return Known(row, anchors.Settles, "settlement asset") ?? Paid(e, row, -row.FirstCash, e.BuyerFee) ?? Paid(e, row, row.SecondCash, Negative(e.SellerFee));
            case EventKind.RejectedHalf:
                return Delivers(row) ?? (buyer ? Cash(row, "size", e.Size, row.FirstCash) : Cash(row, "size", e.Size, -row.FirstCash));
            case EventKind.RejectedSpot:
                return Known(row, anchors.Settles, "settlement asset") ?? (buyer ? Paid(e, row, -row.FirstCash, e.BuyerFee) : Paid(e, row, row.FirstCash, Negative(e.SellerFee)));
            case EventKind.RejectedBorrowing:
                return buyer || Cash(row, "size", e.Size, -row.FirstCash) is not null
                    ? Known(row, anchors.Settles, "settlement asset") ?? Paid(e, row, buyer ? -row.FirstCash : row.FirstCash, buyer ? e.BuyerFee : Negative(e.SellerFee))
                    : Delivers(row);
            default:
                return null;
        }
    }

    /// <summary>Whether a row of an attempt is of the buyer: by the side of the position, and of spot by who pays and who delivers.</summary>
    private bool IsBuyer(Trade e, EventRowOpening row) => row.Kind switch
    {
        EventKind.RejectedTrade => row.Size.Sign > 0,
        EventKind.RejectedHalf => row.FirstCash.Sign > 0,
        EventKind.RejectedSpot => row.FirstCash.Sign < 0 && Paid(e, row, row.FirstCash, Negative(e.SellerFee)) is not null,
        _ when Paid(e, row, -row.FirstCash, e.BuyerFee) is not null => false,
        _ when Cash(row, "size", e.Size, -row.FirstCash) is null => Shows(e.ByBuyer, row.FirstOwner),                // at a price of 1 what is paid looks like what is delivered
        _ => Paid(e, row, row.FirstCash, Negative(e.SellerFee)) is not null,
    };

    private static bool Shows(Authorisation? by, Digest owner) =>
        (by is null ? Margin.OwnerKey.None : Engine.EventSignature.OwnerOf(by)) is { } shown && Digest.FromFields(AccountDigests.OfOwnerV2(shown.ToArray())) == owner;

    private EventFault? Asset(EventRowOpening row, string symbol) => Same(row, "asset", symbol, SymbolOf("balances", row.Asset));

    private EventFault? Instrument(EventRowOpening row, string symbol) => Same(row, "instrument", symbol, SymbolOf("positions", row.Instrument));

    private EventFault? Cash(EventRowOpening row, string what, Amount said, BigInteger moved) => Number(row, what, said, moved, ScaleOf("balances", "amount"));

    private EventFault? Pledged(EventRowOpening row, Amount said, BigInteger moved)
    {
        SchemaField? field = Batch.Rulebook.Schema.Scalars.FirstOrDefault(one => one.Name == "encumbered");
        return field?.Type is FieldType.Number number ? Number(row, "pledge", said, moved, number.Quantity.Scale) : Same(row, "pledge", said.ToString(), "none under this rulebook");
    }

    /// <summary>A size times the multiplier.</summary>
    private EventFault? Size(EventRowOpening row, Amount said, BigInteger moved)
    {
        int scale = ScaleOf("positions", "size");
        (BigInteger contracts, int decimals) = ((BigInteger)said.Mantissa * (BigInteger)anchors.Multiplier.Mantissa, said.Scale + anchors.Multiplier.Scale);
        return moved * BigInteger.Pow(10, decimals) == contracts * BigInteger.Pow(10, scale)
            ? null
            : new(EventFaultCode.OtherAmounts, $"the row moves another size than the event says, at a multiplier of {anchors.Multiplier}", row.Row, ScaledNumber.Format(contracts, decimals), ScaledNumber.Format(moved, scale));
    }

    /// <summary>What the size costs at the event's price, less funding so far: up to less than what the ledger rounds costs to.</summary>
    private EventFault? Cost(EventRowOpening row, Amount price)
    {
        (int sizes, int costs) = (ScaleOf("positions", "size"), ScaleOf("positions", "cost"));
        BigInteger funding = InstrumentField(row.Instrument, "funding", out int fundingScale) ?? 0, rounding = BigInteger.Pow(10, Batch.CostRounding);
        int prices = Math.Max(price.Scale, fundingScale);
        BigInteger at = (BigInteger)price.Mantissa * BigInteger.Pow(10, prices - price.Scale) - funding * BigInteger.Pow(10, prices - fundingScale);
        bool inverse = InstrumentField(row.Instrument, "inverse", out _) is { IsOne: true };
        // |size · at − cost|, or |size / at + cost| · at of an inverse contract, both brought to whole numbers
        BigInteger off = inverse
            ? BigInteger.Abs(row.Size * BigInteger.Pow(10, prices + costs) + row.Cost * at * BigInteger.Pow(10, sizes))
            : BigInteger.Abs(row.Size * at * BigInteger.Pow(10, costs) - row.Cost * BigInteger.Pow(10, sizes + prices));
        BigInteger allowed = inverse ? rounding * at * BigInteger.Pow(10, sizes) : rounding * BigInteger.Pow(10, sizes + prices);
        return off < allowed
            ? null
            : new(EventFaultCode.OtherAmounts, $"{ScaledNumber.Format(row.Size, sizes)} {SymbolOf("positions", row.Instrument)} cost something else than the event's price, less the funding index of {ScaledNumber.Format(funding, fundingScale)}", row.Row, $"the cost at {price}", ScaledNumber.Format(row.Cost, costs));
    }

    /// <summary>What is paid for a spot trade: size · price, rounded down by less than a unit of the ledger, and the fee.</summary>
    private EventFault? Paid(Trade e, EventRowOpening row, BigInteger moved, Amount fee)
    {
        int scale = ScaleOf("balances", "amount"), decimals = e.Size.Scale + e.Price.Scale;
        BigInteger worth = (BigInteger)e.Size.Mantissa * (BigInteger)e.Price.Mantissa * BigInteger.Pow(10, scale), one = BigInteger.Pow(10, decimals);
        if (!fee.TryAt(scale, out Int128 units)) return Same(row, "fee", fee.ToString(), "finer than the rulebook's amounts");
        BigInteger unit = row.Asset < Batch.Units.Amounts.Length ? Batch.Units.Amounts[row.Asset] : 1, rest = worth - (moved - (BigInteger)units) * one;
        return rest.Sign >= 0 && rest < unit * one ? null : new(EventFaultCode.OtherAmounts, "what is paid is not the event's size times its price, and its fee", row.Row, $"{e.Size} at {e.Price}, fee {fee}", ScaledNumber.Format(moved, scale));
    }

    private static Amount Negative(Amount fee) => new(-fee.Mantissa, fee.Scale);

    private static EventFault? Number(EventRowOpening row, string what, Amount said, BigInteger moved, int scale) =>
        said.TryAt(scale, out Int128 units) && units == moved ? null : new(EventFaultCode.OtherAmounts, $"the row moves another {what} than the event says", row.Row, said.ToString(), ScaledNumber.Format(moved, scale));

    private static EventFault? Same(EventRowOpening row, string what, string said, string proven) =>
        said == proven ? null : new(EventFaultCode.OtherAmounts, $"the row is of another {what} than the event says", row.Row, said, proven);

    private string SymbolOf(string collection, int record) => TableOf(collection) is { } table && record < Batch.Market.Tables[table].Length ? Batch.Market.Tables[table][record].Symbol : $"number {record}";

    /// <summary>A field of an instrument's record, which is in the market data; null where the rulebook has none of that name.</summary>
    private BigInteger? InstrumentField(int record, string name, out int scale)
    {
        scale = 0;
        int table = TableOf("positions") ?? throw new InvalidOperationException("a position changed hands under a rulebook without positions");
        ImmutableArray<SchemaField> fields = Batch.Rulebook.Schema.Tables[table].Fields;
        for (int f = 0; f < fields.Length; f++)
        {
            if (fields[f].Name != name) continue;
            if (fields[f].Type is FieldType.Number number) scale = number.Quantity.Scale;
            return Batch.Market.Tables[table][record].Fields[f].Integer;
        }
        return null;
    }

    /// <summary>What is paid beside a position is of the asset that the instrument settles in.</summary>
    private EventFault? Settles(EventRowOpening row) => row.FirstCash.IsZero && row.SecondCash.IsZero ? null
        : Known(row, InstrumentField(row.Instrument, "settle", out _) is { } asset ? SymbolOf("balances", (int)asset) : anchors.Settles, "settlement asset");

    /// <summary>What is delivered is of the asset that the instrument is on, which only its listing says.</summary>
    private EventFault? Delivers(EventRowOpening row) => Known(row, anchors.Delivers, "delivered asset");

    private EventFault? Known(EventRowOpening row, string? symbol, string what)
    {
        string proven = SymbolOf("balances", row.Asset);
        if (symbol is not null) return Same(row, what, symbol, proven);
        if (TableOf("balances") is not { } table || Batch.Market.Tables[table].Length != 1) _unknown.Add(proven);          // of one asset alone there is no other
        return null;
    }

    private int? TableOf(string collection) => Batch.Rulebook.Schema.Collections.FirstOrDefault(one => one.Name == collection)?.Fields.Select(field => field.Type).OfType<FieldType.Reference>().FirstOrDefault()?.Table;

    private int ScaleOf(string collection, string name) =>
        Batch.Rulebook.Schema.Collections.FirstOrDefault(one => one.Name == collection)?.Fields.FirstOrDefault(field => field.Name == name)?.Type is FieldType.Number number ? number.Quantity.Scale : 0;
}
