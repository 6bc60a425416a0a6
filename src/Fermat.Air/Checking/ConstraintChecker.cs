using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Checks traces row by row, as the circuit is written: every constraint on the active rows it is meant for, every bus message by message.
/// Says what is wrong and where; needs no proof and no commitment.
/// </summary>
public static class ConstraintChecker
{
    private const int Grain = 1 << 10;

    /// <summary>Checks the traces of a circuit.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="traces">One trace a table, in order, filled up to the phase before the LogUp phase; tail rows do not matter.</param>
    /// <param name="challenges">The challenges the constraints and messages use, in order; the lookup challenges may be left out without <paramref name="busSums"/>.</param>
    /// <param name="busSums">The tables' bus sums, to check the generated constraints too; then the LogUp phase must be filled and all challenges given.</param>
    /// <param name="limit">How many findings of each kind are listed; all are counted.</param>
    public static CheckReport Check(
        Circuit circuit,
        IReadOnlyList<TableTrace> traces,
        IReadOnlyList<Quintic> challenges,
        IReadOnlyList<Quintic>? busSums = null,
        int limit = 100)
    {
        if (traces.Count != circuit.Tables.Count || traces.Zip(circuit.Tables).Any(pair => !ReferenceEquals(pair.First.Table, pair.Second)))
            throw new ArgumentException("give one trace for each table of the circuit, in order", nameof(traces));
        var violations = new List<ConstraintViolation>();
        long count = 0;
        foreach (TableTrace trace in traces)
        {
            Constraint[] constraints = [.. trace.Table.Constraints.Where(c => busSums is not null || !c.IsGenerated)];
            Quintic busSum = busSums is null ? default : busSums[trace.Table.Index];
            foreach (List<ConstraintViolation> found in CheckTable(trace, constraints, challenges, busSum))
            {
                count += found.Count;
                violations.AddRange(found.Take(limit - violations.Count));
            }
        }
        (List<BusImbalance> imbalances, long imbalanceCount) = BusChecker.Check(circuit, traces, challenges, limit);
        return new CheckReport(violations, count, imbalances, imbalanceCount);
    }

    /// <summary>Whether a constraint is meant for an active row.</summary>
    internal static bool Applies(ConstraintRows rows, int row, int activeRows) => rows switch
    {
        ConstraintRows.First => row == 0,
        ConstraintRows.Last => row == activeRows - 1,
        ConstraintRows.Transition => row < activeRows - 1,
        _ => true,
    };

    private static List<ConstraintViolation>[] CheckTable(TableTrace trace, Constraint[] constraints, IReadOnlyList<Quintic> challenges, Quintic busSum)
    {
        var found = new List<ConstraintViolation>[(trace.ActiveRows + Grain - 1) / Grain];
        Parallelism.For(0, found.Length, range =>
        {
            found[range] = [];
            var evaluator = new RowEvaluator(trace, constraints.Select(c => c.Expression), challenges, busSum);
            for (int row = range * Grain; row < Math.Min((range + 1) * Grain, trace.ActiveRows); row++)
            {
                evaluator.Evaluate(row);
                foreach (Constraint constraint in constraints)
                {
                    if (!Applies(constraint.Rows, row, trace.ActiveRows))
                        continue;
                    Quintic value = evaluator.Value(constraint.Expression);
                    if (!value.IsZero)
                        found[range].Add(new ConstraintViolation(trace.Table.Name, constraint.Name, row, value));
                }
            }
        });
        return found;
    }
}
