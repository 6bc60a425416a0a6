namespace Fermat.Algebra.Tests;

/// <summary>Tests that set <see cref="Kernels.Active"/> or <see cref="Parallelism.Degree"/>: they run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class KernelCollection
{
    public const string Name = "kernels";

    public static TheoryData<KernelKind> All => [.. Kernels.Available];

    /// <summary>Runs with one kernel and puts the former one back.</summary>
    internal static void With(KernelKind kernel, Action action)
    {
        KernelKind before = Kernels.Active;
        Kernels.Active = kernel;
        try
        {
            action();
        }
        finally
        {
            Kernels.Active = before;
        }
    }

    /// <summary>Runs with a number of threads and puts the former one back.</summary>
    internal static void WithDegree(int degree, Action action)
    {
        int before = Parallelism.Degree;
        Parallelism.Degree = degree;
        try
        {
            action();
        }
        finally
        {
            Parallelism.Degree = before;
        }
    }
}
