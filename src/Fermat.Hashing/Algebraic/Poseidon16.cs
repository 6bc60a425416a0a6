using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The Poseidon permutation (Grassi, Khovratovich, Rechberger, Roy, Schofnegger; ePrint 2019/458) over KoalaBear: width 16, S-box x^3,
/// 4 full rounds, 20 partial rounds, 4 full rounds. A full round adds 16 round constants, cubes all 16 elements and multiplies by the
/// MDS matrix; a partial round adds 16 round constants, cubes element 0 only and multiplies by <em>the same full MDS matrix</em>.
/// Constants and matrix are published ones (see <see cref="Poseidon16Constants"/>).
/// </summary>
public static class Poseidon16
{
    /// <summary>The number of field elements in a state.</summary>
    public const int Width = 16;

    /// <summary>Full rounds in all; half of them before and half after the partial rounds.</summary>
    public const int FullRounds = 8;

    /// <summary>Partial rounds.</summary>
    public const int PartialRounds = 20;

    /// <summary>All rounds: 28.</summary>
    public const int Rounds = FullRounds + PartialRounds;

    /// <summary>Cubes in one permutation: 16 in each full round, 1 in each partial round, 148 in all.</summary>
    public const int Cubes = (FullRounds * Width) + PartialRounds;

    private const int HalfFull = FullRounds / 2;

    /// <summary>The round constants: 28 rounds (4 full, 20 partial, 4 full) of 16 elements, added before the S-boxes.</summary>
    public static ImmutableArray<ImmutableArray<KoalaBear>> RoundConstants { get; } = BuildRoundConstants();

    /// <summary>The MDS matrix, <c>Mds[i][j]</c> being the weight of input j in output i. Circulant, with entries of at most 101.</summary>
    public static ImmutableArray<ImmutableArray<KoalaBear>> Mds { get; } = BuildMds();

    /// <summary>The partial rounds in an equivalent form with sparse matrices: what provers and circuits evaluate.</summary>
    public static Poseidon16Sparse Sparse { get; } = new(RoundConstants.AsSpan().Slice(HalfFull, PartialRounds), Mds);

    private static readonly KoalaBear[] FlatConstants = [.. RoundConstants.SelectMany(r => r)];

    /// <summary>Permutes 16 elements in place.</summary>
    /// <exception cref="ArgumentException">The span does not hold 16 elements.</exception>
    public static void Permute(Span<KoalaBear> state) => Run(state, default);

    /// <summary>
    /// Permutes 16 elements in place and records every S-box output in the order of computation: 16 for each full round and one for
    /// each partial round. These 148 values are the witness of a permutation in a circuit.
    /// </summary>
    /// <exception cref="ArgumentException">The spans do not hold 16 and 148 elements.</exception>
    public static void PermuteRecording(Span<KoalaBear> state, Span<KoalaBear> cubes)
    {
        if (cubes.Length != Cubes) throw new ArgumentException($"A permutation has {Cubes} cubes.", nameof(cubes));
        Run(state, cubes);
    }

    /// <summary>Permutes many states, eight at a time where the machine can; the calling thread only.</summary>
    /// <param name="states">States of 16 elements, one after the other.</param>
    /// <exception cref="ArgumentException">The span does not hold whole states.</exception>
    public static void PermuteMany(Span<KoalaBear> states) => PoseidonBatch.Permute(states, default);

    /// <summary>Permutes many states as <see cref="PermuteMany"/> and records the cubes of each as <see cref="PermuteRecording"/> does.</summary>
    /// <param name="states">States of 16 elements, one after the other.</param>
    /// <param name="cubes">148 elements for each state.</param>
    /// <exception cref="ArgumentException">The spans do not hold whole states and 148 elements for each.</exception>
    public static void PermuteManyRecording(Span<KoalaBear> states, Span<KoalaBear> cubes)
    {
        if (cubes.Length != (long)states.Length / Width * Cubes) throw new ArgumentException($"{Cubes} cubes are needed for each state.", nameof(cubes));
        PoseidonBatch.Permute(states, cubes);
    }

    /// <summary>
    /// Permutes eight states that lie lane by lane and records their cubes likewise: the form in which traces are filled. Words are Montgomery
    /// words (<see cref="KoalaBear.Raw"/>).
    /// </summary>
    /// <param name="state">128 reduced words: element i of state l at place 8·i + l.</param>
    /// <param name="cubes">148 · 8 words: cube j of state l goes to place 8·j + l.</param>
    /// <exception cref="ArgumentException">The spans do not hold 128 and 1184 words.</exception>
    public static void PermuteRecording8(Span<uint> state, Span<uint> cubes)
    {
        if (state.Length != 8 * Width) throw new ArgumentException($"Eight states have {8 * Width} words, not {state.Length}.", nameof(state));
        if (cubes.Length != 8 * Cubes) throw new ArgumentException($"Eight permutations have {8 * Cubes} cubes, not {cubes.Length}.", nameof(cubes));
        PoseidonBatch.PermuteLanes(state, cubes);
    }

    /// <summary>
    /// Two-to-one compression with feed-forward: the first eight elements of P(left ‖ right) + (left ‖ right). Without any tag: Merkle
    /// trees use the tagged forms of <see cref="StateTreeHash"/> and <see cref="MerkleTree"/>. Output may overlap input.
    /// </summary>
    public static void Compress(ReadOnlySpan<KoalaBear> left, ReadOnlySpan<KoalaBear> right, Span<KoalaBear> output)
    {
        Span<KoalaBear> input = stackalloc KoalaBear[Width];
        left[..8].CopyTo(input);
        right[..8].CopyTo(input[8..]);
        CompressState(input, output);
    }

    /// <summary>The first eight elements of P(input) + input.</summary>
    internal static void CompressState(ReadOnlySpan<KoalaBear> input, Span<KoalaBear> output)
    {
        Span<KoalaBear> state = stackalloc KoalaBear[Width];
        input.CopyTo(state);
        Permute(state);
        for (int i = 0; i < 8; i++) output[i] = state[i] + input[i];
    }

    private static void Run(Span<KoalaBear> state, Span<KoalaBear> cubes)
    {
        if (state.Length != Width) throw new ArgumentException($"A state has {Width} elements, not {state.Length}.", nameof(state));
        int recorded = 0;
        ReadOnlySpan<KoalaBear> constants = FlatConstants;

        for (int r = 0; r < HalfFull; r++) FullRound(state, constants.Slice(Width * r, Width), cubes, ref recorded);
        for (int r = 0; r < PartialRounds; r++)
        {
            KoalaBear x = state[0] + Sparse.Constants[r];
            state[0] = x * x * x;
            if (!cubes.IsEmpty) cubes[recorded++] = state[0];
            Sparse.Multiply(r, state);
        }

        for (int r = Rounds - HalfFull; r < Rounds; r++) FullRound(state, constants.Slice(Width * r, Width), cubes, ref recorded);
    }

    private static void FullRound(Span<KoalaBear> state, ReadOnlySpan<KoalaBear> constants, Span<KoalaBear> cubes, ref int recorded)
    {
        for (int i = 0; i < Width; i++)
        {
            KoalaBear x = state[i] + constants[i];
            state[i] = x * x * x;
        }

        if (!cubes.IsEmpty)
        {
            state.CopyTo(cubes[recorded..]);
            recorded += Width;
        }

        MultiplyMds(state);
    }

    /// <summary>state ← MDS · state. The entries sum to 371, so a sum of Montgomery words stays below 2^40 and is reduced once.</summary>
    [SkipLocalsInit]
    private static unsafe void MultiplyMds(Span<KoalaBear> state)
    {
        ulong* words = stackalloc ulong[2 * Width];
        for (int i = 0; i < Width; i++) words[i] = words[i + Width] = state[i].Raw;
        fixed (uint* row = Poseidon16Constants.MdsFirstRow)
        {
            for (int i = 0; i < Width; i++)
            {
                ulong* x = words + i;
                ulong even = 0, odd = 0;
                for (int j = 0; j < Width; j += 4)
                {
                    even += (row[j] * x[j]) + (row[j + 2] * x[j + 2]);
                    odd += (row[j + 1] * x[j + 1]) + (row[j + 3] * x[j + 3]);
                }

                state[i] = WideWords.Reduce(even + odd);
            }
        }
    }

    private static ImmutableArray<ImmutableArray<KoalaBear>> BuildRoundConstants()
    {
        var rounds = ImmutableArray.CreateBuilder<ImmutableArray<KoalaBear>>(Rounds);
        ReadOnlySpan<uint> values = Poseidon16Constants.Rounds;
        for (int r = 0; r < Rounds; r++)
        {
            var round = new KoalaBear[Width];
            for (int i = 0; i < Width; i++) round[i] = KoalaBear.From(values[(Width * r) + i]);
            rounds.Add([.. round]);
        }

        return rounds.MoveToImmutable();
    }

    private static ImmutableArray<ImmutableArray<KoalaBear>> BuildMds()
    {
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<KoalaBear>>(Width);
        ReadOnlySpan<uint> first = Poseidon16Constants.MdsFirstRow;
        for (int i = 0; i < Width; i++)
        {
            var row = new KoalaBear[Width];
            for (int j = 0; j < Width; j++) row[j] = KoalaBear.From(first[(j - i + Width) % Width]);
            rows.Add([.. row]);
        }

        return rows.MoveToImmutable();
    }
}
