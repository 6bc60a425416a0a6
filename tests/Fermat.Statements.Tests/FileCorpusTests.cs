using Fermat.Fuzzing;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests;

/// <summary>
/// The committed corpus of changed statement, inclusion and proof files: a file's name begins with the verdict that it gets beside the frozen rulebook and statement. FERMAT_UPDATE_VECTORS=1 adds a file for each
/// verdict that has none; none is ever overwritten (vectors/README.md).
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class FileCorpusTests
{
    /// <summary>The verdict of a file that says what the frozen one says, in another layout; and of one that says something else, which no proof of the frozen statement is of.</summary>
    private const string Accepted = nameof(Accepted), AnotherStatement = nameof(AnotherStatement);

    private const int Seeds = 40_000, Longest = 8 << 10;

    private static readonly string Frozen = FrozenStatementTests.Folder();
    private static readonly VenueRulebook Rulebook = FrozenStatementTests.Rulebook;
    private static readonly byte[] StatementFile = File.ReadAllBytes(Path.Combine(Frozen, "totals.statement.json")), OpeningFile = File.ReadAllBytes(Path.Combine(Frozen, "segments-carol.inclusion.json"));

    [Fact]
    public void Statements() => Replay("statement", ".statement.json", StatementFile, JsonFuzz.Mutate, Statement, [
        Accepted, AnotherStatement,
        .. Names(StatementRejectionCode.MalformedFile, StatementRejectionCode.UnknownFormat, StatementRejectionCode.WrongRulebook, StatementRejectionCode.InvalidParameters, StatementRejectionCode.DigestMismatch,
            StatementRejectionCode.OutOfRange, StatementRejectionCode.BufferExceedsReserves, StatementRejectionCode.ClaimsExceedReserves, StatementRejectionCode.ReservesWorthTooLittle,
            StatementRejectionCode.ShortfallExceedsInsurance, StatementRejectionCode.InconsistentTotals, StatementRejectionCode.InconsistentSegments)]);

    [Fact]
    public void Openings() => Replay("inclusion", ".inclusion.json", OpeningFile, JsonFuzz.Mutate, Opening, [
        Accepted,
        .. Names(StatementRejectionCode.MalformedFile, StatementRejectionCode.UnknownFormat, StatementRejectionCode.WrongSchema, StatementRejectionCode.OutOfRange, StatementRejectionCode.WrongSnapshot,
            StatementRejectionCode.WrongAccount, StatementRejectionCode.WrongOwnerKey, StatementRejectionCode.WrongMarketData, StatementRejectionCode.NotUnderRoot)]);

    /// <summary>Only what the head of the file says: the proofs in it are the verifier's corpus.</summary>
    [Fact]
    public void Proofs() => Replay("proof-file", ".proof", SolvencyProofFile.Write([new byte[100]]), Head, file => Verdict(SolvencyProofFile.TryRead(file, 1, out _)), [nameof(StatementRejectionCode.MalformedProofFile)]);

    private static string Statement(byte[] file)
    {
        SolvencyPublicInputs frozen = Read(StatementFile)!;
        if (SolvencyStatementFile.TryRead(file, Rulebook, out SolvencyPublicInputs? inputs) is { } wrong) return Verdict(wrong);
        if (inputs!.Problem() is { } problem) return Verdict(problem);
        return inputs.ToCanonicalBytes().AsSpan().SequenceEqual(frozen.ToCanonicalBytes()) ? Accepted : AnotherStatement;
    }

    private static string Opening(byte[] file) =>
        Verdict(InclusionFile.TryRead(file, Rulebook, out InclusionOpening? opening) ?? opening!.Verify(FrozenStatementTests.Carol(Read(File.ReadAllBytes(Path.Combine(Frozen, "segments.statement.json")))!)));

    private static SolvencyPublicInputs? Read(byte[] file)
    {
        Assert.Null(SolvencyStatementFile.TryRead(file, Rulebook, out SolvencyPublicInputs? statement));
        return statement;
    }

    private static byte[] Head(ReadOnlyMemory<byte> file, Random random)
    {
        byte[] head = file[..20].ToArray();
        head[random.Next(head.Length)] ^= (byte)random.Next(1, 256);
        return head[..random.Next(head.Length + 1)];
    }

    private static string Verdict(StatementRejection? rejection) => rejection?.Code.ToString() ?? Accepted;

    private static IEnumerable<string> Names(params StatementRejectionCode[] codes) => codes.Select(code => code.ToString());

    private static void Replay(string kind, string extension, byte[] honest, Func<ReadOnlyMemory<byte>, Random, byte[]> mutate, Func<byte[], string> verdict, string[] verdicts)
    {
        string folder = Path.Combine(Frozen, "..", "fuzz", kind);
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1") WriteMissing(folder, extension, honest, mutate, verdict);
        (string Name, string Expected, string Got)[] files =
            [.. Directory.GetFiles(folder).Order(StringComparer.Ordinal).Select(path => (Path.GetFileName(path), Path.GetFileName(path).Split('.')[0], verdict(File.ReadAllBytes(path))))];
        Assert.DoesNotContain(files, file => file.Expected != file.Got);
        Assert.Empty(verdicts.Except(files.Select(file => file.Expected)));
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
