using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>Whole rulebooks from their text: tiers, groups, scenarios.</summary>
public sealed class SampleTests
{
    private static readonly byte[] Data = """
        {
          "parameters": { "now": 1700000000, "corr": { "BTC": { "ETH": "0.8" } }, "decay": [["0", "1"], ["100", "0.5"]] },
          "market": {
            "Asset": [
              { "symbol": "BTC", "index": "65000.5", "haircut": [["0", "0.95"], ["100000", "0.9"], ["1000000", "0.5"]] },
              { "symbol": "ETH", "index": "2500.25", "haircut": [["0", "0.9"]] },
              { "symbol": "USD", "index": "1", "haircut": [["0", "1"]] }
            ],
            "Instrument": [
              { "symbol": "BTC-P", "mark": "65010", "margin": [["0", "0.01", "0"], ["50000", "0.02", "500"]], "settle": "USD", "underlying": "BTC", "expiry": 1800000000, "kind": "put" },
              { "symbol": "BTC-C", "mark": "64990.25", "margin": [["0", "0.01", "0"]], "settle": "USD", "underlying": "BTC", "expiry": 1800000000, "kind": "call" },
              { "symbol": "ETH-P", "mark": "2499.5", "margin": [["0", "0.05", "0"], ["100", "0.1", "5"]], "settle": "USD", "underlying": "ETH", "expiry": 1600000000, "kind": "put" }
            ],
            "Scenario": [ { "symbol": "s1", "shock": "0.1" }, { "symbol": "s2", "shock": "0.3", "weight": "0.5" }, { "symbol": "s3", "shock": "0" } ]
          },
          "accounts": [
            { "id": "a", "cash": "10.5", "balances": [ { "asset": "BTC", "amount": "2" }, { "asset": "USD", "amount": "-70000.00000001" } ],
              "positions": [ { "instrument": "BTC-P", "size": "1.5", "cost": "90000" }, { "instrument": "ETH-P", "size": "-3", "cost": "-7000" } ] },
            { "id": "b", "cash": "-1", "balances": [], "positions": [] },
            { "id": "c", "cash": "0", "balances": [ { "asset": "ETH", "amount": "40.5" } ],
              "positions": [ { "instrument": "BTC-C", "size": "0.5", "cost": "0" }, { "instrument": "BTC-P", "size": "-0.25", "cost": "1" }, { "instrument": "ETH-P", "size": "0", "cost": "0" } ] },
            { "id": "d", "cash": "39614081257132168796771.975167", "balances": [ { "asset": "BTC", "amount": "11258999.06842623" } ], "positions": [] }
          ]
        }
        """u8.ToArray();

    [Fact]
    public void Cross_margin_with_tiers_groups_and_scenarios_is_what_the_interpreter_says()
    {
        CoreRulebook rulebook = Compile(Samples.CrossTiered);
        RuleInputs inputs = Read(rulebook);
        new LoweringBench(rulebook).Check(inputs.Market!, inputs.Accounts);
    }

    [Fact]
    public void Every_cell_of_cross_margin_matters()
    {
        CoreRulebook rulebook = Compile(Samples.CrossTiered);
        RuleInputs inputs = Read(rulebook);
        new LoweringBench(rulebook).CheckEveryCell(inputs.Market!, inputs.Accounts);
    }

    internal static CoreRulebook Compile(string text)
    {
        CompilationResult result = RulebookCompiler.Compile(text, "test.risk");
        return result.Rulebook ?? throw new InvalidOperationException(string.Join("; ", result.Diagnostics));
    }

    internal static RuleInputs Read(CoreRulebook rulebook)
    {
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("test.json", Data));
        Assert.True(inputs.Errors.Count == 0, string.Join("; ", inputs.Errors));
        return inputs;
    }
}
