using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Fermat.Margin;

/// <summary>
/// The 32-byte digest of an account owner's public key; it binds a leaf to one person, so that one leaf cannot serve two users.
/// All zeros when the venue has none on file.
/// </summary>
public readonly record struct OwnerKey
{
    /// <summary>Length in bytes.</summary>
    public const int Length = 32;

    private readonly ulong w0, w1, w2, w3;

    private OwnerKey(ulong w0, ulong w1, ulong w2, ulong w3) => (this.w0, this.w1, this.w2, this.w3) = (w0, w1, w2, w3);

    /// <summary>No key on file: all zeros.</summary>
    public static OwnerKey None => default;

    /// <summary>Whether no key is on file.</summary>
    public bool IsNone => this == None;

    /// <summary>Takes 32 bytes.</summary>
    /// <exception cref="ArgumentException">There are not 32 of them.</exception>
    public static OwnerKey FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Length) throw new ArgumentException($"An owner key has {Length} bytes, not {bytes.Length}.", nameof(bytes));
        return new OwnerKey(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]), BinaryPrimitives.ReadUInt64LittleEndian(bytes[24..]));
    }

    /// <summary>Reads 64 lower-case hexadecimal digits; false when the text is anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? hex, out OwnerKey key)
    {
        key = None;
        if (hex is null || hex.Length != 2 * Length || hex.AsSpan().ContainsAnyExcept("0123456789abcdef")) return false;
        key = FromBytes(Convert.FromHexString(hex));
        return true;
    }

    /// <summary>Writes the 32 bytes.</summary>
    public void CopyTo(Span<byte> into)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(into, w0);
        BinaryPrimitives.WriteUInt64LittleEndian(into[8..], w1);
        BinaryPrimitives.WriteUInt64LittleEndian(into[16..], w2);
        BinaryPrimitives.WriteUInt64LittleEndian(into[24..], w3);
    }

    /// <summary>The 32 bytes, in a new array.</summary>
    public byte[] ToArray()
    {
        byte[] bytes = new byte[Length];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>64 lower-case hexadecimal digits.</summary>
    public override string ToString() => Convert.ToHexStringLower(ToArray());
}
