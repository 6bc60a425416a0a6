namespace Fermat.Algebra;

/// <summary>A finite field as seen by generic code: ring operations, inversion and powers.</summary>
/// <typeparam name="T">The implementing type itself.</typeparam>
public interface IField<T> : IEquatable<T>
    where T : struct, IField<T>
{
    /// <summary>The additive identity; equals <c>default(T)</c>.</summary>
    static abstract T Zero { get; }

    /// <summary>The multiplicative identity.</summary>
    static abstract T One { get; }

    /// <summary>Whether this is the additive identity.</summary>
    bool IsZero { get; }

    /// <summary>Embeds a base-field element.</summary>
    /// <param name="value">The element to embed.</param>
    static abstract T FromBase(KoalaBear value);

    /// <summary>Field addition.</summary>
    static abstract T operator +(T left, T right);

    /// <summary>Field subtraction.</summary>
    static abstract T operator -(T left, T right);

    /// <summary>Additive inverse.</summary>
    static abstract T operator -(T value);

    /// <summary>Field multiplication.</summary>
    static abstract T operator *(T left, T right);

    /// <summary>Multiplication by a base-field element.</summary>
    static abstract T operator *(T left, KoalaBear right);

    /// <summary>Equality of field elements (representations are canonical, so this is bitwise).</summary>
    static abstract bool operator ==(T left, T right);

    /// <summary>Negated equality.</summary>
    static abstract bool operator !=(T left, T right);

    /// <summary>The square of this element.</summary>
    T Square();

    /// <summary>This element raised to <paramref name="exponent"/>; <c>x^0 = 1</c>, also for zero.</summary>
    /// <param name="exponent">A plain integer, not reduced.</param>
    T Pow(ulong exponent);

    /// <summary>The multiplicative inverse.</summary>
    /// <exception cref="DivideByZeroException">This element is zero.</exception>
    T Inverse();
}
