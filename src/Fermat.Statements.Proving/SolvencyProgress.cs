using Fermat.Stark;

namespace Fermat.Statements.Proving;

/// <summary>The stages of proving solvency, in order.</summary>
public enum SolvencyStage
{
    /// <summary>The book is checked, its margin computed natively, its leaves hashed; counts accounts.</summary>
    Checking,

    /// <summary>The state tree is built above the leaves; counts segments.</summary>
    StateTree,

    /// <summary>Items and accounts are written as rows; counts accounts.</summary>
    Accounts,

    /// <summary>Hashes are written as rows; counts permutations.</summary>
    Hashes,

    /// <summary>The proof is made; counts the prover's steps.</summary>
    Proving,
}

/// <summary>How far the proof of a book is.</summary>
/// <param name="Stage">The stage that is running.</param>
/// <param name="Done">How much of it is done.</param>
/// <param name="Total">How much there is.</param>
/// <param name="Prover">The prover's own progress, in the last stage.</param>
/// <param name="Segment">The segment that is being proven, from 0; the last three stages come once for each.</param>
/// <param name="Segments">How many there are; 0 while that is not known.</param>
public readonly record struct SolvencyProgress(SolvencyStage Stage, long Done, long Total, ProverProgress? Prover = null, int Segment = 0, int Segments = 0);

/// <summary>Tells the progress of one segment of a book.</summary>
internal sealed class SegmentProgress(IProgress<SolvencyProgress> progress, int segment, int segments) : IProgress<SolvencyProgress>, IProgress<ProverProgress>
{
    public void Report(SolvencyProgress value) => progress.Report(value with { Segment = segment, Segments = segments });

    public void Report(ProverProgress value) => Report(new SolvencyProgress(SolvencyStage.Proving, value.Done, value.Total, value));
}
