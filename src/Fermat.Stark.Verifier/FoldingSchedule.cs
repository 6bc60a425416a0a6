namespace Fermat.Stark;

/// <summary>One FRI round: a committed layer, its fold, and the codeword that may join after it.</summary>
/// <param name="LogLength">Logarithm of the length of the layer that is committed and folded.</param>
/// <param name="ArityLog2">Logarithm of the folding factor: 1, 2 or 3.</param>
/// <param name="RollInLogHeight">Log height of the tables whose codeword is added after the fold, or null if none has that length.</param>
public readonly record struct FoldingRound(int LogLength, int ArityLog2, int? RollInLogHeight)
{
    /// <summary>Logarithm of the length after the fold.</summary>
    public int FoldedLogLength => LogLength - ArityLog2;
}

/// <summary>
/// The rounds of FRI, a function of the options and the table heights alone: from each codeword length to the next shorter table's
/// (at the end: to the final polynomial's), by the usual folding factor while it fits and by the remainder last.
/// </summary>
public static class FoldingSchedule
{
    /// <summary>The rounds, tallest first. Empty when the tallest table is no taller than the final polynomial.</summary>
    /// <param name="options">Options that are valid for the heights.</param>
    /// <param name="logHeights">Logarithm of each table's rows, in any order, repeats allowed.</param>
    /// <exception cref="ArgumentException">The options are not valid for the heights.</exception>
    public static IReadOnlyList<FoldingRound> Of(ProofOptions options, IReadOnlyList<int> logHeights)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Validate(logHeights) is { } failure) throw new ArgumentException(failure, nameof(options));
        return Of(options.BlowupLog2, options.FoldingLog2, options.FinalPolynomialLog2, logHeights);
    }

    internal static IReadOnlyList<FoldingRound> Of(int blowupLog2, int foldingLog2, int finalLog2, IReadOnlyList<int> logHeights)
    {
        int[] heights = [.. logHeights.Distinct().OrderDescending()];
        var rounds = new List<FoldingRound>();
        for (int i = 0; i < heights.Length; i++)
        {
            bool last = i == heights.Length - 1;
            int target = last ? finalLog2 : heights[i + 1];
            int log = heights[i];
            while (log > target)
            {
                int arity = Math.Min(foldingLog2, log - target);
                int? rollIn = !last && log - arity == target ? target : null;
                rounds.Add(new FoldingRound(log + blowupLog2, arity, rollIn));
                log -= arity;
            }
        }
        return rounds;
    }
}
