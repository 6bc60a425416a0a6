using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>Many Poseidon states of width 16 in memory, through the lanes where they are active and one by one where not.</summary>
internal static unsafe class PoseidonBatch
{
    private const int Width = Poseidon16.Width, Lanes = Poseidon16Lanes.Lanes, Batch = Lanes * Width;

    /// <summary>Permutes states that lie one after the other; records 148 cubes for each, one state after the other, unless the span is empty.</summary>
    internal static void Permute(Span<KoalaBear> states, Span<KoalaBear> cubes)
    {
        if (states.Length % Width != 0) throw new ArgumentException($"States of {Width} elements are needed, not {states.Length} elements.", nameof(states));
        int done = 0;
        if (Poseidon16Lanes.IsActive)
        {
            for (; done + Batch <= states.Length; done += Batch)
            {
                Span<KoalaBear> recorded = cubes.IsEmpty ? default : cubes.Slice(done / Width * Poseidon16.Cubes, Lanes * Poseidon16.Cubes);
                PermuteEight(states.Slice(done, Batch), recorded);
            }
        }

        for (; done < states.Length; done += Width)
        {
            Span<KoalaBear> state = states.Slice(done, Width);
            if (cubes.IsEmpty) Poseidon16.Permute(state);
            else Poseidon16.PermuteRecording(state, cubes.Slice(done / Width * Poseidon16.Cubes, Poseidon16.Cubes));
        }
    }

    [SkipLocalsInit]
    private static void PermuteEight(Span<KoalaBear> states, Span<KoalaBear> cubes)
    {
        Vector256<uint>* state = stackalloc Vector256<uint>[Width];
        Vector256<uint>* recorded = stackalloc Vector256<uint>[Poseidon16.Cubes + 4];
        fixed (KoalaBear* memory = states)
        fixed (KoalaBear* cubeMemory = cubes)
        {
            Transpose8.Load((uint*)memory, Width, state);
            Transpose8.Load((uint*)memory + 8, Width, state + 8);
            Poseidon16Lanes.Permute(state, cubes.IsEmpty ? null : recorded);
            Transpose8.Store(state, (uint*)memory, Width);
            Transpose8.Store(state + 8, (uint*)memory + 8, Width);
            if (cubes.IsEmpty) return;

            int whole = Poseidon16.Cubes / Lanes * Lanes;
            for (int i = 0; i < whole; i += Lanes) Transpose8.Store(recorded + i, (uint*)cubeMemory + i, Poseidon16.Cubes);
            for (int i = whole; i < Poseidon16.Cubes; i++)
            {
                for (int lane = 0; lane < Lanes; lane++) cubeMemory[(lane * Poseidon16.Cubes) + i] = KoalaBear.FromRaw(recorded[i][lane]);
            }
        }
    }

    /// <summary>
    /// Eight leaves of equal length through the chain of <see cref="PoseidonChain"/>: elements in rows, one leaf a row, filled with zeros to a
    /// multiple of eight.
    /// </summary>
    [SkipLocalsInit]
    internal static void ChainEight(ReadOnlySpan<KoalaBear> capacity, KoalaBear* rows, nint pitch, int blocks, Digest* digests)
    {
        Vector256<uint>* state = stackalloc Vector256<uint>[Width];
        for (int i = 0; i < 8; i++) state[i + 8] = Vector256.Create(capacity[i].Raw);
        Vector256<uint>* block = stackalloc Vector256<uint>[8];
        for (int b = 0; b < blocks; b++)
        {
            Transpose8.Load((uint*)rows + (8 * b), pitch, block);
            for (int i = 0; i < 8; i++) state[i] = block[i];
            Poseidon16Lanes.Permute(state, null);
        }

        StoreDigests(state, block, digests);
    }

    /// <summary>
    /// Eight compressions with feed-forward and a tag added to the right half: digest i is that of <c>(left[i·step] ‖ right[i·step] + tag)</c>. The
    /// digests are canonical.
    /// </summary>
    [SkipLocalsInit]
    internal static void CompressEight(Digest* left, Digest* right, int step, ReadOnlySpan<KoalaBear> tag, Digest* digests)
    {
        Vector256<uint>* state = stackalloc Vector256<uint>[Width];
        Vector256<uint>* input = stackalloc Vector256<uint>[8];
        Transpose8.Load((uint*)left, step * Digest.Words, state);
        Transpose8.Load((uint*)right, step * Digest.Words, state + 8);
        for (int i = 0; i < Width; i++) state[i] = LaneFactor.ToMontgomery.Multiply(state[i]);
        for (int i = 0; i < 8; i++)
        {
            input[i] = state[i];
            state[i + 8] = KoalaBearVector.Add(state[i + 8], KoalaBearVector.Broadcast(tag[i]));
        }

        Poseidon16Lanes.Permute(state, null);
        StoreDigests(state, input, digests);
    }

    /// <summary>digests ← (state + input)[0..8] in canonical words.</summary>
    private static void StoreDigests(Vector256<uint>* state, Vector256<uint>* input, Digest* digests)
    {
        for (int i = 0; i < 8; i++) state[i] = LaneFactor.ToCanonical.Multiply(KoalaBearVector.Add(state[i], input[i]));
        Transpose8.Store(state, (uint*)digests, Digest.Words);
    }
}
