using System.Collections.Immutable;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>The prover's side of FRI: the committed layers and the final polynomial.</summary>
internal sealed class FriProver : IDisposable
{
    private readonly List<Matrix> _layers = [];
    private readonly List<MerkleTree> _trees = [];

    /// <summary>The root of each layer.</summary>
    public ImmutableArray<Digest> Roots => [.. _trees.Select(tree => tree.Root)];

    /// <summary>The coefficients of the final polynomial, constant first.</summary>
    public ImmutableArray<Quintic> FinalPolynomial { get; private set; }

    /// <summary>Commits to the layers, from the tallest codeword down to the final polynomial.</summary>
    /// <param name="transcript">The transcript, after the batching coefficients were drawn.</param>
    /// <param name="shape">The proof's shape.</param>
    /// <param name="takeCodeword">Gives, once for each height, the batched polynomial's values on the first n points (bit-reversed).</param>
    /// <param name="randomness">Where the leaf salts come from.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="ProverException">The codeword is not of low degree: a bug in the prover.</exception>
    public static FriProver Commit(
        ProtocolTranscript transcript, ProofShape shape, Func<int, Matrix> takeCodeword, ProverRandomness randomness, CancellationToken ct)
    {
        var fri = new FriProver();
        try
        {
            int blowup = shape.Options.BlowupLog2;
            Quintic[] codeword = Extend(takeCodeword(shape.CodewordLog2 - blowup), blowup);
            for (int layer = 0; layer < shape.Rounds.Count; layer++)
            {
                FoldingRound round = shape.Rounds[layer];
                transcript.AbsorbLayerRoot(layer, fri.CommitLayer(codeword, round.ArityLog2, shape.Options.Hash, randomness, ct));
                Quintic beta = transcript.DrawFoldChallenge(layer);
                codeword = FriFolder.Fold(codeword, round.ArityLog2, beta, ct);
                if (round.RollInLogHeight is { } logHeight)
                    Add(codeword, transcript.DrawRollInChallenge(layer), Extend(takeCodeword(logHeight), blowup));
            }

            fri.FinalPolynomial = Interpolate(codeword, shape.FinalPolynomialLength);
            transcript.AbsorbFinalPolynomial(fri.FinalPolynomial.AsSpan());
            return fri;
        }
        catch
        {
            fri.Dispose();
            throw;
        }
    }

    /// <summary>Opens the layers at the queries.</summary>
    public ImmutableArray<MultiOpening> Open(QueryPlan plan) => [.. _trees.Select((tree, layer) => tree.Open(plan.InLayer(layer)))];

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (MerkleTree tree in _trees) tree.Dispose();
        foreach (Matrix layer in _layers) layer.Dispose();
    }

    /// <summary>Row r of a layer holds the values at positions arity·r … arity·r + arity − 1, which fold together.</summary>
    private Digest CommitLayer(Quintic[] codeword, int arityLog2, CommitmentHash hash, ProverRandomness randomness, CancellationToken ct)
    {
        int arity = 1 << arityLog2;
        var rows = new Matrix(codeword.Length >> arityLog2, arity * Quintic.Degree);
        _layers.Add(rows);
        Parallelism.ForRanges(rows.Rows, CosetPoints.Block, (from, to) =>
        {
            for (int row = from; row < to; row++) codeword.AsSpan(row << arityLog2, arity).CopyTo(ExtensionCells.Of(rows.Row(row)));
        }, ct);
        _trees.Add(MerkleTree.Commit(hash, [rows], randomness.Salts($"layer {_trees.Count}"), ct));
        return _trees[^1].Root;
    }

    /// <summary>The codeword of a polynomial given on the first n of its points. Disposes of what it was given.</summary>
    private static Quintic[] Extend(Matrix values, int blowupLog2)
    {
        using (values)
        {
            Lde.InterpolateBitReversed(values, TraceDomain.CosetShift);
            using Matrix extended = Lde.EvaluateBitReversed(values, blowupLog2, TraceDomain.CosetShift);
            var codeword = new Quintic[extended.Rows];
            Parallelism.ForRanges(codeword.Length, CosetPoints.Block, (from, to) =>
            {
                for (int row = from; row < to; row++) codeword[row] = ExtensionCells.Of(extended.Row(row))[0];
            });
            return codeword;
        }
    }

    private static void Add(Quintic[] codeword, Quintic gamma, Quintic[] joining) =>
        Parallelism.ForRanges(codeword.Length, CosetPoints.Block, (from, to) =>
        {
            for (int i = from; i < to; i++) codeword[i] += gamma * joining[i];
        });

    private static ImmutableArray<Quintic> Interpolate(Quintic[] codeword, int length)
    {
        Ntt.BitReverse(codeword.AsSpan());
        Ntt.Inverse(codeword.AsSpan());
        foreach (Quintic coefficient in codeword.AsSpan(length))
        {
            if (coefficient != Quintic.Zero) throw new ProverException(ProverError.Internal, "FRI's last codeword is not of low degree");
        }

        return [.. codeword.AsSpan(0, length)];
    }
}
