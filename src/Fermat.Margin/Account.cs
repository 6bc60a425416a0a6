namespace Fermat.Margin;

/// <summary>How an account's balances cover its debts. The value is part of the account's leaf.</summary>
public enum AccountMode : byte
{
    /// <summary>All collateral of the account covers all its debts.</summary>
    Cross = 0,
}

/// <summary>What an account holds, owes and has pledged of one asset, in units of the asset's scale; each below 2^63.</summary>
/// <param name="Asset">Index of the asset in the book.</param>
/// <param name="Equity">What the venue holds for the account.</param>
/// <param name="Debt">What the account owes.</param>
/// <param name="Loan">Of the equity, pledged for loans.</param>
/// <param name="Margin">Of the equity, pledged for margin trading.</param>
/// <param name="Portfolio">Of the equity, pledged for portfolio margin.</param>
public readonly record struct Balance(int Asset, ulong Equity, ulong Debt, ulong Loan, ulong Margin, ulong Portfolio)
{
    /// <summary>The amount pledged of one kind.</summary>
    public ulong Collateral(CollateralKind kind) => kind switch
    {
        CollateralKind.Loan => Loan,
        CollateralKind.Margin => Margin,
        CollateralKind.Portfolio => Portfolio,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>The three kinds together.</summary>
    public UInt128 Pledged => (UInt128)Loan + Margin + Portfolio;

    /// <summary>Equity that is not pledged; meaningful for a valid balance, where it is not negative.</summary>
    public Int128 Unpledged => (Int128)Equity - (Int128)Pledged;

    /// <summary>Equity − debt, in units of the asset's scale.</summary>
    public Int128 Net => (Int128)Equity - (Int128)Debt;

    /// <summary>Whether nothing is held, owed or pledged; such an item is left out of an account.</summary>
    public bool IsZero => (Equity | Debt | Loan | Margin | Portfolio) == 0;

    /// <summary>What is wrong with the balance, as a sentence, or null when it is valid: five amounts below 2^63, and no more pledged than held.</summary>
    public string? Problem()
    {
        if (((Equity | Debt | Loan | Margin | Portfolio) >> BookLimits.AmountBits) != 0) return "an amount is 2^63 units or more";
        if (Pledged > Equity) return "the three kinds of collateral add up to more than the equity";
        return IsZero ? "the item is all zero" : null;
    }
}

/// <summary>One account of a book.</summary>
/// <param name="Id">Its name in the venue.</param>
/// <param name="OwnerKey">Digest of its owner's key, or <see cref="OwnerKey.None"/>.</param>
/// <param name="Nonce">How many instructions of the owner have been applied.</param>
/// <param name="Mode">How its balances cover its debts.</param>
/// <param name="Balances">Its items, by strictly rising asset index; no item is all zero.</param>
public sealed record Account(AccountId Id, OwnerKey OwnerKey, ulong Nonce, AccountMode Mode, IReadOnlyList<Balance> Balances)
{
    /// <summary>What is wrong with the account in a book of <paramref name="assets"/> assets, as a sentence, or null when it is valid.</summary>
    public string? Problem(int assets)
    {
        if (Id.Value.Length == 0) return "the account has no id";
        if (Mode != AccountMode.Cross) return $"the account mode {Mode} is not known";
        int last = -1;
        foreach (Balance balance in Balances)
        {
            if (balance.Asset <= last) return $"item of asset {balance.Asset} follows that of asset {last}; items must be in strictly rising order";
            if (balance.Asset >= assets) return $"asset {balance.Asset} is not in the book, which has {assets}";
            if (balance.Problem() is { } problem) return $"asset {balance.Asset}: {problem}";
            last = balance.Asset;
        }
        return null;
    }
}
