using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>What the prover checks before and while it works, so that nobody waits for a proof that would be rejected.</summary>
internal static class TraceCheck
{
    /// <summary>Traces, circuit and options fit each other.</summary>
    /// <exception cref="ProverException">They do not.</exception>
    public static void Shapes(Circuit circuit, IReadOnlyList<TableTrace> traces, ProofOptions options, ITraceExtender? extender)
    {
        if (traces.Count != circuit.Tables.Count)
            throw new ProverException(ProverError.TraceShape, $"{traces.Count} traces for the {circuit.Tables.Count} tables of {circuit.Name}");
        foreach (Table table in circuit.Tables)
        {
            TableTrace trace = traces[table.Index];
            if (!ReferenceEquals(trace.Table, table))
            {
                throw new ProverException(
                    ProverError.TraceShape, $"trace {table.Index} is one of table {trace.Table.Name}, not of {table.Name} of this circuit");
            }


            if (trace.TailRows != options.TailRows)
            {
                throw new ProverException(
                    ProverError.TraceShape, $"table {table.Name}: the trace leaves {trace.TailRows} tail rows, the options ask for {options.TailRows}");
            }

            if (trace.LogHeight < table.MinLogHeight || trace.LogHeight > table.MaxLogHeight)
            {
                throw new ProverException(
                    ProverError.TraceShape, $"table {table.Name}: log height {trace.LogHeight} is outside {table.MinLogHeight}..{table.MaxLogHeight}");
            }

            for (int phase = 1; phase < circuit.Phases; phase++)
            {
                if (extender is null && phase != circuit.LogUpPhase && table.PhaseWidth(phase) > 0)
                    throw new ProverException(ProverError.TraceShape, $"table {table.Name} has columns in phase {phase} but there is no extender to fill them");
            }
        }

        if (options.Validate([.. traces.Select(trace => trace.LogHeight)]) is { } failure) throw new ProverException(ProverError.Options, failure);
    }

    /// <summary>The bus sums add up to zero.</summary>
    /// <exception cref="ProverException">They do not.</exception>
    public static void BusSums(ReadOnlySpan<Quintic> sums)
    {
        Quintic total = Quintic.Zero;
        foreach (Quintic sum in sums) total += sum;
        if (!total.IsZero)
        {
            throw new ProverException(
                ProverError.BusesUnbalanced, "the messages of the tables do not balance; the constraint checker names those that do not cancel");
        }
    }

    /// <summary>Every table's constraints hold, as the verifier will see it.</summary>
    /// <exception cref="ProverException">Those of a table do not.</exception>
    public static void Constraints(OutOfDomainCheck check, Quintic point)
    {
        if ((check.Point(point) ?? check.Tables(point)) is { } rejection)
        {
            throw new ProverException(
                ProverError.ConstraintsViolated, $"{rejection.Part}: the trace violates a constraint; the constraint checker names it and the rows");
        }
    }
}
