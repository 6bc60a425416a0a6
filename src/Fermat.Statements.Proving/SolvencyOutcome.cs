using Fermat.Ledger;
using Fermat.Rules.Interpretation;
using Fermat.Stark;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>The outcome of asking for a proof: a proof, or why there is none.</summary>
/// <param name="Inputs">The public inputs; null when there is no proof.</param>
/// <param name="Proof">The bytes of the proof file; empty when there is none.</param>
/// <param name="Tree">The state tree, for inclusion openings; null when there is no proof.</param>
/// <param name="Sums">The book's sums; secret unless they were revealed. Null when they were not computed.</param>
/// <param name="Options">The parameters of each segment's proof.</param>
/// <param name="Report">Where time and memory went, all segments together.</param>
/// <param name="Elapsed">Wall-clock time in all.</param>
/// <param name="Reasons">Every predicate that the book breaks; empty exactly when there is a proof.</param>
public sealed record SolvencyOutcome(
    SolvencyPublicInputs? Inputs, byte[] Proof, SegmentedTree? Tree, BookSums? Sums, ProofOptions? Options, ProverReport? Report, TimeSpan Elapsed, IReadOnlyList<BrokenPredicate> Reasons)
{
    internal static SolvencyOutcome Not(IReadOnlyList<BrokenPredicate> reasons, BookSums? sums = null) => new(null, [], null, sums, null, null, TimeSpan.Zero, reasons);
}

/// <summary>The predicates of statement S that a book can break.</summary>
public enum SolvencyPredicate
{
    /// <summary>The assets are a set of risk parameters.</summary>
    ParametersValid = 1,

    /// <summary>Reserves, insurance fund and buffer are within their ranges.</summary>
    InputsInRange,

    /// <summary>Every account is valid: items sorted, amounts in range, no more pledged than held.</summary>
    AccountValid,

    /// <summary>The book fits the circuit's largest tables.</summary>
    BookFitsCircuit,

    /// <summary>Per asset: Σ (equity − debt) ≤ reserves.</summary>
    ReservesCoverAsset,

    /// <summary>Σ reserves · price ≥ Σ max(net equity, 0) + buffer.</summary>
    ReservesCoverClaims,

    /// <summary>Insurance fund ≥ Σ max(−net equity, 0).</summary>
    InsuranceCoversShortfall,

    /// <summary>Per instrument: all accounts together hold nothing, where the rulebook says so.</summary>
    NetSizeIsZero,
}

/// <summary>A predicate that a book breaks.</summary>
/// <param name="Predicate">Which.</param>
/// <param name="Message">The sentence, with both numbers.</param>
/// <param name="Subject">The asset or account it is about, if it is about one.</param>
public sealed record BrokenPredicate(SolvencyPredicate Predicate, string Message, string? Subject = null);
