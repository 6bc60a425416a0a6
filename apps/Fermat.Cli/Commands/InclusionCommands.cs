using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Cli.Venue;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Statements;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat inclusion</c> (the venue makes an opening) and <c>fermat verify inclusion</c> (the account holder checks it).</summary>
internal static class InclusionCommands
{
    public static void AddMake(Command root, AddCommand add)
    {
        var book = new Option<string?>("--book", "-b") { Description = "The book that was proven." };
        var data = new Option<string?>("--data", "-d") { Description = "The folder of a venue that fermat run keeps: its log is booked anew up to the height, and written to by nobody." };
        var account = new Option<string>("--account", "-a") { Description = "The account's id.", Required = true };
        var secret = new Option<string?>("--secret") { Description = $"The venue's secret the proof was made with. Default: {VenueSecrets.FileName} in the venue's folder, or for a book in the working directory." };
        var statement = new Option<string?>("--statement", "-s") { Description = "Of a book: the statement that was proven: gives the depths of the tree and its segments, and the root that the opening must lead to." };
        var rules = new Option<string?>("--rules", "-r") { Description = "The rulebook that the book or the batches were proven under; of a book without it rules/exchange_sample.risk, built in." };
        var parameters = new Option<string[]>("--parameters", "-p") { Description = "Of a book: a JSON file with parameters, market or book, as given to fermat prove solvency (repeatable)." };
        var height = new Option<ulong?>("--height") { Description = "Of a venue: after so many events. Default: where the last batch that is proven ends, whose root everybody knows." };
        var market = new Option<string?>("--market", "-m") { Description = "Of a venue: a file to write the parameters and market data of that height to. Not needed where a batch ends or begins: its statement has them." };
        var depth = new Option<int?>("--depth") { Description = "Of a venue: the depth of the state tree, where no batch is proven that says it." };
        var binding = new Option<string?>("--binding") { Description = "Of a venue: the binding that it runs with (fermat run --binding)." };
        var output = new Option<string>("--output", "-o") { Description = "The file to write. It is the account holder's own: who has it knows the account.", Required = true };
        var command = new Command("inclusion",
            "Make one account holder's opening: its leaf in full with the path to the state root.\n\n" +
            "  Of a book that was proven solvent:     fermat inclusion --book book.json --account alice --statement proof/solvency.statement.json -o alice.inclusion.json\n" +
            "  Of a venue, where its proofs end:      fermat inclusion --data venue --rules rules/cross_perps.risk --account alice -o alice.inclusion.json\n" +
            "  As a batch of events 21 to 40 begins:  fermat inclusion --data venue --rules rules/cross_perps.risk --account alice --height 20 -o alice.inclusion.json\n\n" +
            "The holder checks it (fermat verify inclusion), proves with it what is free (fermat prove health) or that a liquidation was due or too early (fermat prove liquidation). " +
            "Of a venue the whole log up to the height is read, and the account is as it was after exactly so many events. Where a batch begins or ends there, its statement has the root and the market data, and is named; of any other height the root is the venue's word.")
        { book, data, rules, parameters, account, height, secret, statement, market, depth, binding, output };
        add(root, command, (parsed, terminal, cancel) =>
        {
            string id = parsed.GetRequiredValue(account), to = parsed.GetRequiredValue(output);
            if (parsed.GetValue(data) is { } folder)
            {
                Only(parsed, "a book", book, statement, parameters);
                return VenueInclusion.Make(
                    new VenueInclusion.Wanted(folder, parsed.GetValue(rules), id, parsed.GetValue(height), parsed.GetValue(secret), parsed.GetValue(market), parsed.GetValue(depth), parsed.GetValue(binding), to), terminal, cancel);
            }
            Only(parsed, "a venue", height, market, depth, binding);
            string file = parsed.GetValue(book) ?? throw CliFailure.BadInput("usage", "of what the opening is is not said", hint: "--book FILE of a book that was proven, or --data FOLDER of a venue that fermat run keeps");
            return RulebookInclusion.Make(
                RulebookProving.Book(parsed.GetValue(rules), file, parsed.GetValue(parameters) ?? [], cancel), file, parsed.GetValue(rules), id, parsed.GetValue(secret) ?? VenueSecrets.FileName, parsed.GetValue(statement), to, terminal, cancel);
        });
    }

    private static void Only(ParseResult parsed, string of, params Option[] options)
    {
        foreach (Option option in options)
            if (parsed.GetResult(option) is { Implicit: false }) throw CliFailure.BadInput("usage", $"{option.Name} is of {of}", hint: "fermat inclusion --help");
    }

    public static void AddVerify(Command verify, AddCommand add)
    {
        var file = new Argument<string>("opening") { Description = "The opening the venue gave you." };
        var stateRoot = new Option<string>("--state-root") { Description = "The state root of the proof, from a place you trust (hex).", Required = true };
        var account = new Option<string>("--account", "-a") { Description = "Your account's id.", Required = true };
        var owner = new Option<string?>("--owner-key") { Description = "Your own key (64 hex digits), needed if your venue books one: one leaf must not serve two users." };
        var statement = new Option<string?>("--statement", "-s") { Description = "The statement file, of solvency or of a batch (with --rules), to check height and symbols against it." };
        var rules = new Option<string?>("--rules") { Description = "The rulebook of the proof, which says what the leaf's numbers mean; without it rules/exchange_sample.risk, built in." };
        add(verify, new Command("inclusion", "Check that your account, exactly as shown, is in the book that was proven. Needs nothing from the venue but the opening.\n\n" +
            "  Of a book:    fermat verify inclusion alice.inclusion.json --state-root HEX --account alice\n" +
            "  Of a venue:   fermat verify inclusion alice.inclusion.json --state-root HEX --account alice --rules rules/cross_perps.risk --statement venue/proofs/BATCH.statement.json\n\n" +
            "The root is that of a statement whose proof you verified (fermat verify solvency, fermat verify batch).") { file, stateRoot, account, owner, statement, rules },
            (parsed, terminal, _) => Verify(
                parsed.GetRequiredValue(file), parsed.GetRequiredValue(stateRoot), parsed.GetRequiredValue(account), parsed.GetValue(owner), parsed.GetValue(statement), parsed.GetValue(rules), terminal));
    }

    private static int Verify(string path, string rootHex, string id, string? ownerHex, string? statementPath, string? rulesPath, Terminal terminal)
    {
        Digest root = VerifyCommand.ParseDigest(rootHex, "--state-root")!.Value;
        if (!AccountId.TryParse(id, out _))
            throw CliFailure.BadInput("bad-account", $"--account: {id} is not an account id", hint: $"1 to 64 {Identifiers.AllowedCharacters}");
        OwnerKey owner = OwnerKey.None;
        if (ownerHex is not null && !OwnerKey.TryParse(ownerHex, out owner))
            throw CliFailure.BadInput("bad-key", "--owner-key: expected 64 hexadecimal digits");
        return RulebookInclusion.Verify(path, rulesPath, root, id, owner, ownerHex is not null, statementPath, terminal);
    }

    /// <summary>Another book, or another secret, than the statement's.</summary>
    public static CliFailure OtherRoot(string statementPath, Digest expected, Digest got) => new(ExitCodes.BadInput, [new Problem(
        "other-root", "this book with this secret is not the one in the statement", statementPath, Expected: expected.ToString(), Got: got.ToString(),
        Hint: "take the book and the secret that the proof was made from")]);

    /// <summary>A statement about another root than the one that the holder trusts.</summary>
    public static CliFailure OtherStatement(string path, Digest root, Digest got) => new(ExitCodes.Rejected, [new Problem(
        "statement.wrong-state-root", "the statement is about another state root than --state-root", path, Expected: root.ToString(), Got: got.ToString(),
        Hint: "take the statement whose proof you verified")]);

    /// <summary>An opening that is not the holder's.</summary>
    public static CliFailure Rejected(StatementRejection rejection, string path, bool ownerGiven)
    {
        Problem problem = VerifyCommand.Problem(rejection, path);
        if (rejection.Code == StatementRejectionCode.WrongOwnerKey && !ownerGiven)
            problem = problem with { Expected = "no owner key (--owner-key is not given)", Hint = "the venue books a key with this account: give yours with --owner-key, from your own records, not from the opening" };
        return new CliFailure(ExitCodes.Rejected, [problem]);
    }

    /// <summary>Says what was written and whose it is.</summary>
    public static void SayMade(Terminal terminal, string output, string id, int leaf, int depth, Digest root, string rules, bool hasKey)
    {
        terminal.Say($"{output}: account {id}, leaf {leaf} of 2^{depth}, under state root {root}");
        terminal.Say("Give it to the account holder alone; it shows the account's balances. The holder checks it with:");
        terminal.Say($"  fermat verify inclusion {output}{rules} --state-root {root} --account {id}{(hasKey ? " --owner-key KEY" : "")}");
        terminal.Answer(new JsonObject { ["ok"] = true, ["output"] = output, ["account"] = id, ["leaf"] = leaf, ["stateRoot"] = root.ToString() });
    }

    public static void SayOwner(Terminal terminal, OwnerKey owner)
    {
        if (owner == OwnerKey.None)
            terminal.Say("The leaf names no owner key: another user with the same id and balances could be shown the same leaf. Ask your venue to book your key.");
    }
}
