namespace Fermat.Ledger.Formats;

/// <summary>Every way in which the text or the bytes of an event can be wrong. Names are stable.</summary>
public enum EventErrorCode
{
    /// <summary>Not JSON, not one object, or longer than an event can be.</summary>
    Syntax = 1,

    /// <summary>A type of event that this version does not know.</summary>
    UnknownType,

    /// <summary>A version that this program does not know.</summary>
    UnknownVersion,

    /// <summary>A field that the event does not have.</summary>
    UnknownField,

    /// <summary>A field that must be there and is not.</summary>
    MissingField,

    /// <summary>A value of the wrong kind, or out of its range.</summary>
    BadValue,

    /// <summary>A value or an order that is not the one canonical form.</summary>
    NotCanonical,

    /// <summary>The bytes end too early, or go on after the event.</summary>
    WrongLength,
}

/// <summary>What is wrong with an event's text or bytes.</summary>
/// <param name="Code">The kind of fault.</param>
/// <param name="Field">The field, if one can be named.</param>
/// <param name="Sentence">What is wrong.</param>
public sealed record EventError(EventErrorCode Code, string? Field, string Sentence)
{
    /// <summary>The code as text, <c>event.unknown-field</c> and so on; stable.</summary>
    public string CodeText => Code switch
    {
        EventErrorCode.Syntax => "event.syntax",
        EventErrorCode.UnknownType => "event.unknown-type",
        EventErrorCode.UnknownVersion => "event.unknown-version",
        EventErrorCode.UnknownField => "event.unknown-field",
        EventErrorCode.MissingField => "event.missing-field",
        EventErrorCode.BadValue => "event.bad-value",
        EventErrorCode.NotCanonical => "event.not-canonical",
        _ => "event.wrong-length",
    };

    /// <inheritdoc/>
    public override string ToString() => Field is null ? $"{CodeText}: {Sentence}" : $"{CodeText}: {Field}: {Sentence}";
}
