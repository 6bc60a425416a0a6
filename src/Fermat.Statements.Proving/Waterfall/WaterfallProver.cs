using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Ledger;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Statements.Proving.Waterfall;

/// <summary>Proves whose turn it was to be deleveraged.</summary>
public static class WaterfallProver
{
    /// <summary>Proves statement W for a batch that begins with a deleveraging. Ranks are first compared natively; who is skipped is named before any work on a proof.</summary>
    /// <param name="batch">The batch, exactly as it is proven with statement T: the proof is about its public inputs, digests of events with their salts among them.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="profile">Which trade-off of time and size.</param>
    /// <param name="provenBits">Proven bits to reach.</param>
    /// <param name="context">Progress, cancellation and limits; null for none.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or has no <c>liquidation.rank</c>.</exception>
    /// <exception cref="ArgumentException">The book does not fit one proof, or the profile does not reach the bits.</exception>
    public static WaterfallOutcome Prove(TransitionBatch batch, SaltDeriver salts, ProofProfile profile = ProofProfile.Fast, int provenBits = 100, ProverContext? context = null)
    {
        long start = Stopwatch.GetTimestamp();
        return PlannedBatch.Of(batch, salts, out RefusedEvent? refused, context?.CancellationToken ?? default) is { } planned ? Prove(planned, profile, provenBits, context) : WaterfallOutcome.None(refused!, start);
    }

    /// <summary>The same of a batch that is worked out already.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="profile">Which trade-off of time and size.</param>
    /// <param name="provenBits">Proven bits to reach.</param>
    /// <param name="context">Progress, cancellation and limits; null for none.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or has no <c>liquidation.rank</c>.</exception>
    /// <exception cref="ArgumentException">The book does not fit one proof, or the profile does not reach the bits.</exception>
    public static WaterfallOutcome Prove(PlannedBatch batch, ProofProfile profile = ProofProfile.Fast, int provenBits = 100, ProverContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        long start = Stopwatch.GetTimestamp();
        WaterfallCircuit circuit = WaterfallCircuit.Of(batch.Batch.Rulebook, batch.Inputs.HashSlots);
        if (TurnOf(batch.Batch, circuit, out string? reason) is not { } turn) return WaterfallOutcome.None(new RefusedEvent(0, reason!), start);
        return WaterfallOutcome.Of(batch, circuit, new WaterfallTraceBuilder(circuit, batch.Batch, batch.Plan, turn), profile, provenBits, context ?? new ProverContext(), start);
    }

    /// <summary>Compares ranks natively and proves nothing.</summary>
    /// <param name="batch">A batch that the rules allow.</param>
    /// <returns>Null where the batch begins with a deleveraging and it was the counterparty's turn; else why not.</returns>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, or has no <c>liquidation.rank</c>.</exception>
    public static RefusedEvent? Check(TransitionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return TurnOf(batch, WaterfallCircuit.Of(batch.Rulebook, TransitionProver.DefaultHashSlots), out string? reason) is null ? new RefusedEvent(0, reason!) : null;
    }

    /// <summary>Whose turn the batch says it is, where it is so.</summary>
    internal static OrderWitness? TurnOf(TransitionBatch batch, WaterfallCircuit circuit, out string? reason)
    {
        if (batch.Events is not [{ Kind: EventKind.Deleveraging } first, ..])
        {
            reason = "the batch does not begin with a deleveraging: the order is decided on the state that its root is of";
            return null;
        }
        OrderWitness turn = Named(batch, circuit);
        reason = null;
        if (turn.Chosen == turn.Fees || turn.Chosen == turn.Insurance) reason = $"{batch.Accounts[turn.Chosen].Account.Id} is the venue's own, and has no turn";
        if (turn.Positions.All(position => position.Instrument != turn.Instrument)) reason = $"nothing of the position of {batch.Accounts[turn.Failing].Account.Id} is due";
        foreach ((int instrument, BigInteger size) in turn.Positions)
            if (Worth(circuit, batch, instrument, size) > turn.Worth) reason = $"{batch.Accounts[turn.Failing].Account.Id} has a larger position, in {batch.Market.Tables[circuit.Order.Fields.InstrumentTable][instrument].Symbol}";
        for (int leaf = 0; leaf < batch.Accounts.Count && reason is null; leaf++)
        {
            if (leaf == turn.Chosen || leaf == turn.Fees || leaf == turn.Insurance || SizeOf(batch, circuit, leaf, turn.Instrument) is not { } size || size.Sign < 0 == turn.IsShort || (size.IsZero && circuit.Order.Fields.HasMargin)) continue;
            BigInteger rank = RankOf(batch, circuit, leaf);
            if (rank > turn.Rank || (rank == turn.Rank && leaf < turn.Chosen))
                reason = $"it is the turn of {batch.Accounts[leaf].Account.Id}, with the rank {rank}, before {batch.Accounts[turn.Chosen].Account.Id}, with {turn.Rank}";
        }
        return reason is null ? turn : null;
    }

    /// <summary>Whose turn the batch's first event says it is, be it so or not.</summary>
    internal static OrderWitness Named(TransitionBatch batch, WaterfallCircuit circuit)
    {
        BatchEvent e = batch.Events[0];
        (int instrument, VersionFields fields) = (e.Instrument!.Value, circuit.Order.Fields);
        ImmutableArray<(int Instrument, BigInteger Size)> positions = DueOf(batch, circuit, e.First);
        BigInteger own = SizeOf(batch, circuit, e.First, instrument) ?? 0;
        return new OrderWitness(e.First, e.Second!.Value, instrument, own.Sign < 0, Worth(circuit, batch, instrument, own), positions, RankOf(batch, circuit, e.Second.Value), batch.FeesSlot, batch.InsuranceSlot);
    }

    /// <summary>The positions of an account that a liquidation may take.</summary>
    private static ImmutableArray<(int Instrument, BigInteger Size)> DueOf(TransitionBatch batch, WaterfallCircuit circuit, int leaf)
    {
        (AccountData account, VersionFields fields) = (batch.Accounts[leaf].Account, circuit.Order.Fields);
        var interpreter = new Interpreter(batch.Rulebook.Rulebook, batch.Market);
        return [.. account.Items[fields.Positions].Where((_, i) => circuit.Order.Terms.IsDue(interpreter, account, i)).Select(item => ((int)item[fields.Instrument], item[fields.Size]))];
    }

    private static BigInteger Worth(WaterfallCircuit circuit, TransitionBatch batch, int instrument, BigInteger size) => BigInteger.Abs(size) * circuit.Order.Worth.OfUnit(batch.Market, instrument);

    private static BigInteger RankOf(TransitionBatch batch, WaterfallCircuit circuit, int leaf) => circuit.Interpreter(batch.Market).Evaluate(batch.Accounts[leaf].Account)[0];

    private static BigInteger? SizeOf(TransitionBatch batch, WaterfallCircuit circuit, int leaf, int instrument)
    {
        VersionFields fields = circuit.Order.Fields;
        foreach (ImmutableArray<BigInteger> item in batch.Accounts[leaf].Account.Items[fields.Positions])
            if (item[fields.Instrument] == instrument) return item[fields.Size];
        return null;
    }
}
