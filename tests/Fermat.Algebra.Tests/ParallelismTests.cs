namespace Fermat.Algebra.Tests;

[Collection(KernelCollection.Name)]
public sealed class ParallelismTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void EveryItemRunsOnce(int degree) => KernelCollection.WithDegree(degree, () =>
    {
        var runs = new int[1000];
        Parallelism.For(3, 1000, i => Interlocked.Increment(ref runs[i]));
        Assert.All(runs[..3], count => Assert.Equal(0, count));
        Assert.All(runs[3..], count => Assert.Equal(1, count));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void RangesCoverAndDoNotDependOnTheDegree(int degree) => KernelCollection.WithDegree(degree, () =>
    {
        var ranges = new System.Collections.Concurrent.ConcurrentBag<(int, int)>();
        Parallelism.ForRanges(10, 4, (from, to) => ranges.Add((from, to)));
        Assert.Equal([(0, 4), (4, 8), (8, 10)], ranges.Order());
        Parallelism.ForRanges(0, 4, (_, _) => Assert.Fail("there is nothing to do"));
    });

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void FailuresAndCancellationReachTheCaller(int degree) => KernelCollection.WithDegree(degree, () =>
    {
        var failure = Assert.Throws<InvalidDataException>(() =>
            Parallelism.For(0, 100, i => _ = i == 17 ? throw new InvalidDataException("item 17") : 0));
        Assert.Equal("item 17", failure.Message);
        using var source = new CancellationTokenSource();
        int done = 0;
        Assert.Throws<OperationCanceledException>(() => Parallelism.For(0, 1000, i =>
        {
            Interlocked.Increment(ref done);
            source.Cancel();
        }, source.Token));
        Assert.InRange(done, 1, degree);
    });

    [Fact]
    public void LoopsNest() => KernelCollection.WithDegree(3, () =>
    {
        int sum = 0;
        Parallelism.For(0, 20, i => Parallelism.For(0, 20, j => Interlocked.Add(ref sum, (20 * i) + j)));
        Assert.Equal(400 * 399 / 2, sum);
    });

    [Fact]
    public void NestedLoopsDoNotCrowdTheCores() => KernelCollection.WithDegree(2, () =>
    {
        int running = 0;
        var seen = new System.Collections.Concurrent.ConcurrentBag<int>();
        Parallelism.For(0, 8, _ => Parallelism.For(0, 50, _ =>
        {
            seen.Add(Interlocked.Increment(ref running));
            Thread.SpinWait(1000);
            Interlocked.Decrement(ref running);
        }));
        Assert.Equal(400, seen.Count);
        Assert.All(seen, threads => Assert.InRange(threads, 1, 2));
    });

    [Fact]
    public void WhoHasNothingLeftHelpsInOtherLoops() => KernelCollection.WithDegree(2, () =>
    {
        // Two items that wait for each other, in a loop of the last item of another loop: its second thread has to come along.
        using var both = new Barrier(2);
        int met = 0;
        Parallelism.For(0, 2, outer => Parallelism.For(0, outer == 0 ? 0 : 2, _ =>
        {
            if (both.SignalAndWait(TimeSpan.FromMinutes(1))) Interlocked.Increment(ref met);
        }));
        Assert.Equal(2, met);
    });

    [Fact]
    public void DegreeIsAtLeastOne() => Assert.Throws<ArgumentOutOfRangeException>(() => Parallelism.Degree = 0);
}
