using System.Globalization;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Core;

namespace Fermat.Engine.Tests;

/// <summary>Accounts that have nothing take nothing out of a clearing house: what they gain of each other is held until those who lost have been called, and as long as what these owe is covered by other gains alone.</summary>
public sealed class ClearingTheftTests
{
    private readonly List<LoggedEvent> _log = [];
    private MarginEngine _engine = new(Venue.Rulebook("cleared_futures"));
    private int _events;
    private long _time;

    private void House(CoreRulebook? rulebook = null) => _engine = new MarginEngine(rulebook ?? Venue.Rulebook("cleared_futures"), log: _log.Add);

    private static CoreRulebook Changed(params (string From, string To)[] changes) =>
        RulebookCompiler.Compile(changes.Aggregate(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules", "cleared_futures.risk")), (text, change) =>
        {
            Assert.Contains(change.From, text, StringComparison.Ordinal);
            return text.Replace(change.From, change.To, StringComparison.Ordinal);
        }), "changed.risk") is { Rulebook: { } rulebook } ? rulebook : throw new ArgumentException("it does not compile");

    private void Nothing_is_taken_out(string account, params string[] assets)
    {
        foreach (string asset in assets)
            for (long amount = 1L << 40; amount > 0; amount >>= 1)
                if (Submit(id => new WithdrawalRequested(id, _time, new AccountId(account), asset, new Quantity(amount), null)).IsApplied) Assert.Fail($"{account}, which had nothing, takes out {amount} {asset}");
    }

    /// <summary>The same in one asset: b is healthy by a position in E, which has expired and is not settled.</summary>
    [Fact]
    public void A_debt_is_not_covered_by_a_position_that_has_expired()
    {
        House();
        Open(["X"], [("M", "X", long.MaxValue), ("E", "X", 1000)], ("a", 0), ("b", 0), ("c", 0), ("honest", 200_000), ("other", 200_000));
        Trade("M", "honest", "other", 10, 100);
        Trade("E", "b", "c", 10_000, 1);
        _time = 2000;
        Trade("M", "a", "b", 1000, 1);
        Trade("M", "b", "a", 1000, 100);
        Settle("M", 100);
        Nothing_is_taken_out("a", "X");
    }

    /// <summary>E is settled before it expires, M after: b has a position that cannot change hands, so nothing of it is taken.</summary>
    [Fact]
    public void Who_has_an_expired_position_is_called_too()
    {
        House();
        Open(["X"], [("M", "X", long.MaxValue), ("E", "X", 1000)], ("a", 0), ("b", 0), ("honest", 200_000), ("other", 200_000));
        Trade("M", "honest", "other", 10, 100);
        Trade("E", "a", "b", 1000, 1);
        Trade("E", "b", "a", 999, 100);
        Settle("E", 100);
        Assert.Equal(99_000, Balance("a"));
        _time = 2000;
        Settle("M", 100);
        Trade("M", "a", "honest", 0, 100, skip: true);
        // a's own expired position needs 36 of margin at most
        Nothing_is_taken_out("a", "X");
    }

    /// <summary>Positions and gains beyond all that the house holds are nobody's: settlements of them would not fit, and nobody could be called.</summary>
    [Fact]
    public void Two_who_have_nothing_do_not_stop_settlements()
    {
        House();
        Open(["X"], [("M", "X", long.MaxValue)], ("a", 0), ("b", 0), ("honest", 200_000), ("other", 200_000));
        Trade("M", "honest", "other", 10, 100);
        SubmitResult large = Submit(id => new Trade(id, _time, "M", new AccountId("a"), new AccountId("b"), new Quantity(1_000_000_000_000), new Quantity(1), default, default, null, null));
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NotOfRulebook), (large.Outcome, large.Rejection!.Code));
        for (int i = 0; i < 9; i++)
        {
            Trade("M", "a", "b", 10_000_000, 1, skip: true);
            Trade("M", "b", "a", 10_000_000, 100_000, skip: true);
        }
        Trade("M", "a", "b", 10_000_000, 1, skip: true);
        foreach (long mark in (long[])[100, 101, 200, 1000])
        {
            Do(id => new PricesSet(id, _time, new Dictionary<string, Quantity> { ["M"] = new(mark) }, null));
            Do(id => new Settlement(id, _time, "M", new Quantity(mark), Close: false));
        }
    }

    /// <summary>A fee of one side that is the other's rebate is a way to be paid, and counts as a gain of the round.</summary>
    [Fact]
    public void A_rebate_that_another_s_fee_pays_is_a_gain_like_others()
    {
        House();
        Open(["X"], [("M", "X", long.MaxValue)], ("a", 0), ("b", 0), ("honest", 200_000), ("other", 200_000));
        Trade("M", "honest", "other", 10, 100);
        Do(id => new Trade(id, _time, "M", new AccountId("a"), new AccountId("b"), new Quantity(1), new Quantity(100), new Quantity(-99_000), new Quantity(99_000), null, null));
        Assert.Equal(99_000, Balance("a"));
        Nothing_is_taken_out("a", "X");
        Settle("M", 100);
        Assert.Equal(0, Balance("b"));
        Nothing_is_taken_out("a", "X");
    }

    /// <summary>Who had a position that nothing prices could not be valued, and so would never be called: nothing is traded before it has a price.</summary>
    [Fact]
    public void A_position_without_a_price_keeps_nobody_from_being_called()
    {
        House();
        Open(["X"], [("M", "X", long.MaxValue)], ("a", 0), ("b", 0), ("c", 0), ("honest", 200_000), ("other", 200_000));
        Do(id => new InstrumentListed(id, _time, new InstrumentTerms("U", InstrumentKind.Future, "X", 0, 0, new Quantity(1), Expiry: long.MaxValue)));
        Trade("M", "honest", "other", 10, 100);
        SubmitResult unpriced = Submit(id => new Trade(id, _time, "U", new AccountId("b"), new AccountId("c"), new Quantity(1), new Quantity(1), default, default, null, null));
        Trade("M", "a", "b", 1000, 1);
        Trade("M", "b", "a", 1000, 100);
        Settle("M", 100);
        Assert.Equal(EngineRejectionCode.NoPrice, unpriced.Rejection?.Code);
        Nothing_is_taken_out("a", "X");
    }

    /// <summary>The same with a market record and without a mark price.</summary>
    [Fact]
    public void A_position_without_a_mark_keeps_nobody_from_being_called()
    {
        House();
        Open(["X"], [("M", "X", long.MaxValue)], ("a", 0), ("b", 0), ("c", 0), ("honest", 200_000), ("other", 200_000));
        Do(id => new InstrumentListed(id, _time, new InstrumentTerms("U", InstrumentKind.Future, "X", 0, 0, new Quantity(1), Expiry: long.MaxValue)));
        Do(id => new ParametersUpdated(id, _time, """{"market":{"Instrument":[{"long_risk":"0.2","short_risk":"0.1","slippage":"0.1","symbol":"U"}]}}"""));
        Trade("M", "honest", "other", 10, 100);
        SubmitResult unpriced = Submit(id => new Trade(id, _time, "U", new AccountId("b"), new AccountId("c"), new Quantity(1), new Quantity(1), default, default, null, null));
        Trade("M", "a", "b", 1000, 1);
        Trade("M", "b", "a", 1000, 100);
        Settle("M", 100);
        Assert.Equal(EngineRejectionCode.NoPrice, unpriced.Rejection?.Code);
        Nothing_is_taken_out("a", "X");
        Assert.Equal((0, 0), (Balance("a"), Balance("b")));
    }

    /// <summary>With several assets a gain in one could cover a debt in another, one collateral several debts, and the insurance fund would buy back and forth: an adversary took out what others had deposited in six ways. So there is one.</summary>
    [Fact]
    public void A_clearing_house_keeps_one_asset()
    {
        House();
        Open(["X"], [("M", "X", long.MaxValue)]);
        SubmitResult second = Submit(id => new AssetListed(id, _time, "Y", 0));
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NotOfRulebook), (second.Outcome, second.Rejection!.Code));
        _engine = new MarginEngine(Venue.Rulebook("cross_perps"));
        Do(id => new VenueOpened(id, _time, "house", new AccountId("insurance"), new AccountId("fees")));
        foreach (string asset in (string[])["X", "Y"]) Do(id => new AssetListed(id, _time, asset, 0));
    }

    private void Open(string[] assets, (string Symbol, string Asset, long Expiry)[] instruments, params (string Name, long Amount)[] accounts)
    {
        Do(id => new VenueOpened(id, 0, "clearing", new AccountId("insurance"), new AccountId("fees")));
        foreach (string asset in assets) Do(id => new AssetListed(id, 0, asset, 0));
        foreach ((string symbol, string asset, long expiry) in instruments) Do(id => new InstrumentListed(id, 0, new InstrumentTerms(symbol, InstrumentKind.Future, asset, 0, 0, new Quantity(1), Expiry: expiry)));
        string records = string.Join(',', instruments.Select(one => $$"""{"long_risk":"0.2","short_risk":"0.1","slippage":"0.1","symbol":"{{one.Symbol}}"}""")), priced = string.Join(',', assets.Select(asset => $$"""{"symbol":"{{asset}}"}"""));
        Do(id => new ParametersUpdated(id, 0, $$$"""{"market":{"Asset":[{{{priced}}}],"Instrument":[{{{records}}}]},"parameters":{"initial_factor":"1.2","release_factor":"1.4","search_factor":"1.1"}}"""));
        var prices = instruments.ToDictionary(one => one.Symbol, _ => new Quantity(100));
        foreach (string asset in assets) prices[asset] = new(1);
        Do(id => new PricesSet(id, 0, prices, null));
        foreach ((string name, long amount) in accounts)
        {
            Do(id => new AccountOpened(id, 0, new AccountId(name), default, MarginMode.Cross));
            foreach (string asset in assets)
                if (amount != 0) Do(id => new Deposit(id, 0, new AccountId(name), asset, new Quantity(amount)));
        }
    }

    private void Trade(string instrument, string buyer, string seller, long size, long price, bool skip = false)
    {
        SubmitResult result = Submit(id => new Trade(id, _time, instrument, new AccountId(buyer), new AccountId(seller), new Quantity(size), new Quantity(price), default, default, null, null));
        Assert.True(skip || result.IsApplied, result.Rejection?.ToString());
    }

    private void Settle(string instrument, long mark)
    {
        Do(id => new PricesSet(id, _time, new Dictionary<string, Quantity> { [instrument] = new(mark) }, null));
        Do(id => new Settlement(id, _time, instrument, new Quantity(mark), Close: false));
    }

    private SubmitResult Submit(Func<EventId, LedgerEvent> make)
    {
        SubmitResult result = _engine.Submit(make(new EventId(string.Create(CultureInfo.InvariantCulture, $"c{++_events}"))));
        Assert.Empty(_engine.State.CheckSums());
        return result;
    }

    private void Do(Func<EventId, LedgerEvent> make)
    {
        SubmitResult result = Submit(make);
        Assert.True(result.IsApplied, result.Rejection?.ToString());
    }

    private AccountState Account(string name) => _engine.State.TryFindAccount(new AccountId(name), out int index) ? _engine.State.Accounts[index] : throw new ArgumentException(name);

    private long Balance(string name) => Account(name).Balance(0).Amount;
}
