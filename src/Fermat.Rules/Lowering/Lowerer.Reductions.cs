using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    /// <summary>A reduction over the rows of a domain that belong to one row of another.</summary>
    private object Reduction(Reduce node, Domain domain)
    {
        if (node.Variable.Source is CoreSource.Table && node.Free.FirstOrDefault(v => v.Source is CoreSource.Table) is { } outer)
            throw Homes.NotYet($"an account's value for each pair of records ({outer.Name} and {node.Variable.Name})");
        if (domain.Source is CoreSource.Table && node.Variable.Source is not CoreSource.Table) return AcrossRecords(node, domain);
        (Domain rows, Link link) = RowsOf(node.Variable, domain);
        if (rows.Pair is null) return Reduction(node, rows, link, domain);
        CoreVariable? outside = _right;
        _right = node.Variable;
        try
        {
            return Reduction(node, rows, link, domain);
        }
        finally
        {
            _right = outside;
        }
    }

    private object Reduction(Reduce node, Domain rows, Link link, Domain domain)
    {
        SmallValue? filter = node.Filter is null ? null : Small(node.Filter, rows);
        if (node.Empty is { } otherwise && filter is { IsConstant: true } && filter.Of(null!) == 0) return Number(otherwise, domain);
        switch (node.Kind)
        {
            case ReduceKind.Sum:
                return Total(Filtered(Number(node.Body, rows), filter, rows), rows, link, node.Bounds, domain);
            case ReduceKind.Min or ReduceKind.Max:
                return Chosen(node, filter, rows, link, domain);
            case ReduceKind.Count:
                return Total(Counted(Small(node.Body, rows), filter, rows), rows, link, node.Bounds, domain);
            default:
                // all: none that does not; any: not none that does
                bool all = node.Kind == ReduceKind.All;
                SmallValue body = Small(node.Body, rows), sought = all ? Not(body, rows) : body;
                NumberValue count = Total(Counted(sought, filter, rows), rows, link, new Bounds(0, link.MaxRows), domain);
                SmallValue none = count.Form.Constant is { } constant ? SmallValue.Constant(constant.IsZero ? 1 : 0) : IsZero(domain, count.Digits!.CellSum, count.Digits.SumOf);
                return all ? none : Not(none, domain);
        }
    }

    /// <summary>The rows that a variable runs over when its owner is a row of a domain.</summary>
    private (Domain Rows, Link Link) RowsOf(CoreVariable variable, Domain owner)
    {
        Domain rows = variable.Source switch
        {
            CoreSource.Items or CoreSource.Members => Items[variable.Source.Collection],
            CoreSource.Groups groups => Groups(groups),
            CoreSource.Table table => Records(owner, table.Index),
            _ => throw new InvalidOperationException(),
        };
        Domain natural = variable.Source is CoreSource.Table ? owner : OwnerOf(variable.Source);
        if (natural == owner) return (rows, rows.Links.First(l => l.Parent == owner));
        return owner.IsWithin(natural) ? Pairs(owner, rows, natural) : throw Homes.NotYet($"a value of all {rows.Name} in each row of {owner.Name}");
    }

    /// <summary>Whose elements a source is.</summary>
    private Domain OwnerOf(CoreSource source) => source switch
    {
        CoreSource.Members members => Groups((CoreSource.Groups)members.Group.Source),
        CoreSource.Groups groups => OwnerOf(groups.Of),
        _ => Account,
    };

    private NumberValue Filtered(NumberValue value, SmallValue? filter, Domain rows)
    {
        if (filter is null) return value;
        if (filter.IsConstant) return filter.Of(null!) == 1 ? value : Fixed(0);
        Within(value, rows, 1, LimbForm.Limit);
        return new NumberValue(LimbForm.Scale(value.Form, filter), value.Bounds.Union(Bounds.Of(0)));
    }

    /// <summary>1 where a flag and a filter hold.</summary>
    private NumberValue Counted(SmallValue flag, SmallValue? filter, Domain rows)
    {
        SmallValue on = flag.IsConstant ? new SmallValue(flag.At * rows.Active, 1, flag.Of) : flag;
        return Filtered(new NumberValue(LimbForm.Of(on), Bounds.Flag), filter, rows);
    }

    private NumberValue Total(NumberValue term, Domain rows, Link link, Bounds bounds, Domain domain)
    {
        if (term.Form.Constant is { IsZero: true }) return term;
        Within(term, rows, MaxDegree, LimbForm.Limit / link.MaxRows - 1);
        return InDigits(link.Sum(Additive(term, rows)), Name("sum"), bounds, domain);
    }

    /// <summary>A sum in digits of its own.</summary>
    private static NumberValue InDigits(RowSum sum, string name, Bounds bounds, Domain domain)
    {
        var digits = new DigitColumns(domain, name, DigitFormat.Of(bounds), sum.Form);
        sum.Is(name, digits.Form);
        var total = new NumberValue(digits.Form, bounds);
        total.Commit(digits);
        return total;
    }

    /// <summary>
    /// A numerator that is a sum over other rows, or adds such a sum to numbers of the row, so that the sum itself needs no digits; null where it has none, or where one is known already.
    /// </summary>
    private Dividend? Summed(CoreNode numerator, Domain domain)
    {
        var others = new List<CoreNode>();
        if (domain.Pair is not null || SumIn(numerator, domain, others) is not { } node) return null;
        if (SumOver(node, domain) is not { } sum) return null;
        NumberValue rest = Fixed(0);
        foreach (CoreNode other in others)
        {
            NumberValue number = Number(other, domain);
            rest = Combine(rest, number, 1, rest.Bounds + number.Bounds, domain);
        }
        Within(rest, domain, sum.MaxDegree, LimbForm.Limit / 8);
        return new Dividend(rest, sum, numerator.Bounds);
    }

    /// <summary>A sum over other rows that an expression is, or has as a summand of its own scale; the other summands are added to a list.</summary>
    private Reduce? SumIn(CoreNode node, Domain domain, List<CoreNode> others)
    {
        switch (node)
        {
            case Named named:
                return SumIn(named.Value, domain, others);
            case Rescale { Digits: 0 } same:
                return SumIn(same.Operand, domain, others);
            case Reduce { Kind: ReduceKind.Sum, Stage: Stage.Private } sum when DomainOf(Homes.Of(sum)) == domain && !_known.ContainsKey((domain, KeyOf(sum, domain))):
                return sum;
            case Add { Stage: Stage.Private } add when DomainOf(Homes.Of(add)) == domain:
                if (SumIn(add.Left, domain, others) is { } left)
                {
                    others.Add(add.Right);
                    return left;
                }
                if (SumIn(add.Right, domain, others) is not { } right) return null;
                others.Add(add.Left);
                return right;
            default:
                return null;
        }
    }

    /// <summary>A sum over rows of another domain, before it is brought to digits; null where it is made in another way, or fixed.</summary>
    private RowSum? SumOver(Reduce node, Domain domain)
    {
        bool ofRecords = domain.Source is CoreSource.Table && node.Variable.Source is not CoreSource.Table;
        if (ofRecords) return SumAcrossRecords(node, domain);
        if (node.Variable.Source is not CoreSource.Table && OwnerOf(node.Variable.Source) != domain) return null;
        if (node.Variable.Source is CoreSource.Table && node.Free.Any(v => v.Source is CoreSource.Table)) return null;
        (Domain rows, Link link) = RowsOf(node.Variable, domain);
        return SumOver(node, rows, link);
    }

    private RowSum? SumOver(Reduce node, Domain rows, Link link)
    {
        SmallValue? filter = node.Filter is null ? null : Small(node.Filter, rows);
        NumberValue term = Filtered(Number(node.Body, rows), filter, rows);
        if (term.Form.Constant is { IsZero: true }) return null;
        Within(term, rows, MaxDegree, LimbForm.Limit / 2 / link.MaxRows - 1);
        return link.Sum(Additive(term, rows));
    }
}
