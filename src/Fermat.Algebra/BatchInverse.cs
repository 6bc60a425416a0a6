namespace Fermat.Algebra;

/// <summary>Many inverses at the price of one and three multiplications each (Montgomery's trick), in fixed blocks on all threads.</summary>
public static class BatchInverse
{
    private const int Block = 1024;

    /// <summary>Replaces every element by its inverse.</summary>
    /// <param name="values">No element may be zero.</param>
    /// <exception cref="DivideByZeroException">An element is zero; the span is then left in an unspecified state.</exception>
    public static void Invert(Span<KoalaBear> values) => InvertAll(values);

    /// <inheritdoc cref="Invert(Span{KoalaBear})"/>
    public static void Invert(Span<Quintic> values) => InvertAll(values);

    private static unsafe void InvertAll<T>(Span<T> values)
        where T : unmanaged, IField<T>
    {
        int length = values.Length;
        fixed (T* pinned = values)
        {
            T* pointer = pinned;
            Parallelism.ForRanges(length, Block, (start, end) => InvertBlock(new Span<T>(pointer + start, end - start)));
        }
    }

    private static void InvertBlock<T>(Span<T> values)
        where T : unmanaged, IField<T>
    {
        Span<T> prefixes = new T[Block];
        T product = T.One;
        for (int i = 0; i < values.Length; i++)
        {
            prefixes[i] = product;
            product *= values[i];
        }

        T inverse = product.Inverse(); // zero exactly when some element is zero
        for (int i = values.Length - 1; i >= 0; i--)
        {
            T value = values[i];
            values[i] = inverse * prefixes[i];
            inverse *= value;
        }
    }
}
