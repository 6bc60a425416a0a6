namespace Fermat.Algebra.Tests;

public sealed class KernelsTests
{
    [Theory]
    [InlineData("scalar", KernelKind.Scalar)]
    [InlineData("Vector256", KernelKind.Vector256)]
    [InlineData("portable", KernelKind.Vector256)]
    public void EnvironmentNamesAKernel(string name, KernelKind expected) => Assert.Equal(expected, Kernels.FromEnvironment(name));

    [Theory]
    [InlineData("avx2", KernelKind.Avx2)]
    [InlineData("AVX512", KernelKind.Avx512)]
    public void EnvironmentNamesAKernelThatNotEveryMachineHas(string name, KernelKind expected)
    {
        Assert.SkipUnless(Kernels.Available.Contains(expected), $"this machine has no {expected}");
        Assert.Equal(expected, Kernels.FromEnvironment(name));
    }

    [Fact]
    public void WithoutANameTheBestIsTaken()
    {
        Assert.Equal(Kernels.Available[^1], Kernels.FromEnvironment(null));
        Assert.Equal(Kernels.Available[^1], Kernels.FromEnvironment(""));
    }

    [Theory]
    [InlineData("fast")]
    [InlineData("7")]
    public void OtherNamesAreRefused(string name)
    {
        var failure = Assert.Throws<InvalidOperationException>(() => Kernels.FromEnvironment(name));
        Assert.Contains(name, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void UnknownKernelsAreRefused() => Assert.Throws<PlatformNotSupportedException>(() => Kernels.Active = (KernelKind)99);
}
