using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Fermat.Rules.Inputs;
using Fermat.Rules.Tests.PublicMath;

namespace Fermat.Rules.Tests.Rulebooks;

/// <summary>The JSON Schemas in docs/schemas are what the rulebooks say, and tell good inputs from bad ones.</summary>
public sealed class InputSchemaTests
{
    public static TheoryData<string> Names => [.. Standard.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_committed_schema_is_the_rulebooks(string name)
    {
        string schema = Encoding.UTF8.GetString(InputSchema.Write(Standard.Rulebook(name).Schema).Span);
        string file = Path.Combine(VectorTests.Root(), "docs", "schemas", $"rules-{name}.schema.json");
        if (Environment.GetEnvironmentVariable("FERMAT_UPDATE_VECTORS") == "1") File.WriteAllText(file, schema);
        Assert.True(schema == File.ReadAllText(file).ReplaceLineEndings("\n"), $"{file} is out of date: FERMAT_UPDATE_VECTORS=1 writes it");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_example_is_valid_and_slips_in_it_are_not(string name)
    {
        JsonObject schema = JsonNode.Parse(InputSchema.Write(Standard.Rulebook(name).Schema).Span)!.AsObject();
        string text = File.ReadAllText(Path.Combine(VectorTests.Root(), "examples", "rulebooks", name + ".json"));
        Assert.Null(Fault(schema, schema, JsonNode.Parse(text), "$"));

        JsonObject unknown = JsonNode.Parse(text)!.AsObject();
        unknown["accounts"]![0]!["typo"] = 1;
        Assert.NotNull(Fault(schema, schema, unknown, "$"));
        JsonObject nameless = JsonNode.Parse(text)!.AsObject();
        nameless["accounts"]![0]!.AsObject().Remove("id");
        Assert.NotNull(Fault(schema, schema, nameless, "$"));
        JsonObject other = JsonNode.Parse(text)!.AsObject();
        other["rulebook"] = "another";
        Assert.NotNull(Fault(schema, schema, other, "$"));
        JsonObject number = JsonNode.Parse(text)!.AsObject();
        (string table, JsonNode? records) = number["market"]!.AsObject().First();
        string field = Standard.Rulebook(name).Schema.Tables.Single(t => t.Name == table).Fields.First(f => f.Type is Fermat.Rules.Schema.FieldType.Number).Name;
        records![0]![field] = "1,5";
        Assert.NotNull(Fault(schema, schema, number, "$"));
    }

    /// <summary>The words of JSON Schema that the generator uses; any other fails.</summary>
    private static string? Fault(JsonObject root, JsonObject schema, JsonNode? value, string path)
    {
        foreach ((string word, JsonNode? rule) in schema)
        {
            string? fault = word switch
            {
                "$schema" or "title" or "description" or "default" or "$defs" => null,
                "$ref" => Fault(root, root["$defs"]![rule!.GetValue<string>()["#/$defs/".Length..]]!.AsObject(), value, path),
                "const" => JsonNode.DeepEquals(rule, value) ? null : "const",
                "enum" => rule!.AsArray().Any(name => JsonNode.DeepEquals(name, value)) ? null : "enum",
                "type" => (rule is JsonArray types ? [.. types.Select(t => t!.GetValue<string>())] : new[] { rule!.GetValue<string>() }).Contains(TypeOf(value)) ? null : "type",
                "pattern" => TypeOf(value) != "string" || Regex.IsMatch(value!.GetValue<string>(), rule!.GetValue<string>()) ? null : "pattern",
                "minLength" => value!.GetValue<string>().Length >= rule!.GetValue<int>() ? null : "minLength",
                "maxLength" => value!.GetValue<string>().Length <= rule!.GetValue<int>() ? null : "maxLength",
                "minItems" => value is not JsonArray few || few.Count >= rule!.GetValue<int>() ? null : "minItems",
                "maxItems" => value is not JsonArray many || many.Count <= rule!.GetValue<int>() ? null : "maxItems",
                "items" => value is JsonArray list ? list.Index().Select(i => Fault(root, rule!.AsObject(), i.Item, $"{path}[{i.Index}]")).FirstOrDefault(f => f is not null) : null,
                "required" => value is JsonObject whole ? rule!.AsArray().Select(m => m!.GetValue<string>()).FirstOrDefault(m => !whole.ContainsKey(m)) : null,
                "properties" => value is JsonObject members
                    ? members.Where(m => rule!.AsObject().ContainsKey(m.Key)).Select(m => Fault(root, rule![m.Key]!.AsObject(), m.Value, $"{path}.{m.Key}")).FirstOrDefault(f => f is not null)
                    : null,
                "additionalProperties" when rule is JsonValue => value is JsonObject closed ? closed.Select(m => m.Key).FirstOrDefault(m => !schema["properties"]!.AsObject().ContainsKey(m)) : null,
                "additionalProperties" => value is JsonObject open ? open.Select(m => Fault(root, rule!.AsObject(), m.Value, $"{path}.{m.Key}")).FirstOrDefault(f => f is not null) : null,
                _ => throw new NotSupportedException(word),
            };
            if (fault is not null) return $"{path}: {fault}";
        }
        return null;
    }

    private static string TypeOf(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        _ => "null",
    };
}
