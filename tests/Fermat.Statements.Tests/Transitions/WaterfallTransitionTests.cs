using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>What the venue does to a failing account: deleveraging, insurance, shared losses, sold collateral; and spot trades, settlement, rejected events.</summary>
public sealed class WaterfallTransitionTests
{
    private const int Alt = 0, Btc = 1;

    /// <summary>Erin is bankrupt: her position goes to Alice and to the insurance fund, her debt is covered and shared; Bob's collateral is sold.</summary>
    internal static readonly BatchEvent[] Crash =
    [
        Deleverage(Erin, Alice, BtcPerp, 3), Liquidate(Erin, Insurance, BtcPerp, 2, 64000.1m, 0), Cover(Erin, 300), Share(Carol, Erin, 100), Share(Dave, Erin, 99.5m, goesOn: true),
        .. Sell(Bob, Alt, 27000, 9990), Rejected(), .. Spot(Alice, Insurance, Btc, 0.5m, 32000, fee: 1), Settle(Carol, Insurance, EthPerp, -20), Settle(Insurance, Fees, BtcPerp, 2, goesOn: true),
    ];

    private static BatchEvent[] Closed => Crash[..2];

    [Fact]
    public void A_crash_satisfies_the_circuit()
    {
        CheckReport report = Of(Crash).Check();
        Assert.True(report.IsSatisfied, report.ToString());
    }

    [Fact]
    public void A_crash_is_proven_and_verified()
    {
        TransitionBatch batch = Start(Crash);
        TransitionOutcome outcome = TransitionProver.Prove(batch, Salts);
        Assert.Null(outcome.Refused);
        TransitionInputs inputs = outcome.Inputs!;
        Assert.Equal((12, 8, 108UL), (inputs.Events.Length, inputs.LogEvents, inputs.EndHeight));
        Assert.Equal((8, 1), (inputs.Count(EventClass.Forced) + inputs.Count(EventClass.Deleveraging) + inputs.Count(EventClass.LossShare) + inputs.Count(EventClass.Settlement), inputs.Count(EventClass.Rejected)));
        Assert.Equal(batch.Events.Select(e => e.Kind == EventKind.Deleveraging), inputs.Classes.Select(seen => seen == EventClass.Deleveraging));
        Assert.Equal(batch.Events.Select(e => e.Kind == EventKind.LossShare), inputs.Classes.Select(seen => seen == EventClass.LossShare));
        Assert.True(TransitionStatement.Verify(inputs, outcome.Proof, TransitionAnchors.None) is { Accepted: true } accepted, "not accepted");
        Assert.Empty(outcome.Accounts[Erin].Account.Items[Positions]);
        Assert.Empty(outcome.Accounts[Erin].Account.Items[Balances]);
        Assert.Equal(105UL, outcome.Accounts[Bob].SaltHeight);
        foreach (TransitionInputs changed in (TransitionInputs[])[
            inputs with { LogEvents = 7 }, inputs with { CostRounding = 1 }, inputs with { Classes = inputs.Classes.SetItem(2, EventClass.Ordinary) }, inputs with { Classes = inputs.Classes.SetItem(7, EventClass.Ordinary) },
            inputs with { Classes = inputs.Classes.SetItem(1, EventClass.Forced) }])
            Assert.Equal(StatementRejectionCode.ProofRejected, TransitionStatement.Verify(changed, outcome.Proof, TransitionAnchors.None).Rejection?.Code);
        foreach (TransitionInputs changed in (TransitionInputs[])[inputs with { LogEvents = 0 }, inputs with { LogEvents = 13 }, inputs with { CostRounding = 19 }, inputs with { Classes = inputs.Classes[1..] }, inputs with { Classes = inputs.Classes.SetItem(0, (EventClass)9) }])
            Assert.Equal(StatementRejectionCode.OutOfRange, TransitionStatement.Verify(changed, outcome.Proof, TransitionAnchors.None).Rejection?.Code);
    }

    [Fact]
    public void Changing_any_cell_of_a_crash_breaks_something_named() => TransitionCellTests.AllBreak(Of(Crash), (row, cell) => (5 * row + 3 * cell) % 7 == 0);

    [Fact]
    public void A_healthy_account_is_not_deleveraged_covered_sold_or_relieved()
    {
        const string due = "an account that is liquidated was liquidatable";
        Breaks(due, Deleverage(Dave, Alice, BtcPerp, 1));
        Breaks(due, Cover(Dave, 1));
        Breaks(due, Share(Carol, Dave, 1));
        Breaks(due, Sell(Alice, Btc, 1, 64000));
    }

    [Fact]
    public void No_more_is_deleveraged_than_either_side_has()
    {
        Breaks("size is not positive where it may not be", Deleverage(Erin, Alice, BtcPerp, 4)); // Alice is short of 3
        Breaks("size is not negative where it may not be", Deleverage(Erin, Alice, BtcPerp, 6)); // Erin is long of 5
        BreaksWrapped("size is not positive where it may not be", Deleverage(Erin, Alice, BtcPerp, -1)); // more than she had
        Breaks("size is not negative where it may not be", Liquidate(Erin, Insurance, BtcPerp, 6, 64000.1m, 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(1_000_000_000)]
    [InlineData(-1_000_000_000)]
    public void What_is_handed_over_goes_at_the_mark_price(int off)
    {
        foreach (BatchEvent e in (BatchEvent[])[Deleverage(Erin, Alice, BtcPerp, 2), Liquidate(Erin, Insurance, BtcPerp, 2, 64000.1m, 0), Settle(Erin, Insurance, BtcPerp, 5)])
        {
            BatchEvent wrong = e with { Cost = e.Cost + off };
            Assert.Equal("it is not at the mark price", TransitionProver.Prove(Start(wrong), Salts).Refused!.Message);
            BreaksWrapped($"what is handed over at the mark price is not too {(off < 0 ? "dear" : "cheap")}", wrong);
        }
    }

    /// <summary>A ledger that counts in hundredths of a dollar rounds a cost down by up to one of them, and no more.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void Costs_are_rounded_as_the_ledger_counts(int costRounding, bool isAllowed)
    {
        BatchEvent part = Deleverage(Erin, Alice, BtcPerp, 0.011m); // worth 704.0011
        part = part with { Cost = part.Cost / 10_000 * 10_000 };
        Assert.Equal(isAllowed, VersionMaker.Make(Start(part) with { CostRounding = costRounding }, out RefusedEvent? refused) is not null);
        Assert.Equal(isAllowed ? null : "it is not at the mark price", refused?.Message);
    }

    [Fact]
    public void Only_the_insurance_fund_covers() => Breaks("the insurance fund pays what it covers", [.. Closed, Cover(Erin, 300) with { First = Alice }]);

    [Fact]
    public void The_insurance_fund_is_not_overdrawn()
    {
        BatchEvent[] emptied = [Transfer(Insurance, Alice, 99_900), Deleverage(Erin, Alice, BtcPerp, 3), Liquidate(Erin, Alice, BtcPerp, 2, 64000.1m, 0)];
        Satisfied([.. emptied, Cover(Erin, 100)]);
        Breaks("amount is not negative where it may not be", [.. emptied, Cover(Erin, 100.01m)]);
    }

    [Fact]
    public void No_more_is_covered_than_is_owed()
    {
        Satisfied([.. Closed, Cover(Erin, 499.5m)]);
        Breaks("amount is not positive where it may not be", [.. Closed, Cover(Erin, 499.51m)]);
        Breaks("amount is not positive where it may not be", [.. Closed, Share(Dave, Erin, 500)]);
    }

    [Fact]
    public void Nobody_shares_more_than_it_has()
    {
        Satisfied(Share(Dave, Bob, 1500));
        Breaks("amount is not negative where it may not be", Share(Dave, Bob, 1500.01m));
    }

    [Fact]
    public void Who_pays_a_share_is_told_the_share() => BreaksPaid(Share(Carol, Bob, 100));

    [Fact]
    public void Collateral_that_is_sold_is_paid()
    {
        BatchEvent[] sale = Sell(Bob, Alt, 27000, 9990);
        Satisfied(sale);
        Breaks("delivered that is not paid", "paid in the next row", sale[0]);
        Breaks("paid in the next row", [sale[0], Deposit(Bob, 9990), sale[1]]);
        Breaks("paid in the next row", [Deposit(Alice, 1), sale[1]]);
        Breaks("nothing is paid that was not delivered", sale[1] with { GoesOn = false });
        Breaks("who receives pays", sale[0], sale[1] with { First = Alice });
        Breaks("who delivers is paid", sale[0], sale[1] with { Second = Erin });
        Breaks("paid in the next row", sale[0], Spot(Bob, Insurance, Alt, 1, 1)[1]);
        Breaks("both halves have one terms[3]", sale[0], sale[1] with { Terms = Rejected().Terms });
    }

    [Fact]
    public void Collateral_is_not_sold_for_less_than_it_counts()
    {
        BreaksWrapped("a liquidation leaves the account no worse", Sell(Bob, Alt, 100_000, 1));
        Breaks("amount is not positive where it may not be", Sell(Bob, Alt, 27000, 10_001));
        BreaksWrapped("amount is not negative where it may not be", Sell(Bob, Alt, 100_001, 9990));
        BatchEvent[] sale = Sell(Bob, Alt, 27000, 9990);
        Breaks("collateral is sold to the insurance fund", sale[0] with { Second = Alice }, sale[1] with { First = Alice });
    }

    [Fact]
    public void A_spot_trade_is_judged_as_a_whole()
    {
        Satisfied(Spot(Alice, Insurance, Btc, 0.5m, 32000, 1));
        // nobody is worse after the payment than after the delivery, but than before
        Breaks("what an owner instructs leaves the account healthy or no worse", Spot(Alice, Insurance, Btc, 2.5m, 1));
        Breaks("what an owner instructs leaves the account healthy or no worse", Spot(Alice, Dave, Btc, 1, 70000));
        TransitionScene scene = Forbidden(Spot(Alice, Insurance, Btc, 2.5m, 1));
        AccountVersion[] alone = [.. scene.Plan.Versions.Select((v, i) => v.Slot == Alice && v.Event == 2 ? v with { Leg = v.Leg with { Role = v.Leg.Role & ~LegRole.GoesOn } } : v)];
        Breaks("leg", scene.Check(alone));
    }

    [Fact]
    public void A_spot_trade_without_its_owners_is_not_the_accounts()
    {
        TransitionScene scene = Of(Spot(Alice, Insurance, Btc, 0.5m, 32000, 1));
        EventWitness paid = scene.Plan.Events[1];
        Breaks("authority", scene.Check(plan: scene.Plan with { Events = [scene.Plan.Events[0], paid with { SecondNonce = paid.FirstNonce }] }));
    }

    [Fact]
    public void What_is_settled_ends()
    {
        Satisfied(Settle(Carol, Insurance, BtcPerp, 6));
        Breaks("what must end ends", Settle(Carol, Insurance, BtcPerp, 3));
        Breaks("what must end ends", Settle(Carol, Insurance, BtcPerp, 7));
        Breaks("a position is settled with the fees account or the insurance fund", Settle(Carol, Alice, BtcPerp, 6));
    }

    private static readonly Dictionary<EventClass, string> Named = new()
    {
        [EventClass.Forced] = "what is forced is shown",
        [EventClass.Deleveraging] = "what is deleveraged is shown",
        [EventClass.LossShare] = "what is a share of a loss is shown",
        [EventClass.Settlement] = "what is settled is shown",
        [EventClass.VariationMargin] = "what is settled and going on is shown",
        [EventClass.Rejected] = "what is rejected is shown",
        [EventClass.ProvenRejected] = "what is proven to be rejected is shown",
        [EventClass.RejectedBorrowing] = "what is rejected for borrowing is shown",
    };

    [Fact]
    public void What_is_forced_or_rejected_is_shown()
    {
        TransitionScene scene = Of(Crash);
        for (int row = 0; row < scene.Inputs.Classes.Length; row++)
        {
            EventClass seen = scene.Inputs.Classes[row];
            foreach (EventClass other in Enum.GetValues<EventClass>().Where(other => other != seen))
            {
                CheckReport report = scene.Check(inputs: scene.Inputs with { Classes = scene.Inputs.Classes.SetItem(row, other) });
                foreach (EventClass wrong in new[] { seen, other }.Where(wrong => wrong != EventClass.Ordinary)) Breaks(Named[wrong], report);
            }
        }
        Breaks("what is rejected is shown", scene.Check(inputs: scene.Inputs with { Classes = scene.Inputs.Classes.SetItem(7, EventClass.Ordinary) }));
        Breaks("what is rejected is shown", scene.Check(inputs: scene.Inputs with { Classes = scene.Inputs.Classes.SetItem(1, EventClass.Rejected) }));
    }

    [Fact]
    public void What_is_rejected_moves_nothing()
    {
        TransitionScene scene = Of([Deposit(Alice, 1), Rejected()]);
        foreach ((int at, BigInteger value, string name) in ((int, BigInteger, string)[])[
            (EventRow.First, Alice, "what is rejected names no account"), (EventRow.Asset, Usd, "what is rejected is in no asset"), (EventRow.FirstCash, 1, "what is rejected moves nothing")])
            Breaks(name, scene.Check(plan: scene.Plan with { Events = [scene.Plan.Events[0], scene.Plan.Events[1] with { Data = scene.Plan.Events[1].Data.SetItem(at, value) }] }, lie: Nobody));
        // and no account takes a leg of it
        Breaks("leg", scene.Check([.. Of([Deposit(Alice, 1), Deposit(Bob, 1)]).Plan.Versions]));
    }

    [Fact]
    public void A_batch_does_not_begin_in_the_middle_of_an_event() =>
        Assert.Contains("second part", TransitionProver.Prove(Start(Share(Dave, Bob, 5, goesOn: true)), Salts).Refused!.Message, StringComparison.Ordinal);

    /// <summary>The share is taken from the account that the event names, and from no other.</summary>
    private static void BreaksPaid(BatchEvent share)
    {
        TransitionScene scene = Of(share);
        int payer = scene.Plan.Versions.ToList().FindIndex(v => v.Slot == share.First && v.Event == 1);
        AccountVersion[] versions = [.. scene.Plan.Versions];
        versions[payer] = versions[payer] with { Leg = versions[payer].Leg with { Cash = versions[payer].Leg.Cash + 1 } };
        Breaks("leg", scene.Check(versions, lie: Nobody));
    }

    private static void Satisfied(params BatchEvent[] events)
    {
        CheckReport report = Of(events).Check();
        Assert.True(report.IsSatisfied, report.ToString());
    }

    private static void Breaks(string name, params BatchEvent[] events) => Breaks(name, Forbidden(events).Check());

    private static void Breaks(string name, string other, BatchEvent e)
    {
        CheckReport report = Forbidden(e).Check();
        Assert.False(report.IsSatisfied);
        string text = report.ToString();
        Assert.True(text.Contains(name, StringComparison.Ordinal) || text.Contains(other, StringComparison.Ordinal), text);
    }

    private static void BreaksWrapped(string name, params BatchEvent[] events) => Breaks(name, Forbidden(events).Check(lie: Nobody));

    private static void Breaks(string name, CheckReport report)
    {
        Assert.False(report.IsSatisfied, $"nothing breaks; \"{name}\" should");
        Assert.Contains(name, report.ToString(), StringComparison.Ordinal);
    }
}
