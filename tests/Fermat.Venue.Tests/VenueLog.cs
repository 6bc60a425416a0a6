using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Inputs;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>A log that a margin engine makes: USD with 6 decimals, BTC with 8, two perpetuals, listed in another order than the rulebook's records.</summary>
internal sealed class VenueLog
{
    public const int Depth = 5;

    public const string Parameters =
        """{"market":{"Asset":[{"haircut":[["0","0.9"]],"symbol":"BTC"},{"haircut":[["0","1"]],"symbol":"USD"}],"Instrument":[{"initial":[["0","0.1","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"},{"initial":[["0","0.2","0"]],"maintenance":[["0","0.1","0"]],"symbol":"Q"}]}}""";

    private static readonly Dictionary<string, VenueRulebook> Compiled = [];
    private int _events;

    /// <param name="rulebook">Its name.</param>
    /// <param name="isAutomatic">Whether the engine liquidates by itself.</param>
    /// <param name="allowsBorrowing">Whether instructions may leave balances below zero.</param>
    /// <param name="parameters">The rulebook's parameters and records; null for those of rulebooks with haircuts.</param>
    /// <param name="decimals">Of BTC; 0 for a venue without it.</param>
    public VenueLog(string rulebook = "cross_perps", bool isAutomatic = true, bool allowsBorrowing = false, string? parameters = null, int decimals = 8)
        : this(Of(rulebook), new EngineOptions { Automatic = isAutomatic, AllowBorrowing = allowsBorrowing }, parameters, decimals)
    {
    }

    /// <param name="rulebook">The rulebook.</param>
    /// <param name="options">How the engine runs.</param>
    /// <param name="parameters">The rulebook's parameters and records; null for those of rulebooks with haircuts.</param>
    /// <param name="decimals">Of BTC; 0 for a venue without it.</param>
    public VenueLog(VenueRulebook rulebook, EngineOptions options, string? parameters = null, int decimals = 8)
    {
        (Options, Rulebook) = (options, rulebook);
        Engine = new MarginEngine(Rulebook.Rulebook, Options, Log.Add);
        Apply((id, t) => new VenueOpened(id, t, "test venue", new AccountId("insurance"), new AccountId("fees")));
        Apply((id, t) => new AssetListed(id, t, "USD", 6));
        if (decimals > 0) Apply((id, t) => new AssetListed(id, t, "BTC", decimals));
        foreach (string symbol in new[] { "Q", "P" }) Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms(symbol, InstrumentKind.LinearPerpetual, "USD", 3, 2, new Quantity(1))));
        Apply((id, t) => new ParametersUpdated(id, t, parameters ?? Parameters));
        Prices([("USD", "1"), ("P", "100"), ("Q", "50"), .. decimals > 0 ? ((string, string)[])[("BTC", "20000")] : []]);
    }

    public static SaltDeriver Salts { get; } = new(new VenueSecret([.. Enumerable.Range(0, VenueSecret.Length).Select(i => (byte)i)]));

    public EngineOptions Options { get; }

    public VenueRulebook Rulebook { get; }

    public List<LoggedEvent> Log { get; } = [];

    public MarginEngine Engine { get; }

    public long Time { get; private set; } = 1_700_000_000_000;

    /// <summary>Events of the log before accounts and trades.</summary>
    public const int Listings = 7;

    public static VenueRulebook Of(string name)
    {
        lock (Compiled)
        {
            if (Compiled.TryGetValue(name, out VenueRulebook? known)) return known;
            return Compiled[name] = Changed(name, text => text);
        }
    }

    /// <summary>A rulebook of another text.</summary>
    public static VenueRulebook Changed(string name, Func<string, string> change)
    {
        CompilationResult result = RulebookCompiler.Compile(change(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules", name + ".risk"))), name + ".risk");
        return VenueRulebook.Of(result) ?? throw new InvalidOperationException(result.Render());
    }

    public static Quantity Number(string text) => Quantity.TryParse(text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text, out Quantity value) ? value : throw new FormatException(text);

    public SubmitResult Submit(Func<EventId, long, LedgerEvent> instruction) => Engine.Submit(instruction(new EventId(string.Create(CultureInfo.InvariantCulture, $"e{++_events}")), Time += 1000));

    public void Apply(Func<EventId, long, LedgerEvent> instruction)
    {
        SubmitResult result = Submit(instruction);
        Assert.True(result.IsApplied, result.Rejection?.ToString());
    }

    /// <summary>Lets time pass before the next event.</summary>
    public void Wait(long milliseconds) => Time += milliseconds;

    public void Prices(params (string Feed, string Price)[] prices) => Apply((id, t) => new PricesSet(id, t, prices.ToDictionary(p => p.Feed, p => Number(p.Price)), null));

    /// <summary>Prices of a set of signed reports.</summary>
    public void Prices(Fermat.Hashing.Digest source, params (string Feed, string Price)[] prices) => Apply((id, t) => new PricesSet(id, t, prices.ToDictionary(p => p.Feed, p => Number(p.Price)), source.ToArray()));

    public void Open(string account, string usd = "0", OwnerKey owner = default, MarginMode mode = MarginMode.Cross)
    {
        Apply((id, t) => new AccountOpened(id, t, new AccountId(account), owner, mode));
        if (usd != "0") Deposit(account, usd);
    }

    public void Deposit(string account, string amount, string asset = "USD") => Apply((id, t) => new Deposit(id, t, new AccountId(account), asset, Number(amount)));

    public SubmitResult Trade(string buyer, string seller, string size, string price = "100", string instrument = "P", string buyerFee = "0", string? sellerFee = null) =>
        Submit((id, t) => new Trade(id, t, instrument, new AccountId(buyer), new AccountId(seller), Number(size), Number(price), Number(buyerFee), Number(sellerFee ?? buyerFee), null, null));

    public SubmitResult Withdraw(string account, string amount, string asset = "USD") => Submit((id, t) => new WithdrawalRequested(id, t, new AccountId(account), asset, Number(amount), null));

    /// <summary>A part of a position, with its sign, at a price, to a taker.</summary>
    public SubmitResult Liquidate(string account, string taker, string size, string price, string instrument = "P") =>
        Submit((id, t) => new Liquidation(id, t, new AccountId(account), instrument, Number(size), Number(price), new AccountId(taker), default));

    /// <summary>Margin that is set aside, or taken back where it is negative.</summary>
    public SubmitResult Assign(string account, string amount, string instrument = "P") => Submit((id, t) => new MarginAssigned(id, t, new AccountId(account), instrument, Number(amount), null));

    public SubmitResult Pledge(string account, string to, string usd) => Submit((id, t) => new CollateralPledged(id, t, new AccountId(account), new AccountId(to), Number(usd), null));

    public SubmitResult Release(string account, string to, string usd) => Submit((id, t) => new PledgeReleased(id, t, new AccountId(account), new AccountId(to), Number(usd), null));

    public SubmitResult Transfer(string from, string to, string amount, string asset = "USD") => Submit((id, t) => new Transfer(id, t, new AccountId(from), new AccountId(to), asset, Number(amount), null));

    /// <summary>Cuts the log from a height on; whoever asks says what of it was refused.</summary>
    public (List<VenueBatch> Batches, BatchRefusal? Refused) Cut(int from = Listings, int size = 1000, bool orders = false, bool shares = false, bool aggregates = false)
    {
        var cutter = new VenueBatches(Rulebook, Options, new BatchOptions(Depth, size, orders, shares, aggregates));
        var batches = new List<VenueBatch>();
        for (int i = 0; i < Log.Count && cutter.Refused is null; i++)
        {
            if (i < from) cutter.Pass(Log[i]);
            else if (cutter.Add(Log[i]) is { } batch) batches.Add(batch);
        }
        if (cutter.Finish() is { } last) batches.Add(last);
        return (batches, cutter.Refused);
    }

    /// <summary>The root of the state tree at a height, made from the engine's accounts alone, as a ledger keeps it.</summary>
    public Digest RootAt(ulong height) => new Roots(this).At(height);

    /// <summary>Roots of one replay of the log, at heights that rise.</summary>
    public sealed class Roots(VenueLog log)
    {
        private readonly MarginEngine _engine = new(log.Rulebook.Rulebook, log.Options);
        private int _height;

        /// <summary>The root at a height that is not below the last.</summary>
        public Digest At(ulong height)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(height, (ulong)_height);
            for (; _height < (int)height; _height++) _engine.Restore(log.Log[_height]);
            Digest[] leaves = [.. _engine.State.Accounts.Select(account => LeafSponge.Hash(RulebookLeaf.Blocks(log.Rulebook, _engine.DataOf(account, out _)!, Salts.Derive(account.Id, account.Height))))];
            return StateTree.FromLeaves(leaves, Depth).Root;
        }

        /// <summary>Open interest by instrument and the insurance fund's balances by asset at the last height, in the rulebook's units, summed over the ledger's accounts.</summary>
        public (ImmutableArray<BigInteger> OpenInterest, ImmutableArray<BigInteger> Fund) Sums(TransitionInputs batch)
        {
            (ImmutableArray<MarketRecord> assets, ImmutableArray<MarketRecord> instruments) = batch.CountedRecords();
            return ([.. instruments.Select((record, i) => batch.Units.Sizes[i] * Open(record.Symbol))], [.. assets.Select((record, i) => batch.Units.Amounts[i] * Fund(record.Symbol))]);
        }

        private BigInteger Open(string symbol)
        {
            BigInteger sum = 0;
            if (!_engine.State.TryFindInstrument(symbol, out InstrumentState? instrument)) return sum;
            foreach (AccountState account in _engine.State.Accounts)
                foreach (ref readonly Position position in account.Positions)
                    if (position.Instrument == instrument.Index && position.Size > 0) sum += position.Size;
            return sum;
        }

        private BigInteger Fund(string symbol) => _engine.State.TryFindAsset(symbol, out AssetState? asset) ? _engine.State.Accounts[_engine.State.Insurance].Balance(asset.Index).Amount : 0;
    }
}
