using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>Poseidon2 on eight states at once, one state in each lane, step by step as <see cref="Poseidon2Scalar"/>, its twin.</summary>
internal sealed unsafe class Poseidon2Lanes
{
    internal const int Lanes = 8;

    private const int HalfFull = 4;

    private readonly int _width;
    private readonly KoalaBear[] _initial;
    private readonly KoalaBear[] _partial;
    private readonly KoalaBear[] _final;
    private readonly LaneFactor[] _diagonal;

    internal Poseidon2Lanes(Poseidon2Scalar scalar)
    {
        _width = scalar.Diagonal.Length;
        _initial = scalar.Initial.ToArray();
        _partial = scalar.Partial.ToArray();
        _final = scalar.Final.ToArray();
        _diagonal = [.. scalar.Diagonal.Select(d => new LaneFactor(d))];
    }

    internal static bool IsActive => Kernels.Active != KernelKind.Scalar;

    /// <summary>Permutes eight states: as many vectors of reduced words as the width.</summary>
    internal void Permute(Vector256<uint>* state)
    {
        External(state);
        for (int r = 0; r < HalfFull; r++) FullRound(state, _initial.AsSpan(r * _width, _width));
        foreach (KoalaBear constant in _partial)
        {
            state[0] = KoalaBearVector.Cube(KoalaBearVector.Add(state[0], KoalaBearVector.Broadcast(constant)));
            Internal(state);
        }

        for (int r = 0; r < HalfFull; r++) FullRound(state, _final.AsSpan(r * _width, _width));
    }

    private void FullRound(Vector256<uint>* state, ReadOnlySpan<KoalaBear> constants)
    {
        for (int i = 0; i < constants.Length; i++)
            state[i] = KoalaBearVector.Cube(KoalaBearVector.Add(state[i], KoalaBearVector.Broadcast(constants[i])));
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

    private void Internal(Vector256<uint>* state)
    {
        Vector256<uint> even = state[0], odd = state[1];
        for (int i = 2; i < _width; i += 2)
        {
            even = KoalaBearVector.Add(even, state[i]);
            odd = KoalaBearVector.Add(odd, state[i + 1]);
        }

        Vector256<uint> sum = KoalaBearVector.Add(even, odd);
        for (int i = 0; i < _diagonal.Length; i++) state[i] = KoalaBearVector.Add(sum, _diagonal[i].Multiply(state[i]));
    }
}
