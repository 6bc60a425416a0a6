using System.Diagnostics;
using Fermat.Air;
using Fermat.Ledger;
using Fermat.Rules.Core;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Proving.Transitions;

/// <summary>The outcome of asking for a proof of a batch: a proof, or the event that the rules do not allow.</summary>
/// <param name="Inputs">The public inputs; null when there is no proof.</param>
/// <param name="Proof">The proof's bytes; empty when there is none.</param>
/// <param name="Accounts">All accounts after the batch, in the order of their leaves; empty when there is no proof.</param>
/// <param name="Options">The proof's parameters.</param>
/// <param name="Report">Where time and memory went.</param>
/// <param name="Elapsed">Wall-clock time in all.</param>
/// <param name="Refused">Why there is no proof; null exactly when there is one.</param>
public sealed record TransitionOutcome(TransitionInputs? Inputs, byte[] Proof, IReadOnlyList<LedgerAccount> Accounts, ProofOptions? Options, ProverReport? Report, TimeSpan Elapsed, RefusedEvent? Refused);

/// <summary>Proves batches of events.</summary>
public static class TransitionProver
{
    internal const int DefaultHashSlots = 2;

    /// <summary>Proves statement T for a batch. The events are first applied natively; one that is not allowed is named before any work on a proof.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="profile">Which trade-off of time and size.</param>
    /// <param name="provenBits">Proven bits to reach.</param>
    /// <param name="context">Progress, cancellation and limits; null for none.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet.</exception>
    /// <exception cref="ArgumentException">The batch does not fit one proof, or the profile does not reach the bits.</exception>
    public static TransitionOutcome Prove(TransitionBatch batch, SaltDeriver salts, ProofProfile profile = ProofProfile.Fast, int provenBits = 100, ProverContext? context = null)
    {
        long start = Stopwatch.GetTimestamp();
        return PlannedBatch.Of(batch, salts, out RefusedEvent? refused, context?.CancellationToken ?? default) is { } planned
            ? Prove(planned, profile, provenBits, context) with { Elapsed = Stopwatch.GetElapsedTime(start) }
            : new TransitionOutcome(null, [], [], null, null, Stopwatch.GetElapsedTime(start), refused);
    }

    /// <summary>The same of a batch that is worked out already.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="profile">Which trade-off of time and size.</param>
    /// <param name="provenBits">Proven bits to reach.</param>
    /// <param name="context">Progress, cancellation and limits; null for none.</param>
    /// <exception cref="ArgumentException">The batch does not fit one proof, or the profile does not reach the bits.</exception>
    public static TransitionOutcome Prove(PlannedBatch batch, ProofProfile profile = ProofProfile.Fast, int provenBits = 100, ProverContext? context = null)
    {
        ArgumentNullException.ThrowIfNull(batch);
        long start = Stopwatch.GetTimestamp();
        var builder = new TransitionTraceBuilder(batch.Circuit, batch.Inputs, batch.Plan);
        MadeProof made = MadeProof.Of(batch.Circuit.Circuit, builder, new TransitionPublicTables(batch.Inputs, batch.Circuit), profile, provenBits, context ?? new ProverContext());
        return new TransitionOutcome(batch.Inputs, made.Bytes, After(batch.Batch, batch.Plan.Versions), made.Options, made.Report, Stopwatch.GetElapsedTime(start), null);
    }

    /// <summary>The public inputs that a proof of a batch would have, without the proof.</summary>
    /// <param name="batch">A batch that the rules allow.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <exception cref="ArgumentException">An event is not allowed.</exception>
    public static TransitionInputs InputsOf(TransitionBatch batch, SaltDeriver salts)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(salts);
        if (VersionMaker.Make(batch, out RefusedEvent? refused) is not { } versions) throw new ArgumentException($"event {refused!.Event + 1} is not allowed: {refused.Message}", nameof(batch));
        return InputsOf(batch, new TransitionPlan(batch, versions, salts), CircuitOf(batch));
    }

    /// <summary>The circuit that a batch is proven with.</summary>
    internal static TransitionCircuit CircuitOf(TransitionBatch batch) => TransitionCircuit.Of(batch.Rulebook, DefaultHashSlots, batch.CostRounding, batch.Aggregates);

    /// <summary>The public inputs of a batch.</summary>
    internal static TransitionInputs InputsOf(TransitionBatch batch, TransitionPlan plan, TransitionCircuit circuit) => new()
    {
        Rulebook = batch.Rulebook,
        Market = batch.Market,
        Venue = batch.Venue,
        Height = batch.Height,
        RootBefore = plan.Before.Root,
        RootAfter = plan.After.Root,
        Depth = batch.Depth,
        FeesSlot = batch.FeesSlot,
        InsuranceSlot = batch.InsuranceSlot,
        CostRounding = circuit.CostRounding,
        Units = batch.Counted,
        LogEvents = batch.Events.Count(e => !e.GoesOn),
        Events = [.. plan.Events.Select(e => Hashing.LeafSponge.Hash(e.Blocks(circuit.Events)))],
        Classes = [.. batch.Events.Select(e => EventTable.ClassOf(e.Kind))],
        HashSlots = circuit.HashSlots,
        PriceSet = batch.PriceSet,
        Aggregates = BatchAggregates.Of(batch, plan.Versions),
    };

    /// <summary>Applies a batch natively, by the integers of the circuit, and proves nothing.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="refused">The first event that the rules do not allow; null when there is none.</param>
    /// <returns>All accounts after the batch, in the order of their leaves; null when an event is refused.</returns>
    public static IReadOnlyList<LedgerAccount>? Apply(TransitionBatch batch, out RefusedEvent? refused)
    {
        ArgumentNullException.ThrowIfNull(batch);
        return VersionMaker.Make(batch, out refused) is { } versions ? After(batch, versions) : null;
    }

    /// <summary>The first event of a batch that the rules do not allow; null when there is none. Only accounts that events name are looked at.</summary>
    /// <param name="batch">The batch.</param>
    public static RefusedEvent? Refused(TransitionBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        VersionMaker.Make(batch, out RefusedEvent? refused);
        return refused;
    }

    private static List<LedgerAccount> After(TransitionBatch batch, IReadOnlyList<AccountVersion> versions)
    {
        var accounts = new List<LedgerAccount>(batch.Accounts);
        ulong[] heights = batch.Heights();
        // the last version that counts: an account of which all events were rejected is as it was
        foreach (AccountVersion version in versions.Where(version => !version.IsFirst && !version.ChangesNothing).GroupBy(version => version.Slot).OrderBy(run => run.Key).Select(run => run.Last()))
        {
            Margin.OwnerKey owner = version.Slot < batch.Accounts.Count ? batch.Accounts[version.Slot].Owner : batch.Events.First(e => e.Kind == EventKind.Opening && e.First == version.Slot).Opened!.Owner;
            var account = new LedgerAccount(version.Account, owner, version.Nonce, heights[version.Event - 1]);
            if (version.Slot < accounts.Count) accounts[version.Slot] = account;
            else accounts.Add(account);
        }
        return accounts;
    }
}
