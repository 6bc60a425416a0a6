using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// The transparent polynomials of a table with n = 2^logHeight rows of which the last k are tail rows. With ω = RootOfUnity(logHeight), a = n − k and
/// Π_tail(x) = Π_{a ≤ i &lt; n} (x − ω^i): Z_act(x) = (x^n − 1) / Π_tail(x), and the Lagrange polynomial of row i on the active rows is
/// L_i(x) = Z_act(x) / ((x − ω^i) · Z_act'(ω^i)) with 1 / Z_act'(ω^i) = ω^i · Π_tail(ω^i) / n.
/// </summary>
public static class Selectors
{
    /// <summary>The columns of <see cref="OverCoset"/>: the selectors in the order of <see cref="SelectorKind"/>, then 1/Z_act.</summary>
    public const int Columns = 6;

    /// <summary>The column of <see cref="OverCoset"/> that holds 1/Z_act.</summary>
    public const int InverseVanishingColumn = 5;

    /// <summary>All selectors at a point.</summary>
    /// <param name="logHeight">The table's height.</param>
    /// <param name="tailRows">k, leaving at least five active rows.</param>
    /// <param name="x">A point outside the subgroup of the rows.</param>
    /// <exception cref="DivideByZeroException"><paramref name="x"/> is a row.</exception>
    public static SelectorValues AtPoint(int logHeight, int tailRows, Quintic x)
    {
        var rows = new Rows(logHeight, tailRows);
        Quintic tail = Quintic.One;
        KoalaBear root = rows.Root(rows.Active);
        for (int i = 0; i < tailRows; i++, root *= rows.Omega)
            tail *= x - root;
        Quintic power = x;
        for (int i = 0; i < logHeight; i++)
            power = power.Square();
        Quintic vanishing = (power - KoalaBear.One) * tail.Inverse();
        Quintic first = Lagrange(rows, 0, x, vanishing);
        Quintic blindSum = first;
        Quintic blindIndex = default;
        for (int i = 1; i < LogUp.BlindRows; i++)
        {
            Quintic value = Lagrange(rows, i, x, vanishing);
            blindSum += value;
            blindIndex += value * KoalaBear.From(i);
        }
        return new SelectorValues(
            first, Lagrange(rows, rows.Active - 1, x, vanishing), x - rows.Root(rows.Active - 1), blindSum, blindIndex, vanishing);
    }

    /// <summary>All selectors and 1/Z_act over a coset of the subgroup of the rows.</summary>
    /// <param name="logHeight">The table's height.</param>
    /// <param name="tailRows">k, leaving at least five active rows.</param>
    /// <param name="shift">The coset shift·H, not H itself.</param>
    /// <returns>n rows in bit-reversed order: row p holds the values at shift·ω^ReverseBits(p).</returns>
    /// <exception cref="DivideByZeroException">The coset is the subgroup of the rows.</exception>
    public static Matrix OverCoset(int logHeight, int tailRows, KoalaBear shift)
    {
        var coset = new CosetSelectors(new Rows(logHeight, tailRows), shift);
        return coset.Fill();
    }

    /// <summary>All selectors and 1/Z_act on the tail rows themselves, where Z_act does not vanish.</summary>
    /// <param name="logHeight">The table's height.</param>
    /// <param name="tailRows">k ≥ 1, leaving at least five active rows.</param>
    /// <returns>k rows in natural order: row m holds the values at ω^(n−k+m).</returns>
    public static Matrix OverTail(int logHeight, int tailRows) => TailSelectors.Fill(new Rows(logHeight, tailRows));

    private static Quintic Lagrange(in Rows rows, int row, Quintic x, Quintic vanishing) =>
        vanishing * (x - rows.Root(row)).Inverse() * rows.LagrangeFactor(row);

    /// <summary>The rows of a table as points.</summary>
    internal readonly struct Rows
    {
        public Rows(int logHeight, int tailRows)
        {
            LogHeight = logHeight;
            Height = 1 << logHeight;
            TailRows = tailRows;
            Active = Height - tailRows;
            Omega = KoalaBear.RootOfUnity(logHeight);
            ArgumentOutOfRangeException.ThrowIfLessThan(Active, LogUp.BlindRows, nameof(tailRows));
        }

        public int LogHeight { get; }

        public int Height { get; }

        public int TailRows { get; }

        public int Active { get; }

        public KoalaBear Omega { get; }

        public KoalaBear Root(int row) => Omega.Pow((ulong)row);

        /// <summary>Π_tail(x).</summary>
        public KoalaBear Tail(KoalaBear x)
        {
            KoalaBear product = KoalaBear.One;
            KoalaBear root = Root(Active);
            for (int i = 0; i < TailRows; i++, root *= Omega)
                product *= x - root;
            return product;
        }

        /// <summary>1 / Z_act'(ω^row) = ω^row · Π_tail(ω^row) / n.</summary>
        public KoalaBear LagrangeFactor(int row)
        {
            KoalaBear point = Root(row);
            return point * Tail(point) * KoalaBear.From((uint)Height).Inverse();
        }
    }
}
