using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Batches;

/// <summary>One batch under evaluation.</summary>
internal sealed partial class BatchRun
{
    private readonly BatchEvaluator _evaluator;
    private readonly AccountBatch _batch;
    private readonly Space _accounts;
    private readonly Dictionary<(int Node, Space Space), Column> _known = [];
    private readonly Dictionary<(Space Parent, CoreVariable Variable), Space> _spaces = [];
    private readonly Dictionary<object, GroupColumns> _groups = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(CoreKey Reference, Space Space), int[]> _referred = [];
    private readonly ColumnPool _pool = ColumnPool.OfThread;
    private readonly List<Int128[]> _rented = [];

    public BatchRun(BatchEvaluator evaluator, AccountBatch batch)
    {
        (_evaluator, _batch) = (evaluator, batch);
        _accounts = new Space(batch.Count);
    }

    /// <summary>Gives all columns back that the run made; nothing of it may be read afterwards.</summary>
    public void Return()
    {
        foreach (Int128[] column in _rented) _pool.Return(column);
        _rented.Clear();
    }

    public Column Definition(CoreNode node) => Evaluate(node, _accounts);

    /// <summary>Which record every item adds to, and what.</summary>
    public (Column Records, Column Values) OfItems(CoreTotalTerm term)
    {
        Space items = Below(_accounts, term.Item);
        return (Evaluate(term.Reference, items), Evaluate(term.Value, items));
    }

    /// <summary>A value in every row of a space: computed where its variables are bound, and spread from there.</summary>
    private Column Evaluate(CoreNode node, Space space)
    {
        if (node.Stage != Stage.Private) return Public(node, space);
        Space home = Home(node, space);
        if (!_known.TryGetValue((node.Id, home), out Column column))
        {
            column = Compute(node, home);
            if ((column.Narrow is not null) != node.IsInWords) throw new InvalidOperationException($"{node.GetType().Name} is {(node.IsInWords ? "said to be" : "not said to be")} in machine words, and is {(node.IsInWords ? "not" : "")}");
            column = column.For(node.Bounds);
            _known.Add((node.Id, home), column);
        }
        return home == space ? column : column.Gather(home.RowsOf(space), column.Narrow is null ? null : Room(space.Count));
    }

    /// <summary>Room for so many numbers.</summary>
    private Int128[] Room(int count)
    {
        Int128[] column = _pool.Rent(count);
        _rented.Add(column);
        return column;
    }

    /// <summary>The highest space at or above one in which all free variables of a value are bound.</summary>
    private Space Home(CoreNode node, Space space)
    {
        Space home = _accounts;
        foreach (CoreVariable variable in node.Free)
        {
            Space binding = space.Binding(variable);
            if (binding.Depth > home.Depth) home = binding;
        }
        return home;
    }

    private Column Public(CoreNode node, Space space)
    {
        if (node is Literal literal) return Constant(node, literal.Value, space.Count);
        KeyedValues values = _evaluator.Keyed(node);
        var records = new int[node.Free.Length][];
        for (int v = 0; v < records.Length; v++)
            records[v] = node.Reference is { } reference && reference.Variable == node.Free[v] ? Referred(reference, space) : Spread(space.Binding(node.Free[v]), space);
        return values.Gather(values.Indices(records, space.Count), Room);
    }

    private static int[] Spread(Space binding, Space space)
    {
        if (binding == space) return binding.Elements;
        int[] rows = binding.RowsOf(space);
        var elements = new int[rows.Length];
        for (int i = 0; i < rows.Length; i++) elements[i] = binding.Elements[rows[i]];
        return elements;
    }

    private int[] Referred(CoreKey reference, Space space)
    {
        if (_referred.TryGetValue((reference, space), out int[]? known)) return known;
        int[] elements = Spread(space.Binding(reference.Variable), space);
        Int128[] of = reference.Variable.Source is CoreSource.Groups groups
            ? Groups(groups).Keys[reference.Index].Narrow!
            : _batch.Collections[reference.Variable.Source.Collection].Fields[reference.Index];
        var records = new int[elements.Length];
        for (int i = 0; i < elements.Length; i++) records[i] = (int)of[elements[i]];
        return records;
    }

    private Column Constant(CoreNode node, BigInteger value, int count)
    {
        if (node.IsInWords)
        {
            Int128[] narrow = Room(count);
            Array.Fill(narrow, (Int128)value);
            return new Column(narrow);
        }
        var wide = new BigInteger[count];
        Array.Fill(wide, value);
        return new Column(wide);
    }

    private Column Compute(CoreNode node, Space space)
    {
        Column At(CoreNode child) => Evaluate(child, space);
        switch (node)
        {
            case AccountField scalar: return new Column(_batch.Scalars[scalar.Index]);
            case ItemField field: return new Column(_batch.Collections[field.Variable.Source.Collection].Fields[field.Field]).Gather(space.Elements, Room(space.Count));
            case GroupKey key: return Groups((CoreSource.Groups)key.Variable.Source).Keys[key.Index].Gather(space.Elements);
            case Named named: return At(named.Value);
            case Add add: return Binary(node, add.Left, add.Right, space, Operation.Add);
            case Multiply multiply: return Binary(node, multiply.Left, multiply.Right, space, Operation.Multiply);
            case Rescale rescale: return WithConstant(node, At(rescale.Operand), BigInteger.Pow(10, rescale.Digits), Operation.Multiply);
            case Negate negate: return WithConstant(node, At(negate.Operand), 0, Operation.SubtractFrom);
            case Absolute absolute: return WithConstant(node, At(absolute.Operand), 0, Operation.Absolute);
            case Extremum extremum: return Binary(node, extremum.Left, extremum.Right, space, extremum.IsMaximum ? Operation.Maximum : Operation.Minimum);
            case Compare compare: return Binary(node, compare.Left, compare.Right, space, compare.Operator switch { Comparison.Less => Operation.Less, Comparison.LessOrEqual => Operation.LessOrEqual, _ => Operation.Equal });
            case Not not: return WithConstant(node, At(not.Operand), 1, Operation.SubtractFrom);
            case Connective connective: return Binary(node, connective.Left, connective.Right, space, connective.IsAnd ? Operation.Minimum : Operation.Maximum);
            case Conditional conditional: return Choose(node, At(conditional.Condition), At(conditional.Then), At(conditional.Else));
            case Quotient quotient: return Divide(quotient, space);
            case Tiered tiered: return Tier(node, Ladders(tiered.Ladder, space), At(tiered.X));
            case Interpolate interpolate:
                (LadderData[] curves, Column x) = (Ladders(interpolate.Curve, space), At(interpolate.X));
                return Rows(space.Count, i => curves[i].Interpolate(x[i], interpolate.Rounding, interpolate.Number.Scale));
            case SquareRoot root:
                Column square = At(root.Operand);
                return Rows(space.Count, i => Interpreter.RoundedRoot(square[i], root.Rounding));
            case CorrelationEntry entry:
                var matrix = _evaluator.Interpreter.Market.Parameters[entry.Parameter].Matrix;
                (Column row, Column column) = (At(entry.Row), At(entry.Column));
                Int128[] entries = Room(space.Count);
                for (int i = 0; i < entries.Length; i++) entries[i] = (Int128)matrix[(int)row.Narrow![i]][(int)column.Narrow![i]];
                return new Column(entries);
            case Reduce reduce: return Reduction(reduce, space);
            case ProRata share: return Share(share, space);
            default: throw new InvalidOperationException($"no meaning for {node.GetType().Name}");
        }
    }
}
