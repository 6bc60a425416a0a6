using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>Poseidon2 on eight states at once, one state in each lane, step by step as <see cref="Poseidon2Scalar"/>, its twin.</summary>
internal sealed unsafe class Poseidon2Lanes
{
    internal const int Lanes = 8;

    private const int HalfFull = 4;

    /// <summary>The first entries of the diagonal, the same in every width; the others are powers of two.</summary>
    private const int Fixed = 9;

    private readonly int _width;
    private readonly KoalaBear[] _initial;
    private readonly KoalaBear[] _partial;
    private readonly KoalaBear[] _final;
    private readonly int[] _added;
    private readonly int[] _subtracted;

    internal Poseidon2Lanes(Poseidon2Scalar scalar)
    {
        _width = scalar.Diagonal.Length;
        _initial = scalar.Initial.ToArray();
        _partial = scalar.Partial.ToArray();
        _final = scalar.Final.ToArray();
        KoalaBear half = KoalaBear.Half;
        ReadOnlySpan<KoalaBear> head =
        [
            KoalaBear.From(-2), KoalaBear.One, KoalaBear.From(2), half, KoalaBear.From(3), KoalaBear.From(4), -half, KoalaBear.From(-3), KoalaBear.From(-4),
        ];
        _added = Shifts(scalar.Diagonal.AsSpan(Fixed), negative: false);
        _subtracted = Shifts(scalar.Diagonal.AsSpan(Fixed + _added.Length), negative: true);
        if (!scalar.Diagonal.AsSpan(0, Fixed).SequenceEqual(head) || Fixed + _added.Length + _subtracted.Length != _width)
            throw new ArgumentException("the diagonal is not made of small integers, halves and powers of two as expected", nameof(scalar));
    }

    internal static bool IsActive => Kernels.Active != KernelKind.Scalar;

    /// <summary>Permutes eight states.</summary>
    /// <param name="state">As many vectors of reduced words as the width.</param>
    /// <param name="cubes">Null, or room for a vector for each S-box: their outputs in order.</param>
    internal void Permute(Vector256<uint>* state, Vector256<uint>* cubes = null)
    {
        External(state);
        for (int r = 0; r < HalfFull; r++) FullRound(state, _initial.AsSpan(r * _width, _width), ref cubes);
        foreach (KoalaBear constant in _partial)
        {
            state[0] = KoalaBearVector.Cube(KoalaBearVector.Add(state[0], KoalaBearVector.Broadcast(constant)));
            if (cubes != null) *cubes++ = state[0];
            Internal(state);
        }

        for (int r = 0; r < HalfFull; r++) FullRound(state, _final.AsSpan(r * _width, _width), ref cubes);
    }

    private void FullRound(Vector256<uint>* state, ReadOnlySpan<KoalaBear> constants, ref Vector256<uint>* cubes)
    {
        for (int i = 0; i < constants.Length; i++)
            state[i] = KoalaBearVector.Cube(KoalaBearVector.Add(state[i], KoalaBearVector.Broadcast(constants[i])));
        if (cubes != null)
        {
            for (int i = 0; i < constants.Length; i++) cubes[i] = state[i];
            cubes += constants.Length;
        }

        External(state);
    }

    [SkipLocalsInit]
    private void External(Vector256<uint>* state)
    {
        Vector256<uint>* sums = stackalloc Vector256<uint>[4];
        for (int k = 0; k < 4; k++) sums[k] = Vector256<uint>.Zero;
        for (int i = 0; i < _width; i += 4)
        {
            Vector256<uint> a = state[i], b = state[i + 1], c = state[i + 2], d = state[i + 3];
            Vector256<uint> ab = KoalaBearVector.Add(a, b), cd = KoalaBearVector.Add(c, d), all = KoalaBearVector.Add(ab, cd);
            Vector256<uint> allB = KoalaBearVector.Add(all, b), allD = KoalaBearVector.Add(all, d);
            state[i] = KoalaBearVector.Add(allB, ab);
            state[i + 1] = KoalaBearVector.Add(allB, KoalaBearVector.Double(c));
            state[i + 2] = KoalaBearVector.Add(allD, cd);
            state[i + 3] = KoalaBearVector.Add(allD, KoalaBearVector.Double(a));
            for (int k = 0; k < 4; k++) sums[k] = KoalaBearVector.Add(sums[k], state[i + k]);
        }

        for (int i = 0; i < _width; i++) state[i] = KoalaBearVector.Add(state[i], sums[i & 3]);
    }

    /// <summary>
    /// Sum plus diagonal. Both widths' diagonals are −2, 1, 2, 1/2, 3, 4, −1/2, −3, −4, then powers 2^−k, then powers −2^−k: additions and shifts do, which leaves the
    /// multipliers, of which cubes need many, alone.
    /// </summary>
    private void Internal(Vector256<uint>* state)
    {
        Vector256<uint> even = state[0], odd = state[1];
        for (int i = 2; i < _width; i += 2)
        {
            even = KoalaBearVector.Add(even, state[i]);
            odd = KoalaBearVector.Add(odd, state[i + 1]);
        }

        Vector256<uint> sum = KoalaBearVector.Add(even, odd);
        state[0] = KoalaBearVector.Sub(sum, KoalaBearVector.Double(state[0]));
        state[1] = KoalaBearVector.Add(sum, state[1]);
        state[2] = KoalaBearVector.Add(sum, KoalaBearVector.Double(state[2]));
        state[3] = KoalaBearVector.Add(sum, Half(state[3]));
        state[4] = KoalaBearVector.Add(sum, KoalaBearVector.Add(state[4], KoalaBearVector.Double(state[4])));
        state[5] = KoalaBearVector.Add(sum, KoalaBearVector.Double(KoalaBearVector.Double(state[5])));
        state[6] = KoalaBearVector.Sub(sum, Half(state[6]));
        state[7] = KoalaBearVector.Sub(sum, KoalaBearVector.Add(state[7], KoalaBearVector.Double(state[7])));
        state[8] = KoalaBearVector.Sub(sum, KoalaBearVector.Double(KoalaBearVector.Double(state[8])));
        int at = Fixed;
        foreach (int k in _added)
        {
            state[at] = KoalaBearVector.Add(sum, Shifted(state[at], k));
            at++;
        }

        foreach (int k in _subtracted)
        {
            state[at] = KoalaBearVector.Sub(sum, Shifted(state[at], k));
            at++;
        }
    }

    /// <summary>x/2: of x or x + p the one that is even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Half(Vector256<uint> x) =>
        (x >> 1) + ((Vector256<uint>.Zero - (x & Vector256<uint>.One)) & Vector256.Create((KoalaBear.Modulus + 1) / 2));

    /// <summary>
    /// x·2^−k, 1 ≤ k ≤ 24. With x = high·2^k + low this is high + low·2^−k, and 2^−k = −127·2^(24−k) because p = 127·2^24 + 1. With t = low·2^(24−k), below 2^24,
    /// high − 127·t lies in (−p, p).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Shifted(Vector256<uint> x, int k)
    {
        Vector256<uint> t = (x << (24 - k)) & Vector256.Create((1u << 24) - 1);
        Vector256<uint> difference = (x >> k) + t - (t << 7);
        return Vector256.Min(difference, difference + Vector256.Create(KoalaBear.Modulus));
    }

    /// <summary>k by k, for elements of the diagonal that are sign · 2^−k, from a place on as long as there are any.</summary>
    private static int[] Shifts(ReadOnlySpan<KoalaBear> diagonal, bool negative)
    {
        var shifts = new List<int>();
        foreach (KoalaBear entry in diagonal)
        {
            int k = 1;
            while (k <= 24 && Poseidon2Scalar.InversePowerOfTwo(k) != (negative ? -entry : entry)) k++;
            if (k > 24) break;
            shifts.Add(k);
        }

        return [.. shifts];
    }
}
