using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Fermat.Hashing;

namespace Fermat.Statements.Solvency;

/// <summary>Writes canonical bytes: little-endian, texts with their length, integers of unknown size in 24 bytes.</summary>
internal sealed class CanonicalWriter
{
    private const int MagnitudeBytes = 24;

    private readonly ArrayBufferWriter<byte> bytes = new();

    public void Bytes(ReadOnlySpan<byte> value) => bytes.Write(value);

    public void UInt32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.GetSpan(sizeof(uint)), value);
        bytes.Advance(sizeof(uint));
    }

    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(bytes.GetSpan(sizeof(ulong)), value);
        bytes.Advance(sizeof(ulong));
    }

    public void Text(string value)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(value);
        UInt32((uint)utf8.Length);
        bytes.Write(utf8);
    }

    public void Digest(Digest value)
    {
        value.CopyTo(bytes.GetSpan(Hashing.Digest.Length));
        bytes.Advance(Hashing.Digest.Length);
    }

    /// <summary>A non-negative integer below 2^192.</summary>
    public void Magnitude(BigInteger value)
    {
        Span<byte> into = bytes.GetSpan(MagnitudeBytes)[..MagnitudeBytes];
        into.Clear();
        if (!value.TryWriteBytes(into, out _, isUnsigned: true)) throw new ArgumentOutOfRangeException(nameof(value), "the integer has more than 192 bits");
        bytes.Advance(MagnitudeBytes);
    }

    /// <summary>An integer of magnitude below 2^192: a sign (1 = negative), then the magnitude.</summary>
    public void Signed(BigInteger value)
    {
        UInt32(value.Sign < 0 ? 1u : 0u);
        Magnitude(BigInteger.Abs(value));
    }

    public byte[] ToArray() => bytes.WrittenSpan.ToArray();
}
