using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Transitions;

namespace Fermat.Cli.Venue;

/// <summary>Batches with aggregates that follow each other directly.</summary>
/// <param name="First">The first of them.</param>
/// <param name="Last">The last.</param>
/// <param name="OpenInterest">Where the open interest before the first comes from: <c>empty</c>, <c>pinned</c> or <c>stated</c>.</param>
/// <param name="Fund">Where the fund's balances come from: <c>proven</c>, or one of these.</param>
internal sealed record AggregateRun(TransitionInputs First, TransitionInputs Last, string OpenInterest, string Fund)
{
    /// <summary>The runs of a chain.</summary>
    public static AggregateRun[] Of(TransitionInputs[] chain, bool openPinned, bool fundPinned)
    {
        var runs = new List<AggregateRun>();
        for (int from = 0; from < chain.Length; from++)
        {
            if (chain[from].Aggregates is null) continue;
            int to = from;
            while (to + 1 < chain.Length && chain[to + 1].Aggregates is not null) to++;
            bool isEmpty = chain[from].RootBefore == StateTreeHash.Empty(chain[from].Depth);
            string Anchor(bool pinned) => isEmpty ? "empty" : pinned && from == 0 ? "pinned" : "stated";
            runs.Add(new AggregateRun(chain[from], chain[to], Anchor(openPinned), chain[from..(to + 1)].Any(batch => batch.Aggregates!.FundTouched) ? "proven" : Anchor(fundPinned)));
            from = to;
        }
        return [.. runs];
    }
}

/// <summary>Open interest and insurance fund as people read them.</summary>
internal static class AggregatesView
{
    /// <summary>What the option of those who prove says.</summary>
    public const string Help = "Show and prove of each batch the open interest of every instrument and the insurance fund's balances, before and after it. Everybody sees them: of a batch with one trade the difference can be its size, so batches should be of many.";

    private const int MostShown = 12;

    /// <summary>From the first batch to the last; null where they are not shown.</summary>
    public static JsonObject? ToJson(TransitionInputs first, TransitionInputs last) => first.Aggregates is not { } before || last.Aggregates is not { } after ? null : new()
    {
        ["openInterest"] = Values(last, before.OpenInterestBefore, after.OpenInterestAfter, ofAssets: false),
        ["insuranceFund"] = Values(last, before.FundBefore, after.FundAfter, ofAssets: true),
    };

    public static JsonArray ToJson(AggregateRun[] runs) => new([.. runs.Select(run =>
    {
        JsonObject json = ToJson(run.First, run.Last)!;
        json["firstHeight"] = run.First.Height + 1;
        json["lastHeight"] = run.Last.EndHeight;
        json["openInterestBefore"] = run.OpenInterest;
        json["insuranceFundBefore"] = run.Fund;
        return json;
    })]);

    public static void Print(Terminal terminal, TransitionInputs[] batches, AggregateRun[] runs)
    {
        foreach (AggregateRun run in runs)
        {
            string where = runs.Length == 1 && run.First == batches[0] && run.Last == batches[^1] ? "" : $", heights {run.First.Height + 1} to {run.Last.EndHeight}";
            terminal.Say($"  • open interest{where}: {Text(run.Last, run.First.Aggregates!.OpenInterestBefore, run.Last.Aggregates!.OpenInterestAfter, ofAssets: false)}");
            terminal.Say($"    {Anchor(run.OpenInterest, "the changes are proven, and what it was before is the venue's word (--open-interest pins it)")}");
            terminal.Say($"  • insurance fund{where}: {Text(run.Last, run.First.Aggregates.FundBefore, run.Last.Aggregates.FundAfter, ofAssets: true)}");
            terminal.Say($"    {Anchor(run.Fund, "no event touched it; what it has is the venue's word (--fund pins it)")}");
        }
    }

    /// <summary>Numbers that are pinned, by symbol; null where none is.</summary>
    public static IReadOnlyDictionary<string, BigInteger>? Read(string option, string[] pins, TransitionInputs batch, bool ofAssets)
    {
        if (pins.Length == 0) return null;
        (string collection, string field) = ofAssets ? ("balances", "amount") : ("positions", "size");
        if (batch.Rulebook.Schema.Collections.FirstOrDefault(one => one.Name == collection)?.Fields.FirstOrDefault(one => one.Name == field)?.Type is not FieldType.Number { Quantity: var quantity })
            throw CliFailure.BadInput("bad-option", $"{option}: accounts have no {collection} under this rulebook");
        var read = new Dictionary<string, BigInteger>(StringComparer.Ordinal);
        foreach (string pin in pins)
        {
            int at = pin.LastIndexOf('=');
            if (at <= 0) throw CliFailure.BadInput("bad-option", $"{option} {pin} is not SYMBOL=VALUE", hint: $"as in {option} {(ofAssets ? "USD=100000" : "BTC-PERP=12.5")}");
            if (!Records(batch, ofAssets).Any(record => record.Symbol == pin[..at])) throw CliFailure.BadInput("bad-option", $"{option} {pin}: the first batch has no {(ofAssets ? "asset" : "instrument")} {pin[..at]}", hint: "symbols are those of the market data");
            if (ScaledNumber.TryParse(pin[(at + 1)..], quantity, out BigInteger units, out string? hint) is { } wrong) throw CliFailure.BadInput("bad-option", $"{option} {pin}: {wrong}", hint: hint);
            if (!read.TryAdd(pin[..at], units)) throw CliFailure.BadInput("bad-option", $"{option}: {pin[..at]} is pinned twice");
        }
        return read;
    }

    private static string Anchor(string from, string stated) => from switch
    {
        "empty" => "there was no account before, so these are all there are",
        "pinned" => "what you pinned is as it was before, and the changes are proven",
        "proven" => "an event touched it, so its balances are proven under the roots",
        _ => stated,
    };

    private static ImmutableArray<MarketRecord> Records(TransitionInputs batch, bool ofAssets) => ofAssets ? batch.CountedRecords().Assets : batch.CountedRecords().Instruments;

    private static IEnumerable<(string Symbol, string Before, string After)> Of(TransitionInputs last, ImmutableArray<BigInteger> before, ImmutableArray<BigInteger> after, bool ofAssets)
    {
        (int sizes, int amounts) = TransitionAggregates.Scales(last.Rulebook);
        ImmutableArray<MarketRecord> records = Records(last, ofAssets);
        int scale = ofAssets ? amounts : sizes;
        for (int i = 0; i < records.Length; i++) yield return (records[i].Symbol, ScaledNumber.Format(i < before.Length ? before[i] : 0, scale), ScaledNumber.Format(after[i], scale));
    }

    private static JsonObject Values(TransitionInputs last, ImmutableArray<BigInteger> before, ImmutableArray<BigInteger> after, bool ofAssets) =>
        new([.. Of(last, before, after, ofAssets).Select(value => KeyValuePair.Create(value.Symbol, (JsonNode?)new JsonObject { ["before"] = value.Before, ["after"] = value.After }))]);

    private static string Text(TransitionInputs last, ImmutableArray<BigInteger> before, ImmutableArray<BigInteger> after, bool ofAssets)
    {
        string[] all = [.. Of(last, before, after, ofAssets).Select(value => value.Before == value.After ? $"{value.Symbol} {value.After}" : $"{value.Symbol} {value.Before} → {value.After}")];
        return all.Length == 0 ? "nothing that could be" : string.Join(", ", all.Take(MostShown)) + (all.Length > MostShown ? $" and {all.Length - MostShown} more (--json has all)" : "");
    }
}
