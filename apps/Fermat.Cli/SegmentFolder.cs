using System.Globalization;
using Fermat.Cli.Output;
using Fermat.Stark;
using Fermat.Statements.Proving;

namespace Fermat.Cli;

/// <summary>Keeps finished segments of a large book beside the proof until it is whole, so that a stopped run goes on where it was when the same command is given again.</summary>
internal sealed class SegmentFolder(string outputDirectory, Terminal terminal) : ISegmentStore
{
    private const string Name = "solvency.segments", Pattern = "segment-????.proof";

    private readonly string _folder = Path.Combine(outputDirectory, Name);

    /// <summary>What is there is only a proposal: the prover verifies it. So what cannot be read is made anew.</summary>
    public byte[]? Load(int segment)
    {
        string path = PathOf(segment);
        try
        {
            return File.Exists(path) ? Files.Read(path, VerifierPolicy.Default.MaximumProofBytes) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CliFailure)
        {
            return null;
        }
    }

    public void Save(int segment, byte[] proof)
    {
        if (!Directory.Exists(_folder))
            terminal.Say($"Finished segments are kept in {_folder}: if this is stopped, the same command goes on with them.");
        Files.Write(PathOf(segment), proof);
    }

    /// <summary>Removes what was kept, once the whole proof is written.</summary>
    public void Clear()
    {
        if (!Directory.Exists(_folder))
            return;
        foreach (string file in Directory.GetFiles(_folder, Pattern))
            File.Delete(file);
        if (!Directory.EnumerateFileSystemEntries(_folder).Any())
            Directory.Delete(_folder);
    }

    private string PathOf(int segment) => Path.Combine(_folder, "segment-" + (segment + 1).ToString("d4", CultureInfo.InvariantCulture) + ".proof");
}
