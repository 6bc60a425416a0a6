using System.Globalization;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Core;

namespace Fermat.Engine.Tests;

/// <summary>Thieves at random and by plan: accounts that have nothing take nothing out of a clearing house: what they gain of each other is held until those who lost have been called, and as long as what these owe is covered by other gains alone.</summary>
public sealed class ClearingFuzzTests
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

    private long Deposit(string account, string asset, long amount)
    {
        Do(id => new Deposit(id, _time, new AccountId(account), asset, new Quantity(amount)));
        return amount;
    }

    /// <summary>All of an asset that an account can take out.</summary>
    private long TakeOut(string account, string asset)
    {
        long taken = 0;
        for (long amount = 1L << 40; amount > 0; amount >>= 1)
            while (Submit(id => new WithdrawalRequested(id, _time, new AccountId(account), asset, new Quantity(amount), null)).IsApplied) taken += amount;
        return taken;
    }

    private void Lose(string instrument, string from, string to, long amount)
    {
        Trade(instrument, to, from, amount, 1);
        Trade(instrument, from, to, amount, 2);
    }

    private void Two(params (string, long)[] accounts)
    {
        House();
        Open(["X"], [("M", "X", long.MaxValue), ("N", "X", long.MaxValue)], [.. accounts, ("honest", 200_000), ("other", 200_000)]);
        Trade("M", "honest", "other", 10, 100);
        Trade("N", "honest", "other", 10, 100);
    }

    /// <summary>b's position in N cost nothing and is worth more than the ledger can count.</summary>
    [Fact]
    public void A_position_that_is_worth_more_than_the_ledger_counts_covers_nothing()
    {
        Two(("a", 0), ("b", 0), ("c", 0));
        Do(id => new PricesSet(id, _time, new Dictionary<string, Quantity> { ["N"] = new(1_600_000_000) }, null));
        Trade("N", "b", "c", 90_000_000_000, 0, skip: true);
        Lose("M", "b", "a", 99_000);
        Settle("M", 100);
        Nothing_is_taken_out("a", "X");
    }

    [Fact]
    public void A_position_that_is_worth_more_than_the_ledger_counts_does_not_stop_settlements()
    {
        Two(("a", 0), ("b", 0), ("c", 0));
        Do(id => new PricesSet(id, _time, new Dictionary<string, Quantity> { ["N"] = new(1_600_000_000) }, null));
        Trade("N", "b", "c", 90_000_000_000, 0, skip: true);
        Settle("N", 1_600_000_000);
    }

    private void Pair()
    {
        House();
        Open(["X"], [("M", "X", long.MaxValue), ("K", "X", long.MaxValue)], ("b", 0), ("c", 0), ("weak", 40_000), ("short", 200_000), ("honest", 200_000), ("other", 200_000));
        Trade("K", "honest", "other", 1000, 100);
        Trade("M", "honest", "other", 10, 100);
    }

    /// <summary>M is settled; b and c then trade in it far from its mark; K's settlement ends the round.</summary>
    [Fact]
    public void Who_trades_after_the_settlement_leaves_its_loss_to_others()
    {
        Pair();
        Settle("M", 100);
        Trade("M", "b", "c", 1000, 1);
        Settle("K", 150);
        long honest = Balance("honest");
        Settle("M", 100);
        Settle("K", 150);
        long taken = TakeOut("b", "X");
        Assert.True(honest == 250_000 && taken == 0, $"honest had {honest}, should 250000; b takes {taken}");
    }

    /// <summary>The same without anybody who does wrong: M's price falls after its settlement. Its shorts gained, and bear nothing.</summary>
    [Fact]
    public void A_fall_after_the_settlement_is_not_borne_by_winners_of_another_instrument()
    {
        Pair();
        Trade("M", "weak", "short", 1000, 100);
        Settle("M", 100);
        Do(id => new PricesSet(id, _time, new Dictionary<string, Quantity> { ["M"] = new(30) }, null));
        Settle("K", 150);
        long honest = Balance("honest");
        Settle("M", 30);
        Settle("K", 150);
        Assert.True(honest >= 250_000 - 700, $"honest had {honest}, should 250000; short ends with {Balance("short")}, weak with {Balance("weak")}");
    }

    /// <summary>b's position, traded after M's settlement, is closed out in the call: what it brings is paid in the called asset, and nobody has paid it.</summary>
    [Fact]
    public void What_a_close_out_brings_in_the_called_asset_is_not_collected_either()
    {
        House(Changed(("penalty  = 1000000", "penalty  = 0.01")));
        Open(["X"], [("M", "X", long.MaxValue), ("K", "X", long.MaxValue)], ("b", 0), ("c", 0), ("honest", 200_000), ("other", 200_000));
        Trade("M", "honest", "other", 10, 100);
        Trade("K", "honest", "other", 10, 100);
        Settle("M", 100);
        Trade("M", "b", "c", 10_000, 90);                                                       // 100,000, and maintenance of 300,000
        Settle("K", 100);
        long taken = TakeOut("b", "X");
        Assert.True(taken == 0, $"b takes {taken}; c has {Balance("c")}, insurance {Balance("insurance")}");
    }

    [Fact]
    public void A_large_house_can_be_settled()
    {
        House();
        Open(["X"], [("M", "X", long.MaxValue)], ("a", 0), ("b", 0), ("honest", 1L << 55), ("other", 1L << 55));
        Trade("M", "honest", "other", 10, 100);
        Trade("M", "a", "b", 9_000_000_000, 0, skip: true);
        Trade("M", "b", "a", 9_000_000_000, 1_000_000_000, skip: true);
        Trade("M", "a", "b", 1, 0, skip: true);
        Trade("M", "b", "a", 1, long.MaxValue - 9_000_000_000_000_000_000 - 10, skip: true);
        Trade("M", "a", "b", 1000, 100, skip: true);
        Settle("M", 101);
    }

    [Fact]
    public void A_rebate_that_the_fees_account_cannot_pay()
    {
        Two(("a", 0), ("b", 0));
        SubmitResult owed = Submit(id => new Trade(id, _time, "M", new AccountId("a"), new AccountId("b"), new Quantity(1), new Quantity(100), new Quantity(-99_000), default, null, null));
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NotOfRulebook), (owed.Outcome, owed.Rejection!.Code));
        Assert.Equal(0, Balance("a"));
    }

    /// <summary>Two who gain and lose of each other at random, with deposits of their own; honest members have positions and neither gain nor lose. Prices stay.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Random_thieves_take_no_more_than_they_have_deposited(int seed) => Thieves(seed, strict: true);

    /// <summary>The log is cut anywhere and opened again; the events that came from outside come again, and all ends as it did.</summary>
    [Theory]
    [MemberData(nameof(FewSeeds))]
    public void A_log_that_is_opened_again_goes_on_alike(int seed)
    {
        Thieves(seed, strict: false);
        LoggedEvent[] log = [.. _log];
        MarginEngine ran = _engine;
        var random = new Random(seed);
        int[] calls = [.. Enumerable.Range(1, log.Length - 1).Where(i => log[i].Generated || log[i - 1].Event is Settlement)];
        foreach (int cut in calls.OrderBy(_ => random.Next()).Take(15).Concat(Enumerable.Range(0, 10).Select(_ => random.Next(20, log.Length))))
        {
            if (log[cut..].All(one => one.Generated)) continue;                                    // nobody sends anything more
            var lines = new List<string>(log[..cut].Select(one => $"{one.Event} {one.Rejection?.Code}"));
            var again = new MarginEngine(seed % 2 == 0 ? Venue.Rulebook("cleared_futures") : Changed(("penalty  = 1000000", "penalty  = 0.01")), log: one => lines.Add($"{one.Event} {one.Rejection?.Code}"));
            for (int i = 0; i < cut; i++) again.Restore(log[i]);
            for (int i = cut; i < log.Length; i++)
            {
                if (log[i].Generated) continue;
                SubmitResult result = again.Submit(log[i].Event);
                Assert.True(result.IsApplied == (log[i].Rejection is null), $"cut at {cut}, event {i} {log[i].Event}: {result.Rejection} against {log[i].Rejection}");
            }
            for (int i = 0; i < log.Length; i++) Assert.True(i < lines.Count && lines[i] == $"{log[i].Event} {log[i].Rejection?.Code}", $"cut at {cut}, {i} of {log.Length}: {log[i].Generated} {log[i].Event} {log[i].Rejection} against {(i < lines.Count ? lines[i] : "nothing")}; at the cut {log[cut - 1].Event}");
            for (int a = 0; a < ran.State.Accounts.Count; a++)
                for (int b = 0; b < 1; b++) Assert.True(ran.State.Accounts[a].Balance(b).Amount == again.State.Accounts[a].Balance(b).Amount, $"cut at {cut}: {ran.State.Accounts[a].Id}");
        }
    }

    public static TheoryData<int> FewSeeds => [.. Enumerable.Range(1000, 16)];

    private void Thieves(int seed, bool strict)
    {
        var random = new Random(seed);
        House(seed % 2 == 0 ? null : Changed(("penalty  = 1000000", "penalty  = 0.01")));
        string[] assets = ["X"], thieves = ["a", "b", "c", "d"], instruments = ["M", "N", "O", "K", "E"];
        Open(assets, [("M", "X", long.MaxValue), ("N", "X", long.MaxValue), ("O", "X", long.MaxValue), ("K", "X", long.MaxValue), ("E", "X", 1000)], ("a", 0), ("b", 0), ("c", 0), ("d", 0), ("honest", 10_000_000), ("other", 10_000_000));
        foreach (string instrument in instruments) Trade(instrument, "honest", "other", 10, 100);
        long deposited = 0, taken = 0;
        var story = new List<string>();
        for (int step = 0; step < 150; step++)
        {
            string a = thieves[random.Next(4)], b = thieves[random.Next(4)], asset = assets[random.Next(assets.Length)], instrument = instruments[random.Next(5)];
            long amount = random.Next(1, 1000);
            if (random.Next(40) == 0) _time = Math.Max(_time, 2000);
            switch (random.Next(10))
            {
                case < 4 when a != b:
                    long price = random.Next(3) == 0 ? 100 : random.Next(1, 200);
                    if (Submit(id => new Trade(id, _time, instrument, new AccountId(a), new AccountId(b), new Quantity(amount), new Quantity(price), default, default, null, null)).IsApplied) story.Add($"{instrument}: {a} buys {amount} of {b} at {price}");
                    break;
                case 4 when a != b:
                    if (instrument == "E" && _time >= 1000) break;
                    Lose(instrument, a, b, amount * 100);
                    story.Add($"{a} loses {amount * 100} to {b} in {instrument}");
                    break;
                case 5 when random.Next(2) == 0:
                    deposited += Deposit(a, asset, amount * 50);
                    story.Add($"{a} deposits {amount * 50} {asset}");
                    break;
                case 6:
                    long out_ = TakeOut(a, asset);
                    taken += out_;
                    if (out_ > 0) story.Add($"{a} takes out {out_} {asset}");
                    break;
                case > 6:
                    bool close = instrument == "E" && _time >= 1000 && random.Next(2) == 0;
                    if (Submit(id => new Settlement(id, _time, instrument, new Quantity(100), close)).IsApplied) story.Add($"settle {instrument} {close}");
                    break;
            }
            foreach (string asset_ in assets) Assert.True(Account("honest").Balance(Array.IndexOf(assets, asset_)).Amount == 10_000_000);
            Assert.True(!strict || taken <= deposited, $"{taken} taken, {deposited} deposited:\n{string.Join("\n", story)}");
        }
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 60)];

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
