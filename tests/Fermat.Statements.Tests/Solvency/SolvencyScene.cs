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

    private static readonly SaltDeriver Salts = new(new VenueSecret([.. Enumerable.Range(0, VenueSecret.Length).Select(i => (byte)i)]));

    private readonly BookSurvey survey;
    private readonly SegmentedTree tree;

    private SolvencyScene(SolvencyBook book)
    {
        Book = book;
        var reasons = new List<BrokenPredicate>();
        survey = BookSurvey.Of(book, new SolvencyProverOptions(), Salts, reasons, null, default)!;
        Assert.Empty(reasons);
        tree = survey.BuildTree(default);
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
            Segments = new SolvencySegments(tree.SegmentDepth, [tree.Root], [default]),
        };
    }

    public SolvencyBook Book { get; }

    /// <summary>Its accounts.</summary>
    public IReadOnlyList<AccountData> Accounts => [.. Book.Accounts];

    public SolvencyPublicInputs Statement { get; }

    public BookSums Sums => survey.Sums;

    public SolvencyCircuit Circuit => SolvencyCircuit.Of(Book.Rulebook, Statement.HashSlots);

    /// <summary>r and γ; any values, drawn once.</summary>
    public static Quintic[] Challenges { get; } = [Element(12345), Element(777)];

    /// <summary>Two random points.</summary>
    public static Quintic[][] Points { get; } = [Challenges, [Element(54321), Element(77)]];

    public static VenueRulebook Rulebook(string name) => VenueRulebook.Of(RulebookCompiler.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, name + ".risk")), name + ".risk"))!;

    public static SolvencyScene Of(string name) => new(BookOf(name));

    /// <summary>A scene of a rulebook's text and a book in JSON; reserves and insurance fund are enough.</summary>
    public static SolvencyScene Of(string rulebook, string book) => new(BookOf(Compile(rulebook), Encoding.UTF8.GetBytes(book)));

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
        var sums = new BookSums(rulebook.Rulebook.Solvency!, inputs.Market!);
        var interpreter = new Interpreter(rulebook.Rulebook, inputs.Market!);
        foreach (AccountData account in inputs.Accounts) interpreter.AddTo(sums, account);
        ImmutableArray<BigInteger> reserves = [.. sums.Total(0).Select(claim => BigInteger.Max(claim, 0) + BigInteger.Pow(10, 16))];
        reserves = reserves.SetItem(0, reserves[0] + 100 * (BigInteger.Abs(sums.Claims) + 1));
        return new SolvencyBook(rulebook, inputs.Market!, inputs.Accounts, "test venue", 7, reserves, "a test", sums.Shortfall, 0);
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
        challenges ??= Challenges;
        (RemainderChain chain, SolvencyPublicInputs statement) = SolvencyProver.ChainOf(Statement, [sums ?? Sums], Salts);
        var publics = new SolvencyPublicTables(statement, 0);
        var builder = new SolvencyTraceBuilder(statement, publics, Accounts, tree.Segments[0], chain, BookTree.LeafBlocks(Book, Salts, Accounts), claimed: claimed ?? (sums is null ? null : Accounts), lie: lie);
        int[] logs = [.. builder.ActiveRows.Select((rows, table) => Math.Max(Circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(rows, TailRows)))];
        IReadOnlyList<TableTrace> traces = builder.Build(logs, TailRows);
        change?.Invoke(traces);
        foreach (TableTrace trace in traces)
        {
            if (trace.Table.PhaseWidth(1) > 0 && Circuit.Circuit.LogUpPhase != 1) builder.FillPhase(1, trace.Table.Index, challenges, traces);
            if (trace.Public is not { } columns) continue;
            for (int phase = 0; phase < 2; phase++) publics.Fill(trace.Table.Index, phase, trace.ActiveRows, challenges, columns);
        }
        return traces;
    }

    private static Quintic Element(int seed)
    {
        Quintic value = Quintic.From(seed) + Quintic.X; // not in the base field: there sums at powers of gamma could mix
        for (int i = 0; i < 5; i++) value = value * value + Quintic.From(seed + i);
        return value;
    }
}
