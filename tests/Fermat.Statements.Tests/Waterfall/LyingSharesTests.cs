using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules;
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

/// <summary>How a loss is shared: each lie breaks something named.</summary>
public sealed class LyingSharesTests
{
    private const long Tens = 1_000_000_000;

    [Fact]
    public void No_share_is_up_by_one_and_another_down()
    {
        TransitionBatch batch = Book(Of((Alice, 128.571428m), (Bob, 47.619049m), (Dave, 23.809523m)));
        Breaks("payers", batch);
        foreach (int change in (int[])[1, -1])
        {
            // the prover says so in the book too, and everything after it follows
            CheckReport report = Check(batch, lie: new Lie(Items, Sharing.Book.WholeUnits.Slot, Row(Bob), value => value is BigInteger whole ? whole + change : value));
            Breaks("share: rounded", report);
        }
    }

    [Fact]
    public void The_remainder_is_nobody_elses()
    {
        // the units of Alice and Bob are Bob's and Dave's, or Alice's and Dave's
        foreach (BatchEvent[] shares in (BatchEvent[][])[Of((Alice, 128.571428m), (Bob, 47.619048m), (Dave, 23.809524m)), Of((Alice, 128.571429m), (Bob, 47.619047m), (Dave, 23.809524m))])
        {
            TransitionBatch batch = Book(shares);
            Breaks("payers", batch);
            int without = shares[0].SecondCash == Units(128.571428m) ? Alice : Bob;
            CheckReport report = Check(batch, change: traces =>
            {
                foreach (string column in (string[])["a unit is left", "pays a unit of the remainder"])
                {
                    traces[Items.Table.Index].Phase(0)[Row(without), Offset(traces, Items, column)] = KoalaBear.Zero;
                    traces[Items.Table.Index].Phase(0)[Row(Dave), Offset(traces, Items, column)] = KoalaBear.One;
                }
            });
            Breaks("who comes later has no unit that is not left", report);
        }
    }

    [Fact]
    public void The_remainder_is_all_of_what_rounding_leaves()
    {
        // one unit of two, or three
        Breaks("shares of the holders", Check(Book(Of((Alice, 128.571429m), (Bob, 47.619047m), (Dave, 23.809523m))), shares => shares with { FirstWithout = Bob }));
        Breaks("shares of the holders", Check(Book(Of((Alice, 128.571429m), (Bob, 47.619048m), (Dave, 23.809524m))), shares => shares with { FirstWithout = Grace }));
        // a sum that says so is another loss
        TransitionBatch less = Book(Of((Alice, 128.571429m), (Bob, 47.619047m), (Dave, 23.809523m)));
        Breaks("the loss is shared, or all that the holders have", Check(less, shares => shares with { FirstWithout = Bob, Units = shares.Units - 1, UnitSums = [shares.UnitSums[0] - 1, .. shares.UnitSums[1..]] }));
    }

    [Fact]
    public void Nobody_who_holds_the_asset_is_left_out()
    {
        // Dave pays nothing, and what he would pay the others do
        TransitionBatch without = Book(account => account.Replace("\"500\"", "\"-500\"", StringComparison.Ordinal), []);
        BatchEvent[] two = Paid(without with { Events = [Honest[0]] });
        Assert.Equal(2, two.Length);
        TransitionBatch batch = Book(two);
        Breaks("payers", batch);
        Breaks("block", Check(batch, claimed: [.. batch.Accounts.Select((account, leaf) => leaf == Dave ? account with { Account = account.Account with { Items = account.Account.Items.SetItem(Balances, []) } } : account)]));
        Breaks("block", Check(batch, claimed: [.. batch.Accounts.Where((_, leaf) => leaf != Dave)]));
        Breaks("digest", Check(batch, said: without with { Events = two }));
        foreach ((string column, string constraint) in ((string, string)[])[
            ("shares the loss", "who holds the asset shares the loss, but for the fees account"), ("holds the asset", "holds the asset: both"), ("is positive", "positive is what is neither nothing nor negative"),
            ("in the asset: is zero", "in the asset: is zero: zero or invertible")])
            Breaks(constraint, Check(batch, change: traces => Clear(traces, column, Dave)));
        Breaks("of the fees account: is zero: not both", Check(batch, change: traces => traces[Items.Table.Index].Phase(0)[Row(Dave), Offset(traces, Items, "of the fees account: is zero")] = KoalaBear.One));
        Breaks("nothing is held: is zero: not both", Check(batch, change: traces => traces[Items.Table.Index].Phase(0)[Row(Dave), Offset(traces, Items, "nothing is held: is zero")] = KoalaBear.One));
    }

    [Fact]
    public void Nobody_else_pays()
    {
        Breaks("payers", Book([.. Honest, Share(Frank, Erin, 0.000001m, goesOn: true)]));
        Breaks("payers", Book([.. Honest, Share(Grace, Erin, 0.000001m, goesOn: true)]));
        Breaks("payers", Book([.. Honest, Share(Fees, Erin, 30, goesOn: true)]));
        Breaks("payers", Book([.. Honest, Honest[0] with { GoesOn = true }]));
        foreach ((int leaf, string constraint) in ((int, string)[])[(Fees, "who holds the asset shares the loss, but for the fees account"), (Carol, "who holds the asset shares the loss, but for the fees account")])
            Breaks(constraint, Check(Book(Honest), change: traces => traces[Items.Table.Index].Phase(0)[Row(leaf), Offset(traces, Items, "shares the loss")] = KoalaBear.One));
    }

    [Fact]
    public void Balances_are_those_of_the_book()
    {
        TransitionBatch richer = Book(account => account.Replace("\"500\"", "\"600\"", StringComparison.Ordinal), []);
        richer = richer with { Events = Paid(richer with { Events = Honest }) };
        Satisfied(richer);
        TransitionBatch batch = Book([.. richer.Events]);
        Breaks("payers", batch);
        Breaks("block", Check(batch, shares => SharesProver.Computed(richer, Sharing, out Dictionary<int, BigInteger> _), claimed: richer.Accounts));
        Breaks("digest", Check(batch, said: richer));
        Breaks("balances of the holders", Check(batch, shares => shares with { Total = shares.Total + 100_00000000 }));
    }

    [Fact]
    public void The_loss_is_the_failing_accounts_debt()
    {
        TransitionBatch greater = Book(account => account.Replace("-200", "-201", StringComparison.Ordinal), []);
        greater = greater with { Events = Paid(greater with { Events = Honest }) };
        Satisfied(greater);
        TransitionBatch batch = Book([.. greater.Events]);
        SharesWitness other = SharesProver.Computed(greater, Sharing, out _);
        Breaks("debt of the failing account", Check(batch, _ => other));
        Breaks("no more is shared than is owed", Check(batch, shares => other with { Balance = shares.Balance }));
        Breaks("payers", batch);
        // half of it
        SharesWitness half = SharesProver.Computed(Book(account => account.Replace("-200", "-100", StringComparison.Ordinal), Honest), Sharing, out _);
        Breaks("the loss is shared, or all that the holders have", Check(Book(Of((Alice, 64.285715m), (Bob, 23.809524m), (Dave, 11.904761m))), shares => half with { Balance = shares.Balance }));
    }

    [Fact]
    public void The_failing_account_is_the_one_that_is_paid_and_owes()
    {
        TransitionBatch batch = Book(Honest);
        Breaks("payers", Check(batch, shares => shares with { Failing = Carol }));
        Breaks("what the failing account owes is a debt", Check(Book(Share(Alice, Dave, 500)), shares => shares with { Balance = -shares.Balance }));
        Breaks("payers", Check(batch, shares => shares with { Asset = shares.Asset - 1 }));
        Breaks("the failing account is bankrupt", Book(Share(Alice, Carol, 50)));
        Breaks("the failing account is not the fees account", Book(account => account.Replace("\"700\"", "\"-200\"", StringComparison.Ordinal), Share(Alice, Fees, 200)));
    }

    [Fact]
    public void A_bankrupt_account_has_no_position_left() => Breaks("the failing account has no position",
        Book(account => account.Contains("erin", StringComparison.Ordinal) ? account.Replace("\"positions\": []", "\"positions\": [ { \"instrument\": \"ETH-PERP\", \"size\": \"0.01\", \"cost\": \"31\" } ]", StringComparison.Ordinal) : account, Honest));

    [Fact]
    public void A_bankrupt_account_is_short_of_what_it_owes()
    {
        const string Short = "the failing account is short of what it owes";
        // a coin and a debt of 64200: it would keep the coin, and all others would pay for it
        static string Only(string account) => account.Replace("2700", "99999", StringComparison.Ordinal).Replace("999.999999", "-1", StringComparison.Ordinal).Replace("\"500\"", "\"-1\"", StringComparison.Ordinal).Replace("0.000001", "-1", StringComparison.Ordinal);
        TransitionBatch batch = Book(account => Beside("BTC", "1", Only(account)).Replace("-200", "-64200", StringComparison.Ordinal), Share(Alice, Erin, 64200));
        Assert.NotNull(TransitionProver.Apply(batch, out _));
        Breaks(Short, batch);
        Refused("erin has something left", batch);
        Breaks("failing account", Check(batch, shares => shares with { NetEquity = -64_200_000_000 }));

        // another debt is nothing left, and what covers that is not there for this one
        Satisfied(Book(account => Beside("ALT", "-1", account), Honest));
        Satisfied(Book(account => Beside("BTC", "-1", Beside("ALT", "1000", account)), Honest));
    }

    [Fact]
    public void Without_a_price_nothing_may_be_left()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_perps.risk"));
        VenueRulebook priceless = VenueRulebook.Of(RulebookCompiler.Compile(string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("claim(", StringComparison.Ordinal) && !line.StartsWith("price(", StringComparison.Ordinal))), "priceless.risk"))!;
        Assert.Null(priceless.Rulebook.Solvency!.Price);
        SharesCircuit circuit = SharesCircuit.Of(priceless, 2);
        CheckReport nothing = Check(Book(Honest) with { Rulebook = priceless }, circuit: circuit);
        Assert.True(nothing.IsSatisfied, nothing.ToString());
        TransitionBatch dust = Book(account => Beside("ALT", "0.00000001", account), Honest) with { Rulebook = priceless };
        Breaks("the failing account has nothing left", Check(dust, circuit: circuit));
        Refused("erin has something left", dust);
    }

    [Fact]
    public void A_unit_is_one_that_all_holders_have_a_whole_number_of()
    {
        // tens, of which 200 are twenty: Alice's share of 128.57 would be 130, and Grace has none
        TransitionBatch batch = Counted(Book(Honest), Tens);
        batch = batch with { Events = Paid(batch) };
        Assert.Equal([Units(130), Units(50), Units(20)], batch.Events.Select(share => share.SecondCash));
        Breaks("what is held is its units", batch);
        Refused("bob has a part of that", batch);
        // where they have: nothing is beside their balances that could say what the ledger counts in
        static string Round(string account) => account.Replace("999.999999", "1000", StringComparison.Ordinal).Replace("0.000001", "10", StringComparison.Ordinal);
        batch = Counted(Book(Round, Honest), Tens);
        Satisfied(batch with { Events = Paid(batch) });
    }

    [Fact]
    public void The_unit_is_that_of_the_asset_in_the_batchs_public_inputs()
    {
        // all have whole tens, so that a prover could count in tens or in the rulebook's units as well; the batch says millionths
        static string Round(string account) => account.Replace("999.999999", "1000", StringComparison.Ordinal).Replace("0.000001", "10", StringComparison.Ordinal);
        foreach (long unit in (long[])[Tens, 1])
        {
            TransitionBatch other = Counted(Book(Round, Honest), unit);
            other = other with { Events = Paid(other) };
            Satisfied(other);
            TransitionBatch batch = Counted(other, Unit);
            Refused("has to pay", batch);
            Breaks("payers", batch);
            Breaks("records of Asset for loss", Check(batch, said: other));
            // the loss is in the unit that is looked up, the holders' rows in another; and the shares' rows alone
            SharesWitness told = SharesProver.Computed(other, Sharing, out _);
            Breaks("debt of the failing account", Check(batch, _ => told));
            Breaks("payers", Check(Counted(Book(Round, Honest), Unit), said: batch));
        }
        // that of another asset: bitcoin is counted in tens
        TransitionBatch mixed = Book(Round, Honest);
        mixed = mixed with { Units = mixed.Units! with { Amounts = mixed.Units!.Amounts.SetItem(0, Tens) } };
        TransitionBatch tens = Counted(mixed, Tens) with { Events = Paid(Counted(mixed, Tens)) };
        Breaks("payers", Check(mixed with { Events = tens.Events }, shares => shares with { Asset = 0 }));
        Breaks("debt of the failing account", Check(mixed with { Events = tens.Events }, _ => SharesProver.Computed(tens, Sharing, out Dictionary<int, BigInteger> _) with { Asset = 0 }));
    }

    [Fact]
    public void A_fund_that_could_still_pay_comes_first()
    {
        // one unit of the ledger, and one of the rulebook's, which is less
        foreach (string left in (string[])["0.000001", "0.00000001"]) Breaks("the insurance fund has nothing of the asset", Book(account => Fund(account, left), Honest));
        // what it owes does not count, nor what it has of another asset
        Satisfied(Book(account => Fund(account, "-3"), Honest));
        Satisfied(Book(Honest));
    }

    [Fact]
    public void Another_leaf_is_not_passed_off_as_the_fund()
    {
        TransitionBatch batch = Book(OnlyUsd, Honest);
        Breaks("debt of the failing account", Check(batch, shares => shares with { Insurance = Frank }));
        Breaks("debt of the failing account", Check(batch, said: batch with { InsuranceSlot = Frank }));
        // the row of the fund's balance alone says that it is another's
        Breaks("of the insurance fund: is zero: zero or invertible", Check(batch, change: traces => Clear(traces, "of the insurance fund: is zero", Insurance)));
    }

    [Fact]
    public void The_funds_balance_is_not_passed_off_as_one_of_another_asset_or_of_nothing()
    {
        TransitionBatch batch = Book(OnlyUsd, Honest);
        Breaks("the insurance fund has nothing of the asset", batch);
        foreach ((int asset, int amount) in ((int, int)[])[(Usd - 1, 100), (Usd, 0), (Usd, -100)])
            Breaks("block", Check(batch, claimed: [.. batch.Accounts.Select((account, leaf) => leaf == Insurance ? account with { Account = account.Account with { Items = account.Account.Items.SetItem(Balances, [[asset, amount]]) } } : account)]));
        Breaks("holds the asset: both", Check(batch, change: traces => Clear(traces, "holds the asset", Insurance)));
    }

    /// <summary>The insurance fund has so much USD beside its bitcoin.</summary>
    private static string Fund(string account, string usd) => account.Replace("\"BTC\", \"amount\": \"1\" }", $"\"BTC\", \"amount\": \"1\" }}, {{ \"asset\": \"USD\", \"amount\": \"{usd}\" }}", StringComparison.Ordinal);

    /// <summary>The insurance fund has a millionth of a dollar, and nothing else.</summary>
    private static string OnlyUsd(string account) => account.Replace("\"BTC\", \"amount\": \"1\" }", "\"USD\", \"amount\": \"0.000001\" }", StringComparison.Ordinal);

    /// <summary>The statement skips the leaves that the batch names, whosever they are: a verifier knows them by itself.</summary>
    [Fact]
    public void Who_is_named_as_the_fees_account_is_skipped_and_so_its_leaf_is_pinned()
    {
        TransitionBatch excused = Book(Honest) with { FeesSlot = Alice };
        excused = excused with { Events = Paid(excused) };
        Assert.DoesNotContain(excused.Events, share => share.First == Alice);
        Assert.Contains(excused.Events, share => share.First == Fees);
        Satisfied(excused);
        TransitionInputs inputs = TransitionProver.InputsOf(excused, Salts);
        Assert.Equal(StatementRejectionCode.WrongSnapshot, TransitionStatement.Verify(inputs, default, new TransitionAnchors { FeesSlot = Fees }).Rejection?.Code);
        Breaks("debt of the failing account", Check(Book([.. excused.Events]), shares => SharesProver.Computed(excused, Sharing, out Dictionary<int, BigInteger> _)));
    }

    [Fact]
    public void The_rows_of_the_batch_are_the_shares_and_nothing_else()
    {
        TransitionBatch honest = Book(Honest);
        Breaks("digest of a share", Check(Book(Of((Alice, 128.571428m), (Bob, 47.619049m), (Dave, 23.809523m))), said: honest));
        Breaks("every row is a share, and there is no other", Check(Book([.. Honest, Deposit(Bob, 1)]), said: honest));
        Breaks("identity of a share", Book([.. Honest, Deposit(Bob, 1)]));
        Breaks("identity of a share", Book([.. Honest, Transfer(Bob, Erin, 0.000001m)]));
        Breaks("every row is a share, and there is no other", Check(honest, said: Book(Honest[..2])));
    }

    [Fact]
    public void All_rows_are_of_one_loss()
    {
        foreach (string column in (string[])["failing account", "asset that is owed", "fees account", "insurance fund"])
            Breaks($"one loss: {column}", Check(Book(Honest), change: traces => traces[Items.Table.Index].Phase(0)[Row(Dave), Offset(traces, Items, column)] += KoalaBear.One));
        // what is shared, and the divisor, are columns of phase 1: every cell of them is changed below
    }
}
