using System.Numerics;

namespace Fermat.Rules.PublicMath;

/// <summary>What is wrong with a matrix that should be a correlation matrix.</summary>
public enum CorrelationError
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It is empty, not square, or larger than <see cref="CorrelationMatrix.MaxSize"/>.</summary>
    Shape,

    /// <summary>A diagonal entry is not 1.</summary>
    Diagonal,

    /// <summary>An entry is outside [−1, 1].</summary>
    Range,

    /// <summary>It is not symmetric.</summary>
    Symmetry,

    /// <summary>The leading principal block that ends at the named row is not positive semi-definite, and all before it are.</summary>
    NotPositiveSemidefinite,
}

/// <summary>The exact check that a matrix of scaled integers is a correlation matrix.</summary>
public static class CorrelationMatrix
{
    /// <summary>The most rows.</summary>
    public const int MaxSize = 128;

    /// <summary>
    /// The first fault and its row. Fraction-free elimination (Bareiss 1968) along the rows: each pivot is a principal minor of the rows kept so far, and a row whose pivot is
    /// zero is dropped if what remains of it in every kept and later combination is zero as well. A symmetric matrix is semi-definite exactly if every Schur
    /// complement has a non-negative diagonal and a zero diagonal entry only in a zero row.
    /// </summary>
    /// <param name="entries">Entries times 10^scale, by row.</param>
    /// <param name="scale">0 … <see cref="PublicFunctions.MaxScale"/>.</param>
    public static (CorrelationError Error, int Row) Check(IReadOnlyList<IReadOnlyList<BigInteger>> entries, int scale)
    {
        int size = entries.Count;
        if (size is 0 or > MaxSize || scale is < 0 or > PublicFunctions.MaxScale) return (CorrelationError.Shape, 0);
        BigInteger one = BigInteger.Pow(10, scale);
        for (int i = 0; i < size; i++)
        {
            if (entries[i].Count != size) return (CorrelationError.Shape, i);
            if (entries[i][i] != one) return (CorrelationError.Diagonal, i);
            if (entries[i].Any(e => BigInteger.Abs(e) > one)) return (CorrelationError.Range, i);
        }
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < i; j++)
                if (entries[i][j] != entries[j][i]) return (CorrelationError.Symmetry, i);
        }
        int bad = FirstIndefiniteRow(entries, size);
        return bad < 0 ? (CorrelationError.None, -1) : (CorrelationError.NotPositiveSemidefinite, bad);
    }

    /// <summary>
    /// The end of the first leading block that is not semi-definite, or −1. Each row is reduced by the pivots before it (up-looking), so that a fault is found at the row that
    /// brings it in: a negative diagonal, or a zero pivot of an earlier row with something left beside it in this one.
    /// </summary>
    private static int FirstIndefiniteRow(IReadOnlyList<IReadOnlyList<BigInteger>> entries, int size)
    {
        var reduced = new BigInteger[size, size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j <= i; j++) reduced[i, j] = entries[i][j];
            BigInteger previous = 1;
            for (int k = 0; k < i; k++)
            {
                BigInteger pivot = reduced[k, k];
                if (pivot.IsZero)
                {
                    if (!reduced[i, k].IsZero) return i;
                    continue;
                }
                for (int j = k + 1; j <= i; j++)
                {
                    BigInteger other = j == i ? reduced[i, k] : reduced[j, k];
                    reduced[i, j] = (pivot * reduced[i, j] - reduced[i, k] * other) / previous;
                }
                previous = pivot;
            }
            if (reduced[i, i].Sign < 0) return i;
        }
        return -1;
    }
}
