using Fermat.Algebra;
using Fermat.Hashing;
using static Fermat.Stark.Tests.Tampering;

namespace Fermat.Stark.Tests;

/// <summary>One test a rejection: a real proof, changed in what it opens at the queries, is turned down by that name.</summary>
public class TamperedOpeningTests
{
    // With one query and no grinding a cheating prover can aim at the query, and so reach the last checks.
    private static readonly ProofOptions OneQuery = SequenceToy.Options with { Queries = 1, QueryGrindingBits = 0 };
    private static readonly VerifierPolicy NoPolicy = new(MinimumProvenBits: 0);

    [Fact]
    [Rejects(RejectionCode.WrongPreprocessedOpening)]
    [Rejects(RejectionCode.WrongPhaseOpening)]
    [Rejects(RejectionCode.WrongQuotientOpening)]
    public void Changed_row_of_a_commitment()
    {
        RejectionCode[] codes =
        [
            RejectionCode.WrongPreprocessedOpening,
            RejectionCode.WrongPhaseOpening,
            RejectionCode.WrongPhaseOpening,
            RejectionCode.WrongPhaseOpening,
            RejectionCode.WrongQuotientOpening,
        ];
        for (int c = 0; c < codes.Length; c++)
        {
            var changed = Opened.Queries.Commitments.SetItem(c, OpenedProof.ChangeRow(Opened.Queries.Commitments[c]));
            AssertRejected(codes[c], Toy.Verify(Opened.With(queries: Opened.Queries with { Commitments = changed })));
        }
    }

    [Fact]
    [Rejects(RejectionCode.WrongLayerOpening)]
    public void Changed_row_of_a_layer()
    {
        for (int layer = 0; layer < Opened.Shape.Rounds.Count; layer++)
        {
            var changed = Opened.Queries.Layers.SetItem(layer, OpenedProof.ChangeRow(Opened.Queries.Layers[layer]));
            Rejection rejection = AssertRejected(RejectionCode.WrongLayerOpening, Toy.Verify(Opened.With(queries: Opened.Queries with { Layers = changed })));
            Assert.Equal($"opening of FRI layer {layer}", rejection.Part);
        }
    }

    /// <summary>The order of docs/PROTOCOL.md: the commitments' openings, one after the other, then the layers'.</summary>
    [Fact]
    public void Of_several_changed_rows_the_first_in_the_documents_order_is_said()
    {
        ProofQueries all = new([.. Opened.Queries.Commitments.Select(OpenedProof.ChangeRow)], [.. Opened.Queries.Layers.Select(OpenedProof.ChangeRow)]);
        string[] parts = [.. Opened.Shape.Commitments.Select(commitment => $"opening of {commitment.Name}"), .. Enumerable.Range(0, all.Layers.Length).Select(layer => $"opening of FRI layer {layer}")];
        for (int wrong = 0; wrong < parts.Length; wrong++)
        {
            Assert.Equal(parts[wrong], Toy.Verify(Opened.With(queries: all)).Rejection?.Part);
            all = wrong < all.Commitments.Length
                ? all with { Commitments = all.Commitments.SetItem(wrong, Opened.Queries.Commitments[wrong]) }
                : all with { Layers = all.Layers.SetItem(wrong - all.Commitments.Length, Opened.Queries.Layers[wrong - all.Commitments.Length]) };
        }

        Assert.True(Toy.Verify(Opened.With(queries: all)).Accepted);
    }

    [Fact]
    public void A_sibling_in_another_encoding()
    {
        // An algebraic digest is eight elements; adding p to a word would be a second encoding of the same digest, and so of the proof.
        ProofOptions options = SequenceToy.Options with { Hash = CommitmentHash.Poseidon };
        var opened = new OpenedProof(Toy, options, Toy.Prove(options));
        MultiOpening opening = opened.Queries.Commitments[1];
        Span<uint> words = stackalloc uint[Digest.Words];
        opening.Siblings[0].CopyWordsTo(words);
        words[3] += KoalaBear.Modulus;
        var changed = new MultiOpening(opening.Plan, opening.Rows, opening.Salts, [Digest.FromWords(words), .. opening.Siblings.Skip(1)]);
        ProofQueries queries = opened.Queries with { Commitments = opened.Queries.Commitments.SetItem(1, changed) };
        AssertRejected(RejectionCode.WrongPhaseOpening, Toy.Verify(opened.With(queries: queries), key: Toy.Key(options)));
    }

    [Fact]
    [Rejects(RejectionCode.LayerMismatch)]
    public void A_committed_layer_that_is_not_the_fold()
    {
        var opened = new OpenedProof(Toy, OneQuery, Toy.Prove(OneQuery));
        var random = new Random(1);
        for (int layer = 0; layer < opened.Shape.Rounds.Count; layer++)
        {
            (int logHeight, int width) = opened.Shape.LayerTree(layer).Matrices[0];
            using var noise = new Matrix(1 << logHeight, width);
            for (int row = 0; row < noise.Rows; row++)
            {
                for (int column = 0; column < width; column++) noise[row, column] = TestFields.Element(random);
            }

            using var tree = MerkleTree.Commit(OneQuery.Hash, [noise], new SaltSource(new byte[32], "noise"));
            ProofMessages messages = opened.WithSameQueries(opened.Messages with { LayerRoots = opened.Messages.LayerRoots.SetItem(layer, tree.Root) });
            ProofQueries queries = opened.Queries with { Layers = opened.Queries.Layers.SetItem(layer, tree.Open(opened.Plan.InLayer(layer))) };
            VerificationResult result = Toy.Verify(opened.With(messages: messages, queries: queries), NoPolicy, Toy.Key(OneQuery));
            Rejection rejection = AssertRejected(RejectionCode.LayerMismatch, result);
            int position = opened.Shape.IndexAt(opened.Plan.Distinct[0], opened.Shape.Rounds[layer].LogLength);
            Assert.Equal(("a FRI layer does not hold the value that leads to it", $"FRI layer {layer}, position {position}"), (rejection.Message, rejection.Part));
            Assert.NotEqual(rejection.Expected, rejection.Got);
            Assert.All([rejection.Expected, rejection.Got], text => Assert.False(string.IsNullOrEmpty(text)));
        }
    }

    [Fact]
    [Rejects(RejectionCode.FinalPolynomialMismatch)]
    public void A_final_polynomial_that_is_not_the_last_fold()
    {
        var opened = new OpenedProof(Toy, OneQuery, Toy.Prove(OneQuery));
        Assert.Null(Toy.Verify(opened.With(), NoPolicy, Toy.Key(OneQuery)).Rejection);
        ProofMessages messages = opened.WithSameQueries(opened.Messages);
        AssertRejected(RejectionCode.FinalPolynomialMismatch, Toy.Verify(opened.With(messages: messages), NoPolicy, Toy.Key(OneQuery)));
    }
}
