using System.Collections.Immutable;
using System.Numerics;

namespace Fermat.Margin;

/// <summary>The sums over a whole book that a solvency proof is about.</summary>
/// <param name="Accounts">How many accounts there are.</param>
/// <param name="Liquidatable">How many of them have counted collateral below their debt; bankrupt ones are among them.</param>
/// <param name="Bankrupt">How many of them have negative net equity.</param>
/// <param name="Items">How many (account, asset) items there are.</param>
/// <param name="Net">Per asset Σ (equity − debt), in units of its scale; may be negative.</param>
/// <param name="PositiveNetEquity">Σ max(net equity, 0), in units of value: what the venue owes.</param>
/// <param name="Shortfall">Σ max(−net equity, 0), in units of value: what the insurance fund must cover.</param>
public sealed record BookTotals(
    long Accounts, long Liquidatable, long Bankrupt, long Items, ImmutableArray<BigInteger> Net, BigInteger PositiveNetEquity, BigInteger Shortfall)
{
    /// <summary>How many accounts' collateral covers their debt.</summary>
    public long Healthy => Accounts - Liquidatable;

    /// <summary>Σ reserves · price, in units of value.</summary>
    public static BigInteger ReserveValue(RiskParameters parameters, IReadOnlyList<BigInteger> reserves)
    {
        BigInteger value = BigInteger.Zero;
        for (int asset = 0; asset < reserves.Count; asset++) value += reserves[asset] * parameters.Weight(asset);
        return value;
    }

    /// <summary>
    /// Every condition of solvency that the book breaks, as sentences with both numbers; empty when it is solvent: per asset, net claims ≤ reserves;
    /// Σ reserves · price ≥ Σ positive net equity + buffer; insurance fund ≥ shortfall.
    /// </summary>
    public IReadOnlyList<string> Insolvencies(RiskParameters parameters, BookHeader header)
    {
        var broken = new List<string>();
        for (int asset = 0; asset < Net.Length; asset++)
        {
            if (Net[asset] <= header.Reserves[asset]) continue;
            int scale = header.Assets[asset].AmountScale;
            broken.Add($"{header.Assets[asset].Symbol}: claims of {ExactDecimal.Format(Net[asset], scale)} exceed reserves of {ExactDecimal.Format(header.Reserves[asset], scale)}");
        }
        BigInteger reserves = ReserveValue(parameters, header.Reserves);
        if (reserves < PositiveNetEquity + header.Buffer)
            broken.Add($"reserves worth {Money(reserves)} do not cover claims of {Money(PositiveNetEquity)} and the buffer of {Money(header.Buffer)}");
        if (header.InsuranceFund < Shortfall)
            broken.Add($"the insurance fund of {Money(header.InsuranceFund)} does not cover the shortfall of {Money(Shortfall)}");
        return broken;

        string Money(BigInteger value) => $"{ExactDecimal.Format(value, parameters.ValueScale)} {header.QuoteAsset}";
    }
}

/// <summary>Adds accounts up into <see cref="BookTotals"/>, one at a time, in memory that does not grow with their number.</summary>
public sealed class BookTotalsBuilder
{
    private readonly RiskParameters parameters;
    private readonly Int128[] net;
    private long accounts, liquidatable, bankrupt, items;
    private BigInteger positive, shortfall;

    /// <summary>Starts at zero.</summary>
    public BookTotalsBuilder(RiskParameters parameters)
    {
        this.parameters = parameters;
        net = new Int128[parameters.Assets.Length];
    }

    /// <summary>Adds one valid account and returns its margin.</summary>
    public AccountMargin Add(Account account)
    {
        AccountMargin margin = MarginEvaluator.Evaluate(parameters, account);
        accounts++;
        items += account.Balances.Count;
        if (margin.Surplus100.Sign < 0) liquidatable++;
        if (margin.NetEquity.Sign < 0)
        {
            bankrupt++;
            shortfall -= margin.NetEquity;
        }
        else
        {
            positive += margin.NetEquity;
        }
        foreach (Balance balance in account.Balances) net[balance.Asset] += balance.Net;
        return margin;
    }

    /// <summary>Adds the sums of another part of the same book.</summary>
    public void Merge(BookTotalsBuilder other)
    {
        accounts += other.accounts;
        liquidatable += other.liquidatable;
        bankrupt += other.bankrupt;
        items += other.items;
        positive += other.positive;
        shortfall += other.shortfall;
        for (int asset = 0; asset < net.Length; asset++) net[asset] += other.net[asset];
    }

    /// <summary>The sums so far.</summary>
    public BookTotals Build() =>
        new(accounts, liquidatable, bankrupt, items, [.. net.Select(n => (BigInteger)n)], positive, shortfall);
}
