using Fermat.Ledger.Events;
using Fermat.Margin;

namespace Fermat.Ledger.Formats;

/// <summary>
/// One way to read or write the fields of an event. A writer writes what it is given and returns it; a reader ignores what it is given and returns what it reads. So <see cref="EventShape"/> says once which
/// fields an event has and in what order, and JSON and bytes, reading and writing, cannot differ.
/// </summary>
internal abstract class EventFields
{
    /// <summary>A symbol or a feed: characters of identifiers.</summary>
    public abstract string Symbol(string name, string? value);

    /// <summary>A symbol that may be left out.</summary>
    public abstract string? SymbolOrNone(string name, string? value);

    /// <summary>Any text.</summary>
    public abstract string Text(string name, string? value);

    /// <summary>An account's name.</summary>
    public abstract AccountId Account(string name, AccountId value);

    /// <summary>An event's name.</summary>
    public abstract EventId Event(string name, EventId value);

    /// <summary>A number.</summary>
    public abstract Quantity Quantity(string name, Quantity value);

    /// <summary>A number that may be left out.</summary>
    public abstract Quantity? QuantityOrNone(string name, Quantity? value);

    /// <summary>Decimals, 0 to 18.</summary>
    public abstract int Scale(string name, int value);

    /// <summary>Milliseconds since 1970, not negative.</summary>
    public abstract long Time(string name, long value);

    /// <summary>A time that may be left out.</summary>
    public abstract long? TimeOrNone(string name, long? value);

    /// <summary>True or false.</summary>
    public abstract bool Flag(string name, bool value);

    /// <summary>One of a few names.</summary>
    public abstract int Choice(string name, int value, string[] names);

    /// <summary>One of a few names, or none.</summary>
    public abstract int? ChoiceOrNone(string name, int? value, string[] names);

    /// <summary>An owner's key digest, or none.</summary>
    public abstract OwnerKey Owner(string name, OwnerKey value);

    /// <summary>32 bytes, or none.</summary>
    public abstract byte[]? DigestOrNone(string name, byte[]? value);

    /// <summary>An authorisation, or none.</summary>
    public abstract Authorisation? AuthorisationOrNone(string name, Authorisation? value);

    /// <summary>Prices by feed.</summary>
    public abstract IReadOnlyDictionary<string, Quantity> Prices(string name, IReadOnlyDictionary<string, Quantity>? value);

    /// <summary>The digest of what prices come from and how sure that is of them, each of which may be left out; in bytes behind one byte that says which are there.</summary>
    public abstract (byte[]? Source, IReadOnlyDictionary<string, Quantity>? Confidences) Origin(byte[]? source, IReadOnlyDictionary<string, Quantity>? confidences);

    /// <summary>Shares of a loss.</summary>
    public abstract IReadOnlyList<LossShare> Shares(string name, IReadOnlyList<LossShare>? value);

    /// <summary>A canonical JSON object of some members: an object inside JSON, its text inside bytes.</summary>
    public abstract string Json(string name, string? value, string[] members);
}

/// <summary>Stops the reading of an event.</summary>
internal sealed class EventFormatException(EventErrorCode code, string? field, string sentence) : Exception(sentence)
{
    public EventErrorCode Code { get; } = code;

    public string? Field { get; } = field;
}
