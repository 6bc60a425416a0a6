using System.Numerics;
using Fermat.Algebra;
using Fermat.Rules.Lowering;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>What carries may be: no assignment within their ranges wraps around the field, and honest ones are within them.</summary>
public sealed class CarryPlanTests
{
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, false)]
    [InlineData(true, true)]
    [InlineData(false, true)]
    public void No_equation_of_a_plan_can_wrap_and_honest_carries_fit(bool isPaired, bool mayBeFree)
    {
        var random = new Random(20261126);
        int step = isPaired ? 2 : 1, made = 0, refused = 0, free = 0;
        for (int trial = 0; trial < 4000; trial++)
        {
            (long[] min, long[] max) = Bounds(random);
            if (CarryPlan.TryMake(Form(min, max), isPaired, out int digit, mayBeFree) is not { } plan)
            {
                Assert.InRange(digit, 0, min.Length - 1);
                refused++;
                continue;
            }
            made++;
            Assert.Equal((min.Length + step - 1) / step - 1, plan.Length);
            int first = Array.FindIndex(plan, carry => carry.IsFree), checkedEquations = first < 0 ? plan.Length + 1 : first;
            (BigInteger intoMin, BigInteger intoMax) = (0, 0);
            (BigInteger honestMin, BigInteger honestMax) = (0, 0);
            BigInteger radix = BigInteger.One << (8 * step);
            for (int i = 0; i < checkedEquations; i++)
            {
                (BigInteger least, BigInteger greatest) = Group(min, max, i * step, step);
                (BigInteger outMin, BigInteger outMax) = i < plan.Length ? (plan[i].Min, plan[i].Max) : (0, 0);
                // the integer that is zero in the field is smaller than p in magnitude, whatever is within bounds
                Assert.True(least + intoMin - radix * outMax > -(BigInteger)KoalaBear.Modulus);
                Assert.True(greatest + intoMax - radix * outMin < KoalaBear.Modulus);
                if (i == plan.Length) continue;
                (honestMin, honestMax) = ((least + honestMin) >> (8 * step), (greatest + honestMax) >> (8 * step));
                Assert.True(outMin <= honestMin && honestMax <= outMax);
                (intoMin, intoMax) = (outMin, outMax);
            }
            if (first < 0) continue;
            free++;
            // whatever the free carries are, their equations add up to this integer, which is zero in the field
            (BigInteger restMin, BigInteger restMax, BigInteger weight) = (intoMin, intoMax, 1);
            for (int i = first; i <= plan.Length; i++, weight *= radix)
            {
                (BigInteger least, BigInteger greatest) = Group(min, max, i * step, step);
                (restMin, restMax) = (restMin + weight * least, restMax + weight * greatest);
                if (i == plan.Length || plan[i].IsFree) continue;
                (honestMin, honestMax) = ((least + honestMin) >> (8 * step), (greatest + honestMax) >> (8 * step));
                Assert.True(plan[i].Max - plan[i].Min < 3);
            }
            Assert.True(restMin > -(BigInteger)KoalaBear.Modulus && restMax < KoalaBear.Modulus);
        }
        Assert.True(made > 500 && (isPaired ? refused > 100 : refused == 0) && (mayBeFree ? free > 200 : free == 0), $"{made} made, {refused} refused, {free} with free carries");
    }

    /// <summary>From the digit on where what is left over could be p, a carry is range-checked: a liar could add p there and nothing in the field would tell.</summary>
    [Fact]
    public void No_carry_is_free_below_what_could_be_p()
    {
        long[] most = [255, 255, 255, 255, 127];
        CarryPlan[] plan = CarryPlan.TryMake(Form([.. most.Select(m => -m)], most), isPaired: false, out _, mayBeFree: true)!;
        // 2^39 in all: above digit 0 there are 2^31 and more, above digit 1 less than 2^24
        long above0 = 127L << 24, above1 = 127L << 16;
        Assert.True(above0 + (255 << 16) >= KoalaBear.Modulus && above1 + (255 << 8) < KoalaBear.Modulus);
        Assert.Equal([false, false], plan[..2].Select(carry => carry.IsFree));
        Assert.All(plan[2..], carry => Assert.True(carry.IsFree || carry.Width <= 3));
    }

    /// <summary>What is zero in the middle does not hide what is above: 2^128 is more than a counter of 128 bits tells from nothing.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void No_carry_is_free_below_a_digit_however_high(bool isPaired)
    {
        long[] most = [1 << 20, .. new long[15], 1];
        CarryPlan[] plan = CarryPlan.TryMake(Form([.. most.Select(m => -m)], most), isPaired, out _, mayBeFree: true)!;
        Assert.False(plan[0].IsFree);
    }

    /// <summary>Held in 16 bits, a carry in base 65536 could be another than the honest one: 2^16 · 2^15 is beyond p.</summary>
    [Fact]
    public void Paired_carries_beyond_15_bits_are_refused()
    {
        long[] narrow = [1 << 21, 1 << 21, 0, 0], wide = [1 << 22, 1 << 23, 0, 0];
        CarryPlan[]? held = CarryPlan.TryMake(Form([.. narrow.Select(m => -m)], narrow), isPaired: true, out _);
        Assert.Equal(1 << 15, Assert.Single(held!).Width);
        Assert.Null(CarryPlan.TryMake(Form([.. wide.Select(m => -m)], wide), isPaired: true, out _));
        Assert.NotNull(CarryPlan.TryMake(Form([.. wide.Select(m => -m)], wide), isPaired: false, out _));
    }

    /// <summary>Beyond 16 bits a carry has one or two digits in base 3 on top, and only beyond these a second lookup.</summary>
    [Theory]
    [InlineData(1 << 23, 1 << 16)]
    [InlineData(1 << 24, 3 << 16)]
    [InlineData(1 << 26, 9 << 16)]
    [InlineData(1 << 28, 1 << 23)]
    public void Wide_carries_take_as_little_as_they_need(int coefficient, int width) =>
        Assert.Equal(width, CarryPlan.TryMake(Form([-coefficient, 0], [coefficient - 256, 0]), isPaired: false, out _)![0].Width);

    private static LimbForm Form(long[] min, long[] max) => new(0, min, max, (_, _, _) => { });

    private static (long[] Min, long[] Max) Bounds(Random random)
    {
        int count = random.Next(1, 20), bits = random.Next(1, 30);
        var (min, max) = (new long[count], new long[count]);
        for (int i = 0; i < count; i++)
        {
            long a = random.NextInt64(-(1L << bits), 1L << bits), b = random.NextInt64(-(1L << bits), 1L << bits);
            (min[i], max[i]) = (Math.Min(a, b), Math.Max(a, b));
        }
        return (min, max);
    }

    private static (BigInteger Min, BigInteger Max) Group(long[] min, long[] max, int first, int step)
    {
        (BigInteger least, BigInteger greatest) = (min[first], max[first]);
        if (step == 2 && first + 1 < min.Length) (least, greatest) = (least + 256 * (BigInteger)min[first + 1], greatest + 256 * (BigInteger)max[first + 1]);
        return (least, greatest);
    }
}
