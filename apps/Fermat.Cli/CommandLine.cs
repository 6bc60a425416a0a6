using System.CommandLine;
using System.Text.RegularExpressions;
using Fermat.Cli.Commands;
using Fermat.Cli.Configuration;
using Fermat.Cli.Output;

namespace Fermat.Cli;

/// <summary>The whole command line: every command, its options, and the one place where failures become exit codes.</summary>
internal static partial class CommandLine
{
    /// <summary>Valid on every command: one JSON document on standard output instead of text.</summary>
    public static readonly Option<bool> JsonOption = new("--json") { Description = "Answer with one JSON document on standard output (errors too).", Recursive = true };

    public static int Run(string[] arguments, TextWriter output, TextWriter error, Settings? settings = null)
    {
        settings ??= Settings.OfProcess;
        RootCommand root = Build(output, error, settings);
        try
        {
            if (arguments.FirstOrDefault() != ConfigCommand.Name) settings.Apply(root); // the command that sets them right must run when they are wrong
        }
        catch (CliFailure failure)
        {
            new Terminal(output, error, arguments.Contains("--json")).Fail(failure);
            return failure.ExitCode;
        }

        ParseResult parsed = root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });                       // @FILE is the option's own
        if (parsed.Errors.Count > 0)
        {
            var terminal = new Terminal(output, error, arguments.Contains("--json"));
            string command = parsed.CommandResult.Command is RootCommand ? "" : " " + Path(parsed.CommandResult);
            terminal.Fail(new CliFailure(ExitCodes.BadInput,
                [.. UsageMessages(parsed).Select(message => new Problem("usage", message, Hint: $"fermat{command} --help"))]));
            return ExitCodes.BadInput;
        }

        HideArgumentsOfParents(parsed.CommandResult);

        using var stop = new CancellationTokenSource();
        return parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false }, stop.Token).GetAwaiter().GetResult();
    }

    private static RootCommand Build(TextWriter output, TextWriter error, Settings settings)
    {
        var root = new RootCommand(
            "Fermat proves that a venue's margins are right, in zero knowledge.\n\n" +
            "  A first look:        fermat demo\n" +
            "  Your own book:       fermat book check book.json\n" +
            "                       fermat prove solvency --book book.json --output proof/\n" +
            "  Anyone may verify:   fermat verify proof/solvency.proof --statement proof/solvency.statement.json\n" +
            "  An account holder:   fermat verify inclusion alice.inclusion.json --state-root HEX --account alice\n\n" +
            "Exit codes: 0 ok, 1 rejected proof or insolvent book, 2 bad input, 3 internal error or stopped.")
        {
            JsonOption,
        };
        root.HelpName = "fermat";

        void Add(Command parent, Command command, Func<ParseResult, Terminal, CancellationToken, int> run)
        {
            command.SetAction((parsed, cancellation) => Task.FromResult(Guard(parsed, output, error, cancellation, run)));
            parent.Add(command);
        }

        CommandTree.Build(root, Add, settings);
        return root;
    }

    /// <summary>Runs one command; a <see cref="CliFailure"/> is the user's to fix, anything else is ours.</summary>
    private static int Guard(ParseResult parsed, TextWriter output, TextWriter error, CancellationToken cancellation, Func<ParseResult, Terminal, CancellationToken, int> run)
    {
        var terminal = new Terminal(output, error, parsed.GetValue(JsonOption));
        try
        {
            return run(parsed, terminal, cancellation);
        }
        catch (CliFailure failure)
        {
            terminal.Fail(failure);
            return failure.ExitCode;
        }
        catch (OperationCanceledException)
        {
            terminal.Fail(new CliFailure(ExitCodes.Internal, "cancelled", "stopped before the end; no file was left half written"));
            return ExitCodes.Internal;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            terminal.Fail(CliFailure.BadInput("file-not-found", exception.Message, (exception as FileNotFoundException)?.FileName, "check the path"));
            return ExitCodes.BadInput;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            terminal.Fail(CliFailure.BadInput("file-access", exception.Message, hint: "check permissions and free space"));
            return ExitCodes.BadInput;
        }
        catch (Exception exception)
        {
            terminal.Fail(new CliFailure(ExitCodes.Internal, "internal", $"{exception.GetType().Name}: {exception.Message}", hint: "this is a bug: please report it with the command and, if you can, the input; FERMAT_DEBUG=1 prints the stack"));
            if (Environment.GetEnvironmentVariable("FERMAT_DEBUG") == "1")
                error.WriteLine(exception);
            return ExitCodes.Internal;
        }
    }

    /// <summary>The parser's sentences without the names of .NET types, and without "command required" where a mistyped command is the reason.</summary>
    private static IEnumerable<string> UsageMessages(ParseResult parsed)
    {
        bool mistyped = parsed.UnmatchedTokens.Count > 0;
        string[] messages = [.. parsed.Errors.Select(e => DotNetType().Replace(e.Message, ": not a whole number, or out of range.").Replace("\n\t", " ", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal))];
        string[] specific = [.. messages.Where(m => !m.StartsWith("Required command", StringComparison.Ordinal))];
        return mistyped && specific.Length > 0 ? specific : messages;
    }

    [GeneratedRegex(@" as expected type 'System\.(Nullable`1\[System\.)?U?Int\d+\]?'\.")]
    private static partial Regex DotNetType();

    /// <summary>So that the help of <c>verify inclusion</c> does not ask for the proof that <c>verify</c> takes.</summary>
    private static void HideArgumentsOfParents(System.CommandLine.Parsing.CommandResult result)
    {
        for (System.CommandLine.Parsing.SymbolResult? at = result.Parent; at is System.CommandLine.Parsing.CommandResult parent; at = parent.Parent)
            foreach (Argument argument in parent.Command.Arguments)
                argument.Hidden = true;
    }

    private static string Path(System.CommandLine.Parsing.CommandResult result)
    {
        var names = new List<string>();
        for (System.CommandLine.Parsing.SymbolResult? at = result; at is System.CommandLine.Parsing.CommandResult command; at = command.Parent)
            if (command.Command is not RootCommand)
                names.Insert(0, command.Command.Name);
        return string.Join(' ', names);
    }
}
