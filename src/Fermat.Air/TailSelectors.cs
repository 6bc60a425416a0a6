using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Selectors on the tail rows themselves, where Z_act is not zero: with a = n − k, Z_act(ω^(a+m)) = n·ω^−(a+m) / Π_tail'(ω^(a+m)), and with
/// F(m) = Π_{1≤d≤m} (ω^d − 1) the derivative is Π_tail'(ω^(a+m)) = (−1)^(k−1−m) · ω^(a(k−1) + m(m−1)/2 + m(k−1−m)) · F(m) · F(k−1−m).
/// </summary>
internal static class TailSelectors
{
    public static Matrix Fill(in Selectors.Rows rows)
    {
        KoalaBear[] vanishing = Vanishing(rows);
        KoalaBear[] inverse = [.. vanishing];
        BatchInverse.Invert(inverse);
        Span<KoalaBear> factors = stackalloc KoalaBear[LogUp.BlindRows];
        for (int i = 0; i < factors.Length; i++)
            factors[i] = rows.LagrangeFactor(i);
        KoalaBear lastFactor = rows.LagrangeFactor(rows.Active - 1);
        KoalaBear lastRoot = rows.Root(rows.Active - 1);

        var matrix = new Matrix(rows.TailRows, Selectors.Columns);
        for (int m = 0; m < rows.TailRows; m++)
        {
            KoalaBear x = rows.Root(rows.Active + m);
            KoalaBear blindSum = default;
            KoalaBear blindIndex = default;
            Span<KoalaBear> row = matrix.Row(m);
            for (int i = LogUp.BlindRows - 1; i >= 0; i--)
            {
                KoalaBear value = vanishing[m] * (x - rows.Root(i)).Inverse() * factors[i];
                blindSum += value;
                blindIndex += value * KoalaBear.From((uint)i);
                row[(int)SelectorKind.First] = value; // ends with that of row 0
            }
            row[(int)SelectorKind.Last] = vanishing[m] * (x - lastRoot).Inverse() * lastFactor;
            row[(int)SelectorKind.Transition] = x - lastRoot;
            row[(int)SelectorKind.BlindSum] = blindSum;
            row[(int)SelectorKind.BlindIndex] = blindIndex;
            row[Selectors.InverseVanishingColumn] = inverse[m];
        }
        return matrix;
    }

    private static KoalaBear[] Vanishing(in Selectors.Rows rows)
    {
        int k = rows.TailRows;
        var products = new KoalaBear[k]; // F
        KoalaBear power = KoalaBear.One;
        for (int m = 0; m < k; m++, power *= rows.Omega)
            products[m] = m == 0 ? KoalaBear.One : products[m - 1] * (power - KoalaBear.One);

        var vanishing = new KoalaBear[k];
        for (int m = 0; m < k; m++)
        {
            long exponent = ((long)rows.Active * (k - 1)) + ((long)m * (m - 1) / 2) + ((long)m * (k - 1 - m)) + rows.Active + m;
            KoalaBear derivative = rows.Root((int)(exponent & (rows.Height - 1))) * products[m] * products[k - 1 - m]; // times ω^(a+m)
            vanishing[m] = (k - 1 - m) % 2 == 0 ? derivative : -derivative;
        }
        BatchInverse.Invert(vanishing);
        KoalaBear height = KoalaBear.From((uint)rows.Height);
        for (int m = 0; m < k; m++)
            vanishing[m] *= height;
        return vanishing;
    }
}
