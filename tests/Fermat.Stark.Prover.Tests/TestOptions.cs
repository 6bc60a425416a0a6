using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>Options that keep tables tiny; far from secure.</summary>
internal static class TestOptions
{
    public static ProofOptions Of(
        CommitmentHash hash = CommitmentHash.Blake3, int blowupLog2 = 1, int queries = 6, bool zeroKnowledge = true, int finalLog2 = 2, int foldingLog2 = 3) =>
        new(hash, blowupLog2, queries, QueryGrindingBits: 3, foldingLog2, finalLog2, ProofOptions.MinimumTailRows(queries), zeroKnowledge);

    public static byte[] Seed(int value)
    {
        var seed = new byte[32];
        BitConverter.TryWriteBytes(seed, value);
        return seed;
    }
}
