using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    /// <summary>
    /// Every rounding is the floor of another fraction: up ⌊(n + d − 1) / d⌋, nearest ⌊(2n + d − s) / 2d⌋, truncate ⌊(n + s·(d − 1)) / d⌋, with s = 1 where n is negative.
    /// So a tie goes away from zero: n = −d/2 gives ⌊−1 / 2d⌋ = −1.
    /// </summary>
    private NumberValue Divide(Quotient node, Domain domain)
    {
        NumberValue d = Number(node.Denominator, domain);
        if (d.Form.Constant is { IsOne: true }) return Number(node.Numerator, domain);
        bool canSum = node.Rounding switch
        {
            Rounding.Nearest => d.Form.Constant is { IsEven: true },
            Rounding.Truncate => d.Form.Constant is not null && (node.Numerator.Bounds.Min.Sign >= 0 || node.Numerator.Bounds.Max.Sign <= 0),
            _ => d.Form.Constant is not null,
        };
        Dividend n = (canSum ? Summed(node.Numerator, domain) : null) ?? new Dividend(Operand(node.Numerator, domain));
        return Quotient(node.Rounding, n, d, node.Bounds, domain);
    }

    private NumberValue Quotient(Rounding rounding, Dividend n, NumberValue d, Bounds bounds, Domain domain)
    {
        if (d.Form.Constant is { IsOne: true }) return n.Number;
        if (d.Form.Constant is { Sign: <= 0 }) throw new CoreException("division", "division by a constant that is not positive");
        if (n.Sum is null) Within(n.Number, domain, MaxDegree + 1, LimbForm.Limit / 8);
        Within(d, domain, 1, LimbForm.Limit / 8);
        NumberValue one = Fixed(1), dLess = Combine(d, one, -1, d.Bounds + Bounds.Of(-1), domain);
        switch (rounding)
        {
            case Rounding.Down:
                return Floor(n, null, d, dLess, bounds, domain);
            case Rounding.Up:
                return Floor(n, dLess, d, dLess, bounds, domain);
            case Rounding.Truncate:
                if (n.Bounds.Min.Sign >= 0) return Floor(n, null, d, dLess, bounds, domain);
                if (n.Bounds.Max.Sign <= 0) return Floor(n, dLess, d, dLess, bounds, domain);
                SmallValue below = SignOf(n.Number, domain)!;
                return Floor(n, new NumberValue(LimbForm.Scale(dLess.Form, below), dLess.Bounds.Union(Bounds.Of(0))), d, dLess, bounds, domain);
            default:
                return Nearest(n, d, dLess, bounds, domain);
        }
    }

    /// <summary>
    /// ⌊(2n + d − s) / 2d⌋, which is ⌊(n + d/2 − s) / d⌋ where d is even, with s = 1 where n is negative. The sign of the quotient serves as well as that of n: with N = 2n + d, a quotient that is
    /// not negative is ⌊N / 2d⌋ and exists where N ≥ 0, a negative one is ⌊(N − 1) / 2d⌋ and exists where N ≤ 0. Both exist for n = −d/2 alone, and there the first has quotient 0 and rest 0, which
    /// is forbidden.
    /// </summary>
    private NumberValue Nearest(Dividend n, NumberValue d, NumberValue dLess, Bounds bounds, Domain domain)
    {
        NumberValue half;
        if (d.Form.Constant is { IsEven: true } constant) half = Fixed(constant / 2);
        else
        {
            half = d;
            n = new Dividend(Combine(n.Number, n.Number, 1, n.Bounds + n.Bounds, domain, MaxDegree + 1));
            d = Combine(d, d, 1, d.Bounds + d.Bounds, domain);
            dLess = Combine(d, Fixed(1), -1, d.Bounds + Bounds.Of(-1), domain);
        }
        if (n.Bounds.Min.Sign >= 0) return Floor(n, half, d, dLess, bounds, domain);
        if (n.Bounds.Max.Sign < 0) return Floor(n, Combine(half, Fixed(1), -1, half.Bounds + Bounds.Of(-1), domain), d, dLess, bounds, domain);
        return Floor(n, half, d, dLess, bounds, domain, awayFromZero: true);
    }

    /// <summary>q = ⌊(n + more) / d⌋: n + more = q · d + rest with 0 ≤ rest ≤ d − 1. Nothing satisfies it where d ≤ 0.</summary>
    /// <param name="n">The numerator.</param>
    /// <param name="more">What is added to it, or null.</param>
    /// <param name="d">The denominator, of degree 1.</param>
    /// <param name="dLess">d − 1.</param>
    /// <param name="bounds">Of the quotient.</param>
    /// <param name="domain">Where.</param>
    /// <param name="awayFromZero">Subtract 1 from the numerator where the quotient is negative, and forbid quotient 0 with rest 0: see <see cref="Nearest"/>.</param>
    private NumberValue Floor(Dividend n, NumberValue? more, NumberValue d, NumberValue dLess, Bounds bounds, Domain domain, bool awayFromZero = false)
    {
        string name = Name("rounded");
        BigInteger most = d.Bounds.Max - 1;
        DigitFormat format = DigitFormat.Of(bounds);
        LimbForm top = n.In(domain);
        if (more is not null) top = LimbForm.Add(top, Additive(more, domain));
        var division = new RowDivision(name, awayFromZero ? LimbForm.LessOneUnlessPositive(top) : top, d.Form, format, WordColumns.CountOf(most));
        MemoSlot parts = domain.NewSlot(format.Count + division.Words, MemoKind.Part);
        var quotient = new DigitColumns(domain, name, format, (row, into) => row.Remember(parts, division.Divide)[..format.Count].CopyTo(into));
        var rest = new WordColumns(domain, Unique($"{name}, rest"), most, (row, into) =>
        {
            // a liar's quotient leaves over what follows from it
            if (row.Book.Lie is null) row.Remember(parts, division.Divide)[format.Count..].CopyTo(into);
            else Limbs.ToWords(top.Integer(row) - (awayFromZero && quotient.Value(row).Sign < 0 ? 1 : 0) - quotient.Value(row) * d.Form.Integer(row), into, wrap: true);
        });
        var value = new NumberValue(quotient.Form, bounds);
        value.Commit(quotient);
        LimbForm product = LimbForm.CanMultiply(quotient.Form, d.Form)
            ? LimbForm.Multiply(quotient.Form, d.Form)
            : LimbForm.Multiply(quotient.Form, Commit(d, domain, Name("denominator")).Form);
        LimbForm said = LimbForm.Add(product, rest.Form);
        if (more is not null) said = LimbForm.Subtract(said, Additive(more, domain));
        if (awayFromZero)
        {
            if (quotient.Sign is { } sign) said = LimbForm.Add(said, LimbForm.Of(sign));
            NotZero(domain, Unique($"{name}: half of it goes away from zero"), quotient.CellSum + rest.CellSum, row => quotient.SumOf(row) + rest.SumOf(row));
        }
        if (n.Sum is not null) domain.Table.Constrain(Unique($"padding: {name} has no rest"), (1 - domain.Active) * rest.Form.At);
        n.Is(domain, Unique($"{name}: numerator = quotient × denominator + rest"), said);
        if (rest.Max > most || d.Form.Constant is null) AtMost(rest.Form, dLess, most, $"{name}: the rest is below the denominator", domain);
        return value;
    }

    /// <summary>a ≤ b, for b − a up to a bound.</summary>
    private void AtMost(LimbForm a, NumberValue b, BigInteger most, string name, Domain domain)
    {
        LimbForm difference = LimbForm.Subtract(Additive(b, domain), a);
        var slack = new WordColumns(domain, Unique($"{name}, slack"), most, difference);
        Carries.Zero(domain, Unique(name), LimbForm.Subtract(difference, slack.Form));
    }

    /// <summary>y² ≤ x ≤ y² + 2y, then up by one where the rest is not zero (up) or above y (nearest: √x ≥ y + ½ exactly if x ≥ y² + y + ¼).</summary>
    private NumberValue Root(SquareRoot node, Domain domain)
    {
        NumberValue x = Number(node.Operand, domain);
        Within(x, domain, MaxDegree, LimbForm.Limit / 8);
        string name = Name("square root");
        var bounds = new Bounds(0, PublicMath.Fixed96.SquareRoot(x.Bounds.Max));
        var digits = new DigitColumns(domain, name, DigitFormat.Of(bounds), row => PublicMath.Fixed96.SquareRoot(x.Form.Integer(row)));
        if (!LimbForm.CanMultiply(digits.Form, digits.Form)) throw Homes.NotYet($"a square root of {bounds.Max.GetBitLength()} bits");
        LimbForm restForm = LimbForm.Subtract(Additive(x, domain), LimbForm.Multiply(digits.Form, digits.Form));
        var rest = new DigitColumns(domain, Unique($"{name}, rest"), DigitFormat.Of(new Bounds(0, 2 * bounds.Max)), restForm);
        Carries.Zero(domain, Unique($"{name}: x = root² + rest"), LimbForm.Subtract(restForm, rest.Form));
        NumberValue root = new(digits.Form, bounds);
        root.Commit(digits);
        NumberValue twice = new(LimbForm.Add(digits.Form, digits.Form), new Bounds(0, 2 * bounds.Max));
        AtMost(rest.Form, twice, 2 * bounds.Max, $"{name}: the rest is at most twice the root", domain);
        SmallValue? up = node.Rounding switch
        {
            Rounding.Up => Not(IsZero(domain, rest.CellSum, rest.SumOf), domain),
            Rounding.Nearest => IsNegative(new NumberValue(LimbForm.Subtract(digits.Form, rest.Form), new Bounds(-2 * bounds.Max, bounds.Max)), domain),
            _ => null,
        };
        return up is null ? root : new NumberValue(LimbForm.Add(digits.Form, LimbForm.Of(up)), node.Bounds);
    }
}
