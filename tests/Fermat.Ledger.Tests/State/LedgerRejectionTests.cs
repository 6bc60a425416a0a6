using System.Text.RegularExpressions;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Code = Fermat.Ledger.State.LedgerRejectionCode;

namespace Fermat.Ledger.Tests.State;

/// <summary>Each reason to refuse an event, at least once.</summary>
public sealed partial class LedgerRejectionTests
{
    private static readonly AccountId Alice = new("alice"), Bob = new("bob"), Nobody = new("nobody");
    private readonly TestVenue venue = new();

    [GeneratedRegex(@"\bCode\.(\w+)")]
    private static partial Regex CodeNames();

    [Fact]
    public void Every_reason_has_a_case_here()
    {
        string path = Directory.EnumerateFiles(Root(), "LedgerRejectionTests.cs", SearchOption.AllDirectories).Single();
        var named = CodeNames().Matches(File.ReadAllText(path)).Select(match => match.Groups[1].Value).ToHashSet();
        Assert.Equal([], Enum.GetNames<Code>().Except(named));
    }

    [Fact]
    public void Codes_have_stable_texts() => Assert.Equal("ledger.unknown-account", LedgerRejection.TextOf(Code.UnknownAccount));

    [Fact]
    public void Frame()
    {
        venue.Refuse(Code.MalformedEvent, new AssetListed(default, 1000, "X", 1));
        venue.Refuse(Code.MalformedEvent, new AssetListed(venue.NextId(), -1, "X", 1));
        venue.Refuse(Code.TimeBackwards, new AssetListed(venue.NextId(), 999, "X", 1));
        venue.Refuse(Code.VenueOpenAlready, new VenueOpened(venue.NextId(), 1000, "x", Alice, Bob));
        var closed = new TestVenue(open: false);
        closed.Refuse(Code.VenueNotOpen, closed.Deposit("alice", "USD", "1"));
        closed.Refuse(Code.SameAccount, new VenueOpened(closed.NextId(), 1, "x", Alice, Alice));
        closed.Refuse(Code.MalformedEvent, new VenueOpened(closed.NextId(), 1, "", Alice, Bob));
        closed.Refuse(Code.MalformedEvent, new VenueOpened(closed.NextId(), 1, "x", Alice, default));
    }

    [Fact]
    public void Names()
    {
        venue.Refuse(Code.UnknownAccount, venue.Deposit("nobody", "USD", "1"));
        venue.Refuse(Code.UnknownAsset, venue.Deposit("alice", "XRP", "1"));
        venue.Refuse(Code.UnknownInstrument, venue.Trade("XRP-PERP", "alice", "bob", "1", "1"));
        venue.Refuse(Code.AccountExists, new AccountOpened(venue.NextId(), venue.Now, Alice, OwnerKey.None, MarginMode.Cross));
        venue.Refuse(Code.MalformedEvent, new AccountOpened(venue.NextId(), venue.Now, Nobody, OwnerKey.None, (MarginMode)9));
        venue.Refuse(Code.SymbolExists, new AssetListed(venue.NextId(), venue.Now, "BTC-PERP", 1));
        venue.Refuse(Code.SymbolExists, venue.List(TestVenue.Listed[0] with { Symbol = "BTC" }));
        venue.Refuse(Code.MalformedEvent, new AssetListed(venue.NextId(), venue.Now, "a b", 1));
        venue.Refuse(Code.SameAccount, venue.Trade("BTC-PERP", "alice", "alice", "1", "1"));
        venue.Refuse(Code.SameAccount, venue.Transfer("alice", "alice", "USD", "1"));
        venue.Refuse(Code.SameAccount, venue.Liquidate("alice", "BTC-PERP", "1", "1", "alice", "0"));
        venue.Refuse(Code.SameAccount, venue.Deleverage("alice", "alice", "BTC-PERP", "1", "1"));
        venue.Refuse(Code.SameAccount, new CollateralSold(venue.NextId(), venue.Now, Alice, "BTC", new Quantity(1), "USD", new Quantity(1), Alice));
        venue.Refuse(Code.SameAccount, new InsurancePaid(venue.NextId(), venue.Now, new AccountId("insurance"), "USD", new Quantity(1)));
    }

    [Fact]
    public void Terms()
    {
        InstrumentTerms perpetual = TestVenue.Listed[0] with { Symbol = "NEW" }, option = TestVenue.Listed[3] with { Symbol = "NEW" }, spot = TestVenue.Listed[4] with { Symbol = "NEW" };
        venue.Refuse(Code.InvalidTerms, new AssetListed(venue.NextId(), venue.Now, "NEW", 19));
        foreach (InstrumentTerms wrong in new[]
        {
            perpetual with { Kind = (InstrumentKind)9 }, perpetual with { SizeScale = 19 }, perpetual with { PriceScale = -1 }, perpetual with { Multiplier = default }, perpetual with { Expiry = 5000 },
            perpetual with { Strike = new Quantity(1) }, perpetual with { Right = OptionRight.Put }, perpetual with { Underlying = "a b" }, perpetual with { SizeScale = 18, PriceScale = 18 },
            option with { Expiry = null }, option with { Expiry = 1000 }, option with { Strike = null }, option with { Right = null }, option with { Right = (OptionRight)3 }, option with { Strike = new Quantity(1, 4) },
            spot with { Underlying = null }, spot with { Underlying = "USD", SizeScale = 6 }, spot with { SizeScale = 7 }, spot with { Multiplier = new Quantity(2) },
        }) venue.Refuse(Code.InvalidTerms, venue.List(wrong));
        venue.Refuse(Code.UnknownAsset, venue.List(perpetual with { Settle = "XRP" }));
        venue.Refuse(Code.MalformedEvent, venue.List(null!));
        venue.Refuse(Code.InvalidTerms, new CollateralSold(venue.NextId(), venue.Now, Alice, "BTC", new Quantity(1), "BTC", new Quantity(1), Bob));
        venue.Refuse(Code.WrongKind, venue.Fund("ETH-FUT", "0.1"));
        venue.Refuse(Code.WrongKind, venue.Settle("BTC-USD", "1", close: false));
        venue.Refuse(Code.WrongKind, venue.Liquidate("alice", "BTC-USD", "1", "1", "bob", "0"));
        venue.Refuse(Code.WrongKind, venue.Assign("ivy", "BTC-USD", "1"));
        venue.Refuse(Code.NoPrice, venue.Fund("BTC-PERP", "0.1"));
    }

    [Fact]
    public void Life_of_an_instrument()
    {
        venue.Do(venue.Settle("BTC-USD", "1", close: true));
        venue.Refuse(Code.InstrumentClosed, venue.Trade("BTC-USD", "alice", "bob", "1", "1"));
        venue.Do(venue.Trade("ETH-FUT", "alice", "bob", "1", "1"));
        venue.Now = TestVenue.Expiry;
        venue.Refuse(Code.InstrumentExpired, venue.Trade("ETH-FUT", "alice", "bob", "1", "1"));
        venue.Refuse(Code.InstrumentExpired, venue.Liquidate("alice", "ETH-FUT", "1", "1", "bob", "0"));
        venue.Refuse(Code.InstrumentExpired, venue.Deleverage("alice", "bob", "ETH-FUT", "1", "1"));
    }

    [Fact]
    public void Numbers()
    {
        venue.Refuse(Code.TooManyDecimals, venue.Deposit("alice", "USD", "0.0000001"));
        venue.Refuse(Code.TooManyDecimals, venue.Trade("BTC-PERP", "alice", "bob", "0.000000001", "1"));
        venue.Refuse(Code.TooManyDecimals, venue.Trade("BTC-PERP", "alice", "bob", "1", "1.001"));
        venue.Refuse(Code.TooManyDecimals, venue.Trade("BTC-PERP", "alice", "bob", "1", "1", "0.0000001"));
        venue.Refuse(Code.TooManyDecimals, venue.Prices(("BTC-PERP", "1.001")));
        venue.Refuse(Code.OutOfRange, venue.Deposit("alice", "USD", "9223372036854.775808"));
        venue.Do(venue.Deposit("alice", "USD", "9223372036854.775807"));
        venue.Refuse(Code.OutOfRange, venue.Deposit("alice", "USD", "0.000001"));
        venue.Refuse(Code.OutOfRange, venue.Trade("BTC-PERP", "alice", "bob", "90000000000", "100000000"));
        venue.Refuse(Code.NotPositive, venue.Deposit("alice", "USD", "0"));
        venue.Refuse(Code.NotPositive, venue.Deposit("alice", "USD", "-1"));
        venue.Refuse(Code.NotPositive, venue.Transfer("alice", "bob", "USD", "-1"));
        venue.Refuse(Code.NotPositive, venue.Withdraw("alice", "USD", "-1"));
        venue.Refuse(Code.NotPositive, venue.Trade("BTC-PERP", "alice", "bob", "-1", "1"));
        venue.Refuse(Code.NotPositive, venue.Assign("ivy", "BTC-PERP", "0"));
        venue.Refuse(Code.NotPositive, venue.Liquidate("alice", "BTC-PERP", "1", "1", "bob", "-1"));
        venue.Refuse(Code.PriceOutOfRange, venue.Trade("BTC-PERP", "alice", "bob", "1", "-1"));
        venue.Refuse(Code.PriceOutOfRange, venue.Trade("BTC-INV", "alice", "bob", "1", "0"));
        venue.Refuse(Code.PriceOutOfRange, venue.Prices(("vol", "-1")));
        venue.Refuse(Code.PriceOutOfRange, venue.Prices(("BTC-INV", "0")));
        venue.Refuse(Code.MalformedEvent, venue.Prices());
        venue.Refuse(Code.MalformedEvent, new PricesSet(venue.NextId(), venue.Now, new Dictionary<string, Quantity> { ["BTC"] = new(1) }, new byte[31]));
    }

    [Fact]
    public void A_confidence_is_a_share_of_one_and_of_a_price_beside_it()
    {
        venue.Refuse(Code.PriceOutOfRange, Doubted("BTC", "-0.01"));
        venue.Refuse(Code.PriceOutOfRange, Doubted("BTC", "1.000000000000000001"));
        venue.Refuse(Code.PriceOutOfRange, Doubted("BTC", "39614081257132168796771975167"));
        venue.Refuse(Code.MalformedEvent, Doubted("USD", "0.5"));
        venue.Refuse(Code.MalformedEvent, Doubted("BTC", "0.5") with { Confidences = new Dictionary<string, Quantity>() });
        venue.Do(Doubted("BTC", "0"));
        Assert.Equal(new Quantity(0), venue.State.ConfidenceOf("BTC"));
        venue.Do(Doubted("BTC", "1"));
        Assert.Empty(venue.State.Confidences);

        PricesSet Doubted(string feed, string confidence) =>
            new(venue.NextId(), venue.Now, new Dictionary<string, Quantity> { ["BTC"] = new(1) }, null) { Confidences = new Dictionary<string, Quantity> { [feed] = TestVenue.Q(confidence) } };
    }

    [Fact]
    public void An_inverse_perpetual_below_its_funding_index_has_no_value()
    {
        venue.Do(venue.Prices(("BTC-INV", "100")));
        venue.Do(venue.Fund("BTC-INV", "0.5"));
        venue.Refuse(Code.PriceOutOfRange, venue.Trade("BTC-INV", "alice", "bob", "1", "50"));
        venue.Do(venue.Trade("BTC-INV", "alice", "bob", "1", "50.1"));
    }

    [Fact]
    public void Positions_and_debts()
    {
        venue.Do(venue.Trade("BTC-PERP", "alice", "bob", "2", "100"));
        foreach (string size in new[] { "0", "-1", "2.1" }) venue.Refuse(Code.BeyondPosition, venue.Liquidate("alice", "BTC-PERP", size, "90", "carol", "0"));
        venue.Refuse(Code.BeyondPosition, venue.Deleverage("alice", "carol", "BTC-PERP", "1", "90"));
        venue.Refuse(Code.BeyondPosition, venue.Deleverage("bob", "alice", "BTC-PERP", "1", "90"));
        venue.Refuse(Code.BeyondDebt, new InsurancePaid(venue.NextId(), venue.Now, Alice, "USD", new Quantity(1)));
        venue.Do(venue.Transfer("alice", "bob", "USD", "2"));
        venue.Refuse(Code.InsuranceOverdrawn, new InsurancePaid(venue.NextId(), venue.Now, Alice, "USD", new Quantity(1)));
        venue.Refuse(Code.BeyondDebt, new LossSocialized(venue.NextId(), venue.Now, Alice, "USD", [new LossShare(Bob, new Quantity(3))]));
        LossShare bob = new(Bob, new Quantity(1)), carol = new(new AccountId("carol"), new Quantity(1));
        venue.Refuse(Code.NotSorted, new LossSocialized(venue.NextId(), venue.Now, Alice, "USD", [carol, bob]));
        venue.Refuse(Code.NotSorted, new LossSocialized(venue.NextId(), venue.Now, Alice, "USD", [bob, bob]));
        venue.Refuse(Code.MalformedEvent, new LossSocialized(venue.NextId(), venue.Now, Alice, "USD", []));
        venue.Refuse(Code.SameAccount, new LossSocialized(venue.NextId(), venue.Now, Alice, "USD", [new LossShare(Alice, new Quantity(1))]));
        venue.Refuse(Code.NotIsolated, venue.Assign("alice", "BTC-PERP", "1"));
        venue.Refuse(Code.MarginOverdrawn, venue.Assign("ivy", "BTC-PERP", "-1"));
    }

    [Fact]
    public void Pledges()
    {
        venue.Refuse(Code.SameAccount, venue.Pledge("alice", "alice", "1"));
        venue.Refuse(Code.UnknownAccount, venue.Pledge("nobody", "bob", "1"));
        venue.Refuse(Code.UnknownAccount, venue.Pledge("alice", "nobody", "1"));
        venue.Refuse(Code.NotPositive, venue.Pledge("alice", "bob", "0"));
        venue.Refuse(Code.NotPositive, venue.Pledge("alice", "bob", "-1"));
        venue.Refuse(Code.TooManyDecimals, venue.Pledge("alice", "bob", "0.0000001"));
        venue.Refuse(Code.OutOfRange, venue.Pledge("alice", "bob", "9223372036854.775808"));
        venue.Refuse(Code.AuthorisationMissing, venue.Pledge("olga", "bob", "1"));
        venue.Refuse(Code.AuthorisationUnexpected, venue.Pledge("alice", "olga", "1", TestVenue.By(1))); // whom it is pledged to has no say
        venue.Do(venue.Pledge("alice", "bob", "9223372036854.775807"));
        venue.Refuse(Code.OutOfRange, venue.Pledge("alice", "bob", "0.000001"));
        venue.Refuse(Code.PledgedElsewhere, venue.Pledge("alice", "carol", "1"));
        venue.Do(venue.Pledge("carol", "alice", "1"));                                         // who has pledged can be pledged to
    }

    [Fact]
    public void Releases()
    {
        venue.Refuse(Code.NotPledged, venue.Release("alice", "bob", "1"));
        venue.Do(venue.Pledge("alice", "bob", "2"));
        venue.Do(venue.Pledge("carol", "olga", "2"));
        venue.Refuse(Code.SameAccount, venue.Release("alice", "alice", "1"));
        venue.Refuse(Code.UnknownAccount, venue.Release("nobody", "bob", "1"));
        venue.Refuse(Code.UnknownAccount, venue.Release("alice", "nobody", "1"));
        venue.Refuse(Code.NotPositive, venue.Release("alice", "bob", "0"));
        venue.Refuse(Code.TooManyDecimals, venue.Release("alice", "bob", "0.0000001"));
        venue.Refuse(Code.NotPledged, venue.Release("alice", "carol", "1"));
        venue.Refuse(Code.NotPledged, venue.Release("bob", "alice", "1"));
        venue.Refuse(Code.MoreThanPledged, venue.Release("alice", "bob", "2.000001"));
        venue.Refuse(Code.AuthorisationMissing, venue.Release("carol", "olga", "1"));
        venue.Refuse(Code.AuthorisationUnexpected, venue.Release("alice", "bob", "1", TestVenue.By(1)));
        venue.Do(venue.Release("alice", "bob", "2"));
        venue.Refuse(Code.NotPledged, venue.Release("alice", "bob", "1"));
    }

    [Fact]
    public void Withdrawals()
    {
        WithdrawalRequested request = venue.Withdraw("alice", "USD", "1");
        venue.Do(request);
        venue.Refuse(Code.RequestExists, request);
        venue.Refuse(Code.UnknownRequest, new WithdrawalSettled(venue.NextId(), venue.Now, new EventId("other"), Paid: true));
        venue.Do(new WithdrawalSettled(venue.NextId(), venue.Now, request.Id, Paid: true));
        venue.Refuse(Code.UnknownRequest, new WithdrawalSettled(venue.NextId(), venue.Now, request.Id, Paid: true));
    }

    [Fact]
    public void Authorisations()
    {
        venue.Refuse(Code.AuthorisationMissing, venue.Transfer("olga", "bob", "USD", "1"));
        venue.Refuse(Code.AuthorisationMissing, venue.Trade("BTC-PERP", "olga", "bob", "1", "1"));
        venue.Refuse(Code.AuthorisationMissing, venue.Withdraw("olga", "USD", "1"));
        venue.Refuse(Code.AuthorisationUnexpected, venue.Transfer("alice", "bob", "USD", "1", TestVenue.By(1)));
        venue.Refuse(Code.AuthorisationExpired, venue.Transfer("olga", "bob", "USD", "1", TestVenue.By(1, venue.Now - 1)));
        venue.Refuse(Code.NonceAhead, venue.Transfer("olga", "bob", "USD", "1", TestVenue.By(2)));
        venue.Do(venue.Transfer("olga", "bob", "USD", "1", TestVenue.By(1)));
        venue.Refuse(Code.NonceUsed, venue.Transfer("olga", "bob", "USD", "1", TestVenue.By(1)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"a\":{}}")]
    [InlineData("{\"parameters\":1}")]
    [InlineData("{\"parameters\":{\"a\":null}}")]
    [InlineData("{\"parameters\":{\"a\":1.5}}")]
    [InlineData("{\"parameters\":{\"a\":1e3}}")]
    [InlineData("{\"parameters\":{\"a\":-0}}")]
    [InlineData("{\"parameters\":{\"b\":\"1\",\"a\":\"1\"}}")]
    [InlineData("{\"parameters\":{\"a\":\"1\",\"a\":\"1\"}}")]
    [InlineData("{\"parameters\":{\"a\": \"1\"}}")]
    [InlineData("{\"parameters\":{\"\\u0061\":\"1\"}}")]
    [InlineData("{\"parameters\":{\"a\":\"\\u0061\"}}")]
    [InlineData("{\"parameters\":{\"a\":\"\\ud800\"}}")]
    [InlineData("{\"parameters\":{\"\\ud800\":\"1\"}}")]
    [InlineData("{\"parameters\":{\"a\":\"1\"}} ")]
    public void Parameters_that_are_not_canonical(string change) => venue.Refuse(Code.InvalidParameters, venue.Update(change));

    [Fact]
    public void Parameters_with_half_a_character() => venue.Refuse(Code.InvalidParameters, venue.Update("{\"parameters\":{\"a\":\"" + (char)0xd800 + "\"}}"));

    [Fact]
    public void Limits()
    {
        for (int i = 3; i < LedgerLimits.MaxAssets; i++)
            venue.State.Commit(venue.State.Prepare(new AssetListed(venue.NextId(), venue.Now, $"A{i}", 0)).Change!);
        venue.Refuse(Code.LimitExceeded, new AssetListed(venue.NextId(), venue.Now, "ONE-MORE", 0));
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fermat.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return Path.Combine(folder, "tests");
    }
}
