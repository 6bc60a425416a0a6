namespace Fermat.Rules.Lowering;

/// <summary>A sum over rows of another table. Its coefficients are bounded, but the circuit has no value of it: it knows the number of this table's row that the sum is said to be.</summary>
/// <param name="Form">Bounds and honest coefficients; what it says at r means nothing.</param>
/// <param name="MaxDegree">The greatest degree of what the sum can be said to be.</param>
/// <param name="Is">Constrains the sum to be a number of the row, under a name; that number has to be zero on padding.</param>
internal sealed record RowSum(LimbForm Form, int MaxDegree, Action<string, LimbForm> Is);

/// <summary>What is divided: a number of the row, and perhaps a sum over other rows that is never brought to digits of its own.</summary>
/// <param name="Number">The number of the row, zero where there is only a sum.</param>
/// <param name="Sum">The sum, or null.</param>
/// <param name="Bounds">Of both together.</param>
internal sealed record Dividend(NumberValue Number, RowSum? Sum, Schema.Bounds Bounds)
{
    public Dividend(NumberValue number)
        : this(number, null, number.Bounds)
    {
    }

    /// <summary>Bounds and honest coefficients of both together, what is known of the row as it is added there.</summary>
    public LimbForm In(Domain domain)
    {
        LimbForm known = Number.Form.On(domain.Active);
        return Sum is null ? known : LimbForm.Add(Sum.Form, known);
    }

    /// <summary>Constrains the dividend to be an integer.</summary>
    /// <param name="domain">Where.</param>
    /// <param name="name">A prefix of the columns.</param>
    /// <param name="value">The integer; zero on padding.</param>
    public void Is(Domain domain, string name, LimbForm value)
    {
        LimbForm known = Number.Form.On(domain.Active);
        if (Sum is null) Carries.Zero(domain, name, LimbForm.Subtract(known, value));
        else Sum.Is(name, Number.Form.Constant is { IsZero: true } ? value : LimbForm.Subtract(value, known));
    }
}
