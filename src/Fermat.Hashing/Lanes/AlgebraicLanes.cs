using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>Algebraic digests in memory (canonical words) to and from eight lanes (Montgomery words).</summary>
internal static unsafe class AlgebraicLanes
{
    /// <summary>Lane i of state ← <c>(left[i·step] ‖ right[i·step] + tag)</c>.</summary>
    /// <param name="left">Canonical digests.</param>
    /// <param name="right">Canonical digests.</param>
    /// <param name="step">Digests from one pair to the next.</param>
    /// <param name="tag">Eight elements.</param>
    /// <param name="state">16 vectors.</param>
    internal static void LoadPairs(Digest* left, Digest* right, int step, ReadOnlySpan<KoalaBear> tag, Vector256<uint>* state)
    {
        Transpose8.Load((uint*)left, step * Digest.Words, state);
        Transpose8.Load((uint*)right, step * Digest.Words, state + Digest.Words);
        LaneFactor toMontgomery = LaneFactor.ToMontgomery;
        for (int i = 0; i < 2 * Digest.Words; i++) state[i] = toMontgomery.Multiply(state[i]);
        for (int i = 0; i < Digest.Words; i++)
            state[i + Digest.Words] = KoalaBearVector.Add(state[i + Digest.Words], KoalaBearVector.Broadcast(tag[i]));
    }

    /// <summary>digests ← (state + input)[0..8] in canonical words; elements 0 … 7 of the state are lost.</summary>
    internal static void StoreDigests(Vector256<uint>* state, Vector256<uint>* input, Digest* digests)
    {
        LaneFactor toCanonical = LaneFactor.ToCanonical;
        for (int i = 0; i < Digest.Words; i++) state[i] = toCanonical.Multiply(KoalaBearVector.Add(state[i], input[i]));
        Transpose8.Store(state, (uint*)digests, Digest.Words);
    }
}
