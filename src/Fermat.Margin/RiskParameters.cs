using System.Collections.Immutable;
using System.Numerics;

namespace Fermat.Margin;

/// <summary>
/// One linear piece of "counted collateral value as a function of the amount": for every amount c in [<see cref="Low"/>, <see cref="High"/>],
/// 100 · counted(c · price) = <see cref="Slope"/> · c + <see cref="Offset"/>, exactly, in units of 10^−W of the quote asset.
/// </summary>
/// <param name="Low">First amount, units of the asset's scale.</param>
/// <param name="High">Last amount, inclusive.</param>
/// <param name="Slope">Weight · kept percent: at most 100 · 2^81 &lt; 2^88.</param>
/// <param name="Offset">0 to 2^160; not negative because percentages never rise.</param>
/// <param name="Tier">Index of the tier in the ladder, or −1 above the last one.</param>
public readonly record struct TierInterval(ulong Low, ulong High, BigInteger Slope, BigInteger Offset, int Tier);

/// <summary>
/// The numbers that a book's accounts are judged by, derived from its assets alone and public: the unit of value, each asset's weight,
/// and each ladder as intervals over amounts. What the interpreter multiplies with and what the circuit looks up are these same numbers.
/// </summary>
/// <remarks>
/// One unit of value is 10^−W of the quote asset, W = max over assets of amount scale + price scale, so that amount · weight is exact:
/// weight = price mantissa · 10^(W − amount scale − price scale). A tier from L to U (in units of value: L · 10^W) holds the amounts c with
/// L ≤ c · weight &lt; U, that is ceil(L / weight) ≤ c &lt; ceil(U / weight). On it, 100 · counted = p_t · (v − L_t) + Σ_{s&lt;t} p_s · (U_s − L_s).
/// </remarks>
public sealed class RiskParameters
{
    private readonly ImmutableArray<BigInteger> weights;
    private readonly ImmutableArray<ImmutableArray<TierInterval>> intervals;

    private RiskParameters(ImmutableArray<Asset> assets)
    {
        Assets = assets;
        ValueScale = Scale(assets);
        ValueUnit = ExactDecimal.PowerOfTen(ValueScale);
        weights = [.. assets.Select(asset => WeightOf(asset, ValueScale))];
        var all = ImmutableArray.CreateBuilder<ImmutableArray<TierInterval>>(assets.Length * Asset.Kinds);
        for (int asset = 0; asset < assets.Length; asset++)
            for (int kind = 0; kind < Asset.Kinds; kind++)
                all.Add(Cut(assets[asset].Ladder((CollateralKind)kind), weights[asset], ValueUnit));
        intervals = all.MoveToImmutable();
    }

    /// <summary>The assets, in the book's order.</summary>
    public ImmutableArray<Asset> Assets { get; }

    /// <summary>W: decimals of the unit of value.</summary>
    public int ValueScale { get; }

    /// <summary>10^W: units of value in one quote unit.</summary>
    public BigInteger ValueUnit { get; }

    /// <summary>What keeps these assets from being one set of parameters, as (asset index or −1, sentence) pairs; empty when nothing does.</summary>
    public static IReadOnlyList<(int Asset, string Problem)> Problems(IReadOnlyList<Asset> assets)
    {
        var problems = new List<(int, string)>();
        if (assets.Count == 0) problems.Add((-1, "the book has no assets"));
        if (assets.Count > BookLimits.MaxAssets) problems.Add((-1, $"the book has {assets.Count} assets; at most {BookLimits.MaxAssets} are allowed"));
        int scale = Scale(assets);
        for (int i = 0; i < assets.Count; i++)
        {
            Asset asset = assets[i];
            if (!Identifiers.IsValid(asset.Symbol, BookLimits.MaxSymbolLength)) problems.Add((i, $"\"{asset.Symbol}\" is not a symbol"));
            if (asset.AmountScale is < 0 or > BookLimits.MaxAmountScale) problems.Add((i, $"the amount scale {asset.AmountScale} is not in 0..{BookLimits.MaxAmountScale}"));
            else if (asset.IndexPrice.Mantissa == 0) problems.Add((i, "the index price is not positive"));
            else if (WeightOf(asset, scale) > BookLimits.MaxWeight)
                problems.Add((i, $"one unit (10^-{asset.AmountScale} {asset.Symbol}) is worth more than 2^{BookLimits.WeightBits} units of value (10^-{scale} of the quote asset), "
                    + "because another asset's amount scale and price need that many decimals"));
            if (i > 0 && string.CompareOrdinal(assets[i - 1].Symbol, asset.Symbol) >= 0)
                problems.Add((i, $"\"{asset.Symbol}\" does not sort after \"{assets[i - 1].Symbol}\""));
        }
        return problems;
    }

    /// <summary>Derives the parameters of assets for which <see cref="Problems"/> is empty.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static RiskParameters Create(IReadOnlyList<Asset> assets)
    {
        IReadOnlyList<(int Asset, string Problem)> problems = Problems(assets);
        if (problems.Count > 0) throw new ArgumentException(string.Join("; ", problems.Select(p => p.Problem)), nameof(assets));
        return new RiskParameters([.. assets]);
    }

    /// <summary>The value of one unit of an asset's scale, in units of value; 1 to 2^81.</summary>
    public BigInteger Weight(int asset) => weights[asset];

    /// <summary>The linear pieces of one ladder: disjoint, rising, covering 0 to 2^63 − 1.</summary>
    public ImmutableArray<TierInterval> Intervals(int asset, CollateralKind kind) => intervals[asset * Asset.Kinds + (int)kind];

    /// <summary>Which piece an amount below 2^63 falls into: an index into <see cref="Intervals"/>.</summary>
    public int IntervalIndex(int asset, CollateralKind kind, ulong amount)
    {
        ReadOnlySpan<TierInterval> pieces = Intervals(asset, kind).AsSpan();
        int index = 0;
        while (pieces[index].High < amount) index++;
        return index;
    }

    /// <summary>The smallest scale at which every asset's amount · price is an integer.</summary>
    private static int Scale(IReadOnlyList<Asset> assets) => assets.Count == 0 ? 0 : assets.Max(a => Math.Max(a.AmountScale, 0) + a.IndexPrice.Scale);

    private static BigInteger WeightOf(Asset asset, int valueScale) =>
        asset.IndexPrice.Mantissa * ExactDecimal.PowerOfTen(valueScale - asset.AmountScale - asset.IndexPrice.Scale);

    private static ImmutableArray<TierInterval> Cut(TierLadder ladder, BigInteger weight, BigInteger unit)
    {
        var pieces = ImmutableArray.CreateBuilder<TierInterval>(ladder.Tiers.Length + 1);
        BigInteger next = BigInteger.Zero;                                                  // first amount not yet covered
        BigInteger full = BigInteger.Zero;                                                  // 100 · counted value of all tiers below
        for (int t = 0; t < ladder.Tiers.Length && next <= BookLimits.MaxAmount; t++)
        {
            Tier tier = ladder.Tiers[t];
            BigInteger lower = tier.Lower * unit;
            BigInteger end = tier.Upper is { } upper ? CeilingDivide(upper * unit, weight) : BigInteger.One << BookLimits.AmountBits;
            Append(end, tier.KeptPercent, full - tier.KeptPercent * lower, t);
            if (tier.Upper is { } bound) full += tier.KeptPercent * (bound * unit - lower);
        }
        Append(BigInteger.One << BookLimits.AmountBits, 0, full, -1);
        return pieces.DrainToImmutable();

        void Append(BigInteger end, int percent, BigInteger offset, int tier)
        {
            BigInteger last = BigInteger.Min(end - 1, BookLimits.MaxAmount);
            if (last < next) return;                                                        // no amount has a value inside this tier
            pieces.Add(new TierInterval((ulong)next, (ulong)last, weight * percent, offset, tier));
            next = last + 1;
        }
    }

    private static BigInteger CeilingDivide(BigInteger dividend, BigInteger divisor) => (dividend + divisor - 1) / divisor;
}
