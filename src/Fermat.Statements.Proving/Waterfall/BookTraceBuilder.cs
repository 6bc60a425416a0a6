using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;

namespace Fermat.Statements.Proving.Waterfall;

/// <summary>Fills what statements W and D have in common: the rulebook's tables for the whole book, its leaves and tree, and the events that are opened.</summary>
internal abstract class BookTraceBuilder : IStatementTraces
{
    private readonly BookCircuit _circuit;
    private readonly IReadOnlyList<LedgerAccount> _accounts;
    private readonly WholeBook _leaves;
    private readonly OwnRows[] _own;

    /// <summary>Prepares to fill traces.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="plan">Its trees and events.</param>
    /// <param name="accounts">The accounts that the rulebook's tables are filled with.</param>
    /// <param name="witness">The rulebook's rows.</param>
    /// <param name="own">The statement's own tables of rows with numbers in digits, and the data of their rows.</param>
    private protected BookTraceBuilder(BookCircuit circuit, TransitionBatch batch, TransitionPlan plan, IReadOnlyList<LedgerAccount> accounts, LoweringTrace witness, params OwnRows[] own)
    {
        (_circuit, _accounts, _leaves, _own, Witness) = (circuit, accounts, new WholeBook(batch, plan), own, witness);
        EventTable events = TransitionProver.CircuitOf(batch).Events;
        Opened = [.. plan.Events.Take(circuit.Opened(plan.Events.Count))];
        Blocks = [.. Opened.Select(e => e.Blocks(events))];
        ActiveRows = [.. circuit.Circuit.Tables.Select(table => Math.Max(witness.RowsOf(table.Index), circuit.OwnRows(batch.Depth, plan.Events.Count, table.Index)))];
        foreach ((Domain domain, IReadOnlyList<ImmutableArray<BigInteger>> rows) in own) ActiveRows[domain.Table.Index] = rows.Count;
        ActiveRows[circuit.Range.Table] = RangeTable.EntryRows;
        ActiveRows[circuit.Hash.Table] = _leaves.Rows(circuit.HashSlots);
        int slots = circuit.HashOfEvents.Slots.Length;
        ActiveRows[circuit.HashOfEvents.Table] = checked((int)((Blocks.Sum(one => (long)one.Length / LeafSponge.BlockLength) + slots - 1) / slots));
    }

    /// <inheritdoc/>
    public int[] ActiveRows { get; }

    /// <summary>The rulebook's rows.</summary>
    public LoweringTrace Witness { get; }

    /// <summary>The events that are opened.</summary>
    protected IReadOnlyList<EventWitness> Opened { get; }

    /// <summary>The blocks of each.</summary>
    protected KoalaBear[][] Blocks { get; }

    /// <inheritdoc/>
    public IReadOnlyList<TableTrace> Build(IReadOnlyList<int> logHeights, int tailRows, CancellationToken cancel = default) =>
        StatementTraces.Fill(_circuit.Circuit, logHeights, tailRows, traces =>
        {
            var counts = new RangeCounts();
            var beside = new Tally();
            foreach ((Domain domain, IReadOnlyList<ImmutableArray<BigInteger>> rows) in _own)
            {
                TableTrace trace = traces[domain.Table.Index];
                EachRow(domain, rows, row =>
                {
                    Span<KoalaBear> cells = trace.Phase(0).Row(row.Index);
                    foreach (RowFiller fill in domain.Fillers) fill(row, cells, beside);
                    foreach (PublicLookup lookup in domain.Lookups) beside.Use(lookup, lookup.RecordOf(row), Witness.Book.Records(lookup.Table));
                });
                counts.IdleRows(_circuit.Range, trace.Table, trace.ActiveRows - rows.Count);
            }
            Witness.Fill(_circuit.Circuit, traces, counts, beside: beside);
            SolvencyTraceBuilder.FillNonces(_circuit.Nonce, [.. _accounts.Select(account => account.Nonce)], traces[_circuit.Lowering.Lowerer.Account.Table.Index].Phase(0));
            cancel.ThrowIfCancellationRequested();
            _leaves.Fill(_circuit.Hash, _circuit.Tree, traces, cancel);
            FillEvents(traces);
            TableTrace hashes = traces[_circuit.HashOfEvents.Table];
            var filler = new HashTraceFiller(_circuit.HashOfEvents, hashes.Phase(0));
            long slots = TransitionTraceBuilder.FillLeaves(filler, [.. Blocks.Select((one, i) => (i + 1, one))]);
            filler.Idle(slots, (long)hashes.ActiveRows * _circuit.HashOfEvents.Slots.Length);
            counts.Fill(_circuit.Range, traces[_circuit.Range.Table]);
        });

    /// <summary>Fills the columns of phase 1.</summary>
    public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        if (phase != 1) return;
        Witness.FillPoints(table, challenges, traces);
        foreach ((Domain domain, IReadOnlyList<ImmutableArray<BigInteger>> rows) in _own)
        {
            if (domain.Table.Index != table) continue;
            Matrix matrix = traces[table].Phase(1);
            RandomPoint at = Witness.PointOf(challenges);
            EachRow(domain, rows, row =>
            {
                Span<KoalaBear> cells = matrix.Row(row.Index);
                foreach ((Expr column, Func<WitnessRow, RandomPoint, Quintic> value) in domain.Points) RandomPoint.Write(value(row, at), cells, column.Offset);
            });
        }
    }

    /// <summary>Writes what events have beside numbers in digits.</summary>
    private protected abstract void FillEvents(IReadOnlyList<TableTrace> traces);

    private void EachRow(Domain domain, IReadOnlyList<ImmutableArray<BigInteger>> rows, Action<WitnessRow> fill)
    {
        var row = new WitnessRow(Witness.Book, domain, 1);
        for (int i = 0; i < rows.Count; i++)
        {
            row.Reset(i, null, rows[i], 0, null, null);
            fill(row);
        }
    }
}

/// <summary>Rows of a statement's own table that has numbers in digits.</summary>
/// <param name="Domain">The table.</param>
/// <param name="Rows">The data of each row.</param>
internal readonly record struct OwnRows(Domain Domain, IReadOnlyList<ImmutableArray<BigInteger>> Rows);
