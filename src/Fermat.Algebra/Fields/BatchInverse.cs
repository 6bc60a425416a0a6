namespace Fermat.Algebra;

/// <summary>
/// Many inverses at the price of one and three multiplications each (Montgomery's trick), in blocks of fixed size on all threads. Within
/// a block eight interleaved chains of products run in the lanes of vectors.
/// </summary>
public static unsafe class BatchInverse
{
    private const int Block = 1024;

    /// <summary>Replaces every element by its inverse.</summary>
    /// <param name="values">No element may be zero.</param>
    /// <exception cref="DivideByZeroException">An element is zero; the span is then left in an unspecified state.</exception>
    public static void Invert(Span<KoalaBear> values)
    {
        int length = values.Length;
        fixed (KoalaBear* pinned = values)
        {
            KoalaBear* pointer = pinned;
            Parallelism.ForRanges(length, Block, (start, end) => InvertBlock(new Span<KoalaBear>(pointer + start, end - start)));
        }
    }

    /// <inheritdoc cref="Invert(Span{KoalaBear})"/>
    public static void Invert(Span<Quintic> values)
    {
        switch (Kernels.Active)
        {
            case KernelKind.Avx2 or KernelKind.Avx512:
                Invert<Avx2Lanes>(values);
                break;
            case KernelKind.Vector256:
                Invert<PortableLanes>(values);
                break;
            default:
                Invert<ScalarLanes>(values);
                break;
        }
    }

    private static void Invert<TLanes>(Span<Quintic> values)
        where TLanes : struct, ILanes
    {
        int length = values.Length;
        using var pool = new ScratchPool((nuint)(Block * sizeof(Quintic)));
        fixed (Quintic* pinned = values)
        {
            Quintic* pointer = pinned;
            Parallelism.ForRanges(length, Block, (start, end) =>
            {
                int whole = (end - start) & ~(KoalaBearVector.Lanes - 1);
                void* prefixes = pool.Rent();
                BatchInverseKernel<TLanes>.Run(pointer + start, whole, (QuinticLanes<TLanes>*)prefixes);
                InvertBlock(new Span<Quintic>(pointer + start + whole, end - start - whole));
                pool.Return(prefixes);
            });
        }
    }

    /// <summary>One chain.</summary>
    internal static void InvertBlock<T>(Span<T> values)
        where T : unmanaged, IField<T>
    {
        if (values.IsEmpty)
            return;
        T* buffer = stackalloc T[values.Length];
        var prefixes = new Span<T>(buffer, values.Length);
        T product = T.One;
        for (int i = 0; i < values.Length; i++)
        {
            prefixes[i] = product;
            product *= values[i];
        }

        T inverse = product.Inverse(); // refuses zero, which the product is exactly when some element is
        for (int i = values.Length - 1; i >= 0; i--)
        {
            T value = values[i];
            values[i] = inverse * prefixes[i];
            inverse *= value;
        }
    }
}
