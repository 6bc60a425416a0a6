using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Core;

namespace Fermat.Engine.Tests;

/// <summary>A public value that only some accounts need, and that has none: they are accounts without a price, the others are as they were, and the venue goes on.</summary>
public sealed class UnvaluedAccountTests
{
    private static readonly Lazy<CoreRulebook> Stressed = new(() =>
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules", "cross_perps.risk"))
            .Replace("notional(p): Money = up(abs(p.size) * worth(p.instrument))", "stressed(i: Instrument): Price = if i.mark < 75 then i.mark else nearest(i.mark * stress / stress)\nnotional(p): Money = up(abs(p.size) * stressed(p.instrument))", StringComparison.Ordinal)
            .Replace("  parity: Parity = 1\n", "  parity: Parity = 1\n  stress: Rate = 1\n", StringComparison.Ordinal);
        CompilationResult result = RulebookCompiler.Compile(text, "stressed.risk");
        return result.Rulebook ?? throw new InvalidOperationException(result.Render());
    });

    [Fact]
    public void Who_holds_what_cannot_be_valued_has_no_price_and_nobody_else()
    {
        Venue venue = Opened();
        venue.Apply((id, t) => new ParametersUpdated(id, t, """{"parameters":{"stress":"0"}}"""));

        Assert.Null(venue.Engine.Health(new AccountId("alice")));
        Assert.NotNull(venue.Engine.Health(new AccountId("carol")));
        Assert.Equal(2, venue.Engine.Ladder() is var ladder ? ladder.Margined + ladder.Restricted + ladder.Liquidatable : 0);
        SubmitResult more = venue.Trade("alice", "carol", "1");
        Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.NoPrice), (more.Outcome, more.Rejection!.Code));
        Assert.Contains("cannot be valued: division by zero", more.Rejection.Message, StringComparison.Ordinal);
        SubmitResult[] many = [.. venue.Engine.SubmitMany([Trade(venue.NextId(), venue.Time += 1000, "carol", "dave", 1), Trade(venue.NextId(), venue.Time += 1000, "alice", "dave", 1)])];
        Assert.Equal([EventOutcome.Applied, EventOutcome.Rejected], many.Select(one => one.Outcome));

        // Q falls: Carol is liquidated, though a counterparty of hers might not be valued
        venue.Prices(("Q", "30"));
        Assert.Contains(venue.Log, logged => logged.Event is Liquidation { Account.Value: "carol" });
        Assert.DoesNotContain(venue.Log, logged => logged.Event is Liquidation { Account.Value: "alice" or "bob" });
        venue.Apply((id, t) => new ParametersUpdated(id, t, """{"parameters":{"stress":"1"}}"""));
        Assert.NotNull(venue.Engine.Health(new AccountId("alice")));
    }

    /// <summary>Statement T values each account that an event names, so what is done with one that has no value would end the proofs: it is rejected, or refused where it comes from outside, until there is a value.</summary>
    [Fact]
    public void Nobody_is_paid_or_pledged_to_or_released_who_cannot_be_valued()
    {
        Venue venue = Opened();
        (AccountId alice, AccountId carol, AccountId dave) = (new("alice"), new("carol"), new("dave"));
        Assert.True(Pledge(venue, alice, carol, 10).IsApplied);
        Assert.True(Pledge(venue, dave, alice, 10).IsApplied);
        EventId asked = venue.NextId();
        Assert.True(venue.Submit(new WithdrawalRequested(asked, venue.Time += 1000, alice, "USD", new Quantity(5), null)).IsApplied);
        venue.Apply((id, t) => new ParametersUpdated(id, t, """{"parameters":{"stress":"0"}}"""));

        (EventOutcome, EngineRejectionCode?) rejected = (EventOutcome.Rejected, EngineRejectionCode.NoPrice), refused = (EventOutcome.Refused, EngineRejectionCode.NoPrice);
        int before = venue.Log.Count;
        Func<SubmitResult>[] instructions =
        [
            () => Pledge(venue, alice, carol, 1), () => Pledge(venue, carol, alice, 1), () => Release(venue, alice, carol, 10), () => Release(venue, dave, alice, 10), () => Send(venue, alice, carol), () => Send(venue, carol, alice),
            () => venue.Withdraw("alice", "1"), () => venue.Trade("bob", "alice", "50"), () => venue.Engine.SubmitMany([new Trade(venue.NextId(), venue.Time += 1000, "P", new("bob"), alice, new Quantity(50), new Quantity(100), default, default, null, null)])[0],
        ];
        foreach (Func<SubmitResult> instruct in instructions)
        {
            SubmitResult result = instruct();
            Assert.Equal(rejected, (result.Outcome, result.Rejection?.Code));
            Assert.Contains("cannot be valued: division by zero", result.Rejection!.Message, StringComparison.Ordinal);
        }
        Assert.Equal(before + instructions.Length, venue.Log.Count);
        LedgerEvent[] outside = [new Deposit(venue.NextId(), venue.Time += 1000, alice, "USD", new Quantity(1)), new WithdrawalSettled(venue.NextId(), venue.Time += 1000, asked, Paid: true)];
        foreach (LedgerEvent fact in outside)
        {
            Assert.Equal(EngineRejectionCode.NoPrice, venue.Engine.Try(fact).Rejection?.Code);
            SubmitResult result = venue.Submit(fact);
            Assert.Equal(refused, (result.Outcome, result.Rejection?.Code));
        }
        Assert.Equal(before + instructions.Length, venue.Log.Count);
        Assert.True(Send(venue, carol, dave).IsApplied);                                                              // who holds nothing of it goes on

        venue.Apply((id, t) => new ParametersUpdated(id, t, """{"parameters":{"stress":"1"}}"""));
        foreach (LedgerEvent fact in outside) Assert.True(venue.Submit(fact with { Time = venue.Time += 1000 }).IsApplied);
        foreach (Func<SubmitResult> instruct in instructions.Take(8)) Assert.True(instruct().IsApplied);
    }

    /// <summary>Alice has bought 50 P of Bob; Carol and Dave have a trade of Q, which always has a value.</summary>
    private static Venue Opened()
    {
        var venue = new Venue(Stressed.Value);
        venue.Deposit("insurance", "100000");
        foreach (string name in (string[])["alice", "bob", "carol", "dave"]) venue.Open(name, "1000");
        Assert.True(venue.Trade("alice", "bob", "50").IsApplied);                                                     // P at 100
        Assert.True(venue.Submit((id, t) => Trade(id, t, "carol", "dave", 50)).IsApplied);                            // Q at 50
        return venue;
    }

    private static SubmitResult Pledge(Venue venue, AccountId account, AccountId to, int usd) => venue.Submit((id, t) => new CollateralPledged(id, t, account, to, new Quantity(usd), null));

    private static SubmitResult Release(Venue venue, AccountId account, AccountId by, int usd) => venue.Submit((id, t) => new PledgeReleased(id, t, account, by, new Quantity(usd), null));

    private static SubmitResult Send(Venue venue, AccountId from, AccountId to) => venue.Submit((id, t) => new Transfer(id, t, from, to, "USD", new Quantity(1), null));

    private static Trade Trade(EventId id, long time, string buyer, string seller, int size) => new(id, time, "Q", new AccountId(buyer), new AccountId(seller), new Quantity(size), new Quantity(50), default, default, null, null);
}
