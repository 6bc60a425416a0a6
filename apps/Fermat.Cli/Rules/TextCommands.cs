using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Rules;
using Fermat.Rules.Core;
using Fermat.Rules.Costs;
using Fermat.Rules.Text;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat rules new|check|fmt</c>: the texts of rulebooks.</summary>
internal static class TextCommands
{
    public static void Add(Command rules, AddCommand add)
    {
        AddNew(rules, add);
        AddCheck(rules, add);
        AddFormat(rules, add);
    }

    private static Argument<string[]> FilesArgument() => new("rulebook") { Description = "Rulebooks: .risk files.", Arity = ArgumentArity.OneOrMore };

    private static void AddNew(Command rules, AddCommand add)
    {
        var name = new Argument<string>("name") { Description = "The rulebook's name: letters, digits and _." };
        var output = new Option<string?>("--output", "-o") { Description = "Where to write it; NAME.risk without it." };
        add(rules, new Command("new", "Write a first rulebook that compiles, to change from there.") { name, output },
            (parsed, terminal, _) => New(parsed.GetRequiredValue(name), parsed.GetValue(output), terminal));
    }

    private static int New(string name, string? output, Terminal terminal)
    {
        string text = FirstRulebook.Replace("NAME", name, StringComparison.Ordinal);
        if (RulebookCompiler.Compile(text, name).Rulebook is null)
            throw CliFailure.BadInput("rules.name", $"{name} cannot be the name of a rulebook", hint: "a name is made of the letters a to z and A to Z, digits and _, does not begin with a digit, and is no word of the language");
        string path = output ?? name + ".risk";
        if (Path.Exists(path))
            throw CliFailure.BadInput("file-exists", $"{path} is already there", path, "choose another name, or --output FILE");
        Files.Write(path, Encoding.UTF8.GetBytes(text));
        terminal.Say($"{path}: written");
        terminal.Say($"Next: fermat rules check {path}   (docs/RULES.md teaches the language)");
        terminal.Answer(new JsonObject { ["ok"] = true, ["file"] = path });
        return ExitCodes.Ok;
    }

    private static void AddCheck(Command rules, AddCommand add)
    {
        Argument<string[]> files = FilesArgument();
        add(rules, new Command("check", "Say what is wrong with rulebooks: file, line, column, the line itself, what was expected and what to do. Exit code 2 when one does not compile.") { files },
            (parsed, terminal, _) => Check(parsed.GetRequiredValue(files), terminal));
    }

    private static int Check(string[] files, Terminal terminal)
    {
        CompilationResult[] results = [.. files.Select(file => RulebookCompiler.Compile(RulebookLoading.Text(file, RuleLimits.MaxTextBytes), file))];
        if (results.Any(result => result.Rulebook is null))
            return Failed(results.SelectMany(result => result.Diagnostics.Select(diagnostic => (result.Source, diagnostic))), terminal);

        var answers = new JsonArray();
        foreach (CompilationResult result in results)
        {
            if (!terminal.Json) terminal.ErrorWriter.Write(result.Render());
            terminal.Say($"{result.Source.File}: {result.Rulebook!.Schema.Name} compiles, {Show.Count(result.Rulebook.Definitions.Length)} definitions without arguments{(result.Rulebook.Meta is { } meta ? $", {Show.Count(meta.Rules.Length)} rules for updates" : "")}");
            (string Definition, CoreException Why)[] unprovable = [.. Unprovable(result.Rulebook)];
            foreach ((string definition, CoreException why) in unprovable)
                terminal.Say($"{result.Source.File}: note: `{definition}` is {why.Message}{(why.Hint is { } hint ? $" (hint: {hint})" : "")}");
            string[] wide = [.. result.Rulebook.Words.Where(definition => !definition.IsInWords).Select(definition => definition.Name)];
            if (wide.Length > 0) terminal.Say($"{result.Source.File}: note: slower natively, not in 128-bit words: {string.Join(", ", wide.Select(name => $"`{name}`"))} (where and why: fermat rules cost {result.Source.File})");
            if (unprovable.Length > 0) terminal.Say("It can be evaluated; what needs these definitions cannot be proven (docs/RULES.md, What can be proven).");
            RefusedStatement[] refused = [.. StatementCheck.Refused(result)];
            foreach (IGrouping<string, RefusedStatement> same in refused.Where(one => !one.IsUnsaid).GroupBy(one => one.Why.Message))
            {
                RefusedStatement one = same.First();
                terminal.Say($"{At(result.Source, one.Place)}: note: refused by {string.Join(" and ", same.Select(other => $"`{other.Command}`"))}{(one.Definition is { } because ? $" because of `{because}`" : "")}: {one.Why.Message}{(one.Why.Hint is { } hint ? $" (hint: {hint})" : "")}");
            }
            answers.Add(new JsonObject
            {
                ["file"] = result.Source.File,
                ["rulebook"] = result.Rulebook.Schema.Name,
                ["definitions"] = new JsonArray([.. result.Rulebook.Definitions.Select(definition => (JsonNode)definition.Name)]),
                ["updateRules"] = new JsonArray([.. (result.Rulebook.Meta?.Rules ?? []).Select(rule => (JsonNode)rule)]),
                ["notProvable"] = new JsonArray([.. unprovable.Select(one => new JsonObject { ["definition"] = one.Definition, ["message"] = one.Why.Message, ["hint"] = one.Why.Hint })]),
                ["refused"] = new JsonArray([.. refused.Select(one => Refused(result.Source, one))]),
                ["notInWords"] = new JsonArray([.. wide.Select(name => (JsonNode)name)]),
                ["warnings"] = new JsonArray([.. result.Diagnostics.Select(diagnostic => Warning(result.Source, diagnostic))]),
            });
        }
        terminal.Answer(new JsonObject { ["ok"] = true, ["files"] = answers });
        return ExitCodes.Ok;
    }

    /// <summary>The definitions that no circuit can be made of, and why; each is asked alone only when all together cannot be proven.</summary>
    private static IEnumerable<(string Definition, CoreException Why)> Unprovable(CoreRulebook rulebook) =>
        Refusal(rulebook) is null
            ? []
            : rulebook.Definitions.Select(definition => (definition.Name, Why: Refusal(rulebook with { Definitions = [definition] }))).Where(one => one.Why is not null).Select(one => (one.Name, one.Why!));

    private static CoreException? Refusal(CoreRulebook rulebook)
    {
        try
        {
            _ = new CostModel(rulebook);
            return null;
        }
        catch (CoreException refusal)
        {
            return refusal;
        }
    }

    private static void AddFormat(Command rules, AddCommand add)
    {
        Argument<string[]> files = FilesArgument();
        var check = new Option<bool>("--check") { Description = "Write nothing; exit code 1 when a text is not laid out." };
        add(rules, new Command("fmt", "Lay rulebooks out in the one way; words and comments stay as they are.") { files, check },
            (parsed, terminal, _) => Format(parsed.GetRequiredValue(files), parsed.GetValue(check), terminal));
    }

    private static int Format(string[] files, bool check, Terminal terminal)
    {
        (string Text, FormattingResult Result)[] all = [.. files.Select(file => (Text: RulebookLoading.Text(file, RuleLimits.MaxTextBytes), File: file)).Select(read => (read.Text, RulebookFormatter.Format(read.Text, read.File)))];
        if (all.Any(one => one.Result.Text is null))
            return Failed(all.SelectMany(one => one.Result.Diagnostics.Select(diagnostic => (one.Result.Source, diagnostic))), terminal);

        var answers = new JsonArray();
        int changed = 0;
        foreach ((string text, FormattingResult result) in all)
        {
            bool change = result.Text != text;
            if (change && !check) Files.Write(result.Source.File, Encoding.UTF8.GetBytes(result.Text!));
            terminal.Say($"{result.Source.File}: {(!change ? "is laid out" : check ? "is not laid out" : "laid out")}");
            answers.Add(new JsonObject { ["file"] = result.Source.File, ["changed"] = change });
            changed += change ? 1 : 0;
        }
        bool ok = !check || changed == 0;
        if (!ok) terminal.Say($"To lay out: fermat rules fmt {string.Join(' ', all.Where(one => one.Result.Text != one.Text).Select(one => one.Result.Source.File))}");
        terminal.Answer(new JsonObject { ["ok"] = ok, ["files"] = answers });
        return ok ? ExitCodes.Ok : ExitCodes.Rejected;
    }

    /// <summary>Errors as a person reads them, with the line and a caret; with <c>--json</c> in the one shape of all commands.</summary>
    private static int Failed(IEnumerable<(SourceText Source, Diagnostic Diagnostic)> diagnostics, Terminal terminal)
    {
        if (terminal.Json)
            throw new CliFailure(ExitCodes.BadInput, [.. diagnostics.Where(one => one.Diagnostic.IsError).Select(one => Problem(one.Source, one.Diagnostic))]);
        terminal.ErrorWriter.Write(string.Join('\n', diagnostics.Select(one => DiagnosticRenderer.Render(one.Diagnostic, one.Source))));
        return ExitCodes.BadInput;
    }

    /// <summary>A diagnostic in the shape of all commands; the calls that lead there are in the message, the last first.</summary>
    /// <param name="source">The text.</param>
    /// <param name="diagnostic">An error in it.</param>
    /// <param name="hint">What to do when the diagnostic does not say it.</param>
    public static Problem Problem(SourceText source, Diagnostic diagnostic, string? hint = null)
    {
        SourcePosition place = source.Position(diagnostic.Span.Start);
        string notes = string.Concat(diagnostic.Notes.Select(note => $"; {note.Message}{(note.Span is { } span ? $" ({source.Position(span.Start).Line}:{source.Position(span.Start).Column})" : "")}"));
        return new Problem(diagnostic.Code, diagnostic.Message + notes, source.File, place.Line, place.Column, Hint: diagnostic.Hint ?? hint, Expected: diagnostic.Expected);
    }

    private static JsonNode Warning(SourceText source, Diagnostic diagnostic)
    {
        SourcePosition place = source.Position(diagnostic.Span.Start);
        return new JsonObject { ["code"] = diagnostic.Code, ["message"] = diagnostic.Message, ["line"] = place.Line, ["column"] = place.Column, ["hint"] = diagnostic.Hint };
    }

    private static JsonNode Refused(SourceText source, RefusedStatement refused)
    {
        var answer = new JsonObject { ["command"] = refused.Command, ["unsaid"] = refused.IsUnsaid, ["definition"] = refused.Definition, ["message"] = refused.Why.Message, ["hint"] = refused.Why.Hint };
        if (refused.Place is { } span) (answer["line"], answer["column"]) = (source.Position(span.Start).Line, source.Position(span.Start).Column);
        return answer;
    }

    private static string At(SourceText source, SourceSpan? span) => span is { } place ? $"{source.File}:{source.Position(place.Start).Line}:{source.Position(place.Start).Column}" : source.File;

    internal const string FirstRulebook = """
        rulebook NAME

        # What numbers are: decimals, size, what they count. Everything else is derived and checked.
        quantity Money  scale 6 bits 90 unit USD
        quantity Amount scale 8 bits 50 unit coin
        quantity Price  scale 8 bits 50 positive unit USD/coin
        quantity Rate   scale 4 in [0, 1]

        # Public: the same for every account.
        market Asset { price: Price, haircut: Rate, initial: Rate, maintenance: Rate }

        # Private: what a proof speaks about.
        account {
          balances: { asset: Asset, amount: Amount }*
        }

        # Products are exact; every step to fewer decimals names its rounding.
        value(b): Money = down(b.amount * b.asset.price)
        credit(b)       = if b.amount > 0 then down(value(b) * (1 - b.asset.haircut), Money) else value(b)
        loan(b)         = max(-value(b), 0)

        # What every rulebook defines.
        equity      = sum b in balances: credit(b)
        initial     = sum b in balances: up(loan(b) * b.asset.initial, Money)
        maintenance = sum b in balances: up(loan(b) * b.asset.maintenance, Money)

        """;
}
