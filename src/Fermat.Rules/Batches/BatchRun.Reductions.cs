using System.Numerics;
using Fermat.Rules.Core;

namespace Fermat.Rules.Batches;

/// <summary>The groups of all accounts by one grouping. Owners are accounts, or the groups that are split.</summary>
/// <param name="Ends">By owner: one past its last group.</param>
/// <param name="Keys">By key, by group.</param>
/// <param name="ItemEnds">By group: one past its last item in <paramref name="Items"/>.</param>
/// <param name="Items">Positions among all accounts' items.</param>
internal sealed record GroupColumns(int[] Ends, Column[] Keys, int[] ItemEnds, int[] Items);

internal sealed partial class BatchRun
{
    private Space Below(Space parent, CoreVariable variable)
    {
        if (_spaces.TryGetValue((parent, variable), out Space? known)) return known;
        var ends = new int[parent.Count];
        var elements = new List<int>(2 * parent.Count);
        void Fill(Func<int, (int From, int To)> range, int[]? map)
        {
            for (int row = 0; row < ends.Length; row++)
            {
                (int from, int to) = range(row);
                for (int i = from; i < to; i++) elements.Add(map is null ? i : map[i]);
                ends[row] = elements.Count;
            }
        }
        static (int, int) Range(int[] of, int owner) => (owner == 0 ? 0 : of[owner - 1], of[owner]);
        switch (variable.Source)
        {
            case CoreSource.Table table:
                int records = _evaluator.Interpreter.Market.Tables[table.Index].Length;
                Fill(_ => (0, records), null);
                break;
            case CoreSource.Items items:
                int[] accounts = parent.Accounts(_accounts), itemEnds = _batch.Collections[items.Index].Ends;
                Fill(row => Range(itemEnds, accounts[row]), null);
                break;
            case CoreSource.Members members:
                int[] groupOf = Spread(parent.Binding(members.Group), parent);
                GroupColumns columns = Groups((CoreSource.Groups)members.Group.Source);
                Fill(row => Range(columns.ItemEnds, groupOf[row]), columns.Items);
                break;
            case CoreSource.Groups groups:
                int[] owners = groups.Of is CoreSource.Members of ? Spread(parent.Binding(of.Group), parent) : parent.Accounts(_accounts);
                int[] groupEnds = Groups(groups).Ends;
                Fill(row => Range(groupEnds, owners[row]), null);
                break;
        }
        return _spaces[(parent, variable)] = new Space(parent, variable, ends, [.. elements]);
    }

    private GroupColumns Groups(CoreSource.Groups source)
    {
        if (_groups.TryGetValue(source, out GroupColumns? known)) return known;
        (int[] ownerEnds, int[] items) = source.Of is CoreSource.Members members
            ? (Groups((CoreSource.Groups)members.Group.Source).ItemEnds, Groups((CoreSource.Groups)members.Group.Source).Items)
            : (_batch.Collections[source.Collection].Ends, Enumerable.Range(0, _batch.Collections[source.Collection].Count).ToArray());
        // keys are public or keyed by the item, so a space of items alone is enough to compute them
        var space = new Space(new Space(ownerEnds.Length), source.Item, ownerEnds, items);
        BigInteger[][] keys = [.. source.Keys.Select(key => Evaluate(key.Value, space).AsWide())];
        int Order(int a, int b) => keys.Select(key => key[a].CompareTo(key[b])).FirstOrDefault(order => order != 0);
        var ends = new int[ownerEnds.Length];
        List<int> itemEnds = [], firsts = [], members_ = [];
        for (int owner = 0, from = 0; owner < ends.Length; from = ownerEnds[owner++])
        {
            int[] sorted = [.. Enumerable.Range(from, ownerEnds[owner] - from).Order(Comparer<int>.Create((a, b) => Order(a, b) is var order and not 0 ? order : a.CompareTo(b)))];
            for (int i = 0; i < sorted.Length; i++)
            {
                if (i == 0 || Order(sorted[i - 1], sorted[i]) != 0)
                {
                    firsts.Add(sorted[i]);
                    itemEnds.Add(0);
                }
                members_.Add(items[sorted[i]]);
                itemEnds[^1] = members_.Count;
            }
            ends[owner] = firsts.Count;
        }
        int[] first = [.. firsts];
        Column[] keyColumns = [.. source.Keys.Select((key, k) => new Column(keys[k]).Gather(first).For(key.Value.Bounds))];
        return _groups[source] = new GroupColumns(ends, keyColumns, [.. itemEnds], [.. members_]);
    }

    private Column Reduction(Reduce node, Space space)
    {
        Space below = Below(space, node.Variable);
        Column body = Evaluate(node.Body, below);
        Column? filter = node.Filter is null ? null : Evaluate(node.Filter, below);
        if (node.IsInWords && node.Kind is ReduceKind.Sum or ReduceKind.Count)
        {
            Int128[] narrow = body.Narrow!;
            Int128[] sums = Room(space.Count);
            Array.Clear(sums);
            Int128[]? keep = filter?.Narrow;
            for (int row = 0, i = 0; row < sums.Length; row++)
                for (; i < below.Ends[row]; i++)
                    if (keep is null || keep[i] != 0) sums[row] += narrow[i];
            return new Column(sums);
        }
        Column? empty = node.Empty is null ? null : Evaluate(node.Empty, space);
        if (node.IsInWords) return new Column(Extremes(node, below, body.Narrow!, filter?.Narrow, empty?.Narrow, Room(space.Count)));
        var result = new BigInteger[space.Count];
        for (int row = 0, i = 0; row < result.Length; row++)
        {
            BigInteger? reached = null;
            for (; i < below.Ends[row]; i++)
            {
                if (filter is { } where && where[i].IsZero) continue;
                reached = (node.Kind, reached) switch
                {
                    (_, null) => body[i],
                    (ReduceKind.Min or ReduceKind.All, { } least) => BigInteger.Min(least, body[i]),
                    (ReduceKind.Max or ReduceKind.Any, { } most) => BigInteger.Max(most, body[i]),
                    (_, { } sum) => sum + body[i],
                };
            }
            result[row] = reached ?? node.Kind switch
            {
                ReduceKind.All => 1,
                ReduceKind.Min or ReduceKind.Max => empty is { } otherwise
                    ? otherwise[row]
                    : throw NothingToChooseFrom(node),
                _ => 0,
            };
        }
        return new Column(result);
    }

    /// <summary>The smallest or the largest in each row, of flags too.</summary>
    private static Int128[] Extremes(Reduce node, Space below, Int128[] body, Int128[]? filter, Int128[]? empty, Int128[] result)
    {
        bool least = node.Kind is ReduceKind.Min or ReduceKind.All;
        for (int row = 0, i = 0; row < result.Length; row++)
        {
            (Int128 reached, bool isAny) = (0, false);
            for (; i < below.Ends[row]; i++)
            {
                if (filter is not null && filter[i] == 0) continue;
                if (!isAny || (least ? body[i] < reached : body[i] > reached)) reached = body[i];
                isAny = true;
            }
            result[row] = isAny ? reached : node.Kind switch
            {
                ReduceKind.All => 1,
                ReduceKind.Min or ReduceKind.Max => empty is not null ? empty[row] : throw NothingToChooseFrom(node),
                _ => 0,
            };
        }
        return result;
    }

    private static Interpretation.RuleEvaluationException NothingToChooseFrom(Reduce node) => new("there is no record to choose from", node.Span, []);

    private Column Share(ProRata node, Space space)
    {
        // a split is the same for all rows that differ only in whose share it is; rows keep their own copy, which is plain and rarely large
        Space below = Below(space, node.Variable);
        (Column weights, Column total) = (Evaluate(node.Weight, below), Evaluate(node.Total, space));
        int[] of = Spread(space.Binding(node.Of), space);
        var result = new BigInteger[space.Count];
        for (int row = 0, from = 0; row < result.Length; from = below.Ends[row++])
        {
            BigInteger sum = 0, given = 0, own = 0;
            int rest = -1;
            for (int i = from; i < below.Ends[row]; i++) sum += weights[i];
            if (sum.IsZero) continue;
            for (int i = from; i < below.Ends[row]; i++)
            {
                if (weights[i].IsZero) continue;
                BigInteger share = total[row] * weights[i] / sum;
                given += share;
                if (below.Elements[i] == of[row]) own = share;
                if (rest < 0 || node.Order == RemainderOrder.Last) rest = below.Elements[i];
            }
            result[row] = rest == of[row] ? own + total[row] - given : own;
        }
        return new Column(result);
    }
}
