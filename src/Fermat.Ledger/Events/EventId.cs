using Fermat.Margin;

namespace Fermat.Ledger.Events;

/// <summary>The name of an event: 1 to 64 characters of <see cref="Identifiers.AllowedCharacters"/>.</summary>
public readonly record struct EventId
{
    /// <summary>Most characters.</summary>
    public const int MaxLength = 64;

    private readonly string? value;

    /// <summary>Takes a name that is known to be well formed.</summary>
    /// <exception cref="ArgumentException">The text is not an event id.</exception>
    public EventId(string value)
    {
        if (!Identifiers.IsValid(value, MaxLength)) throw new ArgumentException($"\"{value}\" is not an event id: it has 1 to {MaxLength} characters, {Identifiers.AllowedCharacters}.", nameof(value));
        this.value = value;
    }

    /// <summary>The name as text.</summary>
    public string Value => value ?? "";

    /// <inheritdoc/>
    public override string ToString() => Value;
}
