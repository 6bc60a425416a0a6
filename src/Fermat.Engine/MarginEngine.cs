using System.Collections.Immutable;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Rules.Updates;

namespace Fermat.Engine;

/// <summary>
/// The margin engine: a ledger under a rulebook. An event is worked out by the ledger, its authorisations are checked, the accounts that their owners instruct are judged by the rulebook
/// as they would be afterwards, and only then it is done. What follows from it (liquidations, insurance, deleveraging, socialized losses, the guard's parameters) the engine makes
/// as events of their own, so that the log alone rebuilds the state.
/// </summary>
/// <remarks>One thread at a time. The same events give the same log on every machine.</remarks>
public sealed partial class MarginEngine
{
    private const int BatchSize = 1 << 10, LongestRun = 1 << 11, ShortestRun = 16;
    private static readonly SubmitResult Applied = new(EventOutcome.Applied, null);
    private static readonly int RunsAhead = Math.Max(1, Environment.ProcessorCount - 1);
    private readonly CoreRulebook _rulebook;
    private readonly MarketBinding _binding;
    private readonly PositionWorth? _worth;
    private readonly Action<LoggedEvent>? _log;
    private readonly MadeNames _names = new();
    private MarginRules? _rules;

    /// <summary>Begins with an empty ledger.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="options">How the engine runs.</param>
    /// <param name="log">Takes each event that enters the log, in order.</param>
    /// <exception cref="ArgumentException">The binding names something that the rulebook does not have, or a field for what is pledged that is not what the rulebook calls <c>encumbered</c>; or the rulebook's rules for updates speak of an aggregate that the engine does not measure.</exception>
    public MarginEngine(CoreRulebook rulebook, EngineOptions? options = null, Action<LoggedEvent>? log = null)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        Options = options ?? new EngineOptions();
        _rulebook = rulebook;
        _binding = new MarketBinding(rulebook.Schema, Options.Binding);
        _worth = PositionWorth.Of(rulebook.Schema);
        if (PledgeFields is { } pledges && EncumberedValue.Of(rulebook)?.Counts(pledges.Encumbered) != true)
            throw new ArgumentException($"the field {Options.Binding.Encumbered} takes what is pledged, and is not what the rulebook {rulebook.Schema.Name} calls {LoweredAccount.Encumbered}, so that nothing would hold an owner to it: define `{LoweredAccount.Encumbered} = {Options.Binding.Encumbered}`, or bind the field of that name");
        _isHouse = MarginRules.ClearingOf(rulebook) is not (null or Literal { Value.IsZero: true });
        _updates = new UpdateRules(rulebook);
        CheckMeasures(_updates);
        _log = log;
    }

    /// <summary>How the engine runs.</summary>
    public EngineOptions Options { get; }

    /// <summary>The ledger.</summary>
    public LedgerState State { get; } = new();

    /// <summary>Market data as the rulebook sees them; null until there are parameters.</summary>
    public MarketData? Market => _binding.Market;

    /// <summary>Whether a name is one of those that an engine gives to the events that it makes: an engine that makes them takes no other event of such a name.</summary>
    /// <param name="id">An event's name.</param>
    public static bool IsReserved(EventId id) => MadeNames.IsReserved(id);

    /// <summary>Takes an event, and makes whatever follows from it.</summary>
    public SubmitResult Submit(LedgerEvent instruction)
    {
        if (Options.Automatic) SetMarks();                                                      // of a log that was cut between prices and the marks that follow
        if (Options.Automatic && _called is not null) Follow(all: true);                       // of one that was cut between a settlement and what follows
        SubmitResult result = Take(instruction, generated: false);
        if (!result.IsApplied || !Options.Automatic) return result;
        SetMarks();
        if (Moves(instruction)) Follow(all: !IsCash(instruction));
        return result;
    }

    /// <summary>
    /// Takes events one after the other, as <see cref="Submit"/> does, and what comes out is the same. Trades are booked some thousands ahead while those before are judged on other cores, and taken back where one of these is
    /// not in order: so <see cref="State"/> may be ahead of what the log has been told, until this returns.
    /// </summary>
    /// <param name="instructions">The events.</param>
    /// <returns>By event.</returns>
    public SubmitResult[] SubmitMany(IReadOnlyList<LedgerEvent> instructions)
    {
        ArgumentNullException.ThrowIfNull(instructions);
        var results = new SubmitResult[instructions.Count];
        var ahead = new List<TradeRun>();
        int next = 0, most = LongestRun, told = 0;                                               // told: trades of the oldest run that the log has
        try
        {
            while (next < results.Length || ahead.Count > 0)
            {
                if (_rules is { IsClearing: false } && Marks.Due.Count == 0 && TradeRun.Book(State, instructions, next, most) is { Count: > 0 } run)
                {
                    ahead.Add(run);
                    run.BeginJudging(_rules, _binding, new EventSignature(State.Venue, Options.Chain));
                    next += run.Count;
                    if (ahead.Count <= RunsAhead) continue;
                }
                if (ahead is [var oldest, ..])
                {
                    int good = oldest.InOrder();
                    for (told = 0; told < good; told++)
                    {
                        results[oldest.First + told] = Applied;
                        _log?.Invoke(new LoggedEvent(instructions[oldest.First + told], null, Generated: false));
                    }
                    if (good == oldest.Count)
                    {
                        ahead.RemoveAt(0);
                        told = 0;
                        most = Math.Min(2 * most, LongestRun);
                        continue;
                    }
                    next = oldest.First + good;
                    TakeBack(ahead, good);
                    (most, told) = (ShortestRun, 0);
                }
                if (next >= results.Length) break;
                results[next] = Submit(instructions[next]);
                next++;
            }
        }
        catch
        {
            TakeBack(ahead, told);
            throw;
        }
        return results;
    }

    /// <summary>Takes back all runs, the last first, but for the first trades of the oldest.</summary>
    private static void TakeBack(List<TradeRun> ahead, int kept)
    {
        for (int i = ahead.Count - 1; i >= 0; i--) ahead[i].TakeBack(i == 0 ? kept : 0);
        ahead.Clear();
    }

    /// <summary>Takes an event of a log that is trusted: it is booked as it was, without judgement.</summary>
    /// <exception cref="InvalidOperationException">The ledger refuses it, so that it cannot be of this log.</exception>
    /// <exception cref="ArgumentException">It pledges collateral, and the rulebook's accounts do not have the fields for it: the log is of a venue under another rulebook, or with another binding.</exception>
    public void Restore(LoggedEvent logged)
    {
        ArgumentNullException.ThrowIfNull(logged);
        (LedgerChange? change, LedgerRejection? rejection) = State.Prepare(logged.Event);
        if (change is null) throw new InvalidOperationException($"the event {logged.Event.Id} is not one of this log: {rejection}");
        if (logged is { Rejection: null, Event: CollateralPledged pledged } && PledgeFields is null)
            throw new ArgumentException($"collateral of {pledged.Account} is pledged in this log ({pledged.Id}), and {_binding.Items.Pledges.NotTaken}: open the venue under the rulebook that it ran under", nameof(logged));
        _names.Note(logged.Event.Id, State.Height);
        EndCallBefore(logged.Event);
        if (logged.Rejection is null) Commit(change);
        else State.CommitRejected(change);
    }

    /// <summary>What an event would lead to, without taking it.</summary>
    public WhatIf Try(LedgerEvent instruction)
    {
        ArgumentNullException.ThrowIfNull(instruction);
        if (Reserved(instruction) is { } reserved) return new WhatIf(reserved, []);
        (LedgerChange? change, LedgerRejection? rejection) = State.Prepare(instruction);
        if (change is null) return new WhatIf(Booked(rejection!), []);
        if (Barred(change) is { } barred) return new WhatIf(barred, []);
        var accounts = ImmutableArray.CreateBuilder<WhatIfAccount>();
        foreach (AccountChange account in change.Accounts)
            accounts.Add(new WhatIfAccount(account.After.Id, account.Before is null ? null : Judge(account.Before, out _), Judge(account.After, out _))
            {
                PledgeBefore = account.Before is null ? null : PledgeOf(account.Before),
                PledgeAfter = PledgeOf(account.After),
            });
        EngineRejection? broken = instruction is ParametersUpdated update && Judge(update)?.Verdict.Broken is { } rule ? Broken(rule) : null;
        return new WhatIf(Judge(change) ?? broken, accounts.ToImmutable());
    }

    private SubmitResult Take(LedgerEvent instruction, bool generated)
    {
        ArgumentNullException.ThrowIfNull(instruction);
        if (!generated && Reserved(instruction) is { } reserved) return new(EventOutcome.Refused, reserved);
        (LedgerChange? change, LedgerRejection? refused) = State.Prepare(instruction);
        if (change is null) return new(EventOutcome.Refused, Booked(refused!));
        if (Barred(change) is { } barred) return new(EventOutcome.Refused, barred);
        EndCallBefore(instruction);
        EngineRejection? rejection = Judge(change) ?? JudgeUpdate(instruction);
        if (!generated && rejection is null) rejection = Justify(instruction);
        _names.Note(instruction.Id, State.Height);
        if (rejection is not null)
        {
            State.CommitRejected(change);
            _log?.Invoke(new LoggedEvent(instruction, rejection, generated));
            return new(EventOutcome.Rejected, rejection);
        }
        StepReason? because = _log is null ? null : ReasonOf(instruction);
        Commit(change);
        _log?.Invoke(new LoggedEvent(instruction, null, generated) { Because = because });
        return new(EventOutcome.Applied, null);
    }

    /// <summary>How the failing account of a step stands before it; null of what is no step of a liquidation.</summary>
    private StepReason? ReasonOf(LedgerEvent step)
    {
        if (FailingOf(step) is not { } id || !State.TryFindAccount(id, out int index) || Judge(State.Accounts[index], out _) is not { } health) return null;
        string? symbol = step switch
        {
            CollateralSold e => e.For,
            InsurancePaid e => e.Asset,
            LossSocialized e => e.Asset,
            _ => null,
        };
        if (symbol is null || !State.TryFindAsset(symbol, out AssetState? asset)) return new StepReason(id, health);
        return new StepReason(id, health) { Asset = symbol, Owed = new(-State.Accounts[index].Balance(asset.Index).Amount, asset.Scale) };
    }

    /// <summary>Where the engine makes events, nobody else takes their names. Where it does not, they come from outside, as they are in the log that they are of.</summary>
    private EngineRejection? Reserved(LedgerEvent instruction) => Options.Automatic && MadeNames.IsReserved(instruction.Id)
        ? new(EngineRejectionCode.ReservedName, $"{instruction.Id} is a name that the engine gives to an event that it makes", "give it another name; a log with the engine's own events in it is read with fermat replay --as-logged")
        : null;

    /// <summary>Why an event that the ledger could book is refused and not in the log: the rulebook could not count or value what it leaves, marks are derived, or a signature is not its owner's.</summary>
    private EngineRejection? Barred(LedgerChange change)
    {
        LedgerEvent instruction = change.Event;
        if (_binding.Problem(State, instruction) is { } problem) return new(EngineRejectionCode.NotOfRulebook, problem, "list, open, price and set parameters within what the rulebook takes");
        if (instruction is AccountOpened opened && change.Accounts[0].After.Index >= Options.MaxAccounts)
            return new(EngineRejectionCode.TooManyAccounts, $"{opened.Account} would be one account more than the {Options.MaxAccounts} that there may be", "the state tree has a leaf for each account, and its depth is for the life of the venue: open a venue with a deeper one", opened.Account);
        return SecondAsset(instruction) ?? Unpriced(instruction) ?? CheckMarks(instruction) ?? Undefined(instruction) ?? OutOfRange(change) ?? BeyondHouse(change) ?? CheckAuthorisations(change) ?? Unvalued(change);
    }

    /// <summary>What would leave an account that it touches beyond the rulebook's quantities: that account could be neither valued nor proven any more. Of the engine's own steps too; then what the step is for stays as it is.</summary>
    private EngineRejection? OutOfRange(LedgerChange change)
    {
        foreach (AccountChange account in change.Accounts)
            if (_binding.Items.Problem(_binding, State, account) is { } problem)
                return new(EngineRejectionCode.NotOfRulebook, problem, change.Event is Settlement ? "let it withdraw, send or close what is too much first, then settle" : "keep what an account has within what the rulebook counts", account.After.Id);
        return null;
    }

    /// <summary>What has no price cannot be deposited or sent: an account that holds it could be neither valued nor liquidated.</summary>
    private EngineRejection? Unpriced(LedgerEvent instruction)
    {
        string? symbol = instruction switch
        {
            Deposit e => e.Asset,
            Transfer e => e.Asset,
            _ => null,
        };
        if (symbol is null || (State.TryFindAsset(symbol, out AssetState? asset) && _binding.Asset(asset.Index).Priced)) return null;
        return new(EngineRejectionCode.NoPrice, $"the rulebook's market does not price {symbol}", "give it a market record and an index price first");
    }

    /// <summary>An account that nobody could value is neither opened nor paid from outside: the event can come again when it has a value. What its owner instructs is in the log as rejected.</summary>
    private EngineRejection? Unvalued(LedgerChange change) => change.Event is Deposit or WithdrawalSettled || (change.Event is AccountOpened && _rules is not null) ? Unvalued(change.Accounts[0]) : null;

    /// <summary>Market data under which something of the rulebook that everybody can compute has no value: with them no account could be judged, no liquidation bounded and no batch proven.</summary>
    private EngineRejection? Undefined(LedgerEvent instruction)
    {
        MarketData? after = instruction switch
        {
            ParametersUpdated update => _binding.After(State, update),
            PricesSet set when MarksAfter(set) is var due => _binding.After(State, due.Marks.SetItems(set.Prices), set.Time, [set.Confidences, due.Confidences]),
            MarksUpdated marks when MarksAfter(marks) is { Marks.Count: > 0 } due => _binding.After(State, due.Marks, marks.Time, [due.Confidences]),
            _ => null,
        };
        if (after is null || MarginRules.Undefined(_rulebook, after) is not { } undefined) return null;
        return new(EngineRejectionCode.NotOfRulebook, $"the rulebook's {undefined.Definition} would have no value: {undefined.Why}", "set other parameters or prices, or have the rulebook say what holds then");
    }

    private void Commit(LedgerChange change)
    {
        State.Commit(change);
        TakeMarks(change.Event);
        TakeGains(change);
        switch (change.Event)
        {
            case AssetListed or InstrumentListed or ParametersUpdated:
                _binding.Refresh(State);
                break;
            case PricesSet or FundingTick or Settlement:
                _binding.RefreshPrices(State);
                break;
            default:
                return;
        }
        Measured(change.Event);
        _rules = _binding.Market is { } market ? new MarginRules(_rulebook, market, _binding.Items.Positions) : null;
    }

    private bool IsVenue(int account) => account == State.Insurance || account == State.Fees;

    private static EngineRejection Booked(LedgerRejection rejection) => new(EngineRejectionCode.Bookkeeping, rejection.Sentence, rejection.Hint, null, rejection);
}
