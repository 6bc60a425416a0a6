using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Open interest and insurance fund of a batch: what they are, and every way to say another.</summary>
public sealed class AggregateTransitionTests
{
    /// <summary>Positions that grow, shrink, change sides, begin and end; a fund that is paid a penalty.</summary>
    private static readonly BatchEvent[] Busy =
    [
        Trade(Alice, Carol, BtcPerp, 1, 64000, fee: 10), Trade(Carol, Alice, EthPerp, 20, 3100), RejectTrade(Alice, BtcPerp, 2, 150_000, fee: 7), Liquidate(Erin, Alice, BtcPerp, 5, 64000.1m, penalty: 50),
        Open(Frank, "frank"), Transfer(Alice, Frank, 5000), Trade(Frank, Alice, EthPerp, 1, 3100), Trade(Frank, Alice, EthPerp, -1, 3100), Trade(Dave, Alice, BtcPerp, -1, 64000.1m),
    ];

    [Fact]
    public void Aggregates_are_the_sums_over_all_accounts()
    {
        foreach (BatchEvent[] events in (BatchEvent[][])[Day, Busy, WaterfallTransitionTests.Crash, RejectedTransitionTests.Rejections, [Deposit(Alice, 1)], [Rejected(), Trade(Dave, Alice, BtcPerp, -1, 64000.1m)], [Deposit(Insurance, 3)]])
        {
            TransitionScene scene = Shown(events);
            CheckReport report = scene.Check();
            Assert.True(report.IsSatisfied, report.ToString());
            IReadOnlyList<LedgerAccount> after = TransitionProver.Apply(scene.Batch, out _)!;
            TransitionAggregates shown = scene.Inputs.Aggregates!;
            Assert.Equal(OpenInterest(scene.Batch.Accounts), shown.OpenInterestBefore);
            Assert.Equal(OpenInterest(after), shown.OpenInterestAfter);
            Assert.Equal(FundOf(scene.Batch.Accounts), shown.FundBefore);
            Assert.Equal(FundOf(after), shown.FundAfter);
        }
        Assert.NotEqual(Shown(Busy).Inputs.Aggregates!.OpenInterestBefore, Shown(Busy).Inputs.Aggregates!.OpenInterestAfter);
        Assert.Contains(Shown(Busy).Inputs.Aggregates!.OpenInterestAfter, open => open.Sign > 0);
        Assert.False(Shown(Deposit(Alice, 1)).Inputs.Aggregates!.FundTouched);
        Assert.True(Shown(Busy).Inputs.Aggregates!.FundTouched);
    }

    /// <summary>Margin that is set aside without a size is an item, and open is nothing of it.</summary>
    [Fact]
    public void A_position_without_a_size_is_not_open()
    {
        TransitionScene scene = TransitionScene.Of(IsolatedScene.Start(
            IsolatedScene.Open(IsolatedScene.Grace, "grace", mode: 1), IsolatedScene.Pay(IsolatedScene.Erin, IsolatedScene.Grace, 100), IsolatedScene.Assign(IsolatedScene.Grace, IsolatedScene.Btc, 10),
            IsolatedScene.Trade(IsolatedScene.Frank, IsolatedScene.Bob, IsolatedScene.Eth, -2, 3100)) with
        { Aggregates = true });
        CheckReport report = scene.Check();
        Assert.True(report.IsSatisfied, report.ToString());
        TransitionAggregates shown = scene.Inputs.Aggregates!;
        Assert.Equal(shown.OpenInterestBefore[IsolatedScene.Btc], shown.OpenInterestAfter[IsolatedScene.Btc]);
        Assert.Equal((Units(40), Units(40)), (shown.OpenInterestBefore[IsolatedScene.Eth], shown.OpenInterestAfter[IsolatedScene.Eth]));   // two who are short exchange it
    }

    [Fact]
    public void Accounts_without_positions_show_the_fund_alone()
    {
        const string plain = """
            rulebook plain
            quantity Amount scale 2 bits 39 unit coin
            quantity Price scale 0 bits 15 nonnegative unit USD/coin
            market Asset { index: Price }
            account { balances: { asset: Asset, amount: Amount }* }
            equity = sum b in balances: b.amount * b.asset.index
            initial = 0 * equity
            maintenance = 0 * equity
            """;
        LedgerAccount With(int i, int amount) => new(new AccountData($"account-{i}", [], [amount == 0 ? [] : [[0, amount]]]), Key(i), 5, 1);
        TransitionScene scene = TransitionScene.Of(new TransitionBatch(Solvency.SolvencyScene.Compile(plain), new MarketData([], [[new("A", [new(3)])]]), "venue", 9, [With(0, 500), With(1, 700)], 3, 0, 1, [new BatchEvent(EventKind.Withdrawal, 1, null, 0, -700), new BatchEvent(EventKind.Deposit, 0, null, 0, 3)]) { Aggregates = true });
        CheckReport report = scene.Check();
        Assert.True(report.IsSatisfied, report.ToString());
        Assert.Empty(scene.Inputs.Aggregates!.OpenInterestAfter);
        Assert.Equal((700, 0), (scene.Inputs.Aggregates.FundBefore[0], scene.Inputs.Aggregates.FundAfter[0]));
    }

    [Fact]
    public void Nothing_is_shown_unless_it_is_asked_for()
    {
        Assert.Null(Of(Busy).Inputs.Aggregates);
        Assert.Null(TransitionScene.Circuit.Aggregates);
        Assert.DoesNotContain(TransitionScene.Circuit.Circuit.Tables, table => table.Name == "aggregates" || table.Columns.Any(column => column.Name.Contains("insurance fund", StringComparison.Ordinal) && column.Name.Contains("version", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(256)]
    public void Another_open_interest_after_the_batch(int units)
    {
        Caught(Busy, shown => shown with { OpenInterestAfter = shown.OpenInterestAfter.SetItem(BtcPerp, shown.OpenInterestAfter[BtcPerp] + units) });
        Caught(Busy, shown => shown with { OpenInterestBefore = shown.OpenInterestBefore.SetItem(BtcPerp, shown.OpenInterestBefore[BtcPerp] + units) });
    }

    [Fact]
    public void The_open_interest_of_another_instrument() =>
        Caught(Busy, shown => shown with { OpenInterestBefore = [.. shown.OpenInterestBefore.Reverse()], OpenInterestAfter = [.. shown.OpenInterestAfter.Reverse()] });

    [Fact]
    public void Sizes_below_zero_counted_instead() =>
        Caught([Trade(Dave, Alice, BtcPerp, -1, 64000.1m)], shown => shown with { OpenInterestAfter = [shown.OpenInterestBefore[BtcPerp] - (shown.OpenInterestAfter[BtcPerp] - shown.OpenInterestBefore[BtcPerp]) + 1, shown.OpenInterestAfter[EthPerp]] });

    /// <summary>A number that is as much off before as after is not proven to be wrong by this batch: the one before it, or an empty tree, says what it is.</summary>
    [Fact]
    public void An_open_interest_that_was_off_before_is_the_chains_to_find()
    {
        TransitionScene scene = Shown(Busy);
        TransitionAggregates off = Up(scene.Inputs.Aggregates!);
        Assert.True(scene.Check(inputs: scene.Inputs with { Aggregates = off }).IsSatisfied);
        TransitionInputs next = scene.Inputs with { Height = scene.Inputs.EndHeight, RootBefore = scene.Inputs.RootAfter, Aggregates = Carried(scene.Inputs.Aggregates!) };
        Assert.Null(TransitionChain.Check([scene.Inputs, next]));
        foreach (TransitionAggregates other in (TransitionAggregates[])[Up(next.Aggregates!), next.Aggregates! with { FundBefore = off.FundAfter.SetItem(Usd, 5), FundAfter = off.FundAfter.SetItem(Usd, 5) }])
            Assert.Equal((1, StatementRejectionCode.WrongAggregate), (TransitionChain.Check([scene.Inputs, next with { Aggregates = other }])!.Batch, TransitionChain.Check([scene.Inputs, next with { Aggregates = other }])!.Rejection.Code));
        Assert.Null(TransitionChain.Check([scene.Inputs, next with { Aggregates = null }]));
        Assert.NotEqual(TransitionChain.LogDigest([scene.Inputs]), TransitionChain.LogDigest([scene.Inputs with { Aggregates = off }]));
        Assert.NotEqual(TransitionChain.LogDigest([scene.Inputs]), TransitionChain.LogDigest([scene.Inputs with { PriceSet = scene.Inputs.EventsDigest }]));

        static TransitionAggregates Up(TransitionAggregates shown) => shown with { OpenInterestBefore = [.. shown.OpenInterestBefore.Select(open => open + 7)], OpenInterestAfter = [.. shown.OpenInterestAfter.Select(open => open + 7)] };

        static TransitionAggregates Carried(TransitionAggregates shown) => shown with { OpenInterestBefore = shown.OpenInterestAfter, FundBefore = shown.FundAfter, FundTouched = false };
    }

    [Fact]
    public void Another_balance_of_the_insurance_fund()
    {
        Caught(Busy, shown => shown with { FundBefore = shown.FundBefore.SetItem(Usd, shown.FundBefore[Usd] + 1) });
        Caught(Busy, shown => shown with { FundAfter = shown.FundAfter.SetItem(Usd, shown.FundAfter[Usd] - 1) });
        Caught(Busy, shown => shown with { FundBefore = shown.FundBefore.SetItem(0, 1), FundAfter = shown.FundAfter.SetItem(0, 1) });
        Caught(Busy, shown => shown with { FundBefore = [.. shown.FundBefore.Select(_ => BigInteger.Zero)] });
    }

    [Fact]
    public void A_fund_that_is_touched_or_not_against_what_is_said()
    {
        Caught(Busy, shown => shown with { FundAfter = shown.FundBefore, FundTouched = false });
        Caught([Deposit(Alice, 1)], shown => shown with { FundTouched = true });
        TransitionInputs idle = Shown(Deposit(Alice, 1)).Inputs;
        Assert.Equal(StatementRejectionCode.WrongAggregate, (idle with { Aggregates = idle.Aggregates! with { FundAfter = idle.Aggregates.FundAfter.SetItem(Usd, 0) } }).Problem()!.Code);
        Caught([Deposit(Alice, 1), Deposit(Insurance, 1)], shown => shown with { FundAfter = shown.FundBefore, FundTouched = false });
    }

    /// <summary>An account is the fund by its leaf and by nothing else.</summary>
    [Fact]
    public void Another_leaf_taken_for_the_insurance_fund()
    {
        TransitionScene scene = Shown(Deposit(Alice, 1), Deposit(Insurance, 1));
        TransitionInputs inputs = scene.Inputs with { InsuranceSlot = Alice };
        Assert.False(scene.Check(inputs: inputs, versions: [.. scene.Plan.Versions]).IsSatisfied);
        foreach (string bit in (string[])["version of the insurance fund: is zero", "first version of the insurance fund", "last version of the insurance fund"])
            for (int row = 0; row < 2; row++) Broken(scene, "accounts", bit, row, KoalaBear.One);
    }

    [Fact]
    public void A_position_that_is_counted_though_it_is_not_or_not_though_it_is()
    {
        TransitionScene scene = Shown(Trade(Carol, Alice, EthPerp, 20, 3100));
        for (int row = 0; row < 4; row++)
            foreach (KoalaBear cell in (KoalaBear[])[KoalaBear.One, KoalaBear.Zero - KoalaBear.One])
                Broken(scene, "positions", "counts as open", row, cell);
    }

    [Fact]
    public void Numbers_that_no_batch_has()
    {
        TransitionInputs inputs = Shown(Busy).Inputs;
        foreach (TransitionAggregates other in (TransitionAggregates[])[
            inputs.Aggregates! with { OpenInterestBefore = [-1, 0] }, inputs.Aggregates! with { OpenInterestAfter = [BigInteger.One << 190, 0] }, inputs.Aggregates! with { OpenInterestAfter = [0] }, inputs.Aggregates! with { FundBefore = [] },
            inputs.Aggregates! with { FundAfter = inputs.Aggregates!.FundAfter.SetItem(0, BigInteger.One << 100) }, inputs.Aggregates! with { OpenInterestAfter = default }])
            Assert.Equal(StatementRejectionCode.OutOfRange, (inputs with { Aggregates = other }).Problem()!.Code);
        TransitionInputs first = inputs with { RootBefore = StateTreeHash.Empty(inputs.Depth) };
        Assert.Equal(StatementRejectionCode.WrongAggregate, first.Problem()!.Code);
        TransitionAggregates none = inputs.Aggregates! with { OpenInterestBefore = [0, 0], FundBefore = [.. inputs.Aggregates!.FundBefore.Select(_ => BigInteger.Zero)] };
        Assert.Null((first with { Aggregates = none }).Problem());
        Assert.Equal(StatementRejectionCode.WrongAggregate, (first with { Aggregates = none with { FundBefore = inputs.Aggregates.FundBefore } }).Problem()!.Code);
    }

    [Fact]
    public void Changing_any_cell_breaks_something_named()
    {
        TransitionScene scene = Shown(Trade(Carol, Alice, EthPerp, 20, 3100, fee: 2.5m), Liquidate(Erin, Alice, BtcPerp, 5, 64000.1m, penalty: 50));
        TransitionCellTests.AllBreak(scene.ItsCircuit.Circuit, scene.Traces(), [scene.ItsCircuit.Aggregates!.Table, .. scene.ItsCircuit.Versions.Lowering.Domains.Where(domain => domain.Name is "accounts" or "positions" or "balances").Select(domain => domain.Table.Index)], (_, _) => true);
    }

    [Fact]
    public void No_cells_can_move_together()
    {
        TransitionScene scene = Shown(Trade(Carol, Alice, EthPerp, 20, 3100), Deposit(Insurance, 1));
        RigidTransitionTests.NothingMoves(scene.ItsCircuit, scene.Plan, at => scene.Traces(challenges: at));
    }

    [Fact]
    public void Aggregates_are_proven_and_verified_and_others_are_not()
    {
        TransitionOutcome outcome = TransitionProver.Prove(Start(Busy) with { Aggregates = true, PriceSet = Blake3.DeriveKey("a set", []) }, Salts);
        TransitionInputs inputs = outcome.Inputs!;
        TransitionVerification accepted = TransitionStatement.Verify(inputs, outcome.Proof, TransitionAnchors.None);
        Assert.True(accepted.Accepted, accepted.Rejection?.ToString());
        Assert.True(accepted.ProvenBits >= 100);
        Assert.Null(TransitionStatementFile.TryRead(TransitionStatementFile.Write(inputs), inputs.Rulebook, out TransitionInputs? read));
        Assert.True(read!.ToCanonicalBytes().AsSpan().SequenceEqual(inputs.ToCanonicalBytes()));
        foreach (TransitionInputs other in (TransitionInputs[])[
            inputs with { Aggregates = null }, inputs with { PriceSet = Blake3.DeriveKey("another set", []) }, inputs with { Aggregates = inputs.Aggregates! with { OpenInterestAfter = inputs.Aggregates!.OpenInterestBefore } }])
            Assert.Equal(StatementRejectionCode.ProofRejected, TransitionStatement.Verify(other, outcome.Proof, TransitionAnchors.None).Rejection?.Code);
    }

    private static TransitionScene Shown(params BatchEvent[] events) => TransitionScene.Of(Start(events) with { Aggregates = true });

    private static void Caught(BatchEvent[] events, Func<TransitionAggregates, TransitionAggregates> other)
    {
        TransitionScene scene = Shown(events);
        TransitionInputs inputs = scene.Inputs with { Aggregates = other(scene.Inputs.Aggregates!) };
        Assert.Null(inputs.Problem());
        CheckReport report = scene.Check(inputs: inputs, versions: [.. scene.Plan.Versions]);
        Assert.False(report.IsSatisfied);
        Assert.Contains(report.Imbalances, imbalance => imbalance.Bus == "aggregates");
    }

    /// <summary>A cell that is another breaks a constraint of its table.</summary>
    private static void Broken(TransitionScene scene, string table, string column, int row, KoalaBear cell)
    {
        bool isOther = false;
        CheckReport report = scene.Check(change: traces =>
        {
            TableTrace trace = traces.Single(one => one.Table.Name == table);
            int offset = trace.Table.Columns.Single(one => one.Name.EndsWith(column, StringComparison.Ordinal)).Offset;
            if (!(isOther = trace.Phase(0)[row, offset] != cell)) return;
            trace.Phase(0)[row, offset] = cell;
        });
        Assert.True(!isOther || !report.IsSatisfied);
        if (isOther) Assert.NotEmpty(report.Violations);
    }

    private static ImmutableArray<BigInteger> OpenInterest(IReadOnlyList<LedgerAccount> accounts) =>
        [.. new[] { BtcPerp, EthPerp }.Select(instrument => accounts.SelectMany(account => account.Account.Items[Positions]).Where(position => position[0] == instrument && position[1].Sign > 0).Aggregate(BigInteger.Zero, (sum, position) => sum + position[1]))];

    private static ImmutableArray<BigInteger> FundOf(IReadOnlyList<LedgerAccount> accounts) =>
        [.. Enumerable.Range(0, 3).Select(asset => accounts[Insurance].Account.Items[Balances].Where(balance => balance[0] == asset).Aggregate(BigInteger.Zero, (sum, balance) => sum + balance[1]))];
}
