using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Proving.Transitions;

/// <summary>Applies a batch's events natively, by the same integers as the circuit: makes the versions of the accounts that they touch, or says which event is not allowed and why.</summary>
internal sealed partial class VersionMaker
{
    private readonly TransitionBatch _batch;
    private readonly VersionFields _fields;
    private readonly RulebookSchema _schema;
    private readonly Interpreter _interpreter;
    private readonly CoreNode _gap, _isHealthy, _canBeLiquidated;
    private readonly CoreNode? _exposure;
    private readonly Dictionary<int, List<AccountVersion>> _versions = [];
    private readonly Dictionary<int, Standing> _standings = [];
    private readonly LiquidationLimits _limits;
    private readonly BigInteger _finer;
    private readonly bool _refusesBorrowing, _judgesApart, _isClearing;
    private int _opened;
    private bool _isLiar;

    private VersionMaker(TransitionBatch batch)
    {
        (_batch, _schema, _fields) = (batch, batch.Rulebook.Schema, VersionFields.Of(batch.Rulebook.Schema));
        _interpreter = new Interpreter(batch.Rulebook.Rulebook, batch.Market);
        (_gap, _isHealthy, _canBeLiquidated) = (LoweredVersions.GapOf(batch.Rulebook.Rulebook), LoweredVersions.IsHealthy(batch.Rulebook.Rulebook), batch.Rulebook.Rulebook.Solvency!.Liquidatable);
        _exposure = LoweredVersions.ExposureOf(batch.Rulebook.Rulebook);
        _limits = new LiquidationLimits(batch, _interpreter, _fields);
        _finer = BigInteger.Pow(10, _fields.FinerDigits);
        _judgesApart = LoweredVersions.JudgesApart(batch.Rulebook.Rulebook);
        _isClearing = LoweredVersions.IsClearingHouse(batch.Rulebook.Rulebook);
        _refusesBorrowing = batch.Events.Any(e => e.Kind == EventKind.RejectedBorrowing);
    }

    /// <summary>The versions, by leaf and event; null when an event is refused.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="refused">The event that is not allowed.</param>
    /// <param name="isLiar">For tests: what the rules do not allow is done all the same, as long as it can be written down.</param>
    public static IReadOnlyList<AccountVersion>? Make(TransitionBatch batch, out RefusedEvent? refused, bool isLiar = false)
    {
        var maker = new VersionMaker(batch) { _isLiar = isLiar };
        for (int i = 0; i < batch.Events.Count; i++)
        {
            if (maker.Judged(batch.Events[i], i + 1) is not { } reason) continue;
            refused = new RefusedEvent(i, reason);
            return null;
        }
        refused = null;
        var all = new List<AccountVersion>();
        foreach ((_, List<AccountVersion> versions) in maker._versions.OrderBy(pair => pair.Key))
        {
            versions[^1] = versions[^1] with { IsLast = true };
            all.AddRange(versions);
        }
        return all;
    }

    private string? Judged(BatchEvent e, int number)
    {
        try
        {
            return Apply(e, number);
        }
        catch (RuleEvaluationException undefined)
        {
            return $"an account cannot be valued: {undefined.Message}";
        }
    }

    private string? Apply(BatchEvent e, int number)
    {
        if (!_isLiar && Malformed(e, number) is { } malformed) return malformed;
        if (e.Kind == EventKind.Rejected) return null;
        if (e.Kind == EventKind.Opening) return Open(e, number);
        if (e.Kind is EventKind.RejectedHalf or EventKind.RejectedReturn) return Half(e, number);
        if (Is(e.Kind, EventTable.Attempts)) return Attempt(e, number);
        bool sells = e.Size.Sign < 0, reduces = Is(e.Kind, EventTable.Reduces);
        AccountVersion? failing = reduces ? Run(e.First)?[^1] : null;
        LegRole firstRole = EventTable.FirstRole(e.Kind) | (reduces ? sells ? LegRole.StaysLong : LegRole.StaysShort : LegRole.None) | ((_refusesBorrowing && Is(e.Kind, EventTable.PaysAsInstructed)) || (e.Kind == EventKind.MarginAssignment && e.FirstCash.Sign < 0) ? LegRole.StaysCredit : LegRole.None);
        LegRole secondRole = EventTable.SecondRole(e.Kind) | (e.Kind == EventKind.Deleveraging ? sells ? LegRole.StaysShort : LegRole.StaysLong : LegRole.None);
        if (_isClearing && Is(e.Kind, EventTable.Novates)) (firstRole, secondRole) = (firstRole | (e.Kind == EventKind.Trade ? LegRole.Novated : LegRole.None), secondRole | LegRole.Novated);
        if (_isClearing && e.Kind == EventKind.LossShare && e.Second == _batch.InsuranceSlot) secondRole &= ~LegRole.HasNoPosition;
        if (Step(e.First, number, (closes, empties) => new(firstRole, e.Instrument, 1, e.Size, e.Cost, e.Asset, e.FirstCash, closes, empties) { Pledged = e.Pledged, PledgedTo = PledgedTo(e) }) is { } first) return first;
        if (failing is not null && !_isLiar && _limits.Problem(e, failing.Account) is { } beyond) return $"account {failing.Account.Id}: {beyond}";
        if (e.Second is { } other && Step(other, number, (closes, empties) => new(secondRole, e.Instrument, -1, e.Size, e.Cost, e.Asset, e.SecondCash, closes, empties) { IsNamed = Is(e.Kind, EventTable.OnlyNamesSecond) }) is { } second) return second;
        if (e.Fee.IsZero) return null;
        int to = e.Kind == EventKind.Liquidation ? _batch.InsuranceSlot : _batch.FeesSlot;
        if (to == e.First || to == e.Second) return "the account that fees go to trades itself and pays a fee";
        return Step(to, number, (_, empties) => new AccountLeg(LegRole.None, null, 1, 0, 0, e.Asset, e.Fee, false, empties));
    }

    /// <summary>What an event of its kind never is, whatever the accounts are.</summary>
    private string? Malformed(BatchEvent e, int number)
    {
        bool moves = Is(e.Kind, EventTable.Moves), hasSecond = Is(e.Kind, EventTable.HasSecond), encumbers = Is(e.Kind, EventTable.Encumbers);
        if (e.GoesOn && number == 1) return "a batch does not begin with the second part of an event";
        if (e.Second is not null != hasSecond) return hasSecond ? "there is no second account" : "there is a second account";
        if (e.Instrument is not null != moves) return moves ? "there is no instrument" : "there is an instrument";
        if (e.First == e.Second != (e.Kind == EventKind.RejectedHalf)) return e.Second == e.First ? "both accounts are the same" : "a half that is rejected comes back to whom it came from";
        if (e.Asset < 0 || e.Asset >= AssetCount) return $"there is no asset {e.Asset}";
        if (moves && (!_fields.HasPositions || e.Instrument < 0 || e.Instrument >= _batch.Market.Tables[_fields.InstrumentTable].Length)) return $"there is no instrument {e.Instrument}";
        if (moves && _batch.Market.Tables[_fields.InstrumentTable][e.Instrument!.Value].Fields[_fields.Settle].Integer != e.Asset) return "the instrument is paid in another asset";
        if (!moves && !(e.Size.IsZero && e.Cost.IsZero)) return "there is a size or a cost, but no instrument";
        if (Is(e.Kind, EventTable.Assigns) && !_fields.HasMargin) return "nothing can be set aside for a position";
        if (Is(e.Kind, EventTable.Assigns) && !(e.Size.IsZero && e.Cost.IsZero)) return "what is set aside moves no position";
        if (Is(e.Kind, EventTable.HandedOver) && NotAtMark(e, e.Size, e.Cost) is { } price) return price;
        if (e.Kind == EventKind.VariationMargin && NotSettled(e) is { } settled) return settled;
        if (encumbers && !_fields.HasPledges) return "nothing can be pledged";
        if (Halves(e, number) is { } halves) return halves;
        return e.Kind switch
        {
            _ when !encumbers && !e.Pledged.IsZero => "it pledges nothing",
            _ when encumbers && (e.Kind == EventKind.Release ? e.Pledged.Sign >= 0 : e.Pledged.Sign <= 0) => "who pledges pledges something, and who releases releases something",
            _ when encumbers && !(e.Asset == 0 && e.FirstCash.IsZero && e.SecondCash.IsZero) => "what is pledged is not paid",
            EventKind.Deposit when e.FirstCash.Sign < 0 => "a deposit is not negative",
            _ when Is(e.Kind, EventTable.NamesNobody) && e.First != 0 => "what is rejected names no account",
            _ when Is(e.Kind, EventTable.Idle) && !(e.Asset == 0 && e.FirstCash.IsZero) => "what is rejected moves nothing",
            _ when Is(e.Kind, EventTable.FirstPays) && e.FirstCash.Sign >= 0 => "who withdraws or transfers pays something",
            _ when Is(e.Kind, EventTable.Reduces) && e.Size.IsZero => "a step of a liquidation takes something",
            EventKind.Liquidation when e.FirstCash.Sign > 0 => "who is liquidated is paid nothing",
            EventKind.Liquidation when !e.SecondCash.IsZero && e.Second != _batch.InsuranceSlot => "a penalty goes to the insurance fund and to nobody else",
            EventKind.Deleveraging or EventKind.Settlement when !(e.FirstCash.IsZero && e.SecondCash.IsZero) => "a position alone changes hands",
            EventKind.Liquidation when _isClearing && e.Second != _batch.InsuranceSlot => "a clearing house's insurance fund takes positions over, and nobody else",
            EventKind.RejectedTrade when _isClearing => "a clearing house rejects no trade for want of margin",
            EventKind.InsurancePayment when e.First != _batch.InsuranceSlot => "it is not the insurance fund that pays",
            EventKind.CollateralSale when e.Second != _batch.InsuranceSlot => "collateral is sold to the insurance fund",
            EventKind.Settlement when e.Second != _batch.InsuranceSlot && e.Second != _batch.FeesSlot => "a position is settled with the fees account or the insurance fund",
            _ when !Is(e.Kind, EventTable.HasFees) && !e.Fee.IsZero => "it has no fee",
            _ when e.Fee.Sign < 0 => "the fees account would pay",
            _ when !hasSecond && !e.SecondCash.IsZero => "there is nobody to receive the second cash",
            _ => null,
        };
    }

    private static bool Is(EventKind kind, EventKind[] kinds) => Array.IndexOf(kinds, kind) >= 0;

    /// <summary>What is handed over at the mark price costs what it is worth, up to the ledger's rounding.</summary>
    private string? NotAtMark(BatchEvent e, BigInteger size, BigInteger cost)
    {
        if (_fields.Mark < 0) return "instruments have no mark price";
        (MarketData market, int instrument) = (_batch.Market, e.Instrument!.Value);
        BigInteger off = size * _fields.SizeFactorOf(market, instrument) - cost * _fields.CostFactorOf(market, instrument);
        return BigInteger.Abs(off) <= _fields.AtMarkAllowance(market, _batch.Counted, instrument, _batch.CostRounding) ? null : "it is not at the mark price";
    }

    /// <summary>Of a position that is settled and goes on: its size stays, what it cost less is paid, and it costs afterwards what it is worth at the mark price.</summary>
    private string? NotSettled(BatchEvent e)
    {
        if (!e.Size.IsZero) return "a position that is settled and goes on keeps its size";
        if (e.FirstCash != _finer * e.Cost) return "what a position cost less than it is worth is not what is paid";
        if (Run(e.First)?[^1] is not { } version) return $"there is no account {e.First}";
        if (VersionLeg.Item(version.Account, _fields.Positions, _fields.Instrument, e.Instrument!.Value) is not { } held || held[_fields.Size].IsZero) return $"account {version.Account.Id} has no position to settle";
        return NotAtMark(e, held[_fields.Size], held[_fields.Cost] + e.Cost);
    }

    /// <summary>To whom a row pledges, or who releases in it: the leaf and 1.</summary>
    private static int PledgedTo(BatchEvent e) => Is(e.Kind, EventTable.Encumbers) ? (e.Second ?? -1) + 1 : 0;

    /// <summary>A delivery is followed by its payment, a sale of collateral by its own.</summary>
    private string? Halves(BatchEvent e, int number)
    {
        EventKind? before = number > 1 ? _batch.Events[number - 2].Kind : null, next = number < _batch.Events.Count ? _batch.Events[number].Kind : null;
        if (e.Kind is EventKind.Delivery && next is not EventKind.DeliveryPayment || e.Kind is EventKind.CollateralSale && next is not EventKind.CollateralPayment) return "what is delivered is paid in the next row";
        if ((e.Kind == EventKind.RejectedHalf) != (next == EventKind.RejectedSpot) || (e.Kind == EventKind.RejectedSpot) != (next == EventKind.RejectedReturn)) return "a half that is rejected is followed by the other, and that by what takes it back";
        if (e.Kind is EventKind.RejectedSpot or EventKind.RejectedReturn)
        {
            if (number == 1) return "nothing is taken back before it is attempted";
            if (e.Kind == EventKind.RejectedSpot && e.First != _batch.Events[number - 2].First) return "both halves of what is rejected are of one account";
            return e.Terms.AsSpan().SequenceEqual(_batch.Events[number - 2].Terms.AsSpan()) ? null : "both halves have the same terms";
        }
        if (e.Kind is not (EventKind.DeliveryPayment or EventKind.CollateralPayment)) return null;
        if (before is not EventKind.Delivery && e.Kind == EventKind.DeliveryPayment || before is not EventKind.CollateralSale && e.Kind == EventKind.CollateralPayment) return "what is paid was not delivered in the row before";
        BatchEvent first = _batch.Events[number - 2];
        if (e.First != first.Second || e.Second != first.First) return "who receives pays, and who delivers is paid";
        if (e.Kind == EventKind.CollateralPayment && (!_limits.HasIndex || !(_limits.IsAtIndex(first, e, ofSold: true) || _limits.IsAtIndex(first, e, ofSold: false)))) return "collateral is sold below its index price";
        return e.Terms.AsSpan().SequenceEqual(first.Terms.AsSpan()) ? null : "both halves have the same terms";
    }

    private int AssetCount => _batch.Market.Tables[((FieldType.Reference)_schema.Collections[_fields.Balances].Fields[_fields.Asset].Type).Table].Length;

    private string? Open(BatchEvent e, int number)
    {
        if (e.Opened is not { } opened) return "an opening has an account";
        if (e.First != _batch.Accounts.Count + _opened) return $"the next free leaf is {_batch.Accounts.Count + _opened}, not {e.First}";
        if (e.First >= 1 << _batch.Depth) return $"the tree has no leaf {e.First}";
        if (opened.Nonce != 0 || opened.Account.Items.Any(items => items.Length > 0) || opened.Account.Scalars.Where((_, field) => field != _fields.Mode).Any(value => !value.IsZero)) return "an account opens empty";
        if (!e.FirstCash.IsZero || e.Asset != 0) return "an opening moves nothing";
        AccountVersion first = Initial(e.First, opened with { Account = opened.Account with { Scalars = [.. opened.Account.Scalars.Select(_ => BigInteger.Zero)] } }) with { WasEmpty = true };
        _versions.Add(e.First, [first]);
        _opened++;
        return Step(e.First, number, (_, _) => AccountLeg.Nothing with { Role = LegRole.Opens }, opened.Account.Scalars);
    }

    private AccountVersion Initial(int slot, LedgerAccount account)
    {
        Standing standing = Judge(account.Account);
        return new AccountVersion
        {
            Account = account.Account,
            Slot = slot,
            Id = AccountDigests.OfId(_batch.Rulebook.SchemaDigest, account.Account.Id),
            Owner = AccountDigests.OfOwnerV2(account.Owner.ToArray()),
            Nonce = account.Nonce,
            PreviousGap = standing.Gap,
            PreviousExposure = standing.Exposure,
            WasLiquidatable = standing.CanBeLiquidated,
        };
    }

    /// <summary>The versions of an account so far, the first one made where there is none; null where there is no account.</summary>
    private List<AccountVersion>? Run(int slot)
    {
        if (_versions.TryGetValue(slot, out List<AccountVersion>? versions)) return versions;
        if (slot < 0 || slot >= _batch.Accounts.Count) return null;
        _versions.Add(slot, versions = [Initial(slot, _batch.Accounts[slot])]);
        return versions;
    }

    private string? Step(int slot, int number, Func<bool, bool, AccountLeg> legOf, ImmutableArray<BigInteger>? opensWith = null)
    {
        if (Run(slot) is not { } versions) return $"there is no account {slot}";
        AccountVersion before = versions[^1];
        if (Move(before.Account, legOf(false, false), out AccountData? after, out bool closes, out bool empties) is { } fault) return $"account {before.Account.Id}: {fault}";
        if (opensWith is { } scalars) after = after! with { Scalars = scalars };
        AccountLeg leg = legOf(closes, empties);
        if (!_isLiar && leg.Role.HasFlag(LegRole.Assigns) && !IsIsolated(before.Account)) return $"account {before.Account.Id} is not in isolated mode";
        (Standing was, Standing becomes) = (_standings.TryGetValue(slot, out Standing? known) ? known : Judge(before.Account), Judge(after!));
        _standings[slot] = becomes;
        (BigInteger gap, BigInteger exposure) = leg.Role.HasFlag(LegRole.GoesOn) ? (before.PreviousGap, before.PreviousExposure) : (was.Gap, was.Exposure);
        bool wasLiquidatable = leg.Role.HasFlag(LegRole.GoesOn) ? before.WasLiquidatable : was.CanBeLiquidated, falls = _judgesApart && becomes.CanBeLiquidated && !wasLiquidatable;
        if (!_isLiar && (Forbidden(leg.Role, becomes.IsHealthy, becomes.Gap > gap, falls, was.CanBeLiquidated, isRaised: becomes.Exposure > exposure) ?? Strayed(leg, after!)) is { } reason) return $"account {before.Account.Id} {reason}";
        if (leg.IsInstructed && before.Nonce == ulong.MaxValue) return $"account {before.Account.Id} has used all nonces";
        versions.Add(before with { Account = after!, Event = number, WasEmpty = false, TakesBack = false, Nonce = before.Nonce + (leg.IsInstructed ? 1u : 0), PreviousGap = gap, PreviousExposure = exposure, WasLiquidatable = wasLiquidatable, Leg = leg });
        return null;
    }

    private bool IsIsolated(AccountData account) => _fields.Mode >= 0 && account.Scalars[_fields.Mode] == _fields.Isolated;

    private Standing Judge(AccountData account)
    {
        Frame frame = _interpreter.Open(account);
        bool canBeLiquidated = _interpreter.Evaluate(_canBeLiquidated, frame).IsOne;
        BigInteger gap = _interpreter.Evaluate(_gap, frame);
        return new Standing(gap, _exposure is null ? gap : _interpreter.Evaluate(_exposure, frame), _interpreter.Evaluate(_isHealthy, frame).IsOne && !(_judgesApart && canBeLiquidated), canBeLiquidated);
    }

    /// <summary>How an account stands under the rulebook.</summary>
    private sealed record Standing(BigInteger Gap, BigInteger Exposure, bool IsHealthy, bool CanBeLiquidated);

    /// <summary>What the rulebook forbids.</summary>
    private static string? Forbidden(LegRole role, bool isHealthy, bool isWorse, bool falls, bool couldBeLiquidated, bool isRaised)
    {
        bool isJudged = role.HasFlag(LegRole.Instructed) && !role.HasFlag(LegRole.Novated);
        if (isJudged && falls) return "would become liquidatable";
        if (isJudged && !isHealthy && isWorse) return "would be left below its initial requirement, and worse than before";
        if (role.HasFlag(LegRole.Pays) && !isHealthy) return "would be left below its initial requirement";
        if (role.HasFlag(LegRole.Due) && !couldBeLiquidated) return "is not liquidatable";
        if (role.HasFlag(LegRole.NotDue) && couldBeLiquidated) return "is liquidatable, so it is not proven that a step was not due";
        return role.HasFlag(LegRole.NoWorse) && isRaised ? "would be left worse than before" : null;
    }

    /// <summary>A position or balance that went beyond where it may go.</summary>
    private string? Strayed(AccountLeg leg, AccountData after)
    {
        int position = leg.Instrument is { } instrument ? VersionLeg.Item(after, _fields.Positions, _fields.Instrument, instrument)?[_fields.Size].Sign ?? 0 : 0;
        int balance = VersionLeg.Item(after, _fields.Balances, _fields.Asset, leg.Asset)?[_fields.Amount].Sign ?? 0;
        if (leg.Role.HasFlag(LegRole.HasNoPosition) && _fields.HasPositions && after.Items[_fields.Positions].Any(item => !_fields.HasMargin || !item[_fields.Size].IsZero)) return "has a position, which is to be liquidated first";
        if (leg.Role.HasFlag(LegRole.Ends) && leg.Instrument is { } ends && VersionLeg.Item(after, _fields.Positions, _fields.Instrument, ends) is not null) return "would keep a part of a position that ends";
        if (leg.Role.HasFlag(LegRole.StaysLong) && position < 0 || leg.Role.HasFlag(LegRole.StaysShort) && position > 0) return "would have more taken than its position";
        if (leg.Role.HasFlag(LegRole.StaysCredit) && balance < 0) return "would pay more than it has";
        return leg.Role.HasFlag(LegRole.StaysDebt) && balance > 0 ? "would be paid more than it owes" : null;
    }

    /// <summary>What a leg makes of an account.</summary>
    private string? Move(AccountData account, AccountLeg leg, out AccountData? after, out bool closes, out bool empties)
    {
        (after, closes, empties) = (null, false, false);
        if (Encumber(account, leg, out account) is { } unpledged) return unpledged;
        BigInteger amount = leg.Cash;
        if (leg.Instrument is { } instrument)
        {
            ImmutableArray<BigInteger>? old = VersionLeg.Item(account, _fields.Positions, _fields.Instrument, instrument);
            BigInteger size = (old?[_fields.Size] ?? 0) + leg.Side * leg.Size, cost = (old?[_fields.Cost] ?? 0) + leg.Side * leg.Cost, margin = _fields.HasMargin ? (old?[_fields.Margin] ?? 0) + leg.Margin : 0;
            closes = size.IsZero && (margin.IsZero || !leg.Role.HasFlag(LegRole.Assigns));
            if (closes && old is null) return "a trade of nothing";
            if (closes && Left(_fields.Positions, old!.Value) is { } left) return $"a position that ends has a {left}, which would be lost";
            if (closes) amount += margin - _finer * cost;
            (int, BigInteger)[] numbers = [(_fields.Size, size), (_fields.Cost, cost), .. _fields.HasMargin ? ((int, BigInteger)[])[(_fields.Margin, margin)] : []];
            if (Put(account, _fields.Positions, _fields.Instrument, instrument, closes ? null : numbers, out account) is { } fault) return fault;
        }
        if (!amount.IsZero)
        {
            ImmutableArray<BigInteger>? old = VersionLeg.Item(account, _fields.Balances, _fields.Asset, leg.Asset);
            BigInteger balance = (old?[_fields.Amount] ?? 0) + amount;
            empties = balance.IsZero;
            if (empties && Left(_fields.Balances, old!.Value) is { } left) return $"a balance that ends has a {left}, which would be lost";
            if (Put(account, _fields.Balances, _fields.Asset, leg.Asset, empties ? null : [(_fields.Amount, balance)], out account) is { } fault) return fault;
        }
        after = account;
        return null;
    }

    /// <summary>What is pledged of an account, and to whom, after a leg.</summary>
    private string? Encumber(AccountData account, AccountLeg leg, out AccountData after)
    {
        after = account;
        if (!leg.Role.HasFlag(LegRole.Pledges) && !leg.Role.HasFlag(LegRole.Releases)) return null;
        (BigInteger before, BigInteger pledged, BigInteger holder) = (account.Scalars[_fields.Encumbered], account.Scalars[_fields.Encumbered] + leg.Pledged, account.Scalars[_fields.Pledgee]);
        if (!_isLiar && leg.Role.HasFlag(LegRole.Releases) && holder != leg.PledgedTo) return "nothing of it is pledged to who releases it";
        if (!_isLiar && !before.IsZero && holder != leg.PledgedTo) return "it is pledged to another";
        if (!((FieldType.Number)_schema.Scalars[_fields.Encumbered].Type).Quantity.Bounds.Contains(pledged)) return pledged.Sign < 0 ? "more is released than is pledged" : $"what is pledged would be {pledged}, outside its quantity";
        after = account with { Scalars = account.Scalars.SetItem(_fields.Encumbered, pledged).SetItem(_fields.Pledgee, pledged.IsZero ? 0 : leg.PledgedTo) };
        return null;
    }

    /// <summary>A number of an item, beside those that events move, that is not zero.</summary>
    private string? Left(int collection, ImmutableArray<BigInteger> item)
    {
        ImmutableArray<SchemaField> fields = _schema.Collections[collection].Fields;
        for (int f = 0; f < fields.Length; f++)
            if (!(collection == _fields.Balances ? f == _fields.Amount : f == _fields.Size || f == _fields.Cost || f == _fields.Margin) && fields[f].Type is FieldType.Number && !item[f].IsZero) return fields[f].Name;
        return null;
    }

    /// <summary>Puts numbers into the item with a reference, makes it, or takes it away.</summary>
    private string? Put(AccountData account, int collection, int reference, int record, (int Field, BigInteger Value)[]? numbers, out AccountData after)
    {
        after = account;
        Collection declared = _schema.Collections[collection];
        ImmutableArray<ImmutableArray<BigInteger>> items = account.Items[collection];
        int at = 0;
        while (at < items.Length && items[at][reference] < record) at++;
        bool exists = at < items.Length && items[at][reference] == record;
        if (numbers is null)
        {
            items = items.RemoveAt(at);
        }
        else
        {
            var builder = ImmutableArray.CreateBuilder<BigInteger>(declared.Fields.Length);
            if (exists) builder.AddRange(items[at]);
            else
                for (int f = 0; f < declared.Fields.Length; f++) builder.Add(f == reference ? record : 0);
            foreach ((int field, BigInteger value) in numbers)
            {
                Quantity quantity = ((FieldType.Number)declared.Fields[field].Type).Quantity;
                if (!quantity.Bounds.Contains(value)) return $"{declared.Fields[field].Name} would be {value}, outside its quantity {quantity.Name}";
                builder[field] = value;
            }
            if (!exists && items.Length == declared.MaxItems) return $"it would have more than {declared.MaxItems} {declared.Name}";
            items = exists ? items.SetItem(at, builder.ToImmutable()) : items.Insert(at, builder.ToImmutable());
        }
        after = account with { Items = account.Items.SetItem(collection, items) };
        return null;
    }
}
