using System.Collections.Immutable;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>What a proof says it is about. The verifier compares all of it with its own and trusts none of it.</summary>
/// <param name="Options">The parameters the proof was made with.</param>
/// <param name="KeyDigest">Digest of the verifying key.</param>
/// <param name="PublicInputsDigest">Digest of the public inputs, see <see cref="PublicInputs.Digest"/>.</param>
/// <param name="LogHeights">Logarithm of each table's rows, in circuit order.</param>
public sealed record ProofHeader(ProofOptions Options, Digest KeyDigest, Digest PublicInputsDigest, ImmutableArray<int> LogHeights);

/// <summary>What the prover says before the queries are drawn, in the order in which it is absorbed.</summary>
public sealed record ProofMessages
{
    /// <summary>The root of each phase that has columns.</summary>
    public required ImmutableArray<Digest> PhaseRoots { get; init; }

    /// <summary>The bus sum of each table; empty in a circuit without messages.</summary>
    public required ImmutableArray<Quintic> BusSums { get; init; }

    /// <summary>The root of the quotient pieces and masks.</summary>
    public required Digest QuotientRoot { get; init; }

    /// <summary>The out-of-domain openings, in the order of <see cref="ProofShape.Openings"/>.</summary>
    public required ImmutableArray<Quintic> Openings { get; init; }

    /// <summary>The root of each FRI layer.</summary>
    public required ImmutableArray<Digest> LayerRoots { get; init; }

    /// <summary>The coefficients of the final polynomial, constant first.</summary>
    public required ImmutableArray<Quintic> FinalPolynomial { get; init; }

    /// <summary>The grinding nonce.</summary>
    public required ulong Nonce { get; init; }
}

/// <summary>What the prover opens at the queries.</summary>
/// <param name="Commitments">An opening of each of <see cref="ProofShape.Commitments"/>.</param>
/// <param name="Layers">An opening of each FRI layer.</param>
public sealed record ProofQueries(ImmutableArray<MultiOpening> Commitments, ImmutableArray<MultiOpening> Layers);

/// <summary>A proof: one object, one byte string.</summary>
/// <param name="Header">What it is about.</param>
/// <param name="Messages">What is said before the queries.</param>
/// <param name="Queries">What is opened at them.</param>
public sealed record Proof(ProofHeader Header, ProofMessages Messages, ProofQueries Queries);
