using System.Text.Json.Nodes;

namespace Fermat.Cli.Tests;

public sealed class RulesCommandTests
{
    public static TheoryData<string> Names => [.. Directory.GetFiles(Path.Combine(Cli.Root, "rules"), "*.risk").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_standard_rulebook_evaluates_its_example_and_passes_its_cases(string name)
    {
        Cli.Answer eval = Cli.Run("rules", "eval", Rulebook(name), "--input", Example(name), "--json");
        Assert.True(eval.ExitCode == ExitCodes.Ok, eval.Output);
        Assert.Equal(Accounts(name).Count, eval.Json["accounts"]!.AsArray().Count);
        Assert.All(eval.Json["accounts"]!.AsArray(), account => Assert.NotNull(account!["values"]!["maintenance"]));
        Cli.Answer test = Cli.Run("rules", "test", Rulebook(name));
        Assert.True(test.ExitCode == ExitCodes.Ok, test.Output);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_account_of_an_example_is_explained_with_lines(string name)
    {
        foreach (JsonNode? account in Accounts(name))
        {
            string id = account!["id"]!.GetValue<string>();
            Cli.Answer answer = Cli.Run("rules", "explain", Rulebook(name), "-i", Example(name), "--account", id, "--json");
            Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output);
            Assert.Contains(answer.Json["definitions"]!.AsArray(), d => d!["label"]!.GetValue<string>() == "maintenance" && d["line"]!.GetValue<int>() > 0);
        }
    }

    [Fact]
    public void Csv_has_a_line_for_each_account_and_a_column_for_each_definition()
    {
        Cli.Answer answer = Cli.Run("rules", "eval", Rulebook("isolated"), "--input", Example("isolated"), "--csv");
        string[] lines = answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("account,class,equity,initial,maintenance,failing_silos,worst_silo,liquidatable,bankrupt", lines[0].TrimEnd());
        Assert.Equal(1 + Accounts("isolated").Count, lines.Length);
        Assert.StartsWith("bob,bankrupt,99700.72,", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public void A_book_of_the_exchange_sample_is_evaluated_under_its_rulebook()
    {
        Cli.Answer answer = Cli.Run("rules", "eval", Rulebook("exchange_sample"), "--book", Cli.ExampleBook, "--json");
        Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output);
        Assert.Equal((170, 15, 0), (Count("healthy"), Count("liquidatable"), Count("bankrupt")));

        int Count(string kind) => answer.Json["classes"]![kind]!.GetValue<int>();
    }

    [Fact]
    public void An_explanation_names_the_tier_and_the_worst_scenario()
    {
        Cli.Answer tiers = Cli.Run("rules", "explain", Rulebook("cross_tiered"), "-i", Example("cross_tiered"), "-a", "alice", "-d", "collateral");
        Assert.Contains("tier 2 of 4: from 100000, rate 0.95", tiers.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("net_equity", tiers.Output, StringComparison.Ordinal);
        Cli.Answer worst = Cli.Run("rules", "explain", Rulebook("scenario_pm"), "-i", Example("scenario_pm"), "-a", "bob", "-d", "worst_scenario");
        Assert.Contains("smallest at ", worst.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Inputs_may_be_spread_over_files()
    {
        using var directory = new TemporaryDirectory();
        JsonObject whole = JsonNode.Parse(File.ReadAllText(Example("cross_tiered")))!.AsObject();
        foreach (string part in new[] { "market", "accounts" })
            File.WriteAllText(directory[part + ".json"], new JsonObject { [part] = whole[part]!.DeepClone() }.ToJsonString());
        Cli.Answer together = Cli.Run("rules", "eval", Rulebook("cross_tiered"), "-i", Example("cross_tiered"), "--json");
        Cli.Answer apart = Cli.Run("rules", "eval", Rulebook("cross_tiered"), "-i", directory["market.json"], "-i", directory["accounts.json"], "--json");
        Assert.Equal(together.Output, apart.Output);
    }

    [Fact]
    public void A_difference_says_who_changes_class_and_how_far_requirements_move()
    {
        using var directory = new TemporaryDirectory();
        JsonObject changed = JsonNode.Parse(File.ReadAllText(Example("cross_tiered")))!.AsObject();
        foreach (JsonNode? instrument in changed["market"]!["Instrument"]!.AsArray())
            instrument!["maintenance"] = instrument["initial"]!.DeepClone();
        File.WriteAllText(directory["new.json"], changed.ToJsonString());
        Cli.Answer answer = Cli.Run("rules", "diff", Rulebook("cross_tiered"), Rulebook("cross_tiered"), "-i", Example("cross_tiered"), "--new-input", directory["new.json"], "--json");
        Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output);
        JsonNode totals = answer.Json["totals"]!;
        Assert.Equal(totals["initial"]!["old"]!.GetValue<string>(), totals["maintenance"]!["new"]!.GetValue<string>());
        Assert.Equal("0", totals["equity"]!["moves"]!.GetValue<string>());
        string[] changes = [.. answer.Json["changes"]!.AsArray().Select(c => $"{c!["id"]} {c["old"]} {c["new"]}")];
        Assert.Equal(["carol healthy liquidatable", "dave healthy liquidatable"], changes);
    }

    [Fact]
    public void A_failing_case_is_shown_with_both_values_and_exit_code_one()
    {
        using var directory = new TemporaryDirectory();
        JsonObject cases = JsonNode.Parse(File.ReadAllText(Path.ChangeExtension(Rulebook("balances"), ".cases.json")))!.AsObject();
        cases["cases"]![0]!["expect"]!["equity"] = "1";
        File.WriteAllText(directory["cases.json"], cases.ToJsonString());
        Cli.Answer answer = Cli.Run("rules", "test", Rulebook("balances"), "--cases", directory["cases.json"]);
        Assert.Equal(ExitCodes.Rejected, answer.ExitCode);
        Assert.Contains("equity: expected 1, is 67498.25", answer.Output, StringComparison.Ordinal);
        Assert.Contains("3 of 4 cases pass", answer.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Mistakes_in_a_rulebook_in_inputs_and_in_market_data_are_bad_input_with_their_place()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["wrong.risk"], File.ReadAllText(Rulebook("balances")).Replace("b.asset.index", "b.asset.indx", StringComparison.Ordinal));
        Cli.Answer rulebook = Cli.Run("rules", "eval", directory["wrong.risk"], "-i", Example("balances"), "--json");
        Assert.Equal(ExitCodes.BadInput, rulebook.ExitCode);
        Assert.True(rulebook.Json["errors"]![0]!["place"]!["line"]!.GetValue<int>() > 1);

        File.WriteAllText(directory["finer.json"], File.ReadAllText(Example("cross_tiered")).Replace("\"2.5\"", "\"2.0000000001\"", StringComparison.Ordinal));
        Cli.Answer finer = Cli.Run("rules", "eval", Rulebook("cross_tiered"), "-i", directory["finer.json"], "--json");
        Assert.Equal(ExitCodes.BadInput, finer.ExitCode);
        Assert.Contains("accounts[0].balances[0].amount", finer.Output, StringComparison.Ordinal);

        File.WriteAllText(directory["stable.json"], File.ReadAllText(Example("scenario_pm")).Replace("\"spot\": 2000.5", "\"stable\": 0, \"spot\": 2000.5", StringComparison.Ordinal));
        Cli.Answer stable = Cli.Run("rules", "eval", Rulebook("scenario_pm"), "-i", directory["stable.json"], "--json");
        Assert.Equal(ExitCodes.BadInput, stable.ExitCode);
        Assert.Equal("rules.no-value", stable.FirstCode);
        Assert.Contains("division by zero", stable.Output, StringComparison.Ordinal);

        Assert.Equal("no-such-account", Cli.Run("rules", "explain", Rulebook("balances"), "-i", Example("balances"), "-a", "nobody", "--json").FirstCode);
        Assert.Equal("usage", Cli.Run("rules", "eval", Rulebook("balances"), "--json").FirstCode);
    }

    private static string Rulebook(string name) => Path.Combine(Cli.Root, "rules", name + ".risk");

    private static string Example(string name) => Path.Combine(Cli.Root, "examples", "rulebooks", name + ".json");

    private static JsonArray Accounts(string name) => JsonNode.Parse(File.ReadAllText(Example(name)))!["accounts"]!.AsArray();
}
