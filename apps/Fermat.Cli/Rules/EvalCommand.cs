using System.CommandLine;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Spectre.Console;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat rules eval</c>: every account of a book.</summary>
internal static class EvalCommand
{
    private const int Shown = 20;
    private static readonly string[] Main = ["equity", "initial", "maintenance"];

    public static void Add(Command rules, AddCommand add)
    {
        Argument<string> file = RulesCommands.FileArgument();
        var csv = new Option<bool>("--csv") { Description = "One line for each account with every definition, exact, on standard output." };
        var command = new Command("eval",
            "Evaluate every account of a book: equity, requirements, class. Text shows the first accounts; --csv and --json have all of them with every definition, as exact decimals.") { file };
        InputOptions inputs = RulesCommands.Inputs(command);
        command.Add(csv);
        add(rules, command, (parsed, terminal, cancel) => Run(parsed.GetRequiredValue(file), inputs.Of(parsed), parsed.GetValue(csv), terminal, cancel));
    }

    private static int Run(string file, InputSources input, bool csv, Terminal terminal, CancellationToken cancel)
    {
        if (csv && terminal.Json) throw CliFailure.BadInput("usage", "--csv and --json exclude each other");
        LoadedRulebook rulebook = RulebookLoading.Rulebook(file);
        EvaluatedBook book = RulebookLoading.Evaluate(rulebook, RulebookLoading.Inputs(rulebook, input, cancel), terminal, cancel);
        if (csv) WriteCsv(book, terminal);
        else if (!terminal.Json) Print(book, terminal);
        else terminal.Answer(ToJson(book));
        return ExitCodes.Ok;
    }

    private static void Print(EvaluatedBook book, Terminal terminal)
    {
        CoreRulebook core = book.Rulebook.Core;
        int[] columns = [.. Main.Select(name => core.Definitions.Index().First(d => d.Item.Name == name).Index)];
        terminal.Heading($"{core.Schema.Name}: {Show.Count(book.Accounts.Count)} accounts");
        int Count(AccountClass kind) => book.Classes.Count(c => c == kind);
        terminal.Say($"{Show.Count(Count(AccountClass.Healthy))} healthy, {Show.Count(Count(AccountClass.Liquidatable))} liquidatable, {Show.Count(Count(AccountClass.Bankrupt))} bankrupt; "
            + $"{Show.Count(book.Restricted.Count(r => r))} below their initial requirement");
        Table table = new Table().Border(TableBorder.Minimal).AddColumn("account");
        foreach (int column in columns) table.AddColumn(new TableColumn(core.Definitions[column].Name).RightAligned());
        table.AddColumn("class");
        for (int i = 0; i < Math.Min(book.Accounts.Count, Shown); i++)
            table.AddRow([Markup.Escape(Show.Short(book.Accounts[i].Id)), .. columns.Select(c => Amount(core.Definitions[c].Value, book.Values[i][c])), Word(book.Classes[i])]);
        terminal.Human.Write(table);
        if (book.Accounts.Count > Shown) terminal.Say($"… and {Show.Count(book.Accounts.Count - Shown)} more: --csv or --json for all of them");
        terminal.Say($"Why: fermat rules explain {book.Rulebook.Path} --input … --account {book.Accounts[0].Id}");
    }

    private static void WriteCsv(EvaluatedBook book, Terminal terminal)
    {
        CoreRulebook core = book.Rulebook.Core;
        terminal.Say("account,class," + string.Join(',', core.Definitions.Select(d => d.Name)));
        for (int i = 0; i < book.Accounts.Count; i++)
        {
            var line = new StringBuilder(Cell(book.Accounts[i].Id)).Append(',').Append(Word(book.Classes[i]));
            for (int d = 0; d < core.Definitions.Length; d++) line.Append(',').Append(Exact(core.Definitions[d].Value, book.Values[i][d]));
            terminal.Say(line.ToString());
        }
    }

    private static JsonObject ToJson(EvaluatedBook book)
    {
        CoreRulebook core = book.Rulebook.Core;
        var accounts = new JsonArray();
        for (int i = 0; i < book.Accounts.Count; i++)
        {
            var values = new JsonObject();
            for (int d = 0; d < core.Definitions.Length; d++) values[core.Definitions[d].Name] = Node(core.Definitions[d].Value, book.Values[i][d]);
            accounts.Add(new JsonObject
            {
                ["id"] = book.Accounts[i].Id,
                ["class"] = Word(book.Classes[i]),
                ["restricted"] = book.Restricted[i],
                ["values"] = values,
            });
        }
        var classes = new JsonObject();
        foreach (AccountClass kind in Enum.GetValues<AccountClass>()) classes[Word(kind)] = book.Classes.Count(c => c == kind);
        return new JsonObject { ["ok"] = true, ["rulebook"] = core.Schema.Name, ["classes"] = classes, ["accounts"] = accounts };
    }

    public static string Word(AccountClass kind) => kind.ToString().ToLowerInvariant();

    /// <summary>A value for a machine: numbers as exact decimal texts.</summary>
    public static JsonNode Node(CoreNode node, BigInteger value) => node.Type is CoreType.Flag ? JsonValue.Create(!value.IsZero) : JsonValue.Create(Exact(node, value));

    public static string Exact(CoreNode node, BigInteger value) => node.Type switch
    {
        CoreType.Number number => ScaledNumber.Format(value, number.Scale),
        CoreType.Choice choice => choice.Type.Values[(int)value],
        CoreType.Flag => value.IsZero ? "false" : "true",
        _ => value.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    /// <summary>A value for a person, cut to two decimals.</summary>
    public static string Amount(CoreNode node, BigInteger value) => node.Type is CoreType.Number number ? Show.Amount(value, number.Scale, Math.Min(number.Scale, 2)) : Exact(node, value);

    private static string Cell(string text) => text.AsSpan().IndexOfAny(",\"\n\r") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
