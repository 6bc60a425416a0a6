namespace Fermat.Hashing;

/// <summary>The hash family of a proof: its Merkle trees, its transcript and its grinding all use it.</summary>
public enum CommitmentHash : byte
{
    /// <summary>BLAKE3: the fastest on a CPU; for proofs that a program verifies.</summary>
    Blake3 = 1,

    /// <summary>Keccak-256: for proofs that the EVM verifies.</summary>
    Keccak256 = 2,

    /// <summary>Poseidon (the original), width 16: for proofs that are verified inside proofs.</summary>
    Poseidon = 3,

    /// <summary>Poseidon2, width 16 for nodes and 24 for leaves: beside Poseidon, for comparison.</summary>
    Poseidon2 = 4,
}
