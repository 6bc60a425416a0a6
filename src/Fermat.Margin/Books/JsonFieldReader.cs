using System.Numerics;

namespace Fermat.Margin.Books;

/// <summary>The values and objects of a book's JSON: notes what is wrong with one and goes on with the next.</summary>
internal sealed class JsonFieldReader(JsonTokenizer tokens, ErrorList errors)
{
    public JsonTokenizer Tokens => tokens;

    public ErrorList Errors => errors;

    /// <summary>
    /// Reads the object that the current token begins. For each known field, <paramref name="read"/> is called with the field's index while the current token
    /// is its value, and leaves the last token of that value current; it may return false to stop in the middle of the object.
    /// </summary>
    /// <returns>A mask of the fields seen; null, with an error noted, when the value is not an object.</returns>
    public uint? ReadObject(string what, string[] fields, Func<int, bool> read)
    {
        if (!Begins(JsonToken.BeginObject, what, "an object")) return null;
        uint seen = 0;
        while (tokens.Read() == JsonToken.Name)
        {
            int field = IndexOf(fields, tokens.Text);
            Place place = tokens.Place;
            if (field < 0)
            {
                errors.Add(BookErrorCode.UnknownField, place, $"{what} has no field {NumberFaults.Shown(tokens.Text)}", $"its fields are {string.Join(", ", fields)}");
            }
            else if ((seen & (1u << field)) != 0)
            {
                errors.Add(BookErrorCode.DuplicateField, place, $"{what} has the field \"{fields[field]}\" twice");
                field = -1;
            }
            tokens.Read();
            if (field < 0)
            {
                tokens.SkipValue();
                continue;
            }
            seen |= 1u << field;
            if (!read(field)) break;
        }
        return seen;
    }

    /// <summary>Reads the array that the current token begins; <paramref name="read"/> is called with each element's first token current.</summary>
    public void ReadArray(string what, Action read)
    {
        if (!Begins(JsonToken.BeginArray, what, "an array")) return;
        while (tokens.Read() != JsonToken.EndArray) read();
    }

    /// <summary>Notes each of the first <paramref name="required"/> fields that was not seen in an object.</summary>
    public void Require(uint? seen, string what, Place place, string[] fields, int required, string? hint = null)
    {
        for (int i = 0; seen is not null && i < required; i++)
            if ((seen & (1u << i)) == 0)
                errors.Add(BookErrorCode.MissingField, place, $"{what} lacks the field \"{fields[i]}\"", hint);
    }

    /// <summary>Whether the current value is a text; notes it and skips the value when it is not.</summary>
    public bool IsText(string what)
    {
        if (tokens.Token == JsonToken.String) return true;
        errors.Add(BookErrorCode.WrongType, tokens.Place, $"{what} is {Describe(tokens.Token)}, not a text",
            tokens.Token == JsonToken.Number ? "numbers that count money or events stand in double quotes, so that no reader rounds them" : null);
        tokens.SkipValue();
        return false;
    }

    /// <summary>A text of 1 to 256 characters without control characters; empty after an error.</summary>
    public string Text(string what)
    {
        if (!IsText(what)) return "";
        ReadOnlySpan<char> text = tokens.Text;
        if (text.IsEmpty || text.Length > BookLimits.MaxTextLength || text.ContainsAnyInRange('\0', '\u001f'))
            errors.Add(BookErrorCode.BadName, tokens.Place, $"{what} is empty, longer than {BookLimits.MaxTextLength} characters, or has control characters");
        return text.ToString();
    }

    /// <summary>A symbol; empty after an error.</summary>
    public string Symbol(string what)
    {
        if (!IsText(what)) return "";
        if (Identifiers.IsValid(tokens.Text, BookLimits.MaxSymbolLength)) return tokens.Text.ToString();
        errors.Add(BookErrorCode.BadName, tokens.Place, $"{what} {NumberFaults.Shown(tokens.Text)} is not a symbol",
            $"1 to {BookLimits.MaxSymbolLength} of {Identifiers.AllowedCharacters}");
        return "";
    }

    /// <summary>A small integer written as a JSON number; null after an error.</summary>
    public int? SmallInteger(string what, int max)
    {
        if (tokens.Token != JsonToken.Number)
        {
            errors.Add(BookErrorCode.WrongType, tokens.Place, $"{what} is {Describe(tokens.Token)}, not a number");
            tokens.SkipValue();
            return null;
        }
        if (tokens.Text.ContainsAnyExceptInRange('0', '9'))
        {
            errors.Add(BookErrorCode.NotCanonical, tokens.Place, $"{what} {tokens.Text} is not a plain integer", "digits only: no sign, point or exponent");
            return null;
        }
        if (tokens.Text.Length <= 4 && int.Parse(tokens.Text) is int value && value <= max) return value;
        errors.Add(BookErrorCode.OutOfRange, tokens.Place, $"{what} {tokens.Text} is more than {max}");
        return null;
    }

    /// <summary>A 64-bit integer written as a text; 0 after an error.</summary>
    public ulong Integer(string what) => IsText(what) ? NumberFaults.Integer(errors, tokens.Place, what, tokens.Text) : 0;

    /// <summary>An amount of the given scale written as a text; 0 after an error.</summary>
    public ulong Amount(string what, int scale) => IsText(what) ? NumberFaults.Amount(errors, tokens.Place, what, tokens.Text, scale) : 0;

    /// <summary>A larger number written as a text; 0 after an error.</summary>
    public BigInteger Number(string what, int scale, BigInteger end, string limit) =>
        IsText(what) ? NumberFaults.Number(errors, tokens.Place, what, tokens.Text, scale, end, limit) : 0;

    private bool Begins(JsonToken token, string what, string wanted)
    {
        if (tokens.Token == token) return true;
        errors.Add(BookErrorCode.WrongType, tokens.Place, $"{what} is {Describe(tokens.Token)}, not {wanted}");
        tokens.SkipValue();
        return false;
    }

    private static int IndexOf(string[] fields, ReadOnlySpan<char> name)
    {
        for (int i = 0; i < fields.Length; i++)
            if (name.SequenceEqual(fields[i]))
                return i;
        return -1;
    }

    private static string Describe(JsonToken token) => token switch
    {
        JsonToken.BeginObject => "an object",
        JsonToken.BeginArray => "an array",
        JsonToken.String => "a text",
        JsonToken.Number => "a number",
        JsonToken.Null => "null",
        _ => "true or false",
    };
}
