using System.Numerics;

namespace Fermat.Statements.Solvency;

/// <summary>What statement S says of one total of the whole book: a row of the table of totals in every segment.</summary>
/// <param name="Key">A record of one of the rulebook's totals, or one of <see cref="Aggregates"/>.</param>
/// <param name="Bound">What the total equals, or at most is; magnitude below <see cref="SolvencyBounds.End"/>.</param>
/// <param name="Exact">Whether the total equals the bound.</param>
internal readonly record struct SolvencyBound(int Key, BigInteger Bound, bool Exact);
