using BenchmarkDotNet.Attributes;
using Fermat.Algebra;

namespace Fermat.Benchmarks;

/// <summary>Element-wise arithmetic over 2^16 elements in the cache, eight lanes at a time, on one core.</summary>
public unsafe class FieldBenchmarks
{
    private const int Count = 1 << 16;

    private Matrix _left = null!;
    private Matrix _right = null!;

    /// <summary>Fills the operands with reproducible values.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _left = new Matrix(1, Count);
        _right = new Matrix(1, Count);
        var random = new Random(1);
        for (int i = 0; i < Count; i++)
            (_left[0, i], _right[0, i]) = (KoalaBear.From((uint)random.Next()), KoalaBear.From((uint)random.Next()));
    }

    /// <summary>Frees the operands.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _left.Dispose();
        _right.Dispose();
    }

    /// <summary>Montgomery products.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void Multiply()
    {
        KoalaBear* left = _left.Pointer, right = _right.Pointer;
        for (int i = 0; i < Count; i += KoalaBearVector.Lanes)
            KoalaBearVector.Store(KoalaBearVector.Mul(KoalaBearVector.Load(left + i), KoalaBearVector.Load(right + i)), left + i);
    }

    /// <summary>Products with one constant.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void MultiplyByConstant()
    {
        KoalaBear* left = _left.Pointer;
        var value = System.Runtime.Intrinsics.Vector256.Create(KoalaBear.Generator.Value);
        var companion = System.Runtime.Intrinsics.Vector256.Create(KoalaBearVector.Precompute(KoalaBear.Generator));
        for (int i = 0; i < Count; i += KoalaBearVector.Lanes)
            KoalaBearVector.Store(KoalaBearVector.MulConstant(KoalaBearVector.Load(left + i), value, companion), left + i);
    }

    /// <summary>Cubes.</summary>
    [Benchmark(OperationsPerInvoke = Count)]
    public void Cube()
    {
        KoalaBear* left = _left.Pointer;
        for (int i = 0; i < Count; i += KoalaBearVector.Lanes)
            KoalaBearVector.Store(KoalaBearVector.Cube(KoalaBearVector.Load(left + i)), left + i);
    }
}
