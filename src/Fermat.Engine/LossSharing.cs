using System.Numerics;

namespace Fermat.Engine;

/// <summary>Loss shared pro rata, to the unit.</summary>
public static class LossSharing
{
    /// <summary>
    /// Who pays how much of a loss: each ⌊loss · weight / Σ weights⌋, and of what is left one unit each of the first with a weight: there are always fewer units than weights, and each has room for one. So nobody pays
    /// more than its weight; if all weights together are less than the loss, everybody pays its weight.
    /// </summary>
    /// <param name="loss">Not negative.</param>
    /// <param name="weights">Not negative.</param>
    /// <returns>By weight; together the loss, or Σ weights if that is less.</returns>
    public static long[] Split(Int128 loss, ReadOnlySpan<long> weights)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(loss);
        BigInteger sum = 0;
        foreach (long weight in weights)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(weight, nameof(weights));
            sum += weight;
        }
        long[] shares = weights.ToArray();
        if (sum <= loss) return shares;
        BigInteger rest = loss;
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = (long)((BigInteger)loss * weights[i] / sum);
            rest -= shares[i];
        }
        for (int i = 0; rest > 0; i++)
        {
            if (weights[i] == 0) continue;
            shares[i]++;
            rest--;
        }
        return shares;
    }

    /// <summary>
    /// What winners receive when less was collected than they are owed, as a clearing house marks to market: each ⌊win · collected / Σ wins⌋, the remainder to the last winner.
    /// </summary>
    /// <param name="collected">What there is, not negative; more than Σ wins is not given out.</param>
    /// <param name="wins">What each is owed, not negative.</param>
    public static long[] Distribute(Int128 collected, ReadOnlySpan<long> wins)
    {
        BigInteger owed = 0;
        foreach (long win in wins)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(win, nameof(wins));
            owed += win;
        }
        long[] paid = wins.ToArray();
        if (owed <= collected) return paid;
        BigInteger rest = collected;
        int last = -1;
        for (int i = 0; i < paid.Length; i++)
        {
            paid[i] = (long)((BigInteger)collected * wins[i] / owed);
            rest -= paid[i];
            if (wins[i] > 0) last = i;
        }
        if (last >= 0) paid[last] += (long)rest;
        return paid;
    }
}
