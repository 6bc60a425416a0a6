using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// Poseidon2 (ePrint 2023/323) over KoalaBear, width 16: S-box x^3, 8 full and 20 partial rounds. Constants and matrices are those of
/// Plonky3's default instance. External matrix: blocks of the 4 × 4 circulant (2, 3, 1, 1). Internal matrix: all ones plus the diagonal
/// (−2, 1, 2, 1/2, 3, 4, −1/2, −3, −4, 2^−8, 1/8, 2^−24, −2^−8, −1/8, −1/16, −2^−24).
/// </summary>
[SuppressMessage("Naming", "CA1707", Justification = "The width is part of the published name.")]
public static class Poseidon2_16
{
    /// <summary>The number of field elements in a state.</summary>
    public const int Width = 16;

    /// <summary>Full rounds: half of them before the partial rounds, half after.</summary>
    public const int FullRounds = 8;

    /// <summary>Partial rounds.</summary>
    public const int PartialRounds = 20;

    /// <summary>Cubes of a permutation: 16 a full round, one a partial round.</summary>
    public const int Cubes = (FullRounds * Width) + PartialRounds;

    internal static readonly Poseidon2Scalar Scalar = new(
        Width, Poseidon2Constants.Initial16, Poseidon2Constants.Partial16, Poseidon2Constants.Final16, Diagonal());

    internal static readonly Poseidon2Lanes Eight = new(Scalar);

    /// <summary>The constants in the order of their use: 16 for each of the first four full rounds, one for each partial round, 16 for each of the last four.</summary>
    public static ImmutableArray<KoalaBear> RoundConstants { get; } = [.. Scalar.Initial, .. Scalar.Partial, .. Scalar.Final];

    /// <summary>The internal matrix is all ones plus this diagonal.</summary>
    public static ImmutableArray<KoalaBear> InternalDiagonal { get; } = [.. Scalar.Diagonal];

    /// <summary>Permutes 16 elements in place.</summary>
    /// <exception cref="ArgumentException">The span does not hold 16 elements.</exception>
    public static void Permute(Span<KoalaBear> state) => Scalar.Permute(state);

    /// <summary>Permutes many states, eight at a time where the machine can; the calling thread only.</summary>
    /// <param name="states">States of 16 elements, one after the other.</param>
    /// <exception cref="ArgumentException">The span does not hold whole states.</exception>
    public static unsafe void PermuteMany(Span<KoalaBear> states)
    {
        const int lanes = Poseidon2Lanes.Lanes;
        if (states.Length % Width != 0) throw new ArgumentException($"States of {Width} elements are needed, not {states.Length} elements.", nameof(states));
        int done = 0;
        Vector256<uint>* eight = stackalloc Vector256<uint>[Width];
        fixed (KoalaBear* memory = states)
        {
            for (; Poseidon2Lanes.IsActive && done + (lanes * Width) <= states.Length; done += lanes * Width)
            {
                uint* words = (uint*)memory + done;
                Transpose8.Load(words, Width, eight);
                Transpose8.Load(words + lanes, Width, eight + lanes);
                Eight.Permute(eight);
                Transpose8.Store(eight, words, Width);
                Transpose8.Store(eight + lanes, words + lanes, Width);
            }
        }

        for (; done < states.Length; done += Width) Scalar.Permute(states.Slice(done, Width));
    }

    /// <summary>
    /// Permutes eight states that lie lane by lane and records the outputs of their S-boxes likewise: the form in which traces are filled. Words are Montgomery
    /// words (<see cref="KoalaBear.Raw"/>).
    /// </summary>
    /// <param name="state">128 reduced words: element i of state l at place 8·i + l.</param>
    /// <param name="cubes">148 · 8 words: cube j of state l goes to place 8·j + l.</param>
    /// <exception cref="ArgumentException">The spans do not hold 128 and 1184 words.</exception>
    public static unsafe void PermuteRecording8(Span<uint> state, Span<uint> cubes)
    {
        const int lanes = Poseidon2Lanes.Lanes;
        if (state.Length != lanes * Width) throw new ArgumentException($"Eight states have {lanes * Width} words, not {state.Length}.", nameof(state));
        if (cubes.Length != lanes * Cubes) throw new ArgumentException($"Eight permutations have {lanes * Cubes} cubes, not {cubes.Length}.", nameof(cubes));
        if (Poseidon2Lanes.IsActive)
        {
            fixed (uint* words = state, recorded = cubes) Eight.Permute((Vector256<uint>*)words, (Vector256<uint>*)recorded);
            return;
        }

        Span<KoalaBear> one = stackalloc KoalaBear[Width], oneRecorded = stackalloc KoalaBear[Cubes];
        for (int lane = 0; lane < lanes; lane++)
        {
            for (int i = 0; i < Width; i++) one[i] = KoalaBear.FromRaw(state[(lanes * i) + lane]);
            Scalar.Permute(one, oneRecorded);
            for (int i = 0; i < Width; i++) state[(lanes * i) + lane] = one[i].Raw;
            for (int i = 0; i < Cubes; i++) cubes[(lanes * i) + lane] = oneRecorded[i].Raw;
        }
    }

    private static KoalaBear[] Diagonal()
    {
        KoalaBear half = KoalaBear.Half;
        KoalaBear P(int k) => Poseidon2Scalar.InversePowerOfTwo(k);
        return
        [
            KoalaBear.From(-2), KoalaBear.One, KoalaBear.From(2), half, KoalaBear.From(3), KoalaBear.From(4), -half,
            KoalaBear.From(-3), KoalaBear.From(-4), P(8), P(3), P(24), -P(8), -P(3), -P(4), -P(24),
        ];
    }
}
