using System.Collections.Frozen;
using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Binding;

/// <summary>What the language defines itself.</summary>
internal static class Predefined
{
    /// <summary>Seconds.</summary>
    public static Quantity Time { get; } = new("Time", 0, Unit.Of("s"), new Bounds(0, BigInteger.One << 40));

    /// <summary>The type of true and false.</summary>
    public const string Flag = "Flag";

    public static FrozenDictionary<string, Rounding> Roundings { get; } = new Dictionary<string, Rounding>
    {
        ["up"] = Rounding.Up,
        ["down"] = Rounding.Down,
        ["nearest"] = Rounding.Nearest,
        ["truncate"] = Rounding.Truncate,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Functions of public values, under <c>nearest</c> alone.</summary>
    public static FrozenDictionary<string, FunctionKind> PublicFunctions { get; } = Enum.GetValues<FunctionKind>().ToFrozenDictionary(CoreBuilder.NameOf, StringComparer.Ordinal);

    /// <summary>All functions of the language with how many arguments they take at least and at most.</summary>
    public static FrozenDictionary<string, (int Least, int Most)> Functions { get; } = new Dictionary<string, (int, int)>
    {
        ["up"] = (1, 2),
        ["down"] = (1, 2),
        ["nearest"] = (1, 2),
        ["truncate"] = (1, 2),
        ["abs"] = (1, 1),
        ["min"] = (2, 64),
        ["max"] = (2, 64),
        ["clamp"] = (3, 3),
        ["tiered"] = (2, 2),
        ["sqrt"] = (1, 1),
        ["interpolate"] = (2, 2),
        ["exp"] = (1, 1),
        ["ln"] = (1, 1),
        ["pow"] = (2, 2),
        ["normal_cdf"] = (1, 1),
        ["normal_pdf"] = (1, 1),
        ["black76"] = (7, 7),
        ["delta"] = (7, 7),
        ["gamma"] = (6, 6),
        ["vega"] = (6, 6),
    }.ToFrozenDictionary(StringComparer.Ordinal);
}
