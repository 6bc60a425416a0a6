using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// What a domain and the domain its rows belong to say to each other. Up: Σ_j γ^j · (sum j over the child rows of a parent row), the number of rows first, on a bus keyed by the parent's
/// address, with the values as multiplicities. Down: the parent's values, on a bus with its address.
/// </summary>
/// <remarks>
/// The number of rows has a power of γ of its own, so a parent that receives nothing of a child cannot exist beside it, whatever the child's values are.
/// </remarks>
internal sealed class Link(CircuitBuilder circuit, Domain child, Domain parent, IReadOnlyList<Expr> childAddress, IReadOnlyList<Expr> parentAddress, Expr gamma, int maxRows, bool isRight = false)
{
    private readonly List<(Expr Child, Expr Parent)> _sums = [];
    private readonly List<(Expr Parent, Expr Child)> _values = [];
    private readonly string _name = $"{child.Name} of {(isRight ? "the other " : "")}{parent.Name}";

    /// <summary>The domain of many rows.</summary>
    public Domain Child => child;

    /// <summary>The parent's address as the child's rows know it.</summary>
    public IReadOnlyList<Expr> ChildAddress => childAddress;

    /// <summary>The parent's address in its own rows.</summary>
    public IReadOnlyList<Expr> ParentAddress => parentAddress;

    /// <summary>The domain of one row.</summary>
    public Domain Parent => parent;

    /// <summary>The most child rows that a parent row can have.</summary>
    public int MaxRows => maxRows;

    /// <summary>How many child rows a parent row has.</summary>
    public SmallValue Count { get; } = MakeCount(child, parent, maxRows, isRight);

    /// <summary>How many values travel down.</summary>
    public int Passed => _values.Count;

    /// <summary>How many sums travel.</summary>
    public int Sums => _sums.Count;

    /// <summary>The sum of a form over the child rows.</summary>
    /// <param name="term">The summand in the child's rows; zero on padding.</param>
    public RowSum Sum(LimbForm term)
    {
        void Total(WitnessRow row, Span<long> into)
        {
            foreach (WitnessRow one in row.Children(child)) term.AddTo(one, into);
        }

        LimbForm summed = term.Summed(maxRows, parent.Remembering(term.Count, Total));
        return new RowSum(summed, 2, (name, value) =>
        {
            var carries = new Carries(parent, name, LimbForm.Subtract(summed, value));
            parent.Table.Constrain($"padding: {name} has no carries", (1 - parent.Active) * carries.At);
            parent.Degree(Math.Max(carries.Degree, term.Count));
            _sums.Add((carries.Of(term), carries.Of(value) + carries.At));
        });
    }

    /// <summary>A sum that the circuit knows on both sides: of the child's terms, equal to what the parent says.</summary>
    public void Equal(Expr childTerm, Expr parentTerm) => _sums.Add((childTerm, parentTerm));

    /// <summary>A number of the parent's row, in its child's rows.</summary>
    public LimbForm Pass(string name, LimbForm value)
    {
        var (min, max) = (new long[value.Count], new long[value.Count]);
        for (int i = 0; i < value.Count; i++) (min[i], max[i]) = (value.Min(i), value.Max(i));
        Accumulate add = (row, into, factor) => value.AddTo(ParentOf(row), into, factor);
        var received = new LimbForm(0, min, max, add);
        Expr column = child.Point(name, received);
        child.Degree(value.Count);
        _values.Add((value.At, column));
        return new LimbForm(column, min, max, add, mirror: value.HasMirror ? Mirror : null);

        Expr Mirror()
        {
            Expr mirrored = child.Point($"{name}, at -r", received.AtMirror);
            _values.Add((value.Mirror, mirrored));
            return mirrored;
        }
    }

    /// <summary>A small value of the parent's row, in its child's rows.</summary>
    public SmallValue Pass(string name, SmallValue value)
    {
        SmallValue received = child.Small(name, value.Max, row => value.Of(ParentOf(row)));
        _values.Add((value.At, received.At));
        return received;
    }

    /// <summary>Declares the buses; call once everything is declared.</summary>
    /// <returns>The degree in γ of the sums.</returns>
    public int Finish()
    {
        Bus sums = circuit.Bus($"{_name}: sums");
        Expr up = child.Active, received = Count.At, power = 1;
        foreach ((Expr term, Expr sum) in _sums)
        {
            power *= gamma;
            up += power * term;
            received += power * sum;
        }
        child.Table.Send(sums, $"contribution to {_name}", up, [.. childAddress]);
        parent.Table.Receive(sums, $"sums over {_name}", received, [.. parentAddress]);
        if (_values.Count > 0)
        {
            Bus values = circuit.Bus($"{_name}: values");
            parent.Table.Send(values, $"values for {_name}", Count.At, [.. parentAddress, .. _values.Select(v => v.Parent)]);
            child.Table.Receive(values, $"values in {_name}", child.Active, [.. childAddress, .. _values.Select(v => v.Child)]);
        }
        return _sums.Count;
    }

    private WitnessRow ParentOf(WitnessRow row) => isRight ? row.Right! : row.In(parent);

    private static SmallValue MakeCount(Domain child, Domain parent, int maxRows, bool isRight) => isRight
        ? parent.Small($"number of {child.Name} as the other", maxRows, row => row.PairsAsRight(child).Count)
        : parent.Small($"number of {child.Name}", maxRows, row => row.Children(child).Count);
}
