using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Rules;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>A solvent book of a standard rulebook and its traces, as an honest prover or a liar fills them.</summary>
internal sealed class SolvencyScene
{
    public const int TailRows = 8;

    internal static readonly SaltDeriver Salts = new(new VenueSecret([.. Enumerable.Range(0, VenueSecret.Length).Select(i => (byte)i)]));

    private SolvencyScene(SolvencyBook book, SegmentedTree tree, IReadOnlyList<BookSums> segmentSums, BookSums sums, bool reveal)
    {
        (Book, Tree, SegmentSums, Sums) = (book, tree, segmentSums, sums);
        Statement = new SolvencyPublicInputs
        {
            Rulebook = book.Rulebook,
            Market = book.Market,
            Venue = book.Venue,
            Height = book.Height,
            Reserves = book.Reserves,
            ReservesSource = book.ReservesSource,
            InsuranceFund = book.InsuranceFund,
            Buffer = book.Buffer,
            StateRoot = tree.Root,
            Depth = tree.Depth,
            HashSlots = 2,
            Segments = new SolvencySegments(tree.SegmentDepth, [.. tree.Segments.Select(segment => segment.Root)], [.. new Digest[tree.Segments.Count]]),
            Revealed = reveal ? SolvencyTotals.From(sums) : null,
        };
    }

    public SolvencyBook Book { get; }

    /// <summary>Its accounts.</summary>
    public IReadOnlyList<AccountData> Accounts => [.. Book.Accounts];

    /// <summary>The public inputs; its boundaries are zeros.</summary>
    public SolvencyPublicInputs Statement { get; }

    public SegmentedTree Tree { get; }

    public BookSums Sums { get; }

    /// <summary>What the accounts of each segment add up to.</summary>
    public IReadOnlyList<BookSums> SegmentSums { get; }

    public SolvencyCircuit Circuit => SolvencyCircuit.Of(Book.Rulebook, Statement.HashSlots);

    /// <summary>r and γ; any values, drawn once.</summary>
    public static Quintic[] Challenges { get; } = [Element(12345), Element(777)];

    /// <summary>Two random points.</summary>
    public static Quintic[][] Points { get; } = [Challenges, [Element(54321), Element(77)]];

    /// <summary>
    /// For circuits with scenarios: all sums in the records of an owner are five equations at a point, and a record has several cells that are not range-checked (a row of ten outcomes those of each), which the identities determine as polynomials and not at a
    /// few points.
    /// </summary>
    public static IEnumerable<Quintic[]> ManyPoints
    {
        get
        {
            Quintic[] first = Points[0], step = Points[1];
            for (int i = 0; i < 9; i++, first = [first[0] * step[0], first[1] * step[1]]) yield return first;
        }
    }

    public static VenueRulebook Rulebook(string name) => VenueRulebook.Of(RulebookCompiler.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name + ".risk")), name + ".risk"))!;

    public static SolvencyScene Of(string name) => Of(BookOf(name));

    /// <summary>A scene of a rulebook's text and a book in JSON; reserves and insurance fund are enough.</summary>
    public static SolvencyScene Of(string rulebook, string book) => Of(BookOf(Compile(rulebook), Encoding.UTF8.GetBytes(book)));

    /// <summary>A scene of a solvent book; with a depth of segments it is cut.</summary>
    public static SolvencyScene Of(SolvencyBook book, int? segmentDepth = null, bool reveal = false)
    {
        var reasons = new List<BrokenPredicate>();
        var survey = BookSurvey.Of(book, new SolvencyProverOptions { SegmentDepth = segmentDepth }, Salts, reasons, null, default);
        Assert.Empty(reasons);
        return new(book, survey!.BuildTree(default), [.. survey.Segments.Select(segment => segment.Sums)], survey.Sums, reveal);
    }

    /// <summary>A scene whose segments hold as many accounts each as a prover likes, which no layout asks for.</summary>
    public static SolvencyScene Cut(SolvencyBook book, IReadOnlyList<int> sizes, int segmentDepth, int depth, bool reveal = false)
    {
        AccountData[] accounts = [.. book.Accounts];
        var builder = new SegmentedTreeBuilder();
        var sums = new List<BookSums>();
        int next = 0;
        foreach (int size in sizes)
        {
            if (sums.Count > 0) builder.NextSegment();
            AccountData[] part = accounts[next..(next += size)];
            builder.Add(size, BookTree.LeafBlocks(book, Salts, part));
            sums.Add(SumsOf(book, part));
        }
        return new(book, builder.Build(segmentDepth, depth), sums, SumsOf(book, accounts), reveal);
    }

    /// <summary>A book of docs/BOOKS.md under rules/exchange_sample.risk.</summary>
    public static SolvencyBook UnderExchangeSample(Margin.Book book) => SolvencyBook.Of(Rulebook("exchange_sample"), book.Header, book.Accounts);

    /// <summary>What accounts add up to.</summary>
    public static BookSums SumsOf(SolvencyBook book, IEnumerable<AccountData> accounts)
    {
        var sums = new BookSums(book.Rulebook.Rulebook.Solvency!, book.Market);
        var interpreter = new Interpreter(book.Rulebook.Rulebook, book.Market);
        foreach (AccountData account in accounts) interpreter.AddTo(sums, account);
        return sums;
    }

    /// <summary>The accounts of a segment.</summary>
    public IReadOnlyList<AccountData> AccountsOf(int segment) => [.. Book.Accounts.Skip(Tree.Segments.Take(segment).Sum(before => before.Count)).Take(Tree.Segments[segment].Count)];

    /// <summary>A rulebook of a test.</summary>
    public static VenueRulebook Compile(string text)
    {
        CompilationResult result = RulebookCompiler.Compile(text, "scene.risk");
        return VenueRulebook.Of(result) ?? throw new ArgumentException(string.Join("; ", result.Diagnostics.Select(d => d.Message)));
    }

    /// <summary>The rulebook's example book, with reserves and an insurance fund that are enough.</summary>
    public static SolvencyBook BookOf(string name)
    {
        VenueRulebook rulebook = Rulebook(name);
        return BookOf(rulebook, File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, name + ".json")));
    }

    /// <summary>A book with reserves and an insurance fund that are enough.</summary>
    public static SolvencyBook BookOf(VenueRulebook rulebook, byte[] json)
    {
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", json));
        Assert.Empty(inputs.Errors);
        var book = new SolvencyBook(rulebook, inputs.Market!, inputs.Accounts, "test venue", 7, [], "a test", 0, 0);
        BookSums sums = SumsOf(book, inputs.Accounts);
        ImmutableArray<BigInteger> reserves = [.. sums.Total(0).Select(claim => BigInteger.Max(claim, 0) + BigInteger.Pow(10, 16))];
        reserves = reserves.SetItem(0, reserves[0] + 100 * (BigInteger.Abs(sums.Claims) + 1));
        return book with { Reserves = reserves, InsuranceFund = sums.Shortfall };
    }

    /// <summary>What the checker finds in a prover's traces.</summary>
    /// <param name="claimed">Accounts that the tables are filled with instead of the leaves'.</param>
    /// <param name="sums">Sums that the remainders speak of instead of the true ones.</param>
    /// <param name="lie">A value that is replaced.</param>
    /// <param name="change">Changes finished traces of phase 0.</param>
    public CheckReport Check(IReadOnlyList<AccountData>? claimed = null, BookSums? sums = null, Lie? lie = null, Action<IReadOnlyList<TableTrace>>? change = null)
    {
        IReadOnlyList<TableTrace> traces = Fill(claimed, sums, lie, change);
        CheckReport report = ConstraintChecker.Check(Circuit.Circuit, traces, Challenges);
        foreach (TableTrace trace in traces) trace.Dispose();
        return report;
    }

    public IReadOnlyList<TableTrace> Fill(IReadOnlyList<AccountData>? claimed = null, BookSums? sums = null, Lie? lie = null, Action<IReadOnlyList<TableTrace>>? change = null, Quintic[]? challenges = null)
    {
        (RemainderChain chain, SolvencyPublicInputs statement) = SolvencyProver.ChainOf(Statement, [sums ?? Sums], Salts);
        var publics = new SolvencyPublicTables(statement, 0);
        var builder = new SolvencyTraceBuilder(statement, publics, Accounts, Tree.Segments[0], chain, BookTree.LeafBlocks(Book, Salts, Accounts), claimed: claimed ?? (sums is null ? null : Accounts), lie: lie);
        IReadOnlyList<TableTrace> traces = builder.Build(LogHeights(builder), TailRows);
        change?.Invoke(traces);
        Complete(builder, traces, challenges ?? Challenges);
        return traces;
    }

    /// <summary>The smallest heights for a prover's rows.</summary>
    /// <param name="builder">The prover.</param>
    /// <param name="spareHashes">Rows of the hash table that it may use beyond these.</param>
    public static int[] LogHeights(SolvencyTraceBuilder builder, int spareHashes = 0)
    {
        SolvencyCircuit circuit = builder.Publics.Circuit;
        return [.. builder.ActiveRows.Select((rows, table) => Math.Max(circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(rows + (table == circuit.Hash.Table ? spareHashes : 0), TailRows)))];
    }

    /// <summary>Fills phase 1 and the public columns.</summary>
    public static void Complete(SolvencyTraceBuilder builder, IReadOnlyList<TableTrace> traces, Quintic[] challenges)
    {
        foreach (TableTrace trace in traces)
        {
            if (trace.Table.PhaseWidth(1) > 0 && builder.Publics.Circuit.Circuit.LogUpPhase != 1) builder.FillPhase(1, trace.Table.Index, challenges, traces);
            if (trace.Public is not { } columns) continue;
            for (int phase = 0; phase < 2; phase++) builder.Publics.Fill(trace.Table.Index, phase, trace.ActiveRows, challenges, columns);
        }
    }

    private static Quintic Element(int seed)
    {
        Quintic value = Quintic.From(seed) + Quintic.X; // not in the base field: there sums at powers of gamma could mix
        for (int i = 0; i < 5; i++) value = value * value + Quintic.From(seed + i);
        return value;
    }
}
