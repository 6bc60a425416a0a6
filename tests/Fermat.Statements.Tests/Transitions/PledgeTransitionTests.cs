using System.Numerics;
using System.Text;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>
/// Pledges: an owner encumbers what is free, to one account at a time, and only that account releases it. Bob has 1000 dollars and a position that needs 100, and has pledged 400 to Dave; Carol has pledged nothing. Pledges have two decimals.
/// </summary>
public sealed class PledgeTransitionTests
{
    internal const int Bob = 2, Carol = 3, Dave = 4, Erin = 5;

    private const int Encumbered = 0, Pledgee = 1;

    internal const string RulebookText = """
        rulebook pledges
        quantity Cash scale 6 bits 63 unit USD
        quantity Pledge scale 2 bits 50 nonnegative unit USD
        quantity Leaf scale 0 bits 23 nonnegative
        quantity Money scale 6 bits 90 unit USD
        quantity Size scale 6 bits 50 unit coin
        quantity Price scale 4 bits 40 nonnegative unit USD/coin
        quantity Parity scale 0 in [1, 1]
        market Asset { index: Parity }
        market Instrument { mark: Price, settle: Asset }
        account {
          encumbered: Pledge = 0
          pledgee: Leaf = 0
          balances: { asset: Asset, amount: Cash }*
          positions: { instrument: Instrument, size: Size, cost: Cash }*
        }
        equity: Money      = down(sum b in balances: b.amount * b.asset.index + sum p in positions: (p.size * p.instrument.mark - p.cost))
        initial: Money     = up(10% * sum p in positions: abs(p.size) * p.instrument.mark)
        maintenance: Money = up(5% * sum p in positions: abs(p.size) * p.instrument.mark)
        """;

    private static readonly VenueRulebook Rulebook = SolvencyScene.Compile(RulebookText);

    /// <summary>Of 1000 dollars 100 are margin and 400 are pledged.</summary>
    [Theory]
    [InlineData(500, true)]
    [InlineData(500.01, false)]
    public void What_is_free_is_pledged(decimal usd, bool isAllowed)
    {
        Judges(isAllowed, "a payment leaves the account healthy", Start(Pledge(Bob, Dave, usd)));
        Judges(!isAllowed, "an attempt would leave the account below its initial requirement", Start(RejectPledge(Bob, Dave, usd)));
    }

    [Fact]
    public void Nothing_is_pledged_twice()
    {
        Judges(true, "", Start(Pledge(Carol, Dave, 60_000), Pledge(Carol, Dave, 39_900)));
        Judges(false, "a payment leaves the account healthy", Start(Pledge(Carol, Dave, 60_000), Pledge(Carol, Dave, 39_900.01m)));
        Judges(false, "what is pledged more was pledged to nobody else", Start(Pledge(Carol, Dave, 60_000), Pledge(Carol, Erin, 1)));
        Judges(false, "what is pledged more was pledged to nobody else", Start(Pledge(Bob, Erin, 1)));
        Judges(false, "what is pledged more was pledged to nobody else", Start(RejectPledge(Bob, Erin, 1000)));
    }

    [Fact]
    public void What_is_pledged_in_a_batch_is_withdrawn_no_more()
    {
        BatchEvent most = new(EventKind.Withdrawal, Carol, null, 0, -Usd(900)), more = most with { FirstCash = -Usd(900.01m) };
        Judges(true, "", Start(Pledge(Carol, Dave, 99_000), most));
        Judges(false, "a payment leaves the account healthy", Start(Pledge(Carol, Dave, 99_000), more));
        Judges(true, "", Start(Pledge(Carol, Dave, 99_000), Release(Carol, Dave, 0.01m), more));
    }

    [Fact]
    public void Who_it_is_pledged_to_releases_it()
    {
        Judges(true, "", Start(Release(Bob, Dave, 400), Pledge(Bob, Erin, 900), Release(Bob, Erin, 899.99m), Release(Bob, Erin, 0.01m)));
        Judges(false, "who it is pledged to releases it", Start(Release(Bob, Erin, 400)));
        Judges(false, "who it is pledged to releases it", Start(Release(Bob, Erin, 1)));
        Judges(false, "who it is pledged to releases it", Start(Pledge(Carol, Dave, 5), Release(Carol, Erin, 5)));
    }

    /// <summary>Each number has one form, and below nothing there is none.</summary>
    [Fact]
    public void No_more_is_released_than_is_pledged()
    {
        Assert.Null(VersionMaker.Make(Start(Release(Bob, Dave, 400.01m)), out RefusedEvent? refused));
        Assert.Contains("more is released than is pledged", refused!.Message, StringComparison.Ordinal);
        TransitionScene scene = TransitionScene.Of(Start(Release(Bob, Dave, 400)));
        foreach (int cents in (int[])[1, 40_001])
            Breaks("pledged is what was and what is pledged more", scene.Check(Changed(scene, Bob, cents, cents == 0 ? 0 : Dave + 1), lie: Nobody));
        Assert.Null(VersionMaker.Make(Start(Release(Carol, Dave, 1)), out refused));
        Assert.Contains("nothing of it is pledged", refused!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nobody_else_changes_what_is_pledged_or_to_whom()
    {
        TransitionScene scene = TransitionScene.Of(Start(new BatchEvent(EventKind.Withdrawal, Bob, null, 0, -Usd(1)), new BatchEvent(EventKind.Trade, Bob, Carol, 0, 0, 0, 0, Usd(1), Usd(10))));
        Breaks("pledged is what was and what is pledged more", scene.Check(Changed(scene, Bob, 39_999, Dave + 1), lie: Nobody));
        Breaks("pledged is what was and what is pledged more", scene.Check(Changed(scene, Bob, 0, 0), lie: Nobody));
        Breaks("to whom it is pledged stays as it is", scene.Check(Changed(scene, Bob, 40_000, Erin + 1), lie: Nobody));
        Breaks("what is not pledged is pledged to nobody", scene.Check(Changed(scene, Carol, 0, Erin + 1), lie: Nobody));
    }

    /// <summary>What is left after a release, or is there after a pledge, is pledged to the one whom the event names.</summary>
    [Fact]
    public void Nobody_is_put_in_the_place_of_who_it_is_pledged_to()
    {
        TransitionScene part = TransitionScene.Of(Start(Release(Bob, Dave, 100)));
        Breaks("what is not released is pledged to who it was", part.Check(Changed(part, Bob, 30_000, Erin + 1), lie: Nobody));
        TransitionScene more = TransitionScene.Of(Start(Pledge(Carol, Dave, 100)));
        Breaks("what is pledged is pledged to who is named", more.Check(Changed(more, Carol, 10_000, Erin + 1), lie: Nobody));
        TransitionScene all = TransitionScene.Of(Start(Release(Bob, Dave, 400)));
        Breaks("what is not pledged is pledged to nobody", all.Check(Changed(all, Bob, 0, Dave + 1), lie: Nobody));
    }

    [Fact]
    public void A_pledge_that_was_rejected_changes_nothing()
    {
        foreach (BatchEvent rejected in (BatchEvent[])[RejectPledge(Bob, Dave, 600), RejectPledge(Carol, Erin, 200_000)])
        {
            TransitionScene scene = TransitionScene.Of(Start(rejected));
            Assert.True(scene.Check().IsSatisfied, scene.Check().ToString());
            Assert.Equal(scene.Inputs.RootBefore, scene.Inputs.RootAfter);
            (int slot, int cents, int holder) = rejected.First == Bob ? (Bob, 100_000, Dave + 1) : (Carol, 20_000_000, Erin + 1);
            Breaks("pledged is what was and what is pledged more", scene.Check([.. scene.Plan.Versions.Select(version => version.Slot == slot && version.TakesBack ? With(version, cents, holder) : version)], lie: Nobody));
            if (slot == Bob) Breaks("what is taken back leaves it pledged to who it was", scene.Check([.. scene.Plan.Versions.Select(version => version.TakesBack ? With(version, 40_000, Erin + 1) : version)], lie: Nobody));
            else Breaks("what is not pledged is pledged to nobody", scene.Check([.. scene.Plan.Versions.Select(version => version.TakesBack ? With(version, 0, Erin + 1) : version)], lie: Nobody));
        }
    }

    /// <summary>The nonce that a release uses is that of who it is pledged to; that of who pledged it stays.</summary>
    [Fact]
    public void A_release_is_an_instruction_of_who_it_is_pledged_to()
    {
        TransitionScene scene = TransitionScene.Of(Start(Release(Bob, Dave, 100)));
        Assert.Equal([7UL, 8UL], ((int[])[Bob, Dave]).Select(slot => scene.Plan.Versions.Last(version => version.Slot == slot).Nonce));
        EventWitness release = scene.Plan.Events[0];
        Assert.All(release.FirstOwner, element => Assert.Equal(KoalaBear.Zero, element));
        Assert.Equal(scene.Plan.Versions.Last(version => version.Slot == Dave).Owner, release.SecondOwner);
        // nobody but Dave's key: another owner's block is not his leaf's
        EventWitness forged = release with { SecondOwner = scene.Plan.Versions.First(version => version.Slot == Bob).Owner };
        TransitionPlan plan = scene.Plan with { Events = [forged] };
        Breaks("authority", scene.Check(plan: plan, inputs: scene.Inputs with { Events = [LeafOf(scene, forged)] }));
    }

    [Theory]
    [InlineData(EventKind.Pledge, -1)]
    [InlineData(EventKind.Release, 1)]
    [InlineData(EventKind.RejectedPledge, -1)]
    public void A_pledge_has_one_sign_and_a_release_the_other(EventKind kind, int sign)
    {
        BatchEvent e = new(kind, Bob, Dave, 0, 0) { Pledged = sign * Cents(600) };
        Assert.Null(VersionMaker.Make(Start(e), out RefusedEvent? refused));
        Assert.Contains("who pledges pledges something, and who releases releases something", refused!.Message, StringComparison.Ordinal);
        if (kind == EventKind.RejectedPledge) return; // what would be left is less than nothing
        Breaks(kind == EventKind.Release ? "what is released is" : "what is pledged is not negative", TransitionScene.Forbidden(Start(e with { Pledged = sign * Cents(100) })).Check(lie: Nobody));
    }

    [Fact]
    public void What_is_pledged_is_not_paid()
    {
        Judges(false, "what is pledged is not paid", Start(Release(Bob, Dave, 100) with { FirstCash = -Usd(50), SecondCash = Usd(50) }));
        Judges(false, "what is pledged is not paid", Start(Pledge(Carol, Dave, 100) with { FirstCash = -Usd(50) }));
        Judges(false, "nothing is pledged or released", Start(new BatchEvent(EventKind.Deposit, Carol, null, 0, 0) { Pledged = Cents(100) }));
    }

    /// <summary>Under a rulebook that does not say to whom, nothing is pledged.</summary>
    [Fact]
    public void Without_a_pledgee_nothing_is_pledged()
    {
        VenueRulebook without = SolvencyScene.Compile(RulebookText.Replace("  pledgee: Leaf = 0\n", "", StringComparison.Ordinal));
        TransitionBatch batch = Start(Pledge(Bob, Dave, 1));
        batch = batch with { Rulebook = without, Accounts = [.. batch.Accounts.Select(account => account with { Account = account.Account with { Scalars = [account.Account.Scalars[Encumbered]] } })] };
        Assert.Null(VersionMaker.Make(batch, out RefusedEvent? refused));
        Assert.Contains("nothing can be pledged", refused!.Message, StringComparison.Ordinal);
    }

    internal static TransitionBatch Start(params BatchEvent[] events)
    {
        RuleInputs inputs = RuleInputs.Read(Rulebook.Schema, ("book", Encoding.UTF8.GetBytes($$"""
            {"market":{"Asset":[{"symbol":"USD","index":"1"}],"Instrument":[{"symbol":"P","mark":"10","settle":"USD"}]},
             "accounts":[{"id":"a","balances":[],"positions":[]},{"id":"b","balances":[],"positions":[]},
              {"id":"c","encumbered":"400","pledgee":"{{Dave + 1}}","balances":[{"asset":"USD","amount":"1000"}],"positions":[{"instrument":"P","size":"100","cost":"1000"}]},
              {"id":"d","balances":[{"asset":"USD","amount":"100000"}],"positions":[{"instrument":"P","size":"-100","cost":"-1000"}]},
              {"id":"e","balances":[],"positions":[]},{"id":"f","balances":[{"asset":"USD","amount":"5"}],"positions":[]}]}
            """)));
        Assert.Empty(inputs.Errors);
        LedgerAccount[] accounts = [.. inputs.Accounts.OrderBy(account => account.Id, StringComparer.Ordinal).Select((account, i) => new LedgerAccount(account, TransitionScene.Key(i), 7, 3))];
        return new TransitionBatch(Rulebook, inputs.Market!, "test venue", 100, accounts, 4, FeesSlot: 0, InsuranceSlot: 1, events);
    }

    internal static BatchEvent Pledge(int account, int to, decimal usd) => new(EventKind.Pledge, account, to, 0, 0) { Pledged = Cents(usd) };

    internal static BatchEvent Release(int account, int by, decimal usd) => new(EventKind.Release, account, by, 0, 0) { Pledged = -Cents(usd) };

    internal static BatchEvent RejectPledge(int account, int to, decimal usd) => Pledge(account, to, usd) with { Kind = EventKind.RejectedPledge };

    private static BigInteger Cents(decimal usd) => (BigInteger)(usd * 100);

    private static BigInteger Usd(decimal amount) => (BigInteger)(amount * 1_000_000m);

    private static Hashing.Digest LeafOf(TransitionScene scene, EventWitness e) => Hashing.LeafSponge.Hash(e.Blocks(scene.ItsCircuit.Events));

    private static AccountVersion With(AccountVersion version, int cents, int holder) => version with { Account = version.Account with { Scalars = [cents, holder] } };

    /// <summary>The versions, but for what is pledged in the last one of an account, and to whom.</summary>
    private static IReadOnlyList<AccountVersion> Changed(TransitionScene scene, int slot, int cents, int holder) => [.. scene.Plan.Versions.Select(version => version.Slot == slot && version.IsLast ? With(version, cents, holder) : version)];
}
