using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
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
internal sealed record RulebookParts(int Depth, int HashSlots, List<IReadOnlyList<AccountData>> Accounts, List<LoweringTrace> Rows)
{
    private const int SmallestDepth = 4, TypicalTailRows = 512;

    /// <summary>Segments as deep as was asked for, or the deepest whose tables the circuit allows and whose proof fits the memory.</summary>
    /// <exception cref="ArgumentException">The depth asked for is out of range, or the bits are out of reach.</exception>
    /// <exception cref="RuleEvaluationException">A public value that an account needs does not exist.</exception>
    public static RulebookParts Of(RulebookBook book, SolvencyProverOptions options, CancellationToken cancel)
    {
        if (options.SegmentDepth is { } asked and not (>= 1 and <= SolvencyLimits.MaxAccountsLog)) throw new ArgumentException($"segments have a depth of 1 to {SolvencyLimits.MaxAccountsLog}, not {asked}");
        int depth = options.SegmentDepth ?? SegmentSizing.LargestDepth;
        while (true)
        {
            cancel.ThrowIfCancellationRequested();
            List<IReadOnlyList<AccountData>> accounts = Cut(book.Accounts, depth);
            int slots = options.HashSlots ?? BestHashSlots(book, accounts, DepthOf(accounts, depth));
            RulebookCircuit circuit = RulebookCircuit.Of(book.Rulebook, slots);
            var interpreter = new Interpreter(circuit.Book.Lowering.Rulebook, book.Market);     // one for all segments: public values are computed once
            var parts = new RulebookParts(depth, slots, accounts, [.. accounts.Select(part => new LoweringTrace(circuit.Book.Lowering, interpreter, part))]);
            int halvings = options.SegmentDepth is not null ? 0 : parts.Halvings(book, circuit, options);
            if (halvings == 0 || depth == SmallestDepth) return parts;
            depth = Math.Max(SmallestDepth, Math.Min(depth, BitOperations.Log2((uint)Math.Max(1, accounts.Max(part => part.Count))) + 1) - halvings);
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
        int segment = Accounts.Count > 1 ? Depth : options.Depth ?? DepthOf(Accounts, Depth);
        int needed = Accounts.Count > 1 ? new SegmentLayout(Depth).TreeDepth(Accounts.Count) : segment;
        return options.Depth < needed
            ? throw new ArgumentException($"the state tree of {Accounts.Count} segments of depth {Depth} has a depth of at least {needed}, not {options.Depth}")
            : (segment, options.Depth ?? needed);
    }

    /// <summary>The rows that the largest segment fills in each table.</summary>
    /// <param name="book">The book.</param>
    /// <param name="circuit">With <see cref="HashSlots"/>.</param>
    /// <param name="depth">Depth of the segments' subtrees.</param>
    public int[] ActiveRows(RulebookBook book, RulebookCircuit circuit, int depth)
    {
        int totals = RulebookBounds.Count(book.Rulebook.Solvency!, book.Market);
        int[] active = new int[circuit.Circuit.Tables.Count];
        for (int part = 0; part < Accounts.Count; part++)
        {
            long permutations = RulebookTraceBuilder.Permutations(book.Rulebook.Leaves, Accounts[part], depth, totals);
            active = [.. active.Zip(RulebookTraceBuilder.RowsOf(circuit, Rows[part], book.Market, depth, permutations), Math.Max)];
        }
        return active;
    }

    /// <summary>By how many halvings of the segments the largest would fit; 0 when it does.</summary>
    private int Halvings(RulebookBook book, RulebookCircuit circuit, SolvencyProverOptions options)
    {
        int[] active = ActiveRows(book, circuit, DepthOf(Accounts, Depth));
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
    private static int BestHashSlots(RulebookBook book, List<IReadOnlyList<AccountData>> accounts, int depth)
    {
        int totals = RulebookBounds.Count(book.Rulebook.Solvency!, book.Market);
        long permutations = accounts.Max(part => RulebookTraceBuilder.Permutations(book.Rulebook.Leaves, part, depth, totals));
        return new SolvencySizes(0, 0, depth, permutations).BestHashSlots(TypicalTailRows);
    }

    private static int DepthOf(List<IReadOnlyList<AccountData>> accounts, int depth) => accounts.Count > 1 ? depth : StateTree.DepthFor(accounts[0].Count);
}
