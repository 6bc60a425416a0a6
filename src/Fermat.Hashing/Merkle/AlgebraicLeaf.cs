using System.Buffers.Binary;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>What the leaves of the two algebraic hash families have in common: the input as field elements, and domain constants.</summary>
internal static class AlgebraicLeaf
{
    /// <summary>A salt of 16 bytes is eight elements, two bytes each, little-endian.</summary>
    internal const int SaltElements = SaltSource.SaltLength / 2;

    /// <summary>The salt as elements, if any, followed by the row.</summary>
    internal static KoalaBear[] Input(ReadOnlySpan<byte> salt, ReadOnlySpan<KoalaBear> row)
    {
        int saltElements = salt.Length / 2;
        var input = new KoalaBear[saltElements + row.Length];
        for (int i = 0; i < saltElements; i++) input[i] = KoalaBear.From((uint)BinaryPrimitives.ReadUInt16LittleEndian(salt[(2 * i)..]));
        row.CopyTo(input.AsSpan(saltElements));
        return input;
    }

    /// <summary>The first capacity of a leaf of <paramref name="length"/> elements: the length is added to element 0, which makes filling with zeros injective.</summary>
    internal static void Capacity(ReadOnlySpan<KoalaBear> iv, int length, Span<KoalaBear> capacity)
    {
        iv.CopyTo(capacity);
        capacity[0] += KoalaBear.From(length);
    }

    /// <summary>(left ‖ right + tag); false if a digest is not made of canonical elements.</summary>
    internal static bool TryPair(Digest left, Digest right, ReadOnlySpan<KoalaBear> tag, Span<KoalaBear> state)
    {
        if (!left.TryToFields(state) || !right.TryToFields(state[8..])) return false;
        for (int i = 0; i < 8; i++) state[8 + i] += tag[i];
        return true;
    }
}
