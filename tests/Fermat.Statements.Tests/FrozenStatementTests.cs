using System.Runtime.CompilerServices;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Stark;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Solvency;

namespace Fermat.Statements.Tests;

/// <summary>
/// Statement files of version 3 about solvency, an opening, and the digests of what they say, kept for ever. Proofs are not among them yet: they depend on how rulebooks are lowered, and that is not frozen. With
/// FERMAT_UPDATE_VECTORS=1 missing files are written; none is ever overwritten (vectors/README.md).
/// </summary>
public sealed class FrozenStatementTests
{
    /// <summary>The frozen rulebook.</summary>
    internal static VenueRulebook Rulebook => VenueRulebook.Of(RulebookCompiler.Compile(File.ReadAllText(Path.Combine(Folder(), "frozen.risk")), "frozen.risk"))!;

    /// <summary>What carol knows by herself.</summary>
    internal static InclusionAnchors Carol(SolvencyPublicInputs statement) =>
        new(statement.Rulebook, statement.StateRoot, "carol", OwnerKey.FromBytes([.. Enumerable.Repeat((byte)3, OwnerKey.Length)])) { Statement = StatedBook.Of(statement) };

    [Theory]
    [InlineData("totals", 1)]
    [InlineData("segments", 2)]
    public void Frozen_statements_of_version_3_are_read_as_they_were_written(string name, int segments)
    {
        WriteMissing();
        byte[] file = File.ReadAllBytes(Path.Combine(Folder(), name + ".statement.json"));
        Assert.Null(SolvencyStatementFile.TryRead(file, Rulebook, out SolvencyPublicInputs? inputs));
        Assert.Null(inputs!.Problem());
        Assert.Equal(segments, inputs.Segments.Count);
        Assert.Equal(file, SolvencyStatementFile.Write(inputs));
        foreach ((string what, string digest) in Digests(name, inputs)) Assert.Equal(Known(what), digest);
    }

    [Fact]
    public void A_frozen_opening_leads_to_the_root_of_its_statement()
    {
        WriteMissing();
        Assert.Null(SolvencyStatementFile.TryRead(File.ReadAllBytes(Path.Combine(Folder(), "segments.statement.json")), Rulebook, out SolvencyPublicInputs? statement));
        byte[] file = File.ReadAllBytes(Path.Combine(Folder(), "segments-carol.inclusion.json"));
        Assert.Null(InclusionFile.TryRead(file, Rulebook, out InclusionOpening? opening));
        Assert.Equal(file, InclusionFile.Write(Rulebook, opening!));
        Assert.Null(opening!.Verify(Carol(statement!)));
        Assert.Equal(StatementRejectionCode.NotUnderRoot, (opening with { LeafIndex = opening.LeafIndex ^ 1 }).Verify(Carol(statement!))?.Code);
    }

    [Fact]
    public void Every_frozen_file_is_read()
    {
        WriteMissing();
        Assert.Equal(
            ["digests.txt", "frozen.risk", "segments-carol.inclusion.json", "segments.statement.json", "totals.statement.json"],
            Directory.GetFiles(Folder()).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    /// <summary>What proofs, and the boundaries in them, are of.</summary>
    private static IEnumerable<(string What, string Digest)> Digests(string name, SolvencyPublicInputs inputs)
    {
        yield return ($"{name}: rulebook", inputs.Rulebook.Digest.ToString());
        yield return ($"{name}: before the first segment", inputs.BoundaryBefore(0).ToString());
        for (int segment = 0; segment < inputs.Segments.Count; segment++)
            yield return ($"{name}: public inputs of segment {segment}", PublicInputs.Digest(inputs.ToCanonicalBytes(segment)).ToString());
    }

    /// <summary>A line of the frozen digests.</summary>
    private static string Known(string what) => File.ReadLines(Path.Combine(Folder(), "digests.txt")).Single(line => line.StartsWith(what + ": ", StringComparison.Ordinal))[(what.Length + 2)..];

    private static void WriteMissing()
    {
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") != "1" || Directory.Exists(Folder())) return;
        Directory.CreateDirectory(Folder());
        File.Copy(Path.Combine(AppContext.BaseDirectory, "exchange_sample.risk"), Path.Combine(Folder(), "frozen.risk"));
        Book tiny = SampleBooks.Tiny();
        SolvencyBook book = SolvencyBook.Of(Rulebook, tiny.Header, tiny.Accounts);
        var digests = new List<string>();
        Write("totals", SolvencyScene.Of(book, reveal: true));
        SolvencyScene segments = SolvencyScene.Of(book, segmentDepth: 1);
        Write("segments", segments);
        InclusionOpening carol = InclusionMaker.Make(book, book.Accounts.ElementAt(2), 2, segments.Tree, SolvencyScene.Salts);
        File.WriteAllBytes(Path.Combine(Folder(), "segments-carol.inclusion.json"), InclusionFile.Write(Rulebook, carol));
        File.WriteAllLines(Path.Combine(Folder(), "digests.txt"), digests);

        void Write(string name, SolvencyScene scene)
        {
            SolvencyPublicInputs inputs = SolvencyProver.ChainOf(scene.Statement, scene.SegmentSums, SolvencyScene.Salts).Inputs;
            File.WriteAllBytes(Path.Combine(Folder(), name + ".statement.json"), SolvencyStatementFile.Write(inputs));
            digests.AddRange(Digests(name, inputs).Select(digest => $"{digest.What}: {digest.Digest}"));
        }
    }

    internal static string Folder([CallerFilePath] string source = "") => Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "vectors", "solvency-3");
}
