using System.Numerics;
using System.Text.Json;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Statements.Rulebooks;

/// <summary>Writes parameters and market data in the form that <see cref="RuleInputs"/> reads; every number exactly. Records are in their order, which is said where it is not that of their symbols.</summary>
internal static class MarketJson
{
    /// <summary>Writes the members <c>parameters</c> and <c>market</c> of an object; before them <c>order</c>, where records are not by rising symbol.</summary>
    public static void Write(Utf8JsonWriter json, RulebookSchema schema, MarketData market)
    {
        if (!market.Tables.All(MarketData.IsRising)) json.WriteString(RuleInputs.OrderMember, RuleInputs.ListedOrder);
        json.WriteStartObject("parameters");
        Fields(json, schema, market, schema.Parameters, market.Parameters);
        json.WriteEndObject();
        json.WriteStartObject("market");
        for (int table = 0; table < schema.Tables.Length; table++)
        {
            json.WriteStartArray(schema.Tables[table].Name);
            foreach (MarketRecord record in market.Tables[table])
            {
                json.WriteStartObject();
                json.WriteString("symbol", record.Symbol);
                Fields(json, schema, market, schema.Tables[table].Fields, record.Fields);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private static void Fields(Utf8JsonWriter json, RulebookSchema schema, MarketData market, IReadOnlyList<SchemaField> fields, IReadOnlyList<FieldValue> values)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            json.WritePropertyName(fields[i].Name);
            Value(json, schema, market, fields[i].Type, values[i]);
        }
    }

    private static void Value(Utf8JsonWriter json, RulebookSchema schema, MarketData market, FieldType type, FieldValue value)
    {
        switch (type)
        {
            case FieldType.Number number:
                json.WriteStringValue(ScaledNumber.Format(value.Integer, number.Quantity.Scale));
                break;
            case FieldType.Flag:
                json.WriteBooleanValue(value.Integer.IsOne);
                break;
            case FieldType.Choice choice:
                json.WriteStringValue(choice.Type.Values[(int)value.Integer]);
                break;
            case FieldType.Reference reference:
                json.WriteStringValue(market.Tables[reference.Table][(int)value.Integer].Symbol);
                break;
            case FieldType.Ladder ladder:
                int[] scales = [ladder.X.Scale, ladder.Y.Scale, ladder.X.Scale + ladder.Y.Scale];
                json.WriteStartArray();
                foreach (IReadOnlyList<BigInteger> knot in value.Ladder!.Knots)
                {
                    json.WriteStartArray();
                    for (int i = 0; i < knot.Count; i++) json.WriteStringValue(ScaledNumber.Format(knot[i], scales[i]));
                    json.WriteEndArray();
                }
                json.WriteEndArray();
                break;
            case FieldType.Correlation correlation:
                json.WriteStartObject();
                for (int row = 0; row < value.Matrix.Length; row++)
                {
                    json.WriteStartObject(market.Tables[correlation.Table][row].Symbol);
                    for (int column = row + 1; column < value.Matrix.Length; column++)
                        json.WriteString(market.Tables[correlation.Table][column].Symbol, ScaledNumber.Format(value.Matrix[row][column], correlation.Entry.Scale));
                    json.WriteEndObject();
                }
                json.WriteEndObject();
                break;
        }
    }
}
