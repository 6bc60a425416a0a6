using System.Text.RegularExpressions;

namespace Fermat.Repository.Tests;

/// <summary>Every pitfall that docs/PROTOCOL.md lists, and every leak, has a test that names it in a trait; and no test names one that is not listed.</summary>
public sealed partial class PitfallTests
{
    private static readonly string[] Leaks = ["heights", "bus sums", "unsalted leaves", "quotient pieces", "randomness reuse"];

    [GeneratedRegex("""\[Trait\("(?<kind>Pitfall|Leak)", "(?<name>[^"]+)"\)\]""")]
    private static partial Regex Trait();

    [Fact]
    public void Every_pitfall_of_the_protocol_has_a_test()
    {
        string[] listed = Listed();
        Assert.True(listed.Length >= 20, $"only {listed.Length} pitfalls were found in docs/PROTOCOL.md");
        Assert.Equal(listed.Order(), Named("Pitfall"));
    }

    [Fact]
    public void Every_leak_has_a_test() => Assert.Equal(Leaks.Order(), Named("Leak"));

    private static string[] Listed()
    {
        string[] lines = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "PROTOCOL.md"));
        return [.. lines.SkipWhile(line => !line.StartsWith("| pitfall |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|')[1].Trim())];
    }

    private static IEnumerable<string> Named(string kind) => Repository.Sources("tests")
        .SelectMany(path => Trait().Matches(File.ReadAllText(path)))
        .Where(match => match.Groups["kind"].Value == kind)
        .Select(match => match.Groups["name"].Value).Distinct().Order();
}
