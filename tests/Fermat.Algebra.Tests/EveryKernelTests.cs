using Fermat.Tests;

namespace Fermat.Algebra.Tests;

public sealed class EveryKernelTests
{
    /// <summary>Every kernel of the machine in turn: transforms, extensions, points and lanes.</summary>
    [Theory]
    [MemberData(nameof(ForcedKernel.All), MemberType = typeof(ForcedKernel))]
    public Task TheKernelGivesTheSame(string kernel) => ForcedKernel.Run(kernel, typeof(LanesTests), typeof(NttTests), typeof(LdeTests), typeof(PointTests), typeof(QuinticLanesTests), typeof(BatchInverseTests), typeof(ExtensionDotTests));
}
