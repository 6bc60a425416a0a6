using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

/// <summary>The names of the events that the engine makes: nobody else takes one, and a log that has them is read back.</summary>
public sealed class ReservedNameTests
{
    [Fact]
    public void Nobody_takes_the_name_of_an_event_that_the_engine_makes()
    {
        Venue venue = Opened();
        int before = venue.Log.Count;
        byte[] state = Bytes(venue.Engine.State);
        foreach (string name in new[] { "engine:", "engine:0", $"engine:{before + 3}", $"engine:{before}", "engine:mine" })
        {
            LedgerEvent deposit = new Deposit(new EventId(name), venue.Time, new AccountId("bob"), "USD", new Quantity(1));
            SubmitResult result = venue.Submit(deposit);
            Assert.Equal((EventOutcome.Refused, EngineRejectionCode.ReservedName), (result.Outcome, result.Rejection!.Code));
            Assert.Contains(name, result.Rejection.Message, StringComparison.Ordinal);
            Assert.NotEmpty(result.Rejection.Hint);
            Assert.Equal(result.Rejection, venue.Engine.Try(deposit).Rejection);
        }
        Assert.Equal((before, Convert.ToHexString(state)), (venue.Log.Count, Convert.ToHexString(Bytes(venue.Engine.State))));
        foreach (string name in new[] { "Engine:1", "engine", "my-engine:1" }) Assert.True(venue.Submit(new Deposit(new EventId(name), venue.Time, new AccountId("bob"), "USD", new Quantity(1))).IsApplied, name);
        venue.Prices(("P", "109"));
        Assert.NotEmpty(venue.Generated(before));
        Assert.Equal(venue.Log.Count, venue.Log.Select(logged => logged.Event.Id).Distinct().Count());
    }

    /// <summary>Among trades that are booked ahead too, in the midst of a run and at its ends.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(700)]
    [InlineData(2999)]
    public void Of_many_trades_only_the_one_with_such_a_name_is_refused(int place)
    {
        (Venue one, Venue many) = (Opened(), Opened());
        LedgerEvent[] trades = [.. Enumerable.Range(0, 3000).Select(i => (LedgerEvent)new Trade(new EventId(i == place ? $"engine:{i + 40}" : $"t{i}"), one.Time, "P", new AccountId("alice"), new AccountId("carol"), new Quantity(1 + i % 3, 3), new Quantity(100), default, default, null, null))];
        SubmitResult[] results = many.Engine.SubmitMany(trades);
        foreach (LedgerEvent trade in trades) one.Engine.Submit(trade);
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.ReservedName), (results[place].Outcome, results[place].Rejection!.Code));
        Assert.Equal(trades.Length - 1, results.Count(result => result.IsApplied));
        Assert.Equal(one.Log.Select(logged => logged.Event.Id), many.Log.Select(logged => logged.Event.Id));
        Assert.Equal(Bytes(one.Engine.State), Bytes(many.Engine.State));
    }

    [Fact]
    public void A_log_with_the_engine_s_own_events_is_judged_as_it_was_logged()
    {
        Venue venue = Liquidated();
        var judged = new MarginEngine(Venue.Rulebook("cross_perps"), new EngineOptions { Automatic = false });
        foreach (LoggedEvent logged in venue.Log) Assert.True(judged.Submit(logged.Event).IsApplied, logged.Event.Id.Value);
        Assert.Equal(Bytes(venue.Engine.State), Bytes(judged.State));
        var restored = new MarginEngine(Venue.Rulebook("cross_perps"));
        foreach (LoggedEvent logged in venue.Log) restored.Restore(logged);
        Assert.Equal(Bytes(venue.Engine.State), Bytes(restored.State));
    }

    /// <summary>Logs from before the names were reserved: a customer's event has the name that the engine would give.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_made_has_no_name_that_a_restored_log_has(bool twice)
    {
        Venue plain = Liquidated();
        int step = plain.Log.FindIndex(logged => logged.Generated);
        string taken = plain.Log[step].Event.Id.Value;
        Assert.Equal($"engine:{step}", taken);
        var log = new List<LoggedEvent>();
        var engine = new MarginEngine(Venue.Rulebook("cross_perps"), log: log.Add);
        foreach (LoggedEvent logged in plain.Log.Take(step - 1))
        {
            string? other = logged.Event switch
            {
                Deposit { Account.Value: "bob" } => taken,
                Deposit { Account.Value: "carol" } when twice => taken + ":2",
                _ => null,
            };
            LoggedEvent old = other is null ? logged : logged with { Event = logged.Event with { Id = new EventId(other) } };
            engine.Restore(old);
            log.Add(old);
        }
        Assert.True(engine.Submit(plain.Log[step - 1].Event).IsApplied);
        Assert.Equal(taken + (twice ? ":3" : ":2"), log[step].Event.Id.Value);
        Assert.Equal(log.Count, log.Select(logged => logged.Event.Id).Distinct().Count());
        Assert.Equal(Bytes(plain.Engine.State), Bytes(engine.State));

        // and it is the same log when it is read back
        var again = new MarginEngine(Venue.Rulebook("cross_perps"), new EngineOptions { Automatic = false });
        foreach (LoggedEvent logged in log) Assert.True(again.Submit(logged.Event).IsApplied, logged.Event.Id.Value);
    }

    private static Venue Liquidated()
    {
        Venue venue = Opened();
        int before = venue.Log.Count;
        venue.Prices(("P", "109"));
        Assert.True(venue.Generated(before).Count() > 1);
        return venue;
    }

    private static Venue Opened()
    {
        var venue = new Venue();
        venue.Deposit("insurance", "1000");
        foreach (string name in new[] { "alice", "bob", "carol" }) venue.Open(name, "1000");
        Assert.True(venue.Trade("alice", "bob", "80").IsApplied);
        return venue;
    }

    private static byte[] Bytes(LedgerState state) => [.. StateSnapshot.Write(state, 0, default).SelectMany(part => part.ToArray())];
}
