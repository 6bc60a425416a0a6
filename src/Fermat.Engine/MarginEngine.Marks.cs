using System.Collections.Immutable;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;

namespace Fermat.Engine;

public sealed partial class MarginEngine
{
    private (LedgerEvent Cause, MarkBook Before, MarkBook After)? _marked;                           // worked out when an event was looked at, and not again when it is taken

    /// <summary>The marks that follow from the log so far.</summary>
    public MarkBook Marks { get; private set; } = MarkBook.Empty;

    /// <summary>Whether the marks after an event can be derived and are those that it says, or why it cannot be taken.</summary>
    private EngineRejection? CheckMarks(LedgerEvent instruction)
    {
        if (Marks.After(instruction, out string? problem) is not { } after) return NotDerived(problem!);
        _marked = (instruction, Marks, after);
        if (after.Due.Count == 0) return null;
        if (State.Prices.Count + after.Due.Count + (instruction as PricesSet)?.Prices.Count > LedgerLimits.MaxFeeds) return NotDerived($"with the derived marks there would be more than {LedgerLimits.MaxFeeds} feeds");
        return _binding.Problem(State, after.DueSet(NextId)) is { } unfit ? NotDerived(unfit) : null;

        static EngineRejection NotDerived(string problem) => new(EngineRejectionCode.MarkNotDerived, problem, "docs/ORACLES.md, Marks that are derived: set index prices and samples, and update rules and surfaces");
    }

    /// <summary>The marks that an event would make due.</summary>
    private (ImmutableSortedDictionary<string, Quantity> Marks, IReadOnlyDictionary<string, Quantity>? Confidences) MarksAfter(LedgerEvent instruction) =>
        _marked is { } known && ReferenceEquals(known.Cause, instruction) ? (known.After.Due, known.After.DueConfidences) : (Marks.Due.Clear(), null);

    /// <summary>Takes an event of the log over into the marks.</summary>
    /// <exception cref="InvalidOperationException">It is of a log that is restored, and cannot be of this one.</exception>
    private void TakeMarks(LedgerEvent cause)
    {
        string? problem = null;
        Marks = (_marked is { } known && ReferenceEquals(known.Cause, cause) && ReferenceEquals(known.Before, Marks) ? known.After : Marks.After(cause, out problem)) ?? throw new InvalidOperationException($"the event {cause.Id} is not one of this log: {problem}");
        _marked = null;
    }

    /// <summary>Makes the event that sets the marks that are due.</summary>
    private void SetMarks()
    {
        if (Marks.Due.Count == 0) return;
        SubmitResult set = Take(Marks.DueSet(NextId), generated: true);
        if (!set.IsApplied) throw new InvalidOperationException($"the derived marks are not taken: {set.Rejection}");
    }
}
