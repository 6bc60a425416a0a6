using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using static Fermat.Statements.Tests.Transitions.TransitionScene;
using static Fermat.Statements.Tests.Waterfall.SharesScene;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>A loss of the insurance fund itself is shared like anybody's, and each lie about whose it is breaks something named.</summary>
public sealed class FundSharesTests
{
    [Fact]
    public void The_funds_own_loss_is_proven_beside_its_batch()
    {
        TransitionBatch batch = Book(FundFails, OfFund(Honest));
        Assert.Null(SharesProver.Check(batch));
        WaterfallOutcome outcome = SharesProver.Prove(batch, Salts);
        Assert.Null(outcome.Refused);
        SharesVerification accepted = SharesStatement.Verify(outcome.Batch!, outcome.Proof);
        Assert.True(accepted.Accepted, $"{accepted.Rejection}");
        Assert.Null(SharesStatement.Wanting(outcome.Batch!, accepted));
        TransitionOutcome transition = TransitionProver.Prove(batch, Salts);
        Assert.Equal(outcome.Batch!.ToCanonicalBytes(), transition.Inputs!.ToCanonicalBytes());
        Assert.True(TransitionStatement.Verify(transition.Inputs, transition.Proof, new TransitionAnchors { InsuranceSlot = Insurance, FeesSlot = Fees }).Accepted);

        // the proof is of this fund, and of this book
        Assert.Equal(StatementRejectionCode.ProofRejected, SharesStatement.Verify(outcome.Batch! with { InsuranceSlot = Erin }, outcome.Proof).Rejection?.Code);
        Assert.Equal(StatementRejectionCode.ProofRejected, SharesStatement.Verify(TransitionProver.InputsOf(Book(Honest), Salts), outcome.Proof).Rejection?.Code);
    }

    [Fact]
    public void It_is_shared_as_the_loss_of_anybody_else()
    {
        Satisfied(Book(FundFails, OfFund(Honest)));
        Satisfied(Book(FundFails, OfFund([Honest[2] with { GoesOn = false }, Honest[1], Honest[0] with { GoesOn = true }])));
        Satisfied(Book(account => Fund(account, "-5000"), OfFund(Of((Alice, 2700), (Bob, 999.999999m), (Dave, 500), (Grace, 0.000001m)))));

        // beside dust, and beside a debt in something else
        Satisfied(Book(account => Beside("ALT", "0.0000054", account), OfFund(Honest)));
        Satisfied(Book(account => Beside("ALT", "-1", account), OfFund(Honest)));

        // where another account has failed too, either loss can come first
        TransitionBatch both = Book(account => account.Contains("insurance", StringComparison.Ordinal) ? FundFails(account) : account, Honest);
        Satisfied(both);
        Satisfied(both with { Events = OfFund(Honest) });
    }

    [Fact]
    public void Who_pays_for_the_fund_is_not_for_the_prover_to_choose()
    {
        // Dave is left out and the others pay for him, one unit is another's, fees and the fund itself pay
        BatchEvent[] two = Paid(Book(account => FundFails(account).Replace("\"500\"", "\"-500\"", StringComparison.Ordinal), OfFund(Honest)));
        Assert.Equal(2, two.Length);
        Breaks("payers", Book(FundFails, two));
        Breaks("payers", Book(FundFails, OfFund(Of((Alice, 128.571428m), (Bob, 47.619049m), (Dave, 23.809523m)))));
        Breaks("payers", Book(FundFails, OfFund([.. Honest, Share(Fees, Insurance, 0.000001m, goesOn: true)])));
        Breaks("payers", Book(FundFails, OfFund([.. Honest, Share(Erin, Insurance, 0.000001m, goesOn: true)])));
        Refused("dave pays nothing and has to pay 2380952300 units", Book(FundFails, OfFund(Honest[..2])));
        TransitionBatch batch = Book(FundFails, OfFund(Honest));
        Breaks("shares the loss", Check(batch, change: traces => Clear(traces, "shares the loss", Dave)));
    }

    /// <summary>Its one balance of the asset is the debt, so it has nothing that it could pay with.</summary>
    [Fact]
    public void The_fund_does_not_pay_for_itself()
    {
        TransitionBatch batch = Book(FundFails, OfFund(Honest));
        foreach ((string column, string constraint) in ((string, string)[])[
            ("shares the loss", "who holds the asset shares the loss, but for the fees account"), ("holds the asset", "holds the asset: both"), ("is positive", "positive is what is neither nothing nor negative"),
            ("pays a unit of the remainder", "pays a unit of the remainder: both")])
            Breaks(constraint, Check(batch, change: traces => traces[Items.Table.Index].Phase(0)[Row(Insurance), Offset(traces, Items, column)] = KoalaBear.One));

        // a fund that has some of the asset owes nothing of it
        Refused("insurance owes nothing of the asset", Book(account => Fund(account, "200"), OfFund(Honest)));
        TransitionBatch has = Book(account => Fund(account, "200"), OfFund(Honest));
        Breaks("what the failing account owes is a debt", has);
        Breaks("the insurance fund has nothing of the asset", has);
        Breaks("debt of the failing account", Check(has, shares => SharesProver.Computed(batch, Sharing, out Dictionary<int, BigInteger> _)));
        // nor where it is bankrupt by what it owes of another
        TransitionBatch other = Book(account => account.Contains("insurance", StringComparison.Ordinal) ? Fund(account, "200").Replace("{ \"asset\": \"USD\"", "{ \"asset\": \"BTC\", \"amount\": \"-1\" }, { \"asset\": \"USD\"", StringComparison.Ordinal) : FundFails(account), OfFund(Honest));
        Breaks("what the failing account owes is a debt", other);
        Breaks("the insurance fund has nothing of the asset", other);
    }

    /// <summary>It cannot owe and have at once: a leaf has each asset once, in rising order.</summary>
    [Fact]
    public void The_fund_has_one_balance_of_the_asset()
    {
        TransitionBatch batch = Book(account => Beside("ALT", "500", account), OfFund(Honest));
        Breaks("rows rise", Check(batch, change: traces =>
        {
            int asset = Offset(traces, Items, "asset");
            Matrix rows = traces[Items.Table.Index].Phase(0);
            Assert.Equal((KoalaBear.Zero, KoalaBear.From(Usd)), (rows[Row(Insurance), asset], rows[Row(Insurance) + 1, asset]));
            rows[Row(Insurance), asset] = KoalaBear.From(Usd);
        }));
    }

    [Fact]
    public void Nobody_else_is_passed_off_as_the_fund_that_failed()
    {
        // Erin's loss as the fund's, and the fund's as Erin's
        Breaks("digest of a share", Check(Book(OfFund(Honest)), said: Book(Honest)));
        Breaks("the failing account is bankrupt", Book(OfFund(Honest)));
        TransitionBatch batch = Book(FundFails, OfFund(Honest));
        Breaks("payers", Check(batch, shares => shares with { Failing = Erin }));
        Breaks("the failing account is bankrupt", Book(FundFails, Honest));

        // both owe, and Erin is paid what the fund owes
        TransitionBatch both = Book(account => account.Contains("insurance", StringComparison.Ordinal) ? FundFails(account).Replace("-200", "-300", StringComparison.Ordinal) : account, Honest);
        TransitionBatch ofFund = both with { Events = OfFund(Honest) };
        ofFund = ofFund with { Events = Paid(ofFund) };
        Satisfied(ofFund);
        TransitionBatch lie = both with { Events = [.. ofFund.Events.Select(share => share with { Second = Erin })] };
        Breaks("payers", lie);
        Breaks("digest of a share", Check(lie, said: ofFund));
        Breaks("no more is shared than is owed", Check(lie, shares => SharesProver.Computed(ofFund, Sharing, out Dictionary<int, BigInteger> _) with { Failing = shares.Failing, Balance = shares.Balance, NetEquity = shares.NetEquity }));
    }

    /// <summary>What the fund has is asked of the leaf that the batch names; that it owes itself, or another does, excuses it nothing.</summary>
    [Fact]
    public void Another_leaf_is_not_the_fund_because_it_fails()
    {
        // the fund has a millionth, and Erin is said to be the fund
        static string HasSome(string account) => account.Contains("insurance", StringComparison.Ordinal) ? Fund(account, "0.000001") : account;
        TransitionBatch batch = Book(HasSome, Honest);
        Breaks("the insurance fund has nothing of the asset", batch);
        Breaks("debt of the failing account", Check(batch, shares => shares with { Insurance = Erin }));
        Breaks("debt of the failing account", Check(batch, said: batch with { InsuranceSlot = Erin }));

        // a batch that names Erin's leaf is another batch: the fund of this one is known
        TransitionBatch named = batch with { InsuranceSlot = Erin };
        named = named with { Events = Paid(named) };
        Satisfied(named);
        TransitionInputs inputs = TransitionProver.InputsOf(named, Salts);
        Assert.Equal(StatementRejectionCode.WrongSnapshot, TransitionStatement.Verify(inputs, default, new TransitionAnchors { InsuranceSlot = Insurance }).Rejection?.Code);
    }

    [Fact]
    public void A_fund_with_something_left_is_not_paid_by_others()
    {
        // a coin and a debt of 64200, and a position
        static string Left(string account) => account.Contains("insurance", StringComparison.Ordinal)
            ? account.Replace("\"BTC\", \"amount\": \"1\" }", "\"BTC\", \"amount\": \"1\" }, { \"asset\": \"USD\", \"amount\": \"-64200\" }", StringComparison.Ordinal) : account.Replace("2700", "99999", StringComparison.Ordinal);
        TransitionBatch batch = Book(Left, OfFund(Honest));
        batch = batch with { Events = Paid(batch) };
        Breaks("the failing account is short of what it owes", batch);
        Refused("insurance has something left", batch);
        TransitionBatch open = Book(account => account.Contains("insurance", StringComparison.Ordinal) ? FundFails(account).Replace("\"positions\": []", "\"positions\": [ { \"instrument\": \"ETH-PERP\", \"size\": \"0.01\", \"cost\": \"31\" } ]", StringComparison.Ordinal) : FundFails(account), OfFund(Honest));
        Breaks("the failing account has no position", open);
        Refused("insurance has a position", open);
    }

    [Fact]
    public void The_fees_account_still_fails_for_nobody()
    {
        TransitionBatch batch = Book(account => account.Replace("\"700\"", "\"-200\"", StringComparison.Ordinal), [.. Honest.Select(share => share with { Second = Fees })]);
        Breaks("the failing account is not the fees account", batch);
        Refused("its losses are not shared", batch);
        // not even where its leaf is the fund's too
        Breaks("the failing account is not the fees account", Book(FundFails, OfFund(Honest)) with { FeesSlot = Insurance });
    }

    /// <summary>The fund that fails has this beside its debt, of an asset that comes before USD.</summary>
    private static string Beside(string asset, string amount, string account) =>
        account.Contains("insurance", StringComparison.Ordinal) ? FundFails(account).Replace("{ \"asset\": \"USD\"", $"{{ \"asset\": \"{asset}\", \"amount\": \"{amount}\" }}, {{ \"asset\": \"USD\"", StringComparison.Ordinal) : FundFails(account);

    /// <summary>The insurance fund has so much USD, and nothing else; Erin has what the fund had.</summary>
    private static string Fund(string account, string usd) => account.Contains("insurance", StringComparison.Ordinal) ? FundFails(account).Replace("-200", usd, StringComparison.Ordinal) : FundFails(account);
}
