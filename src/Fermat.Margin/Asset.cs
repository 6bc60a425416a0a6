namespace Fermat.Margin;

/// <summary>The three kinds of collateral an account can pledge of one asset; each has its own haircut ladder.</summary>
public enum CollateralKind
{
    /// <summary>Pledged for loans.</summary>
    Loan = 0,

    /// <summary>Pledged for margin trading.</summary>
    Margin = 1,

    /// <summary>Pledged for portfolio margin.</summary>
    Portfolio = 2,
}

/// <summary>An asset of a book: how its amounts are scaled, its index price and its three haircut ladders.</summary>
/// <param name="Symbol">1 to 32 characters of <see cref="Identifiers.AllowedCharacters"/>.</param>
/// <param name="AmountScale">Decimals of its amounts, 0 to 18: an amount is an integer of units of 10^−AmountScale.</param>
/// <param name="IndexPrice">Price of one whole unit in the quote asset.</param>
/// <param name="Loan">Ladder of <see cref="CollateralKind.Loan"/>.</param>
/// <param name="Margin">Ladder of <see cref="CollateralKind.Margin"/>.</param>
/// <param name="Portfolio">Ladder of <see cref="CollateralKind.Portfolio"/>.</param>
public sealed record Asset(string Symbol, int AmountScale, Price IndexPrice, TierLadder Loan, TierLadder Margin, TierLadder Portfolio)
{
    /// <summary>How many kinds of collateral there are.</summary>
    public const int Kinds = 3;

    /// <summary>The ladder of one kind.</summary>
    public TierLadder Ladder(CollateralKind kind) => kind switch
    {
        CollateralKind.Loan => Loan,
        CollateralKind.Margin => Margin,
        CollateralKind.Portfolio => Portfolio,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
