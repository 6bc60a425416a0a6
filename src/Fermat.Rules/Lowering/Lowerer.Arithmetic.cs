using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    private NumberValue Sum(Add node, Domain domain)
    {
        (NumberValue a, NumberValue b) = (Number(node.Left, domain), Number(node.Right, domain));
        return Combine(a, b, 1, node.Bounds, domain);
    }

    /// <summary>a + sign · b.</summary>
    private NumberValue Combine(NumberValue a, NumberValue b, int sign, Bounds bounds, Domain domain, int degree = MaxDegree)
    {
        if (b.Form.Constant is { IsZero: true }) return a;
        if (a.Form.Constant is { IsZero: true } && sign > 0) return b;
        Within(a, domain, degree, LimbForm.Limit / 2);
        Within(b, domain, degree, LimbForm.Limit / 2);
        if (a.Form.Constant is { } x && b.Form.Constant is { } y) return Fixed(x + sign * y);
        (LimbForm left, LimbForm right) = (Additive(a, domain), Additive(b, domain));
        return new NumberValue(sign > 0 ? LimbForm.Add(left, right) : LimbForm.Subtract(left, right), bounds);
    }

    private NumberValue Product(Multiply node, Domain domain) => Product(node, Number(node.Left, domain), Number(node.Right, domain), domain);

    private NumberValue Product(CoreNode node, NumberValue a, NumberValue b, Domain domain) => Product(a, b, node.Bounds, domain);

    /// <summary>a · b; the factor with the larger degree or coefficients is brought to digits first where the product would be too much.</summary>
    private NumberValue Product(NumberValue a, NumberValue b, Bounds bounds, Domain domain, int degree = MaxDegree)
    {
        if (a.Form.Constant is { } x && b.Form.Constant is { } y) return Fixed(x * y);
        while (a.Form.Degree + b.Form.Degree > degree || !LimbForm.CanMultiply(a.Form, b.Form))
        {
            bool first = IsOpen(a) && (!IsOpen(b) || (a.Form.Degree, a.Form.Magnitude).CompareTo((b.Form.Degree, b.Form.Magnitude)) >= 0);
            if (!first && !IsOpen(b)) throw Homes.NotYet($"a product of {a.Form.Count} and {b.Form.Count} digits", "round a factor to a coarser quantity");
            NumberValue open = first ? a : b;
            if (domain.IsOfRecords && open.Form.Degree > 1 && LimbForm.CanMultiply(a.Form, b.Form)) Hold(open, domain, Name("value"));
            else Commit(open, domain, Name("digits"));
        }
        return new NumberValue(LimbForm.Multiply(a.Form, b.Form), bounds);

        static bool IsOpen(NumberValue value) => value.Digits is null && value.Form.Constant is null;
    }

    /// <summary>
    /// A number that is only divided or brought to digits: one identity of degree 3 reads it, so a product may have that degree where no other value has been made of the node yet. Sums and
    /// products on the way are not kept for others, who could not use them.
    /// </summary>
    private NumberValue Operand(CoreNode node, Domain domain)
    {
        if (domain.Pair is not null || node.Stage != Stage.Private || DomainOf(Homes.Of(node)) != domain || _known.ContainsKey((domain, KeyOf(node, domain)))) return Number(node, domain);
        switch (node)
        {
            case Named named:
                _path.Add(named.Name);
                NumberValue value = Operand(named.Value, domain);
                _path.RemoveAt(_path.Count - 1);
                return value;
            case Rescale { Digits: 0 } same:
                return Operand(same.Operand, domain);
            case Add add:
                (NumberValue left, NumberValue right) = (Operand(add.Left, domain), Operand(add.Right, domain));
                return Combine(left, right, 1, node.Bounds, domain, MaxDegree + 1);
            case Negate negate:
                return new NumberValue(LimbForm.Negate(Operand(negate.Operand, domain).Form), node.Bounds);
            case Multiply multiply:
                return Product(Number(multiply.Left, domain), Number(multiply.Right, domain), node.Bounds, domain, MaxDegree + 1);
            default:
                return Number(node, domain);
        }
    }

    /// <summary>A number whose sign is needed: in digits, unless its bounds tell.</summary>
    private NumberValue Signed(CoreNode node, Domain domain) => node.Bounds.Min.Sign >= 0 || node.Bounds.Max.Sign < 0 ? Number(node, domain) : Committed(node, domain, null);

    /// <summary>A number in digits, for all who need it.</summary>
    /// <param name="node">What it is.</param>
    /// <param name="domain">Where.</param>
    /// <param name="name">A prefix of the columns; null for that of the place.</param>
    private NumberValue Committed(CoreNode node, Domain domain, string? name)
    {
        if (node is Named named)
        {
            _path.Add(named.Name);
            NumberValue inner = Committed(named.Value, domain, name);
            _path.RemoveAt(_path.Count - 1);
            return inner;
        }
        NumberValue value = node.Stage == Stage.Private ? Operand(node, domain) : Number(node, domain);
        if (value.Form.Constant is null) Commit(value, domain, name ?? Name("digits"));
        _known.TryAdd((domain, KeyOf(node, domain)), value);
        return value;
    }

    private NumberValue Magnitude(Absolute node, Domain domain)
    {
        NumberValue a = Signed(node.Operand, domain);
        if (SignOf(a, domain) is not { } sign) return a.Bounds.Min.Sign >= 0 ? a : new NumberValue(LimbForm.Negate(a.Form), node.Bounds);
        return new NumberValue(LimbForm.Opposite(a.Form, sign), node.Bounds);
    }

    /// <summary>max(a, b) = a − [a &lt; b] · (a − b); min(a, b) = b + [a &lt; b] · (a − b).</summary>
    private NumberValue Extreme(Extremum node, Domain domain)
    {
        NumberValue b = Number(node.Right, domain), a = LessZero(node.Left, b, domain);
        NumberValue difference = Difference(node.Left, node.Right, a, b, domain);
        if (SignOf(difference, domain) is not { } less)
            return (difference.Bounds.Min.Sign >= 0) == node.IsMaximum ? a : b;
        LimbForm step = LimbForm.Scale(difference.Form, less);
        NumberValue kept = node.IsMaximum ? a : b;
        Within(kept, domain, MaxDegree, LimbForm.Limit / 2);
        LimbForm form = Additive(kept, domain);
        return new NumberValue(node.IsMaximum ? LimbForm.Subtract(form, step) : LimbForm.Add(form, step), node.Bounds);
    }

    /// <summary>A number that another is subtracted from for the sign; where that is zero, it is brought to digits at once.</summary>
    private NumberValue LessZero(CoreNode node, NumberValue subtracted, Domain domain) => subtracted.Form.Constant is { IsZero: true } ? Signed(node, domain) : Number(node, domain);

    /// <summary>a − b, the same value for every comparison of the two.</summary>
    private NumberValue Difference(CoreNode left, CoreNode right, NumberValue a, NumberValue b, Domain domain)
    {
        (Domain, int) key = (domain, -1 - Pair(KeyOf(left, domain), KeyOf(right, domain)));
        if (_known.TryGetValue(key, out object? known)) return (NumberValue)known;
        NumberValue difference = Combine(a, b, -1, a.Bounds + -b.Bounds, domain);
        _known.Add(key, difference);
        return difference;
    }

    private readonly Dictionary<(int, int), int> _pairs = [];

    private int Pair(int a, int b)
    {
        if (!_pairs.TryGetValue((a, b), out int number)) _pairs.Add((a, b), number = _pairs.Count);
        return number;
    }

    /// <summary>1 where a number is negative; null where its bounds tell.</summary>
    private SmallValue? SignOf(NumberValue value, Domain domain)
    {
        if (value.Bounds.Min.Sign >= 0 || value.Bounds.Max.Sign < 0) return null;
        return Commit(value, domain, Name("digits")).Sign;
    }

    private SmallValue Comparison(Compare node, Domain domain)
    {
        if (node.Left.Type is not CoreType.Number) return SameSmall(Small(node.Left, domain), Small(node.Right, domain), domain);
        NumberValue a, b;
        switch (node.Operator)
        {
            case Core.Comparison.Less:
                b = Number(node.Right, domain);
                a = LessZero(node.Left, b, domain);
                return IsNegative(Difference(node.Left, node.Right, a, b, domain), domain);
            case Core.Comparison.LessOrEqual:
                a = Number(node.Left, domain);
                b = LessZero(node.Right, a, domain);
                return Not(IsNegative(Difference(node.Right, node.Left, b, a, domain), domain), domain);
            default:
                (a, b) = (Number(node.Left, domain), Number(node.Right, domain));
                NumberValue difference = Difference(node.Left, node.Right, a, b, domain);
                if (difference.Form.Constant is { } constant) return SmallValue.Constant(constant.IsZero ? 1 : 0);
                DigitColumns digits = Commit(difference, domain, Name("digits"));
                return IsZero(domain, digits.CellSum, digits.SumOf);
        }
    }

    private SmallValue IsNegative(NumberValue value, Domain domain) =>
        SignOf(value, domain) ?? SmallValue.Constant(value.Bounds.Min.Sign < 0 ? 1 : 0);

    private SmallValue SameSmall(SmallValue a, SmallValue b, Domain domain)
    {
        if (a.IsConstant && b.IsConstant) return SmallValue.Constant(a.Of(null!) == b.Of(null!) ? 1 : 0);
        Expr left = a.IsConstant ? a.At * domain.Active : a.At, right = b.IsConstant ? b.At * domain.Active : b.At;
        return IsZero(domain, left - right, row => a.Of(row) - b.Of(row));
    }

    /// <summary>1 on active rows where an integer that is smaller than p in magnitude is zero: x · inverse = active − bit, bit · x = 0, bit · inverse = 0.</summary>
    private SmallValue IsZero(Domain domain, Expr x, Func<WitnessRow, long> value)
    {
        string name = Name("is zero");
        SmallValue bit = domain.Bit(name, row => value(row) == 0);
        Expr inverse = domain.Column($"{name}, inverse");
        domain.Fillers.Add((row, cells, _) => cells[inverse.Offset] = Inverses.Of(value(row)));
        domain.Table.Constrain($"{name}: zero or invertible", x * inverse - (domain.Active - bit.At));
        domain.Table.Constrain($"{name}: not both", bit.At * x);
        domain.Table.Constrain($"{name}: one form", bit.At * inverse);
        return bit;
    }

    /// <summary>Constrains that an integer smaller than p in magnitude is not zero on active rows.</summary>
    private static void NotZero(Domain domain, string name, Expr x, Func<WitnessRow, long> value)
    {
        Expr inverse = domain.Column($"{name}, inverse");
        domain.Fillers.Add((row, cells, _) => cells[inverse.Offset] = Inverses.Of(value(row)));
        domain.Table.Constrain(name, x * inverse - domain.Active);
    }

    private SmallValue Not(SmallValue a, Domain domain) => a.IsConstant
        ? SmallValue.Constant(1 - a.Of(null!))
        : new SmallValue(domain.Active - a.At, 1, row => 1 - a.Of(row));

    private SmallValue Connect(Connective node, Domain domain)
    {
        (SmallValue a, SmallValue b) = (Small(node.Left, domain), Small(node.Right, domain));
        if (a.IsConstant || b.IsConstant)
        {
            (SmallValue constant, SmallValue other) = a.IsConstant ? (a, b) : (b, a);
            return (constant.Of(null!) == 1) == node.IsAnd ? other : constant;
        }
        return node.IsAnd ? And(a, b, domain, "and") : Not(And(Not(a, domain), Not(b, domain), domain, "or"), domain);
    }

    private SmallValue And(SmallValue a, SmallValue b, Domain domain, string what) => Keep(a.At * b.At, 1, row => a.Of(row) & b.Of(row), domain, what);

    /// <summary>A small value in a column of its own, so that its degree is 1; bounds follow from what it is made of.</summary>
    private SmallValue Keep(Expr at, int max, Func<WitnessRow, int> value, Domain domain, string what)
    {
        string name = Name(what);
        SmallValue kept = domain.Small(name, max, value);
        domain.Table.Constrain($"{name} is what it says", kept.At - at);
        return kept;
    }

    private object Choose(Conditional node, Domain domain)
    {
        SmallValue condition = Small(node.Condition, domain);
        if (condition.IsConstant) return Lower(condition.Of(null!) == 1 ? node.Then : node.Else, domain);
        if (node.Type is not CoreType.Number)
        {
            (SmallValue a, SmallValue b) = (Small(node.Then, domain), Small(node.Else, domain));
            Expr then = a.IsConstant ? a.At * domain.Active : a.At, otherwise = b.IsConstant ? b.At * domain.Active : b.At;
            return Keep(otherwise + condition.At * (then - otherwise), Math.Max(a.Max, b.Max), row => condition.Of(row) == 1 ? a.Of(row) : b.Of(row), domain, "if");
        }
        return Select(condition, Number(node.Then, domain), Number(node.Else, domain), node.Bounds, domain);
    }

    /// <summary>b + condition · (a − b).</summary>
    private NumberValue Select(SmallValue condition, NumberValue a, NumberValue b, Bounds bounds, Domain domain)
    {
        Within(a, domain, 1, LimbForm.Limit / 4);
        Within(b, domain, 1, LimbForm.Limit / 4);
        LimbForm otherwise = Additive(b, domain);
        LimbForm step = LimbForm.Scale(LimbForm.Subtract(a.Form, b.Form), condition);
        LimbForm form = LimbForm.Add(otherwise, step);
        return new NumberValue(domain.IsOfRecords ? form.Between(a.Form, otherwise) : form, bounds);
    }
}

/// <summary>Inverses of integers, the small ones from a table.</summary>
internal static class Inverses
{
    private static readonly KoalaBear[] Small = [KoalaBear.Zero, .. Enumerable.Range(1, (1 << 13) - 1).Select(i => KoalaBear.From((uint)i).Inverse())];

    /// <summary>1 / value in the field; 0 for 0.</summary>
    public static KoalaBear Of(long value) => value switch
    {
        >= 0 and < 1 << 13 => Small[value],
        < 0 and > -(1 << 13) => -Small[-value],
        _ when KoalaBear.From(value) is { IsZero: false } element => element.Inverse(),
        _ => KoalaBear.Zero,
    };
}
