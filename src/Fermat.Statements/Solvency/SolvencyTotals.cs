using System.Collections.Immutable;
using System.Numerics;
using Fermat.Margin;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The totals of a book that a statement reveals under <c>--reveal totals</c>; each is then proven exactly. What they give away is said in docs/STATEMENTS.md: a lone
/// bankrupt account's deficit, and what changed between two snapshots.
/// </summary>
/// <param name="Net">Per asset Σ (equity − debt), in units of its scale; may be negative.</param>
/// <param name="Claims">Σ max(net equity, 0), in units of value.</param>
/// <param name="Shortfall">Σ max(−net equity, 0), in units of value.</param>
/// <param name="Accounts">How many accounts there are.</param>
/// <param name="Liquidatable">How many have counted collateral below their debt; bankrupt ones are among them.</param>
/// <param name="Bankrupt">How many have negative net equity.</param>
public sealed record SolvencyTotals(ImmutableArray<BigInteger> Net, BigInteger Claims, BigInteger Shortfall, long Accounts, long Liquidatable, long Bankrupt)
{
    /// <summary>The totals that the interpreter computed.</summary>
    public static SolvencyTotals From(BookTotals totals) =>
        new(totals.Net, totals.PositiveNetEquity, totals.Shortfall, totals.Accounts, totals.Liquidatable, totals.Bankrupt);
}
