using System.Collections.Immutable;

namespace Fermat.Stark;

/// <summary>Which rows of which tree are opened for a set of queries.</summary>
public sealed class QueryPlan
{
    private readonly ProofShape _shape;

    /// <summary>Plans the openings.</summary>
    /// <param name="shape">The proof's shape.</param>
    /// <param name="queries">The queries as drawn: indices into the longest codeword, in bit-reversed order, possibly repeated.</param>
    public QueryPlan(ProofShape shape, IReadOnlyList<int> queries)
    {
        ArgumentNullException.ThrowIfNull(shape);
        _shape = shape;
        Distinct = [.. queries.Distinct().Order()];
    }

    /// <summary>The queries without repeats, ascending.</summary>
    public ImmutableArray<int> Distinct { get; }

    /// <summary>The indices to open in a commitment's tree, without repeats, ascending.</summary>
    /// <param name="commitment">Index into <see cref="ProofShape.Commitments"/>.</param>
    public ImmutableArray<int> InCommitment(int commitment) => At(_shape.Commitments[commitment].CodewordLog2);

    /// <summary>The indices to open in a FRI layer's tree, without repeats, ascending.</summary>
    public ImmutableArray<int> InLayer(int layer) => At(_shape.Rounds[layer].FoldedLogLength);

    private ImmutableArray<int> At(int log) => [.. Distinct.Select(query => _shape.IndexAt(query, log)).Distinct()];
}
