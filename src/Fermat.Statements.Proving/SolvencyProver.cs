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
    /// The least depth of the state tree; null for the smallest that fits. The depth, the hash slots and the heights of the tables are public and tell the size of the book, closely when
    /// accounts just fit the tree; a venue that fixes all of them, whatever its book, tells nothing.
    /// </summary>
    public int? Depth { get; init; }

    /// <summary>
    /// Pads everything public (depth, heights, hash slots) to what a book of this size has, so that two proofs padded alike tell nothing of their books' sizes; null for the smallest that fits.
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

    /// <summary>Bytes that the prover's matrices may take; null for no limit.</summary>
    public long? MemoryLimit { get; init; }
}

/// <summary>A size that a book is padded to.</summary>
/// <param name="Accounts">Accounts, at least as many as the book has.</param>
/// <param name="Items">Items of all accounts together, at least as many as the book has.</param>
public readonly record struct BookSize(int Accounts, int Items);

/// <summary>Proves that a book is solvent.</summary>
public static class SolvencyProver
{
    /// <summary>
    /// Checks the book natively, builds its state tree and its traces and proves statement S. A book that is not solvent, or not valid, is answered with
    /// <see cref="NotProvable"/> before any work on a proof.
    /// </summary>
    /// <param name="book">The book.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="options">How the proof is made; null for the defaults.</param>
    /// <param name="progress">Told how far the work is; may be called from several threads.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="ProverException">The memory limit is too small, or the prover found a bug in itself.</exception>
    /// <exception cref="ArgumentException">The options ask for more proven bits than the profile reaches, or for a depth the book does not fit.</exception>
    public static SolvencyOutcome Prove(
        Book book, SaltDeriver salts, SolvencyProverOptions? options = null, IProgress<SolvencyProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(salts);
        options ??= new SolvencyProverOptions();
        long start = Stopwatch.GetTimestamp();
        var reasons = new List<BrokenPredicate>();
        RiskParameters? parameters = Parameters(book.Header, reasons);
        BookTotals? totals = parameters is null ? null : NativeCheck.Check(book, parameters, reasons, progress, cancel);
        if (totals is null) return new NotProvable(reasons);

        var hashed = new StageProgress(progress, SolvencyStage.StateTree, book.Accounts.Count);
        int? depth = options.Depth ?? (options.PadTo is { } padded ? StateTree.DepthFor(padded.Accounts) : null);
        StateTree tree = StateTree.Build(book.Accounts, book.Height, salts, depth, hashed, cancel);
        SolvencySizes sizes = PublicSizes(SolvencySizes.Of(book.Accounts, tree.Depth), options.PadTo);
        SolvencyPublicInputs inputs = Inputs(book.Header, parameters!, tree, totals, options, options.HashSlots ?? sizes.BestHashSlots(TypicalTailRows));
        if (inputs.Problem() is { } problem) return new NotProvable([new(SolvencyPredicate.InputsInRange, problem.ToString())]);

        var publics = new SolvencyPublicTables(inputs);
        SolvencyCircuit circuit = SolvencyCircuit.WithHashSlots(inputs.HashSlots);
        (ProofOptions proofOptions, CircuitShape shape) = Fit(circuit, sizes, publics, options);
        var builder = new SolvencyTraceBuilder(inputs, publics, book.Accounts, tree, salts);
        IReadOnlyList<TableTrace> traces = builder.Build(shape.LogHeights, proofOptions.TailRows, progress, cancel);
        ProverReport? report = null;
        var context = new ProverContext
        {
            Progress = progress is null ? null : new ProverStageProgress(progress),
            CancellationToken = cancel,
            MemoryLimit = options.MemoryLimit,
            Completed = made => report = made,
        };
        byte[] proof = Prover.Prove(circuit.Circuit, traces, publics, builder, proofOptions, context);
        return new SolvencyProof(inputs, proof, tree, totals, proofOptions, report, Stopwatch.GetElapsedTime(start));
    }

    private const int TypicalTailRows = 512;

    private static SolvencySizes PublicSizes(SolvencySizes book, BookSize? padTo)
    {
        if (padTo is not { } size) return book;
        return size.Accounts >= book.Accounts && size.Items >= book.Items
            ? SolvencySizes.Of(size.Accounts, size.Items, book.Depth)
            : throw new ArgumentException($"the book has {book.Accounts} accounts and {book.Items} balances, more than the {size.Accounts} and {size.Items} it is padded to");
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
        BookHeader header, RiskParameters parameters, StateTree tree, BookTotals totals, SolvencyProverOptions options, int hashSlots) => new()
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
            Revealed = options.Reveal == RevealMode.Totals ? SolvencyTotals.From(totals) : null,
        };

    /// <summary>The smallest tables that hold the book, and the parameters that reach the proven bits on them.</summary>
    private static (ProofOptions Options, CircuitShape Shape) Fit(
        SolvencyCircuit circuit, SolvencySizes sizes, SolvencyPublicTables publics, SolvencyProverOptions options)
    {
        int[] least = [.. circuit.Circuit.Tables.Select(table => table.MinLogHeight)];
        Raise(ref least[circuit.Accounts.Table], options.MinimumAccountsLog);
        Raise(ref least[circuit.Items.Table], options.MinimumItemsLog);
        Raise(ref least[circuit.Hash.Table], options.MinimumHashLog);
        CircuitShape shape = CircuitShape.Of(circuit.Circuit, least, [.. SolvencyCircuit.RandomPoints]);
        return Profiles.Fit(options.Profile, options.ProvenBits, shape, sizes.ActiveRows(circuit, publics), options.Hash);

        static void Raise(ref int height, int minimum) => height = Math.Max(height, minimum);
    }

    private sealed class StageProgress(IProgress<SolvencyProgress>? progress, SolvencyStage stage, long total) : IProgress<int>
    {
        public void Report(int value) => progress?.Report(new(stage, value, total));
    }

    private sealed class ProverStageProgress(IProgress<SolvencyProgress> progress) : IProgress<ProverProgress>
    {
        public void Report(ProverProgress value) => progress.Report(new(SolvencyStage.Proving, value.Done, value.Total, value));
    }
}
