using System.Numerics;

namespace Fermat.Margin;

/// <summary>What an account is, at the book's prices.</summary>
public enum AccountClass
{
    /// <summary>Its counted collateral covers its debt.</summary>
    Healthy,

    /// <summary>Its counted collateral does not cover its debt, but what it holds is worth at least what it owes.</summary>
    Liquidatable,

    /// <summary>It owes more than it holds, haircuts aside. Then its collateral does not cover its debt either.</summary>
    Bankrupt,
}

/// <summary>The margin of one account. Values ending in 100 are in hundredths of a unit of value (10^−W of the quote asset), the others in units of value.</summary>
/// <param name="DebtValue100">100 · Σ debt · weight.</param>
/// <param name="CollateralValue100">Σ over items and kinds of the counted collateral value.</param>
/// <param name="NetEquity">Σ (equity − debt) · weight: what the venue owes the account; negative when the account owes the venue.</param>
public readonly record struct AccountMargin(BigInteger DebtValue100, BigInteger CollateralValue100, BigInteger NetEquity)
{
    /// <summary>Counted collateral − debt; the account is healthy when this is not negative.</summary>
    public BigInteger Surplus100 => CollateralValue100 - DebtValue100;

    /// <summary>The account's class.</summary>
    public AccountClass Class =>
        NetEquity.Sign < 0 ? AccountClass.Bankrupt : Surplus100.Sign < 0 ? AccountClass.Liquidatable : AccountClass.Healthy;
}

/// <summary>How the collateral of one kind of one item was counted.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Amount">What is pledged, in units of the asset's scale.</param>
/// <param name="Value">Amount · weight, in units of value.</param>
/// <param name="Interval">The linear piece that the amount falls into.</param>
/// <param name="Tier">The ladder's tier that the value reaches, or null above the last.</param>
/// <param name="Counted100">What counts of the value, in hundredths of a unit of value.</param>
public sealed record CollateralLine(CollateralKind Kind, ulong Amount, BigInteger Value, TierInterval Interval, Tier? Tier, BigInteger Counted100)
{
    /// <summary>What the ladder takes away, in hundredths of a unit of value.</summary>
    public BigInteger Haircut100 => 100 * Value - Counted100;
}

/// <summary>One line of an account's explanation: an item and how it was valued.</summary>
/// <param name="Asset">The asset.</param>
/// <param name="Balance">The item.</param>
/// <param name="EquityValue">Equity · weight, in units of value.</param>
/// <param name="DebtValue">Debt · weight, in units of value.</param>
/// <param name="Collateral">The three kinds, in order.</param>
public sealed record ItemLine(Asset Asset, Balance Balance, BigInteger EquityValue, BigInteger DebtValue, IReadOnlyList<CollateralLine> Collateral);

/// <summary>The margin of one account, line by line.</summary>
/// <param name="Account">The account.</param>
/// <param name="Items">Its items, in order.</param>
/// <param name="Margin">The sums over the lines.</param>
public sealed record AccountExplanation(Account Account, IReadOnlyList<ItemLine> Items, AccountMargin Margin);
