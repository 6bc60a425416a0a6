using System.Diagnostics;

namespace Fermat.Repository.Tests;

/// <summary>What <c>./bench</c> says before it builds or runs anything. Here there is no <c>dotnet</c> to find, so that a bench that does not stop in time fails instead of running for minutes.</summary>
public sealed class BenchCommandTests
{
    private static string[] Names { get; } =
        [.. File.ReadLines(Path.Combine(Repository.Root, "benchmarks", "Fermat.Benchmarks", "names.txt")).Where(line => line.Contains('|') && line[0] != '#').Select(line => line.Split('|')[0].Trim())];

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    [InlineData("yardstick", "--json", "--help")]
    [InlineData("--list", "--help")]
    public void Help_teaches_and_runs_nothing(params string[] arguments)
    {
        (int code, string output, string errors) = Bench(arguments);
        Assert.Equal((0, ""), (code, errors));
        Assert.All(["./bench NAME…", "--json", "--list [NAME…]", "./bench kernels", "Exit codes: 0", .. Names.Select(n => $"\n  {n} ")], text => Assert.Contains(text, output));
    }

    [Fact]
    public void The_list_says_of_each_benchmark_what_it_takes()
    {
        (int code, string output, string errors) = Bench("--list");
        Assert.Equal((0, ""), (code, errors));
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Names, lines.Select(line => line.Trim().Split(' ')[0]));
        Assert.All(lines, line => Assert.Matches(@"^  \S+ +[1-9]\d* (s|min) +([1-9]\d* GiB)?  \S", line));
    }

    [Theory]
    [InlineData("solvency", "solvency.1k", "solvency.100k", "solvency.1m", "solvency.compact.100k")]
    [InlineData("rules.quick", "rules.quick.cross_tiered", "rules.quick.scenario_pm")]
    [InlineData("verify", "yardstick.fast")]
    [InlineData("lde", "lde")]
    public void A_name_means_what_begins_with_it(string name, params string[] means)
        => Assert.Equal(means, Bench("--list", name).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().Split(' ')[0]));

    [Theory]
    [InlineData("yardstik", "did you mean yardstick?")]
    [InlineData("yardstick.fats", "did you mean yardstick.fast?")]
    [InlineData("solvency.100k.prove", "did you mean solvency.100k?")]
    [InlineData("scenario_pm", "did you mean rules.scenario_pm, rules.quick.scenario_pm?")]
    [InlineData("verfy", "did you mean verify?")]
    [InlineData("nothing-like-it", "no benchmark is called 'nothing-like-it'\n")]
    [InlineData("--jsn", "no switch --jsn (--json?)")]
    [InlineData("--runs", "there are --json, --list, --help")]
    [InlineData("a b", "no benchmark is called 'a b'")]
    [InlineData("", "no benchmark is called ''")]
    public void A_name_or_switch_that_does_not_exist_is_refused_before_anything_is_built(string argument, string says)
    {
        foreach (string[] arguments in new string[][] { [argument], ["lde", argument], [argument, "--list"] })
        {
            (int code, string output, string errors) = Bench(arguments);
            Assert.Equal((2, ""), (code, output));
            Assert.Contains(says, errors);
            Assert.Contains("othing was run", errors);
        }
    }

    [Theory]
    [InlineData]
    [InlineData("lde")]
    [InlineData("kernels")]
    public void What_would_run_needs_the_sdk(params string[] arguments)
    {
        (int code, string output, string errors) = Bench(arguments);
        Assert.Equal((3, ""), (code, output));
        Assert.Contains(".NET 10 SDK", errors);
    }

    [Fact]
    public void Every_name_has_a_run()
    {
        string source = File.ReadAllText(Path.Combine(Repository.Root, "benchmarks", "Fermat.Benchmarks", "MacroBenchmarks.cs"));
        IEnumerable<string> runs = source.Split('\n').Where(line => line.StartsWith("        [\"", StringComparison.Ordinal)).Select(line => line.Split('"')[1]);
        Assert.Equal(Names.Order(), runs.Order());
    }

    private static (int Code, string Output, string Errors) Bench(params string[] arguments)
    {
        string tools = Directory.CreateTempSubdirectory("fermat-bench").FullName;
        try
        {
            foreach (string tool in (string[])["bash", "awk", "sed", "dirname"])
                File.CreateSymbolicLink(Path.Combine(tools, tool), Found(tool));
            var start = new ProcessStartInfo(Path.Combine(tools, "bash"), [Path.Combine(Repository.Root, "bench"), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
            start.Environment["PATH"] = tools;
            using Process process = Process.Start(start)!;
            Task<string> errors = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.GetAwaiter().GetResult());
        }
        finally
        {
            Directory.Delete(tools, true);
        }
    }

    private static string Found(string tool)
        => Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, tool)).First(File.Exists);
}
