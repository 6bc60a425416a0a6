using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Rules.Tests.Core;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>Rows that hold several outcomes, of one record or of two: what is alike in them is built once for each slot, and the worst of all is that of the rulebook's text.</summary>
public sealed class OutcomeRowsTests : ProgramTests<OutcomeRowsTests>, INamedPrograms
{
    private const string Head = """
        rulebook outcome_rows
        quantity Money  scale 2 bits 31 unit USD
        quantity Amount scale 0 bits 15 unit coin
        quantity Price  scale 0 bits 15 positive unit USD/coin
        quantity Rate   scale 1 in [-2, 2]
        enum Kind { spot, coin }
        market Asset { index: Price, kind: Kind }
        market Scenario up to 128 { shock: Rate, second: Rate = 0, tail: Flag = false }
        account {
          cash: Money
          balances: { asset: Asset, amount: Amount }* up to 4
        }

        equity = cash
        initial = cash
        maintenance = cash
        at(s: Scenario, factor) = sum b in balances: b.amount * b.asset.index * (s.shock + factor)
        part(value, loss) = (if value >= 0 then 0.5 else loss) * value

        """;

    private static readonly byte[] Data = """
        {
          "market": {
            "Asset": [
              { "symbol": "A", "index": "3", "kind": "spot" },
              { "symbol": "B", "index": "5", "kind": "spot" },
              { "symbol": "C", "index": "2", "kind": "coin" }
            ],
            "Scenario": [
              { "symbol": "s1", "shock": "0.1", "second": "-1.3" }, { "symbol": "s2", "shock": "-0.5", "tail": true }, { "symbol": "s3", "shock": "0", "second": "0.2" }, { "symbol": "s4", "shock": "2" },
              { "symbol": "s5", "shock": "-0.2", "second": "1", "tail": true }
            ]
          },
          "accounts": [
            { "id": "a", "cash": "0.17", "balances": [ { "asset": "A", "amount": "4" }, { "asset": "B", "amount": "9" }, { "asset": "C", "amount": "-8" } ] },
            { "id": "b", "cash": "-1", "balances": [ { "asset": "A", "amount": "-3" }, { "asset": "C", "amount": "-2" } ] }
          ]
        }
        """u8.ToArray();

    /// <summary>Programs, and how many outcomes of a row each takes; 0 where outcomes stay a record's.</summary>
    private static readonly Dictionary<string, (string Text, int Slots)> Programs = new()
    {
        ["one of each record"] = ("x = min s in Scenario: at(s, 0) else 0", 2),
        ["two of each record"] = ("x = max s in Scenario: max(at(s, 0), at(s, s.second)) else 0", 4),
        ["three of each record"] = ("x = min s in Scenario: min(at(s, 0), at(s, s.second), at(s, 1)) else 0", 6),
        ["of groups, by their signs"] = ("x = min s in Scenario: min(sum g in balances by asset.kind: part(sum b in g: b.amount * s.shock, 1.5), sum g in balances by asset.kind: part(sum b in g: b.amount * s.second, 0.2)) else 0", 4),
        ["a condition of the record"] = ("x = min s in Scenario: min(if s.tail then at(s, 0) else cash, if s.shock > 0 then at(s, s.second) else cash) else cash", 4),
        ["in groups"] = ("x = sum g in balances by asset.kind: (min s in Scenario: min((sum b in g: b.amount) * s.shock, (sum b in g: b.amount) * s.second) else 0)", 4),
        ["under a record's other reduction"] = ("x = (min s in Scenario: at(s, 0) else 0) + (max s in Scenario where s.tail: at(s, 1) else 0) + (sum s in Scenario: cash * s.shock)", 2),
        ["unlike outcomes"] = ("x = min s in Scenario: min(at(s, 0), -abs(at(s, 1))) else 0", 0),
        ["unlike groups"] = ("x = min s in Scenario: min(sum g in balances by asset.kind: abs(sum b in g: b.amount * s.shock), sum g in balances by asset: abs(sum b in g: b.amount * s.shock)) else 0", 0),
        ["two reductions"] = ("x = (min s in Scenario: at(s, 0) else 0) + (max t in Scenario: at(t, t.second) else 0)", 2),
        ["a factor of a group's key in one of them"] = ("x = min s in Scenario: min(sum g in balances by asset: abs(sum b in g: b.amount * s.shock) * 0.5, sum g in balances by asset: abs(sum b in g: b.amount * s.second) * (if g.asset.kind = spot then 0.5 else 1)) else 0", 0),
        ["linear in each, not in both"] = ("x = min s in Scenario: min(sum b in balances: abs(b.amount * 0.5) * s.shock, sum b in balances: abs(b.amount * 0.7) * s.second) else 0", 0),
        ["a factor of an item's reference in one of them"] = ("x = min s in Scenario: min(sum b in balances: b.amount * 0.5 * s.shock, sum b in balances: b.amount * (if b.asset.kind = spot then 0.5 else 1) * s.second) else 0", 4),
        ["only the least of both"] = ("x = min s in Scenario: max(at(s, 0), at(s, 1)) else 0", 2),
    };

    static IEnumerable<string> INamedPrograms.Names => Programs.Keys;

    [Fact]
    public void Rows_hold_as_many_outcomes_as_they_should()
    {
        Assert.All(Programs, program =>
        {
            IReadOnlyList<OutcomeRows> rows = Open(program.Key).Bench.Lowering.Lowerer.Outcomes;
            Assert.Equal(program.Value.Slots, rows.Count == 0 ? 0 : Assert.Single(rows).Slots);
        });
    }

    /// <summary>Each outcome of each record is in a row, and what is beside them is the last one.</summary>
    [Theory]
    [InlineData(1, 1, 10)]
    [InlineData(3, 7, 10)]
    [InlineData(3, 10, 10)]
    [InlineData(2, 5, 4)]
    public void Every_outcome_is_in_a_row(int perRecord, int records, int slots)
    {
        var rows = new OutcomeRows(3, 0, perRecord, slots);
        (int, int)[] held = [.. Enumerable.Range(0, rows.Rows(records)).SelectMany(_ => Enumerable.Range(0, slots), (row, slot) => rows.At(row, slot, records))];
        (int, int)[] all = [.. Enumerable.Range(0, records).SelectMany(_ => Enumerable.Range(0, perRecord), (record, outcome) => (record, outcome))];
        Assert.Equal(all, held[..all.Length]);
        Assert.InRange(held.Length - all.Length, 0, slots - 1);
        Assert.All(held[all.Length..], last => Assert.Equal(all[^1], last));
    }

    /// <summary>An argument that a function reads twice is one expression; 2^40 copies of it would be another compiler.</summary>
    [Fact]
    public void What_outcomes_share_within_themselves_is_built_once()
    {
        string value = Enumerable.Range(0, 40).Aggregate("at(s, 0)", (inner, _) => $"twice({inner})");
        var bench = new LoweringBench(SampleTests.Compile($"{Head}twice(v) = max(v, 1) + v\nx = min s in Scenario: {value} else 0\n"));
        Assert.Equal(2, Assert.Single(bench.Lowering.Lowerer.Outcomes).Slots);
    }

    [Fact]
    public void Without_records_the_worst_is_what_the_text_says()
    {
        (LoweringBench bench, RuleInputs inputs) = Open("a condition of the record");
        bench.Check(inputs.Market! with { Tables = inputs.Market!.Tables.SetItem(1, []) }, inputs.Accounts);
    }

    [Fact]
    public void Random_outcomes_are_what_the_interpreter_says()
    {
        (int proven, int shared) = (0, 0);
        for (int seed = 0; seed < 60; seed++)
        {
            var random = new Random(seed);
            CoreRulebook rulebook = RandomRulebook.MakeOutcomes(random, 1 + seed % 4);
            MarketData market = RandomRulebook.Market(random);
            AccountData[] accounts = [.. Enumerable.Range(0, 3).Select(i => RandomRulebook.Account(random, market, $"a{i}"))];
            try
            {
                var bench = new LoweringBench(rulebook);
                if (bench.Lowering.Lowerer.Outcomes.Count > 0) shared++;
                bench.Check(market, accounts);
                proven++;
            }
            catch (CoreException refusal) when (refusal.Message.StartsWith("not provable yet", StringComparison.Ordinal))
            {
                // what cannot be proven is said, and cannot be proven with one outcome in a row either
                Assert.Throws<CoreException>(() => new LoweringBench(new CoreRulebook(RandomRulebook.Schema, rulebook.Definitions)));
            }
        }
        Assert.True(proven >= 40 && shared >= 30, $"{proven} of 60 are provable, {shared} in rows of several outcomes");
    }

    private protected override (LoweringBench Bench, RuleInputs Inputs) Open(string name)
    {
        CoreRulebook rulebook = SampleTests.Compile(Head + Programs[name].Text + "\n");
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("outcome rows.json", Data));
        Assert.True(inputs.Errors.Count == 0, string.Join("; ", inputs.Errors));
        return (new LoweringBench(rulebook), inputs);
    }
}
