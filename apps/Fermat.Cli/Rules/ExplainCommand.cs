using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat rules explain</c>: one account, every named value and the line that made it.</summary>
internal static class ExplainCommand
{
    public static void Add(Command rules, AddCommand add)
    {
        Argument<string> file = RulesCommands.FileArgument();
        var account = new Option<string>("--account", "-a") { Description = "The account's id.", Required = true };
        var only = new Option<string[]>("--definition", "-d") { Description = "Only this definition (repeatable).", AllowMultipleArgumentsPerToken = true };
        var depth = new Option<int>("--depth") { Description = "How many levels of parts to show.", DefaultValueFactory = _ => 6 };
        depth.MustBe(0, 64);
        var command = new Command("explain",
            "Explain one account: every definition, the values it is made of, the tier that was hit, the worst scenario, each with the line of the rulebook.") { file };
        InputOptions inputs = RulesCommands.Inputs(command);
        command.Add(account);
        command.Add(only);
        command.Add(depth);
        add(rules, command, (parsed, terminal, cancel) => Run(
            parsed.GetRequiredValue(file), inputs.Of(parsed), parsed.GetRequiredValue(account), parsed.GetValue(only) ?? [], parsed.GetValue(depth), terminal, cancel));
    }

    private static int Run(string file, InputSources input, string id, string[] only, int depth, Terminal terminal, CancellationToken cancel)
    {
        LoadedRulebook rulebook = RulebookLoading.Rulebook(file);
        if (only.FirstOrDefault(name => rulebook.Core.Find(name) is null) is { } unknown)
            throw CliFailure.BadInput("rules.no-such-definition", $"{file} has no definition {unknown} without parameters", file, string.Join(", ", rulebook.Core.Definitions.Select(d => d.Name)));
        RuleInputs inputs = RulebookLoading.Inputs(rulebook, input, cancel);
        AccountData account = inputs.Accounts.FirstOrDefault(a => a.Id == id)
            ?? throw CliFailure.BadInput("no-such-account", $"the inputs have no account {id}", hint: "ids are compared exactly, case included");
        IReadOnlyList<Explanation> all = [];
        var verdict = new AccountVerdict(rulebook.Core);
        string word = "";
        RulebookLoading.Guard(rulebook, () =>
        {
            var interpreter = new Interpreter(rulebook.Core, inputs.Market!);
            all = interpreter.Explain(account);
            word = EvalCommand.Word(verdict.Of(interpreter.Evaluate(account)));
        });
        Explanation[] shown = [.. all.Where(e => only.Length == 0 || only.Contains(e.Label))];
        terminal.Heading($"Account {Show.Short(id)} under {rulebook.Core.Schema.Name}: {word}");
        foreach (Explanation one in shown) Print(one, 0, depth, rulebook, terminal);
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["rulebook"] = rulebook.Core.Schema.Name,
            ["account"] = id,
            ["class"] = word,
            ["definitions"] = new JsonArray([.. shown.Select(e => ToJson(e, depth, rulebook))]),
        });
        return ExitCodes.Ok;
    }

    private static void Print(Explanation one, int level, int depth, LoadedRulebook rulebook, Terminal terminal)
    {
        int line = rulebook.Line(one.Span);
        string note = one.Note is null ? "" : $"   [{one.Note}]";
        terminal.Say($"{new string(' ', 2 * level)}{one.Label} = {one.Value}{note}{(line > 0 ? $"   (line {line})" : "")}");
        if (level >= depth) return;
        foreach (Explanation part in one.Parts) Print(part, level + 1, depth, rulebook, terminal);
    }

    private static JsonObject ToJson(Explanation one, int depth, LoadedRulebook rulebook)
    {
        var node = new JsonObject { ["label"] = one.Label, ["value"] = one.Value };
        if (one.Note is not null) node["note"] = one.Note;
        if (rulebook.Line(one.Span) is > 0 and var line) node["line"] = line;
        if (depth > 0 && one.Parts.Count > 0) node["parts"] = new JsonArray([.. one.Parts.Select(part => ToJson(part, depth - 1, rulebook))]);
        return node;
    }
}
