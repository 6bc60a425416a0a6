using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using Fermat.Air;
using Fermat.Hashing;
using Fermat.Ledger;
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
/// <param name="Accounts">The accounts in the order of their leaves. They are enumerated twice or more, and give the same each time; a large book need not be in memory.</param>
/// <param name="Venue">Who keeps the book.</param>
/// <param name="Height">How many ledger events it reflects.</param>
/// <param name="Reserves">By asset, in units of the claim.</param>
/// <param name="ReservesSource">Where the reserves come from, in words.</param>
/// <param name="InsuranceFund">In units of net equity.</param>
/// <param name="Buffer">What reserves must exceed claims by, in units of net equity.</param>
public sealed record RulebookBook(
    VenueRulebook Rulebook, MarketData Market, IEnumerable<AccountData> Accounts, string Venue, ulong Height, ImmutableArray<BigInteger> Reserves, string ReservesSource, BigInteger InsuranceFund, BigInteger Buffer)
{
    /// <summary>A book from files; null when something is missing in them, and the errors say what.</summary>
    /// <param name="rulebook">A rulebook that says what is owed.</param>
    /// <param name="inputs">Inputs without errors, read for the rulebook's schema; the part <c>book</c> among them.</param>
    /// <param name="errors">What is wrong, by path.</param>
    /// <exception cref="InvalidOperationException">The rulebook does not say what is owed.</exception>
    public static RulebookBook? Of(VenueRulebook rulebook, RuleInputs inputs, out IReadOnlyList<InputError> errors)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(inputs);
        CoreSolvency rules = rulebook.Solvency ?? throw new InvalidOperationException("the rulebook does not say what is owed");
        if (inputs.Market is not { } market || inputs.Book is not { } facts)
        {
            errors = [new InputError("book", "is missing", "\"book\": { \"venue\", \"height\", \"reserves\", \"reservesSource\", \"insuranceFund\", \"buffer\" }")];
            return null;
        }
        var found = new List<InputError>();
        (ImmutableArray<BigInteger> reserves, BigInteger insuranceFund, BigInteger buffer) = facts.Amounts(rules, market, found);
        errors = [.. found.Select(error => error with { Path = "book." + error.Path })];
        return errors.Count > 0 ? null : new RulebookBook(rulebook, market, inputs.Accounts, facts.Venue, facts.Height, reserves, facts.ReservesSource, insuranceFund, buffer);
    }
}

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
    /// <summary>
    /// Proves statement S over a rulebook, in two passes over the accounts. The first judges them natively and builds the state tree; a book that is not solvent, or not valid, is answered with reasons before any work on a proof.
    /// The second fills, proves and releases one segment after another; a book of one segment is read once.
    /// </summary>
    /// <param name="book">The book.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="options">How the proof is made; null for the defaults. Minimum heights are refused: a rulebook has other tables.</param>
    /// <param name="progress">Told how far the work is; may be called from several threads.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet.</exception>
    /// <exception cref="ProverException">The memory limit is too small, or the prover found a bug in itself.</exception>
    /// <exception cref="ArgumentException">The options ask for more proven bits than the profile reaches, for a depth the book does not fit, or for padding that it does not fit or its rulebook does not allow.</exception>
    /// <exception cref="BookChangedException">The second pass found other accounts than the first.</exception>
    public static RulebookOutcome Prove(
        RulebookBook book, SaltDeriver salts, SolvencyProverOptions? options = null, IProgress<SolvencyProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(salts);
        options ??= new SolvencyProverOptions();
        if (options.MinimumAccountsLog > 0 || options.MinimumItemsLog > 0 || options.MinimumHashLog > 0)
            throw new ArgumentException("tables of a rulebook have no minimum heights of their own: pad the book to a number of accounts and items");
        long start = Stopwatch.GetTimestamp();
        var reasons = new List<BrokenPredicate>();
        RulebookSurvey? survey = RulebookSurvey.Of(book, options, salts, reasons, progress, cancel);
        if (survey is null || reasons.Count > 0) return RulebookOutcome.Not(reasons, survey?.Sums);

        int segments = survey.Segments.Count;
        progress?.Report(new(SolvencyStage.StateTree, 0, segments));
        SegmentedTree tree = survey.BuildTree(cancel);
        progress?.Report(new(SolvencyStage.StateTree, segments, segments));
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
            HashSlots = survey.Sizes.HashSlots,
            Segments = new SolvencySegments(tree.SegmentDepth, [.. tree.Segments.Select(segment => segment.Root)], [.. new Digest[segments]]),
            Revealed = options.Reveal == RevealMode.Totals ? SolvencyTotals.From(survey.Sums) : null,
        };
        if (statement.Problem() is { } problem) return RulebookOutcome.Not([new(SolvencyPredicate.InputsInRange, problem.ToString())], survey.Sums);
        (RemainderChain chain, statement) = ChainOf(statement, [.. survey.Segments.Select(segment => segment.Sums)], salts);
        RulebookCircuit circuit = RulebookCircuit.Of(book.Rulebook, statement.HashSlots);

        CircuitShape least = CircuitShape.Of(circuit.Circuit, [.. circuit.Circuit.Tables.Select(table => table.MinLogHeight)]);
        (ProofOptions proofOptions, CircuitShape shape) = Profiles.Fit(options.Profile, options.ProvenBits, least, survey.Sizes.ActiveRows(circuit), options.Hash, SolvencyStatement.BitsLost(segments));

        var run = new SegmentRun(circuit.Circuit, proofOptions, shape, options, segments, progress, cancel);
        using IEnumerator<AccountData>? reader = survey.Only is null ? book.Accounts.GetEnumerator() : null;
        for (int segment = 0; segment < segments; segment++)
        {
            int number = segment;
            IReadOnlyList<AccountData> accounts = reader is null ? survey.Only!.Accounts : Take(reader, tree.Segments[segment].Count, cancel);
            if (segment == segments - 1 && reader?.MoveNext() == true) throw new BookChangedException("the book has more accounts than in its first pass");
            run.Prove(segment, proof => RulebookStatement.VerifySegment(statement, number, proof, new VerifierPolicy(MinimumProvenBits: 0)), watch =>
            {
                var publics = new RulebookPublicTables(statement, number);
                var builder = new RulebookTraceBuilder(statement, publics, accounts, tree.Segments[number], chain, RulebookTree.LeafBlocks(book, salts, accounts), survey.Rows(circuit, number, accounts).Rows);
                return (publics, builder, builder.Build(shape.LogHeights, proofOptions.TailRows, watch, cancel));
            });
        }
        return new RulebookOutcome(statement, run.File(), tree, survey.Sums, proofOptions, run.Report, Stopwatch.GetElapsedTime(start), []);
    }

    private static AccountData[] Take(IEnumerator<AccountData> reader, int count, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var part = new AccountData[count];
        for (int i = 0; i < count; i++)
            part[i] = reader.MoveNext() ? reader.Current : throw new BookChangedException("the book has fewer accounts than in its first pass");
        return part;
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
