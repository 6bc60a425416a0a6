using System.Text.Json;
using System.Text.RegularExpressions;

namespace Fermat.Margin.Tests;

/// <summary>
/// Enough of JSON Schema 2020-12 for the project's own schemas; a keyword it does not know is a failure, so that none goes unchecked.
/// </summary>
/// <param name="schema">The schema.</param>
/// <param name="beside">Gives another schema by the name of its file, where a reference names one.</param>
internal sealed class SchemaChecker(JsonElement schema, Func<string, JsonElement>? beside = null)
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
                    Refer(wanted.GetString()!, value, path, broken);
                    break;
                case "type":
                    Note(HasType(value, wanted.GetString()!), $"is not of type {wanted}");
                    break;
                case "const":
                    Note(JsonElement.DeepEquals(value, wanted), $"is not {wanted}");
                    break;
                case "enum":
                    Note(wanted.EnumerateArray().Any(choice => JsonElement.DeepEquals(value, choice)), $"is none of {wanted}");
                    break;
                case "oneOf":
                    List<string>[] choices = [.. wanted.EnumerateArray().Select(choice => Broken(choice, value, path))];
                    Note(choices.Count(choice => choice.Count == 0) == 1, $"is not one of {choices.Length} forms: {string.Join("; ", choices.MinBy(choice => choice.Count) ?? [])}");
                    break;
                case "required" when value.ValueKind == JsonValueKind.Object:
                    foreach (JsonElement name in wanted.EnumerateArray()) Note(value.TryGetProperty(name.GetString()!, out _), $"lacks {name}");
                    break;
                case "properties" when value.ValueKind == JsonValueKind.Object:
                    foreach (JsonProperty property in wanted.EnumerateObject())
                        if (value.TryGetProperty(property.Name, out JsonElement inner)) Check(property.Value, inner, $"{path}.{property.Name}", broken);
                    break;
                case "additionalProperties" when value.ValueKind == JsonValueKind.Object:
                    foreach (JsonProperty property in value.EnumerateObject())
                    {
                        if (rule.TryGetProperty("properties", out JsonElement known) && known.TryGetProperty(property.Name, out _)) continue;
                        if (wanted.ValueKind == JsonValueKind.Object) Check(wanted, property.Value, $"{path}.{property.Name}", broken);
                        else Note(wanted.ValueKind == JsonValueKind.True, $"has the property {property.Name}");
                    }
                    break;
                case "propertyNames" when value.ValueKind == JsonValueKind.Object:
                    foreach (JsonProperty property in value.EnumerateObject()) Check(wanted, JsonSerializer.SerializeToElement(property.Name), $"{path}.{property.Name}, the name,", broken);
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
                case "minProperties" when value.ValueKind == JsonValueKind.Object:
                    Note(value.EnumerateObject().Count() >= wanted.GetInt32(), "has too few properties");
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
                case "required" or "properties" or "additionalProperties" or "propertyNames" or "items" or "minItems" or "maxItems" or "minProperties" or "minLength" or "maxLength" or "pattern" or "minimum" or "maximum":
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

    private List<string> Broken(JsonElement rule, JsonElement value, string path)
    {
        var broken = new List<string>();
        Check(rule, value, path, broken);
        return broken;
    }

    private void Refer(string reference, JsonElement value, string path, List<string> broken)
    {
        const string prefix = "#/$defs/";
        if (reference.StartsWith(prefix, StringComparison.Ordinal))
        {
            Check(schema.GetProperty("$defs").GetProperty(reference[prefix.Length..]), value, path, broken);
            return;
        }
        Assert.True(beside is not null, $"no schema is beside this one, and {reference} is referred to");
        JsonElement other = beside(reference);
        new SchemaChecker(other, beside).Check(other, value, path, broken);
    }

    private static bool HasType(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        "integer" => value.ValueKind == JsonValueKind.Number && (value.TryGetInt64(out _) || value.TryGetUInt64(out _)),
        _ => throw new ArgumentException(type),
    };
}
