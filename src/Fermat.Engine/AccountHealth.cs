using System.Numerics;
using Fermat.Margin;
using Fermat.Rules.Inputs;

namespace Fermat.Engine;

/// <summary>How an account stands under the rulebook. The numbers are at one scale.</summary>
/// <param name="Class">Healthy, liquidatable or bankrupt.</param>
/// <param name="Equity">Its equity; may be negative.</param>
/// <param name="NetEquity">The same without haircuts.</param>
/// <param name="Initial">The initial margin.</param>
/// <param name="Maintenance">The maintenance margin.</param>
/// <param name="Scale">Decimals of all of them.</param>
public readonly record struct AccountHealth(AccountClass Class, BigInteger Equity, BigInteger NetEquity, BigInteger Initial, BigInteger Maintenance, int Scale)
{
    /// <summary>What of it is pledged to somebody, where the rulebook has a definition or a field of accounts <c>encumbered</c>; otherwise 0.</summary>
    public BigInteger Encumbered { get; init; }

    /// <summary>Equity less initial margin and what is encumbered: what may be withdrawn or margin new positions.</summary>
    public BigInteger FreeCollateral => Equity - Initial - Encumbered;

    /// <summary>Maintenance margin less equity: what an instruction of an account that is not healthy may not raise.</summary>
    public BigInteger Deficit => Maintenance - Equity;

    /// <summary>Whether it has its initial margin and need not be liquidated.</summary>
    public bool IsMargined => Class == AccountClass.Healthy && FreeCollateral.Sign >= 0;

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Class}: equity {ScaledNumber.Format(Equity, Scale)}, initial {ScaledNumber.Format(Initial, Scale)}, maintenance {ScaledNumber.Format(Maintenance, Scale)}";
}

/// <summary>How many accounts stand where.</summary>
/// <param name="Margined">With at least the initial margin.</param>
/// <param name="Restricted">Below the initial margin, not below maintenance: they may only reduce risk.</param>
/// <param name="Liquidatable">Below maintenance margin.</param>
/// <param name="Bankrupt">Owing more than they have.</param>
public readonly record struct HealthLadder(int Margined, int Restricted, int Liquidatable, int Bankrupt);
