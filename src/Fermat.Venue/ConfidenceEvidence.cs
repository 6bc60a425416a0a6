using Fermat.Engine;
using Fermat.Oracles;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Transitions;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Venue;

/// <summary>Whether the confidences in a batch's market data are those of the signed set in force. A rulebook without a field for them has nothing that could be compared.</summary>
internal static class ConfidenceEvidence
{
    /// <summary>The first confidence that is not the set's, or null.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="binding">Which fields confidences are in.</param>
    /// <param name="set">The set in force.</param>
    /// <param name="stated">Symbols whose prices, and confidences, the venue states itself; null for none.</param>
    /// <param name="book">The marks in force: a derived one is as sure as its index.</param>
    public static PriceEvidenceFault? Problem(TransitionInputs batch, EngineBinding binding, PriceSet set, IReadOnlySet<string>? stated, MarkBook book)
    {
        foreach (Valued confidence in Of(batch, binding))
        {
            bool isDerived = book.MethodOf(confidence.Symbol) is not null;
            if (!isDerived && stated?.Contains(confidence.Symbol) == true) continue;
            Amount? said = isDerived ? book.ConfidenceOf(confidence.Symbol) : set.Feeds.FirstOrDefault(feed => feed.Feed == confidence.Symbol) is { } feed ? SignedPrices.ConfidenceOf(feed) : null;
            if (said is { } follows && !confidence.Is(follows))
                return confidence.Not($"{follows}", PriceEvidenceCode.WrongConfidence, $"{confidence.Symbol} is valued with a confidence of {confidence}, and {(isDerived ? "that of its mark, which is derived," : "that of the sources")} is {follows}");
        }
        return null;
    }

    /// <summary>The field of a table that takes confidences, or −1.</summary>
    /// <param name="table">The table.</param>
    /// <param name="binding">Which fields they are in.</param>
    public static int FieldOf(MarketTable table, EngineBinding binding)
    {
        string? name = table.Name == binding.AssetTable ? binding.IndexConfidence : table.Name == binding.InstrumentTable ? binding.MarkConfidence : null;
        return name is not null && table.FieldOf(name) is >= 0 and var field && table.Fields[field].Type is FieldType.Number ? field : -1;
    }

    private static IEnumerable<Valued> Of(TransitionInputs batch, EngineBinding binding)
    {
        for (int t = 0; t < batch.Rulebook.Schema.Tables.Length; t++)
        {
            MarketTable table = batch.Rulebook.Schema.Tables[t];
            if (FieldOf(table, binding) is not (>= 0 and var field)) continue;
            int scale = ((FieldType.Number)table.Fields[field].Type).Quantity.Scale;
            foreach (MarketRecord record in batch.Market.Tables[t]) yield return new Valued(record.Symbol, record.Fields[field].Integer, scale);
        }
    }
}
