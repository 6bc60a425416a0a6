using System.Numerics;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Leaves;

/// <summary>How a leaf holds a number: as many bytes as its bounds need, in two's complement where it can be negative, three bytes an element, the lowest first.</summary>
/// <param name="Count">Bytes, at least 1.</param>
/// <param name="IsSigned">Whether the top bit is a sign.</param>
public readonly record struct NumberBytes(int Count, bool IsSigned)
{
    /// <summary>Bytes in one field element: 24 bits are below the field's order.</summary>
    public const int PerElement = 3;

    /// <summary>Elements that the bytes take.</summary>
    public int Elements => (Count + PerElement - 1) / PerElement;

    /// <summary>The bytes of numbers within bounds.</summary>
    public static NumberBytes Of(Bounds bounds)
    {
        if (bounds.Min.Sign >= 0) return new NumberBytes(Math.Max(1, (int)(bounds.Max.GetBitLength() + 7) / 8), false);
        long bits = 1 + Math.Max(bounds.Min.GetBitLength(), bounds.Max.GetBitLength());     // without the sign: 127 and −128 have 7 bits
        return new NumberBytes((int)(bits + 7) / 8, true);
    }

    /// <summary>Writes a number.</summary>
    /// <param name="value">The number.</param>
    /// <param name="into">At least <see cref="Elements"/> elements.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number does not fit.</exception>
    public void Write(BigInteger value, Span<uint> into)
    {
        Span<byte> bytes = stackalloc byte[Elements * PerElement];
        bytes.Fill((byte)(value.Sign < 0 ? 0xff : 0));
        if ((value.Sign < 0 && !IsSigned) || !value.TryWriteBytes(bytes[..Count], out _, isUnsigned: !IsSigned))
            throw new ArgumentOutOfRangeException(nameof(value), $"the number does not fit {Count} bytes");
        bytes[Count..].Clear();
        for (int i = 0; i < Elements; i++)
            into[i] = (uint)(bytes[PerElement * i] | bytes[PerElement * i + 1] << 8 | bytes[PerElement * i + 2] << 16);
    }
}
