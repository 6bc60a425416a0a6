using Fermat.Stark;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>
/// Statement D: a batch of statement T is a socialized loss and nothing else, divided as it has to be. In the whole book under the root before the batch, at the batch's market data, the failing account, which may be the insurance fund, is bankrupt, has no position, owes
/// the asset and is short of all of that, and the insurance fund has nothing of it. All who hold the asset share the debt, but for the fees account: each pays ⌊loss · balance / Σ balances⌋ in the units in which the ledger counts the asset, by the batch's public inputs (<see cref="TransitionInputs.Units"/>), and the first by leaf one unit each of what that leaves; where all they
/// have is less than the debt, each pays all. The rows of the batch are these shares, each that is not zero once. Who failed, who paid, in what and how much stays secret.
/// </summary>
/// <remarks>It says nothing that T says: that a payer pays what the failing account receives, and that both end with it. So it is worth what the proof of the batch is worth beside it.</remarks>
public static class SharesStatement
{
    /// <summary>Version of the statement: of its canonical bytes and of its relation.</summary>
    public const int Version = 4;

    /// <summary>Checks the proof that a batch divides a loss as it has to be. The rulebook is the batch's, which is the verifier's own, and so are the circuit and its key.</summary>
    /// <param name="batch">The public inputs of a batch whose own proof is accepted (<see cref="TransitionStatement"/>).</param>
    /// <param name="proof">Bytes of a proof, of any origin.</param>
    /// <param name="policy">What the verifier insists on; null for <see cref="VerifierPolicy.Default"/>.</param>
    /// <returns>Never throws on account of batch or proof.</returns>
    public static SharesVerification Verify(TransitionInputs batch, ReadOnlyMemory<byte> proof, VerifierPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        policy ??= VerifierPolicy.Default;
        if (batch.Problem() is { } problem) return new(problem, null);
        if (batch.LogEvents != 1 || batch.Classes.Any(kind => kind != EventClass.LossShare))
            return new(new StatementRejection(StatementRejectionCode.WrongClaim, "the batch is not one loss that is shared, and nothing else"), null);
        (StatementRejection? rejection, VerificationResult? result) = StatementProof.Verify(
            () => SharesCircuit.Of(batch.Rulebook, batch.HashSlots), "shares cannot be proven under the rulebook", circuit => new BookPublicTables(batch, circuit), proof, policy);
        return new(rejection, result);
    }

    /// <summary>What is wanting where each loss has to be proven to be shared as it has to be, or null.</summary>
    /// <param name="batch">The public inputs of a batch.</param>
    /// <param name="verified">The verdict on its proof of shares; null where it has none.</param>
    public static StatementRejection? Wanting(TransitionInputs batch, SharesVerification? verified)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count(EventClass.LossShare) == 0 || verified is { Accepted: true }) return null;
        return new(StatementRejectionCode.NotProven, "a loss was shared, and that it was shared as it has to be is not proven", Expected: "a batch of its own, with a proof of shares", Got: "the venue's word", Hint: "fermat prove batch --shares and fermat run --shares make it");
    }
}

/// <summary>The outcome of checking statement D and its proof: accepted where the loss is divided as it has to be.</summary>
public sealed record SharesVerification : StatementVerification
{
    internal SharesVerification(StatementRejection? rejection, VerificationResult? result)
        : base(rejection, result)
    {
    }
}
