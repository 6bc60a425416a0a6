using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Events that were rejected for want of margin: that they had to be is proven, and that they changed nothing.</summary>
public sealed class RejectedTransitionTests
{
    /// <summary>Attempts that begin, change, turn and end positions and balances, between events that count; Frank's are all rejected after he opened, Carol has nothing but attempts.</summary>
    internal static BatchEvent[] Rejections { get; } =
    [
        RejectTrade(Alice, BtcPerp, 60, 64000, fee: 10), Trade(Alice, Dave, BtcPerp, 1, 64000, fee: 10), RejectTrade(Alice, BtcPerp, -60, 64000, fee: 10),
        RejectTrade(Alice, BtcPerp, 2, 150_000, fee: 7), RejectTrade(Alice, EthPerp, 4000, 3100), RejectPayment(Dave, 1490), RejectTrade(Dave, BtcPerp, -4, 62_000),
        RejectPayment(Bob, 900_000), Transfer(Alice, Bob, 2500), RejectPayment(Bob, 901_000), Open(Frank, "frank"), RejectPayment(Frank, 1), RejectTrade(Frank, EthPerp, -1, 3000), RejectTrade(Carol, EthPerp, 100_000, 3100, fee: 1),
    ];

    [Fact]
    public void What_had_to_be_rejected_is_proven_and_leaves_no_trace()
    {
        TransitionScene scene = Of(Rejections);
        CheckReport report = scene.Check();
        Assert.True(report.IsSatisfied, report.ToString());
        BatchEvent[] others = [.. Rejections.Where(e => e.Kind is not (EventKind.RejectedTrade or EventKind.RejectedPayment))];
        Assert.Equal(Rejections.Length - others.Length, scene.Inputs.Count(EventClass.ProvenRejected));
        // by the way: positions and balances that an attempt begins and that one ends
        foreach (Func<AccountLeg, bool> one in (Func<AccountLeg, bool>[])[leg => leg.Closes, leg => leg.Empties])
        {
            Assert.Contains(scene.Plan.Versions, v => v.Leg.IsAttempt && one(v.Leg));
            Assert.Contains(scene.Plan.Versions, v => v.TakesBack && one(v.Leg));
        }
        IReadOnlyList<LedgerAccount> with = TransitionProver.Apply(scene.Batch, out _)!, without = TransitionProver.Apply(Start(others), out _)!;
        Assert.Equal(without.Count, with.Count);
        for (int i = 0; i < with.Count; i++)
        {
            Assert.Equal(without[i].Nonce, with[i].Nonce);
            Assert.Equal(without[i].Account.Items.SelectMany(items => items.SelectMany(item => item)), with[i].Account.Items.SelectMany(items => items.SelectMany(item => item)));
        }
    }

    [Fact]
    public void What_the_rulebook_allows_is_not_rejected()
    {
        Assert.Contains("as the rulebook allows", Refused(RejectTrade(Alice, BtcPerp, 1, 64000)), StringComparison.Ordinal);
        Assert.Contains("as the rulebook allows", Refused(RejectTrade(Erin, BtcPerp, -2, 64000.1m)), StringComparison.Ordinal);
        Assert.Contains("as the rulebook allows", Refused(RejectPayment(Alice, 1)), StringComparison.Ordinal);
        Breaks("an attempt would leave the account below its initial requirement", Forbidden(RejectTrade(Alice, BtcPerp, 1, 64000)).Check());
        Breaks("an attempt would leave the account below its initial requirement", Forbidden(RejectPayment(Alice, 1)).Check());
        // Erin is below her requirement before and after, and no worse: that is a trade to be applied
        Breaks("an attempt that may only be rejected where it is worse is worse", Forbidden(RejectTrade(Erin, BtcPerp, -2, 64000.1m)).Check());
        // told as a payment it would have to pay, and would move no position
        TransitionScene trade = Forbidden(RejectTrade(Erin, BtcPerp, -2, 64000.1m));
        TransitionPlan plan = trade.Plan with { Events = [.. trade.Plan.Events.Select(e => e with { Data = e.Data.SetItem(EventRow.Kind, (int)EventKind.RejectedPayment) })] };
        AccountVersion[] versions = [.. trade.Plan.Versions.Select(v => v.Leg.IsAttempt ? v with { Leg = v.Leg with { Role = LegRole.Attempt } } : v)];
        Breaks("no position: no size", trade.Check(versions, plan, Inputs(trade, plan), Nobody));
    }

    [Fact]
    public void An_attempt_does_not_count()
    {
        TransitionScene scene = Of(RejectTrade(Carol, EthPerp, 100_000, 3100, fee: 1), Deposit(Carol, 1));
        AccountVersion attempt = scene.Plan.Versions[1];
        AccountVersion[] last = [scene.Plan.Versions[0], attempt with { IsLast = true }];
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, last);
        Breaks("an attempt is not a last version", scene.Check(last, plan, inputs, Nobody));
        // the deposit comes to what was attempted
        AccountVersion[] goesOn = [scene.Plan.Versions[0], attempt, attempt with { Account = WithUsd(attempt.Account, Dollars(attempt) + Units(1)), Event = 2, IsLast = true, Leg = scene.Plan.Versions[^1].Leg }];
        (plan, inputs) = Forge(scene, goesOn);
        Breaks("an attempt is taken back in the next row, and nothing else is", scene.Check(goesOn, plan, inputs, Nobody));
    }

    /// <summary>A trade that was proven to be applied would be undone without anybody being asked.</summary>
    [Fact]
    public void What_counts_is_not_taken_back()
    {
        TransitionScene scene = Of(Withdraw(Alice, 500));
        AccountVersion before = scene.Plan.Versions[0], paid = scene.Plan.Versions[1];
        AccountVersion[] versions = [before, paid with { IsLast = false }, paid with { Account = before.Account, TakesBack = true, Leg = AccountLeg.Nothing with { Asset = TransitionScene.Usd } }];
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, versions);
        Breaks("an attempt is taken back in the next row, and nothing else is", scene.Check(versions, plan, inputs, Nobody));
        Breaks("a first version takes nothing back", scene.Check(change: traces => Cell(traces, 0, "takes back") = KoalaBear.One));
    }

    [Fact]
    public void What_takes_back_moves_the_opposite_of_the_attempt_and_nothing_else()
    {
        TransitionScene scene = Of(RejectTrade(Carol, EthPerp, 100_000, 3100, fee: 1), RejectPayment(Bob, 900_000));
        int bob = Find(scene, Bob), carol = Find(scene, Carol);
        Lies("amount is what it was and what was moved", bob, v => v with { Account = WithUsd(v.Account, Dollars(v) + 1) });
        Lies("amount is what it was and what was moved", carol, v => v with { Account = WithUsd(v.Account, Dollars(v) + 1) });
        Lies("size is what it was and what was moved", carol, v => v with { Account = WithEth(v.Account, p => p.SetItem(1, p[1] + 1)) });
        Lies("cost is what it was and what was moved", carol, v => v with { Account = WithEth(v.Account, p => p.SetItem(2, p[2] + 1)) });
        Lies("there is one balance more where one begins, one less where one ends", bob, v => v with { Account = v.Account with { Items = v.Account.Items.SetItem(Balances, v.Account.Items[Balances].RemoveAt(1)) } });
        Lies("what takes back has the asset", bob, v => v with { Leg = v.Leg with { Asset = 0 } });
        Lies("what takes back has the instrument", carol, v => v with { Leg = v.Leg with { Instrument = BtcPerp } });
        Lies("what takes back moves a position where the attempt does", carol, v => v with { Leg = v.Leg with { Instrument = null } });
        Lies("what takes back is of the attempt's event", carol, v => v with { Event = 2 });
        Lies("of a version that takes back nothing is asked", carol, v => v with { Leg = v.Leg with { Role = LegRole.Due } });

        void Lies(string name, int at, Func<AccountVersion, AccountVersion> change)
        {
            AccountVersion[] versions = [.. scene.Plan.Versions];
            versions[at] = change(versions[at]);
            (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, versions);
            Breaks(name, scene.Check(versions, plan, inputs, Nobody));
        }

        static int Find(TransitionScene scene, int slot) => scene.Plan.Versions.ToList().FindIndex(v => v.Slot == slot && v.TakesBack);
    }

    /// <summary>Judged against an earlier or a later version a payment can be one that is not allowed.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_attempt_is_from_the_version_before_its_event(bool isEarlier)
    {
        TransitionScene scene = Forbidden(Deposit(Alice, 1_000_000), RejectPayment(Alice, 900_000), Withdraw(Alice, 1_000_000));
        TransitionScene other = Forbidden(isEarlier ? [RejectPayment(Alice, 900_000), Deposit(Alice, 1_000_000), Withdraw(Alice, 1_000_000)] : [Deposit(Alice, 1_000_000), Withdraw(Alice, 1_000_000), RejectPayment(Alice, 900_000)]);
        Assert.True(other.Check().IsSatisfied);
        Breaks("an attempt would leave the account below its initial requirement", scene.Check());
        int[] renamed = isEarlier ? [0, 2, 1, 3] : [0, 1, 3, 2];
        IReadOnlyList<AccountVersion> versions = other.Plan.Versions;
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, versions);
        foreach ((bool liesInGaps, string name) in ((bool, string)[])[(false, "rows rise"), (true, "bus range16")])
            Breaks(name, scene.Check(versions, plan, inputs, Nobody, traces =>
            {
                for (int row = 1; row < versions.Count; row++)
                {
                    Cell(traces, row, "event") = KoalaBear.From(renamed[versions[row].Event]);
                    if (liesInGaps) Cell(traces, row, "gap") = KoalaBear.From(Order(row) - Order(row - 1) - 1);
                }
            }));

        int Order(int row) => 2 * renamed[versions[row].Event] + (versions[row].TakesBack ? 1 : 0);
    }

    [Fact]
    public void A_rejected_event_is_of_the_owner_and_uses_no_nonce()
    {
        TransitionScene scene = Of(RejectPayment(Bob, 900_000));
        AccountVersion[] versions = [.. scene.Plan.Versions];
        EventWitness e = scene.Plan.Events[0];
        foreach (EventWitness lie in (EventWitness[])[
            e with { FirstOwner = Of(Deposit(Alice, 1)).Plan.Versions[0].Owner }, e with { FirstNonce = [e.FirstNonce[0] + KoalaBear.One, e.FirstNonce[1], e.FirstNonce[2]] }, e with { FirstOwner = new KoalaBear[8], FirstNonce = new KoalaBear[3] }])
        {
            TransitionPlan plan = scene.Plan with { Events = [lie] };
            Breaks("bus authority", scene.Check(versions, plan, Inputs(scene, plan), Nobody));
        }
        foreach (int from in (int[])[1, 2])
        {
            AccountVersion[] counted = [.. versions.Select((v, i) => i >= from ? v with { Nonce = v.Nonce + 1 } : v)];
            (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, counted);
            Breaks("the nonce counts instructions, low word", scene.Check(counted, plan, inputs, Nobody));
        }
        // another account would have lacked margin: it is not the one that the event names
        AccountVersion[] others = [.. Of(RejectPayment(Carol, 900_000)).Plan.Versions];
        (TransitionPlan forged, TransitionInputs named) = Forge(scene, others);
        Breaks("bus leg", scene.Check(others, forged, named, Nobody));
    }

    [Fact]
    public void What_is_rejected_is_shown_as_what_it_is()
    {
        TransitionScene proven = Of(RejectPayment(Bob, 900_000)), word = Of(Rejected(), Deposit(Bob, 1));
        foreach (EventClass kind in Enum.GetValues<EventClass>().Where(kind => kind != EventClass.ProvenRejected))
            Breaks("what is proven to be rejected is shown", proven.Check(inputs: proven.Inputs with { Classes = [kind] }));
        Breaks("what is proven to be rejected is shown", word.Check(inputs: word.Inputs with { Classes = [EventClass.ProvenRejected, EventClass.Ordinary] }));
        // what moves nothing has nothing that could be rejected
        TransitionPlan plan = word.Plan with { Events = [word.Plan.Events[0] with { Data = word.Plan.Events[0].Data.SetItem(EventRow.Kind, (int)EventKind.RejectedTrade) }, word.Plan.Events[1]] };
        TransitionInputs inputs = Inputs(word, plan) with { Classes = [EventClass.ProvenRejected, EventClass.Ordinary] };
        Breaks("bus leg", word.Check(plan: plan, inputs: inputs, lie: Nobody));
    }

    /// <summary>A leaf can hold a position of no size, which has a cost all the same. Moved and moved back it would be nothing, and its cost gone.</summary>
    [Fact]
    public void A_position_of_no_size_is_not_lost_by_an_attempt()
    {
        TransitionBatch batch = Start(RejectTrade(Dave, EthPerp, 100_000, 3100));
        LedgerAccount[] accounts = [.. batch.Accounts];
        AccountData dave = accounts[Dave].Account;
        accounts[Dave] = accounts[Dave] with { Account = dave with { Items = dave.Items.SetItem(Positions, dave.Items[Positions].Add([EthPerp, 0, Units(7)])) } };
        batch = batch with { Accounts = accounts };
        Assert.Null(TransitionProver.Apply(batch, out RefusedEvent? refused));
        Assert.Contains("one of its positions has no size", refused!.Message, StringComparison.Ordinal);
        TransitionScene scene = Forbidden(batch);
        Breaks("what is moved and remains is not zero", scene.Check());
        AccountVersion[] versions = [.. scene.Plan.Versions.Select(v => v.TakesBack ? v with { Account = dave, Leg = v.Leg with { Closes = true } } : v)];
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, versions);
        Breaks("what takes back ends a position where the attempt begins one", scene.Check(versions, plan, inputs, Nobody));
    }

    /// <summary>What begins anew has no flags, so an attempt that ended a position with one would take it away.</summary>
    [Fact]
    public void A_flag_of_a_position_is_not_lost_by_an_attempt()
    {
        VenueRulebook rulebook = SolvencyScene.Compile(RigidTransitionTests.More);
        TransitionCircuit circuit = TransitionCircuit.Of(rulebook, 1, 0);
        var market = new MarketData([], [[new("A", [new(3)]), new("B", [new(4)])], [new("I", [new(10), new(0)])]]);
        foreach (int flag in (int[])[0, 1])
        {
            LedgerAccount account = new(new AccountData("account", [0, 100], [[], [[0, 5, 40, 0, flag]], [[0, 0, 900]], []]), Key(0), 5, 1);
            TransitionBatch batch = new(rulebook, market, "venue", 9, [account, account with { Account = account.Account with { Id = "other" } }], 3, 0, 1, [new BatchEvent(EventKind.RejectedTrade, 0, null, 0, 0, 0, 0, -5, 2_000_000)]);
            IReadOnlyList<AccountVersion>? versions = VersionMaker.Make(batch, out RefusedEvent? refused);
            Assert.Equal(flag == 1, refused is not null);
            if (flag == 1)
            {
                Assert.Contains("an item that the attempt ends has isolated", refused!.Message, StringComparison.Ordinal);
                versions = VersionMaker.Make(batch, out _, isLiar: true)!;
                versions = [.. versions.Select(v => v.TakesBack ? v with { Account = v.Account with { Items = v.Account.Items.SetItem(1, [[0, 5, 40, 0, 0]]) } } : v)];
            }
            var plan = new TransitionPlan(batch, versions!, Salts);
            TransitionInputs inputs = TransitionProver.InputsOf(batch, plan, circuit);
            var builder = new TransitionTraceBuilder(circuit, inputs, plan, lie: new Lie(circuit.Versions.Lowering.Domains[0], -1, -1, value => value));
            var publics = new TransitionPublicTables(inputs, circuit);
            IReadOnlyList<TableTrace> traces = builder.Build([.. builder.ActiveRows.Select((rows, table) => Math.Max(circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(rows, 8)))], 8);
            foreach (TableTrace trace in traces)
            {
                if (trace.Table.PhaseWidth(1) > 0 && circuit.Circuit.LogUpPhase != 1) builder.FillPhase(1, trace.Table.Index, SolvencyScene.Challenges, traces);
                if (trace.Public is not { } columns) continue;
                for (int phase = 0; phase < 2; phase++) publics.Fill(trace.Table.Index, phase, trace.ActiveRows, SolvencyScene.Challenges, columns);
            }
            CheckReport report = ConstraintChecker.Check(circuit.Circuit, traces, SolvencyScene.Challenges);
            if (flag == 0) Assert.True(report.IsSatisfied, report.ToString());
            else Breaks("what ends by an attempt has no isolated", report);
            foreach (TableTrace trace in traces) trace.Dispose();
        }
    }

    private static string Refused(BatchEvent e) => TransitionProver.Apply(Start(e), out RefusedEvent? refused) is null ? refused!.Message : "";

    private static AccountData WithEth(AccountData account, Func<ImmutableArray<BigInteger>, ImmutableArray<BigInteger>> change) =>
        account with { Items = account.Items.SetItem(Positions, [.. account.Items[Positions].Select(item => item[0] == EthPerp ? change(item) : item)]) };
}
