using System.Collections.Immutable;
using Fermat.Rules.Cases;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>Every rulebook in rules/ compiles, has cases beside it, and meets them.</summary>
public sealed class StandardRulebookTests
{
    public static TheoryData<string> Names => [.. Standard.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_compiles_without_a_warning(string name)
    {
        CompilationResult result = RulebookCompiler.Compile(File.ReadAllText(Path.Combine(Standard.Folder, name + ".risk")), name + ".risk");
        Assert.True(result.Diagnostics.IsEmpty, result.Render());
        Assert.Equal(name, result.Rulebook!.Schema.Name);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_cases_hold(string name)
    {
        ImmutableArray<RulebookCase> cases = RulebookCases.Read(File.ReadAllBytes(Path.Combine(Standard.Folder, name + ".cases.json")), out string? problem);
        Assert.Null(problem);
        Assert.True(cases.Length >= 3, $"{name} has {cases.Length} cases");
        foreach (RulebookCase one in cases)
        {
            CaseResult result = RulebookCases.Run(Standard.Rulebook(name), one);
            Assert.True(result.Passed, $"{one.Name}: {result.Problem}{string.Join("; ", result.Comparisons.Where(c => !c.Passed).Select(c => $"{c.Name} is {c.Actual}, expected {c.Expected}"))}");
        }
    }
}
