using System.Runtime.Intrinsics.X86;

namespace Fermat.Algebra;

/// <summary>The implementations of the inner loops. All give the same words.</summary>
public enum KernelKind
{
    /// <summary>One element at a time, through the operators of <see cref="KoalaBear"/>: the reference.</summary>
    Scalar,

    /// <summary>Eight lanes with the portable <c>Vector256</c> operations only.</summary>
    Vector256,

    /// <summary>
    /// Eight lanes, written with AVX2 instructions. On a machine with AVX-512 the JIT may use its registers and encodings all the same;
    /// <c>DOTNET_EnableAVX512=0</c> forbids that.
    /// </summary>
    Avx2,

    /// <summary>
    /// The same eight lanes, where AVX-512 has an instruction for what takes AVX2 several: rotations and three-operand logic in BLAKE3 and Keccak. Field
    /// arithmetic is that of <see cref="Avx2"/>.
    /// </summary>
    Avx512,
}

/// <summary>
/// Which implementation the inner loops use. At first the fastest the machine has, or the one named by the environment variable
/// <c>FERMAT_KERNEL</c> (scalar, portable or vector256, avx2, avx512, in any case).
/// Strips, Poseidon2 and whatever else is written with <see cref="KoalaBearVector"/> take what the runtime says the machine has, a constant to the JIT;
/// there the runtime's own switch chooses, <c>DOTNET_EnableAVX2=0</c> for the portable code. <c>./fermat</c>, <c>./bench</c> and <c>./test</c> set
/// it by <c>FERMAT_KERNEL</c>.
/// </summary>
public static class Kernels
{
    /// <summary>The environment variable read once, at first use.</summary>
    public const string EnvironmentVariable = "FERMAT_KERNEL";

    /// <summary>The implementations this machine can run.</summary>
    public static IReadOnlyList<KernelKind> Available { get; } =
        Avx512F.VL.IsSupported ? [KernelKind.Scalar, KernelKind.Vector256, KernelKind.Avx2, KernelKind.Avx512]
        : Avx2.IsSupported ? [KernelKind.Scalar, KernelKind.Vector256, KernelKind.Avx2]
        : [KernelKind.Scalar, KernelKind.Vector256];

    // Initialised in the order of the text: after what is available.
    private static KernelKind _active = FromEnvironment(Environment.GetEnvironmentVariable(EnvironmentVariable));

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
        if (string.IsNullOrEmpty(name))
            return Available[^1];
        if (name.Equals("portable", StringComparison.OrdinalIgnoreCase))
            return KernelKind.Vector256;
        if (!Enum.TryParse(name, ignoreCase: true, out KernelKind kind) || !Enum.IsDefined(kind))
            throw new InvalidOperationException($"{EnvironmentVariable} must be scalar, portable (or vector256), avx2 or avx512, not '{name}'");
        return Available.Contains(kind)
            ? kind
            : throw new PlatformNotSupportedException($"{EnvironmentVariable}={name}, but this machine has only {string.Join(", ", Available)}");
    }
}
