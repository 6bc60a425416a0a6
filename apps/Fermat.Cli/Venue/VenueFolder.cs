using Fermat.Cli.Output;
using Fermat.Ledger;
using Fermat.Ledger.Log;
using Fermat.Ledger.Stores;

namespace Fermat.Cli.Venue;

/// <summary>The folder of a venue that <c>fermat run</c> keeps, to be read, also while it runs: its ledger, its proofs, its secret. The proofs are looked at first, so that every event of theirs is in the ledger.</summary>
internal sealed class VenueFolder : IDisposable
{
    private readonly string _folder;

    private VenueFolder(string folder, CertificateFolder certificates, ILedgerReader store) => (_folder, Certificates, Store) = (folder, certificates, store);

    /// <summary>The ledger's log.</summary>
    public ILedgerReader Store { get; }

    /// <summary>The proofs.</summary>
    public CertificateFolder Certificates { get; }

    /// <summary>Opens a folder that there is.</summary>
    public static VenueFolder Open(string folder)
    {
        string ledger = Path.Combine(folder, "ledger.db");
        if (!File.Exists(ledger)) throw CliFailure.BadInput("no-venue", $"{folder} is not the folder of a venue: there is no {ledger}", folder, "name the folder that fermat run --data was given");
        var certificates = new CertificateFolder(Path.Combine(folder, "proofs"));
        return Guarded(folder, () => new VenueFolder(folder, certificates, SqliteLedgerStore.OpenToRead(ledger)));
    }

    /// <summary>The venue's secret, from its folder or from where it is said to be.</summary>
    public VenueSecret Secret(string? path) => VenueSecrets.Load(path ?? Path.Combine(_folder, VenueSecrets.FileName));

    /// <summary>Work on the store; what is wrong with it is told.</summary>
    public T Read<T>(Func<T> work) => Guarded(_folder, work);

    public void Dispose() => Store.Dispose();

    private static T Guarded<T>(string folder, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (LedgerStoreException failed)
        {
            bool inUse = failed.Failure == LedgerStoreFailure.InUse;
            throw new CliFailure(
                inUse ? ExitCodes.BadInput : ExitCodes.Internal, "ledger." + Show.Words(failed.Failure, "-"), failed.Message, folder,
                inUse ? "an earlier version of fermat run has it, beside which nobody can read: stop it first" : "docs/LEDGER.md, Recovery");
        }
    }
}
