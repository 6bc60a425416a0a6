using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Margin.Books;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat book import</c>: other people's files into a book.</summary>
internal static class ImportCommand
{
    public static void Add(Command book, AddCommand add)
    {
        var users = new Option<string[]>("--users", "-u") { Description = "CSV files of users (e_, d_, vl_, m_, pm_ columns per asset).", Required = true, AllowMultipleArgumentsPerToken = true };
        var assets = new Option<string>("--assets") { Description = "CSV file of assets: symbol, price, three haircut ladders ([from-to:percent kept, …]).", Required = true };
        var output = new Option<string>("--output", "-o") { Description = "Where to write: a .json file, or a directory for the CSV form.", Required = true };
        var skip = new Option<bool>("--skip-invalid") { Description = "Leave inconsistent users out and name them, instead of refusing the file." };
        var scale = new Option<int>("--amount-scale") { Description = "Decimals every amount is booked in.", DefaultValueFactory = _ => 8 };
        var venue = new Option<string>("--venue") { Description = "Name of the venue in the book.", DefaultValueFactory = _ => "exchange sample" };
        var command = new Command(
            "import",
            "Import an exchange's proof-of-solvency sample (CSV). Every inconsistent row is named with column and reason; reserves are constructed as Σ (equity − debt) and labelled so.")
        {
            users, assets, output, skip, scale, venue,
        };
        add(book, command, (parsed, terminal, cancel) => Run(
            new ExchangeSampleOptions(parsed.GetRequiredValue(assets), parsed.GetRequiredValue(users))
            {
                Venue = parsed.GetRequiredValue(venue),
                AmountScale = parsed.GetValue(scale),
                SkipInvalid = parsed.GetValue(skip),
            },
            parsed.GetRequiredValue(output), terminal, cancel));
    }

    private static int Run(ExchangeSampleOptions options, string output, Terminal terminal, CancellationToken cancel)
    {
        ImportResult result = ExchangeSampleImporter.Import(options, cancel);
        if (result.Book is not { } book)
            throw BookLoading.Failure(result.Errors);

        Save(output, book.Header, book.Accounts);
        terminal.Say($"{output}: {Show.Count(book.Accounts.Count)} accounts over {book.Assets.Count} assets");
        if (result.Skipped.Count > 0)
            terminal.Say($"{result.Skipped.Count} users left out:");
        foreach (SkippedUser user in result.Skipped)
            foreach (BookError reason in user.Reasons)
                terminal.Say($"  {Show.Short(user.Id)}  {reason.File}:{reason.Line}:{reason.Column}: {reason.Message}");
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["output"] = output,
            ["accounts"] = book.Accounts.Count,
            ["assets"] = book.Assets.Count,
            ["skipped"] = new JsonArray([.. result.Skipped.Select(user => (JsonNode)new JsonObject
            {
                ["id"] = user.Id,
                ["reasons"] = new JsonArray([.. user.Reasons.Select(r => (JsonNode)new JsonObject
                {
                    ["code"] = r.CodeText, ["message"] = r.Message, ["place"] = new JsonObject { ["file"] = r.File, ["line"] = r.Line, ["column"] = r.Column },
                })]),
            })]),
        });
        return ExitCodes.Ok;
    }

    /// <summary>Writes a book where the path says: JSON for a .json file, the CSV form otherwise.</summary>
    public static void Save(string output, BookHeader header, IEnumerable<Account> accounts)
    {
        if (output.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            if (Path.GetDirectoryName(Path.GetFullPath(output)) is { Length: > 0 } parent)
                Directory.CreateDirectory(parent);
            BookWriter.SaveJson(output, header, accounts);
        }
        else
        {
            Directory.CreateDirectory(output);
            BookWriter.SaveCsv(output, header, accounts);
        }
    }
}
