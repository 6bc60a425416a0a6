using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;

namespace Fermat.Rules.Lowering;

/// <summary>
/// Carries that take a polynomial to the integer zero: d(X) = (256 − X) · c(X), so d_i + c_(i−1) = 256 · c_i. At the random point this is one equation; coefficient by coefficient it holds in
/// the field, and since |d_i| + |c_(i−1)| + 256 · |c_i| &lt; p by the bounds that are enforced, in the integers.
/// </summary>
internal sealed class Carries
{
    private const long HalfWide = 1L << 22;

    private readonly BoundedColumn[] _columns;
    private readonly LimbForm _difference;
    private readonly string _name;

    /// <summary>Declares the carries of a difference that is zero as an integer.</summary>
    /// <param name="domain">Where.</param>
    /// <param name="name">A prefix of the columns.</param>
    /// <param name="difference">d; its bounds are those enforced.</param>
    public Carries(Domain domain, string name, LimbForm difference)
    {
        (_difference, _name) = (difference, name);
        _columns = new BoundedColumn[Math.Max(0, difference.Count - 1)];
        (long min, long max) = (0, 0);
        (long intoMin, long intoMax) = (0, 0);
        for (int i = 0; i < difference.Count; i++)
        {
            (min, max) = ((difference.Min(i) + min) >> 8, (difference.Max(i) + max) >> 8);
            long outMagnitude = 0;
            if (i < _columns.Length)
            {
                bool wide = max - min >= 1 << 16;
                if (wide && (min < -HalfWide || max >= HalfWide)) throw TooWide(name, i);
                _columns[i] = BoundedColumn.Declare(domain.Table, domain.Range, $"{name}.carry[{i}]", wide ? -HalfWide : min, wide ? HalfWide - 1 : max, domain.Active);
                domain.Count(_columns[i].Term.Max - _columns[i].Term.Min >= 1 << 16 ? 2 : _columns[i].Term.Max > _columns[i].Term.Min ? 1 : 0);
                outMagnitude = _columns[i].Term.Magnitude;
            }
            long own = Math.Max(Math.Abs(difference.Min(i)), Math.Abs(difference.Max(i))), into = Math.Max(Math.Abs(intoMin), Math.Abs(intoMax));
            if (own + into + 256 * outMagnitude >= KoalaBear.Modulus) throw TooWide(name, i);
            if (i < _columns.Length) (intoMin, intoMax) = (_columns[i].Term.Min, _columns[i].Term.Max);
        }
        At = Expr.Polynomial([.. _columns.Select(c => c.Term.Expression)], domain.R) * (256 - domain.R);
        Degree = difference.Count;
        domain.Fillers.Add(Fill);
    }

    /// <summary>(256 − r) · c(r).</summary>
    public Expr At { get; }

    /// <summary>The degree in r of the identity.</summary>
    public int Degree { get; }

    private static CoreException TooWide(string name, int limb) =>
        new("limit", $"not provable yet: {name}, digit {limb}, could wrap around the field", "round an intermediate value to a coarser quantity");

    private void Fill(WitnessRow row, Span<KoalaBear> cells, Tally tally)
    {
        Span<long> difference = stackalloc long[_difference.Count];
        difference.Clear();
        _difference.AddTo(row, difference);
        long carry = 0;
        for (int i = 0; i < difference.Length; i++)
        {
            long sum = difference[i] + carry;
            carry = sum >> 8;
            bool differs = carry << 8 != sum || (i == _difference.Count - 1 && carry != 0);
            if (differs && row.Book.Lie is null) throw new InvalidOperationException($"row {row.Index} of {row.Domain.Name}: {_name}, the integers differ in digit {i}");
            if (i < _columns.Length) _columns[i].Fill(cells, row.Book.Lie is null ? carry : Math.Clamp(carry, _columns[i].Term.Min, _columns[i].Term.Max), tally.Range);
        }
    }

    /// <summary>Constrains a form to be the integer zero.</summary>
    public static void Zero(Domain domain, string name, LimbForm mustBeZero)
    {
        var carries = new Carries(domain, name, mustBeZero);
        domain.Degree(carries.Degree);
        domain.Table.Constrain(name, mustBeZero.At - carries.At);
    }
}
