using System.Numerics;

namespace Fermat.Rules.PublicMath;

/// <summary>Why a public function has no value for the arguments given.</summary>
public enum PublicMathError
{
    /// <summary>There is a value.</summary>
    None,

    /// <summary>A decimal scale is outside 0 … <see cref="PublicFunctions.MaxScale"/>.</summary>
    ScaleOutOfRange,

    /// <summary>An argument's magnitude is above the documented bound.</summary>
    ArgumentTooLarge,

    /// <summary>An argument that must be positive is zero or negative, or one that must not be negative is.</summary>
    ArgumentNotPositive,

    /// <summary>The result would be above the documented bound.</summary>
    ResultTooLarge,

    /// <summary>The total volatility is above zero and below 2^-24, where a Greek would not keep its error bound.</summary>
    VolatilityTooSmall,

    /// <summary>The function has a pole there: gamma of an option at the money without volatility.</summary>
    Undefined,
}

/// <summary>An integer at the scale that the caller asked for, or the reason why there is none. Data from outside never raises an exception.</summary>
/// <param name="Value">The result times 10^scale; zero when there is an error.</param>
/// <param name="Error"><see cref="PublicMathError.None"/> exactly if <paramref name="Value"/> counts.</param>
public readonly record struct PublicMathResult(BigInteger Value, PublicMathError Error)
{
    /// <summary>Whether there is a value.</summary>
    public bool IsValue => Error == PublicMathError.None;

    internal static PublicMathResult Of(BigInteger value) => new(value, PublicMathError.None);

    internal static PublicMathResult Fail(PublicMathError error) => new(BigInteger.Zero, error);
}
