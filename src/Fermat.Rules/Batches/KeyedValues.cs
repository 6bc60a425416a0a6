using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Batches;

/// <summary>A public or keyed value for all market records that it may speak of, computed when first asked for.</summary>
internal sealed class KeyedValues
{
    private readonly Interpreter _interpreter;
    private readonly CoreNode _node;
    private readonly int[] _sizes;
    private readonly bool[] _known;
    private readonly Column _values;

    public KeyedValues(Interpreter interpreter, CoreNode node)
    {
        (_interpreter, _node) = (interpreter, node);
        _sizes = [.. node.Free.Select(Size)];
        long size = _sizes.Aggregate(1L, (product, count) => product * Math.Max(count, 1));
        if (size > RuleLimits.MaxPublicEvaluations / 16) throw new RuleEvaluationException($"this has {size} public values", node.Span, []);
        _known = new bool[size];
        _values = node.IsInWords ? new Column(new Int128[size]) : new Column(new BigInteger[size]);
    }


    /// <summary>Where the values for some rows are: by row, an index that <see cref="Gather"/> takes.</summary>
    /// <param name="records">By free variable, by row: the record that the variable stands for.</param>
    /// <param name="rows">How many rows.</param>
    public int[] Indices(int[][] records, int rows)
    {
        int[] indices = records.Length == 1 ? records[0] : new int[rows];
        for (int v = 0; v < records.Length && records.Length > 1; v++)
        {
            int size = _sizes[v];
            int[] of = records[v];
            for (int i = 0; i < rows; i++) indices[i] = indices[i] * size + of[i];
        }
        foreach (int index in indices)
            if (!Volatile.Read(ref _known[index])) Compute(index);
        return indices;
    }

    /// <summary>The values at indices.</summary>
    /// <param name="indices">Where.</param>
    /// <param name="room">Makes room for so many.</param>
    public Column Gather(int[] indices, Func<int, Int128[]> room) => _values.Gather(indices, _values.Narrow is null ? null : room(indices.Length));

    private int Size(CoreVariable variable)
    {
        RulebookSchema schema = _interpreter.Rulebook.Schema;
        int table = variable.Source switch
        {
            CoreSource.Table source => source.Index,
            CoreSource.Groups groups => ((CoreType.Record)groups.Keys[_node.Reference!.Value.Index].Value.Type).Table,
            _ => ((FieldType.Reference)schema.Collections[variable.Source.Collection].Fields[_node.Reference!.Value.Index].Type).Table,
        };
        return _interpreter.Market.Tables[table].Length;
    }

    private void Compute(int index)
    {
        var records = new (CoreVariable, int)[_sizes.Length];
        int rest = index;
        for (int v = _sizes.Length - 1; v >= 0; v--)
        {
            records[v] = (_node.Free[v], rest % _sizes[v]);
            rest /= _sizes[v];
        }
        BigInteger value = _interpreter.EvaluatePublic(_node, records);
        if (_values.Narrow is { } narrow) narrow[index] = (Int128)value;
        else _values.Wide![index] = value;
        Volatile.Write(ref _known[index], true);
    }
}
