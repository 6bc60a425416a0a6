using System.Diagnostics;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>Tests that look at things of the whole process, and so run alone.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public class Alone;

[Collection("alone")]
public class BehaviourTests
{
    [Fact]
    public void SameSeedGivesTheSameBytesOnAnyNumberOfCores()
    {
        SameBytes(new RandomPointToy(9, 7, 9));
        SameBytes(new RangeToy(13, 9));
    }

    private static void SameBytes(Toy toy)
    {
        ProofOptions options = TestOptions.Of();
        var context = new ProverContext { Seed = TestOptions.Seed(1) };
        int before = Parallelism.Degree;
        try
        {
            Parallelism.Degree = 1;
            byte[] expected = toy.Prove(options, context);
            foreach (int degree in new[] { 2, 3, 7 })
            {
                Parallelism.Degree = degree;
                Assert.Equal(expected, toy.Prove(options, context));
            }

            Assert.NotEqual(expected, toy.Prove(options, new ProverContext { Seed = TestOptions.Seed(2) }));
        }
        finally
        {
            Parallelism.Degree = before;
        }
    }

    [Fact]
    public void ShortTablesShareAStepAndTallOnesHaveOneEach()
    {
        static int[][] Steps(Toy toy) => TableSteps.Of(new ProofShape(toy.Circuit, TestOptions.Of(), toy.LogHeights)).Steps;

        Assert.Equal([0, 1, 2], Assert.Single(Steps(new RandomPointToy(9, 7, 9))).Order());
        Assert.Equal([[1], [0]], Steps(new RangeToy(13, 9)));
        Assert.Equal([[0], [1]], Steps(new RangeToy(14, 13)));
    }

    [Fact]
    [Trait("Leak", "randomness reuse")]
    public void WithoutASeedEveryProofIsAnother()
    {
        var toy = new FibonacciToy(7);
        Assert.NotEqual(toy.Prove(TestOptions.Of()), toy.Prove(TestOptions.Of()));
    }

    [Fact]
    public void MemoryIsFreedWhetherOrNotAProofIsMade()
    {
        var toy = new RandomPointToy(8, 7, 9);
        ProofOptions options = TestOptions.Of();
        long before = Matrix.LiveBytes;
        toy.Prove(options);
        Assert.Equal(before, Matrix.LiveBytes);
        Assert.Throws<ProverException>(() => toy.Prove(options, tamper: traces => traces[0].Phase(0)[1, 8] += KoalaBear.One));
        Assert.Equal(before, Matrix.LiveBytes);
        Assert.Throws<ProverException>(() => toy.Prove(options, new ProverContext { MemoryLimit = 1 }));
        Assert.Equal(before, Matrix.LiveBytes);
    }

    [Fact]
    public void CancellationIsHeardInEveryStageAndFreesEverything()
    {
        var toy = new RandomPointToy(8, 7, 9);
        ProofOptions options = TestOptions.Of();
        long before = Matrix.LiveBytes;
        foreach (ProverStage stage in Enum.GetValues<ProverStage>())
        {
            using var source = new CancellationTokenSource();
            var progress = new Listener(update =>
            {
                if (update.Stage == stage) source.Cancel();
            });
            var context = new ProverContext { Progress = progress, CancellationToken = source.Token };
            Assert.ThrowsAny<OperationCanceledException>(() => toy.Prove(options, context));
            Assert.Equal(before, Matrix.LiveBytes);
        }
    }

    [Fact]
    public void ProgressCountsUpToTheEnd()
    {
        var toy = new RandomPointToy(8, 7, 9);
        var updates = new List<ProverProgress>();
        ProverReport? report = null;
        toy.Prove(TestOptions.Of(), new ProverContext { Progress = new Listener(updates.Add), Completed = made => report = made });

        Assert.Equal(Enum.GetValues<ProverStage>(), updates.Select(update => update.Stage).Distinct().Order());
        Assert.Equal(Enumerable.Range(0, updates.Count), updates.Select(update => update.Done));
        Assert.All(updates, update => Assert.Equal(updates.Count - 1, update.Total));
        Assert.All(updates, update => Assert.Equal((1 << 8) + (1 << 7) + (1 << 9), update.Rows));

        Assert.NotNull(report);
        Assert.Equal(Enum.GetValues<ProverStage>(), report.Stages.Select(stage => stage.Stage));
        Assert.True(report.Stages.Sum(stage => stage.Elapsed.Ticks) <= report.Total.Ticks);
        Assert.True(report.PeakMatrixBytes > 0);
    }

    [Fact]
    public void EveryStageIsAnActivity()
    {
        var seen = new HashSet<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Fermat.Stark.Prover",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => seen.Add(activity.OperationName),
        };
        ActivitySource.AddActivityListener(listener);
        new FibonacciToy(7).Prove(TestOptions.Of());
        Assert.Equal(Enum.GetNames<ProverStage>().Order(), seen.Order());
    }

    /// <summary>The estimate is an upper bound, and not a wild one.</summary>
    [Theory]
    [InlineData(1, 14, 13)]
    [InlineData(2, 14, 13)]
    [InlineData(2, 12, 11)]
    public void MemoryStaysWithinTheEstimate(int blowupLog2, int valuesLog, int rangeLog)
    {
        var toy = new RangeToy(valuesLog, rangeLog);
        ProofOptions options = TestOptions.Of(blowupLog2: blowupLog2);
        long estimate = ProverMemory.Estimate(new ProofShape(toy.Circuit, options, toy.LogHeights));
        long before = Matrix.LiveBytes;
        ProverReport? report = null;
        byte[] proof = toy.Prove(options, new ProverContext { Completed = made => report = made, MemoryLimit = estimate });
        Assert.True(toy.Verify(options, proof).Accepted);
        Assert.InRange(report!.PeakMatrixBytes - before, estimate / 4, estimate);
    }

    private sealed class Listener(Action<ProverProgress> report) : IProgress<ProverProgress>
    {
        public void Report(ProverProgress value) => report(value);
    }
}
