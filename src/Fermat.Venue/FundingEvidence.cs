using System.Collections.Immutable;
using Fermat.Engine;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>Whether the funding indices of a batch's market data are those that follow from a mark log. A rulebook without funding says nothing that could be compared.</summary>
internal static class FundingEvidence
{
    /// <summary>Every funding index in a batch's market data.</summary>
    public static List<Valued> Of(TransitionInputs batch, EngineBinding binding)
    {
        ImmutableArray<MarketTable> tables = batch.Rulebook.Schema.Tables;
        int table = batch.Rulebook.Schema.TableOf(binding.InstrumentTable), field = table < 0 ? -1 : tables[table].FieldOf(binding.Funding);
        if (field < 0 || tables[table].Fields[field].Type is not FieldType.Number) return [];
        int scale = ((FieldType.Number)tables[table].Fields[field].Type).Quantity.Scale;
        return [.. batch.Market.Tables[table].Select(record => new Valued(record.Symbol, record.Fields[field].Integer, scale))];
    }

    /// <summary>Why an index is not the one that is derived, or null.</summary>
    public static PriceEvidenceFault? Underived(Valued index, FundingBook funding)
    {
        FundingIndex derived = funding.Of(index.Symbol);
        return index.Is(derived.Index) ? null : index.Not($"{derived.Index}", PriceEvidenceCode.WrongFunding, $"{index.Symbol} is valued at the funding index {index}, and by the {(derived.Ticks == 1 ? "one funding tick" : $"{derived.Ticks} funding ticks")} of the mark log it is {derived.Index}");
    }

    /// <summary>Why an index cannot be taken without a mark log, or null.</summary>
    public static PriceEvidenceFault? Unfounded(Valued index) =>
        index.Units.IsZero ? null : new PriceEvidenceFault(-1, PriceEvidenceCode.NoFunding, $"{index.Symbol} is valued at the funding index {index}, and without a mark log nothing shows what it follows from");
}
