using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;

namespace Fermat.Margin;

/// <summary>One step of a haircut ladder: of the part of a collateral value between the bounds, <see cref="KeptPercent"/> percent count.</summary>
/// <param name="Lower">Lower bound, whole units of the quote asset.</param>
/// <param name="Upper">Upper bound, or null when the tier has none.</param>
/// <param name="KeptPercent">The collateral factor in percent, 0 to 100 (100 − haircut).</param>
public readonly record struct Tier(BigInteger Lower, BigInteger? Upper, int KeptPercent);

/// <summary>
/// A haircut ladder: contiguous tiers from 0 upward whose kept percentages never rise. Collateral value above the last bound keeps 0 %;
/// the empty ladder keeps 0 % of everything.
/// </summary>
/// <remarks>
/// Non-rising percentages make the counted value a concave function of the amount: more collateral of one asset never counts better than less.
/// Every ladder of the venues looked at has this shape, and the circuit's bounds use it.
/// </remarks>
public sealed class TierLadder : IEquatable<TierLadder>
{
    private TierLadder(ImmutableArray<Tier> tiers) => Tiers = tiers;

    /// <summary>The ladder that keeps nothing.</summary>
    public static TierLadder Empty { get; } = new([]);

    /// <summary>The tiers in rising order; contiguous from 0.</summary>
    public ImmutableArray<Tier> Tiers { get; }

    /// <summary>Builds a ladder from the upper bounds of its tiers; null on success, otherwise a sentence saying what is wrong.</summary>
    /// <param name="steps">Upper bound (null = without bound, last step only) and kept percent of each tier, rising.</param>
    /// <param name="ladder">The ladder; <see cref="Empty"/> on failure.</param>
    public static string? TryCreate(IReadOnlyList<(ulong? Upper, int KeptPercent)> steps, out TierLadder ladder)
    {
        ladder = Empty;
        if (steps.Count > BookLimits.MaxTiers) return $"a ladder has at most {BookLimits.MaxTiers} tiers, this one has {steps.Count}";
        var tiers = ImmutableArray.CreateBuilder<Tier>(steps.Count);
        BigInteger lower = BigInteger.Zero;
        for (int i = 0; i < steps.Count; i++)
        {
            (ulong? upper, int percent) = steps[i];
            if (percent is < 0 or > 100) return $"tier {i + 1} keeps {percent} percent; allowed is 0 to 100";
            if (i > 0 && percent > steps[i - 1].KeptPercent)
                return $"tier {i + 1} keeps {percent} percent, more than the {steps[i - 1].KeptPercent} of the tier below it; percentages must not rise";
            if (upper is null && i + 1 < steps.Count) return $"tier {i + 1} has no upper bound but is not the last";
            if (upper is BookLimits.UnboundedTier) return $"tier {i + 1} has the bound 2^64 - 1, which stands for \"without bound\"; leave the bound out";
            if (upper <= lower) return $"tier {i + 1} ends at {upper}, not above its beginning {lower}";
            tiers.Add(new Tier(lower, upper, percent));
            if (upper is { } next) lower = next;
        }
        ladder = tiers.Count == 0 ? Empty : new TierLadder(tiers.DrainToImmutable());
        return null;
    }

    /// <summary>Builds a ladder that is known to be well formed.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public static TierLadder Create(params (ulong? Upper, int KeptPercent)[] steps) =>
        TryCreate(steps, out TierLadder ladder) is { } problem ? throw new ArgumentException(problem, nameof(steps)) : ladder;

    /// <summary>
    /// Reads the notation of venues' files, <c>[0-10000:100,10000-20000:90]</c>: bounds and kept percent, blanks after commas allowed, 2^64 − 1 for
    /// "without bound"; an empty text or <c>[]</c> is the empty ladder. Null on success, otherwise a sentence saying what is wrong.
    /// </summary>
    public static string? TryParse(string text, out TierLadder ladder)
    {
        ladder = Empty;
        string body = text.Trim();
        if (body.Length == 0) return null;
        if (body[0] != '[' || body[^1] != ']' || body.Length < 2) return $"the ladder \"{Shorten(text)}\" is not between [ and ]";
        body = body[1..^1].Trim();
        if (body.Length == 0) return null;
        var steps = new List<(ulong?, int)>();
        ulong lower = 0;
        foreach (string part in body.Split(',', BookLimits.MaxTiers + 1))
        {
            string tier = part.Trim();
            int dash = tier.IndexOf('-'), colon = tier.IndexOf(':');
            if (dash < 0 || colon < dash
                || !ulong.TryParse(tier[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out ulong from)
                || !ulong.TryParse(tier[(dash + 1)..colon], NumberStyles.None, CultureInfo.InvariantCulture, out ulong to)
                || !int.TryParse(tier[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out int percent))
                return $"\"{Shorten(tier)}\" is not a tier; expected from-to:percent";
            if (from != lower) return $"the tier \"{tier}\" begins at {from}, but the one before it ends at {lower}";
            if (to <= from) return $"the tier \"{tier}\" does not end above its beginning";
            steps.Add((to == BookLimits.UnboundedTier ? null : to, percent));
            lower = to;
        }
        return TryCreate(steps, out ladder);
    }

    /// <summary>The notation that <see cref="TryParse"/> reads.</summary>
    public override string ToString() =>
        $"[{string.Join(",", Tiers.Select(t => $"{t.Lower}-{t.Upper ?? BookLimits.UnboundedTier}:{t.KeptPercent}"))}]";

    /// <inheritdoc/>
    public bool Equals(TierLadder? other) => other is not null && Tiers.AsSpan().SequenceEqual(other.Tiers.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TierLadder);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (Tier tier in Tiers) hash.Add(tier);
        return hash.ToHashCode();
    }

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
