using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Rules.Core;
using Fermat.Rules.Editing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Updates;

namespace Fermat.Rules.Tests.Updates;

public sealed class UpdateRulesTests
{
    private const string Head = """
        rulebook updates
        quantity Money scale 2 bits 60 unit USD
        quantity Amount scale 2 bits 20 unit coin
        quantity Price scale 2 bits 20 nonnegative unit USD/coin
        quantity Rate scale 4 in [0, 1]
        enum Mode { open, closing }
        market Asset { index: Price, weight: Rate }
        market Instrument { mark: Price, initial: Rate, ladder: tiers Money to Rate, settle: Asset }
        parameters { limit: Money = 10, mode: Mode = open, on: Flag = true, link: correlation Asset of Rate }
        account { cash: Money, positions: { instrument: Instrument, size: Amount }* }
        held(p): Money = up(abs(p.size) * p.instrument.mark)
        margin(i: Instrument) = i.initial * 100
        risk = sum p in positions: held(p)
        double = 2 * limit
        equity = cash
        initial = risk + double
        maintenance = initial
        heavy = count p in positions: (margin(p.instrument) > 50)

        """;

    private static CoreRulebook Rulebook(string meta) => CompilerTests.Compiled(Head + meta);

    private static MarketData Data(CoreRulebook rulebook, string parameters, params (string Symbol, string Initial, string Rate, string Settle)[] instruments)
    {
        string records = string.Join(',', instruments.Select(i => $$"""{ "symbol": "{{i.Symbol}}", "mark": "5", "initial": "{{i.Initial}}", "ladder": [["0", "{{i.Rate}}"], ["100", "0.5"]], "settle": "{{i.Settle}}" }"""));
        string json = $$"""
            { "parameters": { {{parameters}} "link": {} }, "market": {
              "Asset": [ { "symbol": "EUR", "index": "1", "weight": "0.3" }, { "symbol": "USD", "index": "1", "weight": "0.7" } ], "Instrument": [ {{records}} ] } }
            """;
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("data", Encoding.UTF8.GetBytes(json)));
        Assert.Empty(inputs.Errors);
        return inputs.Market!;
    }

    private static string Judged(CoreRulebook rulebook, MarketData before, MarketData after, params BigInteger[] aggregates)
        => string.Join("; ", new UpdateRules(rulebook).Judge(before, after, [.. aggregates]).Rules.Select(rule => $"{rule.Rule} {(rule.Holds ? "holds" : "breaks")}: {rule.Why}"));

    [Fact]
    public void Parameters_after_and_before_and_aggregates_are_different_numbers()
    {
        CoreRulebook rulebook = Rulebook("""
            meta {
              system { elapsed: Time, fund: Money }
              step = abs(new.limit - old.limit)
              require bounded = step <= 1.5
              require paid = limit <= system.fund and system.elapsed >= 60
              require open_stays = old.mode = closing or new.mode = open
              require on_stays = on or not old.on
              require wide = double = 2 * new.limit
            }
            """);
        Assert.Equal(["meta.bounded", "meta.paid", "meta.open_stays", "meta.on_stays", "meta.wide"], rulebook.Meta!.Rules);
        Assert.DoesNotContain(rulebook.Definitions, definition => definition.Name.StartsWith("meta.", StringComparison.Ordinal));
        MarketData ten = Data(rulebook, ""), twelve = Data(rulebook, "\"limit\": 12,"), eleven = Data(rulebook, "\"limit\": 11,"), closing = Data(rulebook, "\"mode\": \"closing\", \"on\": false,");
        Assert.True(new UpdateRules(rulebook).Judge(ten, eleven, [60, 1_100]).Holds);
        Assert.Equal("bounded", new UpdateRules(rulebook).Judge(ten, twelve, [60, 1_200]).Broken!.Rule);
        Assert.Equal("paid", new UpdateRules(rulebook).Judge(ten, eleven, [59, 1_100]).Broken!.Rule);
        Assert.Equal("paid", new UpdateRules(rulebook).Judge(ten, eleven, [60, 1_099]).Broken!.Rule);
        Assert.Equal("open_stays", new UpdateRules(rulebook).Judge(ten, closing, [60, 1_000]).Broken!.Rule);
        Assert.True(new UpdateRules(rulebook).Judge(closing, ten, [60, 1_000]).Holds);
        Assert.StartsWith("bounded breaks: meta.step = 2 USD; paid breaks: limit = 12 USD, system.fund = 11.99 USD; ", Judged(rulebook, ten, twelve, 60, 1_199), StringComparison.Ordinal);
    }

    [Fact]
    public void Records_are_compared_by_symbol_and_their_functions_with_old_records_too()
    {
        CoreRulebook rulebook = Rulebook("""
            meta {
              at(i: Instrument) = tiered(i.ladder, 50)
              require steps = all i in Instrument: abs(margin(i) - margin(old.i)) <= 10
              require rates = all i in Instrument: at(i) >= at(old.i)
              require assets = all i in Instrument: (old.i.settle = i.settle and old.i.settle.weight = i.settle.weight)
            }
            """);
        UpdateRules rules = new(rulebook);
        MarketData before = Data(rulebook, "", ("B", "0.2", "0.1", "USD"), ("C", "0.3", "0.2", "EUR"));
        Assert.True(rules.Judge(before, before, []).Holds);
        // A and D are new: they have no step, and move the others' indices
        Assert.True(rules.Judge(before, Data(rulebook, "", ("A", "0.9", "0.5", "USD"), ("B", "0.3", "0.1", "USD"), ("C", "0.2", "0.2", "EUR"), ("D", "0.9", "0.4", "EUR")), []).Holds);
        Assert.Equal("steps breaks: for Instrument C: margin(i) = 40.01, margin(old.i) = 30; rates holds: for every Instrument; assets holds: for every Instrument",
            Judged(rulebook, before, Data(rulebook, "", ("A", "0.9", "0.5", "USD"), ("B", "0.2", "0.1", "USD"), ("C", "0.4001", "0.2", "EUR"))));
        Assert.Equal("rates", rules.Judge(before, Data(rulebook, "", ("B", "0.2", "0.0999", "USD"), ("C", "0.3", "0.2", "EUR")), []).Broken!.Rule);
        Assert.Equal("assets", rules.Judge(before, Data(rulebook, "", ("B", "0.2", "0.1", "EUR"), ("C", "0.3", "0.2", "EUR")), []).Broken!.Rule);
        Assert.Equal(UpdateRules.RecordsStay, rules.Judge(before, Data(rulebook, "", ("B", "0.2", "0.1", "USD")), []).Broken!.Rule);
    }

    [Fact]
    public void Records_may_leave_where_no_rule_compares_them()
    {
        CoreRulebook rulebook = Rulebook("meta { require floors = all i in Instrument: i.initial >= 0.1 }\n");
        Assert.Empty(rulebook.Meta!.Compared);
        MarketData two = Data(rulebook, "", ("B", "0.2", "0.1", "USD"), ("C", "0.3", "0.2", "EUR")), one = Data(rulebook, "", ("C", "0.3", "0.2", "EUR"));
        Assert.True(new UpdateRules(rulebook).Judge(two, one, []).Holds);
        Assert.Equal("floors breaks: for Instrument B: initial = 0.0999", Judged(rulebook, one, Data(rulebook, "", ("B", "0.0999", "0.1", "USD"))));
    }

    [Fact]
    public void A_value_that_does_not_exist_breaks_the_rule()
    {
        CoreRulebook rulebook = Rulebook("""
            meta {
              share: Rate = down(limit / old.limit)
              require smaller = share <= 1
            }
            """);
        Assert.Equal("smaller breaks: division by zero", Judged(rulebook, Data(rulebook, "\"limit\": 0,"), Data(rulebook, "")));
        Assert.Contains("is outside", Judged(rulebook, Data(rulebook, "\"limit\": 5,"), Data(rulebook, "")), StringComparison.Ordinal);
        Assert.StartsWith("smaller holds", Judged(rulebook, Data(rulebook, "\"limit\": 10,"), Data(rulebook, "\"limit\": 9,")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_side_of_an_if_that_is_not_taken_does_not_break_the_rule()
    {
        CoreRulebook rulebook = Rulebook("""
            meta {
              share: Rate = down(limit / old.limit)
              require smaller = if old.limit = 0 then limit = 10 else share <= 1
            }
            """);
        Assert.Equal("smaller holds: division by zero", Judged(rulebook, Data(rulebook, "\"limit\": 0,"), Data(rulebook, "")));
        Assert.StartsWith("smaller breaks", Judged(rulebook, Data(rulebook, "\"limit\": 0,"), Data(rulebook, "\"limit\": 9,")), StringComparison.Ordinal);
    }

    [Fact]
    public void Aggregates_of_another_number_or_out_of_bounds_are_refused()
    {
        CoreRulebook rulebook = Rulebook("meta {\n  system { elapsed: Time }\n  require late = system.elapsed >= 60\n}\n");
        var rules = new UpdateRules(rulebook);
        MarketData data = Data(rulebook, "");
        Assert.Throws<ArgumentException>(() => rules.Judge(data, data, []));
        Assert.Throws<ArgumentException>(() => rules.Judge(data, data, [60, 60]));
        Assert.Throws<ArgumentException>(() => rules.Judge(data, data, [-1]));
        Assert.True(rules.Judge(data, data, [60]).Holds);
    }

    [Theory]
    [InlineData("{ \"elapsed\": 60 }", "")]
    [InlineData("{ }", "aggregates.elapsed: is missing")]
    [InlineData("{ \"elapsed\": 60, \"fund\": 1 }", "aggregates.fund: is not known here (known are elapsed)")]
    [InlineData("{ \"elapsed\": 60.5 }", "aggregates.elapsed: ")]
    [InlineData("{ \"elapsed\": 60, \"elapsed\": 61 }", "aggregates: not JSON at ")]
    [InlineData("[]", "aggregates: an object is expected")]
    public void Aggregates_are_read_strictly(string json, string error)
    {
        CoreRulebook rulebook = Rulebook("meta {\n  system { elapsed: Time }\n  require late = system.elapsed >= 60\n}\n");
        ImmutableArray<BigInteger> values = RuleInputs.ReadAggregates(rulebook.Meta!.System, "aggregates", Encoding.UTF8.GetBytes(json), out IReadOnlyList<InputError> errors);
        Assert.Equal(error.Length == 0, errors.Count == 0);
        if (error.Length == 0) Assert.Equal([60], values);
        else Assert.StartsWith(error, errors[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_rulebook_without_the_block_judges_nothing()
    {
        CoreRulebook rulebook = Rulebook("");
        Assert.Null(rulebook.Meta);
        Assert.Empty(new UpdateRules(rulebook).Judge(Data(rulebook, ""), Data(rulebook, "\"limit\": 99999,"), []).Rules);
    }

    [Fact]
    public void The_words_of_the_block_are_in_the_digest_and_layout_is_not()
    {
        const string block = "meta {\n  system { elapsed: Time, fund: Money }\n  require late = system.elapsed >= 60\n}\n";
        string first = Canonical(block);
        Assert.Contains("require late", first, StringComparison.Ordinal);
        Assert.Equal(first, Canonical("meta { system { elapsed: Time fund: Money } # words\n require late = system.elapsed >= 60 }\n"));
        Assert.NotEqual(first, Canonical(block.Replace("60", "61", StringComparison.Ordinal)));
        Assert.NotEqual(first, Canonical(block.Replace("require late", "late", StringComparison.Ordinal) + "meta2 { x = 1 }\n", compiles: false));

        static string Canonical(string meta, bool compiles = true)
        {
            CompilationResult result = RulebookCompiler.Compile(Head + meta, "test.risk");
            Assert.True(compiles == result.Rulebook is not null, result.Render());
            return Encoding.UTF8.GetString([.. result.CanonicalBytes]);
        }
    }

    [Fact]
    public void The_layout_of_the_block_is_canonical()
    {
        const string text = "rulebook t\nmeta { system {elapsed:Time fund:Money} require   a=old.x<=new.x\nstep(i:Instrument)=i.a-old.i.a\nrequire b=true }\n";
        const string laid = "rulebook t\n\nmeta {\n  system { elapsed: Time, fund: Money }\n  require a = old.x <= new.x\n  step(i: Instrument) = i.a - old.i.a\n  require b = true\n}\n";
        Assert.Equal(laid, RulebookFormatter.Format(text, "test.risk").Text);
        Assert.Equal(laid, RulebookFormatter.Format(laid, "test.risk").Text);
    }

    [Theory]
    [InlineData("new.|", "limit,mode,on,link,i")]
    [InlineData("old.|", "limit,mode,on,link,i")]
    [InlineData("system.|", "elapsed,fund")]
    [InlineData("old.i.|", "mark,initial,ladder,settle")]
    [InlineData("old.i.settle.|", "index,weight")]
    [InlineData("i.|", "mark,initial,ladder,settle")]
    public void Completion_knows_the_sets(string place, string expected)
    {
        string text = Head + "meta {\n  system { elapsed: Time, fund: Money }\n  require late = all i in Instrument: " + place + "\n}\n";
        int at = text.IndexOf('|', StringComparison.Ordinal);
        IReadOnlyList<Completion> offered = RulebookDocument.Open(text.Remove(at, 1), "test.risk").CompletionsAt(at);
        Assert.Equal(expected, string.Join(',', offered.Select(completion => completion.Text)));
    }

    [Fact]
    public void Names_of_the_block_lead_to_their_declarations()
    {
        string text = Head + "meta {\n  system { elapsed: Time }\n  require late = system.elapsed >= 60 and all i in Instrument: old.i.initial <= old.i.settle.weight\n}\n";
        RulebookDocument document = RulebookDocument.Open(text, "test.risk");
        Assert.Empty(document.Compilation.Diagnostics);
        Assert.Equal(text.IndexOf("elapsed: Time", StringComparison.Ordinal), document.DefinitionAt(text.IndexOf("elapsed >= 60", StringComparison.Ordinal))!.Value.Start);
        Assert.Equal(text.IndexOf("initial: Rate", StringComparison.Ordinal), document.DefinitionAt(text.IndexOf("initial <= old", StringComparison.Ordinal))!.Value.Start);
        Assert.Equal(text.IndexOf("weight: Rate", StringComparison.Ordinal), document.DefinitionAt(text.LastIndexOf("weight", StringComparison.Ordinal))!.Value.Start);
        Assert.Contains("as it was", document.HoverAt(text.IndexOf("i.settle.weight", StringComparison.Ordinal))!.Text, StringComparison.Ordinal);
    }
}
