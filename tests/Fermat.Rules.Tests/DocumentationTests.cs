using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Fermat.Rules.Text;

namespace Fermat.Rules.Tests;

/// <summary>docs/RULES.md says what is so, and so does the README about rulebooks.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string Page = Read("docs/RULES.md");

    [GeneratedRegex(@"^```risk\n(.*?)^```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Example();

    [GeneratedRegex(@"^\| (R\d{4}) \| (.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("(?:NotYet\\(\\$?\"|\"not provable yet: )([^\"]+)\"")]
    private static partial Regex Refusal();

    [GeneratedRegex(@"\{[^{}]*\}")]
    private static partial Regex Hole();

    public static TheoryData<string, string> Examples() => new(Example().Matches(Page + Read("README.md")).Select(match => (match.Groups[1].Value.Split('\n')[0], match.Groups[1].Value)));

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_compiles_without_a_warning_and_is_laid_out(string name, string text)
    {
        CompilationResult result = RulebookCompiler.Compile(text, name);
        Assert.True(result.Rulebook is not null && result.Diagnostics.IsEmpty, result.Render());
        Assert.Equal(text, RulebookFormatter.Format(text, name).Text);
    }

    [Fact]
    public void There_are_examples() => Assert.True(Examples().Count >= 7);

    [Fact]
    public void Every_code_is_listed_with_its_meaning()
        => Assert.Equal(DiagnosticCodes.All.Select(pair => (pair.Key, pair.Value)), Row().Matches(Page).Select(match => (match.Groups[1].Value, match.Groups[2].Value)));

    /// <summary>What is refused inside of <c>LinearTerm</c> is tried another way and not shown.</summary>
    [Fact]
    public void Every_refusal_of_a_proof_is_listed_with_what_to_do()
    {
        string[] refusals =
        [
            .. Directory.GetFiles(Path.Combine(Root(), "src", "Fermat.Rules", "Lowering"), "*.cs").Where(file => Path.GetFileName(file) != "LinearTerm.cs")
                .SelectMany(file => Refusal().Matches(File.ReadAllText(file))).Select(match => Hole().Replace(match.Groups[1].Value, "…")).Where(text => text != "…").Distinct(StringComparer.Ordinal),
        ];
        Assert.True(refusals.Length > 20);
        Assert.All(refusals, refusal => Assert.Contains($"\n| {refusal} | ", Page, StringComparison.Ordinal));
    }

    private static string Read(string file) => File.ReadAllText(Path.Combine(Root(), file)).Replace("\r\n", "\n", StringComparison.Ordinal);

    private static string Root([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
