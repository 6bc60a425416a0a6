using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra.Tests;

/// <summary>Eight extension elements at once against the scalar operators.</summary>
public sealed unsafe class QuinticLanesTests
{
    [Fact]
    public void Scalar() => Check<ScalarLanes>();

    [Fact]
    public void Portable() => Check<PortableLanes>();

    [Fact]
    public void Avx2Instructions()
    {
        if (Avx2.IsSupported)
            Check<Avx2Lanes>();
    }

    private static void Check<TLanes>()
        where TLanes : struct, ILanes
    {
        var random = new Random(9);
        for (int round = 0; round < 50; round++)
        {
            Quintic[] a = Elements(random), b = Elements(random);
            Quintic constant = TestValues.Quintic(random);
            Vector256<uint> scalars = Vector256.Create(constant.C0.Raw, 0, 1, KoalaBear.Modulus - 1, constant.C1.Raw, 5, 6, 7);
            fixed (Quintic* pa = a, pb = b)
            {
                QuinticLanes<TLanes> x = QuinticLanes<TLanes>.Load(pa), y = QuinticLanes<TLanes>.Load(pb);
                Assert.Equal(a.Zip(b, (p, q) => p + q), Stored(x + y));
                Assert.Equal(a.Zip(b, (p, q) => p - q), Stored(x - y));
                Assert.Equal(a.Zip(b, (p, q) => p * q), Stored(x * y));
                Assert.Equal(a.Select((p, i) => p * KoalaBear.FromRaw(scalars[i])), Stored(x * scalars));
                Assert.Equal(a.Select(p => p * constant), Stored(x * QuinticLanes<TLanes>.Broadcast(constant)));
            }
        }
    }

    private static Quintic[] Elements(Random random)
    {
        KoalaBear largest = KoalaBear.FromRaw(KoalaBear.Modulus - 1);
        Quintic[] elements = [.. Enumerable.Range(0, 8).Select(_ => TestValues.Quintic(random))];
        elements[random.Next(8)] = new Quintic(largest, largest, largest, largest, largest);
        return elements;
    }

    private static Quintic[] Stored<TLanes>(QuinticLanes<TLanes> value)
        where TLanes : struct, ILanes
    {
        var elements = new Quintic[8];
        fixed (Quintic* pointer = elements)
            value.Store(pointer);
        return elements;
    }
}
