using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Evaluates expressions at one point of the extension field: the verifier's view of a circuit.</summary>
public static class PointEvaluator
{
    /// <summary>The values of some expressions of a table.</summary>
    /// <param name="table">The table.</param>
    /// <param name="expressions">Expressions over the table's columns.</param>
    /// <param name="inputs">Values at the point.</param>
    /// <exception cref="CircuitException">An expression reads columns of another table.</exception>
    public static Quintic[] Evaluate(Table table, IReadOnlyList<Expr> expressions, PointInputs inputs) => new PointProgram(table, expressions).Run(inputs);

    /// <summary>Σ_j α^j · sel_j · C_j over the table's constraints.</summary>
    /// <param name="table">The table.</param>
    /// <param name="inputs">Values at the point.</param>
    /// <param name="alpha">The constraint challenge.</param>
    public static Quintic FoldConstraints(Table table, PointInputs inputs, Quintic alpha)
    {
        Quintic[] values = table.ConstraintProgram.Run(inputs);
        Quintic sum = default;
        for (int j = values.Length - 1; j >= 0; j--)
            sum = sum * alpha + SelectorOf(table.Constraints[j].Rows, inputs.Selectors) * values[j];
        return sum;
    }

    private static Quintic SelectorOf(ConstraintRows rows, in SelectorValues selectors) => rows switch
    {
        ConstraintRows.First => selectors.First,
        ConstraintRows.Last => selectors.Last,
        ConstraintRows.Transition => selectors.Transition,
        _ => Quintic.One,
    };
}
