using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Core;

/// <summary>
/// Makes core expressions, checked: types, units, scales (aligned where that is exact), bounds, stages and limits. Every error is a <see cref="CoreException"/>.
/// </summary>
/// <param name="schema">What the expressions speak about.</param>
public sealed partial class CoreBuilder(RulebookSchema schema)
{
    private int _nodes;
    private int _variables;

    /// <summary>What the expressions speak about.</summary>
    public RulebookSchema Schema => schema;

    /// <summary>Whether no more nodes can be made.</summary>
    internal bool IsFull => _nodes >= RuleLimits.MaxNodes;

    /// <summary>The place that the next nodes are given.</summary>
    public (int Start, int Length) Span { get; set; }

    /// <summary>A new variable over a source.</summary>
    /// <param name="name">As the rulebook calls it.</param>
    /// <param name="source">What it runs over.</param>
    public CoreVariable Bind(string name, CoreSource source)
    {
        if (source is CoreSource.Members { Group.Source: not CoreSource.Groups })
            throw new CoreException("type", $"{name} runs over the members of something that is not a group");
        if (source is CoreSource.Groups groups)
        {
            if (groups.Of is CoreSource.Table or CoreSource.Groups)
                throw new CoreException("type", "only items can be grouped", "group a collection of the account, or a group of its items");
            foreach ((string key, CoreNode value) in groups.Keys)
            {
                if (value.Type is CoreType.Ladder)
                    throw new CoreException("type", $"the key {key} is a ladder");
                if (value.Stage == Stage.Private)
                    throw new CoreException("stage", $"the key {key} depends on more than one reference of the item", "group by what the item's instrument or asset says");
            }
        }
        return new CoreVariable(_variables++, name, source);
    }

    /// <summary>A constant without unit: it takes the unit of what it is added to or compared with.</summary>
    /// <param name="mantissa">The integer.</param>
    /// <param name="scale">Its decimals.</param>
    public CoreNode Literal(BigInteger mantissa, int scale) => Make(new Literal(mantissa), Num(scale, null, Bounds.Of(mantissa)));

    /// <summary>true or false.</summary>
    public CoreNode Flag(bool value) => Make(new Literal(value ? 1 : 0), new CoreType.Flag());

    /// <summary>A name of an enumeration.</summary>
    public CoreNode Choice(EnumType type, int index) => Make(new Literal(index), new CoreType.Choice(type));

    /// <summary>A parameter.</summary>
    public CoreNode Parameter(int index)
    {
        SchemaField field = schema.Parameters[index];
        return field.Type is FieldType.Correlation
            ? throw new CoreException("type", $"{field.Name} is a correlation matrix", $"write {field.Name}[a, b] for one of its entries")
            : Make(new Parameter(index), TypeOf(field.Type));
    }

    /// <summary>A private field of the account.</summary>
    public CoreNode AccountField(int index) => Make(new AccountField(index), TypeOf(schema.Scalars[index].Type), Stage.Private);

    /// <summary>The record that a variable over a table stands for.</summary>
    public CoreNode Record(CoreVariable variable) => variable.Source is CoreSource.Table table
        ? Make(new RecordVariable(variable), new CoreType.Record(table.Index), free: [variable])
        : throw new CoreException("type", $"{variable.Name} is not a market record");

    /// <summary>A field of a market record.</summary>
    public CoreNode Field(CoreNode record, int field) => record.Type is CoreType.Record { Table: var table }
        ? Make(new RecordField(record, field), TypeOf(schema.Tables[table].Fields[field].Type))
        : throw new CoreException("type", $"{Describe(record)} has no fields");

    /// <summary>A field of an item.</summary>
    public CoreNode ItemField(CoreVariable variable, int field)
    {
        if (variable.Source is not (CoreSource.Items or CoreSource.Members)) throw new CoreException("type", $"{variable.Name} is not an item");
        SchemaField declared = schema.Collections[variable.Source.Collection].Fields[field];
        bool reference = declared.Type is FieldType.Reference;
        return Make(new ItemField(variable, field), TypeOf(declared.Type), reference ? Stage.Keyed : Stage.Private, reference ? new CoreKey(variable, field) : null, [variable]);
    }

    /// <summary>A key of a group.</summary>
    public CoreNode GroupKey(CoreVariable variable, int key)
    {
        if (variable.Source is not CoreSource.Groups groups) throw new CoreException("type", $"{variable.Name} is not a group");
        CoreType type = groups.Keys[key].Value.Type;
        bool reference = type is CoreType.Record;
        return Make(new GroupKey(variable, key), type, reference ? Stage.Keyed : Stage.Private, reference ? new CoreKey(variable, key) : null, [variable]);
    }

    /// <summary>a + b.</summary>
    public CoreNode Add(CoreNode a, CoreNode b)
    {
        Unit? unit = Align("add", ref a, ref b);
        return Make(new Add(a, b), Num(a.Number.Scale, unit, a.Bounds + b.Bounds));
    }

    /// <summary>a − b.</summary>
    public CoreNode Subtract(CoreNode a, CoreNode b)
    {
        Align("subtract", ref a, ref b);
        return Add(a, Negate(b));
    }

    /// <summary>a · b.</summary>
    public CoreNode Multiply(CoreNode a, CoreNode b)
    {
        (CoreType.Number left, CoreType.Number right) = (Number(a, "multiply"), Number(b, "multiply"));
        Unit? unit = left.Unit is null && right.Unit is null ? null : (left.Unit ?? Unit.None) * (right.Unit ?? Unit.None);
        Bounds bounds = ReferenceEquals(a, b) ? new Bounds(0, left.Bounds.Magnitude * left.Bounds.Magnitude) : left.Bounds * right.Bounds;
        return Make(new Multiply(a, b), Num(left.Scale + right.Scale, unit, bounds));
    }

    /// <summary>−a.</summary>
    public CoreNode Negate(CoreNode a)
    {
        CoreType.Number type = Number(a, "negate");
        return a is Literal literal
            ? Make(new Literal(-literal.Value), type with { Bounds = -type.Bounds })
            : Make(new Negate(a), type with { Bounds = -type.Bounds });
    }

    /// <summary>|a|.</summary>
    public CoreNode Absolute(CoreNode a)
    {
        CoreType.Number type = Number(a, "take the absolute value of");
        return Make(new Absolute(a), type with { Bounds = type.Bounds.Absolute() });
    }

    /// <summary>The smaller of two.</summary>
    public CoreNode Minimum(CoreNode a, CoreNode b)
    {
        Unit? unit = Align("take the smaller of", ref a, ref b);
        return Make(new Extremum(false, a, b), Num(a.Number.Scale, unit, Bounds.Minimum(a.Bounds, b.Bounds)));
    }

    /// <summary>The larger of two.</summary>
    public CoreNode Maximum(CoreNode a, CoreNode b)
    {
        Unit? unit = Align("take the larger of", ref a, ref b);
        return Make(new Extremum(true, a, b), Num(a.Number.Scale, unit, Bounds.Maximum(a.Bounds, b.Bounds)));
    }

    /// <summary>A comparison of numbers; <see cref="Comparison.Equal"/> also of flags, names and records.</summary>
    public CoreNode Compare(Comparison comparison, CoreNode a, CoreNode b)
    {
        if (a.Type is CoreType.Number || b.Type is CoreType.Number) Align("compare", ref a, ref b);
        else if (comparison != Comparison.Equal) throw new CoreException("type", $"{Describe(a)} and {Describe(b)} have no order", "only numbers can be compared by size");
        else if (!Same(a.Type, b.Type) || a.Type is CoreType.Ladder) throw new CoreException("type", $"{Describe(a)} and {Describe(b)} cannot be equal");
        return Make(new Compare(comparison, a, b), new CoreType.Flag());
    }

    /// <summary>not a.</summary>
    public CoreNode Not(CoreNode a) => Make(new Not(RequireFlag(a, "not")), new CoreType.Flag());

    /// <summary>a and b.</summary>
    public CoreNode And(CoreNode a, CoreNode b) => Make(new Connective(true, RequireFlag(a, "and"), RequireFlag(b, "and")), new CoreType.Flag());

    /// <summary>a or b.</summary>
    public CoreNode Or(CoreNode a, CoreNode b) => Make(new Connective(false, RequireFlag(a, "or"), RequireFlag(b, "or")), new CoreType.Flag());

    /// <summary>if c then a else b.</summary>
    public CoreNode If(CoreNode c, CoreNode a, CoreNode b)
    {
        RequireFlag(c, "if");
        if (a.Type is CoreType.Number || b.Type is CoreType.Number)
        {
            Unit? unit = Align("choose between", ref a, ref b);
            return Make(new Conditional(c, a, b), Num(a.Number.Scale, unit, a.Bounds.Union(b.Bounds)));
        }
        if (!Same(a.Type, b.Type) || a.Type is CoreType.Ladder) throw new CoreException("type", $"the two sides of if are {Describe(a)} and {Describe(b)}");
        return Make(new Conditional(c, a, b), a.Type);
    }

    /// <summary>The value under the name that the rulebook gives it.</summary>
    public CoreNode Named(string name, CoreNode value) => Make(new Named(name, value), value.Type);

    /// <summary>The same value as a quantity, without rounding: unit, scale and bounds must fit; a public number is checked when it is computed.</summary>
    public CoreNode Convert(CoreNode x, Quantity quantity)
    {
        CoreType.Number type = Number(x, $"use as {quantity.Name}");
        RequireUnit(type.Unit, quantity);
        if (type.Scale > quantity.Scale)
        {
            throw new CoreException("scale", $"this has {type.Scale} decimals and {quantity.Name} has {quantity.Scale}",
                $"say how to round: down(…), up(…), nearest(…) or truncate(…)");
        }
        CoreNode scaled = AtScale(x, quantity.Scale);
        if (quantity.Bounds.Contains(scaled.Bounds))
            return scaled.Number.Unit is null ? Retype(scaled, quantity.Unit) : scaled;
        return Round(Rounding.Truncate, scaled, quantity);
    }

    /// <summary>Aligns two numbers to the finer scale and returns their common unit.</summary>
    private Unit? Align(string verb, ref CoreNode a, ref CoreNode b)
    {
        (CoreType.Number left, CoreType.Number right) = (Number(a, verb), Number(b, verb));
        if (left.Unit is not null && right.Unit is not null && !left.Unit.Equals(right.Unit))
            throw new CoreException("units", $"cannot {verb} {left.Unit} and {right.Unit}", UnitHint(left.Unit, right.Unit));
        int scale = Math.Max(left.Scale, right.Scale);
        (a, b) = (AtScale(a, scale), AtScale(b, scale));
        return left.Unit ?? right.Unit;
    }

    private static string? UnitHint(Unit left, Unit right)
    {
        Unit ratio = left / right;
        return ratio.Text.Contains('/', StringComparison.Ordinal) || ratio.IsNone ? $"they differ by {ratio}: a factor with that unit is missing on one side" : $"multiply the second by something in {ratio}, like a price";
    }

    /// <summary>A number at a scale that is not coarser, exact.</summary>
    internal CoreNode AtScale(CoreNode x, int scale)
    {
        CoreType.Number type = x.Number;
        if (type.Scale == scale) return x;
        BigInteger factor = BigInteger.Pow(10, scale - type.Scale);
        Bounds bounds = new(type.Bounds.Min * factor, type.Bounds.Max * factor);
        return x is Literal literal
            ? Make(new Literal(literal.Value * factor), Num(scale, type.Unit, bounds))
            : Make(new Rescale(x, scale - type.Scale), Num(scale, type.Unit, bounds));
    }

    private CoreNode Retype(CoreNode x, Unit unit) => x is Literal literal
        ? Make(new Literal(literal.Value), x.Number with { Unit = unit })
        : Make(new Rescale(x, 0), x.Number with { Unit = unit });

    private static void RequireUnit(Unit? unit, Quantity quantity)
    {
        if (unit is not null && !unit.Equals(quantity.Unit))
            throw new CoreException("units", $"this is in {unit} and {quantity.Name} is in {quantity.Unit}", UnitHint(quantity.Unit, unit));
    }

    private CoreType.Number Num(int scale, Unit? unit, Bounds bounds)
    {
        if (scale > RuleLimits.MaxScale)
            throw new CoreException("limit", $"a product has {scale} decimals; at most {RuleLimits.MaxScale} are kept", "round a factor first");
        if (bounds.Magnitude.GetBitLength() > RuleLimits.MaxBits)
            throw new CoreException("overflow", $"this could be as large as {Show(bounds.Magnitude, scale)}, beyond {RuleLimits.MaxBits} bits", "give its parts tighter quantities, or round earlier");
        return new CoreType.Number(scale, unit, bounds);
    }

    private static string Show(BigInteger value, int scale)
    {
        int digits = value.ToString(System.Globalization.CultureInfo.InvariantCulture).Length - scale;
        return digits > 24 ? $"10^{digits}" : Fermat.Margin.ExactDecimal.Format(value, scale);
    }

    private static CoreType.Number Number(CoreNode node, string verb) =>
        node.Type as CoreType.Number ?? throw new CoreException("type", $"cannot {verb} {Describe(node)}: a number is expected");

    private static CoreNode RequireFlag(CoreNode node, string verb) =>
        node.Type is CoreType.Flag ? node : throw new CoreException("type", $"{verb} takes true or false, and this is {Describe(node)}", node.Type is CoreType.Number ? "compare it with something" : null);

    private static string Describe(CoreNode node) => node.Type switch
    {
        CoreType.Number number => number.Unit is null or { IsNone: true } ? "a number" : $"a number in {number.Unit}",
        CoreType.Flag => "true or false",
        CoreType.Choice choice => $"a {choice.Type.Name}",
        CoreType.Record => "a market record",
        _ => "a ladder",
    };

    private static bool Same(CoreType a, CoreType b) => a switch
    {
        CoreType.Choice choice => b is CoreType.Choice other && other.Type.Name == choice.Type.Name,
        CoreType.Record record => b is CoreType.Record other && other.Table == record.Table,
        _ => a.GetType() == b.GetType(),
    };

    private static CoreType TypeOf(FieldType type) => type switch
    {
        FieldType.Number number => new CoreType.Number(number.Quantity.Scale, number.Quantity.Unit, number.Quantity.Bounds),
        FieldType.Flag => new CoreType.Flag(),
        FieldType.Choice choice => new CoreType.Choice(choice.Type),
        FieldType.Reference reference => new CoreType.Record(reference.Table),
        FieldType.Ladder ladder => new CoreType.Ladder(ladder),
        _ => throw new CoreException("type", "a correlation matrix can only be a parameter"),
    };

    /// <summary>Numbers the node and derives free variables and stage from its children.</summary>
    private T Make<T>(T node, CoreType type, Stage stage = Stage.Public, CoreKey? key = null, ImmutableArray<CoreVariable>? free = null)
        where T : CoreNode
    {
        if (_nodes >= RuleLimits.MaxNodes)
            throw new CoreException("limit", $"the rulebook has more than {RuleLimits.MaxNodes} expressions once its functions are put in the place of their calls", "give intermediate values a definition without parameters, or make functions smaller");
        foreach (CoreNode child in node.Children)
            (stage, key) = Join(stage, key, child.Stage, child.Reference);
        node.Id = _nodes++;
        node.Type = type;
        node.Span = Span;
        node.Stage = stage;
        node.Reference = key;
        node.Free = free ?? Union(node.Children);
        return node;
    }

    private static (Stage, CoreKey?) Join(Stage a, CoreKey? keyA, Stage b, CoreKey? keyB) => (a, b) switch
    {
        (Stage.Private, _) or (_, Stage.Private) => (Stage.Private, null),
        (Stage.Public, _) => (b, keyB),
        (_, Stage.Public) => (a, keyA),
        _ => keyA == keyB ? (Stage.Keyed, keyA) : (Stage.Private, null),
    };

    private static ImmutableArray<CoreVariable> Union(IEnumerable<CoreNode> nodes) =>
        [.. nodes.SelectMany(node => node.Free).Distinct().OrderBy(variable => variable.Id)];
}
