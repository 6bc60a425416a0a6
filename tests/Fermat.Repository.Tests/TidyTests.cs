using System.Text.RegularExpressions;

namespace Fermat.Repository.Tests;

/// <summary>House rules that a reader would otherwise have to check by eye.</summary>
public sealed partial class TidyTests
{
    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"\b(float|double|decimal)\b")]
    private static partial Regex BinaryFloatingPoint();

    [GeneratedRegex("""
        '(\\.|[^'\\])'|"(\\.|[^"\\])*"
        """)]
    private static partial Regex Text();

    /// <summary>Where floating point may appear: soundness logarithms, timings and presentation.</summary>
    private static readonly string[] FloatingPointAllowed = ["Soundness", "Timing", "Progress", "Format", "Diagnostics"];

    [Fact]
    public void No_unfinished_marks_in_libraries_and_applications()
        => Assert.Empty(Lines("src").Concat(Lines("apps")).Where(line => Unfinished().IsMatch(line.Text)).Select(line => line.Place));

    [Fact]
    public void Money_is_integers_no_floating_point_in_libraries()
        => Assert.Empty(Lines("src")
            .Where(line => !line.Text.TrimStart().StartsWith("//", StringComparison.Ordinal) && !line.Text.TrimStart().StartsWith("///", StringComparison.Ordinal))
            .Where(line => BinaryFloatingPoint().IsMatch(Text().Replace(line.Text, "").Split("//")[0]))
            .Where(line => !FloatingPointAllowed.Any(word => line.Place.Contains(word, StringComparison.Ordinal)))
            .Select(line => $"{line.Place}: {line.Text.Trim()}"));

    [Fact]
    public void Libraries_do_not_write_to_the_console()
        => Assert.Empty(Lines("src").Where(line => line.Text.Contains("Console.", StringComparison.Ordinal)).Select(line => line.Place));

    /// <summary>A choice that knows AVX2 alone would fall to the scalar code on the machines that have more.</summary>
    [Fact]
    public void A_choice_of_kernels_that_names_Avx2_names_Avx512_too()
        => Assert.Empty(Lines("src")
            .Where(line => line.Text.Contains("KernelKind.Avx2", StringComparison.Ordinal) && !line.Text.Contains("KernelKind.Avx512", StringComparison.Ordinal))
            .Where(line => !line.Place.Contains("Lanes/Kernels.cs", StringComparison.Ordinal)).Select(line => line.Place));

    [Fact]
    public void Tests_do_not_sleep()
        => Assert.Empty(Lines("tests")
            .Where(line => line.Text.Contains("Thread" + ".Sleep", StringComparison.Ordinal) || line.Text.Contains("Task" + ".Delay", StringComparison.Ordinal))
            .Select(line => line.Place));

    [Fact]
    public void No_file_is_longer_than_five_hundred_lines()
        => Assert.Empty(Repository.Sources("src").Concat(Repository.Sources("apps")).Select(path => (path, lines: File.ReadLines(path).Count()))
            .Where(file => file.lines > 500).Select(file => $"{Path.GetRelativePath(Repository.Root, file.path)}: {file.lines}"));

    private static IEnumerable<(string Place, string Text)> Lines(string folder)
    {
        foreach (string path in Repository.Sources(folder))
        {
            int number = 0;
            foreach (string line in File.ReadLines(path))
                yield return ($"{Path.GetRelativePath(Repository.Root, path)}:{++number}", line);
        }
    }
}
