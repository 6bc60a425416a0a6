using Fermat.Air;
using Fermat.Stark;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>Proves the segments of a book one after another: of a run that was stopped those that are finished are taken over, once the verifier accepts them for this very statement.</summary>
/// <param name="circuit">The circuit of every segment.</param>
/// <param name="proofOptions">The parameters of every proof.</param>
/// <param name="shape">The heights of every proof.</param>
/// <param name="options">How the whole proof is made.</param>
/// <param name="segments">How many there are.</param>
/// <param name="progress">Told how far the work is.</param>
/// <param name="cancel">Stops the work.</param>
internal sealed class SegmentRun(
    Circuit circuit, ProofOptions proofOptions, CircuitShape shape, SolvencyProverOptions options, int segments, IProgress<SolvencyProgress>? progress, CancellationToken cancel)
{
    private readonly List<byte[]> proofs = [];
    private readonly List<ProverReport> reports = [];
    private readonly ISegmentStore? store = segments > 1 ? options.Store : null;

    /// <summary>Where time and memory went, all segments together; null when each was finished before.</summary>
    public ProverReport? Report => reports.Count == 0 ? null : ProverReport.Sum(reports);

    /// <summary>The proof file, once every segment is proven.</summary>
    public byte[] File() => SolvencyProofFile.Write(proofs);

    /// <summary>Proves the next segment, or takes over its proof.</summary>
    /// <param name="segment">Its number: they come in order.</param>
    /// <param name="verify">What the verifier says of a proof of this segment.</param>
    /// <param name="fill">Makes public tables and traces; told where to report progress.</param>
    public void Prove(int segment, Func<byte[], VerificationResult> verify, Func<SegmentProgress?, (IPublicTables Publics, ITraceExtender Extender, IReadOnlyList<TableTrace> Traces)> fill)
    {
        cancel.ThrowIfCancellationRequested();
        if (Finished(segment, verify) is { } finished)
        {
            proofs.Add(finished);
            return;
        }
        var watch = progress is null ? null : new SegmentProgress(progress, segment, segments);
        (IPublicTables publics, ITraceExtender extender, IReadOnlyList<TableTrace> traces) = fill(watch);
        var context = new ProverContext { Progress = watch, CancellationToken = cancel, MemoryLimit = options.MemoryLimit, Completed = reports.Add };
        proofs.Add(Prover.Prove(circuit, traces, publics, extender, proofOptions, context));
        store?.Save(segment, proofs[^1]);
    }

    /// <summary>The proof of a segment from an earlier run, if it is one that this run could have made.</summary>
    private byte[]? Finished(int segment, Func<byte[], VerificationResult> verify)
    {
        if (store?.Load(segment) is not { } proof) return null;
        return verify(proof) is { Accepted: true, Info: { } info } && info.Options == proofOptions && info.Tables.Select(table => table.LogHeight).SequenceEqual(shape.LogHeights) ? proof : null;
    }
}
