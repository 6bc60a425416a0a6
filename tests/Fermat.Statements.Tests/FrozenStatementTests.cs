using System.Runtime.CompilerServices;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests;

/// <summary>
/// Statements, proofs and an opening of version 2 of the statement file, kept for ever: whoever holds such files can verify them with every later version that reads statements of version 2. With
/// FERMAT_UPDATE_VECTORS=1 missing files are written; none is ever overwritten (vectors/README.md).
/// </summary>
public sealed class FrozenStatementTests
{
    /// <summary>Few, so that the files are small; the checks are the same.</summary>
    private const int Bits = 10;

    private static readonly SolvencyProverOptions Options = new() { ProvenBits = Bits, Profile = ProofProfile.Compact };
    private static readonly VerifierPolicy Policy = new(MinimumProvenBits: Bits);

    [Theory]
    [InlineData("totals", "e17d9de090678ce36ad9696ab40c96f6b794f838ae43ef82675307f0f3f1c768", 1)]
    [InlineData("segments", "6fa2641a77ba8e07b80c638e6b7faee7481780852f39b282a8b1b7165a664074", 2)]
    public void Frozen_statements_of_version_2_are_accepted(string name, string digest, int segments)
    {
        WriteMissing();
        byte[] file = File.ReadAllBytes(Path.Combine(Folder(), name + ".statement.json")), proof = File.ReadAllBytes(Path.Combine(Folder(), name + ".proof"));
        Assert.Null(SolvencyStatementFile.TryRead(file, out SolvencyPublicInputs? inputs));
        Assert.Equal(file, SolvencyStatementFile.Write(inputs!));
        Assert.Equal(digest, PublicInputs.Digest(inputs!.ToCanonicalBytes()).ToString());
        SolvencyVerification result = SolvencyStatement.Verify(inputs, proof, SolvencyAnchors.None, Policy);
        Assert.True(result.Accepted, $"{result.Rejection} {result.Proof?.Rejection}");
        Assert.Equal(segments, result.Segments.Count);

        // It is the files that are accepted, not the settings.
        Assert.False(SolvencyStatement.Verify(inputs with { InsuranceFund = inputs.InsuranceFund + 1 }, proof, SolvencyAnchors.None, Policy).Accepted);
        proof[^1] ^= 1;
        Assert.False(SolvencyStatement.Verify(inputs, proof, SolvencyAnchors.None, Policy).Accepted);
    }

    [Fact]
    public void A_frozen_opening_leads_to_the_root_of_its_statement()
    {
        WriteMissing();
        Assert.Null(SolvencyStatementFile.TryRead(File.ReadAllBytes(Path.Combine(Folder(), "segments.statement.json")), out SolvencyPublicInputs? statement));
        byte[] file = File.ReadAllBytes(Path.Combine(Folder(), "segments-carol.inclusion.json"));
        Assert.Null(InclusionFile.TryRead(file, out InclusionOpening? opening));
        Assert.Equal(file, InclusionFile.Write(opening!));
        var anchors = InclusionAnchors.Of(statement!, new AccountId("carol"), OwnerKey.FromBytes([.. Enumerable.Repeat((byte)3, OwnerKey.Length)]));
        Assert.Null(opening!.Verify(anchors));
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (opening with { LeafIndex = opening.LeafIndex ^ 1 }).Verify(anchors)?.Code);
    }

    [Fact]
    public void Every_frozen_file_is_read()
    {
        WriteMissing();
        Assert.Equal(
        ["segments-carol.inclusion.json", "segments.proof", "segments.statement.json", "totals.proof", "totals.statement.json"],
        Directory.GetFiles(Folder()).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private static void WriteMissing()
    {
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") != "1" || Directory.Exists(Folder())) return;
        Directory.CreateDirectory(Folder());
        Write("totals", Options with { Reveal = RevealMode.Totals });
        SolvencyProof segments = Write("segments", Options with { SegmentDepth = 1 });
        Book book = SampleBooks.Tiny();
        File.WriteAllBytes(Path.Combine(Folder(), "segments-carol.inclusion.json"), InclusionFile.Write(InclusionMaker.Make(book.Header, book.Accounts[2], 2, segments.Tree, ProveVerifyTests.Salts)));

        static SolvencyProof Write(string name, SolvencyProverOptions options)
        {
            SolvencyProof proof = ProveVerifyTests.Prove(SampleBooks.Tiny(), options);
            File.WriteAllBytes(Path.Combine(Folder(), name + ".statement.json"), SolvencyStatementFile.Write(proof.Inputs));
            File.WriteAllBytes(Path.Combine(Folder(), name + ".proof"), proof.Proof);
            return proof;
        }
    }

    internal static string Folder([CallerFilePath] string source = "") =>
        Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "vectors", "proofs", "solvency-2");
}
