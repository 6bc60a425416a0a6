using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;

namespace Fermat.Venue;

/// <summary>
/// A mark log as a JSON file: <c>{ "format": "fermat mark log", "version": 1, "events": [ { "height", "event": { … } } ] }</c>, events as <see cref="EventJson"/> has them. Strict: no field may be unknown, missing or twice. docs/schemas/mark-log-v1.schema.json is the schema.
/// </summary>
public static class MarkLogJson
{
    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 256 << 20;

    private const string Format = "fermat mark log";
    internal static readonly string[] Fields = ["format", "version", "events"], EntryFields = ["height", "event"];

    /// <summary>Reads a file.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="problem">What is wrong with it and where, or null.</param>
    /// <returns>The log, whose marks <see cref="PriceEvidence"/> judges; null when something is wrong.</returns>
    public static MarkLog? Read(ReadOnlyMemory<byte> utf8, out string? problem)
    {
        problem = utf8.Length > MaxBytes ? $"the file has {utf8.Length} bytes; at most {MaxBytes} are read" : null;
        if (problem is not null) return null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 44 });
            JsonElement root = document.RootElement;
            CheckMembers(root, "$", Fields);
            if (root.GetProperty("format") is not { ValueKind: JsonValueKind.String } format || format.GetString() != Format) throw new FormatException($"$.format: \"{Format}\" is expected");
            if (root.GetProperty("version").GetRawText() != "1") throw new FormatException("$.version: 1 is expected");
            if (root.GetProperty("events") is not { ValueKind: JsonValueKind.Array } events) throw new FormatException("$.events: a list is expected");
            return new MarkLog([.. events.EnumerateArray().Select(Entry)]);
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException or InvalidOperationException)
        {
            problem = wrong is FormatException ? wrong.Message : "the file is not JSON, has a field twice, is nested too deep, or has a text that is not Unicode";
            return null;
        }
    }

    /// <summary>Writes a file that <see cref="Read"/> reads, an event a line.</summary>
    public static ReadOnlyMemory<byte> Write(MarkLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var buffer = new ArrayBufferWriter<byte>();
        buffer.Write("{\"format\":\""u8);
        buffer.Write(System.Text.Encoding.UTF8.GetBytes(Format));
        buffer.Write("\",\"version\":1,\"events\":["u8);
        for (int i = 0; i < log.Entries.Length; i++)
        {
            buffer.Write(i == 0 ? "\n"u8 : ",\n"u8);
            buffer.Write(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"height\":{log.Entries[i].Height},\"event\":")));
            EventJson.Write(log.Entries[i].Event, buffer);
            buffer.Write("}"u8);
        }
        buffer.Write("\n]}\n"u8);
        return buffer.WrittenMemory;
    }

    private static MarkLogEntry Entry(JsonElement element, int at)
    {
        string path = string.Create(CultureInfo.InvariantCulture, $"$.events[{at}]");
        CheckMembers(element, path, EntryFields);
        JsonElement height = element.GetProperty("height");
        if (!ulong.TryParse(height.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) || value == 0 || value.ToString(CultureInfo.InvariantCulture) != height.GetRawText()) throw new FormatException($"{path}.height: a whole number from 1 is expected");
        if (!EventJson.TryRead(element.GetProperty("event").GetRawText(), out LedgerEvent? read, out EventError? error)) throw new FormatException($"{path}.event: {error.Field ?? "event"}: {error.Sentence}");
        return MarkLog.Holds(read) ? new MarkLogEntry(value, read) : throw new FormatException($"{path}.event: no mark depends on an event of the kind {read.GetType().Name}");
    }

    private static void CheckMembers(JsonElement element, string path, string[] names)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException($"{path}: an object is expected");
        if (names.FirstOrDefault(name => !element.TryGetProperty(name, out _)) is { } missing) throw new FormatException($"{path}.{missing}: is missing");
        if (element.GetPropertyCount() != names.Length) throw new FormatException($"{path}: a field that is not known here; known are {string.Join(", ", names)}");
    }
}
