using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fermat.Ledger.Events;

namespace Fermat.Ledger.Formats;

/// <summary>
/// Events as JSON, one object a line: <c>{"type":"deposit","id":"d1","time":1700000000000,"account":"alice","asset":"USD","amount":"12.5"}</c>. Numbers of money and nonces are canonical decimals in double quotes;
/// times, scales are integers. What is optional and absent is left out. The schema is docs/schemas/event-v1.schema.json.
/// </summary>
public static class EventJson
{
    /// <summary>The longest line, in bytes.</summary>
    public const int MaxLength = 1 << 23;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the canonical line of an event, without a line's end: fields in their order, no spaces.</summary>
    public static void Write(LedgerEvent value, IBufferWriter<byte> into)
    {
        ArgumentNullException.ThrowIfNull(value);
        int kind = EventShape.KindOf(value);
        using var writer = new Utf8JsonWriter(into, Writing);
        writer.WriteStartObject();
        writer.WriteString("type", EventShape.Kinds[kind - 1]);
        EventShape.Visit(new EventJsonWriter(writer), kind, value);
        writer.WriteEndObject();
    }

    /// <summary>The canonical line of an event, without a line's end.</summary>
    public static string Write(LedgerEvent value)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        Write(value, buffer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads an event from one line. Fields may come in any order; unknown, repeated and missing ones, and numbers that are not canonical, are errors.</summary>
    public static bool TryRead(string line, [NotNullWhen(true)] out LedgerEvent? value, [NotNullWhen(false)] out EventError? error)
    {
        ArgumentNullException.ThrowIfNull(line);
        return TryRead(Encoding.UTF8.GetBytes(line), out value, out error);
    }

    /// <summary>Reads an event from one line in UTF-8.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> line, [NotNullWhen(true)] out LedgerEvent? value, [NotNullWhen(false)] out EventError? error)
    {
        (value, error) = (null, null);
        try
        {
            if (line.Length > MaxLength) throw new EventFormatException(EventErrorCode.Syntax, null, $"The line has more than {MaxLength} bytes.");
            using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 40 });
            value = EventJsonReader.Read(document.RootElement);
            return true;
        }
        catch (JsonException e)
        {
            error = new EventError(EventErrorCode.Syntax, null, $"It is not JSON: {e.Message}");
        }
        catch (InvalidOperationException)
        {
            error = new EventError(EventErrorCode.Syntax, null, "A text has half of a surrogate pair, or bytes that are not UTF-8.");
        }
        catch (EventFormatException e)
        {
            error = new EventError(e.Code, e.Field, e.Message);
        }
        return false;
    }
}
