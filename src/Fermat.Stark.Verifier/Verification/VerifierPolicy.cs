namespace Fermat.Stark;

/// <summary>What a verifier insists on, whatever a proof says.</summary>
/// <param name="MinimumProvenBits">The fewest bits of proven soundness; below them a proof is rejected before any expensive work.</param>
/// <param name="MaximumProofBytes">The longest proof that is looked at.</param>
/// <param name="MaximumPublicCells">The most cells of public columns, of all tables at the proof's heights, that are filled in for checking it, each row as long as it is in memory: a multiple of 16.</param>
/// <param name="MinimumHashBits">
/// The fewest bits of collision resistance assumed of the commitment hash; null for as many as <paramref name="MinimumProvenBits"/>. It is less where a statement has several proofs: their errors add up,
/// so each must prove more, but a collision is as hard to find for all of them as for one.
/// </param>
public sealed record VerifierPolicy(
    int MinimumProvenBits = 100,
    int MaximumProofBytes = 64 << 20,
    long MaximumPublicCells = 1L << 26,
    int? MinimumHashBits = null)
{
    /// <summary>100 proven bits, 64 MiB, 2^26 cells.</summary>
    public static VerifierPolicy Default { get; } = new();
}
