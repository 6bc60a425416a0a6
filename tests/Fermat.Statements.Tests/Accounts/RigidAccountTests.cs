using System.Text;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Accounts;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Solvency;
using static Fermat.Statements.Tests.Accounts.AccountScene;

namespace Fermat.Statements.Tests.Accounts;

/// <summary>Of a proven account nothing can move, however many cells move together; but for what is hashed, which would be a collision.</summary>
public sealed class RigidAccountTests
{
    [Theory]
    [InlineData("cross_tiered", AccountStatementKind.LiquidationDue, Erin)]
    [InlineData("cross_tiered", AccountStatementKind.LiquidationNotDue, Dave)]
    [InlineData("cross_tiered", AccountStatementKind.Health, Alice)]
    [InlineData("scenario_pm", AccountStatementKind.LiquidationNotDue, 0)]
    [InlineData("greeks_pm", AccountStatementKind.LiquidationNotDue, 0)]
    public void No_cells_can_move_together(string name, AccountStatementKind kind, int account)
    {
        AccountScene scene = name == "cross_tiered" ? CrossTiered : Of(SolvencyScene.Rulebook(name), name);
        NothingMoves(scene, kind, account);
    }

    /// <summary>Whatever a rulebook says: tiers, curves, shares, groups, pairs, scenarios.</summary>
    [Theory]
    [InlineData("x: Wide = sum b in items: down(tiered(b.asset.haircut, min(max(value(b), 0), 1000000)))")]
    [InlineData("x = sum b in items: down(value(b) / b.asset.index, Amounts)")]
    [InlineData("x: Rate = nearest(interpolate(decay, cash))")]
    [InlineData("x = sum q in items: (prorata q of p in items: abs(value(p)) total abs(cash) rest last) * q.amount")]
    [InlineData("x = sum q in items: (prorata q of p in items: abs(p.amount) total max(cash, 0) rest first) * q.asset.index")]
    [InlineData("x = max g in items by asset.bucket: abs(sum p in g: value(p)) else -1")]
    [InlineData("x = sum g in items by asset.bucket.strike: (sum p in g: p.amount) * g.strike * (count p in g: true)")]
    [InlineData("x = sum g in items by asset.even: max k in g by asset.bucket: (sum p in k: p.amount) else 0")]
    [InlineData("x = sum g in items by asset.bucket: (sum k in items by asset.bucket: rho[g.bucket, k.bucket] * (sum p in g: p.amount) * (sum p in k: p.amount))")]
    [InlineData("x = sum p in items: (sum q in items where q.amount > p.amount: (value(p) - 2 * value(q)))")]
    [InlineData("x = min s in Scenario: (sum p in items: value(p) * s.shock) else 0")]
    [InlineData("x = min s in Scenario where s.skew: (sum p in items: max(p.amount * s.shock * p.asset.index - 5, 0)) else 0")]
    [InlineData("x = max s in Scenario: (sum g in items by asset.bucket: max(sum p in g: p.amount * (if s.skew then p.asset.index else s.shock * p.asset.index), 0)) else 0")]
    [InlineData("x: Wide = up(sqrt(cash * cash))")]
    [InlineData("x: Share = nearest(cash / max(abs(sum b in items: b.amount), 1))")]
    [InlineData("x: Share = truncate(cash / max(abs(sum b in items: b.amount), 1))")]
    [InlineData("x: Amounts = nearest((sum p in items: p.amount) / 16)")]
    [InlineData("x = sum g in items by asset.bucket: nearest((cash + (sum p in g: value(p))) / 10, Wide)")]
    [InlineData("x = max s in Scenario: up((sum p in items: value(p) * s.shock) - cash * s.shock, Wide) else 0")]
    [InlineData("x = max s in Scenario: (sum g in items by asset.bucket: nearest(sum p in g: value(p) * s.shock, Wide)) else 0")]
    public void No_cells_of_a_rulebooks_values_can_move_together(string definition)
    {
        VenueRulebook rulebook = SolvencyScene.Compile(Head + definition + "\nequity = cash\ninitial = 0 * sum b in items: value(b)\nmaintenance = if x < 0 * x then 0 * cash else cash + 1");
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", Encoding.UTF8.GetBytes(Data)));
        Assert.Empty(inputs.Errors);
        var scene = new AccountScene(rulebook, inputs.Market!, inputs.Accounts);
        NothingMoves(scene, scene.Judge(AccountQuestion.Liquidatable, scene.Accounts[0]).IsOne ? AccountStatementKind.LiquidationDue : AccountStatementKind.LiquidationNotDue, 0);
    }

    private static void NothingMoves(AccountScene scene, AccountStatementKind kind, int account)
    {
        AccountCircuit circuit = scene.Circuit(kind);
        List<(Quintic[], IReadOnlyList<TableTrace>)> points = [.. SolvencyScene.ManyPoints.Select(at => (at, scene.Fill(kind, account, challenges: at)))];
        for (int digit = 0; digit < Rigid.Apart; digit++)
        {
            var rigid = new Rigidity(circuit.Circuit, points, Rigid.RangeBuses, column => column.Table == circuit.Range.Table || Rigid.IsHashed(column), Rigid.MayMove(digit));
            Assert.True(rigid.Free.Count == 0, $"digits {digit}: {rigid}");
            Assert.True(rigid.Unknowns > 1000);
        }
        foreach (TableTrace trace in points.SelectMany(point => point.Item2)) trace.Dispose();
    }

    private const string Head = """
        rulebook features
        quantity Money  scale 2 bits 47 unit USD
        quantity Wide   scale 2 bits 110 unit USD
        quantity Amount scale 2 bits 23 unit coin
        quantity Amounts scale 2 bits 120 unit coin
        quantity Price  scale 2 bits 31 positive unit USD/coin
        quantity Rate   scale 3 in [0, 2]
        quantity Rho    scale 3 in [-1, 1]
        quantity Share  scale 4 bits 80 unit USD/coin
        market Bucket up to 8 { strike: Price }
        market Asset { index: Price, haircut: tiers Money to Rate, bucket: Bucket, even: Flag }
        market Scenario up to 8 { shock: Rate, skew: Flag }
        parameters { decay: curve Money to Rate, rho: correlation Bucket of Rho }
        account { cash: Money, items: { asset: Asset, amount: Amount }* up to 8 }

        value(b: items): Wide = down(b.amount * b.asset.index)

        """;

    private const string Data = """
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
          "accounts": [ { "id": "a", "cash": "10.5", "items": [ { "asset": "P", "amount": "2.33" }, { "asset": "Q", "amount": "-70000" }, { "asset": "R", "amount": "0.01" } ] } ]
        }
        """;
}

/// <summary>Which range-checked cells move in a search for what is not pinned.</summary>
internal static class Rigid
{
    /// <summary>Digits of one number that move together are so far apart: carries, leaves and pairs of digits hold nearer ones in one sum, so that two of them say the same number otherwise.</summary>
    public const int Apart = 6;

    public static readonly string[] RangeBuses = ["range16", "bytes", "tops"];

    private static readonly string[] Held = ["rest[", "slack[", "above[", "below[", "carry", "gap", "distance"];

    /// <summary>What is hashed, and how: if it moved, that would be a collision.</summary>
    public static bool IsHashed(ColumnInfo column) => column.Name.Contains("input[", StringComparison.Ordinal) || column.Name.Contains("cube", StringComparison.Ordinal);

    /// <summary>Every sixth digit of each number, and whatever is no digit; but carries and rests, with which a number is written otherwise, as range checks exclude.</summary>
    public static Func<ColumnInfo, bool> MayMove(int from) => column =>
    {
        if (Held.Any(part => column.Name.Contains(part, StringComparison.Ordinal))) return false;
        int at = column.Name.LastIndexOf('[');
        return !column.Name.EndsWith(']') || !int.TryParse(column.Name.AsSpan(at + 1, column.Name.Length - at - 2), out int digit) || digit % Apart == from;
    };
}
