using Fermat.Air;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests.Lies;

/// <summary>Real proofs of what a lying prover made up, without the prover's own checks.</summary>
internal static class LyingProof
{
    private const int Bits = 20;

    /// <summary>What the verifier says of a statement and the proofs of its segments.</summary>
    /// <param name="chain">The statement.</param>
    /// <param name="segments">Each segment's witness.</param>
    public static SolvencyVerification Verify(SegmentChain chain, params IReadOnlyList<SegmentWitness> segments)
    {
        SolvencyCircuit circuit = SolvencyCircuit.Of(chain.Statement.Rulebook, chain.Statement.HashSlots);
        SolvencyTraceBuilder[] builders = [.. segments.Select(segment => segment.Builder())];
        CircuitShape least = CircuitShape.Of(circuit.Circuit, [.. circuit.Circuit.Tables.Select(table => table.MinLogHeight)]);
        int[] rows = [.. Enumerable.Range(0, circuit.Circuit.Tables.Count).Select(table => builders.Max(builder => builder.ActiveRows[table]) + (table == circuit.Hash.Table ? SegmentWitness.SpareRows : 0))];
        (ProofOptions options, CircuitShape shape) = Profiles.Fit(ProofProfile.Fast, Bits, least, rows, extraOracleBits: SolvencyStatement.BitsLost(segments.Count));
        byte[][] proofs = [.. segments.Zip(builders, (segment, builder) =>
        {
            var context = new ProverContext { SkipSelfChecks = true, Seed = new byte[32] };
            return Prover.Prove(circuit.Circuit, segment.Fill(builder, shape.LogHeights, options.TailRows), builder.Publics, builder, options, context);
        })];
        return SolvencyStatement.Verify(chain.Statement, SolvencyProofFile.Write(proofs), SolvencyAnchors.None, new VerifierPolicy(MinimumProvenBits: Bits));
    }
}
