using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Inputs;

/// <summary>Aggregates that the block <c>meta</c> speaks of.</summary>
public sealed partial class RuleInputs
{
    /// <summary>Reads aggregates: one JSON object with a member for each, none left out and none beside them.</summary>
    /// <param name="system">The aggregates, as <see cref="Core.CoreMeta.System"/> has them.</param>
    /// <param name="name">What messages call the document.</param>
    /// <param name="json">UTF-8.</param>
    /// <param name="errors">What is wrong; empty when nothing is.</param>
    /// <returns>By aggregate; default when something is wrong.</returns>
    public static ImmutableArray<BigInteger> ReadAggregates(ImmutableArray<SchemaField> system, string name, ReadOnlyMemory<byte> json, out IReadOnlyList<InputError> errors)
    {
        ArgumentNullException.ThrowIfNull(name);
        var inputs = new RuleInputs(new RulebookSchema("", [], [], [], [], [], []));
        errors = inputs._errors;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, Strict);
            ImmutableArray<FieldValue> values = inputs.Fields(name, document.RootElement, system, [], null);
            return inputs._errors.Count > 0 ? default : [.. values.Select(value => value.Integer)];
        }
        catch (JsonException fault)
        {
            inputs.Add(name, $"not JSON at line {fault.LineNumber + 1}, byte {fault.BytePositionInLine + 1}: {fault.Message.Split(". ")[0]}");
            return default;
        }
    }
}
