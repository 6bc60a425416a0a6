using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>
/// The linear combination Σ_j λ_j·cell_j of a row of base-field cells with fixed coefficients of the extension field.
/// </summary>
/// <remarks>
/// Lanes run across columns, 8 at a time. Products of two Montgomery words are below p² &lt; 2^62 and four of them are summed in 64 bits
/// (4·p² &lt; 2^64); then the halves of the sum are added to one accumulator each, which overflows only after 2^32 such steps. One Montgomery
/// reduction a component ends the row.
/// </remarks>
internal sealed unsafe class RowCombiner : IDisposable
{
    /// <summary>Columns a step: four vectors of 8 lanes, so that four products meet in each 64-bit lane.</summary>
    private const int Step = 32;

    private readonly int _columns;
    private readonly int _steps;

    // By step of 32 columns: by component: 32 Montgomery words; zero behind the last column.
    private uint* _words;

    /// <summary>Prepares coefficients.</summary>
    /// <param name="coefficients">λ, one to each column from the first on; further columns do not count.</param>
    public RowCombiner(ReadOnlySpan<Quintic> coefficients)
    {
        _columns = coefficients.Length;
        _steps = (_columns + Step - 1) / Step;
        nuint bytes = (nuint)_steps * Step * Quintic.Degree * sizeof(uint);
        _words = (uint*)NativeMemory.AlignedAlloc(Math.Max(bytes, 64), 64);
        NativeMemory.Clear(_words, bytes);
        for (int j = 0; j < _columns; j++)
        {
            for (int c = 0; c < Quintic.Degree; c++)
                _words[((j / Step * Quintic.Degree) + c) * Step + j % Step] = coefficients[j][c].Raw;
        }
    }

    /// <summary>The combination of a row.</summary>
    /// <param name="row">The row's first cell, with as many readable cells as there are coefficients, rounded up to the matrix's stride.</param>
    public Quintic Combine(KoalaBear* row) => Avx2.IsSupported ? CombineVector(row) : CombineScalar(row);

    /// <summary>The same, one cell at a time.</summary>
    public Quintic CombineScalar(KoalaBear* row)
    {
        Quintic sum = Quintic.Zero;
        for (int j = 0; j < _columns; j++)
        {
            uint* words = _words + (j / Step * Quintic.Degree * Step) + j % Step;
            sum += new Quintic(
                KoalaBear.FromRaw(words[0]), KoalaBear.FromRaw(words[Step]), KoalaBear.FromRaw(words[2 * Step]),
                KoalaBear.FromRaw(words[3 * Step]), KoalaBear.FromRaw(words[4 * Step])) * row[j];
        }

        return sum;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.AlignedFree(_words);
        _words = null;
    }

    private Quintic CombineVector(KoalaBear* row)
    {
        Vector256<ulong> low0 = default, low1 = default, low2 = default, low3 = default, low4 = default;
        Vector256<ulong> high0 = default, high1 = default, high2 = default, high3 = default, high4 = default;
        uint* words = _words;
        var cells = (uint*)row;
        int whole = _columns / Step;
        for (int step = 0; step < whole; step++)
        {
            Vector256<uint> a = Vector256.Load(cells), b = Vector256.Load(cells + 8);
            Vector256<uint> c = Vector256.Load(cells + 16), d = Vector256.Load(cells + 24);
            Accumulate(words, a, b, c, d, ref low0, ref high0);
            Accumulate(words + Step, a, b, c, d, ref low1, ref high1);
            Accumulate(words + 2 * Step, a, b, c, d, ref low2, ref high2);
            Accumulate(words + 3 * Step, a, b, c, d, ref low3, ref high3);
            Accumulate(words + 4 * Step, a, b, c, d, ref low4, ref high4);
            cells += Step;
            words += Step * Quintic.Degree;
        }

        int rest = _columns - whole * Step;
        if (rest > 0)
        {
            // Rows are padded to 16 cells, not to 32; cells behind the last column meet zero coefficients.
            Vector256<uint> a = Vector256.Load(cells), b = Vector256.Load(cells + 8), c = default, d = default;
            if (rest > 16)
            {
                c = Vector256.Load(cells + 16);
                d = Vector256.Load(cells + 24);
            }

            Accumulate(words, a, b, c, d, ref low0, ref high0);
            Accumulate(words + Step, a, b, c, d, ref low1, ref high1);
            Accumulate(words + 2 * Step, a, b, c, d, ref low2, ref high2);
            Accumulate(words + 3 * Step, a, b, c, d, ref low3, ref high3);
            Accumulate(words + 4 * Step, a, b, c, d, ref low4, ref high4);
        }

        return new Quintic(Reduce(low0, high0), Reduce(low1, high1), Reduce(low2, high2), Reduce(low3, high3), Reduce(low4, high4));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Accumulate(
        uint* words, Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, Vector256<uint> d, ref Vector256<ulong> low, ref Vector256<ulong> high)
    {
        Vector256<uint> wa = Vector256.Load(words), wb = Vector256.Load(words + 8);
        Vector256<uint> wc = Vector256.Load(words + 16), wd = Vector256.Load(words + 24);
        Vector256<ulong> even = Avx2.Multiply(a, wa) + Avx2.Multiply(b, wb) + (Avx2.Multiply(c, wc) + Avx2.Multiply(d, wd)); // ≤ 4·(p − 1)²
        Vector256<ulong> odd = Avx2.Multiply(Odd(a), Odd(wa)) + Avx2.Multiply(Odd(b), Odd(wb))
            + (Avx2.Multiply(Odd(c), Odd(wc)) + Avx2.Multiply(Odd(d), Odd(wd)));
        Vector256<ulong> mask = Vector256.Create(0xffffffffUL);
        low += (even & mask) + (odd & mask);
        high += (even >> 32) + (odd >> 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Odd(Vector256<uint> v) => Avx2.ShiftRightLogical(v.AsUInt64(), 32).AsUInt32();

    /// <summary>(low + 2^32·high) / 2^32 modulo p: the sum of products of Montgomery words as a Montgomery word.</summary>
    private static KoalaBear Reduce(Vector256<ulong> low, Vector256<ulong> high)
    {
        ulong l = Vector256.Sum(low) % KoalaBear.Modulus, h = Vector256.Sum(high) % KoalaBear.Modulus;
        return KoalaBear.FromRaw((uint)l) * KoalaBear.FromRaw(1) + KoalaBear.FromRaw((uint)h); // a product of words is divided by 2^32
    }
}
