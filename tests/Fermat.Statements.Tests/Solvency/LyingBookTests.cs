using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Provers that lie about an honest statement over a rulebook: each lie breaks a constraint or a bus, by name.</summary>
public sealed class LyingBookTests
{
    private const int Alice = 0, Bob = 1, Carol = 2, Balances = 0, Positions = 1;

    private static readonly SolvencyScene Scene = SolvencyScene.Of("cross_tiered");

    private static IReadOnlyList<AccountData> Accounts => Scene.Accounts;

    [Fact]
    public void An_item_that_is_left_out_leaves_its_block_unread() => Breaks("block", With(Alice, Positions, items => items.Clear()));

    [Fact]
    public void A_negative_balance_that_is_left_out_leaves_its_block_unread() => Breaks("block", With(Bob, Balances, items => items.RemoveAt(1)));

    [Fact]
    public void An_item_that_is_there_twice_does_not_rise() => Assert.ThrowsAny<Exception>(() => Breaks("block", With(Carol, Positions, items => items.Add(items[0]))));

    [Fact]
    public void An_item_that_is_made_up_reads_a_block_that_is_not_there() => Breaks("block", With(Bob, Positions, items => items.Add([0, 1, 1])));

    [Fact]
    public void An_item_that_moves_to_another_account_reads_a_block_that_is_not_there()
    {
        ImmutableArray<BigInteger> moved = Accounts[Alice].Items[Positions][0];
        List<AccountData> claimed = [.. With(Alice, Positions, items => items.Clear())];
        claimed[Bob] = claimed[Bob] with { Items = claimed[Bob].Items.SetItem(Positions, [moved]) };
        Breaks("block", claimed);
    }

    [Fact]
    public void An_item_that_moves_to_another_collection_reads_a_block_that_is_not_there()
    {
        // a position's first elements as a balance: instrument 0 as asset 0, the size as the amount
        ImmutableArray<BigInteger> position = Accounts[Alice].Items[Positions][0];
        List<AccountData> claimed = [.. With(Alice, Positions, items => items.Clear())];
        claimed[Alice] = claimed[Alice] with { Items = claimed[Alice].Items.SetItem(Balances, [[0, position[1]], .. claimed[Alice].Items[Balances]]) };
        Breaks("block", claimed);
    }

    [Fact]
    public void A_value_that_is_not_the_hashed_one_reads_a_block_that_is_not_there()
    {
        Breaks("block", With(Alice, Balances, items => items[0] = items[0].SetItem(1, items[0][1] + 1)));
        Breaks("block", With(Alice, Positions, items => items[0] = items[0].SetItem(2, -items[0][2])));
        Breaks("block", With(Alice, Positions, items => items[0] = items[0].SetItem(0, 1)));
        Breaks("block", With(Alice, Positions, items => items[0] = items[0].SetItem(1, items[0][1] + (1 << 24))));
    }

    [Fact]
    public void A_nonce_that_is_not_the_hashed_one_reads_a_block_that_is_not_there()
    {
        foreach (ulong nonce in (ulong[])[1, 1UL << 24, 1UL << 63]) Breaks("block", [Accounts[Alice] with { Nonce = nonce }, .. Accounts.Skip(1)]);
    }

    [Fact]
    public void An_account_that_is_left_out_leaves_its_blocks_unread()
    {
        Breaks("block", [.. Accounts.SkipLast(1)]);
        Breaks("block", [.. Accounts.Skip(1)]);
    }

    [Fact]
    public void An_account_that_is_there_twice_reads_blocks_that_are_not_there() => Breaks("block", [.. Accounts, Accounts[Alice]]);

    [Fact]
    public void Two_accounts_that_change_places_read_each_others_blocks() => Breaks("block", [Accounts[Bob], Accounts[Alice], .. Accounts.Skip(2)]);

    [Fact]
    public void A_sum_that_is_not_the_books_does_not_balance()
    {
        foreach (Func<BookSums> lie in (Func<BookSums>[])[
            () => Sums(Accounts.Where((_, account) => account != Bob)),                                                   // an account's part is missing everywhere
            () => Sums(With(Carol, Positions, items => items[0] = items[0].SetItem(2, items[0][2] + 1))),               // less is owed for a position
            () => Sums(With(Bob, Balances, items => items[0] = items[0].SetItem(1, items[0][1] - 1)))])                  // less is owed of an asset
        {
            CheckReport report = Scene.Check(sums: lie());
            Assert.Contains(report.Imbalances, imbalance => imbalance.Bus == "total");
        }
    }

    [Theory]
    [InlineData("accounts", "number of balances")]
    [InlineData("accounts", "number of positions")]
    [InlineData("accounts", "nonce[0]")]
    [InlineData("balances", "position")]
    [InlineData("balances", "account")]
    [InlineData("positions", "position")]
    [InlineData("positions", "account")]
    [InlineData("positions", "first block of positions")]
    [InlineData("positions", "instrument")]
    public void A_cell_that_says_where_a_row_belongs_cannot_be_another(string table, string column)
    {
        ColumnInfo cell = Scene.Circuit.Circuit.Tables.Single(t => t.Name == table).Columns.Single(c => c.Name == column);
        foreach (int change in (int[])[1, -1, 2])
            Assert.False(Scene.Check(change: traces => traces[cell.Table].Phase(0)[0, cell.Offset] += KoalaBear.From(change)).IsSatisfied, $"{change}");
    }

    [Fact]
    public void A_computed_value_that_is_replaced_with_everything_after_it_recomputed_is_noticed()
    {
        var believed = new List<string>();
        foreach (Domain domain in Scene.Circuit.Book.Lowering.Domains)
            for (int slot = 0; slot < domain.Slots; slot++)
            {
                if (domain.Inputs.Contains(slot)) continue;
                bool told = false;
                object Instead(object value)
                {
                    told = value is BigInteger or int;
                    return value is BigInteger number ? number + 1 : value is int small ? (small == 0 ? 1 : small + 1) : value;
                }
                try
                {
                    bool satisfied = Scene.Check(lie: new Lie(domain, slot, 0, Instead)).IsSatisfied;
                    if (told && satisfied) believed.Add($"{domain.Name}, value {slot}");
                }
                catch (Exception fault) when (fault is InvalidOperationException or ArgumentException or IndexOutOfRangeException or KeyNotFoundException or OverflowException)
                {
                    // the filler cannot write it down
                }
            }
        Assert.True(believed.Count == 0, string.Join("; ", believed));
    }

    [Fact]
    [Trait("Category", "Slow")]
    public void No_cell_of_the_books_tables_can_be_another()
    {
        IReadOnlyList<TableTrace> traces = Scene.Fill();
        var mutator = new CellMutator(Scene.Circuit.Circuit, traces, SolvencyScene.Challenges);
        var unnoticed = new List<string>();
        foreach (TableTrace trace in traces.Where(t => t.Table.Index != Scene.Circuit.Range.Table && t.Table.Index != Scene.Circuit.Hash.Table))
            for (int phase = 0; phase < 2; phase++)
                foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase == phase && !c.Name.StartsWith("blind", StringComparison.Ordinal)))
                    for (int row = 0; row < Math.Min(trace.ActiveRows, 3); row++)
                        for (int part = 0; part < column.BaseWidth; part++)
                        {
                            KoalaBear value = trace.Phase(phase)[row, column.Offset + part] + KoalaBear.One;
                            if (mutator.Try(trace.Table.Index, phase, row, column.Offset + part, value).IsSatisfied) unnoticed.Add($"{trace.Table.Name}, row {row}: {column.Name}");
                        }
        Assert.True(unnoticed.Count == 0, string.Join("; ", unnoticed.Take(20)));
    }

    private static BookSums Sums(IEnumerable<AccountData> accounts)
    {
        var sums = new BookSums(Scene.Book.Rulebook.Rulebook.Solvency!, Scene.Book.Market);
        var interpreter = new Interpreter(Scene.Book.Rulebook.Rulebook, Scene.Book.Market);
        foreach (AccountData account in accounts) interpreter.AddTo(sums, account);
        return sums;
    }

    private static AccountData[] With(int account, int collection, Action<List<ImmutableArray<BigInteger>>> change)
    {
        List<ImmutableArray<BigInteger>> items = [.. Accounts[account].Items[collection]];
        change(items);
        AccountData[] claimed = [.. Accounts];
        claimed[account] = claimed[account] with { Items = claimed[account].Items.SetItem(collection, [.. items]) };
        return claimed;
    }

    /// <summary>A liar who also adjusts the sums to what it claims breaks a bus nevertheless.</summary>
    private static void Breaks(string bus, IReadOnlyList<AccountData> claimed)
    {
        CheckReport report = Scene.Check(claimed);
        Assert.Contains(report.Imbalances, imbalance => imbalance.Bus == bus);
    }
}
