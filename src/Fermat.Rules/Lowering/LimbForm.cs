using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Core;

namespace Fermat.Rules.Lowering;

/// <summary>Adds a multiple of the coefficients of an honest row.</summary>
internal delegate void Accumulate(WitnessRow row, Span<long> into, long factor);

/// <summary>
/// An integer as a polynomial in the digit base X = 256, seen by the circuit through its value at the random point r: an expression, bounds of every coefficient that hold whatever the prover
/// commits, and the coefficients of an honest row. Coefficients need not be digits.
/// </summary>
internal sealed class LimbForm
{
    /// <summary>Coefficients stay within ±this, so that they and the carries that bring them to digits stay below p and carries fit 23 bits.</summary>
    public const long Limit = 1L << 29;

    private readonly long[] _min;
    private readonly long[] _max;
    private readonly Accumulate _add;
    private readonly Func<Expr>? _mirror;
    private Expr? _mirrored;

    public LimbForm(Expr at, long[] min, long[] max, Accumulate add, BigInteger? constant = null, Func<Expr>? mirror = null, int? degree = null)
    {
        (At, _min, _max, _add, Constant, _mirror, Degree) = (at, min, max, add, constant, mirror, degree ?? at.Degree);
        if (Magnitude > Limit) throw new CoreException("limit", $"not provable yet: a coefficient could reach {Magnitude}, more than 2^29", "round an intermediate value to a coarser quantity");
    }

    private LimbForm(LimbForm like, Accumulate add)
        : this(like.At, like._min, like._max, add, like.Constant, like.HasMirror ? () => like.Mirror : null, like.Degree)
    {
    }

    /// <summary>The polynomial at r.</summary>
    public Expr At { get; }

    /// <summary>Whether the circuit can know the polynomial at −r too.</summary>
    public bool HasMirror => _mirror is not null;

    /// <summary>The polynomial at −r; what is looked up gets its columns when this is first asked for.</summary>
    public Expr Mirror => _mirrored ??= _mirror!();

    /// <summary>(r + 256) · f(r) + (r − 256) · f(−r) = 2r · (f_even + 256 · f_odd)(r²): coefficients two by two, as a polynomial in base 65536.</summary>
    public Expr Paired(Expr r) => (r + 256) * At + (r - 256) * Mirror;

    /// <summary>The integer, where it is fixed.</summary>
    public BigInteger? Constant { get; }

    /// <summary>How many coefficients.</summary>
    public int Count => _min.Length;

    /// <summary>The degree in columns, at r and at −r: that of what the form is made of, since what cancels at one of the points need not cancel at the other.</summary>
    public int Degree { get; }

    /// <summary>The largest magnitude of a coefficient.</summary>
    public long Magnitude => Enumerable.Range(0, Count).Select(i => Math.Max(Math.Abs(_min[i]), Math.Abs(_max[i]))).DefaultIfEmpty(0).Max();

    public long Min(int i) => i < Count ? _min[i] : 0;

    public long Max(int i) => i < Count ? _max[i] : 0;

    /// <summary>Adds a multiple of the coefficients of an honest row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="into">At least as long as the form.</param>
    /// <param name="factor">The multiple.</param>
    public void AddTo(WitnessRow row, Span<long> into, long factor = 1) => _add(row, into, factor);

    /// <summary>The integer of an honest row.</summary>
    public BigInteger Integer(WitnessRow row)
    {
        if (Constant is { } constant) return constant;
        Span<long> coefficients = stackalloc long[Count];
        coefficients.Clear();
        _add(row, coefficients, 1);
        return Limbs.ToInteger(coefficients);
    }

    /// <summary>Writes the digits of an honest row's integer.</summary>
    public void Digits(WitnessRow row, Span<long> into, DigitFormat format)
    {
        Span<long> coefficients = stackalloc long[Count];
        coefficients.Clear();
        _add(row, coefficients, 1);
        Limbs.ToDigits(coefficients, into, format, wrap: row.Book.Lie is not null);
    }

    /// <summary>The value at r of an honest row.</summary>
    public Quintic AtPoint(WitnessRow row, RandomPoint at)
    {
        Span<long> coefficients = stackalloc long[Count];
        coefficients.Clear();
        _add(row, coefficients, 1);
        return at.At(coefficients);
    }

    /// <summary>The value at −r of an honest row.</summary>
    public Quintic AtMirror(WitnessRow row, RandomPoint at)
    {
        Span<long> coefficients = stackalloc long[Count];
        coefficients.Clear();
        _add(row, coefficients, 1);
        return at.AtMirror(coefficients);
    }

    /// <summary>A fixed integer; a negative one has negative digits.</summary>
    public static LimbForm Of(BigInteger value, Expr r)
    {
        var digits = new List<long>();
        for (BigInteger rest = BigInteger.Abs(value); !rest.IsZero; rest >>= 8) digits.Add(value.Sign * (long)(rest & 255));
        long[] fixedDigits = [.. digits];
        Expr[] elements = [.. fixedDigits.Select(d => (Expr)d)];
        return new LimbForm(Expr.Polynomial(elements, r), fixedDigits, fixedDigits, Adding(_ => fixedDigits), value, () => Expr.Polynomial(elements, -r));
    }

    /// <summary>The same integer on active rows, zero on others: what a constant must be where it is added.</summary>
    public LimbForm On(Expr active)
    {
        if (Constant is null || Constant.Value.IsZero) return this;
        return new LimbForm(At * active, [.. _min.Select(m => Math.Min(0, m))], [.. _max.Select(m => Math.Max(0, m))], _add, mirror: HasMirror ? () => Mirror * active : null, degree: Degree + active.Degree);
    }

    /// <summary>The same form, known to be one of two: each coefficient is between theirs.</summary>
    public LimbForm Between(LimbForm a, LimbForm b) => new(
        At,
        [.. Enumerable.Range(0, Count).Select(i => Math.Min(a.Min(i), b.Min(i)))],
        [.. Enumerable.Range(0, Count).Select(i => Math.Max(a.Max(i), b.Max(i)))],
        _add,
        Constant,
        HasMirror ? () => Mirror : null,
        Degree);

    public static LimbForm Add(LimbForm a, LimbForm b) => Combine(a, b, 1);

    public static LimbForm Subtract(LimbForm a, LimbForm b) => Combine(a, b, -1);

    public static LimbForm Negate(LimbForm a) =>
        new(-a.At, [.. a._max.Select(m => -m)], [.. a._min.Select(m => -m)], (row, into, factor) => a._add(row, into, -factor), -a.Constant, a.HasMirror ? () => -a.Mirror : null, a.Degree);

    /// <summary>Whether a product's coefficients stay within the limit.</summary>
    public static bool CanMultiply(LimbForm a, LimbForm b) => (Int128)a.Magnitude * b.Magnitude * Math.Min(a.Count, b.Count) <= Limit;

    public static LimbForm Multiply(LimbForm a, LimbForm b)
    {
        if (a.Count == 0 || b.Count == 0) return new LimbForm(0, [], [], (_, _, _) => { }, 0);
        var (min, max) = (new long[a.Count + b.Count - 1], new long[a.Count + b.Count - 1]);
        for (int i = 0; i < a.Count; i++)
            for (int j = 0; j < b.Count; j++)
            {
                Span<long> corners = [a._min[i] * b._min[j], a._min[i] * b._max[j], a._max[i] * b._min[j], a._max[i] * b._max[j]];
                (long least, long greatest) = (corners[0], corners[0]);
                foreach (long corner in corners) (least, greatest) = (Math.Min(least, corner), Math.Max(greatest, corner));
                (min[i + j], max[i + j]) = (min[i + j] + least, max[i + j] + greatest);
            }
        return new LimbForm(a.At * b.At, min, max, Convolve, a.Constant * b.Constant, a.HasMirror && b.HasMirror ? () => a.Mirror * b.Mirror : null, a.Degree + b.Degree);

        void Convolve(WitnessRow row, Span<long> into, long factor)
        {
            Span<long> left = stackalloc long[a.Count], right = stackalloc long[b.Count];
            left.Clear();
            right.Clear();
            a._add(row, left, factor);
            b._add(row, right, 1);
            for (int i = 0; i < left.Length; i++)
            {
                long one = left[i];
                if (one == 0) continue;
                Span<long> at = into[i..];
                for (int j = 0; j < right.Length; j++) at[j] += one * right[j];
            }
        }
    }

    /// <summary>The integer times a small one.</summary>
    public static LimbForm Scale(LimbForm a, SmallValue factor) =>
        new(Multiply(a, new LimbForm(factor.At, [0], [factor.Max], (_, _, _) => { }, mirror: () => factor.At)), (row, into, times) =>
        {
            if (factor.Of(row) is not 0 and var some) a._add(row, into, times * some);
        });

    /// <summary>a where a bit is 0, −a where it is 1: a − 2 · bit · a.</summary>
    public static LimbForm Opposite(LimbForm a, SmallValue bit)
    {
        Expr factor = 1 - 2 * bit.At;
        long[] most = [.. Enumerable.Range(0, a.Count).Select(i => Math.Max(Math.Abs(a._min[i]), Math.Abs(a._max[i])))];
        return new LimbForm(
            a.At * factor, [.. most.Select(m => -m)], most, (row, into, times) => a._add(row, into, bit.Of(row) == 1 ? -times : times), mirror: a.HasMirror ? () => a.Mirror * factor : null, degree: a.Degree + factor.Degree);
    }

    /// <summary>A form less 1 where its honest integer is not positive: what an honest prover divides where the floor would be a negative quotient. The circuit has no value of it.</summary>
    public static LimbForm LessOneUnlessPositive(LimbForm form)
    {
        return new LimbForm(0, [form.Min(0) - 1, .. form._min[1..]], form._max, (row, into, factor) =>
        {
            Span<long> coefficients = stackalloc long[form.Count];
            coefficients.Clear();
            form._add(row, coefficients, 1);
            coefficients[0]--;
            if (!Limbs.IsNegative(coefficients)) coefficients[0]++;
            for (int i = 0; i < coefficients.Length; i++) into[i] += factor * coefficients[i];
        });
    }

    /// <summary>Sums of up to so many rows' values; the circuit knows them by what the rows send.</summary>
    public LimbForm Summed(int rows, Accumulate add) =>
        new(0, [.. _min.Select(m => Math.Min(0, m) * rows)], [.. _max.Select(m => Math.Max(0, m) * rows)], add, mirror: HasMirror ? () => (Expr)0 : null);

    /// <summary>A small value as a number.</summary>
    public static LimbForm Of(SmallValue value) => new(value.At, [0], [value.Max], (row, into, factor) => into[0] += factor * value.Of(row), mirror: () => value.At);

    /// <summary>How coefficients are added that are known as such.</summary>
    public static Accumulate Adding(Func<WitnessRow, long[]> coefficients) => (row, into, factor) =>
    {
        long[] known = coefficients(row);
        for (int i = 0; i < known.Length; i++) into[i] += factor * known[i];
    };

    private static LimbForm Combine(LimbForm a, LimbForm b, int sign)
    {
        int count = Math.Max(a.Count, b.Count);
        var (min, max) = (new long[count], new long[count]);
        for (int i = 0; i < count; i++)
            (min[i], max[i]) = sign > 0 ? (a.Min(i) + b.Min(i), a.Max(i) + b.Max(i)) : (a.Min(i) - b.Max(i), a.Max(i) - b.Min(i));
        Func<Expr>? mirror = a.HasMirror && b.HasMirror ? () => (sign > 0 ? a.Mirror + b.Mirror : a.Mirror - b.Mirror) : null;
        return new LimbForm(sign > 0 ? a.At + b.At : a.At - b.At, min, max, Sum, sign > 0 ? a.Constant + b.Constant : a.Constant - b.Constant, mirror, Math.Max(a.Degree, b.Degree));

        void Sum(WitnessRow row, Span<long> into, long factor)
        {
            a._add(row, into, factor);
            b._add(row, into, sign * factor);
        }
    }
}

/// <summary>A number in a domain: its form, which becomes the digits once it is committed.</summary>
internal sealed class NumberValue(LimbForm form, Schema.Bounds bounds)
{
    /// <summary>How the number is known now.</summary>
    public LimbForm Form { get; private set; } = form;

    /// <summary>What the integer can be, given that the inputs are within theirs.</summary>
    public Schema.Bounds Bounds => bounds;

    /// <summary>Its committed digits, or null while it is an expression.</summary>
    public DigitColumns? Digits { get; private set; }

    public void Commit(DigitColumns digits) => (Digits, Form) = (digits, digits.Form);

    /// <summary>From here on it is known by columns of its value at the random points, which are constrained to be that.</summary>
    public void Hold(LimbForm columns) => Form = columns;
}

/// <summary>A flag, a choice, a record's index or a count: a field element that is the integer itself.</summary>
/// <param name="At">The element; zero on rows that are not active.</param>
/// <param name="Max">The greatest value; the least is zero.</param>
/// <param name="Of">The integer of an honest row.</param>
internal sealed record SmallValue(Expr At, int Max, Func<WitnessRow, int> Of)
{
    public static SmallValue Constant(int value) => new(value, value, _ => value);

    /// <summary>Whether it is fixed; then <see cref="At"/> is the constant on every row.</summary>
    public bool IsConstant => At.Graph is null;
}
