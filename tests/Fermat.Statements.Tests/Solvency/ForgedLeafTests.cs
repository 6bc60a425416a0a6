using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Statements.Proving;
using Fermat.Statements.Tests.Lies;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Leaves that no importer makes, as a venue may hash them all the same: what is hashed and what is read agree, so that the rulebook's tables alone can tell.</summary>
public sealed class ForgedLeafTests
{
    // Accounts of the tiny book, by leaf, and the rows of their balances.
    private const int Alice = 0, Bob = 1, AlicesSecond = 1, BobsFirst = 2, BobsSecond = 3;

    private static readonly ImmutableArray<BigInteger> Usdt = [1, 100_000_000, 0, 0, 0, 0], Btc = [0, 2_000_000, 0, 0, 0, 0];

    /// <summary>What says where a row is among the others; the rest is of the item.</summary>
    private static readonly string[] OfTheRow = ["position", "start", "gap", "gap, top bits"];

    [Fact]
    public void Assets_in_rising_order_break_nothing() => Assert.Empty(Breaches([Btc, Usdt], _ => { }));

    [Fact]
    public void Assets_in_falling_order_leave_a_negative_gap() => Assert.Equal(["bus range16"], Breaches([Usdt, Btc], balances => Items(balances, (first, second) =>
    {
        for (int cell = 0; cell < first.Length; cell++) (first[cell], second[cell]) = (second[cell], first[cell]);
    })));

    /// <summary>Collateral split over two items would have the best tier twice.</summary>
    [Fact]
    public void An_asset_twice_in_one_account_leaves_a_negative_gap()
    {
        IReadOnlyList<string> breaches = Breaches([Usdt, Usdt], balances => Items(balances, (first, second) => second.CopyTo(first, 0)));
        Assert.Contains("bus range16", breaches);
        Assert.DoesNotContain("bus block", breaches);
    }

    /// <summary>The item that is not counted would be a debt that nobody sums up.</summary>
    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_leaf_that_states_another_number_of_items_than_it_has_does_not_match_its_sum(int more)
    {
        AccountData alice = QuickProofs.Tiny.Accounts.First();
        KoalaBear[] stated = Blocks(alice), shorter = Blocks(alice with { Items = [alice.Items[0][..1]] });
        int count = Enumerable.Range(3 * LeafSponge.BlockLength, LeafSponge.BlockLength).Single(element => stated[element] != shorter[element]);
        Assert.Equal(KoalaBear.From(alice.Items[0].Length), stated[count]);
        stated[count] += KoalaBear.From(more);

        var witness = new SegmentWitness(SegmentChain.Of(SolvencyScene.Of(QuickProofs.Tiny)), 0);
        witness.Leaves[Alice] = witness.Leaves[Alice] with { Blocks = stated };
        witness.Change = traces => Cell(traces, "accounts", "number of balances", Alice) += KoalaBear.From(more);
        Assert.Equal(["bus digest", "bus balances of accounts: sums"], witness.Breaches().OrderDescending());       // the leaf is not the one under this root
    }

    [Fact]
    public void An_asset_that_the_statement_does_not_have_has_no_price()
    {
        AccountData alice = QuickProofs.Tiny.Accounts.First();
        var witness = new SegmentWitness(SegmentChain.Of(SolvencyScene.Of(QuickProofs.Tiny)), 0);
        witness.Leaves[Alice] = witness.Leaves[Alice] with { Blocks = Blocks(alice with { Items = [[alice.Items[0][0], alice.Items[0][1].SetItem(0, 2)]] }) };
        witness.Change = traces =>
        {
            Cell(traces, "balances", "asset", AlicesSecond) = KoalaBear.From(2);
            Cell(traces, "balances", "gap", AlicesSecond) = KoalaBear.One;
        };
        IReadOnlyList<string> breaches = witness.Breaches();
        Assert.DoesNotContain("bus block", breaches);
        Assert.DoesNotContain("rows rise", breaches);
        Assert.Contains("bus records of Asset for balances 0", breaches);
        Assert.Contains("bus pieces of counted(b) for balances", breaches);
        Assert.Contains("bus total", breaches);
    }

    /// <summary>What breaks where bob's leaf, under the root, has these items, and his rows are those of btc and usdt with a change.</summary>
    private static IReadOnlyList<string> Breaches(ImmutableArray<ImmutableArray<BigInteger>> items, Action<TableTrace> change)
    {
        AccountData[] accounts = [.. QuickProofs.Tiny.Accounts];
        accounts[Bob] = accounts[Bob] with { Items = [items] };
        var witness = new SegmentWitness(SegmentChain.Of(SolvencyScene.Cut(QuickProofs.Tiny with { Accounts = accounts }, [4], 2, 2)), 0);
        witness.Accounts[Bob] = accounts[Bob] with { Items = [[Btc, Usdt]] };
        witness.Change = traces => change(traces.Single(trace => trace.Table.Name == "balances"));
        return witness.Breaches();
    }

    /// <summary>Changes what bob's two rows say of their items, and has the gap between them follow.</summary>
    private static void Items(TableTrace balances, Action<KoalaBear[], KoalaBear[]> change)
    {
        for (int phase = 0; phase < 2; phase++)
        {
            Matrix rows = balances.Phase(phase);
            KoalaBear[] first = rows.Row(BobsFirst).ToArray(), second = rows.Row(BobsSecond).ToArray();
            change(first, second);
            foreach (ColumnInfo column in balances.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase == phase && !OfTheRow.Contains(c.Name)))
                for (int cell = column.Offset; cell < column.Offset + column.BaseWidth; cell++)
                    (rows[BobsFirst, cell], rows[BobsSecond, cell]) = (first[cell], second[cell]);
        }
        Cell([balances], "balances", "gap", BobsSecond) = Cell([balances], "balances", "asset", BobsSecond) - Cell([balances], "balances", "asset", BobsFirst) - KoalaBear.One;
    }

    private static ref KoalaBear Cell(IEnumerable<TableTrace> traces, string table, string column, int row)
    {
        TableTrace trace = traces.Single(t => t.Table.Name == table);
        return ref trace.Phase(0).Row(row)[trace.Table.Columns.Single(c => c.Name == column).Offset];
    }

    private static KoalaBear[] Blocks(AccountData account) => BookTree.LeafBlocks(QuickProofs.Tiny, SolvencyScene.Salts, [account])(0);
}
