using System.Text;
using System.Text.Json.Nodes;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Statements.Solvency;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Account holders' openings under rulebooks: the leaf in full, and nothing else than the holder's own is accepted.</summary>
public sealed class InclusionTests
{
    private static readonly SaltDeriver Salts = new(new VenueSecret(new byte[VenueSecret.Length]));

    internal static SolvencyBook Book { get; } = SolvencyScene.BookOf(SolvencyScene.Compile(EveryField.Rulebook), Encoding.UTF8.GetBytes(EveryField.Book));

    internal static SegmentedTree Tree { get; } = InclusionMaker.BuildTree(Book, Salts, 2, 2);

    internal static InclusionOpening Opening(int account = 0) => InclusionMaker.Make(Book, Book.Accounts.ElementAt(account), account, Tree, Salts);

    internal static InclusionAnchors Anchors(InclusionOpening opening) => new(Book.Rulebook, Tree.Root, opening.Account.Id, opening.Account.OwnerKey);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Every_account_has_an_opening_that_its_file_gives_back(int account)
    {
        InclusionOpening opening = Opening(account);
        Assert.Null(opening.Verify(Anchors(opening)));
        byte[] file = InclusionFile.Write(Book.Rulebook, opening);
        Assert.True(InclusionFile.IsOne(file));
        Assert.Null(InclusionFile.TryRead(file, Book.Rulebook, out InclusionOpening? read));
        Assert.Null(read!.Verify(Anchors(opening)));
        Assert.Equal(file, InclusionFile.Write(Book.Rulebook, read));
    }

    [Fact]
    public void A_file_that_names_another_rulebook_is_not_read()
    {
        JsonNode file = JsonNode.Parse(InclusionFile.Write(Book.Rulebook, Opening()))!;
        file["rulebook"] = "another";
        StatementRejection rejection = InclusionFile.TryRead(Encoding.UTF8.GetBytes(file.ToJsonString()), Book.Rulebook, out _)!;
        Assert.Equal(StatementRejectionCode.MalformedFile, rejection.Code);
        Assert.Contains("every_field", rejection.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_root_is_that_of_the_proof()
    {
        SolvencyOutcome proof = SolvencyProver.Prove(SolvencyScene.BookOf("cross_tiered"), Salts, new SolvencyProverOptions { ProvenBits = 30, HashSlots = 2, SegmentDepth = 1 });
        SolvencyBook book = SolvencyScene.BookOf("cross_tiered");
        SegmentedTree tree = InclusionMaker.BuildTree(book, Salts, proof.Inputs!.Segments.Depth, proof.Inputs.Depth);
        Assert.Equal(proof.Inputs.StateRoot, tree.Root);
        foreach ((int i, AccountData account) in book.Accounts.Index())
            Assert.Null(InclusionMaker.Make(book, account, i, tree, Salts).Verify(new(book.Rulebook, proof.Inputs.StateRoot, account.Id, OwnerKey.None) { Statement = StatedBook.Of(proof.Inputs) }));
    }

    [Fact]
    public void Whatever_is_shown_is_what_was_hashed()
    {
        InclusionOpening opening = Opening();
        AccountData account = opening.Account;
        AccountData[] others =
        [
            account with { Nonce = account.Nonce - 1 },
            account with { Scalars = account.Scalars.SetItem(0, 0) },
            account with { Scalars = account.Scalars.SetItem(2, account.Scalars[2] + 1) },
            account with { Items = account.Items.SetItem(2, []) },
            .. Enumerable.Range(0, account.Items.Length).SelectMany(c => Enumerable.Range(0, account.Items[c][0].Length), (c, f) => (c, f)).Select(at => account with
            {
                Items = account.Items.SetItem(at.c, account.Items[at.c].SetItem(0, account.Items[at.c][0].SetItem(at.f, account.Items[at.c][0][at.f] == 0 ? 1 : 0))),
            }),
        ];
        foreach (AccountData other in others)
            Assert.Contains((opening with { Account = other }).Verify(Anchors(opening))!.Code, new[] { StatementRejectionCode.NotUnderRoot, StatementRejectionCode.OutOfRange });
        Assert.Contains(others, other => (opening with { Account = other }).Verify(Anchors(opening))!.Code == StatementRejectionCode.NotUnderRoot);
    }

    [Fact]
    public void One_leaf_does_not_serve_two_owners()
    {
        InclusionOpening opening = Opening();
        Assert.False(opening.Account.OwnerKey.IsNone);
        Assert.Equal(StatementRejectionCode.WrongOwnerKey, opening.Verify(Anchors(opening) with { OwnerKey = OwnerKey.None })!.Code);
        InclusionOpening renamed = opening with { Account = opening.Account with { OwnerKey = OwnerKey.None } };
        Assert.Equal(StatementRejectionCode.NotUnderRoot, renamed.Verify(Anchors(opening) with { OwnerKey = OwnerKey.None })!.Code);
        Assert.Equal(StatementRejectionCode.WrongAccount, opening.Verify(Anchors(opening) with { AccountId = "bob" })!.Code);
    }

    [Fact]
    public void A_path_of_another_length_or_slot_loses_the_root()
    {
        InclusionOpening opening = Opening();
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (opening with { LeafIndex = 1 }).Verify(Anchors(opening))!.Code);
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (opening with { Path = opening.Path.Add(StateTreeHash.Empty(2)) }).Verify(Anchors(opening))!.Code);
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (opening with { Path = opening.Path.RemoveAt(1) }).Verify(Anchors(opening))!.Code);
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (opening with { Path = [opening.Path[1], opening.Path[0]] }).Verify(Anchors(opening))!.Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, (opening with { LeafIndex = 4 }).Verify(Anchors(opening))!.Code);
    }

    [Fact]
    public void An_opening_is_only_made_of_the_account_that_is_there()
    {
        AccountData account = Book.Accounts.First();
        Assert.Throws<ArgumentException>(() => InclusionMaker.Make(Book, account with { Nonce = account.Nonce + 1 }, 0, Tree, Salts));
        Assert.Throws<ArgumentException>(() => InclusionMaker.Make(Book, account, 1, Tree, Salts));
    }

    [Fact]
    public void Another_rulebooks_schema_reads_nothing_of_it()
    {
        InclusionOpening opening = Opening();
        VenueRulebook other = SolvencyScene.Compile(EveryField.Rulebook.Replace("quantity Odd scale 0 in [-3, 300]", "quantity Odd scale 0 in [-3, 301]", StringComparison.Ordinal));
        Assert.Equal(StatementRejectionCode.WrongSchema, opening.Verify(Anchors(opening) with { Rulebook = other })!.Code);
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (opening with { SchemaDigest = other.SchemaDigest }).Verify(Anchors(opening) with { Rulebook = other })!.Code);
        Assert.Equal(StatementRejectionCode.WrongSchema, InclusionFile.TryRead(InclusionFile.Write(Book.Rulebook, opening), other, out _)!.Code);
    }

    [Fact]
    public void Symbols_are_those_of_the_statement()
    {
        SolvencyPublicInputs statement = SolvencyProver.Prove(Book, Salts, new SolvencyProverOptions { ProvenBits = 30, HashSlots = 1 }).Inputs!;
        InclusionOpening opening = Opening();
        InclusionAnchors anchors = Anchors(opening) with { Statement = StatedBook.Of(statement) };
        Assert.Null(opening.Verify(anchors));
        Assert.Equal(StatementRejectionCode.WrongMarketData, (opening with { Symbols = opening.Symbols.SetItem((0, 0), "B") }).Verify(anchors)!.Code);
        Assert.Equal(StatementRejectionCode.WrongMarketData, (opening with { Symbols = opening.Symbols.Remove((0, 0)) }).Verify(anchors)!.Code);
        Assert.Equal(StatementRejectionCode.WrongSnapshot, (opening with { Height = 8 }).Verify(anchors)!.Code);
        Assert.Null((opening with { Symbols = opening.Symbols.SetItem((0, 0), "B") }).Verify(Anchors(opening)));     // without a statement they are what the venue says
    }

    [Fact]
    public void A_file_that_was_edited_is_refused_where_it_was()
    {
        string file = Encoding.UTF8.GetString(InclusionFile.Write(Book.Rulebook, Opening()));
        Assert.Equal("$.items.balances[0].amount", Fault(root => root["items"]!["balances"]![0]!["amount"] = "-0128"));
        Assert.Equal("$.items.balances[0].typo", Fault(root => root["items"]!["balances"]![0]!["typo"] = "1"));
        Assert.Equal("$.items.balances[0].asset.record", Fault(root => root["items"]!["balances"]![0]!["asset"]!["record"] = -1));
        Assert.Equal("$.items.positions[0].long", Fault(root => root["items"]!["positions"]![0]!["long"] = "true"));
        Assert.Equal("$.fields.tier", Fault(root => root["fields"]!["tier"] = "unknown"));
        Assert.Equal("$.items.balances[1].asset", Fault(root => root["items"]!["balances"]![1]!["asset"] = root["items"]!["balances"]![0]!["asset"]!.DeepClone().AsObject() is var asset && (asset["symbol"] = "Z") is not null ? asset : null));
        Assert.Equal("$.items", Fault(root => root["items"]!["balances"]!.AsArray().Add(root["items"]!["balances"]![0]!.DeepClone())));
        Assert.Equal("$.ownerKey", Fault(root => root["ownerKey"] = "00"));

        string? Fault(Action<JsonNode> change)
        {
            JsonNode root = JsonNode.Parse(file)!;
            change(root);
            StatementRejection? fault = InclusionFile.TryRead(Encoding.UTF8.GetBytes(root.ToJsonString()), Book.Rulebook, out _);
            Assert.NotNull(fault);
            return fault.Place;
        }
    }
}
