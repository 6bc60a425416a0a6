using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Cli.Venue;

/// <summary>What a ledger counts in, by symbol: as it is shown, and as it is pinned.</summary>
internal static class BatchUnits
{
    private const int MostShown = 12;

    /// <summary>Of batches the coarsest units of each asset and instrument, as decimals of amounts and sizes.</summary>
    public static JsonObject ToJson(IReadOnlyList<TransitionInputs> batches) => new()
    {
        ["assets"] = Coarsest(batches, ofAssets: true),
        ["instruments"] = Coarsest(batches, ofAssets: false),
    };

    /// <summary>The units of assets and of instruments that <c>--unit SYMBOL=VALUE</c> pins; null where none is given.</summary>
    /// <param name="pins">Of the command line.</param>
    /// <param name="rulebook">The reader's.</param>
    /// <param name="batches">What they are compared with: a symbol that none of them has is an error.</param>
    public static (IReadOnlyDictionary<string, long> Amounts, IReadOnlyDictionary<string, long> Sizes)? Read(string[] pins, VenueRulebook rulebook, IReadOnlyList<TransitionInputs> batches)
    {
        if (pins.Length == 0) return null;
        var read = (Amounts: new Dictionary<string, long>(), Sizes: new Dictionary<string, long>());
        foreach (string pin in pins)
        {
            int at = pin.LastIndexOf('=');
            string symbol = at < 0 ? pin : pin[..at], value = pin[(at + 1)..];
            if (at <= 0) throw CliFailure.BadInput("bad-option", $"--unit {pin} is not SYMBOL=VALUE", null, "as in --unit USD=0.000001");
            bool isAsset = Has(batches, symbol, ofAssets: true), isInstrument = Has(batches, symbol, ofAssets: false);
            if (!isAsset && !isInstrument) throw CliFailure.BadInput("bad-option", $"--unit {pin}: no batch has an asset or an instrument {symbol}", null, "symbols are those of the market data");
            if (isAsset) read.Amounts[symbol] = Parse(pin, value, QuantityOf(rulebook, ofAssets: true)!);
            if (isInstrument) read.Sizes[symbol] = Parse(pin, value, QuantityOf(rulebook, ofAssets: false)!);
        }
        return read;
    }

    /// <summary>What a step of a liquidation takes and costs under a rulebook.</summary>
    public static string Limits(VenueRulebook rulebook)
    {
        bool share = rulebook.Rulebook.Find("liquidation.share") is not null, penalty = rulebook.Rulebook.Find("liquidation.penalty") is not null;
        return (share ? "a step of a liquidation took at most your rulebook's liquidation.share of a position, unless the account had less than half of its maintenance margin" : "how much of a position a step of a liquidation takes is the venue's word: your rulebook has no liquidation.share")
            + (penalty ? "; its penalty was at most liquidation.penalty of what was taken" : "; its penalty is the venue's word: your rulebook has no liquidation.penalty");
    }

    /// <summary>The coarsest units in words, of a few.</summary>
    public static string Text(IReadOnlyList<TransitionInputs> batches)
    {
        string[] all = [.. new[] { true, false }.SelectMany(ofAssets => Coarsest(batches, ofAssets)).Select(unit => $"{unit.Key} {unit.Value}")];
        return string.Join(", ", all.Take(MostShown)) + (all.Length > MostShown ? $" and {all.Length - MostShown} more (--json has all)" : "");
    }

    private static long Parse(string pin, string value, Quantity quantity)
    {
        if (ScaledNumber.TryParse(value, quantity, out BigInteger units, out string? hint) is { } wrong) throw CliFailure.BadInput("bad-option", $"--unit {pin}: {wrong}", null, hint);
        return units.Sign > 0 && units <= LedgerUnits.Max ? (long)units : throw CliFailure.BadInput("bad-option", $"--unit {pin}: a unit is above zero, and at most {LedgerUnits.Max} of the rulebook's units", null, null);
    }

    private static JsonObject Coarsest(IReadOnlyList<TransitionInputs> batches, bool ofAssets)
    {
        var units = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (TransitionInputs batch in batches)
        {
            (ImmutableArray<MarketRecord> records, ImmutableArray<long> counted) = Of(batch, ofAssets);
            for (int i = 0; i < records.Length; i++) units[records[i].Symbol] = Math.Max(units.GetValueOrDefault(records[i].Symbol), counted[i]);
        }
        var json = new JsonObject();
        foreach ((string symbol, long unit) in units) json[symbol] = ScaledNumber.Format(unit, QuantityOf(batches[0].Rulebook, ofAssets)!.Scale);
        return json;
    }

    private static (ImmutableArray<MarketRecord> Records, ImmutableArray<long> Units) Of(TransitionInputs batch, bool ofAssets) =>
        ofAssets ? (batch.CountedRecords().Assets, batch.Units.Amounts) : (batch.CountedRecords().Instruments, batch.Units.Sizes);

    private static bool Has(IReadOnlyList<TransitionInputs> batches, string symbol, bool ofAssets) => batches.Any(batch => Of(batch, ofAssets).Records.Any(record => record.Symbol == symbol));

    private static Quantity? QuantityOf(VenueRulebook rulebook, bool ofAssets)
    {
        (string collection, string field) = ofAssets ? ("balances", "amount") : ("positions", "size");
        return rulebook.Schema.Collections.FirstOrDefault(one => one.Name == collection)?.Fields.FirstOrDefault(one => one.Name == field)?.Type is FieldType.Number number ? number.Quantity : null;
    }
}
