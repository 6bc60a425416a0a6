namespace Fermat.Engine.Tests;

/// <summary>Data that nobody here wrote, which not every checkout has beside it; a test that needs it is skipped, visibly, where it is missing.</summary>
internal static class SharedData
{
    public static string Path(params string[] parts)
    {
        string? found = Candidates().Select(shared => System.IO.Path.Combine([shared, "data", .. parts])).FirstOrDefault(path => File.Exists(path) || Directory.Exists(path));
        Assert.SkipWhen(found is null, $"shared/data/{string.Join('/', parts)} is not beside this checkout");
        return found;
    }

    private static IEnumerable<string> Candidates()
    {
        for (DirectoryInfo? directory = new(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
            yield return System.IO.Path.Combine(directory.FullName, "shared");
    }
}
