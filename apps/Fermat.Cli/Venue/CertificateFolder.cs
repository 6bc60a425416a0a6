using System.Globalization;
using Fermat.Cli.Output;
using Fermat.Cli.Parameters;
using Fermat.Statements.Parameters;
using Fermat.Statements.Transitions;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary>The folder in which a venue's proofs are: for each batch <c>batch-FIRST-LAST.proof</c> and <c>batch-FIRST-LAST.statement.json</c>. The statement is written last, so a batch that has one has both. For each update of parameters <c>parameters-HEIGHT.statement.json</c>.</summary>
internal sealed class CertificateFolder : ICertificateStore
{
    private const string Prefix = "batch-", ProofEnd = ".proof", StatementEnd = ".statement.json";
    private readonly string _folder;
    private readonly List<BatchRange> _proven = [];

    public CertificateFolder(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        foreach (string path in Directory.EnumerateFiles(folder, Prefix + "*" + StatementEnd).Order(StringComparer.Ordinal))
        {
            string[] parts = Path.GetFileName(path)[Prefix.Length..^StatementEnd.Length].Split('-');
            if (parts.Length == 2 && Height(parts[0], out ulong first) && Height(parts[1], out ulong last) && first <= last && File.Exists(ProofOf(new BatchRange(first, last)))) _proven.Add(new BatchRange(first, last));
        }
    }

    public IReadOnlyCollection<BatchRange> Proven => _proven;

    public string ProofOf(BatchRange batch) => Path.Combine(_folder, Name(batch) + ProofEnd);

    public string StatementOf(BatchRange batch) => Path.Combine(_folder, Name(batch) + StatementEnd);

    public void Write(BatchRange batch, TransitionInputs inputs, ReadOnlyMemory<byte> proof)
    {
        Files.Write(ProofOf(batch), proof.Span);
        Files.Write(StatementOf(batch), TransitionStatementFile.Write(inputs));
        _proven.Add(batch);
    }

    public string StatementOf(ulong height) => Path.Combine(_folder, ProveParametersCommand.NameAt(height));

    public bool Keep(ulong height, ParameterUpdate update)
    {
        string path = StatementOf(height);
        if (File.Exists(path)) return false;
        Files.Write(path, ParameterStatementFile.Write(update));
        return true;
    }

    private static string Name(BatchRange batch) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{batch.First:D12}-{batch.Last:D12}");

    private static bool Height(string text, out ulong height) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out height);
}
