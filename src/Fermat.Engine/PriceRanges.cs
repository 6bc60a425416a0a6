using System.Numerics;

namespace Fermat.Engine;

/// <summary>The highest and lowest mark price of each instrument in the last day, as its price sets came: the engine's measure of volatility. Amortised constant time a price.</summary>
internal sealed class PriceRanges
{
    /// <summary>How long a price counts, in milliseconds.</summary>
    public const long Window = 86_400_000;

    private readonly List<(Extremes High, Extremes Low)> _instruments = [];

    /// <summary>Takes a price; times never fall.</summary>
    public void Add(int instrument, long time, long mark)
    {
        while (_instruments.Count <= instrument) _instruments.Add((new Extremes(1), new Extremes(-1)));
        _instruments[instrument].High.Add(time, mark);
        _instruments[instrument].Low.Add(time, mark);
    }

    /// <summary>The widest range of an instrument, as the difference over the lowest price; 0 over 1 where there is none. A price counts until a day after the next one came: what held at the window's begin is in it.</summary>
    public (BigInteger Difference, BigInteger Lowest) Widest(long now)
    {
        (BigInteger difference, BigInteger lowest) = (0, 1);
        foreach ((Extremes high, Extremes low) in _instruments)
        {
            if (high.At(now) is not { } top || low.At(now) is not { } bottom || bottom <= 0) continue;
            if ((top - bottom) * lowest > difference * bottom) (difference, lowest) = (top - bottom, bottom);
        }
        return (difference, lowest);
    }

    /// <summary>The largest (or, with −1, smallest) of the prices within the window: those that a later one has overtaken are dropped.</summary>
    private sealed class Extremes(int sign)
    {
        private readonly LinkedList<(long Since, long Until, long Price)> _prices = new();

        public void Add(long time, long price)
        {
            // the last one held until now; what it overtakes is never the largest again while it is in the window, and it keeps the window of none
            if (_prices.Last is { } held && held.Value.Until == long.MaxValue) held.Value = held.Value with { Until = time };
            while (_prices.Last is { } last && Math.Sign(last.Value.Price.CompareTo(price)) != sign) _prices.RemoveLast();
            _prices.AddLast((time, long.MaxValue, price));
            Drop(time);
        }

        public BigInteger? At(long now)
        {
            Drop(now);
            return _prices.First?.Value.Price;
        }

        private void Drop(long now)
        {
            while (_prices.First is { } first && first.Value.Until <= now - Window) _prices.RemoveFirst();
        }
    }
}
