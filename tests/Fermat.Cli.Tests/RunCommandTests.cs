using System.Text.Json.Nodes;

namespace Fermat.Cli.Tests;

/// <summary><c>fermat run</c>: a venue from a file of events, in one go and in pieces.</summary>
public sealed class RunCommandTests
{
    private static readonly string Rules = Path.Combine(Cli.Root, "rules", "cross_perps.risk"), Day = Path.Combine(Cli.Root, "examples", "venue", "day.jsonl");

    [Fact]
    public void A_day_that_grows_is_taken_where_it_was_left_and_each_batch_is_proven_once()
    {
        using var directory = new TemporaryDirectory();
        string[] lines = File.ReadAllLines(Day);
        File.WriteAllText(directory["day.jsonl"], string.Join('\n', lines[..20]) + "\n" + lines[20][..30]);    // the last line is not whole yet
        List<JsonObject> first = Run(directory, "--no-proofs");
        Assert.Equal(20, first.Count(line => Is(line, "event") && (string)line["outcome"]! == "applied"));
        Assert.Equal("unreadable", (string)first.Single(line => Is(line, "event") && (long)line["line"]! == 21)["outcome"]!);
        File.Delete(directory["venue/events.mark.json"]);                                          // whoever does not know where it was begins anew

        File.WriteAllText(directory["day.jsonl"], string.Join('\n', lines) + "\n");
        List<JsonObject> second = Run(directory);
        Assert.Equal(20, second.Count(line => Is(line, "event") && (string)line["outcome"]! == "known"));
        JsonObject end = second[^1];
        Assert.Equal(("end", 2, 12), ((string)end["type"]!, (int)end["events"]!["rejected"]!, (int)end["events"]!["applied"]!));
        Assert.Equal((ulong)end["height"]!, (ulong)end["provenHeight"]!);

        // each batch follows the one before, and a third run has nothing to do
        JsonObject[] batches = [.. second.Where(line => Is(line, "batch"))];
        Assert.True(batches.Length >= 4);
        for (int i = 1; i < batches.Length; i++)
        {
            Assert.Equal((string)batches[i - 1]["rootAfter"]!, (string)batches[i]["rootBefore"]!);
            Assert.True((ulong)batches[i]["first"]! > (ulong)batches[i - 1]["last"]!);
        }
        Assert.All(batches, batch => Assert.True(File.Exists((string)batch["proof"]!) && File.Exists((string)batch["statement"]!)));
        List<JsonObject> third = Run(directory);
        Assert.Single(third);
        Assert.Equal((0, batches.Length), ((int)third[0]["batches"]!["proven"]!, (int)third[0]["batches"]!["kept"]!));

        File.WriteAllText(directory["day.jsonl"], lines[0]);
        Cli.Answer shrunk = Cli.Run(Arguments(directory));
        Assert.Equal((ExitCodes.BadInput, "events-shrank"), (shrunk.ExitCode, shrunk.FirstCode));
    }

    [Fact]
    public void What_a_replay_says_a_run_comes_to()
    {
        using var directory = new TemporaryDirectory();
        File.Copy(Day, directory["day.jsonl"]);
        Cli.Answer run = Cli.Run([.. Arguments(directory, json: false), "--no-proofs"]);
        Assert.True(run.ExitCode == ExitCodes.Ok, run.Output + run.Error);
        Assert.Contains("carol-wants-more: rejected: carol would be Liquidatable", run.Output, StringComparison.Ordinal);
        JsonObject replay = Cli.Run("replay", Day, "--rules", Rules, "--json").Json;
        Assert.Contains($"height {replay["height"]}: 32 events applied, 2 rejected", run.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFiles(directory["venue/proofs"]));
    }

    [Fact]
    public void Options_that_make_no_sense_are_told()
    {
        using var directory = new TemporaryDirectory();
        Assert.Equal("bad-option", Cli.Run("run", "--rules", Rules, "--data", directory["venue"], "--follow", "--json").FirstCode);
        Assert.Equal(ExitCodes.BadInput, Cli.Run("run", "--rules", Rules, "--data", directory["venue"], "--events", directory["none.jsonl"], "--json").ExitCode);
        Assert.Equal(ExitCodes.BadInput, Cli.Run("run", "--rules", Path.Combine(Cli.Root, "rules", "scenario_pm.risk"), "--data", directory["other"], "--events", Day, "--json").ExitCode);
    }

    private static bool Is(JsonObject line, string type) => (string)line["type"]! == type;

    private static string[] Arguments(TemporaryDirectory directory, bool json = true) =>
        ["run", "--rules", Rules, "--data", directory["venue"], "--events", directory["day.jsonl"], "--depth", "4", "--bits", "30", .. json ? (string[])["--json"] : []];

    private static List<JsonObject> Run(TemporaryDirectory directory, params string[] more)
    {
        Cli.Answer answer = Cli.Run([.. Arguments(directory), .. more]);
        Assert.True(answer.ExitCode == ExitCodes.Ok, $"exit code {answer.ExitCode}: {answer.Output}{answer.Error}");
        return [.. answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject())];
    }
}
