using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark;

/// <summary>Step 2 of the prover: fills, extends and commits the columns of one phase after the other.</summary>
internal sealed class PhaseProver(
    ProofShape shape,
    IReadOnlyList<TableTrace> traces,
    TableTails[] tails,
    IPublicTables publics,
    ITraceExtender? extender,
    ProverRandomness randomness,
    ProverStages stages,
    CancellationToken ct)
{
    private readonly Circuit _circuit = shape.Circuit;
    private readonly TableSteps _steps = TableSteps.Of(shape);

    /// <summary>The bus sum of each table, after the last phase; empty in a circuit without messages.</summary>
    public Quintic[] BusSums { get; } = new Quintic[shape.HasBusSums ? shape.LogHeights.Length : 0];

    /// <summary>How often <see cref="ProverStages.Run{T}"/> is called in all phases.</summary>
    public static int StepCount(ProofShape shape)
    {
        int filling = shape.Circuit.Tables.Count, extending = TableSteps.Of(shape).Steps.Length;
        return Enumerable.Range(0, shape.Circuit.Phases)
            .Sum(phase => (phase == shape.Circuit.LogUpPhase ? extending : filling) + extending + (shape.HasPhase(phase) ? 1 : 0));
    }

    /// <summary>One phase; null if no table has columns in it.</summary>
    /// <param name="phase">The phase, called in order.</param>
    /// <param name="challenges">All challenges drawn so far.</param>
    public Commitment? Commit(int phase, ReadOnlySpan<Quintic> challenges)
    {
        Quintic[] drawn = challenges.ToArray();
        bool last = phase == _circuit.Phases - 1;
        var extended = new Matrix?[_circuit.Tables.Count];
        try
        {
            if (phase == 0) BusBlinding.Fill(_circuit, traces, randomness);

            // Columns may depend on other tables' columns, but those of the LogUp phase do not: there, each trace is freed as soon as it is extended.
            if (phase != _circuit.LogUpPhase)
            {
                foreach (Table table in _circuit.Tables) stages.Run(ProverStage.Filling, () => Fill(phase, table, drawn));
            }

            foreach (int[] tables in _steps.Steps)
            {
                if (phase == _circuit.LogUpPhase)
                    stages.Run(ProverStage.Filling, () => TableSteps.Each(tables, table => BusSums[table] = FillLogUp(traces[table], drawn), ct));
                stages.Run(ProverStage.Extension, () => TableSteps.Each(tables, table => extended[table] = Extend(phase, _circuit.Tables[table]), ct));
                if (!last) continue;
                foreach (int table in tables) ReleaseTrace(traces[table]);
            }

            int index = shape.PhaseCommitment(phase);
            if (index < 0) return null;
            return stages.Run(ProverStage.Commitment, () => Commitment.Create(shape.Commitments[index], extended, shape.Options.Hash, randomness, ct));
        }
        catch
        {
            foreach (Matrix? matrix in extended) matrix?.Dispose();
            throw;
        }
    }

    /// <summary>Fills in the public columns of a phase, before it is committed; gives the digest of each table that has some.</summary>
    /// <param name="phase">The phase, called in order.</param>
    /// <param name="challenges">All challenges drawn so far.</param>
    public Digest[] FillPublic(int phase, ReadOnlySpan<Quintic> challenges)
    {
        var digests = new List<Digest>();
        foreach (Table table in shape.TablesWithPublicColumns(phase))
        {
            TableTrace trace = traces[table.Index];
            publics.Fill(table.Index, phase, trace.ActiveRows, challenges, trace.Public!);
            digests.Add(PublicColumns.DigestOf(table, phase, trace.Public!));
        }

        return [.. digests];
    }

    private void Fill(int phase, Table table, Quintic[] challenges)
    {
        if (phase > 0 && table.PhaseWidth(phase) > 0)
            extender!.FillPhase(phase, table.Index, challenges, traces);
    }

    private Quintic FillLogUp(TableTrace trace, Quintic[] challenges)
    {
        (Matrix columns, Quintic sum) = LogUpFiller.Fill(_circuit, trace, challenges, ct);
        trace.SetPhase(_circuit.LogUpPhase, columns);
        return sum;
    }

    private Matrix? Extend(int phase, Table table)
    {
        if (table.PhaseWidth(phase) == 0) return null;
        TableTrace trace = traces[table.Index];
        Matrix columns = trace.Phase(phase);
        TailFiller.Fill(randomness, table.Index, phase, columns, trace.ActiveRows);
        tails[table.Index].KeepPhase(phase, columns, trace.ActiveRows);
        return Lde.Extend(columns, shape.Options.BlowupLog2, TraceDomain.CosetShift, ct);
    }

    private void ReleaseTrace(TableTrace trace)
    {
        for (int phase = 0; phase < _circuit.Phases; phase++) trace.Release(phase);
    }
}
