using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Core;

namespace Fermat.Rules.Lowering;

/// <summary>
/// Carries that take a polynomial d to the integer zero, at the random point. In base 65536, with coefficients two by two, g_j = d_2j + 256 · d_2j+1: g(Y) = (65536 − Y) · c(Y) at Y = r², which
/// the circuit knows from d(r) and d(−r) as 2r · g(r²) = (r + 256) · d(r) + (r − 256) · d(−r). Where d(−r) is not known, or coefficients are too large for this, in base 256:
/// d(X) = (256 − X) · c(X).
/// </summary>
/// <remarks>
/// Coefficient by coefficient it says g_j + c_(j−1) = B · c_j in the field, with B the base and g the coefficients in it; and since |g_j| + |c_(j−1)| + B · |c_j| &lt; p by the bounds that range
/// checks enforce, in the integers. So Σ g_j · B^j = 0.
/// In rows of records the last carries are not range-checked where what they carry is small: from digit m on the equations add up to c_(m−1) + Σ g_(m+j) · B^j = 0 in the field, whatever these
/// carries are; and where that sum is smaller than p in magnitude, by the same bounds, it is zero in the integers.
/// </remarks>
internal sealed class Carries
{
    private readonly CarryColumn[] _columns;
    private readonly LimbForm _difference;
    private readonly string _name;
    private readonly Expr _r;

    /// <summary>Declares the carries of a difference that is zero as an integer.</summary>
    /// <param name="domain">Where.</param>
    /// <param name="name">A prefix of the columns.</param>
    /// <param name="difference">d; its bounds are those enforced.</param>
    public Carries(Domain domain, string name, LimbForm difference)
    {
        (_difference, _name, _r) = (difference, name, domain.R);
        CarryPlan[]? plan = difference.HasMirror && difference.Count > 2 ? CarryPlan.TryMake(difference, isPaired: true, out _, domain.IsOfRecords) : null;
        ArePaired = plan is not null;
        if (plan is null && (plan = CarryPlan.TryMake(difference, isPaired: false, out int digit, domain.IsOfRecords)) is null)
            throw new CoreException("limit", $"not provable yet: {name}, digit {digit}, could wrap around the field", "round an intermediate value to a coarser quantity");
        _columns = [.. plan.Select((carry, i) => new CarryColumn(domain, $"{name}.carry[{i}]", carry))];
        Expr[] carries = [.. _columns.Select(column => column.At)];
        Expr square = domain.R * domain.R;
        At = ArePaired ? 2 * domain.R * (65536 - square) * Expr.Polynomial(carries, square) : (256 - domain.R) * Expr.Polynomial(carries, domain.R);
        Degree = difference.Count + (ArePaired ? 1 : 0);
        domain.Fillers.Add(Fill);
    }

    /// <summary>Whether coefficients are taken two by two.</summary>
    public bool ArePaired { get; }

    /// <summary>What <see cref="Of"/> the difference is.</summary>
    public Expr At { get; }

    /// <summary>The degree in r of the identity.</summary>
    public int Degree { get; }

    /// <summary>What the identity sees of a form: its value at r, or <see cref="LimbForm.Paired"/>. Linear in forms.</summary>
    public Expr Of(LimbForm form) => ArePaired ? form.Paired(_r) : form.At;

    /// <summary>Constrains a form to be the integer zero.</summary>
    public static void Zero(Domain domain, string name, LimbForm mustBeZero)
    {
        var carries = new Carries(domain, name, mustBeZero);
        domain.Degree(carries.Degree);
        domain.Table.Constrain(name, carries.Of(mustBeZero) - carries.At);
    }

    private void Fill(WitnessRow row, Span<KoalaBear> cells, Tally tally)
    {
        Span<long> difference = stackalloc long[_difference.Count];
        difference.Clear();
        _difference.AddTo(row, difference);
        int step = ArePaired ? 2 : 1;
        bool isHonest = row.Book.Lie is null;
        long carry = 0;
        for (int i = 0, at = 0; at < difference.Length; i++, at += step)
        {
            long sum = difference[at] + carry;
            if (ArePaired && at + 1 < difference.Length) sum += 256 * difference[at + 1];
            carry = sum >> (8 * step);
            bool differs = carry << (8 * step) != sum || (at + step >= difference.Length && carry != 0);
            if (differs && isHonest) throw new InvalidOperationException($"row {row.Index} of {row.Domain.Name}: {_name}, the integers differ in digit {at}");
            if (i < _columns.Length) _columns[i].Fill(cells, isHonest ? carry : _columns[i].Nearest(carry), tally);
        }
    }
}
