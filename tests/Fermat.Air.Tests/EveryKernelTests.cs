using Fermat.Tests;

namespace Fermat.Air.Tests;

public sealed class EveryKernelTests
{
    /// <summary>Every kernel of the machine in turn: strips, whose lanes take what the machine has, against the evaluator that takes one element at a time.</summary>
    [Theory]
    [MemberData(nameof(ForcedKernel.All), MemberType = typeof(ForcedKernel))]
    public Task TheKernelGivesTheSame(string kernel) => ForcedKernel.Run(kernel, typeof(EvaluatorTests), typeof(LanesTests));
}
