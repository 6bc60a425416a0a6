using System.Buffers.Binary;
using System.Text;
using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Ledger.Formats;

/// <summary>Writes an event's fields as bytes.</summary>
internal sealed class EventBytesWriter : EventFields
{
    private byte[] buffer = new byte[512];
    private int length;

    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, length);

    public int Length => length;

    public void Clear() => length = 0;

    public void Byte(byte value) => Room(1)[0] = value;

    public override string Symbol(string name, string? value) => Short(name, value, BookLimits.MaxSymbolLength);

    public override string? SymbolOrNone(string name, string? value)
    {
        if (Present(value is not null)) Symbol(name, value);
        return value;
    }

    public override string Text(string name, string? value)
    {
        ArgumentNullException.ThrowIfNull(value, name);
        int bytes = Encoding.UTF8.GetByteCount(value);
        UInt32((uint)bytes);
        Encoding.UTF8.GetBytes(value, Room(bytes));
        return value;
    }

    public override AccountId Account(string name, AccountId value)
    {
        Short(name, value.Value, BookLimits.MaxAccountIdLength);
        return value;
    }

    public override EventId Event(string name, EventId value)
    {
        Short(name, value.Value, EventId.MaxLength);
        return value;
    }

    public override Quantity Quantity(string name, Quantity value)
    {
        UInt128 magnitude = (UInt128)System.Int128.Abs(value.Mantissa);
        int bytes = (128 - (int)UInt128.LeadingZeroCount(magnitude) + 7) / 8;
        Byte((byte)(value.Scale | (value.Sign < 0 ? 0x80 : 0)));
        Byte((byte)bytes);
        Span<byte> room = Room(bytes);
        for (int i = 0; i < bytes; i++, magnitude >>= 8) room[i] = (byte)magnitude;
        return value;
    }

    public override Quantity? QuantityOrNone(string name, Quantity? value)
    {
        if (Present(value is not null)) Quantity(name, value!.Value);
        return value;
    }

    public override int Scale(string name, int value)
    {
        if (value is < 0 or > Events.Quantity.MaxScale) throw new ArgumentException($"The {name} {value} is not 0 to {Events.Quantity.MaxScale}.");
        Byte((byte)value);
        return value;
    }

    public override long Time(string name, long value)
    {
        if (value < 0) throw new ArgumentException($"The {name} {value} is negative.");
        BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), value);
        return value;
    }

    public override long? TimeOrNone(string name, long? value)
    {
        if (Present(value is not null)) Time(name, value!.Value);
        return value;
    }

    public override bool Flag(string name, bool value) => Present(value);

    public override int Choice(string name, int value, string[] names)
    {
        if (value < 0 || value >= names.Length) throw new ArgumentException($"{value} is not a {name}.");
        Byte((byte)value);
        return value;
    }

    public override int? ChoiceOrNone(string name, int? value, string[] names)
    {
        if (Present(value is not null)) Choice(name, value!.Value, names);
        return value;
    }

    public override OwnerKey Owner(string name, OwnerKey value)
    {
        value.CopyTo(Room(OwnerKey.Length));
        return value;
    }

    public override byte[]? DigestOrNone(string name, byte[]? value)
    {
        if (!Present(value is not null)) return value;
        if (value!.Length != 32) throw new ArgumentException($"The {name} does not have 32 bytes.");
        value.CopyTo(Room(32));
        return value;
    }

    public override Authorisation? AuthorisationOrNone(string name, Authorisation? value)
    {
        if (!Present(value is not null)) return null;
        BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value!.Nonce);
        Time("until", value.Until);
        if (!Enum.IsDefined(value.Scheme)) throw new ArgumentException($"{(int)value.Scheme} is not a scheme.");
        Byte((byte)value.Scheme);
        Bytes("public key", value.PublicKey);
        Bytes("signature", value.Signature);
        return value;
    }

    public override IReadOnlyDictionary<string, Quantity> Prices(string name, IReadOnlyDictionary<string, Quantity>? value)
    {
        ArgumentNullException.ThrowIfNull(value, name);
        UInt32((uint)value.Count);
        foreach ((string feed, Quantity price) in value.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            Symbol("feed", feed);
            Quantity("price", price);
        }
        return value;
    }

    public override (byte[]? Source, IReadOnlyDictionary<string, Quantity>? Confidences) Origin(byte[]? source, IReadOnlyDictionary<string, Quantity>? confidences)
    {
        if (source is { Length: not 32 } || confidences is { Count: 0 }) throw new ArgumentException("A source has 32 bytes, and confidences are not none.");
        Byte((byte)((source is null ? 0 : 1) | (confidences is null ? 0 : 2)));
        source?.CopyTo(Room(32));
        if (confidences is not null) Prices("confidences", confidences);
        return (source, confidences);
    }

    public override IReadOnlyList<LossShare> Shares(string name, IReadOnlyList<LossShare>? value)
    {
        ArgumentNullException.ThrowIfNull(value, name);
        UInt32((uint)value.Count);
        foreach (LossShare share in value)
        {
            Account("account", share.Account);
            Quantity("amount", share.Amount);
        }
        return value;
    }

    public override string Json(string name, string? value, string[] members) => Text(name, value);

    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Room(bytes.Length));

    public void Int32(int value) => BinaryPrimitives.WriteInt32LittleEndian(Room(sizeof(int)), value);

    public void Int64(long value) => BinaryPrimitives.WriteInt64LittleEndian(Room(sizeof(long)), value);

    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Room(sizeof(ulong)), value);

    public void Int128(Int128 value) => BinaryPrimitives.WriteInt128LittleEndian(Room(16), value);

    private string Short(string name, string? value, int most)
    {
        if (!Identifiers.IsValid(value, most)) throw new ArgumentException($"The {name} \"{value}\" is not 1 to {most} characters, {Identifiers.AllowedCharacters}.");
        Byte((byte)value!.Length);
        Encoding.ASCII.GetBytes(value, Room(value.Length));
        return value;
    }

    private bool Present(bool present)
    {
        Byte(present ? (byte)1 : (byte)0);
        return present;
    }

    private void Bytes(string name, byte[] value)
    {
        if (value is null || value.Length is 0 or > EventBytesReader.MaxKeyLength) throw new ArgumentException($"The {name} does not have 1 to {EventBytesReader.MaxKeyLength} bytes.");
        BinaryPrimitives.WriteUInt16LittleEndian(Room(sizeof(ushort)), (ushort)value.Length);
        value.CopyTo(Room(value.Length));
    }

    private void UInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Room(sizeof(uint)), value);

    private Span<byte> Room(int bytes)
    {
        if (length + bytes > buffer.Length) Array.Resize(ref buffer, Math.Max(2 * buffer.Length, length + bytes));
        Span<byte> room = buffer.AsSpan(length, bytes);
        length += bytes;
        return room;
    }
}
