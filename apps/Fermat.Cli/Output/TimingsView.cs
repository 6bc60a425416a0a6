using System.Globalization;
using System.Text.Json.Nodes;
using Fermat.Stark;

namespace Fermat.Cli.Output;

/// <summary>Where the time and memory of a proof went, stage by stage: for a person and for machines.</summary>
internal static class TimingsView
{
    /// <summary>A table: wall-clock time, processor time, how busy the cores were, managed memory allocated.</summary>
    /// <param name="terminal">Where to.</param>
    /// <param name="report">What the prover reported; null prints nothing.</param>
    /// <param name="elapsed">Wall-clock time of the whole command: what is not the prover's went into the book, its tree and traces.</param>
    public static void Print(Terminal terminal, ProverReport? report, TimeSpan elapsed)
    {
        if (report is null)
            return;
        terminal.Say(Row("stage", "time", "processor", "cores", "allocated"));
        terminal.Say(Row("book, tree and traces", Show.Duration(elapsed - report.Total), "", "", ""));
        foreach (StageTime stage in report.Stages)
            terminal.Say(Row(Show.Words(stage.Stage, " "), Show.Duration(stage.Elapsed), Show.Duration(stage.ProcessorTime), Cores(stage), Show.Bytes(stage.AllocatedBytes)));
        terminal.Say(Row("total", Show.Duration(elapsed), "", "", Show.Bytes(report.AllocatedBytes)));
        terminal.Say($"{Show.Count(report.TraceCells)} trace cells; matrices at most {Show.Bytes(report.PeakMatrixBytes)}, the process at most {Show.Bytes(PeakMemory())}");
    }

    /// <summary>The stages, in order.</summary>
    public static JsonArray ToJson(ProverReport? report) => new([.. (report?.Stages ?? []).Select(stage => (JsonNode)new JsonObject
    {
        ["stage"] = stage.Stage.ToString(),
        ["seconds"] = Math.Round(stage.Elapsed.TotalSeconds, 3),
        ["processorSeconds"] = Math.Round(stage.ProcessorTime.TotalSeconds, 3),
        ["allocatedBytes"] = stage.AllocatedBytes,
    })]);

    /// <summary>The most memory the process has held, in bytes: the system's figure, native memory included.</summary>
    public static long PeakMemory()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    /// <summary>How many cores were busy on average; a dash where the clock is too coarse to tell.</summary>
    private static string Cores(StageTime stage) => stage.Elapsed.TotalMilliseconds < 1 ? "-" : (stage.CoresPercent / 100m).ToString("F2", CultureInfo.InvariantCulture);

    private static string Row(string stage, string time, string processor, string cores, string allocated)
        => string.Create(CultureInfo.InvariantCulture, $"{stage,-24} {time,10} {processor,10} {cores,6} {allocated,11}").TrimEnd();
}
