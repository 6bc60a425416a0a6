using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;

namespace Fermat.Statements.Proving;

/// <summary>
/// The first pass over a book: every account is checked, its margin computed natively, its leaf hashed, and the book cut into segments. Of the accounts only digests and sums are kept.
/// </summary>
internal sealed class BookSurvey
{
    private const int Grain = 1 << 10;

    private readonly SegmentedTreeBuilder tree;
    private readonly List<BookTotalsBuilder> totals = [];

    private BookSurvey(RiskParameters parameters, ulong height, SaltDeriver salts)
    {
        tree = new SegmentedTreeBuilder(height, salts);
        totals.Add(new BookTotalsBuilder(parameters));
        Parameters = parameters;
    }

    /// <summary>The totals of each segment.</summary>
    public IReadOnlyList<BookTotals> Segments { get; private set; } = [];

    /// <summary>The totals of the book.</summary>
    public BookTotals Totals { get; private set; } = null!;

    private RiskParameters Parameters { get; }

    /// <summary>Surveys a book; null when accounts are not valid, and the reasons are told.</summary>
    /// <param name="header">The book's header.</param>
    /// <param name="accounts">The accounts in the order of their leaves.</param>
    /// <param name="parameters">The header's parameters.</param>
    /// <param name="layout">Where segments end.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="reasons">Receives what is wrong.</param>
    /// <param name="progress">Told how many accounts have been seen.</param>
    /// <param name="cancel">Stops the work.</param>
    public static BookSurvey? Of(
        BookHeader header, IEnumerable<Account> accounts, RiskParameters parameters, SegmentLayout layout, SaltDeriver salts, List<BrokenPredicate> reasons,
        IProgress<SolvencyProgress>? progress, CancellationToken cancel)
    {
        var survey = new BookSurvey(parameters, header.Height, salts);
        var seen = new HashSet<UInt128>();
        var batch = new List<Account>(SegmentedTreeBuilder.Batch);
        long done = 0, expected = accounts.TryGetNonEnumeratedCount(out int count) ? count : 0;
        progress?.Report(new(SolvencyStage.Checking, 0, expected));
        foreach (Account account in accounts)
        {
            if (NativeCheck.Problem(account, parameters, seen) is { } problem)
            {
                reasons.Add(problem);
                if (reasons.Count >= NativeCheck.MostReasons) return null;
                continue;
            }
            bool next = layout.Place(account.Balances.Count);
            if (next || batch.Count == SegmentedTreeBuilder.Batch)
            {
                done += batch.Count;
                survey.Add(batch, hash: reasons.Count == 0, cancel);
                progress?.Report(new(SolvencyStage.Checking, done, Math.Max(expected, done)));
            }
            if (next) survey.NextSegment();
            batch.Add(account);
        }
        done += batch.Count;
        survey.Add(batch, hash: reasons.Count == 0, cancel);
        progress?.Report(new(SolvencyStage.Checking, done, Math.Max(expected, done)));
        if (reasons.Count > 0) return null;
        survey.Segments = [.. survey.totals.Select(segment => segment.Build())];
        var whole = new BookTotalsBuilder(parameters);
        foreach (BookTotalsBuilder segment in survey.totals) whole.Merge(segment);
        survey.Totals = whole.Build();
        return survey;
    }

    /// <summary>The state tree.</summary>
    public SegmentedTree BuildTree(int segmentDepth, int depth, CancellationToken cancel) => tree.Build(segmentDepth, depth, cancel);

    private void NextSegment()
    {
        tree.NextSegment();
        totals.Add(new BookTotalsBuilder(Parameters));
    }

    private void Add(List<Account> batch, bool hash, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        Account[] accounts = [.. batch];
        batch.Clear();
        if (!hash) return;
        BookTotalsBuilder sum = totals[^1];
        Parallelism.ForRanges(accounts.Length, Grain, (from, to) =>
        {
            var part = new BookTotalsBuilder(Parameters);
            for (int i = from; i < to; i++) part.Add(accounts[i]);
            lock (sum) sum.Merge(part);                                             // exact sums: their order does not matter
        }, cancel);
        tree.Add(accounts, cancel);
    }
}
