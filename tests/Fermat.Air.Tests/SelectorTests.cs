using Fermat.Algebra;

namespace Fermat.Air.Tests;

public sealed class SelectorTests
{
    [Theory]
    [InlineData(4, 0)]
    [InlineData(4, 3)]
    [InlineData(5, 8)]
    [InlineData(6, 16)]
    [InlineData(13, 100)]
    public void CosetsAgreeWithPoints(int logHeight, int tailRows)
    {
        KoalaBear shift = KoalaBear.Generator;
        using Matrix coset = Selectors.OverCoset(logHeight, tailRows, shift);
        for (int p = 0; p < 1 << logHeight; p += logHeight > 8 ? 97 : 1)
        {
            KoalaBear x = shift * KoalaBear.RootOfUnity(logHeight).Pow(Ntt.ReverseBits((uint)p, logHeight));
            SelectorValues point = Selectors.AtPoint(logHeight, tailRows, new Quintic(x));
            for (int kind = 0; kind < 5; kind++)
                Assert.Equal(point[(SelectorKind)kind], new Quintic(coset[p, kind]));
            Assert.Equal(Quintic.One, point.Vanishing * coset[p, Selectors.InverseVanishingColumn]);
        }
    }

    /// <summary>Interpolates each selector from a coset: it has the promised degree and is an indicator on the active rows.</summary>
    [Theory]
    [InlineData(5, 0)]
    [InlineData(5, 9)]
    public void SelectorsAreIndicatorsOfLowDegree(int logHeight, int tailRows)
    {
        int n = 1 << logHeight, active = n - tailRows;
        using Matrix coset = Selectors.OverCoset(logHeight, tailRows, KoalaBear.Generator);
        Lde.InterpolateBitReversed(coset, KoalaBear.Generator);
        for (int kind = 0; kind < 5; kind++)
        {
            int degree = kind == (int)SelectorKind.Transition ? 1 : active - 1;
            for (int i = degree + 1; i < n; i++)
                Assert.Equal(default, coset[i, kind]);
            for (int row = 0; row < active; row++)
            {
                KoalaBear x = KoalaBear.RootOfUnity(logHeight).Pow((ulong)row), value = default;
                for (int i = n - 1; i >= 0; i--)
                    value = value * x + coset[i, kind];
                switch ((SelectorKind)kind)
                {
                    case SelectorKind.First: Assert.Equal(KoalaBear.From(row == 0 ? 1 : 0), value); break;
                    case SelectorKind.Last: Assert.Equal(KoalaBear.From(row == active - 1 ? 1 : 0), value); break;
                    case SelectorKind.Transition: Assert.Equal(row == active - 1, value.IsZero); break;
                    case SelectorKind.BlindSum: Assert.Equal(KoalaBear.From(row < 5 ? 1 : 0), value); break;
                    default: Assert.Equal(KoalaBear.From(row < 5 ? row : 0), value); break;
                }
            }
        }
    }

    /// <summary>On the tail rows the same polynomials are taken as on a coset.</summary>
    [Theory]
    [InlineData(4, 1)]
    [InlineData(5, 8)]
    [InlineData(6, 16)]
    [InlineData(9, 97)]
    public void TailRowsAgreeWithCosets(int logHeight, int tailRows)
    {
        int n = 1 << logHeight, active = n - tailRows;
        using Matrix tail = Selectors.OverTail(logHeight, tailRows);
        using Matrix coefficients = Selectors.OverCoset(logHeight, tailRows, KoalaBear.Generator);
        Lde.InterpolateBitReversed(coefficients, KoalaBear.Generator);
        Assert.Equal(tailRows, tail.Rows);
        for (int m = 0; m < tailRows; m++)
        {
            KoalaBear x = KoalaBear.RootOfUnity(logHeight).Pow((ulong)(active + m)), vanishing = KoalaBear.One;
            for (int kind = 0; kind < 5; kind++)
            {
                KoalaBear value = default;
                for (int i = n - 1; i >= 0; i--)
                    value = value * x + coefficients[i, kind];
                Assert.Equal(value, tail[m, kind]);
            }
            for (int row = 0; row < active; row++)
                vanishing *= x - KoalaBear.RootOfUnity(logHeight).Pow((ulong)row);
            Assert.Equal(KoalaBear.One, vanishing * tail[m, Selectors.InverseVanishingColumn]);
        }
    }

    [Fact]
    public void VanishingIsZeroOnActiveRowsAlone()
    {
        const int LogHeight = 5, TailRows = 9, Active = 23;
        // Z_act as a polynomial is not evaluated on rows; its derivative-free form is checked through the product of its roots.
        Quintic x = new TestValues(5).Extension();
        Quintic product = Quintic.One;
        for (int row = 0; row < Active; row++)
            product *= x - KoalaBear.RootOfUnity(LogHeight).Pow((ulong)row);
        Assert.Equal(product, Selectors.AtPoint(LogHeight, TailRows, x).Vanishing);
    }
}
