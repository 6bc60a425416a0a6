using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fermat.Margin.Tests;

/// <summary>
/// Enough of JSON Schema 2020-12 for the project's own schemas; a keyword it does not know is a failure, so that none goes unchecked.
/// </summary>
internal sealed class SchemaChecker(JsonElement schema)
{
    private static readonly string[] Annotations = ["$schema", "$id", "$defs", "title", "description"];

    /// <summary>What the instance breaks, with JSON paths; empty when it conforms.</summary>
    public List<string> Check(JsonElement instance)
    {
        var broken = new List<string>();
        Check(schema, instance, "$", broken);
        return broken;
    }

    private void Check(JsonElement rule, JsonElement value, string path, List<string> broken)
    {
        foreach (JsonProperty keyword in rule.EnumerateObject())
        {
            if (Annotations.Contains(keyword.Name)) continue;
            JsonElement wanted = keyword.Value;
            switch (keyword.Name)
            {
                case "$ref":
                    Check(Resolve(wanted.GetString()!), value, path, broken);
                    break;
                case "type":
                    Note(HasType(value, wanted.GetString()!), $"is not of type {wanted}");
                    break;
                case "const":
                    Note(value.ValueKind == JsonValueKind.String && value.GetString() == wanted.GetString(), $"is not {wanted}");
                    break;
                case "required" when value.ValueKind == JsonValueKind.Object:
                    foreach (JsonElement name in wanted.EnumerateArray()) Note(value.TryGetProperty(name.GetString()!, out _), $"lacks {name}");
                    break;
                case "properties" when value.ValueKind == JsonValueKind.Object:
                    foreach (JsonProperty property in wanted.EnumerateObject())
                        if (value.TryGetProperty(property.Name, out JsonElement inner)) Check(property.Value, inner, $"{path}.{property.Name}", broken);
                    break;
                case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                    Assert.Equal(JsonValueKind.False, wanted.ValueKind);
                    foreach (JsonProperty property in value.EnumerateObject()) Note(rule.GetProperty("properties").TryGetProperty(property.Name, out _), $"has the property {property.Name}");
                    break;
                case "items" when value.ValueKind == JsonValueKind.Array:
                    int index = 0;
                    foreach (JsonElement item in value.EnumerateArray()) Check(wanted, item, $"{path}[{index++}]", broken);
                    break;
                case "minItems" when value.ValueKind == JsonValueKind.Array:
                    Note(value.GetArrayLength() >= wanted.GetInt32(), "has too few items");
                    break;
                case "maxItems" when value.ValueKind == JsonValueKind.Array:
                    Note(value.GetArrayLength() <= wanted.GetInt32(), "has too many items");
                    break;
                case "minLength" when value.ValueKind == JsonValueKind.String:
                    Note(value.GetString()!.Length >= wanted.GetInt32(), "is too short");
                    break;
                case "maxLength" when value.ValueKind == JsonValueKind.String:
                    Note(value.GetString()!.Length <= wanted.GetInt32(), "is too long");
                    break;
                case "pattern" when value.ValueKind == JsonValueKind.String:
                    Note(Regex.IsMatch(value.GetString()!, wanted.GetString()!, RegexOptions.ECMAScript), $"does not match {wanted}");
                    break;
                case "minimum" when value.ValueKind == JsonValueKind.Number:
                    Note(value.GetDecimal() >= wanted.GetDecimal(), "is too small");
                    break;
                case "maximum" when value.ValueKind == JsonValueKind.Number:
                    Note(value.GetDecimal() <= wanted.GetDecimal(), "is too large");
                    break;
                case "required" or "properties" or "additionalProperties" or "items" or "minItems" or "maxItems" or "minLength" or "maxLength" or "pattern" or "minimum" or "maximum":
                    break;                                                                  // of another type: nothing to say
                default:
                    Assert.Fail($"the checker does not know the keyword {keyword.Name}");
                    break;
            }
        }

        void Note(bool holds, string what)
        {
            if (!holds) broken.Add($"{path} {what}");
        }
    }

    private JsonElement Resolve(string reference)
    {
        const string prefix = "#/$defs/";
        Assert.StartsWith(prefix, reference);
        return schema.GetProperty("$defs").GetProperty(reference[prefix.Length..]);
    }

    private static bool HasType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
        _ => throw new ArgumentException(type),
    };
}
