using System.Text.Encodings.Web;
using System.Text.Json.Nodes;

namespace Fermat.Ledger.State;

/// <summary>
/// The parameters and market records that rulebooks run with, as one canonical JSON object <c>{"market":…,"parameters":…}</c>, and how an update changes it. Canonical: names in rising order of their UTF-16 code
/// units, no space, numbers as texts or as plain integers, texts escaped as
/// <see cref="JavaScriptEncoder.UnsafeRelaxedJsonEscaping"/> does.
/// </summary>
/// <remarks>
/// An update is merged: objects name by name; lists of objects that all have a <c>symbol</c> record by record; everything else is replaced. No record can be removed, and none moves: a record's place in its list is the order of listing, which is by the
/// update that first had it, and within one update by rising symbol (ordinal). It is the record's number under a rulebook, which leaves of the state tree hold.
/// </remarks>
public static class LedgerParameters
{
    /// <summary>No parameters.</summary>
    public const string Empty = "{}";

    internal static readonly string[] Members = ["market", "parameters"];

    /// <summary>The canonical form of a JSON text; false when it is not an object of <c>market</c> and <c>parameters</c>, repeats a name, has null, or a number that is not a plain integer.</summary>
    public static bool TryCanonicalize(string json, out string canonical, out string fault)
    {
        canonical = "";
        if (!CanonicalJson.TryRead(json, Members, out JsonObject? value, out fault)) return false;
        canonical = CanonicalJson.Write(value);
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
        if (!CanonicalJson.TryRead(change, Members, out JsonObject? update, out fault)) return false;
        if (CanonicalJson.Write(update) != change)
        {
            fault = "The update is JSON, and not in its canonical form.";
            return false;
        }
        var target = (JsonObject)JsonNode.Parse(current)!;
        Merge(target, update);
        merged = CanonicalJson.Write(target);
        return true;
    }

    private static void Merge(JsonObject target, JsonObject update)
    {
        foreach ((string name, JsonNode? value) in update)
        {
            if (target[name] is JsonObject old && value is JsonObject members) Merge(old, members);
            else if (target[name] is JsonArray list && value is JsonArray records && AreRecords(list) && (records.Count == 0 || AreRecords(records))) MergeRecords(list, records);
            else target[name] = New(value!);
        }
    }

    /// <summary>A value that was not there before: its records by rising symbol.</summary>
    private static JsonNode New(JsonNode value)
    {
        switch (value)
        {
            case JsonObject members:
                var target = new JsonObject();
                Merge(target, members);
                return target;
            case JsonArray records when AreRecords(records):
                return new JsonArray([.. records.OrderBy(Name, StringComparer.Ordinal).Select(record => New(record!))]);
            default:
                return value.DeepClone();
        }
    }

    private static bool AreRecords(JsonArray list) => list.Count > 0 && list.All(item => Name(item) is not null);

    private static string? Name(JsonNode? item) => item is JsonObject record && record["symbol"] is JsonValue value && value.TryGetValue(out string? symbol) ? symbol : null;

    private static void MergeRecords(JsonArray list, JsonArray records)
    {
        var known = new Dictionary<string, JsonObject>(StringComparer.Ordinal);
        foreach (JsonNode? item in list) known.TryAdd(Name(item)!, (JsonObject)item!);
        foreach (JsonNode? item in records.OrderBy(Name, StringComparer.Ordinal))
        {
            if (known.TryGetValue(Name(item)!, out JsonObject? old)) Merge(old, (JsonObject)item!);
            else
            {
                JsonNode added = New(item!);
                list.Add(added);
                known.Add(Name(item)!, (JsonObject)added);
            }
        }
    }
}
