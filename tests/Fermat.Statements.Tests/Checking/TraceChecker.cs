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

    /// <summary>All violated constraints (up to a limit) and unbalanced buses.</summary>
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
    /// <param name="column">The column.</param>
    /// <param name="row">The row.</param>
    /// <param name="cell">The cell's place in the row.</param>
    /// <param name="value">What it becomes.</param>
    /// <param name="ignored">Buses that a liar could balance again elsewhere, such as those of range tables.</param>
    public Breach? Change(ColumnInfo column, int row, int cell, KoalaBear value, IReadOnlySet<string>? ignored = null)
    {
        Matrix matrix = traces[column.Table].Phase(column.Phase);
        KoalaBear honest = matrix[row, cell];
        TableCheck check = tables[column.Table];
        Dictionary<string, Quintic> before = check.Contributions(row, column);
        matrix[row, cell] = value;
        try
        {
            if (check.FirstViolation(row, column) is { } breach) return breach;
            Dictionary<string, Quintic> after = check.Contributions(row, column);
            foreach (string bus in before.Keys.Union(after.Keys))
                if (ignored?.Contains(bus) != true && before.GetValueOrDefault(bus) != after.GetValueOrDefault(bus)) return new Breach(null, bus, -1);
            return null;
        }
        finally
        {
            matrix[row, cell] = honest;
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
        private readonly Dictionary<ColumnInfo, List<Constraint>> readHere = [], readNext = [];
        private readonly Dictionary<ColumnInfo, List<Interaction>> messagesOf = [];
        private readonly Quintic alpha;
        private readonly Quintic beta;

        public TableCheck(TableTrace trace, IReadOnlyList<Quintic> challenges)
        {
            Trace = trace;
            constraints = [.. trace.Table.Constraints.Where(c => !c.IsGenerated)];
            interactions = [.. trace.Table.Interactions.Where(i => !i.IsGenerated)];
            constraintValues = new RowEvaluator(trace, challenges, constraints.Select(c => c.Expression));
            messageValues = new RowEvaluator(trace, challenges, interactions.SelectMany(i => i.Message.Append(i.Multiplicity)));
            foreach (Constraint constraint in constraints)
            {
                (HashSet<ColumnInfo> here, HashSet<ColumnInfo> next) = constraintValues.Reads([constraint.Expression]);
                foreach (ColumnInfo column in here) Add(readHere, column, constraint);
                foreach (ColumnInfo column in next) Add(readNext, column, constraint);
            }
            foreach (Interaction interaction in interactions)
                foreach (ColumnInfo column in messageValues.Reads(interaction.Message.Append(interaction.Multiplicity)).Here) Add(messagesOf, column, interaction);
            (alpha, beta) = (challenges[^2], challenges[^1]);
        }

        public TableTrace Trace { get; }

        public IEnumerable<string> Violations(int row) => Violations(row, constraints);

        /// <summary>The first constraint that a changed cell violates, on its own row or on the one before.</summary>
        public Breach? FirstViolation(int row, ColumnInfo column)
        {
            if (Violations(row, readHere.GetValueOrDefault(column) ?? []).FirstOrDefault() is { } here) return new Breach(Trace.Table.Name, here, row);
            return row > 0 && Violations(row - 1, readNext.GetValueOrDefault(column) ?? []).FirstOrDefault() is { } before
                ? new Breach(Trace.Table.Name, before, row - 1)
                : null;
        }

        public Dictionary<string, Quintic> Contributions(int row) => Contributions(row, interactions);

        public Dictionary<string, Quintic> Contributions(int row, ColumnInfo column) => Contributions(row, messagesOf.GetValueOrDefault(column) ?? []);

        private IEnumerable<string> Violations(int row, IEnumerable<Constraint> some)
        {
            bool last = row == Trace.ActiveRows - 1;
            constraintValues.MoveTo(row);
            foreach (Constraint constraint in some)
            {
                bool holdsHere = constraint.Rows switch
                {
                    ConstraintRows.First => row == 0,
                    ConstraintRows.Last => last,
                    ConstraintRows.Transition => !last,
                    _ => true,
                };
                if (holdsHere && !constraintValues[constraint.Expression].IsZero) yield return constraint.Name;
            }
        }

        private Dictionary<string, Quintic> Contributions(int row, IEnumerable<Interaction> some)
        {
            var into = new Dictionary<string, Quintic>();
            messageValues.MoveTo(row);
            foreach (Interaction interaction in some)
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

        private static void Add<T>(Dictionary<ColumnInfo, List<T>> map, ColumnInfo column, T item)
        {
            if (!map.TryGetValue(column, out List<T>? list)) map.Add(column, list = []);
            list.Add(item);
        }
    }
}
