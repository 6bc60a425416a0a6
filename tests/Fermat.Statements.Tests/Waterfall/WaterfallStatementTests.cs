using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
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
using static Fermat.Statements.Tests.Waterfall.WaterfallScene;
using WaterfallCircuit = Fermat.Statements.Waterfall.WaterfallCircuit;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>Whose turn it is to be deleveraged: what holds is proven, and each lie breaks something named.</summary>
public sealed class WaterfallStatementTests
{
    private const string Ahead = "nobody is ahead of the chosen account";

    [Fact]
    public void The_turn_of_the_highest_rank_is_proven_and_verified()
    {
        TransitionBatch batch = WaterfallScene.Start(Honest, Deposit(Bob, 1));
        WaterfallOutcome outcome = WaterfallProver.Prove(batch, Salts);
        Assert.Null(outcome.Refused);
        TransitionInputs inputs = outcome.Batch!;
        Assert.Equal(TransitionProver.InputsOf(batch, Salts).ToCanonicalBytes(), inputs.ToCanonicalBytes());
        WaterfallVerification accepted = WaterfallStatement.Verify(inputs, outcome.Proof);
        Assert.True(accepted.Accepted, $"{accepted.Rejection}");
        Assert.True(accepted.ProvenBits >= 100);
        Assert.Null(WaterfallStatement.Wanting(inputs, accepted));
        Assert.Equal(StatementRejectionCode.NotProven, WaterfallStatement.Wanting(inputs, null)?.Code);
        Assert.Equal(StatementRejectionCode.NotProven, WaterfallStatement.Wanting(inputs with { Classes = inputs.Classes.SetItem(1, EventClass.Deleveraging) }, accepted)?.Code);

        // another batch: of other events, from another book, after other prices, with another insurance fund
        foreach (TransitionInputs other in (TransitionInputs[])[
            inputs with { Events = inputs.Events.SetItem(0, inputs.Events[1]) }, inputs with { RootBefore = inputs.RootAfter }, inputs with { RootAfter = inputs.RootBefore }, inputs with { Height = 101 }, inputs with { InsuranceSlot = Bob },
            TransitionProver.InputsOf(WaterfallScene.Start(Deleverage(Erin, Alice, BtcPerp, 2), Deposit(Bob, 1)), Salts)])
            Assert.Equal(StatementRejectionCode.ProofRejected, WaterfallStatement.Verify(other, outcome.Proof).Rejection?.Code);
        Assert.Equal(StatementRejectionCode.WrongClaim, WaterfallStatement.Verify(inputs with { Classes = inputs.Classes.SetItem(0, EventClass.Ordinary) }, outcome.Proof).Rejection?.Code);
        Assert.Equal(StatementRejectionCode.OutOfRange, WaterfallStatement.Verify(inputs with { HashSlots = 0 }, outcome.Proof).Rejection?.Code);
        Assert.Equal(StatementRejectionCode.ProofRejected, WaterfallStatement.Verify(inputs, outcome.Proof.AsMemory(1)).Rejection?.Code);
    }

    [Fact]
    public void The_turn_of_the_highest_rank_satisfies_the_circuit()
    {
        Satisfied(WaterfallScene.Start(Honest));
        Satisfied(WaterfallScene.Start(Deleverage(Erin, Alice, BtcPerp, 2), Deposit(Bob, 1)));
    }

    [Fact]
    public void One_unit_of_rank_decides()
    {
        // Bob's cost is as much higher as makes his rank Alice's, less one unit; Alice's own, one unit more; Frank's rank is one unit above Alice's
        Satisfied(WaterfallScene.Start(account => account.Replace("-130000", "-130999.899999", StringComparison.Ordinal), Honest));
        Satisfied(WaterfallScene.Start(account => account.Replace("-130000", "-130999.9", StringComparison.Ordinal), Honest));
        Breaks(Ahead, WaterfallScene.Start(account => account.Replace("-130000", "-130999.900001", StringComparison.Ordinal), Honest));
        TransitionBatch frank = WaterfallScene.Start(account => account.Contains("frank", StringComparison.Ordinal) ? account.Replace("-195000", "-195000.000001", StringComparison.Ordinal) : account, Deleverage(Erin, Frank, BtcPerp, 3));
        Satisfied(frank);
        Breaks(Ahead, frank with { Events = [Honest] });
    }

    [Fact]
    public void A_short_account_is_deleveraged_against_the_long()
    {
        string Turned(string account) => account.Contains("erin", StringComparison.Ordinal) ? account.Replace("\"5\", \"cost\": \"322000\"", "\"-5\", \"cost\": \"-318000\"", StringComparison.Ordinal) : account;
        Satisfied(WaterfallScene.Start(Turned, Deleverage(Erin, Carol, BtcPerp, -5)));
        Breaks("the chosen account holds the other side", WaterfallScene.Start(Turned, Deleverage(Erin, Alice, BtcPerp, -5)));
    }

    [Fact]
    public void One_who_is_due_is_not_skipped_in_favour_of_another()
    {
        Breaks(Ahead, WaterfallScene.Start(Deleverage(Erin, Bob, BtcPerp, 2)));
        Breaks(Ahead, WaterfallScene.Start(Deleverage(Erin, Grace, BtcPerp, 1)));
    }

    [Fact]
    public void Of_equals_the_first_opened_is_chosen() => Breaks(Ahead, WaterfallScene.Start(Deleverage(Erin, Frank, BtcPerp, 3)));

    [Fact]
    public void The_venues_own_accounts_have_no_turn() => Breaks("the counterparty is not the insurance fund", WaterfallScene.Start(Deleverage(Erin, Insurance, BtcPerp, 1)));

    [Fact]
    public void Who_is_ahead_cannot_be_called_the_venues_own() =>
        Breaks("chosen account", WaterfallScene.Check(WaterfallScene.Start(Deleverage(Erin, Bob, BtcPerp, 2)), turn => turn with { Fees = Alice, Insurance = Frank }));

    [Fact]
    public void The_highest_rank_is_that_of_the_chosen_account()
    {
        TransitionBatch batch = WaterfallScene.Start(Deleverage(Erin, Bob, BtcPerp, 2));
        Breaks("the highest rank is the chosen account's", WaterfallScene.Check(batch, turn => turn with { Rank = 100 * turn.Rank }));
    }

    [Fact]
    public void The_chosen_account_is_that_of_the_event() =>
        Breaks("chosen account", WaterfallScene.Check(WaterfallScene.Start(Deleverage(Erin, Bob, BtcPerp, 2)), turn => WaterfallProver.Named(WaterfallScene.Start(Honest), WaterfallScene.Circuit)));

    [Fact]
    public void The_side_and_the_instrument_are_those_of_the_failing_account()
    {
        TransitionBatch batch = WaterfallScene.Start(Honest);
        Breaks("the failing account's side is that of its position", WaterfallScene.Check(batch, turn => turn with { IsShort = true }));
        Breaks("failing account", WaterfallScene.Check(batch, turn => turn with { Instrument = EthPerp }));
        Breaks("failing account", WaterfallScene.Check(batch, turn => turn with { Failing = Carol }));
    }

    [Fact]
    public void Nobody_is_left_out_of_the_book()
    {
        TransitionBatch batch = WaterfallScene.Start(Deleverage(Erin, Bob, BtcPerp, 2));
        LedgerAccount[] without = [.. batch.Accounts.Select((account, leaf) => leaf is Alice or Frank ? account with { Account = account.Account with { Items = account.Account.Items.SetItem(Positions, []) } } : account)];
        Breaks("block", WaterfallScene.Check(batch, claimed: without));
        Breaks("block", WaterfallScene.Check(batch, claimed: [.. batch.Accounts.Where((_, leaf) => leaf is not Alice and not Frank)]));
        // nor has anybody another size, or another cost
        TransitionBatch poorer = WaterfallScene.Start(account => account.Replace("-195000", "-100000", StringComparison.Ordinal), Deleverage(Erin, Bob, BtcPerp, 2));
        Satisfied(poorer);
        Breaks("block", WaterfallScene.Check(batch, claimed: poorer.Accounts));
        Breaks("digest", WaterfallScene.Check(batch, said: poorer));
    }

    [Fact]
    public void Who_holds_the_other_side_is_compared()
    {
        TransitionBatch batch = WaterfallScene.Start(Deleverage(Erin, Bob, BtcPerp, 2));
        Domain accounts = WaterfallScene.Circuit.Order.Lowering.Lowerer.Account, items = WaterfallScene.Circuit.Order.Lowering.Lowerer.Items[Positions];
        Breaks("holders of the other side", WaterfallScene.Check(batch, change: traces => Clear(traces, accounts, "holds the other side", [Alice, Frank])));
        Breaks("who holds the other side is compared", WaterfallScene.Check(batch, change: traces => Clear(traces, accounts, "is compared", [Alice, Frank])));
        Breaks("of the other side are those whose sign is another", WaterfallScene.Check(batch, change: traces => Clear(traces, items, "of the other side", [1, 7])));
        Breaks("what is not in the instrument is in another", WaterfallScene.Check(batch, change: traces => Clear(traces, items, "in the instrument", [1, 7])));
    }

    [Fact]
    public void All_are_compared_with_one_rank()
    {
        TransitionBatch batch = WaterfallScene.Start(Honest);
        Domain accounts = WaterfallScene.Circuit.Order.Lowering.Lowerer.Account;
        Breaks("one turn: highest rank[0]", WaterfallScene.Check(batch, change: traces => Clear(traces, accounts, "highest rank[0]", [Grace])));
        Breaks("one turn: chosen account", WaterfallScene.Check(batch, change: traces => Clear(traces, accounts, "chosen account", [Grace])));
    }

    [Fact]
    public void Nobody_is_counted_as_a_row_of_padding()
    {
        // Alice and Frank are told to rows behind the last account, where no column is steady, and called the venue's own there: all else fits
        TransitionBatch batch = WaterfallScene.Start(Deleverage(Erin, Bob, BtcPerp, 2));
        Domain accounts = WaterfallScene.Circuit.Order.Lowering.Lowerer.Account;
        CheckReport report = WaterfallScene.Check(batch, change: traces =>
        {
            Clear(traces, accounts, "holds the other side", [Alice, Frank]);
            Clear(traces, accounts, "is compared", [Alice, Frank]);
            foreach ((int row, int leaf) in ((int, int)[])[(Grace + 1, Alice), (Grace + 2, Frank)])
                foreach ((string column, int value) in ((string, int)[])[("account", leaf), ("holds the other side", 1), ("is the venue's", 1), ("fees account", leaf)])
                    traces[accounts.Table.Index].Phase(0)[row, Offset(traces, accounts, column)] = KoalaBear.From(value);
        });
        Breaks("padding: holds the other side is zero", report);
        Assert.DoesNotContain("holders of the other side", report.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("who holds the other side is compared", report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_instrument_is_the_events_where_the_failing_account_holds_two()
    {
        // Erin is long of both, more of ETH, and Bob short of both: it is his turn in ETH, and Alice's in BTC
        TransitionBatch batch = WaterfallScene.Start(
            account => account.Contains("erin", StringComparison.Ordinal) ? account.Replace("\"322000\" }", "\"322000\" }, { \"instrument\": \"ETH-PERP\", \"size\": \"200\", \"cost\": \"620014\" }", StringComparison.Ordinal)
                : account.Replace("\"1\", \"cost\": \"3100.07\"", "\"-1\", \"cost\": \"-3100.07\"", StringComparison.Ordinal).Replace("-60000", "-1000", StringComparison.Ordinal),
            Deleverage(Erin, Bob, EthPerp, 1));
        Satisfied(batch);
        batch = batch with { Events = [Deleverage(Erin, Bob, BtcPerp, 1)] };
        Breaks(Ahead, batch);
        CheckReport report = WaterfallScene.Check(batch, turn => turn with { Instrument = EthPerp });
        Breaks("failing account", report);
        Assert.DoesNotContain(Ahead, report.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_widest_difference_of_ranks_fits_and_does_not_wrap()
    {
        // costs of nearly 2^90 units on either side of zero
        static string Wide(string account) => account.Contains("alice", StringComparison.Ordinal) ? account.Replace("-195000", "-1200000000000000000000", StringComparison.Ordinal)
            : account.Replace("\"-1000\"", "\"1200000000000000000000\"", StringComparison.Ordinal);
        Satisfied(WaterfallScene.Start(Wide, Deleverage(Erin, Alice, BtcPerp, 1)));
        Breaks(Ahead, WaterfallScene.Start(Wide, Deleverage(Erin, Grace, BtcPerp, 0.5m)));
    }

    /// <summary>The statement skips the leaves that the batch names, whosever they are: a verifier knows them by itself.</summary>
    [Fact]
    public void Who_is_named_as_the_fees_account_is_skipped_and_so_its_leaf_is_pinned()
    {
        TransitionBatch excused = WaterfallScene.Start(Deleverage(Erin, Frank, BtcPerp, 3)) with { FeesSlot = Alice };
        Satisfied(excused);
        TransitionInputs inputs = TransitionProver.InputsOf(excused, Salts);
        Assert.Null(inputs.Problem());
        Assert.Equal(StatementRejectionCode.WrongSnapshot, TransitionStatement.Verify(inputs, default, new TransitionAnchors { FeesSlot = Fees }).Rejection?.Code);
    }

    [Fact]
    public void The_event_is_the_batchs_first_and_a_deleveraging()
    {
        Breaks("digest of the event", WaterfallScene.Check(WaterfallScene.Start(Deleverage(Erin, Alice, BtcPerp, 2)), said: WaterfallScene.Start(Honest)));
        Breaks("digest of the event", WaterfallScene.Check(WaterfallScene.Start(Deposit(Bob, 1), Honest), said: WaterfallScene.Start(Honest)));
        Breaks("identity of the event", WaterfallScene.Check(WaterfallScene.Start(Honest with { Kind = EventKind.Settlement })));
    }

    [Fact]
    public void Changing_any_cell_breaks_something_named() => TransitionCellTests.AllBreak(
        WaterfallScene.Circuit.Circuit, WaterfallScene.Traces(WaterfallScene.Start(WithEth, Honest)),
        [.. WaterfallScene.Circuit.Order.Lowering.Domains.Select(domain => domain.Table.Index), WaterfallScene.Circuit.Order.Largest.Domain.Table.Index, WaterfallScene.Circuit.Turn.Table, WaterfallScene.Circuit.Tree.Table], (_, _) => true);

    /// <summary>Nothing can move, however many cells move together, but for what is hashed.</summary>
    [Fact]
    public void No_cells_can_move_together()
    {
        WaterfallCircuit circuit = WaterfallScene.Circuit;
        TransitionBatch batch = WaterfallScene.Start(WithEth, Honest);
        List<(Quintic[], IReadOnlyList<TableTrace>)> points = [.. SolvencyScene.Points.Select(at => (at, WaterfallScene.Traces(batch, challenges: at)))];
        for (int digit = 0; digit < Rigid.Apart; digit++)
        {
            var rigid = new Rigidity(circuit.Circuit, points, Rigid.RangeBuses, column => column.Table == circuit.Range.Table || Rigid.IsHashed(column), Rigid.MayMove(digit));
            Assert.True(rigid.Free.Count == 0, $"digits {digit}: {rigid}");
            Assert.True(rigid.Unknowns > 1000);
        }
        foreach (TableTrace trace in points.SelectMany(point => point.Item2)) trace.Dispose();
    }

    [Fact]
    public void A_prover_is_told_whose_turn_it_is()
    {
        Assert.Contains("it is the turn of alice", WaterfallProver.Prove(WaterfallScene.Start(Deleverage(Erin, Bob, BtcPerp, 2)), Salts).Refused!.Message, StringComparison.Ordinal);
        Assert.Contains("it is the turn of alice", WaterfallProver.Prove(WaterfallScene.Start(Deleverage(Erin, Frank, BtcPerp, 2)), Salts).Refused!.Message, StringComparison.Ordinal);
        Assert.Contains("does not begin with a deleveraging", WaterfallProver.Prove(WaterfallScene.Start(Deposit(Bob, 1), Honest), Salts).Refused!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rulebook_without_a_rank_is_refused()
    {
        VenueRulebook unranked = SolvencyScene.Rulebook("cross_tiered");
        Assert.Contains("who is deleveraged first", Assert.Throws<Rules.Core.CoreException>(() => WaterfallCircuit.Of(unranked, 2)).Message, StringComparison.Ordinal);
        TransitionBatch batch = TransitionScene.Start(Deleverage(Erin, Alice, BtcPerp, 3));
        Assert.Equal(StatementRejectionCode.WrongRulebook, WaterfallStatement.Verify(TransitionProver.InputsOf(batch, Salts), default).Rejection?.Code);
    }

    private static void Clear(IReadOnlyList<TableTrace> traces, Domain domain, string column, int[] rows)
    {
        int offset = Offset(traces, domain, column);
        foreach (int row in rows)
        {
            Assert.NotEqual(KoalaBear.Zero, traces[domain.Table.Index].Phase(0)[row, offset]);
            traces[domain.Table.Index].Phase(0)[row, offset] = KoalaBear.Zero;
        }
    }

    private static int Offset(IReadOnlyList<TableTrace> traces, Domain domain, string column) => traces[domain.Table.Index].Table.Columns.Single(c => c.Name == column).Offset;

    private static void Satisfied(TransitionBatch batch)
    {
        CheckReport report = WaterfallScene.Check(batch);
        Assert.True(report.IsSatisfied, report.ToString());
    }

    private static void Breaks(string name, TransitionBatch batch) => Breaks(name, WaterfallScene.Check(batch));

    private static void Breaks(string name, CheckReport report)
    {
        Assert.False(report.IsSatisfied, $"nothing breaks; \"{name}\" should");
        Assert.Contains(name, report.ToString(), StringComparison.Ordinal);
    }
}
