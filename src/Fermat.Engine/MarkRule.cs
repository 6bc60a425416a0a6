namespace Fermat.Engine;

/// <summary>How the mark of an instrument comes about.</summary>
public enum MarkMethod
{
    /// <summary>The venue or its sources set it.</summary>
    Stated,

    /// <summary>Index plus average basis (<see cref="Oracles.DerivedMarks.Mark"/>).</summary>
    IndexAndBasis,

    /// <summary>The median of the index carried by funding, of index plus average basis, and of the last trade (<see cref="Oracles.DerivedMarks.PerpetualMark"/>).</summary>
    Median,

    /// <summary>Black (1976) on a forward, with the volatility of a surface (<see cref="VolatilitySurface.Mark"/>).</summary>
    Black76,
}

/// <summary>How the mark of an instrument, or of each of a class, follows from prices. Feeds that are not named are the instrument's own: see each.</summary>
/// <param name="Method">The formula.</param>
/// <param name="Index">The feed of the index; for <see cref="MarkMethod.Black76"/> of the forward, which may be an instrument whose own mark is derived. Null for the instrument's <c>underlying</c>.</param>
/// <param name="Sample">The feed whose distance from the index is the basis, such as the middle of the book: each price of it is a sample. Null for the instrument's symbol and <c>.mid</c>.</param>
/// <param name="Last">The feed of the last trade. Null for the instrument's symbol and <c>.last</c>.</param>
/// <param name="Surface">The volatility surface. Null for that of the name of the instrument's <c>underlying</c>.</param>
/// <param name="TimeConstant">Of the average basis, in milliseconds, positive.</param>
/// <param name="Interval">Between fundings, in milliseconds, positive: funding is due where the time is a multiple of it.</param>
public sealed record MarkRule(MarkMethod Method, string? Index = null, string? Sample = null, string? Last = null, string? Surface = null, long TimeConstant = 0, long Interval = 0)
{
    /// <summary>The longest time constant and interval, in milliseconds: ten years.</summary>
    public const long MaxWindow = Oracles.OracleRules.MaxWindow;
}
