using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using Fermat.Rules.Inputs;
using Fermat.Rules.Leaves;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Tests.Books;

public sealed class LeafLayoutTests
{
    private static RulebookSchema Schema => CompilerTests.Compiled(SolvencyDefinitionTests.Head).Schema;

    [Theory]
    [InlineData(0, 255, 1, false)]
    [InlineData(0, 256, 2, false)]
    [InlineData(-128, 127, 1, true)]
    [InlineData(-129, 127, 2, true)]
    [InlineData(-1, 128, 2, true)]
    public void Numbers_take_the_bytes_that_their_bounds_need(int min, int max, int count, bool signed) =>
        Assert.Equal(new NumberBytes(count, signed), NumberBytes.Of(new Bounds(min, max)));

    [Fact]
    public void Bytes_are_twos_complement_three_an_element()
    {
        Span<uint> elements = stackalloc uint[2];
        new NumberBytes(4, true).Write(-2, elements);
        Assert.Equal([0xfffffe, 0xff], elements.ToArray());
        new NumberBytes(4, false).Write(0x04030201, elements);
        Assert.Equal([0x030201, 4], elements.ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumberBytes(1, true).Write(128, new uint[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new NumberBytes(1, false).Write(-1, new uint[1]));
    }

    [Fact]
    public void A_leaf_is_its_documented_elements()
    {
        var layout = new LeafLayout(Schema);
        // header: nonce 3, mode, two counts, cash of 12 bytes = 4 elements: 10 elements
        Assert.Equal((2, 5), (layout.HeaderBlocks, layout.FirstItemBlock));
        Assert.Equal([1, 1], layout.ItemBlocks);                                    // 1 + 2 and 1 + 1 + 2 + 3 elements: amounts of 40 bits and a sign are 6 bytes, costs 8
        ImmutableArray<BigInteger> balance = [1, -1], position = [1, 1, 2, 3];
        var account = new AccountData("ann", [-5], [[balance], [position]]) { Nonce = 0x0102030405060708 };
        Assert.Equal(7, layout.Blocks(account));
        var leaf = new uint[8 * (layout.Blocks(account) - 3)];
        layout.Write(account, leaf);
        Assert.Equal([0x060708, 0x030405, 0x0102, 0, 1, 1, 0xfffffb, 0xffffff, 0xffffff, 0xffffff, 0, 0, 0, 0, 0, 0], leaf[..16]);
        Assert.Equal([1, 0xffffff, 0xffffff, 0, 0, 0, 0, 0], leaf[16..24]);
        Assert.Equal([1, 1, 2, 0, 3, 0, 0, 0], leaf[24..32]);
    }

    [Fact]
    public void Different_accounts_have_different_leaves()
    {
        var layout = new LeafLayout(Schema);
        ImmutableArray<BigInteger> none = [0, 0];
        AccountData[] accounts =
        [
            new("a", [0], [[], []]), new("a", [1], [[], []]), new("a", [-1], [[], []]), new("a", [0], [[none], []]), new("a", [0], [[none, [1, 0]], []]),
            new("a", [0], [[], [[0, 0, 0, 0]]]), new("a", [0], [[], [[0, 1, 0, 0]]]), new("a", [0], [[[0, -1]], []]), new("a", [0], [[[0, 256]], []]),
        ];
        HashSet<string> seen = [.. accounts.Select(Leaf)];
        Assert.Equal(accounts.Length, seen.Count);

        string Leaf(AccountData account)
        {
            var leaf = new uint[8 * (layout.Blocks(account) - 3)];
            layout.Write(account, leaf);
            return string.Join(' ', leaf);
        }
    }

    [Fact]
    public void The_schemas_bytes_tell_what_fields_mean()
    {
        string text = Encoding.UTF8.GetString([.. new LeafLayout(Schema).CanonicalBytes()]);
        Assert.StartsWith("fermat account schema 1\ncash at 6: number scale 6 from ", text, StringComparison.Ordinal);
        Assert.Contains("collection balances up to 1024\nasset at 0: record of Asset\namount at 1: number scale 2 from ", text, StringComparison.Ordinal);
        string[] others =
        [
            SolvencyDefinitionTests.Head.Replace("Amount scale 2", "Amount scale 3", StringComparison.Ordinal),
            SolvencyDefinitionTests.Head.Replace("Amount scale 2 bits 40", "Amount scale 2 bits 41", StringComparison.Ordinal),
            SolvencyDefinitionTests.Head.Replace("unit coin\n", "unit coins\n", StringComparison.Ordinal).Replace("USD/coin", "USD/coins", StringComparison.Ordinal),
        ];
        Assert.All(others, other => Assert.NotEqual(text, Encoding.UTF8.GetString([.. new LeafLayout(CompilerTests.Compiled(other).Schema).CanonicalBytes()])));
    }
}
