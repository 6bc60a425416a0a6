using Fermat.Stark;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>
/// Statement W: the first event of a batch of statement T is a deleveraging, and it was the counterparty's turn. In the whole book under the root before the batch, at the batch's market data, no account that holds the other side of the
/// instrument, but for the fees account and the insurance fund, has a higher <c>liquidation.rank</c>, nor the same at a lower leaf; and no position of the failing account is worth more at mark and index prices than the one in this instrument. Who failed, who was chosen and in which instrument stays secret.
/// </summary>
/// <remarks>It says nothing that T says: that the failing account was due, that sides are opposite, at what price. So it is worth what the proof of the batch is worth beside it.</remarks>
public static class WaterfallStatement
{
    /// <summary>Version of the statement: of its canonical bytes and of its relation.</summary>
    public const int Version = 3;

    /// <summary>Checks the proof that the first event of a batch was in order. The rulebook is the batch's, which is the verifier's own, and so are the circuit and its key.</summary>
    /// <param name="batch">The public inputs of a batch whose own proof is accepted (<see cref="TransitionStatement"/>).</param>
    /// <param name="proof">Bytes of a proof, of any origin.</param>
    /// <param name="policy">What the verifier insists on; null for <see cref="VerifierPolicy.Default"/>.</param>
    /// <returns>Never throws on account of batch or proof.</returns>
    public static WaterfallVerification Verify(TransitionInputs batch, ReadOnlyMemory<byte> proof, VerifierPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        policy ??= VerifierPolicy.Default;
        if (batch.Problem() is { } problem) return new(problem, null);
        if (batch.Classes[0] != EventClass.Deleveraging)
            return new(new StatementRejection(StatementRejectionCode.WrongClaim, "the batch does not begin with a deleveraging, so there is no order to be proven"), null);
        (StatementRejection? rejection, VerificationResult? result) = StatementProof.Verify(
            () => WaterfallCircuit.Of(batch.Rulebook, batch.HashSlots), "the order cannot be proven under the rulebook", circuit => new BookPublicTables(batch, circuit), proof, policy);
        return new(rejection, result);
    }

    /// <summary>What is wanting where each deleveraging has to be proven in order, or null.</summary>
    /// <param name="batch">The public inputs of a batch.</param>
    /// <param name="verified">The verdict on its proof of order; null where it has none.</param>
    public static StatementRejection? Wanting(TransitionInputs batch, WaterfallVerification? verified)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count(EventClass.Deleveraging) <= (verified is { Accepted: true } ? 1 : 0)) return null;
        return new(StatementRejectionCode.NotProven, "an account was deleveraged, and that it was its turn is not proven", Expected: "a batch that begins with it, has no other, and has a proof of order", Got: "the venue's word", Hint: "fermat prove batch --order and fermat run --order make it");
    }
}

/// <summary>The outcome of checking statement W and its proof: accepted where it was the counterparty's turn.</summary>
public sealed record WaterfallVerification : StatementVerification
{
    internal WaterfallVerification(StatementRejection? rejection, VerificationResult? result)
        : base(rejection, result)
    {
    }
}
