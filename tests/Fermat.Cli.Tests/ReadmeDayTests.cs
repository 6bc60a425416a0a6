using System.Text.RegularExpressions;

namespace Fermat.Cli.Tests;

/// <summary>A day in the life of a venue, as the README tells it: its commands, run in their order.</summary>
public sealed partial class ReadmeDayTests
{
    private const string Heading = "## A day in the life of a venue";

    [Fact]
    public void Every_command_of_the_day_does_what_the_readme_says()
    {
        using var directory = new TemporaryDirectory();
        string readme = File.ReadAllText(Path.Combine(Cli.Root, "README.md"));
        string section = readme[readme.IndexOf(Heading, StringComparison.Ordinal)..];
        section = section[..section.IndexOf("\n## ", 1, StringComparison.Ordinal)];
        var said = new Dictionary<string, string>();
        foreach (Match command in Command().Matches(section))
        {
            string[] arguments = [.. Word().Matches(command.Groups[1].Value).SelectMany(word => Expand(directory, word.Value.Trim('\'')))];
            if (arguments[0] is "run") arguments = [.. arguments, "--bits", "40", "--depth", "4"];       // what takes time is not what is told
            if (arguments[..2] is ["verify" or "prove", not "event"]) arguments = [.. arguments, "--bits", "40"];
            Cli.Answer answer = Cli.Run(arguments);
            Assert.True(answer.ExitCode == ExitCodes.Ok, $"{command.Value}: {answer.Output}{answer.Error}");
            said[arguments[0] switch { "prices" => "prices " + arguments[1], "verify" when arguments.Contains("--prices") => "verify prices", "verify" when arguments[1] == "event" => "verify event", "replay" when arguments.Contains("--until") => "replay until", var other => other }] = answer.Output;
        }
        Assert.Equal(["event", "inclusion", "prices check", "prices publish", "prices rules", "prove", "replay", "replay until", "run", "verify", "verify event", "verify prices", "whatif"], said.Keys.Order(StringComparer.Ordinal));
        Assert.Contains("Liquidation: 3", said["replay"], StringComparison.Ordinal);
        Assert.Contains("As it was after height 30, ", said["replay until"], StringComparison.Ordinal);
        Assert.Contains(" of carol ", said["replay"], StringComparison.Ordinal);
        Assert.Contains("against a maintenance margin of", said["replay"], StringComparison.Ordinal);
        Assert.Contains(" rejected: ", said["replay"], StringComparison.Ordinal);
        Assert.Contains("Every asset and every instrument adds up.", said["replay"], StringComparison.Ordinal);
        Assert.Contains("alice", said["whatif"], StringComparison.Ordinal);
        Assert.Contains("4 batches proven", said["run"], StringComparison.Ordinal);
        Assert.Contains("for each of 4 batches", said["verify"], StringComparison.Ordinal);
        Assert.Contains("That is the root before events 31 to 34, which are proven", said["inclusion"], StringComparison.Ordinal);
        Assert.Contains("nullifier", said["prove"], StringComparison.Ordinal);
        Assert.Contains("What was proven to move is what it says.", said["verify event"], StringComparison.Ordinal);
        Assert.Contains("BTC: 64200, the median of 3 of 4 sources (quorum 3)", said["prices check"], StringComparison.Ordinal);
        Assert.Contains("rejected  delta", said["prices check"], StringComparison.Ordinal);
        Assert.Contains("4 price sets with their heights", said["prices publish"], StringComparison.Ordinal);
        Assert.Contains("12 prices in the market data are those of 4 signed price sets", said["verify prices"], StringComparison.Ordinal);
        Assert.Contains("the funding index of BTC-PERP follows from 1 funding tick of the mark log, and is at last 6.41; the venue's own word: the rate, 0.0001", said["verify prices"], StringComparison.Ordinal);
    }

    /// <summary>Paths of the repository, the venue's folder, and a star as a shell expands it.</summary>
    private static IEnumerable<string> Expand(TemporaryDirectory directory, string word)
    {
        bool ours = word.StartsWith("examples/", StringComparison.Ordinal) || word.StartsWith("rules/", StringComparison.Ordinal);
        if (!ours && word != "venue" && !word.StartsWith("venue/", StringComparison.Ordinal)) return [word];
        string path = ours ? Path.Combine(Cli.Root, word) : directory[word];
        return word.Contains('*', StringComparison.Ordinal) ? Directory.EnumerateFiles(Path.GetDirectoryName(path)!, Path.GetFileName(path)).Order(StringComparer.Ordinal) : [path];
    }

    [GeneratedRegex(@"^\./fermat (.+)$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex("'[^']*'|[^ ]+")]
    private static partial Regex Word();
}
