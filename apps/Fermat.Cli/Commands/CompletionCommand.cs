using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat completion SHELL</c>: a script that asks <c>fermat [suggest]</c> for the words that fit.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _fermat() {
          local IFS=$'\n'
          local word="${COMP_WORDS[COMP_CWORD]}"
          COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${COMP_POINT}]" "${COMP_LINE}" 2>/dev/null | if [[ $word == -* ]]; then cat; else grep -v '^[-/]'; fi)" -- "$word"))
        }
        complete -o default -F _fermat fermat ./fermat
        """;

    private const string Zsh = """
        #compdef fermat
        _fermat() {
          local -a words_
          words_=("${(@f)$("${words[1]}" "[suggest:${CURSOR}]" "${BUFFER}" 2>/dev/null)}")
          compadd -a words_
        }
        compdef _fermat fermat
        """;

    private const string Fish = """
        complete -c fermat -a '(fermat "[suggest:"(commandline -C)"]" (commandline -p) 2>/dev/null)'
        """;

    public static void Add(Command root, AddCommand add)
    {
        var shell = new Argument<string>("shell") { Description = "bash, zsh or fish." };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish");
        var command = new Command("completion", "Print a completion script, e.g. for bash:  source <(fermat completion bash)") { shell };
        add(root, command, (parsed, terminal, _) => Run(parsed.GetRequiredValue(shell), terminal));
    }

    private static int Run(string shell, Terminal terminal)
    {
        string script = shell switch { "bash" => Bash, "zsh" => Zsh, _ => Fish };
        foreach (string line in script.Split('\n'))
            terminal.Say(line.TrimEnd('\r'));
        terminal.Answer(new JsonObject { ["ok"] = true, ["shell"] = shell, ["script"] = script });
        return ExitCodes.Ok;
    }
}
