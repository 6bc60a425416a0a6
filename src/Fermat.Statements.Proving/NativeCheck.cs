using System.Numerics;
using Fermat.Margin;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>
/// Computes a book's margin natively before anything is proven, so that a book that is not solvent is answered with the predicate it breaks and not with minutes of
/// work and a rejected proof.
/// </summary>
internal static class NativeCheck
{
    private const int MostReasons = 100, Grain = 1 << 14;

    /// <summary>Checks header and accounts; returns the totals, or null and the reasons.</summary>
    public static BookTotals? Check(Book book, RiskParameters parameters, List<BrokenPredicate> reasons, IProgress<SolvencyProgress>? progress, CancellationToken cancel)
    {
        var builder = new BookTotalsBuilder(parameters);
        var seen = new HashSet<AccountId>(book.Accounts.Count);
        for (int i = 0; i < book.Accounts.Count; i++)
        {
            if (i % Grain == 0)
            {
                cancel.ThrowIfCancellationRequested();
                progress?.Report(new(SolvencyStage.Checking, i, book.Accounts.Count));
            }
            Account account = book.Accounts[i];
            string? problem = account.Problem(parameters.Assets.Length) ?? (seen.Add(account.Id) ? null : "the book has the account twice");
            if (problem is null) builder.Add(account);
            else reasons.Add(new(SolvencyPredicate.AccountValid, $"account {account.Id}: {problem}", account.Id.Value));
            if (reasons.Count >= MostReasons) return null;
        }
        progress?.Report(new(SolvencyStage.Checking, book.Accounts.Count, book.Accounts.Count));
        if (reasons.Count > 0) return null;
        BookTotals totals = builder.Build();
        Solvency(book.Header, parameters, totals, reasons);
        Size(totals, reasons);
        return reasons.Count == 0 ? totals : null;
    }

    private static void Solvency(BookHeader header, RiskParameters parameters, BookTotals totals, List<BrokenPredicate> reasons)
    {
        for (int asset = 0; asset < totals.Net.Length; asset++)
        {
            if (totals.Net[asset] <= header.Reserves[asset]) continue;
            Asset about = header.Assets[asset];
            reasons.Add(new(SolvencyPredicate.ReservesCoverAsset,
                $"{about.Symbol}: claims of {ExactDecimal.Format(totals.Net[asset], about.AmountScale)} exceed reserves of {ExactDecimal.Format(header.Reserves[asset], about.AmountScale)}",
                about.Symbol));
        }
        BigInteger reserves = BookTotals.ReserveValue(parameters, header.Reserves);
        if (reserves < totals.PositiveNetEquity + header.Buffer)
            reasons.Add(new(SolvencyPredicate.ReservesCoverClaims,
                $"reserves worth {Money(reserves)} do not cover claims of {Money(totals.PositiveNetEquity)} and the buffer of {Money(header.Buffer)}"));
        if (header.InsuranceFund < totals.Shortfall)
            reasons.Add(new(SolvencyPredicate.InsuranceCoversShortfall,
                $"the insurance fund of {Money(header.InsuranceFund)} does not cover the shortfall of {Money(totals.Shortfall)}"));

        string Money(BigInteger value) => $"{ExactDecimal.Format(value, parameters.ValueScale)} {header.QuoteAsset}";
    }

    private static void Size(BookTotals totals, List<BrokenPredicate> reasons)
    {
        // The largest tables also hold tail rows; a proof of so many rows is made in segments, which this version does not do.
        const int mostTailRows = 1 << 12;
        if (totals.Items > (1L << SolvencyLimits.MaxItemsLog) - mostTailRows)
            reasons.Add(new(SolvencyPredicate.BookFitsCircuit, $"{totals.Items} items; one proof holds at most {(1L << SolvencyLimits.MaxItemsLog) - mostTailRows}"));
        if (totals.Accounts > (1L << SolvencyLimits.MaxAccountsLog) - mostTailRows)
            reasons.Add(new(SolvencyPredicate.BookFitsCircuit, $"{totals.Accounts} accounts; one proof holds at most {(1L << SolvencyLimits.MaxAccountsLog) - mostTailRows}"));
    }
}
