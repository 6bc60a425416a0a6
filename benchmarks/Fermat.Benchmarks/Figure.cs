using System.Text.Json.Nodes;

namespace Fermat.Benchmarks;

/// <summary>One printed figure of a macro benchmark.</summary>
/// <param name="Name">Stable name, e.g. <c>solvency.100k.prove</c>.</param>
/// <param name="Value">The median.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Target">The goal, with its direction ("≤ 120"), or null.</param>
/// <param name="Runs">How many runs the median is over.</param>
/// <param name="MachineShare">Share of the machine's own measured limit, if the figure has one.</param>
/// <param name="PeakMemoryMiB">Peak resident memory of the process so far.</param>
/// <param name="Parameters">What was run.</param>
/// <param name="ProvenBits">Proven bits of the proof, if one was made.</param>
internal sealed record Figure(
    string Name, double Value, string Unit, string? Target = null, int Runs = 1, double? MachineShare = null, long PeakMemoryMiB = 0, string Parameters = "", double? ProvenBits = null)
{
    public static string Commit { get; } = Environment.GetEnvironmentVariable("FERMAT_COMMIT") ?? "unknown";

    public JsonObject ToJson() => new()
    {
        ["name"] = Name,
        ["value"] = Math.Round(Value, 3),
        ["unit"] = Unit,
        ["target"] = Target,
        ["runs"] = Runs,
        ["machineShare"] = MachineShare is { } share ? Math.Round(share, 3) : null,
        ["peakMemoryMiB"] = PeakMemoryMiB,
        ["parameters"] = Parameters,
        ["provenBits"] = ProvenBits,
        ["commit"] = Commit,
    };
}
