using Fermat.Ledger;

namespace Fermat.Cli;

/// <summary>The venue's secret, from which every leaf's salt is derived.</summary>
internal static class VenueSecrets
{
    public const string FileName = "venue.secret";

    /// <summary>Loads the secret, or makes one at <paramref name="path"/> if there is none yet.</summary>
    public static (VenueSecret Secret, bool Created) LoadOrCreate(string path)
    {
        if (File.Exists(path))
            return (Load(path), false);
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { Length: > 0 } parent)
            Directory.CreateDirectory(parent);
        VenueSecret secret = VenueSecret.Generate();
        secret.Save(path);
        return (secret, true);
    }

    public static VenueSecret Load(string path)
    {
        if (!File.Exists(path))
            throw CliFailure.BadInput("no-secret", $"no venue secret at {path}", path, "it was written by 'fermat prove solvency'; the same secret is needed to rebuild the tree");
        try
        {
            return VenueSecret.Load(path);
        }
        catch (InvalidDataException wrong)
        {
            throw CliFailure.BadInput("bad-secret", wrong.Message, path);
        }
    }
}
