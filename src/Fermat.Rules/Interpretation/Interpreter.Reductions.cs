using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.PublicMath;

namespace Fermat.Rules.Interpretation;

public sealed partial class Interpreter
{
    /// <summary>The elements of a source: record indices, item positions, group ordinals.</summary>
    internal IEnumerable<int> Elements(CoreSource source, Frame frame) => source switch
    {
        CoreSource.Table table => Enumerable.Range(0, Market.Tables[table.Index].Length),
        CoreSource.Items items => Enumerable.Range(0, frame.Account!.Items[items.Index].Length),
        CoreSource.Members members => frame.GroupOf(members.Group).Items,
        CoreSource.Groups groups => Groups(groups, frame).Select(group => group.Ordinal),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>The groups of some items, by rising keys.</summary>
    private Group[] Groups(CoreSource.Groups source, Frame frame)
    {
        int under = source.Of is CoreSource.Members members ? frame.Bound[members.Group.Id] : -1;
        if (frame.Groupings.TryGetValue((source, under), out Group[]? known)) return known;
        var groups = new SortedDictionary<BigInteger[], List<int>>(Comparer<BigInteger[]>.Create((a, b) => a.Zip(b, (x, y) => x.CompareTo(y)).FirstOrDefault(order => order != 0)));
        foreach (int item in Elements(source.Of, frame).ToArray())
        {
            frame.Bound[source.Item.Id] = item;
            BigInteger[] keys = [.. source.Keys.Select(key => Evaluate(key.Value, frame))];
            if (!groups.TryGetValue(keys, out List<int>? items)) groups.Add(keys, items = []);
            items.Add(item);
        }
        return frame.Groupings[(source, under)] = [.. groups.Select(group => frame.Add(group.Key, [.. group.Value]))];
    }

    private BigInteger Reduction(Reduce node, Frame frame)
    {
        BigInteger? result = null;
        int slot = node.Variable.Id;
        foreach (int element in Elements(node.Variable.Source, frame))
        {
            frame.Bound[slot] = element;
            if (node.Filter is not null && Evaluate(node.Filter, frame).IsZero) continue;
            BigInteger value = Evaluate(node.Body, frame);
            result = (node.Kind, result) switch
            {
                (_, null) => value,
                (ReduceKind.Min, { } least) => BigInteger.Min(least, value),
                (ReduceKind.Max, { } most) => BigInteger.Max(most, value),
                (ReduceKind.All, { } all) => all & value,
                (ReduceKind.Any, { } any) => any | value,
                (_, { } sum) => sum + value,
            };
        }
        return result ?? node.Kind switch
        {
            ReduceKind.All => 1,
            ReduceKind.Min or ReduceKind.Max => node.Empty is null ? throw Fail(node, frame, "there is no record to choose from") : Evaluate(node.Empty, frame),
            _ => 0,
        };
    }

    private BigInteger Share(ProRata node, Frame frame)
    {
        int of = frame.Bound[node.Of.Id];
        BigInteger total = Evaluate(node.Total, frame), sum = 0, given = 0, own = 0;
        var weights = new List<(int Item, BigInteger Weight)>();
        foreach (int item in Elements(node.Variable.Source, frame).ToArray())
        {
            frame.Bound[node.Variable.Id] = item;
            BigInteger weight = Evaluate(node.Weight, frame);
            if (weight.Sign > 0) weights.Add((item, weight));
            sum += weight;
        }
        if (sum.IsZero) return 0;
        foreach ((int item, BigInteger weight) in weights)
        {
            BigInteger share = total * weight / sum;
            given += share;
            if (item == of) own = share;
        }
        int rest = node.Order == RemainderOrder.First ? weights[0].Item : weights[^1].Item;
        return rest == of ? own + total - given : own;
    }

    private BigInteger Call(Function node, Frame frame)
    {
        BigInteger[] values = [.. node.Arguments.Select(argument => Evaluate(argument, frame))];
        int Scale(int i) => node.Arguments[i].Number.Scale;
        int scale = node.Number.Scale;
        PublicMathResult result = node.Kind switch
        {
            FunctionKind.Exp => PublicFunctions.Exp(values[0], Scale(0), scale),
            FunctionKind.Ln => PublicFunctions.Ln(values[0], Scale(0), scale),
            FunctionKind.Pow => PublicFunctions.Pow(values[0], Scale(0), values[1], Scale(1), scale),
            FunctionKind.NormalCdf => PublicFunctions.NormalCdf(values[0], Scale(0), scale),
            FunctionKind.NormalPdf => PublicFunctions.NormalPdf(values[0], Scale(0), scale),
            FunctionKind.Black76 => Black76.Price((OptionKind)(int)values[0], Option(1), scale),
            FunctionKind.Delta => Black76.Delta((OptionKind)(int)values[0], Option(1), scale),
            FunctionKind.Gamma => Black76.Gamma(Option(0), scale),
            FunctionKind.Vega => Black76.Vega(Option(0), scale),
            _ => throw new InvalidOperationException(),
        };
        return result.IsValue ? result.Value : throw Fail(node, frame, $"{CoreBuilder.NameOf(node.Kind)} has no value here: {Sentence(result.Error)}");

        Black76Input Option(int first)
        {
            int prices = Math.Max(Scale(first), Scale(first + 1)), times = Math.Max(Scale(first + 3), Scale(first + 4));
            BigInteger At(int i, int to) => values[i] * BigInteger.Pow(10, to - Scale(i));
            return new Black76Input(
                At(first, prices), At(first + 1, prices), prices, values[first + 2], Scale(first + 2), At(first + 3, times), At(first + 4, times), values[first + 5], Scale(first + 5));
        }
    }

    private static string Sentence(PublicMathError error) => error switch
    {
        PublicMathError.ArgumentTooLarge => "an argument is too large",
        PublicMathError.ArgumentNotPositive => "an argument that must be positive is zero or negative",
        PublicMathError.ResultTooLarge => "the result would be too large",
        PublicMathError.VolatilityTooSmall => "the volatility is too small for a Greek",
        PublicMathError.Undefined => "it is undefined there",
        _ => "a scale is out of range",
    };
}
