using System.Globalization;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Core;

namespace Fermat.Engine.Tests;

/// <summary>What is different under <c>liquidation.clearing</c>: one future, whole units, a rate of 0.3 on long and 0.2 on short positions.</summary>
public sealed class ClearingTests
{
    private readonly List<LoggedEvent> _log = [];
    private readonly MarginEngine _engine;
    private int _events;

    private readonly int _decimals;

    public ClearingTests()
        : this(Venue.Rulebook("cleared_futures"), 0)
    {
    }

    private ClearingTests(CoreRulebook rulebook, int decimals) => (_engine, _decimals) = (new MarginEngine(rulebook, log: _log.Add), decimals);

    private static CoreRulebook Changed(params (string From, string To)[] changes) =>
        RulebookCompiler.Compile(changes.Aggregate(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules", "cleared_futures.risk")), (text, change) =>
        {
            Assert.Contains(change.From, text, StringComparison.Ordinal);
            return text.Replace(change.From, change.To, StringComparison.Ordinal);
        }), "changed.risk") is { Rulebook: { } rulebook } ? rulebook : throw new ArgumentException("it does not compile");

    [Fact]
    public void A_trade_is_taken_as_it_comes_and_a_withdrawal_is_not()
    {
        Open(("a", 100), ("b", 100_000));
        Trade("a", "b", 100, 100); // needs 3,000
        Assert.Equal(100, Position("a"));
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, Submit(id => new WithdrawalRequested(id, 0, new AccountId("a"), "X", new Quantity(1), null)).Rejection?.Code);
        Assert.DoesNotContain(_log, logged => logged.Generated);
    }

    [Fact]
    public void Prices_close_nobody_out_and_a_settlement_does()
    {
        Open(("a", 4000), ("b", 100_000));
        Trade("a", "b", 100, 100);
        Price(40);
        Assert.DoesNotContain(_log, logged => logged.Generated);
        Settle(40);
        Assert.Equal(["Liquidation", "LossSocialized"], Made());
        Assert.Equal((0, 0, 104_000), (Position("a"), Balance("a"), Balance("b")));
        Assert.Equal(100, Position("insurance"));
    }

    /// <summary>Without a price of its own nothing else would tell the two apart: the fund has no margin for what it takes over.</summary>
    [Fact]
    public void Bankrupt_accounts_come_first_and_the_fund_pays_with_what_it_had()
    {
        Open(("a", 3100), ("b", 100_000), ("c", 5000));
        Trade("a", "b", 100, 100);
        Trade("c", "b", 100, 100);
        Settle(100);
        Settle(55); // a and c lose 4,500 each; a owes 1,400, c has 500 left, which the fund gets after a's loss is shared
        Assert.Equal(["Liquidation a", "LossSocialized a", "Liquidation c"], [.. _log.Where(logged => logged.Generated).Select(logged => $"{logged.Event.GetType().Name} {MarginEngine.FailingOf(logged.Event)}")]);
        Assert.Equal((0, 0, 107_600, 500), (Balance("a"), Balance("c"), Balance("b"), Balance("insurance")));
    }

    /// <summary>The fund is called as others are: what it cannot pay those bear who gained.</summary>
    [Fact]
    public void A_fund_that_owes_is_not_deleveraged_and_its_loss_is_shared()
    {
        Open(("a", 3100), ("b", 100_000));
        Trade("a", "b", 100, 100);
        Settle(70);
        Assert.Equal((100, 100, 0), (Position("insurance"), Balance("insurance"), Position("a"))); // a had 100 left
        int from = _log.Count;
        Settle(60);
        Assert.Equal(["LossSocialized insurance"], [.. _log.Skip(from).Where(logged => logged.Generated).Select(logged => $"{logged.Event.GetType().Name} {MarginEngine.FailingOf(logged.Event)}")]);
        Assert.Equal((100, 0, 103_100), (Position("insurance"), Balance("insurance"), Balance("b"))); // 1,000 gained and 900 given
    }

    /// <summary>Nobody is called before both instruments are settled: z gains in N and would otherwise bear what M lost. What comes between changes nothing.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Instruments_of_an_asset_are_all_settled_before_anybody_is_called(bool between)
    {
        var house = new ClearingTests(Venue.Rulebook("cleared_futures"), 0);
        house.Open(("a", 3100), ("b", 100_000), ("z", 100_000), ("y", 100_000));
        foreach (string symbol in (string[])["N", "O"]) house.List(symbol);
        house.Trade("a", "b", 100, 100);
        house.Do(id => new Trade(id, 0, "N", new AccountId("z"), new AccountId("y"), new Quantity(100), new Quantity(100), default, default, null, null));
        house.Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { ["M"] = new(50), ["N"] = new(110) }, null));
        house.Do(id => new Settlement(id, 0, "O", new Quantity(100), Close: true));
        house.Do(id => new Settlement(id, 0, "N", new Quantity(110), Close: false));
        Assert.Empty(house.Made());
        Assert.Equal(["M"], house._engine.AwaitedSettlements);
        if (between)
        {
            house.Do(id => new Deposit(id, 0, new AccountId("y"), "X", new Quantity(5)));
            house.Do(id => new WithdrawalRequested(id, 0, new AccountId("y"), "X", new Quantity(5), null));
            house.Price(50);
        }
        house.Do(id => new Settlement(id, 0, "M", new Quantity(50), Close: false));
        Assert.Empty(house._engine.AwaitedSettlements);
        Assert.Equal(["Liquidation", "LossSocialized"], house.Made());
        // 6,000 were gained and 1,900 are missing: b gets ⌊5,000 · 4,100 / 6,000⌋ = 3,416, z the 684 that are left
        Assert.Equal((0, 103_416, 100_684, 99_000), (house.Balance("a"), house.Balance("b"), house.Balance("z"), house.Balance("y")));
    }

    /// <summary>Gains of 300, 200 and 100, of which 590 were collected: 295, 196 and the 99 that are left. Of 599 the last would get 101, more than its gain: it gives nothing, and the first the one unit that is missing.</summary>
    [Theory]
    [InlineData(590, 295, 196, 99)]
    [InlineData(599, 299, 200, 100)]
    [InlineData(600, 300, 200, 100)]
    [InlineData(1, 0, 0, 1)]
    public void What_was_collected_is_given_out_to_the_unit(long has, long first, long second, long last)
    {
        Open(("loser", has), ("x", 10_000), ("y", 10_000), ("z", 10_000));
        Trade("x", "loser", 30, 100);
        Trade("y", "loser", 20, 100);
        Trade("z", "loser", 10, 100);
        Settle(110);
        Assert.Equal((10_000 + first, 10_000 + second, 10_000 + last, 0), (Balance("x"), Balance("y"), Balance("z"), Balance("loser")));
    }

    /// <summary>Two losers of 3,900 each and gains of 4,000 each: what was taken for the first loss counts for the second, in whole units as in hundredths, which an event writes in its shortest form.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void Several_losses_are_one_sum_whatever_the_decimals(int decimals)
    {
        var house = new ClearingTests(Changed(("quantity Amount scale 0", $"quantity Amount scale {decimals}"), ("quantity Gain   scale 0", $"quantity Gain   scale {decimals}")), decimals);
        house.Open(("l1", 100), ("l2", 100), ("x", 10_000), ("y", 10_000));
        foreach (string loser in (string[])["l1", "l2"])
            foreach (string winner in (string[])["x", "y"]) house.Trade(winner, loser, 50, 100);
        house.Settle(140);
        long unit = decimals == 0 ? 1 : 100;
        Assert.Equal((10_100 * unit, 10_100 * unit), (house.Balance("x"), house.Balance("y")));
    }

    /// <summary>A log that ends between a settlement and what follows is gone on with before anything else is taken.</summary>
    [Fact]
    public void A_log_that_was_cut_after_a_settlement_is_gone_on_with()
    {
        Open(("a", 4000), ("b", 100_000), ("c", 50_000));
        Trade("a", "b", 60, 100);
        Trade("a", "c", 40, 100);
        Settle(40);
        LoggedEvent[] whole = [.. _log];
        int cut = Array.FindIndex(whole, logged => logged.Generated);
        for (int kept = cut; kept <= whole.Length; kept++)
        {
            var log = new List<LoggedEvent>(whole[..kept]);
            var engine = new MarginEngine(Venue.Rulebook("cleared_futures"), log: log.Add);
            foreach (LoggedEvent logged in whole[..kept]) engine.Restore(logged);
            engine.Submit(new Deposit(new EventId("later"), 0, new AccountId("c"), "X", new Quantity(1)));
            Assert.Equal(whole.Select(logged => logged.Event.ToString()), log.Where(logged => logged.Event.Id.Value != "later").Select(logged => logged.Event.ToString()));
        }
    }

    /// <summary>Rounds follow from the log alone: an engine that reads a log up to anywhere goes on as the one that ran it, event by event.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(3)]
    public void A_log_that_was_cut_anywhere_is_gone_on_with(int seed)
    {
        var random = new Random(seed);
        string[] names = ["p0", "p1", "p2", "p3", "p4"];
        Open([.. names.Select(name => (name, (long)random.Next(100, 3000)))]);
        foreach (string symbol in (string[])["N", "O"]) List(symbol);
        for (int i = 0; i < 120; i++)
        {
            string[] two = random.GetItems(names, 2);
            string symbol = random.GetItems(["M", "N"], 1)[0];
            long mark = random.Next(70, 131);
            switch (random.Next(8))
            {
                case 0:
                    Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { [symbol] = new(mark) }, null));
                    Do(id => new Settlement(id, 0, symbol, new Quantity(mark), Close: false));
                    break;
                case 1:
                    Submit(id => new WithdrawalRequested(id, 0, new AccountId(two[0]), "X", new Quantity(random.Next(1, 2000)), null));
                    break;
                case 2:
                    Submit(id => new Transfer(id, 0, new AccountId(two[0]), new AccountId(two[1] == two[0] ? "insurance" : two[1]), "X", new Quantity(random.Next(1, 500)), null));
                    break;
                default:
                    if (two[0] != two[1]) Submit(id => new Trade(id, 0, symbol, new AccountId(two[0]), new AccountId(two[1]), new Quantity(20), new Quantity(mark), new Quantity(random.Next(-3, 4)), new Quantity(3), null, null));
                    break;
            }
        }
        Assert.True(_log.Any(logged => logged.Event is LossSocialized) && _log.Any(logged => logged.Rejection?.Code == EngineRejectionCode.NotCollected), "nobody failed, or asked for what was not collected");
        LoggedEvent[] whole = [.. _log];
        for (int cut = 0; cut < whole.Length; cut += random.Next(1, 6))
        {
            var log = new List<LoggedEvent>(whole[..cut]);
            var engine = new MarginEngine(Venue.Rulebook("cleared_futures"), log: log.Add);
            foreach (LoggedEvent logged in whole[..cut]) engine.Restore(logged);
            foreach (LoggedEvent logged in whole[cut..].Where(logged => !logged.Generated)) engine.Submit(logged.Event);
            Assert.Equal(whole.Select(logged => (logged.Event.ToString(), logged.Rejection?.Code)), log.Select(logged => (logged.Event.ToString(), logged.Rejection?.Code)));
        }
    }

    [Theory]
    [InlineData("clearing = 1")]
    [InlineData("clearing = equity > 0")]
    public void The_flag_is_true_or_false_for_all(string flag)
    {
        CoreRulebook rulebook = Changed(("clearing = true", flag));
        Assert.Contains("liquidation.clearing is true or false", Assert.Throws<ArgumentException>(() => new MarginEngine(rulebook)).Message, StringComparison.Ordinal);
    }

    /// <summary>Loss socialization, case 3 of the futures protocol's own scenarios (0002-STTL): 5,800 are collected for gains of 7,200, 800 and 800; the fourth party sold before the settlement and bears its part. The unit that is left is its own: it came last to the market.</summary>
    [Fact]
    public void Who_closed_before_the_settlement_bears_its_part()
    {
        Open(("party1", 2000), ("party2", 10_000), ("party3", 3000), ("party4", 10_000), ("party5", 100_000_000), ("party6", 100_000_000));
        Trade("party5", "party6", 10, 100);
        Settle(100);
        Trade("party2", "party1", 30, 100);
        Trade("party2", "party3", 60, 100);
        Trade("party4", "party3", 10, 100);
        Settle(100);
        Trade("party2", "party4", 10, 180);
        Settle(180);
        Assert.Equal((14_745, 10_528, 100_000_527), (Balance("party2"), Balance("party4"), Balance("party5")));
    }

    /// <summary>1847-closeout-long of the same scenarios: 600 of 700 are collected, and ⌊ ⌋ leaves two units.</summary>
    [Fact]
    public void What_is_left_goes_to_who_came_last_to_the_market()
    {
        Open(("tt_4", 500_000), ("tt_5", 100), ("tt_6", 100_000_000), ("tt_10", 10_000_000), ("tt_11", 10_000_000), ("tt_aux", 100_000_000), ("t2_aux", 100_000_000));
        Trade("t2_aux", "tt_aux", 1, 100);
        Trade("tt_10", "tt_11", 5, 100);
        Settle(100);
        Trade("tt_4", "tt_6", 4, 150);
        Settle(150);
        (long six, long eleven) = (Balance("tt_6"), Balance("tt_11"));
        Trade("tt_5", "tt_11", 4, 150);
        Trade("tt_10", "tt_11", 21, 100);
        Settle(100);
        Assert.Equal((173, 385), (Balance("tt_6") - six, Balance("tt_11") - eleven));
    }

    /// <summary>0002-STTL-008 of the same: the price at the end leaves 916 unpaid, which the fund has.</summary>
    [Fact]
    public void What_a_settlement_at_expiry_leaves_unpaid_the_fund_pays()
    {
        Open(("party1", 10_000), ("party2", 1000));
        Do(id => new Deposit(id, 0, new AccountId("insurance"), "X", new Quantity(1000)));
        Price(1000);
        Trade("party2", "party1", 2, 1000);
        Price(42);
        Do(id => new Settlement(id, 0, "M", new Quantity(42), Close: true));
        Assert.Equal((84, 11_916, 0), (Balance("insurance"), Balance("party1"), Balance("party2")));
        Assert.Equal(["InsurancePaid"], Made());
    }

    /// <summary>The same with a fund of 500: of 1,916 the winner gets the 1,500 that there are.</summary>
    [Fact]
    public void What_it_leaves_unpaid_and_the_fund_does_not_have_winners_bear()
    {
        Open(("party1", 10_000), ("party2", 1000));
        Do(id => new Deposit(id, 0, new AccountId("insurance"), "X", new Quantity(500)));
        Price(1000);
        Trade("party2", "party1", 2, 1000);
        Price(42);
        Do(id => new Settlement(id, 0, "M", new Quantity(42), Close: true));
        Assert.Equal((0, 11_500, 0), (Balance("insurance"), Balance("party1"), Balance("party2")));
    }

    /// <summary>What has expired is settled once more and goes on, and then ends: what was gained the first time is shared when it ends.</summary>
    [Fact]
    public void A_settlement_after_expiry_calls_nobody_before_the_instrument_ends()
    {
        Open(("a", 1000), ("b", 100_000));
        Do(id => new InstrumentListed(id, 0, new InstrumentTerms("E", InstrumentKind.Future, "X", 0, 0, new Quantity(1), Expiry: 1000)));
        Do(id => new ParametersUpdated(id, 0, """{"market":{"Instrument":[{"long_risk":"0.2","short_risk":"0.1","slippage":"0.1","symbol":"E"}]}}"""));
        Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { ["E"] = new(100) }, null));
        Do(id => new Trade(id, 0, "E", new AccountId("a"), new AccountId("b"), new Quantity(100), new Quantity(100), default, default, null, null));
        Do(id => new PricesSet(id, 2000, new Dictionary<string, Quantity> { ["E"] = new(70) }, null));
        Do(id => new Settlement(id, 2000, "E", new Quantity(70), Close: false));
        Assert.Empty(Made());
        Assert.Equal(["E"], _engine.AwaitedSettlements);
        Assert.Equal(EngineRejectionCode.NotCollected, Submit(id => new WithdrawalRequested(id, 2000, new AccountId("b"), "X", new Quantity(100_001), null)).Rejection?.Code);
        Do(id => new Settlement(id, 2000, "E", new Quantity(70), Close: true));
        Assert.Equal(["LossSocialized"], Made());
        Assert.Equal((0, 101_000), (Balance("a"), Balance("b")));
    }

    /// <summary>Two who have nothing trade far from the mark and back. What no settlement has collected is not taken out, sent, pledged or margin for anything else, and after the call it is gone.</summary>
    [Fact]
    public void A_gain_that_nobody_has_been_called_for_is_not_the_winner_s_yet()
    {
        Open(("a", 0), ("b", 0), ("c", 50_000), ("d", 50_000));
        Trade("c", "d", 10, 100);
        Trade("a", "b", 1000, 1);
        Trade("b", "a", 1000, 100);
        Assert.Equal((99_000, -99_000), (Balance("a"), Balance("b")));
        Refused(id => new WithdrawalRequested(id, 0, new AccountId("a"), "X", new Quantity(1), null));
        Refused(id => new Transfer(id, 0, new AccountId("a"), new AccountId("c"), "X", new Quantity(1), null));
        Do(id => new Deposit(id, 0, new AccountId("a"), "X", new Quantity(7)));
        Refused(id => new WithdrawalRequested(id, 0, new AccountId("a"), "X", new Quantity(8), null));
        Do(id => new WithdrawalRequested(id, 0, new AccountId("a"), "X", new Quantity(2), null));
        Assert.Equal(EngineRejectionCode.NotCollected, _engine.Try(new WithdrawalRequested(new EventId("what-if"), 0, new AccountId("a"), "X", new Quantity(8), null)).Rejection?.Code);
        Settle(100);
        Assert.Equal((5, 0, 50_000, 50_000), (Balance("a"), Balance("b"), Balance("c"), Balance("d")));

        void Refused(Func<EventId, LedgerEvent> make) => Assert.Equal(EngineRejectionCode.NotCollected, Submit(make).Rejection?.Code);
    }

    /// <summary>What margins a position is not a gain that nobody has paid yet: of 4,000 of its own, 3,000 are needed.</summary>
    [Fact]
    public void An_uncollected_gain_margins_nothing_that_is_taken_out()
    {
        Open(("a", 4000), ("b", 100_000), ("c", 100_000));
        Trade("a", "b", 100, 50);
        Trade("b", "a", 100, 100);
        Trade("a", "c", 100, 100);
        long initial = 3600;
        Assert.Equal(EngineRejectionCode.NotCollected, Submit(id => new WithdrawalRequested(id, 0, new AccountId("a"), "X", new Quantity(4000 - initial + 1), null)).Rejection?.Code);
        Do(id => new WithdrawalRequested(id, 0, new AccountId("a"), "X", new Quantity(4000 - initial), null));
        Settle(100);
        Do(id => new WithdrawalRequested(id, 0, new AccountId("a"), "X", new Quantity(5000), null));
    }

    /// <summary>Random books and prices: sums hold after each event, nobody who is below maintenance after a settlement keeps a position, nobody owes, and those who gained have what was collected, as an independent count says.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Random_settlements_leave_nothing_unpaid(int seed)
    {
        var random = new Random(seed);
        int shared = 0;
        for (int book = 0; book < 30; book++) shared += new ClearingTests().Losses(random);
        Assert.True(shared > 10, $"{shared} losses were shared");
    }

    private int Losses(Random random)
    {
        string[] names = [.. Enumerable.Range(0, 9).Select(i => $"p{i}")];
        Open([.. names.Select(name => (name, (long)random.Next(100, 5000)))]);
        int shared = 0;
        var arrived = new List<string>();
        for (int round = 0; round < 4; round++)
        {
            Dictionary<string, long> before = names.ToDictionary(name => name, Balance);
            for (int i = 0; i < 8; i++)
                if (random.GetItems(names, 2) is [var buyer, var seller] && buyer != seller)
                {
                    Trade(buyer, seller, random.Next(1, 4) * 20, random.Next(95, 106));     // some end a position
                    foreach (string name in (string[])[buyer, seller])
                        if (!arrived.Contains(name)) arrived.Add(name);
                }
            long mark = random.Next(60, 141), fund = Balance("insurance");
            Dictionary<string, long> gains = names.ToDictionary(name => name, name => Balance(name) - before[name] + Position(name) * mark - Cost(name));
            long fundGain = Position("insurance") * mark - Cost("insurance");
            int from = _log.Count;
            Settle(mark);
            Assert.All(names, name => Assert.Equal(AccountClass.Healthy, _engine.Health(new AccountId(name))!.Value.Class));
            LossSocialized[] losses = [.. _log.Skip(from).Select(logged => logged.Event).OfType<LossSocialized>().Where(loss => loss.Account.Value != "insurance")];
            shared += losses.Length;
            long unpaid = names.Sum(name => Math.Max(0, -(before[name] + gains[name]))), missing = unpaid - Math.Min(unpaid, Math.Max(0, fund + fundGain));
            Assert.Equal(missing > 0, losses.Length > 0);
            string[] winners = [.. arrived.Where(name => gains[name] > 0)];
            long owed = winners.Sum(name => gains[name]), collected = owed - missing, given = 0;
            if (fund + fundGain < 0 || losses.Length == 0) return shared;                        // a fund that owes is another story
            foreach (string winner in winners)
            {
                long gets = winner == winners[^1] ? collected - given : (long)((Int128)gains[winner] * collected / owed);
                given += gets;
                long gives = Math.Clamp(gains[winner] - gets, 0, missing); // nobody gets more than the gain
                missing -= gives;
                Assert.Equal(gives, losses.SelectMany(loss => loss.Shares).Where(share => share.Account.Value == winner).Sum(share => (long)share.Amount.Mantissa));
            }
        }
        return shared;
    }

    private void Open(params (string Name, long Amount)[] accounts)
    {
        Do(id => new VenueOpened(id, 0, "clearing", new AccountId("insurance"), new AccountId("fees")));
        Do(id => new AssetListed(id, 0, "X", _decimals));
        Do(id => new InstrumentListed(id, 0, new InstrumentTerms("M", InstrumentKind.Future, "X", 0, 0, new Quantity(1), Expiry: long.MaxValue)));
        Do(id => new ParametersUpdated(id, 0, """{"market":{"Asset":[{"symbol":"X"}],"Instrument":[{"long_risk":"0.2","short_risk":"0.1","slippage":"0.1","symbol":"M"}]},"parameters":{"initial_factor":"1.2","release_factor":"1.4","search_factor":"1.1"}}"""));
        Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { ["M"] = new(100), ["X"] = new(1) }, null));
        foreach ((string name, long amount) in accounts)
        {
            Do(id => new AccountOpened(id, 0, new AccountId(name), default, MarginMode.Cross));
            if (amount != 0) Do(id => new Deposit(id, 0, new AccountId(name), "X", new Quantity(amount)));
        }
    }

    private void List(string symbol)
    {
        Do(id => new InstrumentListed(id, 0, new InstrumentTerms(symbol, InstrumentKind.Future, "X", 0, 0, new Quantity(1), Expiry: long.MaxValue)));
        Do(id => new ParametersUpdated(id, 0, $$$"""{"market":{"Instrument":[{"long_risk":"0.2","short_risk":"0.1","slippage":"0.1","symbol":"{{{symbol}}}"}]}}"""));
        Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { [symbol] = new(100) }, null));
    }

    private void Trade(string buyer, string seller, long size, long price) => Do(id => new Trade(id, 0, "M", new AccountId(buyer), new AccountId(seller), new Quantity(size), new Quantity(price), default, default, null, null));

    private void Price(long mark) => Do(id => new PricesSet(id, 0, new Dictionary<string, Quantity> { ["M"] = new(mark) }, null));

    private void Settle(long mark)
    {
        Price(mark);
        Do(id => new Settlement(id, 0, "M", new Quantity(mark), Close: false));
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

    private string[] Made() => [.. _log.Where(logged => logged.Generated).Select(logged => logged.Event.GetType().Name)];

    private AccountState Account(string name) => _engine.State.TryFindAccount(new AccountId(name), out int index) ? _engine.State.Accounts[index] : throw new ArgumentException(name);

    private long Balance(string name) => Account(name).Balance(0).Amount;

    private long Position(string name) => Account(name).Position(0).Size;

    private long Cost(string name) => Account(name).Position(0).Cost;
}
