using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>Computes the generated LogUp columns of a table: helpers and running sum.</summary>
public static class LogUpFiller
{
    /// <summary>Interaction groups evaluated by one strip program: their numerators and denominators stay in the second-level cache.</summary>
    internal const int GroupsPerProgram = 8;

    /// <summary>The most rows a task works on, and how many tasks a short table is cut into all the same.</summary>
    private const int MostRows = 1 << 13, LeastTasks = 4;

    /// <summary>The matrix of the LogUp phase and the table's bus sum. Tail rows are left zero; the same result whatever the number of threads.</summary>
    /// <param name="circuit">The circuit; it has messages.</param>
    /// <param name="trace">All earlier phases and public columns filled, blinding included.</param>
    /// <param name="challenges">All challenges of the circuit, in order.</param>
    /// <param name="cancellationToken">Stops between strips.</param>
    /// <exception cref="InvalidOperationException">A fingerprint is zero: a chance of about messages / 2^155.</exception>
    public static (Matrix Columns, Quintic BusSum) Fill(
        Circuit circuit, TableTrace trace, IReadOnlyList<Quintic> challenges, CancellationToken cancellationToken = default)
    {
        Table table = trace.Table;
        if (!table.HasBusSum)
            throw new InvalidOperationException($"circuit {circuit.Name} has no messages");
        var inputs = new StripInputs
        {
            Preprocessed = Whole(trace.Preprocessed),
            Public = Whole(trace.Public),
            Phases = [.. Enumerable.Range(0, circuit.LogUpPhase).Select(p => Whole(table.PhaseWidth(p) > 0 ? trace.Phase(p) : null))],
            Selectors = BlindSelectors(table, trace),
            Challenges = challenges,
        };
        BoundStrip[] programs = [.. table.LogUpPrograms.Select(p => p.Bind(inputs))];
        var matrix = new Matrix(trace.Height, table.PhaseWidth(circuit.LogUpPhase));
        int grain = GrainOf(trace.ActiveRows), ranges = (trace.ActiveRows + grain - 1) / grain;
        var sums = new Quintic[ranges];
        Parallelism.For(0, ranges, r =>
        {
            using var worker = new LogUpWorker(table, programs, matrix);
            sums[r] = worker.FillRange(r * grain, Math.Min((r + 1) * grain, trace.ActiveRows), cancellationToken);
        });
        Quintic total = default;
        for (int r = 0; r < ranges; r++)
            (sums[r], total) = (total, total + sums[r]);
        Parallelism.For(0, ranges, r => Accumulate(table, matrix, r * grain, Math.Min((r + 1) * grain, trace.ActiveRows), sums[r]));
        inputs.Selectors?.Matrix.Dispose();
        return (matrix, total);
    }

    /// <summary>Rows a task works on: a multiple of the strip.</summary>
    private static int GrainOf(int activeRows)
    {
        int strips = (activeRows + StripProgram.StripRows - 1) / StripProgram.StripRows;
        return StripProgram.StripRows * Math.Clamp(strips / LeastTasks, 1, MostRows / StripProgram.StripRows);
    }

    /// <summary>The programs whose outputs are the numerators and denominators of the groups, in turn.</summary>
    internal static StripProgram[] Compile(Table table) =>
    [
        .. table.Groups.Chunk(GroupsPerProgram).Select(groups =>
            StripProgram.Lower(table, [.. groups.SelectMany(g => new[] { g.Numerator, g.Denominator })])),
    ];

    private static StripMatrix? Whole(Matrix? matrix) => matrix is null ? (StripMatrix?)null : new StripMatrix(matrix);

    /// <summary>The values of the selectors on the rows themselves, where they are indicators; messages read no others than these.</summary>
    private static StripMatrix? BlindSelectors(Table table, TableTrace trace)
    {
        bool used = table.Graph.Reachable(table.Groups.SelectMany(g => new[] { g.Numerator.Id, g.Denominator.Id }))
            .Any(id => table.Graph[id].Kind == ExprKind.Selector);
        if (!used)
            return null;
        var selectors = new Matrix(trace.Height, Selectors.Columns);
        for (int row = 0; row < LogUp.BlindRows; row++)
        {
            selectors[row, (int)SelectorKind.BlindSum] = KoalaBear.One;
            selectors[row, (int)SelectorKind.BlindIndex] = KoalaBear.From(row);
        }
        selectors[0, (int)SelectorKind.First] = KoalaBear.One;
        selectors[trace.ActiveRows - 1, (int)SelectorKind.Last] = KoalaBear.One;
        return selectors;
    }

    /// <summary>Turns the rows' sums, left in the running-sum column, into the running sum before each row.</summary>
    private static void Accumulate(Table table, Matrix matrix, int from, int to, Quintic sum)
    {
        int offset = table.RunningSum!.Offset;
        for (int row = from; row < to; row++)
        {
            Span<KoalaBear> cell = matrix.Row(row).Slice(offset, Quintic.Degree);
            Quintic rowSum = Quintic.From(cell);
            sum.CopyTo(cell);
            sum += rowSum;
        }
    }
}
