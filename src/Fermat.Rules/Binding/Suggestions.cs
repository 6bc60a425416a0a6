namespace Fermat.Rules.Binding;

/// <summary>The name that was probably meant.</summary>
internal static class Suggestions
{
    private const int MaxLength = 64;

    /// <summary>The nearest of some names by edit distance (a swap of neighbours counts one), if it is near; ties go to the first by name.</summary>
    public static string? Nearest(string name, IEnumerable<string> candidates)
    {
        if (name.Length > MaxLength) return null;
        (string? best, int least) = (null, Math.Max(1, name.Length / 3) + 1);
        foreach (string candidate in candidates.Where(c => c.Length <= MaxLength && c != name).Distinct().Order(StringComparer.Ordinal))
        {
            int distance = string.Equals(candidate, name, StringComparison.OrdinalIgnoreCase) ? 0 : Distance(name, candidate);
            if (distance < least && distance < Math.Max(name.Length, candidate.Length))
                (best, least) = (candidate, distance);
        }
        return best;
    }

    /// <summary><c>did you mean `x`?</c>, or null.</summary>
    public static string? DidYouMean(string name, IEnumerable<string> candidates) => Nearest(name, candidates) is { } nearest ? $"did you mean `{nearest}`?" : null;

    private static int Distance(string a, string b)
    {
        if (Math.Abs(a.Length - b.Length) > MaxLength / 3) return int.MaxValue;
        int[] before = new int[b.Length + 1], last = [.. Enumerable.Range(0, b.Length + 1)], row = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int cost = a[i - 1] == b[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(row[j - 1] + 1, last[j] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, last, row) = (last, row, before);
        }
        return last[b.Length];
    }
}
