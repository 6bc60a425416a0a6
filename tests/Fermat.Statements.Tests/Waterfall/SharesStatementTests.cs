using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules;
using Fermat.Rules.Core;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Accounts;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Tests.Transitions;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using static Fermat.Statements.Tests.Transitions.TransitionScene;
using static Fermat.Statements.Tests.Waterfall.SharesScene;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>How a loss is shared: what is as it has to be is proven and verified.</summary>
public sealed class SharesStatementTests
{
    /// <summary>What is wanting of a loss without a proof of shares.</summary>
    internal static StatementRejection? OnItsWord() => SharesStatement.Wanting(TransitionProver.InputsOf(Book(Honest), Salts), null);

    [Fact]
    public void The_shares_of_a_loss_are_proven_and_verified()
    {
        TransitionBatch batch = Book(Honest);
        WaterfallOutcome outcome = SharesProver.Prove(batch, Salts);
        Assert.Null(outcome.Refused);
        TransitionInputs inputs = outcome.Batch!;
        Assert.Equal(TransitionProver.InputsOf(batch, Salts).ToCanonicalBytes(), inputs.ToCanonicalBytes());
        SharesVerification accepted = SharesStatement.Verify(inputs, outcome.Proof);
        Assert.True(accepted.Accepted, $"{accepted.Rejection}");
        Assert.True(accepted.ProvenBits >= 100);
        Assert.Null(SharesStatement.Wanting(inputs, accepted));
        Assert.Equal(StatementRejectionCode.NotProven, SharesStatement.Wanting(inputs, SharesStatement.Verify(inputs, outcome.Proof[..^1]))?.Code);

        // another batch: of other or fewer rows, from another book, with another insurance fund
        foreach (TransitionInputs other in (TransitionInputs[])[
            inputs with { Events = inputs.Events.SetItem(0, inputs.Events[1]) }, inputs with { Events = inputs.Events[..2], Classes = inputs.Classes[..2] }, inputs with { RootBefore = inputs.RootAfter }, inputs with { RootAfter = inputs.RootBefore },
            inputs with { Height = 101 }, inputs with { InsuranceSlot = Bob }, inputs with { FeesSlot = Alice }, TransitionProver.InputsOf(Book(Of((Alice, 200))), Salts),
            inputs with { Units = inputs.Units with { Amounts = inputs.Units.Amounts.SetItem(Usd, 1) } }])
            Assert.Equal(StatementRejectionCode.ProofRejected, SharesStatement.Verify(other, outcome.Proof).Rejection?.Code);
        Rejected(StatementRejectionCode.WrongClaim, inputs with { Classes = inputs.Classes.SetItem(1, EventClass.Ordinary) }, outcome.Proof);
        Rejected(StatementRejectionCode.WrongClaim, inputs with { LogEvents = 2 }, outcome.Proof);
        Rejected(StatementRejectionCode.OutOfRange, inputs with { HashSlots = 0 }, outcome.Proof);
        Rejected(StatementRejectionCode.ProofRejected, inputs, outcome.Proof[..^1]);
        Rejected(StatementRejectionCode.ProofRejected, inputs, []);
    }

    [Fact]
    public void Shares_that_are_as_they_have_to_be_satisfy_the_circuit()
    {
        Satisfied(Book(Honest));
        Satisfied(Book([Honest[2] with { GoesOn = false }, Honest[1], Honest[0] with { GoesOn = true }]));

        // of twice the loss rounding leaves one unit
        Satisfied(Book(account => account.Replace("-200", "-400", StringComparison.Ordinal), Of((Alice, 257.142858m), (Bob, 95.238095m), (Dave, 47.619047m))));
    }

    [Fact]
    public void A_unit_of_the_remainder_carries_into_the_next_digit()
    {
        // 511 millionths over 511, 512 and 1: 255 each of the first two, and one more of Alice
        static string Few(string account) => account.Replace("2700", "0.000511", StringComparison.Ordinal).Replace("999.999999", "0.000512", StringComparison.Ordinal).Replace("\"500\"", "\"-500\"", StringComparison.Ordinal).Replace("-200", "-0.000511", StringComparison.Ordinal);
        Satisfied(Book(Few, Of((Alice, 0.000256m), (Bob, 0.000255m))));
        Breaks("payers", Book(Few, Of((Alice, 0.000255m), (Bob, 0.000256m))));
    }

    [Fact]
    public void Who_has_the_least_pays_the_remainder_where_it_comes_first()
    {
        // of two millionths that are owed rounding leaves one, and Alice, who is first, pays it: beside a whole share, or with all that she has
        Satisfied(Book(account => account.Replace("-200", "-0.000002", StringComparison.Ordinal), Of((Alice, 0.000002m))));
        Satisfied(Book(account => account.Replace("-200", "-0.000002", StringComparison.Ordinal).Replace("2700", "0.000001", StringComparison.Ordinal), Of((Alice, 0.000001m), (Bob, 0.000001m))));
    }

    [Fact]
    public void Where_the_holders_have_less_than_is_owed_each_pays_all()
    {
        TransitionBatch batch = Book(account => account.Replace("-200", "-5000", StringComparison.Ordinal), Of((Alice, 2700), (Bob, 999.999999m), (Dave, 500), (Grace, 0.000001m)));
        Satisfied(batch);
        Breaks("payers", batch with { Events = batch.Events.Take(3).ToArray() });

        // and where they have exactly that
        Satisfied(Book(account => account.Replace("-200", "-4200", StringComparison.Ordinal), Of((Alice, 2700), (Bob, 999.999999m), (Dave, 500), (Grace, 0.000001m))));
    }

    [Fact]
    public void A_ledger_that_counts_in_units_of_the_rulebook_has_finer_shares()
    {
        TransitionBatch batch = Counted(Book(Of((Alice, 128.57142858m), (Bob, 47.61904758m), (Dave, 23.8095238m), (Grace, 0.00000004m))), 1);
        Assert.Null(SharesProver.Check(batch));
        Satisfied(batch);
        Breaks("payers", Counted(Book(Honest), 1));
    }

    [Fact]
    public void Dust_keeps_no_loss_from_being_shared()
    {
        // as much as is worth less than a millionth of a dollar for each balance of the account; its net equity is in millionths, rounded down
        Satisfied(Book(account => Beside("ALT", "0.00000001", account), Honest));
        Satisfied(Book(account => Beside("ALT", "0.0000054", account), Honest));
        TransitionBatch more = Book(account => Beside("ALT", "0.00000541", account), Honest);
        Breaks("the failing account is short of what it owes", more);
        Breaks("failing account", Check(more, shares => shares with { Held = shares.Held + 1 }));
    }

    [Theory]
    [InlineData(1, "46116860184.27387903", "92233720368.54775807", "92233720368.54775806", "0.00000001")]
    [InlineData(1, "92233720368.54775807", "92233720368.54775807", "92233720368.54775807", "92233720368.54775807")]
    [InlineData(1, "0.00000001", "92233720368.54775807", "92233720368.54775807", "92233720368.54775807")]
    [InlineData(1, "92233720368.54775807", "0.00000001", "0.00000001", "-0.00000001")]
    [InlineData(1, "92233720368.54775807", "0.00000001", "-92233720368.54775807", "-92233720368.54775807")]
    [InlineData(1_000_000_000_000_000_000, "20000000000", "90000000000", "10000000000", "80000000000")]
    [InlineData(1_000_000_000_000_000_000, "90000000000", "10000000000", "10000000000", "10000000000")]
    public void The_largest_and_the_least_amounts_can_be_shared(long unit, string debt, params string[] balances)
    {
        TransitionBatch batch = Counted(Book(account => account.Replace("-200", $"-{debt}", StringComparison.Ordinal).Replace("2700", balances[0], StringComparison.Ordinal).Replace("999.999999", balances[1], StringComparison.Ordinal)
            .Replace("\"500\"", $"\"{balances[2]}\"", StringComparison.Ordinal).Replace("0.000001", "-10000000000", StringComparison.Ordinal).Replace("\"-50\"", "\"-10000000000\"", StringComparison.Ordinal), Honest), unit);
        Satisfied(batch with { Events = Paid(batch) });
    }

    [Fact]
    public void A_prover_is_told_who_has_to_pay_what()
    {
        Refused("alice pays 12857142800 units and has to pay 12857142900", Book(Of((Alice, 128.571428m), (Bob, 47.619049m), (Dave, 23.809523m))));
        Refused("dave pays nothing and has to pay 2380952300 units", Book(Honest[..2]));
        Refused("frank pays 100 units and has to pay 0", Book([.. Honest, Share(Frank, Erin, 0.000001m, goesOn: true)]));
        Refused("not one socialized loss", Book([.. Honest, Deposit(Bob, 1)]));
        Refused("carol is not bankrupt", Book(Share(Alice, Carol, 50)));
        Refused("the insurance fund has some of the asset", Book(account => account.Replace("\"BTC\", \"amount\": \"1\" }", "\"USD\", \"amount\": \"1\" }", StringComparison.Ordinal), Honest));
        Refused("grace has a part of that", Book(account => account.Replace("0.000001", "0.0000011", StringComparison.Ordinal), Honest));
        Assert.Contains("alice pays", SharesProver.Prove(Book(Of((Alice, 128.571428m), (Bob, 47.619049m), (Dave, 23.809523m))), Salts).Refused!.Message, StringComparison.Ordinal);
    }

    /// <summary>Under a clearing house's rules those who gained in a settlement bear what it left unpaid: shares by balances are not what has to be.</summary>
    [Fact]
    public void Where_losses_are_borne_by_gains_shares_by_balances_are_no_proof()
    {
        TransitionBatch honest = Book(Honest) with { Rulebook = Clearing("false") };
        Assert.Null(SharesProver.Check(honest));
        byte[] proof = SharesProver.Prove(honest, Salts).Proof;
        Assert.True(SharesStatement.Verify(TransitionProver.InputsOf(honest, Salts), proof).Accepted);
        foreach (string flag in (string[])["true", "close_share > 0"])
        {
            TransitionBatch batch = honest with { Rulebook = Clearing(flag) };
            Assert.Contains("liquidation.clearing", Assert.Throws<CoreException>(() => SharesProver.Check(batch)).Message, StringComparison.Ordinal);
            if (flag == "true") Rejected(StatementRejectionCode.WrongRulebook, TransitionProver.InputsOf(batch, Salts), proof);        // the other T refuses, whatever the loss is
        }

        static VenueRulebook Clearing(string flag)
        {
            string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_perps.risk"));
            Assert.Contains("liquidation {\n", text, StringComparison.Ordinal);
            return VenueRulebook.Of(RulebookCompiler.Compile(text.Replace("liquidation {\n", $"liquidation {{\n  clearing = {flag}\n", StringComparison.Ordinal), "clearing.risk"))!;
        }
    }

    private static void Rejected(StatementRejectionCode code, TransitionInputs inputs, byte[] proof) => Assert.Equal(code, SharesStatement.Verify(inputs, proof).Rejection?.Code);
}
