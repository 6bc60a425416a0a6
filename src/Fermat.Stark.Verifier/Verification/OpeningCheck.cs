using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>Checks that what is opened at the queries is what was committed.</summary>
internal sealed class OpeningCheck(ProofShape shape, VerifyingKey key, ProofMessages messages, QueryPlan plan, ProofQueries opened)
{
    /// <summary>The openings of the trace columns.</summary>
    public Rejection? Commitments()
    {
        int phaseRoot = 0;
        for (int c = 0; c < shape.Commitments.Length; c++)
        {
            CommitmentShape commitment = shape.Commitments[c];
            (Digest root, RejectionCode code) = commitment.Kind switch
            {
                CommitmentKind.Preprocessed => (key.PreprocessedRoot!.Value, RejectionCode.WrongPreprocessedOpening),
                CommitmentKind.Phase => (messages.PhaseRoots[phaseRoot++], RejectionCode.WrongPhaseOpening),
                _ => (messages.QuotientRoot, RejectionCode.WrongQuotientOpening),
            };
            if (!MerkleVerifier.TryVerify(shape.Options.Hash, root, commitment.Tree, plan.InCommitment(c), opened.Commitments[c], out string? failure))
                return new Rejection(code, $"an opening does not match its commitment: {failure}", $"root {root}", Part: $"opening of {commitment.Name}");
        }

        return null;
    }

    /// <summary>The openings of the FRI layers.</summary>
    public Rejection? Layers()
    {
        for (int layer = 0; layer < shape.Rounds.Count; layer++)
        {
            Digest root = messages.LayerRoots[layer];
            if (!MerkleVerifier.TryVerify(shape.Options.Hash, root, shape.LayerTree(layer), plan.InLayer(layer), opened.Layers[layer], out string? failure))
            {
                return new Rejection(
                    RejectionCode.WrongLayerOpening, $"an opening does not match its commitment: {failure}", $"root {root}", Part: $"opening of FRI layer {layer}");
            }
        }

        return null;
    }
}
