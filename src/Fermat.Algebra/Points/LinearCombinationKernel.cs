using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra;

/// <summary>The coefficients of a linear combination, laid out for <see cref="LinearCombinationKernel{TLanes}"/>.</summary>
internal static unsafe class LinearCombinationTable
{
    /// <summary>Words a group of 16 columns takes: five coefficients of four vectors.</summary>
    public const int WordsPerGroup = Quintic.Degree * WordsPerCoefficient;

    /// <summary>Words a coefficient of a group takes.</summary>
    public const int WordsPerCoefficient = 4 * KoalaBearVector.Lanes;

    /// <summary>
    /// For each group of 16 columns and each of the five coefficients four vectors: the words of columns 0–7 and of columns 8–15, each as
    /// they are (for the even lanes) and with odd lanes moved down (for the odd). Columns outside the combination get zeros.
    /// </summary>
    public static void Fill(uint* table, int groups, ReadOnlySpan<Quintic> coefficients, int offset)
    {
        for (int group = 0; group < groups; group++)
        {
            for (int c = 0; c < Quintic.Degree; c++)
            {
                uint* vectors = table + ((nint)group * WordsPerGroup) + (c * WordsPerCoefficient);
                for (int lane = 0; lane < Matrix.StrideMultiple; lane++)
                {
                    int index = (group * Matrix.StrideMultiple) + lane - offset;
                    uint word = (uint)index < (uint)coefficients.Length ? coefficients[index][c].Raw : 0;
                    uint* vector = vectors + ((lane >> 3) * 2 * KoalaBearVector.Lanes);
                    vector[lane & 7] = word;
                    vector[KoalaBearVector.Lanes + (lane & 6)] = word; // an even lane is overwritten by the odd one after it
                    vector[KoalaBearVector.Lanes + (lane & 6) + 1] = 0;
                }
            }
        }
    }
}

/// <summary>Σ_j coefficient_j · row_j for many rows: lanes are columns, and the lanes are added up at the end of a row.</summary>
internal static unsafe class LinearCombinationKernel<TLanes>
    where TLanes : struct, ILanes
{
    /// <summary>Rows whose sums are reduced together, one in each 64-bit lane.</summary>
    private const int Batch = 4;

    /// <summary>Adds the combinations of rows to their sums.</summary>
    /// <param name="rows">The first element of the first group of 16 columns, in the first row.</param>
    /// <param name="stride">Elements from row to row.</param>
    /// <param name="table">A <see cref="LinearCombinationTable"/>.</param>
    /// <param name="groups">The number of groups; below 2^22, so that the sums stay within the bounds of <see cref="WideSum"/>.</param>
    /// <param name="sums">One a row.</param>
    /// <param name="count">The number of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(uint* rows, nint stride, uint* table, int groups, Quintic* sums, int count)
    {
        // For each coefficient and each row of the batch the sums of one row, then those of their high halves.
        ulong* lanes = stackalloc ulong[Quintic.Degree * Batch * 2 * 4];
        for (int row = 0; row < count; row += Batch)
        {
            int batch = Math.Min(Batch, count - row);
            for (int i = 0; i < batch; i++)
                Accumulate(rows + ((row + i) * stride), table, groups, lanes + (4 * i));
            for (int c = 0; c < Quintic.Degree; c++)
            {
                ulong* wrapped = lanes + (c * 2 * Batch * 4), high = wrapped + (Batch * 4);
                WideSum.Reduce<TLanes>(AddUp(wrapped), AddUp(high)).Store(lanes + (4 * c)); // over lanes that were read before
            }

            for (int i = 0; i < batch; i++)
            {
                sums[row + i] += new Quintic(
                    Word(lanes, i), Word(lanes + 4, i), Word(lanes + 8, i), Word(lanes + 12, i), Word(lanes + 16, i));
            }
        }
    }

    private static KoalaBear Word(ulong* words, int index) => KoalaBear.FromRaw((uint)words[index]);

    /// <summary>One row: 4 lanes of 5 sums and of their high halves, stored 16 words apart.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(uint* row, uint* table, int groups, ulong* lanes)
    {
        const int Next = LinearCombinationTable.WordsPerCoefficient;
        Vector256<ulong> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default;
        Vector256<ulong> h0 = default, h1 = default, h2 = default, h3 = default, h4 = default;
        for (int group = 0; group < groups; group++, row += Matrix.StrideMultiple, table += LinearCombinationTable.WordsPerGroup)
        {
            Vector256<uint> low = Vector256.LoadAligned(row), high = Vector256.LoadAligned(row + KoalaBearVector.Lanes);
            Vector256<uint> lowOdd = TLanes.OddToEven(low), highOdd = TLanes.OddToEven(high);
            Products(low, lowOdd, high, highOdd, table, ref s0, ref h0);
            Products(low, lowOdd, high, highOdd, table + Next, ref s1, ref h1);
            Products(low, lowOdd, high, highOdd, table + (2 * Next), ref s2, ref h2);
            Products(low, lowOdd, high, highOdd, table + (3 * Next), ref s3, ref h3);
            Products(low, lowOdd, high, highOdd, table + (4 * Next), ref s4, ref h4);
        }

        s0.Store(lanes);
        h0.Store(lanes + 16);
        s1.Store(lanes + 32);
        h1.Store(lanes + 48);
        s2.Store(lanes + 64);
        h2.Store(lanes + 80);
        s3.Store(lanes + 96);
        h3.Store(lanes + 112);
        s4.Store(lanes + 128);
        h4.Store(lanes + 144);
    }

    /// <summary>Four products a lane are at most 4(p − 1)² &lt; 2^64; then see <see cref="WideSum"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Products(
        Vector256<uint> low,
        Vector256<uint> lowOdd,
        Vector256<uint> high,
        Vector256<uint> highOdd,
        uint* table,
        ref Vector256<ulong> sum,
        ref Vector256<ulong> highSum)
    {
        Vector256<ulong> first =
            TLanes.WideEven(low, Vector256.LoadAligned(table)) + TLanes.WideEven(lowOdd, Vector256.LoadAligned(table + 8));
        Vector256<ulong> second =
            TLanes.WideEven(high, Vector256.LoadAligned(table + 16)) + TLanes.WideEven(highOdd, Vector256.LoadAligned(table + 24));
        Vector256<ulong> products = first + second;
        sum += products;
        highSum += products >> 32;
    }

    /// <summary>The four rows of a 4 × 4 block added up: lane i of the result is the sum of the lanes of vector i.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> AddUp(ulong* block)
    {
        Vector256<ulong> a = Vector256.Load(block), b = Vector256.Load(block + 4);
        Vector256<ulong> c = Vector256.Load(block + 8), d = Vector256.Load(block + 12);
        if (Avx2.IsSupported)
        {
            Vector256<ulong> ab = Avx2.UnpackLow(a, b) + Avx2.UnpackHigh(a, b); // a0 + a1, b0 + b1, a2 + a3, b2 + b3
            Vector256<ulong> cd = Avx2.UnpackLow(c, d) + Avx2.UnpackHigh(c, d);
            return Avx2.Permute2x128(ab, cd, 0x20) + Avx2.Permute2x128(ab, cd, 0x31);
        }

        return Vector256.Create(Vector256.Sum(a), Vector256.Sum(b), Vector256.Sum(c), Vector256.Sum(d));
    }
}
