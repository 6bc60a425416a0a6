using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.PublicMath;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Inputs;

/// <summary>Whether parameters and market data that did not come from <see cref="RuleInputs"/> are those of a schema. What is inferred about numbers rests on it: an overflow that the compiler excluded cannot happen within these bounds.</summary>
public static class MarketChecks
{
    /// <summary>
    /// What is wrong with market data, or null: values missing or too many, numbers outside of their quantities, names and records that are not there, ladders that do not rise, matrices that are no correlations, a symbol twice in a
    /// table. The order of records is theirs to say; digests bind it.
    /// </summary>
    /// <param name="schema">The schema.</param>
    /// <param name="market">Parameters and market data.</param>
    public static string? Problem(RulebookSchema schema, MarketData market)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(market);
        if (market.Tables.IsDefault || market.Tables.Length != schema.Tables.Length) return "the market data have other tables than the rulebook";
        for (int t = 0; t < schema.Tables.Length; t++)
            if (Symbols(schema.Tables[t], market.Tables[t]) is { } problem) return problem;
        if (Fields("parameters", schema, market, schema.Parameters, market.Parameters) is { } parameters) return parameters;
        for (int t = 0; t < schema.Tables.Length; t++)
            foreach (MarketRecord record in market.Tables[t])
                if (Fields($"{schema.Tables[t].Name} {record.Symbol}", schema, market, schema.Tables[t].Fields, record.Fields) is { } problem) return problem;
        return null;
    }

    private static string? Symbols(MarketTable table, ImmutableArray<MarketRecord> records)
    {
        if (records.IsDefault) return $"{table.Name} is missing";
        if (records.Length > table.MaxRecords) return $"{records.Length} records; {table.Name} has at most {table.MaxRecords}";
        var symbols = new HashSet<string>(records.Length, StringComparer.Ordinal);
        for (int i = 0; i < records.Length; i++)
        {
            if (records[i].Symbol is "" or null) return $"record {i} of {table.Name} has no symbol";
            if (!symbols.Add(records[i].Symbol)) return $"record {i} of {table.Name} has the symbol of another one";
        }
        return null;
    }

    private static string? Fields(string where, RulebookSchema schema, MarketData market, ImmutableArray<SchemaField> fields, ImmutableArray<FieldValue> values)
    {
        if (values.IsDefault || values.Length != fields.Length) return $"{where}: {fields.Length} values are expected";
        for (int f = 0; f < fields.Length; f++)
            if (Value(market, fields[f].Type, values[f]) is { } problem) return $"{where}: {fields[f].Name} {problem}";
        return null;
    }

    private static string? Value(MarketData market, FieldType type, FieldValue value)
    {
        if ((value.Ladder is not null) != type is FieldType.Ladder || !value.Matrix.IsDefault != type is FieldType.Correlation) return "is of another kind";
        switch (type)
        {
            case FieldType.Number number:
                return Within(number.Quantity, value.Integer);
            case FieldType.Ladder ladder:
                return value.Ladder!.Type == ladder ? Ladder(ladder, value.Ladder.Knots) : "is a ladder of other quantities";
            case FieldType.Correlation correlation:
                return Matrix(correlation, value.Matrix, market.Tables[correlation.Table].Length);
            default:
                Bounds bounds = type switch
                {
                    FieldType.Choice choice => new Bounds(0, choice.Type.Values.Length - 1),
                    FieldType.Reference reference => new Bounds(0, market.Tables[reference.Table].Length - 1),
                    _ => Bounds.Flag,
                };
                return bounds.Contains(value.Integer) ? null : "is not one of its values";
        }
    }

    private static string? Within(Quantity quantity, BigInteger value) => quantity.Bounds.Contains(value) ? null : $"is out of the range of {quantity.Name}";

    private static string? Ladder(FieldType.Ladder type, ImmutableArray<ImmutableArray<BigInteger>> knots)
    {
        BigInteger mostOffset = type.X.Bounds.Magnitude * type.Y.Bounds.Magnitude;
        foreach (ImmutableArray<BigInteger> knot in knots)
        {
            if ((Within(type.X, knot[0]) ?? Within(type.Y, knot[1])) is { } problem) return problem;
            if (knot.Length > 2 && knot[2] > mostOffset) return "has an offset that no rate can have";
        }
        return null;                                                                // rising, from 0, offsets that fit: LadderData cannot be made otherwise
    }

    private static string? Matrix(FieldType.Correlation type, ImmutableArray<ImmutableArray<BigInteger>> matrix, int size)
    {
        if (matrix.Length != size || matrix.Any(row => row.IsDefault || row.Length != size)) return $"is not a matrix of {size} by {size}";
        foreach (BigInteger entry in matrix.SelectMany(row => row))
            if (Within(type.Entry, entry) is { } problem) return problem;
        if (size == 0) return null;
        (CorrelationError error, int row) = CorrelationMatrix.Check([.. matrix.Select(entries => (IReadOnlyList<BigInteger>)entries)], type.Entry.Scale);
        return error == CorrelationError.None ? null : $"is not a correlation matrix: {error} at row {row}";
    }
}
