using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Rules.Cases;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat rules test</c>: the cases beside a rulebook.</summary>
internal static class TestCommand
{
    private const long MaxCaseBytes = 1L << 26;

    public static void Add(Command rules, AddCommand add)
    {
        Argument<string> file = RulesCommands.FileArgument();
        var cases = new Option<string>("--cases") { Description = "The cases: JSON, or a table (.csv). Without it NAME.cases.json beside NAME.risk." };
        var input = new Option<string[]>("--input", "-i") { Description = "With a table: JSON files with the parameters and market data of all cases (repeatable).", AllowMultipleArgumentsPerToken = true };
        add(rules, new Command("test",
                "Run a rulebook's cases: inputs, expected values, tolerance (docs/rulebooks/ADAPTERS.md has both formats). Exit code 1 when one fails.\n\n" +
                "  fermat rules test mine.risk                                            # mine.cases.json\n" +
                "  fermat rules test mine.risk --cases cases.csv --input market.json      # a line for each case") { file, cases, input },
            (parsed, terminal, cancel) => Run(parsed.GetRequiredValue(file), parsed.GetValue(cases), parsed.GetValue(input) ?? [], terminal, cancel));
    }

    private static int Run(string file, string? casesFile, string[] inputs, Terminal terminal, CancellationToken cancel)
    {
        LoadedRulebook rulebook = RulebookLoading.Rulebook(file);
        casesFile ??= Path.ChangeExtension(file, ".cases.json");
        string? problem;
        ImmutableArray<RulebookCase> cases;
        if (casesFile.EndsWith(".csv", StringComparison.OrdinalIgnoreCase))
            cases = CaseTable.Read(rulebook.Core.Schema, RulebookLoading.Text(casesFile, MaxCaseBytes), [.. inputs.Select(path => (ReadOnlyMemory<byte>)Files.Read(path, MaxCaseBytes))], out problem);
        else if (inputs.Length > 0)
            throw CliFailure.BadInput("usage", "--input goes with a table of cases; cases in JSON have their inputs with them", hint: "fermat rules test --help");
        else
            cases = RulebookCases.Read(Files.Read(casesFile, MaxCaseBytes), out problem);
        if (problem is not null) throw CliFailure.BadInput("rules.cases", problem, casesFile);
        var results = new List<CaseResult>();
        foreach (RulebookCase one in cases)
        {
            cancel.ThrowIfCancellationRequested();
            CaseResult result = RulebookCases.Run(rulebook.Core, one);
            results.Add(result);
            terminal.Say($"{(result.Passed ? "ok  " : "FAIL")} {one.Name}{(result.Problem is null ? "" : ": " + result.Problem)}");
            foreach (CaseComparison wrong in result.Comparisons.Where(c => !c.Passed))
                terminal.Say($"       {wrong.Name}: expected {wrong.Expected}, is {wrong.Actual}");
        }
        int failed = results.Count(r => !r.Passed);
        terminal.Say($"{Show.Count(results.Count - failed)} of {Show.Count(results.Count)} cases pass");
        terminal.Answer(new JsonObject
        {
            ["ok"] = failed == 0,
            ["rulebook"] = rulebook.Core.Schema.Name,
            ["passed"] = results.Count - failed,
            ["failed"] = failed,
            ["cases"] = new JsonArray([.. results.Select(ToJson)]),
        });
        return failed == 0 ? ExitCodes.Ok : ExitCodes.Rejected;
    }

    private static JsonObject ToJson(CaseResult result)
    {
        var node = new JsonObject { ["name"] = result.Case.Name, ["passed"] = result.Passed };
        if (result.Problem is not null) node["problem"] = result.Problem;
        node["values"] = new JsonArray([.. result.Comparisons.Select(c => new JsonObject { ["name"] = c.Name, ["expected"] = c.Expected, ["actual"] = c.Actual, ["passed"] = c.Passed })]);
        return node;
    }
}
