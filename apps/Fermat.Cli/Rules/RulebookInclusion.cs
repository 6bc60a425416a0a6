using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements;
using Fermat.Statements.Proving;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat inclusion</c> and <c>fermat verify inclusion</c>: openings of leaves of a rulebook's schema.</summary>
internal static class RulebookInclusion
{
    public static int Make(SolvencyBook book, string bookPath, string? rulesPath, string id, string secretPath, string? statementPath, string output, Terminal terminal, CancellationToken cancel)
    {
        (int index, int accounts, AccountData? account) = (-1, 0, null);
        foreach (AccountData one in book.Accounts)      // which may stream: of a large book only this account is kept
        {
            if (!AccountId.TryParse(one.Id, out _)) throw CliFailure.BadInput("bad-account", $"{Show.Short(one.Id)} is not an account id", bookPath, $"1 to 64 {Identifiers.AllowedCharacters}");
            if (one.Id == id) (index, account) = (accounts, one);
            accounts++;
        }
        if (account is null) throw CliFailure.BadInput("no-such-account", $"the book has no account {id}", bookPath, "ids are compared exactly, case included");
        using VenueSecret secret = VenueSecrets.Load(secretPath);
        using var salts = new SaltDeriver(secret);
        SolvencyPublicInputs? statement = statementPath is null ? null : RulebookVerifying.ReadStatement(book.Rulebook, statementPath, brought: rulesPath is not null);
        SegmentedTree tree = Tree(book, accounts, salts, statement, cancel);
        if (statement is not null && tree.Root != statement.StateRoot)
            throw InclusionCommands.OtherRoot(statementPath!, statement.StateRoot, tree.Root);

        InclusionOpening opening = InclusionMaker.Make(book, account, index, tree, salts);
        Files.Write(output, InclusionFile.Write(book.Rulebook, opening), secret: true);
        InclusionCommands.SayMade(terminal, output, id, opening.LeafIndex, tree.Depth, tree.Root, rulesPath is null ? "" : $" --rules {rulesPath}", !opening.Account.OwnerKey.IsNone);
        return ExitCodes.Ok;
    }

    public static int Verify(string path, string? rulesPath, Digest root, string id, OwnerKey owner, bool ownerGiven, string? statementPath, Terminal terminal)
    {
        VenueRulebook rulebook = VenueRulebook.Of(RulebookLoading.Rulebook(rulesPath).Result)!;
        IReadOnlyList<StatedBook> stated = statementPath is null ? [] : StatedBooks.Read(rulebook, statementPath, brought: rulesPath is not null);
        if (stated.Count > 0 && stated.All(book => book.StateRoot != root)) throw InclusionCommands.OtherStatement(statementPath!, root, stated[0].StateRoot);
        byte[] bytes = Files.Read(path, InclusionFile.MaxBytes);
        if (InclusionFile.TryRead(bytes, rulebook, out InclusionOpening? opening) is { } malformed)
        {
            if (malformed.Code == StatementRejectionCode.WrongSchema && rulesPath is null)
                throw CliFailure.BadInput("rules.needed", "the opening is of accounts under another rulebook than the one that is built in", path, "bring the rulebook of the proof: --rules FILE");
            throw new CliFailure(malformed.Code == StatementRejectionCode.WrongSchema ? ExitCodes.Rejected : ExitCodes.BadInput, [VerifyCommand.Problem(malformed, path)]);
        }
        StatedBook? statement = stated.Count == 0 ? null : StatedBooks.Choose(stated, root, opening!.Height);
        if (opening!.Verify(new InclusionAnchors(rulebook, root, id, owner) { Statement = statement }) is { } rejection)
            throw InclusionCommands.Rejected(rejection, path, ownerGiven);

        terminal.Say($"INCLUDED: account {id} is leaf {opening.LeafIndex} under state root {root}, exactly as follows:");
        JsonObject shown = Print(terminal, rulebook.Schema, opening);
        terminal.Say(statement is null ? "Symbols are as the opening says; --statement compares them with a statement's." : $"Symbols are those of {statementPath}; that it is proven is what fermat verify says.");
        InclusionCommands.SayOwner(terminal, owner);
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["included"] = true,
            ["account"] = id,
            ["leaf"] = opening.LeafIndex,
            ["height"] = opening.Height,
            ["stateRoot"] = root.ToString(),
            ["rulebook"] = rulebook.Name,
            ["fields"] = shown["fields"]!.DeepClone(),
            ["items"] = shown["items"]!.DeepClone(),
            ["nonce"] = opening.Account.Nonce,
            ["ownerKeyChecked"] = ownerGiven,
            ["symbolsChecked"] = statement is not null,
        });
        return ExitCodes.Ok;
    }

    /// <summary>Every field of the account under the rulebook's schema.</summary>
    private static JsonObject Print(Terminal terminal, RulebookSchema schema, InclusionOpening opening)
    {
        AccountData account = opening.Account;
        terminal.Say($"  nonce {account.Nonce}");
        JsonObject fields = Fields(schema.Scalars, account.Scalars);
        if (fields.Count > 0) terminal.Say("  " + Words(fields));
        var items = new JsonObject();
        for (int c = 0; c < schema.Collections.Length; c++)
        {
            JsonObject[] list = [.. account.Items[c].Select(item => Fields(schema.Collections[c].Fields, item))];
            terminal.Say($"  {schema.Collections[c].Name}: {(list.Length == 0 ? "none" : Show.Count(list.Length))}");
            foreach (JsonObject item in list) terminal.Say("    " + Words(item));
            items[schema.Collections[c].Name] = new JsonArray([.. list]);
        }
        return new JsonObject { ["fields"] = fields, ["items"] = items };

        JsonObject Fields(ImmutableArray<SchemaField> wanted, ImmutableArray<BigInteger> values)
        {
            var node = new JsonObject();
            for (int f = 0; f < wanted.Length; f++)
                node[wanted[f].Name] = wanted[f].Type switch
                {
                    FieldType.Number { Quantity: var quantity } => ScaledNumber.Format(values[f], quantity.Scale),
                    FieldType.Flag => !values[f].IsZero,
                    FieldType.Choice { Type: var choice } => choice.Values[(int)values[f]],
                    FieldType.Reference { Table: var table } => opening.Symbols.GetValueOrDefault((table, (int)values[f]), $"number {values[f]}"),
                    _ => throw new InvalidOperationException("a private field is a number, a flag, a choice or a reference"),
                };
            return node;
        }

        static string Words(JsonObject node) => string.Join(", ", node.Select(member => $"{member.Key} {member.Value}"));
    }

    /// <summary>The tree as the statement's depths say; without a statement as a book that fits one segment is proven by default.</summary>
    private static SegmentedTree Tree(SolvencyBook book, int accounts, SaltDeriver salts, SolvencyPublicInputs? statement, CancellationToken cancel)
    {
        int depth = StateTree.DepthFor(accounts);
        try
        {
            return InclusionMaker.BuildTree(book, salts, statement?.Segments.Depth ?? depth, statement?.Depth ?? depth, cancel);
        }
        catch (ArgumentException)
        {
            return InclusionMaker.BuildTree(book, salts, depth, depth, cancel);    // another book: its own root tells more than that it does not fit
        }
    }
}
