using System.CommandLine;
using Fermat.Cli.Configuration;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Cli.Venue;

namespace Fermat.Cli.Commands;

/// <summary>Adds a runnable command below a parent.</summary>
internal delegate void AddCommand(Command parent, Command command, Func<ParseResult, Terminal, CancellationToken, int> run);

/// <summary>The commands, in the order the help shows them.</summary>
internal static class CommandTree
{
    public static void Build(RootCommand root, AddCommand add, Settings settings)
    {
        DemoCommand.Add(root, add);
        BookCommands.Add(root, add);
        ProveCommand.Add(root, add);
        VerifyCommand.Add(root, add);
        RulesCommands.Add(root, add);
        RunCommand.Add(root, add);
        ReplayCommand.Add(root, add);
        WhatIfCommand.Add(root, add);
        Prices.PricesCommands.Add(root, add);
        InclusionCommands.AddMake(root, add);
        EventCommands.Add(root, add);
        Accounts.OwnerCommands.Add(root, add);
        GenerateCommand.Add(root, add);
        ConfigCommand.Add(root, add, settings);
        VersionCommand.Add(root, add);
        CompletionCommand.Add(root, add);
    }
}
