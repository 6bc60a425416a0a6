using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>The outcome of asking for a solvency proof: <see cref="SolvencyProof"/> or <see cref="NotProvable"/>.</summary>
public abstract record SolvencyOutcome;

/// <summary>A book's solvency, proven.</summary>
/// <param name="Inputs">The public inputs: what the statement file holds.</param>
/// <param name="Proof">The bytes of the proof file: the proofs of all segments (<see cref="SolvencyProofFile"/>).</param>
/// <param name="Tree">The state tree, for inclusion openings.</param>
/// <param name="Totals">The book's totals; secret unless they were revealed.</param>
/// <param name="Options">The parameters of each segment's proof.</param>
/// <param name="Report">Where time and memory went, all segments together.</param>
/// <param name="Elapsed">Wall-clock time in all.</param>
public sealed record SolvencyProof(
    SolvencyPublicInputs Inputs, byte[] Proof, SegmentedTree Tree, BookTotals Totals, ProofOptions Options, ProverReport? Report, TimeSpan Elapsed) : SolvencyOutcome;

/// <summary>Why a book has no proof: no proof of it could be accepted.</summary>
/// <param name="Reasons">Every predicate it breaks.</param>
public sealed record NotProvable(IReadOnlyList<BrokenPredicate> Reasons) : SolvencyOutcome
{
    /// <summary>The reasons, one to a line.</summary>
    public override string ToString() => "not provable because " + string.Join("; ", Reasons.Select(reason => reason.Message));
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
