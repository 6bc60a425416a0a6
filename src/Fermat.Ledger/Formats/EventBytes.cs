using System.Diagnostics.CodeAnalysis;
using Fermat.Ledger.Events;

namespace Fermat.Ledger.Formats;

/// <summary>
/// Events as canonical bytes, little-endian: version (1), kind, then the fields in their order. One event has one sequence of bytes, and only that is read. docs/LEDGER.md has every field's form.
/// </summary>
public static class EventBytes
{
    /// <summary>The version of the format.</summary>
    public const byte Version = 1;

    /// <summary>The most bytes of one event.</summary>
    public const int MaxLength = 1 << 24;

    /// <summary>The bytes of an event, in a new array.</summary>
    /// <exception cref="ArgumentException">It is not an event that can be written: a name is missing, or a number is out of range.</exception>
    public static byte[] Write(LedgerEvent value)
    {
        var writer = new EventBytesWriter();
        Write(value, writer);
        return writer.Written.ToArray();
    }

    internal static void Write(LedgerEvent value, EventBytesWriter writer)
    {
        ArgumentNullException.ThrowIfNull(value);
        int kind = EventShape.KindOf(value);
        writer.Byte(Version);
        writer.Byte((byte)kind);
        EventShape.Visit(writer, kind, value);
    }

    /// <summary>Reads an event; the bytes must be all of it.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out LedgerEvent? value, [NotNullWhen(false)] out EventError? error)
    {
        (value, error) = (null, null);
        try
        {
            if (bytes.Length > MaxLength) throw new EventFormatException(EventErrorCode.WrongLength, null, $"An event has at most {MaxLength} bytes.");
            var reader = new EventBytesReader(bytes);
            byte version = reader.Byte("version"), kind = reader.Byte("type");
            if (version != Version) throw new EventFormatException(EventErrorCode.UnknownVersion, "version", $"This program reads version {Version}, not {version}.");
            if (kind == 0 || kind > EventShape.Kinds.Length) throw new EventFormatException(EventErrorCode.UnknownType, "type", $"{kind} is not a kind of event.");
            value = EventShape.Visit(reader, kind, null);
            if (!reader.AtEnd) throw new EventFormatException(EventErrorCode.WrongLength, null, "There are bytes after the event.");
            return true;
        }
        catch (EventFormatException e)
        {
            value = null;
            error = new EventError(e.Code, e.Field, e.Message);
            return false;
        }
    }
}
