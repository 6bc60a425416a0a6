using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Fermat.Ledger.State;

/// <summary>JSON objects inside of events, in one form: names in rising order of their UTF-16 code units, no space, numbers as texts or as plain integers, texts escaped as <see cref="JavaScriptEncoder.UnsafeRelaxedJsonEscaping"/> does.</summary>
internal static class CanonicalJson
{
    private const int MaxDepth = 32;
    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, Indented = false, MaxDepth = MaxDepth };

    /// <summary>Reads an object of some members, all of them objects; false when it is not one, repeats a name, has null, or a number that is not a plain integer.</summary>
    /// <param name="json">The text.</param>
    /// <param name="members">The members that it may have.</param>
    /// <param name="value">The object.</param>
    /// <param name="fault">What is wrong, as a sentence.</param>
    public static bool TryRead(string json, string[] members, [NotNullWhen(true)] out JsonObject? value, out string fault)
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
        if (fault.Length == 0 && value!.FirstOrDefault(member => !members.Contains(member.Key, StringComparer.Ordinal) || member.Value is not JsonObject) is { Key: not null } stranger)
            fault = $"\"{stranger.Key}\" is not one of the objects {string.Join(", ", members)}.";
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

    /// <summary>The canonical text.</summary>
    public static string Write(JsonNode node)
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
