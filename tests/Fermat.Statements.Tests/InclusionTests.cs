using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests;

/// <summary>Account holders' openings.</summary>
public sealed class InclusionTests
{
    [Fact]
    public void Every_account_of_the_example_book_opens_to_the_root()
    {
        using Scene scene = Scene.Of(SampleBooks.Example);
        for (int leaf = 0; leaf < scene.Book.Accounts.Count; leaf++)
        {
            InclusionOpening opening = Make(scene, leaf);
            Assert.Null(InclusionFile.TryRead(InclusionFile.Write(opening), out InclusionOpening? read));
            Assert.Null(read!.Verify(Anchors(scene, leaf)));
            Assert.Equal(scene.Book.Accounts[leaf].Balances, read.Account.Balances);
        }
    }

    [Fact]
    public void Nobody_elses_opening_serves()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        Assert.Equal(StatementRejectionCode.WrongAccount, Make(scene, 0).Verify(Anchors(scene, 3))!.Code);
    }

    [Fact]
    public void An_account_under_the_holders_name_with_anothers_key_does_not_serve()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        InclusionAnchors anchors = Anchors(scene, 0) with { OwnerKey = scene.Book.Accounts[3].OwnerKey };
        Assert.Equal(StatementRejectionCode.WrongOwnerKey, Make(scene, 0).Verify(anchors)!.Code);
    }

    [Fact]
    public void Any_change_of_an_amount_loses_the_root()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        InclusionOpening opening = Make(scene, 0);
        Balance first = opening.Account.Balances[0];
        foreach (Balance changed in (Balance[])[first with { Equity = first.Equity + 1 }, first with { Debt = 0 }, first with { Loan = 499 }, first with { Margin = 1 }, first with { Portfolio = 0 }])
        {
            InclusionOpening lie = opening with { Account = opening.Account with { Balances = [changed, .. opening.Account.Balances.Skip(1)] } };
            Assert.Equal(StatementRejectionCode.NotUnderRoot, lie.Verify(Anchors(scene, 0))!.Code);
        }
    }

    [Fact]
    public void An_asset_shown_under_another_name_or_scale_is_noticed()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        InclusionOpening opening = Make(scene, 0);
        foreach (InclusionAsset shown in (InclusionAsset[])[new("eth", 2), new("btc", 1)])
        {
            InclusionOpening lie = opening with { Assets = opening.Assets.SetItem(0, shown) };
            Assert.Equal(StatementRejectionCode.WrongParameters, lie.Verify(Anchors(scene, 0))!.Code);
        }
    }

    [Fact]
    public void A_path_of_another_length_or_slot_loses_the_root()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        InclusionOpening opening = Make(scene, 0);
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (opening with { LeafIndex = 1 }).Verify(Anchors(scene, 0))!.Code);
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (opening with { Path = opening.Path.Add(StateTreeHash.Empty(2)) }).Verify(Anchors(scene, 0))!.Code);
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (opening with { Path = opening.Path.RemoveAt(1) }).Verify(Anchors(scene, 0))!.Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, (opening with { LeafIndex = 4 }).Verify(Anchors(scene, 0))!.Code);
    }

    [Fact]
    public void An_opening_is_only_made_of_the_account_that_is_there()
    {
        using Scene scene = Scene.Of(SampleBooks.Tiny());
        Account account = scene.Book.Accounts[0] with { Nonce = 99 };
        Assert.Throws<ArgumentException>(() => InclusionMaker.Make(scene.Book.Header, account, 0, scene.Tree, scene.Salts));
    }

    [Fact]
    public void The_leaf_is_hashed_as_the_ledger_hashes_it()
    {
        using Scene scene = Scene.Of(SampleBooks.Example);
        Account account = scene.Book.Accounts[17];
        Assert.Equal(LeafHash.Of(account, scene.Salts.Derive(account.Id, scene.Book.Height)), Make(scene, 17).LeafDigest());
    }

    private static InclusionOpening Make(Scene scene, int leaf) => InclusionMaker.Make(scene.Book.Header, scene.Book.Accounts[leaf], leaf, scene.Tree, scene.Salts);

    private static InclusionAnchors Anchors(Scene scene, int leaf) => InclusionAnchors.Of(scene.Inputs, scene.Book.Accounts[leaf].Id, scene.Book.Accounts[leaf].OwnerKey);
}
