using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Lowering;

/// <summary>The rows of some adjacent accounts in all domains, in memory that is used again for the next ones. Each thread has its own.</summary>
internal sealed class WitnessBatch
{
    private readonly IReadOnlyList<Domain> _domains;
    private readonly IReadOnlyList<Domain> _order;
    private readonly WitnessBook _book;
    private readonly Domain _account;
    private readonly List<WitnessRow>[] _made;
    private readonly List<WitnessRow>[] _rows;
    private readonly int[] _starts;
    private readonly int[] _ofAccount;
    private readonly long[]?[] _before;
    private IReadOnlyList<Matrix>? _filled;

    /// <param name="domains">All, by number.</param>
    /// <param name="order">All, each after those whose rows its own are made of.</param>
    /// <param name="book">Public values.</param>
    /// <param name="account">The accounts' domain.</param>
    public WitnessBatch(IReadOnlyList<Domain> domains, IReadOnlyList<Domain> order, WitnessBook book, Domain account)
    {
        (_domains, _order, _book, _account) = (domains, order, book, account);
        _made = [.. domains.Select(_ => new List<WitnessRow>())];
        _rows = [.. domains.Select(_ => new List<WitnessRow>())];
        (_starts, _ofAccount, _before) = (new int[domains.Count], new int[domains.Count], new long[]?[domains.Count]);
    }

    /// <summary>Range checks and uses of public records by the rows that this thread filled.</summary>
    public Tally Tally { get; set; } = new();

    /// <summary>The rows of a domain.</summary>
    public IReadOnlyList<WitnessRow> Rows(Domain domain) => _rows[domain.Number];

    /// <summary>Makes the rows of accounts.</summary>
    /// <param name="accounts">Accounts.</param>
    /// <param name="from">The first.</param>
    /// <param name="to">One past the last.</param>
    /// <param name="starts">By domain, how many rows accounts before these have.</param>
    /// <param name="before">By domain, the order of the row before these; null where there is none.</param>
    /// <param name="filled">By domain, phase 0 of its table where it is written already.</param>
    public void Open(IReadOnlyList<AccountData> accounts, int from, int to, ReadOnlySpan<int> starts, ReadOnlySpan<long[]?> before, IReadOnlyList<Matrix>? filled = null)
    {
        _filled = filled;
        starts.CopyTo(_starts);
        before.CopyTo(_before);
        foreach (List<WitnessRow> rows in _rows) rows.Clear();
        for (int i = from; i < to; i++) Add(accounts[i]);
    }

    private void Add(AccountData data)
    {
        for (int d = 0; d < _domains.Count; d++) _ofAccount[d] = _rows[d].Count;
        WitnessRow account = New(_account, null, data.Scalars, 0);
        foreach (Domain domain in _order)
        {
            switch (domain.Source)
            {
                case CoreSource.Items items:
                    ImmutableArray<ImmutableArray<BigInteger>> list = data.Items[items.Index];
                    for (int i = 0; i < list.Length; i++) account.Adopt(New(domain, account, list[i], i));
                    break;
                case CoreSource.Groups groups:
                    AddGroups(domain, account, groups.Collection);
                    break;
                case CoreSource.Table table:
                    foreach (WitnessRow owner in OfAccount(domain.Parent!)) AddRecords(domain, owner, table.Index);
                    break;
                default:
                    if (domain.Pair is { } pair) AddPairs(domain, pair.Left, pair.Right, pair.Owner);
                    break;
            }
        }
    }

    /// <summary>The rows of the account that is being added.</summary>
    private IEnumerable<WitnessRow> OfAccount(Domain domain)
    {
        List<WitnessRow> rows = _rows[domain.Number];
        for (int i = _ofAccount[domain.Number]; i < rows.Count; i++) yield return rows[i];
    }

    private void AddRecords(Domain domain, WitnessRow owner, int table)
    {
        for (int record = 0; record < _book.Records(table); record++)
        {
            WitnessRow row = New(domain, owner, [], record);
            owner.Adopt(row);
            for (int link = 1; link < domain.Links.Count; link++)
            {
                Domain parent = domain.Links[link].Parent;
                owner.In(parent.Parent!).Children(parent)[record].Adopt(row);
            }
        }
    }

    private void AddPairs(Domain domain, Domain left, Domain right, Domain owner)
    {
        foreach (WitnessRow one in OfAccount(left))
            foreach (WitnessRow other in one.In(owner).Children(right).OrderBy(row => row.Index))
            {
                WitnessRow pair = New(domain, one, [], 0, other);
                one.Adopt(pair);
                other.PairsAsRight(domain).Add(pair);
            }
    }

    private void AddGroups(Domain domain, WitnessRow account, int collection)
    {
        List<WitnessRow> items = account.Children(_domains[_order.First(d => d.Source is CoreSource.Items { Index: var index } && index == collection).Number]);
        var keyed = new (BigInteger[] Keys, WitnessRow Item)[items.Count];
        for (int i = 0; i < keyed.Length; i++) keyed[i] = (KeysOf(domain, items[i]), items[i]);
        Array.Sort(keyed, (a, b) => Compare(a.Keys, b.Keys) is not 0 and var order ? order : a.Item.Index.CompareTo(b.Item.Index));
        Domain outer = domain.Links[0].Parent;
        WitnessRow? group = null;
        for (int i = 0; i < keyed.Length; i++)
        {
            (BigInteger[] keys, WitnessRow item) = keyed[i];
            if (i == 0 || Compare(keys, keyed[i - 1].Keys) != 0)
            {
                group = New(domain, account, ImmutableArray.Create(keys), 0);
                (outer == _account ? account : item.In(outer)).Adopt(group);
            }
            group!.Adopt(item);
        }
    }

    private static BigInteger[] KeysOf(Domain domain, WitnessRow item)
    {
        var keys = new BigInteger[domain.KeysOfGroup.Count];
        for (int i = 0; i < keys.Length; i++) keys[i] = domain.KeysOfGroup[i].Item is SmallValue small ? small.Of(item) : ((NumberValue)domain.KeysOfGroup[i].Item).Form.Integer(item);
        return keys;
    }

    private static int Compare(BigInteger[] a, BigInteger[] b)
    {
        for (int i = 0; i < a.Length; i++)
            if (a[i].CompareTo(b[i]) is not 0 and var order) return order;
        return 0;
    }

    private WitnessRow New(Domain domain, WitnessRow? parent, ImmutableArray<BigInteger> data, int record, WitnessRow? right = null)
    {
        (List<WitnessRow> rows, List<WitnessRow> made) = (_rows[domain.Number], _made[domain.Number]);
        if (rows.Count == made.Count) made.Add(new WitnessRow(_book, domain, _domains.Count));
        WitnessRow row = made[rows.Count];
        row.Filled = _filled?[domain.Number];
        row.Reset(_starts[domain.Number] + rows.Count, parent, data, record, right, rows.Count == 0 ? _before[domain.Number] : rows[^1].Order);
        rows.Add(row);
        return row;
    }
}
