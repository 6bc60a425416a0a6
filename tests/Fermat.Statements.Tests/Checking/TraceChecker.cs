using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Statements.Tests.Checking;

/// <summary>What a wrong trace breaks.</summary>
/// <param name="Table">The table, or null for a bus.</param>
/// <param name="Name">The constraint or the bus.</param>
/// <param name="Row">The row, or −1 for a bus.</param>
internal sealed record Breach(string? Table, string Name, int Row)
{
    public override string ToString() => Table is null ? $"bus {Name}" : $"{Table}[{Row}]: {Name}";
}

/// <summary>
/// Checks a trace and, incrementally, what one changed cell breaks: only the rows that read the cell are evaluated again. Buses are compared by the sums of their
/// fractions at random α, β, so a bus that does not balance is seen but for a chance of about 2^-130.
/// </summary>
internal sealed class TraceChecker
{
    private readonly IReadOnlyList<TableTrace> traces;
    private readonly TableCheck[] tables;
    private readonly Dictionary<string, Quintic> sums = [];

    public TraceChecker(Circuit circuit, IReadOnlyList<TableTrace> traces, IReadOnlyList<Quintic> challenges)
    {
        this.traces = traces;
        tables = [.. traces.Select(trace => new TableCheck(trace, challenges))];
        foreach (Bus bus in circuit.Buses) sums[bus.Name] = Quintic.Zero;
    }

    /// <summary>All violated constraints (up to a limit) and unbalanced buses; remembers the bus sums for <see cref="Change"/>.</summary>
    public IReadOnlyList<Breach> CheckAll(int limit = 20)
    {
        var breaches = new List<Breach>();
        foreach (string bus in sums.Keys) sums[bus] = Quintic.Zero;
        foreach (TableCheck table in tables)
            for (int row = 0; row < table.Trace.ActiveRows; row++)
            {
                foreach (string name in table.Violations(row))
                    if (breaches.Count < limit) breaches.Add(new Breach(table.Trace.Table.Name, name, row));
                foreach ((string bus, Quintic sum) in table.Contributions(row)) sums[bus] += sum;
            }
        breaches.AddRange(Unbalanced(sums));
        return breaches;
    }

    /// <summary>Sets a cell, finds the first thing that breaks, and sets it back.</summary>
    public Breach? Change(int table, int phase, int row, int column, KoalaBear value)
    {
        Matrix matrix = traces[table].Phase(phase);
        KoalaBear honest = matrix[row, column];
        TableCheck check = tables[table];
        var changed = new Dictionary<string, Quintic>(sums);
        foreach ((string bus, Quintic sum) in check.Contributions(row)) changed[bus] -= sum;
        matrix[row, column] = value;
        try
        {
            foreach (int reader in (int[])[row, row - 1])
                if (reader >= 0 && check.Violations(reader).FirstOrDefault() is { } name) return new Breach(traces[table].Table.Name, name, reader);
            foreach ((string bus, Quintic sum) in check.Contributions(row)) changed[bus] += sum;
            return Unbalanced(changed).FirstOrDefault();
        }
        finally
        {
            matrix[row, column] = honest;
        }
    }

    private static IEnumerable<Breach> Unbalanced(Dictionary<string, Quintic> sums) =>
        sums.Where(pair => !pair.Value.IsZero).Select(pair => new Breach(null, pair.Key, -1));

    private sealed class TableCheck
    {
        private readonly Constraint[] constraints;
        private readonly Interaction[] interactions;
        private readonly RowEvaluator constraintValues;
        private readonly RowEvaluator messageValues;
        private readonly Quintic alpha;
        private readonly Quintic beta;

        public TableCheck(TableTrace trace, IReadOnlyList<Quintic> challenges)
        {
            Trace = trace;
            constraints = [.. trace.Table.Constraints.Where(c => !c.IsGenerated)];
            interactions = [.. trace.Table.Interactions.Where(i => !i.IsGenerated)];
            constraintValues = new RowEvaluator(trace, challenges, constraints.Select(c => c.Expression));
            messageValues = new RowEvaluator(trace, challenges, interactions.SelectMany(i => i.Message.Append(i.Multiplicity)));
            (alpha, beta) = (challenges[^2], challenges[^1]);
        }

        public TableTrace Trace { get; }

        public List<string> Violations(int row)
        {
            var names = new List<string>();
            bool last = row == Trace.ActiveRows - 1;
            constraintValues.Run(row);
            foreach (Constraint constraint in constraints)
            {
                bool holdsHere = constraint.Rows switch
                {
                    ConstraintRows.First => row == 0,
                    ConstraintRows.Last => last,
                    ConstraintRows.Transition => !last,
                    _ => true,
                };
                if (holdsHere && !constraintValues[constraint.Expression].IsZero) names.Add(constraint.Name);
            }
            return names;
        }

        public Dictionary<string, Quintic> Contributions(int row)
        {
            var into = new Dictionary<string, Quintic>();
            messageValues.Run(row);
            foreach (Interaction interaction in interactions)
            {
                Quintic multiplicity = messageValues[interaction.Multiplicity];
                if (multiplicity.IsZero) continue;
                Quintic fingerprint = alpha + new Quintic(KoalaBear.From(interaction.Bus.Index + 1));
                Quintic power = beta;
                foreach (Expr element in interaction.Message)
                {
                    fingerprint += power * messageValues[element];
                    power *= beta;
                }
                into[interaction.Bus.Name] = into.GetValueOrDefault(interaction.Bus.Name) + multiplicity * fingerprint.Inverse();
            }
            return into;
        }
    }
}
