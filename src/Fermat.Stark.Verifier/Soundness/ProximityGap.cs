namespace Fermat.Stark;

/// <summary>
/// Mutual correlated agreement of Reed–Solomon codes in one regime: how probable it is that a random combination of words agrees with a
/// codeword on a large set of points on which the words themselves do not all agree with codewords. Folding, batching and rolling in are all
/// such combinations, so this is the one fact about codes that the argument uses. All codes of a proof have the same rate
/// ρ = 2^−b and the same proximity parameter δ.
/// </summary>
internal abstract class ProximityGap
{
    /// <summary>1 / p^5, the inverse of the number of challenges.</summary>
    internal static readonly Magnitude PerChallenge = Magnitude.Of(Magnitude.Up(1.0 / 2130706433.0)).Power(5);

    /// <summary>The regime this is.</summary>
    public abstract ProximityRegime Regime { get; }

    /// <summary>The parameter m, or 0.</summary>
    public abstract int Multiplicity { get; }

    /// <summary>The result used.</summary>
    public abstract string Theorem { get; }

    /// <summary>An upper bound on 1 − δ.</summary>
    public abstract double Agreement { get; }

    /// <summary>How many tuples of polynomials, of degree at most the table heights, agree with all committed columns on a set of density over 1 − δ.</summary>
    public abstract Magnitude ListSize { get; }

    /// <summary>
    /// Bound on the number of bad coefficients z on a line u0 + z·u1 of words of length 2^<paramref name="logLength"/>. A curve of degree d in z
    /// has at most d times as many; an affine space u0 + Σ z_j·u_j has the same fraction of bad points up to a factor q/(q − 1).
    /// </summary>
    public abstract Magnitude BadOnLine(int logLength);

    /// <summary>Bound on the probability that one random coefficient is bad, affine spaces included.</summary>
    public Magnitude ErrorOnLine(int logLength) => BadOnLine(logLength) * PerChallenge * (1 + 1.0 / (1L << 50));
}

/// <summary>
/// Unique decoding, δ = (1 − ρ)/2. Ben-Sasson, Carmon, Ishai, Kopparty, Saraf, "Proximity gaps for Reed–Solomon codes" (ePrint 2020/654), Theorems
/// 1.4 and 1.5: at most d·N of the points of a curve of degree d are within δ of the code unless the words are jointly within δ. The
/// agreement is then mutual with no larger an exception: see docs/protocol/SOUNDNESS.md. (BCHKS, ePrint 2025/2055, Corollary 1.4, sharpens N to
/// δ·N + 1 for radii a little below (1 − ρ)/2 and long enough codes; the 1 to 2 bits it gains in terms that never bind are left.)
/// </summary>
internal sealed class UniqueDecodingGap(int blowupLog2) : ProximityGap
{
    public override ProximityRegime Regime => ProximityRegime.UniqueDecoding;

    public override int Multiplicity => 0;

    public override string Theorem => "BCIKS, ePrint 2020/654, Theorems 1.4 and 1.5";

    public override double Agreement => (1 + 1.0 / (1 << blowupLog2)) / 2;   // exact

    public override Magnitude ListSize => Magnitude.One;

    public override Magnitude BadOnLine(int logLength) => Magnitude.PowerOfTwo(logLength);
}

/// <summary>
/// The Johnson regime, 1 − δ = √ρ·(1 + 1/m), m ≥ 3. Ben-Sasson, Carmon, Haböck, Kopparty, Saraf, "On proximity gaps for Reed–Solomon codes"
/// (ePrint 2025/2055), Theorem 4.6 with M = 1: at most ((2(m+½)^5 + 3(m+½)δρ')/(3ρ'^{3/2}))·N + (m+½)/√ρ' bad coefficients, where
/// ρ' = (n − 1)/N for a code of dimension n and m = max(⌈√ρ'/(1 − √ρ' − δ)⌉, 3). The constant is the printed one; the authors are reported to
/// confirm that 2(1 − √ρ' − δ) may stand in the denominator, which would make m half as large. The list size is Johnson's bound
/// 1/(2ηρ^½) with η = √ρ/m, that is m/(2ρ).
/// </summary>
internal sealed class JohnsonGap : ProximityGap
{
    private readonly int _blowupLog2;
    private readonly int _m;
    private readonly double _rootOfRate;      // rounded down

    public JohnsonGap(int blowupLog2, int multiplicity)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(multiplicity, 3);
        _blowupLog2 = blowupLog2;
        _m = multiplicity;
        double rate = 1.0 / (1 << blowupLog2);
        double root = Math.Sqrt(rate);
        _rootOfRate = root * root == rate ? root : Magnitude.Down(root);
        Agreement = Math.Min(1, Magnitude.Up(Magnitude.Up(root) * Magnitude.Up(1 + Magnitude.Up(1.0 / multiplicity))));
    }

    public override ProximityRegime Regime => ProximityRegime.Johnson;

    public override int Multiplicity => _m;

    public override string Theorem => "BCHKS, ePrint 2025/2055, Theorem 4.6";

    public override double Agreement { get; }

    public override Magnitude ListSize => Magnitude.Of(_m) * Magnitude.PowerOfTwo(_blowupLog2 - 1);

    public override Magnitude BadOnLine(int logLength)
    {
        double dimension = (double)(1L << (logLength - _blowupLog2));
        if (dimension < 2) throw new ArgumentOutOfRangeException(nameof(logLength), logLength, "a code of dimension 1 has no reduced rate");

        double rate = 1.0 / (1 << _blowupLog2);
        double shrink = Magnitude.Down((dimension - 1) / dimension);                       // ρ'/ρ
        double rootShrink = Magnitude.Down(Math.Sqrt(shrink));
        double rootReduced = Magnitude.Down(_rootOfRate * rootShrink);                     // √ρ'
        double threeHalves = Magnitude.Down(Magnitude.Down(rate * shrink) * rootReduced);  // ρ'^{3/2}

        double half = _m + 0.5;
        Magnitude fifth = Magnitude.Of(half).Power(5) * 2;
        Magnitude numerator = fifth + Magnitude.Of(3 * half) * rate;                       // δ ≤ 1
        Magnitude slope = numerator * Magnitude.Up(1 / Magnitude.Down(3 * threeHalves));
        return slope * Magnitude.PowerOfTwo(logLength) + Magnitude.Of(half) * Magnitude.Up(1 / rootReduced);
    }
}
