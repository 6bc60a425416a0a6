using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Proving.Transitions;

/// <summary>Fills the tables of statement T.</summary>
internal sealed class TransitionTraceBuilder : IStatementTraces
{
    private const int Lanes = KoalaBearVector.Lanes;

    private readonly TransitionCircuit _circuit;
    private readonly TransitionInputs _inputs;
    private readonly TransitionPlan _plan;
    private readonly LoweringTrace _witness;
    private readonly bool _isHonest;

    /// <summary>Prepares to fill traces.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="inputs">The public inputs, without a problem.</param>
    /// <param name="plan">The batch.</param>
    /// <param name="versions">For tests: versions that a liar fills the rulebook's tables with instead of the plan's.</param>
    /// <param name="lie">For tests: a value that is not the honest one.</param>
    public TransitionTraceBuilder(TransitionCircuit circuit, TransitionInputs inputs, TransitionPlan plan, IReadOnlyList<AccountVersion>? versions = null, Lie? lie = null)
    {
        (_circuit, _inputs, _plan) = (circuit, inputs, plan);
        _isHonest = versions is null && lie is null;
        versions ??= plan.Versions;
        _witness = new LoweringTrace(circuit.Versions.Lowering, new Interpreter(circuit.Rulebook.Rulebook, inputs.Market), [.. versions.Select(version => version.Account)], lie, versions, units: inputs.Units);
        if (circuit.Versions.Distress is { } distress) _witness.Book.Distress = DistressOf(distress.Form, versions);
        _witness.Book.InsuranceSlot = inputs.InsuranceSlot;
        ActiveRows = [.. circuit.Circuit.Tables.Select(table => _witness.RowsOf(table.Index))];
        ActiveRows[circuit.Range.Table] = RangeTable.EntryRows;
        ActiveRows[circuit.Events.Table] = inputs.Events.Length;
        ActiveRows[circuit.Roots.Table] = 2;
        if (circuit.Aggregates is { } shown) ActiveRows[shown.Table] = AggregateRow.Of(inputs).Length;
        ActiveRows[circuit.Siblings.Table] = plan.Siblings.Count;
        ActiveRows[circuit.HashesBefore.Table] = Rows(plan.LeavesBefore);
        ActiveRows[circuit.HashesAfter.Table] = Rows(plan.LeavesAfter);
        ActiveRows[circuit.HashesOfEvents.Table] = RowsFor((long)circuit.Events.Blocks * inputs.Events.Length);
    }

    /// <summary>Active rows each table must hold, in circuit order.</summary>
    public int[] ActiveRows { get; }

    /// <summary>The rulebook's rows.</summary>
    public LoweringTrace Witness => _witness;

    /// <summary>Fills phase 0 of all tables; the caller disposes of the traces.</summary>
    public IReadOnlyList<TableTrace> Build(IReadOnlyList<int> logHeights, int tailRows, CancellationToken cancel = default) =>
        StatementTraces.Fill(_circuit.Circuit, logHeights, tailRows, traces =>
        {
            var counts = new RangeCounts();
            Rules.Lowering.Tally lookedUp = FillEvents(traces[_circuit.Events.Table]);
            IReadOnlyDictionary<int, long[]> sums = _witness.Fill(_circuit.Circuit, traces, counts, _circuit.Versions.Aggregates?.Sends, _circuit.Aggregates?.Digits.Length ?? 0, lookedUp);
            if (_circuit.Aggregates is { } shown) FillAggregates(shown, traces[shown.Table], sums, counts);
            counts.IdleRows(_circuit.Range, _circuit.Circuit.Tables[_circuit.Events.Table], traces[_circuit.Events.Table].ActiveRows - _plan.Events.Count);
            cancel.ThrowIfCancellationRequested();
            FillHashesOfEvents(traces[_circuit.HashesOfEvents.Table]);
            FillTree(_circuit.HashesBefore, traces[_circuit.HashesBefore.Table], _plan.LeavesBefore, _plan.Before, cancel);
            FillTree(_circuit.HashesAfter, traces[_circuit.HashesAfter.Table], _plan.LeavesAfter, _plan.After, cancel);
            FillSiblings(traces[_circuit.Siblings.Table].Phase(0));
            counts.Fill(_circuit.Range, traces[_circuit.Range.Table]);
        });

    /// <summary>Fills the columns of phase 1 of the rulebook's tables.</summary>
    public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        if (phase != 1) return;
        _witness.FillPoints(table, challenges, traces);
        if (table != _circuit.Events.Table) return;
        RandomPoint at = _witness.PointOf(challenges);
        Matrix matrix = traces[table].Phase(1);
        EachEvent(row =>
        {
            Span<KoalaBear> cells = matrix.Row(row.Index);
            foreach ((Expr column, Func<WitnessRow, RandomPoint, Quintic> value) in _circuit.Events.Domain.Points) RandomPoint.Write(value(row, at), cells, column.Offset);
        });
    }

    /// <summary>By event that reduces a position, the coefficients of maintenance − 2 · equity of the version before.</summary>
    private Dictionary<int, long[]> DistressOf(LimbForm form, IReadOnlyList<AccountVersion> versions)
    {
        int[] reduced = [.. Enumerable.Range(1, Math.Max(0, versions.Count - 1)).Where(i => versions[i].Leg.Role.HasFlag(LegRole.Reduced))];
        IReadOnlyDictionary<int, long[]> coefficients = _witness.Coefficients(form, reduced.Select(i => i - 1));
        var byEvent = new Dictionary<int, long[]>();
        foreach (int i in reduced) byEvent[versions[i].Event] = coefficients[i - 1];
        return byEvent;
    }

    private int Rows(IReadOnlyList<(int Slot, KoalaBear[] Blocks)> leaves) =>
        RowsFor(leaves.Sum(leaf => (long)leaf.Blocks.Length / LeafSponge.BlockLength) + _plan.Nodes.Skip(1).Sum(level => (long)level.Length));

    private int RowsFor(long permutations) => checked((int)((permutations + _circuit.HashSlots - 1) / _circuit.HashSlots));

    private void EachEvent(Action<WitnessRow> fill)
    {
        var row = new WitnessRow(_witness.Book, _circuit.Events.Domain, 1);
        foreach (EventWitness e in _plan.Events)
        {
            row.Reset(e.Number - 1, null, e.Data, 0, null, null);
            fill(row);
        }
    }

    /// <summary>Fills the events' rows; returns what they look up.</summary>
    private Rules.Lowering.Tally FillEvents(TableTrace trace)
    {
        EventTable columns = _circuit.Events;
        Matrix matrix = trace.Phase(0);
        var tally = new Rules.Lowering.Tally();
        EachEvent(row =>
        {
            EventWitness e = _plan.Events[row.Index];
            Span<KoalaBear> cells = matrix.Row(row.Index);
            foreach (RowFiller fill in columns.Domain.Fillers) fill(row, cells, tally);
            foreach (PublicLookup lookup in columns.Domain.Lookups) tally.Use(lookup, lookup.RecordOf(row), _witness.Book.Records(lookup.Table));
            foreach ((Expr[] at, KoalaBear[] values) in ((Expr[], KoalaBear[])[])[
                (columns.Terms, e.Terms), (columns.FirstOwner, e.FirstOwner), (columns.SecondOwner, e.SecondOwner), (columns.FirstNonce, e.FirstNonce), (columns.SecondNonce, e.SecondNonce)])
                values.CopyTo(cells[at[0].Offset..]);
        });
        return tally;
    }

    private void FillAggregates(AggregateTable shown, TableTrace trace, IReadOnlyDictionary<int, long[]> sums, RangeCounts counts)
    {
        System.Collections.Immutable.ImmutableArray<AggregateRow> rows = AggregateRow.Of(_inputs);
        BatchAggregates.Fill(shown, rows, sums, trace, counts, _isHonest);
        counts.IdleRows(_circuit.Range, trace.Table, trace.ActiveRows - rows.Length);
    }

    private void FillHashesOfEvents(TableTrace trace)
    {
        var filler = new HashTraceFiller(_circuit.HashesOfEvents, trace.Phase(0));
        long slots = FillLeaves(filler, [.. _plan.Events.Select(e => (e.Number, e.Blocks(_circuit.Events)))]);
        filler.Idle(slots, (long)trace.ActiveRows * _circuit.HashSlots);
    }

    private void FillTree(HashTable columns, TableTrace trace, IReadOnlyList<(int Slot, KoalaBear[] Blocks)> leaves, StateTree tree, CancellationToken cancel)
    {
        var filler = new HashTraceFiller(columns, trace.Phase(0));
        long slot = FillLeaves(filler, leaves);
        for (int level = 1; level <= tree.Depth; level++)
        {
            cancel.ThrowIfCancellationRequested();
            (long[] nodes, int height, long start) = (_plan.Nodes[level], level, slot);
            Parallelism.ForRanges((nodes.Length + Lanes - 1) / Lanes, 64, (from, to) =>
            {
                for (int group = from; group < to; group++)
                {
                    int first = group * Lanes;
                    filler.Nodes(start + first, height, nodes.AsSpan(first, Math.Min(Lanes, nodes.Length - first)), child => tree.Node(height - 1, child));
                }
            }, cancel);
            slot += nodes.Length;
        }
        filler.Idle(slot, (long)trace.ActiveRows * columns.Slots.Length);
    }

    /// <summary>Fills runs from slot 0 on; returns the first slot after them.</summary>
    internal static long FillLeaves(HashTraceFiller filler, IReadOnlyList<(int Index, KoalaBear[] Blocks)> leaves)
    {
        var works = new LeafWork[leaves.Count];
        long slot = 0;
        for (int i = 0; i < works.Length; i++)
        {
            works[i] = new LeafWork(leaves[i].Index, slot, leaves[i].Blocks);
            slot += works[i].Steps;
        }
        Parallelism.ForRanges((works.Length + Lanes - 1) / Lanes, 16, (from, to) =>
        {
            for (int group = from; group < to; group++)
            {
                int first = group * Lanes, count = Math.Min(Lanes, works.Length - first);
                filler.Leaves(works.AsSpan(first, count), new Digest[count]);
            }
        });
        return slot;
    }

    private void FillSiblings(Matrix into)
    {
        SiblingTable columns = _circuit.Siblings;
        for (int i = 0; i < _plan.Siblings.Count; i++)
        {
            (int level, long index, Digest digest) = _plan.Siblings[i];
            Span<KoalaBear> cells = into.Row(i);
            cells[columns.Used.Offset] = KoalaBear.One;
            cells[columns.Level.Offset] = KoalaBear.From(level);
            cells[columns.Index.Offset] = KoalaBear.From(index);
            if (!digest.TryToFields(cells[columns.Digest[0].Offset..])) throw new InvalidOperationException("a digest of the state tree is not made of field elements");
        }
    }
}
