using System.Diagnostics;

namespace Fermat.Repository.Tests;

/// <summary>The program in the README of <c>Fermat.Stark</c> is the one in <c>examples/library</c>, and does what the README says.</summary>
public sealed class LibraryExampleTests
{
    private static string Readme { get; } = File.ReadAllText(Path.Combine(Repository.Root, "src", "Fermat.Stark.Prover", "README.md"));

    [Fact]
    public void The_readme_shows_the_compiled_program()
    {
        string program = File.ReadAllText(Path.Combine(Repository.Root, "examples", "library", "Program.cs"));
        Assert.Equal(program, Block("csharp"));
        Assert.InRange(program.Split('\n').Length - 1, 1, 60);
    }

    [Fact]
    public void The_program_prints_what_the_readme_says()
    {
        string example = Path.Combine(AppContext.BaseDirectory, "Fermat.Examples.Library.dll");
        using Process process = Process.Start(new ProcessStartInfo("dotnet", [example]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string errors = process.StandardError.ReadToEnd(), output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal("", errors);
        Assert.Equal(0, process.ExitCode);
        string[] got = output.Split('\n', StringSplitOptions.RemoveEmptyEntries), promised = Block("text").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, got.Length);
        Assert.Matches(@"^a proof of 1[5-9]\d KiB: accepted with 100 proven bits$", got[0]); // queries that coincide make it shorter, by chance
        Assert.Equal(promised[1..], got[1..]);
    }

    private static string Block(string language)
    {
        string opening = $"```{language}\n";
        int start = Readme.IndexOf(opening, StringComparison.Ordinal) + opening.Length;
        return Readme[start..Readme.IndexOf("```\n", start, StringComparison.Ordinal)];
    }
}
