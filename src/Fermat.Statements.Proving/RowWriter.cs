using Fermat.Air.Gadgets;
using Fermat.Algebra;

namespace Fermat.Statements.Proving;

/// <summary>Writes integers into adjacent cells of a trace row and counts their lookups.</summary>
internal readonly ref struct RowWriter(Span<KoalaBear> row, RangeCounts lookups)
{
    private readonly Span<KoalaBear> row = row;
    private readonly RangeCounts lookups = lookups;

    /// <summary>Bytes, checked two at a time, an odd last one with itself.</summary>
    public void Bytes(int column, ReadOnlySpan<byte> bytes)
    {
        for (int i = 0; i < bytes.Length; i++) row[column + i] = KoalaBear.From((uint)bytes[i]);
        for (int i = 0; i < bytes.Length; i += 2) lookups.Pair(bytes[i], bytes[Math.Min(i + 1, bytes.Length - 1)]);
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
            lookups.Word(low);
            lookups.Top(high, high);
        }
    }
}
