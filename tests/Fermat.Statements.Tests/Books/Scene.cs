using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Checking;

namespace Fermat.Statements.Tests.Books;

/// <summary>A book with everything statement S needs, and its traces as an honest prover fills them, at the smallest heights and with 8 tail rows.</summary>
internal sealed class Scene : IDisposable
{
    private readonly Lazy<IReadOnlyList<TableTrace>> traces;

    private static readonly SaltDeriver FixedSalts = new(new VenueSecret([.. Enumerable.Range(0, VenueSecret.Length).Select(i => (byte)i)]));

    private Scene(Book book, SolvencyPublicInputs inputs, SegmentedTree tree, RemainderChain chain, int segment, int tailRows, IReadOnlyList<int>? logHeights)
    {
        TailRows = tailRows;
        Book = book;
        Inputs = inputs;
        Tree = tree;
        Chain = chain;
        Segment = segment;
        Accounts = [.. book.Accounts.Skip(tree.Segments.Take(segment).Sum(s => s.Count)).Take(tree.Segments[segment].Count)];
        Publics = new SolvencyPublicTables(inputs, segment);
        Circuit = SolvencyCircuit.WithHashSlots(inputs.HashSlots);
        Builder = new SolvencyTraceBuilder(inputs, Publics, Accounts, Subtree, chain, Salts);
        LogHeights = logHeights ?? [.. ActiveRows.Select((rows, table) => Math.Max(Circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(rows, TailRows)))];
        traces = new Lazy<IReadOnlyList<TableTrace>>(BuildTraces);
    }

    public Book Book { get; }

    public SolvencyPublicInputs Inputs { get; }

    public SegmentedTree Tree { get; }

    /// <summary>What is left of the bounds at every boundary.</summary>
    public RemainderChain Chain { get; }

    /// <summary>The segment that the traces are of.</summary>
    public int Segment { get; }

    /// <summary>Its accounts.</summary>
    public IReadOnlyList<Account> Accounts { get; }

    /// <summary>Its subtree.</summary>
    public StateTree Subtree => Tree.Segments[Segment];

    public SaltDeriver Salts => FixedSalts;

    public SolvencyPublicTables Publics { get; }

    public SolvencyCircuit Circuit { get; }

    public SolvencyTraceBuilder Builder { get; }

    public int TailRows { get; }

    public IReadOnlyList<int> LogHeights { get; }

    /// <summary>Rows that the honest traces use, by table.</summary>
    public IReadOnlyList<int> ActiveRows => Builder.Sizes.ActiveRows(Circuit, Inputs.Parameters);

    /// <summary>What the fast builder fills in; only for books that are solvent and valid.</summary>
    public IReadOnlyList<TableTrace> Traces => traces.Value;

    /// <summary>Challenges in circuit order: r, γ, α, β; any values, drawn once.</summary>
    public static Quintic[] Challenges { get; } = [Element(11), Element(12), Element(13), Element(14)];

    /// <summary>A scene with 8 tail rows, which checking a trace needs few of, and the smallest tables. With a depth of segments the book is cut.</summary>
    public static Scene Of(Book book, bool reveal = false, int hashSlots = 2, int? segmentDepth = null, int segment = 0)
    {
        int one = StateTree.DepthFor(book.Accounts.Count);
        SegmentedTree tree = segmentDepth is { } depth && depth < one
            ? SegmentedTree.Build(book.Accounts, book.Height, FixedSalts, depth, one + 1)
            : SegmentedTree.Build(book.Accounts, book.Height, FixedSalts, one, one);
        return Of(book, tree, reveal, hashSlots, segment);
    }

    /// <summary>A scene whose segments hold as many accounts each as a prover likes, which no layout asks for.</summary>
    public static Scene Cut(Book book, IReadOnlyList<int> sizes, int segmentDepth, int depth, bool reveal = false)
    {
        var builder = new SegmentedTreeBuilder(book.Height, FixedSalts);
        int next = 0;
        for (int i = 0; i < sizes.Count; i++)
        {
            if (i > 0) builder.NextSegment();
            builder.Add(book.Accounts.Skip(next).Take(sizes[i]).ToArray());
            next += sizes[i];
        }
        return Of(book, builder.Build(segmentDepth, depth), reveal, hashSlots: 2, segment: 0);
    }

    private static Scene Of(Book book, SegmentedTree tree, bool reveal, int hashSlots, int segment)
    {
        SolvencyPublicInputs inputs = InputsOf(book, tree, reveal, hashSlots);
        (RemainderChain chain, inputs) = ChainOf(book, inputs, tree);
        return new Scene(book, inputs, tree, chain, segment, tailRows: 8, logHeights: null);
    }

    /// <summary>Public inputs with boundaries that are still zeros.</summary>
    private static SolvencyPublicInputs InputsOf(Book book, SegmentedTree tree, bool reveal, int hashSlots)
    {
        RiskParameters parameters = RiskParameters.Create(book.Assets);
        return new SolvencyPublicInputs
        {
            Venue = book.Venue,
            Height = book.Height,
            QuoteAsset = book.QuoteAsset,
            Parameters = parameters,
            Reserves = [.. book.Reserves],
            ReservesSource = book.ReservesSource,
            InsuranceFund = book.InsuranceFund,
            Buffer = book.Buffer,
            StateRoot = tree.Root,
            Depth = tree.Depth,
            HashSlots = hashSlots,
            Segments = new SolvencySegments(tree.SegmentDepth, [.. tree.Segments.Select(s => s.Root)], [.. new Digest[tree.Segments.Count]]),
            Revealed = reveal ? SolvencyTotals.From(MarginEvaluator.Totals(parameters, book.Accounts)) : null,
        };
    }

    /// <summary>The chain of a book; of one that no interpreter sums up, or whose sums exceed its bounds, a chain as if its accounts held nothing.</summary>
    private static (RemainderChain Chain, SolvencyPublicInputs Inputs) ChainOf(Book book, SolvencyPublicInputs inputs, SegmentedTree tree)
    {
        try
        {
            return RemainderChain.Of(inputs, NativeTotals(book, inputs, tree), FixedSalts);
        }
        catch (Exception wrong) when (wrong is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            return RemainderChain.Of(inputs, [.. tree.Segments.Select(_ => MarginEvaluator.Totals(inputs.Parameters, []))], FixedSalts);
        }
    }

    private static BookTotals[] NativeTotals(Book book, SolvencyPublicInputs inputs, SegmentedTree tree)
    {
        int next = 0;
        return [.. tree.Segments.Select(segment =>
        {
            next += segment.Count;
            return MarginEvaluator.Totals(inputs.Parameters, [.. book.Accounts.Skip(next - segment.Count).Take(segment.Count)]);
        })];
    }

    /// <summary>
    /// The scene of a prover that passes on remainders that follow from totals of its own making: the commitments in the statement are to these.
    /// </summary>
    /// <param name="change">Changes the native totals of the segments.</param>
    public Scene Claiming(Action<BookTotals[]> change)
    {
        BookTotals[] totals = NativeTotals(Book, Inputs, Tree);
        change(totals);
        (RemainderChain chain, SolvencyPublicInputs inputs) = RemainderChain.Of(Inputs, totals, FixedSalts);
        return new Scene(Book, inputs, Tree, chain, Segment, TailRows, LogHeights);
    }

    /// <summary>The same book and tree under other public inputs, true or not.</summary>
    public Scene Stating(SolvencyPublicInputs inputs) => new(Book, inputs, Tree, Chain, Segment, TailRows, LogHeights);

    /// <summary>The same scene with the tail rows and heights of a proof.</summary>
    public Scene ForProof(int tailRows, IReadOnlyList<int> logHeights) => new(Book, Inputs, Tree, Chain, Segment, tailRows, logHeights);

    /// <summary>Another segment of the same book.</summary>
    public Scene At(int segment) => new(Book, Inputs, Tree, Chain, segment, TailRows, logHeights: null);

    private IReadOnlyList<TableTrace> BuildTraces()
    {
        IReadOnlyList<TableTrace> filled = Builder.Build(LogHeights, TailRows);
        foreach (TableTrace trace in filled)
            for (int phase = 0; phase < 2; phase++)
                if (trace.Public is { } columns) Publics.Fill(trace.Table.Index, phase, trace.ActiveRows, Challenges, columns);
        Builder.FillPhase(1, Circuit.Items.Table, Challenges, filled);
        return filled;
    }

    public TraceChecker Checker() => new(Circuit.Circuit, Traces, Challenges);

    public void Dispose()
    {
        if (!traces.IsValueCreated) return;
        foreach (TableTrace trace in traces.Value) trace.Dispose();
    }

    private static Quintic Element(int seed)
    {
        var random = new Random(seed);
        KoalaBear Next() => KoalaBear.From((uint)random.Next());
        return new Quintic(Next(), Next(), Next(), Next(), Next());
    }
}
