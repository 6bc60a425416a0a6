using System.Globalization;
using System.Numerics;
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

/// <summary>Some accounts that are proven together.</summary>
/// <param name="Accounts">In the order of their leaves.</param>
/// <param name="Sums">What they add up to.</param>
/// <param name="Rows">Their rows in the rulebook's tables.</param>
internal sealed record RulebookSegment(IReadOnlyList<AccountData> Accounts, BookSums Sums, LoweringTrace Rows);

/// <summary>A book judged natively and cut into segments.</summary>
internal sealed class RulebookSurvey
{
    private const int Batch = 1 << 12;

    private readonly RulebookBook book;
    private readonly SaltDeriver salts;
    private readonly RulebookParts parts;

    private RulebookSurvey(RulebookBook book, SaltDeriver salts, RulebookParts parts, List<RulebookSegment> segments, BookSums sums) =>
        (this.book, this.salts, this.parts, Segments, Sums) = (book, salts, parts, segments, sums);

    /// <summary>The segments.</summary>
    public List<RulebookSegment> Segments { get; }

    /// <summary>What the whole book adds up to.</summary>
    public BookSums Sums { get; }

    /// <summary>Permutations in a row of the hash table.</summary>
    public int HashSlots => parts.HashSlots;

    /// <summary>The rows that the largest segment fills in each table, or one as large as the book is padded to.</summary>
    public int[] ActiveRows(RulebookCircuit circuit) => parts.ActiveRows(book, circuit);

    /// <summary>Judges a book; null when accounts are not valid. The reasons are told.</summary>
    public static RulebookSurvey? Of(
        RulebookBook book, SolvencyProverOptions options, SaltDeriver salts, List<BrokenPredicate> reasons, IProgress<SolvencyProgress>? progress, CancellationToken cancel)
    {
        if (book.Rulebook.Solvency is not { } rules)
        {
            reasons.Add(new(SolvencyPredicate.ParametersValid, $"the rulebook {book.Rulebook.Name} does not say what is owed and what that is worth: define claim and price"));
            return null;
        }
        if (book.Rulebook.Problem(book.Market) is { } data)
        {
            reasons.Add(new(SolvencyPredicate.ParametersValid, data));
            return null;
        }
        if (book.Reserves.Length != book.Market.Tables[rules.Claims!.Table].Length)
        {
            reasons.Add(new(SolvencyPredicate.InputsInRange, $"the book has {book.Reserves.Length} reserves for {book.Market.Tables[rules.Claims.Table].Length} assets"));
            return null;
        }
        Validate(book, reasons);
        if (reasons.Count > 0) return null;
        try
        {
            RulebookParts parts = RulebookParts.Of(book, options, cancel);
            var whole = new BookSums(rules, book.Market);
            var segments = new List<RulebookSegment>();
            var evaluator = new BatchEvaluator(new Interpreter(book.Rulebook.Rulebook, book.Market));
            long done = 0;
            for (int segment = 0; segment < parts.Accounts.Count; segment++)
            {
                BookSums sums = SumsOf(book, rules, evaluator, parts.Accounts[segment], cancel);
                whole.Add(sums);
                segments.Add(new RulebookSegment(parts.Accounts[segment], sums, parts.Rows[segment]));
                progress?.Report(new(SolvencyStage.Checking, done += parts.Accounts[segment].Count, book.Accounts.Count));
            }
            Judge(book, rules, whole, segments.Count, reasons);
            return new RulebookSurvey(book, salts, parts, segments, whole);
        }
        catch (RuleEvaluationException fault)
        {
            reasons.Add(new(SolvencyPredicate.ParametersValid, fault.Message));
            return null;
        }
    }

    /// <summary>The state tree.</summary>
    public SegmentedTree BuildTree(SolvencyProverOptions options, CancellationToken cancel)
    {
        (int segmentDepth, int depth) = parts.Depths(options);
        return RulebookParts.BuildTree(parts.Accounts, part => RulebookParts.LeafBlocks(book, salts, part), book.Height, salts, segmentDepth, depth, cancel);
    }

    /// <summary>The blocks of the leaves of a segment's accounts.</summary>
    public Func<int, KoalaBear[]> LeafBlocks(int segment) => RulebookParts.LeafBlocks(book, salts, Segments[segment].Accounts);

    private static BookSums SumsOf(RulebookBook book, CoreSolvency rules, BatchEvaluator evaluator, IReadOnlyList<AccountData> accounts, CancellationToken cancel)
    {
        var sums = new BookSums(rules, book.Market);
        AccountData[][] batches = [.. accounts.Chunk(Batch)];
        Parallelism.ForRanges(batches.Length, 1, (from, to) =>
        {
            for (int i = from; i < to; i++)
            {
                var some = new BookSums(rules, book.Market);
                evaluator.AddTo(some, AccountBatch.Of(book.Rulebook.Schema, batches[i]));
                lock (sums) sums.Add(some);
            }
        }, cancel);
        return sums;
    }

    private static void Validate(RulebookBook book, List<BrokenPredicate> reasons)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (AccountData account in book.Accounts)
        {
            string? problem = !AccountId.TryParse(account.Id, out _) ? "the id has characters that ids do not have, or too many"
                : !seen.Add(account.Id) ? "the book has the account twice"
                : AccountChecks.Problem(book.Rulebook.Schema, book.Market, account);
            if (problem is not null) reasons.Add(new(SolvencyPredicate.AccountValid, $"account {account.Id}: {problem}", account.Id));
            if (reasons.Count >= NativeCheck.MostReasons) return;
        }
    }

    private static void Judge(RulebookBook book, CoreSolvency rules, BookSums sums, int segments, List<BrokenPredicate> reasons)
    {
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
        BigInteger reserves = RulebookStatementInputs.ValueOf(book.Rulebook, book.Market, book.Reserves);
        if (reserves < sums.Claims + book.Buffer)
            reasons.Add(new(SolvencyPredicate.ReservesCoverClaims, $"reserves worth {Worth(reserves)} do not cover claims of {Worth(sums.Claims)} and the buffer of {Worth(book.Buffer)}"));
        if (book.InsuranceFund < sums.Shortfall)
            reasons.Add(new(SolvencyPredicate.InsuranceCoversShortfall, $"the insurance fund of {Worth(book.InsuranceFund)} does not cover the shortfall of {Worth(sums.Shortfall)}"));
        if (segments > SolvencyLimits.MaxSegments)
            reasons.Add(new(SolvencyPredicate.BookFitsCircuit, string.Create(CultureInfo.InvariantCulture, $"the book needs {segments} segments; at most {SolvencyLimits.MaxSegments} are proven")));
    }
}
