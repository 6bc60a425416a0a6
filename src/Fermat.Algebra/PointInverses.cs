using System.Numerics;
using System.Runtime.CompilerServices;

namespace Fermat.Algebra;

/// <summary>The inverses 1/(x − z) for all points x of a coset and one extension point z, as DEEP quotients need them.</summary>
public static unsafe class PointInverses
{
    /// <summary>Computes 1/(x − z) for x = shift·ω^rev(i), i.e. in bit-reversed order.</summary>
    /// <param name="shift">The coset's representative.</param>
    /// <param name="z">The point; not in the coset.</param>
    /// <param name="into">Result i belongs to row i; a power of two long, at most 2^24.</param>
    /// <exception cref="ArgumentException">The length is no such power of two, or z is one of the points.</exception>
    public static void BitReversed(KoalaBear shift, Quintic z, Span<Quintic> into)
    {
        int log = Ntt.Log2(into.Length, nameof(into));
        switch (Kernels.Active)
        {
            case KernelKind.Avx2:
                Run<Avx2Lanes>(log, shift, z, into);
                break;
            case KernelKind.Vector256:
                Run<PortableLanes>(log, shift, z, into);
                break;
            default:
                Run<ScalarLanes>(log, shift, z, into);
                break;
        }
    }

    internal static ArgumentException InDomain(string parameter) => new("the point lies in the evaluation domain", parameter);

    private static void Run<TLanes>(int log, KoalaBear shift, Quintic z, Span<Quintic> into)
        where TLanes : struct, ILanes
    {
        var points = new DomainPoints(log, shift, bitReversed: true);
        var polynomial = new PointPolynomial(z);
        int rows = points.BlockRows;
        int padded = Math.Max(rows, KoalaBearVector.Lanes);
        using var pool = new ScratchPool((nuint)(padded * (Quintic.Degree + 1) * sizeof(uint)));
        fixed (Quintic* pinned = into)
        {
            Quintic* destination = pinned;
            Parallelism.For(0, points.Blocks, block =>
            {
                uint* x = (uint*)pool.Rent();
                uint* coefficients = x + padded;
                points.Fill<TLanes>(block, x);
                for (int i = rows; i < padded; i++)
                    x[i] = x[0]; // lanes without a point of their own
                if (!PointKernel<TLanes>.TryRun(polynomial, x, padded, timesPoint: false, coefficients))
                    throw InDomain(nameof(z));
                Interleave((KoalaBear*)coefficients, padded, destination + ((nint)block * rows), rows);
                pool.Return(x);
            });
        }
    }

    private static void Interleave(KoalaBear* coefficients, int stride, Quintic* destination, int rows)
    {
        for (int i = 0; i < rows; i++)
        {
            KoalaBear* c = coefficients + i;
            destination[i] = new Quintic(c[0], c[stride], c[2 * stride], c[3 * stride], c[4 * stride]);
        }
    }
}
