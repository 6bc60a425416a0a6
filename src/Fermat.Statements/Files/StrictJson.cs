using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using Fermat.Hashing;
using Fermat.Margin;

namespace Fermat.Statements.Files;

/// <summary>
/// An object of a JSON file that is read strictly: every field must be known, none may be given twice or left out, numbers have one spelling. Each
/// failure names the field by its path.
/// </summary>
internal sealed class StrictObject
{
    private readonly Dictionary<string, JsonElement> fields = [];
    private readonly string path;

    private StrictObject(JsonElement element, string path)
    {
        this.path = path;
        if (element.ValueKind != JsonValueKind.Object) throw FileFormatException.Malformed(path, $"expected an object, found {Kind(element)}");
        foreach (JsonProperty field in element.EnumerateObject()) fields.Add(field.Name, field.Value);
    }

    /// <summary>Reads a file's one object with <paramref name="read"/>; every way in which the file can be wrong becomes a rejection.</summary>
    public static StatementRejection? TryRead<T>(ReadOnlyMemory<byte> utf8, string format, int version, int maxBytes, Func<StrictObject, T> read, out T? value)
        where T : class
    {
        value = null;
        if (utf8.Length > maxBytes) return new(StatementRejectionCode.MalformedFile, "the file is too long", "$", $"at most {maxBytes} bytes", $"{utf8.Length} bytes");
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = 8, AllowDuplicateProperties = false };
            using JsonDocument document = JsonDocument.Parse(utf8, options);
            var root = new StrictObject(document.RootElement, "$");
            root.Format(format, version);
            T result = read(root);
            root.Finish();
            value = result;
            return null;
        }
        catch (FileFormatException wrong)
        {
            return wrong.Rejection;
        }
        catch (JsonException wrong)
        {
            string place = wrong.LineNumber is { } line ? $"line {line + 1}, byte {wrong.BytePositionInLine + 1}" : "$";
            return new(StatementRejectionCode.MalformedFile, "the file is not JSON, or has a field twice", place, Hint: "the file may have been cut off or edited by hand");
        }
        catch (InvalidOperationException)
        {
            // The framework's reader throws this for texts that are not valid UTF-8 or UTF-16.
            return new(StatementRejectionCode.MalformedFile, "the file has a text that is not valid Unicode", "$");
        }
    }

    public string Path(string name) => $"{path}.{name}";

    public string Text(string name, int maxLength)
    {
        JsonElement element = Take(name);
        if (element.ValueKind != JsonValueKind.String) throw FileFormatException.Malformed(Path(name), $"expected a text, found {Kind(element)}");
        string text = element.GetString()!;
        if (text.Length > maxLength) throw FileFormatException.Malformed(Path(name), $"a text of {text.Length} characters; at most {maxLength} are allowed");
        return PlainText.Is(text) ? text : throw FileFormatException.Malformed(Path(name), "a text with control or format characters");
    }

    /// <summary>A small number written as a JSON number.</summary>
    public int Int(string name, int min, int max) => Whole(Take(name), Path(name), min, max);

    /// <summary>Strictly rising numbers from 1 to the number of rows that they are of.</summary>
    public List<int> Rows(string name, int rows)
    {
        var list = new List<int>();
        foreach ((JsonElement element, string place) in Elements(name, rows)) list.Add(Whole(element, place, list.Count == 0 ? 1 : list[^1] + 1, rows));
        return list;
    }

    /// <summary>A list of integers in texts, each from 1 to <paramref name="greatest"/>.</summary>
    public ImmutableArray<long> Positive(string name, int max, long greatest)
    {
        var list = ImmutableArray.CreateBuilder<long>();
        foreach (string text in Texts(name, max, ExactDecimal.MaxLength))
        {
            string place = $"{Path(name)}[{list.Count}]";
            if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) || value.ToString(CultureInfo.InvariantCulture) != text) throw FileFormatException.Malformed(place, "expected a whole number in a text");
            list.Add(value >= 1 && value <= greatest ? value : throw OutOfRange(place, $"1 to {greatest}", text));
        }
        return list.ToImmutable();
    }

    private static int Whole(JsonElement element, string place, int min, int max)
    {
        if (element.ValueKind != JsonValueKind.Number || element.GetRawText() is not { Length: <= 10 } text
            || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || value.ToString(CultureInfo.InvariantCulture) != text)
            throw FileFormatException.Malformed(place, $"expected a whole number, found {Kind(element)}");
        return value >= min && value <= max ? value : throw OutOfRange(place, $"{min} to {max}", value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>A non-negative decimal in a text, as an integer of the given scale, below <paramref name="end"/>.</summary>
    public BigInteger Decimal(string name, int scale, BigInteger end)
    {
        string text = Text(name, ExactDecimal.MaxLength);
        DecimalFault fault = ExactDecimal.TryParse(text, scale, end, out BigInteger value);
        return fault == DecimalFault.None ? value : throw Number(name, text, fault, scale);
    }

    /// <summary>A decimal in a text that may have a minus, but not before a zero.</summary>
    public BigInteger SignedDecimal(string name, int scale, BigInteger end)
    {
        string text = Text(name, ExactDecimal.MaxLength);
        bool negative = text.StartsWith('-');
        DecimalFault fault = ExactDecimal.TryParse(text.AsSpan(negative ? 1 : 0), scale, end, out BigInteger value);
        if (fault == DecimalFault.None && negative && value.IsZero) fault = DecimalFault.NotCanonical;
        if (fault != DecimalFault.None) throw Number(name, text, fault, scale);
        return negative ? -value : value;
    }

    /// <summary>An integer below 2^64 in a text.</summary>
    public ulong UInt64(string name) => (ulong)Decimal(name, 0, BigInteger.One << 64);

    public Digest Digest(string name)
    {
        string text = Text(name, 2 * Hashing.Digest.Length);
        if (!IsHex(text, Hashing.Digest.Length)) throw FileFormatException.Malformed(Path(name), "expected a digest of 64 lower-case hexadecimal digits");
        return Hashing.Digest.FromBytes(Convert.FromHexString(text));
    }

    /// <summary>A digest made of eight field elements.</summary>
    public Digest FieldDigest(string name)
    {
        Digest digest = Digest(name);
        return digest.IsCanonicalFields ? digest : throw FileFormatException.Malformed(Path(name), "the digest is not made of canonical field elements");
    }

    /// <summary>A list of digests made of eight field elements each.</summary>
    public ImmutableArray<Digest> FieldDigests(string name, int max)
    {
        List<string> texts = Texts(name, max, 2 * Hashing.Digest.Length);
        var digests = ImmutableArray.CreateBuilder<Digest>(texts.Count);
        foreach (string text in texts)
        {
            Digest digest = IsHex(text, Hashing.Digest.Length) ? Hashing.Digest.FromBytes(Convert.FromHexString(text)) : default;
            if (!IsHex(text, Hashing.Digest.Length) || !digest.IsCanonicalFields)
                throw FileFormatException.Malformed($"{Path(name)}[{digests.Count}]", "expected a digest: 64 lower-case hexadecimal digits, eight words below 2^31 - 2^24 + 1");
            digests.Add(digest);
        }
        return digests.ToImmutable();
    }

    public bool Flag(string name) => Take(name) is { ValueKind: JsonValueKind.True or JsonValueKind.False } element
        ? element.ValueKind == JsonValueKind.True
        : throw FileFormatException.Malformed(Path(name), "expected true or false");

    public StrictObject Object(string name) => new(Take(name), Path(name));

    public List<T> Objects<T>(string name, int max, Func<StrictObject, T> read)
    {
        var list = new List<T>();
        foreach ((JsonElement element, string place) in Elements(name, max))
        {
            var inner = new StrictObject(element, place);
            list.Add(read(inner));
            inner.Finish();
        }
        return list;
    }

    public List<string> Texts(string name, int max, int maxLength)
    {
        var list = new List<string>();
        foreach ((JsonElement element, string place) in Elements(name, max))
        {
            if (element.ValueKind != JsonValueKind.String || element.GetString() is not { } text || text.Length > maxLength)
                throw FileFormatException.Malformed(place, $"expected a text of at most {maxLength} characters, found {Kind(element)}");
            list.Add(text);
        }
        return list;
    }

    /// <summary>A value as it stands in the file, for another reader.</summary>
    public byte[] Json(string name) => Encoding.UTF8.GetBytes(Take(name).GetRawText());

    public bool Has(string name) => fields.ContainsKey(name);

    /// <summary>No field is left.</summary>
    public void Finish()
    {
        foreach (string name in fields.Keys)
            throw FileFormatException.Malformed(Path(!PlainText.Is(name) ? "?" : name.Length <= 40 ? name : name[..40]), "a field that this file does not have");
    }

    public static bool IsHex(string text, int bytes) => text.Length == 2 * bytes && !text.AsSpan().ContainsAnyExcept("0123456789abcdef");

    private void Format(string format, int version)
    {
        string found = Text("format", 64);
        if (found != format) throw new FileFormatException(new(StatementRejectionCode.UnknownFormat, "the file is of another kind", Path("format"), format, found));
        int foundVersion = Int("version", 0, int.MaxValue);
        if (foundVersion != version)
            throw new FileFormatException(new(StatementRejectionCode.UnknownFormat, "this program does not read that version of the file", Path("version"), $"{version}", $"{foundVersion}"));
    }

    private IEnumerable<(JsonElement Element, string Place)> Elements(string name, int max)
    {
        JsonElement array = Take(name);
        if (array.ValueKind != JsonValueKind.Array) throw FileFormatException.Malformed(Path(name), $"expected a list, found {Kind(array)}");
        if (array.GetArrayLength() > max) throw FileFormatException.Malformed(Path(name), $"a list of {array.GetArrayLength()}; at most {max} are allowed");
        int index = 0;
        foreach (JsonElement element in array.EnumerateArray()) yield return (element, $"{Path(name)}[{index++}]");
    }

    private JsonElement Take(string name) =>
        fields.Remove(name, out JsonElement element) ? element : throw FileFormatException.Malformed(path, $"the field \"{name}\" is missing");

    private FileFormatException Number(string name, string text, DecimalFault fault, int scale) => fault == DecimalFault.TooLarge
        ? OutOfRange(Path(name), "a smaller number", text)
        : FileFormatException.Malformed(Path(name), fault switch
        {
            DecimalFault.TooManyDecimals => $"the number has more than {scale} decimals",
            DecimalFault.NotCanonical => "the number is not in its one canonical spelling",
            _ => "expected a decimal number in a text",
        });

    private static FileFormatException OutOfRange(string place, string expected, string got) =>
        new(new StatementRejection(StatementRejectionCode.OutOfRange, "a number is out of its range", place, expected, got));

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };
}
