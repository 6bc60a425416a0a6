using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>The public columns of statement D, computed from the batch's public inputs by prover and verifier alike.</summary>
public sealed class SharesPublicTables : IPublicTables
{
    private readonly TransitionInputs _batch;
    private readonly SharesCircuit _circuit;
    private readonly byte[] _publicInputs;
    private readonly LoweringTrace _market;
    private readonly Lock _guard = new();

    /// <summary>Takes a batch that has no <see cref="TransitionInputs.Problem"/>.</summary>
    /// <param name="batch">The public inputs of the batch that is the loss.</param>
    /// <param name="circuit">Of the batch's rulebook and hash slots.</param>
    /// <exception cref="InvalidOperationException">The batch has a problem.</exception>
    public SharesPublicTables(TransitionInputs batch, SharesCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ArgumentNullException.ThrowIfNull(circuit);
        (_batch, _circuit) = (batch, circuit);
        _publicInputs = SharesStatement.CanonicalBytes(batch);
        _market = new LoweringTrace(circuit.Book.Lowering, circuit.Interpreter(batch.Market), [], units: batch.Units);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicInputs => _publicInputs;

    /// <inheritdoc/>
    public int RequiredRows(int table) => Math.Max(_market.RowsOf(table), _circuit.OwnRows(_batch.Depth, _batch.Events.Length, table));

    /// <inheritdoc/>
    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (activeRows < RequiredRows(table)) throw new ArgumentOutOfRangeException(nameof(activeRows), activeRows, $"table {table} needs {RequiredRows(table)} active rows");
        if (table == _circuit.Book.Loss.Table)
        {
            if (phase == 0) FillLoss(publicColumns.Row(0));
        }
        else if (table == _circuit.Shares.Table)
        {
            if (phase == 0) FillShares(publicColumns);
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

    private void FillLoss(Span<KoalaBear> cells)
    {
        LossRow loss = _circuit.Book.Loss;
        cells[loss.Used.Offset] = KoalaBear.One;
        cells[loss.FeesSlot.Offset] = KoalaBear.From(_batch.FeesSlot);
        cells[loss.InsuranceSlot.Offset] = KoalaBear.From(_batch.InsuranceSlot);
    }

    private void FillShares(Matrix into)
    {
        ShareTable shares = _circuit.Shares;
        for (int i = 0; i < _batch.Events.Length; i++)
        {
            Span<KoalaBear> cells = into.Row(i);
            cells[shares.Used.Offset] = KoalaBear.One;
            cells[shares.Index.Offset] = KoalaBear.From(i + 1);
            if (!_batch.Events[i].TryToFields(cells[shares.Digest[0].Offset..])) throw new InvalidOperationException("a digest is not made of canonical field elements");
        }
    }
}
