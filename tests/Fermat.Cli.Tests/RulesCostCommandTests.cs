using System.Text.Json.Nodes;

namespace Fermat.Cli.Tests;

/// <summary>What a rulebook costs, and cases as tables.</summary>
public sealed class RulesCostCommandTests
{
    private static string Rulebook(string name) => Path.Combine(Cli.Root, "rules", name + ".risk");

    private static string Example(string name) => Path.Combine(Cli.Root, "examples", "rulebooks", name + ".json");

    [Fact]
    public void The_cost_of_rows_and_lines_is_that_of_the_committed_ledger()
    {
        Cli.Answer answer = Cli.Run("rules", "cost", Rulebook("cross_tiered"), "--json");
        Assert.True(answer.ExitCode == ExitCodes.Ok, answer.Output);
        string[] ledger = File.ReadAllLines(Path.Combine(Cli.Root, "vectors", "rulebook-costs.csv"));
        string[] mine = [.. ledger.SkipWhile(line => line != "rulebook,cross_tiered").Skip(1).TakeWhile(line => !line.StartsWith("rulebook,", StringComparison.Ordinal))];
        JsonArray tables = answer.Json["tables"]!.AsArray();
        Assert.Equal(
            mine.Where(line => line.StartsWith("table,", StringComparison.Ordinal)),
            tables.Select(t => $"table,\"{t!["table"]}\",{t["rowForEach"]},{t["cellsBeforePoints"]},{t["cellsOfPoints"]},{t["cellsOfLookups"]},{t["lookups"]},{t["constraints"]},{t["degree"]}"));
        Assert.Equal(
            mine.Where(line => line.StartsWith("line,", StringComparison.Ordinal)).Order(StringComparer.Ordinal),
            answer.Json["lines"]!.AsArray().Select(l => $"line,\"{l!["table"]}\",\"{l["place"]}\",{l["cells"]}").Order(StringComparer.Ordinal));
        Assert.Null(answer.Json["book"]);
    }

    [Fact]
    public void The_cost_of_a_book_is_its_rows_times_their_cells()
    {
        JsonArray accounts = JsonNode.Parse(File.ReadAllText(Example("cross_tiered")))!["accounts"]!.AsArray();
        Cli.Answer answer = Cli.Run("rules", "cost", Rulebook("cross_tiered"), "--book", Example("cross_tiered"), "--json");
        JsonArray tables = answer.Json["tables"]!.AsArray();
        Assert.Equal(accounts.Count, Rows("accounts"));
        Assert.Equal(accounts.Sum(account => account!["balances"]!.AsArray().Count), Rows("balances"));
        Assert.Equal(accounts.Sum(account => account!["positions"]!.AsArray().Count), Rows("positions"));
        Assert.Equal(tables.Sum(t => t!["rows"]!.GetValue<long>() * t["cells"]!.GetValue<long>()), answer.Json["book"]!["cells"]!.GetValue<long>());
        Cli.Answer text = Cli.Run("rules", "cost", Rulebook("cross_tiered"), "--book", Example("cross_tiered"));
        Assert.Contains("credit(b), line", text.Output, StringComparison.Ordinal);

        int Rows(string table) => tables.First(t => t!["table"]!.GetValue<string>() == table)!["rows"]!.GetValue<int>();
    }

    [Fact]
    public void What_is_not_computed_in_machine_words_is_said_with_its_place_and_what_to_narrow()
    {
        Cli.Answer hot = Cli.Run("rules", "cost", Rulebook("cross_tiered"), "--json");
        Assert.All(hot.Json["words"]!.AsArray(), definition => Assert.True(definition!["inWords"]!.GetValue<bool>(), $"{definition}"));
        Assert.Contains("all 16 definitions of accounts", Cli.Run("rules", "cost", Rulebook("cross_tiered")).Output, StringComparison.Ordinal);

        JsonNode value = Cli.Run("rules", "cost", Rulebook("oi_scaled"), "--json").Json["words"]!.AsArray().First(definition => definition!["definition"]!.GetValue<string>() == "value")!;
        Assert.Equal((130, null, false), (value["bits"]!.GetValue<int>(), value["word"], value["inWords"]!.GetValue<bool>()));
        JsonNode leaves = value["leaves"]!;
        Assert.Equal(("result", 130, "p.size * p.instrument.price"), (leaves["cause"]!.GetValue<string>(), leaves["bits"]!.GetValue<int>(), leaves["text"]!.GetValue<string>()));
        string[] lines = File.ReadAllLines(Rulebook("oi_scaled"));
        int line = leaves["line"]!.GetValue<int>(), column = leaves["column"]!.GetValue<int>();
        Assert.StartsWith("p.size * p.instrument.price", lines[line - 1][(column - 1)..], StringComparison.Ordinal);
        Assert.StartsWith("3 bits too many: the factors have 70 and 60", leaves["hint"]!.GetValue<string>(), StringComparison.Ordinal);
        string text = Cli.Run("rules", "cost", Rulebook("oi_scaled")).Output;
        Assert.Contains("10 of 16 definitions of accounts; the other 6 take numbers of any size", text, StringComparison.Ordinal);
        Assert.Contains($"{Rulebook("oi_scaled")}:{line}:{column}: p.size * p.instrument.price", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_names_what_is_not_computed_in_machine_words()
    {
        Assert.Equal(["health", "initial_of", "maintenance_of", "rating", "shared", "value"], NotInWords("oi_scaled"));
        Assert.Empty(NotInWords("cross_perps"));
        Assert.Contains("note: slower natively, not in 128-bit words: `profit` (where and why: fermat rules cost ", Cli.Run("rules", "check", Rulebook("portfolio_margin")).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("slower natively", Cli.Run("rules", "check", Rulebook("cross_perps")).Output, StringComparison.Ordinal);

        static IEnumerable<string> NotInWords(string name) =>
            Cli.Run("rules", "check", Rulebook(name), "--json").Json["files"]![0]!["notInWords"]!.AsArray().Select(definition => definition!.GetValue<string>()).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void Cases_in_a_table_pass_and_fail_by_line()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["market.json"], """{ "market": { "Asset": [ { "symbol": "BTC", "index": "65000.5" }, { "symbol": "A,B", "index": "2" } ] } }""");
        File.WriteAllText(directory["cases.csv"], """"
            case,account.balances.BTC.assets,account.balances.BTC.liabilities,"account.balances.A,B.assets",market.Asset.BTC.index,expect.equity,absolute
            covered,1.5,,,,97500.75,
            "short, and ""small""",,0.001,10,,-45.0005,
            another price,1,,,60000,60000,
            near enough,1,,,,65000,1

            """");
        Cli.Answer good = Cli.Run("rules", "test", Rulebook("balances"), "--cases", directory["cases.csv"], "--input", directory["market.json"], "--json");
        Assert.True(good.ExitCode == ExitCodes.Ok, good.Output);
        Assert.Equal(4, good.Json["passed"]!.GetValue<int>());
        Assert.Equal("short, and \"small\"", good.Json["cases"]![1]!["name"]!.GetValue<string>());

        File.WriteAllText(directory["cases.csv"], "case,account.balances.BTC.assets,expect.equity\nwrong,1,65000.4\n");
        Cli.Answer wrong = Cli.Run("rules", "test", Rulebook("balances"), "--cases", directory["cases.csv"], "--input", directory["market.json"]);
        Assert.Equal(ExitCodes.Rejected, wrong.ExitCode);
        Assert.Contains("equity: expected 65000.4, is 65000.5", wrong.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("case,expect.equity\na\n", "case 1 has 1 cells for 2 columns")]
    [InlineData("case\na\n", "expects nothing")]
    [InlineData("expect.equity\n1\n", "no column `case`")]
    [InlineData("case,case,expect.equity\na,a,1\n", "the column case is there twice")]
    [InlineData("case,typo,expect.equity\na,1,1\n", "the column typo is not known")]
    [InlineData("case,market.Coin.BTC.index,expect.equity\na,1,1\n", "there is no market table Coin")]
    [InlineData("case,account.loans.BTC.amount,expect.equity\na,1,1\n", "an account has no collection loans")]
    [InlineData("case,account.balances.BTC|ETH.assets,expect.equity\na,1,1\n", "name 1 symbols")]
    [InlineData("case,expect.equity\n\"a,1\n", "a quotation mark is not closed")]
    public void A_table_that_says_something_else_is_refused(string table, string says)
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["cases.csv"], table);
        Cli.Answer answer = Cli.Run("rules", "test", Rulebook("balances"), "--cases", directory["cases.csv"], "--json");
        Assert.Equal((ExitCodes.BadInput, "rules.cases"), (answer.ExitCode, answer.FirstCode));
        Assert.Contains(says, answer.Json["errors"]![0]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }
}
