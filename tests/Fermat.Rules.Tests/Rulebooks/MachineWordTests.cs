using System.Text;
using Fermat.Rules.Batches;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Tests.PublicMath;
using Fermat.Rules.Text;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>Which definitions native evaluation computes in 128-bit words. What leaves them is slower by half, and gives the same values, so only this and a benchmark see it.</summary>
public sealed class MachineWordTests
{
    /// <summary>By rulebook, what is not computed in words. A name that comes new is a rulebook that got slower; one that goes, one that got faster.</summary>
    private static readonly Dictionary<string, string> Wide = new(StringComparer.Ordinal)
    {
        ["balances"] = "assets liabilities",
        ["cleared_futures"] = "funding level long_side short_side times",
        ["coin_perps"] = "gain initial_of maintenance_of notional pnl",
        ["exchange_sample"] = "bankrupt counted debt equity initial liquidatable maintenance net_equity",
        ["greeks_pm"] = "delta_loss delta_risk delta_square equity gamma_gain vega_loss vega_risk vega_square",
        ["isolated_perps"] = "pnl",
        ["linear_scaled"] = "funding level long_side position_level position_side short_side times",
        ["oi_scaled"] = "health initial_of maintenance_of rating shared value",
        ["portfolio_margin"] = "profit",
        ["scenario_pm"] = "basis basis_loss cancelling_value collateral_value confidence_contingency discounted equity initial initial_contingency maintenance maintenance_contingency outcome skew_change skew_outcome worst worst_scenario",
        ["sensitivity"] = "bucket_risk bucket_root bucket_square bucket_sum crowd crowding curvature_margin curvature_root curvature_square curve_root curve_square delta_margin delta_square maintenance one_sided",
        ["standard_options"] = "base_market_value base_value capped_initial capped_maintenance depegged equity isolated_initial isolated_maintenance largest_loss loss_at net_equity option_initial option_maintenance option_value oracle_doubt perp_initial_margin perp_maintenance_margin perp_profit",
    };

    public static TheoryData<string> Names => [.. Standard.Names];

    /// <summary>The engine's throughput is measured under these (<c>trades.native</c>, <c>trades.proven</c>).</summary>
    [Theory]
    [InlineData("cross_perps")]
    [InlineData("cross_tiered")]
    public void Rulebooks_of_the_hot_path_are_computed_in_machine_words(string name)
    {
        string text = File.ReadAllText(Path.Combine(Standard.Folder, name + ".risk"));
        var source = new SourceText(text, name + ".risk");
        DefinitionWords[] wide = [.. Standard.Rulebook(name).Words.Where(definition => !definition.IsInWords)];
        Assert.True(wide.Length == 0, string.Join('\n', wide.Select(definition => $"{definition.Name} is not computed in machine words: {Place(source, definition.First!)}: {definition.First!.Hint}")));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_standard_rulebooks_do_not_compute_in_machine_words_is_known(string name) =>
        Assert.Equal(Wide.GetValueOrDefault(name, ""), string.Join(' ', Standard.Rulebook(name).Words.Where(definition => !definition.IsInWords).Select(definition => definition.Name).Order(StringComparer.Ordinal)));

    /// <summary>Every definition and function that speaks of an account is there, once.</summary>
    [Fact]
    public void Definitions_functions_and_totals_of_accounts_are_listed_once()
    {
        string[] names = [.. Standard.Rulebook("cross_perps").Words.Select(definition => definition.Name)];
        Assert.Equal(
            ["bankrupt", "claim", "collateral", "credit", "equity", "initial", "initial_of", "liquidatable", "liquidation.exposure", "liquidation.rank", "maintenance", "maintenance_of", "net_equity", "net_size", "notional", "pnl", "profit", "value"],
            names.Order(StringComparer.Ordinal));
    }

    /// <summary>The change that once halved the engine's speed while every test passed: two more decimals of <c>net</c>.</summary>
    [Fact]
    public void Widening_a_factor_of_cross_perps_is_seen_where_it_leaves_the_words()
    {
        const string was = "quantity Net    scale 8 bits 65 unit USD/coin";
        string text = File.ReadAllText(Path.Combine(Standard.Folder, "cross_perps.risk"));
        Assert.Contains(was, text, StringComparison.Ordinal);
        text = text.Replace(was, "quantity Net    scale 10 bits 71 unit USD/coin", StringComparison.Ordinal);
        DefinitionWords pnl = Assert.Single(Standard.Compile(text, "wider").Words, definition => !definition.IsInWords);
        Assert.Equal(("pnl", 134, (int?)null), (pnl.Name, pnl.Bits, pnl.Word));
        Assert.Equal((WideCause.Result, 134), (pnl.First!.Cause, pnl.First.Bits));
        Assert.Equal("p.size * net(p.instrument)", Shown(text, pnl.First));
        Assert.StartsWith("7 bits too many: the factors have 63 and 71", pnl.First.Hint, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("c * c * 1", 60, 120, 128, WideCause.None, "")]
    [InlineData("c", 60, 60, 64, WideCause.None, "")]
    [InlineData("c * c", 63, 126, 128, WideCause.None, "")]
    [InlineData("c * c", 64, 128, null, WideCause.Result, "c * c")]
    [InlineData("c * c - 0.00000000000000000000000001", 60, 194, null, WideCause.Result, "c * c - 0.00000000000000000000000001")]
    [InlineData("down(c * c, Wide)", 64, 128, null, WideCause.Result, "c * c")]
    [InlineData("nearest(c / (abs(d) + 1), Money)", 60, 67, 128, WideCause.Operation, "c / (abs(d) + 1)")]
    [InlineData("nearest(c / 3, Money)", 60, 60, 64, WideCause.None, "")]
    [InlineData("down(c * 0.00000000000000000001, Money)", 60, 60, 64, WideCause.Operation, "down(c * 0.00000000000000000001, Money)")]
    [InlineData("down(c * 0.0000000000000000001, Money)", 60, 60, 64, WideCause.None, "")]
    [InlineData("down(sqrt(d * d), Wide)", 40, 80, 128, WideCause.Operation, "sqrt(d * d)")]
    [InlineData("min i in items: i.size else 0", 60, 60, 64, WideCause.None, "")]
    [InlineData("sum i in items: i.size * i.size * i.size", 41, 130, null, WideCause.Result, "sum i in items: i.size * i.size * i.size")]
    [InlineData("sum i in items: i.size * (i.kind.near * i.kind.far)", 60, 261, null, WideCause.Operand, "i.size * (i.kind.near * i.kind.far)")]
    public void Each_cause_has_its_place(string value, int bits, int widest, int? word, WideCause cause, string place)
    {
        string text = $$"""
            rulebook words

            quantity Money scale 2 bits {{bits}}
            quantity Size  scale 2 bits {{bits}}
            quantity Huge  scale 0 bits 97
            quantity Wide  scale 2 bits 127

            market Kind { near: Huge, far: Huge }

            account {
              c: Money
              d: Size
              items: { kind: Kind, size: Size }* up to 128
            }

            x           = {{value}}
            equity      = 0 * c
            initial     = equity
            maintenance = equity

            """;
        DefinitionWords x = Standard.Compile(text, "words").Words.First(definition => definition.Name == "x");
        Assert.Equal((widest, word, cause), (x.Bits, x.Word, x.First?.Cause ?? WideCause.None));
        Assert.Equal(place, x.First is { } first ? Shown(text, first) : "");
        Assert.Equal(cause == WideCause.None, x.IsInWords);
    }

    /// <summary>The evaluator throws where it would not do what the rulebook says of its nodes; here it also gives what the interpreter gives.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Books_by_columns_have_the_values_of_the_interpreter(string name)
    {
        string example = Path.Combine(VectorTests.Root(), "examples", "rulebooks", name + ".json");
        Assert.SkipUnless(File.Exists(example), "no example of this rulebook");
        CoreRulebook rulebook = Standard.Rulebook(name);
        RuleInputs read = RuleInputs.Read(rulebook.Schema, (name, File.ReadAllBytes(example)));
        Assert.True(read.Errors.Count == 0, string.Join('\n', read.Errors));
        var interpreter = new Interpreter(rulebook, read.Market!);
        BatchResult result = new BatchEvaluator(interpreter).Evaluate(AccountBatch.Of(rulebook.Schema, read.Accounts));
        for (int a = 0; a < read.Accounts.Count; a++)
            foreach ((int d, var value) in interpreter.Evaluate(read.Accounts[a]).Index()) Assert.True(value == result[d, a], $"{read.Accounts[a].Id}: {rulebook.Definitions[d].Name} is {result[d, a]}, not {value}");
    }

    /// <summary>The last tier begins far beyond what is looked up, and what it is shifted by does not fit a word.</summary>
    [Fact]
    public void Tiers_that_begin_beyond_the_words_are_evaluated_in_words()
    {
        CoreRulebook rulebook = Standard.Compile("""
            rulebook tiers

            quantity Money scale 6 bits 120 unit USD
            quantity Small scale 6 bits 80 unit USD
            quantity Rate  scale 8 in [0, 1]

            parameters {
              rates: tiers Money to Rate
            }

            account {
              cash: Small
            }

            equity      = cash
            initial     = tiered(rates, max(cash, 0))
            maintenance = initial

            """, "tiers");
        Assert.All(rulebook.Words, definition => Assert.True(definition.IsInWords));
        RuleInputs read = RuleInputs.Read(rulebook.Schema, ("inputs", Encoding.UTF8.GetBytes("""
            { "parameters": { "rates": [ [0, "0.1"], ["1000000000000000000000000000000", "1"] ] }, "accounts": [ { "id": "a", "cash": "1234.5" }, { "id": "b", "cash": "1208925819614629174" } ] }
            """)));
        Assert.True(read.Errors.Count == 0, string.Join('\n', read.Errors));
        var interpreter = new Interpreter(rulebook, read.Market!);
        BatchResult result = new BatchEvaluator(interpreter).Evaluate(AccountBatch.Of(rulebook.Schema, read.Accounts));
        Assert.Equal(12_345_000_000_000_000, result[1, 0]);
        for (int a = 0; a < 2; a++) Assert.Equal(interpreter.Evaluate(read.Accounts[a])[1], result[1, a]);
    }

    private static string Place(SourceText source, WideStep step) => step.Span is { } span ? $"{source.Position(span.Start).Line}:{source.Position(span.Start).Column}" : "what the compiler adds";

    private static string Shown(string text, WideStep step) => step.Span is { } span ? text.Substring(span.Start, span.Length) : "";
}
