using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

internal sealed partial class Lowerer
{
    private readonly Dictionary<Domain, Expr> _powers = [];

    /// <summary>The greatest degree in γ of a sum in each record.</summary>
    public int RecordsDegree { get; private set; }

    /// <summary>
    /// A sum over items in each record s, V_s = Σ_items Σ_k P_k(item) · G_k(reference, s), with P_k private and G_k public. One equation for all records of an owner, at the random points:
    /// Σ_items Σ_k P_k(r) · D_k(reference) = Σ_s γ^s · (V_s(r) + carries), where D_k = Σ_s γ^s · G_k(·, s)(r) is public. An item costs one extension multiplication however many records there
    /// are.
    /// </summary>
    private RowSum? LinearSum(IReadOnlyList<LinearTerm> terms, CoreVariable scenario, Domain items, Domain domain, int table)
    {
        Domain owner = domain.Parent!;
        Link link = items.Links.First(l => l.Parent == owner);

        Expr sum = 0, mirrored = 0;
        LimbForm? bound = null;
        var parts = new List<(LimbForm Private, PublicPart Public)>();
        foreach (LinearTerm term in terms)
        {
            NumberValue number = PrivatePart(term, items);
            PublicPart part = PublicPartOf(term, scenario, table, items);
            Within(number, items, 1, LimbForm.Limit);
            LimbForm factor = Additive(number, items), shape = part.Shape();
            if (!LimbForm.CanMultiply(factor, shape)) Commit(number, items, Name("digits"));
            factor = Additive(number, items);
            LimbForm product = LimbForm.Multiply(factor, shape);
            bound = bound is null ? product : LimbForm.Add(bound, product);
            parts.Add((factor, part));
            sum += factor.At * part.Column;
        }
        if (bound is null) return null;
        int count = bound.Count;
        // all records of an owner at once, when the first of them is asked for
        MemoSlot slot = domain.NewSlot(count, MemoKind.Part);
        void Total(WitnessRow row, Span<long> into)
        {
            List<WitnessRow> all = row.Parent!.Children(domain);
            var totals = new long[all.Count * count];
            foreach ((LimbForm number, PublicPart part) in parts) part.AddTo(row.Parent.Children(items), number, totals, count);
            foreach (WitnessRow one in all) totals.AsSpan(one.Record * count, count).CopyTo(one.Known(slot));
        }

        LimbForm summed = bound.Summed(link.MaxRows, Domain.Remembering(slot, Total));
        return new RowSum(summed, 1, Is);

        void Is(string name, LimbForm value)
        {
            var carries = new Carries(domain, name, LimbForm.Subtract(summed, value));
            domain.Table.Constrain($"padding: {name} has no carries", (1 - domain.Active) * carries.At);
            domain.Degree(Math.Max(carries.Degree, count));
            RecordsDegree = Math.Max(RecordsDegree, MostRecords(table));
            if (carries.ArePaired)
            {
                foreach ((LimbForm number, PublicPart part) in parts) mirrored += number.Mirror * part.Mirror;
                sum = (_r + 256) * sum + (_r - 256) * mirrored;
            }
            Expr weighted = PowerOf(domain, table) * (carries.Of(value) + carries.At);
            Bus received = _circuit.Bus(name);
            domain.Table.Receive(received, $"{name}, of the record", weighted, domain.OwnerAt);
            if (owner == Account)
            {
                items.Table.Send(received, $"{name}, of the item", sum, [.. link.ChildAddress]);
                return;
            }
            Bus sent = _circuit.Bus($"{name}, by group");
            Expr all = owner.Point($"{name}, of all records", (row, at) =>
            {
                Quintic total = Quintic.Zero, opposite = Quintic.Zero;
                foreach (WitnessRow item in row.Children(items))
                    foreach ((LimbForm number, PublicPart part) in parts)
                    {
                        total += number.AtPoint(item, at) * part.Point(item, at);
                        if (carries.ArePaired) opposite += number.AtMirror(item, at) * part.MirrorPoint(item, at);
                    }
                return carries.ArePaired ? at.Paired(total, opposite) : total;
            });
            items.Table.Send(sent, $"{name}, of the item", sum, [.. link.ChildAddress]);
            owner.Table.Receive(sent, $"{name}, of the items", all, [.. link.ParentAddress]);
            owner.Table.Send(received, $"{name}, of the group", all, owner.RowNumber!.At);
        }
    }

    /// <summary>A reduction over an account's items or groups in the row of a record.</summary>
    private object AcrossRecords(Reduce node, Domain domain)
    {
        if (TryLinear(node, domain) is { } linear)
            return LinearSum(linear.Terms, linear.Scenario, linear.Items, domain, linear.Table) is { } sum ? InDigits(sum, Name("sum in each record"), node.Bounds, domain) : Fixed(0);
        (Domain rows, Link link) = InEachRecord(node, domain);
        return Reduction(node, rows, link, domain);
    }

    /// <summary>A sum in the row of a record, before it is brought to digits; null where it is fixed.</summary>
    private RowSum? SumAcrossRecords(Reduce node, Domain domain)
    {
        if (TryLinear(node, domain) is { } linear) return LinearSum(linear.Terms, linear.Scenario, linear.Items, domain, linear.Table);
        (Domain rows, Link link) = InEachRecord(node, domain);
        return SumOver(node, rows, link);
    }

    /// <summary>What is linear in private values, over items, in each record.</summary>
    private (IReadOnlyList<LinearTerm> Terms, CoreVariable Scenario, Domain Items, int Table)? TryLinear(Reduce node, Domain domain)
    {
        if (OwnerOf(node.Variable.Source) != domain.Parent!) throw Homes.NotYet($"a value of all {node.Variable.Name} in each row of {domain.Name}");
        CoreVariable scenario = node.Free.Single(v => v.Source is CoreSource.Table);
        if (node.Kind != ReduceKind.Sum || node.Variable.Source is CoreSource.Groups || LinearTerm.TryOf(node, scenario) is not { } terms) return null;
        return (terms, scenario, Items[node.Variable.Source.Collection], ((CoreSource.Table)domain.Source!).Index);
    }

    /// <summary>Rows of elements that have one for each record: they belong to their owner's row of the same record.</summary>
    private (Domain Rows, Link Link) InEachRecord(Reduce node, Domain domain)
    {
        Domain owner = domain.Parent!;
        Domain elements = node.Variable.Source is CoreSource.Groups groups ? Groups(groups) : Items[node.Variable.Source.Collection];
        Domain rows = Records(elements, ((CoreSource.Table)domain.Source!).Index);
        if (rows.Links.FirstOrDefault(l => l.Parent == domain) is not { } link)
        {
            SmallValue number = rows.Links[0].Pass($"row of {owner.Name}", Down(NumberOf(owner), owner, elements, $"row for {domain.Name}"));
            link = Connect(rows, domain, [number.At, rows.Key.At], [domain.OwnerAt, domain.Key.At], elements.Links.First(l => l.Parent == owner).MaxRows);
        }
        return (rows, link);
    }

    private NumberValue PrivatePart(LinearTerm term, Domain items)
    {
        NumberValue? product = null;
        foreach (CoreNode factor in term.Numbers)
        {
            NumberValue number = Number(factor, items);
            product = product is null ? number : Product(product, number, product.Bounds * number.Bounds, items);
        }
        foreach ((CoreNode node, bool isTrue) in term.Flags)
        {
            SmallValue flag = Small(node, items);
            if (!isTrue) flag = Not(flag, items);
            product = Filtered(product ?? Fixed(1), flag, items);
        }
        return product ?? Fixed(1);
    }

    private PublicPart PublicPartOf(LinearTerm term, CoreVariable scenario, int table, Domain items)
    {
        CoreKey[] keys = [.. term.Publics.Select(p => p.Value.Reference).OfType<CoreKey>().Distinct()];
        if (keys.Length > 1) throw Homes.NotYet("a public factor of two references in each record");
        CoreKey? key = keys.Length == 0 ? null : keys[0];
        if (key is { } known && DomainOf(new Home(known.Variable.Source is CoreSource.Groups ? null : known.Variable, known.Variable.Source is CoreSource.Groups ? known.Variable : null, null)) != items)
            throw Homes.NotYet($"a public factor of {known.Variable.Name} in a sum over {items.Name} in each record");
        Bounds bounds = term.Publics.Aggregate(Bounds.Of(term.Factor), (b, p) => b * p.Value.Bounds);
        PublicLookup lookup = key is { } k ? Lookup(items, k.Index, (SmallValue)items.Fields[k.Index], TableOf(k), k.Variable.Name) : MarketValues(items);
        BigInteger Value(Interpreter interpreter, int record, int s)
        {
            BigInteger value = term.Factor;
            foreach ((CoreNode factor, bool isComplement) in term.Publics)
            {
                BigInteger one = key is { } of && factor.Reference is not null ? interpreter.EvaluatePublic(factor, (of.Variable, record), (scenario, s)) : interpreter.EvaluatePublic(factor, (scenario, s));
                value *= isComplement ? 1 - one : one;
            }
            return value;
        }
        return new PublicPart(lookup, DigitFormat.Of(bounds), Value, table, items);
    }

    /// <summary>γ^s in the rows of records.</summary>
    private Expr PowerOf(Domain domain, int table)
    {
        if (_powers.TryGetValue(domain, out Expr known)) return known;
        PublicLookup lookup = _lookups[(domain, 0)];
        Expr power = lookup.Point(new PublicValue("power of gamma", null, (_, _) => 0, (_, record, at) => at.Gamma.Pow((ulong)record)));
        _powers.Add(domain, power);
        return power;
    }
}
