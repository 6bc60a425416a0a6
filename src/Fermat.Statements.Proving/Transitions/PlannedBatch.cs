using Fermat.Hashing;
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

    /// <summary>Opens a row: everything that its digest was made of, but the terms of its event.</summary>
    /// <param name="row">From 1.</param>
    public EventRowOpening OpenRow(int row)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(row, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(row, Plan.Events.Count);
        EventWitness witness = Plan.Events[row - 1];
        return new EventRowOpening
        {
            Row = row,
            Salt = Digest.FromFields(witness.Salt),
            Kind = (EventKind)(int)witness.Data[EventRow.Kind],
            First = (int)witness.Data[EventRow.First],
            Second = (int)witness.Data[EventRow.Second],
            Instrument = (int)witness.Data[EventRow.Instrument],
            Asset = (int)witness.Data[EventRow.Asset],
            Mode = (int)witness.Data[EventRow.Mode],
            FirstOwner = Digest.FromFields(witness.FirstOwner),
            SecondOwner = Digest.FromFields(witness.SecondOwner),
            FirstNonce = EventBlocks.Nonce(witness.FirstNonce),
            SecondNonce = EventBlocks.Nonce(witness.SecondNonce),
            FirstCash = witness.Data[EventRow.FirstCash],
            SecondCash = witness.Data[EventRow.SecondCash],
            Fee = witness.Data[EventRow.Fee],
            Size = witness.Data[EventRow.Size],
            Cost = witness.Data[EventRow.Cost],
            Pledged = witness.Data[EventRow.Pledged],
        };
    }

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
