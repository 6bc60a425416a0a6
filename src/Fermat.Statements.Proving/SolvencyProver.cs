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

/// <summary>Proves that a book is solvent under its rulebook.</summary>
public static class SolvencyProver
{
    /// <summary>
    /// Proves statement S, in two passes over the accounts. The first judges them natively and builds the state tree; a book that is not solvent, or not valid, is answered with reasons before any work on a proof.
    /// The second fills, proves and releases one segment after another; a book of one segment is read once.
    /// </summary>
    /// <param name="book">The book.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="options">How the proof is made; null for the defaults.</param>
    /// <param name="progress">Told how far the work is; may be called from several threads.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven yet.</exception>
    /// <exception cref="ProverException">The memory limit is too small, or the prover found a bug in itself.</exception>
    /// <exception cref="ArgumentException">The options ask for more proven bits than the profile reaches, for a depth the book does not fit, or for padding that it does not fit or its rulebook does not allow.</exception>
    /// <exception cref="BookChangedException">The second pass found other accounts than the first.</exception>
    public static SolvencyOutcome Prove(
        SolvencyBook book, SaltDeriver salts, SolvencyProverOptions? options = null, IProgress<SolvencyProgress>? progress = null, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(salts);
        options ??= new SolvencyProverOptions();
        long start = Stopwatch.GetTimestamp();
        var reasons = new List<BrokenPredicate>();
        BookSurvey? survey = BookSurvey.Of(book, options, salts, reasons, progress, cancel);
        if (survey is null || reasons.Count > 0) return SolvencyOutcome.Not(reasons, survey?.Sums);

        int segments = survey.Segments.Count;
        progress?.Report(new(SolvencyStage.StateTree, 0, segments));
        SegmentedTree tree = survey.BuildTree(cancel);
        progress?.Report(new(SolvencyStage.StateTree, segments, segments));
        var statement = new SolvencyPublicInputs
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
        if (statement.Problem() is { } problem) return SolvencyOutcome.Not([new(SolvencyPredicate.InputsInRange, problem.ToString())], survey.Sums);
        (RemainderChain chain, statement) = ChainOf(statement, [.. survey.Segments.Select(segment => segment.Sums)], salts);
        SolvencyCircuit circuit = SolvencyCircuit.Of(book.Rulebook, statement.HashSlots);

        CircuitShape least = CircuitShape.Of(circuit.Circuit, [.. circuit.Circuit.Tables.Select(table => table.MinLogHeight)]);
        (ProofOptions proofOptions, CircuitShape shape) = Profiles.Fit(options.Profile, options.ProvenBits, least, survey.Sizes.ActiveRows(circuit), options.Hash, SolvencyStatement.BitsLost(segments));

        if (circuit.Circuit.Tables.FirstOrDefault(table => shape.LogHeights[table.Index] > table.MaxLogHeight) is { } over)
            throw new ArgumentException($"the table {over.Name} would need 2^{shape.LogHeights[over.Index]} rows, and has at most 2^{over.MaxLogHeight}: cut the book into smaller segments");
        var run = new SegmentRun(circuit.Circuit, proofOptions, shape, options, segments, progress, cancel);
        using IEnumerator<AccountData>? reader = survey.Only is null ? book.Accounts.GetEnumerator() : null;
        for (int segment = 0; segment < segments; segment++)
        {
            int number = segment;
            IReadOnlyList<AccountData> accounts = reader is null ? survey.Only!.Accounts : Take(reader, tree.Segments[segment].Count, cancel);
            if (segment == segments - 1 && reader?.MoveNext() == true) throw new BookChangedException("the book has more accounts than in its first pass");
            run.Prove(segment, proof => SolvencyStatement.VerifySegment(statement, number, proof, new VerifierPolicy(MinimumProvenBits: 0)), watch =>
            {
                var publics = new SolvencyPublicTables(statement, number);
                var builder = new SolvencyTraceBuilder(statement, publics, accounts, tree.Segments[number], chain, BookTree.LeafBlocks(book, salts, accounts), survey.Rows(circuit, number, accounts).Rows);
                return (publics, builder, builder.Build(shape.LogHeights, proofOptions.TailRows, watch, cancel));
            });
        }
        return new SolvencyOutcome(statement, run.File(), tree, survey.Sums, proofOptions, run.Report, Stopwatch.GetElapsedTime(start), []);
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
    internal static (RemainderChain Chain, SolvencyPublicInputs Inputs) ChainOf(SolvencyPublicInputs inputs, IReadOnlyList<BookSums> segments, SaltDeriver salts)
    {
        CoreSolvency rules = inputs.Rulebook.Solvency!;
        SolvencyPublicInputs without = inputs with { Segments = inputs.Segments with { Boundaries = [.. new Digest[segments.Count]] } };
        Digest statement = Blake3.DeriveKey("fermat segment boundaries v1", without.ToCanonicalBytes());
        (RemainderChain chain, ImmutableArray<Digest> boundaries) = RemainderChain.Of(SolvencyBounds.Of(inputs), [.. segments.Select(sums => SolvencyBounds.Sums(rules, sums))], statement, salts);
        return (chain, inputs with { Segments = inputs.Segments with { Boundaries = boundaries } });
    }
}
