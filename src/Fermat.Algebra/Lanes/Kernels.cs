using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra;

/// <summary>The implementations of the inner loops. All give the same words.</summary>
public enum KernelKind
{
    /// <summary>One element at a time, through the operators of <see cref="KoalaBear"/>: the reference.</summary>
    Scalar,

    /// <summary>Eight lanes with the portable <c>Vector256</c> operations only.</summary>
    Vector256,

    /// <summary>Eight lanes with AVX2 instructions.</summary>
    Avx2,
}

/// <summary>
/// Which implementation the inner loops use. At first the fastest the machine has, or the one named by the environment variable
/// <c>FERMAT_KERNEL</c> (scalar, vector256 or avx2, in any case).
/// </summary>
public static class Kernels
{
    /// <summary>The environment variable read once, at first use.</summary>
    public const string EnvironmentVariable = "FERMAT_KERNEL";

    private static KernelKind _active = FromEnvironment(Environment.GetEnvironmentVariable(EnvironmentVariable));

    /// <summary>The implementations this machine can run.</summary>
    public static IReadOnlyList<KernelKind> Available { get; } =
        Avx2.IsSupported ? [KernelKind.Scalar, KernelKind.Vector256, KernelKind.Avx2] : [KernelKind.Scalar, KernelKind.Vector256];

    /// <summary>The implementation in use; set it only between computations.</summary>
    /// <exception cref="PlatformNotSupportedException">Set to an implementation this machine cannot run.</exception>
    public static KernelKind Active
    {
        get => _active;
        set => _active = Available.Contains(value)
            ? value
            : throw new PlatformNotSupportedException($"this machine cannot run the kernel {value}; it has {string.Join(", ", Available)}");
    }

    internal static KernelKind FromEnvironment(string? name)
    {
        KernelKind best = Avx2.IsSupported ? KernelKind.Avx2 : KernelKind.Vector256;
        if (string.IsNullOrEmpty(name))
            return best;
        if (!Enum.TryParse(name, ignoreCase: true, out KernelKind kind) || !Enum.IsDefined(kind))
            throw new InvalidOperationException($"{EnvironmentVariable} must be scalar, vector256 or avx2, not '{name}'");
        return kind == KernelKind.Avx2 && !Avx2.IsSupported
            ? throw new PlatformNotSupportedException($"{EnvironmentVariable}={name}, but this machine has no AVX2")
            : kind;
    }
}
