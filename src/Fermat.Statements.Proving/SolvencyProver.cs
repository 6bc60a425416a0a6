using System.Diagnostics;
using Fermat.Air;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>What a solvency proof tells beyond "solvent".</summary>
public enum RevealMode
{
    /// <summary>The predicates only. Table heights, hash slots and the depth of the tree still tell the size of the book: within a factor of two, or closer.</summary>
    None,

    /// <summary>Totals per asset, claims, shortfall and counts per class, exactly.</summary>
    Totals,
}

/// <summary>How a solvency proof is made.</summary>
public sealed record SolvencyProverOptions
{
    /// <summary>What is revealed.</summary>
    public RevealMode Reveal { get; init; } = RevealMode.None;

    /// <summary>Proving time against proof size.</summary>
    public ProofProfile Profile { get; init; } = ProofProfile.Fast;

    /// <summary>Proven bits of soundness to reach.</summary>
    public int ProvenBits { get; init; } = Profiles.StandardBits;

    /// <summary>The commitment hash.</summary>
    public CommitmentHash Hash { get; init; } = CommitmentHash.Blake3;

    /// <summary>
    /// The depth of segments: a book is cut into subtrees of 2^SegmentDepth leaf slots, each proven by itself, unless it fits one. Null for 17, or less where <see cref="MemoryLimit"/> demands it. The
    /// state root depends on it, and the statement names it.
    /// </summary>
    public int? SegmentDepth { get; init; }

    /// <summary>
    /// The depth of the state tree; null for the smallest that fits. The depth, the hash slots and the heights of the tables are public and tell the size of the book, closely when
    /// accounts just fit the tree; a venue that fixes all of them, whatever its book, tells nothing.
    /// </summary>
    public int? Depth { get; init; }

    /// <summary>
    /// Pads everything public (depth, heights, hash slots) to what a book of this size has, so that two proofs padded alike tell nothing of their books' sizes, but for the number of segments; null
    /// for the smallest that fits.
    /// </summary>
    public BookSize? PadTo { get; init; }

    /// <summary>The least height of the table of accounts, as a logarithm.</summary>
    public int MinimumAccountsLog { get; init; }

    /// <summary>The least height of the table of items, as a logarithm.</summary>
    public int MinimumItemsLog { get; init; }

    /// <summary>The least height of the table of hashes, as a logarithm.</summary>
    public int MinimumHashLog { get; init; }

    /// <summary>Permutations in a row of the hash table; null for the number that wastes the fewest cells.</summary>
    public int? HashSlots { get; init; }

    /// <summary>Bytes that the prover's matrices may take: segments are chosen so small that a full one fits. Null for no limit.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Keeps finished segments of a book that has several, so that a stopped run can go on; null to keep none.</summary>
    public ISegmentStore? Store { get; init; }
}

/// <summary>A size that a book is padded to.</summary>
/// <param name="Accounts">Accounts, at least as many as the book has.</param>
/// <param name="Items">Items of all accounts together, at least as many as the book has.</param>
public readonly record struct BookSize(int Accounts, int Items);

/// <summary>Proves that a book is solvent.</summary>
public static class SolvencyProver
{
    /// <summary>Proves a book in memory; see <see cref="Prove(BookHeader, IEnumerable{Account}, SaltDeriver, SolvencyProverOptions, IProgress{SolvencyProgress}, CancellationToken)"/>.</summary>
    /// <param name="book">The book.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="options">How the proof is made; null for the defaults.</param>
    /// <param name="progress">Told how far the work is; may be called from several threads.</param>
    /// <param name="cancel">Stops the work.</param>
    public static SolvencyOutcome Prove(
        Book book, SaltDeriver salts, SolvencyProverOptions? options = null, IProgress<SolvencyProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(book);
        return Prove(book.Header, book.Accounts, salts, options, progress, cancel);
    }

    /// <summary>
    /// Proves statement S in two passes over the accounts. The first checks them natively, builds the state tree and cuts the book into segments; a book that is not solvent, or not valid, is answered with
    /// <see cref="NotProvable"/> before any work on a proof. The second fills, proves and releases one segment after another.
    /// </summary>
    /// <param name="header">The book's header.</param>
    /// <param name="accounts">The accounts in the order of their leaves; enumerated twice, with the same result.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="options">How the proof is made; null for the defaults.</param>
    /// <param name="progress">Told how far the work is; may be called from several threads.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="ProverException">The memory limit is too small, or the prover found a bug in itself.</exception>
    /// <exception cref="ArgumentException">The options ask for more proven bits than the profile reaches, or for a depth the book does not fit.</exception>
    /// <exception cref="BookChangedException">The second pass found other accounts than the first.</exception>
    public static SolvencyOutcome Prove(
        BookHeader header, IEnumerable<Account> accounts, SaltDeriver salts, SolvencyProverOptions? options = null, IProgress<SolvencyProgress>? progress = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(accounts);
        ArgumentNullException.ThrowIfNull(salts);
        options ??= new SolvencyProverOptions();
        long start = Stopwatch.GetTimestamp();
        var reasons = new List<BrokenPredicate>();
        RiskParameters? parameters = Parameters(header, reasons);
        if (parameters is null) return new NotProvable(reasons);

        // First pass: totals, leaves, segments.
        var layout = new SegmentLayout(SegmentSizing.Depth(options, parameters));
        var survey = BookSurvey.Of(header, accounts, parameters, layout, salts, reasons, progress, cancel);
        if (survey is not null) NativeCheck.Check(header, parameters, survey.Totals, survey.Segments.Count, reasons);
        if (survey is null || reasons.Count > 0) return new NotProvable(reasons);
        (int segmentDepth, int depth, SolvencySizes sizes) = SegmentSizing.Of(survey, layout, options, parameters.Assets.Length);
        int segments = survey.Segments.Count;
        progress?.Report(new(SolvencyStage.StateTree, 0, segments));
        SegmentedTree tree = survey.BuildTree(segmentDepth, depth, cancel);
        progress?.Report(new(SolvencyStage.StateTree, segments, segments));

        // The statement, which every segment's proof is bound to.
        SolvencyPublicInputs inputs = Inputs(header, parameters, tree, survey.Totals, options, SegmentSizing.HashSlots(options, sizes));
        if (inputs.Problem() is { } problem) return new NotProvable([new(SolvencyPredicate.InputsInRange, problem.ToString())]);
        (RemainderChain chain, inputs) = RemainderChain.Of(inputs, survey.Segments, salts);
        SolvencyCircuit circuit = SolvencyCircuit.WithHashSlots(inputs.HashSlots);
        (ProofOptions proofOptions, CircuitShape shape) = SegmentSizing.Fit(circuit, sizes, parameters, options, segments);

        // Second pass: one segment after another.
        var run = new SegmentRun(circuit.Circuit, proofOptions, shape, options, segments, progress, cancel);
        using IEnumerator<Account> reader = accounts.GetEnumerator();
        for (int segment = 0; segment < segments; segment++)
        {
            int number = segment;
            Account[] part = Take(reader, tree.Segments[segment].Count, cancel);
            if (segment == segments - 1 && reader.MoveNext()) throw new BookChangedException("the book has more accounts than in its first pass");
            run.Prove(segment, proof => SolvencyStatement.VerifySegment(inputs, number, proof, new VerifierPolicy(MinimumProvenBits: 0)), watch =>
            {
                var publics = new SolvencyPublicTables(inputs, number);
                var builder = new SolvencyTraceBuilder(inputs, publics, part, tree.Segments[number], chain, salts);
                return (publics, builder, builder.Build(shape.LogHeights, proofOptions.TailRows, watch, cancel));
            });
        }
        return new SolvencyProof(inputs, run.File(), tree, survey.Totals, proofOptions, run.Report, Stopwatch.GetElapsedTime(start));
    }

    /// <summary>The depths of the segments and of the tree with which a book is proven when no option says otherwise.</summary>
    public static (int SegmentDepth, int Depth) DefaultDepths(Book book)
    {
        ArgumentNullException.ThrowIfNull(book);
        var layout = new SegmentLayout(SegmentSizing.LargestDepth);
        int segments = 1 + book.Accounts.Count(account => layout.Place(account.Balances.Count));
        int single = StateTree.DepthFor(book.Accounts.Count);
        return segments == 1 ? (single, single) : (layout.Depth, layout.TreeDepth(segments));
    }

    private static Account[] Take(IEnumerator<Account> reader, int count, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var part = new Account[count];
        for (int i = 0; i < count; i++)
            part[i] = reader.MoveNext() ? reader.Current : throw new BookChangedException("the book has fewer accounts than in its first pass");
        return part;
    }

    private static RiskParameters? Parameters(BookHeader header, List<BrokenPredicate> reasons)
    {
        foreach ((int asset, string problem) in RiskParameters.Problems(header.Assets))
            reasons.Add(new(SolvencyPredicate.ParametersValid, problem, asset < 0 ? null : header.Assets[asset].Symbol));
        if (header.Reserves.Count != header.Assets.Count)
            reasons.Add(new(SolvencyPredicate.InputsInRange, $"the book has {header.Reserves.Count} reserves for {header.Assets.Count} assets"));
        return reasons.Count == 0 ? RiskParameters.Create(header.Assets) : null;
    }

    private static SolvencyPublicInputs Inputs(
        BookHeader header, RiskParameters parameters, SegmentedTree tree, BookTotals totals, SolvencyProverOptions options, int hashSlots) => new()
        {
            Venue = header.Venue,
            Height = header.Height,
            QuoteAsset = header.QuoteAsset,
            Parameters = parameters,
            Reserves = [.. header.Reserves],
            ReservesSource = header.ReservesSource,
            InsuranceFund = header.InsuranceFund,
            Buffer = header.Buffer,
            StateRoot = tree.Root,
            Depth = tree.Depth,
            HashSlots = hashSlots,
            Segments = new SolvencySegments(tree.SegmentDepth, [.. tree.Segments.Select(segment => segment.Root)], [.. new Digest[tree.Segments.Count]]),
            Revealed = options.Reveal == RevealMode.Totals ? SolvencyTotals.From(totals) : null,
        };
}
