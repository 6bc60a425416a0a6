using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Fermat.Margin;

/// <summary>The characters that account ids and asset symbols are written in.</summary>
/// <remarks>Plain ASCII without separators, so that an id has one spelling in JSON, CSV, a shell and a hash.</remarks>
public static class Identifiers
{
    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:@$+");

    /// <summary>What an id may consist of, in words, for messages.</summary>
    public const string AllowedCharacters = "letters, digits and - _ . : @ $ + (ASCII only)";

    /// <summary>Whether a text is an id of 1 to <paramref name="maxLength"/> allowed characters.</summary>
    public static bool IsValid(ReadOnlySpan<char> text, int maxLength) =>
        text.Length >= 1 && text.Length <= maxLength && !text.ContainsAnyExcept(Allowed);
}

/// <summary>The name of an account inside one venue: 1 to 64 characters of <see cref="Identifiers.AllowedCharacters"/>.</summary>
public readonly record struct AccountId
{
    private readonly string? value;

    /// <summary>Takes an id that is known to be well formed.</summary>
    /// <exception cref="ArgumentException">The text is not an account id.</exception>
    public AccountId(string value)
    {
        if (!Identifiers.IsValid(value, BookLimits.MaxAccountIdLength))
            throw new ArgumentException(
                $"\"{value}\" is not an account id: it has 1 to {BookLimits.MaxAccountIdLength} characters, {Identifiers.AllowedCharacters}.", nameof(value));
        this.value = value;
    }

    /// <summary>The id as text.</summary>
    public string Value => value ?? "";

    /// <summary>Reads an id; false when the text is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AccountId id)
    {
        bool valid = text is not null && Identifiers.IsValid(text, BookLimits.MaxAccountIdLength);
        id = valid ? new AccountId(text!) : default;
        return valid;
    }

    /// <inheritdoc/>
    public override string ToString() => Value;
}
