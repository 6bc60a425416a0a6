using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Lowering;

/// <summary>Fills the traces of a lowered rulebook's tables for some accounts.</summary>
internal sealed class LoweringTrace
{
    private readonly Lowering _lowering;
    private readonly WitnessBook _book;
    private readonly Tally _tally = new();
    private readonly List<Domain> _order;
    private readonly Dictionary<Domain, List<WitnessRow>> _rows = [];

    /// <summary>Makes the rows of all accounts.</summary>
    /// <param name="lowering">The tables.</param>
    /// <param name="interpreter">Of the same rulebook and the market's data.</param>
    /// <param name="accounts">The accounts.</param>
    /// <param name="lie">For tests: a value that is not the honest one.</param>
    public LoweringTrace(Lowering lowering, Interpreter interpreter, IEnumerable<AccountData> accounts, Lie? lie = null)
    {
        _lowering = lowering;
        _book = new WitnessBook(interpreter) { Lie = lie };
        foreach (Domain domain in lowering.Domains) _rows.Add(domain, []);
        _order = InOrder(lowering.Domains);
        foreach (AccountData account in accounts) Add(account);
    }

    /// <summary>Public values.</summary>
    public WitnessBook Book => _book;

    /// <summary>The rows of a domain.</summary>
    public IReadOnlyList<WitnessRow> Rows(Domain domain) => _rows[domain];

    /// <summary>How many rows a table needs, by its index; 0 for tables of others.</summary>
    public int RowsOf(int table)
    {
        if (_lowering.Domains.FirstOrDefault(d => d.Table.Index == table) is { } domain) return _rows[domain].Count;
        return _lowering.PublicTables.FirstOrDefault(p => p.Index == table)?.Rows(_book) ?? _lowering.Ladders.FirstOrDefault(l => l.Index == table)?.Rows(_book)
            ?? _lowering.Matrices.FirstOrDefault(m => m.Index == table)?.Rows(_book) ?? 0;
    }

    /// <summary>Writes phase 0 of all tables but the range table's, whose lookups are added to the counts.</summary>
    public void Fill(Circuit circuit, IReadOnlyList<TableTrace> traces, RangeCounts counts)
    {
        foreach ((Domain domain, List<WitnessRow> rows) in _rows)
        {
            TableTrace trace = traces[domain.Table.Index];
            Matrix matrix = trace.Phase(0);
            foreach (WitnessRow row in rows)
            {
                foreach (RowFiller fill in domain.Fillers) fill(row, matrix.Row(row.Index), _tally);
                foreach (PublicLookup lookup in domain.Lookups) _tally.Use(lookup, lookup.RecordOf(row), _book.Records(lookup.Table));
            }
            counts.IdleRows(_lowering.Range, circuit.Tables[domain.Table.Index], trace.ActiveRows - rows.Count);
        }
        counts.Merge(_tally.Range);
        foreach (PublicTable table in _lowering.PublicTables) table.FillUses(_book, _tally, traces[table.Index].Phase(0));
        foreach (PieceLookup ladder in _lowering.Ladders) ladder.FillUses(_book, _tally, traces[ladder.Index].Phase(0));
        foreach (MatrixLookup matrix in _lowering.Matrices) matrix.FillUses(_book, _tally, traces[matrix.Index].Phase(0));
    }

    /// <summary>What rows add to each key on the bus of totals, digit by digit.</summary>
    public Dictionary<int, long[]> DigitSums(IEnumerable<TotalSend> sends, int digits)
    {
        var sums = new Dictionary<int, long[]>();
        foreach (TotalSend send in sends)
            foreach (WitnessRow row in _rows[send.Domain])
            {
                int key = send.Key(row);
                if (!sums.TryGetValue(key, out long[]? sum)) sums.Add(key, sum = new long[digits]);
                long[] coefficients = send.Coefficients(row);
                for (int i = 0; i < coefficients.Length; i++) sum[i] += coefficients[i];
            }
        return sums;
    }

    /// <summary>Writes the extension columns of phase 1 of a table.</summary>
    public void FillPoints(int table, ReadOnlySpan<Quintic> challenges, Matrix matrix)
    {
        if (_lowering.Domains.FirstOrDefault(d => d.Table.Index == table) is not { } domain) return;
        foreach (WitnessRow row in _rows[domain])
            foreach ((Expr column, Func<WitnessRow, Quintic, Quintic, Quintic> value) in domain.Points) Points.Write(value(row, challenges[0], challenges[1]), matrix.Row(row.Index), column);
    }

    /// <summary>Writes the public columns of a phase of a table.</summary>
    public void FillPublic(int table, int phase, ReadOnlySpan<Quintic> challenges, Matrix into)
    {
        (Quintic r, Quintic gamma) = phase == 0 ? default : (challenges[0], challenges[1]);
        _lowering.PublicTables.FirstOrDefault(p => p.Index == table)?.Fill(_book, phase, r, gamma, into);
        _lowering.Ladders.FirstOrDefault(l => l.Index == table)?.FillPublic(_book, phase, r, into);
        _lowering.Matrices.FirstOrDefault(m => m.Index == table)?.FillPublic(_book, phase, r, into);
    }

    /// <summary>Domains, each after those whose rows its own are linked to: a link can be made after its child's table.</summary>
    private static List<Domain> InOrder(IEnumerable<Domain> domains)
    {
        var order = new List<Domain>();
        var seen = new HashSet<Domain>();
        foreach (Domain domain in domains) Visit(domain);
        return order;

        void Visit(Domain domain)
        {
            if (!seen.Add(domain)) return;
            if (domain.Parent is { } parent) Visit(parent);
            if (domain.Source is not CoreSource.Items) // groups are made of items, and items are linked to their groups
                foreach (Link link in domain.Links) Visit(link.Parent);
            if (domain.Pair is { } pair)
            {
                Visit(pair.Left);
                Visit(pair.Right);
                Visit(pair.Owner);
            }
            order.Add(domain);
        }
    }

    private void Add(AccountData data)
    {
        WitnessRow account = New(_lowering.Lowerer.Account, null, data.Scalars, 0);
        foreach (Domain domain in _order)
        {
            switch (domain.Source)
            {
                case CoreSource.Items items:
                    for (int i = 0; i < data.Items[items.Index].Length; i++) account.Adopt(New(domain, account, data.Items[items.Index][i], i));
                    break;
                case CoreSource.Groups groups:
                    AddGroups(domain, account, groups.Collection);
                    break;
                case CoreSource.Table table:
                    foreach (WitnessRow owner in domain.Parent == account.Domain ? [account] : _rows[domain.Parent!].Where(row => row.In(account.Domain) == account).ToArray())
                        AddRecords(domain, owner, table.Index);
                    break;
                default:
                    if (domain.Pair is { } pair) AddPairs(domain, account, pair.Left, pair.Right, pair.Owner);
                    break;
            }
        }
    }

    private void AddRecords(Domain domain, WitnessRow owner, int table)
    {
        for (int record = 0; record < _book.Records(table); record++)
        {
            WitnessRow row = New(domain, owner, [], record);
            owner.Adopt(row);
            foreach (Link link in domain.Links.Skip(1)) owner.In(link.Parent.Parent!).Children(link.Parent)[record].Adopt(row);
        }
    }

    private void AddPairs(Domain domain, WitnessRow account, Domain left, Domain right, Domain owner)
    {
        foreach (WitnessRow one in _rows[left].Where(row => row.In(account.Domain) == account).ToArray())
        {
            foreach (WitnessRow other in one.In(owner).Children(right).OrderBy(row => row.Index))
            {
                WitnessRow pair = New(domain, one, [], 0, other);
                one.Adopt(pair);
                other.PairsAsRight(domain).Add(pair);
            }
        }
    }

    private void AddGroups(Domain domain, WitnessRow account, int collection)
    {
        var groups = new SortedDictionary<BigInteger[], List<WitnessRow>>(Comparer<BigInteger[]>.Create((a, b) => a.Zip(b, (x, y) => x.CompareTo(y)).FirstOrDefault(order => order != 0)));
        foreach (WitnessRow item in account.Children(_lowering.Lowerer.Items[collection]))
        {
            BigInteger[] keys = [.. domain.KeysOfGroup.Select(key => key.Item is SmallValue small ? small.Of(item) : ((NumberValue)key.Item).Form.Integer(item))];
            if (!groups.TryGetValue(keys, out List<WitnessRow>? items)) groups.Add(keys, items = []);
            items.Add(item);
        }
        Domain outer = domain.Links[0].Parent;
        foreach ((BigInteger[] keys, List<WitnessRow> items) in groups)
        {
            WitnessRow group = New(domain, account, [.. keys], 0);
            foreach (WitnessRow item in items) group.Adopt(item);
            (outer == account.Domain ? account : items[0].In(outer)).Adopt(group);
        }
    }

    private WitnessRow New(Domain domain, WitnessRow? parent, ImmutableArray<BigInteger> data, int record, WitnessRow? right = null)
    {
        List<WitnessRow> rows = _rows[domain];
        var row = new WitnessRow(_book, domain, rows.Count, parent, data, record) { Right = right };
        row.Order = [.. domain.OrderParts.Select(part => part.Value(row))];
        row.Before = rows.Count == 0 ? null : rows[^1].Order;
        rows.Add(row);
        return row;
    }
}
