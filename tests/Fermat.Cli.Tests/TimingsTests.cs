using Fermat.Cli.Output;
using Fermat.Stark;

namespace Fermat.Cli.Tests;

/// <summary>Where the time went, as <c>--timings</c> tells it.</summary>
public sealed class TimingsTests
{
    [Fact]
    public void Table_shows_how_many_cores_were_busy()
    {
        var output = new StringWriter();
        var report = new ProverReport(
            [
                new StageTime(ProverStage.Extension, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), 2048),
                new StageTime(ProverStage.OutOfDomain, TimeSpan.Zero, TimeSpan.Zero, 0),
            ],
            TimeSpan.FromSeconds(3), 1 << 20, 123_456, 4096, 1_000_000);
        TimingsView.Print(new Terminal(output, TextWriter.Null, json: false), report, TimeSpan.FromSeconds(5));
        string[] lines = output.ToString().Split('\n');
        Assert.Equal(["extension", "2.0", "s", "3.0", "s", "1.50", "2.0", "KiB"], Words(lines.Single(line => line.StartsWith("extension", StringComparison.Ordinal))));
        Assert.Equal(["out", "of", "domain", "0", "ms", "0", "ms", "-", "0", "B"], Words(lines.Single(line => line.StartsWith("out of domain", StringComparison.Ordinal))));
        Assert.Equal(["book,", "tree", "and", "traces", "2.0", "s"], Words(lines.Single(line => line.StartsWith("book", StringComparison.Ordinal))));
        Assert.Contains(Show.Count(123_456) + " trace cells", output.ToString(), StringComparison.Ordinal);
    }

    private static string[] Words(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
