namespace Fermat.Statements.Proving;

/// <summary>
/// Where the proofs of finished segments are kept while a large book is being proven, so that a run that was stopped can go on. Nothing is trusted on account of being there: a proof is only taken over when the verifier
/// accepts it for the very statement and segment, with the parameters and heights of this run.
/// </summary>
/// <remarks>
/// The statement of a book is the same in every run with the same venue secret and options; the randomness of a proof is fresh in every run, so that of an unfinished segment is never used again.
/// </remarks>
public interface ISegmentStore
{
    /// <summary>The proof of a segment that was saved earlier, if there is one.</summary>
    /// <param name="segment">From 0.</param>
    byte[]? Load(int segment);

    /// <summary>Keeps the proof of a segment.</summary>
    /// <param name="segment">From 0.</param>
    /// <param name="proof">Its bytes.</param>
    void Save(int segment, byte[] proof);
}
