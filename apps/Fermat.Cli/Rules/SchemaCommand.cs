using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Rules.Inputs;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat rules schema</c>: what the inputs of a rulebook look like.</summary>
internal static class SchemaCommand
{
    public static void Add(Command rules, AddCommand add)
    {
        Argument<string> file = RulesCommands.FileArgument();
        add(rules, new Command("schema", "Print the JSON Schema of a rulebook's inputs: parameters, market tables, accounts.") { file }, (parsed, terminal, _) => Run(parsed.GetRequiredValue(file), terminal));
    }

    private static int Run(string file, Terminal terminal)
    {
        string schema = Encoding.UTF8.GetString(InputSchema.Write(RulebookLoading.Rulebook(file).Core.Schema).Span);
        terminal.Say(schema.TrimEnd());
        terminal.Answer(new JsonObject { ["ok"] = true, ["schema"] = JsonNode.Parse(schema) });
        return ExitCodes.Ok;
    }
}
