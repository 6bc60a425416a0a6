using Fermat.Air;
using Fermat.Algebra;
using Fermat.Benchmarks;
using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>The latency benchmark proves what it says: an account of a tree whose weighted balances are not negative.</summary>
public class HealthTests
{
    private const int LogHeight = 9;

    private static readonly HealthCircuit Health = new();
    private static readonly ProofOptions Options = new(CommitmentHash.Blake3, 2, 8, 0, 3, 4, TailRows: 64);
    private static readonly uint[] Claims = [1000, 900_000_000, 3, 0, 50_000, 7, uint.MaxValue, 1];
    private static readonly uint[] Debts = [1001, 990_000_000, 4, 1, 60_000, 9, uint.MaxValue, 2];

    public static TheoryData<long[]> Solvent => new()
    {
        new long[] { 5, 0, 0, 0, 0, 0, 0, 0 },
        new long[] { 1001, 0, 0, 0, 0, 0, 0, -500_500 }, // 1,001,000 − 1,001,000: exactly nothing
        new long[] { long.MaxValue, 12, -345, 6, -789, long.MaxValue, -17, long.MinValue + 1 },
    };

    [Theory]
    [MemberData(nameof(Solvent))]
    public void Solvent_account_satisfies_the_circuit_and_is_accepted(long[] balances)
    {
        var account = new HealthAccount(balances, Claims, Debts);
        Assert.True(account.Margin.Sign >= 0);
        TableTrace[] traces = Traces(account);
        CheckReport report = Check(traces, account);
        Assert.True(report.IsSatisfied, report.ToString());
        byte[] proof = Prover.Prove(Health.Circuit, traces, account, null, Options);
        Assert.Null(Verify(account, proof).Rejection);
    }

    [Fact]
    public void Account_that_lacks_one_unit_satisfies_no_margin()
    {
        var account = new HealthAccount([1001, 0, -1, 0, 0, 0, 0, -500_499], Claims, Debts);
        Assert.Equal(-2, account.Margin);
        byte[] proof = Prover.Prove(Health.Circuit, Traces(account), account, null, Options, new ProverContext { SkipSelfChecks = true });
        Assert.Equal(RejectionCode.ConstraintsNotSatisfied, Verify(account, proof).Rejection!.Code);
    }

    [Fact]
    public void Account_of_another_root_is_rejected()
    {
        var account = new HealthAccount([5, 0, 0, 0, 0, 0, 0, 0], Claims, Debts);
        TableTrace[] traces = Traces(account);
        account.Root[3] += KoalaBear.One;
        byte[] proof = Prover.Prove(Health.Circuit, traces, account, null, Options, new ProverContext { SkipSelfChecks = true });
        Assert.Equal(RejectionCode.ConstraintsNotSatisfied, Verify(account, proof).Rejection!.Code);
    }

    /// <summary>Every cell of the rows that say something: changed by one, some constraint or message notices.</summary>
    [Fact]
    public void Every_cell_of_the_account_is_constrained()
    {
        var account = new HealthAccount([12345, 12, -345, 6, -789, 10, 17, -1], Claims, Debts);
        TableTrace[] traces = Traces(account);
        FillPublics(traces, account);
        var mutator = new CellMutator(Health.Circuit, traces, []);
        for (int row = 0; row < HealthCircuit.RootRow; row++)
        {
            for (int column = 0; column < Health.Right.Offset; column++) Notices(0, row, column);
        }

        for (int row = 0; row < HealthCircuit.Assets; row++)
        {
            for (int column = 0; column <= Health.MarginCarryHigh[^1].Offset; column++) Notices(1, row, column); // behind them is what blinds the bus sums
        }

        void Notices(int table, int row, int column) => Assert.False(
            mutator.Try(table, 0, row, column, traces[table].Phase(0)[row, column] + KoalaBear.One).IsSatisfied, $"table {table}, row {row}, column {column}");
    }

    private static TableTrace[] Traces(HealthAccount account) => HealthTrace.Fill(Health, account, LogHeight, Options.TailRows);

    private static CheckReport Check(TableTrace[] traces, HealthAccount account)
    {
        FillPublics(traces, account);
        return ConstraintChecker.Check(Health.Circuit, traces, []);
    }

    private static void FillPublics(TableTrace[] traces, HealthAccount account)
    {
        foreach (TableTrace trace in traces.Where(t => t.Public is not null)) account.Fill(trace.Table.Index, 0, trace.ActiveRows, [], trace.Public!);
    }

    private static VerificationResult Verify(HealthAccount account, byte[] proof) => Verifier.Verify(
        Health.Circuit, VerifyingKey.Compile(Health.Circuit, Options, [LogHeight, LogHeight, LogHeight]), account, proof, new VerifierPolicy(MinimumProvenBits: 0));
}
