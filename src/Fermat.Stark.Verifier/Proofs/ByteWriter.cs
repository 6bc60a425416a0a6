using System.Buffers;
using System.Buffers.Binary;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>Writes what <see cref="ByteReader"/> reads.</summary>
internal sealed class ByteWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public void Bytes(ReadOnlySpan<byte> value) => _bytes.Write(value);

    public void Byte(byte value) => Bytes([value]);

    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_bytes.GetSpan(sizeof(ushort)), value);
        _bytes.Advance(sizeof(ushort));
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_bytes.GetSpan(sizeof(ulong)), value);
        _bytes.Advance(sizeof(ulong));
    }

    public void Digest(Digest value)
    {
        value.CopyTo(_bytes.GetSpan(Hashing.Digest.Length));
        _bytes.Advance(Hashing.Digest.Length);
    }

    public void Digests(ReadOnlySpan<Digest> values)
    {
        foreach (Digest value in values) Digest(value);
    }

    public void Elements(ReadOnlySpan<KoalaBear> values)
    {
        Span<byte> into = _bytes.GetSpan(values.Length * sizeof(uint));
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(into[(i * sizeof(uint))..], values[i].Value);
        _bytes.Advance(values.Length * sizeof(uint));
    }

    public void Quintics(ReadOnlySpan<Quintic> values)
    {
        Span<KoalaBear> elements = stackalloc KoalaBear[Quintic.Degree];
        foreach (Quintic value in values)
        {
            value.CopyTo(elements);
            Elements(elements);
        }
    }
}
