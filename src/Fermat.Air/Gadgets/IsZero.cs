using Fermat.Algebra;

namespace Fermat.Air.Gadgets;

/// <summary>
/// A bit that tells whether an expression is zero in the field: bit = 1 − x·inverse and x·bit = 0. A nonzero x forces bit 0; a zero x forces bit 1.
/// The inverse of zero would be a free cell, so it is pinned to zero.
/// </summary>
public sealed class IsZero
{
    private readonly Expr _bit;
    private readonly Expr _inverse;
    private readonly RowValue _value;

    /// <summary>Declares the test.</summary>
    /// <param name="table">The table.</param>
    /// <param name="name">A prefix for columns and constraints.</param>
    /// <param name="value">The integer that is tested: its bounds make it zero when the field element is. Degree ≤ 2.</param>
    /// <param name="enabled">1 on rows in use; where it is 0 the value is zero, and so are the bit and the inverse.</param>
    public IsZero(TableBuilder table, string name, LimbTerm value, Expr enabled)
    {
        _value = value.Value;
        _bit = table.Column($"{name}.isZero");
        _inverse = table.Column($"{name}.inverse");
        table.Constrain($"{name}.isZero unless there is an inverse", _bit - enabled + value.Expression * _inverse);
        table.Constrain($"{name}.isZero only for zero", value.Expression * _bit);
        table.Constrain($"{name}.inverse of zero is zero", _inverse * (_bit + 1 - enabled));
        Bit = LimbTerm.Column(_bit, 1);
    }

    /// <summary>1 for zero, else 0.</summary>
    public LimbTerm Bit { get; }

    /// <summary>Writes the bit and the inverse of a row whose operand is filled.</summary>
    /// <param name="row">The cells of phase 0.</param>
    public void Fill(Span<KoalaBear> row)
    {
        KoalaBear value = KoalaBear.From(_value(row));
        row[_bit.Offset] = value.IsZero ? KoalaBear.One : default;
        row[_inverse.Offset] = value.IsZero ? default : value.Inverse();
    }
}
