using Fermat.Algebra;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>The public columns of statements W and D, computed from the batch's public inputs by prover and verifier alike.</summary>
public sealed class BookPublicTables : IPublicTables
{
    private readonly TransitionInputs _batch;
    private readonly BookCircuit _circuit;
    private readonly byte[] _publicInputs;
    private readonly LoweringTrace _market;
    private readonly Lock _guard = new();

    /// <summary>Takes a batch that has no <see cref="TransitionInputs.Problem"/>.</summary>
    /// <param name="batch">The public inputs of the batch that it is about.</param>
    /// <param name="circuit">Of the batch's rulebook and hash slots.</param>
    /// <exception cref="InvalidOperationException">The batch has a problem.</exception>
    public BookPublicTables(TransitionInputs batch, BookCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(circuit);
        (_batch, _circuit) = (batch, circuit);
        _publicInputs = circuit.CanonicalBytes(batch);
        _market = new LoweringTrace(circuit.Lowering, circuit.Interpreter(batch.Market), [], units: batch.Units);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicInputs => _publicInputs;

    /// <inheritdoc/>
    public int RequiredRows(int table) => Math.Max(_market.RowsOf(table), _circuit.OwnRows(_batch.Depth, _batch.Events.Length, table));

    /// <inheritdoc/>
    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (activeRows < RequiredRows(table)) throw new ArgumentOutOfRangeException(nameof(activeRows), activeRows, $"table {table} needs {RequiredRows(table)} active rows");
        if (phase == 0 && (_circuit.FillOwn(_batch, table, publicColumns) || FillTree(table, publicColumns))) return;
        lock (_guard) _market.FillPublic(table, phase, challenges, publicColumns);
    }

    private bool FillTree(int table, Matrix publicColumns)
    {
        if (table != _circuit.Tree.Table) return false;
        SegmentPublicTables.FillTree(_circuit.Tree, _batch.Depth, _batch.RootBefore, publicColumns);
        return true;
    }
}
