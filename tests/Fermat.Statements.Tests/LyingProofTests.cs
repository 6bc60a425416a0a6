using Fermat.Air;
using Fermat.Algebra;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests;

/// <summary>Lying provers carried through to real proofs, made without the prover's own checks: the verifier rejects them.</summary>
public sealed class LyingProofTests
{
    private const int Bits = 20;

    [Fact]
    public void The_truth_told_the_same_way_is_accepted() => Assert.True(Told(_ => { }).Accepted);

    [Fact]
    public void A_dropped_account_is_rejected() => Rejected(RejectionCode.BusSumsNotZero, witness =>
    {
        witness.Items.RemoveAll(item => item.Leaf == 1);
        witness.Accounts.RemoveAll(account => account.Leaf == 1);
    });

    [Fact]
    public void A_duplicated_account_is_rejected() => Rejected(RejectionCode.BusSumsNotZero, witness => witness.Accounts.Add(witness.Accounts[0]));

    [Fact]
    public void A_hidden_negative_balance_is_rejected() =>
        Rejected(RejectionCode.BusSumsNotZero, _ => { }, c => new Lie(c.Accounts.Table, c.Accounts.Net.Sign.ColumnInfo, Row: 2, _ => 0));

    [Fact]
    public void A_skipped_tier_is_rejected() =>
        Rejected(RejectionCode.BusSumsNotZero, witness => witness.Items[2] = witness.Items[2] with { IntervalShift = -1 });

    [Fact]
    public void A_sum_off_by_one_is_rejected() =>
        Rejected(RejectionCode.BusSumsNotZero, _ => { }, c => new Lie(c.Totals.Table, c.Totals.After[0].ColumnInfo, Row: 2, honest => honest ^ 1));

    [Fact]
    public void A_broken_constraint_is_rejected() =>
        Rejected(RejectionCode.ConstraintsNotSatisfied, _ => { }, c => new Lie(c.Items.Table, c.Items.Gap.ColumnInfo, Row: 0, honest => honest + 1));

    private static void Rejected(RejectionCode code, Action<Witness> change, Func<SolvencyCircuit, Lie>? lie = null)
    {
        SolvencyVerification result = Told(change, lie);
        Assert.False(result.Accepted);
        Assert.Equal(StatementRejectionCode.ProofRejected, result.Rejection!.Code);
        Assert.Equal(code, result.Proof!.Rejection!.Code);
    }

    private static SolvencyVerification Told(Action<Witness> change, Func<SolvencyCircuit, Lie>? lie = null)
    {
        using Scene small = Scene.Of(SampleBooks.Tiny());
        CircuitShape shape = CircuitShape.Of(small.Circuit.Circuit, small.LogHeights);
        (ProofOptions options, shape) = Profiles.Fit(ProofProfile.Fast, Bits, shape, small.ActiveRows);
        using Scene scene = small.ForProof(options.TailRows, shape.LogHeights);
        Witness witness = Witness.Of(scene);
        change(witness);
        IReadOnlyList<TableTrace> traces = WitnessFiller.Fill(scene, witness, lie?.Invoke(scene.Circuit));
        var context = new ProverContext { SkipSelfChecks = true, Seed = new byte[32] };
        byte[] proof = Prover.Prove(scene.Circuit.Circuit, traces, scene.Publics, new Extender(scene, witness), options, context);
        return SolvencyStatement.Verify(scene.Inputs, SolvencyProofFile.Write([proof]), SolvencyAnchors.None, new VerifierPolicy(MinimumProvenBits: Bits));
    }

    private sealed class Extender(Scene scene, Witness witness) : ITraceExtender
    {
        public void FillPhase(int phase, int table, ReadOnlySpan<Quintic> challenges, IReadOnlyList<TableTrace> traces) =>
            WitnessFiller.FillItemsAt(challenges[0], scene, witness, traces);
    }
}
