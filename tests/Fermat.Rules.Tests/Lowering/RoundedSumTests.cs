using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>Sums that are rounded without digits of their own, in each kind of row and with other terms beside them; ties, both signs, and denominators of every kind.</summary>
public sealed class RoundedSumTests : ProgramTests<RoundedSumTests>, INamedPrograms
{
    private const string Head = """
        rulebook rounded_sums
        quantity Money  scale 2 bits 31 unit USD
        quantity Amount scale 0 bits 15 unit coin
        quantity Coins  scale 1 bits 90 unit coin
        quantity Whole  scale 0 bits 90 unit coin
        quantity Fine   scale 3 bits 90 unit coin
        quantity Price  scale 0 bits 15 positive unit USD/coin
        quantity Rate   scale 1 in [0, 1]
        enum Kind { spot, coin }
        market Asset { index: Price, kind: Kind }
        market Scenario up to 4 { shock: Rate }
        account {
          cash: Money
          held: Amount
          balances: { asset: Asset, amount: Amount }* up to 4
        }

        equity = cash
        initial = cash
        maintenance = cash

        """;

    private static readonly byte[] Data = """
        {
          "market": {
            "Asset": [
              { "symbol": "A", "index": "3", "kind": "spot" },
              { "symbol": "B", "index": "5", "kind": "spot" },
              { "symbol": "C", "index": "2", "kind": "coin" }
            ],
            "Scenario": [ { "symbol": "s1", "shock": "0.1" }, { "symbol": "s2", "shock": "0.5" }, { "symbol": "s3", "shock": "0" } ]
          },
          "accounts": [
            { "id": "a", "cash": "0.17", "held": "-3", "balances": [ { "asset": "A", "amount": "4" }, { "asset": "B", "amount": "9" }, { "asset": "C", "amount": "-8" } ] },
            { "id": "b", "cash": "-1", "held": "1", "balances": [ { "asset": "A", "amount": "-3" }, { "asset": "C", "amount": "-2" } ] },
            { "id": "c", "cash": "0", "held": "0", "balances": [] }
          ]
        }
        """u8.ToArray();

    private static readonly Dictionary<string, string> Programs = new()
    {
        ["down"] = "x: Whole = down((sum b in balances: b.amount) / 7)",
        ["up, of a rate"] = "x: Whole = up(sum b in balances: b.amount * 0.3)",
        ["nearest, ties of both signs"] = "x: Whole = nearest((sum b in balances: b.amount) / 10)",
        ["nearest, of an odd number"] = "x: Whole = nearest((sum b in balances: b.amount) / 5)",
        ["nearest, of two"] = "x: Whole = nearest((sum b in balances: b.amount) / 2)",
        ["nearest, never positive"] = "x: Whole = nearest((sum b in balances: min(b.amount, 0)) / 10)",
        ["nearest, never negative"] = "x: Whole = nearest((sum b in balances: max(b.amount, 0)) / 10)",
        ["nearest, negative"] = "x: Whole = nearest(((sum b in balances: min(b.amount, 0)) - 5) / 10)",
        ["nearest, by a private number"] = "x: Whole = nearest((sum b in balances: b.amount) / (if held > 0 then 2 else 5))",
        ["truncate, never positive"] = "x: Whole = truncate((sum b in balances: min(b.amount, 0)) / 10)",
        ["truncate, by a private number"] = "x: Whole = truncate((sum b in balances: max(b.amount, 0)) / (if held > 0 then 2 else 5))",
        ["truncate, never positive, by a private number"] = "x: Whole = truncate((sum b in balances: min(b.amount, 0)) / (if held > 0 then 2 else 5))",
        ["truncate, of both signs"] = "x: Whole = truncate((sum b in balances: b.amount) / 10)",
        ["by 256"] = "x: Whole = nearest((sum b in balances: 100 * b.amount) / 256)",
        ["by 65536"] = "x: Whole = up((sum b in balances: 10000 * b.amount) / 65536)",
        ["other terms"] = "x: Whole = nearest((held + (sum b in balances: b.amount) - held * 3 + 7) / 10)",
        ["two sums"] = "x: Whole = down(((sum b in balances: b.amount) + (sum b in balances where b.amount > 0: b.amount)) / 10)",
        ["shared by two"] = "s(k: balances) = k.amount\ny: Whole = up((sum b in balances: s(b)) / 10)\nz: Whole = nearest((held + (sum b in balances: s(b))) / 10)\nx = y + z + (sum b in balances: s(b))",
        ["of groups"] = "x = sum g in balances by asset.kind: nearest((held + (sum b in g: b.amount)) / 2, Whole)",
        ["in records"] = "x = max s in Scenario: nearest(sum b in balances: b.amount * s.shock, Whole) else 0",
        ["in records, up, with terms"] = "x = max s in Scenario: up((sum b in balances: b.amount * s.shock) - held * s.shock, Whole) else 0",
        ["in records, of cells"] = "x = max s in Scenario: nearest(sum b in balances: max(b.amount * s.shock - 1, 0), Whole) else 0",
        ["in records of groups"] = "x = max s in Scenario: (sum g in balances by asset.kind: nearest((sum b in g: b.amount * s.shock) + held, Whole)) else 0",
        ["in records, truncate by a public number"] = "x = max s in Scenario: truncate((sum b in balances: max(b.amount, 0) * s.shock) / max(s.shock, 0.1), Fine) else 0",
        ["in records, truncate by a private number"] = "x = max s in Scenario: truncate((sum b in balances: min(b.amount, 0) * s.shock) / (if held > 0 then 2 else 5), Fine) else 0",
        ["of records"] = "x: Whole = nearest((sum s in Scenario: held * s.shock) + held)",
        ["product of three"] = "x = sum b in balances: nearest(b.amount * b.amount * b.asset.index * held / 10, Cubes)\nquantity Cubes scale 0 bits 110 unit coin*coin*USD",
        ["product of three by one"] = "x = max(sum b in balances: down(b.amount * b.amount * held / 1, Cubes), 0)\nquantity Cubes scale 0 bits 110 unit coin*coin*coin",
    };

    static IEnumerable<string> INamedPrograms.Names => Programs.Keys;

    private protected override (LoweringBench Bench, RuleInputs Inputs) Open(string name)
    {
        string[] lines = Programs[name].Split('\n');
        string quantities = string.Join('\n', lines.Where(line => line.StartsWith("quantity", StringComparison.Ordinal)));
        string rules = string.Join('\n', lines.Where(line => !line.StartsWith("quantity", StringComparison.Ordinal)));
        CoreRulebook rulebook = SampleTests.Compile(Head.Replace("quantity Money", $"{quantities}\nquantity Money", StringComparison.Ordinal) + rules + "\n");
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("rounded sums.json", Data));
        Assert.True(inputs.Errors.Count == 0, string.Join("; ", inputs.Errors));
        return (new LoweringBench(rulebook), inputs);
    }
}
