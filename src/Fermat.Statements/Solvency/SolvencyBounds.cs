using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Solvency;

/// <summary>What statement S says of each total.</summary>
internal static class SolvencyBounds
{
    /// <summary>The key of record 0 of the claims; another total of the rulebook has the next multiple of <see cref="KeysEach"/>.</summary>
    public const int FirstKey = 1 << 20;

    /// <summary>Keys kept for a total: more than any market table has records.</summary>
    public const int KeysEach = 1 << 17;

    /// <summary>The first magnitude that no bound has.</summary>
    public static BigInteger End { get; } = BigInteger.One << 176;

    /// <summary>The keys of a rulebook's sums.</summary>
    public static BookKeys Keys(CoreSolvency rules) => new(
        Aggregates.Claims, Aggregates.Shortfall, Aggregates.Accounts, Aggregates.Liquidatable, Aggregates.Bankrupt, [.. rules.Totals.Select((_, total) => FirstKey + KeysEach * total)]);

    /// <summary>How many totals there are.</summary>
    public static int Count(CoreSolvency rules, MarketData market) => Aggregates.Count + rules.Totals.Sum(total => market.Tables[total.Table].Length);

    /// <summary>
    /// Per asset: claims ≤ reserves; per instrument: net size = 0; Σ max(net equity, 0) ≤ reserve value − buffer; Σ max(−net equity, 0) ≤ insurance fund; counts ≤ leaf slots. What is revealed is equal instead.
    /// </summary>
    public static ImmutableArray<SolvencyBound> Of(SolvencyPublicInputs inputs)
    {
        CoreSolvency rules = inputs.Rulebook.Solvency!;
        BookKeys keys = Keys(rules);
        SolvencyTotals? revealed = inputs.Revealed;
        bool exact = revealed is not null;
        var rows = ImmutableArray.CreateBuilder<SolvencyBound>();
        for (int asset = 0; asset < inputs.Reserves.Length; asset++) rows.Add(new(keys.Totals[0] + asset, revealed?.Net[asset] ?? inputs.Reserves[asset], exact));
        if (rules.NetSize is { } sizes)
            for (int instrument = 0; instrument < inputs.Market.Tables[sizes.Table].Length; instrument++) rows.Add(new(keys.Totals[1] + instrument, 0, true));
        rows.Add(new(keys.Claims, revealed?.Claims ?? (inputs.ReserveValue - inputs.Buffer), exact));
        rows.Add(new(keys.Shortfall, revealed?.Shortfall ?? inputs.InsuranceFund, exact));
        rows.Add(new(keys.Accounts, revealed?.Accounts ?? inputs.LeafSlots, exact));
        rows.Add(new(keys.Liquidatable, revealed?.Liquidatable ?? inputs.LeafSlots, exact));
        rows.Add(new(keys.Bankrupt, revealed?.Bankrupt ?? inputs.LeafSlots, exact));
        return rows.DrainToImmutable();
    }

    /// <summary>A book's sums in the order of the bounds.</summary>
    public static BigInteger[] Sums(CoreSolvency rules, Fermat.Rules.Interpretation.BookSums sums) =>
        [.. Enumerable.Range(0, rules.Totals.Length).SelectMany(sums.Total), sums.Claims, sums.Shortfall, sums.Accounts, sums.Liquidatable, sums.Bankrupt];
}
