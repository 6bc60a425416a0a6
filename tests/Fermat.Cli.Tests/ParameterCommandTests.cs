using System.Text.Json.Nodes;
using Fermat.Ledger.Events;

namespace Fermat.Cli.Tests;

/// <summary>Statement P from the command line: of two sets, of a venue's events; and what is changed, or not what is known, is refused.</summary>
public sealed class ParameterCommandTests
{
    private const string Another = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const long Hour = 3_600_000;

    private static readonly string Rules = Path.Combine(Cli.Root, "rules", "cross_tiered.risk");

    private static string Set(TemporaryDirectory directory, string name, string initial)
    {
        File.WriteAllText(directory[name], $$"""
            { "market": { "Asset": [ { "symbol": "USD", "index": "1", "haircut": [["0", "1"]] } ],
              "Instrument": [ { "symbol": "P", "mark": "100", "settle": "USD", "initial": [["0", "{{initial}}", "0"]], "maintenance": [["0", "0.05", "0"]] } ] } }
            """);
        return directory[name];
    }

    private static string Measured(TemporaryDirectory directory, string elapsed = "7200", string volatility = "0.03")
    {
        File.WriteAllText(directory["measured.json"], $$"""{ "elapsed": "{{elapsed}}", "volatility": "{{volatility}}", "volatility_before": "0.04" }""");
        return directory["measured.json"];
    }

    private static Cli.Answer Prove(TemporaryDirectory directory, string after, string elapsed = "7200", string volatility = "0.03", string before = "0.1") => Cli.Run(
        "prove", "parameters", Set(directory, "old.json", before), Set(directory, "new.json", after), "--rules", Rules, "--aggregates", Measured(directory, elapsed, volatility), "--venue", "a venue", "-o", directory["out"], "--json");

    private static Cli.Answer Verify(string statement, params string[] more) => Cli.Run(["verify", "parameters", statement, "--rules", Rules, "--json", .. more]);

    private static string Text(JsonNode node, string name) => node[name]!.GetValue<string>();

    private static string[] List(JsonNode node) => [.. node.AsArray().Select(item => item!.GetValue<string>())];

    [Fact]
    public void An_update_is_written_and_verified_with_everything_pinned()
    {
        using var directory = new TemporaryDirectory();
        Cli.Answer proven = Prove(directory, "0.12");
        Assert.True(proven.ExitCode == ExitCodes.Ok, proven.Output + proven.Error);
        JsonObject made = proven.Json;
        string statement = Text(made, "statement");
        Cli.Answer verdict = Verify(statement,
            "--old", Text(made, "oldParametersDigest"), "--old-market", Text(made, "oldMarketDigest"), "--new", Text(made, "newParametersDigest"), "--new-market", Text(made, "newMarketDigest"),
            "--venue", "a venue", "--aggregate", "elapsed=7200", "--aggregate", "volatility=0.030", "--aggregate", "volatility_before=0.04");
        Assert.True(verdict.ExitCode == ExitCodes.Ok, verdict.Output + verdict.Error);
        Assert.Empty(verdict.Json["takenFromStatement"]!.AsArray());
        Assert.Equal(["bounded_step", "floors", "one_an_hour", "no_cut_in_stress"], verdict.Json["updates"]![0]!["rules"]!.AsArray().Select(rule => Text(rule!, "rule")));

        JsonObject bare = Verify(statement).Json;
        Assert.Equal(["rulebook"], List(bare["pinned"]!));
        Assert.Equal(["venue", "old parameters", "old market data", "new parameters", "new market data", "aggregate elapsed", "aggregate volatility", "aggregate volatility_before"], List(bare["takenFromStatement"]!));
        Cli.Answer words = Cli.Run("verify", "parameters", statement, "--rules", Rules, "--aggregate", "elapsed=7200");
        Assert.Contains("Compared with what you brought: rulebook, aggregate elapsed. Taken from the statement: venue, ", words.Output, StringComparison.Ordinal);
        Assert.Contains("holds  bounded_step", words.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void An_update_that_breaks_a_rule_is_not_written()
    {
        using var directory = new TemporaryDirectory();
        Cli.Answer large = Prove(directory, "0.13");
        Assert.Equal((ExitCodes.Rejected, "statement.update-rule"), (large.ExitCode, large.FirstCode));
        Assert.Contains("bounded_step", large.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(directory["out"]));
        Assert.Equal("statement.update-rule", Prove(directory, "0.12", elapsed: "60").FirstCode);
        Assert.Equal("statement.update-rule", Prove(directory, "0.09", volatility: "0.05").FirstCode);
        Assert.Equal("rules.input", Prove(directory, "0.12", elapsed: "-1").FirstCode);
        Assert.Equal("usage", Cli.Run("prove", "parameters", directory["old.json"], "--rules", Rules, "--json").FirstCode);
        Assert.Equal("rules.no-meta", Cli.Run("prove", "parameters", "--events", "x", "--rules", Path.Combine(Cli.Root, "rules", "balances.risk"), "--json").FirstCode);
    }

    [Fact]
    public void What_is_not_as_it_is_known_is_refused()
    {
        using var directory = new TemporaryDirectory();
        string statement = Text(Prove(directory, "0.12").Json, "statement");
        void Rejected(string code, Cli.Answer answer) => Assert.Equal((ExitCodes.Rejected, code), (answer.ExitCode, answer.FirstCode));
        Rejected("statement.wrong-parameters", Verify(statement, "--old", Another));
        Rejected("statement.wrong-parameters", Verify(statement, "--new", Another));
        Rejected("statement.wrong-market-data", Verify(statement, "--old-market", Another));
        Rejected("statement.wrong-market-data", Verify(statement, "--new-market", Another));
        Rejected("statement.wrong-venue", Verify(statement, "--venue", "another"));
        Rejected("statement.wrong-aggregate", Verify(statement, "--aggregate", "elapsed=1800"));
        Rejected("statement.not-a-chain", Verify(statement, statement));
        Assert.Equal("bad-option", Verify(statement, "--aggregate", "moon=1").FirstCode);
        Assert.Equal("bad-option", Verify(statement, "--aggregate", "elapsed").FirstCode);
        Assert.Equal("bad-option", Verify(statement, "--aggregate", "elapsed=1", "--aggregate", "elapsed=1").FirstCode);

        string text = File.ReadAllText(statement);
        File.WriteAllText(statement, text.Replace("\"0.12\"", "\"0.125\"", StringComparison.Ordinal));
        Rejected("statement.digest-mismatch", Verify(statement));
        File.WriteAllText(statement, text);
        string looser = directory["looser.risk"];
        File.WriteAllText(looser, File.ReadAllText(Rules).Replace("3_600", "60", StringComparison.Ordinal));
        Rejected("statement.wrong-rulebook", Cli.Run("verify", "parameters", statement, "--rules", looser, "--json"));
        Assert.Equal(ExitCodes.Ok, Verify(statement).ExitCode);
    }

    [Fact]
    public void A_venues_updates_are_a_chain_of_statements()
    {
        using var directory = new TemporaryDirectory();
        static string Margins(string initial) => $"{{\"market\":{{\"Instrument\":[{{\"initial\":[[\"0\",\"{initial}\",\"0\"]],\"maintenance\":[[\"0\",\"0.05\",\"0\"]],\"symbol\":\"P\"}}]}}}}";
        string events = VenueCommandTests.Write(directory,
            [.. VenueCommandTests.Opening(), new ParametersUpdated(new EventId("u1"), Hour + 10, Margins("0.12")), new ParametersUpdated(new EventId("u2"), Hour + 20, Margins("0.13")),
            VenueCommandTests.Prices("p2", Hour + 30, "103"), new ParametersUpdated(new EventId("u3"), 3 * Hour, Margins("0.14"))]);
        Cli.Answer made = Cli.Run("prove", "parameters", "--events", events, "--rules", VenueCommandTests.Rules, "-o", directory["out"], "--json");
        Assert.True(made.ExitCode == ExitCodes.Ok, made.Output + made.Error);
        JsonNode[] updates = [.. made.Json["updates"]!.AsArray().Select(update => update!)];
        Assert.Equal(2, updates.Length);                                                          // u2 came within the hour and was rejected
        Assert.Equal(("7199", "0.03", "0"), (Text(updates[1]["aggregates"]!, "elapsed"), Text(updates[1]["aggregates"]!, "volatility"), Text(updates[1]["aggregates"]!, "volatility_before")));
        string[] files = [.. updates.Select(update => Text(update, "statement"))];
        Cli.Answer verdict = Cli.Run(["verify", "parameters", .. files, "--rules", VenueCommandTests.Rules, "--venue", "test", "--old", Text(updates[0], "oldParametersDigest"), "--new-market", Text(updates[1], "newMarketDigest"), "--json"]);
        Assert.True(verdict.ExitCode == ExitCodes.Ok, verdict.Output + verdict.Error);
        List<string> kept = [.. files.Select(file => Path.Combine(directory["venue"], "proofs", Path.GetFileName(file)))];       // a venue that runs writes the same as its updates pass
        Cli.Answer run = Cli.Run("run", "--rules", VenueCommandTests.Rules, "--data", directory["venue"], "--events", events, "--bits", "30", "--depth", "4");
        Assert.True(run.ExitCode == ExitCodes.Ok, run.Output + run.Error);
        Assert.All(files.Zip(kept), pair => Assert.Equal(File.ReadAllBytes(pair.First), File.ReadAllBytes(pair.Second)));
        Assert.All(kept, file => Assert.Contains(file, run.Output, StringComparison.Ordinal));
        Assert.Equal("statement.not-a-chain", Cli.Run(["verify", "parameters", files[1], files[0], "--rules", VenueCommandTests.Rules, "--json"]).FirstCode);
        Assert.Equal("usage", Cli.Run("prove", "parameters", "--events", events, "--venue", "x", "--rules", VenueCommandTests.Rules, "--json").FirstCode);
    }
}
