using Fermat.Rules;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Engine.Tests;

/// <summary>The engine compares equity and requirements in 128-bit words under the rulebooks of its hot path. That needs a bit more room than the definitions themselves, so it is a question of its own.</summary>
public sealed class ComparisonWordTests
{
    [Theory]
    [InlineData("cross_perps")]
    [InlineData("cross_tiered")]
    public void Equity_and_requirements_are_compared_in_machine_words(string name) => Assert.True(Rules(name, text => text).IsNarrow, $"{name}: equity, net_equity, initial or maintenance, brought to one scale, has more than 126 bits");

    /// <summary>A factor of initial margin so large that every definition is in words, and the comparison is not.</summary>
    [Fact]
    public void A_requirement_of_127_bits_is_compared_in_numbers_of_any_size()
    {
        MarginRules rules = Rules("cross_perps", text => text.Replace("quantity Factor scale 2 in [1, 100]", "quantity Factor scale 2 in [1, 100_000]", StringComparison.Ordinal));
        Assert.All(rules.Interpreter.Rulebook.Words, definition => Assert.True(definition.IsInWords, definition.Name));
        Assert.Equal(127, rules.Interpreter.Rulebook.Words.First(definition => definition.Name == "initial").Bits);
        Assert.False(rules.IsNarrow);
    }

    private static MarginRules Rules(string name, Func<string, string> change)
    {
        string root = Root();
        string text = File.ReadAllText(Path.Combine(root, "rules", name + ".risk"));
        CoreRulebook rulebook = RulebookCompiler.Compile(change(text), name).Rulebook!;
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, (name, File.ReadAllBytes(Path.Combine(root, "examples", "rulebooks", name + ".json"))));
        Assert.True(inputs.Errors.Count == 0, string.Join('\n', inputs.Errors));
        return new MarginRules(rulebook, inputs.Market!, rulebook.Schema.Collections.Select(collection => collection.Name).ToList().IndexOf("positions"));
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Fermat.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
