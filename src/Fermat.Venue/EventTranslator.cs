using System.Collections.Immutable;
using System.Numerics;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using Amount = Fermat.Ledger.Events.Quantity;
using Code = Fermat.Venue.BatchRefusalCode;

namespace Fermat.Venue;

/// <summary>An event of the ledger as one of statement T: leaves for names, the rulebook's records for symbols, and the rulebook's units for the ledger's, exactly.</summary>
internal sealed class EventTranslator(RulebookSchema schema, MarginEngine engine, int depth)
{
    private LedgerState State => engine.State;

    /// <summary>Whether there are parameters and a market record of an asset.</summary>
    public bool HasMarket => engine.Market is { } market && schema.TableOf(engine.Options.Binding.AssetTable) is >= 0 and var assets && !market.Tables[assets].IsEmpty;

    /// <summary>Whether an event acts between batches: it changes market data or lists something, and touches no account.</summary>
    public static bool IsBetween(LedgerEvent cause) => cause is AssetListed or InstrumentListed or PricesSet or FundingTick or ParametersUpdated or MarksUpdated;

    /// <summary>The event as rows of a batch, or null and why it cannot be in one. No row where it touches no account: then it acts between batches.</summary>
    /// <param name="change">What the event does, worked out at the engine's height and not yet committed.</param>
    /// <param name="refusal">Why not.</param>
    public IReadOnlyList<BatchEvent>? Translate(LedgerChange change, out BatchRefusal? refusal)
    {
        if (!HasMarket)
        {
            Refuse(change, Code.NoMarket, "there are no parameters and no market record of an asset yet, so no account can be judged", out refusal);
            return null;
        }
        foreach (AccountChange account in change.Accounts)
        {
            if (engine.DataOf(account.After, out string? problem) is not null) continue;
            Refuse(change, Code.NotOfRulebook, problem!, out refusal);
            return null;
        }
        IEnumerable<BatchEvent>? parts = change.Event switch
        {
            AccountOpened e => One(Opening(change, e, out refusal)),
            Deposit e => One(Payment(change, EventKind.Deposit, e.Account, null, e.Asset, e.Amount, 1, out refusal)),
            WithdrawalRequested e => One(Payment(change, EventKind.Withdrawal, e.Account, null, e.Asset, e.Amount, -1, out refusal)),
            Transfer e => One(Payment(change, EventKind.Transfer, e.From, e.To, e.Asset, e.Amount, -1, out refusal)),
            WithdrawalSettled e => One(Settled(change, e, out refusal)),
            Trade e => Trade(change, e, out refusal),
            Liquidation e => One(Liquidation(change, e, out refusal)),
            AutoDeleveraged e => One(Deleveraging(change, e, out refusal)),
            CollateralSold e => Sale(change, e, out refusal),
            InsurancePaid e => One(Payment(change, EventKind.InsurancePayment, State.Accounts[State.Insurance].Id, e.Account, e.Asset, e.Amount, -1, out refusal)),
            LossSocialized e => Shares(change, e, out refusal),
            Settlement e => Settlement(change, e, out refusal),
            MarginAssigned e => One(Assignment(change, e, out refusal)),
            CollateralPledged e => One(Pledge(change, EventKind.Pledge, e.Account, e.To, out refusal)),
            PledgeReleased e => One(Pledge(change, EventKind.Release, e.Account, e.To, out refusal)),
            _ => One(Refuse(change, Code.KindNotProven, $"events of the kind {change.Event.GetType().Name} cannot be proven yet", out refusal)),
        };
        return parts?.Select((part, i) => part with { Terms = [.. EventTerms.Of(change.Event)], GoesOn = i > 0 }).ToArray();

        static BatchEvent[]? One(BatchEvent? e) => e is null ? null : [e];
    }

    /// <summary>What can prove of an event that it had to be rejected: the rows for each account, and each reason, for the sake of which that may be; none where it is not proven.</summary>
    /// <param name="change">What the event would have done.</param>
    public IEnumerable<BatchEvent[]> Rejections(LedgerChange change)
    {
        if (MarginEngine.FailingOf(change.Event) is { } failing) return [[new BatchEvent(EventKind.RejectedStep, IndexOf(failing), null, 0, 0, Terms: [.. EventTerms.Of(change.Event)])]];
        if (change.Event is not (Ledger.Events.Trade or WithdrawalRequested or Ledger.Events.Transfer or MarginAssigned or CollateralPledged)) return [];
        return Translate(change, out _) switch
        {
            [{ Kind: EventKind.Trade } trade] => [[FirstOf(trade, EventKind.RejectedTrade)], [SecondOf(trade, EventKind.RejectedTrade)]],
            [{ Kind: EventKind.Pledge } pledge] => [[pledge with { Kind = EventKind.RejectedPledge }]],
            [{ Kind: EventKind.MarginAssignment } assignment] => [[FirstOf(assignment, EventKind.RejectedAssignment)], .. assignment.FirstCash.Sign < 0 ? [[FirstOf(assignment, EventKind.RejectedSetAside)]] : (BatchEvent[][])[]],
            [var payment] => [[FirstOf(payment, EventKind.RejectedPayment)], .. Owing(FirstOf(payment, EventKind.RejectedBorrowing))],
            [var delivery, var payment] =>
            [
                Spot(FirstOf(delivery, EventKind.RejectedHalf), SecondOf(payment, EventKind.RejectedSpot)), Spot(SecondOf(delivery, EventKind.RejectedHalf), FirstOf(payment, EventKind.RejectedSpot)),
                .. Owing(FirstOf(delivery, EventKind.RejectedBorrowing)), .. Owing(FirstOf(payment, EventKind.RejectedBorrowing)), .. Owing(SecondOf(payment, EventKind.RejectedBorrowing)),
            ],
            _ => [],
        };

        static BatchEvent FirstOf(BatchEvent row, EventKind kind) => row with { Kind = kind, Second = null, SecondCash = 0, GoesOn = false };

        static BatchEvent SecondOf(BatchEvent row, EventKind kind) => FirstOf(row, kind) with { First = row.Second!.Value, FirstCash = row.SecondCash, Size = -row.Size, Cost = -row.Cost };

        static BatchEvent[] Spot(BatchEvent half, BatchEvent other) =>
            [half with { Second = half.First, SecondCash = -half.FirstCash }, other with { GoesOn = true }, new BatchEvent(EventKind.RejectedReturn, 0, null, 0, 0, Terms: half.Terms) { GoesOn = true }];

        BatchEvent[][] Owing(BatchEvent row) => engine.Options.AllowBorrowing || row.FirstCash.Sign >= 0 ? [] : [[row]];
    }

    /// <summary>What was rejected on the venue's word: a row that moves nothing.</summary>
    public static BatchEvent Rejected(LedgerEvent cause) => new(EventKind.Rejected, 0, null, 0, 0, Terms: [.. EventTerms.Of(cause)]);

    private BatchEvent? Opening(LedgerChange change, AccountOpened e, out BatchRefusal? refusal)
    {
        AccountState opened = change.Accounts[0].After;
        if (e.Mode != MarginMode.Cross && !engine.HasModes) return Refuse(change, Code.MarginMode, $"{e.Account} is opened in {e.Mode.ToString().ToLowerInvariant()} mode, and the rulebook knows no modes", out refusal);
        if (opened.Index >= 1L << depth) return Refuse(change, Code.TreeFull, $"a state tree of depth {depth} has no leaf {opened.Index}", out refusal);
        refusal = null;
        return new BatchEvent(EventKind.Opening, opened.Index, null, 0, 0) { Opened = new LedgerAccount(engine.DataOf(opened, out _)!, opened.Owner, opened.Nonce, opened.Height) };
    }

    private BatchEvent? Payment(LedgerChange change, EventKind kind, AccountId account, AccountId? to, string asset, Amount amount, int sign, out BatchRefusal? refusal)
    {
        State.TryFindAsset(asset, out AssetState? listed);
        amount.TryAt(listed!.Scale, out Int128 units);
        return Payment(change, kind, IndexOf(account), to is { } other ? IndexOf(other) : null, listed, sign * (BigInteger)units, out refusal);
    }

    private BatchEvent? Payment(LedgerChange change, EventKind kind, int account, int? to, AssetState asset, BigInteger units, out BatchRefusal? refusal)
    {
        if (engine.Bind(asset) is not { } bound) return Refuse(change, Code.NoMarket, $"the rulebook's market does not price {asset.Symbol}", out refusal);
        refusal = null;
        BigInteger cash = bound.AmountFactor * units;
        return new BatchEvent(kind, account, to, bound.Record, cash, to is null ? 0 : -cash);
    }

    /// <summary>What is set aside leaves the balance, and what is taken back comes to it.</summary>
    private BatchEvent? Assignment(LedgerChange change, MarginAssigned e, out BatchRefusal? refusal)
    {
        State.TryFindInstrument(e.Instrument, out InstrumentState? instrument);
        if (Bind(change, instrument!, out refusal) is not { } bound) return null;
        AssetState settle = State.Assets[instrument!.Settle];
        return Payment(change, EventKind.MarginAssignment, IndexOf(e.Account), null, settle, -Units(e.Amount, settle.Scale), out refusal) is { } paid ? paid with { Instrument = bound.Record } : null;
    }

    /// <summary>What is pledged, or released, is counted as the account's field counts it.</summary>
    private BatchEvent? Pledge(LedgerChange change, EventKind kind, AccountId account, AccountId to, out BatchRefusal? refusal)
    {
        if (engine.PledgeFields is not { } fields || fields != PledgeFields.Of(schema))
            return Refuse(change, Code.KindNotProven, $"statement T proves pledges by the accounts' fields {PledgeFields.EncumberedName} and {PledgeFields.PledgeeName}, and the binding has them in {engine.Options.Binding.Encumbered} and {engine.Options.Binding.Pledgee}", out refusal);
        refusal = null;
        AccountChange pledged = change.Accounts.First(one => one.After.Id == account);
        return new BatchEvent(kind, pledged.After.Index, IndexOf(to), 0, 0) { Pledged = engine.DataOf(pledged.After, out _)!.Scalars[fields.Encumbered] - engine.DataOf(pledged.Before!, out _)!.Scalars[fields.Encumbered] };
    }

    /// <summary>What was paid left the balance when it was requested; what is given back comes as a deposit does.</summary>
    private BatchEvent? Settled(LedgerChange change, WithdrawalSettled e, out BatchRefusal? refusal)
    {
        PendingWithdrawal pending = State.Pending[e.Request];
        return Payment(change, EventKind.Deposit, pending.Account, null, State.Assets[pending.Asset], e.Paid ? 0 : pending.Amount, out refusal);
    }

    private BatchEvent[]? Trade(LedgerChange change, Trade e, out BatchRefusal? refusal)
    {
        State.TryFindInstrument(e.Instrument, out InstrumentState? instrument);
        if (engine.Bind(State.Assets[instrument!.Settle]) is null || (!instrument.HasPositions && engine.Bind(State.Assets[instrument.Underlying!.Value]) is null))
        {
            Refuse(change, Code.NoMarket, $"the rulebook's market does not price what {e.Instrument} is traded in", out refusal);
            return null;
        }
        BoundInstrument bound = default;
        if (instrument.HasPositions)
        {
            if (Bind(change, instrument, out refusal) is not { } found) return null;
            bound = found;
        }
        AssetState settle = State.Assets[instrument.Settle];
        BigInteger factor = engine.Bind(settle)!.Value.AmountFactor, buyerPays = factor * Units(e.BuyerFee, settle.Scale), sellerPays = factor * Units(e.SellerFee, settle.Scale);
        (int buyer, int seller) = (IndexOf(e.Buyer), IndexOf(e.Seller));
        if ((buyerPays + sellerPays).Sign < 0) return Not(Refuse(change, Code.NegativeFees, "both fees together are negative, so the fees account would pay, which statement T does not allow", out refusal));
        if (!(buyerPays + sellerPays).IsZero && (buyer == State.Fees || seller == State.Fees)) return Not(Refuse(change, Code.FeesParty, "the fees account trades and gets the fees of its own trade", out refusal));
        refusal = null;
        int paid = engine.Bind(settle)!.Value.Record;
        if (instrument.HasPositions)
        {
            (BigInteger size, BigInteger cost) = Exchanged(instrument, bound, Units(e.Size, instrument.Terms.SizeScale), e.Price);
            return [new BatchEvent(EventKind.Trade, buyer, seller, paid, -buyerPays, -sellerPays, bound.Record, size, cost)];
        }
        BoundAsset delivered = engine.Bind(State.Assets[instrument.Underlying!.Value])!.Value;
        BigInteger sold = delivered.AmountFactor * Units(e.Size, instrument.Terms.SizeScale), price = factor * Value(instrument, Units(e.Size, instrument.Terms.SizeScale), e.Price);
        return
        [
            new BatchEvent(EventKind.Delivery, seller, buyer, delivered.Record, -sold, sold),
            new BatchEvent(EventKind.DeliveryPayment, buyer, seller, paid, -price - buyerPays, price - sellerPays),
        ];

        static BatchEvent[]? Not(BatchEvent? refused) => refused is null ? null : [refused];
    }

    /// <summary>The size has the sign of the position that it is a part of, and goes to the taker. The penalty is the taker's cash where the taker is the insurance fund.</summary>
    private BatchEvent? Liquidation(LedgerChange change, Liquidation e, out BatchRefusal? refusal)
    {
        State.TryFindInstrument(e.Instrument, out InstrumentState? instrument);
        if (Bind(change, instrument!, out refusal) is not { } bound) return null;
        AssetState settle = State.Assets[instrument!.Settle];
        BigInteger penalty = engine.Bind(settle)!.Value.AmountFactor * Units(e.Penalty, settle.Scale), size = Units(e.Size, instrument.Terms.SizeScale);
        (int failing, int taker) = (IndexOf(e.Account), IndexOf(e.Taker));
        if (!penalty.IsZero && failing == State.Insurance) return Refuse(change, Code.FeesParty, "the insurance fund is liquidated and gets its own penalty", out refusal);
        (BigInteger moved, BigInteger cost) = Exchanged(instrument, bound, BigInteger.Abs(size), e.Price);
        return new BatchEvent(
            EventKind.Liquidation, failing, taker, engine.Bind(settle)!.Value.Record, -penalty, taker == State.Insurance ? penalty : 0, bound.Record, -size.Sign * moved, -size.Sign * cost);
    }

    /// <summary>The failing account's part has the sign of its position, and goes to the counterparty.</summary>
    private BatchEvent? Deleveraging(LedgerChange change, AutoDeleveraged e, out BatchRefusal? refusal)
    {
        State.TryFindInstrument(e.Instrument, out InstrumentState? instrument);
        if (Bind(change, instrument!, out refusal) is not { } bound) return null;
        BigInteger size = Units(e.Size, instrument!.Terms.SizeScale);
        (BigInteger moved, BigInteger cost) = Exchanged(instrument, bound, BigInteger.Abs(size), e.Price);
        return new BatchEvent(
            EventKind.Deleveraging, IndexOf(e.Account), IndexOf(e.Counterparty), engine.Bind(State.Assets[instrument.Settle])!.Value.Record, 0, 0, bound.Record, -size.Sign * moved, -size.Sign * cost);
    }

    private BatchEvent[]? Sale(LedgerChange change, CollateralSold e, out BatchRefusal? refusal)
    {
        if (IndexOf(e.Taker) != State.Insurance)
        {
            Refuse(change, Code.KindNotProven, $"collateral is sold to {e.Taker}, and statement T knows sales to the insurance fund only", out refusal);
            return null;
        }
        if (Payment(change, EventKind.CollateralSale, e.Account, e.Taker, e.Asset, e.Amount, -1, out refusal) is not { } sold) return null;
        return Payment(change, EventKind.CollateralPayment, e.Taker, e.Account, e.For, e.Proceeds, -1, out refusal) is { } paid ? [sold, paid] : null;
    }

    private List<BatchEvent>? Shares(LedgerChange change, LossSocialized e, out BatchRefusal? refusal)
    {
        refusal = null;
        var parts = new List<BatchEvent>();
        foreach (LossShare share in e.Shares)
        {
            if (Payment(change, EventKind.LossShare, share.Account, e.Account, e.Asset, share.Amount, -1, out refusal) is not { } part) return null;
            parts.Add(part);
        }
        return parts;
    }

    /// <summary>
    /// Every position ends against the insurance fund, each at its own value rounded down; what is left of the rounding is the fund's, as in the ledger. What was set aside for no position yet comes back. The ledger touches the fund though nothing comes to it.
    /// </summary>
    private List<BatchEvent>? Settlement(LedgerChange change, Settlement e, out BatchRefusal? refusal)
    {
        refusal = null;
        State.TryFindInstrument(e.Instrument, out InstrumentState? instrument);
        if (!instrument!.HasPositions || change.Accounts.Count == 0) return [];
        if (Bind(change, instrument, out refusal) is not { } bound) return null;
        if (!e.Close) return VariationMargin(instrument, bound, e.Price);
        int asset = engine.Bind(State.Assets[instrument.Settle])!.Value.Record;
        var parts = new List<BatchEvent>();
        foreach (AccountState account in State.Accounts)
        {
            Position held = account.Position(instrument.Index);
            if (account.Index == State.Insurance) continue;
            if (held.Size == 0 && held.Margin != 0) parts.Add(new BatchEvent(EventKind.MarginReturn, account.Index, null, asset, bound.CostFactor * held.Margin, Instrument: bound.Record));
            if (held.Size == 0) continue;
            parts.Add(new BatchEvent(EventKind.Settlement, account.Index, State.Insurance, asset, 0, 0, bound.Record, -bound.SizeFactor * held.Size, -bound.CostFactor * Value(instrument, held.Size, e.Price)));
        }
        if (parts.Count > 0 && parts.All(part => part.Kind == EventKind.MarginReturn)) parts.Add(new BatchEvent(EventKind.Deposit, State.Insurance, null, asset, 0));
        return parts;
    }

    /// <summary>Every position costs what it is worth, rounded down, and what it gained is paid, the insurance fund's too. The ledger touches who has only set margin aside for one, though nothing comes to it.</summary>
    private List<BatchEvent> VariationMargin(InstrumentState instrument, in BoundInstrument bound, Amount price)
    {
        BoundAsset settle = engine.Bind(State.Assets[instrument.Settle])!.Value;
        var parts = new List<BatchEvent>();
        foreach (AccountState account in State.Accounts)
        {
            Position held = account.Position(instrument.Index);
            BigInteger gain = held.Size == 0 ? 0 : Value(instrument, held.Size, price) - held.Cost;
            if (held.Size != 0) parts.Add(new BatchEvent(EventKind.VariationMargin, account.Index, null, settle.Record, settle.AmountFactor * gain, Instrument: bound.Record, Cost: bound.CostFactor * gain));
            else if (held.Margin != 0) parts.Add(new BatchEvent(EventKind.Deposit, account.Index, null, settle.Record, 0));
        }
        return parts;
    }

    private BoundInstrument? Bind(LedgerChange change, InstrumentState instrument, out BatchRefusal? refusal)
    {
        refusal = null;
        if (engine.Bind(instrument) is not { } bound || engine.Bind(State.Assets[instrument.Settle]) is null)
        {
            Refuse(change, Code.NoMarket, $"the rulebook's market does not price {instrument.Terms.Symbol} and the asset that it settles in", out refusal);
            return null;
        }
        if (engine.HasFunding || instrument.FundingIndex == 0) return bound;
        Refuse(change, Code.FundingWithoutIndex, $"{instrument.Terms.Symbol} has a funding index of {instrument.FundingIndex} units, and the rulebook has no field for it", out refusal);
        return null;
    }

    /// <summary>What the buyer of a size, not negative, gets: the size, and value(size, price − funding index) as cost.</summary>
    private static (BigInteger Size, BigInteger Cost) Exchanged(InstrumentState instrument, in BoundInstrument bound, BigInteger size, Amount price)
    {
        return (bound.SizeFactor * size, bound.CostFactor * Value(instrument, size, price));
    }

    private static BigInteger Value(InstrumentState instrument, BigInteger size, Amount price) =>
        instrument.TryValue((long)size, (long)Units(price, instrument.Terms.PriceScale), out long value) ? value : throw new InvalidOperationException("the ledger took an event whose value does not fit");

    /// <summary>A number that the ledger has taken, in units of a scale.</summary>
    private static BigInteger Units(Amount number, int scale) =>
        number.TryAt(scale, out Int128 units) ? (BigInteger)units : throw new InvalidOperationException($"the ledger took {number}, which has more than {scale} decimals");

    private int IndexOf(AccountId account) => State.TryFindAccount(account, out int index) ? index : throw new InvalidOperationException($"the ledger took an event of {account}, which does not exist");

    private BatchEvent? Refuse(LedgerChange change, Code code, string message, out BatchRefusal? refusal)
    {
        refusal = new BatchRefusal(code, change.Event, State.Height + 1, message);
        return null;
    }
}
