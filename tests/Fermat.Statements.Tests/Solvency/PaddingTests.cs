using System.Numerics;
using System.Text;
using Fermat.Ledger;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Solvency;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>What is public of the size of a book under a rulebook can be padded away.</summary>
public sealed class PaddingTests
{
    private static readonly SaltDeriver Salts = new(new VenueSecret(new byte[VenueSecret.Length]));

    /// <summary>Groups, and rows for each group and scenario: what an account's items make of rows depends on what they are.</summary>
    private const string Grouped = """
        rulebook grouped

        quantity Size  scale 2 in [-1000000, 1000000] unit coin
        quantity Price scale 2 bits 40 nonnegative unit USD/coin
        quantity Money scale 4 bits 90 unit USD

        market Family up to 4 { }
        market Coin { price: Price, family: Family }
        market Move up to 8 { up: Price }

        account { holdings: { coin: Coin, size: Size }* up to 8 }

        of(g): Money  = nearest(sum h in g: h.size * h.coin.price)
        loss(g, s)    = min(nearest(sum h in g: h.size * s.up, Money), of(g))
        worst         = sum g in holdings by coin.family: (min s in Move: loss(g, s) else 0)
        net_equity    = sum h in holdings: h.size * h.coin.price
        equity        = net_equity
        maintenance   = worst
        initial       = worst

        claim(c: Coin) = sum h in holdings where h.coin = c: h.size
        price(c: Coin) = c.price
        """;

    private static SolvencyBook Book(params string[] accounts) => SolvencyScene.BookOf(SolvencyScene.Compile(Grouped), Encoding.UTF8.GetBytes($$"""
        {
          "rulebook": "grouped",
          "market": {
            "Family": [{ "symbol": "old" }, { "symbol": "new" }],
            "Coin": [{ "symbol": "a", "price": "3", "family": "old" }, { "symbol": "b", "price": "5", "family": "old" }, { "symbol": "c", "price": "7", "family": "new" }],
            "Move": [{ "symbol": "one", "up": "1" }, { "symbol": "two", "up": "2" }, { "symbol": "three", "up": "6" }]
          },
          "accounts": [{{string.Join(", ", accounts.Select((items, i) => $$"""{ "id": "account-{{i}}", "holdings": [{{items}}] }"""))}}]
        }
        """));

    private static SolvencyBook Few => Book("""{ "coin": "a", "size": "1" }""");

    private static SolvencyBook Many => Book([.. Enumerable.Range(1, 150).Select(i => $$"""{ "coin": "a", "size": "{{i}}" }, { "coin": "c", "size": "{{2 * i}}" }""")]);

    [Fact]
    [Trait("Leak", "heights")]
    public void Two_books_padded_alike_show_the_same_sizes()
    {
        SolvencyOutcome few = Prove(Few, new BookSize(300, 600)), many = Prove(Many, new BookSize(300, 600)), plain = Prove(Few, null);
        Assert.Equal(few.Options, many.Options);
        Assert.Equal(Shown(few), Shown(many));
        Assert.NotEqual(Shown(plain), Shown(few));
        Assert.Equal((9, 1), (few.Inputs!.Depth, few.Inputs.Segments.Count));
    }

    /// <summary>No table of any book has more rows than those of a padded book have room for: every account has one item, or one has all that it can.</summary>
    [Fact]
    public void The_book_that_fills_its_padding_fits()
    {
        SolvencyBook spread = Book([.. Enumerable.Range(1, 700).Select(i => $$"""{ "coin": "{{(char)('a' + i % 3)}}", "size": "{{i}}" }""")]);
        Assert.Equal(Shown(Prove(spread, null)), Shown(Prove(spread, new BookSize(700, 700))));
    }

    [Fact]
    public void A_book_padded_to_several_segments_shows_their_size_and_its_root_is_rebuilt()
    {
        SolvencyOutcome proof = Prove(Few, new BookSize(20, 30), segmentDepth: 3);
        Assert.Equal((5, 3, 1), (proof.Inputs!.Depth, proof.Inputs.Segments.Depth, proof.Inputs.Segments.Count));
        Assert.Equal(proof.Inputs.StateRoot, InclusionMaker.BuildTree(Few, Salts, 3, 5).Root);
    }

    [Fact]
    public void A_book_larger_than_its_padding_is_refused()
    {
        Assert.Contains("150 accounts and 300 items", Assert.Throws<ArgumentException>(() => Prove(Many, new BookSize(150, 299))).Message, StringComparison.Ordinal);
        Assert.Contains("150 accounts and 300 items", Assert.Throws<ArgumentException>(() => Prove(Many, new BookSize(149, 300))).Message, StringComparison.Ordinal);
    }

    private static SolvencyOutcome Prove(SolvencyBook book, BookSize? padded, int? segmentDepth = null)
    {
        SolvencyOutcome proof = SolvencyProver.Prove(book, Salts, new SolvencyProverOptions { ProvenBits = 30, PadTo = padded, SegmentDepth = segmentDepth });
        Assert.Empty(proof.Reasons);
        SolvencyVerification verified = SolvencyStatement.Verify(proof.Inputs!, proof.Proof, new SolvencyAnchors { StateRoot = proof.Inputs!.StateRoot }, new VerifierPolicy(30));
        Assert.True(verified.Accepted, $"{verified.Rejection}");
        return proof;
    }

    /// <summary>Everything that a statement shows of its book's size; how long the proof is depends on its queries too.</summary>
    private static string Shown(SolvencyOutcome proof)
    {
        SolvencyVerification verified = SolvencyStatement.Verify(proof.Inputs!, proof.Proof, SolvencyAnchors.None, new VerifierPolicy(30));
        return $"{proof.Inputs!.Depth} {proof.Inputs.HashSlots} {proof.Inputs.Segments.Depth} {proof.Inputs.Segments.Count} {proof.Options} "
            + string.Join(' ', verified.Proof!.Info!.Tables.Select(table => $"{table.Name} {table.LogHeight}"));
    }
}
