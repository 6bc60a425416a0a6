using System.Text.Json.Nodes;
using Fermat.Statements.Transitions;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary>Batches as JSON.</summary>
internal static class BatchView
{
    /// <summary>What is said of one batch.</summary>
    public static JsonObject ToJson(TransitionInputs inputs) => new()
    {
        ["firstHeight"] = inputs.Height + 1,
        ["events"] = inputs.LogEvents,
        ["forcedSteps"] = Forced(inputs),
        ["deleveragings"] = inputs.Count(EventClass.Deleveraging),
        ["lossShares"] = inputs.Count(EventClass.LossShare),
        ["settlements"] = inputs.Count(EventClass.Settlement),
        ["variationMargins"] = inputs.Count(EventClass.VariationMargin),
        ["rejectedEvents"] = inputs.Count(EventClass.Rejected) + inputs.Count(EventClass.ProvenRejected) + inputs.Count(EventClass.RejectedBorrowing),
        ["provenRejections"] = inputs.Count(EventClass.ProvenRejected),
        ["borrowingRejections"] = inputs.Count(EventClass.RejectedBorrowing),
        ["costRounding"] = inputs.CostRounding,
        ["units"] = BatchUnits.ToJson([inputs]),
        ["rootBefore"] = inputs.RootBefore.ToString(),
        ["rootAfter"] = inputs.RootAfter.ToString(),
        ["parametersDigest"] = inputs.ParametersDigest.ToString(),
        ["marketDigest"] = inputs.MarketDigest.ToString(),
        ["priceSet"] = inputs.PriceSet == default ? null : inputs.PriceSet.ToString(),
        ["eventsDigest"] = inputs.EventsDigest.ToString(),
        ["aggregates"] = AggregatesView.ToJson(inputs, inputs),
    };

    /// <summary>What is said of batches that follow each other.</summary>
    public static JsonObject ToJson(IReadOnlyList<TransitionInputs> chain) => new()
    {
        ["ok"] = true,
        ["venue"] = chain[0].Venue,
        ["rulebook"] = chain[0].Rulebook.Name,
        ["rulebookDigest"] = chain[0].Rulebook.Digest.ToString(),
        ["firstHeight"] = chain[0].Height + 1,
        ["lastHeight"] = chain[^1].EndHeight,
        ["events"] = chain.Sum(batch => (long)batch.LogEvents),
        ["forcedSteps"] = chain.Sum(batch => (long)Forced(batch)),
        ["deleveragings"] = chain.Sum(batch => (long)batch.Count(EventClass.Deleveraging)),
        ["lossShares"] = chain.Sum(batch => (long)batch.Count(EventClass.LossShare)),
        ["settlements"] = chain.Sum(batch => (long)batch.Count(EventClass.Settlement)),
        ["variationMargins"] = chain.Sum(batch => (long)batch.Count(EventClass.VariationMargin)),
        ["rejectedEvents"] = chain.Sum(batch => (long)batch.Count(EventClass.Rejected) + batch.Count(EventClass.ProvenRejected) + batch.Count(EventClass.RejectedBorrowing)),
        ["provenRejections"] = chain.Sum(batch => (long)batch.Count(EventClass.ProvenRejected)),
        ["borrowingRejections"] = chain.Sum(batch => (long)batch.Count(EventClass.RejectedBorrowing)),
        ["eventsBetween"] = TransitionChain.EventsBetween(chain),
        ["rootBefore"] = chain[0].RootBefore.ToString(),
        ["rootAfter"] = chain[^1].RootAfter.ToString(),
        ["depth"] = chain[0].Depth,
        ["feesLeaf"] = chain[0].FeesSlot,
        ["insuranceLeaf"] = chain[0].InsuranceSlot,
        ["costRounding"] = chain.Max(batch => batch.CostRounding),
        ["units"] = BatchUnits.ToJson(chain),
        ["logDigest"] = TransitionChain.LogDigest(chain).ToString(),
    };

    /// <summary>What is said of a deleveraging that has no proof of its order, and of a loss that has none of shares.</summary>
    public static string Unproven(BatchProofs proofs) => proofs.IsOrderUnproven ? "; whose turn it was is NOT PROVEN, the failing account's largest position has expired and is not settled" : proofs.LossUnproven switch
    {
        UnprovenLoss.SomethingLeft => "; how the loss was shared is NOT PROVEN, the account has something left that the rulebook has no price for",
        _ => "",
    };

    private static int Forced(TransitionInputs inputs) => inputs.Count(EventClass.Forced) + inputs.Count(EventClass.Deleveraging) + inputs.Count(EventClass.LossShare) + inputs.Count(EventClass.Settlement);
}
