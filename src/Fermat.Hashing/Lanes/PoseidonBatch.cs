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

    /// <summary>Permutes eight states that lie lane by lane, and records their cubes likewise.</summary>
    internal static void PermuteLanes(Span<uint> state, Span<uint> cubes)
    {
        if (Poseidon16Lanes.IsActive)
        {
            fixed (uint* words = state, recorded = cubes) Poseidon16Lanes.Permute((Vector256<uint>*)words, (Vector256<uint>*)recorded);
            return;
        }

        Span<KoalaBear> one = stackalloc KoalaBear[Width];
        Span<KoalaBear> oneRecorded = stackalloc KoalaBear[Poseidon16.Cubes];
        for (int lane = 0; lane < Lanes; lane++)
        {
            for (int i = 0; i < Width; i++) one[i] = KoalaBear.FromRaw(state[(Lanes * i) + lane]);
            Poseidon16.PermuteRecording(one, oneRecorded);
            for (int i = 0; i < Width; i++) state[(Lanes * i) + lane] = one[i].Raw;
            for (int i = 0; i < Poseidon16.Cubes; i++) cubes[(Lanes * i) + lane] = oneRecorded[i].Raw;
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

        AlgebraicLanes.StoreDigests(state, block, digests);
    }

    /// <summary>Up to eight leaves of any lengths through the chain, one in each lane; a lane that is done goes on with zeros, unused.</summary>
    /// <param name="capacity">The first capacity.</param>
    /// <param name="leaves">For each lane the first element of its leaf.</param>
    /// <param name="blocks">For each lane the number of whole blocks, at least one; zero for a lane without a leaf.</param>
    /// <param name="digests">For each lane its digest.</param>
    [SkipLocalsInit]
    internal static void ChainLanes(ReadOnlySpan<KoalaBear> capacity, KoalaBear** leaves, int* blocks, Digest* digests)
    {
        Vector256<uint>* state = stackalloc Vector256<uint>[Width];
        Vector256<uint>* block = stackalloc Vector256<uint>[8];
        uint* gathered = stackalloc uint[Lanes * 8];
        Digest* finished = stackalloc Digest[Lanes];
        int longest = 0;
        for (int lane = 0; lane < Lanes; lane++) longest = Math.Max(longest, blocks[lane]);
        for (int i = 0; i < 8; i++) state[i + 8] = Vector256.Create(capacity[i].Raw);

        for (int b = 0; b < longest; b++)
        {
            bool anyEnds = false;
            for (int lane = 0; lane < Lanes; lane++)
            {
                var row = new Span<uint>(gathered + (8 * lane), 8);
                if (b < blocks[lane]) new Span<uint>(leaves[lane] + (8 * b), 8).CopyTo(row);
                else row.Clear();
                anyEnds |= b + 1 == blocks[lane];
            }

            Transpose8.Load(gathered, 8, block);
            for (int i = 0; i < 8; i++) state[i] = block[i];
            Poseidon16Lanes.Permute(state, null);
            if (!anyEnds) continue;

            AlgebraicLanes.StoreDigests(state, block, finished); // overwrites elements 0 … 7, which the next block does too
            for (int lane = 0; lane < Lanes; lane++)
            {
                if (b + 1 == blocks[lane]) digests[lane] = finished[lane];
            }
        }
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
        AlgebraicLanes.LoadPairs(left, right, step, tag, state);
        for (int i = 0; i < 8; i++) input[i] = state[i];
        Poseidon16Lanes.Permute(state, null);
        AlgebraicLanes.StoreDigests(state, input, digests);
    }
}
