using System.CommandLine;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Rules.Inputs;
using Fermat.Statements;
using Fermat.Statements.Proving.Accounts;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Rulebooks;

namespace Fermat.Cli.Accounts;

/// <summary>What <c>fermat prove liquidation</c> and <c>fermat prove health</c> are made from: an opening, a rulebook, market data.</summary>
internal sealed class AccountSources
{
    private readonly Argument<string> _opening = new("opening") { Description = "The account's opening, as fermat inclusion writes it, of a book under a rulebook or of a venue that fermat run keeps." };
    private readonly Option<string> _rules = new("--rules") { Description = "The rulebook (.risk) that the account is judged by.", Required = true };
    private readonly Option<string[]> _market = new("--market", "-m") { Description = "A JSON file with market data or parameters at the opening's height; a book has them with it (repeatable).", AllowMultipleArgumentsPerToken = false };
    private readonly Option<string?> _statement = new("--statement", "-s") { Description = "In its place: the statement of the book's solvency at that height, or of the batch that ends or begins there. Its market data are taken, and the opening must be of its root." };

    public AccountSources(Command command)
    {
        command.Add(_opening);
        foreach (Option option in (Option[])[_rules, _market, _statement]) command.Add(option);
    }

    /// <summary>The rulebook's file.</summary>
    public string RulesPath(ParseResult parsed) => parsed.GetRequiredValue(_rules);

    /// <summary>Reads and checks all of it: the opening leads to its root, and its symbols are those of the market data.</summary>
    public AccountSource Read(ParseResult parsed, CancellationToken cancel)
    {
        (string rulesPath, string path) = (RulesPath(parsed), parsed.GetRequiredValue(_opening));
        LoadedRulebook loaded = RulebookLoading.Rulebook(rulesPath);
        VenueRulebook rulebook = VenueRulebook.Of(loaded.Result)!;
        string[] files = parsed.GetValue(_market) ?? [];
        IReadOnlyList<StatedBook> stated = parsed.GetValue(_statement) is { } statementPath ? StatedBooks.Read(rulebook, statementPath, brought: true) : [];
        if (stated.Count == 0 == (files.Length == 0))
            throw CliFailure.BadInput("usage", stated.Count == 0 ? "there are no market data" : "market data are given twice", hint: "--market FILE (repeatable), or --statement FILE");
        MarketData market = stated.Count > 0 ? stated[0].Market : RulebookLoading.Market(loaded, files, cancel);
        byte[] bytes = Files.Read(path, InclusionFile.MaxBytes);
        if (!InclusionFile.IsOne(bytes))
            throw CliFailure.BadInput("not-an-opening", "the file is not an opening of a book under a rulebook", path, "fermat inclusion --rules makes one; books of docs/BOOKS.md have no statements about single accounts");
        if (InclusionFile.TryRead(bytes, rulebook, out InclusionOpening? opening) is { } malformed)
            throw new CliFailure(malformed.Code == StatementRejectionCode.WrongSchema ? ExitCodes.Rejected : ExitCodes.BadInput, [VerifyCommand.Problem(malformed, path)]);
        StatedBook? statement = stated.Count == 0 ? null : StatedBooks.Choose(stated, opening!.StateRoot, opening.Height);
        var anchors = new InclusionAnchors(rulebook, statement?.StateRoot ?? opening!.StateRoot, opening!.Account.Id, opening.Account.OwnerKey) { Statement = statement };
        if (opening.Verify(anchors) is { } wrong) throw new CliFailure(ExitCodes.Rejected, [VerifyCommand.Problem(wrong, path)]);
        foreach ((int table, int record) in InclusionOpening.References(rulebook.Schema, opening.Account))
        {
            string symbol = opening.Symbols.GetValueOrDefault((table, record), "nothing"), name = rulebook.Schema.Tables[table].Name;
            string? listed = record < market.Tables[table].Length ? market.Tables[table][record].Symbol : null;
            if (listed != symbol)
                throw new CliFailure(ExitCodes.BadInput, [new Problem("other-market", $"{name} {record} of the opening is another one in the market data", path, Expected: symbol, Got: listed ?? "nothing", Hint: "take the market data of the opening's height, in their order")]);
        }
        return new AccountSource(loaded, rulebook, market, opening);
    }
}

/// <summary>An account, what it is judged by, and where it is.</summary>
/// <param name="Loaded">The rulebook's text.</param>
/// <param name="Rulebook">The rulebook.</param>
/// <param name="Market">Market data.</param>
/// <param name="Holder">The account holder's opening, which leads to its root.</param>
internal sealed record AccountSource(LoadedRulebook Loaded, VenueRulebook Rulebook, MarketData Market, InclusionOpening Holder)
{
    public AccountOpening Opening => AccountOpening.Of(Holder, Rulebook);
}
