using System.Numerics;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests.Solvency;

/// <summary>Books that have no proof are answered with the predicate they break, before any work on one; and work on one that is begun can be watched and stopped.</summary>
public sealed class NotProvableTests
{
    private static readonly Dictionary<SolvencyPredicate, Func<SolvencyOutcome>> Cases = new()
    {
        [SolvencyPredicate.ParametersValid] = () => Asked(QuickProofs.Tiny with { Market = QuickProofs.Tiny.Market with { Tables = [[.. QuickProofs.Tiny.Market.Tables[0], QuickProofs.Tiny.Market.Tables[0][0]]] } }),
        [SolvencyPredicate.InputsInRange] = () => Asked(QuickProofs.Tiny with { InsuranceFund = SolvencyBounds.End }),
        [SolvencyPredicate.AccountValid] = () => Asked(QuickProofs.Tiny with { Accounts = [QuickProofs.Tiny.Accounts.First(), QuickProofs.Tiny.Accounts.First()] }),
        [SolvencyPredicate.BookFitsCircuit] = () => Asked(Many((2 * SolvencyLimits.MaxSegments) + 1), QuickProofs.Options with { SegmentDepth = 1 }),
        [SolvencyPredicate.ReservesCoverAsset] = () => Asked(QuickProofs.Tiny with { Reserves = [889_999_999, 10 * QuickProofs.Tiny.Reserves[1]] }),
        [SolvencyPredicate.ReservesCoverClaims] = () => Asked(QuickProofs.Tiny with { Buffer = BigInteger.One << 170 }),
        [SolvencyPredicate.InsuranceCoversShortfall] = () => Asked(QuickProofs.Tiny with { InsuranceFund = 0 }),
        [SolvencyPredicate.NetSizeIsZero] = () => Asked(WithAPosition()),
    };

    public static TheoryData<SolvencyPredicate> Predicates() => [.. Enum.GetValues<SolvencyPredicate>()];

    [Theory]
    [MemberData(nameof(Predicates))]
    public void The_broken_predicate_is_named(SolvencyPredicate predicate)
    {
        Assert.True(Cases.TryGetValue(predicate, out Func<SolvencyOutcome>? ask), $"{predicate} has no test");
        SolvencyOutcome answer = ask();
        Assert.Equal(predicate, Assert.Single(answer.Reasons).Predicate);
        Assert.NotEmpty(answer.Reasons[0].Message);
        Assert.True(answer.Inputs is null && answer.Proof.Length == 0 && answer.Tree is null);
    }

    [Fact]
    public void All_broken_predicates_are_named_at_once()
    {
        SolvencyOutcome answer = SolvencyProver.Prove(QuickProofs.Tiny with { Reserves = [0, 0], InsuranceFund = 0 }, QuickProofs.Salts);
        Assert.Equal(
            [SolvencyPredicate.ReservesCoverAsset, SolvencyPredicate.ReservesCoverAsset, SolvencyPredicate.ReservesCoverClaims, SolvencyPredicate.InsuranceCoversShortfall],
            answer.Reasons.Select(reason => reason.Predicate));
        Assert.Equal(["btc", "usdt", null, null], answer.Reasons.Select(reason => reason.Subject));
    }

    [Fact]
    public void A_book_that_just_keeps_every_bound_is_proven()
    {
        SolvencyScene scene = SolvencyScene.Of(QuickProofs.Tiny);
        SolvencyBook least = QuickProofs.Tiny with { Reserves = [.. scene.Sums.Total(0)], InsuranceFund = scene.Sums.Shortfall, Buffer = 0 };
        BigInteger missing = scene.Sums.Claims - SolvencyPublicInputs.ValueOf(least.Rulebook, least.Market, least.Reserves), one = SolvencyPublicInputs.ValueOf(least.Rulebook, least.Market, [0, 1]);
        Assert.Equal(0, missing % one);
        least = least with { Reserves = least.Reserves.SetItem(1, least.Reserves[1] + missing / one) };
        SolvencyOutcome proof = QuickProofs.Prove(least, QuickProofs.Options);
        Assert.True(QuickProofs.Verify(proof.Inputs!, proof.Proof).Accepted);
        Assert.Equal([SolvencyPredicate.ReservesCoverClaims], Asked(least with { Buffer = 1 }).Reasons.Select(reason => reason.Predicate));
        Assert.Equal([SolvencyPredicate.ReservesCoverClaims], Asked(least with { Reserves = least.Reserves.SetItem(1, least.Reserves[1] - 1) }).Reasons.Select(reason => reason.Predicate));
        Assert.Equal([SolvencyPredicate.InsuranceCoversShortfall], Asked(least with { InsuranceFund = least.InsuranceFund - 1 }).Reasons.Select(reason => reason.Predicate));
    }

    [Fact]
    public void The_example_book_is_proven_with_the_default_strength_and_verified_from_its_files()
    {
        var stages = new List<SolvencyStage>();
        SolvencyOutcome proof = QuickProofs.Prove(SolvencyScene.UnderExchangeSample(SampleBooks.Example), new SolvencyProverOptions { Reveal = RevealMode.Totals }, new Told(value =>
        {
            lock (stages) stages.Add(value.Stage);
        }));
        Assert.Null(SolvencyStatementFile.TryRead(SolvencyStatementFile.Write(proof.Inputs!), proof.Inputs!.Rulebook, out SolvencyPublicInputs? read));
        var anchors = new SolvencyAnchors { StateRoot = proof.Tree!.Root, ParametersDigest = proof.Inputs.ParametersDigest, MarketDigest = proof.Inputs.MarketDigest };
        SolvencyVerification result = SolvencyStatement.Verify(read!, proof.Proof, anchors);
        Assert.True(result.Accepted, result.Rejection?.ToString() + result.Proof?.Rejection);
        Assert.True(result.Proof!.Soundness!.Meets(100));
        Assert.Equal((185, 15), (read!.Revealed!.Accounts, read.Revealed.Liquidatable));
        Assert.Equal(Enum.GetValues<SolvencyStage>(), stages.Distinct());
    }

    [Theory]
    [InlineData(SolvencyStage.Checking)]
    [InlineData(SolvencyStage.StateTree)]
    [InlineData(SolvencyStage.Accounts)]
    [InlineData(SolvencyStage.Hashes)]
    [InlineData(SolvencyStage.Proving)]
    public void Proving_can_be_cancelled(SolvencyStage stage)
    {
        using var cancel = new CancellationTokenSource();
        var progress = new Told(value =>
        {
            if (value.Stage == stage) cancel.Cancel();
        });
        Assert.ThrowsAny<OperationCanceledException>(() => SolvencyProver.Prove(QuickProofs.Tiny, QuickProofs.Salts, QuickProofs.Options, progress, cancel.Token));
    }

    private static SolvencyOutcome Asked(SolvencyBook book, SolvencyProverOptions? options = null) => SolvencyProver.Prove(book, QuickProofs.Salts, options ?? QuickProofs.Options);

    private static SolvencyBook Many(int accounts)
    {
        SolvencyBook book = SolvencyScene.BookOf("balances");
        return book with { Accounts = [.. Enumerable.Range(0, accounts).Select(i => new AccountData($"a{i}", [], [[]]))] };
    }

    /// <summary>The example of cross_tiered in which one account has a position that is no other's, worth nothing to anybody at these prices.</summary>
    private static SolvencyBook WithAPosition()
    {
        SolvencyBook book = SolvencyScene.BookOf("cross_tiered");
        AccountData house = book.Accounts.Last();
        AccountData other = house with { Items = house.Items.SetItem(1, [house.Items[1][0].SetItem(1, house.Items[1][0][1] + 1), .. house.Items[1][1..]]) };
        return book with { Accounts = [.. book.Accounts.SkipLast(1), other] };
    }

    private sealed class Told(Action<SolvencyProgress> told) : IProgress<SolvencyProgress>
    {
        public void Report(SolvencyProgress value) => told(value);
    }
}
