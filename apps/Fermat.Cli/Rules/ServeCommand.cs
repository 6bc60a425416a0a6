using System.CommandLine;
using Fermat.Cli.Commands;
using Fermat.Cli.LanguageServer;
using Fermat.Cli.Output;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat rules serve</c>: a language server on standard input and output.</summary>
internal static class ServeCommand
{
    public static void Add(Command rules, AddCommand add) => add(
        rules,
        new Command("serve", "A language server for editors, over standard input and output: errors as you type, hover, definition, references, rename, completion, formatting, outline. "
            + "editors/vscode has the extension for VS Code."),
        Run);

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        using Stream input = Console.OpenStandardInput(), output = Console.OpenStandardOutput();
        try
        {
            return new RiskLanguageServer(new BufferedStream(input), output).Run();
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException)
        {
            Console.Error.WriteLine($"fermat rules serve: {fault.Message}");
            return ExitCodes.BadInput;
        }
    }
}
