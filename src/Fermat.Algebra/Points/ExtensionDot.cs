using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>
/// Σ_j w_j · row[j] for fixed extension weights w and many rows of base-field elements: what a verifier computes at each query. The weights are kept
/// coefficient by coefficient, so eight columns are eight lanes. <see cref="LinearCombination"/> does the same for all rows of a matrix.
/// </summary>
public sealed class ExtensionDot
{
    private const int Lanes = KoalaBearVector.Lanes;

    private readonly uint[] _words; // for each eight weights five times eight Montgomery words; the last ones filled up with zeros

    /// <summary>Takes the weights.</summary>
    /// <param name="weights">Any number of them.</param>
    public ExtensionDot(ReadOnlySpan<Quintic> weights)
    {
        Count = weights.Length;
        _words = new uint[(Count + Lanes - 1) / Lanes * Lanes * Quintic.Degree];
        for (int j = 0; j < Count; j++)
        {
            for (int c = 0; c < Quintic.Degree; c++) _words[(((j / Lanes * Quintic.Degree) + c) * Lanes) + (j % Lanes)] = weights[j][c].Raw;
        }
    }

    /// <summary>How many weights there are.</summary>
    public int Count { get; }

    /// <summary>The sum over a row.</summary>
    /// <param name="row">One element a weight.</param>
    /// <exception cref="ArgumentException">Another number of elements.</exception>
    public Quintic Of(ReadOnlySpan<KoalaBear> row)
    {
        if (row.Length != Count) throw new ArgumentException($"there are {Count} weights, not {row.Length}", nameof(row));
        return Kernels.Active switch
        {
            KernelKind.Avx2 or KernelKind.Avx512 => Sum<Avx2Lanes>(row),
            KernelKind.Vector256 => Sum<PortableLanes>(row),
            _ => Sum<ScalarLanes>(row),
        };
    }

    [SkipLocalsInit]
    private Quintic Sum<TLanes>(ReadOnlySpan<KoalaBear> row)
        where TLanes : struct, ILanes
    {
        ReadOnlySpan<uint> cells = MemoryMarshal.Cast<KoalaBear, uint>(row);
        ref uint words = ref MemoryMarshal.GetArrayDataReference(_words);
        Vector256<uint> s0 = default, s1 = default, s2 = default, s3 = default, s4 = default;
        for (int j = 0; j < Count; j += Lanes)
        {
            Vector256<uint> x = j + Lanes <= Count ? Vector256.Create(cells.Slice(j, Lanes)) : Last(cells[j..]);
            ref uint group = ref Unsafe.Add(ref words, j * Quintic.Degree);
            s0 = TLanes.Add(s0, TLanes.Mul(x, Vector256.LoadUnsafe(ref group)));
            s1 = TLanes.Add(s1, TLanes.Mul(x, Vector256.LoadUnsafe(ref group, Lanes)));
            s2 = TLanes.Add(s2, TLanes.Mul(x, Vector256.LoadUnsafe(ref group, 2 * Lanes)));
            s3 = TLanes.Add(s3, TLanes.Mul(x, Vector256.LoadUnsafe(ref group, 3 * Lanes)));
            s4 = TLanes.Add(s4, TLanes.Mul(x, Vector256.LoadUnsafe(ref group, 4 * Lanes)));
        }

        return new Quintic(Across(s0), Across(s1), Across(s2), Across(s3), Across(s4));
    }

    private static Vector256<uint> Last(ReadOnlySpan<uint> cells)
    {
        Span<uint> filled = stackalloc uint[Lanes];
        filled.Clear();
        cells.CopyTo(filled);
        return Vector256.Create<uint>(filled);
    }

    private static KoalaBear Across(Vector256<uint> lanes)
    {
        KoalaBear sum = KoalaBear.Zero;
        for (int i = 0; i < Lanes; i++) sum += KoalaBear.FromRaw(lanes[i]);
        return sum;
    }
}
