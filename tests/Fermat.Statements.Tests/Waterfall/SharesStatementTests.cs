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

/// <summary>How a loss is shared: what holds is proven, and each lie breaks something named.</summary>
public sealed class SharesStatementTests
{
    private static Domain Items => Sharing.Book.Lowering.Lowerer.Items[Balances];

    /// <summary>What is wanting of a loss without a proof of shares.</summary>
    internal static StatementRejection? OnItsWord() => SharesStatement.Wanting(TransitionProver.InputsOf(Book(Honest), Salts), null);

    [Fact]
    public void The_shares_of_a_loss_are_proven_and_verified()
    {
        TransitionBatch batch = Book(Honest);
        SharesOutcome outcome = SharesProver.Prove(batch, Unit, Salts);
        Assert.Null(outcome.Refused);
        TransitionInputs inputs = outcome.Batch!;
        Assert.Equal(TransitionProver.InputsOf(batch, Salts).ToCanonicalBytes(), inputs.ToCanonicalBytes());
        SharesVerification accepted = SharesStatement.Verify(inputs, outcome.File, unit: Unit);
        Assert.True(accepted.Accepted, $"{accepted.Rejection}");
        Assert.True(accepted.ProvenBits >= 100);
        Assert.Equal(Unit, accepted.Unit);
        Assert.Null(SharesStatement.Wanting(inputs, accepted));
        Assert.Equal(StatementRejectionCode.NotProven, SharesStatement.Wanting(inputs, SharesStatement.Verify(inputs, outcome.File[..^1]))?.Code);

        // another batch: of other or fewer rows, from another book, with another insurance fund
        foreach (TransitionInputs other in (TransitionInputs[])[
            inputs with { Events = inputs.Events.SetItem(0, inputs.Events[1]) }, inputs with { Events = inputs.Events[..2], Classes = inputs.Classes[..2] }, inputs with { RootBefore = inputs.RootAfter }, inputs with { RootAfter = inputs.RootBefore },
            inputs with { Height = 101 }, inputs with { InsuranceSlot = Bob }, inputs with { FeesSlot = Alice }, TransitionProver.InputsOf(Book(Of((Alice, 200))), Salts)])
            Assert.Equal(StatementRejectionCode.ProofRejected, SharesStatement.Verify(other, outcome.File).Rejection?.Code);
        Rejected(StatementRejectionCode.WrongClaim, inputs with { Classes = inputs.Classes.SetItem(1, EventClass.Ordinary) }, outcome.File);
        Rejected(StatementRejectionCode.WrongClaim, inputs with { LogEvents = 2 }, outcome.File);
        Rejected(StatementRejectionCode.OutOfRange, inputs with { HashSlots = 0 }, outcome.File);
        Rejected(StatementRejectionCode.WrongSnapshot, inputs, outcome.File, unit: 0);
        Rejected(StatementRejectionCode.ProofRejected, inputs, SharesProofFile.Write(0, outcome.File.AsSpan(SharesProofFile.HeaderLength)));
        Rejected(StatementRejectionCode.ProofRejected, inputs, outcome.File[..^1]);
        Rejected(StatementRejectionCode.MalformedProofFile, inputs, outcome.File[..11]);
        Rejected(StatementRejectionCode.MalformedProofFile, inputs, outcome.File[1..]);
        Rejected(StatementRejectionCode.MalformedProofFile, inputs, [.. outcome.File[..8], 2, .. outcome.File[9..]]);
        Rejected(StatementRejectionCode.MalformedProofFile, inputs, [.. outcome.File[..10], SharesStatement.MaxUnit + 1, .. outcome.File[11..]]);
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
        SharesCircuit finest = SharesCircuit.Of(Book().Rulebook, 2, 0);
        TransitionBatch batch = Book(Of((Alice, 128.57142858m), (Bob, 47.61904758m), (Dave, 23.8095238m), (Grace, 0.00000004m)));
        Assert.Null(SharesProver.Check(batch, 0));
        CheckReport report = Check(batch, circuit: finest);
        Assert.True(report.IsSatisfied, report.ToString());
        Breaks("payers", Check(Book(Honest), circuit: finest));
    }

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
        BatchEvent[] two = Paid(without with { Events = [Honest[0]] }, Sharing);
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
        richer = richer with { Events = Paid(richer with { Events = Honest }, Sharing) };
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
        greater = greater with { Events = Paid(greater with { Events = Honest }, Sharing) };
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
        Breaks("the failing account is not the insurance fund", Book(account => account.Replace("\"insurance\", \"balances\": [", "\"insurance\", \"balances\": [ { \"asset\": \"USD\", \"amount\": \"-200\" },", StringComparison.Ordinal), Share(Alice, Insurance, 200)));
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
    public void Dust_keeps_no_loss_from_being_shared()
    {
        // as much as is worth less than a millionth of a dollar for each balance of the account; its net equity is in millionths, rounded down
        Satisfied(Book(account => Beside("ALT", "0.00000001", account), Honest));
        Satisfied(Book(account => Beside("ALT", "0.0000054", account), Honest));
        TransitionBatch more = Book(account => Beside("ALT", "0.00000541", account), Honest);
        Breaks("the failing account is short of what it owes", more);
        Breaks("failing account", Check(more, shares => shares with { Held = shares.Held + 1 }));
    }

    [Fact]
    public void Without_a_price_nothing_may_be_left()
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_perps.risk"));
        VenueRulebook priceless = VenueRulebook.Of(RulebookCompiler.Compile(string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("claim(", StringComparison.Ordinal) && !line.StartsWith("price(", StringComparison.Ordinal))), "priceless.risk"))!;
        Assert.Null(priceless.Rulebook.Solvency!.Price);
        SharesCircuit circuit = SharesCircuit.Of(priceless, 2, Unit);
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
        SharesCircuit tens = SharesCircuit.Of(Book().Rulebook, 2, 9);
        TransitionBatch batch = Book(Honest);
        batch = batch with { Events = Paid(batch, tens) };
        Assert.Equal([Units(130), Units(50), Units(20)], batch.Events.Select(share => share.SecondCash));
        Breaks("what is held is its units", Check(batch, circuit: tens));
        // where they have: nothing is beside their balances that could say what the ledger counts in
        static string Round(string account) => account.Replace("999.999999", "1000", StringComparison.Ordinal).Replace("0.000001", "10", StringComparison.Ordinal);
        batch = Book(Round, Honest);
        batch = batch with { Events = Paid(batch, tens) };
        CheckReport report = Check(batch, circuit: tens);
        Assert.True(report.IsSatisfied, report.ToString());
    }

    [Theory]
    [InlineData(0, "46116860184.27387903", "92233720368.54775807", "92233720368.54775806", "0.00000001")]
    [InlineData(0, "92233720368.54775807", "92233720368.54775807", "92233720368.54775807", "92233720368.54775807")]
    [InlineData(0, "0.00000001", "92233720368.54775807", "92233720368.54775807", "92233720368.54775807")]
    [InlineData(0, "92233720368.54775807", "0.00000001", "0.00000001", "-0.00000001")]
    [InlineData(0, "92233720368.54775807", "0.00000001", "-92233720368.54775807", "-92233720368.54775807")]
    [InlineData(18, "20000000000", "90000000000", "10000000000", "80000000000")]
    [InlineData(18, "90000000000", "10000000000", "10000000000", "10000000000")]
    public void The_largest_and_the_least_amounts_can_be_shared(int unit, string debt, params string[] balances)
    {
        SharesCircuit circuit = SharesCircuit.Of(Book().Rulebook, 2, unit);
        TransitionBatch batch = Book(account => account.Replace("-200", $"-{debt}", StringComparison.Ordinal).Replace("2700", balances[0], StringComparison.Ordinal).Replace("999.999999", balances[1], StringComparison.Ordinal)
            .Replace("\"500\"", $"\"{balances[2]}\"", StringComparison.Ordinal).Replace("0.000001", "-10000000000", StringComparison.Ordinal).Replace("\"-50\"", "\"-10000000000\"", StringComparison.Ordinal), Honest);
        batch = batch with { Events = Paid(batch, circuit) };
        CheckReport report = Check(batch, circuit: circuit);
        Assert.True(report.IsSatisfied, report.ToString());
    }

    [Fact]
    public void The_insurance_fund_is_not_skipped()
    {
        TransitionBatch batch = Book(account => account.Replace("\"BTC\", \"amount\": \"1\" }", "\"BTC\", \"amount\": \"1\" }, { \"asset\": \"USD\", \"amount\": \"0.000001\" }", StringComparison.Ordinal), Honest);
        Breaks("the insurance fund has nothing of the asset", batch);
        Breaks("debt of the failing account", Check(batch, shares => shares with { Insurance = Frank }));
        // what it owes does not count
        Satisfied(Book(account => account.Replace("\"BTC\", \"amount\": \"1\" }", "\"BTC\", \"amount\": \"1\" }, { \"asset\": \"USD\", \"amount\": \"-3\" }", StringComparison.Ordinal), Honest));
    }

    /// <summary>The statement skips the leaves that the batch names, whosever they are: a verifier knows them by itself.</summary>
    [Fact]
    public void Who_is_named_as_the_fees_account_is_skipped_and_so_its_leaf_is_pinned()
    {
        TransitionBatch excused = Book(Honest) with { FeesSlot = Alice };
        excused = excused with { Events = Paid(excused, Sharing) };
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

    [Fact]
    public void Changing_any_cell_breaks_something_named() => TransitionCellTests.AllBreak(
        Sharing.Circuit, Traces(Book(Honest)),
        [.. Sharing.Book.Lowering.Domains.Select(domain => domain.Table.Index), Sharing.Book.Loss.Table, Sharing.Shares.Table, Sharing.Tree.Table], (_, _) => true);

    [Fact]
    public void A_value_that_is_replaced_with_everything_after_it_recomputed_is_noticed() => Replaced(1, Dave);

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(255)]
    public void A_value_that_is_replaced_in_several_rows_is_noticed(int change) => Replaced(change, Fees, Alice, Bob, Dave, Erin, Grace);

    /// <summary>Values of the tables of balances, of the loss and of the shares, and what follows from each.</summary>
    private static void Replaced(int change, params int[] leaves)
    {
        var believed = new List<string>();
        int told = 0;
        TransitionBatch batch = Book(Honest);
        foreach (Domain domain in (Domain[])[Items, Sharing.Book.Loss.Domain, Sharing.Shares.Domain])
            for (int slot = 0; slot < domain.Slots; slot++)
                foreach (int row in domain == Items ? leaves.Select(Row) : [0])
                {
                    bool isLie = false;
                    object Instead(object value)
                    {
                        isLie = value is BigInteger or int;
                        return value is BigInteger number ? number + change : value is int small ? (small == 0 ? 1 : small + change) : value;
                    }
                    try
                    {
                        CheckReport report = Check(batch, lie: new Lie(domain, slot, row, Instead));
                        if (!isLie) continue;
                        told++;
                        if (report.IsSatisfied) believed.Add($"{domain.Name}, row {row}, value {slot}");
                    }
                    catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException or KeyNotFoundException or ArithmeticException)
                    {
                        // the filler cannot write it down
                    }
                }
        Assert.True(believed.Count == 0 && told > 30, $"{told} told, believed: {string.Join("; ", believed.Take(20))}");
    }

    /// <summary>Nothing can move, however many cells move together, but for what is hashed.</summary>
    [Fact]
    public void No_cells_can_move_together()
    {
        SharesCircuit circuit = Sharing;
        TransitionBatch batch = Book(Honest);
        List<(Quintic[], IReadOnlyList<TableTrace>)> points = [.. SolvencyScene.Points.Select(at => (at, Traces(batch, challenges: at)))];
        for (int digit = 0; digit < Rigid.Apart; digit++)
        {
            var rigid = new Rigidity(circuit.Circuit, points, Rigid.RangeBuses, column => column.Table == circuit.Range.Table || Rigid.IsHashed(column), Rigid.MayMove(digit));
            Assert.True(rigid.Free.Count == 0, $"digits {digit}: {rigid}");
            Assert.True(rigid.Unknowns > 1000);
        }
        foreach (TableTrace trace in points.SelectMany(point => point.Item2)) trace.Dispose();
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
        Refused("grace has a part of one", Book(account => account.Replace("0.000001", "0.0000011", StringComparison.Ordinal), Honest));
        Assert.Contains("alice pays", SharesProver.Prove(Book(Of((Alice, 128.571428m), (Bob, 47.619049m), (Dave, 23.809523m))), Unit, Salts).Refused!.Message, StringComparison.Ordinal);
    }

    /// <summary>Erin has this beside her debt, of an asset that comes before USD.</summary>
    private static string Beside(string asset, string amount, string account) => account.Contains("erin", StringComparison.Ordinal) ? account.Replace("{ \"asset\": \"USD\"", $"{{ \"asset\": \"{asset}\", \"amount\": \"{amount}\" }}, {{ \"asset\": \"USD\"", StringComparison.Ordinal) : account;

    private static BatchEvent[] Paid(TransitionBatch batch, SharesCircuit circuit)
    {
        SharesProver.Computed(batch, circuit, out Dictionary<int, BigInteger> paid);
        return [.. paid.OrderBy(share => share.Key).Select((share, i) => new BatchEvent(EventKind.LossShare, share.Key, Erin, Usd, -share.Value, share.Value) { GoesOn = i > 0 })];
    }

    private static void Refused(string reason, TransitionBatch batch) => Assert.Contains(reason, SharesProver.Check(batch, Unit)?.Message, StringComparison.Ordinal);

    private static void Rejected(StatementRejectionCode code, TransitionInputs inputs, byte[] file, int? unit = null) => Assert.Equal(code, SharesStatement.Verify(inputs, file, unit: unit).Rejection?.Code);

    /// <summary>The row of an account's last balance, which is USD where it has some.</summary>
    private static int Row(int leaf) => ((int[])[1, 1, 2, 2, 2, 1, 1, 1, 1])[..(leaf + 1)].Sum() - 1;

    private static void Clear(IReadOnlyList<TableTrace> traces, string column, int leaf)
    {
        int offset = Offset(traces, Items, column);
        Assert.NotEqual(KoalaBear.Zero, traces[Items.Table.Index].Phase(0)[Row(leaf), offset]);
        traces[Items.Table.Index].Phase(0)[Row(leaf), offset] = KoalaBear.Zero;
    }

    private static int Offset(IReadOnlyList<TableTrace> traces, Domain domain, string column) => traces[domain.Table.Index].Table.Columns.Single(c => c.Name == column).Offset;

    private static void Satisfied(TransitionBatch batch)
    {
        CheckReport report = Check(batch);
        Assert.True(report.IsSatisfied, report.ToString());
    }

    private static void Breaks(string name, TransitionBatch batch) => Breaks(name, Check(batch));

    private static void Breaks(string name, CheckReport report)
    {
        Assert.False(report.IsSatisfied, $"nothing breaks; \"{name}\" should");
        Assert.Contains(name, report.ToString(), StringComparison.Ordinal);
    }
}
