using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;

namespace Fermat.Ledger.Tests.State;

public sealed class ValuationTests
{
    [Theory]
    [InlineData(InstrumentKind.LinearPerpetual)]
    [InlineData(InstrumentKind.InversePerpetual)]
    public void Values_are_those_of_exact_arithmetic_rounded_down(InstrumentKind kind)
    {
        var random = new Random(kind == InstrumentKind.LinearPerpetual ? 1 : 2);
        int valued = 0, refused = 0;
        for (int round = 0; round < 200_000; round++)
        {
            int sizeScale = random.Next(9), priceScale = random.Next(9), settleScale = random.Next(13);
            var multiplier = new Quantity(1 + (random.NextInt64() >> random.Next(20, 63)), random.Next(5));
            var terms = new InstrumentTerms("X", kind, "S", sizeScale, priceScale, multiplier);
            if (Valuation.For(terms, settleScale) is not { } valuation) continue;
            long size = Any(random), price = Any(random);
            bool fits = valuation.TryValue(size, price, out long value);
            BigInteger? exact = Exact(terms, settleScale, size, price);
            if (exact is { } number && BigInteger.Abs(number) < long.MaxValue)
            {
                Assert.True(fits, $"{size} at {price} is {number}");
                Assert.Equal(number, value);
                valued++;
            }
            else
            {
                Assert.False(fits && exact is null);
                Assert.True(!fits || BigInteger.Abs(exact!.Value) == long.MaxValue);
                refused++;
            }
        }
        Assert.True(valued > 10_000 && refused > 1_000, $"{valued} valued, {refused} refused");
    }

    private static long Any(Random random) => (random.NextInt64() >> random.Next(63)) * (random.Next(3) == 0 ? -1 : 1);

    /// <summary>⌊size · multiplier · price⌋ or ⌊−size · multiplier / price⌋ in units of the settlement asset; null when there is none.</summary>
    private static BigInteger? Exact(InstrumentTerms terms, int settleScale, long size, long price)
    {
        BigInteger ten(int n) => BigInteger.Pow(10, n);
        var mantissa = (BigInteger)terms.Multiplier.Mantissa;
        BigInteger top = mantissa * size * ten(settleScale), bottom = ten(terms.SizeScale + terms.Multiplier.Scale);
        if (terms.Kind == InstrumentKind.InversePerpetual)
        {
            if (price <= 0) return null;
            (top, bottom) = (-top * ten(terms.PriceScale), bottom * price);
        }
        else (top, bottom) = (top * price, bottom * ten(terms.PriceScale));
        var quotient = BigInteger.DivRem(top, bottom, out BigInteger rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }
}
