using System.CommandLine;
using Fermat.Cli.Commands;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat rules …</c>: rulebooks.</summary>
internal static class RulesCommands
{
    public static void Add(Command root, AddCommand add)
    {
        var rules = new Command("rules",
            "Rulebooks (.risk): margin rules as text that is evaluated exactly.\n\n" +
            "  A first rulebook:              fermat rules new mine, then fermat rules check mine.risk\n" +
            "  What a book's accounts need:   fermat rules eval rules/cross_tiered.risk --input market.json --input accounts.json\n" +
            "  Why one account needs it:      fermat rules explain rules/cross_tiered.risk --input book.json --account alice\n" +
            "  Whether a rulebook is right:   fermat rules test rules/cross_tiered.risk\n" +
            "  What a change would do:        fermat rules diff old.risk new.risk --input book.json\n\n" +
            "docs/RULES.md teaches the language, docs/rulebooks/ADAPTERS.md says how to write the inputs.");
        root.Add(rules);
        TextCommands.Add(rules, add);
        EvalCommand.Add(rules, add);
        ExplainCommand.Add(rules, add);
        TestCommand.Add(rules, add);
        DiffCommand.Add(rules, add);
        ServeCommand.Add(rules, add);
    }

    public static Argument<string> FileArgument(string name = "rulebook", string description = "A rulebook: a .risk file.") => new(name) { Description = description };

    public static Option<string[]> InputOption() => new("--input", "-i")
    {
        Description = "A JSON file with parameters, market or accounts (repeatable; each of the three is in one of them).",
        Required = true,
        AllowMultipleArgumentsPerToken = true,
    };
}
