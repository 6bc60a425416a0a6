using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>Tiers, curves, shares, groups, pairs and scenarios, one at a time and from their text: right, every cell matters, no lie is believed.</summary>
public sealed class FeatureTests : ProgramTests<FeatureTests>, INamedPrograms
{
    private const string Head = """
        rulebook features
        quantity Money  scale 2 bits 47 unit USD
        quantity Wide   scale 2 bits 110 unit USD
        quantity Amount scale 2 bits 23 unit coin
        quantity Amounts scale 2 bits 120 unit coin
        quantity Price  scale 2 bits 31 positive unit USD/coin
        quantity Rate   scale 3 in [0, 2]
        quantity Rho    scale 3 in [-1, 1]
        market Bucket up to 8 { strike: Price }
        market Asset { index: Price, haircut: tiers Money to Rate, bucket: Bucket, even: Flag }
        market Scenario up to 8 { shock: Rate, skew: Flag }
        parameters { decay: curve Money to Rate, rho: correlation Bucket of Rho }
        account { cash: Money, items: { asset: Asset, amount: Amount }* up to 8 }

        value(b: items): Wide = down(b.amount * b.asset.index)

        """;

    private static readonly byte[] Data = """
        {
          "parameters": { "decay": [["-100", "1.5"], ["0", "1"], ["33.33", "0.1"]], "rho": { "A": { "B": "-0.5" } } },
          "market": {
            "Bucket": [ { "symbol": "A", "strike": "10" }, { "symbol": "B", "strike": "655.36" }, { "symbol": "C", "strike": "10" } ],
            "Asset": [
              { "symbol": "P", "index": "7.5", "haircut": [["0", "0.95"], ["10", "0.9"], ["1000", "0.5"]], "bucket": "A", "even": true },
              { "symbol": "Q", "index": "0.01", "haircut": [["0", "1"]], "bucket": "B", "even": false },
              { "symbol": "R", "index": "21474836.47", "haircut": [["0", "0"], ["0.01", "2"]], "bucket": "C", "even": true }
            ],
            "Scenario": [ { "symbol": "s1", "shock": "0.1", "skew": true }, { "symbol": "s2", "shock": "1.999", "skew": false }, { "symbol": "s3", "shock": "0", "skew": false } ]
          },
          "accounts": [
            { "id": "a", "cash": "10.5", "items": [ { "asset": "P", "amount": "2.33" }, { "asset": "Q", "amount": "-70000" }, { "asset": "R", "amount": "0.01" } ] },
            { "id": "b", "cash": "-100.01", "items": [ { "asset": "Q", "amount": "1" } ] },
            { "id": "c", "cash": "0", "items": [] },
            { "id": "d", "cash": "33.34", "items": [ { "asset": "P", "amount": "0" }, { "asset": "R", "amount": "-83886.07" } ] }
          ]
        }
        """u8.ToArray();

    private static readonly Dictionary<string, string> Programs = new()
    {
        ["tiers"] = "x: Wide = sum b in items: down(tiered(b.asset.haircut, min(max(value(b), 0), 1000000)))",
        ["division by a looked-up number"] = "x = sum b in items: down(value(b) / b.asset.index, Amounts)",
        ["curve down"] = "x: Rate = down(interpolate(decay, cash))",
        ["curve nearest"] = "x: Rate = nearest(interpolate(decay, cash))",
        ["last share"] = "x = sum q in items: (prorata q of p in items: abs(value(p)) total abs(cash) rest last) * q.amount",
        ["first share"] = "x = sum q in items: (prorata q of p in items: abs(p.amount) total max(cash, 0) rest first) * q.asset.index",
        ["groups"] = "x = max g in items by asset.bucket: abs(sum p in g: value(p)) else -1",
        ["groups by a number"] = "x = sum g in items by asset.bucket.strike: (sum p in g: p.amount) * g.strike * (count p in g: true)",
        ["groups of groups"] = "x = sum g in items by asset.even: max k in g by asset.bucket: (sum p in k: p.amount) else 0",
        ["pairs of groups"] = "x = sum g in items by asset.bucket: (sum k in items by asset.bucket: rho[g.bucket, k.bucket] * (sum p in g: p.amount) * (sum p in k: p.amount))",
        ["pairs of items"] = "x = sum p in items: (sum q in items where q.amount > p.amount: (value(p) - 2 * value(q)))",
        ["pairs within pairs"] = "x = sum p in items: (sum q in items where q.amount > p.amount: (sum r in items: q.amount * r.asset.index))",
        ["worst scenario"] = "x = min s in Scenario: (sum p in items: value(p) * s.shock) else 0",
        ["worst scenario of cells"] = "x = min s in Scenario where s.skew: (sum p in items: max(p.amount * s.shock * p.asset.index - 5, 0)) else 0",
        ["worst scenario of groups"] = "x = max s in Scenario: (sum g in items by asset.bucket: max(sum p in g: p.amount * (if s.skew then p.asset.index else s.shock * p.asset.index), 0)) else 0",
    };

    static IEnumerable<string> INamedPrograms.Names => Programs.Keys;

    private protected override int Liars => 2;

    private protected override (LoweringBench Bench, RuleInputs Inputs) Open(string name)
    {
        CoreRulebook rulebook = SampleTests.Compile(Head + Programs[name] + "\nequity = cash\ninitial = cash\nmaintenance = cash\n");
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("test.json", Data));
        Assert.True(inputs.Errors.Count == 0, string.Join("; ", inputs.Errors));
        return (new LoweringBench(rulebook), inputs);
    }
}
