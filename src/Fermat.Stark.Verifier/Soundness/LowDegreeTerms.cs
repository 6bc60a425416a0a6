namespace Fermat.Stark;

/// <summary>
/// The terms for the step from "the verifier's queries passed" to "columns exist that agree with the committed words and have the claimed values": batching,
/// folding, rolling in, and the queries themselves.
/// </summary>
internal static class LowDegreeTerms
{
    public static void Add(List<Soundness.Term> terms, SoundnessInput input, ProximityGap gap)
    {
        ProofOptions options = input.Options;
        IReadOnlyList<int> heights = input.Shape.LogHeights;
        foreach (int height in heights.Distinct().OrderDescending())
        {
            int length = height + options.BlowupLog2;
            terms.Add(new(() => $"batching at 2^{height} rows", gap.Theorem + "; affine spaces by a random line", gap.ErrorOnLine(length)));
        }

        foreach (FoldingRound round in FoldingSchedule.Of(options.BlowupLog2, options.FoldingLog2, options.FinalPolynomialLog2, heights))
        {
            terms.Add(new(() => $"fold 2^{round.LogLength} by {1 << round.ArityLog2}", gap.Theorem, Fold(gap, round)));
            if (round.RollInLogHeight is { } height)
                terms.Add(new(() => $"roll-in of 2^{height} rows", gap.Theorem, gap.ErrorOnLine(round.FoldedLogLength)));
        }

        terms.Add(new(() => $"{options.Queries} queries, {options.QueryGrindingBits} bits of grinding", "independent samples", Queries(options, gap)));
    }

    /// <summary>
    /// A fold by a is a point of a curve of degree a − 1 through the a parts of the word, each of the folded length. The length before the fold is
    /// charged: it is the larger, it is what other calculators charge, and it costs about one query.
    /// </summary>
    private static Magnitude Fold(ProximityGap gap, FoldingRound round) => gap.ErrorOnLine(round.LogLength) * ((1 << round.ArityLog2) - 1);

    /// <summary>
    /// If the consistent part of the longest domain has density at most 1 − δ, all queries fall into it with probability (1 − δ)^Q; each attempt at new
    /// queries first costs 2^g hashes.
    /// </summary>
    private static Magnitude Queries(ProofOptions options, ProximityGap gap) =>
        Magnitude.Of(gap.Agreement).Power(options.Queries) * Magnitude.PowerOfTwo(-options.QueryGrindingBits);
}
