using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Margin.Books;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat generate</c>: a deterministic book of any size.</summary>
internal static class GenerateCommand
{
    public static void Add(Command root, AddCommand add)
    {
        var accounts = new Option<int>("--accounts", "-n") { Description = "How many accounts.", Required = true };
        accounts.MustBe(0, int.MaxValue);
        var items = new Option<int>("--items") { Description = "Assets held per account, at most as many as there are.", DefaultValueFactory = _ => 4 };
        items.MustBe(1, int.MaxValue);
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same book, byte for byte.", DefaultValueFactory = _ => 1 };
        var liquidatable = new Option<int>("--liquidatable") { Description = "Liquidatable accounts per thousand.", DefaultValueFactory = _ => 3 };
        var bankrupt = new Option<int>("--bankrupt") { Description = "Bankrupt accounts per million (the insurance fund is set to cover them).", DefaultValueFactory = _ => 0 };
        var assets = new Option<string?>("--assets-from") { Description = "Take assets, prices and tiers from this book instead of the built-in four." };
        var output = new Option<string>("--output", "-o") { Description = "Where to write: a .json file, or a directory for the CSV form (streams, any size).", Required = true };
        var command = new Command("generate", "Make a deterministic book of any size, with a realistic, heavy-tailed spread of account sizes.") { accounts, items, seed, liquidatable, bankrupt, assets, output };
        add(root, command, (parsed, terminal, cancel) =>
        {
            IReadOnlyList<Asset>? from = null;
            if (parsed.GetValue(assets) is { } path)
            {
                using BookSource source = BookLoading.Open(path);
                from = source.Header!.Assets;
            }

            return Run(
                new BookGeneratorOptions(parsed.GetValue(accounts))
                {
                    Seed = parsed.GetValue(seed),
                    ItemsPerAccount = parsed.GetValue(items),
                    LiquidatablePerMille = parsed.GetValue(liquidatable),
                    BankruptPerMillion = parsed.GetValue(bankrupt),
                    Assets = from,
                },
                parsed.GetRequiredValue(output), terminal, cancel);
        });
    }

    private static int Run(BookGeneratorOptions options, string output, Terminal terminal, CancellationToken cancel)
    {
        BookGenerator generator;
        try
        {
            generator = new BookGenerator(options, cancel);
        }
        catch (ArgumentException wrong)
        {
            throw CliFailure.BadOption(wrong, "fermat generate --help");
        }

        ImportCommand.Save(output, generator.Header, generator.Accounts(cancel));
        int items = Math.Min(options.ItemsPerAccount, generator.Header.Assets.Count);
        terminal.Say($"{output}: {Show.Count(options.Accounts)} accounts, {items} balances each, {generator.Header.Assets.Count} assets, seed {options.Seed}");
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["output"] = output,
            ["accounts"] = options.Accounts,
            ["itemsPerAccount"] = items,
            ["assets"] = generator.Header.Assets.Count,
            ["seed"] = options.Seed,
        });
        return ExitCodes.Ok;
    }
}
