using System.Diagnostics;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Statements.Proving.Waterfall;

/// <summary>The outcome of asking for a proof of statement W or D: a proof, or why there is none.</summary>
/// <param name="Batch">The public inputs of the batch that it is about; null when there is no proof.</param>
/// <param name="Proof">The proof's bytes; empty when there is none.</param>
/// <param name="Options">The proof's parameters.</param>
/// <param name="Report">Where time and memory went.</param>
/// <param name="Elapsed">Wall-clock time in all, but for what was worked out before.</param>
/// <param name="Refused">Why there is no proof; null exactly when there is one.</param>
public sealed record WaterfallOutcome(TransitionInputs? Batch, byte[] Proof, ProofOptions? Options, ProverReport? Report, TimeSpan Elapsed, RefusedEvent? Refused)
{
    internal static WaterfallOutcome None(RefusedEvent refused, long start) => new(null, [], null, null, Stopwatch.GetElapsedTime(start), refused);

    internal static WaterfallOutcome Of(PlannedBatch batch, BookCircuit circuit, BookTraceBuilder builder, ProofProfile profile, int provenBits, ProverContext context, long start)
    {
        MadeProof made = MadeProof.Of(circuit.Circuit, builder, new BookPublicTables(batch.Inputs, circuit), profile, provenBits, context);
        return new WaterfallOutcome(batch.Inputs, made.Bytes, made.Options, made.Report, Stopwatch.GetElapsedTime(start), null);
    }
}
