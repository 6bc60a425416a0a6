using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Fermat.Algebra;

/// <summary>
/// An element of the degree-five extension F_p[X]/(X^5 + X^2 − 1): C0 + C1·X + … + C4·X^4. Twenty bytes, five Montgomery words in order.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct Quintic : IField<Quintic>, IEquatable<Quintic>
{
    /// <summary>The degree of the extension over the base field.</summary>
    public const int Degree = 5;

    /// <summary>p · 2^32, the bound below which a Montgomery reduction is exact.</summary>
    private const ulong ModulusTimesR = (ulong)KoalaBear.Modulus << 32;

    /// <summary>Coefficient of X^0.</summary>
    public readonly KoalaBear C0;

    /// <summary>Coefficient of X^1.</summary>
    public readonly KoalaBear C1;

    /// <summary>Coefficient of X^2.</summary>
    public readonly KoalaBear C2;

    /// <summary>Coefficient of X^3.</summary>
    public readonly KoalaBear C3;

    /// <summary>Coefficient of X^4.</summary>
    public readonly KoalaBear C4;

    /// <summary>Embeds a base-field element.</summary>
    /// <param name="c0">The constant coefficient; all others are zero.</param>
    public Quintic(KoalaBear c0)
        : this(c0, default, default, default, default)
    {
    }

    /// <summary>An element from its five coefficients, lowest power first.</summary>
    /// <param name="c0">Coefficient of X^0.</param>
    /// <param name="c1">Coefficient of X^1.</param>
    /// <param name="c2">Coefficient of X^2.</param>
    /// <param name="c3">Coefficient of X^3.</param>
    /// <param name="c4">Coefficient of X^4.</param>
    public Quintic(KoalaBear c0, KoalaBear c1, KoalaBear c2, KoalaBear c3, KoalaBear c4)
    {
        C0 = c0;
        C1 = c1;
        C2 = c2;
        C3 = c3;
        C4 = c4;
    }

    /// <inheritdoc/>
    public static Quintic Zero => default;

    /// <inheritdoc/>
    public static Quintic One => new(KoalaBear.One);

    /// <summary>The class of X, a root of X^5 + X^2 − 1.</summary>
    public static Quintic X => new(default, KoalaBear.One, default, default, default);

    /// <inheritdoc/>
    public bool IsZero => (C0.Raw | C1.Raw | C2.Raw | C3.Raw | C4.Raw) == 0;

    /// <summary>Whether the element lies in the base field.</summary>
    public bool IsBase => (C1.Raw | C2.Raw | C3.Raw | C4.Raw) == 0;

    /// <summary>The coefficient of X^<paramref name="index"/>.</summary>
    /// <param name="index">0 to 4.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is not 0 to 4.</exception>
    public KoalaBear this[int index] => index switch
    {
        0 => C0,
        1 => C1,
        2 => C2,
        3 => C3,
        4 => C4,
        _ => throw new ArgumentOutOfRangeException(nameof(index), index, "a quintic has the coefficients 0 to 4"),
    };

    /// <inheritdoc/>
    public static Quintic FromBase(KoalaBear value) => new(value);

    /// <summary>The residue of any integer, in the base field.</summary>
    /// <param name="value">Any value; reduced modulo p.</param>
    public static Quintic From(uint value) => new(KoalaBear.From(value));

    /// <inheritdoc cref="From(uint)"/>
    public static Quintic From(ulong value) => new(KoalaBear.From(value));

    /// <inheritdoc cref="From(uint)"/>
    public static Quintic From(int value) => new(KoalaBear.From(value));

    /// <inheritdoc cref="From(uint)"/>
    public static Quintic From(long value) => new(KoalaBear.From(value));

    /// <summary>An element from its five coefficients, lowest power first.</summary>
    /// <param name="coefficients">Exactly five.</param>
    /// <exception cref="ArgumentException">Not exactly five.</exception>
    public static Quintic From(ReadOnlySpan<KoalaBear> coefficients) => coefficients.Length == Degree
        ? new(coefficients[0], coefficients[1], coefficients[2], coefficients[3], coefficients[4])
        : throw new ArgumentException($"a quintic has five coefficients, not {coefficients.Length}", nameof(coefficients));

    /// <summary>Writes the five coefficients, lowest power first.</summary>
    /// <param name="destination">At least five long.</param>
    public void CopyTo(Span<KoalaBear> destination)
    {
        destination[4] = C4;
        destination[3] = C3;
        destination[2] = C2;
        destination[1] = C1;
        destination[0] = C0;
    }

    /// <summary>Field addition.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quintic operator +(Quintic left, Quintic right) =>
        new(left.C0 + right.C0, left.C1 + right.C1, left.C2 + right.C2, left.C3 + right.C3, left.C4 + right.C4);

    /// <summary>Addition of a base-field element.</summary>
    public static Quintic operator +(Quintic left, KoalaBear right) => new(left.C0 + right, left.C1, left.C2, left.C3, left.C4);

    /// <summary>Field subtraction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quintic operator -(Quintic left, Quintic right) =>
        new(left.C0 - right.C0, left.C1 - right.C1, left.C2 - right.C2, left.C3 - right.C3, left.C4 - right.C4);

    /// <summary>Subtraction of a base-field element.</summary>
    public static Quintic operator -(Quintic left, KoalaBear right) => new(left.C0 - right, left.C1, left.C2, left.C3, left.C4);

    /// <summary>Additive inverse.</summary>
    public static Quintic operator -(Quintic value) => new(-value.C0, -value.C1, -value.C2, -value.C3, -value.C4);

    /// <summary>Field multiplication.</summary>
    /// <remarks>
    /// The product is Σ_j a_j · (X^j · b). Since X^5 = 1 − X^2, multiplying (b0, …, b4) by X gives (b4, b0, b1 − b4, b2, b3),
    /// so the five shifted copies of b need four subtractions in all, and each output coefficient is one five-term dot product.
    /// </remarks>
    public static Quintic operator *(Quintic left, Quintic right)
    {
        KoalaBear b0 = right.C0, b1 = right.C1, b2 = right.C2, b3 = right.C3, b4 = right.C4;
        KoalaBear b1m4 = b1 - b4, b0m3 = b0 - b3, b4m2 = b4 - b2, b3m14 = b3 - b1m4;
        return new(
            Dot(left, b0, b4, b3, b2, b1m4),
            Dot(left, b1, b0, b4, b3, b2),
            Dot(left, b2, b1m4, b0m3, b4m2, b3m14),
            Dot(left, b3, b2, b1m4, b0m3, b4m2),
            Dot(left, b4, b3, b2, b1m4, b0m3));
    }

    /// <summary>Multiplication by a base-field element.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Quintic operator *(Quintic left, KoalaBear right) =>
        new(left.C0 * right, left.C1 * right, left.C2 * right, left.C3 * right, left.C4 * right);

    /// <summary>Multiplication by a base-field element.</summary>
    public static Quintic operator *(KoalaBear left, Quintic right) => right * left;

    /// <summary>Equality of elements.</summary>
    public static bool operator ==(Quintic left, Quintic right) => left.Equals(right);

    /// <summary>Inequality of elements.</summary>
    public static bool operator !=(Quintic left, Quintic right) => !left.Equals(right);

    /// <inheritdoc/>
    public Quintic Square() => this * this;

    /// <inheritdoc/>
    public Quintic Pow(ulong exponent) => FieldPower.Pow(this, exponent);

    /// <summary>The <paramref name="power"/>-th power of the Frobenius map: this element raised to p^<paramref name="power"/>.</summary>
    /// <param name="power">Any non-negative number; the map has order five.</param>
    public Quintic Frobenius(int power)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(power);
        return QuinticFrobenius.Apply(this, power % Degree);
    }

    /// <summary>The multiplicative inverse, by the norm to the base field (Itoh–Tsujii).</summary>
    /// <exception cref="DivideByZeroException">This element is zero.</exception>
    public Quintic Inverse()
    {
        if (IsZero)
            throw new DivideByZeroException("zero has no inverse in the field");
        Quintic p1 = Frobenius(1); // a^p
        Quintic p12 = p1 * p1.Frobenius(1); // a^(p + p²)
        Quintic others = p12 * p12.Frobenius(2); // a^(p + p² + p³ + p⁴)
        KoalaBear norm = (this * others).C0; // a^(1 + p + p² + p³ + p⁴), in the base field and not zero
        return others * norm.Inverse();
    }

    /// <inheritdoc/>
    public bool Equals(Quintic other) => C0 == other.C0 && C1 == other.C1 && C2 == other.C2 && C3 == other.C3 && C4 == other.C4;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Quintic other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(C0.Raw, C1.Raw, C2.Raw, C3.Raw, C4.Raw);

    /// <summary>The canonical coefficients in decimal, lowest power first.</summary>
    public override string ToString() => $"({C0}, {C1}, {C2}, {C3}, {C4})";

    /// <summary>a0·m0 + … + a4·m4 with one Montgomery reduction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static KoalaBear Dot(Quintic a, KoalaBear m0, KoalaBear m1, KoalaBear m2, KoalaBear m3, KoalaBear m4)
    {
        ulong sum = ((ulong)a.C0.Raw * m0.Raw) + ((ulong)a.C1.Raw * m1.Raw)
            + ((ulong)a.C2.Raw * m2.Raw) + ((ulong)a.C3.Raw * m3.Raw); // ≤ 4(p − 1)² < 2^64, and < 2 · p · 2^32
        sum = Math.Min(sum, sum - ModulusTimesR); // < p · 2^32
        sum += (ulong)a.C4.Raw * m4.Raw; // < p · 2^32 + p² < 2 · p · 2^32 < 2^64
        sum = Math.Min(sum, sum - ModulusTimesR); // < p · 2^32
        return KoalaBear.FromRaw(KoalaBear.MontgomeryReduce(sum));
    }
}
