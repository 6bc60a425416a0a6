using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Inputs;

/// <summary>A straight piece of tiers or brackets: slope · x + offset for Low ≤ x ≤ High, exact.</summary>
/// <param name="Low">The first x.</param>
/// <param name="High">The last x; null for no end.</param>
/// <param name="Slope">A rate's integer.</param>
/// <param name="Offset">At the scale of x plus the rate's.</param>
public readonly record struct LadderPiece(BigInteger Low, BigInteger? High, BigInteger Slope, BigInteger Offset);

/// <summary>The numbers of a ladder.</summary>
public sealed class LadderData
{
    private (Int128 Low, Int128 Slope, Int128 Offset)[]? _narrow;


    private LadderData(FieldType.Ladder type, ImmutableArray<ImmutableArray<BigInteger>> knots)
    {
        Type = type;
        Knots = knots;
        if (type.Kind != LadderKind.Curve) Pieces = Cut(type.Kind, knots);
    }

    /// <summary>How it is declared.</summary>
    public FieldType.Ladder Type { get; }

    /// <summary>As given: (from, rate), (from, rate, offset) or (x, y).</summary>
    public ImmutableArray<ImmutableArray<BigInteger>> Knots { get; }

    /// <summary>The pieces of tiers or brackets, rising from 0; empty for a curve.</summary>
    public ImmutableArray<LadderPiece> Pieces { get; } = [];

    /// <summary>A ladder, or what is wrong with it.</summary>
    /// <param name="type">Its declaration.</param>
    /// <param name="knots">Two numbers a knot, three for brackets.</param>
    /// <param name="problem">A sentence when null is returned.</param>
    public static LadderData? Create(FieldType.Ladder type, ImmutableArray<ImmutableArray<BigInteger>> knots, out string? problem)
    {
        problem = Problem(type, knots);
        return problem is null ? new LadderData(type, knots) : null;
    }

    /// <summary>Which piece x ≥ 0 falls into.</summary>
    public int PieceOf(BigInteger x)
    {
        int index = Pieces.Length - 1;
        while (index > 0 && Pieces[index].Low > x) index--;
        return index;
    }

    /// <summary>Tiers or brackets at x ≥ 0, at the scale of x plus the rate's.</summary>
    public BigInteger Evaluate(BigInteger x)
    {
        LadderPiece piece = Pieces[PieceOf(x)];
        return piece.Slope * x + piece.Offset;
    }

    /// <summary>The same where the result fits 128 bits.</summary>
    internal Int128 Evaluate(Int128 x)
    {
        (Int128 Low, Int128 Slope, Int128 Offset)[] pieces = _narrow ??= Array.ConvertAll([.. Pieces], p => ((Int128)p.Low, (Int128)p.Slope, Wrapped(p.Offset)));
        int index = pieces.Length - 1;
        while (index > 0 && pieces[index].Low > x) index--;
        return pieces[index].Slope * x + pieces[index].Offset;
    }

    /// <summary>A number modulo 2^128: the offset of a tier that begins beyond all that can be looked up may not fit, and what does not fit cancels in the result, which does.</summary>
    private static Int128 Wrapped(BigInteger value) => unchecked((Int128)(UInt128)(value & UInt128.MaxValue));

    /// <summary>A curve at x, at a scale.</summary>
    public BigInteger Interpolate(BigInteger x, Rounding rounding, int scale)
    {
        BigInteger factor = BigInteger.Pow(10, Math.Abs(scale - Type.Y.Scale));
        if (x <= Knots[0][0]) return Scaled(Knots[0][1], 1);
        if (x >= Knots[^1][0]) return Scaled(Knots[^1][1], 1);
        int right = 1;
        while (Knots[right][0] < x) right++;
        ImmutableArray<BigInteger> a = Knots[right - 1], b = Knots[right];
        BigInteger width = b[0] - a[0];
        return Scaled(a[1] * width + (b[1] - a[1]) * (x - a[0]), width);

        BigInteger Scaled(BigInteger numerator, BigInteger denominator) => scale >= Type.Y.Scale
            ? RoundedDivision.Divide(numerator * factor, denominator, rounding)
            : RoundedDivision.Divide(numerator, denominator * factor, rounding);
    }

    private static string? Problem(FieldType.Ladder type, ImmutableArray<ImmutableArray<BigInteger>> knots)
    {
        int width = type.Kind == LadderKind.Brackets ? 3 : 2;
        if (knots.Length is 0 or > RuleLimits.MaxKnots) return $"a ladder has 1 to {RuleLimits.MaxKnots} knots, and this has {knots.Length}";
        if (knots.Any(knot => knot.Length != width)) return $"each knot of {type.Kind.ToString().ToLowerInvariant()} is {width} numbers";
        for (int i = 1; i < knots.Length; i++)
            if (knots[i][0] <= knots[i - 1][0]) return $"knot {i} does not rise";
        if (type.Kind == LadderKind.Curve) return null;
        if (!knots[0][0].IsZero) return "the first knot is not at 0";
        if (type.Kind != LadderKind.Brackets) return null;
        for (int i = 0; i < knots.Length; i++)
        {
            if (knots[i][1].Sign < 0 || knots[i][2].Sign < 0) return $"bracket {i} has a negative rate or offset";
            if (knots[i][2] > knots[i][1] * knots[i][0]) return $"bracket {i} is negative where it begins: its offset is more than rate times from";
        }
        return null;
    }

    private static ImmutableArray<LadderPiece> Cut(LadderKind kind, ImmutableArray<ImmutableArray<BigInteger>> knots)
    {
        var pieces = ImmutableArray.CreateBuilder<LadderPiece>(knots.Length);
        BigInteger reached = 0;
        for (int i = 0; i < knots.Length; i++)
        {
            (BigInteger from, BigInteger rate) = (knots[i][0], knots[i][1]);
            BigInteger? high = i + 1 < knots.Length ? knots[i + 1][0] - 1 : null;
            pieces.Add(new LadderPiece(from, high, rate, kind == LadderKind.Brackets ? -knots[i][2] : reached - rate * from));
            if (i + 1 < knots.Length) reached += rate * (knots[i + 1][0] - from);
        }
        return pieces.MoveToImmutable();
    }
}
