using System.Globalization;
using Fermat.Rules.Core;

namespace Fermat.Rules.Lowering;

/// <summary>
/// Numbers expressions so that two that say the same about a row have the same number, whatever their variables are called: <c>value(b)</c> of two sums over the same collection is computed once.
/// A variable stands for "the row's item", "the row's group of this grouping" or "the row's record"; where two of one kind are free, nothing is shared.
/// </summary>
internal sealed class StructuralKeys
{
    private readonly Dictionary<string, int> _numbers = [];
    private readonly Dictionary<CoreNode, int> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>The number of an expression.</summary>
    public int Of(CoreNode node)
    {
        if (_known.TryGetValue(node, out int known)) return known;
        // two variables of one kind: f(g, k) and f(k, g) would look the same, so such an expression is like no other
        bool isUnique = node.Free.Select(Row).Distinct().Count() < node.Free.Length || HidesItsRow(node);
        int number = isUnique ? Number(string.Create(CultureInfo.InvariantCulture, $"node {node.Id}")) : node is Named named ? Of(named.Value) : Number(Text(node));
        _known.Add(node, number);
        return number;
    }

    /// <summary>Whether a reduction runs over rows of which another is free in it: then "the row" is two rows, like s and t in <c>sum t in Scenario: s.shock</c>.</summary>
    private bool HidesItsRow(CoreNode node) => node switch
    {
        Reduce reduce => node.Free.Any(free => Row(free) == Row(reduce.Variable)),
        ProRata share => node.Free.Any(free => free != share.Of && Row(free) == Row(share.Variable)),
        _ => false,
    };

    /// <summary>What tells a variable's rows apart from others.</summary>
    public string Of(CoreSource source) => source switch
    {
        CoreSource.Table table => string.Create(CultureInfo.InvariantCulture, $"table {table.Index}"),
        CoreSource.Items items => string.Create(CultureInfo.InvariantCulture, $"items {items.Index}"),
        CoreSource.Members members => $"members of {Of(members.Group.Source)}",
        CoreSource.Groups groups => $"groups [{string.Join(' ', groups.Keys.Select(key => Of(key.Value)))}] in {Of(groups.Of)}",
        _ => throw new InvalidOperationException(),
    };

    private string Row(CoreVariable variable) => variable.Source switch
    {
        CoreSource.Items or CoreSource.Members => string.Create(CultureInfo.InvariantCulture, $"item {variable.Source.Collection}"),
        _ => Of(variable.Source),
    };

    private string Text(CoreNode node)
    {
        string own = node switch
        {
            Literal literal => (node.Type is CoreType.Number ? "" : "small ") + literal.Value.ToString(CultureInfo.InvariantCulture),
            Parameter parameter => Say(parameter.Index),
            AccountField field => Say(field.Index),
            RecordVariable record => Row(record.Variable),
            RecordField field => Say(((CoreType.Record)field.Record.Type).Table) + Say(field.Field),
            ItemField field => Row(field.Variable) + Say(field.Field),
            GroupKey key => Row(key.Variable) + Say(key.Index),
            Rescale rescale => Say(rescale.Digits),
            Extremum extremum => extremum.IsMaximum ? "max" : "min",
            Compare compare => compare.Operator.ToString(),
            Connective connective => connective.IsAnd ? "and" : "or",
            Quotient quotient => quotient.Rounding.ToString() + node.Number.Scale + Scale(quotient.Numerator) + Scale(quotient.Denominator),
            SquareRoot root => root.Rounding.ToString(),
            Interpolate interpolate => interpolate.Rounding.ToString() + Say(node.Number.Scale),
            Function function => function.Kind.ToString() + Say(node.Number.Scale) + string.Join('/', function.Arguments.Select(Scale)),
            CorrelationEntry entry => Say(entry.Parameter),
            Reduce reduce => $"{reduce.Kind} over {Of(reduce.Variable.Source)} filtered {reduce.Filter is not null}, otherwise {reduce.Empty is not null}",
            Outcome outcome => Say(outcome.Rows.Table) + Say(outcome.Slot),
            ProRata share => $"{share.Order} over {Of(share.Variable.Source)}",
            _ => "",
        };
        return $"{node.GetType().Name} {own} {node.Bounds.Min} {node.Bounds.Max} ({string.Join(' ', node.Children.Select(Of))})";
    }

    private static string Say(int number) => " " + number.ToString(CultureInfo.InvariantCulture);

    private static string Scale(CoreNode node) => node.Type is CoreType.Number number ? Say(number.Scale) : "";

    private int Number(string text)
    {
        if (!_numbers.TryGetValue(text, out int number)) _numbers.Add(text, number = _numbers.Count);
        return number;
    }
}
