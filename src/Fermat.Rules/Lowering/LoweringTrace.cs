using System.Collections.Concurrent;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;

namespace Fermat.Rules.Lowering;

/// <summary>
/// Fills the traces of a lowered rulebook's tables for some accounts, on all cores. Accounts are cut into batches whose rows are made when they are needed, once for each of counting, phase 0 and phase 1, so that
/// only a few batches are in memory, however many accounts there are.
/// </summary>
internal sealed class LoweringTrace
{
    private const int BatchBytes = 1 << 20, MaxBatch = 256;

    private readonly Lowering _lowering;
    private readonly WitnessBook _book;
    private readonly IReadOnlyList<AccountData> _accounts;
    private readonly List<Domain> _order;
    private readonly ConcurrentBag<WitnessBatch> _idle = [];
    private readonly int _batch;
    private readonly int[][] _starts;
    private readonly long[]?[][] _before;
    private readonly int[] _counts;
    private RandomPoint? _point;

    /// <summary>Counts the rows of all accounts.</summary>
    /// <param name="lowering">The tables.</param>
    /// <param name="interpreter">Of the same rulebook and the market's data.</param>
    /// <param name="accounts">The accounts.</param>
    /// <param name="lie">For tests: a value that is not the honest one.</param>
    /// <param name="versions">Where the accounts are versions of a batch's accounts, what else is known of each.</param>
    /// <param name="threshold">Where free collateral is compared with something, the bytes of that.</param>
    /// <param name="turn">Where accounts are compared in the order of deleveraging, whose turn it is.</param>
    /// <param name="shares">Where a loss is shared, how.</param>
    /// <param name="units">What the ledger counts in, where the statement depends on it.</param>
    public LoweringTrace(
        Lowering lowering, Interpreter interpreter, IReadOnlyList<AccountData> accounts, Lie? lie = null, IReadOnlyList<AccountVersion>? versions = null, IReadOnlyList<long>? threshold = null, OrderWitness? turn = null, SharesWitness? shares = null,
        LedgerUnits? units = null)
    {
        (_lowering, _accounts) = (lowering, accounts);
        _book = new WitnessBook(interpreter) { Lie = lie, Versions = versions ?? [], Threshold = threshold ?? [], Turn = turn, Shares = shares, Units = units, Outcomes = lowering.Lowerer.Outcomes };
        _order = InOrder(lowering.Domains);
        _batch = lie is null ? BatchOf() : Math.Max(1, accounts.Count);
        int batches = (accounts.Count + _batch - 1) / _batch, domains = lowering.Domains.Count;
        var counts = new int[batches][];
        var last = new long[]?[batches][];
        var noRow = new long[]?[domains];
        EachBatch(batches, (batch, rows) =>
        {
            // accounts have their own numbers already; rows of other tables are counted from 0
            var first = new int[domains];
            first[lowering.Lowerer.Account.Number] = batch * _batch;
            Open(rows, batch, first, noRow);
            counts[batch] = [.. lowering.Domains.Select(domain => rows.Rows(domain).Count)];
            last[batch] = [.. lowering.Domains.Select(domain => rows.Rows(domain) is [.., var row] ? row.Order.ToArray() : null)];
        });
        (_starts, _before) = (new int[batches][], new long[]?[batches][]);
        _counts = new int[domains];
        long[]?[] before = new long[]?[domains];
        for (int batch = 0; batch < batches; batch++)
        {
            (_starts[batch], _before[batch]) = ([.. _counts], [.. before]);
            foreach (Domain domain in lowering.Domains)
            {
                if (last[batch][domain.Number] is { } order) before[domain.Number] = Numbered(domain, order, _starts[batch]);
                _counts[domain.Number] = checked(_counts[domain.Number] + counts[batch][domain.Number]);
            }
        }
    }

    /// <summary>Public values.</summary>
    public WitnessBook Book => _book;

    /// <summary>How many rows a table needs, by its index; 0 for tables of others.</summary>
    public int RowsOf(int table)
    {
        if (_lowering.Domains.FirstOrDefault(d => d.Table.Index == table) is { } domain) return _counts[domain.Number];
        return _lowering.PublicTables.FirstOrDefault(p => p.Index == table)?.Rows(_book) ?? _lowering.Ladders.FirstOrDefault(l => l.Index == table)?.Rows(_book)
            ?? _lowering.Matrices.FirstOrDefault(m => m.Index == table)?.Rows(_book) ?? 0;
    }

    /// <summary>How many rows a table needs at most for so many accounts with so many items in all, by its index; 0 for tables of others and public ones.</summary>
    /// <exception cref="ArgumentException">The table pairs rows: how many follows from how items are spread over accounts.</exception>
    public long MostRowsOf(int table, int accounts, int items) =>
        _lowering.Domains.FirstOrDefault(d => d.Table.Index == table) is { } domain ? MostRows(domain, accounts, items) : 0;

    private long MostRows(Domain domain, int accounts, int items) => domain switch
    {
        { Pair: not null } => throw new ArgumentException($"the table {domain.Name} has a row for each pair of rows, so a book under this rulebook cannot be padded to a number of accounts and items"),
        { Source: CoreSource.Table records } => MostRows(domain.Parent!, accounts, items) * _book.Records(records.Index),
        { Source: not null } => items,
        _ => accounts,
    };

    /// <summary>The row of one account, with all that belong to it.</summary>
    public WitnessRow RowOf(int account)
    {
        var batch = new WitnessBatch(_lowering.Domains, _order, _book, _lowering.Lowerer.Account);
        Open(batch, account / _batch, _starts[account / _batch], _before[account / _batch]);
        return batch.Rows(_lowering.Lowerer.Account)[account % _batch];
    }

    /// <summary>The coefficients of a form of the accounts' table in some of its rows.</summary>
    /// <param name="form">The form.</param>
    /// <param name="accounts">The rows.</param>
    public IReadOnlyDictionary<int, long[]> Coefficients(LimbForm form, IEnumerable<int> accounts)
    {
        var found = new ConcurrentDictionary<int, long[]>();
        IGrouping<int, int>[] batches = [.. accounts.GroupBy(account => account / _batch)];
        EachBatch(batches.Length, (at, rows) =>
        {
            int batch = batches[at].Key;
            Open(rows, batch, _starts[batch], _before[batch]);
            foreach (int account in batches[at]) form.AddTo(rows.Rows(_lowering.Lowerer.Account)[account % _batch], found[account] = new long[form.Count]);
        });
        return found;
    }

    /// <summary>Writes phase 0 of all tables but the range table's, whose lookups are added to the counts.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="traces">Of all tables.</param>
    /// <param name="counts">Of range checks.</param>
    /// <param name="sends">What rows add to totals.</param>
    /// <param name="digits">Digits of a total.</param>
    /// <param name="beside">What rows of other tables look up here.</param>
    /// <returns>What rows add to each key on the bus of totals, digit by digit.</returns>
    public IReadOnlyDictionary<int, long[]> Fill(Circuit circuit, IReadOnlyList<TableTrace> traces, RangeCounts counts, IReadOnlyList<TotalSend>? sends = null, int digits = 0, Tally? beside = null)
    {
        Matrix[] matrices = [.. _lowering.Domains.Select(domain => traces[domain.Table.Index].Phase(0))];
        RowFiller[][] fillers = [.. _lowering.Domains.Select(domain => domain.Fillers.ToArray())];
        TotalSend[][] totals = [.. _lowering.Domains.Select(domain => sends?.Where(send => send.Domain == domain).ToArray() ?? [])];
        EachBatch(_starts.Length, (batch, rows) =>
        {
            Open(rows, batch, _starts[batch], _before[batch]);
            foreach (Domain domain in _lowering.Domains)
                foreach (WitnessRow row in rows.Rows(domain))
                {
                    Span<KoalaBear> cells = matrices[domain.Number].Row(row.Index);
                    foreach (RowFiller fill in fillers[domain.Number]) fill(row, cells, rows.Tally);
                    foreach (PublicLookup lookup in domain.Lookups) rows.Tally.Use(lookup, lookup.RecordOf(row), _book.Records(lookup.Table));
                    foreach (TotalSend send in totals[domain.Number]) send.Add(row, rows.Tally.TotalOf(send.Key(row), digits), 1);
                }
        });
        var tally = new Tally();
        if (beside is not null) tally.Merge(beside);
        foreach (WitnessBatch rows in _idle)
        {
            tally.Merge(rows.Tally);
            rows.Tally = new Tally();
        }
        foreach (Domain domain in _lowering.Domains)
            counts.IdleRows(_lowering.Range, circuit.Tables[domain.Table.Index], traces[domain.Table.Index].ActiveRows - _counts[domain.Number]);
        counts.Merge(tally.Range);
        foreach (PublicTable table in _lowering.PublicTables) table.FillUses(_book, tally, traces[table.Index].Phase(0));
        foreach (PieceLookup ladder in _lowering.Ladders) ladder.FillUses(_book, tally, traces[ladder.Index].Phase(0));
        foreach (MatrixLookup matrix in _lowering.Matrices) matrix.FillUses(_book, tally, traces[matrix.Index].Phase(0));
        return tally.Totals;
    }

    /// <summary>Writes the extension columns of phase 1 of all tables, when it is the first of them that is asked for: what rows are is worked out once, and read from phase 0, which is written already.</summary>
    /// <param name="table">The table that is asked for, of this rulebook or not.</param>
    /// <param name="challenges">r and γ.</param>
    /// <param name="traces">Of all tables.</param>
    public void FillPoints(int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        Domain[] domains = [.. _lowering.Domains.Where(domain => domain.Points.Count > 0)];
        if (domains.Length == 0 || table != domains.Min(domain => domain.Table.Index)) return;
        RandomPoint at = PointOf(challenges);
        Matrix[] filled = [.. _lowering.Domains.Select(domain => traces[domain.Table.Index].Phase(0))];
        Matrix[] matrices = [.. domains.Select(domain => traces[domain.Table.Index].Phase(1))];
        (int Offset, Func<WitnessRow, RandomPoint, Quintic> Value)[][] points = [.. domains.Select(domain => domain.Points.Select(point => (point.Column.Offset, point.Value)).ToArray())];
        EachBatch(_starts.Length, (batch, rows) =>
        {
            Open(rows, batch, _starts[batch], _before[batch], filled);
            for (int d = 0; d < domains.Length; d++)
                foreach (WitnessRow row in rows.Rows(domains[d]))
                {
                    Span<KoalaBear> cells = matrices[d].Row(row.Index);
                    foreach ((int offset, Func<WitnessRow, RandomPoint, Quintic> value) in points[d]) RandomPoint.Write(value(row, at), cells, offset);
                }
        });
    }

    /// <summary>Writes the public columns of a phase of a table.</summary>
    public void FillPublic(int table, int phase, ReadOnlySpan<Quintic> challenges, Matrix into)
    {
        RandomPoint? at = phase == 0 ? null : PointOf(challenges);
        _lowering.PublicTables.FirstOrDefault(p => p.Index == table)?.Fill(_book, phase, at, into);
        _lowering.Ladders.FirstOrDefault(l => l.Index == table)?.FillPublic(_book, phase, at, into);
        _lowering.Matrices.FirstOrDefault(m => m.Index == table)?.FillPublic(_book, phase, at, into);
    }

    /// <summary>The random points that these challenges are.</summary>
    public RandomPoint PointOf(ReadOnlySpan<Quintic> challenges)
    {
        RandomPoint? known = Volatile.Read(ref _point);
        if (known is null || known.R != challenges[0] || known.Gamma != challenges[1]) Volatile.Write(ref _point, known = new RandomPoint(challenges[0], challenges[1]));
        return known;
    }

    private void EachBatch(int batches, Action<int, WitnessBatch> work) => Parallelism.For(0, batches, batch =>
    {
        if (!_idle.TryTake(out WitnessBatch? rows)) rows = new WitnessBatch(_lowering.Domains, _order, _book, _lowering.Lowerer.Account);
        work(batch, rows);
        _idle.Add(rows);
    });

    private void Open(WitnessBatch rows, int batch, int[] starts, long[]?[] before, IReadOnlyList<Matrix>? filled = null) =>
        rows.Open(_accounts, batch * _batch, Math.Min((batch + 1) * _batch, _accounts.Count), starts, before, filled);

    /// <summary>An order of a batch whose rows, but for accounts, were numbered from 0.</summary>
    private long[] Numbered(Domain domain, long[] order, int[] starts)
    {
        for (int i = 0; i < order.Length; i++)
            if (domain.OrderParts[i].Numbered is { } other && other != _lowering.Lowerer.Account) order[i] += starts[other.Number];
        return order;
    }

    /// <summary>How many accounts' rows are about as large as a core's cache.</summary>
    private int BatchOf()
    {
        long accounts = Math.Max(1, _accounts.Count), bytes = 0;
        var rows = new long[_lowering.Domains.Count];
        foreach (Domain domain in _order)
        {
            rows[domain.Number] = domain.Source switch
            {
                CoreSource.Items items => Mean(items.Index),
                CoreSource.Groups groups => rows[_lowering.Lowerer.Items[groups.Collection].Number],
                CoreSource.Table table => rows[domain.Parent!.Number] * _book.Records(table.Index),
                _ => domain.Pair is { } pair ? rows[pair.Left.Number] * rows[pair.Right.Number] : 1,
            };
            bytes += rows[domain.Number] * domain.MemoLength * sizeof(long);
        }
        return (int)Math.Clamp(BatchBytes / Math.Max(bytes, 1), 1, MaxBatch);

        long Mean(int collection) => (_accounts.Sum(account => (long)account.Items[collection].Length) + accounts - 1) / accounts;
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
}
