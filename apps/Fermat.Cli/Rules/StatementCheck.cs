using System.Text;
using System.Text.RegularExpressions;
using Fermat.Rules;
using Fermat.Rules.Core;
using Fermat.Rules.Editing;
using Fermat.Rules.Text;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Cli.Rules;

/// <summary>A command that refuses to prove anything under a rulebook.</summary>
/// <param name="Command">The command.</param>
/// <param name="Why">What it says.</param>
/// <param name="IsUnsaid">Whether the rulebook leaves out what the statement is about; otherwise it says something that cannot be proven.</param>
/// <param name="Definition">The definition of whole books or liquidations that is the reason; null where it is none of them.</param>
/// <param name="Place">Where the text has it.</param>
internal sealed record RefusedStatement(string Command, CoreException Why, bool IsUnsaid, string? Definition, SourceSpan? Place);

/// <summary>Which statements about whole books and batches of events can be made under a rulebook: each is asked for its circuit, as its command does.</summary>
internal static partial class StatementCheck
{
    private const string Claim = "claim", NetSize = "net_size", Rank = "liquidation.rank", Balances = "balances", Amount = "amount";

    private sealed record Statement(string Command, bool IsSaid, Action<VenueRulebook> Build);

    /// <summary>The commands that refuse.</summary>
    /// <param name="result">A rulebook that compiles.</param>
    public static IEnumerable<RefusedStatement> Refused(CompilationResult result)
    {
        VenueRulebook rulebook = VenueRulebook.Of(result)!;
        bool hasClaims = rulebook.Solvency is not null, hasEvents = rulebook.Schema.Collections.Any(collection => collection.Name == Balances && collection.Fields.Any(field => field.Name == Amount));
        Statement[] statements =
        [
            new("fermat prove solvency", hasClaims, one => SolvencyCircuit.Of(one, hashSlots: 1)),
            new("fermat prove batch", hasEvents, one => TransitionCircuit.Of(one, hashSlots: 1, costRounding: 0)),
            new("fermat prove batch --order", hasEvents && result.Rulebook!.Find(Rank) is not null, one => WaterfallCircuit.Of(one, hashSlots: 1)),
            new("fermat prove batch --shares", hasEvents && hasClaims, one => SharesCircuit.Of(one, hashSlots: 1)),
        ];
        foreach (Statement statement in statements)
        {
            if (Refusal(rulebook, statement) is not { } why) continue;
            string? definition = statement.IsSaid ? Named().Match(why.Message) is { Success: true } name ? name.Value : Reason(result, statement) : null;
            yield return new RefusedStatement(statement.Command, why, !statement.IsSaid, definition, definition is null ? null : Place(result.Source, definition));
        }
    }

    [GeneratedRegex(@"\b(claim|price|net_size|liquidation\.[a-z]+)\b")]
    private static partial Regex Named();

    private static CoreException? Refusal(VenueRulebook rulebook, Statement statement)
    {
        try
        {
            statement.Build(rulebook);
            return null;
        }
        catch (CoreException refusal)
        {
            return refusal;
        }
    }

    /// <summary>The total without which a statement could be made.</summary>
    private static string? Reason(CompilationResult result, Statement statement)
    {
        if (result.Rulebook!.Solvency is not { Claims: { } claims } whole) return null;
        // made anew: totals are not copied along with what they are of
        if (whole.NetSize is not null && Allows(NetSize, result, new CoreSolvency(whole.NetEquity, whole.Liquidatable, whole.Bankrupt, claims, whole.Price, null), statement)) return NetSize;
        return Allows(Claim, result, new CoreSolvency(whole.NetEquity, whole.Liquidatable, whole.Bankrupt, claims with { Terms = [] }, whole.Price, whole.NetSize), statement) ? Claim : null;
    }

    /// <summary>Whether a statement can be made when something is left out; that is another rulebook, with a digest of its own.</summary>
    private static bool Allows(string without, CompilationResult result, CoreSolvency rest, Statement statement) =>
        Refusal(VenueRulebook.Of(result with { Rulebook = result.Rulebook! with { Solvency = rest }, CanonicalBytes = [.. result.CanonicalBytes, .. Encoding.UTF8.GetBytes($"\nwithout {without}")] })!, statement) is null;

    private static SourceSpan? Place(SourceText source, string definition)
    {
        string[] path = definition.Split('.');
        IReadOnlyList<OutlineEntry> outline = RulebookDocument.Open(source.Text, source.File).Outline;
        OutlineEntry? block = path.Length == 1 ? null : outline.FirstOrDefault(entry => entry.What == "block" && entry.Name == path[0]);
        return outline.FirstOrDefault(entry => entry.What is "definition" or "function" && entry.Name == path[^1] && (block is null || (entry.Span.Start >= block.Span.Start && entry.Span.End <= block.Span.End)))?.NameSpan;
    }
}
