using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests;

/// <summary>Books proven in several segments, and the ways in which segments can be put together wrongly.</summary>
public sealed class SegmentTests
{
    private static readonly Lazy<SolvencyProof> Four = new(() => ProveVerifyTests.Prove(FourSegments(), Options));
    private static readonly Lazy<SolvencyProof> Two = new(() => ProveVerifyTests.Prove(SampleBooks.Tiny(), Options));
    private static readonly Lazy<SolvencyProof> OtherHeight = new(() => ProveVerifyTests.Prove(
        FourSegments() with { Header = FourSegments().Header with { Height = 43 } }, Options));

    private static SolvencyProverOptions Options => ProveVerifyTests.Quick with { SegmentDepth = 1, Reveal = RevealMode.Totals };

    /// <summary>Seven accounts, two to a segment, among them a bankrupt and two liquidatable ones.</summary>
    private static Book FourSegments()
    {
        Book tiny = SampleBooks.Tiny();
        Account Copy(int of, string id) => tiny.Accounts[of] with { Id = new AccountId(id) };
        return tiny.With([.. tiny.Accounts, Copy(1, "erin"), Copy(0, "frank"), Copy(3, "grace")]).WithReserves((_, reserve) => 10 * reserve);
    }

    [Fact]
    public void A_book_of_four_segments_is_proven_verified_from_its_files_and_reveals_the_native_totals()
    {
        SolvencyProof proof = Four.Value;
        Assert.Equal(4, proof.Inputs.Segments.Count);
        Assert.Equal((1, 3), (proof.Inputs.Segments.Depth, proof.Inputs.Depth));
        Assert.Null(SolvencyStatementFile.TryRead(SolvencyStatementFile.Write(proof.Inputs), out SolvencyPublicInputs? read));
        SolvencyVerification result = ProveVerifyTests.Verify(read!, proof.Proof, new SolvencyAnchors { StateRoot = proof.Tree.Root });
        Assert.True(result.Accepted, result.Rejection?.ToString() + result.Proof?.Rejection);
        Assert.Equal(4, result.Segments.Count);
        BookTotals native = MarginEvaluator.Totals(read!.Parameters, FourSegments().Accounts);
        SolvencyTotals revealed = read.Revealed!;
        Assert.Equal(native.Net, revealed.Net);
        Assert.Equal((native.PositiveNetEquity, native.Shortfall), (revealed.Claims, revealed.Shortfall));
        Assert.Equal((7, native.Liquidatable, native.Bankrupt), (revealed.Accounts, revealed.Liquidatable, revealed.Bankrupt));
    }

    [Fact]
    public void The_predicates_of_a_book_whose_claims_exceed_reserves_half_way_are_proven()
    {
        // The first segments hold more btc than there are reserves; a later account owes it.
        Book tiny = SampleBooks.Tiny();
        Account owes = new(new AccountId("owes"), OwnerKey.None, 0, AccountMode.Cross, [new Balance(0, 0, 900, 0, 0, 0), new Balance(1, 90_000, 0, 0, 0, 0)]);
        Book book = tiny.With([.. tiny.Accounts, owes]).WithReserves((asset, reserve) => asset == 0 ? 0 : 10 * reserve);
        SolvencyProof proof = ProveVerifyTests.Prove(book, Options with { Reveal = RevealMode.None });
        Assert.Equal(3, proof.Inputs.Segments.Count);
        Assert.Null(proof.Inputs.Revealed);
        SolvencyVerification result = ProveVerifyTests.Verify(proof.Inputs, proof.Proof);
        Assert.True(result.Accepted, result.Rejection?.ToString());
    }

    [Fact]
    public void Every_account_opens_to_the_root_over_all_segments()
    {
        Book book = FourSegments();
        SegmentedTree rebuilt = SegmentedTree.Build(book.Accounts, book.Height, ProveVerifyTests.Salts, Four.Value.Inputs.Segments.Depth, Four.Value.Inputs.Depth);
        Assert.Equal(Four.Value.Inputs.StateRoot, rebuilt.Root);
        for (int i = 0; i < book.Accounts.Count; i++)
        {
            InclusionOpening opening = InclusionMaker.Make(book.Header, book.Accounts[i], i, rebuilt, ProveVerifyTests.Salts);
            Assert.Null(opening.Verify(InclusionAnchors.Of(Four.Value.Inputs, book.Accounts[i].Id, book.Accounts[i].OwnerKey)));
        }
    }

    [Fact]
    public void The_bits_of_all_segments_together_are_what_the_policy_judges()
    {
        SolvencyProof proof = Four.Value;
        SolvencyVerification accepted = ProveVerifyTests.Verify(proof.Inputs, proof.Proof);
        Assert.Equal(accepted.Segments.Min(s => s.Soundness!.OracleBits) - 2, accepted.ProvenBits);
        Assert.True(accepted.ProvenBits >= 30);
        SolvencyVerification stricter = SolvencyStatement.Verify(proof.Inputs, proof.Proof, SolvencyAnchors.None, new VerifierPolicy(accepted.ProvenBits + 1));
        Assert.Equal(RejectionCode.TooFewProvenBits, stricter.Proof!.Rejection!.Code);
    }

    /// <summary>128 bits of both segments together: 129 of each are proven, and of the hash, which they share, 128 are enough.</summary>
    [Fact]
    public void Several_segments_prove_128_bits_together()
    {
        SolvencyProof proof = ProveVerifyTests.Prove(SampleBooks.Tiny(), Options with { ProvenBits = Profiles.HighBits });
        Assert.Equal(2, proof.Inputs.Segments.Count);
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

    /// <summary>Files with the proofs of the four segments put together wrongly, and the first segment that is rejected.</summary>
    public static TheoryData<string, int> Shuffled() => new() { { "swapped", 1 }, { "doubled", 2 }, { "from another height", 2 }, { "the last one early", 0 } };

    [Theory]
    [MemberData(nameof(Shuffled))]
    public void Segments_put_together_wrongly_are_rejected_by_number(string how, int rejected)
    {
        byte[][] proofs = Split(Four.Value);
        byte[][] wrong = how switch
        {
            "swapped" => [proofs[0], proofs[2], proofs[1], proofs[3]],
            "doubled" => [proofs[0], proofs[1], proofs[1], proofs[3]],
            "from another height" => [proofs[0], proofs[1], Split(OtherHeight.Value)[2], proofs[3]],
            _ => [proofs[3], proofs[1], proofs[2], proofs[0]],
        };
        SolvencyVerification result = ProveVerifyTests.Verify(Four.Value.Inputs, SolvencyProofFile.Write(wrong));
        Assert.False(result.Accepted);
        Assert.Equal(rejected, result.RejectedSegment);
        Assert.Equal(RejectionCode.WrongPublicInputs, result.Proof!.Rejection!.Code);
        Assert.StartsWith($"segment {rejected + 1} of 4: ", result.Rejection!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dropped_segment_is_rejected_in_the_file_and_in_the_statement()
    {
        SolvencyPublicInputs inputs = Four.Value.Inputs;
        byte[] three = SolvencyProofFile.Write(Split(Four.Value)[..3]);
        Assert.Equal(StatementRejectionCode.MalformedProofFile, ProveVerifyTests.Verify(inputs, three).Rejection!.Code);
        SolvencySegments fewer = inputs.Segments with { Roots = inputs.Segments.Roots[..3], Boundaries = inputs.Segments.Boundaries[..3] };
        Assert.Equal(StatementRejectionCode.InconsistentSegments, ProveVerifyTests.Verify(inputs with { Segments = fewer }, three).Rejection!.Code);
        SolvencyPublicInputs another = inputs with { Segments = fewer, StateRoot = fewer.StateRoot(inputs.Depth) };
        Assert.Equal(RejectionCode.WrongPublicInputs, ProveVerifyTests.Verify(another, three).Proof!.Rejection!.Code);
    }

    [Fact]
    public void A_root_exchanged_for_the_empty_subtrees_does_not_lead_to_the_state_root()
    {
        SolvencyPublicInputs inputs = Four.Value.Inputs;
        SolvencyPublicInputs hidden = inputs with { Segments = inputs.Segments with { Roots = inputs.Segments.Roots.SetItem(1, StateTreeHash.Empty(1)) } };
        Assert.Equal(StatementRejectionCode.InconsistentSegments, hidden.Problem()!.Code);
    }

    [Fact]
    public void The_first_boundary_is_the_verifiers_own_and_depends_on_every_bound()
    {
        SolvencyPublicInputs inputs = Four.Value.Inputs with { Revealed = null };
        Digest first = inputs.BoundaryBefore(0);
        Assert.NotEqual(first, (inputs with { Reserves = inputs.Reserves.SetItem(1, inputs.Reserves[1] - 1) }).BoundaryBefore(0));
        Assert.NotEqual(first, (inputs with { InsuranceFund = inputs.InsuranceFund + 1 }).BoundaryBefore(0));
        Assert.NotEqual(first, (inputs with { Buffer = inputs.Buffer + 1 }).BoundaryBefore(0));
        Assert.Equal(first, (inputs with { Segments = inputs.Segments with { Boundaries = [.. new Digest[4]] } }).BoundaryBefore(0));
    }

    [Fact]
    public void Salts_of_boundaries_differ_with_all_that_they_hide()
    {
        ImmutableArray<Digest> Boundaries(Book book)
        {
            using Scene scene = Scene.Of(book, reveal: true, segmentDepth: 1);
            return scene.Inputs.Segments.Boundaries;
        }
        Book book = FourSegments();
        ImmutableArray<Digest> once = Boundaries(book);
        Assert.Equal(4, once.Distinct().Count());
        Assert.Equal(once, Boundaries(book));
        Assert.Empty(once.Intersect(Boundaries(book.WithReserves((_, reserve) => reserve + 1))));
        Assert.Empty(once.Intersect(Boundaries(book with { Header = book.Header with { Height = 43 } })));
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
        Assert.Equal(StatementRejectionCode.MalformedProofFile, ProveVerifyTests.Verify(Four.Value.Inputs, file).Rejection!.Code);
    }

    [Fact]
    public void A_file_cut_anywhere_or_with_bytes_after_it_is_rejected()
    {
        byte[] file = Four.Value.Proof;
        foreach (int length in (int[])[0, 7, 8, 15, 16, 31, 32, 33, file.Length / 2, file.Length - 1])
            Assert.Equal(StatementRejectionCode.MalformedProofFile, ProveVerifyTests.Verify(Four.Value.Inputs, file[..length]).Rejection!.Code);
        Assert.Equal(StatementRejectionCode.MalformedProofFile, ProveVerifyTests.Verify(Four.Value.Inputs, [.. file, 0]).Rejection!.Code);
    }

    [Fact]
    public void A_smaller_memory_makes_smaller_segments()
    {
        RiskParameters parameters = RiskParameters.Create(SampleBooks.Tiny().Assets);
        int all = SegmentSizing.Depth(new SolvencyProverOptions(), parameters);
        int some = SegmentSizing.Depth(new SolvencyProverOptions { MemoryLimit = 3L << 30 }, parameters);
        Assert.Equal(17, all);
        Assert.InRange(some, 12, 16);
        Assert.Equal(5, SegmentSizing.Depth(new SolvencyProverOptions { SegmentDepth = 5, MemoryLimit = 3L << 30 }, parameters));
        Assert.Throws<ArgumentException>(() => SegmentSizing.Depth(new SolvencyProverOptions { SegmentDepth = 0 }, parameters));
    }

    [Fact]
    public void More_bits_than_the_hash_has_are_refused_of_segments_too() => Assert.Throws<ArgumentException>(
        () => SolvencyProver.Prove(FourSegments(), ProveVerifyTests.Salts, Options with { ProvenBits = 125, Hash = CommitmentHash.Poseidon2 }));

    [Theory]
    [InlineData("a balance")]
    [InlineData("a nonce")]
    [InlineData("an id")]
    [InlineData("an account more")]
    [InlineData("an account less")]
    public void A_book_that_changes_between_its_passes_is_refused(string what)
    {
        Book book = FourSegments();
        Account[] changed = [.. book.Accounts];
        switch (what)
        {
            case "a balance": changed[1] = changed[1] with { Balances = [changed[1].Balances[0] with { Equity = changed[1].Balances[0].Equity + 1 }] }; break;
            case "a nonce": changed[1] = changed[1] with { Nonce = changed[1].Nonce + 1 }; break;
            case "an id": changed[1] = changed[1] with { Id = new AccountId("mallory") }; break;
            case "an account more": changed = [.. changed, changed[0] with { Id = new AccountId("mallory") }]; break;
            default: changed = changed[..^1]; break;
        }
        int pass = 0;
        IEnumerable<Account> Accounts()
        {
            foreach (Account account in pass++ == 0 ? book.Accounts : changed) yield return account;
        }
        Assert.Throws<BookChangedException>(() => SolvencyProver.Prove(book.Header, Accounts(), ProveVerifyTests.Salts, Options));
    }

    [Fact]
    public void A_stopped_run_goes_on_with_the_segments_it_finished()
    {
        using var cancel = new CancellationTokenSource();
        var store = new MemoryStore { Saved = (segment, _) => { if (segment == 1) cancel.Cancel(); } };
        SolvencyProverOptions options = Options with { Store = store };
        Assert.ThrowsAny<OperationCanceledException>(() => SolvencyProver.Prove(FourSegments(), ProveVerifyTests.Salts, options, cancel: cancel.Token));
        Assert.Equal([0, 1], store.Proofs.Keys.Order());
        byte[] first = store.Proofs[0];

        var made = new List<int>();
        store.Saved = (segment, _) => made.Add(segment);
        SolvencyProof proof = ProveVerifyTests.Prove(FourSegments(), options);
        Assert.Equal([2, 3], made);
        Assert.Equal(first, Split(proof)[0]);
        Assert.True(ProveVerifyTests.Verify(proof.Inputs, proof.Proof).Accepted);
    }

    [Theory]
    [InlineData("damaged")]
    [InlineData("of another segment")]
    [InlineData("of another height")]
    [InlineData("of other parameters")]
    public void A_saved_segment_that_this_run_could_not_have_made_is_made_anew(string kind)
    {
        byte[][] honest = Split(Two.Value);
        byte[] saved = kind switch
        {
            "damaged" => [.. honest[1].Select((b, i) => i == honest[1].Length / 2 ? (byte)(b ^ 1) : b)],
            "of another segment" => honest[0],
            "of another height" => Split(OtherHeight.Value)[1],
            _ => Split(ProveVerifyTests.Prove(SampleBooks.Tiny(), Options with { MinimumAccountsLog = 14 }))[1],
        };
        var made = new List<int>();
        var store = new MemoryStore { Saved = (segment, _) => made.Add(segment) };
        (store.Proofs[0], store.Proofs[1]) = (honest[0], saved);
        SolvencyProof proof = ProveVerifyTests.Prove(SampleBooks.Tiny(), Options with { Store = store });
        Assert.Equal([1], made);
        Assert.True(ProveVerifyTests.Verify(proof.Inputs, proof.Proof).Accepted);
    }

    private sealed class MemoryStore : ISegmentStore
    {
        public Dictionary<int, byte[]> Proofs { get; } = [];

        public Action<int, byte[]> Saved { get; set; } = (_, _) => { };

        public byte[]? Load(int segment) => Proofs.GetValueOrDefault(segment);

        public void Save(int segment, byte[] proof)
        {
            Proofs[segment] = proof;
            Saved(segment, proof);
        }
    }

    private static byte[][] Split(SolvencyProof proof)
    {
        Assert.Null(SolvencyProofFile.TryRead(proof.Proof, proof.Inputs.Segments.Count, out IReadOnlyList<ReadOnlyMemory<byte>> proofs));
        return [.. proofs.Select(p => p.ToArray())];
    }
}
