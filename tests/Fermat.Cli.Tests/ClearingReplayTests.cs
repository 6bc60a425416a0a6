using System.Text.Json.Nodes;

namespace Fermat.Cli.Tests;

/// <summary>The clearing house's day of the examples, as its README works it out by hand.</summary>
public sealed class ClearingReplayTests
{
    private static readonly string Day = Path.Combine(Cli.Root, "examples", "venue", "clearing.jsonl"), Rules = Path.Combine(Cli.Root, "rules", "cleared_futures.risk");

    [Fact]
    public void A_clearing_houses_day_comes_out_to_the_unit()
    {
        Cli.Answer answer = Cli.Run("replay", Day, "--rules", Rules, "--json");
        Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output);
        (string, string, string)[] expected =
        [
            ("insurance", "5500", "-90"), ("anna", "0", "0"), ("ben", "0", "0"), ("cora", "62944", "100"), ("dan", "42356", "80"), ("eve", "98400", "-90"), ("frank", "0", "0"),
        ];
        foreach ((string id, string balance, string size) in expected)
        {
            JsonNode account = answer.Json["accounts"]!.AsArray().Single(account => (string)account!["id"]! == id)!;
            Assert.Equal((id, balance, size), (id, (string?)account["balances"]!["X"] ?? "0", (string?)account["positions"]!["M"]?["size"] ?? "0"));
        }
        string[] made = [.. answer.Json["made"]!.AsArray().Select(e => $"{e!["type"]} {e["account"]} {e["size"] ?? e["amount"] ?? string.Join(", ", e["shares"]!.AsArray().Select(share => $"{share!["account"]} {share["amount"]}"))} {e["penalty"]}".TrimEnd())];
        Assert.Equal(["liquidation anna -100 0", "insurance-paid anna 700", "loss-socialized anna cora 1056, dan 244", "liquidation ben -30 0", "loss-socialized ben dan 600", "liquidation frank 40 1600"], made);
    }

    /// <summary>What is refused at the start ends no proofs later, and batches without it are proven.</summary>
    [Fact]
    public void Shares_by_gains_are_not_asked_to_be_proven()
    {
        using var directory = new TemporaryDirectory();
        Cli.Answer refused = Cli.Run("prove", "batch", Day, "--rules", Rules, "-o", directory["proofs"], "--secret", directory["venue.secret"], "--shares", "--json");
        Assert.Equal("rules.not-provable", refused.FirstCode);
        Assert.Contains("liquidation.clearing", refused.Output + refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory["proofs"]));
        JsonNode one = Assert.Single(Cli.Run("rules", "check", Rules, "--json").Json["files"]![0]!["refused"]!.AsArray(), one => (string)one!["command"]! == "fermat prove batch --shares")!;
        Assert.Contains("liquidation.clearing", one.ToJsonString(), StringComparison.Ordinal);
    }

    /// <summary>80 long at 140 with a rate of 0.3: 3,360, and times 1.1, 1.2, 1.4.</summary>
    [Fact]
    public void Every_level_of_an_account_is_shown()
    {
        JsonNode dan = Cli.Run("replay", Day, "--rules", Rules, "--json").Json["accounts"]!.AsArray().Single(account => (string)account!["id"]! == "dan")!;
        Assert.Equal("""{"equity":"42356","maintenance":"3360","search":"3696","initial":"4032","release":"4704"}""", dan["levels"]!.ToJsonString());
    }

    /// <summary>What the engine made is what it takes where a venue's own log has it: each step once, directly after the settlement, and no other.</summary>
    [Fact]
    public void A_logged_day_is_judged_step_by_step()
    {
        using var directory = new TemporaryDirectory();
        Cli.Answer made = Cli.Run("replay", Day, "--rules", Rules, "--json");
        List<string> lines = [.. File.ReadAllLines(Day)];
        string[] steps = [.. made.Json["made"]!.AsArray().Select((e, i) => { e!["id"] = $"step{i}"; return e.ToJsonString(); })];
        int called = lines.FindIndex(line => line.Contains("\"price\":\"170\"", StringComparison.Ordinal)) + 1;
        lines.InsertRange(called, steps[..5]);
        lines.Add(steps[5]);
        Assert.Equal(0, Rejected(lines));
        // Cora is spared a unit, at Dan's cost
        Assert.Equal(1, Rejected([.. lines.Select(line => line.Replace("\"1056\"", "\"1055\"", StringComparison.Ordinal).Replace("\"244\"", "\"245\"", StringComparison.Ordinal)).Where((_, i) => i <= called + 2)]));
        // a close-out before the settlement, at the price that is set already
        List<string> early = [.. lines];
        (early[called - 1], early[called]) = (early[called], early[called - 1]);
        Assert.Contains("nothing of anna is due", Answer([.. early.Take(called)]).Json["rejected"]![0]!["reason"]!["message"]!.ToString(), StringComparison.Ordinal);

        int Rejected(IEnumerable<string> all) => Answer(all).Json["rejected"]!.AsArray().Count;

        Cli.Answer Answer(IEnumerable<string> all)
        {
            string file = Path.Combine(directory.Path, "logged.jsonl");
            File.WriteAllLines(file, all);
            return Cli.Run("replay", file, "--rules", Rules, "--as-logged", "--json");
        }
    }
}
