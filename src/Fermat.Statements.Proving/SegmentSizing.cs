using Fermat.Ledger;

namespace Fermat.Statements.Proving;

/// <summary>How large segments are when nothing else is asked for, and how many a padded book shows.</summary>
internal static class SegmentSizing
{
    /// <summary>Segments of up to 2^17 accounts by default: larger ones are not quicker to prove and need more memory.</summary>
    public const int LargestDepth = 17;

    /// <summary>How many segments a book of some size is shown to have, if its accounts and items fill them evenly.</summary>
    public static long SegmentsOf(BookSize size, SegmentLayout layout) => Math.Max(Ceiling(size.Accounts, layout.Accounts), Ceiling(size.Items, layout.Items));

    private static long Ceiling(long value, long divisor) => (value + divisor - 1) / divisor;
}
