using Fermat.Algebra;
using Fermat.Stark;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Lying provers carried through to real proofs, made without the prover's own checks: the verifier rejects them.</summary>
public sealed class LyingProofTests
{
    private static readonly SolvencyScene Scene = SolvencyScene.Of(SolvencyScene.UnderExchangeSample(SampleBooks.Tiny()));
    private static readonly SegmentChain Chain = SegmentChain.Of(Scene);

    [Fact]
    public void The_truth_told_the_same_way_is_accepted() => Assert.True(Told(_ => { }).Accepted);

    [Fact]
    public void A_dropped_account_is_rejected() => Rejected(RejectionCode.BusSumsNotZero, witness => witness.Accounts.RemoveAt(1));

    [Fact]
    public void A_duplicated_account_is_rejected() => Rejected(RejectionCode.BusSumsNotZero, witness => witness.Accounts.Add(witness.Accounts[0]));

    [Fact]
    public void A_hidden_debt_is_rejected() => Rejected(RejectionCode.BusSumsNotZero, witness =>
        witness.Accounts[2] = witness.Accounts[2] with { Items = [[witness.Accounts[2].Items[0][0].SetItem(2, 0), .. witness.Accounts[2].Items[0][1..]]] });

    [Fact]
    public void A_leaf_that_is_not_under_the_root_is_rejected() => Rejected(RejectionCode.BusSumsNotZero, witness =>
    {
        witness.Accounts.RemoveAt(3);
        witness.Leaves.RemoveAt(3);
        witness.Empties.Add(0, 3);
    });

    [Fact]
    public void A_sum_off_by_one_is_rejected() => Rejected(RejectionCode.BusSumsNotZero, witness => witness.AddedAfter[2] = 1);

    /// <summary>A row that offers no empty subtree and takes nothing puts nothing on a bus, whatever its index is.</summary>
    [Fact]
    public void A_broken_constraint_is_rejected() => Rejected(RejectionCode.ConstraintsNotSatisfied, witness => witness.Change = traces =>
        traces[Scene.Circuit.Tree.Table].Phase(0)[Scene.Tree.Depth + 4, Scene.Circuit.Tree.Index.Offset] = KoalaBear.One);

    private static void Rejected(RejectionCode code, Action<SegmentWitness> change)
    {
        SolvencyVerification result = Told(change);
        Assert.False(result.Accepted);
        Assert.Equal(StatementRejectionCode.ProofRejected, result.Rejection!.Code);
        Assert.Equal(code, result.Proof!.Rejection!.Code);
    }

    private static SolvencyVerification Told(Action<SegmentWitness> change)
    {
        var witness = new SegmentWitness(Chain, 0);
        change(witness);
        return LyingProof.Verify(Chain, witness);
    }
}
