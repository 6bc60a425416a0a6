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
    public const int TailRows = 8;

    private Scene(Book book, SolvencyPublicInputs inputs, StateTree tree, SaltDeriver salts)
    {
        Book = book;
        Inputs = inputs;
        Tree = tree;
        Salts = salts;
        Publics = new SolvencyPublicTables(inputs);
        Circuit = SolvencyCircuit.WithHashSlots(inputs.HashSlots);
        Builder = new SolvencyTraceBuilder(inputs, Publics, book.Accounts, tree, salts);
        LogHeights = [.. Builder.Sizes.ActiveRows(Circuit, Publics).Select((rows, table) => Math.Max(Circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(rows, TailRows)))];
        Traces = Builder.Build(LogHeights, TailRows);
        FillLater(Circuit, Publics, Builder, Traces);
    }

    public Book Book { get; }

    public SolvencyPublicInputs Inputs { get; }

    public StateTree Tree { get; }

    public SaltDeriver Salts { get; }

    public SolvencyPublicTables Publics { get; }

    public SolvencyCircuit Circuit { get; }

    public SolvencyTraceBuilder Builder { get; }

    public int[] LogHeights { get; }

    public IReadOnlyList<TableTrace> Traces { get; }

    /// <summary>Challenges in circuit order: r, γ, α, β; any values, drawn once.</summary>
    public static Quintic[] Challenges { get; } = [Element(11), Element(12), Element(13), Element(14)];

    public static Scene Of(Book book, bool reveal = false, int hashSlots = 2)
    {
        var salts = new SaltDeriver(new VenueSecret([.. Enumerable.Range(0, VenueSecret.Length).Select(i => (byte)i)]));
        StateTree tree = StateTree.Build(book.Accounts, book.Height, salts);
        return new Scene(book, InputsOf(book, tree, reveal, hashSlots), tree, salts);
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

    /// <summary>Fills public columns and phase 1.</summary>
    public static void FillLater(SolvencyCircuit circuit, SolvencyPublicTables publics, SolvencyTraceBuilder builder, IReadOnlyList<TableTrace> traces)
    {
        foreach (TableTrace trace in traces)
            for (int phase = 0; phase < 2; phase++)
                if (trace.Public is { } columns) publics.Fill(trace.Table.Index, phase, trace.ActiveRows, Challenges, columns);
        builder.FillPhase(1, circuit.Items.Table, Challenges, traces);
    }

    public TraceChecker Checker() => new(Circuit.Circuit, Traces, Challenges);

    public void Dispose()
    {
        foreach (TableTrace trace in Traces) trace.Dispose();
        Salts.Dispose();
    }

    private static Quintic Element(int seed)
    {
        var random = new Random(seed);
        KoalaBear Next() => KoalaBear.From((uint)random.Next());
        return new Quintic(Next(), Next(), Next(), Next(), Next());
    }
}
