using Fermat.Tests;

namespace Fermat.Stark.Tests;

public sealed class EveryKernelTests
{
    /// <summary>Every kernel of the machine in turn: folds, quotients and whole proofs, which the verifier checks.</summary>
    [Theory]
    [MemberData(nameof(ForcedKernel.All), MemberType = typeof(ForcedKernel))]
    public Task TheKernelGivesTheSame(string kernel) => ForcedKernel.Run(kernel, typeof(KernelTests), typeof(HealthTests));
}
