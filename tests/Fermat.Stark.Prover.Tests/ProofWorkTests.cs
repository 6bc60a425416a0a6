using Fermat.Air;
using Fermat.Benchmarks;
using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>What a share of the machine's limit is measured by, counted by hand.</summary>
public class ProofWorkTests
{
    /// <summary>Two columns, one public, no product of columns: 2^10 rows, rate 1/4, no zero knowledge.</summary>
    [Fact]
    public void Fibonacci_needs_transforms_folds_and_openings()
    {
        var options = new ProofOptions(CommitmentHash.Blake3, 2, 8, 0, 3, 4, TailRows: 8, ZeroKnowledge: false);
        var shape = new ProofShape(new FibonacciToy(10).Circuit, options, [10]);
        const long columns = 2 * (1 + 4), publics = 1 + 2, quotient = 5 * 2, pieces = 15 * 4; // transforms, half a product a level and row
        const long constraints = 2 * 5 * 5;                                                   // on two cosets, five of the base field, each times a power of a challenge
        const long opened = 5 * (2 * 17) + (5 * 2);                                           // two columns and the pieces: out of the domain and batched; both on the next row too
        Assert.Equal(1024 * ((10 * (columns + publics + quotient + pieces) / 2) + constraints + opened), ProofWork.Proving(shape));
    }

    [Fact]
    public void Longer_codewords_and_algebraic_commitments_need_more()
    {
        Circuit circuit = Poseidon2Circuit.Build();
        long Work(CommitmentHash hash, int blowup) => ProofWork.Proving(new ProofShape(circuit, new ProofOptions(hash, blowup, 100, 16, 3, 7, TailRows: 8, ZeroKnowledge: false), [16]));
        long half = Work(CommitmentHash.Blake3, 1), quarter = Work(CommitmentHash.Blake3, 2), algebraic = Work(CommitmentHash.Poseidon2, 1);
        Assert.Equal((1312 + 15) * 2L * 16 / 2 << 16, quarter - half); // two cosets more of 1312 columns and 15 of the pieces
        Assert.Equal(2L * 982 * 83 << 16, algebraic - half);           // 83 blocks of 16 a row of both cosets; 430 + 552 products a permutation
    }
}
