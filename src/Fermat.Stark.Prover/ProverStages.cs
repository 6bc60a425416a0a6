using System.Diagnostics;
using Fermat.Algebra;

namespace Fermat.Stark;

/// <summary>Reports the stages of a proof as they run: progress to the caller, activities to whoever listens, times and memory for the report.</summary>
internal sealed class ProverStages
{
    /// <summary>The source of one activity for every run of a stage.</summary>
    public static readonly ActivitySource Activities = new("Fermat.Stark.Prover");

    private readonly IProgress<ProverProgress>? _progress;
    private readonly CancellationToken _cancellation;
    private readonly long _rows;
    private readonly int _total;
    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly long _allocatedBefore = GC.GetTotalAllocatedBytes();
    private readonly StageTime[] _stages = [.. Enum.GetValues<ProverStage>().Select(stage => new StageTime(stage, default, default, 0))];
    private long _peak;
    private int _done;

    /// <summary>Starts the clock.</summary>
    /// <param name="context">Whom to tell, and what cancels.</param>
    /// <param name="rows">Rows of all tables.</param>
    /// <param name="total">How many times <see cref="Run{T}"/> will be called.</param>
    public ProverStages(ProverContext context, long rows, int total)
    {
        _progress = context.Progress;
        _cancellation = context.CancellationToken;
        _rows = rows;
        _total = total;
    }

    /// <summary>Runs one step of a stage.</summary>
    public T Run<T>(ProverStage stage, Func<T> step)
    {
        _progress?.Report(new ProverProgress(stage, _done, _total, _rows));
        _cancellation.ThrowIfCancellationRequested();
        using Activity? activity = Activities.StartActivity(stage.ToString());
        long started = Stopwatch.GetTimestamp(), allocated = GC.GetTotalAllocatedBytes();
        TimeSpan processor = ProcessorTime();
        T result = step();
        ref StageTime time = ref _stages[(int)stage];
        time = time.Plus(new StageTime(stage, Stopwatch.GetElapsedTime(started), ProcessorTime() - processor, GC.GetTotalAllocatedBytes() - allocated));
        _peak = Math.Max(_peak, Matrix.LiveBytes);
        activity?.SetTag("fermat.rows", _rows);
        activity?.SetTag("fermat.matrix_bytes", Matrix.LiveBytes);
        _done++;
        return result;
    }

    /// <summary>Runs one step of a stage.</summary>
    public void Run(ProverStage stage, Action step) => Run(stage, () =>
    {
        step();
        return true;
    });

    /// <summary>The sum of it all.</summary>
    /// <param name="traceCells">Committed cells.</param>
    /// <param name="multiplications">What the proof could not do without.</param>
    public ProverReport Finish(long traceCells, long multiplications)
    {
        _progress?.Report(new ProverProgress(ProverStage.Queries, _total, _total, _rows));
        return new ProverReport([.. _stages], Stopwatch.GetElapsedTime(_started), _peak, traceCells, GC.GetTotalAllocatedBytes() - _allocatedBefore, multiplications);
    }

    private static TimeSpan ProcessorTime() =>
        OperatingSystem.IsBrowser() || OperatingSystem.IsIOS() || OperatingSystem.IsTvOS() ? TimeSpan.Zero : Environment.CpuUsage.TotalTime;
}
