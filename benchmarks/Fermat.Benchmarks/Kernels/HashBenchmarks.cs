using BenchmarkDotNet.Attributes;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Benchmarks;

/// <summary>Hashing: permutations and messages on one core, Merkle commitments on all.</summary>
public class HashBenchmarks
{
    private const int States = 1 << 10;

    private readonly KoalaBear[] _states = new KoalaBear[States * Poseidon16.Width];
    private readonly byte[] _message = new byte[1 << 16];
    private Matrix _matrix = null!;

    /// <summary>The hash of the commitment.</summary>
    [Params(CommitmentHash.Blake3, CommitmentHash.Keccak256, CommitmentHash.Poseidon, CommitmentHash.Poseidon2)]
    public CommitmentHash Hash { get; set; }

    /// <summary>Fills states, message and matrix with reproducible values.</summary>
    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        for (int i = 0; i < _states.Length; i++) _states[i] = KoalaBear.From((uint)random.Next());
        random.NextBytes(_message);
        _matrix = new Matrix(1 << 14, 64);
        for (int row = 0; row < _matrix.Rows; row++) _matrix.Row(row).Fill(KoalaBear.From(row));
    }

    /// <summary>Frees the matrix.</summary>
    [GlobalCleanup]
    public void Cleanup() => _matrix.Dispose();

    /// <summary>1024 permutations, or 64 KiB of a byte hash as one message.</summary>
    [Benchmark]
    public void OneCore()
    {
        switch (Hash)
        {
            case CommitmentHash.Blake3: Blake3.Hash(_message); break;
            case CommitmentHash.Keccak256: Keccak256.Hash(_message); break;
            case CommitmentHash.Poseidon: Poseidon16.PermuteMany(_states); break;
            default: Poseidon2_16.PermuteMany(_states); break;
        }
    }

    /// <summary>A Merkle tree over 2^14 rows of 64 elements.</summary>
    [Benchmark]
    public void Commit() => MerkleTree.Commit(Hash, [_matrix], null).Dispose();
}
