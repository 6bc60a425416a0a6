using System.Collections.Immutable;
using System.Numerics;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Rules.Inputs;
using Fermat.Statements.Parameters;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>How a log is cut into batches.</summary>
/// <param name="Depth">Depth of the state tree, 1 to <see cref="TransitionInputs.MaxDepth"/>: 2^Depth accounts at most. The same for the life of the venue, or the roots do not follow each other.</param>
/// <param name="MaxEvents">A batch ends when it has so many rows (an event is one, or one for each of its halves and shares), 1 to <see cref="TransitionInputs.MaxEvents"/>.</param>
/// <param name="Orders">A batch ends before each deleveraging too, so that it can be proven whose turn it was (<see cref="Statements.Waterfall.WaterfallStatement"/>): that is decided on the state under the root before the batch.</param>
/// <param name="Shares">A batch ends before and after each socialized loss too, so that it can be proven how it was shared (<see cref="Statements.Waterfall.SharesStatement"/>).</param>
/// <param name="Aggregates">Open interest of each instrument and balances of the insurance fund, before and after each batch, are shown and proven (<see cref="TransitionAggregates"/>): of a batch with one trade the difference can be its size.</param>
public sealed record BatchOptions(int Depth = 16, int MaxEvents = 10_000, bool Orders = false, bool Shares = false, bool Aggregates = false);

/// <summary>A batch of a log, ready for <see cref="TransitionProver"/>.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Events">Its events as the log has them, in order.</param>
/// <param name="Accounts">All accounts after it as the engine has them, in the order of their leaves. The batch leads to these, or it is refused.</param>
/// <param name="IsLoss">Whether the batch is a socialized loss and nothing else, of which it can be proven how it was shared (<see cref="Statements.Proving.Waterfall.SharesProver"/>): not where <see cref="LossUnproven"/> says why.</param>
public sealed record VenueBatch(TransitionBatch Batch, ImmutableArray<LoggedEvent> Events, IReadOnlyList<LedgerAccount> Accounts, bool IsLoss = false)
{
    /// <summary>Of a batch that is a socialized loss and nothing else: why it cannot be proven how it was shared, so that this is the venue's word. Null where it can be, and of other batches.</summary>
    public UnprovenLoss? LossUnproven { get; init; }

    /// <summary>Whether it begins with a deleveraging of an account that has a position which has expired and is not settled: the engine passes over that one, as it cannot change hands any more, and statement W, which knows no time, compares it with the others.</summary>
    public bool HasExpired { get; init; }
}

/// <summary>Why statement D does not say how a loss was shared.</summary>
public enum UnprovenLoss
{
    /// <summary>The failing account has something left, and no price of the rulebook says that it is worth less than a unit of what it owed.</summary>
    SomethingLeft = 1,
}

/// <summary>
/// Cuts the log of a margin engine into batches for statement T. It keeps an engine of its own, to which it books each event; a batch ends before an event that changes market data, which acts between batches, and where it is long
/// enough. What the rules rejected is a row of the batch that is open, and where an account would have lacked margin or owed what it paid, or was not liquidatable, that is proven, and opens a batch if none is open. An event that statement T cannot express is refused, and nothing after it can be taken.
/// </summary>
/// <remarks>One thread at a time. What accounts hold before and after each batch is read from the engine; that statement T leads from one to the other is checked, natively, before a batch is given out.</remarks>
public sealed class VenueBatches
{
    private readonly VenueRulebook _rulebook;
    private readonly BatchOptions _options;
    private readonly EventTranslator _translator;
    private readonly List<LoggedEvent> _logged = [];
    private readonly List<BatchEvent> _rows = [];
    private IReadOnlyList<LedgerAccount>? _last;
    private Digest _priceSet;
    private Opened? _open;

    /// <summary>Begins before the first event of a log.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="engine">How the log's engine ran.</param>
    /// <param name="options">How the log is cut; null for the defaults.</param>
    /// <exception cref="ArgumentException">The binding has other names than statement T knows, or an option is out of range.</exception>
    public VenueBatches(VenueRulebook rulebook, EngineOptions? engine = null, BatchOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        (_rulebook, _options) = (rulebook, options ?? new BatchOptions());
        if (_options.Depth is < 1 or > TransitionInputs.MaxDepth) throw new ArgumentException($"the depth of a state tree is 1 to {TransitionInputs.MaxDepth}, not {_options.Depth}", nameof(options));
        if (_options.MaxEvents is < 1 or > TransitionInputs.MaxEvents) throw new ArgumentException($"a batch has 1 to {TransitionInputs.MaxEvents} events, not {_options.MaxEvents}", nameof(options));
        EngineBinding names = (engine ?? new EngineOptions()).Binding, known = new();
        if ((names.Balances, names.BalanceAmount, names.Positions, names.Size, names.Cost, names.Margin, names.Mode) != (known.Balances, known.BalanceAmount, known.Positions, known.Size, known.Cost, known.Margin, known.Mode)
            || (names.Settle, names.Mark, names.Funding) != (known.Settle, known.Mark, known.Funding)
            || names.CashAsset is not null)
            throw new ArgumentException("events can be proven under rulebooks whose accounts have balances with an amount, positions with size and cost, and instruments with a mark, under these names; the binding has others", nameof(engine));
        Engine = new MarginEngine(rulebook.Rulebook, engine);
        _translator = new EventTranslator(rulebook.Schema, Engine, _options.Depth);
    }

    /// <summary>The engine, at the height of the last event taken. Only to be read.</summary>
    public MarginEngine Engine { get; }

    /// <summary>Whether there are parameters and market records: before that no event can be in a batch.</summary>
    public bool HasMarket => _translator.HasMarket;

    /// <summary>Events of the log in the batch that is open; 0 where none is.</summary>
    public int OpenEvents => _logged.Count;

    /// <summary>Why no more events are taken; null while they are.</summary>
    public BatchRefusal? Refused { get; private set; }

    /// <summary>What statement P is about where the next event is an update of parameters that was applied and is not the first; null of all else, and where the rulebook says nothing of updates.</summary>
    /// <param name="next">The next event of the log, before it is taken.</param>
    public ParameterUpdate? UpdateOf(LoggedEvent next) =>
        _rulebook.Rulebook.Meta is not null && next is { Event: ParametersUpdated update, Rejection: null } && Engine.Judge(update) is { } judged
            ? new ParameterUpdate { Rulebook = _rulebook, Venue = Engine.State.Venue, Before = judged.Before, After = judged.After, Aggregates = judged.Aggregates }
            : null;

    /// <summary>Books an event without a proof: the log before the first batch.</summary>
    /// <param name="logged">The next event of the log.</param>
    /// <exception cref="InvalidOperationException">A batch has begun, an event was refused, or the ledger refuses the event.</exception>
    public void Pass(LoggedEvent logged)
    {
        if (_last is not null || _open is not null || Refused is not null) throw new InvalidOperationException("events are passed over before the first batch only");
        Book(logged);
    }

    /// <summary>Takes the next event of the log.</summary>
    /// <param name="logged">The event.</param>
    /// <param name="known">The batch that the event is known to have been in, which is cut where it was whatever the options say; null where it is cut as they say.</param>
    /// <returns>The batch that ends with it or before it; null where none does. <see cref="Refused"/> says whether the event, or an event of the batch that would have ended, was refused.</returns>
    /// <exception cref="InvalidOperationException">An event was refused before, or the ledger refuses the event.</exception>
    public VenueBatch? Add(LoggedEvent logged, BatchRange? known = null)
    {
        ArgumentNullException.ThrowIfNull(logged);
        if (Refused is not null) throw new InvalidOperationException($"nothing can follow what was refused: {Refused}");
        VenueBatch? ended = null;
        ulong height = Engine.State.Height + 1;
        bool goesOn = known is { } batch && height < batch.Last;
        if (_open is not null && !(known?.First < height) && (IsWhole || IsProvenApart(logged)))
        {
            ended = Finish();
            if (Refused is not null) return ended;
        }
        if (logged.Rejection is not null)
        {
            if (Rejected(logged) is not { } rows) return Between(logged) ?? ended;
            Engine.Restore(logged);
            return Take(logged, rows, ended, goesOn);
        }
        if (EventTranslator.IsBetween(logged.Event)) return Between(logged) ?? ended;
        (LedgerChange? change, LedgerRejection? rejection) = Engine.State.Prepare(logged.Event);
        if (change is null) throw new InvalidOperationException($"the event {logged.Event.Id} is not one of this log: {rejection}");
        IReadOnlyList<BatchEvent>? translated = _translator.Translate(change, out BatchRefusal? refusal);
        if (translated is { Count: 0 }) return Between(logged) ?? ended;
        if (translated is null || (_open is null && !Begin(logged, out refusal)))
        {
            VenueBatch? before = Finish() ?? ended;
            Refused ??= refusal;
            return before;
        }
        Engine.Restore(logged);
        return Take(logged, translated, ended, goesOn);
    }

    /// <summary>
    /// A rejected event: proven where it is forbidden for one of its accounts, whatever the engine said first, and otherwise on the venue's word. What is proven opens a batch where none is open; what is not is between batches then, and null.
    /// </summary>
    private BatchEvent[]? Rejected(LoggedEvent logged)
    {
        BatchEvent[]? proven = HasMarket && Engine.State.Prepare(logged.Event).Change is { } change ? _translator.Rejections(change).FirstOrDefault(IsProven) : null;
        if (_open is not null) return proven ?? [EventTranslator.Rejected(logged.Event)];
        return proven is not null && Begin(logged, out _) ? proven : null;
    }

    /// <summary>Whether statement T has rows as rightly rejected here, as a batch of their own.</summary>
    private bool IsProven(BatchEvent[] rows)
    {
        LedgerLeaves leaves = new(Engine);
        if (!rows.All(row => leaves.Has(row.First) && (row.Second is not { } second || leaves.Has(second)))) return false;
        var alone = new TransitionBatch(_rulebook, Engine.Market!, Engine.State.Venue, Engine.State.Height, leaves, _options.Depth, Engine.State.Fees, Engine.State.Insurance, rows, Units: Units(Engine.Market!));
        return TransitionProver.Refused(alone) is null;
    }

    /// <summary>Whether the batch that is open takes no more events.</summary>
    private bool IsWhole => _rows.Count >= _options.MaxEvents || (_options.Shares && _rows is [{ Kind: EventKind.LossShare }, ..]);

    /// <summary>Whether something is proven of an event that is about the state under the root before its batch.</summary>
    private bool IsProvenApart(LoggedEvent logged) => logged.Rejection is null && ((_options.Orders && logged.Event is AutoDeleveraged) || (_options.Shares && logged.Event is LossSocialized));

    /// <summary>Takes an event's rows. Where a batch ended before it, one that ends with it is given out at the next event: no two end at once.</summary>
    private VenueBatch? Take(LoggedEvent logged, IReadOnlyList<BatchEvent> rows, VenueBatch? ended, bool goesOn)
    {
        _logged.Add(logged);
        _rows.AddRange(rows);
        return ended ?? (IsWhole && !goesOn ? Finish() : null);
    }

    /// <summary>An event that touches no account.</summary>
    private VenueBatch? Between(LoggedEvent logged)
    {
        VenueBatch? ended = Finish();
        if (Refused is null) Book(logged);
        return ended;
    }

    /// <summary>Books an event between batches. The last set of signed prices stays in force where the venue states prices itself, or derives marks: those have no source.</summary>
    private void Book(LoggedEvent logged)
    {
        Engine.Restore(logged);
        if (logged is { Event: PricesSet { Source: { } source }, Rejection: null }) _priceSet = Digest.FromBytes(source);
    }

    /// <summary>What costs are rounded to: units of the asset whose units are the coarsest, as a power of ten of the rulebook's.</summary>
    private int CostRounding()
    {
        int coarsest = 0;
        foreach (InstrumentState instrument in Engine.State.Instruments)
        {
            int digits = 0;
            for (BigInteger factor = Engine.Bind(instrument)?.CostFactor ?? 1; factor >= 10; factor /= 10) digits++;
            coarsest = Math.Max(coarsest, digits);
        }
        return coarsest;
    }

    /// <summary>What the ledger counts in, in the rulebook's units; of what is not listed 1.</summary>
    private LedgerUnits Units(MarketData market)
    {
        (ImmutableArray<MarketRecord> assets, ImmutableArray<MarketRecord> instruments) = TransitionInputs.CountedRecords(_rulebook, market);
        long[] amounts = [.. Enumerable.Repeat(1L, assets.Length)], sizes = [.. Enumerable.Repeat(1L, instruments.Length)];
        foreach (AssetState asset in Engine.State.Assets)
            if (Engine.Bind(asset) is { } bound) amounts[bound.Record] = (long)bound.AmountFactor;
        foreach (InstrumentState instrument in Engine.State.Instruments)
            if (Engine.Bind(instrument) is { } bound) sizes[bound.Record] = (long)bound.SizeFactor;
        return new LedgerUnits([.. amounts], [.. sizes]);
    }

    /// <summary>Ends the batch that is open.</summary>
    /// <returns>The batch; null where none is open, or where it is refused.</returns>
    public VenueBatch? Finish()
    {
        if (_open is not { } open) return null;
        _open = null;
        var batch = new TransitionBatch(_rulebook, open.Market, Engine.State.Venue, open.Height, open.Accounts, _options.Depth, Engine.State.Fees, Engine.State.Insurance, [.. _rows], open.CostRounding, open.Units) { PriceSet = _priceSet, Aggregates = _options.Aggregates };
        ImmutableArray<LoggedEvent> logged = [.. _logged];
        _rows.Clear();
        _logged.Clear();
        if (TransitionProver.Apply(batch, out RefusedEvent? ruledOut) is not { } reached)
        {
            int at = batch.Events.Take(Math.Max(ruledOut!.Event, 0) + 1).Count(row => !row.GoesOn) - 1;
            Refused = new BatchRefusal(BatchRefusalCode.RuledOut, logged[at].Event, open.Height + (ulong)at + 1, $"the log has it as applied, and statement T does not allow it: {ruledOut.Message}");
            return null;
        }
        LoggedEvent end = logged[^1];
        if (Accounts(out string? problem) is not { } expected)
        {
            Refused = new BatchRefusal(BatchRefusalCode.NotOfRulebook, end.Event, Engine.State.Height, problem!);
            return null;
        }
        if (Difference(reached, expected) is { } different)
        {
            Refused = new BatchRefusal(BatchRefusalCode.Disagrees, end.Event, Engine.State.Height, $"the batch that ends here leads to another {different} than the ledger's");
            return null;
        }
        _last = expected;
        bool isLoss = logged is [{ Event: LossSocialized }];
        UnprovenLoss? unproven = isLoss ? Unproven((LossSocialized)logged[0].Event) : null;
        return new VenueBatch(batch, logged, expected, isLoss && unproven is null) { LossUnproven = unproven, HasExpired = open.HasExpired };
    }

    /// <summary>Why it cannot be proven how a loss was shared; null where it can.</summary>
    private UnprovenLoss? Unproven(LossSocialized loss)
    {
        if (_rulebook.Solvency?.Price is null && Engine.State.TryFindAccount(loss.Account, out int failing))
            foreach (ref readonly AccountBalance left in Engine.State.Accounts[failing].Balances)
                if (left.Amount > 0) return UnprovenLoss.SomethingLeft;
        return null;
    }

    private bool Begin(LoggedEvent first, out BatchRefusal? refusal)
    {
        ulong height = Engine.State.Height;
        refusal = null;
        if (Engine.State.Accounts.Count > 1L << _options.Depth)
            refusal = new BatchRefusal(BatchRefusalCode.TreeFull, first.Event, height + 1, $"a state tree of depth {_options.Depth} has {1L << _options.Depth} leaves, and there are {Engine.State.Accounts.Count} accounts");
        else if (!Engine.HasModes && Engine.State.Accounts.FirstOrDefault(account => account.Mode != Ledger.Events.MarginMode.Cross) is { } other)
            refusal = new BatchRefusal(BatchRefusalCode.MarginMode, first.Event, height + 1, $"{other.Id} is in {other.Mode.ToString().ToLowerInvariant()} mode, and the rulebook knows no modes");
        else if (Accounts(out string? problem) is not { } accounts)
            refusal = new BatchRefusal(BatchRefusalCode.NotOfRulebook, first.Event, height + 1, problem!);
        else if (_last is not null && Difference(_last, accounts) is { } different)
            refusal = new BatchRefusal(BatchRefusalCode.AccountsMoved, first.Event, height + 1, $"since the batch before it an event between batches has changed {different} under the rulebook");
        else
            _open = new Opened(height, Engine.Market!, accounts, CostRounding(), Units(Engine.Market!), first.Event is AutoDeleveraged deleveraged && HasExpired(deleveraged));
        return refusal is null;
    }

    /// <summary>Whether who is deleveraged has a position that has expired.</summary>
    private bool HasExpired(AutoDeleveraged deleveraged)
    {
        if (!Engine.State.TryFindAccount(deleveraged.Account, out int failing)) return false;
        foreach (ref readonly Position position in Engine.State.Accounts[failing].Positions)
            if (position.Size != 0 && Engine.State.Instruments[position.Instrument].ExpiredAt(deleveraged.Time)) return true;
        return false;
    }

    private LedgerAccount[]? Accounts(out string? problem)
    {
        problem = null;
        LedgerLeaves leaves = new(Engine);
        var all = new LedgerAccount[leaves.Count];
        for (int i = 0; i < all.Length; i++)
        {
            if (leaves.At(i, out problem) is not { } account) return null;
            all[i] = account;
        }
        return all;
    }

    /// <summary>What is not the same, or null.</summary>
    private static string? Difference(IReadOnlyList<LedgerAccount> a, IReadOnlyList<LedgerAccount> b)
    {
        if (a.Count != b.Count) return $"number of accounts ({a.Count}, {b.Count})";
        for (int i = 0; i < a.Count; i++)
        {
            (LedgerAccount x, LedgerAccount y) = (a[i], b[i]);
            if (x.Account.Id != y.Account.Id || x.Owner != y.Owner) return $"owner or name of leaf {i}";
            if (x.Nonce != y.Nonce) return $"nonce of {x.Account.Id} ({x.Nonce}, {y.Nonce})";
            if (x.SaltHeight != y.SaltHeight) return $"height of {x.Account.Id} ({x.SaltHeight}, {y.SaltHeight})";
            if (!Same(x.Account, y.Account)) return $"balance or position of {x.Account.Id}";
        }
        return null;
    }

    private static bool Same(AccountData a, AccountData b)
    {
        if (!a.Scalars.AsSpan().SequenceEqual(b.Scalars.AsSpan()) || a.Items.Length != b.Items.Length) return false;
        for (int c = 0; c < a.Items.Length; c++)
        {
            if (a.Items[c].Length != b.Items[c].Length) return false;
            for (int i = 0; i < a.Items[c].Length; i++)
                if (!a.Items[c][i].AsSpan().SequenceEqual(b.Items[c][i].AsSpan())) return false;
        }
        return true;
    }

    /// <summary>What a batch begins with.</summary>
    private sealed record Opened(ulong Height, MarketData Market, IReadOnlyList<LedgerAccount> Accounts, int CostRounding, LedgerUnits Units, bool HasExpired);
}
