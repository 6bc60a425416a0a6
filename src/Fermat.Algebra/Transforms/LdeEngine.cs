using System.Runtime.CompilerServices;

namespace Fermat.Algebra;

/// <summary>Entry points of the matrix transforms: chooses the kernel and the number of passes.</summary>
internal static class LdeEngine
{
    /// <summary>The largest transform done in one pass: a tile of 2^11 rows is 128 KiB and stays in the second-level cache.</summary>
    internal const int SinglePassLog = 11;

    /// <summary>Evaluates the source's polynomials on the cosets, block after block of the result.</summary>
    /// <param name="source">The polynomials.</param>
    /// <param name="result">As many blocks of 2^log rows as there are cosets; written in bit-reversed order.</param>
    /// <param name="cosets">The representatives.</param>
    /// <param name="cancellationToken">Checked between tasks.</param>
    public static void Run(LdeSource source, Matrix result, KoalaBear[] cosets, CancellationToken cancellationToken)
    {
        switch (Kernels.Active)
        {
            case KernelKind.Avx2 or KernelKind.Avx512:
                Run<Avx2Lanes>(source, result, cosets, cancellationToken);
                break;
            case KernelKind.Vector256:
                Run<PortableLanes>(source, result, cosets, cancellationToken);
                break;
            default:
                Run<ScalarLanes>(source, result, cosets, cancellationToken);
                break;
        }
    }

    /// <summary>From values on shift·H in bit-reversed order to coefficients in natural order, in place.</summary>
    public static void Interpolate(LdeSource source, KoalaBear shift, CancellationToken cancellationToken)
    {
        switch (Kernels.Active)
        {
            case KernelKind.Avx2 or KernelKind.Avx512:
                Interpolate<Avx2Lanes>(source, shift, cancellationToken);
                break;
            case KernelKind.Vector256:
                Interpolate<PortableLanes>(source, shift, cancellationToken);
                break;
            default:
                Interpolate<ScalarLanes>(source, shift, cancellationToken);
                break;
        }
    }

    private static void Run<TLanes>(LdeSource source, Matrix result, KoalaBear[] cosets, CancellationToken cancellationToken)
        where TLanes : struct, ILanes
    {
        if (source.Log <= SinglePassLog)
            SinglePassLde<TLanes>.Run(source, result, cosets, cancellationToken);
        else
            ThreePassLde<TLanes>.Run(source, result, cosets, cancellationToken);
    }

    private static void Interpolate<TLanes>(LdeSource source, KoalaBear shift, CancellationToken cancellationToken)
        where TLanes : struct, ILanes
    {
        if (source.Log <= SinglePassLog)
            SinglePassLde<TLanes>.Interpolate(source, shift, cancellationToken);
        else
            ThreePassLde<TLanes>.Interpolate(source, shift, cancellationToken);
    }
}
