using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    private readonly Dictionary<int, MatrixLookup> _matrices = [];

    /// <summary>The public tables of matrices.</summary>
    public IEnumerable<MatrixLookup> Matrices => _matrices.Values;

    /// <summary>An entry of a matrix whose row and column the rows say.</summary>
    private NumberValue Entry(CorrelationEntry node, Domain domain)
    {
        (SmallValue row, SmallValue column) = (Small(node.Row, domain), Small(node.Column, domain));
        int table = ((FieldType.Correlation)_schema.Parameters[node.Parameter].Type).Table;
        if (!_matrices.TryGetValue(node.Parameter, out MatrixLookup? matrix))
            _matrices.Add(node.Parameter, matrix = new MatrixLookup(_circuit, Unique($"matrix {_schema.Parameters[node.Parameter].Name}"), node.Parameter, table, node.Bounds));
        return new NumberValue(matrix.Find(domain, Name("entry"), row, column), node.Bounds);
    }

    /// <summary>
    /// ⌊total · weight / W⌋ with W = Σ weights (1 where that is 0), and what is left of the total for the one item with a positive weight whose position is the first or the last among those.
    /// </summary>
    private NumberValue Share(ProRata node, Domain items)
    {
        if (items != Items[node.Variable.Source.Collection]) throw Homes.NotYet($"a share in each row of {items.Name}");
        CoreSource source = node.Variable.Source;
        Domain owner = source is CoreSource.Members members ? Groups((CoreSource.Groups)members.Group.Source) : Account;
        Link link = items.Links.First(l => l.Parent == owner);
        NumberValue weight = Number(node.Weight, items), total = Number(node.Total, items), inOwner = Number(node.Total, owner);
        NumberValue sum = Total(weight, items, link, new Bounds(0, weight.Bounds.Max * link.MaxRows), owner);
        if (sum.Digits is null) return Fixed(0);
        SmallValue none = IsZero(owner, sum.Digits.CellSum, sum.Digits.SumOf);
        NumberValue divisor = new(LimbForm.Add(sum.Form, LimbForm.Of(none)), new Bounds(1, BigInteger.Max(1, sum.Bounds.Max)));
        NumberValue here = new(link.Pass(Name("sum of weights"), divisor.Form), divisor.Bounds);
        NumberValue less = Combine(here, Fixed(1), -1, here.Bounds + Bounds.Of(-1), items);
        NumberValue part = Floor(new Dividend(Product(total, weight, total.Bounds * weight.Bounds, items)), null, here, less, new Bounds(0, total.Bounds.Max), items);
        NumberValue given = Total(part, items, link, new Bounds(0, total.Bounds.Max), owner);
        NumberValue rest = Combine(inOwner, given, -1, new Bounds(0, total.Bounds.Max), owner);
        if (rest.Form.Degree > 1) Commit(rest, owner, Name("rest"));
        LimbForm restHere = link.Pass(Name("rest"), rest.Form);

        DigitColumns digits = Commit(weight, items, Name("weight"));
        SmallValue positive = Not(IsZero(items, digits.CellSum, digits.SumOf), items);
        var position = new NumberValue(LimbForm.Of(items.Position!), new Bounds(0, items.Position!.Max));
        DigitColumns chosen = Extremal(position, positive, node.Order == RemainderOrder.Last, items, link, owner, none);
        SmallValue chosenHere = link.Pass(Name("who gets the rest"), new SmallValue(chosen.Word(0), items.Position.Max, row => (int)chosen.Value(row)));
        SmallValue same = IsZero(items, items.Position!.At - chosenHere.At, row => items.Position!.Of(row) - chosenHere.Of(row));
        SmallValue gets = And(positive, same, items, "gets the rest");
        return new NumberValue(LimbForm.Add(part.Form, LimbForm.Scale(restHere, gets)), node.Bounds);
    }
}
