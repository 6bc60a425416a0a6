using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Stark;

namespace Fermat.Rules.Tests.Lowering;

/// <summary>A lowered rulebook proven and verified for real.</summary>
public sealed class ProveTests
{
    private static readonly ProofOptions Options = new(CommitmentHash.Blake3, 2, 8, 0, 3, 4, TailRows: 64);

    [Fact]
    public void Cross_margin_is_proven_and_verified_and_other_market_data_are_not()
    {
        CoreRulebook rulebook = SampleTests.Compile(Samples.CrossTiered);
        RuleInputs inputs = SampleTests.Read(rulebook);
        var bench = new LoweringBench(rulebook);
        (byte[] proof, VerifyingKey key) = Proven(bench, inputs.Market!, inputs.Accounts);

        MarketData other = inputs.Market! with { Parameters = inputs.Market!.Parameters.SetItem(0, new FieldValue(2000)) };
        LoweringTrace others = bench.Fill(other, inputs.Accounts, Options.TailRows).Witness;
        Assert.NotNull(Verifier.Verify(bench.Circuit, key, new Publics(bench, others), proof, new VerifierPolicy(MinimumProvenBits: 0)).Rejection);
    }

    /// <summary>The proof of some accounts under a rulebook alone, verified.</summary>
    internal static (byte[] Proof, VerifyingKey Key) Proven(LoweringBench bench, MarketData market, IReadOnlyList<AccountData> accounts)
    {
        (TableTrace[] traces, LoweringTrace witness) = bench.Fill(market, accounts, Options.TailRows);
        int[] heights = [.. traces.Select(trace => trace.LogHeight)];
        byte[] proof = Prover.Prove(bench.Circuit, traces, new Publics(bench, witness), new Extender(witness), Options);
        foreach (TableTrace trace in traces) trace.Dispose();
        VerifyingKey key = VerifyingKey.Compile(bench.Circuit, Options, heights);
        Assert.Null(Verifier.Verify(bench.Circuit, key, new Publics(bench, witness), proof, new VerifierPolicy(MinimumProvenBits: 0)).Rejection);
        return (proof, key);
    }

    private sealed class Publics(LoweringBench bench, LoweringTrace witness) : IPublicTables
    {
        public ReadOnlySpan<byte> PublicInputs => "lowering test"u8;

        public int RequiredRows(int table) => bench.Circuit.Tables[table].PublicWidth > 0 ? witness.RowsOf(table) : 0;

        public void Fill(int table, int phase, int activeRows, ReadOnlySpan<Quintic> challenges, Matrix publicColumns)
        {
            if (phase < 2) witness.FillPublic(table, phase, challenges, publicColumns);
        }
    }

    private sealed class Extender(LoweringTrace witness) : ITraceExtender
    {
        public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces) =>
            witness.FillPoints(table, challenges, traces);
    }
}
