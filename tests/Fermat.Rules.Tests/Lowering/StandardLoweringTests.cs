using System.Collections.Immutable;
using System.Text;
using Fermat.Rules.Cases;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Tests.PublicMath;
using Fermat.Rules.Tests.Rulebooks;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>The standard rulebooks as circuits: what they say of their own cases, and what they cost.</summary>
public sealed class StandardLoweringTests
{
    private const int CasesTried = 3;

    public static TheoryData<string> Names => [.. Standard.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_circuit_says_of_its_cases_what_the_interpreter_says(string name)
    {
        CoreRulebook rulebook = Standard.Rulebook(name);
        var bench = new LoweringBench(rulebook);
        ImmutableArray<RulebookCase> cases = RulebookCases.Read(File.ReadAllBytes(Path.Combine(Standard.Folder, name + ".cases.json")), out _);
        foreach (RulebookCase one in cases.Take(CasesTried))
        {
            RuleInputs inputs = RuleInputs.Read(rulebook.Schema, (one.Name, one.Inputs));
            Assert.True(inputs.Errors.Count == 0, string.Join("; ", inputs.Errors));
            bench.Check(inputs.Market!, inputs.Accounts);
        }
    }

    /// <summary>vectors/rulebook-costs.csv, rewritten with FERMAT_UPDATE_VECTORS=1.</summary>
    [Fact]
    public void Costs_are_those_of_the_committed_ledger()
    {
        var text = new StringBuilder();
        foreach (string name in Standard.Names)
        {
            string[] lines = File.ReadAllText(Path.Combine(Standard.Folder, name + ".risk")).Split('\n');
            var bench = new LoweringBench(Standard.Rulebook(name), position => LineOf(lines, position));
            text.Append("rulebook,").Append(name).Append('\n').Append(bench.Lowering.Cost(bench.Circuit).ToCsv());
        }
        string file = Path.Combine(VectorTests.Root(), "vectors", "rulebook-costs.csv");
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1") File.WriteAllText(file, text.ToString());
        Assert.Equal(File.Exists(file) ? File.ReadAllText(file) : "", text.ToString());
    }

    private static int LineOf(string[] lines, int position)
    {
        int line = 0;
        while (line < lines.Length - 1 && position > lines[line].Length) position -= lines[line++].Length + 1;
        return line + 1;
    }
}
