using System.Collections.Immutable;
using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Rules.Updates;

namespace Fermat.Engine;

/// <summary>What the rulebook says of an update of parameters: what statement P is about.</summary>
/// <param name="Before">Parameters and market data as the last update left them, with the prices of that moment.</param>
/// <param name="After">Parameters and market data as the update would leave them, with the prices of now.</param>
/// <param name="Aggregates">What the engine has measured, by the rulebook's aggregates.</param>
/// <param name="Verdict">Which rules hold.</param>
public sealed record UpdateJudgement(MarketData Before, MarketData After, ImmutableArray<BigInteger> Aggregates, UpdateVerdict Verdict);

public sealed partial class MarginEngine
{
    /// <summary>The aggregate that is the insurance fund's balance in the asset of <see cref="EngineOptions.GuardAsset"/>, rounded down to its quantity's decimals and kept within its bounds.</summary>
    public const string InsuranceFund = "insurance_fund";

    private const string Elapsed = "elapsed", Volatility = "volatility", VolatilityBefore = "volatility_before", MarginUse = "margin_use";

    private readonly UpdateRules _updates;
    private readonly PriceRanges _ranges = new();
    private (MarketData Set, long Time, (BigInteger Difference, BigInteger Lowest) Volatility)? _lastUpdate;

    /// <summary>The aggregates that the engine measures: what a rulebook's block <c>meta</c> may declare in <c>system</c>.</summary>
    public static IReadOnlyList<string> Measures { get; } = [Elapsed, InsuranceFund, Volatility, VolatilityBefore, MarginUse];

    /// <summary>What the rulebook said of the last update that it judged, applied or rejected; null where there was none. Updates that are restored from a log are not judged again.</summary>
    public UpdateJudgement? LastJudgement { get; private set; }

    /// <summary>What the rulebook says of an update now; null for the first one, which follows no other, and for one that the ledger or the rulebook cannot take.</summary>
    /// <param name="update">The update; nothing is done.</param>
    public UpdateJudgement? Judge(ParametersUpdated update)
    {
        ArgumentNullException.ThrowIfNull(update);
        if (_lastUpdate is not { } last || _binding.After(State, update) is not { } after) return null;
        ImmutableArray<BigInteger> aggregates = [.. _updates.System.Select(field => Measure(field, update.Time, last.Time, last.Volatility))];
        return new UpdateJudgement(last.Set, after, aggregates, _updates.Judge(last.Set, after, aggregates));
    }

    private EngineRejection? JudgeUpdate(LedgerEvent instruction)
    {
        if (!_updates.Any || instruction is not ParametersUpdated update || Judge(update) is not { } judgement) return null;
        LastJudgement = judgement;
        return judgement.Verdict.Broken is { } broken ? Broken(broken) : null;
    }

    private static EngineRejection Broken(RuleVerdict rule)
        => new(EngineRejectionCode.UpdateRule, $"the rulebook's rule {rule.Rule} does not hold for this update: {rule.Why}", "make a smaller step, or wait until the rule allows it");

    /// <summary>Remembers an update that was applied, and prices that were set.</summary>
    private void Measured(LedgerEvent cause)
    {
        if (cause is PricesSet)
        {
            foreach (InstrumentState instrument in State.Instruments)
                if (instrument is { HasPositions: true, Mark: { } mark }) _ranges.Add(instrument.Index, cause.Time, mark);
        }
        else if (cause is ParametersUpdated && _binding.Market is { } market)
        {
            _lastUpdate = (market, cause.Time, _ranges.Widest(cause.Time));
        }
    }

    private static void CheckMeasures(UpdateRules updates)
    {
        foreach (SchemaField field in updates.System)
        {
            if (!Measures.Contains(field.Name)) throw new ArgumentException($"the rulebook's aggregate {field.Name} is nothing that the engine measures: {string.Join(", ", Measures)}");
            if (field.Type is not FieldType.Number) throw new ArgumentException($"the rulebook's aggregate {field.Name} must be a number");
        }
    }

    /// <summary>An aggregate in units of its quantity, rounded down; what is beyond the quantity's bounds counts as the bound.</summary>
    private BigInteger Measure(SchemaField field, long now, long last, (BigInteger Difference, BigInteger Lowest) volatilityBefore)
    {
        var number = (FieldType.Number)field.Type;
        int scale = number.Quantity.Scale;
        BigInteger value = field.Name switch
        {
            Elapsed => (now - last) / 1000 * BigInteger.Pow(10, scale),
            InsuranceFund => Fund(scale) ?? 0,
            Volatility => Ratio(_ranges.Widest(now), scale),
            VolatilityBefore => Ratio(volatilityBefore, scale),
            _ => Ratio(UseOfMargin(), scale),
        };
        return BigInteger.Min(BigInteger.Max(value, number.Quantity.Bounds.Min), number.Quantity.Bounds.Max);
    }

    private static BigInteger Ratio((BigInteger Above, BigInteger Below) ratio, int scale) => RoundedDivision.Divide(ratio.Above * BigInteger.Pow(10, scale), ratio.Below, Rounding.Down);

    /// <summary>The insurance fund's balance in the asset that it is counted in; null where there is no such asset yet.</summary>
    private BigInteger? Fund(int scale)
    {
        if (State.Assets.Count == 0) return null;
        AssetState asset = State.Assets[0];
        if (Options.GuardAsset is { } named && !State.TryFindAsset(named, out asset!)) return null;
        return RoundedDivision.Rescale(State.Accounts[State.Insurance].Balance(asset.Index).Amount, asset.Scale, scale, Rounding.Down);
    }

    /// <summary>The maintenance margins of all customers together over what they own together; net equity counts where it is positive, and at least one unit of it. One whose account has no price is left out.</summary>
    private (BigInteger Above, BigInteger Below) UseOfMargin()
    {
        (BigInteger maintenance, BigInteger equity) = (0, 0);
        AccountHealth?[] healths = Healths();
        for (int i = 0; i < healths.Length; i++)
        {
            if (IsVenue(i) || healths[i] is not { } health) continue;
            maintenance += health.Maintenance;
            equity += BigInteger.Max(health.NetEquity, 0);
        }
        return (maintenance, BigInteger.Max(equity, 1));
    }
}
