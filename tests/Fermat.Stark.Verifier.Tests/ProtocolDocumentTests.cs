using System.Reflection;
using System.Runtime.CompilerServices;

namespace Fermat.Stark.Tests;

/// <summary>docs/PROTOCOL.md names what the code has.</summary>
public class ProtocolDocumentTests
{
    private static readonly string Text = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "PROTOCOL.md"));

    [Fact]
    public void Every_rejection_is_in_the_table_in_order()
    {
        string[] rows = [.. Text.Split('\n').Where(line => line.StartsWith("| ", StringComparison.Ordinal)).Select(line => line.Split('|'))
            .Where(cells => cells.Length == 5).Select(cells => cells[2].Trim(' ', '`'))
            .Where(name => Enum.GetNames<RejectionCode>().Contains(name))];
        Assert.Equal(Enum.GetNames<RejectionCode>(), rows);
    }

    [Fact]
    public void Every_label_is_named()
    {
        string[] labels = [.. typeof(Labels).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetValue(null)!)];
        Assert.NotEmpty(labels);
        Assert.Equal(labels.Length, labels.Distinct().Count());
        Assert.All(labels, label => Assert.True(Text.Contains($"\"{label}\"", StringComparison.Ordinal) || Text.Contains($"`{label}`", StringComparison.Ordinal), label));
    }

    [Fact]
    public void Constants_are_those_of_the_code()
    {
        Assert.Contains($"`{System.Text.Encoding.ASCII.GetString(ProofFormat.Magic)}`", Text, StringComparison.Ordinal);
        Assert.Contains($"| version | 2 | {ProofFormat.Version} |", Text, StringComparison.Ordinal);
        Assert.Contains($"| options | {ProofOptions.EncodedLength} |", Text, StringComparison.Ordinal);
    }

    private static string RepositoryRoot([CallerFilePath] string path = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "..", ".."));
}
