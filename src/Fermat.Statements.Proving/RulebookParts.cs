using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Leaves;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>How a book under a rulebook is cut into segments.</summary>
/// <param name="Depth">Depth of the segments.</param>
/// <param name="HashSlots">Permutations in a row of the hash table.</param>
/// <param name="Accounts">Each segment's accounts.</param>
/// <param name="Rows">Each segment's rows in the rulebook's tables.</param>
/// <param name="Shown">What the statement shows of the book's size.</param>
internal sealed record RulebookParts(int Depth, int HashSlots, List<IReadOnlyList<AccountData>> Accounts, List<LoweringTrace> Rows, ShownSize Shown)
{
    private const int SmallestDepth = 4, TypicalTailRows = 512;

    /// <summary>Segments as deep as was asked for, or the deepest whose tables the circuit allows and whose proof fits the memory.</summary>
    /// <exception cref="ArgumentException">The depth asked for is out of range, the bits are out of reach, or the book does not fit the padding asked for.</exception>
    /// <exception cref="RuleEvaluationException">A public value that an account needs does not exist.</exception>
    public static RulebookParts Of(RulebookBook book, SolvencyProverOptions options, CancellationToken cancel)
    {
        if (options.SegmentDepth is { } asked and not (>= 1 and <= SolvencyLimits.MaxAccountsLog)) throw new ArgumentException($"segments have a depth of 1 to {SolvencyLimits.MaxAccountsLog}, not {asked}");
        int depth = options.SegmentDepth ?? SegmentSizing.LargestDepth;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            List<IReadOnlyList<AccountData>> accounts = Cut(book.Accounts, depth);
            ShownSize shown = ShownSize.Of(accounts, depth, options);
            int slots = options.HashSlots ?? BestHashSlots(book, accounts, shown);
            RulebookCircuit circuit = RulebookCircuit.Of(book.Rulebook, slots);
            var interpreter = new Interpreter(circuit.Book.Lowering.Rulebook, book.Market);     // one for all segments: public values are computed once
            var parts = new RulebookParts(depth, slots, accounts, [.. accounts.Select(part => new LoweringTrace(circuit.Book.Lowering, interpreter, part))], shown);
            int halvings = options.SegmentDepth is not null ? 0 : parts.Halvings(book, circuit, options);
            if (halvings == 0 || depth == SmallestDepth) return parts;
            depth = Math.Max(SmallestDepth, Math.Min(depth, BitOperations.Log2((uint)Math.Max(1, Math.Max(shown.Size?.Accounts ?? 0, accounts.Max(part => part.Count)))) + 1) - halvings);
        }
    }

    /// <summary>The accounts, segment by segment.</summary>
    public static List<IReadOnlyList<AccountData>> Cut(IReadOnlyList<AccountData> accounts, int depth)
    {
        var layout = new SegmentLayout(depth);
        var parts = new List<IReadOnlyList<AccountData>>();
        var part = new List<AccountData>();
        foreach (AccountData account in accounts)
        {
            if (layout.Place(account.Items.Sum(items => items.Length)))
            {
                parts.Add(part);
                part = [];
            }
            part.Add(account);
        }
        parts.Add(part);
        return parts;
    }

    /// <summary>The state tree above the leaves of all segments.</summary>
    public static SegmentedTree BuildTree(
        IReadOnlyList<IReadOnlyList<AccountData>> parts, Func<IReadOnlyList<AccountData>, Func<int, KoalaBear[]>> leafBlocks, ulong height, SaltDeriver salts, int segmentDepth, int depth, CancellationToken cancel)
    {
        var builder = new SegmentedTreeBuilder(height, salts);
        for (int segment = 0; segment < parts.Count; segment++)
        {
            if (segment > 0) builder.NextSegment();
            builder.Add(parts[segment].Count, leafBlocks(parts[segment]), cancel);
        }
        return builder.Build(segmentDepth, depth, cancel);
    }

    /// <summary>The blocks of the leaves of some accounts.</summary>
    public static Func<int, KoalaBear[]> LeafBlocks(RulebookBook book, SaltDeriver salts, IReadOnlyList<AccountData> accounts) => leaf =>
        RulebookLeaf.Blocks(book.Rulebook, accounts[leaf], salts.Derive(IdOf(accounts[leaf]), book.Height));

    /// <summary>An account's id, which was checked.</summary>
    public static AccountId IdOf(AccountData account) => AccountId.TryParse(account.Id, out AccountId id) ? id : throw new ArgumentException($"{account.Id} is not an account id");

    /// <summary>The depths of segments and tree.</summary>
    /// <exception cref="ArgumentException">The book does not fit the depth asked for.</exception>
    public (int Segment, int Tree) Depths(SolvencyProverOptions options)
    {
        int needed = Shown.Segments > 1 ? new SegmentLayout(Depth).TreeDepth(Shown.Segments) : Shown.Depth;
        return options.Depth < needed
            ? throw new ArgumentException($"the state tree of {Shown.Segments} segments of depth {Depth} has a depth of at least {needed}, not {options.Depth}")
            : (Shown.Depth, options.Depth ?? needed);
    }

    /// <summary>The rows that the largest segment fills in each table, or one as large as what is shown.</summary>
    /// <param name="book">The book.</param>
    /// <param name="circuit">With <see cref="HashSlots"/>.</param>
    /// <exception cref="ArgumentException">A table's rows cannot be bounded by what the book is padded to.</exception>
    public int[] ActiveRows(RulebookBook book, RulebookCircuit circuit)
    {
        int[] active = new int[circuit.Circuit.Tables.Count];
        for (int part = 0; part < Accounts.Count; part++)
        {
            long permutations = PermutationsOf(book, Accounts[part], Shown);
            active = [.. active.Zip(RulebookTraceBuilder.RowsOf(circuit, Rows[part], book.Market, Shown.Depth, permutations), Math.Max)];
        }
        return Shown.Size is { } size ? [.. active.Select((rows, table) => Math.Max(rows, checked((int)Rows[0].MostRowsOf(table, size.Accounts, size.Items))))] : active;
    }

    /// <summary>By how many halvings of the segments the largest would fit; 0 when it does.</summary>
    private int Halvings(RulebookBook book, RulebookCircuit circuit, SolvencyProverOptions options)
    {
        int[] active = ActiveRows(book, circuit);
        for (int halvings = 0; ; halvings++)
        {
            int[] rows = [.. active.Select(count => count >> halvings)];
            if (halvings >= Depth || Fits(circuit, rows, options)) return halvings;
        }
    }

    private static bool Fits(RulebookCircuit circuit, int[] active, SolvencyProverOptions options)
    {
        if (circuit.Circuit.Tables.Any(table => Profiles.LogHeight(active[table.Index], TypicalTailRows) > table.MaxLogHeight)) return false;
        if (options.MemoryLimit is not { } limit) return true;
        CircuitShape least = CircuitShape.Of(circuit.Circuit, [.. circuit.Circuit.Tables.Select(table => table.MinLogHeight)]);
        (ProofOptions proof, CircuitShape shape) = Profiles.Fit(options.Profile, Math.Min(options.ProvenBits, Profiles.StandardBits), least, active, options.Hash);   // more bits are some tail rows more
        return ProverMemory.Estimate(new ProofShape(circuit.Circuit, proof, [.. shape.LogHeights])) <= limit;
    }

    /// <summary>The number of hash slots that wastes the fewest cells.</summary>
    private static int BestHashSlots(RulebookBook book, List<IReadOnlyList<AccountData>> accounts, ShownSize shown) =>
        new SolvencySizes(0, 0, shown.Depth, accounts.Max(part => PermutationsOf(book, part, shown))).BestHashSlots(TypicalTailRows);

    /// <summary>Permutations of a segment's hashes; where the book is padded, those of a segment of the size that is shown, if they are more.</summary>
    private static long PermutationsOf(RulebookBook book, IReadOnlyList<AccountData> accounts, ShownSize shown)
    {
        LeafLayout leaves = book.Rulebook.Leaves;
        int totals = RulebookBounds.Count(book.Rulebook.Solvency!, book.Market);
        long permutations = RulebookTraceBuilder.Permutations(accounts.Sum(account => (long)leaves.Blocks(account)), accounts.Count, shown.Depth, totals);
        if (shown.Size is not { } size) return permutations;
        long blocks = ((long)leaves.FirstItemBlock * size.Accounts) + ((long)leaves.ItemBlocks.DefaultIfEmpty().Max() * size.Items);
        return Math.Max(permutations, RulebookTraceBuilder.Permutations(blocks, size.Accounts, shown.Depth, totals));
    }
}

/// <summary>What a statement shows of a book's size.</summary>
/// <param name="Segments">How many segments the state tree has room for, at least.</param>
/// <param name="Depth">Depth of a segment's subtree.</param>
/// <param name="Size">The accounts and items that the tables of every segment have room for; null where they are as small as the book allows.</param>
internal readonly record struct ShownSize(int Segments, int Depth, BookSize? Size)
{
    /// <summary>What a book shows that is cut into these segments.</summary>
    /// <param name="accounts">Each segment's accounts.</param>
    /// <param name="depth">Depth of the segments, where there are several.</param>
    /// <param name="options">What was asked for.</param>
    /// <exception cref="ArgumentException">The book is larger than what it is padded to.</exception>
    public static ShownSize Of(List<IReadOnlyList<AccountData>> accounts, int depth, SolvencyProverOptions options)
    {
        if (options.PadTo is not { } padded) return accounts.Count > 1 ? new(accounts.Count, depth, null) : new(1, options.Depth ?? StateTree.DepthFor(accounts[0].Count), null);
        var layout = new SegmentLayout(depth);
        long count = accounts.Sum(part => (long)part.Count), items = accounts.Sum(part => part.Sum(account => (long)account.Items.Sum(of => of.Length)));
        if (padded.Accounts < count || padded.Items < items)
            throw new ArgumentException($"the book has {count} accounts and {items} items, more than the {padded.Accounts} and {padded.Items} it is padded to");
        int segments = checked((int)Math.Max(accounts.Count, SegmentSizing.SegmentsOf(padded, layout)));
        return segments == 1 ? new(1, options.Depth ?? StateTree.DepthFor(padded.Accounts), padded) : new(segments, depth, new BookSize((int)layout.Accounts, (int)layout.Items));
    }
}
