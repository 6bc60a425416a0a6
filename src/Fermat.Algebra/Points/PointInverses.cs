using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Fermat.Algebra;

/// <summary>The inverses 1/(x − z) for all points x of a coset and one extension point z, and the DEEP quotients made of them.</summary>
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
        fixed (Quintic* pinned = into)
            Dispatch(new DomainPoints(log, shift, bitReversed: true), z, null, default, pinned);
    }

    /// <summary>
    /// DEEP quotients: adds (values[i] − valueAtPoint)/(x − z) to into[i], for x = shift·ω^rev(i), i.e. in bit-reversed order.
    /// </summary>
    /// <param name="shift">The coset's representative.</param>
    /// <param name="z">The point; not in the coset.</param>
    /// <param name="values">The values of a function on the coset; a power of two long, at most 2^24.</param>
    /// <param name="valueAtPoint">What is claimed to be its value at z.</param>
    /// <param name="into">As long as the values; must not overlap them.</param>
    /// <exception cref="ArgumentException">The lengths differ or are no such power of two, or z is one of the points.</exception>
    public static void AddQuotientsBitReversed(
        KoalaBear shift, Quintic z, ReadOnlySpan<Quintic> values, Quintic valueAtPoint, Span<Quintic> into)
    {
        if (values.Length != into.Length)
            throw new ArgumentException($"there are {values.Length} values for {into.Length} quotients", nameof(values));
        int log = Ntt.Log2(into.Length, nameof(into));
        fixed (Quintic* source = values, destination = into)
            Dispatch(new DomainPoints(log, shift, bitReversed: true), z, source, valueAtPoint, destination);
    }

    internal static ArgumentException InDomain(string parameter) => new("the point lies in the evaluation domain", parameter);

    private static void Dispatch(DomainPoints points, Quintic z, Quintic* values, Quintic valueAtPoint, Quintic* into)
    {
        switch (Kernels.Active)
        {
            case KernelKind.Avx2 or KernelKind.Avx512:
                Run<Avx2Lanes>(points, z, values, valueAtPoint, into);
                break;
            case KernelKind.Vector256:
                Run<PortableLanes>(points, z, values, valueAtPoint, into);
                break;
            default:
                Run<ScalarLanes>(points, z, values, valueAtPoint, into);
                break;
        }
    }

    /// <summary>Without values the inverses themselves are written; with values the quotients are added.</summary>
    private static void Run<TLanes>(DomainPoints points, Quintic z, Quintic* values, Quintic valueAtPoint, Quintic* into)
        where TLanes : struct, ILanes
    {
        var polynomial = new PointPolynomial(z);
        int rows = points.BlockRows;
        int padded = Math.Max(rows, KoalaBearVector.Lanes);
        using var pool = new ScratchPool((nuint)(padded * (Quintic.Degree + 1) * sizeof(uint)));
        Parallelism.For(0, points.Blocks, block =>
        {
            uint* x = (uint*)pool.Rent();
            uint* inverses = x + padded;
            points.Fill<TLanes>(block, x);
            if (!PointKernel<TLanes>.TryRun(polynomial, x, padded, timesPoint: false, inverses))
                throw InDomain(nameof(z));
            nint first = (nint)block * rows;
            if (rows < KoalaBearVector.Lanes)
                FewRows((KoalaBear*)inverses, padded, values, valueAtPoint, into, rows);
            else if (values is null)
                Interleave<TLanes>(inverses, rows, into + first);
            else
                AddQuotients<TLanes>(inverses, rows, values + first, valueAtPoint, into + first);
            pool.Return(x);
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Interleave<TLanes>(uint* inverses, int rows, Quintic* into)
        where TLanes : struct, ILanes
    {
        for (int i = 0; i < rows; i += KoalaBearVector.Lanes)
            Inverses<TLanes>(inverses + i, rows).Store(into + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddQuotients<TLanes>(uint* inverses, int rows, Quintic* values, Quintic valueAtPoint, Quintic* into)
        where TLanes : struct, ILanes
    {
        QuinticLanes<TLanes> constant = QuinticLanes<TLanes>.Broadcast(valueAtPoint);
        for (int i = 0; i < rows; i += KoalaBearVector.Lanes)
        {
            QuinticLanes<TLanes> quotient = (QuinticLanes<TLanes>.Load(values + i) - constant) * Inverses<TLanes>(inverses + i, rows);
            (QuinticLanes<TLanes>.Load(into + i) + quotient).Store(into + i);
        }
    }

    /// <summary>Domains of one, two or four points.</summary>
    private static void FewRows(KoalaBear* inverses, int stride, Quintic* values, Quintic valueAtPoint, Quintic* into, int rows)
    {
        for (int i = 0; i < rows; i++)
        {
            KoalaBear* c = inverses + i;
            var inverse = new Quintic(c[0], c[stride], c[2 * stride], c[3 * stride], c[4 * stride]);
            into[i] = values is null ? inverse : into[i] + ((values[i] - valueAtPoint) * inverse);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static QuinticLanes<TLanes> Inverses<TLanes>(uint* words, int stride)
        where TLanes : struct, ILanes => new(
            Vector256.Load(words),
            Vector256.Load(words + stride),
            Vector256.Load(words + (2 * (nint)stride)),
            Vector256.Load(words + (3 * (nint)stride)),
            Vector256.Load(words + (4 * (nint)stride)));
}
