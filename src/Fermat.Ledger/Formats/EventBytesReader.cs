using System.Buffers.Binary;
using System.Text;
using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Ledger.Formats;

/// <summary>Reads an event's fields from bytes; only the canonical ones.</summary>
internal sealed class EventBytesReader(ReadOnlyMemory<byte> bytes) : EventFields
{
    public const int MaxKeyLength = 256;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private int at;

    public bool AtEnd => at == bytes.Length;

    public byte Byte(string name) => Take(name, 1)[0];

    public override string Symbol(string name, string? value) => Short(name, BookLimits.MaxSymbolLength);

    public override string? SymbolOrNone(string name, string? value) => Present(name) ? Symbol(name, null) : null;

    public override string Text(string name, string? value)
    {
        uint length = UInt32(name);
        if (length > bytes.Length - at) throw Short(name);
        try
        {
            return Utf8.GetString(Take(name, (int)length));
        }
        catch (DecoderFallbackException)
        {
            throw new EventFormatException(EventErrorCode.BadValue, name, "It is not UTF-8.");
        }
    }

    public override AccountId Account(string name, AccountId value) => new(Short(name, BookLimits.MaxAccountIdLength));

    public override EventId Event(string name, EventId value) => new(Short(name, EventId.MaxLength));

    public override Quantity Quantity(string name, Quantity value)
    {
        byte head = Byte(name), length = Byte(name);
        int scale = head & 0x7F;
        bool negative = head >= 0x80;
        if (scale > Events.Quantity.MaxScale || length > (Events.Quantity.Bits + 7) / 8) throw new EventFormatException(EventErrorCode.BadValue, name, "The number is out of range.");
        ReadOnlySpan<byte> digits = Take(name, length);
        UInt128 magnitude = 0;
        for (int i = length - 1; i >= 0; i--) magnitude = magnitude << 8 | digits[i];
        if (magnitude >> Events.Quantity.Bits != 0) throw new EventFormatException(EventErrorCode.BadValue, name, "The number is out of range.");
        bool canonical = length == 0 ? head == 0 : digits[^1] != 0 && (scale == 0 || magnitude % 10 != 0);
        if (!canonical) throw new EventFormatException(EventErrorCode.NotCanonical, name, "The number is not in its canonical form.");
        return new Quantity(negative ? -(System.Int128)magnitude : (System.Int128)magnitude, scale);
    }

    public override Quantity? QuantityOrNone(string name, Quantity? value) => Present(name) ? Quantity(name, default) : null;

    public override int Scale(string name, int value)
    {
        byte scale = Byte(name);
        return scale <= Events.Quantity.MaxScale ? scale : throw new EventFormatException(EventErrorCode.BadValue, name, $"{scale} decimals.");
    }

    public override long Time(string name, long value)
    {
        long time = BinaryPrimitives.ReadInt64LittleEndian(Take(name, sizeof(long)));
        return time >= 0 ? time : throw new EventFormatException(EventErrorCode.BadValue, name, "The time is negative.");
    }

    public override long? TimeOrNone(string name, long? value) => Present(name) ? Time(name, 0) : null;

    public override bool Flag(string name, bool value) => Present(name);

    public override int Choice(string name, int value, string[] names)
    {
        byte choice = Byte(name);
        return choice < names.Length ? choice : throw new EventFormatException(EventErrorCode.BadValue, name, $"{choice} is none of {string.Join(", ", names)}.");
    }

    public override int? ChoiceOrNone(string name, int? value, string[] names) => Present(name) ? Choice(name, 0, names) : null;

    public override OwnerKey Owner(string name, OwnerKey value) => OwnerKey.FromBytes(Take(name, OwnerKey.Length));

    public override byte[]? DigestOrNone(string name, byte[]? value) => Present(name) ? Take(name, 32).ToArray() : null;

    public override Authorisation? AuthorisationOrNone(string name, Authorisation? value)
    {
        if (!Present(name)) return null;
        ulong nonce = BinaryPrimitives.ReadUInt64LittleEndian(Take(name, sizeof(ulong)));
        long until = Time(name, 0);
        var scheme = (SignatureScheme)Byte(name);
        if (!Enum.IsDefined(scheme)) throw new EventFormatException(EventErrorCode.BadValue, name, $"{(int)scheme} is not a scheme.");
        return new Authorisation(nonce, until, scheme, Bytes(name), Bytes(name));
    }

    public override IReadOnlyDictionary<string, Quantity> Prices(string name, IReadOnlyDictionary<string, Quantity>? value)
    {
        uint count = Count(name, 4);
        var read = new Dictionary<string, Quantity>((int)count, StringComparer.Ordinal);
        string last = "";
        for (uint i = 0; i < count; i++)
        {
            string feed = Symbol(name, null);
            if (string.CompareOrdinal(feed, last) <= 0) throw new EventFormatException(EventErrorCode.NotCanonical, name, $"{feed} follows {last}.");
            read.Add(last = feed, Quantity(name, default));
        }
        return read;
    }

    public override (byte[]? Source, IReadOnlyDictionary<string, Quantity>? Confidences) Origin(byte[]? source, IReadOnlyDictionary<string, Quantity>? confidences)
    {
        byte parts = Byte("source");
        if (parts > 3) throw new EventFormatException(EventErrorCode.NotCanonical, "source", "The parts that there are, source and confidences, are said by 0 to 3.");
        source = (parts & 1) != 0 ? Take("source", 32).ToArray() : null;
        confidences = (parts & 2) != 0 ? Prices("confidences", null) : null;
        return confidences is not { Count: 0 } ? (source, confidences) : throw new EventFormatException(EventErrorCode.NotCanonical, "confidences", "There are none in it: they are left out where there are none.");
    }

    public override IReadOnlyList<LossShare> Shares(string name, IReadOnlyList<LossShare>? value)
    {
        uint count = Count(name, 4);
        var read = new List<LossShare>((int)count);
        for (uint i = 0; i < count; i++) read.Add(new LossShare(Account(name, default), Quantity(name, default)));
        return read;
    }

    public override string Json(string name, string? value, string[] members) => Text(name, null);

    public ReadOnlySpan<byte> Raw(int length) => Take("bytes", length);

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take("number", sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take("number", sizeof(long)));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take("number", sizeof(ulong)));

    public Int128 Int128() => BinaryPrimitives.ReadInt128LittleEndian(Take("number", 16));

    /// <summary>A count of items of at least four bytes each.</summary>
    public int Count() => (int)Count("count", 4);

    private string Short(string name, int most)
    {
        byte length = Byte(name);
        string text = Encoding.Latin1.GetString(Take(name, length));
        return Identifiers.IsValid(text, most) ? text : throw new EventFormatException(EventErrorCode.BadValue, name, $"It is not 1 to {most} characters, {Identifiers.AllowedCharacters}.");
    }

    private bool Present(string name) => Byte(name) switch
    {
        0 => false,
        1 => true,
        _ => throw new EventFormatException(EventErrorCode.NotCanonical, name, "A flag is neither 0 nor 1."),
    };

    private byte[] Bytes(string name)
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(Take(name, sizeof(ushort)));
        return length is > 0 and <= MaxKeyLength ? Take(name, length).ToArray() : throw new EventFormatException(EventErrorCode.BadValue, name, $"A key or signature has 1 to {MaxKeyLength} bytes.");
    }

    /// <summary>A count of items of at least so many bytes each: no room is made for more than can be there.</summary>
    private uint Count(string name, int least)
    {
        uint count = UInt32(name);
        return count <= (bytes.Length - at) / least ? count : throw Short(name);
    }

    private uint UInt32(string name) => BinaryPrimitives.ReadUInt32LittleEndian(Take(name, sizeof(uint)));

    private ReadOnlySpan<byte> Take(string name, int length)
    {
        if (length > bytes.Length - at) throw Short(name);
        at += length;
        return bytes.Span.Slice(at - length, length);
    }

    private static EventFormatException Short(string name) => new(EventErrorCode.WrongLength, name, "The bytes end here.");
}
