using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>Expressions that say other things than they seem to: what is made once for all that are alike is not made for these.</summary>
public sealed class LookAlikeTests
{
    /// <summary>Expressions that are easily taken for one another, or for a sum over other rows: provable as the interpreter says, or refused.</summary>
    [Theory]
    [InlineData("x = sum s in Scenario: cash * (sum t in Scenario: t.shock) * (sum u in Scenario: s.shock)", true)]
    [InlineData("x = sum s in Scenario: cash * (sum t in Scenario: (s.shock - t.shock)) * (sum u in Scenario: (u.shock - s.shock))", true)]
    [InlineData("x = sum b in balances: b.amount * (count c in balances: (c.amount > 0)) * (count d in balances: (b.amount > 0))", true)]
    [InlineData("x = sum g in balances by asset: (sum b in balances where g.asset.index > 2: b.amount)", true)]
    [InlineData("x = sum g in balances by asset.kind: (sum h in g by asset: (sum b in g where h.asset.index > 2: b.amount))", true)]
    [InlineData("x = sum s in Scenario: (sum t in Scenario where s.shock > 0.1: cash * t.shock) * s.shock", false)]
    [InlineData("x = max s in Scenario: (sum g in balances by asset.kind: (sum b in g: b.amount) * s.shock) else 0", true)]
    [InlineData("x = max s in Scenario: (sum g in balances by asset: (sum b in g: b.amount) * g.asset.index * s.shock) else 0", true)]
    [InlineData("x = sum g in balances by asset.kind: (max s in Scenario: (sum b in balances: b.amount * s.shock) else 0)", true)]
    [InlineData("x = max b in balances where b.amount > 1000000: b.amount else 0", true)]
    [InlineData("x = min b in balances where b.amount < 1000000: b.amount else 0", true)]
    [InlineData("x = sum b in balances: (min c in balances: (sum d in balances: c.amount) else b.amount)", true)]
    [InlineData("x = sum b in balances: (max c in balances where b.amount > 1: (sum d in balances where d.amount > 3: c.amount * d.amount) else 0)", true)]
    [InlineData("of(b, v) = b.amount * v + (sum d in balances: v * d.amount)\nx = sum b in balances: (sum c in balances: of(b, c.amount))", true)]
    [InlineData("of(b, v) = (sum d in balances: v * d.amount) + b.amount * v\nx = sum b in balances: (sum c in balances: of(b, c.amount))", true)]
    [InlineData("x = sum b in balances: (max c in balances: cash * cash else cash * (cash - cash)) * b.amount", true)]
    [InlineData("x = sum b in balances: (sum c in balances: (prorata c of d in balances: abs(d.amount) total abs(b.amount) rest first))", false)]
    [InlineData("x = max s in Scenario: (sum c in balances: (prorata c of d in balances: abs(d.amount) total s.shock rest first)) else 0", false)]
    public void Expressions_that_look_alike_are_told_apart(string definition, bool provable)
    {
        CoreRulebook rulebook = SampleTests.Compile(LyingProver.Head + definition);
        RuleInputs inputs = LyingProver.Inputs(rulebook);
        LoweringBench bench;
        try
        {
            bench = new LoweringBench(rulebook);
        }
        catch (CoreException refusal) when (!provable)
        {
            Assert.StartsWith("not provable yet", refusal.Message, StringComparison.Ordinal);
            return;
        }
        bench.Check(inputs.Market!, inputs.Accounts);
        Assert.True(provable, "this was thought to be refused");
    }

    /// <summary>The only name of an enumeration is the integer 0 with the bounds of the number 0, and no number.</summary>
    [Fact]
    public void An_only_name_is_not_the_number_zero()
    {
        CoreRulebook rulebook = SampleTests.Compile("""
            rulebook only
            quantity Money scale 2 bits 31 unit USD
            enum Mode { only }
            account { cash: Money, mode: Mode }
            equity = cash
            initial = cash
            maintenance = cash
            x = if mode = only then max(cash, 0) else cash
            """);
        new LoweringBench(rulebook).Check(new MarketData([], []), [new AccountData("a", [-5, 0], [])]);
    }
}
