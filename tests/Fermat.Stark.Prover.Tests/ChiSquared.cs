namespace Fermat.Stark.Tests;

/// <summary>Pearson's test of uniformity.</summary>
internal static class ChiSquared
{
    /// <summary>Exceeded by 1 uniform sample in 10 million, 15 degrees of freedom.</summary>
    public const double Limit15 = 61.6;

    /// <summary>Σ (observed − expected)² / expected, all buckets being equally likely.</summary>
    public static double Of(IReadOnlyList<int> buckets)
    {
        double expected = buckets.Sum() / (double)buckets.Count;
        return buckets.Sum(observed => (observed - expected) * (observed - expected) / expected);
    }
}
