using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

public sealed class SubmitManyTests
{
    private const int Accounts = 12, Signed = 3;
    private static readonly EventSignature Signature = new("test", 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Many_at_once_come_to_what_one_by_one_comes_to(int seed)
    {
        Venue one = Opened(), many = Opened();
        int before = many.Log.Count;
        var random = new Random(seed);
        (List<LedgerEvent> events, List<SubmitResult> results) = ([], []);
        for (int i = 0; i < 1200; i++)
        {
            LedgerEvent next = Next(one, random);
            events.Add(next);
            results.Add(one.Submit(next));
        }
        SubmitResult[] got = many.Engine.SubmitMany(events);
        for (int i = 0; i < got.Length; i++) Assert.Equal((i, results[i].Outcome, results[i].Rejection?.ToString()), (i, got[i].Outcome, got[i].Rejection?.ToString()));
        Assert.Equal(one.Log.Select(Said), many.Log.Select(Said));
        Assert.Equal(Bytes(one), Bytes(many));
        Assert.Empty(many.Engine.State.CheckSums());
        Assert.Equal([EventOutcome.Applied, EventOutcome.Rejected, EventOutcome.Refused], results.Select(result => result.Outcome).Distinct().Order());
        Assert.True(many.Log.Skip(before).Any(logged => logged.Generated), "nothing was liquidated");
        Assert.Contains(results, result => result.Rejection?.Code == EngineRejectionCode.BadSignature);
    }

    [Fact]
    public void A_log_that_fails_leaves_the_state_at_what_it_was_told()
    {
        var log = new List<LoggedEvent>();
        bool fails = false;
        Venue plain = Opened();
        var engine = new MarginEngine(Venue.Rulebook("cross_perps"), log: logged =>
        {
            if (fails && log.Count == plain.Log.Count + 7) throw new IOException("the disk is full");
            log.Add(logged);
        });
        foreach (LoggedEvent logged in plain.Log) Assert.True(engine.Submit(logged.Event).IsApplied);
        fails = true;
        LedgerEvent[] trades = [.. Enumerable.Range(0, 5000).Select(i => (LedgerEvent)new Trade(new EventId($"t{i}"), plain.Time, "P", new AccountId("a5"), new AccountId("a6"), new Quantity(1), new Quantity(100), default, default, null, null))];
        Assert.Throws<IOException>(() => engine.SubmitMany(trades));
        Assert.Equal((ulong)log.Count, engine.State.Height);
        foreach (LedgerEvent trade in trades[..7]) plain.Submit(trade);
        Assert.Equal(Bytes(plain), Bytes(engine.State));
    }

    [Fact]
    public void Only_the_last_trade_can_be_taken_back()
    {
        Venue venue = Opened();
        LedgerState state = venue.Engine.State;
        byte[] before = Bytes(venue);
        LedgerChange first = Change("t1"), second;
        state.Commit(first);
        second = Change("t2");
        state.Commit(second);
        Assert.Throws<InvalidOperationException>(() => state.Undo(first));
        state.Undo(second);
        Assert.Throws<InvalidOperationException>(() => state.Undo(second));
        state.Undo(first);
        Assert.Equal(before, Bytes(venue));
        LedgerChange deposit = state.Prepare(new Deposit(new EventId("d"), venue.Time, new AccountId("a5"), "USD", new Quantity(1))).Change!;
        state.Commit(deposit);
        Assert.Throws<InvalidOperationException>(() => state.Undo(deposit));

        LedgerChange Change(string id) =>
            state.Prepare(new Trade(new EventId(id), venue.Time + 5, "P", new AccountId("a5"), new AccountId("a6"), new Quantity(1), new Quantity(101), new Quantity(1, 2), default, null, null)).Change!;
    }

    private static Venue Opened()
    {
        var venue = new Venue();
        venue.Deposit("insurance", "500");
        for (int i = 0; i < Accounts; i++) venue.Open($"a{i}", "2000", i < Signed ? EventSignature.OwnerOf(Venue.Key((byte)i).Address) : default);
        return venue;
    }

    private static LedgerEvent Next(Venue venue, Random random)
    {
        int kind = random.Next(200);
        EventId id = venue.NextId();
        venue.Time += random.Next(3);
        if (kind == 0) return new PricesSet(id, venue.Time, new Dictionary<string, Quantity> { ["P"] = new(random.Next(80, 120)), ["Q"] = new(random.Next(40, 60)) }, null);
        if (kind == 1) return new Deposit(id, venue.Time, new AccountId($"a{random.Next(Accounts)}"), "USD", new Quantity(random.Next(1, 300)));
        if (kind == 2) return new Trade(id, venue.Time, "P", new AccountId("nobody"), new AccountId("a1"), new Quantity(1), new Quantity(100), default, default, null, null);
        int buyer = random.Next(Accounts), seller = (buyer + 1 + random.Next(Accounts - 1)) % Accounts;
        int size = kind < 10 ? random.Next(100_000, 400_000) : random.Next(1, 4000);             // some need more margin than anybody has
        var trade = new Trade(id, venue.Time, random.Next(2) == 0 ? "P" : "Q", new AccountId($"a{buyer}"), new AccountId($"a{seller}"), new Quantity(size, 3), new Quantity(random.Next(90, 110)), new Quantity(random.Next(3), 2), default, null, null);
        return trade with { ByBuyer = By(buyer), BySeller = By(seller) };

        Authorisation? By(int account)
        {
            if (account >= Signed) return null;
            AccountState state = venue.Engine.State.Accounts[account + 2];
            byte key = (byte)(random.Next(20) == 0 ? account + 1 : account);
            return Signature.Sign(trade, state.Nonce + (random.Next(20) == 0 ? 2UL : 1UL), trade.Time + random.Next(-1, 100), Venue.Key(key)) with { PublicKey = Venue.Key((byte)account).Address.ToArray() };
        }
    }

    private static (string, string?, bool) Said(LoggedEvent logged) => (logged.Event.Id.Value, logged.Rejection?.ToString(), logged.Generated);

    private static byte[] Bytes(Venue venue) => Bytes(venue.Engine.State);

    private static byte[] Bytes(LedgerState state) => [.. StateSnapshot.Write(state, 0, default).SelectMany(part => part.ToArray())];
}
