using Fermat.Air;
using Fermat.Algebra;
using Fermat.Benchmarks;
using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>The yardstick of the benchmarks proves what it says: Poseidon2 permutations.</summary>
public class YardstickTests
{
    private const int LogHeight = 7;

    private static readonly Circuit Circuit = Poseidon2Circuit.Build();
    private static readonly ProofOptions Options = new(CommitmentHash.Poseidon2, 1, 8, 0, 3, 4, TailRows: 32);

    [Fact]
    public void Table_has_1312_columns_and_degree_3()
    {
        Table table = Assert.Single(Circuit.Tables);
        Assert.Equal(1312, table.PhaseWidth(0));
        Assert.Equal(3, table.MaxDegree);
    }

    [Fact]
    public void Cubes_are_those_of_the_permutation()
    {
        using TableTrace trace = Trace();
        Span<KoalaBear> row = trace.Phase(0).Row(5);
        for (int p = 0; p < Poseidon2Circuit.Permutations; p++)
        {
            Span<KoalaBear> cells = row.Slice(p * Poseidon2Circuit.ColumnsEach, Poseidon2Circuit.ColumnsEach);
            KoalaBear[] expected = cells[..Poseidon2_16.Width].ToArray();
            Poseidon2_16.Permute(expected);

            // The last external matrix takes the last 16 cubes to the permuted state.
            KoalaBear[] last = cells[^Poseidon2_16.Width..].ToArray();
            Assert.Equal(expected, External(last));
        }
    }

    [Fact]
    public void Honest_trace_is_proven_and_accepted()
    {
        byte[] proof = Prover.Prove(Circuit, [Trace()], new Nothing(), null, Options);
        Assert.True(Verify(proof).Accepted);
    }

    [Theory]
    [InlineData(0, 16)]
    [InlineData(17, 163)]
    [InlineData(95, 1311)]
    [InlineData(50, 700)]
    public void Changed_cell_is_rejected(int row, int column)
    {
        TableTrace trace = Trace();
        trace.Phase(0)[row, column] += KoalaBear.One;
        byte[] proof = Prover.Prove(Circuit, [trace], new Nothing(), null, Options, new ProverContext { SkipSelfChecks = true });
        Assert.Equal(RejectionCode.ConstraintsNotSatisfied, Verify(proof).Rejection!.Code);
    }

    private static TableTrace Trace() => Poseidon2Trace.Fill(Circuit, LogHeight, Options.TailRows, seed: 7);

    private static VerificationResult Verify(byte[] proof) =>
        Verifier.Verify(Circuit, VerifyingKey.Compile(Circuit, Options, [LogHeight]), new Nothing(), proof, new VerifierPolicy(MinimumProvenBits: 0));

    private static KoalaBear[] External(KoalaBear[] state)
    {
        int[][] m = [[2, 3, 1, 1], [1, 2, 3, 1], [1, 1, 2, 3], [3, 1, 1, 2]];
        var result = new KoalaBear[state.Length];
        for (int i = 0; i < state.Length; i++)
        {
            for (int j = 0; j < state.Length; j++)
                result[i] += KoalaBear.From(m[i % 4][j % 4] * (i / 4 == j / 4 ? 2 : 1)) * state[j];
        }

        return result;
    }

    private sealed class Nothing : IPublicTables
    {
        public ReadOnlySpan<byte> PublicInputs => [];

        public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
        {
        }
    }
}
