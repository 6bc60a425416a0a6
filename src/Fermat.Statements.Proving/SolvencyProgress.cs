using Fermat.Stark;

namespace Fermat.Statements.Proving;

/// <summary>The stages of proving solvency, in order.</summary>
public enum SolvencyStage
{
    /// <summary>The book is checked and its margin computed natively; counts accounts.</summary>
    Checking,

    /// <summary>The state tree is built; counts accounts.</summary>
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
public readonly record struct SolvencyProgress(SolvencyStage Stage, long Done, long Total, ProverProgress? Prover = null);
