using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;

namespace Fermat.Cli.Tests;

/// <summary>Runs the command line in this process, as a person would from a shell.</summary>
internal static class Cli
{
    public static string Root { get; } = FindRoot();

    public static string ExampleBook { get; } = Path.Combine(Root, "examples", "exchange-sample", "book.json");

    public static Answer Run(params string[] arguments)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        int exitCode = CommandLine.Run(arguments, output, error, new Configuration.Settings(_ => null));
        return new Answer(exitCode, output.ToString(), error.ToString());
    }

    private static string FindRoot([CallerFilePath] string path = "")
    {
        for (var directory = new DirectoryInfo(Path.GetDirectoryName(path)!); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "Fermat.slnx")))
                return directory.FullName;
        throw new DirectoryNotFoundException(path);
    }

    internal sealed record Answer(int ExitCode, string Output, string Error)
    {
        public JsonObject Json => JsonNode.Parse(Output)!.AsObject();

        public string FirstCode => Json["errors"]![0]!["code"]!.GetValue<string>();
    }
}

/// <summary>A directory that goes with the test.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("fermat-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
