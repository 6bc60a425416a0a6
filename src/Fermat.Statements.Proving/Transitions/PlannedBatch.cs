using Fermat.Ledger;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Proving.Transitions;

/// <summary>A batch whose events the rules allow, worked out once for all that is proven of it: versions of accounts, both trees, digests of events.</summary>
public sealed class PlannedBatch
{
    private PlannedBatch(TransitionBatch batch, TransitionPlan plan)
    {
        (Batch, Plan, Circuit) = (batch, plan, TransitionProver.CircuitOf(batch));
        Inputs = TransitionProver.InputsOf(batch, plan, Circuit);
    }

    /// <summary>The batch.</summary>
    public TransitionBatch Batch { get; }

    /// <summary>The public inputs of statement T, which are those of W and D too.</summary>
    public TransitionInputs Inputs { get; }

    /// <summary>The circuit of statement T.</summary>
    internal TransitionCircuit Circuit { get; }

    internal TransitionPlan Plan { get; }

    /// <summary>Works a batch out.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="refused">The first event that the rules do not allow, or what is wrong with the batch as a whole; null when there is none.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <returns>The batch, or null when it is refused.</returns>
    /// <exception cref="Fermat.Rules.Core.CoreException">The rulebook says something that cannot be proven yet.</exception>
    public static PlannedBatch? Of(TransitionBatch batch, SaltDeriver salts, out RefusedEvent? refused, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(salts);
        if (VersionMaker.Make(batch, out refused) is not { } versions) return null;
        var planned = new PlannedBatch(batch, new TransitionPlan(batch, versions, salts, cancel));
        if (planned.Inputs.Problem() is { } problem) refused = new RefusedEvent(-1, problem.ToString());
        return refused is null ? planned : null;
    }
}
