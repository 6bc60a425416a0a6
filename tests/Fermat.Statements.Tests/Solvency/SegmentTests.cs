using System.Collections.Immutable;
using System.Numerics;
using Fermat.Ledger;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Books under rulebooks in several segments: stopping and going on, what is kept of circuits and market data.</summary>
public sealed class SegmentTests
{
    private static readonly SaltDeriver Salts = new(new VenueSecret(new byte[VenueSecret.Length]));

    private static SolvencyProverOptions Quick { get; } = new() { ProvenBits = 30, HashSlots = 2 };

    [Fact]
    public void A_stopped_run_goes_on_with_the_segments_that_are_finished()
    {
        SolvencyBook book = SolvencyScene.BookOf("cross_tiered");
        var store = new Kept();
        SolvencyOutcome first = SolvencyProver.Prove(book, Salts, Quick with { SegmentDepth = 1, Store = store });
        int segments = first.Inputs!.Segments.Count;
        Assert.Equal(segments, store.Saved);

        SolvencyOutcome again = SolvencyProver.Prove(book, Salts, Quick with { SegmentDepth = 1, Store = store });
        Assert.Equal(segments, store.Saved);                                        // nothing was proven anew
        Assert.Equal(first.Proof, again.Proof);
        Assert.Null(again.Report);

        store.Proofs[1][^1] ^= 1;                                                   // a proof that is damaged is made anew, and so is one of another statement
        SolvencyOutcome repaired = SolvencyProver.Prove(book, Salts, Quick with { SegmentDepth = 1, Store = store });
        Assert.Equal(segments + 1, store.Saved);
        Assert.True(SolvencyStatement.Verify(repaired.Inputs!, repaired.Proof, SolvencyAnchors.None, new VerifierPolicy(30)).Accepted);
        SolvencyProver.Prove(book with { Height = 8 }, Salts, Quick with { SegmentDepth = 1, Store = store });
        Assert.Equal(2 * segments + 1, store.Saved);
    }

    [Theory]
    [InlineData(null, 1)]
    [InlineData(1, 2)]
    public void A_book_that_streams_has_the_proof_of_the_same_book_in_memory(int? segmentDepth, int passes)
    {
        SolvencyBook book = SolvencyScene.BookOf("cross_tiered");
        AccountData[] accounts = [.. book.Accounts];
        int read = 0;
        IEnumerable<AccountData> Stream()
        {
            read++;
            foreach (AccountData account in accounts) yield return account with { };
        }
        SolvencyProverOptions options = Quick with { SegmentDepth = segmentDepth };
        SolvencyOutcome streamed = SolvencyProver.Prove(book with { Accounts = Stream() }, Salts, options);
        Assert.Equal(passes, read);
        Assert.Equal(SolvencyProver.Prove(book, Salts, options).Inputs!.ToCanonicalBytes(), streamed.Inputs!.ToCanonicalBytes());
        Assert.True(SolvencyStatement.Verify(streamed.Inputs, streamed.Proof, SolvencyAnchors.None, new VerifierPolicy(30)).Accepted);
    }

    [Theory]
    [InlineData("one fewer")]
    [InlineData("one more")]
    [InlineData("another nonce")]
    [InlineData("another number of items")]
    [InlineData("a number out of range")]
    public void A_book_that_changes_between_its_passes_is_not_proven(string change)
    {
        SolvencyBook book = SolvencyScene.BookOf("cross_tiered");
        AccountData[] accounts = [.. book.Accounts], changed = change switch
        {
            "one fewer" => accounts[..^1],
            "one more" => [.. accounts, accounts[0] with { Id = "another" }],
            "another nonce" => [.. accounts[..^1], accounts[^1] with { Nonce = 77 }],
            "another number of items" => [accounts[0] with { Items = [.. accounts[0].Items.Select(items => items.IsEmpty ? items : items[1..])] }, .. accounts[1..]],
            _ => [accounts[0] with { Items = accounts[0].Items.SetItem(0, [accounts[0].Items[0][0].SetItem(1, BigInteger.One << 200), .. accounts[0].Items[0][1..]]) }, .. accounts[1..]],
        };
        int passes = 0;
        IEnumerable<AccountData> Stream() => passes++ == 0 ? accounts : changed;
        Assert.Throws<BookChangedException>(() => SolvencyProver.Prove(book with { Accounts = Later(Stream) }, Salts, Quick with { SegmentDepth = 1 }));

        static IEnumerable<AccountData> Later(Func<IEnumerable<AccountData>> accounts)
        {
            foreach (AccountData account in accounts()) yield return account;
        }
    }

    [Fact]
    public void Depths_that_do_not_go_together_are_refused()
    {
        SolvencyBook book = SolvencyScene.BookOf("balances");
        Assert.Throws<ArgumentException>(() => SolvencyProver.Prove(book, Salts, Quick with { SegmentDepth = 1, Depth = 1 }));
        Assert.Throws<ArgumentException>(() => SolvencyProver.Prove(book, Salts, Quick with { SegmentDepth = 25 }));
    }

    [Fact]
    public void Market_data_beyond_their_quantities_are_no_statement()
    {
        SolvencyBook book = SolvencyScene.BookOf("balances");
        SolvencyPublicInputs inputs = SolvencyProver.Prove(book, Salts, Quick).Inputs!;
        MarketRecord record = inputs.Market.Tables[0][0];
        MarketData beyond = inputs.Market with { Tables = [[record with { Fields = [new FieldValue(BigInteger.One << 90)] }, .. inputs.Market.Tables[0].Skip(1)]] };
        SolvencyVerification result = SolvencyStatement.Verify(inputs with { Market = beyond }, Array.Empty<byte>(), SolvencyAnchors.None);
        Assert.Equal(StatementRejectionCode.InvalidParameters, result.Rejection!.Code);
        Assert.Contains("out of the range of Price", result.Rejection.Message, StringComparison.Ordinal);
        Assert.Equal(SolvencyPredicate.ParametersValid, Assert.Single(SolvencyProver.Prove(book with { Market = beyond }, Salts, Quick).Reasons).Predicate);
    }

    [Fact]
    public void Only_the_circuits_that_were_used_last_are_kept()
    {
        int made = 0;
        var kept = new RecentlyUsed<int, string>(3);
        foreach (int key in (int[])[1, 2, 3, 1, 4, 1, 2])
            Assert.Equal($"{key}", kept.GetOrAdd(key, () => $"{key}{(made++ < 0 ? "never" : "")}"));
        Assert.Equal(5, made);                                                      // 2 was the oldest when 4 came, and was made twice
        Assert.Equal(3, kept.Count);
        Assert.Throws<InvalidOperationException>(() => kept.GetOrAdd(9, () => throw new InvalidOperationException()));
        Assert.Equal("9", kept.GetOrAdd(9, () => "9"));
    }

    private sealed class Kept : ISegmentStore
    {
        public Dictionary<int, byte[]> Proofs { get; } = [];

        public int Saved { get; private set; }

        public byte[]? Load(int segment) => Proofs.GetValueOrDefault(segment);

        public void Save(int segment, byte[] proof)
        {
            Proofs[segment] = [.. proof];
            Saved++;
        }
    }
}
