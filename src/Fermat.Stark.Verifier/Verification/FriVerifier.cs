using System.Collections.Immutable;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Follows one query after another through the FRI layers.</summary>
internal sealed class FriVerifier(ProofShape shape, ImmutableArray<Quintic> finalPolynomial)
{
    private readonly List<(Quintic Fold, Quintic RollIn)> _challenges = [];

    /// <summary>Adds the challenges of the next layer; the roll-in is not used where nothing joins.</summary>
    public void Add(Quintic fold, Quintic rollIn) => _challenges.Add((fold, rollIn));

    /// <summary>
    /// Checks that what the columns give at the query is in the first layer, that each layer's fold (with the codeword that joins) is in
    /// the next, and that the last fold is what the final polynomial takes there.
    /// </summary>
    public Rejection? Check(int query, QueriedRows rows)
    {
        Quintic value = rows.Combine(shape.CodewordLog2);
        Span<Quintic> coset = stackalloc Quintic[1 << Fri.MaxArityLog2];
        for (int layer = 0; layer < shape.Rounds.Count; layer++)
        {
            FoldingRound round = shape.Rounds[layer];
            int position = shape.IndexAt(query, round.LogLength);
            int slot = position & ((1 << round.ArityLog2) - 1);
            int row = position >> round.ArityLog2;
            Span<Quintic> values = coset[..(1 << round.ArityLog2)];
            rows.Layer(layer, row, values);
            if (values[slot] != value)
            {
                return new Rejection(
                    RejectionCode.LayerMismatch, "a FRI layer does not hold the value that leads to it", $"{value}", $"{values[slot]}", $"FRI layer {layer}, position {position}");
            }

            value = Fri.FoldCoset(values, round.ArityLog2, _challenges[layer].Fold, Fri.CosetPoint(round.LogLength, round.ArityLog2, row).Inverse());
            if (round.RollInLogHeight is not null) value += _challenges[layer].RollIn * rows.Combine(round.FoldedLogLength);
        }

        int last = shape.IndexAt(query, shape.FinalCodewordLog2);
        Quintic final = Fri.Evaluate(finalPolynomial.AsSpan(), Fri.Point(shape.FinalCodewordLog2, last));
        return final == value
            ? null
            : new Rejection(
                RejectionCode.FinalPolynomialMismatch, "the final polynomial is not what the last layer folds to", $"{value}", $"{final}", $"final polynomial, position {last}");
    }
}
