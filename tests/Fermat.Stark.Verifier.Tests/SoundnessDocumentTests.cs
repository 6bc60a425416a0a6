using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Fermat.Hashing;
using static Fermat.Stark.Tests.SoundnessFixtures;

namespace Fermat.Stark.Tests;

/// <summary>The tables of docs/protocol/SOUNDNESS.md are what the code computes.</summary>
public sealed class SoundnessDocumentTests
{
    private static string DocumentPath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "docs", "protocol", "SOUNDNESS.md");

    private static string Document() => File.ReadAllText(DocumentPath());

    private static string Row(int tallest, ProofProfile profile, int bits)
    {
        CircuitShape wanted = Typical(tallest);
        var row = new StringBuilder();
        row.Append(CultureInfo.InvariantCulture, $"| 2^{tallest} | {profile} (1/{1 << (int)profile}) | {bits} | ");
        try
        {
            (ProofOptions options, CircuitShape shape) = Profiles.Fit(profile, bits, wanted, [0, 0, 0]);
            SoundnessReport report = Soundness.Compute(new SoundnessInput(shape, options));
            string regime = report.Best.Multiplicity > 0 ? $"Johnson, m = {report.Best.Multiplicity}" : "unique decoding";
            SoundnessTerm next = report.Best.Terms.Where(term => !term.Name.Contains("queries", StringComparison.Ordinal)).MinBy(term => term.Bits)!;
            row.Append(CultureInfo.InvariantCulture, $"{options.Queries} | {options.TailRows} | 2^{shape.LogHeights.Min()} | {regime} | ");
            row.Append(CultureInfo.InvariantCulture, $"{report.UniqueDecoding.Bits} / {report.Johnson.Bits} | {next.Name}, {next.Bits:F1} |");
        }
        catch (ArgumentException)
        {
            row.Append("none | | | | | out of reach |");
        }
        return row.ToString();
    }

    [Fact]
    public void The_table_of_profiles_is_the_codes()
    {
        var table = new StringBuilder();
        foreach (int bits in new[] { Profiles.StandardBits, Profiles.HighBits })
        {
            foreach (int tallest in new[] { 11, 16, 19, 21 })
            {
                foreach (ProofProfile profile in Enum.GetValues<ProofProfile>()) table.Append(Row(tallest, profile, bits)).Append('\n');
            }
        }
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1") Replace(table.ToString());
        Assert.Contains(table.ToString(), Document(), StringComparison.Ordinal);
    }

    private static void Replace(string table)
    {
        string[] lines = File.ReadAllLines(DocumentPath());
        int first = Array.FindIndex(lines, line => line.StartsWith("| 2^", StringComparison.Ordinal));
        int end = Array.FindIndex(lines, first, line => !line.StartsWith("| 2^", StringComparison.Ordinal));
        File.WriteAllText(DocumentPath(), string.Concat(lines[..first].Select(line => line + '\n')) + table + string.Concat(lines[end..].Select(line => line + '\n')));
    }

    [Fact]
    public void The_document_names_every_theorem()
    {
        string document = Document();
        SoundnessReport report = Soundness.Compute(new SoundnessInput(Typical(16), Options(2, 90, hash: CommitmentHash.Blake3)));
        foreach (SoundnessTerm term in report.UniqueDecoding.Terms.Concat(report.Johnson.Terms))
        {
            foreach (string word in term.Theorem.Split(' ', ',', ';').Where(word => word.Contains('/', StringComparison.Ordinal)))
                Assert.Contains(word, document, StringComparison.Ordinal);
        }
    }
}
