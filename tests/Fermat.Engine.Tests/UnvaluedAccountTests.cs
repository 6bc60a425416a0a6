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
        var venue = new Venue(Stressed.Value);
        venue.Deposit("insurance", "100000");
        foreach (string name in (string[])["alice", "bob", "carol", "dave"]) venue.Open(name, "1000");
        Assert.True(venue.Trade("alice", "bob", "50").IsApplied);                                                     // P at 100
        Assert.True(venue.Submit((id, t) => Trade(id, t, "carol", "dave", 50)).IsApplied);                            // Q at 50
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

    private static Trade Trade(EventId id, long time, string buyer, string seller, int size) => new(id, time, "Q", new AccountId(buyer), new AccountId(seller), new Quantity(size), new Quantity(50), default, default, null, null);
}
