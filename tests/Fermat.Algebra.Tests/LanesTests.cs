using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra.Tests;

/// <summary>Every implementation of the lanes against the scalar operators, with words at the edges of the stated ranges.</summary>
public sealed class LanesTests
{
    private const uint P = KoalaBear.Modulus;
    private static readonly uint[] EdgeWords = [0, 1, 2, P / 2, (P / 2) + 1, P - 2, P - 1, 1 << 24, 0x01fffffe, 0x7eff_ffff];

    [Fact]
    public void Scalar() => Check<ScalarLanes>();

    [Fact]
    public void Portable() => Check<PortableLanes>();

    [Fact]
    public void Avx2Instructions()
    {
        Assert.Equal(Avx2.IsSupported, Kernels.Available.Contains(KernelKind.Avx2));
        if (Avx2.IsSupported)
            Check<Avx2Lanes>();
    }

    [Fact]
    public void FacadeAgreesWithTheOperators()
    {
        var random = new Random(7);
        for (int i = 0; i < 200; i++)
        {
            Vector256<uint> a = Words(random, reduced: true), b = Words(random, reduced: true);
            KoalaBear w = TestValues.Base(random);
            AssertLanes(Map(a, b, (x, y) => x + y), KoalaBearVector.Add(a, b));
            AssertLanes(Map(a, b, (x, y) => x - y), KoalaBearVector.Sub(a, b));
            AssertLanes(Map(a, b, (x, y) => x * y), KoalaBearVector.Mul(a, b));
            AssertLanes(Map(a, a, (x, _) => -x), KoalaBearVector.Negate(a));
            AssertLanes(Map(a, a, (x, _) => x + x), KoalaBearVector.Double(a));
            AssertLanes(Map(a, a, (x, _) => x * x), KoalaBearVector.Square(a));
            AssertLanes(Map(a, a, (x, _) => x * x * x), KoalaBearVector.Cube(a));
            Vector256<uint> product =
                KoalaBearVector.MulConstant(a, Vector256.Create(w.Value), Vector256.Create(KoalaBearVector.Precompute(w)));
            AssertLanes(Map(a, a, (x, _) => x * w), product);
        }
    }

    private static void Check<TLanes>()
        where TLanes : struct, ILanes
    {
        var random = new Random(6);
        for (int i = 0; i < 500; i++)
        {
            Vector256<uint> a = Words(random, reduced: true), b = Words(random, reduced: true), any = Words(random, reduced: false);
            AssertLanes(Map(a, b, (x, y) => x + y), TLanes.Add(a, b));
            AssertLanes(Map(a, b, (x, y) => x - y), TLanes.Sub(a, b));
            AssertLanes(Map(a, b, (x, y) => x * y), TLanes.Mul(a, b));
            AssertLanes(Map(a, b, (x, _) => x * x * x), TLanes.Cube(a));

            // Words up to 2^32 − 1 are allowed in one operand.
            Vector256<uint> anyReduced = Map(any, w => w % P);
            AssertLanes(Map(anyReduced, b, (x, y) => x * y), TLanes.Mul(any, b));
            AssertLanes(Map(anyReduced, b, (x, y) => x * y), TLanes.Mul(b, any));
            KoalaBear constant = KoalaBear.FromRaw(b[0]);
            Vector256<uint> plain = Vector256.Create(constant.Value), companion = Vector256.Create(KoalaBearVector.Precompute(constant));
            AssertLanes(Map(anyReduced, a, (x, _) => x * constant), TLanes.MulConstant(any, plain, companion));

            Vector256<ulong> even = TLanes.WideEven(any, b), odd = TLanes.WideEven(TLanes.OddToEven(any), TLanes.OddToEven(b));
            for (int lane = 0; lane < 4; lane++)
            {
                Assert.Equal((ulong)any[2 * lane] * b[2 * lane], even[lane]);
                Assert.Equal((ulong)any[(2 * lane) + 1] * b[(2 * lane) + 1], odd[lane]);
            }
        }
    }

    private static Vector256<uint> Words(Random random, bool reduced)
    {
        Span<uint> words = stackalloc uint[8];
        foreach (ref uint word in words)
        {
            word = random.Next(3) == 0 ? EdgeWords[random.Next(EdgeWords.Length)] : (uint)random.NextInt64(P);
            if (!reduced && random.Next(2) == 0)
                word = random.Next(3) == 0 ? uint.MaxValue : (uint)random.NextInt64(1L << 32);
        }

        return Vector256.Create<uint>(words);
    }

    private static Vector256<uint> Map(Vector256<uint> a, Vector256<uint> b, Func<KoalaBear, KoalaBear, KoalaBear> operation)
    {
        Span<uint> words = stackalloc uint[8];
        for (int i = 0; i < 8; i++)
            words[i] = operation(KoalaBear.FromRaw(a[i]), KoalaBear.FromRaw(b[i])).Raw;
        return Vector256.Create<uint>(words);
    }

    private static Vector256<uint> Map(Vector256<uint> a, Func<uint, uint> operation)
    {
        Span<uint> words = stackalloc uint[8];
        for (int i = 0; i < 8; i++)
            words[i] = operation(a[i]);
        return Vector256.Create<uint>(words);
    }

    private static void AssertLanes(Vector256<uint> expected, Vector256<uint> actual) => Assert.Equal(expected, actual);
}
