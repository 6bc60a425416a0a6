using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fermat.Ledger.State;

/// <summary>
/// The parameters and market records that rulebooks run with, as one canonical JSON object <c>{"market":…,"parameters":…}</c>, and how an update changes it. Canonical: names in rising order of their UTF-16 code
/// units, no space, numbers as texts or as plain integers, texts escaped as
/// <see cref="JavaScriptEncoder.UnsafeRelaxedJsonEscaping"/> does.
/// </summary>
/// <remarks>An update is merged: objects name by name; lists of objects that all have a <c>symbol</c> record by record, new ones at the end; everything else is replaced. Nothing can be removed.</remarks>
public static class LedgerParameters
{
    /// <summary>No parameters.</summary>
    public const string Empty = "{}";

    private const int MaxDepth = 32;
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = false, MaxDepth = MaxDepth };

    /// <summary>The canonical form of a JSON text; false when it is not an object of <c>market</c> and <c>parameters</c>, repeats a name, has null, or a number that is not a plain integer.</summary>
    public static bool TryCanonicalize(string json, out string canonical, out string fault)
    {
        canonical = "";
        if (!TryRead(json, out JsonObject? value, out fault)) return false;
        canonical = Write(value);
        return true;
    }

    /// <summary>Merges an update, which must be canonical, into parameters.</summary>
    /// <param name="current">Canonical parameters.</param>
    /// <param name="change">The update.</param>
    /// <param name="merged">The new parameters.</param>
    /// <param name="fault">What is wrong with the update, as a sentence.</param>
    public static bool TryMerge(string current, string change, out string merged, out string fault)
    {
        merged = "";
        if (!TryRead(change, out JsonObject? update, out fault)) return false;
        if (Write(update) != change)
        {
            fault = "The update is JSON, and not in its canonical form.";
            return false;
        }
        var target = (JsonObject)JsonNode.Parse(current)!;
        Merge(target, update);
        merged = Write(target);
        return true;
    }

    private static bool TryRead(string json, [NotNullWhen(true)] out JsonObject? value, out string fault)
    {
        value = null;
        fault = "";
        if (json is null || json.Length > LedgerLimits.MaxParametersLength)
        {
            fault = "There is no update, or a very long one.";
            return false;
        }
        try
        {
            value = JsonNode.Parse(json, documentOptions: new JsonDocumentOptions { MaxDepth = MaxDepth, AllowDuplicateProperties = false }) as JsonObject;
            fault = value is null ? "The update is not a JSON object." : Fault(value, "") ?? "";
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            fault = $"The update is not JSON: {e.Message}";
        }
        catch (InvalidOperationException)
        {
            fault = "The update has half of a surrogate pair.";                              // the reader leaves texts undecoded until they are asked for
        }
        if (fault.Length == 0 && value!.FirstOrDefault(member => member.Key is not ("market" or "parameters") || member.Value is not JsonObject) is { Key: not null } stranger)
            fault = $"\"{stranger.Key}\" is neither an object of parameters nor one of market records.";
        return fault.Length == 0;
    }

    private static string? Fault(JsonNode? node, string path) => node switch
    {
        null => $"{path} is null.",
        JsonObject members => members.Select(member => Fault(member.Value, $"{path}/{member.Key}")).FirstOrDefault(fault => fault is not null),
        JsonArray items => items.Select((item, i) => Fault(item, $"{path}/{i}")).FirstOrDefault(fault => fault is not null),
        _ when node.GetValueKind() == JsonValueKind.String => node.GetValue<string>() is null ? $"{path} is null." : null,
        _ when node.GetValueKind() == JsonValueKind.Number && !IsInteger(node.ToJsonString()) => $"{path} is a number that is not a plain integer.",
        _ => null,
    };

    private static bool IsInteger(string text) => long.TryParse(text, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out long value)
        && value.ToString(System.Globalization.CultureInfo.InvariantCulture) == text;

    private static void Merge(JsonObject target, JsonObject update)
    {
        foreach ((string name, JsonNode? value) in update)
        {
            if (target[name] is JsonObject old && value is JsonObject members) Merge(old, members);
            else if (target[name] is JsonArray list && value is JsonArray records && AreRecords(list) && AreRecords(records)) MergeRecords(list, records);
            else target[name] = value!.DeepClone();
        }
    }

    private static bool AreRecords(JsonArray list) => list.Count > 0 && list.All(item => Name(item) is not null);

    private static string? Name(JsonNode? item) => item is JsonObject record && record["symbol"] is JsonValue value && value.TryGetValue(out string? symbol) ? symbol : null;

    private static void MergeRecords(JsonArray list, JsonArray records)
    {
        var known = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (JsonNode? item in list) known.TryAdd(Name(item)!, (JsonObject)item!);
        foreach (JsonNode? item in records)
        {
            if (known.TryGetValue(Name(item)!, out JsonObject? old)) Merge(old, (JsonObject)item!);
            else
            {
                JsonNode added = item!.DeepClone();
                list.Add(added);
                known.Add(Name(item)!, (JsonObject)added);
            }
        }
    }

    private static string Write(JsonNode node)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, Writing)) Write(writer, node);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    private static void Write(Utf8JsonWriter writer, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject members:
                writer.WriteStartObject();
                foreach ((string name, JsonNode? value) in members.OrderBy(member => member.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(name);
                    Write(writer, value);
                }
                writer.WriteEndObject();
                break;
            case JsonArray items:
                writer.WriteStartArray();
                foreach (JsonNode? item in items) Write(writer, item);
                writer.WriteEndArray();
                break;
            default:
                node!.WriteTo(writer);
                break;
        }
    }
}
