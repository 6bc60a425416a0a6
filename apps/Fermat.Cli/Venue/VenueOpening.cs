using System.Text.Json;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Ledger.Log;
using Fermat.Ledger.Stores;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;
using Fermat.Venue;

namespace Fermat.Cli.Venue;

/// <summary>A venue's folder, opened with what it was opened with first: the store of its ledger and its secret. One that is opened with anything else is refused, and told in what.</summary>
internal sealed class VenueOpening : IDisposable
{
    private const string NewVenue = "; with anything else it is a new venue, in a folder of its own: its batches would not follow these";

    private VenueOpening(ILedgerStore store, VenueSecret secret) => (Store, Secret) = (store, secret);

    /// <summary>The ledger's store; it is closed with the ledger that is opened from it.</summary>
    public ILedgerStore Store { get; }

    /// <summary>The venue's secret.</summary>
    public VenueSecret Secret { get; }

    /// <summary>Opens the store and the secret, compares what the venue is opened with, and looks at its proofs.</summary>
    public static VenueOpening Open(string folder, string? secretPath, VenueRulebook rulebook, EngineOptions engine, int depth, CertificateFolder certificates, CancellationToken cancel)
    {
        string secretAt = secretPath ?? Path.Combine(folder, VenueSecrets.FileName);
        ILedgerStore store = SqliteLedgerStore.Open(Path.Combine(folder, "ledger.db"));
        VenueSecret? secret = null;
        try
        {
            bool begun = store.BlockCount > 0 || certificates.Proven.Count > 0;                     // what has no event yet is no venue yet
            VenueIdentity? kept = begun ? VenueIdentity.Read(store) : null;
            if (!File.Exists(secretAt) && (kept is not null || certificates.Proven.Count > 0))
                throw CliFailure.BadInput("venue.no-secret", $"{folder} is a venue already, and its secret is not at {secretAt}", folder, "restore the file from a copy, or name it with --secret; a venue whose secret is lost cannot go on: begin a new one in another folder");
            secret = VenueSecrets.LoadOrCreate(secretAt).Secret;
            VenueIdentity given = VenueIdentity.Of(rulebook, engine, depth, secret);
            if (kept is not null) Require(kept.Differences(given), folder, kept.RulebookName);
            else
            {
                CheckFirst(store, certificates, folder, rulebook, engine, given, secret, cancel);
                given.Keep(store);
            }
            certificates.Check(rulebook, cancel);
            return new VenueOpening(store, secret);
        }
        catch
        {
            secret?.Dispose();
            store.Dispose();
            throw;
        }
    }

    public void Dispose() => Secret.Dispose();

    private static void Require(IReadOnlyList<VenueDifference> differences, string folder, string rulebookName)
    {
        if (differences.Count == 0) return;
        throw new CliFailure(ExitCodes.BadInput, [.. differences.Select(Told)]);

        Problem Told(VenueDifference difference)
        {
            (string code, string message, string hint) = difference.Part switch
            {
                VenuePart.Rulebook => ("venue.rulebook", $"{folder} is a venue under another rulebook, {rulebookName}", "run it with --rules and that rulebook, word for word but for layout and comments"),
                VenuePart.Depth => ("venue.depth", $"{folder} is a venue whose state tree has depth {difference.Kept}, not {difference.Given}", $"run it with --depth {difference.Kept}"),
                VenuePart.Chain => ("venue.chain", $"{folder} is a venue of chain id {difference.Kept}, not {difference.Given}", $"run it with --chain {difference.Kept}"),
                VenuePart.Binding => ("venue.binding", $"{folder} is a venue with another binding", difference.Kept == "{}" ? "run it without --binding" : $"run it with --binding and a file of {difference.Kept}"),
                _ => ("venue.secret", $"{folder} is a venue with another secret", "restore its secret from a copy, or name it with --secret"),
            };
            return new Problem(code, message, folder, Hint: hint + NewVenue, Expected: difference.Kept, Got: difference.Given);
        }
    }

    /// <summary>A folder that does not know yet what it was opened with: where something is proven, that is compared with the first statement that can be read.</summary>
    private static void CheckFirst(ILedgerStore store, CertificateFolder certificates, string folder, VenueRulebook rulebook, EngineOptions engine, VenueIdentity given, VenueSecret secret, CancellationToken cancel)
    {
        if (certificates.Proven.OrderBy(batch => batch.First).Select(batch => First.Read(certificates.StatementOf(batch))).FirstOrDefault(one => one is not null) is not { } first) return;
        Require((given with { RulebookName = first.RulebookName, Rulebook = first.Rulebook, Depth = first.Depth }).Differences(given), folder, first.RulebookName);
        PastVenue past = PastVenue.At(rulebook, engine, LedgerLog.Read(store, first.EndHeight, cancel), first.EndHeight);
        using var salts = new SaltDeriver(secret);
        if (past.Height == first.EndHeight && past.Tree(salts, given.Depth, cancel).Root == first.RootAfter) return;
        throw new CliFailure(ExitCodes.BadInput, [new Problem(
            "venue.secret", $"{folder} is a venue with another secret, another binding or another log: the root of {first.Path} does not follow from these", folder,
            Hint: "restore the secret from a copy, or name it with --secret, and run the venue with the binding that it ran with" + NewVenue)]);
    }

    /// <summary>What a batch's statement says, whatever its version: only of whom it is.</summary>
    private sealed record First(string Path, string RulebookName, Digest Rulebook, int Depth, ulong EndHeight, Digest RootAfter)
    {
        /// <summary>Null where the file is none that can be read.</summary>
        public static First? Read(string path)
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(Output.Files.Read(path, TransitionStatementFile.MaxBytes));
                JsonElement json = document.RootElement;
                ulong height = ulong.Parse(Text("height"), System.Globalization.CultureInfo.InvariantCulture);
                return new First(path, Text("rulebook"), Digest.Parse(Text("rulebookDigest")), json.GetProperty("depth").GetInt32(), height + json.GetProperty("logEvents").GetUInt64(), Digest.Parse(Text("rootAfter")));

                string Text(string name) => json.GetProperty(name).GetString()!;
            }
            catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or OverflowException or ArgumentNullException)
            {
                return null;
            }
        }
    }
}
