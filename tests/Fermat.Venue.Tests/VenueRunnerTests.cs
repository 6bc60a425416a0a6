using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Ledger.Stores;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Parameters;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Venue.Tests;

/// <summary>A venue that is kept going, stopped at any point and opened again.</summary>
public sealed class VenueRunnerTests : IDisposable
{
    private const int Bits = 30;
    private readonly string folder = Directory.CreateTempSubdirectory("fermat-run-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>Whether all events that wait to be proven are in memory, or most of them in the log alone.</summary>
    [Theory]
    [InlineData(65_536)]
    [InlineData(3)]
    public void A_day_is_logged_proven_in_batches_and_its_proofs_follow_each_other(int waiting)
    {
        List<LedgerEvent> day = Day(out VenueLog log);
        var certificates = new Certificates();
        var told = new List<RunEvent>();
        using (Venue venue = Open("day", certificates, new Told(told), waiting: waiting))
        {
            IReadOnlyList<TakenEvent> taken = venue.Runner.Submit(day);
            Assert.Equal((EventOutcome.Rejected, "InsufficientMargin"), (taken[^1].Outcome, taken[^1].Code));
            Assert.All(taken, one => Assert.False(one.Known));
            Assert.Equal(0UL, venue.Runner.AcknowledgedHeight);
            Assert.Equal((ulong)log.Log.Count, venue.Runner.Acknowledge());
            venue.Runner.Complete(TestContext.Current.CancellationToken);
            Assert.Equal(Bytes(log.Engine.State), Bytes(venue.Runner.Engine.State));
        }
        Assert.Empty(told.OfType<RunEvent.Refused>());
        Assert.Equal(certificates.Kept.Keys, told.OfType<RunEvent.Proven>().Select(proven => proven.Batch));
        Follow(log, certificates);
        Assert.Equal(log.RootAt((ulong)log.Log.Count), certificates.Kept.Values.Last().Inputs.RootAfter);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Stopped_at_any_point_nothing_is_lost_and_no_batch_is_proven_twice(int seed)
    {
        var random = new Random(seed);
        List<LedgerEvent> day = Day(out VenueLog log);
        var certificates = new Certificates();
        for (int at = 0, round = 0; at < day.Count; round++)
        {
            using Venue venue = Open("stopped", certificates, null, maxEvents: random.Next(2, 9), milliseconds: random.Next(2) == 0 ? 1 : 60_000, waiting: random.Next(1, 20));
            int resent = random.Next(0, at + 1), to = Math.Min(day.Count, at + random.Next(1, 15));    // whoever sends does not know where it was stopped
            foreach (TakenEvent taken in venue.Runner.Submit(day[resent..to]).Take(at - resent)) Assert.True(taken.Known, taken.ToString());
            bool acknowledged = random.Next(3) > 0;
            if (acknowledged) venue.Runner.Acknowledge();
            if (acknowledged && random.Next(2) == 0) SpinWait.SpinUntil(() => venue.Runner.ProvenHeight > 0, TimeSpan.FromMilliseconds(random.Next(300)));
            if (acknowledged) at = to;
        }
        var told = new List<RunEvent>();
        int before = certificates.Kept.Count;
        using (Venue venue = Open("stopped", certificates, new Told(told)))
        {
            venue.Runner.Complete(TestContext.Current.CancellationToken);
            Assert.Equal(Bytes(log.Engine.State), Bytes(venue.Runner.Engine.State));
        }
        Assert.Equal(before, told.OfType<RunEvent.Kept>().Count());
        Follow(log, certificates);
    }

    /// <summary>In a crash each deleveraging begins a batch with the proof of its order, and each loss is one with the proof of its shares; also where the venue is stopped in between.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void In_a_crash_orders_and_shares_are_proven_too(bool stopped)
    {
        LedgerEvent[] crash = Crash(out VenueLog log);
        var certificates = new Certificates();
        for (int to = stopped ? crash.Length - 3 : crash.Length; to <= crash.Length; to++)
        {
            using Venue venue = Open("crash", certificates, null, maxEvents: 4, apart: true);
            venue.Runner.Submit(crash[..to]);
            venue.Runner.Complete(TestContext.Current.CancellationToken);
        }
        Follow(log, certificates);
        var policy = new VerifierPolicy(Bits);
        (int orders, int shares) = (0, 0);
        foreach (BatchProofs proofs in certificates.Kept.Values)
        {
            bool isOrder = proofs.Inputs.Classes[0] == EventClass.Deleveraging, isLoss = proofs.Inputs.Classes[0] == EventClass.LossShare;
            Assert.Equal((isOrder, isLoss), (proofs.Order is not null, proofs.Shares is not null));
            Assert.Equal(isOrder ? 1 : 0, proofs.Inputs.Count(EventClass.Deleveraging));
            if (!isLoss) Assert.Equal(0, proofs.Inputs.Count(EventClass.LossShare));
            if (proofs.Order is not null) Assert.True(WaterfallStatement.Verify(proofs.Inputs, proofs.Order, policy).Accepted, $"order {orders}");
            if (proofs.Shares is not null) Assert.True(SharesStatement.Verify(proofs.Inputs, proofs.Shares, policy).Accepted, $"shares {shares}");
            (orders, shares) = (orders + (isOrder ? 1 : 0), shares + (isLoss ? 1 : 0));
        }
        Assert.Equal((log.Log.Count(logged => logged.Event is AutoDeleveraged), log.Log.Count(logged => logged.Event is LossSocialized)), (orders, shares));
        Assert.True(orders > 0 && shares > 0, $"{orders} orders, {shares} shares");
    }

    /// <summary>Batches that were proven before orders and shares were asked for stay as they were cut, with deleveragings in their midst.</summary>
    [Fact]
    public void What_was_proven_before_orders_were_asked_for_is_not_proven_again()
    {
        LedgerEvent[] crash = Crash(out VenueLog log);
        var certificates = new Certificates();
        using (Venue venue = Open("before", certificates, null))
        {
            venue.Runner.Submit(crash);
            venue.Runner.Complete(TestContext.Current.CancellationToken);
        }
        Assert.Contains(certificates.Kept.Values, proofs => proofs.Inputs.Count(EventClass.Deleveraging) > 0 && proofs.Inputs.Classes.IndexOf(EventClass.LossShare) > 0);
        int before = certificates.Kept.Count;
        var told = new List<RunEvent>();
        using (Venue venue = Open("before", certificates, new Told(told), apart: true)) venue.Runner.Complete(TestContext.Current.CancellationToken);
        Assert.Empty(told.OfType<RunEvent.Refused>());
        Assert.Empty(told.OfType<RunEvent.Proven>());
        Assert.Equal((before, before), (told.OfType<RunEvent.Kept>().Count(), certificates.Kept.Count));
        Follow(log, certificates);
    }

    /// <summary>Batches of which something was lost are cut where they were and proven again, whatever the options say now; the others stay.</summary>
    [Fact]
    public void What_is_damaged_is_proven_again_and_nothing_else()
    {
        List<LedgerEvent> day = Day(out VenueLog log);
        var certificates = new Certificates();
        using (Venue venue = Open("damaged", certificates, null, maxEvents: 3))
        {
            venue.Runner.Submit(day);
            venue.Runner.Complete(TestContext.Current.CancellationToken);
        }
        BatchRange[] batches = [.. certificates.Kept.Keys.OrderBy(batch => batch.First)];
        Assert.True(batches.Length > 5);
        Digest[] roots = [.. batches.Select(batch => certificates.Kept[batch].Inputs.RootAfter)];
        BatchRange[] lost = [batches[1], batches[2], batches[^1]];
        certificates.Lost.UnionWith(lost);
        var told = new List<RunEvent>();
        using (Venue venue = Open("damaged", certificates, new Told(told))) venue.Runner.Complete(TestContext.Current.CancellationToken);
        Assert.Equal(lost, told.OfType<RunEvent.Proven>().Select(proven => proven.Batch));
        Assert.Equal(batches, certificates.Kept.Keys.OrderBy(batch => batch.First));
        Assert.Equal(roots, batches.Select(batch => certificates.Kept[batch].Inputs.RootAfter));
        Follow(log, certificates);
    }

    [Fact]
    public void What_cannot_be_proven_is_told_and_events_are_still_taken()
    {
        List<LedgerEvent> day = Day(out _);
        var certificates = new Certificates();
        var told = new List<RunEvent>();
        using Venue venue = Open("refused", certificates, new Told(told));
        venue.Runner.Submit(day[..20]);
        venue.Runner.Acknowledge();
        venue.Runner.Submit([new InsurancePaid(new EventId("paid"), day[20].Time, new AccountId("alice"), "USD", new Quantity(1))]);
        venue.Runner.Submit([new AccountOpened(new EventId("isolated"), day[20].Time, new AccountId("zoe"), default, MarginMode.Isolated)]);
        venue.Runner.Submit(day[20..]);
        venue.Runner.Complete(TestContext.Current.CancellationToken);
        RunEvent.Refused refused = Assert.Single(told.OfType<RunEvent.Refused>());
        Assert.Equal("isolated", refused.Refusal.Event.Id.Value);
        Assert.True(venue.Runner.ProvenHeight < refused.Refusal.Height);
        Assert.True(venue.Runner.AcknowledgedHeight > refused.Refusal.Height + 5);
        Assert.NotEmpty(certificates.Kept);
    }

    /// <summary>Each update after the first that was applied has its statement, once, however often the venue is stopped: of the sets and measures of its moment.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Updates_of_parameters_have_their_statements(bool stopped)
    {
        static string Margins(string initial) => $"{{\"market\":{{\"Instrument\":[{{\"initial\":[[\"0\",\"{initial}\",\"0\"]],\"maintenance\":[[\"0\",\"0.05\",\"0\"]],\"symbol\":\"P\"}}]}}}}";
        var log = new VenueLog();
        foreach (string name in new[] { "alice", "bob" }) log.Open(name, "2000");
        long start = log.Time;
        LedgerEvent[] events =
        [
            .. log.Log.Select(logged => logged.Event),
            new ParametersUpdated(new EventId("u1"), start + 3_700_000, Margins("0.12")),
            new Deposit(new EventId("d1"), start + 3_700_001, new AccountId("alice"), "USD", new Quantity(5)),
            new ParametersUpdated(new EventId("u2"), start + 3_700_002, Margins("0.13")),               // within the hour: rejected
            new PricesSet(new EventId("p2"), start + 3_700_003, new Dictionary<string, Quantity> { ["P"] = new Quantity(103) }, null),
            new ParametersUpdated(new EventId("u3"), start + 10_900_000, Margins("0.14")),
            new Deposit(new EventId("d2"), start + 10_900_001, new AccountId("alice"), "USD", new Quantity(5)),
        ];
        var certificates = new Certificates();
        var told = new List<RunEvent>();
        for (int to = stopped ? events.Length - 6 : events.Length; to <= events.Length; to++)
        {
            using Venue venue = Open("updates", certificates, new Told(told));
            venue.Runner.Submit(events[..to]);
            venue.Runner.Complete(TestContext.Current.CancellationToken);
        }
        Assert.Equal(["u1", "u3"], certificates.Updates.Keys.Select(height => events[height - 1].Id.Value));
        Assert.Equal(certificates.Updates.Keys, told.OfType<RunEvent.Updated>().Select(updated => updated.Height));
        ParameterUpdate[] updates = [.. certificates.Updates.Values];
        Assert.All(updates, update => Assert.True(ParameterStatement.Verify(update, ParameterAnchors.None).Accepted));
        Assert.Equal(updates[0].NewParameters, updates[1].OldParameters);
        Assert.Equal(7_200, (int)updates[1].Aggregates[0]);
        TransitionInputs last = certificates.Kept.MaxBy(kept => kept.Key.Last).Value.Inputs;
        Assert.Equal(last.Rulebook.MarketDigest(last.Market), updates[1].NewMarket);                  // the batch after an update is judged under its new set
    }

    /// <summary>Assets and instruments that come first by symbol are listed in the middle: however often the venue is stopped, and whether its ledger is opened from a snapshot or from the first event, state and roots are the same.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Records_keep_their_numbers_through_snapshots_and_restarts(bool fromLog)
    {
        VenueLog log = VenueBatchTests.Listed();
        LedgerEvent[] events = [.. log.Log.Where(logged => !logged.Generated).Select(logged => logged.Event)];
        var certificates = new Certificates();
        for (int at = 0; at < events.Length; at += 6)
        {
            using Venue venue = Open("listed", certificates, null, maxEvents: 5, fromLog: fromLog);
            Assert.Equal(at > 0 && !fromLog, venue.Ledger.Recovery.FromSnapshot > 0);
            Assert.Empty(venue.Ledger.Recovery.BadSnapshots);
            venue.Runner.Submit(events[at..Math.Min(at + 6, events.Length)]);
            venue.Runner.Complete(TestContext.Current.CancellationToken);
            Assert.Equal(Bytes(venue.Ledger.State), Bytes(venue.Runner.Engine.State));
            venue.Ledger.WriteSnapshot();
        }
        using (Venue venue = Open("listed", null, null, fromLog: fromLog)) Assert.Equal(Bytes(log.Engine.State), Bytes(venue.Ledger.State));
        Assert.Equal(2, certificates.Updates.Count);
        Assert.Equal(log.RootAt((ulong)log.Log.Count), certificates.Kept.MaxBy(kept => kept.Key.Last).Value.Inputs.RootAfter);
        Assert.Null(TransitionChain.Check([.. certificates.Kept.OrderBy(kept => kept.Key.First).Select(kept => kept.Value.Inputs)]));
        Follow(log, certificates);
    }

    /// <summary>A customer's event with the name that the engine would give to the first step of a liquidation: the venue neither stops nor answers for another's event.</summary>
    [Fact]
    public void A_customer_does_not_take_the_name_of_what_the_engine_makes()
    {
        List<LedgerEvent> day = Day(out VenueLog log);
        LedgerEvent made = log.Log.First(logged => logged.Generated).Event;
        LedgerEvent Mine() => new Deposit(made.Id, day[^1].Time, new AccountId("alice"), "USD", new Quantity(1));
        using (Venue venue = Open("names", null, null))
        {
            Assert.Equal((EventOutcome.Refused, "ReservedName", false, null), Seen(venue.Runner.Submit([Mine() with { Time = day[0].Time }])[0]));
            Assert.All(venue.Runner.Submit(day), taken => Assert.NotNull(taken.Height));
            Assert.Equal((EventOutcome.Refused, "ReservedName", false, null), Seen(venue.Runner.Submit([Mine()])[0]));
            venue.Runner.Acknowledge();
        }
        using (Venue venue = Open("names", null, null))
        {
            Assert.Equal((EventOutcome.Refused, "ReservedName", false, null), Seen(venue.Runner.Submit([Mine()])[0]));
            Assert.Equal((EventOutcome.Applied, null, true, (ulong)log.Log.FindIndex(logged => logged.Generated) + 1), Seen(venue.Runner.Submit([made])[0])); // who sends the log again is told that it is there
            Assert.Equal(Bytes(log.Engine.State), Bytes(venue.Runner.Engine.State));
        }

        static (EventOutcome, string?, bool, ulong?) Seen(TakenEvent taken) => (taken.Outcome, taken.Code, taken.Known, taken.Height);
    }

    /// <summary>A ledger from before the names were reserved, in which a customer's event has the name that is the engine's turn next.</summary>
    [Fact]
    public void A_venue_whose_log_has_a_customer_s_event_of_such_a_name_goes_on()
    {
        List<LedgerEvent> day = Day(out VenueLog log);
        int step = log.Log.FindIndex(logged => logged.Generated), deposit = day.FindIndex(one => one is Deposit);
        EventId taken = log.Log[step].Event.Id;
        day[deposit] = day[deposit] with { Id = taken };
        using (Venue venue = Open("old", null, null, engine: new EngineOptions { Automatic = false }))
        {
            Assert.All(venue.Runner.Submit(day[..(step - 1)]), one => Assert.Equal(EventOutcome.Applied, one.Outcome));
            venue.Runner.Acknowledge();
        }
        var certificates = new Certificates();
        using (Venue venue = Open("old", certificates, null))
        {
            Assert.True(venue.Runner.Submit([day[deposit]])[0].Known);
            venue.Runner.Submit(day[(step - 1)..]);
            venue.Runner.Complete(TestContext.Current.CancellationToken);
            Assert.True(venue.Ledger.TryFind(new EventId(taken.Value + ":2"), out LedgerEntry made));
            Assert.Equal((log.Log[step].Event with { Id = made.Event.Id }, (ulong)step + 1), (made.Event, made.Height));
            Assert.Equal(Bytes(log.Engine.State), Bytes(venue.Runner.Engine.State));
        }
        Follow(log, certificates);
    }

    /// <summary>Who sends an event again sends the same: another one of that name was never booked, and its sender is not told that it was. An account for which the tree has no leaf is refused; it would end the venue's proofs.</summary>
    [Fact]
    public void Another_event_of_a_known_name_and_one_account_too_many_are_refused()
    {
        List<LedgerEvent> day = Day(out _);
        using Venue venue = Open("doors", null, null);
        venue.Runner.Submit(day);
        var deposit = (Deposit)day.First(e => e is Deposit);
        IReadOnlyList<TakenEvent> taken = venue.Runner.Submit([deposit, deposit with { Amount = new Quantity(77) }, deposit with { Id = new EventId("own"), Time = venue.Runner.Engine.State.Time }]);
        Assert.Equal([(true, EventOutcome.Applied), (false, EventOutcome.Refused), (false, EventOutcome.Applied)], taken.Select(one => (one.Known, one.Outcome)));
        Assert.Contains("another event of the name", taken[1].Rejection!.Message, StringComparison.Ordinal);

        int free = (1 << VenueLog.Depth) - venue.Runner.Engine.State.Accounts.Count;
        taken = venue.Runner.Submit([.. Enumerable.Range(0, free + 1).Select(i => new AccountOpened(new EventId($"new{i}"), venue.Runner.Engine.State.Time, new AccountId($"new{i}"), default, MarginMode.Cross))]);
        Assert.All(taken.SkipLast(1), one => Assert.Equal(EventOutcome.Applied, one.Outcome));
        Assert.Equal((EventOutcome.Refused, "TooManyAccounts"), (taken[^1].Outcome, taken[^1].Code));
    }

    [Fact]
    public void Without_certificates_nothing_is_proven()
    {
        List<LedgerEvent> day = Day(out VenueLog log);
        using Venue venue = Open("plain", null, null);
        venue.Runner.Submit(day);
        venue.Runner.Complete(TestContext.Current.CancellationToken);
        Assert.Equal((ulong)log.Log.Count, venue.Runner.AcknowledgedHeight);
        Assert.Equal(0UL, venue.Runner.ProvenHeight);
    }

    /// <summary>Each proof is right, no event is in two, and where one ends the next begins.</summary>
    private static void Follow(VenueLog log, Certificates certificates)
    {
        Assert.NotEmpty(certificates.Kept);
        Digest? root = null;
        ulong last = 0;
        foreach ((BatchRange batch, BatchProofs proofs) in certificates.Kept.OrderBy(kept => kept.Key.First))
        {
            TransitionInputs inputs = proofs.Inputs;
            Assert.True(batch.First > last, $"{batch} after {last}");
            Assert.Equal(batch.First - 1, inputs.Height);
            for (ulong between = last; between > 0 && between < batch.First - 1; between++)           // only what acts between batches is in none
                Assert.True(log.Log[(int)between].Rejection is not null || EventTranslator.IsBetween(log.Log[(int)between].Event), $"event {between + 1} is in no batch");
            if (root is { } known) Assert.Equal(known, inputs.RootBefore);
            TransitionVerification verified = TransitionStatement.Verify(inputs, proofs.Proof, TransitionAnchors.None, new VerifierPolicy(Bits));
            Assert.True(verified.Accepted, verified.Rejection?.ToString());
            (root, last) = (inputs.RootAfter, batch.Last);
        }
    }

    private static LedgerEvent[] Crash(out VenueLog log)
    {
        log = VenueBatchTests.Crash();
        return [.. log.Log.Where(logged => !logged.Generated).Select(logged => logged.Event)];
    }

    /// <summary>A day's events as they are sent: those that the engine makes are not among them.</summary>
    private static List<LedgerEvent> Day(out VenueLog log)
    {
        log = new VenueLog();
        log.Deposit("insurance", "10000");
        foreach (string name in new[] { "alice", "bob", "carol", "dave" }) log.Open(name, "2000");
        for (int i = 0; i < 6; i++) log.Trade("alice", "bob", "10", "100");
        log.Trade("carol", "dave", "50.5", "50", "Q", "0.25");
        log.Withdraw("dave", "100");
        log.Prices(("P", "90"));
        log.Transfer("bob", "carol", "10.5");
        log.Trade("carol", "alice", "12", "91");
        log.Prices(("P", "63"));                                                                        // alice is liquidated
        for (int i = 0; i < 4; i++) log.Trade("dave", "carol", "1", "64");
        Assert.Equal(EventOutcome.Rejected, log.Trade("dave", "carol", "100000", "64").Outcome);
        Assert.Contains(log.Log, logged => logged.Generated);
        return [.. log.Log.Where(logged => !logged.Generated).Select(logged => logged.Event)];
    }

    private Venue Open(string name, Certificates? certificates, IProgress<RunEvent>? progress, int maxEvents = 1000, int milliseconds = 60_000, bool apart = false, int waiting = 65_536, EngineOptions? engine = null, bool fromLog = false)
    {
        DurableLedger ledger = DurableLedger.Open(SqliteLedgerStore.Open(Path.Combine(folder, name + ".db")), new LedgerOptions(FilterBitsLog2: 16), fromLog);
        return new Venue(ledger, new VenueRunner(VenueLog.Of("cross_perps"), engine ?? new EngineOptions(), ledger, VenueLog.Salts, certificates, new RunOptions(VenueLog.Depth, maxEvents, milliseconds, ProvenBits: Bits, Orders: apart, Shares: apart, MaxWaiting: waiting), progress));
    }

    private static byte[] Bytes(LedgerState state) => [.. StateSnapshot.Write(state, 0, default).SelectMany(part => part.ToArray())];

    private sealed record Venue(DurableLedger Ledger, VenueRunner Runner) : IDisposable
    {
        public void Dispose()
        {
            Runner.Dispose();
            Ledger.Dispose();
        }
    }

    private sealed class Told(List<RunEvent> events) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            lock (events) events.Add(value);
        }
    }

    private sealed class Certificates : ICertificateStore
    {
        public Dictionary<BatchRange, BatchProofs> Kept { get; } = [];

        public Dictionary<ulong, ParameterUpdate> Updates { get; } = [];

        public HashSet<BatchRange> Lost { get; } = [];

        public IReadOnlyCollection<BatchRange> Proven => [.. Kept.Keys.Except(Lost)];

        public IReadOnlyCollection<BatchRange> Damaged => Lost;

        public void Write(BatchRange batch, BatchProofs proofs)
        {
            if (Lost.Remove(batch)) Kept.Remove(batch);
            Kept.Add(batch, proofs);
        }

        public bool Keep(ulong height, ParameterUpdate update) => Updates.TryAdd(height, update);
    }
}
