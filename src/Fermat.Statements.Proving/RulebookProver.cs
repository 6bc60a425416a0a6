using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Batches;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;
using Fermat.Stark;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>A book of a rulebook's schema, to be proven solvent.</summary>
/// <param name="Rulebook">The rulebook.</param>
/// <param name="Market">Parameters and market data.</param>
/// <param name="Accounts">The accounts in the order of their leaves.</param>
/// <param name="Venue">Who keeps the book.</param>
/// <param name="Height">How many ledger events it reflects.</param>
/// <param name="Reserves">By asset, in units of the claim.</param>
/// <param name="ReservesSource">Where the reserves come from, in words.</param>
/// <param name="InsuranceFund">In units of net equity.</param>
/// <param name="Buffer">What reserves must exceed claims by, in units of net equity.</param>
public sealed record RulebookBook(
    VenueRulebook Rulebook, MarketData Market, IReadOnlyList<AccountData> Accounts, string Venue, ulong Height, ImmutableArray<BigInteger> Reserves, string ReservesSource, BigInteger InsuranceFund, BigInteger Buffer);

/// <summary>The outcome of asking for a proof over a rulebook: a proof, or why there is none.</summary>
/// <param name="Inputs">The public inputs; null when there is no proof.</param>
/// <param name="Proof">The bytes of the proof file; empty when there is none.</param>
/// <param name="Tree">The state tree, for inclusion openings; null when there is no proof.</param>
/// <param name="Sums">The book's sums; secret unless they were revealed. Null when they were not computed.</param>
/// <param name="Options">The parameters of each segment's proof.</param>
/// <param name="Report">Where time and memory went, all segments together.</param>
/// <param name="Elapsed">Wall-clock time in all.</param>
/// <param name="Reasons">Every predicate that the book breaks; empty exactly when there is a proof.</param>
public sealed record RulebookOutcome(
    RulebookStatementInputs? Inputs, byte[] Proof, SegmentedTree? Tree, BookSums? Sums, ProofOptions? Options, ProverReport? Report, TimeSpan Elapsed, IReadOnlyList<BrokenPredicate> Reasons)
{
    internal static RulebookOutcome Not(IReadOnlyList<BrokenPredicate> reasons, BookSums? sums = null) => new(null, [], null, sums, null, null, TimeSpan.Zero, reasons);
}

/// <summary>Proves that a book is solvent under its rulebook.</summary>
public static class RulebookProver
{
    private const int Batch = 1 << 12, TypicalTailRows = 512;

    /// <summary>
    /// Proves statement S over a rulebook. The book is first judged natively; one that is not solvent, or not valid, is answered with reasons before any work on a proof.
    /// </summary>
    /// <param name="book">The book.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="options">How the proof is made; null for the defaults. Padding, minimum heights and stores are not supported yet.</param>
    /// <param name="progress">Told how far the work is; may be called from several threads.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet.</exception>
    /// <exception cref="ProverException">The memory limit is too small, or the prover found a bug in itself.</exception>
    /// <exception cref="ArgumentException">The options ask for more proven bits than the profile reaches, or for a depth the book does not fit.</exception>
    public static RulebookOutcome Prove(
        RulebookBook book, SaltDeriver salts, SolvencyProverOptions? options = null, IProgress<SolvencyProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(salts);
        options ??= new SolvencyProverOptions();
        long start = Stopwatch.GetTimestamp();
        var reasons = new List<BrokenPredicate>();
        RulebookSurvey? survey = RulebookSurvey.Of(book, options, salts, reasons, progress, cancel);
        if (survey is null || reasons.Count > 0) return RulebookOutcome.Not(reasons, survey?.Sums);

        int segments = survey.Segments.Count;
        SegmentedTree tree = survey.BuildTree(options, cancel);
        var statement = new RulebookStatementInputs
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
            HashSlots = options.HashSlots ?? survey.BestHashSlots(tree.SegmentDepth, TypicalTailRows),
            Segments = new SolvencySegments(tree.SegmentDepth, [.. tree.Segments.Select(segment => segment.Root)], [.. new Digest[segments]]),
            Revealed = options.Reveal == RevealMode.Totals ? RulebookTotals.From(survey.Sums) : null,
        };
        if (statement.Problem() is { } problem) return RulebookOutcome.Not([new(SolvencyPredicate.InputsInRange, problem.ToString())], survey.Sums);
        (RemainderChain chain, statement) = ChainOf(statement, [.. survey.Segments.Select(segment => segment.Sums)], salts);
        RulebookCircuit circuit = RulebookCircuit.Of(book.Rulebook, statement.HashSlots);

        RulebookTraceBuilder Builder(int segment) => new(
            statement, new RulebookPublicTables(statement, segment), survey.Segments[segment].Accounts, tree.Segments[segment], chain, survey.LeafBlocks(segment));
        RulebookTraceBuilder? first = Builder(0);
        int[] active = first.ActiveRows;
        for (int segment = 1; segment < segments; segment++) active = [.. active.Zip(Builder(segment).ActiveRows, Math.Max)];
        int bits = options.ProvenBits + SolvencyStatement.BitsLost(segments);
        if (bits > Profiles.HighBits) throw new ArgumentException($"{segments} segments cost {bits - options.ProvenBits} bits: at most {Profiles.HighBits - bits + options.ProvenBits} proven bits are reached");
        CircuitShape least = CircuitShape.Of(circuit.Circuit, [.. circuit.Circuit.Tables.Select(table => table.MinLogHeight)]);
        (ProofOptions proofOptions, CircuitShape shape) = Profiles.Fit(options.Profile, bits, least, [.. active], options.Hash);

        var proofs = new List<byte[]>();
        var reports = new List<ProverReport>();
        for (int segment = 0; segment < segments; segment++)
        {
            RulebookTraceBuilder builder = first ?? Builder(segment);
            first = null;
            var watch = progress is null ? null : new SegmentProgress(progress, segment, segments);
            IReadOnlyList<TableTrace> traces = builder.Build(shape.LogHeights, proofOptions.TailRows, watch, cancel);
            var context = new ProverContext { Progress = watch, CancellationToken = cancel, MemoryLimit = options.MemoryLimit, Completed = reports.Add };
            proofs.Add(Prover.Prove(circuit.Circuit, traces, new RulebookPublicTables(statement, segment), builder, proofOptions, context));
        }
        return new RulebookOutcome(statement, SolvencyProofFile.Write(proofs), tree, survey.Sums, proofOptions, ProverReport.Sum(reports), Stopwatch.GetElapsedTime(start), []);
    }

    /// <summary>The chain of a book's remainders, and the inputs with its commitments.</summary>
    internal static (RemainderChain Chain, RulebookStatementInputs Inputs) ChainOf(RulebookStatementInputs inputs, IReadOnlyList<BookSums> segments, SaltDeriver salts)
    {
        CoreSolvency rules = inputs.Rulebook.Solvency!;
        RulebookStatementInputs without = inputs with { Segments = inputs.Segments with { Boundaries = [.. new Digest[segments.Count]] } };
        Digest statement = Blake3.DeriveKey("fermat segment boundaries v1", without.ToCanonicalBytes());
        (RemainderChain chain, ImmutableArray<Digest> boundaries) = RemainderChain.Of(RulebookBounds.Of(inputs), [.. segments.Select(sums => RulebookBounds.Sums(rules, sums))], statement, salts);
        return (chain, inputs with { Segments = inputs.Segments with { Boundaries = boundaries } });
    }
}
