using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Selectors over a coset in a constant number of multiplications a row. With x_j = s·ω^j and I_j = 1/(s·ω^j − 1), every reciprocal needed is a shifted I:
/// 1/(x_j − ω^i) = ω^−i · I_{j−i}; and Π_tail telescopes along the coset: Π_tail(x_{j+1}) = Π_tail(x_j) · ω^k · (x_j − ω^(a−1)) / (x_j − ω^(n−1)).
/// </summary>
internal sealed class CosetSelectors
{
    private const int Grain = 1 << 12;

    private readonly Selectors.Rows _rows;
    private readonly KoalaBear _shift;
    private readonly KoalaBear[] _inverses;

    public CosetSelectors(Selectors.Rows rows, KoalaBear shift)
    {
        _rows = rows;
        _shift = shift;
        _inverses = new KoalaBear[rows.Height];
        Parallelism.ForRanges(rows.Height, Grain, (from, to) =>
        {
            KoalaBear x = shift * rows.Root(from);
            for (int j = from; j < to; j++, x *= rows.Omega)
                _inverses[j] = x - KoalaBear.One;
        });
        BatchInverse.Invert(_inverses);
    }

    public Matrix Fill()
    {
        var matrix = new Matrix(_rows.Height, Selectors.Columns);
        Parallelism.ForRanges(_rows.Height, Grain, (from, to) => FillRange(matrix, from, to));
        return matrix;
    }

    private void FillRange(Matrix matrix, int from, int to)
    {
        int n = _rows.Height;
        int last = _rows.Active - 1;
        KoalaBear lastRoot = _rows.Root(last);
        KoalaBear finalRoot = _rows.Root(n - 1);
        KoalaBear omegaK = _rows.Root(_rows.TailRows);
        KoalaBear subgroupVanishing = _shift.Pow((ulong)n) - KoalaBear.One;
        KoalaBear inverseSubgroup = subgroupVanishing.Inverse();
        // ω^−i / Z_act'(ω^i), so that a Lagrange polynomial is this · Z_act(x) · I_{j−i}.
        KoalaBear lastFactor = Factor(last);
        Span<KoalaBear> blindFactors = stackalloc KoalaBear[LogUp.BlindRows];
        for (int i = 0; i < blindFactors.Length; i++)
            blindFactors[i] = Factor(i);

        KoalaBear x = _shift * _rows.Root(from);
        KoalaBear tail = _rows.Tail(x);
        KoalaBear inverseTail = tail.Inverse();
        KoalaBear omegaMinusK = omegaK.Inverse();
        KoalaBear lastRootInverse = lastRoot.Inverse();
        KoalaBear finalRootInverse = finalRoot.Inverse();
        for (int j = from; j < to; j++)
        {
            KoalaBear vanishing = subgroupVanishing * inverseTail;
            Span<KoalaBear> row = matrix.Row((int)Ntt.ReverseBits((uint)j, _rows.LogHeight));
            KoalaBear first = blindFactors[0] * _inverses[j];
            KoalaBear blindSum = first;
            KoalaBear blindIndex = default;
            for (int i = 1; i < LogUp.BlindRows; i++)
            {
                KoalaBear value = blindFactors[i] * Inverse(j - i);
                blindSum += value;
                blindIndex += value * KoalaBear.From((uint)i);
            }
            KoalaBear lastReciprocal = lastRootInverse * Inverse(j - last);
            row[(int)SelectorKind.First] = first * vanishing;
            row[(int)SelectorKind.Last] = lastFactor * Inverse(j - last) * vanishing;
            row[(int)SelectorKind.Transition] = x - lastRoot;
            row[(int)SelectorKind.BlindSum] = blindSum * vanishing;
            row[(int)SelectorKind.BlindIndex] = blindIndex * vanishing;
            row[Selectors.InverseVanishingColumn] = tail * inverseSubgroup;

            tail *= omegaK * (x - lastRoot) * finalRootInverse * Inverse(j - (n - 1));
            inverseTail *= omegaMinusK * (x - finalRoot) * lastReciprocal;
            x *= _rows.Omega;
        }
    }

    private KoalaBear Factor(int row) => _rows.LagrangeFactor(row) * _rows.Root(row).Inverse();

    private KoalaBear Inverse(int j) => _inverses[j & (_rows.Height - 1)];
}
