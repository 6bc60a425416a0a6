using System.Collections.Immutable;
using System.Text;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Rules.Inputs;
using Fermat.Statements;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>A log of a living venue, proven batch by batch, and venues that lie about it: in the statement, and in the order and number of batches.</summary>
public sealed class ProvenLogTests
{
    private static readonly Lazy<Proven[]> Honest = new(Prove);

    private static IReadOnlyList<TransitionInputs> Inputs => [.. Honest.Value.Select(proven => proven.Inputs)];

    [Fact]
    public void A_venue_s_day_is_proven_and_each_batch_verifies_from_its_file()
    {
        Assert.True(Honest.Value.Length >= 3, $"{Honest.Value.Length} batches");
        Digest? root = null;
        foreach (Proven proven in Honest.Value)
        {
            byte[] file = TransitionStatementFile.Write(proven.Inputs);
            Assert.True(TransitionStatementFile.IsOne(file));
            Assert.Null(TransitionStatementFile.TryRead(file, VenueLog.Of("cross_perps"), out TransitionInputs? read));
            Assert.Equal(proven.Inputs.ToCanonicalBytes(), read!.ToCanonicalBytes());
            Assert.Equal(file, TransitionStatementFile.Write(read));
            TransitionVerification verified = TransitionStatement.Verify(read, proven.Proof, new TransitionAnchors { RootBefore = root, FeesSlot = 1, InsuranceSlot = 0 });
            Assert.True(verified.Accepted, verified.Rejection?.ToString());
            root = read.RootAfter;
        }
        Assert.Null(TransitionChain.Check(Inputs));
        Assert.True(TransitionChain.EventsBetween(Inputs) >= 2);
    }

    [Fact]
    public void A_batch_that_is_dropped_from_the_middle_leaves_a_gap() => Breaks(1, StatementRejectionCode.WrongStateRoot, [Inputs[0], .. Inputs.Skip(2)]);

    [Fact]
    public void Batches_that_are_swapped_do_not_follow_each_other()
    {
        Breaks(1, StatementRejectionCode.WrongSnapshot, [Inputs[1], Inputs[0]]);
        // with the height of the place where it is put it follows in height, and not in roots
        Breaks(1, StatementRejectionCode.WrongStateRoot, [Inputs[1], Inputs[0] with { Height = Inputs[1].Height + 1000 }]);
    }

    [Fact]
    public void A_batch_that_is_replayed_does_not_follow_itself()
    {
        Breaks(1, StatementRejectionCode.WrongSnapshot, [Inputs[0], Inputs[0]]);
        Breaks(1, StatementRejectionCode.WrongStateRoot, [Inputs[0], Inputs[0] with { Height = Inputs[0].Height + 1000 }]);
        // and under the height of another place its own proof falls
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { Height = Inputs[0].Height + 1000 });
    }

    [Fact]
    public void A_statement_with_another_list_of_events_is_not_the_proof_s()
    {
        ImmutableArray<Digest> events = Inputs[0].Events;
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { Events = events.SetItem(0, Inputs[1].Events[0]) });
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { Events = [.. events[1..], events[0]] });
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { Events = events[..^1], Classes = Inputs[0].Classes[..^1], LogEvents = Inputs[0].LogEvents - 1 });
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { Classes = Inputs[0].Classes.SetItem(0, EventClass.Forced) });
        Fails(StatementRejectionCode.OutOfRange, Inputs[0] with { Events = events[..^1] });
        // in the file the digest of the list no longer is that of the list
        Assert.Equal(StatementRejectionCode.DigestMismatch, Edited(events[0].ToString(), Inputs[1].Events[0].ToString()).Code);
        Assert.Equal(StatementRejectionCode.DigestMismatch, Edited(Inputs[0].EventsDigest.ToString(), Inputs[1].EventsDigest.ToString()).Code);
    }

    [Fact]
    public void A_statement_with_another_market_is_not_the_proof_s()
    {
        MarketData other = Inputs[^1].Market;
        Assert.NotEqual(Inputs[0].MarketDigest, Inputs[^1].MarketDigest);
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { Market = other });
        Assert.Equal(StatementRejectionCode.DigestMismatch, Edited("\"mark\": \"100\"", "\"mark\": \"101\"").Code);
        Assert.Equal(StatementRejectionCode.DigestMismatch, Edited(Inputs[0].MarketDigest.ToString(), Inputs[^1].MarketDigest.ToString()).Code);
    }

    [Fact]
    public void A_statement_with_other_roots_leaves_or_venue_is_not_the_proof_s()
    {
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { RootBefore = Inputs[0].RootAfter });
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { RootAfter = Inputs[1].RootAfter });
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { FeesSlot = 2 });
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { InsuranceSlot = 2 });
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { Venue = "another" });
        Fails(StatementRejectionCode.ProofRejected, Inputs[0] with { Depth = VenueLog.Depth + 1 });
        Assert.Equal(StatementRejectionCode.WrongStateRoot, TransitionStatement.Verify(Inputs[0], Honest.Value[0].Proof, new TransitionAnchors { RootBefore = Inputs[1].RootBefore }).Rejection!.Code);
    }

    [Fact]
    public void A_chain_has_one_venue_one_depth_and_one_fees_account()
    {
        Breaks(1, StatementRejectionCode.WrongSnapshot, [Inputs[0], Inputs[1] with { Venue = "another" }]);
        Breaks(1, StatementRejectionCode.WrongSnapshot, [Inputs[0], Inputs[1] with { Depth = VenueLog.Depth + 1 }]);
        Breaks(1, StatementRejectionCode.WrongSnapshot, [Inputs[0], Inputs[1] with { FeesSlot = 2 }]);
        Breaks(1, StatementRejectionCode.WrongSnapshot, [Inputs[0], Inputs[1] with { InsuranceSlot = 2 }]);
        Breaks(0, StatementRejectionCode.OutOfRange, [Inputs[0] with { Events = [] }]);
    }

    [Fact]
    public void The_digest_of_the_log_tells_each_history_apart()
    {
        Digest[] digests =
        [
            TransitionChain.LogDigest(Inputs), TransitionChain.LogDigest([.. Inputs.Take(2)]), TransitionChain.LogDigest([.. Inputs.Skip(1)]),
            TransitionChain.LogDigest([Inputs[0] with { Height = 8 }, .. Inputs.Skip(1)]), TransitionChain.LogDigest([Inputs[0] with { Venue = "another" }, .. Inputs.Skip(1)]),
            TransitionChain.LogDigest([Inputs[0] with { Events = Inputs[0].Events[..^1] }, .. Inputs.Skip(1)]), TransitionChain.LogDigest([Inputs[0] with { Market = Inputs[^1].Market }, .. Inputs.Skip(1)]),
            TransitionChain.LogDigest([Inputs[0] with { CostRounding = Inputs[0].CostRounding + 1 }, .. Inputs.Skip(1)]),
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());
        Assert.Equal(digests[0], TransitionChain.LogDigest(Inputs));
    }

    [Fact]
    public void A_file_of_another_kind_rulebook_or_version_is_named()
    {
        Assert.Equal(StatementRejectionCode.WrongRulebook, TransitionStatementFile.TryRead(TransitionStatementFile.Write(Inputs[0]), VenueLog.Of("cross_tiered"), out _)!.Code);
        Assert.Equal(StatementRejectionCode.UnknownFormat, Edited("fermat-batch-statement", "fermat-batch").Code);
        Assert.Equal(StatementRejectionCode.UnknownFormat, Edited("\"version\": 6", "\"version\": 1").Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Edited("\"feesLeaf\": 1", "\"feesLeaf\": 32").Code);
        Assert.Equal(StatementRejectionCode.MalformedFile, Edited("\"hashSlots\"", "\"slots\"").Code);
        Assert.Equal(StatementRejectionCode.DigestMismatch, Edited("\"forced\": []", "\"forced\": [1]").Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Edited("\"forced\": []", "\"forced\": [0]").Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Edited("\"forced\": []", "\"forced\": [2, 2]").Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Edited("\"forced\": []", "\"forced\": [3, 2]").Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Edited("\"forced\": []", "\"forced\": [1000000]").Code);
        Assert.Equal(StatementRejectionCode.MalformedFile, Edited("\"forced\": []", "\"forced\": [\"1\"]").Code);
        Assert.Equal(StatementRejectionCode.MalformedFile, Edited("\"forced\": []", "\"forced\": [01]").Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, Edited("\"costRounding\": 0", "\"costRounding\": 19").Code);
    }

    private static Proven[] Prove()
    {
        VenueLog log = VenueBatchTests.Day();
        Assert.Equal(EventOutcome.Rejected, log.Withdraw("alice", "100000").Outcome);
        log.Deposit("bob", "1");
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut();
        Assert.Null(refused);
        return [.. batches.Select(batch =>
        {
            TransitionOutcome outcome = TransitionProver.Prove(batch.Batch, VenueLog.Salts);
            Assert.Null(outcome.Refused);
            return new Proven(outcome.Inputs!, outcome.Proof);
        })];
    }

    private static StatementRejection Edited(string text, string instead)
    {
        string file = Encoding.UTF8.GetString(TransitionStatementFile.Write(Inputs[0]));
        int at = file.IndexOf(text, StringComparison.Ordinal);
        Assert.True(at >= 0, text);
        StatementRejection? wrong = TransitionStatementFile.TryRead(Encoding.UTF8.GetBytes(file[..at] + instead + file[(at + text.Length)..]), VenueLog.Of("cross_perps"), out TransitionInputs? inputs);
        Assert.Null(inputs);
        return wrong!;
    }

    private static void Fails(StatementRejectionCode code, TransitionInputs lie) =>
        Assert.Equal(code, TransitionStatement.Verify(lie, Honest.Value[0].Proof, TransitionAnchors.None).Rejection?.Code);

    private static void Breaks(int batch, StatementRejectionCode code, IReadOnlyList<TransitionInputs> lie)
    {
        ChainBreak? found = TransitionChain.Check(lie);
        Assert.Equal((batch, code), (found!.Batch, found.Rejection.Code));
    }

    private sealed record Proven(TransitionInputs Inputs, byte[] Proof);
}
