using Fermat.Rules.Updates;

namespace Fermat.Statements.Parameters;

/// <summary>What came of a verification.</summary>
/// <param name="Update">What was verified.</param>
/// <param name="Rules">What each rule says; empty where the update did not come so far.</param>
/// <param name="Rejection">Why it is not accepted, or null.</param>
public sealed record ParameterVerification(ParameterUpdate Update, UpdateVerdict Rules, StatementRejection? Rejection)
{
    /// <summary>Whether every anchor is kept and every rule holds.</summary>
    public bool Accepted => Rejection is null;
}

/// <summary>
/// Statement P: between an old and a new set of parameters the rulebook's <c>meta</c> rules hold. It hides nothing, so whoever verifies it evaluates the rules itself, with the interpreter.
/// </summary>
public static class ParameterStatement
{
    /// <summary>Verifies an update: 1. it is one under the rulebook; 2. it is the one that the verifier knows of; 3. every rule holds.</summary>
    /// <param name="update">As a file has it; of any origin.</param>
    /// <param name="anchors">What the verifier brings beside the rulebook.</param>
    public static ParameterVerification Verify(ParameterUpdate update, ParameterAnchors anchors)
    {
        ArgumentNullException.ThrowIfNull(update);
        ArgumentNullException.ThrowIfNull(anchors);
        var nothing = new UpdateVerdict([]);
        if (update.Problem() is { } problem) return new(update, nothing, problem);
        if (anchors.Check(update) is { } wrong) return new(update, nothing, wrong);
        UpdateVerdict verdict = new UpdateRules(update.Rulebook.Rulebook).Judge(update.Before, update.After, update.Aggregates);
        return new(update, verdict, verdict.Broken is { } broken ? Rejection(broken) : null);
    }

    /// <summary>Whether updates follow each other: one venue, one rulebook, and each begins with the parameters and market data that the one before it ended with.</summary>
    /// <param name="updates">In their order; each without a <see cref="ParameterUpdate.Problem"/>.</param>
    /// <returns>Which update does not follow, and why; null when all do.</returns>
    public static (int Update, StatementRejection Rejection)? CheckChain(IReadOnlyList<ParameterUpdate> updates)
    {
        ArgumentNullException.ThrowIfNull(updates);
        for (int i = 1; i < updates.Count; i++)
        {
            (ParameterUpdate before, ParameterUpdate next) = (updates[i - 1], updates[i]);
            (string What, string Expected, string Got)[] bound =
            [
                ("the venue", before.Venue, next.Venue),
                ("the rulebook", $"{before.Rulebook.Digest}", $"{next.Rulebook.Digest}"),
                ("the old parameters", $"{before.NewParameters}", $"{next.OldParameters}"),
                ("the old market data", $"{before.NewMarket}", $"{next.OldMarket}"),
            ];
            foreach ((string what, string expected, string got) in bound)
                if (expected != got)
                    return (i, new(StatementRejectionCode.NotAChain, $"update {i + 1} does not follow update {i}: {what} of it is another than that one left", Expected: expected, Got: got, Hint: "one is left out, doubled, or out of its place"));
        }
        return null;
    }

    private static StatementRejection Rejection(RuleVerdict broken) => new(StatementRejectionCode.UpdateRule, $"the rule {broken.Rule} does not hold", Expected: "every rule holds", Got: broken.Why);
}
