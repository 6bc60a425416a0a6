using Fermat.Engine;
using Fermat.Ledger;
using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Ledger.Stores;
using Fermat.Margin;
using Fermat.Statements;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>Openings of a venue that is made anew from its log lead to the roots of the batches that the log was cut into.</summary>
public sealed class PastVenueTests
{
    public static TheoryData<string> Logs => ["day", "crash", "silos", "pledges", "settlements", "options", "rejections", "listings"];

    [Theory]
    [MemberData(nameof(Logs))]
    public void Every_account_is_opened_under_the_roots_before_and_after_every_batch(string name)
    {
        VenueLog log = Of(name);
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(name == "options" ? PortfolioLog.Listings : VenueLog.Listings, size: 7);
        Assert.Null(refused);
        Assert.True(batches.Count > 1);
        int opened = 0;
        foreach (VenueBatch batch in batches)
        {
            TransitionInputs inputs = TransitionProver.InputsOf(batch.Batch, VenueLog.Salts);
            foreach (StatedBook stated in (StatedBook[])[StatedBook.Before(inputs), StatedBook.After(inputs)])
            {
                PastVenue past = PastVenue.At(log.Rulebook, log.Options, Entries(log), stated.Height);
                Assert.Equal(log.Rulebook.MarketDigest(stated.Market), log.Rulebook.MarketDigest(past.Market!));
                Assert.Equal(log.Rulebook.ParameterValuesDigest(stated.Market), log.Rulebook.ParameterValuesDigest(past.Market!));
                StateTree tree = past.Tree(VenueLog.Salts, VenueLog.Depth);
                foreach (AccountState account in past.Accounts)
                {
                    InclusionOpening opening = past.Open(account, tree, VenueLog.Salts);
                    var anchors = new InclusionAnchors(log.Rulebook, stated.StateRoot, account.Id.Value, account.Owner) { Statement = stated };
                    Assert.Null(opening.Verify(anchors));
                    Assert.Null(InclusionFile.TryRead(InclusionFile.Write(log.Rulebook, opening), log.Rulebook, out InclusionOpening? read));
                    Assert.Null(read!.Verify(anchors));
                    opened++;
                }
            }
        }
        Assert.True(opened > 10, $"{opened}");
    }

    [Fact]
    public void An_opening_of_one_height_is_not_one_of_another()
    {
        VenueLog log = Of("day");
        (List<VenueBatch> batches, _) = log.Cut(size: 7);
        TransitionInputs inputs = TransitionProver.InputsOf(batches[1].Batch, VenueLog.Salts);
        PastVenue before = PastVenue.At(log.Rulebook, log.Options, Entries(log), inputs.Height), after = PastVenue.At(log.Rulebook, log.Options, Entries(log), inputs.EndHeight);
        AccountState alice = before.Find(new AccountId("alice"))!;
        InclusionOpening old = before.Open(alice, before.Tree(VenueLog.Salts, VenueLog.Depth), VenueLog.Salts);
        var anchors = new InclusionAnchors(log.Rulebook, inputs.RootAfter, "alice", OwnerKey.None) { Statement = StatedBook.After(inputs) };
        Assert.Equal(StatementRejectionCode.WrongSnapshot, old.Verify(anchors)!.Code);
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (old with { Height = inputs.EndHeight, StateRoot = inputs.RootAfter }).Verify(anchors)!.Code);
        Assert.NotEqual(alice.Height, after.Find(new AccountId("alice"))!.Height);
        Assert.Throws<ArgumentException>(() => after.Open(alice, after.Tree(VenueLog.Salts, VenueLog.Depth), VenueLog.Salts));     // yesterday's account is not in today's tree
        Assert.Throws<ArgumentException>(() => before.Open(alice, before.Tree(VenueLog.Salts, VenueLog.Depth), OtherSalts()));
        Assert.Throws<ArgumentException>(() => after.Tree(VenueLog.Salts, 1));
        Assert.Null(before.Find(new AccountId("nobody")));
        Assert.Null(PastVenue.At(log.Rulebook, log.Options, Entries(log), 1).Market);
    }

    /// <summary>The log as a store has it, read without a ledger, after the process that wrote it has ended.</summary>
    [Fact]
    public void A_store_s_log_is_read_as_it_was_written_to_any_height()
    {
        VenueLog log = Of("crash");
        string folder = Directory.CreateTempSubdirectory("fermat-past-").FullName;
        try
        {
            using (DurableLedger ledger = DurableLedger.Open(SqliteLedgerStore.Open(Path.Combine(folder, "ledger.db"))))
                for (int i = 0; i < log.Log.Count; i++)
                {
                    ledger.Append(ledger.State.Prepare(log.Log[i].Event).Change!, log.Log[i].Rejection?.Code.ToString());
                    if (i % 5 == 4) ledger.Flush();
                }
            using SqliteLedgerStore store = SqliteLedgerStore.Open(Path.Combine(folder, "ledger.db"));
            int durable = log.Log.Count / 5 * 5;
            Assert.Equal(Entries(log).Take(durable).Select(entry => (entry.Height, entry.Event.Id, entry.Refusal)), LedgerLog.Read(store).Select(entry => (entry.Height, entry.Event.Id, entry.Refusal)));
            Assert.Equal([1UL, 2, 3, 4, 5, 6, 7], LedgerLog.Read(store, 7).Select(entry => entry.Height));
            Assert.Empty(LedgerLog.Read(store, 0));
            Assert.Equal((13UL, log.Log[12].Event.Id), LedgerLog.Find(store, log.Log[12].Event.Id) is { } found ? (found.Height, found.Event.Id) : default);
            Assert.Null(LedgerLog.Find(store, new EventId("nothing")));
            PastVenue past = PastVenue.At(log.Rulebook, log.Options, LedgerLog.Read(store, 20), 20);
            Assert.Equal(log.RootAt(20), past.Tree(VenueLog.Salts, VenueLog.Depth).Root);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    internal static IEnumerable<LedgerEntry> Entries(VenueLog log) => log.Log.Select((logged, i) => new LedgerEntry((ulong)i + 1, logged.Event, logged.Rejection?.Code.ToString()));

    private static SaltDeriver OtherSalts() => new(new VenueSecret([.. Enumerable.Repeat((byte)9, VenueSecret.Length)]));

    internal static VenueLog Of(string name) => name switch
    {
        "day" => VenueBatchTests.Day(),
        "crash" => VenueBatchTests.Crash(),
        "silos" => IsolatedBatchTests.Ended(),
        "pledges" => PledgeBatchTests.Pledged(),
        "settlements" => VariationMarginBatchTests.Days(),
        "rejections" => RejectedBatchTests.Spot(),
        "listings" => VenueBatchTests.Listed(),
        _ => Options(),
    };

    /// <summary>Options in portfolio mode, and what they are worth a day later.</summary>
    private static VenueLog Options()
    {
        VenueLog log = PortfolioLog.Open();
        foreach (string name in (string[])["alice", "bob"]) log.Open(name, "100000", mode: MarginMode.Portfolio);
        Assert.True(log.Trade("alice", "bob", "1", "1370", "C").IsApplied);
        Assert.True(log.Trade("bob", "alice", "0.5", "20000", "P").IsApplied);
        log.Prices(("BTC", "20500"), ("P", "20500"), ("Q", "20510"), ("C", "1500"), ("D", "1200"));
        Assert.True(log.Trade("bob", "alice", "1", "1200", "D").IsApplied);
        Assert.True(log.Withdraw("alice", "100").IsApplied);
        return log;
    }
}
