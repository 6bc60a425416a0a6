using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// Turns private expressions into columns and constraints: each lives in the table of the rows that its free variables choose, is made once, and stays an expression at the random point until
/// its sign, its bytes or its degree are needed.
/// </summary>
internal sealed partial class Lowerer
{
    private const int MaxDegree = 2;

    private readonly CircuitBuilder _circuit;
    private readonly RangeTable _range;
    private readonly Expr _r;
    private readonly Expr _gamma;
    private readonly RulebookSchema _schema;
    private readonly StructuralKeys _keys = new();
    private readonly OutcomePacking _packing;
    private readonly Dictionary<(Domain Domain, int Key), object> _known = [];
    private readonly Dictionary<string, int> _names = [];
    private readonly List<string> _path = [];
    private readonly Func<int, int>? _lineOf;
    private int _span;

    public Lowerer(CircuitBuilder circuit, RangeTable range, Expr r, Expr gamma, RulebookSchema schema, Func<int, int>? lineOf)
    {
        (_circuit, _range, _r, _gamma, _schema, _lineOf) = (circuit, range, r, gamma, schema, lineOf);
        _packing = new OutcomePacking(schema, _keys);
        Account = MakeAccounts();
        for (int c = 0; c < schema.Collections.Length; c++) Items.Add(MakeItems(c));
    }

    /// <summary>A row for each account.</summary>
    public Domain Account { get; }

    /// <summary>A row for each item, by collection.</summary>
    public List<Domain> Items { get; } = [];

    /// <summary>All domains, those of groups and records after what they are made of.</summary>
    public List<Domain> Domains { get; } = [];

    /// <summary>All links.</summary>
    public List<Link> Links { get; } = [];

    /// <summary>All lookups of public values.</summary>
    public List<PublicLookup> Lookups { get; } = [];

    /// <summary>Rows of several outcomes.</summary>
    public IReadOnlyList<OutcomeRows> Outcomes => _packing.Rows;

    /// <summary>Who made columns, constraints and messages.</summary>
    public CostLedger Ledger { get; } = new();

    /// <summary>A definition's value in the account's row.</summary>
    public object Definition(CoreDefinition definition)
    {
        _path.Add(definition.Name);
        try
        {
            return definition.Value.Type is CoreType.Number ? Committed(definition.Value, Account, definition.Name) : Lower(definition.Value, Account);
        }
        finally
        {
            _path.RemoveAt(_path.Count - 1);
        }
    }

    /// <summary>The value of an expression in the rows of a domain that its own rows are part of.</summary>
    public object Value(CoreNode node, Domain domain) => Lower(node, domain);

    /// <summary>The committed digits of a number.</summary>
    public DigitColumns Digits(NumberValue value, Domain domain, string name) => Commit(value, domain, name);

    private object Lower(CoreNode node, Domain domain)
    {
        if (node is Named named)
        {
            _path.Add(named.Name);
            object value = Lower(named.Value, domain);
            _path.RemoveAt(_path.Count - 1);
            return value;
        }
        int key = KeyOf(node, domain);
        if (_known.TryGetValue((domain, key), out object? known)) return known;
        int span = _span;
        if (node.Span.Length > 0) _span = node.Span.Start;
        Ledger.Enter(Place());
        try
        {
            object value = node.Stage == Stage.Private ? LowerPrivate(node, domain) : LowerPublic(node, domain);
            _known.Add((domain, key), value);
            return value;
        }
        finally
        {
            _span = span;
            Ledger.Leave();
        }
    }

    /// <summary>
    /// What makes a value the same in a domain. In pairs the two sides are told apart by their variables, so there expressions are known by themselves, and by the variable of the right row where
    /// they have it: in pairs within pairs it is of the left row.
    /// </summary>
    private int KeyOf(CoreNode node, Domain domain) => domain.Pair is null ? _keys.Of(node) : int.MinValue + Pair(node.Id, _right is { } right && node.Free.Contains(right) ? right.Id : -1);

    private object LowerPrivate(CoreNode node, Domain domain)
    {
        if (domain.Pair is not null) return LowerInPairs(node, domain);
        Domain own = DomainOf(Homes.Of(node));
        return own == domain ? Make(node, domain) : Pass(node, own, domain);
    }

    /// <summary>A value of an outer row in the rows that belong to it.</summary>
    private object Pass(CoreNode node, Domain from, Domain to)
    {
        Link link = to.Links.FirstOrDefault(l => l.Parent == from) ?? to.Links.FirstOrDefault(l => l.Parent.IsWithin(from))
            ?? throw Homes.NotYet($"a value of {from.Name} used for {to.Name}");
        return Over(link, node);
    }

    /// <summary>A value of a link's parent row in its child rows.</summary>
    private object Over(Link link, CoreNode node)
    {
        object outer = Lower(node, link.Parent);
        string name = Name("passed on");
        if (outer is SmallValue small) return small.IsConstant ? small : link.Pass(name, small);
        var number = (NumberValue)outer;
        if (number.Form.Constant is not null) return number;
        if (number.Form.Degree > 1) Commit(number, link.Parent, Name("digits"));
        return new NumberValue(link.Pass(name, number.Form), number.Bounds);
    }

    private object Make(CoreNode node, Domain domain) => node switch
    {
        AccountField field => domain.Fields[field.Index],
        ItemField field => domain.Fields[field.Field],
        GroupKey key => domain.Fields[key.Index],
        Add add => Sum(add, domain),
        Multiply multiply => Product(multiply, domain),
        Negate negate => new NumberValue(LimbForm.Negate(Number(negate.Operand, domain).Form), node.Bounds),
        Rescale { Digits: 0 } same => Lower(same.Operand, domain),
        Rescale rescale => Product(node, Number(rescale.Operand, domain), Fixed(BigInteger.Pow(10, rescale.Digits)), domain),
        Absolute absolute => Magnitude(absolute, domain),
        Extremum extremum => Extreme(extremum, domain),
        Compare compare => Comparison(compare, domain),
        Not not => Not(Small(not.Operand, domain), domain),
        Connective connective => Connect(connective, domain),
        Conditional conditional => Choose(conditional, domain),
        Quotient quotient => Divide(quotient, domain),
        SquareRoot root => Root(root, domain),
        Tiered tiered => Tier(tiered, domain),
        Interpolate interpolate => OnCurve(interpolate, domain),
        CorrelationEntry entry => Entry(entry, domain),
        ProRata share => Share(share, domain),
        Reduce reduce => Reduction(domain.Source is CoreSource.Table ? reduce : _packing.Pack(reduce, Parts), domain),
        _ => throw Homes.NotYet($"{node.GetType().Name} of private values"),
    };

    private NumberValue Number(CoreNode node, Domain domain) => (NumberValue)Lower(node, domain);

    private SmallValue Small(CoreNode node, Domain domain) => (SmallValue)Lower(node, domain);

    private NumberValue Fixed(BigInteger value) => new(LimbForm.Of(value, _r), Bounds.Of(value));

    /// <summary>What a form is where it is added: constants only on active rows.</summary>
    private static LimbForm Additive(NumberValue value, Domain domain) => value.Form.On(domain.Active);

    /// <summary>Commits digits of a number, if that is not done yet.</summary>
    private DigitColumns Commit(NumberValue value, Domain domain, string name)
    {
        if (value.Digits is { } known) return known;
        LimbForm form = Additive(value, domain);
        var digits = new DigitColumns(domain, Unique(name), DigitFormat.Of(value.Bounds), form);
        Carries.Zero(domain, Unique($"{name} is its digits"), LimbForm.Subtract(form, digits.Form));
        value.Commit(digits);
        return digits;
    }

    /// <summary>
    /// A column of a number's value at r, so that its degree is 1: five cells, where digits and their range checks are more. Its coefficients stay what they are. A constraint of the row says what
    /// the column is, so it is nobody's choice, although it is committed after the random points.
    /// </summary>
    private void Hold(NumberValue value, Domain domain, string name)
    {
        LimbForm form = Additive(value, domain);
        var (min, max) = (new long[form.Count], new long[form.Count]);
        for (int i = 0; i < form.Count; i++) (min[i], max[i]) = (form.Min(i), form.Max(i));
        domain.Degree(form.Count);
        value.Hold(new LimbForm(Held(name, form.AtPoint, form.At), min, max, form.AddTo, mirror: form.HasMirror ? () => Held($"{name}, at -r", form.AtMirror, form.Mirror) : null));

        Expr Held(string column, Func<WitnessRow, RandomPoint, Quintic> of, Expr at)
        {
            Expr held = domain.Point(column, of);
            domain.Table.Constrain($"{column} is what it says", held - at);
            return held;
        }
    }

    /// <summary>Commits the number where its degree or its coefficients are too large for what comes.</summary>
    private LimbForm Within(NumberValue value, Domain domain, int degree, long magnitude)
    {
        if (value.Form.Constant is null && value.Digits is null && (value.Form.Degree > degree || value.Form.Magnitude > magnitude)) Commit(value, domain, Name("digits"));
        return value.Form;
    }

    /// <summary>The place of what is being made, and a name for it.</summary>
    private string Name(string what) => Unique($"{Place()}: {what}");

    private string Place()
    {
        string? place = _lineOf is null ? $"@{_span}" : _lineOf(_span) is > 0 and var line ? $"line {line}" : null;
        string? name = _path.Count == 0 ? null : _path[^1];
        return name is not null && place is not null ? $"{name}, {place}" : name ?? place ?? "value";
    }

    private string Unique(string name)
    {
        int uses = _names.GetValueOrDefault(name);
        _names[name] = uses + 1;
        return uses == 0 ? name : $"{name} #{uses + 1}";
    }
}
