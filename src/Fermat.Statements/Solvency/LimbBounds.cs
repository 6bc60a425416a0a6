using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Lowering;

namespace Fermat.Statements.Solvency;

/// <summary>
/// Why no total of statement S wraps the field. Sums are compared as polynomials in the limb base X = 256 at a random point; the identity then holds coefficient by coefficient modulo p, and it holds over the integers because
/// every coefficient, carries included, stays within ±(p − 1) as computed here. A circuit is only built when all bounds hold; those of the rulebook's own sums are the lowering's.
/// </summary>
/// <remarks>
/// A segment's totals: Σ over rows of digits + carry_(l−1) + after_l + shift_l − before_l − 256 · carry_l = 0, where shift is 2^183 in the last segment and 0 in others. A digit is at most 255 in magnitude, and a key has at most
/// <see cref="LoweredBook.MaxTerms"/> of them from each of 2^<see cref="LoweredBook.MaxLogHeight"/> rows.
/// </remarks>
public static class LimbBounds
{
    private const long Byte = 255, Base = 256;

    /// <summary>The field's order.</summary>
    public const long Modulus = KoalaBear.Modulus;

    /// <summary>The largest magnitude of a carry: 2^22.</summary>
    public const long Carry = 1L << (SolvencyLimits.CarryBits - 1);

    /// <summary>The largest magnitude of a coefficient of a segment's total.</summary>
    public static long TotalCoefficient => (Byte + 1) * LoweredBook.MaxTerms << LoweredBook.MaxLogHeight;

    /// <summary>The largest magnitude of a coefficient of after + shift − before.</summary>
    public static long RemainderCoefficient => Byte + SegmentBoundary.ShiftTopByte;

    /// <summary>The largest magnitude a total's identity can have in one coefficient, whatever the prover commits.</summary>
    public static long TotalIdentity => TotalCoefficient + RemainderCoefficient + Carry + Base * Carry;

    /// <summary>The largest carry an honest identity with coefficients up to <paramref name="coefficient"/> needs: the fixed point of (c + carry) / 256.</summary>
    public static long HonestCarry(long coefficient) => coefficient / (Base - 1) + 1;

    /// <summary>Everything that must hold, as (what, holds) pairs.</summary>
    public static IReadOnlyList<(string Bound, bool Holds)> All { get; } =
    [
        ("a total's identity stays below p in every coefficient", TotalIdentity < Modulus),
        ("an honest total has carries within 2^22", HonestCarry(TotalCoefficient + RemainderCoefficient) < Carry),
        ("a bound and its negative fit the bytes of a remainder", SolvencyBounds.End < SegmentBoundary.Shift),
        ("keys of totals stay below p", SolvencyBounds.FirstKey + 2 * (long)SolvencyBounds.KeysEach < Modulus),
        ("the shift is the top bit of a remainder", SegmentBoundary.Shift == (System.Numerics.BigInteger)SegmentBoundary.ShiftTopByte << (8 * (SolvencyLimits.TotalBytes - 1))),
        ("a boundary's element (24 bits) stays below p and 23 bytes are a block", 3 * (LeafSponge.BlockLength - 1) < SolvencyLimits.TotalBytes && SolvencyLimits.TotalBytes <= 3 * LeafSponge.BlockLength && 1L << 24 <= Modulus),
        ("leaf indices and the boundaries' stay below p", (1L << SolvencyLimits.MaxDepth) + 2 < Modulus),
    ];

    /// <summary>Stops a circuit from being built with widths that wrap.</summary>
    /// <exception cref="InvalidOperationException">A bound does not hold; the message names it.</exception>
    public static void Require()
    {
        foreach ((string bound, bool holds) in All)
            if (!holds) throw new InvalidOperationException($"statement S is built with widths that do not fit: not true that {bound}");
    }
}
