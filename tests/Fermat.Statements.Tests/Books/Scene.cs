using Fermat.Air;
using Fermat.Algebra;
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

    private Scene(Book book, SolvencyPublicInputs inputs, StateTree tree, SaltDeriver salts, int tailRows, IReadOnlyList<int>? logHeights)
    {
        TailRows = tailRows;
        Book = book;
        Inputs = inputs;
        Tree = tree;
        Salts = salts;
        Publics = new SolvencyPublicTables(inputs);
        Circuit = SolvencyCircuit.WithHashSlots(inputs.HashSlots);
        Builder = new SolvencyTraceBuilder(inputs, Publics, book.Accounts, tree, salts);
        LogHeights = logHeights ?? [.. Builder.Sizes.ActiveRows(Circuit, Publics).Select((rows, table) => Math.Max(Circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(rows, TailRows)))];
        traces = new Lazy<IReadOnlyList<TableTrace>>(BuildTraces);
    }

    public Book Book { get; }

    public SolvencyPublicInputs Inputs { get; }

    public StateTree Tree { get; }

    public SaltDeriver Salts { get; }

    public SolvencyPublicTables Publics { get; }

    public SolvencyCircuit Circuit { get; }

    public SolvencyTraceBuilder Builder { get; }

    public int TailRows { get; }

    public IReadOnlyList<int> LogHeights { get; }

    /// <summary>What the fast builder fills in; only for books that are solvent and valid.</summary>
    public IReadOnlyList<TableTrace> Traces => traces.Value;

    /// <summary>Challenges in circuit order: r, γ, α, β; any values, drawn once.</summary>
    public static Quintic[] Challenges { get; } = [Element(11), Element(12), Element(13), Element(14)];

    /// <summary>A scene with 8 tail rows, which checking a trace needs few of, and the smallest tables.</summary>
    public static Scene Of(Book book, bool reveal = false, int hashSlots = 2)
    {
        StateTree tree = StateTree.Build(book.Accounts, book.Height, FixedSalts);
        return new Scene(book, InputsOf(book, tree, reveal, hashSlots), tree, FixedSalts, tailRows: 8, logHeights: null);
    }

    public static SolvencyPublicInputs InputsOf(Book book, StateTree tree, bool reveal, int hashSlots)
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
            Revealed = reveal ? SolvencyTotals.From(MarginEvaluator.Totals(parameters, book.Accounts)) : null,
        };
    }

    /// <summary>The same book and tree under other public inputs, true or not.</summary>
    public Scene Stating(SolvencyPublicInputs inputs) => new(Book, inputs, Tree, Salts, TailRows, LogHeights);

    /// <summary>The same scene with the tail rows and heights of a proof.</summary>
    public Scene ForProof(int tailRows, IReadOnlyList<int> logHeights) => new(Book, Inputs, Tree, Salts, tailRows, logHeights);

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
