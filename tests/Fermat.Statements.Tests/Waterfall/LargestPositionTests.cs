using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Tests.Transitions;
using Fermat.Statements.Waterfall;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>A failing account's largest position is deleveraged first: each lie breaks something named.</summary>
public sealed class LargestPositionTests
{
    private const string More = "no position of the failing account is worth more", Highest = "what is deleveraged is worth the highest", Its = "positions of the failing account";

    /// <summary>Bitcoin worth 320,000.50; of ether 103 are worth less, 104 more.</summary>
    [Fact]
    public void The_position_that_is_worth_the_most_at_mark_prices_comes_first()
    {
        Satisfied(WaterfallScene.WithEth, WaterfallScene.Honest);
        Satisfied(account => WaterfallScene.Also(account, "103", "319307.21"), WaterfallScene.Honest);
        Satisfied(account => WaterfallScene.Also(account, "-103", "-319307.21"), WaterfallScene.Honest);
        Satisfied(account => WaterfallScene.Also(account, "104", "322407.28"), Deleverage(Erin, Dave, EthPerp, 1));
        Satisfied(account => WaterfallScene.Also(account, "-104", "-322407.28"), Deleverage(Erin, Bob, EthPerp, -1));
        Breaks(More, account => WaterfallScene.Also(account, "104", "322407.28"), WaterfallScene.Honest);
        Breaks(More, account => WaterfallScene.Also(account, "-104", "-322407.28"), WaterfallScene.Honest);
        Breaks(More, WaterfallScene.WithEth, Deleverage(Erin, Dave, EthPerp, 1));
    }

    [Fact]
    public void A_unit_of_size_decides()
    {
        // 320,000.50 / 3100.07 is between the two
        static string Size(string account, string size) => WaterfallScene.Also(account, size, "320000");
        Satisfied(account => Size(account, "103.22363688"), WaterfallScene.Honest);
        Breaks(More, account => Size(account, "103.22363689"), WaterfallScene.Honest);
        Satisfied(account => Size(account, "103.22363689"), Deleverage(Erin, Dave, EthPerp, 1));
    }

    [Fact]
    public void No_position_is_left_out_made_up_or_smaller()
    {
        TransitionBatch batch = WaterfallScene.Start(account => WaterfallScene.Also(account, "104", "322407.28"), WaterfallScene.Honest);
        OrderWitness honest = WaterfallProver.Named(batch, WaterfallScene.Circuit);
        Assert.Equal(2, honest.Positions.Length);
        Breaks(Its, WaterfallScene.Check(batch, turn => turn with { Positions = [turn.Positions[0]] }));
        Breaks(Its, WaterfallScene.Check(batch, turn => turn with { Positions = [turn.Positions[0], (EthPerp, 1)] }));
        Breaks(Its, WaterfallScene.Check(batch, turn => turn with { Positions = [turn.Positions[0], (EthPerp, -turn.Positions[1].Size)] }));
        Breaks(Its, WaterfallScene.Check(batch, turn => turn with { Positions = [turn.Positions[0], turn.Positions[0]] }));
        Breaks(Its, WaterfallScene.Check(WaterfallScene.Start(WaterfallScene.Honest), turn => turn with { Positions = [turn.Positions[0], (EthPerp, 1)] }));
        // the rows of positions say that it is another's, or nobody's
        Domain items = WaterfallScene.Circuit.Order.Lowering.Lowerer.Items[Positions];
        foreach ((string column, string breaks) in ((string, string)[])[("of the failing account: is zero", "of the failing account: is zero: zero or invertible"), ("failing account", "one account, one instrument and one side: failing account")])
            Breaks(breaks, WaterfallScene.Check(batch, turn => turn with { Positions = [turn.Positions[0]] }, change: traces =>
            {
                int offset = traces[items.Table.Index].Table.Columns.Single(c => c.Name == column).Offset;
                Assert.NotEqual(KoalaBear.Zero, traces[items.Table.Index].Phase(0)[EthRow, offset]);
                traces[items.Table.Index].Phase(0)[EthRow, offset] = KoalaBear.Zero;
            }));
    }

    [Fact]
    public void All_positions_are_those_of_the_account_that_fails()
    {
        TransitionBatch batch = WaterfallScene.Start(account => WaterfallScene.Also(account, "104", "322407.28"), WaterfallScene.Honest);
        // Carol, who is long as well, has one position only
        Breaks("failing account", WaterfallScene.Check(batch, turn => turn with { Failing = Carol, Positions = [(BtcPerp, Units(6))] }));
        Domain items = WaterfallScene.Circuit.Order.Lowering.Lowerer.Items[Positions];
        Breaks("the failing account's position is its own", WaterfallScene.Check(batch, turn => turn with { Positions = [(BtcPerp, Units(6))] }, change: traces =>
        {
            int offset = traces[items.Table.Index].Table.Columns.Single(c => c.Name == "failing account").Offset;
            for (int row = 0; row < 10; row++) traces[items.Table.Index].Phase(0)[row, offset] = KoalaBear.From(Carol);
        }));
    }

    [Fact]
    public void The_highest_worth_is_that_of_the_position_that_is_deleveraged()
    {
        TransitionBatch batch = WaterfallScene.Start(account => WaterfallScene.Also(account, "104", "322407.28"), WaterfallScene.Honest);
        Breaks(More, batch);
        Breaks(Highest, WaterfallScene.Check(batch, turn => turn with { Worth = 2 * turn.Worth }));
        Breaks(Highest, WaterfallScene.Check(WaterfallScene.Start(WaterfallScene.WithEth, Deleverage(Erin, Dave, EthPerp, 1)), turn => WaterfallProver.Named(WaterfallScene.Start(WaterfallScene.WithEth, WaterfallScene.Honest), WaterfallScene.Circuit) with { Instrument = EthPerp }));
        // another row is called the one that is deleveraged, or none is
        Domain rows = WaterfallScene.Circuit.Order.Largest.Domain;
        Breaks("largest position", WaterfallScene.Check(batch, turn => turn with { Worth = 2 * turn.Worth }, change: traces =>
        {
            int offset = traces[rows.Table.Index].Table.Columns.Single(c => c.Name == "is deleveraged").Offset;
            (traces[rows.Table.Index].Phase(0)[0, offset], traces[rows.Table.Index].Phase(0)[1, offset]) = (KoalaBear.Zero, KoalaBear.One);
        }));
        Breaks("one worth: highest worth[0]", WaterfallScene.Check(batch, change: traces => traces[rows.Table.Index].Phase(0)[1, traces[rows.Table.Index].Table.Columns.Single(c => c.Name == "highest worth[0]").Offset] += KoalaBear.One));
    }

    [Fact]
    public void A_prover_is_told_which_position_is_larger()
    {
        TransitionBatch batch = WaterfallScene.Start(account => WaterfallScene.Also(account, "104", "322407.28"), WaterfallScene.Honest);
        Assert.Contains("erin has a larger position, in ETH-PERP", WaterfallProver.Check(batch)?.Message, StringComparison.Ordinal);
        Assert.Null(WaterfallProver.Check(WaterfallScene.Start(WaterfallScene.WithEth, WaterfallScene.Honest)));
    }

    /// <summary>The row of Erin's ether among all positions.</summary>
    private const int EthRow = 7;

    private static void Satisfied(Func<string, string> change, BatchEvent first)
    {
        CheckReport report = WaterfallScene.Check(WaterfallScene.Start(change, first));
        Assert.True(report.IsSatisfied, report.ToString());
    }

    private static void Breaks(string name, Func<string, string> change, BatchEvent first) => Breaks(name, WaterfallScene.Start(change, first));

    private static void Breaks(string name, TransitionBatch batch) => Breaks(name, WaterfallScene.Check(batch));

    private static void Breaks(string name, CheckReport report)
    {
        Assert.False(report.IsSatisfied, $"nothing breaks; \"{name}\" should");
        Assert.Contains(name, report.ToString(), StringComparison.Ordinal);
    }
}
