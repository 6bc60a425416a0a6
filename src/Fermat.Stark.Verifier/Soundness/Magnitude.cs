using System.Globalization;

namespace Fermat.Stark;

/// <summary>
/// An upper bound on a non-negative real number, kept as mantissa × 2^exponent so that errors far below 2^−1000 stay representable.
/// Every operation rounds up. Only +, −, ×, ÷ and the square root of IEEE doubles are used, which are correctly rounded everywhere, so the
/// same inputs give the same bits on every machine; no library logarithm or power is called.
/// </summary>
internal readonly struct Magnitude : IComparable<Magnitude>
{
    private readonly double _mantissa;   // in [1, 2), or 0 for zero
    private readonly int _exponent;

    private Magnitude(double mantissa, int exponent)
    {
        _mantissa = mantissa;
        _exponent = exponent;
    }

    public static Magnitude Zero => default;

    public static Magnitude One => new(1, 0);

    public bool IsZero => _mantissa == 0;

    /// <summary>2^exponent, exactly.</summary>
    public static Magnitude PowerOfTwo(int exponent) => new(1, exponent);

    /// <summary>A double that is already an upper bound (or exact), taken as it is.</summary>
    public static Magnitude Of(double value)
    {
        if (!double.IsFinite(value) || value < 0) throw new ArgumentOutOfRangeException(nameof(value), value, "finite and not negative");
        return Normalize(value, 0);
    }

    public static Magnitude operator *(Magnitude a, Magnitude b)
    {
        if (a.IsZero || b.IsZero) return Zero;
        double product = a._mantissa * b._mantissa;
        bool exact = a._mantissa == 1 || b._mantissa == 1;
        return Normalize(exact ? product : Up(product), a._exponent + b._exponent);
    }

    public static Magnitude operator *(Magnitude a, double b) => a * Of(b);

    public static Magnitude operator +(Magnitude a, Magnitude b)
    {
        if (a.IsZero) return b;
        if (b.IsZero) return a;
        if (a._exponent < b._exponent) (a, b) = (b, a);
        int shift = a._exponent - b._exponent;
        double tail = shift > 60 ? double.Epsilon : b._mantissa * Scale(-shift);   // the product with a power of two is exact
        return Normalize(Up(a._mantissa + tail), a._exponent);
    }

    public static bool operator <(Magnitude a, Magnitude b) => a.CompareTo(b) < 0;

    public static bool operator >(Magnitude a, Magnitude b) => a.CompareTo(b) > 0;

    public int CompareTo(Magnitude other)
    {
        if (IsZero || other.IsZero) return _mantissa.CompareTo(other._mantissa);
        int byExponent = _exponent.CompareTo(other._exponent);
        return byExponent != 0 ? byExponent : _mantissa.CompareTo(other._mantissa);
    }

    public Magnitude Power(int power)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(power);
        Magnitude result = One, square = this;
        for (int rest = power; rest > 0; rest >>= 1)
        {
            if ((rest & 1) != 0) result *= square;
            square *= square;
        }
        return result;
    }

    /// <summary>The largest integer k with value ≤ 2^−k; 0 if the value exceeds 1; <see cref="int.MaxValue"/> for zero.</summary>
    public int Bits => IsZero ? int.MaxValue : Math.Max(0, _mantissa == 1 ? -_exponent : -_exponent - 1);

    /// <summary>−log2 of the value, rounded down to a hundredth (0 if the value exceeds 1; infinity for zero).</summary>
    public double FractionalBits => IsZero ? double.PositiveInfinity : Power(100).Bits / 100.0;

    /// <summary>The bound as a double, for reports; infinity if it does not fit.</summary>
    public double ToDouble() => IsZero || _exponent < -1022 ? 0 : _exponent > 1023 ? double.PositiveInfinity : _mantissa * Scale(_exponent);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"2^-{FractionalBits}");

    /// <summary>An upper bound on a real number of which <paramref name="rounded"/> is the correctly rounded value.</summary>
    internal static double Up(double rounded) => Math.BitIncrement(rounded);

    /// <summary>A lower bound on a real number of which <paramref name="rounded"/> is the correctly rounded value.</summary>
    internal static double Down(double rounded) => Math.BitDecrement(rounded);

    private static double Scale(int exponent) => BitConverter.Int64BitsToDouble((long)(1023 + exponent) << 52);

    private static Magnitude Normalize(double value, int exponent)
    {
        if (value == 0) return Zero;
        long bits = BitConverter.DoubleToInt64Bits(value);
        int own = (int)(bits >> 52) - 1023;
        if (own == -1023) throw new ArgumentOutOfRangeException(nameof(value), value, "subnormal");
        return new Magnitude(BitConverter.Int64BitsToDouble((bits & ((1L << 52) - 1)) | 1023L << 52), exponent + own);
    }
}
