using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using Fermat.Air;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Statements.Proving.Waterfall;

/// <summary>Proves how a loss was shared.</summary>
public static class SharesProver
{
    /// <summary>Proves statement D for a batch that is a socialized loss. Shares are first computed natively; who pays too much or too little is named before any work on a proof.</summary>
    /// <param name="batch">The batch, exactly as it is proven with statement T: the proof is about its public inputs, digests of events with their salts among them.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="profile">Which trade-off of time and size.</param>
    /// <param name="provenBits">Proven bits to reach.</param>
    /// <param name="context">Progress, cancellation and limits; null for none.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, does not say who is bankrupt, or shares losses by gains.</exception>
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
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, does not say who is bankrupt, or shares losses by gains.</exception>
    /// <exception cref="ArgumentException">The book does not fit one proof, or the profile does not reach the bits.</exception>
    public static WaterfallOutcome Prove(PlannedBatch batch, ProofProfile profile = ProofProfile.Fast, int provenBits = 100, ProverContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        long start = Stopwatch.GetTimestamp();
        SharesCircuit circuit = SharesCircuit.Of(batch.Batch.Rulebook, batch.Inputs.HashSlots);
        if (SharesOf(batch.Batch, circuit, out RefusedEvent? wrong) is not { } shares) return WaterfallOutcome.None(wrong!, start);
        return WaterfallOutcome.Of(batch, circuit, new SharesTraceBuilder(circuit, batch.Batch, batch.Plan, shares), profile, provenBits, context ?? new ProverContext(), start);
    }

    /// <summary>Computes shares natively and proves nothing.</summary>
    /// <param name="batch">A batch that the rules allow.</param>
    /// <returns>Null where the batch is a loss that is shared as it has to be; else why not.</returns>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet, does not say who is bankrupt, or shares losses by gains.</exception>
    public static RefusedEvent? Check(TransitionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return SharesOf(batch, SharesCircuit.Of(batch.Rulebook, TransitionProver.DefaultHashSlots), out RefusedEvent? wrong) is null ? wrong : null;
    }

    /// <summary>How the batch shares the loss, where it is so.</summary>
    internal static SharesWitness? SharesOf(TransitionBatch batch, SharesCircuit circuit, out RefusedEvent? wrong)
    {
        wrong = Problem(batch, circuit);
        if (wrong is not null) return null;
        SharesWitness shares = Computed(batch, circuit, out Dictionary<int, BigInteger> paid);
        for (int i = 0; i < batch.Events.Count && wrong is null; i++)
        {
            BatchEvent e = batch.Events[i];
            paid.Remove(e.First, out BigInteger share);
            if (e.SecondCash != share) wrong = new RefusedEvent(i, $"{batch.Accounts[e.First].Account.Id} pays {e.SecondCash} units and has to pay {share}");
        }
        if (wrong is null && paid.Count > 0) wrong = new RefusedEvent(-1, $"{batch.Accounts[paid.Keys.Min()].Account.Id} pays nothing and has to pay {paid[paid.Keys.Min()]} units");
        return wrong is null ? shares : null;
    }

    /// <summary>How the loss of the account that the batch's first event names has to be shared, be it so or not.</summary>
    /// <param name="batch">A batch that begins with a share.</param>
    /// <param name="circuit">Of its rulebook.</param>
    /// <param name="paid">By leaf what is paid, in units of the rulebook, where that is not zero.</param>
    internal static SharesWitness Computed(TransitionBatch batch, SharesCircuit circuit, out Dictionary<int, BigInteger> paid)
    {
        BigInteger unit = batch.Counted.Amounts[batch.Events[0].Asset];
        (int failing, int asset) = (batch.Events[0].Second!.Value, batch.Events[0].Asset);
        int[] holders = [.. Enumerable.Range(0, batch.Accounts.Count).Where(leaf => leaf != batch.FeesSlot && leaf != failing && BalanceOf(batch, circuit, leaf, asset).Sign > 0)];
        BigInteger[] balances = [.. holders.Select(leaf => BalanceOf(batch, circuit, leaf, asset))];
        BigInteger balance = BalanceOf(batch, circuit, failing, asset), total = balances.Aggregate(BigInteger.Zero, (sum, one) => sum + one), units = BigInteger.Min(BigInteger.Max(-balance, 0), total) / unit;
        BigInteger[] held = [.. balances.Select(one => one / unit)];
        BigInteger all = held.Aggregate(BigInteger.Zero, (sum, one) => sum + one);
        BigInteger[] whole = [.. held.Select(one => all.IsZero ? 0 : units * one / all)];
        BigInteger left = whole.Aggregate(units, (rest, one) => rest - one);
        paid = [];
        DigitFormat format = circuit.Book.WholeUnits.Format;
        (long[] balanceSums, long[] unitSums, int firstWithout) = (new long[format.Count], new long[format.Count], int.MaxValue);
        for (int i = 0; i < holders.Length; i++)
        {
            bool takes = i < left;
            if (takes || !whole[i].IsZero) paid[holders[i]] = (whole[i] + (takes ? 1 : 0)) * unit;
            if (takes) unitSums[0]++;
            else firstWithout = Math.Min(firstWithout, holders[i]);
            VersionLeg.AddDigits(held[i], format, balanceSums, 1);
            VersionLeg.AddDigits(whole[i], format, unitSums, 1);
        }
        BigInteger net = circuit.Interpreter(batch.Market).Evaluate(batch.Accounts[failing].Account)[0];
        return new SharesWitness(failing, asset, batch.FeesSlot, batch.InsuranceSlot, balance, net, batch.Accounts[failing].Account.Items[circuit.Book.Fields.Balances].Length, unit, total, units, firstWithout, balanceSums, unitSums);
    }

    /// <summary>Why there is no loss to be shared, or not by this batch.</summary>
    private static RefusedEvent? Problem(TransitionBatch batch, SharesCircuit circuit)
    {
        BatchEvent first = batch.Events[0];
        if (first.Second is not { } failing || batch.Events.Any(e => e.Kind != EventKind.LossShare || e.Second != failing || e.Asset != first.Asset || e.GoesOn == (e == first)))
            return new RefusedEvent(0, "the batch is not one socialized loss: shares are decided on the state that its root is of");
        string name = batch.Accounts[failing].Account.Id;
        if (failing == batch.FeesSlot) return new RefusedEvent(0, $"fees go to {name}, and its losses are not shared");
        if (BalanceOf(batch, circuit, failing, first.Asset).Sign >= 0) return new RefusedEvent(0, $"{name} owes nothing of the asset");
        if (circuit.Book.Fields is { HasPositions: true, Positions: var positions } && batch.Accounts[failing].Account.Items[positions].Length > 0) return new RefusedEvent(0, $"{name} has a position, which comes first");
        if (BalanceOf(batch, circuit, batch.InsuranceSlot, first.Asset).Sign > 0) return new RefusedEvent(0, "the insurance fund has some of the asset, and pays first");
        if (new AccountVerdict(batch.Rulebook.Rulebook).Of(new Interpreter(batch.Rulebook.Rulebook, batch.Market).Evaluate(batch.Accounts[failing].Account)) != AccountClass.Bankrupt) return new RefusedEvent(0, $"{name} is not bankrupt");
        bool isShort = circuit.Book.Loss.HasPrice ? circuit.Book.Loss.IsShort(circuit.Interpreter(batch.Market), Computed(batch, circuit, out _)) : batch.Accounts[failing].Account.Items[circuit.Book.Fields.Balances].All(item => item[circuit.Book.Fields.Amount].Sign <= 0);
        if (!isShort) return new RefusedEvent(0, $"{name} has something left, which comes first");
        BigInteger unit = batch.Counted.Amounts[first.Asset];
        for (int leaf = 0; leaf < batch.Accounts.Count; leaf++)
            if (!(BalanceOf(batch, circuit, leaf, first.Asset) % unit).IsZero) return new RefusedEvent(0, $"the ledger does not count the asset in {unit} of the rulebook's units: {batch.Accounts[leaf].Account.Id} has a part of that");
        return null;
    }

    private static BigInteger BalanceOf(TransitionBatch batch, SharesCircuit circuit, int leaf, int asset)
    {
        VersionFields fields = circuit.Book.Fields;
        foreach (ImmutableArray<BigInteger> item in batch.Accounts[leaf].Account.Items[fields.Balances])
            if (item[fields.Asset] == asset) return item[fields.Amount];
        return 0;
    }
}
