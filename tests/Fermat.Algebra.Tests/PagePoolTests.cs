namespace Fermat.Algebra.Tests;

/// <summary>What the pool keeps, what it gives again and what it lets go; addresses here are numbers, nothing is touched.</summary>
public sealed class PagePoolTests
{
    private const nuint Page = 2 << 20;

    [Fact]
    public void Freed_block_is_given_again()
    {
        var pool = new PagePool();
        Assert.Equal((nuint)0, pool.Take(4 * Page, out _));
        Assert.Empty(pool.Give(100 * Page, 4 * Page));
        Assert.Equal(100 * Page, pool.Take(4 * Page, out _));
        Assert.Equal((nuint)0, pool.Kept);
    }

    [Fact]
    public void Block_is_cut_from_the_smallest_range_that_holds_it()
    {
        var pool = new PagePool();
        foreach (nuint pages in new nuint[] { 8, 3, 5 }) pool.Take(pages * Page, out _);
        pool.Give(100 * Page, 8 * Page);
        pool.Give(200 * Page, 3 * Page);
        pool.Give(300 * Page, 5 * Page);
        Assert.Equal(300 * Page, pool.Take(4 * Page, out _));
        Assert.Equal(304 * Page, pool.Take(Page, out _));
        Assert.Equal(200 * Page, pool.Take(2 * Page, out _));
        Assert.Equal(9 * Page, pool.Kept);
    }

    [Fact]
    public void Ranges_side_by_side_become_one()
    {
        var pool = new PagePool();
        for (int i = 0; i < 3; i++) pool.Take(2 * Page, out _);
        pool.Give(100 * Page, 2 * Page);
        pool.Give(104 * Page, 2 * Page);
        Assert.Empty(pool.Give(102 * Page, 2 * Page)); // closes the gap
        Assert.Equal(100 * Page, pool.Take(6 * Page, out _));
    }

    [Fact]
    public void Live_and_kept_never_exceed_the_most_that_was_live()
    {
        var pool = new PagePool();
        pool.Take(4 * Page, out _);
        pool.Take(Page, out _);
        pool.Give(100 * Page, 4 * Page);
        Assert.Equal((nuint)0, pool.Take(6 * Page, out var dropped)); // too long for what is kept; 7 pages are live, the most so far
        Assert.Equal([(100 * Page, 4 * Page)], dropped);
        Assert.Equal((nuint)0, pool.Kept);
        Assert.Empty(pool.Give(200 * Page, 6 * Page));
        Assert.Equal((nuint)0, pool.Take(7 * Page, out dropped)); // 8 live
        Assert.Equal(6 * (long)Page, dropped.Sum(range => (long)range.Length));
    }

    [Fact]
    public void The_smallest_ranges_go_first()
    {
        var pool = new PagePool();
        foreach (nuint pages in new nuint[] { 4, 2, 6 }) pool.Take(pages * Page, out _);
        pool.Give(100 * Page, 4 * Page);
        pool.Give(200 * Page, 2 * Page);
        pool.Take(8 * Page, out var dropped); // 14 live and 6 kept, where 14 were live at most
        Assert.Equal([(200 * Page, 2 * Page), (100 * Page, 4 * Page)], dropped);
    }

    [Fact]
    public void Emptying_lets_everything_go()
    {
        var pool = new PagePool();
        pool.Take(4 * Page, out _);
        pool.Take(Page, out _);
        pool.Give(100 * Page, 4 * Page);
        pool.Give(300 * Page, Page);
        Assert.Equal(5 * (long)Page, pool.Empty().Sum(range => (long)range.Length));
        Assert.Equal((nuint)0, pool.Kept);
        Assert.Equal((nuint)0, pool.Take(Page, out _));
    }
}
