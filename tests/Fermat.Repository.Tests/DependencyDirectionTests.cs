using System.Xml.Linq;

namespace Fermat.Repository.Tests;

/// <summary>Who may know whom (docs/ARCHITECTURE.md): the project files may hold these references and no others.</summary>
public sealed class DependencyDirectionTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Fermat.Algebra"] = [],
        ["Fermat.Margin"] = [],
        ["Fermat.Hashing"] = ["Fermat.Algebra"],
        ["Fermat.Air"] = ["Fermat.Algebra"],
        ["Fermat.Signatures"] = ["Fermat.Hashing", "Fermat.Algebra"],
        ["Fermat.Ledger"] = ["Fermat.Margin", "Fermat.Hashing", "Fermat.Algebra"],
        ["Fermat.Oracles"] = ["Fermat.Margin", "Fermat.Hashing", "Fermat.Signatures", "Fermat.Algebra"],
        ["Fermat.Ledger.Stores"] = ["Fermat.Ledger", "Fermat.Margin", "Fermat.Hashing"],
        ["Fermat.Rules"] = ["Fermat.Margin", "Fermat.Air", "Fermat.Algebra"],
        ["Fermat.Engine"] = ["Fermat.Rules", "Fermat.Ledger", "Fermat.Oracles", "Fermat.Signatures", "Fermat.Margin", "Fermat.Hashing", "Fermat.Algebra"],
        ["Fermat.Stark.Verifier"] = ["Fermat.Air", "Fermat.Hashing", "Fermat.Algebra"],
        ["Fermat.Stark.Prover"] = ["Fermat.Stark.Verifier", "Fermat.Air", "Fermat.Hashing", "Fermat.Algebra"],
        ["Fermat.Statements"] = ["Fermat.Stark.Verifier", "Fermat.Rules", "Fermat.Margin", "Fermat.Air", "Fermat.Hashing", "Fermat.Algebra"],
        ["Fermat.Statements.Proving"] =
        [
            "Fermat.Statements", "Fermat.Stark.Prover", "Fermat.Ledger", "Fermat.Rules", "Fermat.Stark.Verifier", "Fermat.Margin", "Fermat.Air", "Fermat.Hashing", "Fermat.Algebra",
        ],
        ["Fermat.Venue"] = ["Fermat.Engine", "Fermat.Oracles", "Fermat.Statements.Proving", "Fermat.Statements", "Fermat.Rules", "Fermat.Ledger", "Fermat.Margin", "Fermat.Hashing", "Fermat.Algebra"],
    };

    public static TheoryData<string> Libraries()
    {
        var data = new TheoryData<string>();
        foreach (string project in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories))
            data.Add(Path.GetFileNameWithoutExtension(project));
        return data;
    }

    [Theory]
    [MemberData(nameof(Libraries))]
    public void A_library_references_only_what_the_architecture_allows(string library)
    {
        Assert.True(Allowed.ContainsKey(library), $"{library} is not in the architecture: add it to docs/ARCHITECTURE.md and to this test");
        string[] references = References(Path.Combine(Repository.Root, "src", library, library + ".csproj"));
        Assert.Empty(references.Except(Allowed[library]));
    }

    [Fact]
    public void Every_library_of_the_architecture_exists()
        => Assert.All(Allowed.Keys, library => Assert.True(File.Exists(Path.Combine(Repository.Root, "src", library, library + ".csproj")), library));

    /// <summary>What a library may take beside the base class library. The proof engine takes nothing: whoever audits a verifier reads this repository alone.</summary>
    private static readonly Dictionary<string, string[]> Packages = new() { ["Fermat.Signatures"] = ["NBitcoin.Secp256k1"], ["Fermat.Ledger.Stores"] = ["Microsoft.Data.Sqlite", "Npgsql"] };

    [Fact]
    public void No_library_takes_another_package_or_references_an_application()
    {
        foreach (string project in Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories))
        {
            var document = XDocument.Load(project);
            string[] allowed = Packages.GetValueOrDefault(Path.GetFileNameWithoutExtension(project), []);
            Assert.Empty(document.Descendants("PackageReference").Select(e => (string)e.Attribute("Include")!).Except(allowed));
            Assert.DoesNotContain(document.Descendants("ProjectReference"), e => ((string?)e.Attribute("Include"))!.Contains("apps", StringComparison.Ordinal));
        }
    }

    private static string[] References(string project)
        => [.. XDocument.Load(project).Descendants("ProjectReference").Select(e => Path.GetFileNameWithoutExtension(((string?)e.Attribute("Include"))!.Replace('\\', '/')))];
}
