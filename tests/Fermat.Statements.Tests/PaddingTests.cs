using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Margin.Books;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests;

/// <summary>What is public of a book's size can be padded away.</summary>
public sealed class PaddingTests
{
    [Fact]
    [Trait("Leak", "heights")]
    public void Two_books_padded_alike_show_the_same_sizes()
    {
        ProofInfo small = Prove(3, 2), large = Prove(700, 4);
        Assert.Equal(small.Options, large.Options);
        Assert.Equal(small.Tables.Select(t => (t.Name, t.LogHeight, t.CommittedColumns)), large.Tables.Select(t => (t.Name, t.LogHeight, t.CommittedColumns)));
    }

    [Fact]
    public void A_book_larger_than_its_padding_is_refused()
    {
        using VenueSecret secret = VenueSecret.Generate();
        using var salts = new SaltDeriver(secret);
        Book book = new BookGenerator(new BookGeneratorOptions(5) { ItemsPerAccount = 4 }).ToBook();
        var refused = Assert.Throws<ArgumentException>(() => SolvencyProver.Prove(book, salts, new SolvencyProverOptions { PadTo = new BookSize(5, 19) }));
        Assert.Contains("20 balances", refused.Message, StringComparison.Ordinal);
    }

    private static ProofInfo Prove(int accounts, int items)
    {
        using VenueSecret secret = VenueSecret.Generate();
        using var salts = new SaltDeriver(secret);
        Book book = new BookGenerator(new BookGeneratorOptions(accounts) { ItemsPerAccount = items }).ToBook();
        var options = new SolvencyProverOptions { PadTo = new BookSize(900, 3600), Profile = ProofProfile.Balanced };
        var proof = Assert.IsType<SolvencyProof>(SolvencyProver.Prove(book, salts, options));
        SolvencyVerification verified = SolvencyStatement.Verify(proof.Inputs, proof.Proof, SolvencyAnchors.None);
        Assert.True(verified.Accepted, verified.Rejection?.ToString());
        Assert.Equal(10, proof.Inputs.Depth);
        return verified.Proof!.Info!;
    }
}
