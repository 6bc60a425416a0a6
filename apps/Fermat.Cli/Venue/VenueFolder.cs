using Fermat.Cli.Output;
using Fermat.Ledger;
using Fermat.Ledger.Log;
using Fermat.Ledger.Stores;

namespace Fermat.Cli.Venue;

/// <summary>The folder of a venue that <c>fermat run</c> keeps, to be read: its ledger, its proofs, its secret.</summary>
internal sealed class VenueFolder : IDisposable
{
    private readonly string _folder;

    private VenueFolder(string folder, ILedgerStore store) => (_folder, Store) = (folder, store);

    /// <summary>The ledger's store.</summary>
    public ILedgerStore Store { get; }

    /// <summary>The proofs.</summary>
    public CertificateFolder Certificates => field ??= new CertificateFolder(Path.Combine(_folder, "proofs"));

    /// <summary>Opens a folder that there is.</summary>
    public static VenueFolder Open(string folder)
    {
        string ledger = Path.Combine(folder, "ledger.db");
        if (!File.Exists(ledger)) throw CliFailure.BadInput("no-venue", $"{folder} is not the folder of a venue: there is no {ledger}", folder, "name the folder that fermat run --data was given");
        return Guarded(folder, () => new VenueFolder(folder, SqliteLedgerStore.Open(ledger)));
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
                inUse ? "one process at a time has a venue's ledger: stop fermat run and start it again afterwards" : "docs/LEDGER.md, Recovery");
        }
    }
}
