namespace Fermat.Margin.Tests;

/// <summary>Where test inputs are.</summary>
internal static class SharedData
{
    /// <summary>The repository's root.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>The book that the repository holds.</summary>
    public static string ExampleBook => Path.Combine(Root, "examples", "exchange-sample", "book.json");

    /// <summary>A file of the original sample, which not every checkout has beside it; the test is skipped, visibly, where it is missing.</summary>
    public static string Sample(string name)
    {
        string? found = Candidates().Select(shared => Path.Combine(shared, "data", "exchange-sample", name)).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, $"the original sample ({name}) is not beside this checkout");
        return found;
    }

    private static IEnumerable<string> Candidates()
    {
        for (DirectoryInfo? directory = new DirectoryInfo(Root).Parent; directory is not null; directory = directory.Parent)
            yield return Path.Combine(directory.FullName, "shared");
    }

    private static string FindRoot()
    {
        DirectoryInfo? directory = new(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Fermat.slnx"))) directory = directory.Parent;
        return directory?.FullName ?? throw new InvalidOperationException("not inside the repository");
    }
}
