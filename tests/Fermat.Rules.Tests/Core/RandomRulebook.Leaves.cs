using Fermat.Rules.Core;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Tests.Core;

/// <summary>What expressions end in: fields, literals, ladders, and flags that compare them.</summary>
internal sealed partial class RandomRulebook
{
    private CoreNode Flag(IReadOnlyList<CoreVariable> scope, int depth)
    {
        CoreBuilder b = _builder;
        switch (_random.Next(8))
        {
            case 0 when depth > 0: return b.Not(Flag(scope, depth - 1));
            case 1 when depth > 0: return b.And(Flag(scope, depth - 1), Flag(scope, depth - 1));
            case 2 when depth > 0: return b.Or(Flag(scope, depth - 1), Flag(scope, depth - 1));
            case 3 when depth > 0:
                CoreVariable variable = b.Bind("y", Source(scope));
                return b.Reduce(_random.Next(2) == 0 ? ReduceKind.All : ReduceKind.Any, variable, null, Flag([.. scope, variable], depth - 2), null);
            case 4 when Scenario(scope) is { } scenario: return b.Field(b.Record(scenario), 1);
            case 5 when Position(scope) is { } position: return b.Compare(Comparison.Equal, b.Field(b.ItemField(position, 0), 2), b.Choice(Kind, _random.Next(2)));
            default: return b.Compare(Any<Comparison>(), Usd(scope, depth - 2), Usd(scope, depth - 2));
        }
    }

    private CoreNode UsdLeaf(IReadOnlyList<CoreVariable> scope)
    {
        CoreBuilder b = _builder;
        foreach (CoreVariable variable in scope.Reverse())
        {
            if (_random.Next(4) == 0) continue;
            switch (variable.Source)
            {
                case { Collection: 0 } and not CoreSource.Groups: return b.Multiply(b.ItemField(variable, 1), b.Field(b.ItemField(variable, 0), 0));
                case { Collection: 1 } and not CoreSource.Groups:
                    return _random.Next(2) == 0 ? b.ItemField(variable, 2) : b.Multiply(b.ItemField(variable, 1), b.Field(b.ItemField(variable, 0), 0));
            }
        }
        return _random.Next(4) switch
        {
            0 => b.AccountField(0),
            1 => b.Parameter(0),
            2 => b.Literal(_random.Next(-5, 6), _random.Next(3)),
            _ => b.Reduce(ReduceKind.Sum, Fresh(out CoreVariable x), null, b.Multiply(b.ItemField(x, 1), b.Field(b.ItemField(x, 0), 0)), null),
        };

        CoreVariable Fresh(out CoreVariable x) => x = b.Bind("z", new CoreSource.Items(_random.Next(2)));
    }

    private CoreNode Pure(IReadOnlyList<CoreVariable> scope)
    {
        Random random = _publics ?? _random;
        return Scenario(scope) is { } scenario && random.Next(3) > 0
            ? _builder.Field(_builder.Record(scenario), 0)
            : random.Next(2) == 0 ? _builder.Parameter(1) : _builder.Literal(random.Next(0, 300), 2);
    }

    private CoreNode? Ladder(IReadOnlyList<CoreVariable> scope)
    {
        CoreVariable? item = scope.LastOrDefault(v => v.Source is CoreSource.Items or CoreSource.Members);
        return item is null ? null : _builder.Field(_builder.ItemField(item, 0), item.Source.Collection == 0 ? 1 : 3);
    }

    private static CoreVariable? Scenario(IReadOnlyList<CoreVariable> scope) => scope.LastOrDefault(v => v.Source is CoreSource.Table);

    private static CoreVariable? Position(IReadOnlyList<CoreVariable> scope) => scope.LastOrDefault(v => v.Source is CoreSource.Items or CoreSource.Members && v.Source.Collection == 1);
}
