using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Rules.Lowering;

/// <summary>A term of a sum over items in each record: a private factor of the item, and a public one of its reference and the record.</summary>
/// <param name="Number">The private factor.</param>
/// <param name="Factor">What it is where it is added.</param>
/// <param name="Public">The public factor.</param>
internal sealed record RecordTerm(LimbForm Number, LimbForm Factor, PublicPart Public);

/// <summary>
/// Sums over items in each record s of an owner, V_js = Σ_items Σ_k P_k(item) · G_jk(reference, s) for j = 0, 1, …, in one equation at the random points:
/// Σ_items Σ_k P_k(r) · D_k(reference) = Σ_j Σ_s γ^(R · j + s) · (V_js(r) + carries), with R the most records, and D_k = Σ_j Σ_s γ^(R · j + s) · G_jk(·, s)(r) public. So an item costs one
/// extension multiplication a private factor, however many sums and records there are.
/// </summary>
/// <param name="domain">The rows of records.</param>
/// <param name="items">Whose items are added.</param>
/// <param name="link">From the items to the owner of both.</param>
/// <param name="arePaired">Whether the identities see (r + 256) · f(r) + (r − 256) · f(−r).</param>
/// <param name="records">R.</param>
/// <param name="name">Of the buses.</param>
internal sealed class RecordSums(Domain domain, Domain items, Link link, bool arePaired, int records, string name)
{
    private readonly List<(IReadOnlyList<RecordTerm> Terms, Expr Said)> _sums = [];

    /// <summary>The greatest degree in γ.</summary>
    public int Degree => _sums.Count * records;

    /// <summary>Adds a sum.</summary>
    /// <param name="terms">What it is of.</param>
    /// <param name="said">V + carries in the rows of records, as the identity sees them.</param>
    public void Add(IReadOnlyList<RecordTerm> terms, Expr said) => _sums.Add((terms, said));

    /// <summary>Declares the equation; call once all sums are known.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="power">γ^s in the rows of records.</param>
    /// <param name="gamma">γ.</param>
    /// <param name="owner">The number of an owner that is no account, in its own rows.</param>
    public void Finish(CircuitBuilder circuit, Expr power, Expr gamma, Func<Expr> owner)
    {
        Expr step = Power(gamma, records), said = 0;
        for (int j = _sums.Count - 1; j >= 0; j--) said = said * step + _sums[j].Said;
        Bus received = circuit.Bus(name);
        domain.Table.Receive(received, $"{name}, of the record", power * said, domain.OwnerAt);

        (LimbForm Factor, PublicSum Public)[] terms =
        [
            .. _sums.SelectMany((sum, j) => sum.Terms.Select(term => (Sum: j, Term: term))).GroupBy(one => (one.Term.Number, one.Term.Public.Lookup))
                .Select(group => (group.First().Term.Factor, new PublicSum(group.Key.Lookup, records, [.. group.Select(one => (one.Sum, one.Term.Public))], arePaired))),
        ];
        Expr sum = 0;
        foreach ((LimbForm factor, PublicSum part) in terms) sum += factor.At * part.Column;
        if (arePaired)
        {
            Expr mirrored = 0;
            foreach ((LimbForm factor, PublicSum part) in terms) mirrored += factor.Mirror * part.Mirror;
            sum = (domain.R + 256) * sum + (domain.R - 256) * mirrored;
        }
        if (link.Parent.Parent is null)
        {
            items.Table.Send(received, $"{name}, of the item", sum, [.. link.ChildAddress]);
            return;
        }
        Bus sent = circuit.Bus($"{name}, by group");
        Expr all = link.Parent.Point($"{name}, of all records", (row, at) =>
        {
            Quintic total = Quintic.Zero, opposite = Quintic.Zero;
            foreach (WitnessRow item in row.Children(items))
                foreach ((LimbForm factor, PublicSum part) in terms)
                {
                    total += factor.AtPoint(item, at) * part.Point(item, at);
                    if (arePaired) opposite += factor.AtMirror(item, at) * part.MirrorPoint(item, at);
                }
            return arePaired ? at.Paired(total, opposite) : total;
        });
        items.Table.Send(sent, $"{name}, of the item", sum, [.. link.ChildAddress]);
        link.Parent.Table.Receive(sent, $"{name}, of the items", all, [.. link.ParentAddress]);
        link.Parent.Table.Send(received, $"{name}, of the group", all, owner());
    }

    private static Expr Power(Expr point, int exponent)
    {
        Expr power = 1;
        for (int bit = 31 - int.LeadingZeroCount(exponent); bit >= 0; bit--)
        {
            power *= power;
            if ((exponent >> bit & 1) == 1) power *= point;
        }
        return power;
    }

    /// <summary>D of a private factor, in a column of the items.</summary>
    private sealed class PublicSum
    {
        private readonly PublicLookup _lookup;
        private readonly int _records;
        private readonly (int Sum, PublicPart Public)[] _parts;
        private readonly PublicValue _value;
        private readonly PublicValue? _mirror;
        private readonly Expr? _mirrored;

        public PublicSum(PublicLookup lookup, int records, (int Sum, PublicPart Public)[] parts, bool isMirrored)
        {
            (_lookup, _records, _parts) = (lookup, records, parts);
            _value = PublicValue.OfBook("sum over records", Exists) with { Point = (book, record, at) => Total(book, record, at, mirror: false) };
            Column = lookup.Point(_value);
            if (!isMirrored) return;
            _mirror = new PublicValue("sum over records, at -r", null, (_, _) => 0, (book, record, at) => Total(book, record, at, mirror: true));
            _mirrored = lookup.Point(_mirror);
        }

        public Expr Column { get; }

        public Expr Mirror => _mirrored!.Value;

        public Quintic Point(WitnessRow item, RandomPoint at) => _lookup.PointsOf(_value, item.Book, at)[_lookup.RecordOf(item)];

        public Quintic MirrorPoint(WitnessRow item, RandomPoint at) => _lookup.PointsOf(_mirror!, item.Book, at)[_lookup.RecordOf(item)];

        private System.Numerics.BigInteger Exists(WitnessBook book, int record)
        {
            foreach ((_, PublicPart part) in _parts) part.Exists(book, record);
            return 0;
        }

        private Quintic Total(WitnessBook book, int record, RandomPoint at, bool mirror)
        {
            Quintic step = at.Gamma.Pow((ulong)_records), total = Quintic.Zero;
            int sum = _parts[^1].Sum;
            for (int i = _parts.Length - 1; i >= 0; i--)
            {
                for (; sum > _parts[i].Sum; sum--) total *= step;
                total += _parts[i].Public.PointOf(book, record, at, mirror);
            }
            return total * step.Pow((ulong)sum);
        }
    }
}
