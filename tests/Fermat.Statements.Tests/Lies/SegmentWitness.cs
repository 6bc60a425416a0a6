using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Rules.Inputs;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Solvency;

namespace Fermat.Statements.Tests.Lies;

/// <summary>A leaf in the hash table as a prover chooses it.</summary>
/// <param name="Index">Its leaf index.</param>
/// <param name="Blocks">Its blocks.</param>
internal sealed record LeafRun(int Index, KoalaBear[] Blocks)
{
    /// <summary>Changes what goes into the permutation of a step, with its capacity.</summary>
    public Action<int, KoalaBear[]> Input { get; init; } = (_, _) => { };
}

/// <summary>A boundary in the hash table as a prover chooses it: its index and first blocks; the rest are the remainders in the table of totals.</summary>
/// <param name="Index">Its leaf index.</param>
/// <param name="After">Whether it holds what is left after the segment.</param>
/// <param name="Header">Its first three blocks.</param>
/// <param name="Extra">Blocks after the remainders.</param>
internal sealed record BoundaryRun(int Index, bool After, KoalaBear[] Header, params KoalaBear[] Extra);

/// <summary>A node in the hash table as a prover chooses it.</summary>
internal sealed record NodeSlot(int Level, long Index);

/// <summary>
/// What a prover of one segment of statement S is free to choose before anything is hashed or added up: the accounts in the rulebook's tables, the leaves, boundaries and nodes that are hashed, the empty subtrees, and what is left of the
/// bounds on both sides. Tests change what an honest prover chooses and have everything else computed from it, as a lying prover would.
/// </summary>
internal sealed class SegmentWitness
{
    /// <summary>Rows of the hash table for lies that hash more than an honest prover.</summary>
    public const int SpareRows = 64;


    private readonly SegmentChain chain;
    private readonly int segment;
    private readonly IReadOnlyList<AccountData> accounts;
    private readonly StateTree tree;

    public SegmentWitness(SegmentChain chain, int segment)
    {
        (this.chain, this.segment) = (chain, segment);
        SolvencyScene scene = chain.Scene;
        (accounts, tree) = (scene.AccountsOf(segment), scene.Tree.Segments[segment]);
        Accounts = [.. accounts];
        Func<int, KoalaBear[]> blocks = BookTree.LeafBlocks(scene.Book, SolvencyScene.Salts, accounts);
        Leaves = [.. accounts.Select((_, leaf) => new LeafRun(leaf, blocks(leaf)))];
        Before = segment == 0 ? SegmentBoundary.First(SolvencyBounds.Of(chain.Statement)) : [.. chain.Remainders(segment)];
        AddedAfter = new BigInteger[Before.Length];
        int depth = tree.Depth;
        for (int side = 0; side < 2; side++) Boundaries.Add(new BoundaryRun((1 << depth) + side, side == 1, chain.Header(segment + side)));
        for (int level = 0; level <= depth; level++)
        {
            int nodes = tree.NodeCount(level);
            for (int index = 0; level > 0 && index < nodes; index++) Nodes.Add(new NodeSlot(level, index));
            if (level < depth ? nodes % 2 == 1 : nodes == 0) Empties.Add(level, nodes);
        }
    }

    /// <summary>The rows of the rulebook's tables.</summary>
    public List<AccountData> Accounts { get; }

    public List<LeafRun> Leaves { get; }

    public List<BoundaryRun> Boundaries { get; } = [];

    /// <summary>What the prover says is left before the segment, by row.</summary>
    public BigInteger[] Before { get; }

    /// <summary>What is added to what is left after the segment, by row.</summary>
    public BigInteger[] AddedAfter { get; }

    public List<NodeSlot> Nodes { get; } = [];

    /// <summary>Offered empty subtrees: level → index.</summary>
    public SortedDictionary<int, long> Empties { get; } = [];

    /// <summary>Changes finished traces, before boundaries are hashed and lookups are counted.</summary>
    public Action<IReadOnlyList<TableTrace>> Change { get; set; } = _ => { };

    /// <summary>What fills the rulebook's tables, at a prover's challenges too.</summary>
    public SolvencyTraceBuilder Builder() => new(
        chain.Statement, new SolvencyPublicTables(chain.Statement, segment), accounts, tree, chain.With(segment, Before, After()),
        BookTree.LeafBlocks(chain.Scene.Book, SolvencyScene.Salts, accounts), claimed: Accounts);

    /// <summary>Finished traces for the checker, and what it finds in them: constraints by their names, buses after the word bus, each once.</summary>
    public IReadOnlyList<string> Breaches()
    {
        SolvencyTraceBuilder builder = Builder();
        IReadOnlyList<TableTrace> traces = Fill(builder, SolvencyScene.LogHeights(builder, SpareRows), SolvencyScene.TailRows);
        CheckReport report = ConstraintChecker.Check(builder.Publics.Circuit.Circuit, traces, SolvencyScene.Challenges);
        foreach (TableTrace trace in traces) trace.Dispose();
        return [.. report.Violations.Select(violation => violation.Constraint).Concat(report.Imbalances.Select(imbalance => "bus " + imbalance.Bus)).Distinct()];
    }

    /// <summary>Traces of all phases that a checker, or a prover, starts from.</summary>
    public IReadOnlyList<TableTrace> Fill(SolvencyTraceBuilder builder, IReadOnlyList<int> logHeights, int tailRows)
    {
        IReadOnlyList<TableTrace> traces = builder.Build(logHeights, tailRows);
        SolvencyScene.Complete(builder, traces, SolvencyScene.Challenges);
        Change(traces);
        FillHashes(builder.Publics.Circuit, builder.Publics.Totals.Length, traces);
        FillTree(builder.Publics.Circuit.Tree, traces[builder.Publics.Circuit.Tree.Table].Phase(0));
        RangeRecount.Fill(builder.Publics.Circuit.Range, traces, SolvencyScene.Challenges);
        return traces;
    }

    /// <summary>What is left after the segment: what was before, less what the accounts add up to.</summary>
    private BigInteger[] After()
    {
        SolvencyBook book = chain.Scene.Book;
        BigInteger[] totals = SolvencyBounds.Sums(book.Rulebook.Solvency!, SolvencyScene.SumsOf(book, Accounts));
        bool final = segment == chain.Statement.Segments.Count - 1;
        SolvencyBound[] bounds = [.. SolvencyBounds.Of(chain.Statement)];
        BigInteger Left(int row) => final && bounds[row].Exact ? 0 : SegmentChain.Wrapped(Before[row] - totals[row] - (final ? SegmentBoundary.Shift : 0) + AddedAfter[row]);
        return [.. Before.Select((_, row) => Left(row))];
    }

    private void FillHashes(SolvencyCircuit circuit, int totals, IReadOnlyList<TableTrace> traces)
    {
        var hashes = new HashLiar(circuit.Hash, traces[circuit.Hash.Table]);
        foreach (LeafRun leaf in Leaves) hashes.Run(leaf);
        foreach (BoundaryRun run in Boundaries)
        {
            Expr[] digits = run.After ? circuit.Totals.After : circuit.Totals.Before;
            IEnumerable<KoalaBear> remainders = Enumerable.Range(0, totals).SelectMany(row => Packed(digits, traces[circuit.Totals.Table].Phase(0), row));
            hashes.Run(new LeafRun(run.Index, [.. run.Header, .. remainders, .. run.Extra]));
        }
        foreach (NodeSlot node in Nodes) hashes.Node(node);
        hashes.Idle();
    }

    /// <summary>Digits, bytes or not, as a boundary's block has them.</summary>
    private static IEnumerable<KoalaBear> Packed(Expr[] digits, Matrix totals, int row) =>
        digits.Chunk(3).Select(part => part.Select((digit, i) => totals[row, digit.Offset] * KoalaBear.From(1L << (8 * i))).Aggregate((a, b) => a + b));

    private void FillTree(TreeTable columns, Matrix rows)
    {
        for (int level = 0; level <= tree.Depth; level++)
        {
            bool offered = Empties.TryGetValue(level, out long index);
            rows[level, columns.Offered.Offset] = offered ? KoalaBear.One : KoalaBear.Zero;
            rows[level, columns.Index.Offset] = KoalaBear.From(index);
        }
    }
}
