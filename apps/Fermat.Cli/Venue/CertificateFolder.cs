using System.Globalization;
using Fermat.Cli.Output;
using Fermat.Cli.Parameters;
using Fermat.Statements.Parameters;
using Fermat.Statements.Transitions;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary>The folder in which a venue's proofs are: for each batch <c>batch-FIRST-LAST.proof</c> and <c>batch-FIRST-LAST.statement.json</c>, and where it has them <c>.order.proof</c> and <c>.shares.proof</c>. The statement is written last, so a batch that has one has all. For each update of parameters <c>parameters-HEIGHT.statement.json</c>.</summary>
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

    public string OrderOf(BatchRange batch) => Path.Combine(_folder, Name(batch) + VerifyBatchCommand.OrderEnd);

    public string SharesOf(BatchRange batch) => Path.Combine(_folder, Name(batch) + VerifyBatchCommand.SharesEnd);

    public void Write(BatchRange batch, BatchProofs proofs)
    {
        Files.Write(ProofOf(batch), proofs.Proof);
        if (proofs.Order is { } order) Files.Write(OrderOf(batch), order);
        if (proofs.Shares is { } shares) Files.Write(SharesOf(batch), shares);
        Files.Write(StatementOf(batch), TransitionStatementFile.Write(proofs.Inputs));
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
