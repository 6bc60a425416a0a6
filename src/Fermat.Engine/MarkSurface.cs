using System.Collections.Immutable;
using System.Numerics;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

/// <summary>One expiry of a surface, with strikes as the event says them.</summary>
internal sealed record MarkSmile(long Expiry, ImmutableArray<(Amount Strike, BigInteger Volatility)> Points);

/// <summary>A volatility surface as the log has it. Strikes have no scale of their own: the surface is made for the scale of each option once. One thread at a time.</summary>
internal sealed class MarkSurface(ImmutableArray<MarkSmile> smiles)
{
    private readonly Dictionary<int, VolatilitySurface> _byScale = [];

    /// <summary>The least scale that has all strikes.</summary>
    public int StrikeScale { get; } = smiles.SelectMany(smile => smile.Points).Select(point => point.Strike.Scale).DefaultIfEmpty(0).Max();

    /// <summary>The surface at a scale that has all strikes; null and why where it is none.</summary>
    public VolatilitySurface? At(int scale, out string? problem)
    {
        problem = null;
        if (_byScale.TryGetValue(scale, out VolatilitySurface? known)) return known;
        VolatilitySurface? made = VolatilitySurface.Create(scale, [.. smiles.Select(smile => new VolatilitySmile(smile.Expiry, [.. smile.Points.Select(point => new SmilePoint(point.Strike.Mantissa * BigInteger.Pow(10, scale - point.Strike.Scale), point.Volatility))]))], out problem);
        if (made is not null) _byScale.Add(scale, made);
        return made;
    }
}
