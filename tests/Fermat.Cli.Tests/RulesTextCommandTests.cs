using System.Text.Json.Nodes;

namespace Fermat.Cli.Tests;

/// <summary><c>fermat rules new|check|fmt</c>.</summary>
public sealed class RulesTextCommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private string Written(string name, string text)
    {
        File.WriteAllText(_directory[name], text);
        return _directory[name];
    }

    [Fact]
    public void A_new_rulebook_compiles_and_is_laid_out()
    {
        string path = _directory["mine.risk"];
        Assert.Equal(ExitCodes.Ok, Cli.Run("rules", "new", "mine", "--output", path).ExitCode);

        Cli.Answer check = Cli.Run("rules", "check", path);
        Assert.Equal((ExitCodes.Ok, ""), (check.ExitCode, check.Error));
        Assert.Equal($"{path}: mine compiles, 3 definitions without arguments\n", check.Output.ReplaceLineEndings("\n"));
        Assert.Equal(ExitCodes.Ok, Cli.Run("rules", "fmt", path, "--check").ExitCode);
    }

    [Theory]
    [InlineData("2nd")]
    [InlineData("my rules")]
    [InlineData("quantity")]
    [InlineData("")]
    [InlineData("x\nquantity")]
    public void A_new_rulebook_has_a_name(string name)
    {
        Cli.Answer answer = Cli.Run("rules", "new", name, "--output", _directory["x.risk"], "--json");
        Assert.Equal((ExitCodes.BadInput, "rules.name"), (answer.ExitCode, answer.FirstCode));
        Assert.False(File.Exists(_directory["x.risk"]));
    }

    [Fact]
    public void A_new_rulebook_does_not_replace_a_file()
    {
        string path = Written("mine.risk", "mine");
        Assert.Equal("file-exists", Cli.Run("rules", "new", "mine", "--output", path, "--json").FirstCode);
        Assert.Equal("mine", File.ReadAllText(path));
    }

    [Fact]
    public void Check_shows_the_line_and_what_to_do()
    {
        string path = Written("bad.risk", "rulebook bad\nequity = equitty\ninitial = 0\nmaintenance = 0\n");
        Cli.Answer answer = Cli.Run("rules", "check", path);
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.Equal("", answer.Output);
        Assert.Equal($"""
            {path}:2:10: error R0202: there is no `equitty`
             2 | equity = equitty
               |          ^^^^^^^
               = hint: did you mean `equity`?

            """.ReplaceLineEndings("\n"), answer.Error);
    }

    [Fact]
    public void Check_answers_in_json_in_the_shape_of_all_commands()
    {
        string path = Written("bad.risk", "rulebook bad\nequity = initial + \ninitial = 0\nmaintenance = f(1)\nf(x) = y\n");
        Cli.Answer answer = Cli.Run("rules", "check", path, "--json");
        Assert.Equal(ExitCodes.BadInput, answer.ExitCode);
        Assert.False(answer.Json["ok"]!.GetValue<bool>());
        JsonNode error = Assert.Single(answer.Json["errors"]!.AsArray())!;
        Assert.Equal("R0105", error["code"]!.GetValue<string>());
        Assert.Equal((path, 2, 19), (error["place"]!["file"]!.GetValue<string>(), error["place"]!["line"]!.GetValue<int>(), error["place"]!["column"]!.GetValue<int>()));
        Assert.Equal("a number, a name, a reduction or an expression in parentheses", error["expected"]!.GetValue<string>());
    }

    [Fact]
    public void Check_answers_with_definitions_and_warnings()
    {
        string path = Written("good.risk", "rulebook good\nequity = 1\ninitial = 2\nmaintenance = 3\nf(x) = x\n");
        JsonObject answer = Cli.Run("rules", "check", path, "--json").Json;
        JsonNode file = Assert.Single(answer["files"]!.AsArray())!;
        Assert.Equal(["equity", "initial", "maintenance"], file["definitions"]!.AsArray().Select(node => node!.GetValue<string>()));
        Assert.Equal("R0401", Assert.Single(file["warnings"]!.AsArray())!["code"]!.GetValue<string>());
    }

    [Fact]
    public void Check_tells_what_cannot_be_proven()
    {
        string path = Written("unproven.risk", """
            rulebook unproven
            quantity Money scale 2 bits 60 unit USD
            quantity Shock scale 2 in [0, 1]
            market Scenario up to 8 { shock: Shock }
            account { cash: Money }
            equity = cash
            initial = sum s in Scenario: (sum t in Scenario where s.shock > 0.1: cash * t.shock) * s.shock
            maintenance = initial
            """);
        Cli.Answer answer = Cli.Run("rules", "check", path);
        Assert.Equal(ExitCodes.Ok, answer.ExitCode);
        Assert.Contains($"{path}: note: `initial` is not provable yet: ", answer.Output, StringComparison.Ordinal);
        Assert.Contains("docs/RULES.md", answer.Output, StringComparison.Ordinal);
        JsonObject json = Cli.Run("rules", "check", path, "--json").Json;
        Assert.True(json["ok"]!.GetValue<bool>());
        Assert.Equal(["initial", "maintenance"], json["files"]![0]!["notProvable"]!.AsArray().Select(one => one!["definition"]!.GetValue<string>()));
        Assert.Empty(Cli.Run("rules", "check", Path.Combine(Cli.Root, "rules", "balances.risk"), "--json").Json["files"]![0]!["notProvable"]!.AsArray());
    }

    private const string Venue = """
        rulebook venue
        quantity Money scale 6 bits 63 unit USD
        quantity Wide scale 6 bits 110 unit USD
        quantity Size scale 8 bits 63 unit coin
        quantity Price scale 8 bits 50 nonnegative unit USD/coin
        quantity Index scale 8 bits 50 nonnegative
        quantity Rate scale 8 in [0, 1]
        market Asset { index: Index }
        market Instrument up to 8 { mark: Price, settle: Asset }
        parameters { part: Rate = 25% }
        account {
          fee: Rate = 0
          balances: { asset: Asset, amount: Money }*
          positions: { instrument: Instrument, size: Size, cost: Money }*
        }
        equity: Wide = down(sum b in balances: b.amount * b.asset.index)
        initial = sum p in positions: up(abs(p.size) * p.instrument.mark, Wide)
        maintenance = initial
        liquidation {
          share = part
        }
        claim(a: Asset) = sum b in balances where b.asset = a: b.amount
        price(a: Asset) = a.index
        net_size(i: Instrument) = sum p in positions where p.instrument = i: p.size
        """;

    /// <summary>What the whole book's statements refuse is said with its place; the definitions alone can all be proven.</summary>
    [Theory]
    [InlineData("  share = part", "  share = part * fee", 20, 3, "liquidation.share", "fermat prove batch", "depends on the account")]
    [InlineData("  share = part", "  share = part\n  due = equity < maintenance", 21, 3, "liquidation.due", "fermat prove batch", "does not speak of each position")]
    [InlineData("a: b.amount", "a: b.amount + sum b in balances where b.asset = a: b.amount + sum b in balances where b.asset = a: b.amount + sum b in balances where b.asset = a: b.amount", 22, 1, "claim", "fermat prove solvency", "is 4 sums")]
    [InlineData("i: p.size", "i: p.size * (sum q in positions: q.size) * (sum q in positions: q.cost)", 24, 1, "net_size", "fermat prove solvency", "can take 27 bytes")]
    [InlineData("i: p.size", "i: p.size * (count s in Instrument: ((sum q in positions where s.mark > p.instrument.mark: q.size) > 0))", 24, 1, "net_size", "fermat prove solvency", "a value of all q in each row")]
    [InlineData("a: b.amount", "a: b.amount * (count s in Instrument: ((sum q in positions where s.settle = b.asset: q.size) > 0))", 22, 1, "claim", "fermat prove solvency", "a value of all q in each row")]
    public void Check_tells_what_statements_refuse_and_where(string says, string instead, int line, int column, string definition, string command, string because)
    {
        string path = Written("whole.risk", Venue.Replace(says, instead, StringComparison.Ordinal));
        Cli.Answer answer = Cli.Run("rules", "check", path);
        Assert.Equal(ExitCodes.Ok, answer.ExitCode);
        Assert.Contains($"{path}:{line}:{column}: note: refused by `{command}`", answer.Output, StringComparison.Ordinal);
        JsonNode file = Cli.Run("rules", "check", path, "--json").Json["files"]![0]!;
        Assert.Empty(file["notProvable"]!.AsArray());
        JsonNode refused = file["refused"]!.AsArray().First(one => one!["command"]!.GetValue<string>() == command)!;
        Assert.Equal((definition, false, line, column), (refused["definition"]!.GetValue<string>(), refused["unsaid"]!.GetValue<bool>(), refused["line"]!.GetValue<int>(), refused["column"]!.GetValue<int>()));
        Assert.Contains(because, refused["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public void Check_says_nothing_of_statements_that_a_rulebook_can_make_or_is_not_meant_for()
    {
        string path = Written("venue.risk", Venue);
        Assert.DoesNotContain("note:", Cli.Run("rules", "check", path).Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Cli.Run("rules", "check", path, "--json").Json["files"]![0]!["refused"]!.AsArray(), one => !one!["unsaid"]!.GetValue<bool>());
        string isolated = Path.Combine(Cli.Root, "rules", "isolated.risk");
        Assert.DoesNotContain("note:", Cli.Run("rules", "check", isolated).Output, StringComparison.Ordinal);
        JsonNode[] unsaid = [.. Cli.Run("rules", "check", isolated, "--json").Json["files"]![0]!["refused"]!.AsArray().Select(one => one!)];
        Assert.Contains(unsaid, one => one["command"]!.GetValue<string>() == "fermat prove solvency" && one["unsaid"]!.GetValue<bool>() && one["hint"]!.GetValue<string>() == "define claim and price");
    }

    [Fact]
    public void Fmt_lays_out_once_and_check_tells()
    {
        string path = Written("wild.risk", "rulebook wild equity=1   # one\ninitial = 2 maintenance =\n\n\n3");
        Assert.Equal(ExitCodes.Rejected, Cli.Run("rules", "fmt", path, "--check").ExitCode);
        Assert.StartsWith("rulebook wild equity=1", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Ok, Cli.Run("rules", "fmt", path).ExitCode);
        Assert.Equal($"rulebook wild\n\n{"equity      = 1",-57}# one\ninitial     = 2\nmaintenance = 3\n", File.ReadAllText(path));
        Cli.Answer again = Cli.Run("rules", "fmt", path, "--check", "--json");
        Assert.Equal((ExitCodes.Ok, false), (again.ExitCode, again.Json["files"]![0]!["changed"]!.GetValue<bool>()));
    }

    [Fact]
    public void What_cannot_be_read_is_bad_input()
    {
        string path = Written("bad.risk", "rulebook bad\nequity = (\n");
        Assert.Equal(ExitCodes.BadInput, Cli.Run("rules", "fmt", path).ExitCode);
        Assert.Equal("rulebook bad\nequity = (\n", File.ReadAllText(path));
        Assert.Equal("file-not-found", Cli.Run("rules", "check", _directory["none.risk"], "--json").FirstCode);
        File.WriteAllBytes(_directory["binary.risk"], [0x72, 0xFF, 0xFE]);
        Assert.Equal("rules.not-utf8", Cli.Run("rules", "check", _directory["binary.risk"], "--json").FirstCode);
        File.WriteAllText(_directory["large.risk"], new string('a', Fermat.Rules.RuleLimits.MaxTextBytes + 1));
        Assert.Equal("file-too-large", Cli.Run("rules", "check", _directory["large.risk"], "--json").FirstCode);
    }
}
