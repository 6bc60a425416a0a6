using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Tests.Transitions;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using static Fermat.Statements.Tests.Transitions.IsolatedScene;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>Whose turn it is where the rulebook says of each position whether it may be taken, and where margin can be set aside for what has no size: Carol's bitcoin is due and her ether is not, though it is worth more.</summary>
public sealed class IsolatedTurnTests
{
    private const string Its = "positions of the failing account";

    private static readonly WaterfallCircuit Circuit = WaterfallCircuit.Of(Rulebook, 2);

    [Fact]
    public void The_largest_is_of_those_that_are_due()
    {
        TransitionBatch batch = Start(Deleverage(Carol, Erin, Btc, 0.25m));
        Assert.Null(WaterfallProver.Check(batch));
        CheckReport report = Check(batch);
        Assert.True(report.IsSatisfied, report.ToString());
        // both are due where the account as a whole has less than its maintenance margin
        TransitionBatch both = batch with { Accounts = [.. batch.Accounts.Select((account, i) => i == Carol ? account with { Account = account.Account with { Items = account.Account.Items.SetItem(Balances, [[0, -Usd(20_000)]]) } } : account)] };
        Assert.Contains("has a larger position, in ETH-PERP", WaterfallProver.Check(both)?.Message, StringComparison.Ordinal);
        Breaks("no position of the failing account is worth more", Check(both));
    }

    [Fact]
    public void What_is_not_due_has_no_turn()
    {
        TransitionBatch batch = Start(Deleverage(Carol, Frank, Eth, 10));
        Assert.Contains("nothing of the position of d is due", WaterfallProver.Check(batch)?.Message, StringComparison.Ordinal);
        Breaks("largest position", Check(batch));
        Breaks(Its, Check(batch, turn => turn with { Positions = [.. turn.Positions, (Eth, TransitionScene.Units(40))] }));
    }

    /// <summary>A position that is due is said not to be, or the other way round.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_due_is_as_the_rulebook_says(bool isDue)
    {
        TransitionBatch batch = Start(Deleverage(Carol, Erin, Btc, 0.25m));
        Domain items = Circuit.Order.Lowering.Lowerer.Items[Positions];
        Breaks("what is due of the failing account is its and due", Check(batch, turn => turn with { Positions = isDue ? [.. turn.Positions, (Eth, TransitionScene.Units(40))] : [] }, traces =>
        {
            TableTrace rows = traces[items.Table.Index];
            int offset = rows.Table.Columns.Single(c => c.Name == "of the failing account and due").Offset;
            // Bob has two positions before Carol's
            int row = isDue ? 3 : 2;
            Assert.Equal(isDue ? KoalaBear.Zero : KoalaBear.One, rows.Phase(0)[row, offset]);
            rows.Phase(0)[row, offset] = isDue ? KoalaBear.One : KoalaBear.Zero;
        }));
    }

    /// <summary>Dave is short; Frank has set something aside for bitcoin, and would be first if that were a long position.</summary>
    [Fact]
    public void What_is_set_aside_for_nothing_is_on_no_side()
    {
        TransitionBatch batch = Start(Deleverage(Dave, Bob, Btc, -0.25m));
        batch = batch with { Accounts = [.. batch.Accounts.Select((account, i) => i == Frank ? account with { Account = account.Account with { Items = account.Account.Items.SetItem(Positions, [[Btc, 0, 0, Usd(5)], [Eth, -TransitionScene.Units(38), -Usd(200_000), 0]]) } } : account)] };
        Assert.Null(WaterfallProver.Check(batch));
        CheckReport report = Check(batch);
        Assert.True(report.IsSatisfied, report.ToString());
        // nor is it what is deleveraged
        TransitionBatch empty = batch with { Events = [Deleverage(Dave, Frank, Btc, -0.25m)] };
        Breaks("the chosen account holds the other side", Check(empty));
        // without it Frank would be long, and first
        TransitionBatch sized = batch with { Accounts = [.. batch.Accounts.Select((account, i) => i == Frank ? account with { Account = WithPosition(account.Account, Btc, 1, 1) } : account)] };
        Assert.Contains("it is the turn of g", WaterfallProver.Check(sized)?.Message, StringComparison.Ordinal);
        Breaks("nobody is ahead of the chosen account", Check(sized));
    }

    private static BatchEvent Deleverage(int failing, int other, int instrument, decimal size) =>
        new(EventKind.Deleveraging, failing, other, 0, 0, 0, instrument, -TransitionScene.Units(size), -Usd(size * (instrument == Btc ? 63_990 : 3000)));

    private static CheckReport Check(TransitionBatch batch, Func<OrderWitness, OrderWitness>? change = null, Action<IReadOnlyList<TableTrace>>? traces = null) => BookScene.Check(Circuit, batch, change, traces);

    private static void Breaks(string name, CheckReport report)
    {
        Assert.False(report.IsSatisfied, $"nothing breaks; \"{name}\" should");
        Assert.Contains(name, report.ToString(), StringComparison.Ordinal);
    }
}
