using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Lowering;
using Fermat.Stark;

namespace Fermat.Statements.Accounts;

/// <summary>The public columns of a statement about one account, computed from the public inputs by prover and verifier alike.</summary>
public sealed class AccountPublicTables : IPublicTables
{
    private readonly AccountStatementInputs inputs;
    private readonly AccountCircuit circuit;
    private readonly byte[] publicInputs;
    private readonly LoweringTrace market;
    private readonly Lock guard = new();

    /// <summary>Takes inputs that have no <see cref="AccountStatementInputs.Problem"/>.</summary>
    /// <param name="inputs">The public inputs.</param>
    /// <param name="circuit">Of the inputs' rulebook and kind.</param>
    /// <exception cref="InvalidOperationException">The inputs have a problem.</exception>
    public AccountPublicTables(AccountStatementInputs inputs, AccountCircuit circuit)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(circuit);
        (this.inputs, this.circuit) = (inputs, circuit);
        publicInputs = inputs.ToCanonicalBytes();
        market = new LoweringTrace(circuit.Account.Lowering, circuit.Interpreter(inputs.Market), []);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<byte> PublicInputs => publicInputs;

    private int Accounts => circuit.Account.Lowering.Lowerer.Account.Table.Index;

    /// <inheritdoc/>
    public int RequiredRows(int table) => Math.Max(market.RowsOf(table), table == circuit.Claim.Table || table == Accounts ? 1 : 0);

    /// <inheritdoc/>
    public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
    {
        if (activeRows < RequiredRows(table)) throw new ArgumentOutOfRangeException(nameof(activeRows), activeRows, $"table {table} needs {RequiredRows(table)} active rows");
        if (table == circuit.Claim.Table)
        {
            if (phase == 0) FillClaim(publicColumns.Row(0));
        }
        else if (table == Accounts)
        {
            if (phase != 0) return;
            long[] threshold = inputs.Threshold;
            for (int i = 0; i < threshold.Length; i++) publicColumns[0, circuit.Account.Threshold[i].Offset] = KoalaBear.From(threshold[i]);
        }
        else
        {
            lock (guard) market.FillPublic(table, phase, challenges, publicColumns);
        }
    }

    private void FillClaim(Span<KoalaBear> cells)
    {
        ClaimTable columns = circuit.Claim;
        (Digest shown, KoalaBear[] given) = inputs.Shown;
        cells[columns.Used.Offset] = KoalaBear.One;
        cells[columns.Depth.Offset] = KoalaBear.From(inputs.Depth);
        Write(inputs.StateRoot, cells[columns.Root[0].Offset..]);
        Write(shown, cells[columns.Shown[0].Offset..]);
        given.CopyTo(cells[columns.Given[0].Offset..]);
    }

    private static void Write(Digest digest, Span<KoalaBear> into)
    {
        if (!digest.TryToFields(into)) throw new InvalidOperationException("a digest is not made of canonical field elements");
    }
}
