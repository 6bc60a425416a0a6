using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat version</c>: what a bug report needs.</summary>
internal static class VersionCommand
{
    public static void Add(Command root, AddCommand add)
        => add(root, new Command("version", "Version, runtime and the vector instructions in use."), Run);

    public static string Version { get; } =
        typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static int Run(ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        string vectors = Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : System.Runtime.Intrinsics.Vector256.IsHardwareAccelerated ? "Vector256" : "scalar";
        terminal.Say($"fermat {Version}");
        terminal.Say($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier}, {Environment.ProcessorCount} cores, {vectors}");
        terminal.Answer(new JsonObject
        {
            ["ok"] = true,
            ["version"] = Version,
            ["runtime"] = RuntimeInformation.FrameworkDescription,
            ["platform"] = RuntimeInformation.RuntimeIdentifier,
            ["cores"] = Environment.ProcessorCount,
            ["vectors"] = vectors,
        });
        return ExitCodes.Ok;
    }
}
