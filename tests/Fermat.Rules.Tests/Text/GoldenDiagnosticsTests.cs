using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Fermat.Rules.Text;

namespace Fermat.Rules.Tests.Text;

/// <summary>
/// Every kind of mistake with the whole text that it is answered with (diagnostics.txt beside this file). A text that begins with <c>@</c> follows <see cref="Samples.Head"/> and the required
/// definitions, <c>@!</c> the head alone. FERMAT_UPDATE_VECTORS=1 writes the answers anew; read them before you commit them.
/// </summary>
public sealed partial class GoldenDiagnosticsTests
{
    private sealed record Case(string Name, string Text, string Answer)
    {
        public string Full => Text.StartsWith("@!\n", StringComparison.Ordinal) ? Samples.Head + Text[3..] : Text.StartsWith("@\n", StringComparison.Ordinal) ? Samples.Head + Samples.Required + Text[2..] : Text;
    }

    [Fact]
    public void Every_mistake_is_answered_as_written()
    {
        Case[] cases = Read();
        Assert.True(cases.Length >= 40);
        var answers = cases.Select(one => one with { Answer = RulebookCompiler.Compile(one.Full, "test.risk").Render() }).ToArray();
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1")
            File.WriteAllText(FilePath(), string.Concat(answers.Select(one => $"=== {one.Name}\n{one.Text}--- \n{one.Answer}")));
        else
            Assert.All(cases.Zip(answers), pair => Assert.Equal(pair.First.Answer, pair.Second.Answer));
    }

    [Fact]
    public void Every_case_has_a_name_of_its_own_and_is_a_mistake()
    {
        Case[] cases = Read();
        Assert.Equal(cases.Length, cases.Select(one => one.Name).Distinct().Count());
        Assert.All(cases, one => Assert.NotEmpty(one.Answer));
    }

    [Fact]
    public void Every_code_is_in_an_answer()
    {
        string all = string.Concat(Read().Select(one => one.Answer));
        // The limit on the whole text and the limit on errors have tests of their own: their texts are large.
        Assert.Empty(DiagnosticCodes.All.Keys.Except(Code().Matches(all).Select(match => match.Value)).Except([DiagnosticCodes.TooLarge, DiagnosticCodes.TooMany, DiagnosticCodes.Depth]));
    }

    [Fact]
    public void A_text_beyond_the_limit_is_refused()
        => Assert.Equal(DiagnosticCodes.TooLarge, Assert.Single(RulebookCompiler.Compile(new string('a', RuleLimits.MaxTextBytes + 1), "test.risk").Diagnostics).Code);

    [Fact]
    public void After_fifty_errors_the_rest_is_not_shown()
    {
        CompilationResult result = RulebookCompiler.Compile(Samples.Head + Samples.Required + string.Concat(Enumerable.Range(0, 100).Select(i => $"d{i} = unknown{i}\n")), "test.risk");
        Assert.Equal(DiagnosticBag.MaxErrors + 1, result.Diagnostics.Length);
        Assert.Equal(DiagnosticCodes.TooMany, result.Diagnostics[^1].Code);
    }

    [GeneratedRegex(@"R0\d\d\d")]
    private static partial Regex Code();

    private static Case[] Read()
    {
        string[] parts = File.ReadAllText(FilePath()).Split("=== ", StringSplitOptions.RemoveEmptyEntries);
        return [.. parts.Select(part =>
        {
            int name = part.IndexOf('\n', StringComparison.Ordinal), answer = part.IndexOf("--- \n", StringComparison.Ordinal);
            string text = part[(name + 1)..(answer < 0 ? part.Length : answer)];
            return new Case(part[..name], text, answer < 0 ? "" : part[(answer + 5)..]);
        })];
    }

    private static string FilePath([CallerFilePath] string path = "") => Path.Combine(Path.GetDirectoryName(path)!, "diagnostics.txt");
}
