using System.Runtime.CompilerServices;

namespace Fermat.Algebra;

/// <summary>Eight chains of extension products at once.</summary>
internal static unsafe class BatchInverseKernel<TLanes>
    where TLanes : struct, ILanes
{
    /// <summary>Inverts a block; zero is refused.</summary>
    /// <param name="values">The elements.</param>
    /// <param name="count">A multiple of eight.</param>
    /// <param name="prefixes">Room for <paramref name="count"/> elements.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(Quintic* values, int count, QuinticLanes<TLanes>* prefixes)
    {
        if (count == 0)
            return;
        QuinticLanes<TLanes> product = QuinticLanes<TLanes>.Broadcast(Quintic.One);
        for (int i = 0; i < count; i += KoalaBearVector.Lanes)
        {
            prefixes[i / KoalaBearVector.Lanes] = product;
            product *= QuinticLanes<TLanes>.Load(values + i);
        }

        Quintic* lanes = stackalloc Quintic[KoalaBearVector.Lanes];
        product.Store(lanes);
        BatchInverse.InvertBlock(new Span<Quintic>(lanes, KoalaBearVector.Lanes));
        QuinticLanes<TLanes> inverse = QuinticLanes<TLanes>.Load(lanes);
        for (int i = count - KoalaBearVector.Lanes; i >= 0; i -= KoalaBearVector.Lanes)
        {
            QuinticLanes<TLanes> value = QuinticLanes<TLanes>.Load(values + i);
            (inverse * prefixes[i / KoalaBearVector.Lanes]).Store(values + i);
            inverse *= value;
        }
    }
}
