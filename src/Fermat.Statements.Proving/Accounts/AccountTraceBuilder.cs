using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Accounts;

namespace Fermat.Statements.Proving.Accounts;

/// <summary>Fills the tables of a statement about one account.</summary>
internal sealed class AccountTraceBuilder : ITraceExtender
{
    private const int Block = LeafSponge.BlockLength;

    private readonly AccountCircuit _circuit;
    private readonly AccountWitness _account;
    private readonly LoweringTrace _witness;

    /// <summary>Prepares to fill traces.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="inputs">The public inputs, without a problem.</param>
    /// <param name="account">The account.</param>
    /// <param name="lie">For tests: a value that is not the honest one.</param>
    public AccountTraceBuilder(AccountCircuit circuit, AccountStatementInputs inputs, AccountWitness account, Lie? lie = null)
    {
        (_circuit, _account) = (circuit, account);
        _witness = new LoweringTrace(circuit.Account.Lowering, circuit.Interpreter(inputs.Market), account.Accounts, lie, threshold: inputs.Threshold);
        ActiveRows = [.. circuit.Circuit.Tables.Select(table => _witness.RowsOf(table.Index))];
        ActiveRows[circuit.Opening.Table] = account.Runs.Sum(run => run.Rows);
        ActiveRows[circuit.Claim.Table] = 1;
        // as many as the rows can look up, so that the table's height says nothing that theirs do not
        ActiveRows[circuit.Range.Table] = circuit.Range.RowsFor(circuit.Circuit.Tables.Sum(table => RangeCounts.LookupsOf(circuit.Range, table, ActiveRows[table.Index])));
    }

    /// <summary>Active rows each table must hold, in circuit order.</summary>
    public int[] ActiveRows { get; }

    /// <summary>The rulebook's rows.</summary>
    public LoweringTrace Witness => _witness;

    /// <summary>Fills phase 0 of all tables; the caller disposes of the traces.</summary>
    public IReadOnlyList<TableTrace> Build(IReadOnlyList<int> logHeights, int tailRows) =>
        StatementTraces.Fill(_circuit.Circuit, logHeights, tailRows, traces =>
        {
            var counts = new RangeCounts();
            _witness.Fill(_circuit.Circuit, traces, counts);
            SolvencyTraceBuilder.FillNonces(_circuit.Account.Nonce, [_account.Nonce], traces[_circuit.Account.Lowering.Lowerer.Account.Table.Index].Phase(0));
            FillOpening(traces[_circuit.Opening.Table]);
            FillClaim(traces[_circuit.Claim.Table].Phase(0).Row(0));
            counts.Fill(_circuit.Range, traces[_circuit.Range.Table]);
        });

    /// <summary>Fills the columns of phase 1 of the rulebook's tables.</summary>
    public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces)
    {
        if (phase == 1) _witness.FillPoints(table, challenges, traces);
    }

    private void FillClaim(Span<KoalaBear> cells)
    {
        ClaimTable claim = _circuit.Claim;
        Expr[][] columns = [claim.Salt, claim.Id, claim.Owner, claim.Secret, claim.Key, claim.Signer];
        for (int i = 0; i < _account.Blocks.Count; i++) _account.Blocks[i].CopyTo(cells[columns[i][0].Offset..]);
    }

    private void FillOpening(TableTrace trace)
    {
        Matrix matrix = trace.Phase(0);
        int row = 0;
        foreach (OpeningRun run in _account.Runs) row = FillRun(matrix, row, run);
        var idle = new KoalaBear[Poseidon16.Cubes];
        Poseidon16.PermuteRecording(new KoalaBear[Poseidon16.Width], idle);
        for (; row < trace.ActiveRows; row++) idle.CopyTo(matrix.Row(row)[_circuit.Opening.Permutation.Cubes[0].Offset..]);
    }

    private int FillRun(Matrix matrix, int row, OpeningRun run)
    {
        OpeningTable opening = _circuit.Opening;
        Span<KoalaBear> state = stackalloc KoalaBear[Poseidon16.Width], digest = stackalloc KoalaBear[Block];
        LeafSponge.Iv.AsSpan().CopyTo(state[Block..]);
        int steps = run.Blocks.Length / Block;
        for (int step = 0; step < steps; step++, row++)
        {
            Span<KoalaBear> cells = matrix.Row(row);
            run.Blocks.AsSpan(Block * step, Block).CopyTo(state);
            Permute(cells, state, digest);
            Expr role = step switch { 0 => opening.Salt, 1 => opening.Id, 2 => opening.Owner, _ => opening.Body };
            cells[role.Offset] = KoalaBear.One;
            cells[opening.Step.Offset] = KoalaBear.From(step);
            cells[opening.Tag.Offset] = KoalaBear.From(run.Tag);
            if (run.Tag != 0) cells[opening.IsTag.Offset] = KoalaBear.One;
        }
        for (int level = 1; level <= run.Path.Count; level++, row++)
        {
            Span<KoalaBear> cells = matrix.Row(row);
            bool right = (run.Index >> (level - 1) & 1) == 1;
            digest.CopyTo(state[(right ? Block : 0)..]);
            if (!run.Path[level - 1].TryToFields(state[(right ? 0 : Block)..])) throw new InvalidOperationException("a digest of the path is not made of field elements");
            state[^1] += StateTreeHash.NodeTag + KoalaBear.From(level);
            Permute(cells, state, digest);
            cells[opening.Node.Offset] = KoalaBear.One;
            cells[opening.Level.Offset] = KoalaBear.From(level);
            if (right) cells[opening.IsRight.Offset] = KoalaBear.One;
        }
        matrix.Row(row - 1)[opening.Last.Offset] = KoalaBear.One;
        return row;
    }

    /// <summary>Writes a permutation's cells; the state becomes what comes out, the digest that and what went in.</summary>
    private void Permute(Span<KoalaBear> cells, Span<KoalaBear> state, Span<KoalaBear> digest)
    {
        PoseidonRow row = _circuit.Opening.Permutation;
        state.CopyTo(cells[row.Input[0].Offset..]);
        state[..Block].CopyTo(digest);
        Poseidon16.PermuteRecording(state, cells.Slice(row.Cubes[0].Offset, Poseidon16.Cubes));
        for (int i = 0; i < Block; i++) digest[i] += state[i];
    }
}
