using System.Collections.Immutable;
using Fermat.Algebra;

namespace Fermat.Hashing;

/// <summary>
/// The 20 partial rounds of <see cref="Poseidon16"/> in the equivalent form of the Poseidon paper's appendix B. The state that enters
/// the first partial round is unchanged; then, for r = 0 … 18:
/// <c>s0 ← (s0 + Constants[r])³; (s0, s1 … s15) ← (FirstRows[r]·s, s1 + FirstColumns[r][0]·s0, …, s15 + FirstColumns[r][14]·s0)</c>
/// (the right-hand side with the cubed s0), and for r = 19: <c>s0 ← (s0 + Constants[19])³; s ← LastMatrix·s + Residual</c>. The cubes are the same field
/// elements as in the textbook form; the elements 1 … 15 in between are not.
/// </summary>
/// <remarks>
/// Why: a map D that fixes element 0 commutes with the S-box of a partial round. Carrying the state as D·y with D = diag(1, D̂), one round is
/// M·D·S(y), and M·D = D'·E with D' = diag(1, M̂·D̂) and E sparse. Round constants at elements 1 … 15 pass the S-box untouched and are
/// carried on through M into the next round, leaving one constant a round and a vector at the end.
/// </remarks>
public sealed class Poseidon16Sparse
{
    private const int Width = Poseidon16.Width;

    private readonly KoalaBear[] _firstRows;
    private readonly KoalaBear[] _firstColumns;
    private readonly KoalaBear[] _last;
    private readonly KoalaBear[] _residual;

    internal Poseidon16Sparse(ReadOnlySpan<ImmutableArray<KoalaBear>> roundConstants, ImmutableArray<ImmutableArray<KoalaBear>> mds)
    {
        int rounds = roundConstants.Length;
        (Constants, _residual) = CarryConstants(roundConstants, mds);

        _firstRows = new KoalaBear[(rounds - 1) * Width];
        _firstColumns = new KoalaBear[(rounds - 1) * (Width - 1)];
        KoalaBear[,] carried = Identity();
        for (int r = 0; r < rounds - 1; r++)
        {
            KoalaBear[,] product = Multiply(mds, carried);
            for (int j = 0; j < Width; j++) _firstRows[(r * Width) + j] = product[0, j];
            SolveColumn(product).CopyTo(_firstColumns.AsSpan(r * (Width - 1)));
            for (int j = 1; j < Width; j++) product[0, j] = product[j, 0] = KoalaBear.Zero;
            product[0, 0] = KoalaBear.One;
            carried = product;
        }

        _last = [.. Multiply(mds, carried).Cast<KoalaBear>()];
        FirstRows = Split(_firstRows, Width);
        FirstColumns = Split(_firstColumns, Width - 1);
        LastMatrix = Split(_last, Width);
        Residual = [.. _residual];
    }

    /// <summary>The constant added to element 0 before the cube, for each of the 20 rounds.</summary>
    public ImmutableArray<KoalaBear> Constants { get; }

    /// <summary>For rounds 0 … 18: the weights of elements 0 … 15 in the new element 0.</summary>
    public ImmutableArray<ImmutableArray<KoalaBear>> FirstRows { get; }

    /// <summary>For rounds 0 … 18: the multiple of the cubed element 0 that is added to elements 1 … 15.</summary>
    public ImmutableArray<ImmutableArray<KoalaBear>> FirstColumns { get; }

    /// <summary>The dense matrix of round 19.</summary>
    public ImmutableArray<ImmutableArray<KoalaBear>> LastMatrix { get; }

    /// <summary>The vector added after round 19.</summary>
    public ImmutableArray<KoalaBear> Residual { get; }

    /// <summary>The linear part of round <paramref name="round"/>, in place, element 0 being cubed already.</summary>
    internal void Multiply(int round, Span<KoalaBear> state)
    {
        if (round == Poseidon16.PartialRounds - 1)
        {
            MultiplyLast(state);
            return;
        }

        KoalaBear cubed = state[0];
        KoalaBear first = InnerProduct(_firstRows.AsSpan(round * Width, Width), state, KoalaBear.Zero);
        ReadOnlySpan<KoalaBear> column = _firstColumns.AsSpan(round * (Width - 1), Width - 1);
        Span<KoalaBear> rest = state.Slice(1, Width - 1);
        for (int i = 0; i < rest.Length; i++) rest[i] += column[i] * cubed;
        state[0] = first;
    }

    private void MultiplyLast(Span<KoalaBear> state)
    {
        Span<KoalaBear> input = stackalloc KoalaBear[Width];
        state.CopyTo(input);
        for (int i = 0; i < Width; i++) state[i] = InnerProduct(_last.AsSpan(i * Width, Width), input, _residual[i]);
    }

    /// <summary>start + Σ a_i·b_i over 16 pairs, four products (below 4p² &lt; 2^64) at a time.</summary>
    private static unsafe KoalaBear InnerProduct(ReadOnlySpan<KoalaBear> a, ReadOnlySpan<KoalaBear> b, KoalaBear start)
    {
        ulong sum = 0;
        fixed (KoalaBear* x = a, y = b)
        {
            for (int i = 0; i < Width; i += 4)
            {
                ulong four = ((ulong)x[i].Raw * y[i].Raw) + ((ulong)x[i + 1].Raw * y[i + 1].Raw)
                    + ((ulong)x[i + 2].Raw * y[i + 2].Raw) + ((ulong)x[i + 3].Raw * y[i + 3].Raw);
                sum += WideWords.Fold(four);
            }
        }

        return start + WideWords.MontgomeryReduce(sum); // below 2^60
    }

    private static (ImmutableArray<KoalaBear> Scalars, KoalaBear[] Residual) CarryConstants(
        ReadOnlySpan<ImmutableArray<KoalaBear>> roundConstants, ImmutableArray<ImmutableArray<KoalaBear>> mds)
    {
        var scalars = ImmutableArray.CreateBuilder<KoalaBear>(roundConstants.Length);
        var carry = new KoalaBear[Width];
        foreach (ImmutableArray<KoalaBear> round in roundConstants)
        {
            scalars.Add(round[0] + carry[0]);
            var next = new KoalaBear[Width];
            for (int i = 0; i < Width; i++)
            {
                for (int j = 1; j < Width; j++) next[i] += mds[i][j] * (carry[j] + round[j]);
            }

            carry = next;
        }

        return (scalars.MoveToImmutable(), carry);
    }

    private static KoalaBear[,] Identity()
    {
        var identity = new KoalaBear[Width, Width];
        for (int i = 0; i < Width; i++) identity[i, i] = KoalaBear.One;
        return identity;
    }

    private static KoalaBear[,] Multiply(ImmutableArray<ImmutableArray<KoalaBear>> left, KoalaBear[,] right)
    {
        var product = new KoalaBear[Width, Width];
        for (int i = 0; i < Width; i++)
        {
            for (int j = 0; j < Width; j++)
            {
                for (int k = 0; k < Width; k++) product[i, j] += left[i][k] * right[k, j];
            }
        }

        return product;
    }

    /// <summary>Solves A·x = w, where A is the lower right 15 × 15 part of the matrix and w its first column below the corner.</summary>
    private static KoalaBear[] SolveColumn(KoalaBear[,] matrix)
    {
        const int n = Width - 1;
        var system = new KoalaBear[n, n + 1];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++) system[i, j] = matrix[i + 1, j + 1];
            system[i, n] = matrix[i + 1, 0];
        }

        for (int column = 0; column < n; column++)
        {
            int pivot = column;
            while (system[pivot, column].IsZero) pivot++;
            for (int j = 0; j <= n; j++) (system[column, j], system[pivot, j]) = (system[pivot, j], system[column, j]);
            KoalaBear inverse = system[column, column].Inverse();
            for (int j = column; j <= n; j++) system[column, j] *= inverse;
            for (int i = 0; i < n; i++)
            {
                KoalaBear factor = system[i, column];
                if (i == column || factor.IsZero) continue;
                for (int j = column; j <= n; j++) system[i, j] -= factor * system[column, j];
            }
        }

        var solution = new KoalaBear[n];
        for (int i = 0; i < n; i++) solution[i] = system[i, n];
        return solution;
    }

    private static ImmutableArray<ImmutableArray<KoalaBear>> Split(KoalaBear[] flat, int width) =>
        [.. flat.Chunk(width).Select(row => ImmutableArray.Create(row))];
}
