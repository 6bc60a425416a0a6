using System.Collections.Immutable;
using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>
/// A Poseidon permutation (ePrint 2019/458) with cubes as S-boxes on one row: the cubes are columns, everything between them is linear. Degree 3.
/// Full rounds have a cube for each element, partial rounds one; for width 16 with 8 and 20 rounds that makes 148 columns.
/// </summary>
/// <remarks>
/// Through the partial rounds the state is kept as a linear form in the cubes committed so far, its coefficients multiplied out here, once: the input of a partial
/// round's cube is one sum, not a step of a chain. That is what the strip programs evaluate fastest (sums of products are reduced once), fewer operations than the
/// factorisation into sparse matrices gives there.
/// </remarks>
public sealed class PoseidonGadget
{
    private readonly ImmutableArray<ImmutableArray<KoalaBear>> _constants;
    private readonly ImmutableArray<ImmutableArray<KoalaBear>> _mds;
    private readonly int _halfFull;

    /// <summary>A permutation by its parameters.</summary>
    /// <param name="roundConstants">For each round one constant an element, added before the cubes.</param>
    /// <param name="mds">mds[i][j] is the weight of element j in element i after a round.</param>
    /// <param name="fullRounds">How many rounds cube every element; half of them come first, half last.</param>
    public PoseidonGadget(ImmutableArray<ImmutableArray<KoalaBear>> roundConstants, ImmutableArray<ImmutableArray<KoalaBear>> mds, int fullRounds = 8)
    {
        if (fullRounds % 2 != 0 || fullRounds > roundConstants.Length)
            throw new ArgumentException($"{fullRounds} full rounds of {roundConstants.Length} do not split in half", nameof(fullRounds));
        if (mds.Any(row => row.Length != mds.Length) || roundConstants.Any(round => round.Length != mds.Length))
            throw new ArgumentException("the matrix is square and every round has one constant an element", nameof(mds));
        _constants = roundConstants;
        _mds = mds;
        _halfFull = fullRounds / 2;
        Cubes = (fullRounds * mds.Length) + roundConstants.Length - fullRounds;
    }

    /// <summary>The number of elements of a state.</summary>
    public int Width => _mds.Length;

    /// <summary>The number of cubes of a permutation.</summary>
    public int Cubes { get; }

    /// <summary>Constrains cubes to be those of the permutation of the input, and returns the state after it, linear in the cubes.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">A prefix for the constraints' names.</param>
    /// <param name="input">The state before, of degree 1.</param>
    /// <param name="cubes">Columns for the cubes, in the order of computation.</param>
    public Expr[] Permute(TableBuilder table, string name, ReadOnlySpan<Expr> input, ReadOnlySpan<Expr> cubes)
    {
        if (input.Length != Width || cubes.Length != Cubes)
            throw new ArgumentException($"a permutation has {Width} inputs and {Cubes} cubes, not {input.Length} and {cubes.Length}");
        State state = State.Of(input);
        int next = 0;
        for (int round = 0; round < _constants.Length; round++)
        {
            bool full = round < _halfFull || round >= _constants.Length - _halfFull;
            for (int i = 0; i < Width; i++)
            {
                Expr sum = full || i == 0 ? state.Element(i) + _constants[round][i] : 0;
                if (full || i == 0)
                    table.Constrain($"{name}cube[{next + i}]", cubes[next + i] - sum * sum * sum);
            }
            state = full
                ? State.Of(cubes.Slice(next, Width))
                : state.Plus(_constants[round].AsSpan()).WithFirst(cubes[next]);
            state = state.Times(_mds);
            next += full ? Width : 1;
        }
        return [.. Enumerable.Range(0, Width).Select(state.Element)];
    }

    /// <summary>Permutes a state and records its cubes: the witness of <see cref="Permute(TableBuilder, string, ReadOnlySpan{Expr}, ReadOnlySpan{Expr})"/>.</summary>
    /// <param name="state">Before and after.</param>
    /// <param name="cubes">Receives the cubes in order.</param>
    public void Permute(Span<KoalaBear> state, Span<KoalaBear> cubes)
    {
        Span<KoalaBear> before = stackalloc KoalaBear[Width];
        int next = 0;
        for (int round = 0; round < _constants.Length; round++)
        {
            bool full = round < _halfFull || round >= _constants.Length - _halfFull;
            for (int i = 0; i < Width; i++)
            {
                before[i] = state[i] + _constants[round][i];
                if (full || i == 0)
                    cubes[next++] = before[i] = before[i] * before[i] * before[i];
            }
            for (int i = 0; i < Width; i++)
            {
                state[i] = default;
                for (int j = 0; j < Width; j++)
                    state[i] += _mds[i][j] * before[j];
            }
        }
    }

    /// <summary>A state whose elements are linear forms: constants[i] + Σ_v weights[i][v] · variables[v].</summary>
    private sealed record State(Expr[] Variables, KoalaBear[][] Weights, KoalaBear[] Constants)
    {
        /// <summary>The variables themselves.</summary>
        public static State Of(ReadOnlySpan<Expr> variables)
        {
            var weights = new KoalaBear[variables.Length][];
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i] = new KoalaBear[variables.Length];
                weights[i][i] = KoalaBear.One;
            }
            return new State(variables.ToArray(), weights, new KoalaBear[variables.Length]);
        }

        public Expr Element(int i)
        {
            Expr sum = Constants[i];
            for (int v = 0; v < Variables.Length; v++)
                sum += Weights[i][v] * Variables[v];
            return sum;
        }

        public State Plus(ReadOnlySpan<KoalaBear> constants)
        {
            var sums = new KoalaBear[Constants.Length];
            for (int i = 0; i < sums.Length; i++)
                sums[i] = Constants[i] + constants[i];
            return this with { Constants = sums };
        }

        /// <summary>The state with its first element replaced by a new variable.</summary>
        public State WithFirst(Expr variable) => new(
            [.. Variables, variable],
            [.. Weights.Select((row, i) => i == 0 ? [.. new KoalaBear[row.Length], KoalaBear.One] : (KoalaBear[])[.. row, default])],
            [default, .. Constants[1..]]);

        public State Times(ImmutableArray<ImmutableArray<KoalaBear>> matrix)
        {
            var weights = new KoalaBear[matrix.Length][];
            var constants = new KoalaBear[matrix.Length];
            for (int i = 0; i < matrix.Length; i++)
            {
                weights[i] = new KoalaBear[Variables.Length];
                for (int j = 0; j < matrix.Length; j++)
                {
                    constants[i] += matrix[i][j] * Constants[j];
                    for (int v = 0; v < Variables.Length; v++)
                        weights[i][v] += matrix[i][j] * Weights[j][v];
                }
            }
            return this with { Weights = weights, Constants = constants };
        }
    }
}
