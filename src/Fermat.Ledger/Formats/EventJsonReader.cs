using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Ledger.Formats;

/// <summary>Reads an event's fields from the members of a JSON object.</summary>
internal sealed class EventJsonReader : EventFields
{
    public static readonly string[] Schemes = ["secp256k1"];

    private const int MaxKeyLength = 256;
    private readonly JsonElement members;
    private readonly string prefix;
    private int taken;

    private EventJsonReader(JsonElement members, string prefix)
    {
        this.members = members;
        this.prefix = prefix;
        if (members.ValueKind != JsonValueKind.Object) throw Fail(EventErrorCode.BadValue, "", "It is not an object.");
    }

    public static LedgerEvent Read(JsonElement line)
    {
        if (line.ValueKind != JsonValueKind.Object) throw new EventFormatException(EventErrorCode.Syntax, null, "The line is not an object.");
        var reader = new EventJsonReader(line, "");
        string type = reader.Text("type", null);
        int kind = Array.IndexOf(EventShape.Kinds, type) + 1;
        if (kind == 0) throw new EventFormatException(EventErrorCode.UnknownType, "type", $"\"{type}\" is not a type of event: {string.Join(", ", EventShape.Kinds)}.");
        LedgerEvent value = EventShape.Visit(reader, kind, null);
        reader.Finish();
        return value;
    }

    public override string Symbol(string name, string? value) => Name(name, Text(name, null));

    public override string? SymbolOrNone(string name, string? value) => Has(name) ? Symbol(name, null) : null;

    public override string Text(string name, string? value) => TextOf(Take(name), name);

    public override AccountId Account(string name, AccountId value) => AccountOf(Take(name), name);

    public override EventId Event(string name, EventId value)
    {
        string text = Text(name, null);
        return Identifiers.IsValid(text, EventId.MaxLength) ? new EventId(text) : throw Fail(EventErrorCode.BadValue, name, $"An event's name has 1 to {EventId.MaxLength} characters, {Identifiers.AllowedCharacters}.");
    }

    public override Quantity Quantity(string name, Quantity value) => QuantityOf(Take(name), name);

    public override Quantity? QuantityOrNone(string name, Quantity? value) => Has(name) ? Quantity(name, default) : null;

    public override int Scale(string name, int value) => (int)Integer(name, Events.Quantity.MaxScale);

    public override long Time(string name, long value) => Integer(name, long.MaxValue);

    public override long? TimeOrNone(string name, long? value) => Has(name) ? Time(name, 0) : null;

    public override bool Flag(string name, bool value) => Take(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } flag ? flag.GetBoolean() : throw Fail(EventErrorCode.BadValue, name, "It is not true or false.");

    public override int Choice(string name, int value, string[] names)
    {
        int choice = Array.IndexOf(names, Text(name, null));
        return choice >= 0 ? choice : throw Fail(EventErrorCode.BadValue, name, $"It is not one of {string.Join(", ", names)}.");
    }

    public override int? ChoiceOrNone(string name, int? value, string[] names) => Has(name) ? Choice(name, 0, names) : null;

    public override OwnerKey Owner(string name, OwnerKey value)
    {
        if (!Has(name)) return OwnerKey.None;
        return OwnerKey.TryParse(Text(name, null), out OwnerKey key) && !key.IsNone ? key : throw Fail(EventErrorCode.BadValue, name, "It is not 64 lower-case hexadecimal digits, or all of them are 0: leave it out where there is no key.");
    }

    public override byte[]? DigestOrNone(string name, byte[]? value) => Has(name) ? Hex(name, 32, 32) : null;

    public override Authorisation? AuthorisationOrNone(string name, Authorisation? value)
    {
        if (!Has(name)) return null;
        var reader = new EventJsonReader(Take(name), $"{name}.");
        string nonce = reader.Text("nonce", null);
        if (ExactDecimal.TryParseUInt64(nonce, 0, ulong.MaxValue, out ulong number) != DecimalFault.None) throw reader.Fail(EventErrorCode.BadValue, "nonce", "It is not a whole number below 2^64 in double quotes.");
        var read = new Authorisation(number, reader.Time("until", 0), (SignatureScheme)(reader.Choice("scheme", 0, Schemes) + 1), reader.Hex("publicKey", 1, MaxKeyLength), reader.Hex("signature", 1, MaxKeyLength));
        reader.Finish();
        return read;
    }

    public override IReadOnlyDictionary<string, Quantity> Prices(string name, IReadOnlyDictionary<string, Quantity>? value)
    {
        JsonElement prices = Take(name);
        if (prices.ValueKind != JsonValueKind.Object) throw Fail(EventErrorCode.BadValue, name, $"It is not an object of feeds and {name}.");
        var read = new Dictionary<string, Quantity>(StringComparer.Ordinal);
        foreach (JsonProperty price in prices.EnumerateObject()) read.Add(Name(name, price.Name), QuantityOf(price.Value, $"{name}.{price.Name}"));
        return read;
    }

    public override (byte[]? Source, IReadOnlyDictionary<string, Quantity>? Confidences) Origin(byte[]? source, IReadOnlyDictionary<string, Quantity>? confidences)
    {
        source = DigestOrNone("source", null);
        confidences = Has("confidences") ? Prices("confidences", null) : null;
        return confidences is not { Count: 0 } ? (source, confidences) : throw Fail(EventErrorCode.BadValue, "confidences", "There are none in it: leave it out where there are none.");
    }

    public override IReadOnlyList<LossShare> Shares(string name, IReadOnlyList<LossShare>? value)
    {
        JsonElement shares = Take(name);
        if (shares.ValueKind != JsonValueKind.Array) throw Fail(EventErrorCode.BadValue, name, "It is not a list of accounts and amounts.");
        var read = new List<LossShare>(shares.GetArrayLength());
        foreach (JsonElement share in shares.EnumerateArray())
        {
            var reader = new EventJsonReader(share, $"{prefix}{name}[{read.Count}].");
            read.Add(new LossShare(reader.Account("account", default), reader.Quantity("amount", default)));
            reader.Finish();
        }
        return read;
    }

    public override string Json(string name, string? value, string[] members)
    {
        JsonElement change = Take(name);
        return CanonicalJson.TryRead(change.GetRawText(), members, out JsonObject? canonical, out string fault) ? CanonicalJson.Write(canonical) : throw Fail(EventErrorCode.BadValue, name, fault);
    }

    private bool Has(string name) => members.TryGetProperty(name, out _);

    private JsonElement Take(string name)
    {
        if (!members.TryGetProperty(name, out JsonElement value)) throw Fail(EventErrorCode.MissingField, name, "It is missing.");
        taken++;
        return value;
    }

    private long Integer(string name, long max)
    {
        JsonElement value = Take(name);
        bool valid = value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= 0 && number <= max && number.ToString(CultureInfo.InvariantCulture) == value.GetRawText();
        return valid ? value.GetInt64() : throw Fail(EventErrorCode.BadValue, name, $"It is not a whole number from 0 to {max}.");
    }

    private byte[] Hex(string name, int least, int most)
    {
        string text = Text(name, null);
        bool valid = text.Length % 2 == 0 && text.Length >= 2 * least && text.Length <= 2 * most && !text.AsSpan().ContainsAnyExcept("0123456789abcdef");
        return valid ? Convert.FromHexString(text) : throw Fail(EventErrorCode.BadValue, name, $"It is not {least}{(most > least ? $" to {most}" : "")} bytes in lower-case hexadecimal digits.");
    }

    private string TextOf(JsonElement value, string name) => value.ValueKind == JsonValueKind.String ? value.GetString()! : throw Fail(EventErrorCode.BadValue, name, "It is not a text in double quotes.");

    private AccountId AccountOf(JsonElement value, string name) =>
        AccountId.TryParse(TextOf(value, name), out AccountId id) ? id : throw Fail(EventErrorCode.BadValue, name, $"An account's name has 1 to {BookLimits.MaxAccountIdLength} characters, {Identifiers.AllowedCharacters}.");

    private Quantity QuantityOf(JsonElement value, string name) =>
        Events.Quantity.TryParse(TextOf(value, name), out Quantity quantity) ? quantity : throw Fail(EventErrorCode.NotCanonical, name, $"It is not a canonical decimal below 2^{Events.Quantity.Bits} with at most {Events.Quantity.MaxScale} decimals.");

    private string Name(string field, string text) =>
        Identifiers.IsValid(text, BookLimits.MaxSymbolLength) ? text : throw Fail(EventErrorCode.BadValue, field, $"A symbol has 1 to {BookLimits.MaxSymbolLength} characters, {Identifiers.AllowedCharacters}.");

    /// <summary>Every member was one of the event's fields.</summary>
    private void Finish()
    {
        int count = members.GetPropertyCount();
        if (count != taken) throw Fail(EventErrorCode.UnknownField, "", $"It has {count - taken} fields that this event does not have: {string.Join(", ", members.EnumerateObject().Select(member => member.Name).Take(20))} are there.");
    }

    private EventFormatException Fail(EventErrorCode code, string name, string sentence) => new(code, (prefix + name).TrimEnd('.') is { Length: > 0 } field ? field : null, sentence);
}
