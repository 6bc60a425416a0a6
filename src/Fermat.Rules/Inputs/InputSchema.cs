using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Inputs;

/// <summary>The JSON Schema (2020-12) of what <see cref="RuleInputs"/> reads for a rulebook: for editors, and for whoever writes an adapter. What spans fields (order, sizes of groups, semi-definiteness) is not in it.</summary>
public static class InputSchema
{
    private const string Decimal = @"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$";
    private static readonly JsonWriterOptions Layout = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The schema as UTF-8, with a line end at the end.</summary>
    /// <param name="schema">What the rulebook speaks about.</param>
    public static ReadOnlyMemory<byte> Write(RulebookSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Layout)) new Writer(json, schema).Document();
        buffer.Write("\n"u8);
        return buffer.WrittenMemory;
    }

    private sealed class Writer(Utf8JsonWriter json, RulebookSchema schema)
    {
        public void Document()
        {
            json.WriteStartObject();
            json.WriteString("$schema", "https://json-schema.org/draft/2020-12/schema");
            json.WriteString("title", $"Inputs of the rulebook {schema.Name}");
            json.WriteString("description", "May be spread over several files: each of parameters, market, accounts and book is in one of them. Numbers are exact; those with more decimals than their quantity are refused.");
            json.WriteString("type", "object");
            json.WriteBoolean("additionalProperties", false);
            json.WriteStartObject("properties");
            json.WriteStartObject("rulebook");
            json.WriteString("const", schema.Name);
            json.WriteEndObject();
            json.WriteStartObject(RuleInputs.OrderMember);
            json.WriteString("const", RuleInputs.ListedOrder);
            json.WriteString("description", "records of the market are numbered as they are written; left out: by rising symbol");
            json.WriteEndObject();
            Record("parameters", schema.Parameters, null, []);
            Market();
            Accounts();
            Book();
            json.WriteEndObject();
            Quantities();
            json.WriteEndObject();
        }

        private void Market()
        {
            json.WriteStartObject("market");
            json.WriteString("type", "object");
            json.WriteBoolean("additionalProperties", false);
            json.WriteStartObject("properties");
            foreach (MarketTable table in schema.Tables) List(table.Name, table.MaxRecords, () => Record(null, table.Fields, "symbol", []));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        private void Accounts() => List("accounts", null, () => Record(null, schema.Scalars, "id", schema.Collections));

        /// <summary>What an account has beside the rulebook's fields, as in books of docs/BOOKS.md.</summary>
        private void OwnerKeyAndNonce()
        {
            json.WriteStartObject("ownerKey");
            json.WriteString("type", "string");
            json.WriteString("description", "the owner's key, if the venue has it on file");
            json.WriteString("pattern", "^[0-9a-f]{64}$");
            json.WriteEndObject();
            json.WriteStartObject("nonce");
            json.WriteString("description", "how many of the owner's orders the account reflects; 0 if left out");
            DecimalType();
            json.WriteEndObject();
        }

        /// <summary>What a statement says of the whole book; no rule speaks of it.</summary>
        private void Book()
        {
            json.WriteStartObject("book");
            json.WriteString("type", "object");
            json.WriteString("description", "for proofs of solvency: what is said of the whole book");
            json.WriteBoolean("additionalProperties", false);
            json.WriteStartArray("required");
            foreach (string name in (string[])["venue", "height", "reserves", "reservesSource"]) json.WriteStringValue(name);
            json.WriteEndArray();
            json.WriteStartObject("properties");
            Words("venue", "who keeps the book");
            Amount("height", "how many ledger events the book reflects");
            json.WriteStartObject("reserves");
            json.WriteString("type", "object");
            json.WriteString("description", "what the venue holds, by the symbol of the asset, in units of the claim; an asset that is left out has none");
            json.WriteStartObject("additionalProperties");
            DecimalType();
            json.WriteEndObject();
            json.WriteEndObject();
            Words("reservesSource", "where the reserves come from");
            Amount("insuranceFund", "in the unit of net equity; 0 if left out");
            Amount("buffer", "what reserves must exceed claims by, in the unit of net equity; 0 if left out");
            json.WriteEndObject();
            json.WriteEndObject();

            void Words(string name, string description)
            {
                json.WriteStartObject(name);
                json.WriteString("type", "string");
                json.WriteString("description", description);
                json.WriteNumber("minLength", 1);
                json.WriteNumber("maxLength", Margin.BookLimits.MaxTextLength);
                json.WriteEndObject();
            }

            void Amount(string name, string description)
            {
                json.WriteStartObject(name);
                json.WriteString("description", description);
                DecimalType();
                json.WriteEndObject();
            }
        }

        private void List(string name, int? most, Action items)
        {
            json.WriteStartObject(name);
            json.WriteString("type", "array");
            if (most is { } count) json.WriteNumber("maxItems", count);
            json.WritePropertyName("items");
            items();
            json.WriteEndObject();
        }

        /// <summary>An object of fields, with a name of its own (symbol, id) and collections.</summary>
        private void Record(string? name, ImmutableArray<SchemaField> fields, string? own, ImmutableArray<Collection> collections)
        {
            if (name is null) json.WriteStartObject();
            else json.WriteStartObject(name);
            json.WriteString("type", "object");
            json.WriteBoolean("additionalProperties", false);
            string[] required = [.. (own is null ? [] : new[] { own }).Concat(fields.Where(f => f.Default is null).Select(f => f.Name))];
            if (required.Length > 0)
            {
                json.WriteStartArray("required");
                foreach (string field in required) json.WriteStringValue(field);
                json.WriteEndArray();
            }
            json.WriteStartObject("properties");
            if (own is not null)
            {
                json.WriteStartObject(own);
                json.WriteString("type", "string");
                json.WriteNumber("minLength", 1);
                if (own == "id") json.WriteNumber("maxLength", 64);
                json.WriteEndObject();
                if (own == "id") OwnerKeyAndNonce();
            }
            foreach (SchemaField field in fields) Field(field);
            foreach (Collection collection in collections) List(collection.Name, collection.MaxItems, () => Record(null, collection.Fields, null, []));
            json.WriteEndObject();
            json.WriteEndObject();
        }

        private void Field(SchemaField field)
        {
            json.WriteStartObject(field.Name);
            switch (field.Type)
            {
                case FieldType.Number number:
                    Reference(number.Quantity);
                    if (field.Default is { } value) json.WriteString("default", ScaledNumber.Format(value, number.Quantity.Scale));
                    break;
                case FieldType.Flag:
                    json.WriteString("type", "boolean");
                    if (field.Default is { } flag) json.WriteBoolean("default", !flag.IsZero);
                    break;
                case FieldType.Choice choice:
                    json.WriteStartArray("enum");
                    foreach (string name in choice.Type.Values) json.WriteStringValue(name);
                    json.WriteEndArray();
                    if (field.Default is { } position) json.WriteString("default", choice.Type.Values[(int)position]);
                    break;
                case FieldType.Reference reference:
                    json.WriteString("type", "string");
                    json.WriteString("description", $"the symbol of a {schema.Tables[reference.Table].Name}");
                    break;
                case FieldType.Ladder ladder:
                    Ladder(ladder);
                    break;
                case FieldType.Correlation correlation:
                    json.WriteString("type", "object");
                    json.WriteString("description",
                        $"rows and columns are symbols of {schema.Tables[correlation.Table].Name}: {{ row: {{ column: number }} }}; one of two symmetric entries is enough, what is left out is 0, the diagonal is 1; positive semi-definite");
                    json.WriteStartObject("additionalProperties");
                    json.WriteString("type", "object");
                    json.WriteStartObject("additionalProperties");
                    Reference(correlation.Entry);
                    json.WriteEndObject();
                    json.WriteEndObject();
                    break;
                default:
                    throw new InvalidOperationException($"no schema for {field.Type}");
            }
            json.WriteEndObject();
        }

        private void Ladder(FieldType.Ladder ladder)
        {
            int width = ladder.Kind == LadderKind.Brackets ? 3 : 2;
            json.WriteString("type", "array");
            json.WriteString("description", ladder.Kind switch
            {
                LadderKind.Tiers => "[from, rate]…: from 0 on and rising; each rate applies to the part of the number within its tier",
                LadderKind.Brackets => "[from, rate, offset]…: from 0 on and rising; rate · number − offset with the bracket that the number falls into",
                _ => "[x, y]…: rising; straight lines between, constant outside",
            });
            json.WriteNumber("minItems", 1);
            json.WriteNumber("maxItems", RuleLimits.MaxKnots);
            json.WriteStartObject("items");
            json.WriteString("type", "array");
            json.WriteNumber("minItems", width);
            json.WriteNumber("maxItems", width);
            json.WriteStartObject("items");
            DecimalType();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        private void Reference(Quantity quantity) => json.WriteString("$ref", $"#/$defs/{quantity.Name}");

        private void Quantities()
        {
            IEnumerable<SchemaField> fields = schema.Parameters.Concat(schema.Scalars).Concat(schema.Tables.SelectMany(t => t.Fields)).Concat(schema.Collections.SelectMany(c => c.Fields));
            var used = fields.Select(f => f.Type switch { FieldType.Number number => number.Quantity, FieldType.Correlation correlation => correlation.Entry, _ => null })
                .OfType<Quantity>().DistinctBy(q => q.Name).OrderBy(q => q.Name, StringComparer.Ordinal);
            json.WriteStartObject("$defs");
            foreach (Quantity quantity in used)
            {
                json.WriteStartObject(quantity.Name);
                DecimalType();
                string unit = quantity.Unit.IsNone ? "" : $" in {quantity.Unit}";
                json.WriteString("description", string.Create(CultureInfo.InvariantCulture,
                    $"a decimal{unit} with at most {quantity.Scale} decimals, from {Bound(quantity.Bounds.Min, quantity.Scale)} to {Bound(quantity.Bounds.Max, quantity.Scale)}"));
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }

        private void DecimalType()
        {
            json.WriteStartArray("type");
            json.WriteStringValue("number");
            json.WriteStringValue("string");
            json.WriteEndArray();
            json.WriteString("pattern", Decimal);
        }

        private static string Bound(BigInteger value, int scale) => ScaledNumber.Format(value, scale);
    }
}
