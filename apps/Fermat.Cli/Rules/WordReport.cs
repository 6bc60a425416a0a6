using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Rules.Core;
using Fermat.Rules.Text;

namespace Fermat.Cli.Rules;

/// <summary>What of a rulebook is computed natively in machine words, for a person and for machines.</summary>
internal static class WordReport
{
    private const int MostShown = 90;

    /// <summary>Writes the report: what leaves the words first, each part by falling bits.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="terminal">Where a person reads it.</param>
    /// <returns>The same for machines, in the order in which definitions are computed.</returns>
    public static JsonArray Write(LoadedRulebook rulebook, Terminal terminal)
    {
        ImmutableArray<DefinitionWords> words = rulebook.Core.Words;
        int wide = words.Count(definition => !definition.IsInWords);
        terminal.Heading("What is computed natively in 128-bit words (127 bits and a sign)");
        terminal.Say(wide == 0
            ? $"  all {words.Length} definitions of accounts"
            : $"  {words.Length - wide} of {words.Length} definitions of accounts; {(wide == 1 ? "the other one takes" : $"the other {wide} take")} numbers of any size, which is slower (engine, rules eval)");
        terminal.Say();
        terminal.Say("    bits  needs  computed in  definition");
        foreach (DefinitionWords definition in words.OrderBy(Rank).ThenByDescending(definition => definition.Bits).ThenBy(definition => definition.Name, StringComparer.Ordinal))
        {
            string needs = definition.Word is { } word ? $"{word}" : "more";
            terminal.Say($"  {definition.Bits,6}  {needs,5}  {(definition.IsInWords ? "words" : "any size"),-11}  {definition.Name}");
            if (definition.First is not { } first) continue;
            if (first.Span is { } span) terminal.Say($"{"",29}{At(rulebook, span)}: {Shown(rulebook.Source, span)}");
            terminal.Say($"{"",29}{first.Hint}");
        }
        return [.. words.Select(definition => ToJson(rulebook, definition))];
    }

    /// <summary>Causes before what only follows from them, and these before what is in words.</summary>
    private static int Rank(DefinitionWords definition) => definition.First?.Cause switch { null => 2, WideCause.Operand => 1, _ => 0 };

    private static string At(LoadedRulebook rulebook, (int Start, int Length) span) => rulebook.Source.Position(span.Start) is var place ? $"{rulebook.Path}:{place.Line}:{place.Column}" : "";

    /// <summary>A part of the text on one line.</summary>
    private static string Shown(SourceText source, (int Start, int Length) span)
    {
        string text = string.Join(' ', source.Slice(new SourceSpan(span.Start, span.Length)).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= MostShown ? text : text[..MostShown] + "…";
    }

    private static JsonObject ToJson(LoadedRulebook rulebook, DefinitionWords definition)
    {
        var answer = new JsonObject { ["definition"] = definition.Name, ["bits"] = definition.Bits, ["word"] = definition.Word, ["inWords"] = definition.IsInWords };
        if (definition.First is not { } first) return answer;
        var leaves = new JsonObject { ["cause"] = first.Cause.ToString().ToLowerInvariant(), ["bits"] = first.Bits };
        if (first.Span is { } span)
        {
            SourcePosition place = rulebook.Source.Position(span.Start);
            (leaves["line"], leaves["column"], leaves["text"]) = (place.Line, place.Column, rulebook.Source.Slice(new SourceSpan(span.Start, span.Length)));
        }
        leaves["hint"] = first.Hint;
        answer["leaves"] = leaves;
        return answer;
    }
}
