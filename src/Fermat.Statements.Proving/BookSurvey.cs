using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Batches;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>
/// The first pass over a book: every account is checked and judged natively, its leaf hashed, its rows counted, and the book cut into segments. Of the accounts only digests, sums and counts are kept, or, where they are one
/// segment, the accounts themselves.
/// </summary>
internal sealed class BookSurvey
{
    /// <summary>After so many reasons no more are looked for.</summary>
    public const int MostReasons = 100;

    private const int Batch = 1 << 12, SmallestDepth = 4;

    private readonly SolvencyBook book;
    private readonly SolvencyProverOptions options;
    private readonly SaltDeriver salts;
    private readonly int depth;
    private readonly SegmentedTreeBuilder tree;
    private readonly BatchEvaluator evaluator;
    private readonly List<BookSegment> segments = [];
    private BookSizes? sizes;
    private (SolvencyCircuit Circuit, Interpreter Interpreter)? lowered;

    private BookSurvey(SolvencyBook book, SolvencyProverOptions options, SaltDeriver salts, int depth)
    {
        (this.book, this.options, this.salts, this.depth) = (book, options, salts, depth);
        tree = new SegmentedTreeBuilder();
        evaluator = new BatchEvaluator(new Interpreter(book.Rulebook.Rulebook, book.Market));
        Sums = new BookSums(Rules, book.Market);
    }

    /// <summary>The segments.</summary>
    public IReadOnlyList<BookSegment> Segments => segments;

    /// <summary>The accounts, where they are one segment; null where they are to be read again.</summary>
    public SegmentAccounts? Only { get; private set; }

    /// <summary>What the whole book adds up to.</summary>
    public BookSums Sums { get; }

    /// <summary>The sizes of its proof.</summary>
    public BookSizes Sizes => sizes ??= new(book, options, depth, segments, complete: true);

    private CoreSolvency Rules => book.Rulebook.Solvency!;

    /// <summary>Judges a book; null when accounts are not valid. The reasons are told.</summary>
    /// <exception cref="ArgumentException">The depth asked for is out of range, the bits are out of reach, or the book does not fit the padding asked for.</exception>
    public static BookSurvey? Of(
        SolvencyBook book, SolvencyProverOptions options, SaltDeriver salts, List<BrokenPredicate> reasons, IProgress<SolvencyProgress>? progress, CancellationToken cancel)
    {
        if (Problem(book) is { } problem)
        {
            reasons.Add(problem);
            return null;
        }
        if (options.SegmentDepth is { } asked and not (>= 1 and <= SolvencyLimits.MaxAccountsLog)) throw new ArgumentException($"segments have a depth of 1 to {SolvencyLimits.MaxAccountsLog}, not {asked}");
        try
        {
            int depth = options.SegmentDepth ?? SegmentSizing.LargestDepth;
            while (true)
            {
                var survey = new BookSurvey(book, options, salts, depth);
                int fitting = survey.Read(reasons, progress, cancel);
                if (reasons.Count > 0) return null;
                if (fitting == depth)
                {
                    survey.Judge(reasons);
                    return survey;
                }
                depth = fitting;
            }
        }
        catch (RuleEvaluationException fault)
        {
            reasons.Add(new(SolvencyPredicate.ParametersValid, fault.Message));
            return null;
        }
    }

    /// <summary>The state tree.</summary>
    /// <exception cref="ArgumentException">The book does not fit the depth asked for.</exception>
    public SegmentedTree BuildTree(CancellationToken cancel)
    {
        (int segmentDepth, int treeDepth) = Sizes.Depths();
        return tree.Build(segmentDepth, treeDepth, cancel);
    }

    /// <summary>A segment's accounts as the circuit has them in its tables.</summary>
    /// <param name="circuit">With the hash slots of the proof.</param>
    /// <param name="segment">The number of the segment.</param>
    /// <param name="accounts">Its accounts, read again; not looked at where they were kept.</param>
    /// <exception cref="BookChangedException">They are not what the first pass found.</exception>
    public SegmentAccounts Rows(SolvencyCircuit circuit, int segment, IReadOnlyList<AccountData> accounts)
    {
        if (Only is { } kept && kept.HashSlots == circuit.HashSlots) return kept;
        if (Only is null && accounts.Any(account => Problem(account) is not null)) throw new BookChangedException("an account is not what the book's first pass found");
        LoweringTrace rows = Lower(circuit, Only?.Accounts ?? accounts);
        return RowsOf(rows).SequenceEqual(segments[segment].Rows) ? new(Only?.Accounts ?? accounts, rows, circuit.HashSlots) : throw new BookChangedException("the accounts are not what the book's first pass found");
    }

    /// <summary>Reads the book; returns the depth of segments that fit, which is this survey's if it is finished.</summary>
    private int Read(List<BrokenPredicate> reasons, IProgress<SolvencyProgress>? progress, CancellationToken cancel)
    {
        var layout = new SegmentLayout(depth);
        var seen = new HashSet<UInt128>();
        var part = new List<AccountData>();
        long done = 0, expected = book.Accounts.TryGetNonEnumeratedCount(out int count) ? count : 0;
        foreach (AccountData account in book.Accounts)
        {
            if (++done % Batch == 0)
            {
                cancel.ThrowIfCancellationRequested();
                progress?.Report(new(SolvencyStage.Checking, done, Math.Max(expected, done)));
            }
            string? problem = Problem(account) ?? (seen.Add(Key(account.Id)) ? null : "the book has the account twice");
            if (problem is not null) reasons.Add(new(SolvencyPredicate.AccountValid, $"account {account.Id}: {problem}", account.Id));
            if (reasons.Count >= MostReasons) return depth;
            if (reasons.Count > 0) continue;
            if (layout.Place(BookSegment.ItemsOf(account)))
            {
                int fitting = Close(part, complete: false, cancel);
                if (fitting < depth) return fitting;
                tree.NextSegment();
                part = [];
            }
            part.Add(account);
        }
        if (reasons.Count > 0) return depth;
        int fits = Close(part, complete: true, cancel);
        progress?.Report(new(SolvencyStage.Checking, done, done));
        return fits;
    }

    /// <summary>Ends a segment; returns the depth that segments as large as this can have.</summary>
    private int Close(IReadOnlyList<AccountData> part, bool complete, CancellationToken cancel)
    {
        var segment = new BookSegment(part.Count, part.Sum(account => (long)BookSegment.ItemsOf(account)), part.Sum(account => (long)book.Rulebook.Leaves.Blocks(account)), SumsOf(part, cancel), []);
        LoweringTrace rows = Lower(lowered?.Circuit ?? SolvencyCircuit.Of(book.Rulebook, new BookSizes(book, options, depth, [segment], complete).HashSlots), part);
        segments.Add(segment with { Rows = RowsOf(rows) });
        if (complete && segments.Count == 1) Only = new SegmentAccounts(part, rows, lowered!.Value.Circuit.HashSlots);
        if (options.SegmentDepth is null && depth > SmallestDepth)
        {
            var so = new BookSizes(book, options, depth, segments, complete);
            if (so.Halvings() is > 0 and var halvings) return Math.Max(SmallestDepth, so.DepthInUse - halvings);
        }
        tree.Add(part.Count, BookTree.LeafBlocks(book, salts, part), cancel);
        Sums.Add(segment.Sums);
        return depth;
    }

    /// <summary>Counts the rows of accounts; public values are computed once for all segments.</summary>
    private LoweringTrace Lower(SolvencyCircuit circuit, IReadOnlyList<AccountData> accounts)
    {
        if (lowered?.Circuit != circuit) lowered = (circuit, new Interpreter(circuit.Book.Lowering.Rulebook, book.Market));
        return new LoweringTrace(circuit.Book.Lowering, lowered.Value.Interpreter, accounts);
    }

    /// <summary>The first 128 bits of the digest of an id: a million ids are told apart in little memory.</summary>
    private static UInt128 Key(string id)
    {
        Span<byte> digest = stackalloc byte[Digest.Length];
        Blake3.Hash(Encoding.UTF8.GetBytes(id)).CopyTo(digest);
        return BinaryPrimitives.ReadUInt128LittleEndian(digest);
    }

    private int[] RowsOf(LoweringTrace rows) => [.. lowered!.Value.Circuit.Circuit.Tables.Select(table => rows.RowsOf(table.Index))];

    private string? Problem(AccountData account) => !AccountId.TryParse(account.Id, out _)
        ? "the id has characters that ids do not have, or too many"
        : AccountChecks.Problem(book.Rulebook.Schema, book.Market, account);

    private static BrokenPredicate? Problem(SolvencyBook book)
    {
        if (book.Rulebook.Solvency is not { } rules)
            return new(SolvencyPredicate.ParametersValid, $"the rulebook {book.Rulebook.Name} does not say what is owed and what that is worth: define claim and price");
        if (book.Rulebook.Problem(book.Market) is { } data) return new(SolvencyPredicate.ParametersValid, data);
        int assets = book.Market.Tables[rules.Claims!.Table].Length;
        return book.Reserves.Length != assets ? new(SolvencyPredicate.InputsInRange, $"the book has {book.Reserves.Length} reserves for {assets} assets") : null;
    }

    private BookSums SumsOf(IReadOnlyList<AccountData> accounts, CancellationToken cancel)
    {
        var sums = new BookSums(Rules, book.Market);
        AccountData[][] batches = [.. accounts.Chunk(Batch)];
        Parallelism.ForRanges(batches.Length, 1, (from, to) =>
        {
            for (int i = from; i < to; i++)
            {
                var some = new BookSums(Rules, book.Market);
                evaluator.AddTo(some, AccountBatch.Of(book.Rulebook.Schema, batches[i]));
                lock (sums) sums.Add(some);
            }
        }, cancel);
        return sums;
    }

    private void Judge(List<BrokenPredicate> reasons)
    {
        (CoreSolvency rules, BookSums sums) = (Rules, Sums);
        string Amount(BigInteger value) => ScaledNumber.Format(value, rules.Claims!.Type.Scale);
        string Worth(BigInteger value) => ScaledNumber.Format(value, rules.NetEquity.Number.Scale);
        for (int asset = 0; asset < book.Reserves.Length; asset++)
        {
            if (sums.Total(0)[asset] <= book.Reserves[asset]) continue;
            string symbol = book.Market.Tables[rules.Claims!.Table][asset].Symbol;
            reasons.Add(new(SolvencyPredicate.ReservesCoverAsset, $"{symbol}: claims of {Amount(sums.Total(0)[asset])} exceed reserves of {Amount(book.Reserves[asset])}", symbol));
        }
        if (rules.NetSize is { } sizes)
            for (int instrument = 0; instrument < book.Market.Tables[sizes.Table].Length; instrument++)
            {
                if (sums.Total(1)[instrument].IsZero) continue;
                string symbol = book.Market.Tables[sizes.Table][instrument].Symbol;
                reasons.Add(new(SolvencyPredicate.NetSizeIsZero, $"{symbol}: all accounts together hold {ScaledNumber.Format(sums.Total(1)[instrument], sizes.Type.Scale)}, not 0", symbol));
            }
        BigInteger reserves = SolvencyPublicInputs.ValueOf(book.Rulebook, book.Market, book.Reserves);
        if (reserves < sums.Claims + book.Buffer)
            reasons.Add(new(SolvencyPredicate.ReservesCoverClaims, $"reserves worth {Worth(reserves)} do not cover claims of {Worth(sums.Claims)} and the buffer of {Worth(book.Buffer)}"));
        if (book.InsuranceFund < sums.Shortfall)
            reasons.Add(new(SolvencyPredicate.InsuranceCoversShortfall, $"the insurance fund of {Worth(book.InsuranceFund)} does not cover the shortfall of {Worth(sums.Shortfall)}"));
        if (segments.Count > SolvencyLimits.MaxSegments)
            reasons.Add(new(SolvencyPredicate.BookFitsCircuit, string.Create(CultureInfo.InvariantCulture, $"the book needs {segments.Count} segments; at most {SolvencyLimits.MaxSegments} are proven")));
    }
}
