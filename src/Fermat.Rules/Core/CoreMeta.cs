using System.Collections.Immutable;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Core;

/// <summary>What a rulebook says about updates of its parameters: the block <c>meta</c>.</summary>
public sealed class CoreMeta
{
    internal CoreMeta(CoreRulebook program, RulebookSchema schema, ImmutableArray<SchemaField> system, ImmutableArray<string> rules)
    {
        (Program, System, Rules) = (program, system, rules);
        Compared = Find(program, schema);
    }

    /// <summary>The block as a program without accounts: its parameters are those after the update, those before it (<c>old.x</c>) and the aggregates (<c>system.x</c>); a record has its fields after and before.</summary>
    public CoreRulebook Program { get; }

    /// <summary>The aggregates, in the order of the text.</summary>
    public ImmutableArray<SchemaField> System { get; }

    /// <summary>The definitions that must hold, as the program calls them: <c>meta.x</c>.</summary>
    public ImmutableArray<string> Rules { get; }

    /// <summary>The market tables whose records before the update a rule looks at, by rising index; none of their records may leave.</summary>
    public ImmutableArray<int> Compared { get; }

    /// <summary>The schema of the program.</summary>
    internal static RulebookSchema Both(RulebookSchema schema, ImmutableArray<SchemaField> system) => schema with
    {
        Tables = [.. schema.Tables.Select(table => table with { Fields = [.. table.Fields, .. table.Fields.Select(Old)] })],
        Parameters = [.. schema.Parameters, .. schema.Parameters.Select(Old), .. system.Select(field => field with { Name = $"system.{field.Name}" })],
    };

    private static SchemaField Old(SchemaField field) => field with { Name = $"old.{field.Name}" };

    /// <summary>Tables of which an old field is read, and those that such fields refer to.</summary>
    private static ImmutableArray<int> Find(CoreRulebook program, RulebookSchema schema)
    {
        var found = new SortedSet<int>();
        foreach (RecordField field in CoreListing.Reachable(program.Definitions.Select(definition => definition.Value)).OfType<RecordField>())
        {
            int table = ((CoreType.Record)field.Record.Type).Table, own = schema.Tables[table].Fields.Length;
            if (field.Field < own) continue;
            found.Add(table);
            if (schema.Tables[table].Fields[field.Field - own].Type is FieldType.Reference reference) found.Add(reference.Table);
        }
        return [.. found];
    }
}
