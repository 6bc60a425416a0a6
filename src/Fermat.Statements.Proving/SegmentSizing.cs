using System.Collections.Immutable;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>Chooses how large segments are, and what a book shows of its size.</summary>
internal static class SegmentSizing
{
    /// <summary>Segments of up to 2^17 accounts by default: larger ones are not quicker to prove and need more memory.</summary>
    public const int LargestDepth = 17;

    private const int SmallestDepth = 8, TypicalTailRows = 512;

    /// <summary>The depth of segments: as asked for, or the largest of which a full one fits the memory.</summary>
    /// <exception cref="ArgumentException">The depth asked for is out of range.</exception>
    public static int Depth(SolvencyProverOptions options, RiskParameters parameters)
    {
        if (options.SegmentDepth is { } asked)
            return asked is >= 1 and <= SolvencyLimits.MaxAccountsLog ? asked : throw new ArgumentException($"segments have a depth of 1 to {SolvencyLimits.MaxAccountsLog}, not {asked}");
        int depth = LargestDepth;
        if (options.MemoryLimit is not { } limit) return depth;
        while (depth > SmallestDepth && Estimate(options, parameters, depth) > limit) depth--;
        return depth;
    }

    /// <summary>The depth of the segments and of the tree, and the sizes that the proof of every segment shows.</summary>
    /// <exception cref="ArgumentException">The book does not fit the depth or the padding asked for.</exception>
    public static (int SegmentDepth, int Depth, SolvencySizes Sizes) Of(BookSurvey survey, SegmentLayout layout, SolvencyProverOptions options, int assets)
    {
        BookTotals book = survey.Totals;
        if (options.PadTo is { } padded && (padded.Accounts < book.Accounts || padded.Items < book.Items))
            throw new ArgumentException($"the book has {book.Accounts} accounts and {book.Items} balances, more than the {padded.Accounts} and {padded.Items} it is padded to");
        long accounts = options.PadTo?.Accounts ?? book.Accounts, items = options.PadTo?.Items ?? book.Items;
        long count = Math.Max(survey.Segments.Count, options.PadTo is { } size ? SegmentsOf(size, layout) : 1);
        if (count == 1)
        {
            int depth = options.Depth ?? StateTree.DepthFor(checked((int)accounts));
            return (depth, depth, SolvencySizes.Of(accounts, items, depth, assets));
        }

        int needed = layout.TreeDepth(count);
        if (options.Depth < needed) throw new ArgumentException($"the state tree of {count} segments of depth {layout.Depth} has a depth of at least {needed}, not {options.Depth}");
        SolvencySizes most = options.PadTo is null ? SolvencySizes.Of(0, 0, layout.Depth, assets) : SolvencySizes.Of(layout.Accounts, layout.Items, layout.Depth, assets);
        foreach (BookTotals segment in survey.Segments) most = most.Max(SolvencySizes.Of(segment.Accounts, segment.Items, layout.Depth, assets));
        return (layout.Depth, options.Depth ?? needed, most);
    }

    /// <summary>How many segments a book of some size is shown to have, if its accounts and items fill them evenly.</summary>
    public static long SegmentsOf(BookSize size, SegmentLayout layout) => Math.Max(Ceiling(size.Accounts, layout.Accounts), Ceiling(size.Items, layout.Items));

    /// <summary>The hash slots: as asked for, or those that waste the fewest cells.</summary>
    public static int HashSlots(SolvencyProverOptions options, SolvencySizes sizes) => options.HashSlots ?? sizes.BestHashSlots(TypicalTailRows);

    /// <summary>The smallest tables that hold the sizes, and the parameters that reach the proven bits on them, for each of so many segments.</summary>
    /// <exception cref="ArgumentException">The bits are out of reach.</exception>
    public static (ProofOptions Options, CircuitShape Shape) Fit(SolvencyCircuit circuit, SolvencySizes sizes, RiskParameters parameters, SolvencyProverOptions options, int segments)
    {
        int[] least = [.. circuit.Circuit.Tables.Select(table => table.MinLogHeight)];
        Raise(ref least[circuit.Accounts.Table], options.MinimumAccountsLog);
        Raise(ref least[circuit.Items.Table], options.MinimumItemsLog);
        Raise(ref least[circuit.Hash.Table], options.MinimumHashLog);
        CircuitShape shape = CircuitShape.Of(circuit.Circuit, least);
        return Profiles.Fit(options.Profile, options.ProvenBits, shape, sizes.ActiveRows(circuit, parameters), options.Hash, SolvencyStatement.BitsLost(segments));

        static void Raise(ref int height, int minimum) => height = Math.Max(height, minimum);
    }

    private static long Estimate(SolvencyProverOptions options, RiskParameters parameters, int depth)
    {
        var layout = new SegmentLayout(depth);
        SolvencySizes sizes = SolvencySizes.Of(layout.Accounts, layout.Items, depth, parameters.Assets.Length);
        SolvencyCircuit circuit = SolvencyCircuit.WithHashSlots(HashSlots(options, sizes));
        SolvencyProverOptions reachable = options with { ProvenBits = Math.Min(options.ProvenBits, Profiles.StandardBits) };     // more bits are some tail rows more
        (ProofOptions proof, CircuitShape shape) = Fit(circuit, sizes, parameters, reachable, segments: 1);
        return ProverMemory.Estimate(new ProofShape(circuit.Circuit, proof, [.. shape.LogHeights]));
    }

    private static long Ceiling(long value, long divisor) => (value + divisor - 1) / divisor;
}
