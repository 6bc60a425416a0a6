using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Statements.Parameters;

/// <summary>What a verifier knows by itself, beside the rulebook that it brings, and holds an update to; what is null or not named is taken from the file.</summary>
public sealed record ParameterAnchors
{
    /// <summary>Nothing pinned but the rulebook.</summary>
    public static ParameterAnchors None { get; } = new();

    /// <summary>Whose parameters they are.</summary>
    public string? Venue { get; init; }

    /// <summary>The digest of the parameters' values before the update, as statements before it bind it.</summary>
    public Digest? OldParameters { get; init; }

    /// <summary>The digest of the market data before the update.</summary>
    public Digest? OldMarket { get; init; }

    /// <summary>The digest of the parameters' values after the update, as statements after it bind it.</summary>
    public Digest? NewParameters { get; init; }

    /// <summary>The digest of the market data after the update.</summary>
    public Digest? NewMarket { get; init; }

    /// <summary>Aggregates by name, in units of their quantities: from statements of solvency, from prices, from the times of events.</summary>
    public ImmutableDictionary<string, BigInteger> Aggregates { get; init; } = ImmutableDictionary<string, BigInteger>.Empty;

    /// <summary>The first anchor that an update does not keep, or null.</summary>
    internal StatementRejection? Check(ParameterUpdate update)
    {
        if (Venue is { } venue && venue != update.Venue) return new(StatementRejectionCode.WrongVenue, "the venue is not the pinned one", Expected: venue, Got: update.Venue);
        (Digest? Pinned, Digest Got, StatementRejectionCode Code, string What)[] digests =
        [
            (OldParameters, update.OldParameters, StatementRejectionCode.WrongParameters, "the parameters before the update"),
            (OldMarket, update.OldMarket, StatementRejectionCode.WrongMarketData, "the market data before the update"),
            (NewParameters, update.NewParameters, StatementRejectionCode.WrongParameters, "the parameters after the update"),
            (NewMarket, update.NewMarket, StatementRejectionCode.WrongMarketData, "the market data after the update"),
        ];
        foreach ((Digest? pinned, Digest got, StatementRejectionCode code, string what) in digests)
            if (pinned is { } digest && digest != got) return new(code, $"{what} are not the pinned ones", Expected: $"{digest}", Got: $"{got}");
        foreach ((string name, BigInteger pinned) in Aggregates.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            int at = SchemaField.IndexOf(update.System, name);
            if (at < 0)
                return new(StatementRejectionCode.WrongAggregate, $"the rulebook has no aggregate {name}", Expected: string.Join(", ", update.System.Select(field => field.Name)), Got: name);
            if (update.Aggregates[at] != pinned)
                return new(StatementRejectionCode.WrongAggregate, $"the aggregate {name} is not the pinned one", Expected: Show(update.System[at], pinned), Got: Show(update.System[at], update.Aggregates[at]));
        }
        return null;
    }

    /// <summary>An aggregate as people read it.</summary>
    /// <param name="field">Its field.</param>
    /// <param name="value">In units of its quantity.</param>
    public static string Show(SchemaField field, BigInteger value)
    {
        ArgumentNullException.ThrowIfNull(field);
        return field.Type switch
        {
            FieldType.Number number => ScaledNumber.Format(value, number.Quantity.Scale),
            FieldType.Choice choice when value >= 0 && value < choice.Type.Values.Length => choice.Type.Values[(int)value],
            FieldType.Flag => value.IsZero ? "false" : "true",
            _ => value.ToString(global::System.Globalization.CultureInfo.InvariantCulture),
        };
    }
}
