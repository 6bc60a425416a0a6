using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// Poseidon2 (Grassi, Khovratovich, Schofnegger; ePrint 2023/323) over KoalaBear with S-box x^3, one state at a time, for widths that are
/// multiples of four: an external matrix; 4 full rounds (constants, cubes, external matrix); the partial rounds (one constant and cube
/// at element 0, internal matrix); 4 full rounds.
/// </summary>
internal sealed class Poseidon2Scalar
{
    private const int HalfFull = 4;

    private readonly int _width;
    private readonly KoalaBear[] _initial;
    private readonly KoalaBear[] _partial;
    private readonly KoalaBear[] _final;

    internal Poseidon2Scalar(int width, ReadOnlySpan<uint> initial, ReadOnlySpan<uint> partial, ReadOnlySpan<uint> final, KoalaBear[] diagonal)
    {
        _width = width;
        _initial = ToFields(initial);
        _partial = ToFields(partial);
        _final = ToFields(final);
        Diagonal = diagonal;
    }

    /// <summary>The internal matrix is J + diag(Diagonal), J being all ones.</summary>
    internal KoalaBear[] Diagonal { get; }

    internal ReadOnlySpan<KoalaBear> Initial => _initial;
    internal ReadOnlySpan<KoalaBear> Partial => _partial;
    internal ReadOnlySpan<KoalaBear> Final => _final;

    /// <summary>Permutes a state.</summary>
    /// <param name="state">As many elements as the width.</param>
    /// <param name="cubes">Receives the output of each S-box, in the order of computation; empty where nobody wants them.</param>
    internal void Permute(Span<KoalaBear> state, Span<KoalaBear> cubes = default)
    {
        if (state.Length != _width) throw new ArgumentException($"A state has {_width} elements, not {state.Length}.", nameof(state));
        External(state);
        for (int r = 0; r < HalfFull; r++) FullRound(state, _initial.AsSpan(r * _width, _width), ref cubes);
        foreach (KoalaBear constant in _partial)
        {
            KoalaBear x = state[0] + constant;
            state[0] = x * x * x;
            Record(state[..1], ref cubes);
            Internal(state);
        }

        for (int r = 0; r < HalfFull; r++) FullRound(state, _final.AsSpan(r * _width, _width), ref cubes);
    }

    private static void FullRound(Span<KoalaBear> state, ReadOnlySpan<KoalaBear> constants, ref Span<KoalaBear> cubes)
    {
        for (int i = 0; i < state.Length; i++)
        {
            KoalaBear x = state[i] + constants[i];
            state[i] = x * x * x;
        }

        Record(state, ref cubes);
        External(state);
    }

    private static void Record(ReadOnlySpan<KoalaBear> computed, ref Span<KoalaBear> cubes)
    {
        if (cubes.IsEmpty) return;
        computed.CopyTo(cubes);
        cubes = cubes[computed.Length..];
    }

    /// <summary>The circulant of blocks (2M, M, …, M) with M the circulant 4 × 4 matrix of first row (2, 3, 1, 1).</summary>
    private static void External(Span<KoalaBear> state)
    {
        Span<KoalaBear> sums = stackalloc KoalaBear[4];
        sums.Clear();
        for (int i = 0; i < state.Length; i += 4)
        {
            KoalaBear a = state[i], b = state[i + 1], c = state[i + 2], d = state[i + 3];
            KoalaBear all = a + b + c + d;
            state[i] = all + a + b + b;
            state[i + 1] = all + b + c + c;
            state[i + 2] = all + c + d + d;
            state[i + 3] = all + d + a + a;
            for (int k = 0; k < 4; k++) sums[k] += state[i + k];
        }

        for (int i = 0; i < state.Length; i++) state[i] += sums[i & 3];
    }

    private void Internal(Span<KoalaBear> state)
    {
        KoalaBear sum = KoalaBear.Zero;
        foreach (KoalaBear x in state) sum += x;
        for (int i = 0; i < state.Length; i++) state[i] = sum + (Diagonal[i] * state[i]);
    }

    /// <summary>2^−k.</summary>
    internal static KoalaBear InversePowerOfTwo(int k) => KoalaBear.Half.Pow((ulong)k);

    private static KoalaBear[] ToFields(ReadOnlySpan<uint> values)
    {
        var fields = new KoalaBear[values.Length];
        for (int i = 0; i < values.Length; i++) fields[i] = KoalaBear.From(values[i]);
        return fields;
    }
}
