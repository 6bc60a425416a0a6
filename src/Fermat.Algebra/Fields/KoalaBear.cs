using System.Globalization;
using System.Runtime.CompilerServices;

namespace Fermat.Algebra;

/// <summary>
/// An element of the prime field of order p = 2^31 − 2^24 + 1 ("KoalaBear"), kept as a Montgomery word:
/// <see cref="Raw"/> = value · 2^32 mod p, always below p, so equality of elements is equality of words.
/// </summary>
/// <remarks>p − 1 = 2^24 · 127: multiplicative subgroups of every power-of-two order up to 2^24 exist. Cubing is a permutation.</remarks>
public readonly struct KoalaBear : IField<KoalaBear>, IEquatable<KoalaBear>
{
    /// <summary>The field's order, p = 2^31 − 2^24 + 1 = 2130706433.</summary>
    public const uint Modulus = 0x7f000001;

    /// <summary>The largest k such that 2^k divides p − 1.</summary>
    public const int TwoAdicity = 24;

    /// <summary>p^−1 modulo 2^32, the factor of the Montgomery reduction.</summary>
    internal const uint ModulusInverse = 0x81000001;

    private const uint RModP = (uint)((1UL << 32) % Modulus);
    private const uint RSquaredModP = (uint)((ulong)RModP * RModP % Modulus);

    private static readonly KoalaBear[] Roots = ComputeRoots();

    private readonly uint _raw;

    private KoalaBear(uint raw) => _raw = raw;

    /// <summary>The Montgomery word, below <see cref="Modulus"/>.</summary>
    public uint Raw => _raw;

    /// <summary>The canonical representative, 0 ≤ value &lt; p.</summary>
    public uint Value => MontgomeryReduce(_raw);

    /// <inheritdoc/>
    public bool IsZero => _raw == 0;

    /// <inheritdoc/>
    public static KoalaBear Zero => default;

    /// <inheritdoc/>
    public static KoalaBear One => new(RModP);

    /// <summary>A generator of the multiplicative group: 3, also the default shift of cosets.</summary>
    public static KoalaBear Generator => From(3U);

    /// <summary>The inverse of two, (p + 1)/2.</summary>
    public static KoalaBear Half => From((Modulus + 1) / 2);

    /// <summary>
    /// Reinterprets a Montgomery word. The word must be below <see cref="Modulus"/>; this is asserted only in debug builds.
    /// </summary>
    /// <param name="raw">value · 2^32 mod p.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KoalaBear FromRaw(uint raw)
    {
        System.Diagnostics.Debug.Assert(raw < Modulus, "a Montgomery word is below the modulus");
        return new(raw);
    }

    /// <inheritdoc/>
    public static KoalaBear FromBase(KoalaBear value) => value;

    /// <summary>The residue of any unsigned integer.</summary>
    /// <param name="value">Any value; reduced modulo p.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KoalaBear From(uint value) => new(MontgomeryReduce((ulong)value * RSquaredModP));

    /// <inheritdoc cref="From(uint)"/>
    public static KoalaBear From(ulong value) => From((uint)(value % Modulus));

    /// <summary>The residue of any signed integer: From(−1) = p − 1.</summary>
    /// <param name="value">Any value; reduced modulo p.</param>
    public static KoalaBear From(int value) => From((long)value);

    /// <inheritdoc cref="From(int)"/>
    public static KoalaBear From(long value)
    {
        long residue = value % Modulus;
        return From((uint)(residue < 0 ? residue + Modulus : residue));
    }

    /// <summary>Accepts canonical representatives only, as decoders must.</summary>
    /// <param name="value">The candidate.</param>
    /// <param name="element">The element, or zero when refused.</param>
    /// <returns>False when <paramref name="value"/> ≥ p.</returns>
    public static bool TryFromCanonical(uint value, out KoalaBear element)
    {
        bool canonical = value < Modulus;
        element = canonical ? From(value) : default;
        return canonical;
    }

    /// <summary>
    /// The root of unity of exact order 2^<paramref name="log2"/> used throughout: RootOfUnity(24) = 3^127 = 0x6ac49f88,
    /// and RootOfUnity(k)² = RootOfUnity(k − 1).
    /// </summary>
    /// <param name="log2">0 to <see cref="TwoAdicity"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">No subgroup of that order exists.</exception>
    public static KoalaBear RootOfUnity(int log2)
    {
        if ((uint)log2 > TwoAdicity)
            throw new ArgumentOutOfRangeException(nameof(log2), log2, "the field has roots of unity of order 2^0 to 2^24 only");
        return Roots[log2];
    }

    /// <summary>Field addition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KoalaBear operator +(KoalaBear left, KoalaBear right)
    {
        uint sum = left._raw + right._raw; // < 2p < 2^32
        return new(Math.Min(sum, sum - Modulus)); // the wrapped difference is ≥ 2^32 − p > p when sum < p
    }

    /// <summary>Field subtraction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KoalaBear operator -(KoalaBear left, KoalaBear right)
    {
        uint difference = left._raw - right._raw; // in (−p, p) modulo 2^32
        return new(Math.Min(difference, difference + Modulus));
    }

    /// <summary>Additive inverse.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KoalaBear operator -(KoalaBear value) => default(KoalaBear) - value;

    /// <summary>Field multiplication.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static KoalaBear operator *(KoalaBear left, KoalaBear right) => new(MontgomeryReduce((ulong)left._raw * right._raw));

    /// <summary>Equality of elements.</summary>
    public static bool operator ==(KoalaBear left, KoalaBear right) => left._raw == right._raw;

    /// <summary>Inequality of elements.</summary>
    public static bool operator !=(KoalaBear left, KoalaBear right) => left._raw != right._raw;

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public KoalaBear Square() => this * this;

    /// <inheritdoc/>
    public KoalaBear Pow(ulong exponent) => FieldPower.Pow(this, exponent);

    /// <inheritdoc/>
    public KoalaBear Inverse() => IsZero
        ? throw new DivideByZeroException("zero has no inverse in the field")
        : Pow(Modulus - 2); // Fermat's little theorem

    /// <inheritdoc/>
    public bool Equals(KoalaBear other) => _raw == other._raw;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is KoalaBear other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)_raw;

    /// <summary>The canonical value in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);

    /// <summary>product · 2^−32 mod p, fully reduced.</summary>
    /// <param name="product">Below p · 2^32.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static uint MontgomeryReduce(ulong product)
    {
        uint quotient = (uint)product * ModulusInverse;
        uint high = (uint)(product >> 32); // < p
        uint subtracted = (uint)(((ulong)quotient * Modulus) >> 32); // < p; the low halves agree, so no borrow
        uint difference = high - subtracted; // in (−p, p) modulo 2^32
        return Math.Min(difference, difference + Modulus);
    }

    private static KoalaBear[] ComputeRoots()
    {
        var roots = new KoalaBear[TwoAdicity + 1];
        roots[TwoAdicity] = Generator.Pow((Modulus - 1) >> TwoAdicity);
        for (int k = TwoAdicity; k > 0; k--)
            roots[k - 1] = roots[k].Square();
        return roots;
    }
}
