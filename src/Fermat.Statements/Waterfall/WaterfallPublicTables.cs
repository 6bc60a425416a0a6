using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>The public columns of statement W, computed from the batch's public inputs by prover and verifier alike.</summary>
public sealed class WaterfallPublicTables : IPublicTables
{
    private readonly TransitionInputs _batch;
    private readonly WaterfallCircuit _circuit;
    private readonly byte[] _publicInputs;
    private readonly LoweringTrace _market;
    private readonly Lock _guard = new();

    /// <summary>Takes a batch that has no <see cref="TransitionInputs.Problem"/>.</summary>
    /// <param name="batch">The public inputs of the batch whose first event it is about.</param>
    /// <param name="circuit">Of the batch's rulebook and hash slots.</param>
    /// <exception cref="InvalidOperationException">The batch has a problem.</exception>
    public WaterfallPublicTables(TransitionInputs batch, WaterfallCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(circuit);
        (_batch, _circuit) = (batch, circuit);
        _publicInputs = WaterfallStatement.CanonicalBytes(batch);
        _market = new LoweringTrace(circuit.Order.Lowering, circuit.Interpreter(batch.Market), []);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicInputs => _publicInputs;

    /// <inheritdoc/>
    public int RequiredRows(int table) => Math.Max(_market.RowsOf(table), _circuit.OwnRows(_batch.Depth, table));

    /// <inheritdoc/>
    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (activeRows < RequiredRows(table)) throw new ArgumentOutOfRangeException(nameof(activeRows), activeRows, $"table {table} needs {RequiredRows(table)} active rows");
        if (table == _circuit.Turn.Table)
        {
            if (phase == 0) FillTurn(publicColumns.Row(0));
        }
        else if (table == _circuit.Tree.Table)
        {
            if (phase == 0) SegmentPublicTables.FillTree(_circuit.Tree, _batch.Depth, _batch.RootBefore, publicColumns);
        }
        else
        {
            lock (_guard) _market.FillPublic(table, phase, challenges, publicColumns);
        }
    }

    private void FillTurn(Span<KoalaBear> cells)
    {
        TurnTable turn = _circuit.Turn;
        cells[turn.Used.Offset] = KoalaBear.One;
        cells[turn.FeesSlot.Offset] = KoalaBear.From(_batch.FeesSlot);
        cells[turn.InsuranceSlot.Offset] = KoalaBear.From(_batch.InsuranceSlot);
        if (!_batch.Events[0].TryToFields(cells[turn.Digest[0].Offset..])) throw new InvalidOperationException("a digest is not made of canonical field elements");
    }
}
