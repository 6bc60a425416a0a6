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
}
