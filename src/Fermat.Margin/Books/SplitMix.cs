namespace Fermat.Margin.Books;

/// <summary>
/// A small deterministic generator of numbers for made-up books (SplitMix64: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014).
/// The framework's own may change between versions; a generated book must not. Nothing secret is drawn from it.
/// </summary>
internal struct SplitMix(ulong state)
{
    private ulong state = state;

    /// <summary>A generator for one item of many, independent of the others.</summary>
    public static SplitMix For(ulong seed, ulong index)
    {
        var outer = new SplitMix(seed);
        return new SplitMix(outer.Next() ^ new SplitMix(index).Next());
    }

    /// <summary>64 bits.</summary>
    public ulong Next()
    {
        state += 0x9e3779b97f4a7c15;
        ulong z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>A number from 0 to <paramref name="end"/> − 1; the bias of the multiplication is below 2^−32 for the ends used here.</summary>
    public uint Below(uint end) => (uint)(((Next() >> 32) * end) >> 32);

    /// <summary>A number from <paramref name="low"/> to <paramref name="high"/>, both included.</summary>
    public uint Between(uint low, uint high) => low + Below(high - low + 1);
}
