namespace Fermat.Ledger.Log;

/// <summary>A Bloom filter over event keys: it says "no" for certain and "yes" for perhaps, so that a new event seldom costs a look into the store. Of fixed size, whatever the number of events.</summary>
internal sealed class EventFilter
{
    private const int Hashes = 4;
    private readonly ulong[] bits;
    private readonly ulong mask;

    public EventFilter(int bitsLog2)
    {
        bits = new ulong[1 << (bitsLog2 - 6)];
        mask = (1UL << bitsLog2) - 1;
    }

    public void Add(UInt128 key)
    {
        (ulong a, ulong b) = ((ulong)key, (ulong)(key >> 64) | 1);
        for (int i = 0; i < Hashes; i++, a += b) bits[(a & mask) >> 6] |= 1UL << (int)(a & 63);
    }

    public bool MayContain(UInt128 key)
    {
        (ulong a, ulong b) = ((ulong)key, (ulong)(key >> 64) | 1);
        for (int i = 0; i < Hashes; i++, a += b)
            if ((bits[(a & mask) >> 6] & (1UL << (int)(a & 63))) == 0) return false;
        return true;
    }
}
