using Fermat.Tests;

namespace Fermat.Hashing.Tests;

public sealed class EveryKernelTests
{
    /// <summary>Every kernel of the machine in turn: hashes, among them Poseidon2 whose lanes take what the machine has.</summary>
    [Theory]
    [MemberData(nameof(ForcedKernel.All), MemberType = typeof(ForcedKernel))]
    public Task TheKernelGivesTheSame(string kernel) => ForcedKernel.Run(kernel, typeof(PoseidonTests), typeof(PoseidonLaneTests), typeof(KernelTests));
}
