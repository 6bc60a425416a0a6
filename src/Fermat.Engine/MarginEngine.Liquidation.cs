using System.Collections.Immutable;
using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

public sealed partial class MarginEngine
{
    private const string Penalty = "liquidation.penalty", Share = "liquidation.share", GuardFactor = "guard.factor", GuardFund = "insurance", GuardUse = "margin_use";
    private const int MostUnits = 1 << 8;

    /// <summary>The step that the rulebook says comes next for an account: null when none is due. It depends on the state alone.</summary>
    /// <param name="account">The account.</param>
    public LedgerEvent? NextStep(AccountId account) => State.TryFindAccount(account, out int index) ? NextStep(index) : null;

    private LedgerEvent? NextStep(int index)
    {
        AccountState account = State.Accounts[index];
        if (AwaitsSettlement) return null;
        if (index == State.Fees || Judge(account, out _) is not { } health || health.Class == AccountClass.Healthy) return null;
        if (_binding.Items.Account(_binding, account, out _) is not { } data) return null;
        if (!(IsClearing && index == State.Insurance) && Largest(account, data) is { } position) return Reduce(account, position, data, health);
        return Awaits(account) ? null : Cover(account, health);
    }

    /// <summary>Whether it has a position that has expired: it cannot change hands any more, and what it comes to the settlement says.</summary>
    private bool Awaits(AccountState account)
    {
        foreach (ref readonly Position position in account.Positions)
            if (position.Size != 0 && State.Instruments[position.Instrument].ExpiredAt(State.Time)) return true;
        return false;
    }

    /// <summary>Whether an event can bring about others.</summary>
    private static bool Moves(LedgerEvent cause) => cause is not (AssetListed or InstrumentListed or AccountOpened or VenueOpened or Trade);

    /// <summary>Whether an event moves only balances that its owners instruct, so that nobody can fall below maintenance by it.</summary>
    private static bool IsCash(LedgerEvent cause) => cause is Deposit or Transfer or WithdrawalRequested or WithdrawalSettled or MarginAssigned or CollateralPledged or PledgeReleased;

    /// <summary>Makes the events that follow from the one just applied, until nothing is due.</summary>
    /// <param name="all">Whether anybody can have fallen below maintenance by it.</param>
    private void Follow(bool all)
    {
        for (bool any = true; any; all = true)
        {
            any = false;
            if (_rules is null) return;
            if (IsClearing) any = Call();
            else
                foreach (int index in all ? Due() : [])
                    while (NextStep(index) is { } step)
                    {
                        if (!Take(step, generated: true).IsApplied) break;
                        any = true;
                    }
            while (NextGuard() is { } guard && Take(guard, generated: true).IsApplied) any = true;
        }
        EndCall();
    }

    /// <summary>The accounts below maintenance, by index.</summary>
    private List<int> Due()
    {
        var due = new List<int>();
        Standing[] standings = Standings();
        for (int i = 0; i < standings.Length; i++)
            if (i != State.Fees && standings[i] >= Standing.Liquidatable) due.Add(i);
        return IsClearing ? [.. due.OrderBy(i => standings[i] == Standing.Bankrupt ? 0 : 1)] : due;
    }

    /// <summary>Whom a step of a liquidation is asked of: the failing account. Null of other events.</summary>
    /// <param name="step">An event.</param>
    public static AccountId? FailingOf(LedgerEvent step) => step switch
    {
        Liquidation e => e.Account,
        AutoDeleveraged e => e.Account,
        CollateralSold e => e.Account,
        InsurancePaid e => e.Account,
        LossSocialized e => e.Account,
        _ => null,
    };

    private EngineRejection? Justify(LedgerEvent step)
    {
        if (FailingOf(step) is not { } account) return null;
        LedgerEvent? next = NextStep(account);
        if (next is not null && Same(next, step)) return null;
        return new(EngineRejectionCode.LiquidationNotDue, next is null ? $"nothing of {account} is due" : $"what comes next for {account} is {next with { Time = step.Time }}", "the rulebook fixes each step: size, price, taker, penalty and shares", account);
    }

    private static bool Same(LedgerEvent a, LedgerEvent b)
    {
        if (a is LossSocialized x && b is LossSocialized y) return (x.Account, x.Asset) == (y.Account, y.Asset) && x.Shares.SequenceEqual(y.Shares);
        return a is not LossSocialized && (a with { Id = b.Id, Time = b.Time }).Equals(b);
    }

    private EventId NextId => _names.Next(State.Height);

    // Positions.

    /// <summary>Of the positions of which something is due the one that is worth the most.</summary>
    private Position? Largest(AccountState account, AccountData data)
    {
        (Position? found, BigInteger largest) = (null, -1);
        foreach (ref readonly Position position in account.Positions)
        {
            InstrumentState instrument = State.Instruments[position.Instrument];
            int item = _binding.PositionOf(data, position.Instrument);
            if (position.Size == 0 || instrument.ExpiredAt(State.Time) || !_rules!.IsDue(data, item)) continue;
            BigInteger worth = _worth?.OfPosition(_binding.Market!, data, item) ?? Notional(instrument, position.Size);
            if (worth > largest) (found, largest) = (position, worth);
        }
        return found;
    }

    /// <summary>What a size is worth where nothing about it can be proven: at the ledger's mark price, without its sign, at the settlement asset's index, floored to a scale that is the same for all.</summary>
    private BigInteger Notional(InstrumentState instrument, long size)
    {
        (BigInteger price, int scale) = IndexOf(instrument.Settle);
        return Worth(instrument, size, price, scale, 4 * Amount.MaxScale, Rounding.Down);
    }

    /// <summary>|size| · multiplier · mark · factor, and for an inverse perpetual |size| · multiplier / mark · factor, in the settlement asset, at a scale; 0 without a mark.</summary>
    private static BigInteger Worth(InstrumentState instrument, long size, BigInteger factor, int factorScale, int scale, Rounding rounding)
    {
        InstrumentTerms terms = instrument.Terms;
        if (instrument.Mark is not { } price || price == 0) return 0;
        BigInteger mark = price, contracts = BigInteger.Abs(size) * (BigInteger)terms.Multiplier.Mantissa * factor;
        int decimals = terms.SizeScale + terms.Multiplier.Scale + factorScale;
        return terms.Kind == InstrumentKind.InversePerpetual
            ? RoundedDivision.Divide(contracts * BigInteger.Pow(10, scale + terms.PriceScale), mark * BigInteger.Pow(10, decimals), rounding)
            : RoundedDivision.Rescale(contracts * mark, decimals + terms.PriceScale, scale, rounding);
    }

    private (BigInteger Price, int Scale) IndexOf(int asset) => State.Assets[asset].IndexPrice is { } price ? ((BigInteger)price.Mantissa, price.Scale) : (BigInteger.One, 0);

    /// <summary>
    /// The rulebook's share of the largest position, or all of it when the account has less than half of its maintenance margin; at the mark price; to the insurance fund if it stays margined with it, otherwise against the
    /// other side. The fund's own is closed against the other side; null where only the fees account has that.
    /// </summary>
    private LedgerEvent? Reduce(AccountState account, Position position, AccountData data, AccountHealth health)
    {
        InstrumentState instrument = State.Instruments[position.Instrument];
        long magnitude = Math.Abs(position.Size), size = magnitude;
        bool whole = _rules!.IsWhole(data, _binding.PositionOf(data, position.Instrument), health);
        if (!whole && _rules.Public(Share) is { } share)
            size = (long)BigInteger.Clamp(RoundedDivision.Divide(magnitude * share.Value, BigInteger.Pow(10, share.Scale), Rounding.Up), 1, magnitude);
        Amount price = new(instrument.Mark!.Value, instrument.Terms.PriceScale);
        Amount part = new(Math.Sign(position.Size) * size, instrument.Terms.SizeScale);
        var taken = new Liquidation(NextId, State.Time, account.Id, instrument.Terms.Symbol, part, price, State.Accounts[State.Insurance].Id, default);
        bool isFund = account.Index == State.Insurance;
        if (!isFund) taken = taken with { Penalty = PenaltyOf(account, data, instrument, size, health, taken) };
        if (!isFund && State.Prepare(taken).Change is { } change && (IsClearing || change.Accounts.Any(touched => touched.After.Index == State.Insurance && Judge(touched.After, out _) is { IsMargined: true }))) return taken;
        if (Counterparty(position) is not { } other) return isFund ? null : taken;
        long both = Math.Min(size, Math.Abs(other.Position(instrument.Index).Size));
        return new AutoDeleveraged(NextId, State.Time, account.Id, other.Id, instrument.Terms.Symbol, new Amount(Math.Sign(position.Size) * both, instrument.Terms.SizeScale), price);
    }

    /// <summary>
    /// ⌈rate · notional⌉ in units of the settlement asset, no more than the account's net equity, and no more than leaves maintenance − equity (or what the rulebook has in its place) as high as it was. In isolated mode no more than the step brings to the balance: what backs a part that
    /// remains stays set aside, and nothing else pays for it.
    /// </summary>
    private Amount PenaltyOf(AccountState account, AccountData data, InstrumentState instrument, long size, AccountHealth health, Liquidation without)
    {
        if (_rules!.Public(Penalty) is not { } rate || health.NetEquity.Sign <= 0) return default;
        BigInteger bearable = health.NetEquity, brought = 0;
        if (State.Prepare(without).Change is { } change && change.Accounts.First(touched => touched.After.Id == without.Account).After is var left && _binding.Items.Account(_binding, left, out _) is { } after)
        {
            bearable = BigInteger.Min(bearable, _rules.Exposure(data) - _rules.Exposure(after));
            brought = (BigInteger)left.Balance(instrument.Settle).Amount - account.Balance(instrument.Settle).Amount;
        }
        if (bearable.Sign <= 0) return default;
        AssetState settle = State.Assets[instrument.Settle];
        BigInteger penalty = Worth(instrument, size, rate.Value, rate.Scale, settle.Scale, Rounding.Up);
        BigInteger most = UnitsOf(bearable, health.Scale, settle) ?? 0;
        if (account.Mode == MarginMode.Isolated) most = BigInteger.Min(most, BigInteger.Max(brought, 0));
        return new Amount((Int128)BigInteger.Min(penalty, most), settle.Scale);
    }

    /// <summary>Who is deleveraged first: of those with the other side, the one with the highest rank by the rulebook (unrealized PnL where it has none), and of equals the lowest index.</summary>
    private AccountState? Counterparty(Position position)
    {
        (AccountState? found, BigInteger highest) = (null, 0);
        for (int i = 0; i < State.Accounts.Count; i++)
        {
            AccountState other = State.Accounts[i];
            Position has = other.Position(position.Instrument);
            if (IsVenue(i) || has.Size == 0 || Math.Sign(has.Size) == Math.Sign(position.Size)) continue;
            BigInteger rank = 0;
            if (!Exists(() => rank = Rank(other, has))) continue;
            if (found is null || rank > highest) (found, highest) = (other, rank);
        }
        return found;
    }

    private BigInteger Rank(AccountState account, Position position)
    {
        if (_rules!.Rank >= 0 && _binding.Items.Account(_binding, account, out _) is { } data) return _rules.Values(data)[_rules.Rank];
        InstrumentState instrument = State.Instruments[position.Instrument];
        return instrument.TryUnrealized(position, instrument.Mark!.Value, out Int128 pnl) ? pnl : 0;
    }

    // Losses.

    /// <summary>
    /// Without positions: collateral is sold to the insurance fund at index prices for what is owed; what is still owed the fund pays, then everybody who holds the asset. Nobody else pays while there is something left that could be sold: it
    /// would stay with the failing account; nor while the fund has some of the asset, or positions that are to be closed first.
    /// </summary>
    private LedgerEvent? Cover(AccountState account, AccountHealth health)
    {
        foreach (ref readonly AccountBalance owed in account.Balances)
        {
            if (owed.Amount >= 0) continue;
            AssetState asset = State.Assets[owed.Asset];
            bool isFund = account.Index == State.Insurance;
            if (!isFund && Sale(account, asset, Math.Min(-owed.Amount, Spendable(owed.Asset))) is { } sale) return sale;
            if (health.Class != AccountClass.Bankrupt) continue;
            if (!isFund && Pay(account, asset, -owed.Amount) is { } paid) return paid;
            if ((isFund || IsSpent(owed.Asset)) && Sale(account, asset, -owed.Amount) is null && Socialize(account, asset, -owed.Amount) is { } shared) return shared;
        }
        return null;
    }

    /// <summary>The first collateral that is worth a unit of what is owed, for as much as is wanted of that; null where there is none.</summary>
    private CollateralSold? Sale(AccountState account, AssetState owed, long wanted)
    {
        (BigInteger paidPrice, int paidScale) = IndexOf(owed.Index);
        foreach (ref readonly AccountBalance held in account.Balances)
        {
            long has = Sellable(account, held);
            if (has <= 0 || wanted <= 0) continue;
            AssetState sold = State.Assets[held.Asset];
            (BigInteger price, int scale) = IndexOf(sold.Index);
            BigInteger above = price * BigInteger.Pow(10, paidScale + owed.Scale), below = paidPrice * BigInteger.Pow(10, scale + sold.Scale); // units owed for one unit sold: above / below
            if (above.IsZero || below.IsZero) continue;
            BigInteger amount = BigInteger.Min(has, RoundedDivision.Divide(wanted * below, above, Rounding.Up));
            BigInteger proceeds = BigInteger.Min(wanted, RoundedDivision.Divide(amount * above, below, Rounding.Down));
            if (proceeds.Sign > 0 && NoWorse(account, sold, owed, amount, proceeds, wanted) is { } sale) return sale;
        }
        return null;
    }

    /// <summary>
    /// Collateral for what is owed; where rounding would leave the account worse, as it does where what is sold counts in full, a unit more is paid, as long as that is wanted, or a unit less is sold: as many units, doubled each time, as it takes. Null where a unit of what is sold is worth more than what is wanted.
    /// </summary>
    private CollateralSold? NoWorse(AccountState account, AssetState sold, AssetState owed, BigInteger amount, BigInteger proceeds, BigInteger wanted)
    {
        CollateralSold rounded = Of(amount, proceeds);
        if (_binding.Items.Account(_binding, account, out _) is not { } data) return rounded;
        BigInteger before = _rules!.Exposure(data);
        CollateralSold sale = rounded;
        for (int units = 1; units <= MostUnits && IsWorse(sale); units *= 2)
        {
            if (proceeds < wanted) proceeds = BigInteger.Min(wanted, proceeds + units);
            else if (amount > units) amount -= units;
            else return null;
            sale = Of(amount, proceeds);
        }
        return IsWorse(sale) ? rounded : sale;

        CollateralSold Of(BigInteger amount, BigInteger proceeds) => new(NextId, State.Time, account.Id, sold.Symbol, new Amount((Int128)amount, sold.Scale), owed.Symbol, new Amount((Int128)proceeds, owed.Scale), State.Accounts[State.Insurance].Id);

        bool IsWorse(CollateralSold sale) => State.Prepare(sale).Change is { } change && _binding.Items.Account(_binding, change.Accounts.First(touched => touched.After.Id == account.Id).After, out _) is { } after && _rules.Exposure(after) > before;
    }

    /// <summary>The loss by the holders' balances of the asset; what rounding leaves, by units, to those of the lowest indices. The event names them in the order of their names.</summary>
    private LossSocialized? Socialize(AccountState account, AssetState asset, long loss)
    {
        if (IsClearing) return ShareByGains(account, asset, loss);
        var holders = new List<AccountState>();
        for (int i = 0; i < State.Accounts.Count; i++)
            if (!IsVenue(i) && i != account.Index && State.Accounts[i].Balance(asset.Index).Amount > 0) holders.Add(State.Accounts[i]);
        long[] shares = LossSharing.Split(loss, [.. holders.Select(holder => holder.Balance(asset.Index).Amount)]);
        LossShare[] named = [.. holders.Select((holder, i) => new LossShare(holder.Id, new Amount(shares[i], asset.Scale))).Where(share => share.Amount.Sign > 0)];
        Array.Sort(named, static (a, b) => string.CompareOrdinal(a.Account.Value, b.Account.Value));
        return named.Length == 0 ? null : new LossSocialized(NextId, State.Time, account.Id, asset.Symbol, named);
    }

    // The guard.

    private (MarginRules Rules, BigInteger Fund, BigInteger Use)? _guardChecked;

    /// <summary>
    /// The update that makes what the guard looks at known to the rulebook (the parameters <c>insurance</c> and <c>margin_use</c>, where it has them) when its guard would then say something else; null when it would not, or has no guard.
    /// </summary>
    private ParametersUpdated? NextGuard()
    {
        if (_rules is not { } rules || rules.Public(GuardFactor) is not { } now) return null;
        (int fund, int use) = (ParameterOf(GuardFund), ParameterOf(GuardUse));
        BigInteger? balance = fund < 0 ? null : Fund(ScaleOf(fund));
        MarketData market = _binding.Market!;
        BigInteger? used = use >= 0 && GuardHears(rules, market, use) ? BigInteger.Min(Ratio(UseOfMargin(), ScaleOf(use)), BoundsOf(use).Max) : null;
        if (_guardChecked is { } last && ReferenceEquals(last.Rules, rules) && last.Fund == (balance ?? 0) && last.Use == (used ?? 0)) return null;
        _guardChecked = (rules, balance ?? 0, used ?? 0);
        var told = new List<string>();
        ImmutableArray<FieldValue> then = market.Parameters;
        if (balance is { } known && Takes(fund, known)) Tell(fund, GuardFund, known);
        if (used is { } share && Takes(use, share)) Tell(use, GuardUse, share);
        return told.Count == 0 || Factor(market, then) == now.Value ? null : new ParametersUpdated(NextId, State.Time, $"{{\"parameters\":{{{string.Join(',', told)}}}}}");

        void Tell(int parameter, string name, BigInteger value)
        {
            then = then.SetItem(parameter, new FieldValue(value));
            told.Add($"\"{name}\":\"{ScaledNumber.Format(value, ScaleOf(parameter))}\"");
        }
    }

    /// <summary>The guard's factor under other parameters, at its own scale.</summary>
    private BigInteger Factor(MarketData market, ImmutableArray<FieldValue> parameters) => new Interpreter(_rulebook, market with { Parameters = parameters }).EvaluatePublic(_rulebook.Find(GuardFactor)!.Value);

    private (MarginRules Rules, bool Hears)? _guardHears;

    /// <summary>Whether the guard could say something else for another use of margin, which takes all accounts to measure.</summary>
    private bool GuardHears(MarginRules rules, MarketData market, int use)
    {
        if (_guardHears is { } known && ReferenceEquals(known.Rules, rules)) return known.Hears;
        bool hears = Factor(market, market.Parameters.SetItem(use, new FieldValue(BoundsOf(use).Min))) != Factor(market, market.Parameters.SetItem(use, new FieldValue(BoundsOf(use).Max)));
        _guardHears = (rules, hears);
        return hears;
    }

    private int ParameterOf(string name)
    {
        ImmutableArray<SchemaField> parameters = _rulebook.Schema.Parameters;
        for (int i = 0; i < parameters.Length; i++)
            if (parameters[i].Name == name && parameters[i].Type is FieldType.Number) return i;
        return -1;
    }

    private int ScaleOf(int parameter) => ((FieldType.Number)_rulebook.Schema.Parameters[parameter].Type).Quantity.Scale;

    private Bounds BoundsOf(int parameter) => ((FieldType.Number)_rulebook.Schema.Parameters[parameter].Type).Quantity.Bounds;

    private bool Takes(int parameter, BigInteger value) => BoundsOf(parameter).Contains(value);
}
