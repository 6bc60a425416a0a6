using System.Numerics;
using Fermat.Rules.Core;

namespace Fermat.Rules.Lowering;

/// <summary>A term of a sum that is linear in private values: Factor · Π numbers · Π flags · Π public factors.</summary>
internal sealed record LinearTerm(BigInteger Factor, IReadOnlyList<CoreNode> Numbers, IReadOnlyList<(CoreNode Flag, bool IsTrue)> Flags, IReadOnlyList<(CoreNode Value, bool IsComplement)> Publics)
{
    /// <summary>The terms of a sum over items in each record; null where an item's number is in anything but sums and products with public values.</summary>
    public static IReadOnlyList<LinearTerm>? TryOf(Reduce sum, CoreVariable scenario)
    {
        try
        {
            IEnumerable<LinearTerm> terms = Of(sum.Body, scenario);
            return [.. sum.Filter is { } filter ? terms.Select(term => term.Where(filter, scenario)) : terms];
        }
        catch (CoreException)
        {
            return null;
        }
    }

    /// <summary>The terms of an expression.</summary>
    private static IEnumerable<LinearTerm> Of(CoreNode node, CoreVariable scenario) => node switch
    {
        Named named => Of(named.Value, scenario),
        { Stage: not Stage.Private } => [new LinearTerm(1, [], [], [(node, false)])],
        _ when !node.Free.Contains(scenario) => [new LinearTerm(1, [node], [], [])],
        Add add => Of(add.Left, scenario).Concat(Of(add.Right, scenario)),
        Negate negate => Of(negate.Operand, scenario).Select(term => term with { Factor = -term.Factor }),
        Rescale rescale => Of(rescale.Operand, scenario).Select(term => term with { Factor = term.Factor * BigInteger.Pow(10, rescale.Digits) }),
        Multiply multiply => Of(multiply.Left, scenario).SelectMany(_ => Of(multiply.Right, scenario), (a, b) => a.Times(b)),
        Conditional { Condition: var condition } choice when condition.Stage != Stage.Private || !condition.Free.Contains(scenario) =>
            Of(choice.Then, scenario).Select(term => term.When(condition, true)).Concat(Of(choice.Else, scenario).Select(term => term.When(condition, false))),
        _ => throw Homes.NotYet($"{node.GetType().Name} of an item's number in each record", "in each record an item's numbers may only be added and multiplied by public values; round the sum instead"),
    };

    /// <summary>The term where a flag holds.</summary>
    private LinearTerm Where(CoreNode flag, CoreVariable scenario) => flag.Stage == Stage.Private && flag.Free.Contains(scenario)
        ? throw Homes.NotYet("a filter that depends on an item's numbers and on the record")
        : When(flag, true);

    private LinearTerm When(CoreNode flag, bool isTrue) => flag.Stage == Stage.Private
        ? this with { Flags = [.. Flags, (flag, isTrue)] }
        : this with { Publics = [.. Publics, (flag, !isTrue)] };

    private LinearTerm Times(LinearTerm other) => new(Factor * other.Factor, [.. Numbers, .. other.Numbers], [.. Flags, .. other.Flags], [.. Publics, .. other.Publics]);
}
