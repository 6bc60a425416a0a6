using Fermat.Fuzzing;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests;

/// <summary>
/// The committed corpus of changed statement, inclusion and proof files: a file's name begins with the verdict that it gets beside the frozen statement and proof. FERMAT_UPDATE_VECTORS=1 adds a file for each
/// verdict that has none; none is ever overwritten (vectors/README.md).
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class FileCorpusTests
{
    private const string Accepted = nameof(Accepted);
    private const int Seeds = 6000, Longest = 8 << 10;

    private static readonly VerifierPolicy Policy = new(MinimumProvenBits: 10);
    private static readonly string Frozen = FrozenStatementTests.Folder();
    private static readonly byte[] StatementFile = File.ReadAllBytes(Path.Combine(Frozen, "totals.statement.json")), Proof = File.ReadAllBytes(Path.Combine(Frozen, "totals.proof"));
    private static readonly byte[] OpeningFile = File.ReadAllBytes(Path.Combine(Frozen, "segments-carol.inclusion.json"));

    [Fact]
    public void Statements() => Replay("statement", ".statement.json", StatementFile, JsonFuzz.Mutate, Statement,
        StatementRejectionCode.MalformedFile, StatementRejectionCode.UnknownFormat, StatementRejectionCode.WrongRulebook, StatementRejectionCode.InvalidParameters, StatementRejectionCode.DigestMismatch,
        StatementRejectionCode.OutOfRange, StatementRejectionCode.BufferExceedsReserves, StatementRejectionCode.ClaimsExceedReserves, StatementRejectionCode.ReservesWorthTooLittle,
        StatementRejectionCode.ShortfallExceedsInsurance, StatementRejectionCode.InconsistentTotals, StatementRejectionCode.InconsistentSegments, StatementRejectionCode.ProofRejected);

    [Fact]
    public void Openings() => Replay("inclusion", ".inclusion.json", OpeningFile, JsonFuzz.Mutate, Opening,
        StatementRejectionCode.MalformedFile, StatementRejectionCode.UnknownFormat, StatementRejectionCode.OutOfRange, StatementRejectionCode.WrongSnapshot, StatementRejectionCode.WrongAccount,
        StatementRejectionCode.WrongOwnerKey, StatementRejectionCode.WrongParameters, StatementRejectionCode.NotUnderRoot);

    /// <summary>Only what the head of the file says: the proofs in it are the verifier's corpus.</summary>
    [Fact]
    public void Proofs() => Replay("proof-file", ".proof", Proof, Head, file => Read(SolvencyProofFile.TryRead(file, 1, out _)), StatementRejectionCode.MalformedProofFile);

    private static string Statement(byte[] file)
    {
        if (SolvencyStatementFile.TryRead(file, out SolvencyPublicInputs? inputs) is { } wrong) return Read(wrong);
        return Read(SolvencyStatement.Verify(inputs!, Proof, SolvencyAnchors.None, Policy).Rejection);
    }

    private static string Opening(byte[] file)
    {
        if (InclusionFile.TryRead(file, out InclusionOpening? opening) is { } wrong) return Read(wrong);
        Assert.Null(SolvencyStatementFile.TryRead(File.ReadAllBytes(Path.Combine(Frozen, "segments.statement.json")), out SolvencyPublicInputs? statement));
        return Read(opening!.Verify(InclusionAnchors.Of(statement!, new AccountId("carol"), OwnerKey.FromBytes([.. Enumerable.Repeat((byte)3, OwnerKey.Length)]))));
    }

    private static byte[] Head(ReadOnlyMemory<byte> file, Random random)
    {
        byte[] head = file[..20].ToArray();
        head[random.Next(head.Length)] ^= (byte)random.Next(1, 256);
        return head[..random.Next(head.Length + 1)];
    }

    private static string Read(StatementRejection? rejection) => rejection?.Code.ToString() ?? Accepted;

    private static void Replay(
        string kind, string extension, byte[] honest, Func<ReadOnlyMemory<byte>, Random, byte[]> mutate, Func<byte[], string> verdict, params StatementRejectionCode[] codes)
    {
        string folder = Path.Combine(Frozen, "..", "..", "fuzz", kind);
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1") WriteMissing(folder, extension, honest, mutate, verdict);
        (string Name, string Expected, string Got)[] files =
            [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), Path.GetFileName(path).Split('.')[0], verdict(File.ReadAllBytes(path))))];
        Assert.DoesNotContain(files, file => file.Expected != file.Got);
        Assert.Empty(codes.Select(code => code.ToString()).Except(files.Select(file => file.Expected)));
    }

    private static void WriteMissing(string folder, string extension, byte[] honest, Func<ReadOnlyMemory<byte>, Random, byte[]> mutate, Func<byte[], string> verdict)
    {
        Directory.CreateDirectory(folder);
        HashSet<string> have = [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path).Split('.')[0])];
        for (int seed = 0; seed < Seeds; seed++)
        {
            byte[] file = mutate(honest, new Random(seed));
            if (file.Length <= Longest && verdict(file) is var code && have.Add(code)) File.WriteAllBytes(Path.Combine(folder, $"{code}.{seed}{extension}"), file);
        }
    }
}
