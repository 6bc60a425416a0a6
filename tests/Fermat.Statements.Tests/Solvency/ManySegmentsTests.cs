using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Books proven in several segments, and the ways in which segments can be put together wrongly.</summary>
public sealed class ManySegmentsTests
{
    private static readonly SolvencyProverOptions Options = QuickProofs.Options with { SegmentDepth = 1, Reveal = RevealMode.Totals };
    private static readonly Lazy<SolvencyOutcome> Four = new(() => QuickProofs.Prove(Under(FourSegments()), Options));
    private static readonly Lazy<SolvencyOutcome> OtherHeight = new(() => QuickProofs.Prove(Under(FourSegments()) with { Height = 43 }, Options));

    /// <summary>Seven accounts, two to a segment, among them a bankrupt and two liquidatable ones.</summary>
    private static Book FourSegments()
    {
        Book tiny = SampleBooks.Tiny();
        Account Copy(int of, string id) => tiny.Accounts[of] with { Id = new AccountId(id) };
        return tiny.With([.. tiny.Accounts, Copy(1, "erin"), Copy(0, "frank"), Copy(3, "grace")]).WithReserves((_, reserve) => 10 * reserve);
    }

    private static SolvencyBook Under(Book book) => SolvencyScene.UnderExchangeSample(book);

    private static SolvencyPublicInputs Inputs => Four.Value.Inputs!;

    [Fact]
    public void A_book_of_four_segments_is_proven_verified_from_its_files_and_reveals_the_native_totals()
    {
        Assert.Equal(4, Inputs.Segments.Count);
        Assert.Equal((1, 3), (Inputs.Segments.Depth, Inputs.Depth));
        Assert.Null(SolvencyStatementFile.TryRead(SolvencyStatementFile.Write(Inputs), Inputs.Rulebook, out SolvencyPublicInputs? read));
        SolvencyVerification result = QuickProofs.Verify(read!, Four.Value.Proof, new SolvencyAnchors { StateRoot = Four.Value.Tree!.Root });
        Assert.True(result.Accepted, result.Rejection?.ToString() + result.Proof?.Rejection);
        Assert.Equal(4, result.Segments.Count);

        Book book = FourSegments();
        var parameters = RiskParameters.Create(book.Assets);
        BookTotals native = MarginEvaluator.Totals(parameters, book.Accounts);
        BigInteger finer = BigInteger.Pow(10, read!.ValueScale - parameters.ValueScale);
        SolvencyTotals revealed = read.Revealed!;
        Assert.Equal(native.Net.Select((net, asset) => net * BigInteger.Pow(10, read.ReserveScale - book.Assets[asset].AmountScale)), revealed.Net);
        Assert.Equal((native.PositiveNetEquity * finer, native.Shortfall * finer), (revealed.Claims, revealed.Shortfall));
        Assert.Equal((7, native.Liquidatable, native.Bankrupt), (revealed.Accounts, revealed.Liquidatable, revealed.Bankrupt));
    }

    [Fact]
    public void The_predicates_of_a_book_whose_claims_exceed_reserves_half_way_are_proven()
    {
        // The first segments hold more btc than there are reserves; a later account owes it.
        Book tiny = SampleBooks.Tiny();
        Account owes = new(new AccountId("owes"), OwnerKey.None, 0, AccountMode.Cross, [new Balance(0, 0, 900, 0, 0, 0), new Balance(1, 90_000, 0, 0, 0, 0)]);
        Book book = tiny.With([.. tiny.Accounts, owes]).WithReserves((asset, reserve) => asset == 0 ? 0 : 10 * reserve);
        SolvencyOutcome proof = QuickProofs.Prove(Under(book), Options with { Reveal = RevealMode.None });
        Assert.Equal(3, proof.Inputs!.Segments.Count);
        Assert.Null(proof.Inputs.Revealed);
        SolvencyVerification result = QuickProofs.Verify(proof.Inputs, proof.Proof);
        Assert.True(result.Accepted, result.Rejection?.ToString());
    }

    [Fact]
    public void Every_account_opens_to_the_root_over_all_segments()
    {
        SolvencyBook book = Under(FourSegments());
        SegmentedTree rebuilt = InclusionMaker.BuildTree(book, QuickProofs.Salts, Inputs.Segments.Depth, Inputs.Depth);
        Assert.Equal(Inputs.StateRoot, rebuilt.Root);
        foreach ((int i, AccountData account) in book.Accounts.Index())
        {
            InclusionOpening opening = InclusionMaker.Make(book, account, i, rebuilt, QuickProofs.Salts);
            Assert.Null(opening.Verify(new(book.Rulebook, Inputs.StateRoot, account.Id, account.OwnerKey) { Statement = StatedBook.Of(Inputs) }));
        }
    }

    [Fact]
    public void The_bits_of_all_segments_together_are_what_the_policy_judges()
    {
        SolvencyVerification accepted = QuickProofs.Verify(Inputs, Four.Value.Proof);
        Assert.Equal(accepted.Segments.Min(s => s.Soundness!.OracleBits) - 2, accepted.ProvenBits);
        Assert.True(accepted.ProvenBits >= QuickProofs.Bits);
        SolvencyVerification stricter = SolvencyStatement.Verify(Inputs, Four.Value.Proof, SolvencyAnchors.None, new VerifierPolicy(accepted.ProvenBits + 1));
        Assert.Equal(RejectionCode.TooFewProvenBits, stricter.Proof!.Rejection!.Code);
    }

    /// <summary>128 bits of both segments together: 129 of each are proven, and of the hash, which they share, 128 are enough.</summary>
    [Fact]
    public void Several_segments_prove_128_bits_together()
    {
        SolvencyOutcome proof = QuickProofs.Prove(QuickProofs.Tiny, Options with { ProvenBits = Profiles.HighBits });
        Assert.Equal(2, proof.Inputs!.Segments.Count);
        SolvencyVerification accepted = SolvencyStatement.Verify(proof.Inputs, proof.Proof, SolvencyAnchors.None, new VerifierPolicy(Profiles.HighBits));
        Assert.True(accepted.Accepted, accepted.Proof?.Rejection?.ToString());
        Assert.True(accepted.ProvenBits >= Profiles.HighBits);
        Assert.All(accepted.Segments, segment => Assert.True(segment.Soundness!.OracleBits > segment.Soundness!.HashBits));
        Assert.Equal(RejectionCode.TooFewProvenBits, SolvencyStatement.Verify(proof.Inputs, proof.Proof, SolvencyAnchors.None, new VerifierPolicy(accepted.ProvenBits + 1)).Proof!.Rejection!.Code);
        Assert.Equal(RejectionCode.TooFewProvenBits, SolvencyStatement.Verify(proof.Inputs, proof.Proof, SolvencyAnchors.None, new VerifierPolicy(100, MinimumHashBits: 129)).Proof!.Rejection!.Code);
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 2)]
    [InlineData(8, 3)]
    [InlineData(9, 4)]
    [InlineData(1024, 10)]
    public void So_many_segments_cost_so_many_bits(int segments, int bits) => Assert.Equal(bits, SolvencyStatement.BitsLost(segments));

    [Fact]
    public void More_bits_than_the_hash_has_are_refused_of_segments_too() => Assert.Throws<ArgumentException>(
        () => SolvencyProver.Prove(Under(FourSegments()), QuickProofs.Salts, Options with { ProvenBits = 125, Hash = CommitmentHash.Poseidon2 }));

    /// <summary>Files with the proofs of the four segments put together wrongly, and the first segment that is rejected.</summary>
    public static TheoryData<string, int> Shuffled() => new() { { "swapped", 1 }, { "doubled", 2 }, { "from another height", 2 }, { "the last one early", 0 } };

    [Theory]
    [MemberData(nameof(Shuffled))]
    public void Segments_put_together_wrongly_are_rejected_by_number(string how, int rejected)
    {
        byte[][] proofs = QuickProofs.Split(Four.Value);
        byte[][] wrong = how switch
        {
            "swapped" => [proofs[0], proofs[2], proofs[1], proofs[3]],
            "doubled" => [proofs[0], proofs[1], proofs[1], proofs[3]],
            "from another height" => [proofs[0], proofs[1], QuickProofs.Split(OtherHeight.Value)[2], proofs[3]],
            _ => [proofs[3], proofs[1], proofs[2], proofs[0]],
        };
        SolvencyVerification result = QuickProofs.Verify(Inputs, SolvencyProofFile.Write(wrong));
        Assert.False(result.Accepted);
        Assert.Equal(rejected, result.RejectedSegment);
        Assert.Equal(RejectionCode.WrongPublicInputs, result.Proof!.Rejection!.Code);
        Assert.StartsWith($"segment {rejected + 1} of 4: ", result.Rejection!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dropped_segment_is_rejected_in_the_file_and_in_the_statement()
    {
        byte[] three = SolvencyProofFile.Write(QuickProofs.Split(Four.Value)[..3]);
        Assert.Equal(StatementRejectionCode.MalformedProofFile, QuickProofs.Verify(Inputs, three).Rejection!.Code);
        SolvencySegments fewer = Inputs.Segments with { Roots = Inputs.Segments.Roots[..3], Boundaries = Inputs.Segments.Boundaries[..3] };
        Assert.Equal(StatementRejectionCode.InconsistentSegments, QuickProofs.Verify(Inputs with { Segments = fewer }, three).Rejection!.Code);
        SolvencyPublicInputs another = Inputs with { Segments = fewer, StateRoot = fewer.StateRoot(Inputs.Depth) };
        Assert.Equal(RejectionCode.WrongPublicInputs, QuickProofs.Verify(another, three).Proof!.Rejection!.Code);
    }

    [Fact]
    public void A_root_exchanged_for_the_empty_subtrees_does_not_lead_to_the_state_root()
    {
        SolvencyPublicInputs hidden = Inputs with { Segments = Inputs.Segments with { Roots = Inputs.Segments.Roots.SetItem(1, StateTreeHash.Empty(1)) } };
        Assert.Equal(StatementRejectionCode.InconsistentSegments, hidden.Problem()!.Code);
    }

    [Fact]
    public void The_first_boundary_is_the_verifiers_own_and_depends_on_every_bound()
    {
        SolvencyPublicInputs inputs = Inputs with { Revealed = null };
        Digest first = inputs.BoundaryBefore(0);
        Assert.NotEqual(first, (inputs with { Reserves = inputs.Reserves.SetItem(1, inputs.Reserves[1] - 1) }).BoundaryBefore(0));
        Assert.NotEqual(first, (inputs with { InsuranceFund = inputs.InsuranceFund + 1 }).BoundaryBefore(0));
        Assert.NotEqual(first, (inputs with { Buffer = inputs.Buffer + 1 }).BoundaryBefore(0));
        Assert.NotEqual(first, Inputs.BoundaryBefore(0));
        Assert.Equal(first, (inputs with { Segments = inputs.Segments with { Boundaries = [.. new Digest[4]] } }).BoundaryBefore(0));
    }

    [Fact]
    public void Salts_of_boundaries_differ_with_all_that_they_hide()
    {
        static ImmutableArray<Digest> Boundaries(SolvencyBook book)
        {
            SolvencyScene scene = SolvencyScene.Of(book, segmentDepth: 1, reveal: true);
            return SolvencyProver.ChainOf(scene.Statement, scene.SegmentSums, SolvencyScene.Salts).Inputs.Segments.Boundaries;
        }
        SolvencyBook book = Under(FourSegments());
        ImmutableArray<Digest> once = Boundaries(book);
        Assert.Equal(4, once.Distinct().Count());
        Assert.Equal(once, Boundaries(book));
        Assert.Empty(once.Intersect(Boundaries(book with { Reserves = [.. book.Reserves.Select(reserve => reserve + 1)] })));
        Assert.Empty(once.Intersect(Boundaries(book with { Height = 43 })));
        Assert.Empty(once.Intersect(Boundaries(book with { Venue = "another" })));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(8)]
    [InlineData(10)]
    [InlineData(12)]
    [InlineData(16)]
    public void A_changed_byte_of_the_files_header_is_rejected(int at)
    {
        byte[] file = [.. Four.Value.Proof];
        file[at] ^= 1;
        Assert.Equal(StatementRejectionCode.MalformedProofFile, QuickProofs.Verify(Inputs, file).Rejection!.Code);
    }

    [Fact]
    public void A_file_cut_anywhere_or_with_bytes_after_it_is_rejected()
    {
        byte[] file = Four.Value.Proof;
        foreach (int length in (int[])[0, 7, 8, 15, 16, 31, 32, 33, file.Length / 2, file.Length - 1])
            Assert.Equal(StatementRejectionCode.MalformedProofFile, QuickProofs.Verify(Inputs, file[..length]).Rejection!.Code);
        Assert.Equal(StatementRejectionCode.MalformedProofFile, QuickProofs.Verify(Inputs, [.. file, 0]).Rejection!.Code);
    }

    [Fact]
    public void A_run_that_was_cancelled_goes_on_with_the_segments_it_finished()
    {
        using var cancel = new CancellationTokenSource();
        var store = new MemoryStore { Saved = segment => { if (segment == 1) cancel.Cancel(); } };
        SolvencyProverOptions options = Options with { Store = store };
        Assert.ThrowsAny<OperationCanceledException>(() => SolvencyProver.Prove(Under(FourSegments()), QuickProofs.Salts, options, cancel: cancel.Token));
        Assert.Equal([0, 1], store.Proofs.Keys.Order());
        byte[] first = store.Proofs[0];

        var made = new List<int>();
        store.Saved = made.Add;
        SolvencyOutcome proof = QuickProofs.Prove(Under(FourSegments()), options);
        Assert.Equal([2, 3], made);
        Assert.Equal(first, QuickProofs.Split(proof)[0]);
        Assert.True(QuickProofs.Verify(proof.Inputs!, proof.Proof).Accepted);
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("of another segment")]
    [InlineData("of another height")]
    [InlineData("of other parameters")]
    public void A_saved_segment_that_this_run_could_not_have_made_is_made_anew(string kind)
    {
        byte[][] honest = QuickProofs.Split(Four.Value);
        byte[] saved = kind switch
        {
            "damaged" => [.. honest[1].Select((b, i) => i == honest[1].Length / 2 ? (byte)(b ^ 1) : b)],
            "of another segment" => honest[0],
            "of another height" => QuickProofs.Split(OtherHeight.Value)[1],
            _ => QuickProofs.Split(QuickProofs.Prove(Under(FourSegments()), Options with { ProvenBits = 60 }))[1],
        };
        var made = new List<int>();
        var store = new MemoryStore { Saved = made.Add };
        for (int i = 0; i < honest.Length; i++) store.Proofs[i] = i == 1 ? saved : honest[i];
        SolvencyOutcome proof = QuickProofs.Prove(Under(FourSegments()), Options with { Store = store });
        Assert.Equal([1], made);
        Assert.True(QuickProofs.Verify(proof.Inputs!, proof.Proof).Accepted);
    }

    private sealed class MemoryStore : ISegmentStore
    {
        public Dictionary<int, byte[]> Proofs { get; } = [];

        public Action<int> Saved { get; set; } = _ => { };

        public byte[]? Load(int segment) => Proofs.GetValueOrDefault(segment);

        public void Save(int segment, byte[] proof)
        {
            Proofs[segment] = proof;
            Saved(segment);
        }
    }
}
