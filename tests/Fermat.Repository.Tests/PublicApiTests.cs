using System.Reflection;

namespace Fermat.Repository.Tests;

/// <summary>
/// What each library offers, in <c>src/LIBRARY/PublicAPI.txt</c>: whoever changes it sees so in the review. Never edited by hand, nor merged: with FERMAT_UPDATE_VECTORS=1 this test
/// writes the files anew.
/// </summary>
public sealed class PublicApiTests
{
    private const string HowToUpdate =
        "If that is meant: FERMAT_UPDATE_VECTORS=1 dotnet test tests/Fermat.Repository.Tests -c Release --filter PublicApiTests, and commit the PublicAPI.txt files.";

    [Theory]
    [MemberData(nameof(DependencyDirectionTests.Libraries), MemberType = typeof(DependencyDirectionTests))]
    public void The_public_surface_is_the_one_that_was_reviewed(string library)
    {
        string path = Path.Combine(Repository.Root, "src", library, "PublicAPI.txt");
        string[] got = [.. PublicApi.Describe(Assembly.Load(library))];
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1") File.WriteAllText(path, string.Join('\n', got) + "\n");
        bool isPackage = File.ReadAllText(Path.Combine(Repository.Root, "src", library, library + ".csproj"))
            .Contains("<IsPackable>true", StringComparison.Ordinal);
        Assert.SkipWhen(!isPackage && !File.Exists(path), $"{library} is no package and has no src/{library}/PublicAPI.txt yet");
        string[] reviewed = File.Exists(path) ? File.ReadAllLines(path) : [];
        if (got.SequenceEqual(reviewed)) return;

        IEnumerable<string> gone = reviewed.Except(got).Select(line => "- " + line), added = got.Except(reviewed).Select(line => "+ " + line);
        Assert.Fail($"The public surface of {library} differs from src/{library}/PublicAPI.txt:\n{string.Join('\n', gone.Concat(added))}\n{HowToUpdate}");
    }

    [Fact]
    public void Every_kind_of_member_is_described_with_its_nullability()
    {
        string[] lines = [.. PublicApi.Describe(typeof(PublicApiTests).Assembly, type => type.DeclaringType == typeof(Shown) || type == typeof(Shown))];
        Assert.Equal(
            [
                "static class Fermat.Repository.Tests.Shown",
                "abstract class Fermat.Repository.Tests.Shown.Base<T> where T : class, new()",
                "enum Fermat.Repository.Tests.Shown.Colour : byte",
                "sealed class Fermat.Repository.Tests.Shown.Pair : IEquatable<Shown.Pair>",
                "readonly struct Fermat.Repository.Tests.Shown.Point",
                "delegate bool Fermat.Repository.Tests.Shown.Rule(ref int x, params string?[] names)",
            ],
            lines.Where(line => line.Contains("Fermat.Repository.Tests.Shown", StringComparison.Ordinal) && !line.StartsWith(' ')));
        string[] members = [.. lines.Where(line => line.StartsWith(' ')).Select(line => line.Trim())];
        Assert.Contains("protected Base(T? first)", members);
        Assert.Contains("protected abstract IReadOnlyList<string?> Names { get; }", members);
        Assert.Contains("virtual bool Try(ReadOnlySpan<byte> from, out T? found)", members);
        Assert.Contains("Pair(int Left, string? Right = null)", members);
        Assert.Contains("string? Right { get; init; }", members);
        Assert.Contains("Red = 1", members);
        Assert.Contains("const int Size = 3", members);
        Assert.Contains("static Shown.Point operator +(Shown.Point a, Shown.Point b)", members);
        Assert.Contains("int this[int i] { get; }", members);
        Assert.Contains("unsafe static void Copy(byte* from, (int Row, Dictionary<string, object?>? Map) to)", members);
        Assert.DoesNotContain(members, member => member.Contains("Hidden", StringComparison.Ordinal) || member.Contains("Deconstruct", StringComparison.Ordinal));
    }
}
