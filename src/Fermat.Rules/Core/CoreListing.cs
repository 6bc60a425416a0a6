using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Core;

/// <summary>
/// The core of a rulebook as text, one line an expression: <c>%7 = add %3 %6 : USD scale 6 [-10, 10] private</c>. Parts come before what is made of them; each expression is listed once,
/// however often it is used. For people who look at what the compiler made, and for tests.
/// </summary>
public static class CoreListing
{
    /// <summary>The listing; lines end with \n.</summary>
    public static string Write(CoreRulebook rulebook)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        var text = new StringBuilder();
        ImmutableArray<CoreNode> nodes = Reachable(rulebook.Definitions.Select(definition => definition.Value));
        var numbers = nodes.Select((node, index) => (node, index)).ToDictionary(pair => pair.node, pair => pair.index);
        var variables = new HashSet<CoreVariable>();
        text.Append("rulebook ").Append(rulebook.Schema.Name).Append('\n');
        foreach (CoreNode node in nodes)
        {
            foreach (CoreVariable variable in BoundBy(node)) List(variable, rulebook.Schema, numbers, variables, text);
            string operands = string.Concat(node.Children.Select(child => $" %{numbers[child]}"));
            text.Append(CultureInfo.InvariantCulture, $"%{numbers[node]} = {Head(node, rulebook.Schema)}{operands} : {Type(node)} {Stage(node)}\n");
        }
        foreach (CoreDefinition definition in rulebook.Definitions)
            text.Append(CultureInfo.InvariantCulture, $"{definition.Name} = %{numbers[definition.Value]}\n");
        return text.ToString();
    }

    /// <summary>All expressions that some are made of, by rising ids, so that parts come first.</summary>
    /// <param name="roots">Where to begin.</param>
    public static ImmutableArray<CoreNode> Reachable(IEnumerable<CoreNode> roots)
    {
        ArgumentNullException.ThrowIfNull(roots);
        var seen = new HashSet<CoreNode>();
        var work = new Stack<CoreNode>(roots);
        while (work.TryPop(out CoreNode? node))
        {
            if (!seen.Add(node)) continue;
            foreach (CoreNode child in node.Children) work.Push(child);
            foreach (CoreVariable variable in BoundBy(node))
                if (variable.Source is CoreSource.Groups groups)
                    foreach ((_, CoreNode key) in groups.Keys) work.Push(key);
        }
        return [.. seen.OrderBy(node => node.Id)];
    }

    private static IEnumerable<CoreVariable> BoundBy(CoreNode node) => node switch
    {
        Reduce reduce => [reduce.Variable],
        ProRata prorata => [prorata.Variable],
        RecordVariable record => [record.Variable],
        ItemField item => [item.Variable],
        GroupKey key => [key.Variable],
        _ => [],
    };

    private static void List(CoreVariable variable, RulebookSchema schema, Dictionary<CoreNode, int> numbers, HashSet<CoreVariable> listed, StringBuilder text)
    {
        if (!listed.Add(variable)) return;
        for (CoreSource? source = variable.Source; source is not null;)
        {
            if (source is CoreSource.Members members) List(members.Group, schema, numbers, listed, text);
            if (source is CoreSource.Groups groups) List(groups.Item, schema, numbers, listed, text);
            source = (source as CoreSource.Groups)?.Of;
        }
        text.Append(CultureInfo.InvariantCulture, $"{Name(variable)} in {Source(variable.Source, schema, numbers)}\n");
    }

    private static string Name(CoreVariable variable) => string.Create(CultureInfo.InvariantCulture, $"{variable.Name}#{variable.Id}");

    private static string Source(CoreSource source, RulebookSchema schema, Dictionary<CoreNode, int> numbers) => source switch
    {
        CoreSource.Table table => schema.Tables[table.Index].Name,
        CoreSource.Items items => schema.Collections[items.Index].Name,
        CoreSource.Members members => $"members of {Name(members.Group)}",
        CoreSource.Groups groups => $"groups of {Name(groups.Item)} in {Source(groups.Of, schema, numbers)} by "
            + string.Join(", ", groups.Keys.Select(key => numbers.TryGetValue(key.Value, out int number) ? $"{key.Name} %{number}" : key.Name)),
        _ => "?",
    };

    private static string Head(CoreNode node, RulebookSchema schema) => node switch
    {
        Literal literal => string.Create(CultureInfo.InvariantCulture, $"literal {literal.Value}"),
        Parameter parameter => $"parameter {schema.Parameters[parameter.Index].Name}",
        AccountField field => $"account {schema.Scalars[field.Index].Name}",
        RecordVariable record => $"record {Name(record.Variable)}",
        RecordField field => $"field {schema.Tables[((CoreType.Record)field.Record.Type).Table].Fields[field.Field].Name}",
        ItemField item => $"item {Name(item.Variable)}.{schema.Collections[item.Variable.Source.Collection].Fields[item.Field].Name}",
        GroupKey key => $"key {Name(key.Variable)}.{((CoreSource.Groups)key.Variable.Source).Keys[key.Index].Name}",
        Rescale rescale => string.Create(CultureInfo.InvariantCulture, $"rescale {rescale.Digits}"),
        Extremum extremum => extremum.IsMaximum ? "max" : "min",
        Compare compare => compare.Operator switch { Comparison.Less => "less", Comparison.LessOrEqual => "less_or_equal", _ => "equal" },
        Connective connective => connective.IsAnd ? "and" : "or",
        Quotient quotient => $"divide {Word(quotient.Rounding)}",
        SquareRoot root => $"sqrt {Word(root.Rounding)}",
        Interpolate interpolate => $"interpolate {Word(interpolate.Rounding)}",
        Function function => CoreBuilder.NameOf(function.Kind),
        CorrelationEntry entry => $"correlation {schema.Parameters[entry.Parameter].Name}",
        Reduce reduce => $"{Word(reduce.Kind)} {Name(reduce.Variable)}{(reduce.Filter is null ? "" : " where")}{(reduce.Empty is null ? "" : " else")}",
        ProRata prorata => $"prorata {Name(prorata.Of)} of {Name(prorata.Variable)} rest {Word(prorata.Order)}",
        Named named => $"named {named.Name}",
        _ => node.GetType().Name.ToLowerInvariant(),
    };

    private static string Type(CoreNode node) => node.Type switch
    {
        CoreType.Number number => string.Create(CultureInfo.InvariantCulture, $"{number.Unit?.Text ?? "constant"} scale {number.Scale} [{number.Bounds.Min}, {number.Bounds.Max}]"),
        CoreType.Choice choice => choice.Type.Name,
        CoreType.Ladder ladder => Word(ladder.Field.Kind),
        CoreType.Record => "record",
        _ => "flag",
    };

    private static string Stage(CoreNode node) => node.Reference is { } key ? $"keyed by {Name(key.Variable)}[{key.Index.ToString(CultureInfo.InvariantCulture)}]" : Word(node.Stage);

    private static string Word(Enum value) => value.ToString().ToLowerInvariant();
}
