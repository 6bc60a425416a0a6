using Fermat.Air;
using Fermat.Algebra;
using Fermat.Ledger;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Accounts;
using Fermat.Statements.Tests.Checking;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Of a proven batch nothing can move, however many cells move together.</summary>
public sealed class RigidTransitionTests
{
    /// <summary>Where nothing closes the sum of these cells is zero; none of them is negative, so each is.</summary>
    private static readonly string[] NotNegative = ["closed cost[", "closed margin["];

    /// <summary>Accounts with fields, flags and collections that no event moves.</summary>
    internal const string More = """
        rulebook more
        quantity Money scale 2 bits 90 unit USD
        quantity Amount scale 2 bits 39 unit coin
        quantity Price scale 0 bits 15 nonnegative unit USD/coin
        enum Kind { spot, future, option }
        market Asset { index: Price }
        market Instrument { mark: Price, settle: Asset }
        account {
          vip: Flag
          line: Money
          notes: { asset: Asset, kind: Kind, weight: Amount }*
          positions: { instrument: Instrument, size: Amount, cost: Amount, margin: Amount, isolated: Flag }*
          balances: { asset: Asset, locked: Flag, amount: Amount }*
          tags: { instrument: Instrument, asset: Asset, kind: Kind }*
        }
        equity = line + sum b in balances: b.amount * b.asset.index + sum p in positions: (p.size * p.instrument.mark - p.cost * p.instrument.settle.index)
        initial = 0 * (sum n in notes where n.kind = option: n.weight * n.asset.index)
        maintenance = if vip then 0 * equity else 0 * (count t in tags: (t.kind = spot)) * equity
        """;

    [Fact]
    public void No_cells_of_a_few_events_can_move_together()
    {
        TransitionScene scene = Of(Trade(Carol, Alice, EthPerp, 20, 3100, fee: 2.5m), Liquidate(Erin, Alice, BtcPerp, 5, 64000.1m, penalty: 50), Open(Frank, "frank"), Transfer(Alice, Frank, 12.5m));
        NothingMoves(TransitionScene.Circuit, scene.Plan, at => scene.Traces(challenges: at));
    }

    [Fact]
    public void No_cells_of_a_crash_can_move_together()
    {
        TransitionScene scene = Of(WaterfallTransitionTests.Crash);
        NothingMoves(TransitionScene.Circuit, scene.Plan, at => scene.Traces(challenges: at));
    }

    [Fact]
    public void No_cells_of_rejected_events_can_move_together()
    {
        TransitionScene scene = Of([.. RejectedTransitionTests.Rejections, RejectStep(Carol), RejectStep(Alice), .. RejectSpot(Alice, 1, -2.5m, 1), .. RejectSpot(Frank, 1, 1, -70_000)]);
        NothingMoves(TransitionScene.Circuit, scene.Plan, at => scene.Traces(challenges: at));
    }

    [Fact]
    public void No_cells_of_a_batch_that_refuses_loans_can_move_together()
    {
        TransitionScene scene = Of([RejectBorrowing(Dave, 0, 5), Transfer(Insurance, Dave, 1), .. Spot(Alice, Insurance, 1, 0.5m, 32_000), RejectBorrowing(Alice, Usd, 13_000)]);
        NothingMoves(TransitionScene.Circuit, scene.Plan, at => scene.Traces(challenges: at));
    }

    [Fact]
    public void No_cells_of_silos_can_move_together()
    {
        TransitionScene scene = Of(IsolatedScene.Start(
            IsolatedScene.Open(IsolatedScene.Grace, "grace", mode: 1),
            IsolatedScene.Pay(IsolatedScene.Erin, IsolatedScene.Grace, 100),
            IsolatedScene.Assign(IsolatedScene.Grace, IsolatedScene.Btc, 10),
            IsolatedScene.Assign(IsolatedScene.Grace, IsolatedScene.Btc, -10),
            IsolatedScene.RejectAssign(IsolatedScene.Bob, IsolatedScene.Btc, -7000),
            IsolatedScene.RejectSetAside(IsolatedScene.Bob, IsolatedScene.Btc, 10_000),
            IsolatedScene.Trade(IsolatedScene.Frank, IsolatedScene.Bob, IsolatedScene.Eth, -2, 3100),
            IsolatedScene.Liquidate(IsolatedScene.Carol, IsolatedScene.Btc, 0.25m),
            IsolatedScene.Liquidate(IsolatedScene.Dave, IsolatedScene.Btc, -1)));
        NothingMoves(scene.ItsCircuit, scene.Plan, at => scene.Traces(challenges: at));
    }

    [Fact]
    public void No_cells_of_pledges_can_move_together()
    {
        TransitionScene scene = Of(PledgeTransitionTests.Start(
            PledgeTransitionTests.Pledge(PledgeTransitionTests.Bob, PledgeTransitionTests.Dave, 100),
            PledgeTransitionTests.Pledge(PledgeTransitionTests.Carol, PledgeTransitionTests.Erin, 50),
            PledgeTransitionTests.RejectPledge(PledgeTransitionTests.Bob, PledgeTransitionTests.Dave, 600),
            PledgeTransitionTests.Release(PledgeTransitionTests.Bob, PledgeTransitionTests.Dave, 200),
            PledgeTransitionTests.Release(PledgeTransitionTests.Carol, PledgeTransitionTests.Erin, 50),
            PledgeTransitionTests.RejectPledge(PledgeTransitionTests.Carol, PledgeTransitionTests.Dave, 200_000)));
        NothingMoves(scene.ItsCircuit, scene.Plan, at => scene.Traces(challenges: at));
    }

    [Fact]
    public void No_cells_of_positions_that_are_settled_and_go_on_can_move_together()
    {
        TransitionScene scene = Of(VariationMarginTests.Settle(Carol, BtcPerp, -5_999.4m), VariationMarginTests.Settle(Carol, EthPerp, 5_998.6m), VariationMarginTests.Settle(Dave, BtcPerp, 2_000.5m), Trade(Carol, Alice, EthPerp, 20, 3100, fee: 2.5m));
        NothingMoves(TransitionScene.Circuit, scene.Plan, at => scene.Traces(challenges: at));
    }

    [Fact]
    public void No_cells_of_portfolios_can_move_together()
    {
        TransitionScene scene = Of(PortfolioScene.Start(
            PortfolioScene.Trade(PortfolioScene.Bob, PortfolioScene.Frank, PortfolioScene.Call, 0.25m, 1380),
            PortfolioScene.RejectTrade(PortfolioScene.Bob, PortfolioScene.Call, -1, 1370),
            PortfolioScene.Liquidate(PortfolioScene.Carol, PortfolioScene.Call, -0.5m, penalty: 6.85m),
            PortfolioScene.Liquidate(PortfolioScene.Erin, PortfolioScene.Perp, 1)));
        NothingMoves(scene.ItsCircuit, scene.Plan, at => scene.Traces(challenges: at), SolvencyScene.ManyPoints);
    }

    [Fact]
    public void No_cells_of_inverse_contracts_that_are_handed_over_can_move_together()
    {
        TransitionScene scene = Of(InverseTransitionTests.Start(1, InverseTransitionTests.Liquidate(66_666_667)));
        NothingMoves(scene.ItsCircuit, scene.Plan, at => scene.Traces(challenges: at));
    }

    /// <summary>Accounts with fields, flags and collections that no event moves, before and after those that events move.</summary>
    [Fact]
    public void No_cells_can_move_together_where_accounts_hold_more()
    {
        VenueRulebook rulebook = SolvencyScene.Compile(More);
        LedgerAccount With(int i, int size, int cost, int amount) => new(
            new AccountData($"account-{i}", [i % 2, 100_000 + i], [[[0, 2, 5 + i], [1, 1, 7]], size == 0 ? [] : [[0, size, cost, 0, 1]], amount == 0 ? [] : [[0, i % 2, amount]], [[0, 0, 2], [0, 1, 0]]]), Key(i), 5, 1);
        var market = new MarketData([], [[new("A", [new(3)]), new("B", [new(4)])], [new("I", [new(10), new(0)])]]);
        TransitionBatch batch = new(rulebook, market, "venue", 9, [With(0, 5, 40, 900), With(1, -5, -31, 1000), With(2, 0, 0, 0), With(3, 0, 0, 300)], 3, 2, 3,
        [
            new BatchEvent(EventKind.Trade, 0, 1, 0, -2, -2, 0, -5, -60), // both end their positions
            new BatchEvent(EventKind.Trade, 3, 0, 0, 0, 0, 0, 7, 70),
            new BatchEvent(EventKind.Withdrawal, 3, null, 0, -300), // what is left is nothing
            new BatchEvent(EventKind.RejectedTrade, 1, null, 0, -2, 0, 0, 4, 2_000_000),
            new BatchEvent(EventKind.RejectedPayment, 0, null, 1, -2_000_000),
            new BatchEvent(EventKind.RejectedStep, 3, null, 0, 0),
            new BatchEvent(EventKind.RejectedHalf, 0, 0, 1, 7, -7),
            new BatchEvent(EventKind.RejectedSpot, 0, null, 0, -2_000_000),
            new BatchEvent(EventKind.RejectedReturn, 0, null, 0, 0),
        ]);
        IReadOnlyList<AccountVersion>? versions = VersionMaker.Make(batch, out RefusedEvent? refused);
        Assert.Null(refused?.Message);
        TransitionCircuit circuit = TransitionCircuit.Of(rulebook, 1, 0);
        TransitionPlan plan = new(batch, versions!, Salts);
        TransitionInputs inputs = TransitionProver.InputsOf(batch, plan, circuit);
        var publics = new TransitionPublicTables(inputs, circuit);
        IReadOnlyList<TableTrace> Traces(Quintic[] at)
        {
            const int tailRows = 8;
            var builder = new TransitionTraceBuilder(circuit, inputs, plan);
            IReadOnlyList<TableTrace> traces = builder.Build([.. builder.ActiveRows.Select((rows, table) => Math.Max(circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(rows, tailRows)))], tailRows);
            foreach (TableTrace trace in traces)
            {
                if (trace.Table.PhaseWidth(1) > 0 && circuit.Circuit.LogUpPhase != 1) builder.FillPhase(1, trace.Table.Index, at, traces);
                if (trace.Public is not { } columns) continue;
                for (int phase = 0; phase < 2; phase++) publics.Fill(trace.Table.Index, phase, trace.ActiveRows, at, columns);
            }
            return traces;
        }

        NothingMoves(circuit, plan, Traces);
    }

    internal static void NothingMoves(TransitionCircuit circuit, TransitionPlan plan, Func<Quintic[], IReadOnlyList<TableTrace>> traces, IEnumerable<Quintic[]>? challenges = null)
    {
        List<(Quintic[], IReadOnlyList<TableTrace>)> points = [.. (challenges ?? SolvencyScene.Points).Select(at => (at, traces(at)))];
        Assert.Equal("satisfied", ConstraintChecker.Check(circuit.Circuit, points[0].Item2, points[0].Item1).ToString());
        string[] dontCare =
        [
            .. Rows(plan, version => !version.Leg.Closes).Concat(Enumerable.Range(plan.Versions.Count, 100)).SelectMany(row => NotNegative.Select(cell => $"accounts[{row}].{cell}")),
        ];
        for (int digit = 0; digit < Rigid.Apart; digit++)
        {
            var rigid = new Rigidity(circuit.Circuit, points, Rigid.RangeBuses, column => column.Table == circuit.Range.Table || Rigid.IsHashed(column), Rigid.MayMove(digit));
            Assert.True(rigid.Free.SelectMany(rigid.With).All(cell => dontCare.Any(start => cell.StartsWith(start, StringComparison.Ordinal))), $"digits {digit}: {rigid}");
            Assert.True(rigid.Unknowns > 1000);
        }
        foreach (TableTrace trace in points.SelectMany(point => point.Item2)) trace.Dispose();
    }

    private static IEnumerable<int> Rows(TransitionPlan plan, Func<AccountVersion, bool> where) => Enumerable.Range(0, plan.Versions.Count).Where(row => where(plan.Versions[row]));
}
