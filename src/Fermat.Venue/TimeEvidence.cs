using System.Globalization;
using Fermat.Engine;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>Whether the seconds that a batch's market data leave to expiries are those of the time that its prices are of. A rulebook whose instruments have no expiry, or no seconds left, says nothing that could be compared.</summary>
internal static class TimeEvidence
{
    /// <summary>Why there is no time at which all instruments have so long to go, or null.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="binding">Which fields they are in.</param>
    /// <param name="from">When the set in force was made, in milliseconds since 1970.</param>
    /// <param name="until">Until when it was in force; null where that is not known. The venue's own prices, and marks that follow from its rules, may be set in between.</param>
    public static string? Problem(TransitionInputs batch, EngineBinding binding, long from, long? until)
    {
        if (Fields(batch.Rulebook.Schema, binding) is not (var table, var expiryField, var leftField)) return null;
        (long earliest, long latest, string? fixedBy) = (from / 1000, until is { } end ? end / 1000 : long.MaxValue, null);
        foreach (MarketRecord record in batch.Market.Tables[table])
        {
            (long expiry, long left) = ((long)record.Fields[expiryField].Integer, (long)record.Fields[leftField].Integer);
            if (expiry == 0 && left == 0) continue;
            long at = expiry - left;
            if (expiry == 0 || at < earliest && left > 0 || at > latest)
                return string.Create(CultureInfo.InvariantCulture, $"{record.Symbol} ends at {expiry} and is valued with {left} seconds to go, and its price is of {earliest}{(fixedBy is null ? "" : $", as that of {fixedBy} is")}");
            if (left == 0)
            {
                earliest = Math.Max(earliest, expiry);
                continue;
            }
            (earliest, latest, fixedBy) = (at, at, record.Symbol);
        }
        return null;
    }

    /// <summary>The table of instruments and its fields of the expiry and of the time left; null where it has not both, and there is nothing to compare.</summary>
    /// <param name="schema">The rulebook's.</param>
    /// <param name="binding">Which fields they are in.</param>
    public static (int Table, int Expiry, int Left)? Fields(RulebookSchema schema, EngineBinding binding)
    {
        int table = schema.TableOf(binding.InstrumentTable);
        return table >= 0 && Field(binding.Expiry) is >= 0 and var expiry && Field(binding.Left) is >= 0 and var left ? (table, expiry, left) : null;

        int Field(string name) => schema.Tables[table] is var instruments && instruments.FieldOf(name) is >= 0 and var field && instruments.Fields[field].Type is FieldType.Number ? field : -1;
    }
}
