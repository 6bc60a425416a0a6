using System.Globalization;
using System.Text;
using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>A constraint that is not zero on a row where it should be.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Constraint">The constraint's name.</param>
/// <param name="Row">The row; for a transition the first of the two.</param>
/// <param name="Value">The value found.</param>
public sealed record ConstraintViolation(string Table, string Constraint, int Row, Quintic Value)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Table}, row {Row}: {Constraint} is {ExprText.Constant(Value)}, not 0");
}

/// <summary>A row that put an unbalanced message on its bus.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Interaction">The message's name in the table.</param>
/// <param name="Row">The row.</param>
/// <param name="Multiplicity">How often; negative for received.</param>
public sealed record MessageUse(string Table, string Interaction, int Row, Quintic Multiplicity)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{Table}, row {Row}: {Interaction} × {ExprText.Constant(Multiplicity)}");
}

/// <summary>A message that is not received as often as it is sent.</summary>
/// <param name="Bus">The bus's name.</param>
/// <param name="Message">The elements.</param>
/// <param name="Net">Sent minus received.</param>
/// <param name="Uses">Who put it on the bus, the first few.</param>
public sealed record BusImbalance(string Bus, IReadOnlyList<Quintic> Message, Quintic Net, IReadOnlyList<MessageUse> Uses)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"bus {Bus}: ({string.Join(", ", Message.Select(ExprText.Constant))}) nets {ExprText.Constant(Net)} [{string.Join("; ", Uses)}]";
}

/// <summary>What a check of traces found.</summary>
/// <param name="Violations">Violated constraints, the first ones in order of table, row and constraint.</param>
/// <param name="ViolationCount">How many there are in all.</param>
/// <param name="Imbalances">Unbalanced messages, the first ones met.</param>
/// <param name="ImbalanceCount">How many there are in all.</param>
public sealed record CheckReport(
    IReadOnlyList<ConstraintViolation> Violations, long ViolationCount, IReadOnlyList<BusImbalance> Imbalances, long ImbalanceCount)
{
    /// <summary>Whether every constraint holds and every bus balances.</summary>
    public bool IsSatisfied => ViolationCount == 0 && ImbalanceCount == 0;

    /// <summary>One line a finding; "satisfied" when there is none.</summary>
    public override string ToString()
    {
        if (IsSatisfied)
            return "satisfied";
        var text = new StringBuilder();
        foreach (ConstraintViolation violation in Violations)
            text.Append(violation).Append('\n');
        foreach (BusImbalance imbalance in Imbalances)
            text.Append(imbalance).Append('\n');
        return text.Append(CultureInfo.InvariantCulture, $"{ViolationCount} violations, {ImbalanceCount} unbalanced messages").ToString();
    }
}
