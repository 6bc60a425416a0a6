using System.Globalization;
using Fermat.Cli.Output;
using Fermat.Cli.Parameters;
using Fermat.Stark;
using Fermat.Statements;
using Fermat.Statements.Parameters;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary>The folder in which a venue's proofs are: for each batch <c>batch-FIRST-LAST.proof</c> and <c>batch-FIRST-LAST.statement.json</c>, and where it has them <c>.order.proof</c> and <c>.shares.proof</c>. The statement is written last, so a batch that has one has all; then <c>lengths</c> gets a line, by which files that were cut short later are found. For each update of parameters <c>parameters-HEIGHT.statement.json</c>.</summary>
internal sealed class CertificateFolder : ICertificateStore
{
    private const string Prefix = "batch-", ProofEnd = ".proof", StatementEnd = ".statement.json", LengthsFile = "lengths";
    private static readonly VerifierPolicy AnyBits = new(MinimumProvenBits: 1);
    private readonly string _folder;
    private readonly List<BatchRange> _proven, _damaged;

    public CertificateFolder(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
        HashSet<BatchRange> statements = Named(StatementEnd), proofs = Named(ProofEnd);
        _proven = [.. statements.Intersect(proofs).OrderBy(batch => batch.First)];
        statements.SymmetricExceptWith(proofs);
        _damaged = [.. statements];

        HashSet<BatchRange> Named(string end) => [.. Directory.EnumerateFiles(folder, Prefix + "*" + end).Select(path => RangeOf(Path.GetFileName(path)[..^end.Length])).OfType<BatchRange>()];
    }

    public IReadOnlyCollection<BatchRange> Proven => _proven;

    public IReadOnlyCollection<BatchRange> Damaged => _damaged;

    /// <summary>
    /// Looks at the files of every batch: those whose lengths are not what they were when they were written, and of batches without a record of that whose statement is none or whose proof is not one of it, count as damaged from here on. What this version of
    /// fermat cannot read, a statement of an earlier one, is left alone.
    /// </summary>
    /// <param name="rulebook">The venue's rulebook.</param>
    /// <param name="cancel">Stops between batches.</param>
    public void Check(VenueRulebook rulebook, CancellationToken cancel)
    {
        Dictionary<string, string> known = Lengths();
        foreach (BatchRange batch in _proven.ToArray())
        {
            cancel.ThrowIfCancellationRequested();
            bool whole = known.TryGetValue(Name(batch), out string? written) ? written == LengthsOf(batch) : IsWhole(batch, rulebook);
            if (!whole)
            {
                _proven.Remove(batch);
                _damaged.Add(batch);
            }
            else if (written is null) Record(batch);
        }
        _damaged.AddRange(known.Keys.Select(RangeOf).OfType<BatchRange>().Except([.. _proven, .. _damaged])); // of which both are gone
        _damaged.Sort((a, b) => a.First.CompareTo(b.First));
    }

    private bool IsWhole(BatchRange batch, VenueRulebook rulebook)
    {
        byte[] statement = Files.Read(StatementOf(batch), TransitionStatementFile.MaxBytes);
        StatementRejection? unread = TransitionStatementFile.TryRead(statement, rulebook, out TransitionInputs? inputs);
        if (unread is not null) return unread.Code != StatementRejectionCode.MalformedFile && new FileInfo(ProofOf(batch)).Length > 0;
        return inputs!.Height + 1 == batch.First && inputs.EndHeight == batch.Last && Read(ProofOf(batch)) is { } proof && TransitionStatement.Verify(inputs, proof, TransitionAnchors.None, AnyBits).Accepted
            && (!File.Exists(OrderOf(batch)) || WaterfallStatement.Verify(inputs, Read(OrderOf(batch)), AnyBits).Accepted)
            && (!File.Exists(SharesOf(batch)) || SharesStatement.Verify(inputs, Read(SharesOf(batch)), AnyBits).Accepted);

        static byte[] Read(string path) => Files.Read(path, AnyBits.MaximumProofBytes);
    }

    /// <summary>What the files of each batch were long, by the batch's name; a line that is not whole, as where the power went, is none.</summary>
    private Dictionary<string, string> Lengths()
    {
        var lengths = new Dictionary<string, string>(StringComparer.Ordinal);
        string path = Path.Combine(_folder, LengthsFile);
        if (!File.Exists(path)) return lengths;
        foreach (string line in File.ReadLines(path))
            if (line.Split(' ', 2) is [var name, var of] && of.EndsWith('.')) lengths[name] = of;
        return lengths;
    }

    private string LengthsOf(BatchRange batch) =>
        string.Join(' ', ((string[])[ProofOf(batch), StatementOf(batch), OrderOf(batch), SharesOf(batch)]).Select(path => File.Exists(path) ? new FileInfo(path).Length.ToString(CultureInfo.InvariantCulture) : "-")) + '.';

    private void Record(BatchRange batch) => File.AppendAllText(Path.Combine(_folder, LengthsFile), $"\n{Name(batch)} {LengthsOf(batch)}");

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
        Record(batch);
        _damaged.Remove(batch);
        _proven.Add(batch);
    }

    public string StatementOf(ulong height) => Path.Combine(_folder, ProveParametersCommand.NameAt(height));

    public bool Keep(ulong height, ParameterUpdate update)
    {
        string path = StatementOf(height);
        if (File.Exists(path) && ParameterStatementFile.TryRead(Files.Read(path, ParameterStatementFile.MaxBytes), update.Rulebook, out _)?.Code != StatementRejectionCode.MalformedFile) return false;
        Files.Write(path, ParameterStatementFile.Write(update));
        return true;
    }

    private static BatchRange? RangeOf(string name) =>
        name.StartsWith(Prefix, StringComparison.Ordinal) && name[Prefix.Length..].Split('-') is [var from, var to] && Height(from, out ulong first) && Height(to, out ulong last) && first <= last ? new BatchRange(first, last) : null;

    private static string Name(BatchRange batch) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{batch.First:D12}-{batch.Last:D12}");

    private static bool Height(string text, out ulong height) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out height);
}
