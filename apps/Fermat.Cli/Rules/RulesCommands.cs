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
            "  What a change would do:        fermat rules diff old.risk new.risk --input book.json\n" +
            "  What the inputs look like:     fermat rules schema rules/cross_tiered.risk\n" +
            "  What a proof of it costs:      fermat rules cost rules/cross_tiered.risk\n\n" +
            "docs/RULES.md teaches the language, docs/rulebooks/ADAPTERS.md says how to write the inputs. --book takes a book of docs/BOOKS.md where the rulebook has its tables, as exchange_sample has.");
        root.Add(rules);
        TextCommands.Add(rules, add);
        EvalCommand.Add(rules, add);
        ExplainCommand.Add(rules, add);
        TestCommand.Add(rules, add);
        DiffCommand.Add(rules, add);
        ServeCommand.Add(rules, add);
        SchemaCommand.Add(rules, add);
        CostCommand.Add(rules, add);
    }

    public static Argument<string> FileArgument(string name = "rulebook", string description = "A rulebook: a .risk file.") => new(name) { Description = description };

    public static InputOptions Inputs(Command command)
    {
        var options = new InputOptions(
            new("--input", "-i")
            {
                Description = "A JSON file with parameters, market, accounts or book (repeatable; each of the four is in one of them).",
                AllowMultipleArgumentsPerToken = true,
            },
            new("--book", "-b") { Description = "The book: JSON with market and accounts, or a book of docs/BOOKS.md (assets with ladders, balances with equity, debt and three kinds of collateral)." });
        command.Add(options.Input);
        command.Add(options.Book);
        return options;
    }
}

/// <summary>Where a rulebook's inputs come from.</summary>
/// <param name="Input">JSON files.</param>
/// <param name="Book">A book.</param>
internal sealed record InputOptions(Option<string[]> Input, Option<string> Book)
{
    public InputSources Of(ParseResult parsed) => new(parsed.GetValue(Input) ?? [], parsed.GetValue(Book));
}

/// <summary>Files with inputs.</summary>
/// <param name="Files">JSON files.</param>
/// <param name="Book">A book, or null.</param>
internal sealed record InputSources(IReadOnlyList<string> Files, string? Book);
