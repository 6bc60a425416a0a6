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
        NumberValue n = Number(node.Numerator, domain), d = Number(node.Denominator, domain);
        return Quotient(node.Rounding, n, d, node.Bounds, domain);
    }

    private NumberValue Quotient(Rounding rounding, NumberValue n, NumberValue d, Bounds bounds, Domain domain)
    {
        if (d.Form.Constant is { IsOne: true }) return n;
        Within(n, domain, MaxDegree, LimbForm.Limit / 8);
        Within(d, domain, 1, LimbForm.Limit / 8);
        if (d.Form.Constant is { Sign: <= 0 }) throw new CoreException("division", "division by a constant that is not positive");
        NumberValue one = Fixed(1), dLess = Combine(d, one, -1, d.Bounds + Bounds.Of(-1), domain);
        switch (rounding)
        {
            case Rounding.Down:
                return Floor(n, d, dLess, bounds, domain);
            case Rounding.Up:
                return Floor(Combine(n, dLess, 1, n.Bounds + dLess.Bounds, domain), d, dLess, bounds, domain);
            case Rounding.Truncate:
                if (n.Bounds.Min.Sign >= 0) return Floor(n, d, dLess, bounds, domain);
                if (n.Bounds.Max.Sign <= 0) return Floor(Combine(n, dLess, 1, n.Bounds + dLess.Bounds, domain), d, dLess, bounds, domain);
                SmallValue below = SignOf(n, domain)!;
                NumberValue up = new(LimbForm.Scale(dLess.Form, below), dLess.Bounds.Union(Bounds.Of(0)));
                return Floor(Combine(n, up, 1, n.Bounds + up.Bounds, domain), d, dLess, bounds, domain);
            default:
                NumberValue twice = Combine(d, d, 1, d.Bounds + d.Bounds, domain);
                NumberValue top = Combine(Combine(n, n, 1, n.Bounds + n.Bounds, domain), d, 1, n.Bounds + n.Bounds + d.Bounds, domain);
                if (IsNegative(n, domain) is var negative && !(negative.IsConstant && negative.Of(null!) == 0))
                {
                    LimbForm s = negative.IsConstant ? one.Form.On(domain.Active) : LimbForm.Scale(one.Form, negative);
                    top = new NumberValue(LimbForm.Subtract(top.Form, s), top.Bounds + new Bounds(-1, 0));
                }
                return Floor(top, twice, Combine(twice, one, -1, twice.Bounds + Bounds.Of(-1), domain), bounds, domain);
        }
    }

    /// <summary>q = ⌊n / d⌋: n = q · d + rest with 0 ≤ rest ≤ d − 1. Nothing satisfies it where d ≤ 0.</summary>
    private NumberValue Floor(NumberValue n, NumberValue d, NumberValue dLess, Bounds bounds, Domain domain)
    {
        string name = Name("rounded");
        BigInteger most = d.Bounds.Max - 1;
        DigitFormat format = DigitFormat.Of(bounds);
        var division = new RowDivision(name, n.Form, d.Form, format, WordColumns.CountOf(most));
        MemoSlot parts = domain.NewSlot(format.Count + division.Words, MemoKind.Part);
        var quotient = new DigitColumns(domain, name, format, (row, into) => row.Remember(parts, division.Divide)[..format.Count].CopyTo(into));
        var rest = new WordColumns(domain, Unique($"{name}, rest"), most, (row, into) => row.Remember(parts, division.Divide)[format.Count..].CopyTo(into));
        var value = new NumberValue(quotient.Form, bounds);
        value.Commit(quotient);
        LimbForm product = LimbForm.CanMultiply(quotient.Form, d.Form)
            ? LimbForm.Multiply(quotient.Form, d.Form)
            : LimbForm.Multiply(quotient.Form, Commit(d, domain, Name("denominator")).Form);
        Carries.Zero(domain, Unique($"{name}: numerator = quotient × denominator + rest"),
            LimbForm.Subtract(LimbForm.Subtract(Additive(n, domain), product), rest.Form));
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
