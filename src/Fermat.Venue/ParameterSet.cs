using System.Collections.Immutable;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Rulebooks;

namespace Fermat.Venue;

/// <summary>
/// What of market data only an update of parameters, or a listing, changes: all parameters and records but index prices, marks, their confidences, funding indices and the time that is left to expiries, which have an evidence of their own (<see cref="PriceEvidence"/>).
/// The time left is a parameter where instruments have no field for the expiry: then the engine does not write it, and nothing could compare it.
/// </summary>
public static class ParameterSet
{
    /// <summary>A name for the set: BLAKE3 derive-key, context "fermat parameter set v1", over the digest of parameters and market data (<see cref="VenueRulebook.ParametersDigest"/>) in which what is moved otherwise is 0.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="market">Its parameters and market data.</param>
    /// <param name="binding">Which fields prices, funding and time are in; null for the names of the standard rulebooks.</param>
    public static Digest Digest(VenueRulebook rulebook, MarketData market, EngineBinding? binding = null)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(market);
        return Blake3.DeriveKey("fermat parameter set v1", rulebook.ParametersDigest(Of(rulebook.Schema, market, binding ?? new EngineBinding())).ToArray());
    }

    /// <summary>What is not the same in two sets: names of parameters, and of records with their fields.</summary>
    internal static ImmutableArray<string> Differences(VenueRulebook rulebook, MarketData before, MarketData after, EngineBinding binding)
    {
        RulebookSchema schema = rulebook.Schema;
        (before, after) = (Of(schema, before, binding), Of(schema, after, binding));
        var found = ImmutableArray.CreateBuilder<string>();
        found.AddRange(Differing(schema.Parameters, before.Parameters, after.Parameters));
        for (int t = 0; t < schema.Tables.Length; t++)
        {
            MarketTable table = schema.Tables[t];
            foreach (MarketRecord record in after.Tables[t])
            {
                int at = before.IndexOf(t, record.Symbol);
                if (at < 0) found.Add($"{table.Name} {record.Symbol} is new");
                else if (Differing(table.Fields, before.Tables[t][at].Fields, record.Fields) is { Count: > 0 } fields) found.Add($"{table.Name} {record.Symbol}: {string.Join(", ", fields)}");
            }
            found.AddRange(before.Tables[t].Where(record => after.IndexOf(t, record.Symbol) < 0).Select(record => $"{table.Name} {record.Symbol} is gone"));
        }
        return found.ToImmutable();

        List<string> Differing(ImmutableArray<SchemaField> fields, ImmutableArray<FieldValue> a, ImmutableArray<FieldValue> b) => [.. fields.Where((field, f) => !Same(field.Type, a[f], b[f])).Select(field => field.Name)];

        bool Same(FieldType type, FieldValue a, FieldValue b) => type is FieldType.Reference reference
            ? before.Tables[reference.Table][(int)a.Integer].Symbol == after.Tables[reference.Table][(int)b.Integer].Symbol
            : a.Integer == b.Integer && Rows(a.Ladder?.Knots ?? a.Matrix, b.Ladder?.Knots ?? b.Matrix);

        static bool Rows(ImmutableArray<ImmutableArray<System.Numerics.BigInteger>> a, ImmutableArray<ImmutableArray<System.Numerics.BigInteger>> b) =>
            a.IsDefault || b.IsDefault ? a.IsDefault == b.IsDefault : a.Length == b.Length && a.Zip(b).All(row => row.First.AsSpan().SequenceEqual(row.Second.AsSpan()));
    }

    /// <summary>The set with 0 in place of what is moved otherwise.</summary>
    private static MarketData Of(RulebookSchema schema, MarketData market, EngineBinding binding)
    {
        ImmutableArray<ImmutableArray<MarketRecord>>.Builder tables = market.Tables.ToBuilder();
        for (int t = 0; t < tables.Count; t++)
        {
            string[] moved = schema.Tables[t].Name == binding.AssetTable ? [binding.Index, binding.IndexConfidence] : schema.Tables[t].Name == binding.InstrumentTable ? [binding.Mark, binding.MarkConfidence, binding.Funding, .. TimeEvidence.Fields(schema, binding) is null ? (string[])[] : [binding.Left]] : [];
            int[] fields = [.. Enumerable.Range(0, schema.Tables[t].Fields.Length).Where(f => moved.Contains(schema.Tables[t].Fields[f].Name) && schema.Tables[t].Fields[f].Type is FieldType.Number)];
            if (fields.Length > 0) tables[t] = [.. tables[t].Select(record => record with { Fields = fields.Aggregate(record.Fields, (all, f) => all.SetItem(f, new FieldValue(0))) })];
        }
        return market with { Tables = tables.ToImmutable() };
    }
}
