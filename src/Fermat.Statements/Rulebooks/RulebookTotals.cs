using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Interpretation;

namespace Fermat.Statements.Rulebooks;

/// <summary>The totals of a book that a statement over a rulebook reveals; each is then proven exactly.</summary>
/// <param name="Net">By asset what is owed of it, in units of the claim; may be negative.</param>
/// <param name="Claims">Σ max(net equity, 0), in units of net equity.</param>
/// <param name="Shortfall">Σ max(−net equity, 0), in units of net equity.</param>
/// <param name="Accounts">How many accounts there are.</param>
/// <param name="Liquidatable">How many may be liquidated.</param>
/// <param name="Bankrupt">How many are bankrupt.</param>
public sealed record RulebookTotals(ImmutableArray<BigInteger> Net, BigInteger Claims, BigInteger Shortfall, long Accounts, long Liquidatable, long Bankrupt)
{
    /// <summary>The totals that the interpreter computed.</summary>
    public static RulebookTotals From(BookSums sums)
    {
        ArgumentNullException.ThrowIfNull(sums);
        return new RulebookTotals([.. sums.Total(0)], sums.Claims, sums.Shortfall, sums.Accounts, sums.Liquidatable, sums.Bankrupt);
    }
}
