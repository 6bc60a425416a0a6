namespace Fermat.Algebra.Tests;

/// <summary>What the pool keeps, what it gives again and what it lets go; addresses here are numbers, nothing is touched.</summary>
public sealed class PagePoolTests
{
    private const nuint Page = 2 << 20;

    [Fact]
    public void Freed_block_is_given_again()
    {
        var pool = new PagePool();
        Assert.Equal((nuint)0, pool.Take(4 * Page));
        Assert.Empty(pool.Give(100 * Page, 4 * Page));
        Assert.Equal(100 * Page, pool.Take(4 * Page));
        Assert.Equal((nuint)0, pool.Kept);
    }

    [Fact]
    public void Block_is_cut_from_the_smallest_range_that_holds_it()
    {
        var pool = new PagePool();
        foreach (nuint pages in new nuint[] { 8, 3, 5 }) pool.Take(pages * Page);
        pool.Give(100 * Page, 8 * Page);
        pool.Give(200 * Page, 3 * Page);
        pool.Give(300 * Page, 5 * Page);
        Assert.Equal(300 * Page, pool.Take(4 * Page));
        Assert.Equal(304 * Page, pool.Take(Page));
        Assert.Equal(200 * Page, pool.Take(2 * Page));
        Assert.Equal(9 * Page, pool.Kept);
    }

    [Fact]
    public void Ranges_side_by_side_become_one()
    {
        var pool = new PagePool();
        for (int i = 0; i < 3; i++) pool.Take(2 * Page);
        pool.Give(100 * Page, 2 * Page);
        pool.Give(104 * Page, 2 * Page);
        Assert.Empty(pool.Give(102 * Page, 2 * Page)); // closes the gap
        Assert.Equal(100 * Page, pool.Take(6 * Page));
    }

    [Fact]
    public void Live_and_kept_never_exceed_the_most_that_was_live()
    {
        var pool = new PagePool();
        pool.Take(4 * Page);
        pool.Give(100 * Page, 4 * Page);
        Assert.Equal((nuint)0, pool.Take(6 * Page)); // too long for what is kept, which stays: the most that was live is now 6
        (nuint address, nuint length) = Assert.Single(pool.Give(200 * Page, 6 * Page));
        Assert.Equal((100 * Page, 4 * Page), (address, length)); // the smallest goes
        Assert.Equal(6 * Page, pool.Kept);
    }

    [Fact]
    public void Emptying_lets_everything_go()
    {
        var pool = new PagePool();
        pool.Take(4 * Page);
        pool.Take(Page);
        pool.Give(100 * Page, 4 * Page);
        pool.Give(300 * Page, Page);
        Assert.Equal(5 * (long)Page, pool.Empty().Sum(range => (long)range.Length));
        Assert.Equal((nuint)0, pool.Kept);
        Assert.Equal((nuint)0, pool.Take(Page));
    }
}
