using System.Runtime.CompilerServices;
using System.Text;
using Fermat.Air;
using Fermat.Stark;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests;

/// <summary>The circuit's sizes and digest are a committed file, so that no change of them goes unseen: each column costs every prover, each digest is a verifying key.</summary>
public sealed class CircuitLedgerTests
{
    [Fact]
    public void Sizes_and_digests_are_those_of_the_committed_ledger()
    {
        string path = Path.Combine(Root(), "vectors", "solvency-circuit.csv");
        string now = Ledger();
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1")
            File.WriteAllText(path, now);
        Assert.Equal(File.ReadAllText(path).ReplaceLineEndings("\n"), now);
    }

    private static string Ledger()
    {
        var text = new StringBuilder("slots,table,preprocessed,phase0,phase1,phase2,public,constraints,messages,degree\n");
        for (int slots = 1; slots <= SolvencyLimits.MaxHashSlots; slots++)
        {
            Circuit circuit = SolvencyCircuit.WithHashSlots(slots).Circuit;
            text.Append($"{slots},digest {VerifyingKey.DigestOf(circuit)},,,,,,,,\n");
            foreach (Table t in circuit.Tables)
                text.Append($"{slots},{t.Name},{t.PreprocessedWidth},{t.PhaseWidth(0)},{t.PhaseWidth(1)},{t.PhaseWidth(2)},{t.PublicWidth},{t.Constraints.Count},{t.Interactions.Count},{t.MaxDegree}\n");
        }

        return text.ToString();
    }

    private static string Root([CallerFilePath] string path = "")
    {
        for (var directory = new DirectoryInfo(Path.GetDirectoryName(path)!); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, "Fermat.slnx")))
                return directory.FullName;
        throw new DirectoryNotFoundException(path);
    }
}
