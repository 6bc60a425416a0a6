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

/// <summary>Rejections that are used for something else: to change what an attempt does not name, to reject what is allowed by numbers that wrap, to attempt for two accounts at once or for one that does not exist.</summary>
public sealed class ForgedRejectionTests
{
    /// <summary>Account 0 of a rulebook whose accounts hold more than what events move: [vip, line], notes, positions, balances, tags.</summary>
    private static readonly Lazy<(TransitionCircuit Circuit, TransitionBatch Batch)> More = new(() =>
    {
        VenueRulebook rulebook = SolvencyScene.Compile(RigidTransitionTests.More);
        var market = new MarketData([], [[new("A", [new(3)]), new("B", [new(4)])], [new("I", [new(10), new(0)]), new("J", [new(10), new(1)])]]);
        LedgerAccount account = new(new AccountData("account", [0, 100], [[[0, 2, 5], [1, 1, 7]], [[0, 5, 40, 0, 0], [1, 2, 9, 3, 1]], [[0, 0, 900], [1, 1, 50]], [[0, 0, 2]]]), Key(0), 5, 1);
        return (TransitionCircuit.Of(rulebook, 1, 0), new(rulebook, market, "venue", 9, [account, account with { Account = account.Account with { Id = "other" } }], 3, 0, 1,
            [new BatchEvent(EventKind.RejectedTrade, 0, null, 0, 0, 0, 0, -5, 2_000_000)]));
    });

    public static TheoryData<string, string> Strays => new()
    {
        { "flag", "vip stays as it is" },
        { "field", "line[0] stays as it is" },
        { "choice of a note", "bus notes from version to version" },
        { "number of a note", "bus notes from version to version" },
        { "a note less", "bus notes from version to version" },
        { "a tag more", "bus tags from version to version" },
        { "size of another position", "size is what it was and what was moved" },
        { "cost of another position", "cost is what it was and what was moved" },
        { "margin of another position", "bus positions from version to version" },
        { "flag of another position", "bus positions from version to version" },
        { "flag of the position that begins anew", "what is new has no isolated" },
        { "margin of the position that begins anew", "what is new has no margin" },
        { "another balance", "amount is what it was and what was moved" },
        { "flag of another balance", "bus balances from version to version" },
        { "nonce", "the nonce counts instructions, low word" },
        { "owner", "owner[0] stays as it is" },
        { "id", "id[7] stays as it is" },
    };

    /// <summary>What takes an attempt back is a row that nobody instructed. Whatever it changes beside what was attempted is seen.</summary>
    [Theory]
    [MemberData(nameof(Strays))]
    public void What_takes_back_changes_nothing_by_the_way(string what, string name)
    {
        (TransitionCircuit circuit, TransitionBatch batch) = More.Value;
        IReadOnlyList<AccountVersion> honest = VersionMaker.Make(batch, out RefusedEvent? refused)!;
        Assert.Null(refused?.Message);
        AccountData was = honest[2].Account;
        AccountVersion back = what switch
        {
            "flag" => With(was with { Scalars = was.Scalars.SetItem(0, 1) }),
            "field" => With(was with { Scalars = was.Scalars.SetItem(1, 101) }),
            "choice of a note" => Item(0, 0, 1, 0),
            "number of a note" => Item(0, 1, 2, 8),
            "a note less" => With(was with { Items = was.Items.SetItem(0, was.Items[0].RemoveAt(1)) }),
            "a tag more" => With(was with { Items = was.Items.SetItem(3, was.Items[3].Add([1, 1, 1])) }),
            "size of another position" => Item(1, 1, 1, 3),
            "cost of another position" => Item(1, 1, 2, 8),
            "margin of another position" => Item(1, 1, 3, 4),
            "flag of another position" => Item(1, 1, 4, 0),
            "flag of the position that begins anew" => Item(1, 0, 4, 1),
            "margin of the position that begins anew" => Item(1, 0, 3, 4),
            "another balance" => Item(2, 1, 2, 51),
            "flag of another balance" => Item(2, 1, 1, 0),
            "nonce" => honest[2] with { Nonce = honest[2].Nonce + 1 },
            "owner" => honest[2] with { Owner = [honest[2].Owner[0] + KoalaBear.One, .. honest[2].Owner[1..]] },
            _ => honest[2] with { Id = [.. honest[2].Id[..7], honest[2].Id[7] + KoalaBear.One] },
        };
        Assert.Equal("satisfied", Check(circuit, batch, honest).ToString());
        Breaks(name, Check(circuit, batch, [honest[0], honest[1], back]));

        AccountVersion With(AccountData account) => honest[2] with { Account = account };
        AccountVersion Item(int collection, int item, int field, int value) =>
            With(was with { Items = was.Items.SetItem(collection, was.Items[collection].SetItem(item, was.Items[collection][item].SetItem(field, value))) });
    }

    /// <summary>The public leaves can attempt too, in one batch with fees and penalties that they are paid.</summary>
    [Fact]
    public void The_fees_account_and_the_insurance_fund_are_accounts_like_others()
    {
        TransitionScene scene = Of(Trade(Alice, Carol, BtcPerp, 1, 64000, fee: 10), RejectPayment(Fees, 21), RejectPayment(Insurance, 100_001), Liquidate(Erin, Alice, BtcPerp, 5, 64000.1m, penalty: 50), RejectTrade(Insurance, BtcPerp, 900, 64000));
        Assert.Equal("satisfied", scene.Check().ToString());
    }

    /// <summary>A leaf that is empty has no account that could lack margin, and attempts nothing before it is opened.</summary>
    [Fact]
    public void An_empty_leaf_attempts_nothing()
    {
        TransitionScene opened = Of(Open(Frank, "frank"), RejectPayment(Frank, 1));
        AccountVersion[] versions = [.. opened.Plan.Versions.Where(v => !v.Leg.Role.HasFlag(LegRole.Opens)).Select(v => v.IsFirst ? v : v with { Event = 2 })];
        Assert.Equal(3, versions.Length);
        (TransitionPlan plan, TransitionInputs inputs) = Forge(opened, versions);
        Breaks("an empty leaf is opened, and nothing else", opened.Check(versions, plan, inputs, Nobody));
    }

    /// <summary>A rejected trade is one account's. The other side would be moved, and taken back, without being named.</summary>
    [Fact]
    public void An_attempt_is_one_accounts()
    {
        TransitionScene scene = Of(RejectTrade(Carol, EthPerp, 100_000, 3100)), other = Forbidden(RejectTrade(Alice, EthPerp, -100_000, 3100));
        AccountVersion[] versions = [.. other.Plan.Versions, .. scene.Plan.Versions];
        (TransitionPlan plan, TransitionInputs inputs) = Forge(scene, versions);
        Breaks("bus leg", scene.Check(versions, plan, inputs, Nobody));
    }

    /// <summary>Two attempts, one upon the other, would be judged together: the second from what the first had left.</summary>
    [Fact]
    public void An_attempt_is_not_from_another_attempt()
    {
        TransitionScene apart = Forbidden(RejectPayment(Bob, 900_000), RejectPayment(Bob, 1));
        AccountVersion[] all = [.. apart.Plan.Versions];
        AccountVersion second = all[3] with { Account = WithUsd(all[1].Account, Dollars(all[1]) - Units(1)) };
        AccountVersion[] versions = [all[0], all[1], second, all[4]];
        (TransitionPlan plan, TransitionInputs inputs) = Forge(apart, versions);
        Breaks("an attempt is taken back in the next row, and nothing else is", apart.Check(versions, plan, inputs, Nobody));
    }

    /// <summary>Whoever has almost as much as can be written down would have nothing left after he was paid more.</summary>
    [Fact]
    public void An_attempt_does_not_wrap_around_into_a_want_of_margin()
    {
        BigInteger size = BigInteger.One << 64, most = (BigInteger.One << 63) - 1 - Units(2);
        TransitionBatch batch = Start(RejectTrade(Alice, BtcPerp, 1, 64000, fee: -9));
        LedgerAccount[] accounts = [.. batch.Accounts];
        accounts[Alice] = accounts[Alice] with { Account = WithUsd(accounts[Alice].Account, most) };
        TransitionScene scene = Forbidden(Start(RejectTrade(Alice, BtcPerp, 1, 64000, fee: -9)));
        AccountVersion[] versions = [.. scene.Plan.Versions.Select(v => v with { Account = WithUsd(v.Account, v.Leg.IsAttempt ? most + Units(9) - size : most) })];
        TransitionPlan plan = new TransitionPlan(batch with { Accounts = accounts, Events = [] }, versions, Salts) with { Events = scene.Plan.Events };
        Breaks("amount is what it was and what was moved", scene.Check(versions, plan, Inputs(scene, plan), Nobody));
    }

    /// <summary>A rejected event on the venue's word names no account: two names that cancel each other are still names.</summary>
    [Fact]
    public void What_is_rejected_on_the_venues_word_names_nobody()
    {
        TransitionScene scene = Of(Rejected(), Deposit(Bob, 1));
        EventWitness e = scene.Plan.Events[0];
        TransitionPlan plan = scene.Plan with { Events = [e with { Data = e.Data.SetItem(EventRow.First, Bob).SetItem(EventRow.Asset, 1) }, scene.Plan.Events[1]] };
        CheckReport report = scene.Check(plan: plan, inputs: Inputs(scene, plan), lie: Nobody);
        Breaks("what is rejected names no account", report);
        Breaks("what is rejected is in no asset", report);
    }

    /// <summary>A half that ends a balance with a flag would give back one without.</summary>
    [Fact]
    public void A_flag_of_a_balance_is_not_lost_by_a_half()
    {
        (TransitionCircuit circuit, TransitionBatch batch) = More.Value;
        foreach (int locked in (int[])[0, 1])
        {
            AccountData was = batch.Accounts[0].Account, account = was with { Items = was.Items.SetItem(2, [[0, 0, 900], [1, locked, 50]]) };
            TransitionBatch spot = batch with
            {
                Accounts = [batch.Accounts[0] with { Account = account }, batch.Accounts[1]],
                Events = [new(EventKind.RejectedHalf, 0, 0, 1, -50, 50), new(EventKind.RejectedSpot, 0, null, 0, -2_000_000) { GoesOn = true }, new(EventKind.RejectedReturn, 0, null, 0, 0) { GoesOn = true }],
            };
            IReadOnlyList<AccountVersion>? versions = VersionMaker.Make(spot, out RefusedEvent? refused);
            if (locked == 0)
            {
                Assert.Equal("satisfied", Check(circuit, spot, versions!).ToString());
                continue;
            }
            Assert.Contains("an item that the attempt ends has locked", refused!.Message, StringComparison.Ordinal);
            Breaks("what ends by an attempt has no locked", Check(circuit, spot, VersionMaker.Make(spot, out _, isLiar: true)!));
        }
    }

    private static CheckReport Check(TransitionCircuit circuit, TransitionBatch batch, IReadOnlyList<AccountVersion> versions)
    {
        var plan = new TransitionPlan(batch, versions, Salts);
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
        foreach (TableTrace trace in traces) trace.Dispose();
        return report;
    }
}
