using Fermat.Rules.Core;

namespace Fermat.Rules.Tests;

public sealed class CompilerTests
{
    internal static CoreRulebook Compiled(string text)
    {
        CompilationResult result = RulebookCompiler.Compile(text, "test.risk");
        Assert.True(result.Rulebook is not null, result.Render());
        return result.Rulebook;
    }

    [Fact]
    public void A_rulebook_compiles_to_its_definitions_in_order()
    {
        CompilationResult result = RulebookCompiler.Compile(Samples.CrossTiered, "cross.risk");
        Assert.True(result.Rulebook is not null, result.Render());
        Assert.Empty(result.Diagnostics);
        Assert.Equal(["equity", "initial", "maintenance", "options", "liquidation.penalty", "liquidation.limit", "safe"], result.Rulebook.Definitions.Select(definition => definition.Name));
        Assert.Equal("test", result.Rulebook.Schema.Name);
    }

    [Fact]
    public void A_function_that_nothing_calls_is_checked_when_its_arguments_are_known()
    {
        const string text = """
            rulebook uncalled
            quantity Money scale 2 bits 60 unit USD
            quantity Amount scale 0 bits 20 unit coin
            quantity Price scale 2 bits 30 unit USD/coin
            market Asset { index: Price }
            account { balances: { asset: Asset, amount: Amount }* }
            equity = sum b in balances: b.amount * b.asset.index
            initial = 0 * equity
            maintenance = 0 * equity
            other(a: Asset, b: balances): Money = BODY
            """;
        CompilationResult good = RulebookCompiler.Compile(text.Replace("BODY", "b.amount * a.index", StringComparison.Ordinal), "test.risk");
        Assert.NotNull(good.Rulebook);
        Assert.Equal("nothing calls `other`", Assert.Single(good.Diagnostics).Message);
        Assert.Equal(3, good.Rulebook.Definitions.Length);
        CompilationResult units = RulebookCompiler.Compile(text.Replace("BODY", "b.amount + a.index", StringComparison.Ordinal), "test.risk");
        Assert.Null(units.Rulebook);
        Assert.Contains(units.Diagnostics, diagnostic => diagnostic.IsError && diagnostic.Message.Contains("coin", StringComparison.Ordinal));
        CompilationResult field = RulebookCompiler.Compile(text.Replace("BODY", "b.amount * a.price", StringComparison.Ordinal), "test.risk");
        Assert.Null(field.Rulebook);
    }
}
