using System.Collections.Immutable;
using System.Globalization;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Statements;
using Fermat.Statements.Parameters;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>A statement P that is shown beside batches.</summary>
/// <param name="Height">The update's height in the venue's log, as who shows it says.</param>
/// <param name="Update">What it is about; of any origin.</param>
public sealed record UpdateStatement(ulong Height, ParameterUpdate Update);

/// <summary>Parameters that are others in a batch than in the batch before it.</summary>
/// <param name="Batch">The position in the list of the first batch under the new ones; 0 where those before the first batch are known, and others.</param>
/// <param name="From">The digest of the parameters before (<see cref="ParameterSet.Digest"/>).</param>
/// <param name="To">The digest after.</param>
/// <param name="Where">What is another: parameters, and records with their fields.</param>
/// <param name="Updates">The heights of the updates that lead from one to the other, each by the rulebook's own rules; empty where that is the venue's word.</param>
public sealed record ParameterChange(int Batch, Digest From, Digest To, ImmutableArray<string> Where, ImmutableArray<ulong> Updates);

/// <summary>What is not accepted of a venue's parameters.</summary>
/// <param name="Batch">The position of the batch, from 0; −1 where a statement P is at fault.</param>
/// <param name="Update">The position of the statement P in the list that was given; −1 where a batch is at fault.</param>
/// <param name="Rejection">Why.</param>
public sealed record ParameterFault(int Batch, int Update, StatementRejection Rejection);

/// <summary>How a venue's parameters went on from batch to batch.</summary>
/// <param name="Fault">The first fault, or null.</param>
/// <param name="Changes">Where parameters changed between two batches; empty where there is a fault.</param>
public sealed record ParameterEvidenceResult(ParameterFault? Fault, ImmutableArray<ParameterChange> Changes);

/// <summary>
/// Whether the parameters of batches of statement T are the same from batch to batch, and where they are not, whether statements P lead from one set to the next. Market data are public inputs, so this is looked at natively: everything in them but what prices, funding and time move (<see cref="ParameterSet"/>).
/// </summary>
/// <remarks>What it does not show: that the aggregates of a statement P were measured so, which prices were in force at an update, and the height of an update between the same two batches.</remarks>
public static class ParameterEvidence
{
    /// <summary>Looks at parameters from batch to batch, and at all statements P: each holds by the rulebook's rules, and begins with the set of what is before it by height, batch or update, and each batch has the set of the update before it.</summary>
    /// <param name="batches">Batches that follow each other (<see cref="TransitionChain.Check"/>).</param>
    /// <param name="updates">Statements P, in any order; those before the first batch and after the last too.</param>
    /// <param name="required">Whether a change without statements P is a fault.</param>
    /// <param name="binding">Which fields prices, funding and time are in; null for the names of the standard rulebooks.</param>
    /// <param name="before">The digest of the parameters of the batch before the first (<see cref="ParameterSet.Digest"/>), which the reader knows from when it verified that one; null where it does not.</param>
    public static ParameterEvidenceResult Check(IReadOnlyList<TransitionInputs> batches, IReadOnlyList<UpdateStatement> updates, bool required = false, EngineBinding? binding = null, Digest? before = null)
    {
        ArgumentNullException.ThrowIfNull(batches);
        ArgumentNullException.ThrowIfNull(updates);
        binding ??= new EngineBinding();
        var changes = ImmutableArray.CreateBuilder<ParameterChange>();
        int[] order = [.. Enumerable.Range(0, updates.Count).OrderBy(at => updates[at].Height)];
        var between = new List<int>();                                                               // updates since the last batch
        int next = 0;
        Digest? current = before, last = before;
        for (int i = 0; i < batches.Count; i++)
        {
            TransitionInputs batch = batches[i];
            for (between.Clear(); next < order.Length && updates[order[next]].Height <= batch.Height; next++)
            {
                if (Follow(updates, order[next], between, batch, current, binding) is { } wrong) return Not(-1, order[next], wrong);
                current = ParameterSet.Digest(batch.Rulebook, updates[order[next]].Update.After, binding);
                between.Add(order[next]);
            }
            if (next < order.Length && updates[order[next]].Height <= batch.EndHeight)
                return Not(-1, order[next], new(StatementRejectionCode.NotAChain, $"the update of height {updates[order[next]].Height} is inside of the batch of heights {batch.Height + 1} to {batch.EndHeight}, and a batch has one set of parameters", Hint: "the height is the file's name"));
            Digest own = ParameterSet.Digest(batch.Rulebook, batch.Market, binding), old = last ?? own;
            if (between.Count > 0 && current != own)
                return Not(-1, between[^1], new(StatementRejectionCode.NotAChain, string.Create(CultureInfo.InvariantCulture, $"the update of height {updates[between[^1]].Height} does not lead to the parameters of the batch after it, of heights {batch.Height + 1} to {batch.EndHeight}"), Expected: $"{own}", Got: $"{current}", Hint: "it is another update's statement, or one after it is missing"));
            if (old != own)
            {
                ImmutableArray<string> where = i == 0 ? ["by the digest of the batch before, which says no more"] : ParameterSet.Differences(batch.Rulebook, batches[i - 1].Market, batch.Market, binding);
                if (required && between.Count == 0)
                    return Not(i, -1, new(StatementRejectionCode.NotProven, string.Create(CultureInfo.InvariantCulture, $"{(i == 0 ? "before height" : $"between heights {batches[i - 1].EndHeight} and")} {batch.Height + 1} parameters changed ({string.Join("; ", where)}), and no statement P shows that the rulebook's rules allow it"), Expected: $"{old}", Got: $"{own}", Hint: "fermat run and fermat prove batch write parameters-HEIGHT.statement.json beside their proofs, for rulebooks with a block meta"));
                changes.Add(new ParameterChange(i, old, own, where, [.. between.Select(at => updates[at].Height)]));
            }
            current = last = own;
        }
        between.Clear();
        for (; next < order.Length && batches.Count > 0; next++)
        {
            if (Follow(updates, order[next], between, batches[^1], current, binding) is { } wrong) return Not(-1, order[next], wrong);
            current = ParameterSet.Digest(batches[^1].Rulebook, updates[order[next]].Update.After, binding);
            between.Add(order[next]);
        }
        return new ParameterEvidenceResult(null, changes.ToImmutable());

        static ParameterEvidenceResult Not(int batch, int update, StatementRejection why) => new(new ParameterFault(batch, update, why), []);
    }

    /// <summary>Why a statement P does not come next, or null.</summary>
    /// <param name="updates">All of them.</param>
    /// <param name="at">Which.</param>
    /// <param name="between">Those since the last batch.</param>
    /// <param name="batch">A batch of the venue.</param>
    /// <param name="current">The digest of the parameters that it has to begin with; null where nothing is before it.</param>
    /// <param name="binding">Which fields are left out.</param>
    private static StatementRejection? Follow(IReadOnlyList<UpdateStatement> updates, int at, List<int> between, TransitionInputs batch, Digest? current, EngineBinding binding)
    {
        (ulong height, ParameterUpdate update) = (updates[at].Height, updates[at].Update);
        if (update.Rulebook.Digest != batch.Rulebook.Digest) return new(StatementRejectionCode.WrongRulebook, "the update is under another rulebook than the batches", Expected: $"{batch.Rulebook.Digest}", Got: $"{update.Rulebook.Digest}");
        if (ParameterStatement.Verify(update, new ParameterAnchors { Venue = batch.Venue }).Rejection is { } rejected) return rejected;
        if (between.Count > 0 && ParameterStatement.CheckChain([updates[between[^1]].Update, update]) is { } broken)
            return broken.Rejection with { Message = string.Create(CultureInfo.InvariantCulture, $"the update of height {height} does not begin where that of height {updates[between[^1]].Height} ended") };
        Digest old = ParameterSet.Digest(update.Rulebook, update.Before, binding);
        return current is null || current == old ? null
            : new(StatementRejectionCode.NotAChain, string.Create(CultureInfo.InvariantCulture, $"the update of height {height} does not begin with the parameters of the batch before it"), Expected: $"{current}", Got: $"{old}", Hint: "it is another update's statement, or one before it is missing");
    }
}
