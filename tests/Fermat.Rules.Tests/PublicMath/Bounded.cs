using System.Numerics;

namespace Fermat.Rules.Tests.PublicMath;

/// <summary>
/// All that a forward error analysis knows of a computed number: the largest magnitude its true value takes over a whole input interval, and the largest distance of
/// the computed value from it. Both over 2^256, rounded up. One unit of the kernel's fixed point (ulp) is 2^-96.
/// </summary>
internal readonly record struct Bounded(BigInteger Size, BigInteger Error)
{
    public const int Bits = 256;

    public static readonly BigInteger Ulp = BigInteger.One << (Bits - 96);

    public static Bounded Exact(BigInteger n, BigInteger d) => new((n << Bits) / d + 1, 0);

    public static Bounded operator +(Bounded a, Bounded b) => new(a.Size + b.Size, a.Error + b.Error);

    /// <summary>A product cut to one ulp.</summary>
    public static Bounded operator *(Bounded a, Bounded b)
        => new(((a.Size * b.Size) >> Bits) + 1, ((a.Size * b.Error + a.Error * b.Size + a.Error * b.Error) >> Bits) + 1 + Ulp);

    /// <summary>An integer division, cut.</summary>
    public static Bounded operator /(Bounded a, int n) => new(a.Size / n + 1, a.Error / n + 1 + Ulp);

    /// <summary>A shift or another step that cuts once.</summary>
    public Bounded Cut() => this with { Error = Error + Ulp };
}
