using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Ledger.Tests.State;

/// <summary>A small venue for tests: it applies events, checks the sums after each, and makes names and times up.</summary>
internal sealed class TestVenue
{
    private int events;

    public TestVenue(bool open = true)
    {
        if (!open) return;
        Do(new VenueOpened(NextId(), 1000, "test venue", new AccountId("insurance"), new AccountId("fees")));
        foreach ((string asset, int scale) in new[] { ("USD", 6), ("BTC", 8), ("ETH", 8) }) Do(new AssetListed(NextId(), Now, asset, scale));
        foreach (string name in new[] { "alice", "bob", "carol" }) Do(new AccountOpened(NextId(), Now, new AccountId(name), OwnerKey.None, MarginMode.Cross));
        Do(new AccountOpened(NextId(), Now, new AccountId("ivy"), OwnerKey.None, MarginMode.Isolated));
        Do(new AccountOpened(NextId(), Now, new AccountId("olga"), Olga, MarginMode.Cross));
        foreach (InstrumentTerms terms in Listed) Do(new InstrumentListed(NextId(), Now, terms));
    }

    public const long Expiry = 1_000_000;

    public static OwnerKey Olga { get; } = OwnerKey.FromBytes([.. Enumerable.Repeat((byte)7, 32)]);

    public static InstrumentTerms[] Listed { get; } =
    [
        new("BTC-PERP", InstrumentKind.LinearPerpetual, "USD", 8, 2, Q("1"), "BTC"),
        new("BTC-INV", InstrumentKind.InversePerpetual, "BTC", 0, 1, Q("10"), "BTC"),
        new("ETH-FUT", InstrumentKind.Future, "USD", 4, 2, Q("0.1"), "ETH", Expiry),
        new("BTC-CALL", InstrumentKind.Option, "USD", 2, 3, Q("1"), "BTC", Expiry, Q("50000"), OptionRight.Call),
        new("BTC-USD", InstrumentKind.Spot, "USD", 8, 2, Q("1"), "BTC"),
    ];

    public LedgerState State { get; } = new();

    public long Now { get; set; } = 1000;

    public static Quantity Q(string text) => Quantity.TryParse(text, out Quantity value) ? value : throw new ArgumentException(text);

    public static Quantity Units(long units, int scale) => new(units, scale);

    public EventId NextId() => new($"e{events++}");

    public LedgerChange Do(LedgerEvent cause)
    {
        Prepared prepared = State.Prepare(cause);
        Assert.True(prepared.Rejection is null, prepared.Rejection?.ToString());
        State.Commit(prepared.Change!);
        Assert.Empty(State.CheckSums());
        return prepared.Change!;
    }

    /// <summary>The event is refused for this reason, and nothing changes.</summary>
    public LedgerRejection Refuse(LedgerRejectionCode code, LedgerEvent cause)
    {
        ulong height = State.Height;
        Prepared prepared = State.Prepare(cause);
        Assert.Null(prepared.Change);
        Assert.NotNull(prepared.Rejection);
        Assert.Equal(code, prepared.Rejection.Code);
        Assert.Equal(height, State.Height);
        Assert.Empty(State.CheckSums());
        return prepared.Rejection;
    }

    public AccountState this[string account] => State.Accounts[State.TryFindAccount(new AccountId(account), out int index) ? index : throw new ArgumentException(account)];

    public InstrumentState Instrument(string symbol) => State.TryFindInstrument(symbol, out InstrumentState? found) ? found : throw new ArgumentException(symbol);

    public long Balance(string account, string asset) => this[account].Balance(AssetIndex(asset)).Amount;

    public Position Position(string account, string instrument) => this[account].Position(Instrument(instrument).Index);

    public int AssetIndex(string asset) => State.TryFindAsset(asset, out AssetState? found) ? found.Index : throw new ArgumentException(asset);

    // Events in short.
    public Deposit Deposit(string account, string asset, string amount) => new(NextId(), Now, new AccountId(account), asset, Q(amount));

    public Trade Trade(string instrument, string buyer, string seller, string size, string price, string buyerFee = "0", string sellerFee = "0", Authorisation? byBuyer = null, Authorisation? bySeller = null) =>
        new(NextId(), Now, instrument, new AccountId(buyer), new AccountId(seller), Q(size), Q(price), Q(buyerFee), Q(sellerFee), byBuyer, bySeller);

    public Transfer Transfer(string from, string to, string asset, string amount, Authorisation? by = null) => new(NextId(), Now, new AccountId(from), new AccountId(to), asset, Q(amount), by);

    public WithdrawalRequested Withdraw(string account, string asset, string amount, Authorisation? by = null) => new(NextId(), Now, new AccountId(account), asset, Q(amount), by);

    public Liquidation Liquidate(string account, string instrument, string size, string price, string taker, string penalty) =>
        new(NextId(), Now, new AccountId(account), instrument, Q(size), Q(price), new AccountId(taker), Q(penalty));

    public AutoDeleveraged Deleverage(string account, string counterparty, string instrument, string size, string price) =>
        new(NextId(), Now, new AccountId(account), new AccountId(counterparty), instrument, Q(size), Q(price));

    public MarginAssigned Assign(string account, string instrument, string amount) => new(NextId(), Now, new AccountId(account), instrument, Q(amount), null);

    public CollateralPledged Pledge(string account, string to, string amount, Authorisation? by = null) => new(NextId(), Now, new AccountId(account), new AccountId(to), Q(amount), by);

    public PledgeReleased Release(string account, string to, string amount, Authorisation? by = null) => new(NextId(), Now, new AccountId(account), new AccountId(to), Q(amount), by);

    public Settlement Settle(string instrument, string price, bool close) => new(NextId(), Now, instrument, Q(price), close);

    public PricesSet Prices(params (string Feed, string Price)[] prices) => new(NextId(), Now, prices.ToDictionary(pair => pair.Feed, pair => Q(pair.Price)), null);

    public FundingTick Fund(string instrument, string rate) => new(NextId(), Now, instrument, Q(rate));

    public InstrumentListed List(InstrumentTerms terms) => new(NextId(), Now, terms);

    public ParametersUpdated Update(string change) => new(NextId(), Now, change);

    public static Authorisation By(ulong nonce, long until = long.MaxValue) => new(nonce, until, SignatureScheme.Secp256k1, [1], [2]);
}
