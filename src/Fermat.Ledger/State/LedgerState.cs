using System.Diagnostics.CodeAnalysis;
using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Ledger.State;

/// <summary>
/// All a ledger's events so far have led to: accounts, assets, instruments, prices, parameters. It does the bookkeeping and knows no margin rules. An event is worked out by <see cref="Prepare"/>, which changes nothing,
/// judged by whoever knows the rules, and then done by <see cref="Commit"/> or passed over by <see cref="CommitRejected"/>.
/// </summary>
/// <remarks>
/// One thread at a time. An <see cref="AccountState"/> once taken never changes and may be read by any thread. The names of events are not kept here: that an event enters a log once is the log's
/// business. All numbers are integers of the scale of their asset or instrument.
/// </remarks>
public sealed class LedgerState
{
    private readonly List<AccountState> accounts = [];
    private readonly Dictionary<AccountId, int> accountIndex = [];
    private readonly List<AssetState> assets = [];
    private readonly Dictionary<string, AssetState> assetIndex = new(StringComparer.Ordinal);
    private readonly List<InstrumentState> instruments = [];
    private readonly Dictionary<string, InstrumentState> instrumentIndex = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Quantity> prices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Quantity> confidences = new(StringComparer.Ordinal);
    private readonly Dictionary<EventId, PendingWithdrawal> pending = [];

    /// <summary>How many events of the log this is the state after, those that the rules refused included.</summary>
    public ulong Height { get; private set; }

    /// <summary>The time of the last event, in milliseconds since 1970.</summary>
    public long Time { get; private set; }

    /// <summary>Who keeps the book; empty before the first event.</summary>
    public string Venue { get; private set; } = "";

    /// <summary>Whether the venue has opened.</summary>
    public bool IsOpen => Venue.Length > 0;

    /// <summary>The index of the insurance fund's account.</summary>
    public int Insurance => 0;

    /// <summary>The index of the fees account.</summary>
    public int Fees => 1;

    /// <summary>The accounts by index.</summary>
    public IReadOnlyList<AccountState> Accounts => accounts;

    /// <summary>The assets by index.</summary>
    public IReadOnlyList<AssetState> Assets => assets;

    /// <summary>The instruments by index, those that ended included.</summary>
    public IReadOnlyList<InstrumentState> Instruments => instruments;

    /// <summary>The last price of each feed.</summary>
    public IReadOnlyDictionary<string, Quantity> Prices => prices;

    /// <summary>How sure the sources were of the last price of a feed, below one; feeds whose confidence is one are not in it.</summary>
    public IReadOnlyDictionary<string, Quantity> Confidences => confidences;

    /// <summary>How sure the sources were of the last price of a feed, as a share of one.</summary>
    /// <param name="feed">The feed; one that has no price has a confidence of one.</param>
    public Quantity ConfidenceOf(string feed) => confidences.TryGetValue(feed, out Quantity confidence) ? confidence : new Quantity(1);

    /// <summary>The digest of the reports of the last price set; null where the venue stated it, or before the first.</summary>
    public ReadOnlyMemory<byte>? PriceSource { get; private set; }

    /// <summary>The height of the last price set, counted with it; 0 before the first.</summary>
    public ulong PriceHeight { get; private set; }

    /// <summary>The time of the last price set, in milliseconds since 1970; 0 before the first.</summary>
    public long PriceTime { get; private set; }

    /// <summary>The withdrawals that wait, by their request's event.</summary>
    public IReadOnlyDictionary<EventId, PendingWithdrawal> Pending => pending;

    /// <summary>Parameters and market records, as <see cref="LedgerParameters"/> says.</summary>
    public string Parameters { get; private set; } = LedgerParameters.Empty;

    /// <summary>Finds an account by its name.</summary>
    public bool TryFindAccount(AccountId id, out int index) => accountIndex.TryGetValue(id, out index);

    /// <summary>Finds an asset by its symbol.</summary>
    public bool TryFindAsset(string symbol, [NotNullWhen(true)] out AssetState? asset)
    {
        asset = null;
        return symbol is not null && assetIndex.TryGetValue(symbol, out asset);
    }

    /// <summary>Finds an instrument by its symbol.</summary>
    public bool TryFindInstrument(string symbol, [NotNullWhen(true)] out InstrumentState? instrument)
    {
        instrument = null;
        return symbol is not null && instrumentIndex.TryGetValue(symbol, out instrument);
    }

    /// <summary>Works an event out: what it would do, or why the books do not allow it. Nothing changes.</summary>
    public Prepared Prepare(LedgerEvent cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return new Posting(this, cause).Run();
    }

    /// <summary>Does what was worked out; one height more.</summary>
    /// <exception cref="InvalidOperationException">Another event came between.</exception>
    public void Commit(LedgerChange change)
    {
        Advance(change);
        foreach (AccountChange account in change.Accounts)
        {
            if (account.Before is not null)
            {
                accounts[account.After.Index] = account.After;
                continue;
            }
            accounts.Add(account.After);
            accountIndex.Add(account.After.Id, account.After.Index);
        }
        if (change.Asset.Any) Do(change.Asset);
        if (change.Instrument.Any) Do(change.Instrument);
        if (change.PendingAdded is { } added) pending.Add(added, change.PendingDetails);
        if (change.PendingRemoved is { } removed) pending.Remove(removed);
        if (change.NewAsset is { } asset) List(asset);
        if (change.NewInstrument is { } instrument) Restore(instrument);
        if (change.Prices is not null) Do((PricesSet)change.Event, change.Prices);
        if (change.Parameters is { } parameters) Parameters = parameters;
        if (change.Event is VenueOpened opened) Venue = opened.Venue;
    }

    /// <summary>Passes over an event that the rules refuse: it is in the log, and changes nothing but height and time.</summary>
    /// <exception cref="InvalidOperationException">Another event came between, or the event is the one that opens the venue.</exception>
    public void CommitRejected(LedgerChange change)
    {
        if (change.Event is VenueOpened) throw new InvalidOperationException("The event that opens the venue cannot be rejected.");
        Advance(change);
    }

    /// <summary>Takes back the trade that was committed last, as if it had never been: for whoever carries trades out ahead of the judgement of those before.</summary>
    /// <param name="change">What <see cref="Commit"/> did last.</param>
    /// <exception cref="InvalidOperationException">It is not a trade, or not what was done last.</exception>
    public void Undo(LedgerChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        if (change.Event is not Trade || change.Height + 1 != Height || change.Accounts.Any(account => accounts[account.After.Index] != account.After))
            throw new InvalidOperationException("Only the trade that was committed last can be taken back.");
        foreach (AccountChange account in change.Accounts) accounts[account.After.Index] = account.Before!;
        if (change.Instrument is { Any: true } move) Do(move with { OpenInterest = -move.OpenInterest, Cost = -move.Cost, Realised = -move.Realised });
        (Height, Time) = (change.Height, change.TimeBefore);
    }

    /// <summary>Adds up the whole ledger and says what does not agree: nothing, if the ledger is right.</summary>
    public IReadOnlyList<string> CheckSums() => LedgerSums.Faults(this);

    internal void RestoreHead(ulong height, long time, string venue, string parameters, byte[]? priceSource, ulong priceHeight, long priceTime)
    {
        (Height, Time, Venue, Parameters, PriceHeight, PriceTime) = (height, time, venue, parameters, priceHeight, priceTime);
        PriceSource = priceSource is null ? default(ReadOnlyMemory<byte>?) : new ReadOnlyMemory<byte>(priceSource);
    }

    internal void Restore(AssetState asset)
    {
        assets.Add(asset);
        assetIndex.Add(asset.Symbol, asset);
    }

    internal void Restore(InstrumentState instrument)
    {
        instruments.Add(instrument);
        instrumentIndex.Add(instrument.Terms.Symbol, instrument);
    }

    internal void Restore(AccountState account)
    {
        accounts.Add(account);
        accountIndex.Add(account.Id, account.Index);
    }

    internal void RestoreConfidence(string feed, Quantity confidence) => confidences.Add(feed, confidence);

    internal void RestorePrice(string feed, Quantity price) => prices.Add(feed, price);

    internal void RestorePending(EventId request, in PendingWithdrawal withdrawal) => pending.Add(request, withdrawal);

    private void Advance(LedgerChange change)
    {
        if (change.Height != Height) throw new InvalidOperationException($"The change was worked out at height {change.Height}, and the ledger is at {Height}.");
        Height++;
        Time = change.Event.Time;
    }

    private void Do(in AssetMove move)
    {
        AssetState asset = assets[move.Asset];
        asset.Deposited += move.Deposited;
        asset.Paid += move.Paid;
        asset.Pending += move.Pending;
    }

    private void Do(in InstrumentMove move)
    {
        InstrumentState instrument = instruments[move.Instrument];
        instrument.OpenInterest += move.OpenInterest;
        instrument.Cost += move.Cost;
        instrument.Realised += move.Realised;
        instrument.FundingIndex += move.Funding;
        instrument.Closed |= move.Close;
    }

    private void List(AssetState asset)
    {
        Restore(asset);
        if (prices.TryGetValue(asset.Symbol, out Quantity price)) asset.IndexPrice = price;
    }

    private void Do(PricesSet cause, IReadOnlyDictionary<string, Quantity> changed)
    {
        foreach ((string feed, Quantity price) in changed)
        {
            prices[feed] = price;
            if (cause.Confidences is not null && cause.Confidences.TryGetValue(feed, out Quantity confidence) && confidence != new Quantity(1)) confidences[feed] = confidence;
            else confidences.Remove(feed);
            if (assetIndex.TryGetValue(feed, out AssetState? asset)) asset.IndexPrice = price;
            else if (instrumentIndex.TryGetValue(feed, out InstrumentState? instrument) && Units.TryConvert(price, instrument.Terms.PriceScale, out long mark)) instrument.Mark = mark;
        }
        PriceSource = cause.Source is { } source ? new ReadOnlyMemory<byte>((byte[])source.Clone()) : default(ReadOnlyMemory<byte>?);
        (PriceHeight, PriceTime) = (Height, cause.Time);
    }
}
