using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.PledgeTransitionTests;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Forged pledges and forged settlements: accounts that are not there, numbers that wrap, versions that an event does not make, rulebooks of other forms.</summary>
public sealed class ForgedPledgeTests
{
    private const string Changes = "pledged is what was and what is pledged more";

    /// <summary>A leaf that is not there, or the account's own, could never release it; the element −1 would leave it pledged to nobody.</summary>
    [Theory]
    [InlineData(Carol)]
    [InlineData(6)]
    [InlineData(1 << 4)]
    [InlineData(LoweredVersions.End + 5)]
    [InlineData(-1)]
    public void Something_is_pledged_to_another_account_of_the_tree(int to)
    {
        TransitionScene scene = TransitionScene.Of(Start(Pledge(Carol, Dave, 100)));
        AccountVersion[] versions = [.. scene.Plan.Versions.Select(v => v.IsFirst || v.Slot != Carol ? v : With(v, 10_000, to + 1) with { Leg = v.Leg with { PledgedTo = to + 1 } })];
        EventWitness e = scene.Plan.Events[0] with { Data = scene.Plan.Events[0].Data.SetItem(EventRow.Second, to < 0 ? KoalaBear.Modulus + (BigInteger)to : to) };
        TransitionPlan plan = new TransitionPlan(scene.Batch with { Events = [] }, versions, TransitionScene.Salts) with { Events = [e] };
        Breaks("legs", scene.Check(versions, plan, InputsOf(scene, plan), Nobody));
    }

    [Theory]
    [InlineData(EventKind.Pledge)]
    [InlineData(EventKind.Release)]
    [InlineData(EventKind.RejectedPledge)]
    public void Who_pledges_pledges_something(EventKind kind)
    {
        BatchEvent nothing = new(kind, Bob, Dave, 0, 0);
        Breaks("who pledges pledges something, and who releases releases something", TransitionScene.Forbidden(Start(nothing)).Check(lie: Nobody));
    }

    /// <summary>The digest says how much, with its sign, and to whom.</summary>
    [Fact]
    public void A_digest_binds_what_is_pledged()
    {
        TransitionScene scene = TransitionScene.Of(Start(Pledge(Bob, Dave, 100)));
        foreach ((int at, BigInteger value) in ((int, BigInteger)[])[(EventRow.Pledged, 10_001), (EventRow.Pledged, -10_000), (EventRow.Second, Erin), (EventRow.Kind, (int)EventKind.Release), (EventRow.Kind, (int)EventKind.RejectedPledge)])
        {
            EventWitness e = scene.Plan.Events[0] with { Data = scene.Plan.Events[0].Data.SetItem(at, value) };
            Assert.NotEqual(scene.Inputs.Events[0], LeafSponge.Hash(e.Blocks(scene.ItsCircuit.Events)));
        }
        TransitionScene more = TransitionScene.Of(Start(Pledge(Bob, Dave, 100.01m)));
        Breaks("digest", more.Check(inputs: more.Inputs with { Events = scene.Inputs.Events }, lie: Nobody));
    }

    /// <summary>256^7 less what was pledged would leave nothing, or as much as anybody likes.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(40_001)]
    public void What_is_pledged_does_not_wrap_around(long left)
    {
        TransitionScene scene = TransitionScene.Of(Start(Release(Bob, Dave, 1)));
        BigInteger released = -(BigInteger.One << 55);
        AccountVersion[] versions = [.. scene.Plan.Versions.Select(v => v.Slot == Bob && !v.IsFirst ? With(v, left, left == 0 ? 0 : Dave + 1) with { Leg = v.Leg with { Pledged = released } } : v)];
        EventWitness e = scene.Plan.Events[0] with { Data = scene.Plan.Events[0].Data.SetItem(EventRow.Pledged, released) };
        TransitionPlan plan = new TransitionPlan(scene.Batch with { Events = [] }, versions, TransitionScene.Salts) with { Events = [e, .. scene.Plan.Events.Skip(1)] };
        Breaks(Changes, scene.Check(versions, plan, InputsOf(scene, plan), Nobody));
    }

    /// <summary>Rows of other kinds, those that take back among them, move neither number.</summary>
    [Fact]
    public void What_takes_back_a_trade_leaves_what_is_pledged_as_it_was()
    {
        TransitionScene scene = TransitionScene.Of(Start(new BatchEvent(EventKind.RejectedTrade, Bob, null, 0, 0, 0, 0, 1_000_000_000, 10_000_000_000)));
        foreach ((bool back, int cents, int holder, string name) in ((bool, int, int, string)[])[
            (true, 40_000, Erin + 1, "what is taken back leaves it pledged to who it was"), (true, 0, 0, Changes), (true, 40_001, Dave + 1, Changes), (false, 40_000, Erin + 1, "to whom it is pledged stays as it is"), (false, 0, 0, Changes)])
        {
            AccountVersion[] versions = [.. scene.Plan.Versions.Select(v => !v.IsFirst && (v.TakesBack || !back) ? With(v, cents, holder) : v)];
            TransitionPlan plan = new TransitionPlan(scene.Batch with { Events = [] }, versions, TransitionScene.Salts) with { Events = scene.Plan.Events };
            Breaks(name, scene.Check(versions, plan, InputsOf(scene, plan), Nobody));
        }
    }

    [Fact]
    public void An_account_opens_with_nothing_pledged()
    {
        BatchEvent open = new(EventKind.Opening, 6, null, 0, 0) { Opened = new LedgerAccount(new AccountData("g", [0, 0], [[], []]), TransitionScene.Key(6), 0, 0) };
        TransitionScene scene = TransitionScene.Of(Start(open));
        AccountVersion[] versions = [.. scene.Plan.Versions.Select(v => v.IsFirst ? v : With(v, 100, Erin + 1))];
        TransitionPlan plan = new TransitionPlan(scene.Batch with { Events = [] }, versions, TransitionScene.Salts) with { Events = scene.Plan.Events };
        Breaks(Changes, scene.Check(versions, plan, InputsOf(scene, plan), Nobody));
        Judges(true, "", Start(open, Pledge(Carol, 6, 10), Release(Carol, 6, 4), Release(Carol, 6, 6)));
    }

    /// <summary>Everything that can stand beside each other in one account.</summary>
    [Fact]
    public void Pledges_releases_and_what_was_rejected_follow_each_other()
    {
        BatchEvent trade = new(EventKind.RejectedTrade, Bob, null, 0, 0, 0, 0, 1_000_000_000, 10_000_000_000);
        Judges(true, "", Start(
            RejectPledge(Bob, Dave, 501), trade, Pledge(Bob, Dave, 500), RejectPledge(Bob, Dave, 0.01m), trade, Release(Bob, Dave, 900), RejectPledge(Bob, Erin, 901), Pledge(Bob, Erin, 900),
            RejectPledge(Bob, Erin, 1), new BatchEvent(EventKind.Deposit, Bob, null, 0, 1_000_000), Pledge(Bob, Erin, 1), Release(Bob, Erin, 901), RejectPledge(Carol, Bob, 1_000_000), Pledge(Carol, Bob, 5), Release(Carol, Bob, 5),
            new BatchEvent(EventKind.VariationMargin, Bob, null, 0, 0, Instrument: 0), new BatchEvent(EventKind.Trade, Bob, Carol, 0, 0, 0, 0, -100_000_000, -1_000_000_000)));
    }

    private const string Fields = "  encumbered: Pledge = 0\n  pledgee: Leaf = 0\n";

    /// <summary>Pledges and releases under rulebooks of other forms: honest ones are proven, and one cent more is not.</summary>
    [Theory]
    [InlineData("as it is", "", "", "")]
    [InlineData("in other order", Fields, "  pledgee: Leaf = 0\n  encumbered: Pledge = 0\n", "")]
    [InlineData("between other fields", Fields, "  other: Pledge = 0\n  pledgee: Leaf = 0\n  another: Pledge = 0\n  encumbered: Pledge = 0\n  last: Leaf = 0\n", "")]
    [InlineData("whole bytes", "Pledge scale 2 bits 50", "Pledge scale 2 bits 56", "")]
    [InlineData("another bound", "Pledge scale 2 bits 50 nonnegative", "Pledge scale 2 in [0, 2000]", "")]
    [InlineData("finer than money", "Pledge scale 2 bits 50", "Pledge scale 9 bits 60", "")]
    [InlineData("leaves of 24 bits", "bits 23", "bits 24", "")]
    [InlineData("in liquidatable", "", "", "\nliquidatable = equity - encumbered < maintenance")]
    [InlineData("in liquidatable, the wrong way", "", "", "\nliquidatable = equity + encumbered < maintenance + 100")]
    public void Under_other_rulebooks_what_is_free_is_pledged(string name, string from, string to, string more)
    {
        VenueRulebook rulebook = SolvencyScene.Compile((from.Length == 0 ? RulebookText : RulebookText.Replace(from, to, StringComparison.Ordinal)) + more + "\n");
        BigInteger unit = BigInteger.Pow(10, name == "finer than money" ? 9 : 2);
        BatchEvent Pledged(BigInteger units) => new(EventKind.Pledge, 2, 3, 0, 0) { Pledged = units };
        Judges(true, "", On(rulebook, Pledged(900 * unit), new BatchEvent(EventKind.Release, 2, 3, 0, 0) { Pledged = -450 * unit }, new BatchEvent(EventKind.RejectedPledge, 2, 3, 0, 0) { Pledged = 450 * unit + 1 }, Pledged(450 * unit), new BatchEvent(EventKind.Release, 2, 3, 0, 0) { Pledged = -900 * unit }));
        Judges(false, "a payment leaves the account healthy", On(rulebook, Pledged(900 * unit + 1)));
        Judges(false, "an attempt would leave the account below its initial requirement", On(rulebook, Pledged(900 * unit) with { Kind = EventKind.RejectedPledge }));
    }

    [Fact]
    public void Without_positions_what_is_free_is_pledged()
    {
        VenueRulebook rulebook = SolvencyScene.Compile("""
            rulebook cash
            quantity Cash scale 6 bits 63 unit USD
            quantity Pledge scale 0 bits 7 nonnegative unit USD
            quantity Leaf scale 0 bits 23 nonnegative
            quantity Money scale 6 bits 90 unit USD
            quantity Parity scale 0 in [1, 1]
            market Asset { index: Parity }
            account {
              encumbered: Pledge = 0
              pledgee: Leaf = 0
              balances: { asset: Asset, amount: Cash }*
            }
            equity: Money = down(sum b in balances: b.amount * b.asset.index)
            initial = 0 * equity
            maintenance = 0 * equity
            """);
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", Encoding.UTF8.GetBytes("""
            {"market":{"Asset":[{"symbol":"USD","index":"1"}]},"accounts":[{"id":"a","balances":[]},{"id":"b","balances":[]},{"id":"c","balances":[{"asset":"USD","amount":"100"}]},{"id":"d","balances":[]}]}
            """)));
        Assert.Empty(inputs.Errors);
        TransitionBatch Batch(params BatchEvent[] events) => new(rulebook, inputs.Market!, "test venue", 100, [.. inputs.Accounts.OrderBy(account => account.Id, StringComparer.Ordinal).Select((account, i) => new LedgerAccount(account, TransitionScene.Key(i), 7, 3))], 4, 0, 1, events);
        BatchEvent Pledged(int usd, EventKind kind = EventKind.Pledge) => new(kind, 2, 3, 0, 0) { Pledged = usd };
        Judges(true, "", Batch(Pledged(100), Pledged(1, EventKind.RejectedPledge), Pledged(-60, EventKind.Release), new BatchEvent(EventKind.Withdrawal, 2, null, 0, -60_000_000), Pledged(-40, EventKind.Release)));
        Judges(false, "a payment leaves the account healthy", Batch(Pledged(101)));
        Judges(false, "a payment leaves the account healthy", Batch(Pledged(100), new BatchEvent(EventKind.Withdrawal, 2, null, 0, -1)));
    }

    /// <summary>A definition beside the field would be what counts, so there is none.</summary>
    [Fact]
    public void Encumbered_has_one_meaning() =>
        Assert.ThrowsAny<Exception>(() => SolvencyScene.Compile(RulebookText + "\nencumbered: Money = 0 * equity\n"));

    /// <summary>−20,000 / 30,000 bitcoin cannot be written down: Erin's short costs as much up to a unit, and what it cost less before is hers. Costs are as fine as amounts.</summary>
    [Theory]
    [InlineData(6_666_665, 1, "what is handed over at the mark price is not too dear")]
    [InlineData(6_666_666, 1, null)]
    [InlineData(6_666_667, 1, null)]
    [InlineData(6_666_668, 1, "what is handed over at the mark price is not too cheap")]
    [InlineData(-6_666_667, 1, "what is handed over at the mark price is not too dear")]
    [InlineData(6_660_000, 10_000, null)]
    [InlineData(6_680_000, 10_000, "what is handed over at the mark price is not too cheap")]
    public void Inverse_contracts_are_settled_and_go_on(long gain, long unit, string? broken)
    {
        BatchEvent settled = new(EventKind.VariationMargin, 4, null, 0, gain, Instrument: 0, Cost: gain);
        TransitionBatch batch = InverseTransitionTests.Start(unit, settled);
        int finer = (int)BigInteger.Pow(10, VersionFields.Of(batch.Rulebook.Schema).FinerDigits);
        Judges(broken is null, broken ?? "", batch with { Events = [settled with { FirstCash = finer * gain }] });
        Judges(false, "what is settled is paid", batch with { Events = [settled with { FirstCash = finer * gain + 1 }] });
    }

    /// <summary>A balance begins, ends and begins again by what is settled, and the position that was settled ends, or would have.</summary>
    [Fact]
    public void What_is_settled_goes_on_to_be_traded()
    {
        BatchEvent loss = VariationMarginTests.Settle(TransitionScene.Carol, TransitionScene.BtcPerp, -5_999.4m);
        TransitionBatch batch = TransitionScene.Start(loss, VariationMarginTests.Settle(TransitionScene.Carol, TransitionScene.EthPerp, 5_998.6m), TransitionScene.RejectTrade(TransitionScene.Carol, TransitionScene.BtcPerp, 5_000, 64_000.1m), VariationMarginTests.Settle(TransitionScene.Carol, TransitionScene.EthPerp, 0), TransitionScene.Settle(TransitionScene.Carol, TransitionScene.Insurance, TransitionScene.BtcPerp, 6));
        LedgerAccount[] accounts = [.. batch.Accounts];
        accounts[TransitionScene.Carol] = accounts[TransitionScene.Carol] with { Account = WithUsd(accounts[TransitionScene.Carol].Account, TransitionScene.Units(5_999.4m)) };
        Judges(true, "", batch with { Accounts = accounts });
    }

    /// <summary>What is told of a position is what it was in the version before, not before the batch or afterwards.</summary>
    [Fact]
    public void A_position_is_settled_once_for_a_price()
    {
        BatchEvent gain = VariationMarginTests.Settle(TransitionScene.Dave, TransitionScene.BtcPerp, 2_000.5m);
        Judges(false, "what is handed over at the mark price is not too cheap", TransitionScene.Start(gain, gain));
        // of the second it is told what the position cost before the batch
        TransitionScene scene = TransitionScene.Forbidden(gain, gain);
        EventWitness first = scene.Plan.Events[0], second = scene.Plan.Events[1];
        Breaks("marked", scene.Check(plan: scene.Plan with { Events = [first, second with { Data = second.Data.SetItem(EventRow.MarkedCost, first.Data[EventRow.MarkedCost]) }] }, lie: Nobody));
    }

    /// <summary>What a silo gained leaves it when its position is settled and goes on: a silo that held by its gain can then be taken.</summary>
    [Fact]
    public void A_silo_that_held_by_its_gain_is_due_when_that_is_paid()
    {
        BatchEvent settled = new(EventKind.VariationMargin, IsolatedScene.Bob, null, 0, IsolatedScene.Usd(5_990), Instrument: IsolatedScene.Btc, Cost: IsolatedScene.Usd(5_990)), taken = IsolatedScene.Liquidate(IsolatedScene.Bob, IsolatedScene.Btc, 1);
        TransitionBatch With(params BatchEvent[] events)
        {
            TransitionBatch batch = IsolatedScene.Start(events);
            LedgerAccount[] accounts = [.. batch.Accounts];
            AccountData bob = accounts[IsolatedScene.Bob].Account;
            ImmutableArray<ImmutableArray<BigInteger>> positions = bob.Items[IsolatedScene.Positions];
            accounts[IsolatedScene.Bob] = accounts[IsolatedScene.Bob] with { Account = bob with { Items = bob.Items.SetItem(IsolatedScene.Positions, positions.SetItem(0, positions[0].SetItem(2, IsolatedScene.Usd(58_000)).SetItem(IsolatedScene.Aside, IsolatedScene.Usd(1_000)))) } };
            return batch with { Accounts = accounts };
        }
        Judges(false, "an account that is liquidated was liquidatable", With(taken));
        Judges(true, "", With(settled, taken));
    }

    private static TransitionBatch On(VenueRulebook rulebook, params BatchEvent[] events)
    {
        RuleInputs inputs = RuleInputs.Read(rulebook.Schema, ("book", Encoding.UTF8.GetBytes("""
            {"market":{"Asset":[{"symbol":"USD","index":"1"}],"Instrument":[{"symbol":"P","mark":"10","settle":"USD"}]},
             "accounts":[{"id":"a","balances":[],"positions":[]},{"id":"b","balances":[],"positions":[]},
              {"id":"c","balances":[{"asset":"USD","amount":"1000"}],"positions":[{"instrument":"P","size":"100","cost":"1000"}]},
              {"id":"d","balances":[{"asset":"USD","amount":"100000"}],"positions":[{"instrument":"P","size":"-100","cost":"-1000"}]}]}
            """)));
        Assert.Empty(inputs.Errors);
        return new TransitionBatch(rulebook, inputs.Market!, "test venue", 100, [.. inputs.Accounts.OrderBy(account => account.Id, StringComparer.Ordinal).Select((account, i) => new LedgerAccount(account, TransitionScene.Key(i), 7, 3))], 4, 0, 1, events);
    }

    private static TransitionInputs InputsOf(TransitionScene scene, TransitionPlan plan) => scene.Inputs with
    {
        RootBefore = plan.Before.Root,
        RootAfter = plan.After.Root,
        Events = [.. plan.Events.Select(e => LeafSponge.Hash(e.Blocks(scene.ItsCircuit.Events)))],
    };

    private static AccountVersion With(AccountVersion version, BigInteger cents, int holder) => version with { Account = version.Account with { Scalars = [cents, holder] } };
}
