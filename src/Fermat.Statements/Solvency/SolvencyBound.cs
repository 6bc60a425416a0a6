using System.Collections.Immutable;
using System.Numerics;

namespace Fermat.Statements.Solvency;

/// <summary>What statement S says of one total of the whole book: a row of the table of totals in every segment.</summary>
/// <param name="Key">An asset's index or one of <see cref="Aggregates"/>.</param>
/// <param name="Bound">What the total equals, or at most is; magnitude below <see cref="SolvencyLimits.BoundEnd"/>.</param>
/// <param name="Exact">Whether the total equals the bound.</param>
internal readonly record struct SolvencyBound(int Key, BigInteger Bound, bool Exact);

/// <summary>What statement S says of each total.</summary>
internal static class SolvencyBounds
{
    /// <summary>
    /// Per asset: net claims ≤ reserves. Claims · 100 ≤ (reserve value − buffer) · 100; shortfall · 100 ≤ insurance fund · 100; counts ≤ leaf slots. What is revealed is equal instead, and
    /// <see cref="SolvencyPublicInputs.Problem"/> has compared it with the same bounds.
    /// </summary>
    public static ImmutableArray<SolvencyBound> Of(SolvencyPublicInputs inputs)
    {
        SolvencyTotals? revealed = inputs.Revealed;
        bool exact = revealed is not null;
        var rows = ImmutableArray.CreateBuilder<SolvencyBound>();
        for (int asset = 0; asset < inputs.Reserves.Length; asset++)
            rows.Add(new(asset, revealed?.Net[asset] ?? inputs.Reserves[asset], exact));
        rows.Add(new(Aggregates.Claims, 100 * (revealed?.Claims ?? (inputs.ReserveValue - inputs.Buffer)), exact));
        rows.Add(new(Aggregates.Shortfall, 100 * (revealed?.Shortfall ?? inputs.InsuranceFund), exact));
        rows.Add(new(Aggregates.Accounts, revealed?.Accounts ?? inputs.LeafSlots, exact));
        rows.Add(new(Aggregates.Liquidatable, revealed?.Liquidatable ?? inputs.LeafSlots, exact));
        rows.Add(new(Aggregates.Bankrupt, revealed?.Bankrupt ?? inputs.LeafSlots, exact));
        return rows.DrainToImmutable();
    }
}
