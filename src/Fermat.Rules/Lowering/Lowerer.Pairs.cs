using Fermat.Air;
using Fermat.Rules.Core;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    /// <summary>What runs over the right rows of the pairs that are being made. Any other variable is of the left row, or of what that belongs to, be it what ran over the right rows of pairs further out.</summary>
    private CoreVariable? _right;

    /// <summary>For each row of one domain a row for each row of another that has the same owner: what a reduction runs over whose body speaks of both.</summary>
    /// <remarks>
    /// Pairs rise strictly by the numbers of both rows, so no pair is there twice; both rows have the same owner; and a left row has as many pairs as its owner has right rows. So it has each of
    /// them once.
    /// </remarks>
    private (Domain Pairs, Link Link) Pairs(Domain left, Domain right, Domain owner)
    {
        string key = $"{left.Name} × {right.Name} of {owner.Name}";
        if (_domains.TryGetValue(key, out Domain? known)) return (known, known.Links[0]);
        if (left.Pair is not null || left.Source is CoreSource.Table) throw Homes.NotYet($"a value of all {right.Name} in each row of {left.Name}");
        SmallValue leftNumber = NumberOf(left), rightNumber = NumberOf(right);
        SmallValue expected = Down((right.Links.First(link => link.Parent == owner)).Count, owner, left, "number of others");
        SmallValue leftOwner = Down(NumberOf(owner), owner, left, "owner"), rightOwner = Down(NumberOf(owner), owner, right, "owner");
        Domain domain = NewDomain(Unique($"{left.Name} × {right.Name}"), null, left);
        domain.Pair = (left, right, owner);
        SmallValue mine = domain.Small("left", 1 << 22, row => row.Parent!.Index), other = domain.Small("right", 1 << 22, row => row.Right!.Index);
        domain.Key = mine;
        Rising(domain, [OrderPart.Of(domain, mine, left), OrderPart.Of(domain, other, right)]);
        int most = right.Links.First(link => link.Parent == owner).MaxRows;
        Link own = Connect(domain, left, [mine.At], [leftNumber.At], most);
        var its = new Link(_circuit, domain, right, [other.At], [rightNumber.At], _gamma, most * most, isRight: true);
        domain.Links.Add(its);
        Links.Add(its);
        left.Table.Constrain($"{domain.Name}: a pair for each", own.Count.At - expected.At);
        domain.Table.Constrain("both have the same owner", own.Pass("owner of the left", leftOwner).At - its.Pass("owner of the right", rightOwner).At);
        _domains.Add(key, domain);
        return (domain, own);
    }

    /// <summary>A value in the rows of pairs: of the left row, of the right row, or of both.</summary>
    private object LowerInPairs(CoreNode node, Domain domain)
    {
        bool ofRight = node.Free.Any(v => v == _right), ofOthers = node.Free.Any(v => v != _right);
        if (ofRight && ofOthers) return Make(node, domain);
        if (!ofRight) return Over(domain.Links[0], node);
        Domain own = DomainOf(Homes.Of(node));
        if (own != domain.Pair!.Value.Right) throw Homes.NotYet($"a value of {own.Name} used for {domain.Name}");
        return Over(domain.Links[1], node);
    }

    /// <summary>The number of a row, by which others know it.</summary>
    private SmallValue NumberOf(Domain domain) => domain == Account ? Account.Key : domain.RowNumber ??= Numbered(domain, "row");

    /// <summary>A small value of an outer row in the rows that belong to it.</summary>
    private static SmallValue Down(SmallValue value, Domain from, Domain to, string name)
    {
        if (from == to) return value;
        Link link = to.Links.FirstOrDefault(l => l.Parent == from) ?? to.Links.First(l => l.Parent.IsWithin(from));
        SmallValue outer = Down(value, from, link.Parent, name);
        return link.Pass($"{name}, of {link.Parent.Name} #{link.Passed}", outer);
    }
}
