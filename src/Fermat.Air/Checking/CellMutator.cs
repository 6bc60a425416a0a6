using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>
/// Tells what notices when one cell of satisfying traces is changed: constraints on the rows that read it, and messages that are then sent or received differently.
/// Fast enough to try every cell of a trace. Not safe for concurrent use.
/// </summary>
/// <remarks>
/// Columns that are computed from the cell in later phases keep their old values; to try a prover that recomputes them, change the cell, fill the later phases again and
/// use <see cref="ConstraintChecker"/>.
/// </remarks>
public sealed class CellMutator
{
    private readonly IReadOnlyList<TableTrace> _traces;
    private readonly Probe[] _probes;

    /// <summary>Prepares to change cells.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="traces">One trace a table, in order, satisfying the circuit up to the phase before the LogUp phase.</param>
    /// <param name="challenges">The challenges the constraints and messages use, in order.</param>
    public CellMutator(Circuit circuit, IReadOnlyList<TableTrace> traces, IReadOnlyList<Quintic> challenges)
    {
        _traces = traces;
        _probes = [.. circuit.Tables.Select(t => new Probe(traces[t.Index], challenges))];
    }

    /// <summary>Sets a cell, looks who notices, and sets it back.</summary>
    /// <param name="table">The table's index.</param>
    /// <param name="phase">The phase of the column.</param>
    /// <param name="row">An active row.</param>
    /// <param name="column">The base-field column in the phase's matrix.</param>
    /// <param name="value">The new value.</param>
    /// <returns>Satisfied if nobody notices.</returns>
    public CheckReport Try(int table, int phase, int row, int column, KoalaBear value)
    {
        TableTrace trace = _traces[table];
        Probe probe = _probes[table];
        Matrix matrix = trace.Phase(phase);
        KoalaBear kept = matrix[row, column];
        Dictionary<Quintic, Message> before = probe.Messages(row);
        matrix[row, column] = value;
        try
        {
            List<ConstraintViolation> violations = [.. row > 0 ? probe.Violations(row - 1) : [], .. probe.Violations(row)];
            List<BusImbalance> imbalances = Difference(before, probe.Messages(row));
            return new CheckReport(violations, violations.Count, imbalances, imbalances.Count);
        }
        finally
        {
            matrix[row, column] = kept;
        }
    }

    private static List<BusImbalance> Difference(Dictionary<Quintic, Message> before, Dictionary<Quintic, Message> after)
    {
        var changes = new List<BusImbalance>();
        foreach (Quintic key in before.Keys.Union(after.Keys))
        {
            Quintic net = after.GetValueOrDefault(key).Multiplicity - before.GetValueOrDefault(key).Multiplicity;
            if (net.IsZero)
                continue;
            Message message = after.TryGetValue(key, out Message found) ? found : before[key];
            changes.Add(new BusImbalance(message.Use.Bus.Name, message.Elements, net, [new MessageUse(message.Table, message.Use.Name, message.Row, net)]));
        }
        return changes;
    }

    private readonly record struct Message(string Table, int Row, Interaction Use, Quintic[] Elements, Quintic Multiplicity);

    /// <summary>The evaluator of one table.</summary>
    private sealed class Probe
    {
        private readonly TableTrace _trace;
        private readonly Constraint[] _constraints;
        private readonly RowEvaluator _evaluator;

        public Probe(TableTrace trace, IReadOnlyList<Quintic> challenges)
        {
            _trace = trace;
            _constraints = [.. trace.Table.Constraints.Where(c => !c.IsGenerated)];
            _evaluator = new RowEvaluator(
                trace,
                _constraints.Select(c => c.Expression).Concat(trace.Table.Interactions.SelectMany(i => i.Message.Append(i.Multiplicity))),
                challenges,
                default);
        }

        public IEnumerable<ConstraintViolation> Violations(int row)
        {
            _evaluator.Evaluate(row);
            return
            [
                .. from constraint in _constraints
                where ConstraintChecker.Applies(constraint.Rows, row, _trace.ActiveRows)
                let value = _evaluator.Value(constraint.Expression)
                where !value.IsZero
                select new ConstraintViolation(_trace.Table.Name, constraint.Name, row, value),
            ];
        }

        public Dictionary<Quintic, Message> Messages(int row)
        {
            _evaluator.Evaluate(row);
            var messages = new Dictionary<Quintic, Message>();
            foreach (Interaction interaction in _trace.Table.Interactions)
            {
                Quintic multiplicity = _evaluator.Value(interaction.Multiplicity);
                if (multiplicity.IsZero)
                    continue;
                Quintic key = BusChecker.Key(interaction, _evaluator);
                Quintic[] elements = [.. interaction.Message.Select(_evaluator.Value)];
                messages[key] = new Message(
                    _trace.Table.Name, row, interaction, elements, messages.GetValueOrDefault(key).Multiplicity + multiplicity);
            }
            return messages;
        }
    }
}
