using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>
/// A step of a liquidation takes the rulebook's share of a position and no more, unless the account has less than half of its maintenance margin; it costs the rulebook's penalty and no more; collateral goes at index prices, when no position is left.
/// Erin has five bitcoin: a quarter is 1.25, and 1449.5025 dollars more are half of her maintenance margin, exactly.
/// </summary>
public sealed class LiquidationLimitTests
{
    private const int Alt = 0, Btc = 1;
    private const decimal Half = 1449.5025m, Micro = 0.000001m, Unit = 0.00000001m;
    private const string TooMuch = "no more is taken than the share, or the account had less than half of its maintenance", TooDear = "no higher penalty is paid than the rulebook's", TooCheap = "collateral is not sold below its index price";

    private static readonly LedgerUnits Finest = LedgerUnits.Finest(3, 2);

    [Theory]
    [InlineData(0.00000001, true)]
    [InlineData(1.25, true)]
    [InlineData(1.25000001, false)]
    [InlineData(4.99999999, false)]
    [InlineData(5, false)]
    public void No_more_than_the_share_is_taken(double size, bool isAllowed)
    {
        Judges(isAllowed, TooMuch, Start(Deposit(Erin, Half), Take(Erin, (decimal)size)));
        Judges(isAllowed, TooMuch, Start(Deposit(Erin, Half), Deleverage(Erin, Insurance, BtcPerp, (decimal)size)) with { Accounts = With(Insurance, -6, -384_000.6m) });
        Judges(isAllowed, TooMuch, Start(Deposit(Erin, Half + 1), Take(Erin, -(decimal)size)) with { Accounts = With(Erin, -5, -318_000) }); // short, and a dollar poorer
        // with a millionth of a dollar less all of it may be taken
        Judges(true, TooMuch, Start(Deposit(Erin, Half - Micro), Take(Erin, (decimal)size)));
        Judges(true, TooMuch, Start(Deposit(Erin, Half + 1 - Micro), Take(Erin, -(decimal)size)) with { Accounts = With(Erin, -5, -318_000) });
    }

    /// <summary>A quarter of 3.75 is 937.5 thousandths: where these are the ledger's units, 938 may be taken, and not 939, nor anything that is a whole unit above the share.</summary>
    [Theory]
    [InlineData(0.9375, 1, true)]
    [InlineData(0.93750001, 1, false)]
    [InlineData(0.938, 100_000, true)]
    [InlineData(0.9385, 100_000, false)]
    [InlineData(0.939, 100_000, false)]
    [InlineData(3.75, 375_000_000, true)]
    public void The_share_is_rounded_up_to_a_unit_of_the_ledger(double size, long unit, bool isAllowed)
    {
        BatchEvent[] events = [Deposit(Erin, 1100), Take(Erin, 1.25m), Take(Erin, (decimal)size)];
        Judges(isAllowed, TooMuch, Start(events) with { Units = Finest with { Sizes = [unit, 1] } });
        // the unit is that of the instrument
        Judges(size == 0.9375, TooMuch, Start(events) with { Units = Finest with { Sizes = [1, unit] } });
    }

    [Fact]
    public void Who_has_half_of_its_maintenance_margin_is_not_taken_whole_whatever_is_said()
    {
        TransitionScene scene = Of([Deposit(Erin, Half), Take(Erin, 1.25m)]);
        Breaks(TooMuch, scene.Check(plan: WithData(scene, 1, EventRow.IsWhole, 1), lie: Nobody));
        scene = Of([Deposit(Erin, Half - Micro), Take(Erin, 5)]);
        Breaks(TooMuch, scene.Check(plan: WithData(scene, 1, EventRow.IsWhole, 0), lie: Nobody));
        // what is not reduced is nothing that may be taken whole
        Breaks("only a position that is reduced may be taken whole", scene.Check(plan: WithData(scene, 0, EventRow.IsWhole, 1), lie: Nobody));
    }

    [Fact]
    public void The_position_and_the_account_are_those_before_the_step()
    {
        TransitionScene scene = Of([Deposit(Erin, Half), Take(Erin, 1.25m)]);
        foreach (BigInteger size in (BigInteger[])[Units(5) + 1, Units(6), 0, -Units(5)]) Breaks("reduced", scene.Check(plan: WithData(scene, 1, EventRow.Before, size), lie: Nobody));
        BigInteger version = scene.Plan.Events[1].Data[EventRow.Version];
        foreach (int other in (int[])[-1, 1]) Breaks("reduced", scene.Check(plan: WithData(scene, 1, EventRow.Version, version + other), lie: Nobody));
        Breaks("nothing is reduced: no version", scene.Check(plan: WithData(scene, 0, EventRow.Version, 1), lie: Nobody));
        Breaks("nothing is reduced: no size", scene.Check(plan: WithData(scene, 0, EventRow.Before, 1), lie: Nobody));
        // a version that does not say that it is reduced has another leg
        AccountVersion[] versions = [.. scene.Plan.Versions.Select(v => v.Leg.Role.HasFlag(LegRole.Reduced) ? v with { Leg = v.Leg with { Role = v.Leg.Role & ~LegRole.Reduced } } : v)];
        Breaks("leg", scene.Check(versions, lie: Nobody));
    }

    /// <summary>Carol has less than half of her maintenance margin, and Erin has half of hers: Carol's version is not Erin's.</summary>
    [Fact]
    public void Another_accounts_distress_is_not_the_failing_accounts()
    {
        TransitionScene scene = Forbidden([Deposit(Erin, Half), Withdraw(Carol, 200_000), Take(Erin, 5)]);
        int carol = scene.Plan.Versions.ToList().FindLastIndex(v => v.Slot == Carol);
        Breaks("reduced", scene.Check(plan: WithData(scene, 2, EventRow.Version, carol + 1), lie: Nobody));
    }

    /// <summary>A fifth of a percent of 1.25 bitcoin is 160.00025 dollars.</summary>
    [Theory]
    [InlineData(160.00025, 1, true)]
    [InlineData(160.00025001, 1, false)]
    [InlineData(160.00025, 10_000, true)] // a hundredth of a cent: up to 160.0003
    [InlineData(160.0003, 10_000, true)]
    [InlineData(160.00035, 10_000, false)]
    public void No_more_than_the_penalty_is_paid(double penalty, long unit, bool isAllowed)
    {
        LedgerUnits units = Finest with { Amounts = [1, 1, unit] };
        BatchEvent step = Liquidate(Erin, Dave, BtcPerp, 1.25m, 64000.1m, (decimal)penalty), cover = Liquidate(Erin, Dave, BtcPerp, -1.25m, 64000.1m, (decimal)penalty);
        Judges(isAllowed, TooDear, Start(Deposit(Dave, 100_000), Deposit(Erin, 1400), step) with { Units = units });
        Judges(isAllowed, TooDear, Start(Deposit(Erin, 1400), step with { Second = Insurance, SecondCash = -step.FirstCash }) with { Units = units });
        Judges(isAllowed, TooDear, Start(Deposit(Dave, 100_000), Deposit(Erin, 1400), cover) with { Units = units, Accounts = With(Erin, -5, -318_000) });
    }

    /// <summary>27,000 ALT at 0.37 dollars are 9,990 dollars.</summary>
    [Theory]
    [InlineData(27_000, 9_990, 1, 1, true)]
    [InlineData(27_000, 9_989.99999999, 1, 1, false)]
    [InlineData(27_000, 9_989.999999, 1, 100, false)] // dollars of six decimals: a whole unit less
    [InlineData(27_000, 9_989.99999901, 1, 100, true)]
    [InlineData(27_001, 9_990, 100_000_000, 1, false)] // ALT in whole ones: a whole one more
    [InlineData(27_000.99999999, 9_990, 100_000_000, 1, true)]
    [InlineData(27_000, 9_990.5, 1, 1, true)] // more is no harm to who sells
    public void Collateral_goes_at_index_prices(double amount, double usd, long ofSold, long ofPaid, bool isAllowed) =>
        Judges(isAllowed, TooCheap, Start(Sell(Bob, Alt, (decimal)amount, (decimal)usd)) with { Units = Finest with { Amounts = [ofSold, 1, ofPaid] } });

    [Fact]
    public void What_was_sold_is_what_is_paid_for()
    {
        TransitionScene scene = Of([Deposit(Alice, 1), .. Sell(Bob, Alt, 27000, 9990)]);
        Breaks("what was sold was sold in the row before", scene.Check(plan: WithData(scene, 2, EventRow.Sold, -Units(27001)), lie: Nobody));
        Breaks("what was sold was sold in the row before", scene.Check(plan: WithData(scene, 2, EventRow.SoldAsset, Btc), lie: Nobody));
        Breaks("what was sold was sold in the row before", scene.Check(plan: WithData(scene, 2, EventRow.SoldRounds, 1), lie: Nobody));
        Breaks("a unit of one asset may be wanting", scene.Check(plan: WithData(scene, 1, EventRow.RoundsUnit, 1), lie: Nobody));
        Breaks("only of collateral and its payment a unit may be wanting", scene.Check(plan: WithData(scene, 0, EventRow.RoundsUnit, 1), lie: Nobody));
    }

    [Fact]
    public void While_a_position_is_open_nothing_is_sold_covered_or_shared()
    {
        const string open = "an account that may have no position has none";
        LedgerAccount[] accounts = Changed(Erin, Balances, [[Alt, Units(10)], [Usd, -Units(400)]]);
        foreach (BatchEvent[] events in (BatchEvent[][])[Sell(Erin, Alt, 10, 3.7m), [Cover(Erin, 300)], [Share(Dave, Erin, 300)]])
        {
            Judges(false, open, Start(events) with { Accounts = accounts });
            Judges(true, open, Start([Take(Erin, 5), .. events]) with { Accounts = accounts });
        }
    }

    [Fact]
    public void Units_are_part_of_the_statement()
    {
        TransitionBatch batch = Start(Deposit(Erin, Half), Take(Erin, 1.25m)) with { Units = new LedgerUnits([1, 1, 100], [100_000, 1_000]) };
        TransitionOutcome outcome = TransitionProver.Prove(batch, Salts);
        TransitionInputs inputs = outcome.Inputs!;
        Assert.True(TransitionStatement.Verify(inputs, outcome.Proof, Pins("USD", 100, "BTC-PERP", 100_000)).Accepted);
        Assert.Equal(StatementRejectionCode.WrongSnapshot, TransitionStatement.Verify(inputs, outcome.Proof, Pins("USD", 99, "BTC-PERP", 100_000)).Rejection?.Code);
        Assert.Equal(StatementRejectionCode.WrongSnapshot, TransitionStatement.Verify(inputs, outcome.Proof, Pins("USD", 100, "ETH-PERP", 999)).Rejection?.Code);
        foreach (LedgerUnits other in (LedgerUnits[])[new([1, 1, 99], [100_000, 1_000]), new([1, 1, 100], [100_000, 1_001])])
        {
            Assert.Equal(StatementRejectionCode.ProofRejected, TransitionStatement.Verify(inputs with { Units = other }, outcome.Proof, TransitionAnchors.None).Rejection?.Code);
            Assert.NotEqual(TransitionChain.LogDigest([inputs]), TransitionChain.LogDigest([inputs with { Units = other }]));
        }
        foreach (LedgerUnits wrong in (LedgerUnits[])[new([1, 1], [1, 1]), new([1, 1, 1], [1, 1, 1]), new([1, 0, 1], [1, 1]), new([1, 1, 1], [1, LedgerUnits.Max + 1]), new(default, [1, 1])])
            Assert.Equal(StatementRejectionCode.OutOfRange, TransitionStatement.Verify(inputs with { Units = wrong }, outcome.Proof, TransitionAnchors.None).Rejection?.Code);
        Assert.Null(TransitionStatementFile.TryRead(TransitionStatementFile.Write(inputs), inputs.Rulebook, out TransitionInputs? read));
        Assert.Equal(inputs.ToCanonicalBytes(), read!.ToCanonicalBytes());

        static TransitionAnchors Pins(string asset, long amount, string instrument, long size) =>
            new() { AmountUnits = new Dictionary<string, long> { [asset] = amount, ["GONE"] = 1 }, SizeUnits = new Dictionary<string, long> { [instrument] = size } };
    }

    /// <summary>A part of a position, to the insurance fund without a penalty.</summary>
    private static BatchEvent Take(int account, decimal size) => Liquidate(account, Insurance, BtcPerp, size, 64000.1m, 0);

    /// <summary>The accounts with another position in bitcoin.</summary>
    private static LedgerAccount[] With(int account, decimal size, decimal cost) => Changed(account, Positions, [[BtcPerp, Units(size), Units(cost) / 100]]);

    private static LedgerAccount[] Changed(int account, int collection, ImmutableArray<ImmutableArray<BigInteger>> items) =>
        [.. Start().Accounts.Select((one, i) => i == account ? one with { Account = one.Account with { Items = one.Account.Items.SetItem(collection, items) } } : one)];

    private static TransitionPlan WithData(TransitionScene scene, int row, int at, BigInteger value) =>
        scene.Plan with { Events = [.. scene.Plan.Events.Select((e, i) => i == row ? e with { Data = e.Data.SetItem(at, value) } : e)] };
}
