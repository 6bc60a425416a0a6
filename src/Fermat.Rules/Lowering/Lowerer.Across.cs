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
    private readonly Dictionary<(Domain Domain, Domain Items, bool ArePaired), RecordSums> _recordSums = [];

    /// <summary>The greatest degree in γ of a sum in each record.</summary>
    public int RecordsDegree { get; private set; }

    /// <summary>A sum over items in each record, which is linear in private values: one of <see cref="RecordSums"/>.</summary>
    private RowSum? LinearSum(IReadOnlyList<LinearTerm> terms, CoreVariable scenario, Domain items, Domain domain, int table)
    {
        Link link = items.Links.First(l => l.Parent == domain.Parent!);
        LimbForm? bound = null;
        var parts = new List<RecordTerm>();
        foreach (LinearTerm term in terms)
        {
            NumberValue number = PrivatePart(term, items);
            PublicPart part = PublicPartOf(term, scenario, table, items);
            Within(number, items, 1, LimbForm.Limit);
            LimbForm shape = part.Shape();
            if (!LimbForm.CanMultiply(Additive(number, items), shape)) Commit(number, items, Name("digits"));
            LimbForm factor = Additive(number, items), product = LimbForm.Multiply(factor, shape);
            bound = bound is null ? product : LimbForm.Add(bound, product);
            parts.Add(new RecordTerm(number.Form, factor, part));
            items.Degree(part.Count);
        }
        if (bound is null) return null;
        int count = bound.Count;
        // all records of an owner at once, when the first of them is asked for
        MemoSlot slot = domain.NewSlot(count, MemoKind.Part);
        void Total(WitnessRow row, Span<long> into)
        {
            List<WitnessRow> all = row.Parent!.Children(domain);
            var totals = new long[all.Count * count];
            foreach (RecordTerm part in parts) part.Public.AddTo(row.Parent.Children(items), part.Factor, totals, count);
            foreach (WitnessRow one in all) totals.AsSpan(one.Record * count, count).CopyTo(one.Known(slot));
        }

        LimbForm summed = bound.Summed(link.MaxRows, Domain.Remembering(slot, Total));
        return new RowSum(summed, 1, (name, value) =>
        {
            var carries = new Carries(domain, name, LimbForm.Subtract(summed, value));
            domain.Table.Constrain($"padding: {name} has no carries", (1 - domain.Active) * carries.At);
            domain.Degree(Math.Max(carries.Degree, count));
            SumsOf(domain, items, link, carries.ArePaired, table).Add(parts, carries.Of(value) + carries.At);
        });
    }

    private RecordSums SumsOf(Domain domain, Domain items, Link link, bool arePaired, int table)
    {
        if (_recordSums.TryGetValue((domain, items, arePaired), out RecordSums? known)) return known;
        PowerOf(domain);
        var sums = new RecordSums(domain, items, link, arePaired, MostRecords(table), Unique($"{items.Name} in {domain.Name}: sums"));
        _recordSums.Add((domain, items, arePaired), sums);
        return sums;
    }

    /// <summary>Declares the equations of sums in each record; call once all of them are known.</summary>
    public void FinishRecordSums()
    {
        foreach (((Domain domain, _, _), RecordSums sums) in _recordSums)
        {
            Ledger.Enter("sums in each record");
            sums.Finish(_circuit, PowerOf(domain), _gamma, () => NumberOf(domain.Parent!).At);
            Ledger.Leave();
            RecordsDegree = Math.Max(RecordsDegree, sums.Degree);
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
        return new PublicPart(lookup, DigitFormat.Of(bounds), Value, table);
    }

    /// <summary>γ^s in the rows of records.</summary>
    private Expr PowerOf(Domain domain)
    {
        if (_powers.TryGetValue(domain, out Expr known)) return known;
        PublicLookup lookup = _lookups[(domain, 0)];
        Expr power = lookup.Point(new PublicValue("power of gamma", null, (_, _) => 0, (_, record, at) => at.Gamma.Pow((ulong)record)));
        _powers.Add(domain, power);
        return power;
    }
}
