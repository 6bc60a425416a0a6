using System.Runtime.CompilerServices;
using Fermat.Hashing;
using Fermat.Stark.Tests.Frozen;

namespace Fermat.Stark.Tests.Fuzz;

/// <summary>
/// The committed corpus: honest proofs and changed ones, in a folder for each <see cref="FuzzTarget"/>; a file's name begins with the verdict that it gets, now and for ever. The circuits are
/// frozen. FERMAT_UPDATE_VECTORS=1 adds files for what has none; none is ever overwritten (vectors/README.md).
/// </summary>
[Trait("Category", "Fuzz")]
public class FuzzCorpusTests
{
    private const string Accepted = nameof(Accepted), Extension = ".proof";

    private const int LargestHonest = 32 << 10;

    /// <summary>Mutations drawn for each, when the corpus is written.</summary>
    private const int Seeds = 16;

    private static readonly Dictionary<string, Func<byte[], VerificationResult>> Verifiers = new()
    {
        [FuzzTarget.Aimed.Name] = OfSequence(new FrozenSequence(), FuzzSettings.OneQuery(CommitmentHash.Blake3), [7, 6], FuzzSettings.Loose),
        [FuzzTarget.Algebraic.Name] = OfSequence(new FrozenSequence(), FuzzSettings.OneQuery(CommitmentHash.Poseidon2), [7, 6], FuzzSettings.Loose),
        [FuzzTarget.Forged.Name] = OfSequence(new FrozenSequence(FuzzSettings.Weights), FuzzSettings.SixteenQueries, [6, 5], FuzzSettings.Tight),
        [FuzzTarget.ManyMessages.Name] = proof => Verifier.Verify(
            FrozenManyMessages.Circuit, VerifyingKey.Compile(FrozenManyMessages.Circuit, SequenceToy.Options, [7]), new FrozenManyMessages(), proof, SequenceToy.Policy),
    };

    [Fact]
    public void Every_file_gets_the_verdict_in_its_name()
    {
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1") WriteMissing();
        (string Path, string Expected, string Got)[] files = [.. Files().Select(path => (path, Verdict(path), Verdict(Path.GetFileName(Path.GetDirectoryName(path))!, File.ReadAllBytes(path))))];
        Assert.DoesNotContain(files, file => file.Expected != file.Got);

        // Every verdict is there, but for the one that no proof can be made to get.
        Assert.Equal([nameof(RejectionCode.OutOfDomainPointInDomain)], Enum.GetNames<RejectionCode>().Except(files.Select(file => file.Expected)));
        Assert.Contains(files, file => file.Expected == Accepted);
    }

    private static Func<byte[], VerificationResult> OfSequence(FrozenSequence statement, ProofOptions options, int[] logHeights, VerifierPolicy policy)
    {
        VerifyingKey key = VerifyingKey.Compile(FrozenSequence.Circuit, options, logHeights);
        return proof => Verifier.Verify(FrozenSequence.Circuit, key, statement, proof, policy);
    }

    private static string Verdict(string target, byte[] proof) => Verifiers[target](proof).Rejection?.Code.ToString() ?? Accepted;

    private static string Verdict(string path) => Path.GetFileName(path).Split('.')[0];

    private static IEnumerable<string> Files() => Directory.GetFiles(Folder(), "*" + Extension, SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    /// <summary>For each target its honest proofs; a proof for each verdict that no target before gets, or that a small proof gets; and one for each lie of the forger.</summary>
    private static void WriteMissing()
    {
        HashSet<string> seen = [];
        foreach (FuzzTarget target in FuzzTarget.All)
        {
            string folder = Path.Combine(Folder(), target.Name);
            Directory.CreateDirectory(folder);
            HashSet<string> names = [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)!)], verdicts = [.. names.Select(Verdict)], mutations = [.. names.Select(name => name.Split('.')[1])];
            for (int i = 0; i < target.Honest.Count; i++) Write($"{Accepted}.{i + 1}{Extension}", target.Honest[i]);
            foreach (Mutation mutation in target.Mutations)
            {
                for (int seed = 0; seed < Seeds; seed++)
                {
                    if (mutation.Make(new Random(seed)) is not { } input) continue;
                    string verdict = Verdict(target.Name, input);
                    bool forged = mutation.Name.StartsWith("forged-", StringComparison.Ordinal) && !mutations.Contains(mutation.Name);
                    if (verdict == Accepted || (!forged && (verdicts.Contains(verdict) || (target == FuzzTarget.Forged && seen.Contains(verdict))))) continue;
                    Write($"{verdict}.{mutation.Name}{Extension}", Shortest(target.Name, verdict, input));
                    verdicts.Add(verdict);
                    mutations.Add(mutation.Name);
                }
            }

            seen.UnionWith(verdicts);

            void Write(string name, byte[] proof)
            {
                if (proof.Length <= LargestHonest && names.Add(name)) File.WriteAllBytes(Path.Combine(folder, name), proof);
            }
        }
    }

    /// <summary>The beginning of a proof that gets the same verdict: what follows the failing check need not be there.</summary>
    private static byte[] Shortest(string target, string verdict, byte[] proof)
    {
        if (verdict == nameof(RejectionCode.Truncated)) return proof;
        int least = 0, enough = proof.Length;
        while (least < enough)
        {
            int middle = (least + enough) / 2;
            if (Verdict(target, proof[..middle]) == verdict) enough = middle;
            else least = middle + 1;
        }

        return proof[..enough];
    }

    private static string Folder([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "vectors", "fuzz", "verifier");
}
