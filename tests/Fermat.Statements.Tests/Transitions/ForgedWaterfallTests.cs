using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>A liar forces accounts: it makes rows, versions, leaves and roots fit each other, and something still does not.</summary>
public sealed class ForgedWaterfallTests
{
    private const int Alt = 0, Btc = 1;

    /// <summary>Carol's six bitcoin are worth 384,000 dollars and go for six: with costs rounded to a million dollars that would be the mark price.</summary>
    [Fact]
    public void Coarse_rounding_of_costs_is_no_way_around_the_mark_price()
    {
        TransitionBatch robbery = Start(Settle(Carol, Insurance, BtcPerp, 6) with { Cost = -Units(6) / 100 }) with { CostRounding = 12 };
        TransitionOutcome outcome = TransitionProver.Prove(robbery, Salts);
        TransitionInputs inputs = outcome.Inputs ?? TransitionProver.InputsOf(robbery, Salts);
        Assert.Equal(StatementRejectionCode.OutOfRange, TransitionStatement.Verify(inputs, outcome.Proof, TransitionAnchors.None).Rejection?.Code);
        Assert.Contains("the rounding of costs", outcome.Refused?.Message, StringComparison.Ordinal);

        // what a verifier pins is not taken more coarsely, nor left out of the digest of the log
        Assert.Equal(6, TransitionInputs.CoarsestCost(inputs.Rulebook));
        TransitionInputs cents = inputs with { CostRounding = 4 };
        Assert.Equal(StatementRejectionCode.WrongSnapshot, TransitionStatement.Verify(cents, outcome.Proof, new TransitionAnchors { CostRounding = 3 }).Rejection?.Code);
        Assert.Equal(StatementRejectionCode.ProofRejected, TransitionStatement.Verify(cents, outcome.Proof, new TransitionAnchors { CostRounding = 4 }).Rejection?.Code);
        Assert.NotEqual(TransitionChain.LogDigest([cents]), TransitionChain.LogDigest([cents with { CostRounding = 3 }]));
    }

    /// <summary>Each bit that an event asks of an account, left out of its version; and what is asked of one of two accounts, done by the other.</summary>
    [Fact]
    public void What_an_event_asks_of_an_account_is_asked_of_that_account()
    {
        TransitionScene scene = Of(WaterfallTransitionTests.Crash);
        AccountVersion[] versions = [.. scene.Plan.Versions];
        int tried = 0;
        for (int i = 0; i < versions.Length; i++)
            foreach (LegRole role in Enum.GetValues<LegRole>().Where(role => role != LegRole.None && versions[i].Leg.Role.HasFlag(role)))
            {
                AccountVersion[] without = [.. versions];
                without[i] = With(versions[i], versions[i].Leg.Role & ~role);
                int other = Array.FindIndex(versions, v => v.Event == versions[i].Event && v.Slot != versions[i].Slot);
                if (tried % 2 == 0) without[other] = With(versions[other], versions[other].Leg.Role ^ role);
                Breaks("leg", scene.Check(without, lie: Nobody));
                tried++;
            }
        Assert.True(tried > 20, $"{tried}");

        static AccountVersion With(AccountVersion version, LegRole role) => version with { Leg = version.Leg with { Role = role } };
    }

    [Fact]
    public void One_payment_does_not_pay_for_two_deliveries()
    {
        BatchEvent[] spot = Spot(Alice, Insurance, Btc, 0.5m, 32000);
        Breaks("a delivery is paid in the next row", Forbidden(spot[0], spot[0], spot[1]).Check(lie: Nobody));
        Breaks("a delivery is paid in the next row", Forbidden(spot[0], spot[1], spot[1]).Check(lie: Nobody));
        Breaks("a delivery is paid in the next row", Forbidden(spot[0], spot[1], spot[0]).Check(lie: Nobody));
        BatchEvent[] sale = Sell(Bob, Alt, 27000, 9990);
        Breaks("collateral that is sold is paid in the next row", Forbidden(sale[0], sale[0], sale[1]).Check(lie: Nobody));
        Breaks("collateral that is sold is paid in the next row", Forbidden(sale[0], sale[1], sale[0]).Check(lie: Nobody));
    }

    /// <summary>After the delivery Alice is worse than before it. Before an earlier transfer, or by a liar's own word, she was worse still: that is not what the payment is judged against.</summary>
    [Fact]
    public void A_payment_is_judged_against_the_version_before_its_delivery_and_no_other()
    {
        TransitionScene scene = Forbidden([Deposit(Alice, 1000), .. Spot(Alice, Insurance, Btc, 2.5m, 1)]);
        Breaks("what an owner instructs leaves the account healthy or no worse", scene.Check());
        BigInteger worst = scene.Plan.Versions.Where(v => v.Slot == Alice).Max(v => v.PreviousGap) + Units(1_000_000);
        foreach (int from in (int[])[2, 3])
        {
            AccountVersion[] versions = [.. scene.Plan.Versions.Select(v => v.Slot == Alice && v.Event >= from ? v with { PreviousGap = worst } : v)];
            Breaks("what was before is the version before, or before that", scene.Check(versions, lie: Nobody));
        }
    }

    /// <summary>Nothing that is paid or closed comes from a position or a debt that is not there.</summary>
    [Fact]
    public void What_ends_was_there()
    {
        // Bob has no position in bitcoin: one of a cost of his choice "ends", and what it gained is a balance
        TransitionScene settled = Forbidden(Settle(Bob, Insurance, BtcPerp, 5));
        AccountVersion[] versions = [.. settled.Plan.Versions.Select(v => v.Slot == Bob && !v.IsFirst
            ? v with { Leg = v.Leg with { Closes = true }, Account = v.Account with { Items = v.Account.Items.SetItem(Positions, [.. v.Account.Items[Positions].Where(p => p[0] != BtcPerp)]) } }
            : v)];
        Breaks("a position that closes has its opposite size", settled.Check(versions, new TransitionPlan(settled.Batch, versions, Salts), lie: Nobody));

        // Erin has no debt before her position closes: one "ends" with what covers it
        TransitionScene covered = Forbidden(Cover(Erin, 300));
        Assert.DoesNotContain(covered.Plan.Versions.Single(v => v.Slot == Erin && v.IsFirst).Account.Items[Balances], balance => balance[0] == Usd && balance[1] == -Units(300));
        versions = [.. covered.Plan.Versions.Select(v => v.Slot == Erin && !v.IsFirst
            ? v with { Leg = v.Leg with { Empties = true }, Account = v.Account with { Items = v.Account.Items.SetItem(Balances, [.. v.Account.Items[Balances].Where(b => b[0] != Usd)]) } }
            : v)];
        Breaks("a balance that is emptied had the opposite amount", covered.Check(versions, new TransitionPlan(covered.Batch, versions, Salts), lie: Nobody));
    }

    /// <summary>A row that takes nothing from a position does not make one, nor turn it: the first account is then asked to be short.</summary>
    [Fact]
    public void Deleveraging_by_nothing_does_nothing()
    {
        foreach (int cost in (int[])[0, 1, -1])
        {
            CheckReport report = Forbidden(Deleverage(Erin, Alice, BtcPerp, 0) with { Cost = cost }).Check(lie: Nobody);
            Breaks("size is not positive where it may not be", report);
            if (cost != 0) Breaks("what is handed over at the mark price", report);
        }
    }

    /// <summary>Rejected rows ask nothing of anyone: no leg, no second account, no fee, no number, no nonce.</summary>
    [Fact]
    public void A_rejected_row_names_nobody_and_uses_no_nonce()
    {
        TransitionScene scene = Of(Deposit(Alice, 1), Rejected());
        EventWitness rejected = scene.Plan.Events[1];
        KoalaBear[] owner = [.. scene.Plan.Versions.First(v => v.Slot == Alice).Owner], nonce = [KoalaBear.One, KoalaBear.Zero, KoalaBear.Zero];
        foreach ((string name, EventWitness forged) in ((string, EventWitness)[])[
            ("no second account", Data(EventRow.Second, Bob)), ("a fee is of a trade or a liquidation", Data(EventRow.HasFee, 1)), ("no fee", Data(EventRow.Fee, 1)), ("no position: no instrument", Data(EventRow.Instrument, EthPerp)),
            ("no position: no size", Data(EventRow.Size, 1)), ("no position: no cost", Data(EventRow.Cost, 1)), ("no second account: no second cash", Data(EventRow.SecondCash, 1)),
            ("no instruction: first owner[0] is zero", rejected with { FirstOwner = owner, FirstNonce = nonce }), ("no instruction: second nonce[0] is zero", rejected with { SecondNonce = nonce })])
        {
            TransitionPlan plan = scene.Plan with { Events = [scene.Plan.Events[0], forged] };
            Breaks(name, scene.Check(plan: plan, inputs: Inputs(scene, plan), lie: Nobody));
        }

        EventWitness Data(int at, BigInteger value) => rejected with { Data = rejected.Data.SetItem(at, value) };
    }

    /// <summary>Whoever is named as fees account or fund takes one leg of a row, so it cannot be one of the two and be paid besides.</summary>
    [Fact]
    public void A_trader_of_a_spot_trade_does_not_take_its_own_fee()
    {
        TransitionScene honest = Of(Spot(Alice, Insurance, Btc, 0.5m, 32000, fee: 1));
        AccountVersion[] versions = [.. honest.Plan.Versions.Where(v => v.Slot != Fees)];
        TransitionPlan plan = new TransitionPlan(honest.Batch with { Events = [] }, versions, Salts) with { Events = honest.Plan.Events };
        foreach (int named in (int[])[Alice, Insurance]) Breaks("leg", honest.Check(versions, plan, Inputs(honest, plan) with { FeesSlot = named }, Nobody));
    }
}
