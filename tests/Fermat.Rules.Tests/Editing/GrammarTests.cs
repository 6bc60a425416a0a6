using System.Text.Json;
using System.Text.RegularExpressions;
using Fermat.Rules.Binding;
using Fermat.Rules.Syntax;

namespace Fermat.Rules.Tests.Editing;

/// <summary>The editor's grammar colours the words of the language, all of them.</summary>
public sealed class GrammarTests
{
    [Fact]
    public void Every_reserved_word_and_function_is_coloured()
    {
        string root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Fermat.slnx"))) root = Path.GetDirectoryName(root)!;
        using JsonDocument grammar = JsonDocument.Parse(File.ReadAllText(Path.Combine(root, "editors/vscode/syntaxes/risk.tmLanguage.json")));
        (string Name, Regex Match)[] patterns = [.. grammar.RootElement.GetProperty("patterns").EnumerateArray()
            .Select(pattern => (pattern.GetProperty("name").GetString()!, new Regex(pattern.GetProperty("match").GetString()!)))];
        string Colour(string text) => patterns.First(pattern => pattern.Match.Match(text) is { Success: true, Index: 0 }).Name;
        foreach (string word in Keywords.Reserved) Assert.Matches("^(keyword|constant)", Colour(word + " "));
        foreach (string name in Predefined.Functions.Keys) Assert.Matches("^(support.function|keyword)", Colour(name + "(x)"));
        Assert.StartsWith("comment", Colour("# sum"), StringComparison.Ordinal);
    }
}
