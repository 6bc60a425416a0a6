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

    /// <summary>Anna has 5,000 and loses 7,000 on 100 short, Ben 1,500 and 2,100 on 30; the rate is 0.2 on short positions and 0.3 on long ones. Frank has 1,600 and 40 long at 140.</summary>
    [Fact]
    public void Each_step_says_why_it_was_due()
    {
        JsonObject json = Cli.Run("replay", Day, "--rules", Rules, "--json").Json;
        string[] made = [.. json["made"]!.AsArray().Select(e =>
            $"{e!["height"]} {e["type"]} {e["because"]!["account"]} {e["because"]!["class"]} {e["because"]!["equity"]} {e["because"]!["net_equity"]} {e["because"]!["initial"]} {e["because"]!["maintenance"]} {e["because"]!["owed"]?["amount"]} {e["because"]!["owed"]?["asset"]}".TrimEnd())];
        Assert.Equal(
        [
            "26 liquidation anna bankrupt -2000 -2000 4080 3400",
            "27 insurance-paid anna bankrupt -2000 -2000 0 0 2000 X",
            "28 loss-socialized anna bankrupt -1300 -1300 0 0 1300 X",
            "29 liquidation ben bankrupt -600 -600 1224 1020",
            "30 loss-socialized ben bankrupt -600 -600 0 0 600 X",
            "38 liquidation frank liquidatable 1600 1600 2016 1680",
        ], made);
        string text = Cli.Run("replay", Day, "--rules", Rules).Output;
        Assert.Contains("height 26: -100 M of anna to insurance at 170, penalty 0; before it equity -2000 against a maintenance margin of 3400, bankrupt", text, StringComparison.Ordinal);
        Assert.Contains("height 28: a loss of anna is shared in X: cora 1056, dan 244; before it equity -1300 against a maintenance margin of 0, bankrupt, 1300 X owed", text, StringComparison.Ordinal);
        Assert.Contains("height 38: 40 M of frank to insurance at 140, penalty 1600; before it equity 1600 against a maintenance margin of 1680, liquidatable", text, StringComparison.Ordinal);
    }

    /// <summary>After the settlement at 170 and before what follows from it, after the first step, and after an event of the file that nothing follows from.</summary>
    [Theory]
    [InlineData(25, "c25", false, 25, "-2000", "-100", "700", null, 0)]
    [InlineData(26, "engine:25", true, 25, "-2000", null, "700", "-100", 1)]
    [InlineData(27, "engine:26", true, 25, "-1300", null, "0", "-100", 2)]
    [InlineData(31, "c26", false, 26, "0", null, "0", "-130", 5)]
    public void A_replay_stops_after_a_height(int height, string last, bool made, int line, string anna, string? annaHas, string fund, string? fundHas, int steps)
    {
        JsonObject json = Cli.Run("replay", Day, "--rules", Rules, "--until", $"{height}", "--json").Json;
        Assert.Equal((height, last, made, line, steps), ((int)json["height"]!, (string)json["until"]!["event"]!, (bool)json["until"]!["generated"]!, (int)json["until"]!["line"]!, json["made"]!.AsArray().Count));
        Assert.Equal((anna, annaHas), Has("anna"));
        Assert.Equal((fund, fundHas), Has("insurance"));
        Assert.Empty(json["sums"]!.AsArray());
        string text = Cli.Run("replay", Day, "--rules", Rules, "--until", $"{height}").Output;
        Assert.Contains($"As it was after height {height}, {last}{(made ? ", which the engine made" : "")}, line {line}", text, StringComparison.Ordinal);

        (string Balance, string? Size) Has(string id)
        {
            JsonNode account = json["accounts"]!.AsArray().Single(account => (string)account!["id"]! == id)!;
            return ((string?)account["balances"]!["X"] ?? "0", (string?)account["positions"]!["M"]?["size"]);
        }
    }

    [Fact]
    public void A_height_that_the_events_do_not_come_to_is_named()
    {
        Cli.Answer late = Cli.Run("replay", Day, "--rules", Rules, "--until", "39", "--json"), none = Cli.Run("replay", Day, "--rules", Rules, "--until", "0", "--json");
        Assert.Equal((ExitCodes.BadInput, ExitCodes.BadInput), (late.ExitCode, none.ExitCode));
        Assert.Contains("the heights 1 to 38", late.Output, StringComparison.Ordinal);
        JsonObject all = Cli.Run("replay", Day, "--rules", Rules, "--json").Json, last = Cli.Run("replay", Day, "--rules", Rules, "--until", "38", "--json").Json;
        Assert.Null(all["until"]);
        Assert.Equal(all["accounts"]!.ToJsonString(), last["accounts"]!.ToJsonString());
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
        string[] steps = [.. made.Json["made"]!.AsArray().Select((e, i) => { e!["id"] = $"step{i}"; return VenueCommandTests.EventOf(e); })];
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

    /// <summary>With two instruments of one asset nobody is called before both are settled: replay says which is missing. And the day's proofs go to its end.</summary>
    [Fact]
    public void What_has_to_be_settled_yet_is_told_and_the_day_is_proven()
    {
        using var directory = new TemporaryDirectory();
        string[] second =
        [
            """{"type":"instrument-listed","id":"n1","time":1780001930000,"symbol":"N","kind":"future","settle":"X","sizeScale":0,"priceScale":0,"multiplier":"1","expiry":1893456000000}""",
            """{"type":"parameters-updated","id":"n2","time":1780001940000,"change":{"market":{"Instrument":[{"long_risk":"0.1","short_risk":"0.1","symbol":"N"}]}}}""",
            """{"type":"prices-set","id":"n3","time":1780001950000,"prices":{"N":"10"}}""",
            """{"type":"trade","id":"n4","time":1780001960000,"instrument":"N","buyer":"cora","seller":"eve","size":"1","price":"10","buyerFee":"0","sellerFee":"0"}""",
            """{"type":"settlement","id":"n5","time":1780001970000,"instrument":"M","price":"140","close":false}""",
        ];
        File.WriteAllLines(directory["events.jsonl"], [.. File.ReadAllLines(Day), .. second]);
        Assert.Equal(["N"], Cli.Run("replay", directory["events.jsonl"], "--rules", Rules, "--json").Json["awaitedSettlements"]!.AsArray().Select(symbol => (string)symbol!));
        Assert.Contains("Nobody is called before N is settled too.", Cli.Run("replay", directory["events.jsonl"], "--rules", Rules).Output, StringComparison.Ordinal);
        Assert.Empty(Cli.Run("replay", Day, "--rules", Rules, "--json").Json["awaitedSettlements"]!.AsArray());

        Cli.Answer proven = Cli.Run("prove", "batch", Day, "--rules", Rules, "--output", directory["proofs"], "--depth", "4", "--secret", directory["venue.secret"], "--bits", "30");
        Assert.True(proven.ExitCode == ExitCodes.Ok, proven.Output + proven.Error);
        Cli.Answer verified = Cli.Run(["verify", "batch", .. Directory.EnumerateFiles(directory["proofs"], "*.statement.json").Order(StringComparer.Ordinal), "--rules", Rules, "--bits", "30"]);
        Assert.True(verified.ExitCode == ExitCodes.Ok, verified.Output + verified.Error);
        Assert.Contains("it is a clearing house's", verified.Output, StringComparison.Ordinal);
    }
}
