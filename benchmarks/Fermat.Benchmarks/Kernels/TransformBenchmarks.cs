using BenchmarkDotNet.Attributes;
using Fermat.Algebra;

namespace Fermat.Benchmarks;

/// <summary>The transforms and the sums over whole matrices, by kernel and shape. Times are for all threads.</summary>
public class TransformBenchmarks
{
    private static readonly Quintic Point = new(KoalaBear.From(5), KoalaBear.One, KoalaBear.Half, KoalaBear.From(7), KoalaBear.Generator);

    private Matrix _trace = null!;
    private Matrix _extended = null!;
    private Quintic[] _values = [];
    private Quintic[] _coefficients = [];

    /// <summary>The implementation of the inner loops.</summary>
    [Params(KernelKind.Vector256, KernelKind.Avx2)]
    public KernelKind Kernel { get; set; }

    /// <summary>log2 of the rows of the trace.</summary>
    [Params(14, 20)]
    public int Log { get; set; }

    /// <summary>Columns of the trace.</summary>
    [Params(64)]
    public int Columns { get; set; }

    /// <summary>Fills a trace with reproducible values.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Kernels.Active = Kernel;
        var random = new Random(1);
        _trace = new Matrix(1 << Log, Columns);
        for (int row = 0; row < _trace.Rows; row++)
        {
            foreach (ref KoalaBear cell in _trace.Row(row))
                cell = KoalaBear.From((uint)random.Next());
        }

        _extended = Lde.Extend(_trace, 1, KoalaBear.Generator);
        _values = [.. Enumerable.Repeat(Point, _extended.Rows)];
        _coefficients = [.. Enumerable.Repeat(Point, Columns)];
    }

    /// <summary>Frees the matrices.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _trace.Dispose();
        _extended.Dispose();
    }

    /// <summary>The extension by two, allocation of the result included.</summary>
    [Benchmark]
    public void Extend() => Lde.Extend(_trace, 1, KoalaBear.Generator).Dispose();

    /// <summary>All columns at an extension point.</summary>
    [Benchmark]
    public Quintic[] Evaluate() => Barycentric.Evaluate(_extended, 0, 1 << Log, KoalaBear.Generator, Point);

    /// <summary>A linear combination of all columns of the extension.</summary>
    [Benchmark]
    public void Combine() => LinearCombination.Rows(_extended, 0, _coefficients, _values);

    /// <summary>Inverses of as many extension elements as the extension has rows.</summary>
    [Benchmark]
    public void Invert() => BatchInverse.Invert(_values);
}
