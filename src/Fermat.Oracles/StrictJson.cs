using System.Globalization;
using System.Text.Json;
using Fermat.Margin;
using Fermat.Signatures;

namespace Fermat.Oracles;

/// <summary>How the files of this library are read: no field unknown, missing or twice, numbers in their one spelling; every fault is told with its place.</summary>
internal static class StrictJson
{
    /// <summary>Reads a file, or says what is wrong with it.</summary>
    /// <param name="utf8">The file.</param>
    /// <param name="most">The longest that is read, in bytes.</param>
    /// <param name="depth">How deep objects and lists may lie in each other.</param>
    /// <param name="otherwise">What is answered when something is wrong.</param>
    /// <param name="read">Reads the root; a <see cref="FormatException"/> is a fault of the file.</param>
    /// <param name="problem">What is wrong and where, or null.</param>
    public static T Read<T>(ReadOnlyMemory<byte> utf8, int most, int depth, T otherwise, Func<JsonElement, T> read, out string? problem)
    {
        if (utf8.Length > most)
        {
            problem = $"the file has {utf8.Length} bytes; at most {most} are read";
            return otherwise;
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = depth });
            T value = read(document.RootElement);
            problem = null;
            return value;
        }
        catch (Exception wrong) when (wrong is FormatException or JsonException or InvalidOperationException)
        {
            problem = wrong switch
            {
                FormatException => wrong.Message,
                JsonException { LineNumber: { } line } => $"the file is not JSON, has a field twice, or is nested too deep: line {line + 1}",
                _ => "the file is not JSON, has a field twice, or a text that is not Unicode",
            };
            return otherwise;
        }
    }

    /// <summary>The members of an object that has these and no others; <paramref name="optional"/> may be missing.</summary>
    public static Dictionary<string, JsonElement> Members(JsonElement element, string path, string[] names, string? optional = null)
    {
        if (element.ValueKind != JsonValueKind.Object) throw new FormatException($"{path}: an object is expected");
        var members = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonProperty member in element.EnumerateObject())
            if (!names.Contains(member.Name, StringComparer.Ordinal)) throw new FormatException($"{path}: a field that is not known here; known are {string.Join(", ", names)}");
            else members.Add(member.Name, member.Value);
        foreach (string name in names)
            if (name != optional && !members.ContainsKey(name)) throw new FormatException($"{path}.{name}: is missing");
        return members;
    }

    /// <summary>Checks <c>format</c> and <c>version</c>.</summary>
    public static void Header(Dictionary<string, JsonElement> root, string path, string format)
    {
        if (Text(root["format"], $"{path}.format") != format) throw new FormatException($"{path}.format: \"{format}\" is expected");
        if (Number(root["version"], $"{path}.version") != 1) throw new FormatException($"{path}.version: 1 is expected");
    }

    /// <summary>The items of a list, each with its path.</summary>
    public static T[] List<T>(JsonElement element, string path, Func<JsonElement, string, T> read) => element.ValueKind == JsonValueKind.Array
        ? [.. element.EnumerateArray().Select((item, i) => read(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]")))]
        : throw new FormatException($"{path}: a list is expected");

    public static string Text(JsonElement element, string path) =>
        element.ValueKind == JsonValueKind.String ? element.GetString()! : throw new FormatException($"{path}: a text is expected");

    public static ulong Number(JsonElement element, string path, ulong most = ulong.MaxValue) =>
        element.ValueKind == JsonValueKind.Number && ulong.TryParse(element.GetRawText(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value.ToString(CultureInfo.InvariantCulture) == element.GetRawText()
            ? value <= most ? value : throw new FormatException($"{path}: too large; {most} is the most")
            : throw new FormatException($"{path}: a whole number is expected");

    public static string Feed(JsonElement element, string path) =>
        Text(element, path) is var feed && Identifiers.IsValid(feed, PriceReport.MaxFeedLength) ? feed : throw new FormatException($"{path}: 1 to {PriceReport.MaxFeedLength} of {Identifiers.AllowedCharacters}");

    public static Price Price(JsonElement element, string path) => Margin.Price.TryParse(Text(element, path), out Price price) is not DecimalFault.None and var fault
        ? throw new FormatException($"{path}: not a canonical positive decimal ({fault})")
        : price;

    /// <summary>A share of one: a canonical decimal from 0 to 1, in units of 10^−<paramref name="scale"/>.</summary>
    public static ulong Share(JsonElement element, string path, int scale) =>
        ExactDecimal.TryParseUInt64(Text(element, path), scale, (ulong)ExactDecimal.PowerOfTen(scale), out ulong share) == DecimalFault.None
            ? share
            : throw new FormatException($"{path}: a canonical decimal from 0 to 1 with at most {scale} decimals is expected");

    public static EthereumAddress Address(JsonElement element, string path) =>
        EthereumAddress.TryParse(Text(element, path), out EthereumAddress address) ? address : throw new FormatException($"{path}: an address with its checksum (EIP-55) is expected");
}
