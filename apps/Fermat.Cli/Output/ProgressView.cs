using System.Diagnostics;
using Fermat.Statements.Proving;
using Spectre.Console;

namespace Fermat.Cli.Output;

/// <summary>
/// Shows how far a proof is, on standard error: stage, rows, time left. On a terminal one line is rewritten in place; in a log a line comes with each part and each ten per cent.
/// The time left is extrapolated from the steps done and is a guess.
/// </summary>
internal sealed class ProgressView : IProgress<SolvencyProgress>, IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    /// <summary>Share of the book's first pass, and the share of a segment that lies before each of its stages, in per cent; measured on books of 185 and 100,000 accounts.</summary>
    private const double FirstPass = 8;

    private static readonly Dictionary<SolvencyStage, (double Start, double Length)> Shares = new()
    {
        [SolvencyStage.Accounts] = (0, 6),
        [SolvencyStage.Hashes] = (6, 7),
        [SolvencyStage.Proving] = (13, 87),
    };

    private readonly Lock _gate = new();
    private readonly Terminal _terminal;
    private readonly string _part;
    private readonly bool _inPlace;
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _lastDrawn;
    private string _lastStage = "";
    private SolvencyStage? _lastPart;
    private double _lastPercent;
    private bool _drawn;

    public ProgressView(Terminal terminal, string part = "segment")
    {
        _part = part;
        _terminal = terminal;
        _inPlace = terminal.Progress.Profile.Capabilities.Ansi && terminal.Progress.Profile.Capabilities.Interactive;
    }

    public void Report(SolvencyProgress value)
    {
        lock (_gate)
        {
            string of = value.Segments > 1 ? $"{_part} {value.Segment + 1} of {value.Segments}: " : "";
            string stage = of + (value.Prover is { } prover ? $"proving: {Show.Words(prover.Stage, " ")}" : Show.Words(value.Stage, " "));
            long now = Stopwatch.GetTimestamp();
            double percent = Percent(value);
            bool due = _inPlace
                ? stage != _lastStage || Stopwatch.GetElapsedTime(_lastDrawn, now) >= Interval
                : value.Stage != _lastPart || percent >= _lastPercent + 10;
            if (!due)
                return;
            (_lastDrawn, _lastStage, _lastPart, _lastPercent) = (now, stage, value.Stage, percent);
            Draw(stage, value, percent, now);
        }
    }

    public void Dispose()
    {
        if (_inPlace && _drawn)
            _terminal.ErrorWriter.Write("\r\u001b[K");
    }

    private static double Percent(SolvencyProgress value)
    {
        double done = value.Total > 0 ? (double)value.Done / value.Total : 0;
        if (!Shares.TryGetValue(value.Stage, out (double Start, double Length) share))
            return value.Stage == SolvencyStage.Checking ? (FirstPass - 1) * done : FirstPass - 1 + done;
        double segment = (share.Start + share.Length * done) / 100;
        return Math.Min(99, FirstPass + (100 - FirstPass) * (value.Segment + segment) / Math.Max(value.Segments, 1));
    }

    private void Draw(string stage, SolvencyProgress value, double percent, long now)
    {
        TimeSpan elapsed = Stopwatch.GetElapsedTime(_started, now);
        string left = percent >= 5 && elapsed.TotalSeconds >= 1 ? $", about {Show.Duration(elapsed * ((100 - percent) / percent))} left" : "";
        string rows = value.Prover is { } prover ? $"{Show.Count(prover.Rows)} rows" : $"{Show.Count(value.Done)} of {Show.Count(value.Total)}";
        string line = $"{percent,3:F0} %  {stage}  ({rows})  {Show.Duration(elapsed)}{left}";
        if (_inPlace)
            _terminal.ErrorWriter.Write($"\r\u001b[K{line}");
        else
            _terminal.ErrorWriter.WriteLine(line);
        _drawn = true;
    }
}
