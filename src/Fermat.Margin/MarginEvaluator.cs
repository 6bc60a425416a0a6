using System.Numerics;

namespace Fermat.Margin;

/// <summary>
/// The interpreter of the book's margin rule: what an account's collateral counts, what it owes, what it is. Exact integers, no rounding.
/// The circuit of the solvency statement must agree with this on every account.
/// </summary>
public static class MarginEvaluator
{
    /// <summary>The margin of one valid account.</summary>
    public static AccountMargin Evaluate(RiskParameters parameters, Account account)
    {
        BigInteger debt = BigInteger.Zero, collateral = BigInteger.Zero, net = BigInteger.Zero;
        foreach (Balance balance in account.Balances)
        {
            BigInteger weight = parameters.Weight(balance.Asset);
            debt += weight * balance.Debt;
            net += weight * balance.Net;
            collateral += Counted100(parameters, balance.Asset, CollateralKind.Loan, balance.Loan)
                + Counted100(parameters, balance.Asset, CollateralKind.Margin, balance.Margin)
                + Counted100(parameters, balance.Asset, CollateralKind.Portfolio, balance.Portfolio);
        }
        return new AccountMargin(100 * debt, collateral, net);
    }

    /// <summary>What an amount of one kind of collateral counts, in hundredths of a unit of value.</summary>
    public static BigInteger Counted100(RiskParameters parameters, int asset, CollateralKind kind, ulong amount)
    {
        if (amount == 0) return BigInteger.Zero;
        TierInterval piece = parameters.Intervals(asset, kind)[parameters.IntervalIndex(asset, kind, amount)];
        return piece.Slope * amount + piece.Offset;
    }

    /// <summary>The same as <see cref="Evaluate"/>, with every step shown.</summary>
    public static AccountExplanation Explain(RiskParameters parameters, Account account)
    {
        var items = new List<ItemLine>(account.Balances.Count);
        foreach (Balance balance in account.Balances)
        {
            Asset asset = parameters.Assets[balance.Asset];
            BigInteger weight = parameters.Weight(balance.Asset);
            var lines = new CollateralLine[Asset.Kinds];
            for (int k = 0; k < lines.Length; k++) lines[k] = Line(parameters, balance, (CollateralKind)k);
            items.Add(new ItemLine(asset, balance, weight * balance.Equity, weight * balance.Debt, lines));
        }
        return new AccountExplanation(account, items, Evaluate(parameters, account));
    }

    /// <summary>The sums over a whole book that a solvency proof is about.</summary>
    public static BookTotals Totals(RiskParameters parameters, IEnumerable<Account> accounts, CancellationToken cancel = default)
    {
        var totals = new BookTotalsBuilder(parameters);
        foreach (Account account in accounts)
        {
            cancel.ThrowIfCancellationRequested();
            totals.Add(account);
        }
        return totals.Build();
    }

    private static CollateralLine Line(RiskParameters parameters, Balance balance, CollateralKind kind)
    {
        ulong amount = balance.Collateral(kind);
        TierInterval piece = parameters.Intervals(balance.Asset, kind)[parameters.IntervalIndex(balance.Asset, kind, amount)];
        Tier? tier = piece.Tier < 0 ? null : parameters.Assets[balance.Asset].Ladder(kind).Tiers[piece.Tier];
        return new CollateralLine(kind, amount, parameters.Weight(balance.Asset) * amount, piece, tier, piece.Slope * amount + piece.Offset);
    }
}
