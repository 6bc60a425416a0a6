namespace Fermat.Margin.Tests;

/// <summary>Assets and ladders for tests.</summary>
internal static class Make
{
    public static Asset Asset(string symbol, int scale, Price price, TierLadder ladder) => new(symbol, scale, price, ladder, ladder, ladder);

    public static Asset RandomAsset(Random random, string symbol)
    {
        ulong mantissa = (ulong)random.NextInt64(1, 1L << random.Next(1, 40));
        return new Asset(symbol, random.Next(0, 9), new Price(mantissa, random.Next(0, 9)), RandomLadder(random), RandomLadder(random), RandomLadder(random));
    }

    public static TierLadder RandomLadder(Random random)
    {
        int count = random.Next(0, 12);
        int[] percents = [.. Enumerable.Range(0, count).Select(_ => random.Next(0, 101)).OrderDescending()];
        ulong bound = 0;
        int widthBits = random.Next(1, 58);
        var steps = new List<(ulong?, int)>();
        for (int i = 0; i < count; i++)
        {
            bound += (ulong)random.NextInt64(1, 1L << widthBits);
            steps.Add((i == count - 1 && random.Next(2) == 0 ? null : bound, percents[i]));
        }
        return TierLadder.Create([.. steps]);
    }
}
