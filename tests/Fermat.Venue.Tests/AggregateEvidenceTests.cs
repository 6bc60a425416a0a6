using System.Collections.Immutable;
using System.Numerics;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;
using Fermat.Statements;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;

namespace Fermat.Venue.Tests;

/// <summary>The insurance fund that updates of parameters were judged by, beside batches that show what it was.</summary>
public sealed class AggregateEvidenceTests
{
    private const long Hour = 3_600_000;

    private static readonly Lazy<(TransitionInputs[] Batches, ImmutableArray<UpdateStatement> Updates)> Once = new(Make);

    private static TransitionInputs[] Batches => Once.Value.Batches;

    private static ImmutableArray<UpdateStatement> Updates => Once.Value.Updates;

    /// <summary>An update before the first batch of accounts, one after 10.25 dollars have come to the fund, one after it was paid more, one at the end.</summary>
    private static (TransitionInputs[], ImmutableArray<UpdateStatement>) Make()
    {
        var log = new VenueLog();
        Update("0.11");
        log.Open("a", "100");
        log.Transfer("a", "insurance", "10.25");
        Update("0.12");
        log.Deposit("a", "1");
        log.Deposit("insurance", "0.123456");
        Update("0.13");
        log.Deposit("a", "2");
        Update("0.14");
        var cutter = new VenueBatches(log.Rulebook, log.Options, new BatchOptions(VenueLog.Depth, Aggregates: true));
        var batches = new List<VenueBatch>();
        var updates = ImmutableArray.CreateBuilder<UpdateStatement>();
        for (int i = 0; i < log.Log.Count; i++)
        {
            if (cutter.UpdateOf(log.Log[i]) is { } update) updates.Add(new UpdateStatement((ulong)i + 1, update));
            if (i < VenueLog.Listings) cutter.Pass(log.Log[i]);
            else if (cutter.Add(log.Log[i]) is { } batch) batches.Add(batch);
        }
        Assert.Null(cutter.Refused);
        return ([.. batches.Select(batch => TransitionProver.InputsOf(batch.Batch, VenueLog.Salts))], updates.ToImmutable());

        void Update(string initial)
        {
            log.Wait(Hour);
            log.Apply((id, t) => new ParametersUpdated(id, t, $$$"""{"market":{"Instrument":[{"initial":[["0","{{{initial}}}","0"]],"maintenance":[["0","0.05","0"]],"symbol":"P"}]}}"""));
        }
    }

    [Fact]
    public void The_fund_between_two_batches_is_the_one_that_an_update_names()
    {
        Assert.Equal((3, 4), (Batches.Length, Updates.Length));
        Assert.Null(TransitionChain.Check(Batches));
        Assert.Null(ParameterEvidence.Check(Batches, Updates).Fault);
        AggregateEvidenceResult result = AggregateEvidence.Check(Batches, [.. Updates.Reverse()], "USD");
        Assert.True(result.Fault is null, result.Fault?.Rejection.ToString());
        Assert.Equal(Updates.Select(update => update.Height), result.Compared.Select(fund => fund.Height));
        Assert.Equal([false, true, true, false], result.Compared.Select(fund => fund.NotCompared is null));
        Assert.NotEqual(Fund(Updates[1]), Fund(Updates[2]));
        // where one of the two shows nothing the other does, on the venue's word: what the first proves does not reach over the second
        Assert.Equal([false, true, false, false], AggregateEvidence.Check([Batches[0], Hidden(Batches[1]), Batches[2]], Updates, "USD").Compared.Select(fund => fund.NotCompared is null));
    }

    [Fact]
    public void Another_fund_than_the_proven_one()
    {
        foreach ((int at, BigInteger off) in ((int, BigInteger)[])[(1, 1), (1, -1), (2, -Fund(Updates[2])), (2, Fund(Updates[1]) - Fund(Updates[2]))])
        {
            int field = Field;
            UpdateStatement lie = Updates[at] with { Update = Updates[at].Update with { Aggregates = Updates[at].Update.Aggregates.SetItem(field, Updates[at].Update.Aggregates[field] + off) } };
            AggregateEvidenceResult result = AggregateEvidence.Check(Batches, Updates.SetItem(at, lie), "USD");
            Assert.Equal((at, StatementRejectionCode.WrongAggregate), (result.Fault!.Update, result.Fault.Rejection.Code));
            Assert.Empty(result.Compared);
        }
        Assert.Equal(1, AggregateEvidence.Check(Batches, Updates, "BTC").Fault!.Update);               // of another asset the fund has nothing
    }

    [Fact]
    public void What_cannot_be_compared_is_said()
    {
        Assert.All(AggregateEvidence.Check(Batches, [Updates[1]]).Compared, fund => Assert.Contains("several assets", fund.NotCompared, StringComparison.Ordinal));
        Assert.All(AggregateEvidence.Check(Batches, [Updates[1]], "DOGE").Compared, fund => Assert.Contains("no asset DOGE", fund.NotCompared, StringComparison.Ordinal));
        Assert.All(AggregateEvidence.Check([.. Batches.Select(Hidden)], [Updates[1]], "USD").Compared, fund => Assert.Contains("no aggregates", fund.NotCompared, StringComparison.Ordinal));
        Assert.All(AggregateEvidence.Check(Batches, [Updates[0], Updates[3]], "USD").Compared, fund => Assert.Contains("not between two", fund.NotCompared, StringComparison.Ordinal));
        Assert.All(AggregateEvidence.Check(Batches[..1], [Updates[1]], "USD").Compared, fund => Assert.Contains("not between two", fund.NotCompared, StringComparison.Ordinal));
    }

    /// <summary>No event of the batches touches the fund: what it has is the same before and after, and nothing shows what that is. Where it contradicts the update all the same, somebody lies.</summary>
    [Fact]
    public void A_fund_that_no_batch_touches_is_the_venue_s_word()
    {
        TransitionInputs[] untouched = [.. Batches.Select(batch => batch with { Aggregates = batch.Aggregates! with { FundTouched = false } })];
        Assert.NotEqual(StateTreeHash.Empty(untouched[0].Depth), untouched[0].RootBefore);
        Assert.All(AggregateEvidence.Check(untouched, Updates[1..3], "USD").Compared, fund => Assert.Contains("the venue's word", fund.NotCompared, StringComparison.Ordinal));
        Assert.All(AggregateEvidence.Check(untouched, Updates[1..3], "USD", new HashSet<string> { "USD" }).Compared, fund => Assert.Null(fund.NotCompared));
        Assert.All(AggregateEvidence.Check(untouched, Updates[1..3], "USD", new HashSet<string> { "BTC" }).Compared, fund => Assert.NotNull(fund.NotCompared));
        TransitionInputs[] broken = [Batches[0], Hidden(Batches[1]), untouched[2]];                             // what the first proves does not reach over the second
        Assert.Equal([true, false], AggregateEvidence.Check(broken, Updates[1..3], "USD", new HashSet<string> { "USD" }).Compared.Select(fund => fund.NotCompared is null));
        Assert.Equal(StatementRejectionCode.WrongAggregate, AggregateEvidence.Check(untouched, [Updates[1] with { Height = Updates[2].Height }], "USD").Fault?.Rejection.Code);
    }

    [Fact]
    public void What_a_verifier_knows_of_before_is_compared()
    {
        TransitionInputs second = Batches[1];
        var known = new Dictionary<string, BigInteger> { ["USD"] = second.Aggregates!.FundBefore[Usd] };
        Assert.True(second.Aggregates.FundBefore[Usd].Sign > 0);
        Assert.Equal(StatementRejectionCode.ProofRejected, Verdict(new TransitionAnchors { FundBefore = known, OpenInterestBefore = new Dictionary<string, BigInteger> { ["P"] = 0 }, RequireAggregates = true }, second));
        Assert.Equal(StatementRejectionCode.WrongAggregate, Verdict(new TransitionAnchors { FundBefore = new Dictionary<string, BigInteger> { ["USD"] = known["USD"] + 1 } }, second));
        Assert.Equal(StatementRejectionCode.WrongAggregate, Verdict(new TransitionAnchors { OpenInterestBefore = new Dictionary<string, BigInteger> { ["P"] = 1 } }, second));
        Assert.Equal(StatementRejectionCode.WrongAggregate, Verdict(new TransitionAnchors { OpenInterestBefore = new Dictionary<string, BigInteger> { ["DOGE-PERP"] = 0 } }, second));    // there is none
        Assert.Equal(StatementRejectionCode.NotProven, Verdict(new TransitionAnchors { RequireAggregates = true }, Hidden(second)));
        Assert.Equal(StatementRejectionCode.NotProven, Verdict(new TransitionAnchors { FundBefore = known }, Hidden(second)));

        static StatementRejectionCode? Verdict(TransitionAnchors anchors, TransitionInputs inputs) => TransitionStatement.Verify(inputs, new byte[] { 1 }, anchors).Rejection?.Code;
    }

    [Fact]
    public void A_rulebook_whose_aggregates_cannot_be_proven_is_refused_before_any_work()
    {
        BatchProver.Require(VenueLog.Of("cross_perps"), new BatchOptions(VenueLog.Depth, Aggregates: true));
        Assert.Throws<CoreException>(() => BatchProver.Require(VenueLog.Of("standard_options"), new BatchOptions(VenueLog.Depth, Aggregates: true)));
    }

    private static int Usd => Batches[0].CountedRecords().Assets.Select(record => record.Symbol).ToList().IndexOf("USD");

    private static int Field => SchemaField.IndexOf(Batches[0].Rulebook.Rulebook.Meta!.System, MarginEngine.InsuranceFund);

    private static BigInteger Fund(UpdateStatement update) => update.Update.Aggregates[Field];

    private static TransitionInputs Hidden(TransitionInputs batch) => batch with { Aggregates = null };
}
