using System.Diagnostics;
using Fermat.Ledger;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Venue;

/// <summary>What is proven of a batch: statement T, and beside it W where it begins with a deleveraging, and D where it is a loss that is shared.</summary>
/// <param name="Inputs">The public inputs, of all three.</param>
/// <param name="Proof">The proof of statement T.</param>
/// <param name="Order">The proof of statement W; null where none was asked for, or there is no order.</param>
/// <param name="Shares">The proof of statement D; null where none was asked for, there is no loss, or <see cref="LossUnproven"/> says why not.</param>
/// <param name="Elapsed">Wall-clock time in all.</param>
public sealed record BatchProofs(TransitionInputs Inputs, byte[] Proof, byte[]? Order, byte[]? Shares, TimeSpan Elapsed)
{
    /// <summary>Why there is no proof of shares though one was asked for and the batch is a loss; otherwise null.</summary>
    public UnprovenLoss? LossUnproven { get; init; }

    /// <summary>Whether there is no proof of the order though one was asked for and the batch begins with a deleveraging: the failing account's largest position has expired and waits for its settlement (<see cref="VenueBatch.HasExpired"/>).</summary>
    public bool IsOrderUnproven { get; init; }
}

/// <summary>Makes the proofs of a log's batches.</summary>
/// <param name="options">How the log is cut: <see cref="BatchOptions.Orders"/> and <see cref="BatchOptions.Shares"/> say what is proven beside statement T.</param>
/// <param name="salts">The venue's salts.</param>
/// <param name="profile">Which trade-off of proving time and proof size.</param>
/// <param name="provenBits">Proven bits of each proof.</param>
public sealed class BatchProver(BatchOptions options, SaltDeriver salts, ProofProfile profile = ProofProfile.Fast, int provenBits = Profiles.StandardBits)
{
    /// <summary>Throws where a rulebook lacks what the options want to be proven: a rank for orders, who is bankrupt for shares, balances that statement T counts for aggregates.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="options">What is to be proven.</param>
    /// <exception cref="Fermat.Rules.Core.CoreException">It does, or says something else that cannot be proven.</exception>
    public static void Require(VenueRulebook rulebook, BatchOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Orders) WaterfallCircuit.Of(rulebook, hashSlots: 1);
        if (options.Shares) SharesCircuit.Of(rulebook, hashSlots: 1);
        if (options.Aggregates) TransitionCircuit.Of(rulebook, hashSlots: 1, costRounding: 0, hasAggregates: true);
    }

    /// <summary>Proves a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="context">Progress, of statement T's proof; cancellation and limits of all. Null for none.</param>
    /// <returns>The proofs.</returns>
    /// <exception cref="BatchRefusedException">A statement is not true of the batch.</exception>
    /// <exception cref="Fermat.Rules.Core.CoreException">The rulebook says something that cannot be proven.</exception>
    /// <exception cref="ArgumentException">The book does not fit one proof, or the profile does not reach the bits.</exception>
    public BatchProofs Prove(VenueBatch batch, ProverContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        context ??= new ProverContext();
        long start = Stopwatch.GetTimestamp();
        if (PlannedBatch.Of(batch.Batch, salts, out RefusedEvent? ruledOut, context.CancellationToken) is not { } planned) throw new BatchRefusedException(BatchStatement.Transition, ruledOut!);
        TransitionOutcome transition = TransitionProver.Prove(planned, profile, provenBits, context);
        (byte[]? order, byte[]? shares, bool unordered) = (null, null, false);
        context = context with { Progress = null };
        if (options.Orders && batch.Batch.Events[0].Kind == EventKind.Deleveraging)
        {
            WaterfallOutcome outcome = WaterfallProver.Prove(planned, profile, provenBits, context);
            if (outcome.Refused is { } outOfTurn && !batch.HasExpired) throw new BatchRefusedException(BatchStatement.Order, outOfTurn);
            (order, unordered) = (outcome.Refused is null ? outcome.Proof : null, outcome.Refused is not null);
        }
        if (options.Shares && batch.IsLoss)
        {
            WaterfallOutcome outcome = SharesProver.Prove(planned, profile, provenBits, context);
            if (outcome.Refused is { } otherShares) throw new BatchRefusedException(BatchStatement.Shares, otherShares);
            shares = outcome.Proof;
        }
        return new BatchProofs(transition.Inputs!, transition.Proof, order, shares, Stopwatch.GetElapsedTime(start)) { LossUnproven = options.Shares ? batch.LossUnproven : null, IsOrderUnproven = unordered };
    }
}
