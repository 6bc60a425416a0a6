using System.Numerics;
using Fermat.Margin;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>
/// The public numbers of the margin rule as bytes, laid out for filling traces: intervals in the order of the public table of intervals, and
/// weights in hundredths.
/// </summary>
internal sealed class PublicNumbers
{
    private readonly int[] firstRow;

    public PublicNumbers(RiskParameters parameters)
    {
        int assets = parameters.Assets.Length;
        CollateralKind[] kinds = Enum.GetValues<CollateralKind>();
        firstRow = new int[assets * Asset.Kinds + 1];
        var low = new List<ulong>();
        var high = new List<ulong>();
        var slopes = new List<byte[]>();
        var offsets = new List<byte[]>();
        for (int asset = 0; asset < assets; asset++)
            foreach (CollateralKind kind in kinds)
            {
                foreach (TierInterval interval in parameters.Intervals(asset, kind))
                {
                    low.Add(interval.Low);
                    high.Add(interval.High);
                    slopes.Add(Bytes(interval.Slope, SolvencyLimits.SlopeBytes));
                    offsets.Add(Bytes(interval.Offset, SolvencyLimits.OffsetBytes));
                }
                firstRow[asset * Asset.Kinds + (int)kind + 1] = low.Count;
            }
        (Low, High, Slopes, Offsets) = ([.. low], [.. high], [.. slopes], [.. offsets]);
        Weights = [.. Enumerable.Range(0, assets).Select(asset => Bytes(100 * parameters.Weight(asset), SolvencyLimits.SlopeBytes))];
    }

    /// <summary>First amount of each interval.</summary>
    public ulong[] Low { get; }

    /// <summary>Last amount of each interval.</summary>
    public ulong[] High { get; }

    /// <summary>Slope of each interval, bytes.</summary>
    public byte[][] Slopes { get; }

    /// <summary>Offset of each interval, bytes.</summary>
    public byte[][] Offsets { get; }

    /// <summary>100 · weight of each asset, bytes.</summary>
    public byte[][] Weights { get; }

    /// <summary>The row of the interval that an amount falls into.</summary>
    public int FindInterval(int asset, int kind, ulong amount)
    {
        int row = firstRow[asset * Asset.Kinds + kind];
        while (High[row] < amount) row++;
        return row;
    }

    private static byte[] Bytes(BigInteger value, int count)
    {
        byte[] bytes = new byte[count];
        if (!value.TryWriteBytes(bytes, out _, isUnsigned: true)) throw new InvalidOperationException($"a public number does not fit {count} bytes");
        return bytes;
    }
}
