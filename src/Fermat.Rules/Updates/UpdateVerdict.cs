using System.Collections.Immutable;

namespace Fermat.Rules.Updates;

/// <summary>What a rule of the block <c>meta</c> says of an update.</summary>
/// <param name="Rule">Its name in the block; for the rule of the language that compared records stay, <see cref="UpdateRules.RecordsStay"/>.</param>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Why">The values that it was decided by, or the record that it fails for: <c>guard_factor = 3, old.guard_factor = 1</c>.</param>
public sealed record RuleVerdict(string Rule, bool Holds, string Why);

/// <summary>What a rulebook says of an update: all rules, in the order of the text.</summary>
/// <param name="Rules">The rules; none where the rulebook has no block <c>meta</c>.</param>
public sealed record UpdateVerdict(ImmutableArray<RuleVerdict> Rules)
{
    /// <summary>Whether every rule holds.</summary>
    public bool Holds => Rules.All(rule => rule.Holds);

    /// <summary>The first rule that does not hold, or null.</summary>
    public RuleVerdict? Broken => Rules.FirstOrDefault(rule => !rule.Holds);
}
