using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;

namespace Fermat.Statements.Solvency;

/// <summary>
/// Why no sum of statement S wraps the field. Sums are compared as polynomials in the limb base X = 256 at a random point; the identity then
/// holds coefficient by coefficient modulo p, and it holds over the integers because every coefficient, carries included, stays
/// within ±(p − 1) as computed here. A circuit is only built when all bounds hold.
/// </summary>
/// <remarks>
/// Account sums: A_l + carry_(l−1) − V_l − 256 · carry_l = 0, where A_l = Σ over the account's items (at most one per asset) of
/// Σ_kinds (Slope · amount + Offset)_l − (Weight100 · debt)_l, each product coefficient a sum of at most 8 byte products.
/// A segment's totals: Σ over rows of digits + carry_(l−1) + after_l + shift_l − before_l − 256 · carry_l = 0, where shift is 2^183 in the last segment and 0 in others.
/// </remarks>
public static class LimbBounds
{
    private const long Byte = 255;
    private const long Base = 256;

    /// <summary>The field's order.</summary>
    public const long Modulus = KoalaBear.Modulus;

    /// <summary>The largest magnitude of a carry: 2^22.</summary>
    public const long Carry = 1L << (SolvencyLimits.CarryBits - 1);

    /// <summary>The largest coefficient of a product of a slope (or weight) and an amount.</summary>
    public static long ProductCoefficient => Math.Min(SolvencyLimits.SlopeBytes, SolvencyLimits.AmountBytes) * Byte * Byte;

    /// <summary>The largest magnitude of a coefficient of Σ items (collateral − debt): three products and three offsets per item.</summary>
    public static long SurplusCoefficient => SolvencyLimits.MaxAssets * (3 * ProductCoefficient + 3 * Byte);

    /// <summary>The largest magnitude of a coefficient of Σ items weight · (equity − debt).</summary>
    public static long NetCoefficient => SolvencyLimits.MaxAssets * ProductCoefficient;

    /// <summary>The largest magnitude of a coefficient of a segment's total: a digit (or a digit + 1) per row.</summary>
    public static long TotalCoefficient => (Byte + 1) << Math.Max(SolvencyLimits.MaxItemsLog, SolvencyLimits.MaxAccountsLog);

    /// <summary>The largest magnitude an account's identity can have in one coefficient, whatever the prover commits.</summary>
    public static long AccountIdentity => SurplusCoefficient + (Byte + 1) + Carry + Base * Carry;

    /// <summary>The largest magnitude a total's identity can have in one coefficient, whatever the prover commits.</summary>
    public static long TotalIdentity => TotalCoefficient + RemainderCoefficient + Carry + Base * Carry;

    /// <summary>The largest magnitude of a coefficient of after + shift − before.</summary>
    public static long RemainderCoefficient => Byte + SegmentBoundary.ShiftTopByte;

    /// <summary>The largest carry an honest identity with coefficients up to <paramref name="coefficient"/> needs: the fixed point of (c + carry) / 256.</summary>
    public static long HonestCarry(long coefficient) => coefficient / (Base - 1) + 1;

    /// <summary>
    /// The total degree in (r, γ) of the identities: a total has remainders up to r^22 and (256 − r) · carry up to r^22; an account γ · (256 − r) · carry up to
    /// degree 20, and γ · weight(r) · equity(r) up to 18.
    /// </summary>
    public static int RandomPointDegree => Math.Max(
        SolvencyLimits.TotalBytes - 1,
        1 + Math.Max(SolvencyLimits.AccountBytes - 1, SolvencyLimits.SlopeBytes + SolvencyLimits.AmountBytes - 2));

    /// <summary>The largest magnitude, exclusive, of an account's surplus or net equity in hundredths.</summary>
    public static BigInteger AccountEnd => SolvencyLimits.MaxAssets * 100 * (BigInteger.One << 63) * (BigInteger.One << 81);

    /// <summary>Everything that must hold, as (what, holds) pairs.</summary>
    public static IReadOnlyList<(string Bound, bool Holds)> All { get; } =
    [
        ("an account's identity stays below p in every coefficient", AccountIdentity < Modulus),
        ("a total's identity stays below p in every coefficient", TotalIdentity < Modulus),
        ("an honest surplus has carries within 2^22", HonestCarry(SurplusCoefficient + Base) < Carry),
        ("an honest net equity has carries within 2^22", HonestCarry(NetCoefficient + Base) < Carry),
        ("an honest total has carries within 2^22", HonestCarry(TotalCoefficient + RemainderCoefficient) < Carry),
        ("a slope fits its bytes", 100 * (BigInteger.One << 81) < BigInteger.One << (8 * SolvencyLimits.SlopeBytes)),
        ("an offset fits its bytes", 100 * (BigInteger.One << (63 + 81)) < BigInteger.One << (8 * SolvencyLimits.OffsetBytes)),
        ("an account's value fits its bytes", AccountEnd < BigInteger.One << (8 * SolvencyLimits.AccountBytes)),
        ("a product and an offset have no coefficient above an account's bytes",
            Math.Max(SolvencyLimits.SlopeBytes + SolvencyLimits.AmountBytes - 1, SolvencyLimits.OffsetBytes) <= SolvencyLimits.AccountBytes),
        ("a bound and its negative fit the bytes of a remainder", SolvencyLimits.BoundEnd <= SegmentBoundary.Shift),
        ("an asset's claims in between fit the bytes of a remainder",
            (BigInteger.One << (SolvencyLimits.MaxDepth + BookLimits.AmountBits)) + (BigInteger.One << BookLimits.ReserveBits) < SegmentBoundary.Shift),
        ("the shift is the top bit of a remainder", SegmentBoundary.Shift == (BigInteger)SegmentBoundary.ShiftTopByte << (8 * (SolvencyLimits.TotalBytes - 1))),
        ("a boundary's element (24 bits) stays below p and 23 bytes are a block", 3 * (LeafSponge.BlockLength - 1) < SolvencyLimits.TotalBytes && SolvencyLimits.TotalBytes <= 3 * LeafSponge.BlockLength),
        ("16-bit limbs of four summands and a carry stay below p", 4L * 65535 + 3 + 3L * 65536 < Modulus),
        ("a leaf block's element (24 bits) stays below p", (1L << 24) <= Modulus),
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
