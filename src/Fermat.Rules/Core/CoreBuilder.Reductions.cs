using System.Collections.Immutable;
using System.Numerics;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Core;

public sealed partial class CoreBuilder
{
    /// <summary>A reduction of a body over the elements of the variable's source that satisfy the filter.</summary>
    public CoreNode Reduce(ReduceKind kind, CoreVariable variable, CoreNode? filter, CoreNode body, CoreNode? empty)
    {
        if (filter is not null) RequireFlag(filter, "where");
        BigInteger most = MostElements(variable.Source);
        CoreType type;
        switch (kind)
        {
            case ReduceKind.Sum:
                CoreType.Number summand = Number(body, "sum");
                type = Num(summand.Scale, summand.Unit, new Bounds(BigInteger.Min(summand.Bounds.Min, 0) * most, BigInteger.Max(summand.Bounds.Max, 0) * most));
                break;
            case ReduceKind.Min or ReduceKind.Max:
                string verb = kind == ReduceKind.Min ? "take the smallest of" : "take the largest of";
                CoreType.Number element = Number(body, verb);
                if (empty is null && (filter is not null || !variable.Source.IsPublic))
                    throw new CoreException("type", $"there may be nothing to {verb}", "say what it is then: … else 0");
                type = element;
                if (empty is not null)
                {
                    Unit? unit = Align(verb, ref body, ref empty);
                    type = Num(body.Number.Scale, unit, body.Bounds.Union(empty.Bounds));
                }
                break;
            case ReduceKind.Count:
                RequireFlag(body, "count");
                type = Num(0, Unit.None, new Bounds(0, most));
                break;
            default:
                RequireFlag(body, kind == ReduceKind.All ? "all" : "any");
                type = new CoreType.Flag();
                break;
        }
        if (empty is not null && kind is not (ReduceKind.Min or ReduceKind.Max))
            throw new CoreException("type", "else belongs to min and max", "a sum or count of nothing is 0, all of nothing is true, any of nothing is false");
        Stage stage = variable.Source.IsPublic ? Stage.Public : Stage.Private;
        var node = new Reduce(kind, variable, filter, body, empty);
        if (variable.Source is CoreSource.Table table && node.Children.Any(child => child.Stage == Stage.Private) && schema.Tables[table.Index].MaxRecords > RuleLimits.MaxScenarios)
        {
            throw new CoreException("limit", $"an account's value for each of up to {schema.Tables[table.Index].MaxRecords} {schema.Tables[table.Index].Name} records",
                $"declare market {schema.Tables[table.Index].Name} up to {RuleLimits.MaxScenarios}, or fewer");
        }
        return Make(node, type, stage, free: WithoutBound(node.Children, variable));
    }

    /// <summary>An item's share of a total split by weights.</summary>
    public CoreNode ProRata(CoreNode total, CoreVariable variable, CoreNode weight, RemainderOrder order, CoreVariable of)
    {
        CoreType.Number split = Number(total, "split");
        if (!Equals(variable.Source, of.Source) || variable.Source is not (CoreSource.Items or CoreSource.Members))
            throw new CoreException("type", $"{of.Name} is not one of the items that share", "both names run over the same collection or group");
        if (split.Bounds.Min.Sign < 0) throw new CoreException("overflow", "what is split can be negative", "split max(x, 0)");
        if (Number(weight, "weigh by").Bounds.Min.Sign < 0) throw new CoreException("overflow", "a weight can be negative", "weigh by abs(x) or max(x, 0)");
        var node = new ProRata(total, variable, weight, order, of);
        ImmutableArray<CoreVariable> free = [.. WithoutBound(node.Children, variable).Append(of).Distinct().OrderBy(v => v.Id)];
        return Make(node, Num(split.Scale, split.Unit, new Bounds(0, split.Bounds.Max)), Stage.Private, free: free);
    }

    /// <summary>An entry of a correlation matrix.</summary>
    public CoreNode Correlation(int parameter, CoreNode row, CoreNode column)
    {
        SchemaField field = schema.Parameters[parameter];
        if (field.Type is not FieldType.Correlation matrix) throw new CoreException("type", $"{field.Name} is not a correlation matrix");
        foreach (CoreNode index in (CoreNode[])[row, column])
            if (index.Type is not CoreType.Record { Table: var table } || table != matrix.Table)
                throw new CoreException("type", $"{field.Name} is indexed by {schema.Tables[matrix.Table].Name} records, and this is {Describe(index)}");
        BigInteger one = BigInteger.Pow(10, matrix.Entry.Scale);
        Bounds bounds = matrix.Entry.Bounds.Intersect(new Bounds(-one, one)) ?? throw new CoreException("overflow", $"{matrix.Entry.Name} holds no number between -1 and 1");
        return Make(new CorrelationEntry(parameter, row, column), Num(matrix.Entry.Scale, Unit.None, bounds.Union(Bounds.Of(one)).Union(Bounds.Of(0))));
    }

    /// <summary>How many elements a source can have.</summary>
    internal int MostElements(CoreSource source) => source is CoreSource.Table table
        ? schema.Tables[table.Index].MaxRecords
        : schema.Collections[source.Collection].MaxItems;

    private static ImmutableArray<CoreVariable> WithoutBound(IEnumerable<CoreNode> children, CoreVariable variable)
    {
        IEnumerable<CoreVariable> free = children.SelectMany(child => child.Free).Concat(FreeOf(variable.Source)).Where(v => v != variable);
        if (variable.Source is CoreSource.Groups groups) free = free.Where(v => v != groups.Item);
        return [.. free.Distinct().OrderBy(v => v.Id)];
    }

    private static IEnumerable<CoreVariable> FreeOf(CoreSource source) => source switch
    {
        CoreSource.Members members => [members.Group],
        CoreSource.Groups groups => FreeOf(groups.Of),
        _ => [],
    };
}
