namespace Fermat.Air;

/// <summary>The generated columns of one table's bus argument.</summary>
internal sealed record LogUpColumns(IReadOnlyList<InteractionGroup> Groups, Expr RunningSum, Expr? BlindOut, Expr? BlindIn);

/// <summary>
/// Generates the bus argument (LogUp, Haböck, ePrint 2022/1530): with random α, β drawn once everything a message is made of is committed,
/// the fingerprint of a message (m_0, …) on bus b is α + (b + 1) + Σ β^(i+1)·m_i. Each table commits helper columns that hold
/// Σ multiplicity / fingerprint of a few interactions, and their running sum; the sums over all tables total zero.
/// </summary>
/// <remarks>
/// What pins the prover: the helper equation holds on every active row, the running sum starts at zero on row 0, adds the row's helpers on
/// every transition, and on the last active row equals the table's public bus sum after adding that row's helpers. Tail rows are reached by none of these.
/// A message whose fingerprint is zero leaves its helper free; that is an error term of soundness, not a case the constraints handle.
/// </remarks>
internal static class LogUp
{
    /// <summary>Rows that carry blinding messages.</summary>
    public const int BlindRows = 5;

    public static IReadOnlyList<LogUpColumns?> Generate(CircuitBuilder circuit, IReadOnlyList<TableBuilder> tables, int phase)
    {
        if (tables.All(t => t.Interactions.Count == 0))
            return new LogUpColumns?[tables.Count];
        (Expr? Out, Expr? In)[] blinds = Blind(circuit, tables);
        Expr alpha = circuit.Challenge("lookup.alpha", phase - 1);
        Expr beta = circuit.Challenge("lookup.beta", phase - 1);
        return [.. tables.Select(t => Generate(t, phase, alpha, beta, blinds[t.Index]))];
    }

    /// <summary>
    /// A table's own bus sum would tell something about its messages, so it is masked: on rows i &lt; 5, table t sends (t, i) with a random multiplicity that
    /// table t + 1 receives. Five base-field multiplicities over five fingerprints make the sum uniform in the extension. The bus is used by
    /// nothing else, so free multiplicities there cannot help a prover elsewhere.
    /// </summary>
    private static (Expr? Out, Expr? In)[] Blind(CircuitBuilder circuit, IReadOnlyList<TableBuilder> tables)
    {
        var blinds = new (Expr? Out, Expr? In)[tables.Count];
        if (tables.Count == 1)
            return blinds;
        Bus bus = circuit.Bus("blind");
        foreach (TableBuilder table in tables)
        {
            int t = table.Index;
            Expr row = table.Selector(SelectorKind.BlindIndex);
            Expr here = table.Selector(SelectorKind.BlindSum);
            if (t < tables.Count - 1)
            {
                Expr column = table.Column("blind.out");
                table.Add(bus, "blind.out", here * column, [t, row], isSend: true, isGenerated: true);
                blinds[t].Out = column;
            }
            if (t > 0)
            {
                Expr column = table.Column("blind.in");
                table.Add(bus, "blind.in", -(here * column), [t - 1, row], isSend: false, isGenerated: true);
                blinds[t].In = column;
            }
        }
        return blinds;
    }

    private static LogUpColumns Generate(TableBuilder table, int phase, Expr alpha, Expr beta, (Expr? Out, Expr? In) blind)
    {
        List<List<LogUpTerm>> groups = Group(table.Interactions.Select(i => new LogUpTerm(i, alpha, beta)));
        var result = new List<InteractionGroup>();
        Expr rowSum = 0;
        foreach (List<LogUpTerm> group in groups)
        {
            string name = $"lookup.helper[{result.Count}]";
            Expr helper = table.ExtensionColumn(name, phase);
            (Expr numerator, Expr denominator) = LogUpTerm.Sum(group);
            table.Add(name, ConstraintRows.Every, helper * denominator - numerator, isGenerated: true);
            result.Add(new InteractionGroup([.. group.Select(g => g.Interaction)], helper, numerator, denominator));
            rowSum += helper;
        }
        Expr sum = table.ExtensionColumn("lookup.sum", phase);
        table.Add("lookup.sum starts at zero", ConstraintRows.First, sum, isGenerated: true);
        table.Add("lookup.sum adds the row", ConstraintRows.Transition, table.Next(sum) - sum - rowSum, isGenerated: true);
        table.Add("lookup.sum ends at the bus sum", ConstraintRows.Last, sum + rowSum - table.BusSum, isGenerated: true);
        return new LogUpColumns(result, sum, blind.Out, blind.In);
    }

    /// <summary>Each interaction joins the first group whose helper equation keeps its degree within the limit, else starts one.</summary>
    private static List<List<LogUpTerm>> Group(IEnumerable<LogUpTerm> terms)
    {
        var groups = new List<List<LogUpTerm>>();
        foreach (LogUpTerm term in terms)
        {
            List<LogUpTerm>? home = groups.FirstOrDefault(g => Degree([.. g, term]) <= TableBuilder.MaxDegree);
            if (home is not null)
                home.Add(term);
            else if (Degree([term]) <= TableBuilder.MaxDegree)
                groups.Add([term]);
            else
                throw new CircuitException($"message {term.Interaction.Name}: degree {Degree([term])} as a lookup, at most {TableBuilder.MaxDegree} is allowed");
        }
        return groups;
    }

    /// <summary>Degree of helper · Π denominators − Σ multiplicity · Π other denominators.</summary>
    private static int Degree(List<LogUpTerm> group)
    {
        int denominators = group.Sum(t => t.Degree);
        return Math.Max(1 + denominators, group.Max(t => t.Interaction.Multiplicity.Degree + denominators - t.Degree));
    }
}
