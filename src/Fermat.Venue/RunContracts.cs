using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Stark;
using Fermat.Statements.Parameters;

namespace Fermat.Venue;

/// <summary>How a venue is kept going.</summary>
/// <param name="Depth">Depth of the state tree; the same for the life of the venue.</param>
/// <param name="MaxEvents">A batch is cut when it has so many events.</param>
/// <param name="LongestMilliseconds">A batch is cut when so much time has passed since its first event.</param>
/// <param name="Profile">Which trade-off of proving time and proof size.</param>
/// <param name="ProvenBits">Proven bits of each proof.</param>
/// <param name="Orders">Whose turn each deleveraging was is proven too (<see cref="BatchOptions.Orders"/>).</param>
/// <param name="Shares">How each loss was shared is proven too (<see cref="BatchOptions.Shares"/>).</param>
/// <param name="Aggregates">Open interest and insurance fund before and after each batch are shown and proven (<see cref="BatchOptions.Aggregates"/>).</param>
/// <param name="MaxWaiting">How many events that wait to be proven are in memory at most; the others are read from the log when their turn comes.</param>
public sealed record RunOptions(
    int Depth = 16, int MaxEvents = 10_000, int LongestMilliseconds = 60_000, ProofProfile Profile = ProofProfile.Fast, int ProvenBits = Profiles.StandardBits, bool Orders = false, bool Shares = false, bool Aggregates = false, int MaxWaiting = 65_536);

/// <summary>Which events a batch has: heights in the log, both included.</summary>
/// <param name="First">The height of its first event.</param>
/// <param name="Last">The height of its last.</param>
public readonly record struct BatchRange(ulong First, ulong Last)
{
    /// <inheritdoc/>
    public override string ToString() => First == Last ? $"event {First}" : $"events {First} to {Last}";
}

/// <summary>Where the proofs of batches are kept. Used by one thread at a time.</summary>
public interface ICertificateStore
{
    /// <summary>The batches that have a proof and a statement here.</summary>
    IReadOnlyCollection<BatchRange> Proven { get; }

    /// <summary>The batches of which something is here and cannot be read: the log is cut where they say it was, and they are proven again.</summary>
    IReadOnlyCollection<BatchRange> Damaged => [];

    /// <summary>Keeps the proofs of a batch with its statement: when this returns, all are there; where it fails, none counts.</summary>
    /// <param name="batch">Which events.</param>
    /// <param name="proofs">The statement and its proofs.</param>
    void Write(BatchRange batch, BatchProofs proofs);

    /// <summary>Keeps the statement of an update of parameters, unless it is here already.</summary>
    /// <param name="height">The update's height in the log.</param>
    /// <param name="update">What it is about.</param>
    /// <returns>Whether it was not here.</returns>
    bool Keep(ulong height, ParameterUpdate update);
}

/// <summary>What became of an event that was sent.</summary>
/// <param name="Event">Its name.</param>
/// <param name="Height">Its height in the log; null where it is not in it.</param>
/// <param name="Known">Whether the log had it before, and nothing was done.</param>
/// <param name="Outcome">What became of it, the first time it was sent.</param>
/// <param name="Rejection">Why it was not applied; null where it was, and of a known event where only the code is known.</param>
/// <param name="Code">The code of the reason, or null.</param>
public sealed record TakenEvent(EventId Event, ulong? Height, bool Known, EventOutcome Outcome, EngineRejection? Rejection, string? Code);

/// <summary>What happens while a venue runs.</summary>
public abstract record RunEvent
{
    private RunEvent()
    {
    }

    /// <summary>A batch is about to be proven.</summary>
    /// <param name="Batch">Which.</param>
    public sealed record Proving(BatchRange Batch) : RunEvent;

    /// <summary>A batch is proven and kept.</summary>
    /// <param name="Batch">Which.</param>
    /// <param name="Proofs">Its statement and its proofs.</param>
    /// <param name="Lag">Time from the acknowledgement of its first event.</param>
    public sealed record Proven(BatchRange Batch, BatchProofs Proofs, TimeSpan Lag) : RunEvent;

    /// <summary>A batch had its proof already.</summary>
    /// <param name="Batch">Which.</param>
    public sealed record Kept(BatchRange Batch) : RunEvent;

    /// <summary>The statement of an update of parameters is kept.</summary>
    /// <param name="Height">The update's height in the log.</param>
    /// <param name="Update">What it is about.</param>
    public sealed record Updated(ulong Height, ParameterUpdate Update) : RunEvent;

    /// <summary>An event cannot be proven, and nothing after it will be; events are still taken.</summary>
    /// <param name="Refusal">Which, and why.</param>
    public sealed record Refused(BatchRefusal Refusal) : RunEvent;
}
