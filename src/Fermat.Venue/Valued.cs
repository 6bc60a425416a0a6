using System.Numerics;
using Fermat.Rules.Inputs;

namespace Fermat.Venue;

/// <summary>A price or funding index of market data, in units of 10^−<paramref name="Scale"/>.</summary>
internal readonly record struct Valued(string Symbol, BigInteger Units, int Scale)
{
    /// <summary>Whether it is a number.</summary>
    public bool Is(Ledger.Events.Quantity number) => number.TryAt(Scale, out Int128 units) && units == Units;

    /// <summary>It is another number than follows.</summary>
    public PriceEvidenceFault Not(string expected, PriceEvidenceCode code, string message) => new(-1, code, message, Difference: new PriceDifference(Symbol, expected, ToString()));

    public override string ToString() => ScaledNumber.Format(Units, Scale);
}
