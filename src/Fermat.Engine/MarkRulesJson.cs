using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

/// <summary>What a <see cref="MarksUpdated"/> says: rules by class, rules by instrument, surfaces by name. docs/schemas/event-v1.schema.json has each field.</summary>
internal sealed record MarkRulesJson(
    ImmutableDictionary<InstrumentKind, MarkRule> Classes, ImmutableDictionary<string, MarkRule> Instruments, ImmutableDictionary<string, MarkSurface> Surfaces)
{
    private static readonly Dictionary<string, InstrumentKind> ClassNames = new(StringComparer.Ordinal)
    {
        ["linear-perpetual"] = InstrumentKind.LinearPerpetual,
        ["inverse-perpetual"] = InstrumentKind.InversePerpetual,
        ["future"] = InstrumentKind.Future,
        ["option"] = InstrumentKind.Option,
    };

    /// <summary>Reads a change that the ledger has found to be canonical.</summary>
    /// <exception cref="FormatException">It is no rule or surface.</exception>
    public static MarkRulesJson Read(string change)
    {
        using JsonDocument document = JsonDocument.Parse(change);
        var classes = ImmutableDictionary.CreateBuilder<InstrumentKind, MarkRule>();
        var instruments = ImmutableDictionary.CreateBuilder<string, MarkRule>(StringComparer.Ordinal);
        var surfaces = ImmutableDictionary.CreateBuilder<string, MarkSurface>(StringComparer.Ordinal);
        foreach (JsonProperty part in document.RootElement.EnumerateObject())
            foreach (JsonProperty named in part.Value.EnumerateObject())
            {
                string at = $"{part.Name}.{named.Name}";
                if (part.Name == "classes") classes.Add(ClassNames.TryGetValue(named.Name, out InstrumentKind kind) ? kind : throw new FormatException($"{at}: classes are {string.Join(", ", ClassNames.Keys)}"), Rule(named.Value, at));
                else if (part.Name == "instruments") instruments.Add(Symbol(named.Name, at), Rule(named.Value, at));
                else surfaces.Add(Symbol(named.Name, at), Surface(named.Value, at));
            }
        foreach ((InstrumentKind kind, MarkRule rule) in classes)
            if (Mismatch(kind, rule) is { } wrong) throw new FormatException($"classes: {wrong}");
        return new(classes.ToImmutable(), instruments.ToImmutable(), surfaces.ToImmutable());
    }

    /// <summary>Why a rule is none for a kind of instrument, or null.</summary>
    public static string? Mismatch(InstrumentKind kind, MarkRule rule) => rule.Method switch
    {
        MarkMethod.Stated => null,
        MarkMethod.Black76 => kind == InstrumentKind.Option ? null : "black-76 marks options",
        MarkMethod.Median => kind is InstrumentKind.LinearPerpetual or InstrumentKind.InversePerpetual ? null : "median marks perpetuals",
        _ => kind is InstrumentKind.Option or InstrumentKind.Spot ? "index-and-basis marks perpetuals and futures" : null,
    };

    private static MarkRule Rule(JsonElement element, string at)
    {
        string method = element.ValueKind == JsonValueKind.Object && element.TryGetProperty("method", out JsonElement named) ? Text(named, at + ".method") : throw new FormatException($"{at}: an object with a method is expected");
        (MarkRule rule, string[] fields) = method switch
        {
            "stated" => (new MarkRule(MarkMethod.Stated), (string[])[]),
            "index-and-basis" => (new MarkRule(MarkMethod.IndexAndBasis), ["index", "sample", "timeConstant"]),
            "median" => (new MarkRule(MarkMethod.Median), ["index", "sample", "last", "timeConstant", "interval"]),
            "black-76" => (new MarkRule(MarkMethod.Black76), ["forward", "surface"]),
            _ => throw new FormatException($"{at}.method: stated, index-and-basis, median or black-76 is expected"),
        };
        foreach (JsonProperty field in element.EnumerateObject())
        {
            string path = $"{at}.{field.Name}";
            if (field.Name == "method") continue;
            if (!fields.Contains(field.Name, StringComparer.Ordinal)) throw new FormatException($"{path}: {method} has no such field");
            rule = field.Name switch
            {
                "index" or "forward" => rule with { Index = Symbol(field.Value, path) },
                "sample" => rule with { Sample = Symbol(field.Value, path) },
                "last" => rule with { Last = Symbol(field.Value, path) },
                "surface" => rule with { Surface = Symbol(field.Value, path) },
                "timeConstant" => rule with { TimeConstant = Window(field.Value, path) },
                _ => rule with { Interval = Window(field.Value, path) },
            };
        }
        if (fields.Contains("timeConstant") && rule.TimeConstant == 0) throw new FormatException($"{at}.timeConstant: is missing");
        if (fields.Contains("interval") && rule.Interval == 0) throw new FormatException($"{at}.interval: is missing");
        return rule;
    }

    private static MarkSurface Surface(JsonElement element, string at)
    {
        var smiles = ImmutableArray.CreateBuilder<MarkSmile>();
        foreach (JsonElement smile in List(element, at))
        {
            string path = string.Create(CultureInfo.InvariantCulture, $"{at}[{smiles.Count}]");
            if (smile.ValueKind != JsonValueKind.Object || smile.GetPropertyCount() != 2 || !smile.TryGetProperty("expiry", out JsonElement expiry) || !smile.TryGetProperty("points", out JsonElement points)) throw new FormatException($"{path}: an object of expiry and points is expected");
            smiles.Add(new MarkSmile(Whole(expiry, path + ".expiry"), [.. List(points, path + ".points").Select(point => Point(point, path + ".points"))]));
        }
        var surface = new MarkSurface(smiles.ToImmutable());
        return surface.At(surface.StrikeScale, out string? problem) is null ? throw new FormatException($"{at}: {problem}") : surface;
    }

    private static (Amount Strike, BigInteger Volatility) Point(JsonElement element, string path)
    {
        JsonElement[] pair = [.. List(element, path)];
        if (pair.Length != 2) throw new FormatException($"{path}: a point is a strike and a volatility");
        return Number(pair[1], path).TryAt(VolatilitySurface.VolatilityScale, out Int128 volatility) ? (Number(pair[0], path), volatility) : throw new FormatException($"{path}: a volatility has at most {VolatilitySurface.VolatilityScale} decimals");
    }

    private static JsonElement.ArrayEnumerator List(JsonElement element, string path) => element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : throw new FormatException($"{path}: a list is expected");

    private static string Text(JsonElement element, string path) => element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException($"{path}: a text is expected");

    private static Amount Number(JsonElement element, string path) => Amount.TryParse(Text(element, path), out Amount value) ? value : throw new FormatException($"{path}: a canonical decimal is expected");

    private static string Symbol(JsonElement element, string path) => Symbol(Text(element, path), path);

    private static string Symbol(string text, string path) =>
        Identifiers.IsValid(text, BookLimits.MaxSymbolLength) ? text : throw new FormatException($"{path}: 1 to {BookLimits.MaxSymbolLength} characters, {Identifiers.AllowedCharacters}");

    private static long Window(JsonElement element, string path) =>
        Whole(element, path) is > 0 and <= MarkRule.MaxWindow and var value ? value : throw new FormatException($"{path}: from 1 to {MarkRule.MaxWindow} milliseconds");

    private static long Whole(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long value) && value >= 0 ? value : throw new FormatException($"{path}: a whole number is expected");
}
