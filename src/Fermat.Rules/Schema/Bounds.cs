using System.Numerics;

namespace Fermat.Rules.Schema;

/// <summary>The least and the greatest value an integer can have.</summary>
/// <param name="Min">The least.</param>
/// <param name="Max">The greatest; not below <paramref name="Min"/>.</param>
public readonly record struct Bounds(BigInteger Min, BigInteger Max)
{
    /// <summary>0 or 1.</summary>
    public static Bounds Flag { get; } = new(0, 1);

    /// <summary>The larger magnitude of the two.</summary>
    public BigInteger Magnitude => BigInteger.Max(BigInteger.Abs(Min), BigInteger.Abs(Max));

    /// <summary>Exactly one value.</summary>
    public static Bounds Of(BigInteger value) => new(value, value);

    /// <summary>Whether a value is within.</summary>
    public bool Contains(BigInteger value) => value >= Min && value <= Max;

    /// <summary>Whether all of another's values are within.</summary>
    public bool Contains(Bounds other) => other.Min >= Min && other.Max <= Max;

    /// <summary>Sums.</summary>
    public static Bounds operator +(Bounds a, Bounds b) => new(a.Min + b.Min, a.Max + b.Max);

    /// <summary>The negative.</summary>
    public static Bounds operator -(Bounds a) => new(-a.Max, -a.Min);

    /// <summary>Products.</summary>
    public static Bounds operator *(Bounds a, Bounds b) => Hull(a.Min * b.Min, a.Min * b.Max, a.Max * b.Min, a.Max * b.Max);

    /// <summary>Magnitudes.</summary>
    public Bounds Absolute() => Min.Sign >= 0 ? this : Max.Sign <= 0 ? -this : new Bounds(0, Magnitude);

    /// <summary>The smallest interval that holds both.</summary>
    public Bounds Union(Bounds other) => new(BigInteger.Min(Min, other.Min), BigInteger.Max(Max, other.Max));

    /// <summary>What both hold, or null when that is nothing.</summary>
    public Bounds? Intersect(Bounds other)
    {
        BigInteger min = BigInteger.Max(Min, other.Min), max = BigInteger.Min(Max, other.Max);
        return min <= max ? new Bounds(min, max) : null;
    }

    /// <summary>The smaller of two numbers.</summary>
    public static Bounds Minimum(Bounds a, Bounds b) => new(BigInteger.Min(a.Min, b.Min), BigInteger.Min(a.Max, b.Max));

    /// <summary>The larger of two numbers.</summary>
    public static Bounds Maximum(Bounds a, Bounds b) => new(BigInteger.Max(a.Min, b.Min), BigInteger.Max(a.Max, b.Max));

    /// <summary>The smallest interval that holds some values.</summary>
    public static Bounds Hull(params ReadOnlySpan<BigInteger> values)
    {
        (BigInteger min, BigInteger max) = (values[0], values[0]);
        foreach (BigInteger value in values[1..])
            (min, max) = (BigInteger.Min(min, value), BigInteger.Max(max, value));
        return new Bounds(min, max);
    }
}
