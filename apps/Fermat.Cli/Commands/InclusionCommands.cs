using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
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
        var book = new Option<string>("--book", "-b") { Description = "The book that was proven.", Required = true };
        var account = new Option<string>("--account", "-a") { Description = "The account's id.", Required = true };
        var secret = new Option<string>("--secret") { Description = "The venue's secret the proof was made with.", DefaultValueFactory = _ => VenueSecrets.FileName };
        var statement = new Option<string?>("--statement", "-s") { Description = "The statement that was proven: gives the depths of the tree and its segments, and the root that the opening must lead to." };
        var rules = new Option<string?>("--rules") { Description = "The rulebook that the book was proven under; without it rules/exchange_sample.risk, built in." };
        var parameters = new Option<string[]>("--parameters", "-p") { Description = "A JSON file with parameters, market or book, as given to fermat prove solvency (repeatable)." };
        var output = new Option<string>("--output", "-o") { Description = "The file to write. It is the account holder's own: who has it knows the account.", Required = true };
        add(root, new Command("inclusion", "Make one account holder's opening: its leaf in full with the path to the state root.") { book, rules, parameters, account, secret, statement, output },
            (parsed, terminal, cancel) => RulebookInclusion.Make(
                RulebookProving.Book(parsed.GetValue(rules), parsed.GetRequiredValue(book), parsed.GetValue(parameters) ?? [], cancel), parsed.GetRequiredValue(book), parsed.GetValue(rules), parsed.GetRequiredValue(account),
                parsed.GetRequiredValue(secret), parsed.GetValue(statement), parsed.GetRequiredValue(output), terminal, cancel));
    }

    public static void AddVerify(Command verify, AddCommand add)
    {
        var file = new Argument<string>("opening") { Description = "The opening the venue gave you." };
        var stateRoot = new Option<string>("--state-root") { Description = "The state root of the proof, from a place you trust (hex).", Required = true };
        var account = new Option<string>("--account", "-a") { Description = "Your account's id.", Required = true };
        var owner = new Option<string?>("--owner-key") { Description = "Your own key (64 hex digits), needed if your venue books one: one leaf must not serve two users." };
        var statement = new Option<string?>("--statement", "-s") { Description = "The statement file, to check symbols against it." };
        var rules = new Option<string?>("--rules") { Description = "The rulebook of the proof, which says what the leaf's numbers mean; without it rules/exchange_sample.risk, built in." };
        add(verify, new Command("inclusion", "Check that your account, exactly as shown, is in the book that was proven. Needs nothing from the venue but the opening.\n\n  fermat verify inclusion alice.inclusion.json --state-root HEX --account alice") { file, stateRoot, account, owner, statement, rules },
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
