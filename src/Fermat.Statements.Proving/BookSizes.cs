using System.Numerics;
using Fermat.Ledger;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Leaves;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>The sizes of a book's proof, from what is known of its segments.</summary>
/// <param name="book">The book; its accounts are not looked at.</param>
/// <param name="options">What was asked for.</param>
/// <param name="depth">Depth of the segments, where there are several.</param>
/// <param name="segments">The segments so far.</param>
/// <param name="complete">Whether these are all.</param>
internal sealed class BookSizes(SolvencyBook book, SolvencyProverOptions options, int depth, IReadOnlyList<BookSegment> segments, bool complete)
{
    private const int TypicalTailRows = 512;

    /// <summary>What the statement shows of the book's size.</summary>
    public ShownSize Shown { get; } = ShownSize.Of(segments, depth, options, complete);

    /// <summary>Permutations in a row of the hash table: as asked for, or those that waste the fewest cells.</summary>
    public int HashSlots => options.HashSlots ?? Fermat.Statements.Proving.HashSlots.Best(segments.Max(Permutations), TypicalTailRows);

    /// <summary>The depths of segments and tree.</summary>
    /// <exception cref="ArgumentException">The book does not fit the depth asked for.</exception>
    public (int Segment, int Tree) Depths()
    {
        int needed = Shown.Segments > 1 ? new SegmentLayout(depth).TreeDepth(Shown.Segments) : Shown.Depth;
        return options.Depth < needed
            ? throw new ArgumentException($"the state tree of {Shown.Segments} segments of depth {depth} has a depth of at least {needed}, not {options.Depth}")
            : (Shown.Depth, options.Depth ?? needed);
    }

    /// <summary>The rows that the largest segment fills in each table, or one as large as what is shown.</summary>
    /// <param name="circuit">With <see cref="HashSlots"/>.</param>
    /// <exception cref="ArgumentException">A table's rows cannot be bounded by what the book is padded to.</exception>
    public int[] ActiveRows(SolvencyCircuit circuit)
    {
        int[] active = new int[circuit.Circuit.Tables.Count];
        foreach (BookSegment segment in segments)
            active = [.. active.Zip(SolvencyTraceBuilder.RowsOf(circuit, segment.Rows, book.Market, Shown.Depth, Permutations(segment)), Math.Max)];
        if (Shown.Size is not { } size) return active;
        var none = new LoweringTrace(circuit.Book.Lowering, new Interpreter(circuit.Book.Lowering.Rulebook, book.Market), []);
        return [.. active.Select((rows, table) => Math.Max(rows, checked((int)none.MostRowsOf(table, size.Accounts, size.Items))))];
    }

    /// <summary>By how many halvings of the segments the largest would fit the circuit's tables and the memory; 0 when it does.</summary>
    /// <exception cref="ArgumentException">The bits are out of reach, or the book does not fit the padding asked for.</exception>
    public int Halvings()
    {
        SolvencyCircuit circuit = SolvencyCircuit.Of(book.Rulebook, HashSlots);
        int[] active = ActiveRows(circuit);
        for (int halvings = 0; ; halvings++)
        {
            int[] rows = [.. active.Select(count => count >> halvings)];
            if (halvings >= depth || Fits(circuit, rows)) return halvings;
        }
    }

    /// <summary>The deepest that segments need to be to hold the largest of these.</summary>
    public int DepthInUse => Math.Min(depth, BitOperations.Log2((uint)Math.Max(1, Math.Max(Shown.Size?.Accounts ?? 0, segments.Max(segment => segment.Accounts)))) + 1);

    private bool Fits(SolvencyCircuit circuit, int[] active)
    {
        if (circuit.Circuit.Tables.Any(table => Profiles.LogHeight(active[table.Index], TypicalTailRows) > table.MaxLogHeight)) return false;
        if (options.MemoryLimit is not { } limit) return true;
        CircuitShape least = CircuitShape.Of(circuit.Circuit, [.. circuit.Circuit.Tables.Select(table => table.MinLogHeight)]);
        (ProofOptions proof, CircuitShape shape) = Profiles.Fit(options.Profile, Math.Min(options.ProvenBits, Profiles.StandardBits), least, active, options.Hash);   // more bits are some tail rows more
        return ProverMemory.Estimate(new ProofShape(circuit.Circuit, proof, [.. shape.LogHeights])) <= limit;
    }

    /// <summary>Permutations of a segment's hashes; where the book is padded, those of a segment of the size that is shown, if they are more.</summary>
    private long Permutations(BookSegment segment)
    {
        LeafLayout leaves = book.Rulebook.Leaves;
        int totals = SolvencyBounds.Count(book.Rulebook.Solvency!, book.Market);
        long permutations = SolvencyTraceBuilder.Permutations(segment.LeafBlocks, segment.Accounts, Shown.Depth, totals);
        if (Shown.Size is not { } size) return permutations;
        long blocks = ((long)leaves.FirstItemBlock * size.Accounts) + ((long)leaves.ItemBlocks.DefaultIfEmpty().Max() * size.Items);
        return Math.Max(permutations, SolvencyTraceBuilder.Permutations(blocks, size.Accounts, Shown.Depth, totals));
    }
}

/// <summary>What a statement shows of a book's size.</summary>
/// <param name="Segments">How many segments the state tree has room for, at least.</param>
/// <param name="Depth">Depth of a segment's subtree.</param>
/// <param name="Size">The accounts and items that the tables of every segment have room for; null where they are as small as the book allows.</param>
internal readonly record struct ShownSize(int Segments, int Depth, BookSize? Size)
{
    /// <summary>What a book shows that is cut into these segments.</summary>
    /// <param name="segments">The segments so far.</param>
    /// <param name="depth">Depth of the segments, where there are several.</param>
    /// <param name="options">What was asked for.</param>
    /// <param name="complete">Whether these are all.</param>
    /// <exception cref="ArgumentException">The book is larger than what it is padded to.</exception>
    public static ShownSize Of(IReadOnlyList<BookSegment> segments, int depth, SolvencyProverOptions options, bool complete = true)
    {
        int found = complete ? segments.Count : segments.Count + 1;
        if (options.PadTo is not { } padded) return found > 1 ? new(found, depth, null) : new(1, options.Depth ?? StateTree.DepthFor(segments[0].Accounts), null);
        var layout = new SegmentLayout(depth);
        long count = segments.Sum(segment => (long)segment.Accounts), items = segments.Sum(segment => segment.Items);
        if (complete && (padded.Accounts < count || padded.Items < items))
            throw new ArgumentException($"the book has {count} accounts and {items} items, more than the {padded.Accounts} and {padded.Items} it is padded to");
        int shown = checked((int)Math.Max(found, SegmentSizing.SegmentsOf(padded, layout)));
        if (shown == 1) return new(1, options.Depth ?? StateTree.DepthFor(padded.Accounts), padded);
        // a segment has more items than others only where one account alone has them: its heights would tell
        if (complete && segments.FirstOrDefault(segment => segment.Items > layout.Items) is { } large)
            throw new ArgumentException($"an account has {large.Items} items, more than the {layout.Items} that segments of depth {depth} are padded to");
        return new(shown, depth, new BookSize((int)layout.Accounts, (int)layout.Items));
    }
}
