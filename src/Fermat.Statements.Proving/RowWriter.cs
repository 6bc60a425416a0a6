using Fermat.Algebra;

namespace Fermat.Statements.Proving;

/// <summary>Writes integers into adjacent cells of a trace row and counts their lookups.</summary>
internal readonly ref struct RowWriter(Span<KoalaBear> row, Tally tally)
{
    private readonly Span<KoalaBear> row = row;
    private readonly Tally tally = tally;

    public void Write(int column, int value) => row[column] = KoalaBear.From((uint)value);

    /// <summary>Eight bytes of an amount: three pairs of bytes and a top pair.</summary>
    public void Amount(int column, ulong amount)
    {
        for (int i = 0; i < 8; i++) row[column + i] = KoalaBear.From((uint)(byte)(amount >> (8 * i)));
        for (int i = 0; i < 6; i += 2) tally.Range.Pair((byte)(amount >> (8 * i)), (byte)(amount >> (8 * i + 8)));
        tally.Range.Top((byte)(amount >> 48), (byte)(amount >> 56));
    }

    /// <summary>Four 16-bit limbs.</summary>
    public void Limbs(int column, ulong value)
    {
        for (int i = 0; i < 4; i++)
        {
            int limb = (int)(value >> (16 * i)) & 0xffff;
            row[column + i] = KoalaBear.From((uint)limb);
            tally.Range.Word(limb);
        }
    }

    /// <summary>The carries out of limbs 0 to 2 of a sum of two.</summary>
    public void CarryBits(int column, ulong left, ulong right)
    {
        uint carry = 0;
        for (int i = 0; i < 3; i++)
        {
            carry = ((uint)(left >> (16 * i)) & 0xffff) + ((uint)(right >> (16 * i)) & 0xffff) + carry >> 16;
            row[column + i] = KoalaBear.From(carry);
        }
    }

    /// <summary>Bytes, checked two at a time, an odd last one with itself.</summary>
    public void Bytes(int column, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++) row[column + i] = KoalaBear.From((uint)bytes[i]);
        for (int i = 0; i < bytes.Length; i += 2) tally.Range.Pair(bytes[i], bytes[Math.Min(i + 1, bytes.Length - 1)]);
    }

    /// <summary>Carries of [−2^22, 2^22): 16 bits and 7 bits.</summary>
    public void Carries(int lowColumn, int highColumn, ReadOnlySpan<int> carries)
    {
        const int Offset = 1 << 22;
        for (int i = 0; i < carries.Length; i++)
        {
            uint shifted = (uint)(carries[i] + Offset);
            int low = (int)(shifted & 0xffff), high = (int)(shifted >> 16);
            row[lowColumn + i] = KoalaBear.From((uint)low);
            row[highColumn + i] = KoalaBear.From((uint)high);
            tally.Range.Word(low);
            tally.Range.Top(high, high);
        }
    }

    /// <summary>One 16-bit value.</summary>
    public void Word(int column, int value)
    {
        row[column] = KoalaBear.From((uint)value);
        tally.Range.Word(value);
    }
}
