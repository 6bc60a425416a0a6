using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Interpretation;

/// <summary>What the accounts of a book add up to under a rulebook: classes, claims and shortfall in net equity's integers, and its totals by record.</summary>
public sealed class BookSums
{
    private readonly BigInteger[][] _totals;

    /// <summary>The sums of no accounts.</summary>
    /// <param name="rules">What the rulebook says about whole books.</param>
    /// <param name="market">How many records there are.</param>
    public BookSums(CoreSolvency rules, MarketData market) => _totals = [.. rules.Totals.Select(total => new BigInteger[market.Tables[total.Table].Length])];

    /// <summary>How many accounts there are.</summary>
    public long Accounts { get; private set; }

    /// <summary>How many may be liquidated.</summary>
    public long Liquidatable { get; private set; }

    /// <summary>How many are bankrupt.</summary>
    public long Bankrupt { get; private set; }

    /// <summary>Σ max(net equity, 0).</summary>
    public BigInteger Claims { get; private set; }

    /// <summary>Σ max(−net equity, 0).</summary>
    public BigInteger Shortfall { get; private set; }

    /// <summary>A total by record; totals as in <see cref="CoreSolvency.Totals"/>.</summary>
    public IReadOnlyList<BigInteger> Total(int total) => _totals[total];

    /// <summary>Adds the sums of other accounts.</summary>
    public void Add(BookSums other)
    {
        Accounts += other.Accounts;
        Liquidatable += other.Liquidatable;
        Bankrupt += other.Bankrupt;
        Claims += other.Claims;
        Shortfall += other.Shortfall;
        for (int total = 0; total < _totals.Length; total++)
            for (int record = 0; record < _totals[total].Length; record++) _totals[total][record] += other._totals[total][record];
    }

    internal void AddAccount(BigInteger net, bool liquidatable, bool bankrupt)
    {
        Accounts++;
        if (liquidatable) Liquidatable++;
        if (bankrupt) Bankrupt++;
        if (net.Sign < 0) Shortfall -= net;
        else Claims += net;
    }

    internal void AddTo(int total, int record, BigInteger value) => _totals[total][record] += value;
}
