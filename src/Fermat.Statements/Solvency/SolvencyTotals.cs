using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Interpretation;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The totals of a book that a statement reveals under <c>--reveal totals</c>; each is then proven exactly. What they give away is said in docs/STATEMENTS.md: a lone
/// bankrupt account's deficit, and what changed between two snapshots.
/// </summary>
/// <param name="Net">Per asset what is owed of it, in units of the rulebook's claim; may be negative.</param>
/// <param name="Claims">Σ max(net equity, 0), in units of net equity.</param>
/// <param name="Shortfall">Σ max(−net equity, 0), in units of net equity.</param>
/// <param name="Accounts">How many accounts there are.</param>
/// <param name="Liquidatable">How many may be liquidated, as the rulebook says.</param>
/// <param name="Bankrupt">How many have negative net equity.</param>
public sealed record SolvencyTotals(ImmutableArray<BigInteger> Net, BigInteger Claims, BigInteger Shortfall, long Accounts, long Liquidatable, long Bankrupt)
{
    /// <summary>The totals of a book under a rulebook.</summary>
    public static SolvencyTotals From(BookSums sums)
    {
        ArgumentNullException.ThrowIfNull(sums);
        return new SolvencyTotals([.. sums.Total(0)], sums.Claims, sums.Shortfall, sums.Accounts, sums.Liquidatable, sums.Bankrupt);
    }
}
