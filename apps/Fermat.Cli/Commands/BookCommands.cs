using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Margin.Books;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat book check|show|import</c>.</summary>
internal static class BookCommands
{
    public static void Add(Command root, AddCommand add)
    {
        var book = new Command("book", "Check, show and import books: a venue's accounts at one height.");
        root.Add(book);
        AddCheck(book, add);
        AddShow(book, add);
        ImportCommand.Add(book, add);
    }

    public static Argument<string> PathArgument() => new("book") { Description = "A book: a JSON file, or a directory with assets.json and accounts.csv." };

    private static void AddCheck(Command book, AddCommand add)
    {
        Argument<string> path = PathArgument();
        add(book, new Command("check", "Read a book and report every mistake with file, line, column and a hint; then its classes and whether it is solvent. Streams: any size.") { path },
            (parsed, terminal, cancel) => Check(parsed.GetRequiredValue(path), terminal, cancel));
    }

    private static int Check(string path, Terminal terminal, CancellationToken cancel)
    {
        using BookSource source = BookLoading.Open(path);
        RiskParameters parameters = RiskParameters.Create(source.Header!.Assets);
        BookTotals totals = MarginEvaluator.Totals(parameters, source.Accounts(cancel), cancel);
        if (source.Errors.Count > 0)
            throw BookLoading.Failure(source.Errors);

        IReadOnlyList<string> insolvencies = totals.Insolvencies(parameters, source.Header);
        terminal.Say($"{path}: a valid book of {Show.Count(totals.Accounts)} accounts over {source.Header.Assets.Count} assets");
        terminal.Say($"{Show.Count(totals.Healthy)} healthy, {Show.Count(totals.Liquidatable - totals.Bankrupt)} liquidatable, {Show.Count(totals.Bankrupt)} bankrupt");
        terminal.Say(insolvencies.Count == 0 ? "solvent: a proof can be made" : "NOT solvent:");
        foreach (string sentence in insolvencies)
            terminal.Say("  " + sentence);
        terminal.Answer(new JsonObject
        {
            ["ok"] = insolvencies.Count == 0,
            ["book"] = BookView.ToJson(source.Header, parameters, totals),
            ["insolvencies"] = new JsonArray([.. insolvencies.Select(s => (JsonNode)s)]),
        });
        return insolvencies.Count == 0 ? ExitCodes.Ok : ExitCodes.Rejected;
    }

    private static void AddShow(Command book, AddCommand add)
    {
        Argument<string> path = PathArgument();
        var account = new Option<string[]>("--account", "-a") { Description = "Explain the margin of this account line by line (repeatable).", AllowMultipleArgumentsPerToken = true };
        add(book, new Command("show", "Show a book's assets, reserves and claims, or single accounts explained line by line.") { path, account },
            (parsed, terminal, cancel) => Show_(parsed.GetRequiredValue(path), parsed.GetValue(account) ?? [], terminal, cancel));
    }

    private static int Show_(string path, string[] accounts, Terminal terminal, CancellationToken cancel)
    {
        using BookSource source = BookLoading.Open(path);
        RiskParameters parameters = RiskParameters.Create(source.Header!.Assets);
        var wanted = accounts.ToHashSet(StringComparer.Ordinal);
        var explained = new List<AccountExplanation>();
        var totals = new BookTotalsBuilder(parameters);
        foreach (Account account in source.Accounts(cancel))
        {
            totals.Add(account);
            if (wanted.Remove(account.Id.Value))
                explained.Add(MarginEvaluator.Explain(parameters, account));
        }

        if (source.Errors.Count > 0)
            throw BookLoading.Failure(source.Errors);
        if (wanted.Count > 0)
            throw CliFailure.BadInput("no-such-account", $"the book has no account {string.Join(", ", wanted)}", path, "ids are compared exactly, case included");

        if (accounts.Length == 0)
            BookView.Print(terminal, source.Header, parameters, totals.Build());
        foreach (AccountExplanation one in explained)
            AccountView.Print(terminal, source.Header, parameters, one);
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["book"] = BookView.ToJson(source.Header, parameters, totals.Build()),
            ["accounts"] = new JsonArray([.. explained.Select(e => AccountView.ToJson(parameters, e))]),
        });
        return ExitCodes.Ok;
    }
}
