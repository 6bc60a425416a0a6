using System.Globalization;
using System.Text.Json;
using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Ledger.Formats;

/// <summary>Writes an event's fields as the members of a JSON object.</summary>
internal sealed class EventJsonWriter(Utf8JsonWriter writer) : EventFields
{
    public override string Symbol(string name, string? value) => Text(name, value);

    public override string? SymbolOrNone(string name, string? value) => value is null ? null : Text(name, value);

    public override string Text(string name, string? value)
    {
        writer.WriteString(name, value ?? throw new ArgumentException($"The event has no {name}."));
        return value;
    }

    public override AccountId Account(string name, AccountId value)
    {
        writer.WriteString(name, value.Value);
        return value;
    }

    public override EventId Event(string name, EventId value)
    {
        writer.WriteString(name, value.Value);
        return value;
    }

    public override Quantity Quantity(string name, Quantity value)
    {
        writer.WriteString(name, value.ToString());
        return value;
    }

    public override Quantity? QuantityOrNone(string name, Quantity? value) => value is { } number ? Quantity(name, number) : null;

    public override int Scale(string name, int value)
    {
        writer.WriteNumber(name, value);
        return value;
    }

    public override long Time(string name, long value)
    {
        writer.WriteNumber(name, value);
        return value;
    }

    public override long? TimeOrNone(string name, long? value) => value is { } time ? Time(name, time) : null;

    public override bool Flag(string name, bool value)
    {
        writer.WriteBoolean(name, value);
        return value;
    }

    public override int Choice(string name, int value, string[] names)
    {
        writer.WriteString(name, value >= 0 && value < names.Length ? names[value] : throw new ArgumentException($"{value} is not a {name}."));
        return value;
    }

    public override int? ChoiceOrNone(string name, int? value, string[] names) => value is { } choice ? Choice(name, choice, names) : null;

    public override OwnerKey Owner(string name, OwnerKey value)
    {
        if (!value.IsNone) writer.WriteString(name, value.ToString());
        return value;
    }

    public override byte[]? DigestOrNone(string name, byte[]? value)
    {
        if (value is not null) writer.WriteString(name, Convert.ToHexStringLower(value));
        return value;
    }

    public override Authorisation? AuthorisationOrNone(string name, Authorisation? value)
    {
        if (value is null) return null;
        writer.WriteStartObject(name);
        writer.WriteString("nonce", value.Nonce.ToString(CultureInfo.InvariantCulture));
        writer.WriteNumber("until", value.Until);
        writer.WriteString("scheme", EventJsonReader.Schemes[(int)value.Scheme - 1]);
        writer.WriteString("publicKey", Convert.ToHexStringLower(value.PublicKey));
        writer.WriteString("signature", Convert.ToHexStringLower(value.Signature));
        writer.WriteEndObject();
        return value;
    }

    public override IReadOnlyDictionary<string, Quantity> Prices(string name, IReadOnlyDictionary<string, Quantity>? value)
    {
        writer.WriteStartObject(name);
        foreach ((string feed, Quantity price) in value!.OrderBy(pair => pair.Key, StringComparer.Ordinal)) writer.WriteString(feed, price.ToString());
        writer.WriteEndObject();
        return value!;
    }

    public override (byte[]? Source, IReadOnlyDictionary<string, Quantity>? Confidences) Origin(byte[]? source, IReadOnlyDictionary<string, Quantity>? confidences)
    {
        DigestOrNone("source", source);
        if (confidences is not null) Prices("confidences", confidences);
        return (source, confidences);
    }

    public override IReadOnlyList<LossShare> Shares(string name, IReadOnlyList<LossShare>? value)
    {
        writer.WriteStartArray(name);
        foreach (LossShare share in value!)
        {
            writer.WriteStartObject();
            writer.WriteString("account", share.Account.Value);
            writer.WriteString("amount", share.Amount.ToString());
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
        return value!;
    }

    public override string Json(string name, string? value, string[] members)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(value ?? throw new ArgumentException($"The event has no {name}."));
        return value;
    }
}
