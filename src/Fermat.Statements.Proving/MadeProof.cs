using Fermat.Air;
using Fermat.Stark;

namespace Fermat.Statements.Proving;

/// <summary>A statement's proof with the parameters that its tables' sizes need.</summary>
/// <param name="Bytes">The proof.</param>
/// <param name="Options">Its parameters.</param>
/// <param name="Report">Where time and memory went.</param>
internal readonly record struct MadeProof(byte[] Bytes, ProofOptions Options, ProverReport? Report)
{
    /// <summary>Proves a statement.</summary>
    /// <exception cref="ArgumentException">The tables do not fit one proof, or the profile does not reach the bits.</exception>
    public static MadeProof Of(Circuit circuit, IStatementTraces builder, IPublicTables publics, ProofProfile profile, int provenBits, ProverContext context)
    {
        CircuitShape least = CircuitShape.Of(circuit, [.. circuit.Tables.Select(table => table.MinLogHeight)]);
        (ProofOptions options, CircuitShape shape) = Profiles.Fit(profile, provenBits, least, [.. builder.ActiveRows]);
        ProverReport? report = null;
        IReadOnlyList<TableTrace> traces = builder.Build(shape.LogHeights, options.TailRows, context.CancellationToken);
        byte[] proof = Prover.Prove(circuit, traces, publics, builder, options, context with { Completed = made => report = made });
        return new MadeProof(proof, options, report);
    }
}
