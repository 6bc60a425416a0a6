using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;

namespace Fermat.Engine.Tests;

/// <summary>Pledges under the margin engine: what is pledged is not withdrawn, sent, traded on or pledged again until it is released, and liquidation goes on as without.</summary>
public sealed class PledgeTests
{
    private const string Encumbered = "  encumbered: Pledge = 0 ", Pledgee = "  pledgee: Place = 0 ";
    private static readonly AccountId Alice = new("alice"), Bob = new("bob"), Carol = new("carol");
    private static readonly Lazy<CoreRulebook> Without = new(() => Compile(text => Lines(text, line => !line.StartsWith(Encumbered, StringComparison.Ordinal) && !line.StartsWith(Pledgee, StringComparison.Ordinal) && !line.StartsWith("quantity Pl", StringComparison.Ordinal))));

    [Fact]
    public void Only_free_collateral_is_pledged_and_what_is_pledged_backs_nothing_else()
    {
        Venue venue = Opened();
        Assert.True(venue.Trade("alice", "bob", "30").IsApplied);                               // 300 of margin, 700 are free
        Assert.Equal((EventOutcome.Rejected, EngineRejectionCode.InsufficientCollateral), Outcome(Pledge(venue, "700.000001")));
        Assert.True(Pledge(venue, "400").IsApplied);
        Assert.Equal("300", Free(venue));
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, Pledge(venue, "300.000001").Rejection?.Code);
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, venue.Withdraw("alice", "300.01").Rejection?.Code);
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, Send(venue, "300.01").Rejection?.Code);
        Assert.Equal(EngineRejectionCode.InsufficientMargin, venue.Trade("alice", "bob", "30.001").Rejection?.Code);
        SubmitResult[] many = venue.Engine.SubmitMany([new Trade(venue.NextId(), venue.Time += 1000, "P", Alice, Bob, Venue.Number("30.001"), new Quantity(100), default, default, null, null)]);
        Assert.Equal(EngineRejectionCode.InsufficientMargin, many[0].Rejection?.Code);          // together, as one by one
        Assert.True(Pledge(venue, "300").IsApplied);
        Assert.Equal("0", Free(venue));
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, venue.Withdraw("alice", "0.000001").Rejection?.Code);
        Assert.Equal(new HealthLadder(3, 0, 0, 0), venue.Engine.Ladder());
        Assert.True(venue.Trade("bob", "alice", "10").IsApplied);                               // less of a position is always possible
        Assert.Equal("100", Free(venue));
        Assert.True(Release(venue, "250").IsApplied);
        Assert.Equal("350", Free(venue));
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, venue.Withdraw("alice", "350.000001").Rejection?.Code);
        Assert.True(venue.Withdraw("alice", "350").IsApplied);
        Assert.True(Release(venue, "450").IsApplied);
        Assert.True(venue.Withdraw("alice", "450").IsApplied);
    }

    [Fact]
    public void Nothing_is_pledged_twice_and_the_ledger_says_to_whom_it_is()
    {
        Venue venue = Opened();
        Assert.Null(venue.Engine.PledgeOf(Account(venue, Alice)));
        Assert.True(Pledge(venue, "600").IsApplied);
        SubmitResult second = venue.Submit((id, t) => new CollateralPledged(id, t, Alice, Carol, new Quantity(1), null));
        Assert.Equal((EventOutcome.Refused, LedgerRejectionCode.PledgedElsewhere), (second.Outcome, second.Rejection!.Ledger!.Code));
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, Pledge(venue, "600").Rejection?.Code);
        Assert.Equal(new AccountPledge(Bob, new Quantity(600)), venue.Engine.PledgeOf(Account(venue, Alice)));
        AccountData data = venue.Engine.DataOf(Account(venue, Alice), out _)!;
        Assert.Equal([600_000_000, Account(venue, Bob).Index + 1], data.Scalars);               // as the account's leaf has it
        Assert.Equal([0, 0], venue.Engine.DataOf(Account(venue, Bob), out _)!.Scalars);
        Assert.True(Release(venue, "600").IsApplied);
        Assert.Equal([0, 0], venue.Engine.DataOf(Account(venue, Alice), out _)!.Scalars);
        Assert.True(venue.Submit((id, t) => new CollateralPledged(id, t, Alice, Carol, new Quantity(1000), null)).IsApplied);
    }

    [Fact]
    public void Who_is_below_initial_margin_pledges_nothing_and_can_still_release()
    {
        Venue venue = Opened();
        Assert.True(Pledge(venue, "500").IsApplied);
        Assert.True(venue.Submit((id, t) => new CollateralPledged(id, t, Bob, Carol, new Quantity(1), null)).IsApplied);
        Assert.True(venue.Trade("carol", "bob", "800").IsApplied);                              // 8000 of margin; bob has 10000
        venue.Prices(("P", "103"));
        Assert.False(venue.Health("bob").IsMargined);
        Assert.Equal(AccountClass.Healthy, venue.Health("bob").Class);
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, venue.Submit((id, t) => new CollateralPledged(id, t, Bob, Carol, new Quantity(1, 6), null)).Rejection?.Code);
        Assert.True(Release(venue, "500").IsApplied);
        Assert.Equal("1000", Free(venue));
    }

    [Theory]
    [InlineData("115")] // below maintenance
    [InlineData("125")] // bankrupt
    public void A_pledge_binds_no_liquidation(string price)
    {
        LedgerEvent[] with = Liquidated("bob", price, out Venue venue), without = Liquidated("carol", price, out _);
        Assert.NotEmpty(with);
        Assert.Equal(without.Select(step => step.ToString()), with.Select(step => step.ToString()));
        Assert.Equal(900_000_000, Account(venue, Bob).Pledged);                                 // it says what was promised, not what is left
    }

    [Fact]
    public void A_pledge_that_the_rulebook_cannot_count_is_refused_at_the_door()
    {
        Assert.Equal((EventOutcome.Refused, EngineRejectionCode.NotOfRulebook), Outcome(Pledge(Opened(Without.Value), "1")));
        Assert.Null(new MarginEngine(Without.Value).PledgeFields);

        Venue coarse = Opened(Compile(text => text.Replace("Pledge scale 6 bits 63", "Pledge scale 2 bits 16", StringComparison.Ordinal)));
        Assert.Equal(EngineRejectionCode.NotOfRulebook, Pledge(coarse, "0.001").Rejection?.Code);
        Assert.Equal(EngineRejectionCode.NotOfRulebook, Pledge(coarse, "655.36").Rejection?.Code);
        Assert.True(Pledge(coarse, "655.35").IsApplied);
        Assert.Equal(65_535, coarse.Engine.DataOf(Account(coarse, Alice), out _)!.Scalars[0]);
        Assert.Equal(EngineRejectionCode.NotOfRulebook, Pledge(coarse, "0.01").Rejection?.Code);
        Assert.Equal(EngineRejectionCode.NotOfRulebook, Release(coarse, "0.001").Rejection?.Code);
        Assert.True(Release(coarse, "655.35").IsApplied);

        Venue fine = Opened(Compile(text => text.Replace("Pledge scale 6 bits 63", "Pledge scale 9 bits 80", StringComparison.Ordinal)));
        Assert.True(Pledge(fine, "0.000001").IsApplied);
        Assert.Equal(1000, fine.Engine.DataOf(Account(fine, Alice), out _)!.Scalars[0]);
        Assert.Equal("999.999999", Free(fine));
    }

    [Theory]
    [InlineData("Pledge scale 6 bits 63 nonnegative", "Pledge scale 6 bits 63", "encumbered")]
    [InlineData("Pledge scale 6 bits 63 nonnegative", "Pledge scale 6 in [1, 5]", "encumbered")]
    [InlineData("Place  scale 0 bits 24 nonnegative", "Place  scale 0 bits 24", "pledgee")]
    [InlineData("Place  scale 0 bits 24 nonnegative", "Place  scale 0 bits 22 nonnegative", "pledgee")]
    [InlineData("Place  scale 0 bits 24 nonnegative", "Place  scale 1 bits 30 nonnegative", "pledgee")]
    public void Fields_that_cannot_take_a_pledge_are_refused(string quantity, string other, string name)
    {
        CoreRulebook rulebook = Compile(text => text.Replace(quantity, other, StringComparison.Ordinal).Replace("encumbered: Pledge = 0", other.Contains("[1, 5]", StringComparison.Ordinal) ? "encumbered: Pledge = 1" : "encumbered: Pledge = 0", StringComparison.Ordinal));
        Assert.StartsWith(name + " of the rulebook cross_perps", Assert.Throws<ArgumentException>(() => new MarginEngine(rulebook)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fields_can_have_other_names_where_the_rulebook_says_that_they_encumber()
    {
        static string Renamed(string text) => text.Replace("  encumbered: Pledge", "  locked: Pledge", StringComparison.Ordinal).Replace("  pledgee: Place", "  holder: Place", StringComparison.Ordinal);
        EngineBinding binding = EngineBinding.Read("""{"encumbered":"locked","pledgee":"holder"}"""u8.ToArray(), out _)!;
        var options = new EngineOptions { Binding = binding };
        Assert.Contains("define `encumbered = locked`", Assert.Throws<ArgumentException>(() => new MarginEngine(Compile(Renamed), options)).Message, StringComparison.Ordinal);
        CoreRulebook both = Compile(text => Renamed(text).Replace("account {\n", "account {\n" + Encumbered + "\n", StringComparison.Ordinal)); // a field that is called so, and that nothing fills in
        Assert.Contains("is not what the rulebook cross_perps calls encumbered", Assert.Throws<ArgumentException>(() => new MarginEngine(both, options)).Message, StringComparison.Ordinal);
        Venue venue = Opened(Compile(text => Renamed(text) + "\nencumbered: Pledge = locked\n"), options);
        Assert.True(Pledge(venue, "400").IsApplied);
        Assert.Equal("600", Free(venue));
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, Pledge(venue, "600.000001").Rejection?.Code);
    }

    [Fact]
    public void A_field_that_the_engine_does_not_fill_counts_with_its_default()
    {
        Venue venue = Opened(Compile(text => Lines(text, line => !line.StartsWith(Pledgee, StringComparison.Ordinal)).Replace("encumbered: Pledge = 0", "encumbered: Pledge = 400", StringComparison.Ordinal)));
        Assert.Equal("600", Free(venue));
        Assert.Equal(venue.Health("alice"), venue.Engine.HealthOfAll()[Account(venue, Alice).Index]);
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, venue.Withdraw("alice", "600.000001").Rejection?.Code);
        Assert.Equal(EngineRejectionCode.InsufficientMargin, venue.Trade("alice", "bob", "60.001").Rejection?.Code);
        SubmitResult[] many = venue.Engine.SubmitMany([new Trade(venue.NextId(), venue.Time += 1000, "P", Alice, Bob, Venue.Number("60.001"), new Quantity(100), default, default, null, null)]);
        Assert.Equal(EngineRejectionCode.InsufficientMargin, many[0].Rejection?.Code);
        Assert.Equal(EngineRejectionCode.NotOfRulebook, Pledge(venue, "1").Rejection?.Code);
        Assert.True(venue.Withdraw("alice", "600").IsApplied);
    }

    [Fact]
    public void A_log_with_pledges_is_opened_again_under_its_rulebook_and_under_no_other()
    {
        Venue venue = Opened();
        Assert.True(Pledge(venue, "400").IsApplied);
        Assert.False(Pledge(venue, "601").IsApplied);
        Assert.True(Release(venue, "100").IsApplied);
        var again = new MarginEngine(Venue.Rulebook("cross_perps"));
        foreach (LoggedEvent logged in venue.Log) again.Restore(logged);
        Assert.Equal(Bytes(venue.Engine.State), Bytes(again.State));
        Assert.Equal(venue.Health("alice"), again.Health(Alice));
        var other = new MarginEngine(Without.Value);
        string said = Assert.Throws<ArgumentException>(() =>
        {
            foreach (LoggedEvent logged in venue.Log) other.Restore(logged);
        }).Message;
        Assert.StartsWith("collateral of alice is pledged in this log", said, StringComparison.Ordinal);
        Assert.Contains("do not have the fields encumbered and pledgee", said, StringComparison.Ordinal);
    }

    [Fact]
    public void A_what_if_says_what_would_be_pledged_and_to_whom()
    {
        Venue venue = Opened();
        Assert.True(Pledge(venue, "400").IsApplied);
        WhatIfAccount more = Assert.Single(venue.Engine.Try(new CollateralPledged(venue.NextId(), venue.Time, Alice, Bob, new Quantity(600), null)).Accounts);
        Assert.Equal((new AccountPledge(Bob, new Quantity(400)), new AccountPledge(Bob, new Quantity(1000))), (more.PledgeBefore, more.PledgeAfter));
        Assert.True(more.After!.Value.FreeCollateral.IsZero);
        WhatIf much = venue.Engine.Try(new CollateralPledged(venue.NextId(), venue.Time, Alice, Bob, new Quantity(601), null));
        Assert.Equal(EngineRejectionCode.InsufficientCollateral, much.Rejection?.Code);
        Assert.Contains("less than what would be pledged", much.Rejection!.Message, StringComparison.Ordinal);
        WhatIf all = venue.Engine.Try(new PledgeReleased(venue.NextId(), venue.Time, Alice, Bob, new Quantity(400), null));
        Assert.Null(all.Rejection);
        Assert.Equal(["alice", "bob"], all.Accounts.Select(account => account.Account.Value));
        Assert.Equal((new AccountPledge(Bob, new Quantity(400)), null), (all.Accounts[0].PledgeBefore, all.Accounts[0].PledgeAfter));
        Assert.Equal(400_000_000, Account(venue, Alice).Pledged);
    }

    [Fact]
    public void The_owner_signs_a_pledge_and_whom_it_is_to_signs_the_release()
    {
        var signature = new EventSignature("test", 1);
        var venue = new Venue();
        venue.Open("alice", "1000", EventSignature.OwnerOf(Venue.Key(7).Address));
        venue.Open("bob", "1000", EventSignature.OwnerOf(Venue.Key(8).Address));
        venue.Open("carol");
        long until = venue.Time + 1_000_000;
        var pledge = new CollateralPledged(venue.NextId(), venue.Time, Alice, Bob, new Quantity(100), null);
        Assert.Equal(LedgerRejectionCode.AuthorisationMissing, venue.Submit(pledge).Rejection!.Ledger!.Code);
        Authorisation alice = signature.Sign(pledge, 1, until, Venue.Key(7)), bob = signature.Sign(pledge, 1, until, Venue.Key(8));
        Assert.Equal(EngineRejectionCode.WrongKey, venue.Submit(pledge with { By = bob }).Rejection!.Code);
        Refused(pledge with { By = alice, Id = new EventId("other") }, pledge with { By = alice, To = Carol }, pledge with { By = alice, Amount = new Quantity(101) }, pledge with { By = alice with { Until = until + 1 } },
            pledge with { By = signature.Sign(pledge, 2, until, Venue.Key(7)) with { Nonce = 1 } }, pledge with { By = new EventSignature("other", 1).Sign(pledge, 1, until, Venue.Key(7)) },
            new WithdrawalRequested(pledge.Id, pledge.Time, Alice, "USD", pledge.Amount, alice));
        Assert.Equal(EngineRejectionCode.WrongKey, venue.Submit(pledge with { By = alice, Account = Bob, To = Alice }).Rejection!.Code);
        Assert.True(venue.Submit(pledge with { By = alice, Time = pledge.Time + 5 }).IsApplied); // the venue says when

        var release = new PledgeReleased(venue.NextId(), venue.Time + 1000, Alice, Bob, new Quantity(60), null);
        Assert.Equal(LedgerRejectionCode.AuthorisationMissing, venue.Submit(release).Rejection!.Ledger!.Code);
        bob = signature.Sign(release, 1, until, Venue.Key(8));
        Assert.Equal(EngineRejectionCode.WrongKey, venue.Submit(release with { By = signature.Sign(release, 1, until, Venue.Key(7)) }).Rejection!.Code);
        Refused(release with { By = bob, Id = new EventId("other") }, release with { By = bob, Amount = new Quantity(61) }, release with { By = bob with { Until = until + 1 } });
        var carols = new CollateralPledged(venue.NextId(), venue.Time + 1000, Carol, Bob, new Quantity(1), null);
        venue.Deposit("carol", "5");
        Assert.True(venue.Submit(carols).IsApplied);
        Refused(new PledgeReleased(release.Id, venue.Time, Carol, Bob, new Quantity(1), bob));   // bob's word about alice is none about carol
        Assert.True(venue.Submit(release with { By = bob }).IsApplied);
        Assert.Equal(LedgerRejectionCode.NonceUsed, venue.Submit(release with { By = bob }).Rejection!.Ledger!.Code);
        Assert.Equal((40_000_000, 1UL, 1UL), (Account(venue, Alice).Pledged, Account(venue, Alice).Nonce, Account(venue, Bob).Nonce));

        void Refused(params LedgerEvent[] lies)
        {
            foreach (LedgerEvent lie in lies) Assert.Equal((EventOutcome.Refused, EngineRejectionCode.BadSignature), Outcome(venue.Submit(lie)));
        }
    }

    /// <summary>What follows for bob, short 100 at 100 with 2000, when the price rises; who has 900 pledged before that.</summary>
    private static LedgerEvent[] Liquidated(string pledging, string price, out Venue venue)
    {
        venue = new Venue();
        venue.Open("alice", "100000");
        venue.Open("bob", "2000");
        venue.Open("carol", "100000");
        venue.Deposit("insurance", "100000");
        Assert.True(venue.Trade("alice", "bob", "100").IsApplied);
        Assert.True(venue.Submit((id, t) => new CollateralPledged(id, t, new AccountId(pledging), Alice, new Quantity(900), null)).IsApplied);
        int before = venue.Log.Count;
        venue.Prices(("P", price));
        return [.. venue.Generated(before)];
    }

    private static Venue Opened(CoreRulebook? rulebook = null, EngineOptions? options = null)
    {
        var venue = new Venue(rulebook ?? Venue.Rulebook("cross_perps"), options);
        venue.Open("alice", "1000");
        venue.Open("bob", "10000");
        venue.Open("carol", "100000");
        return venue;
    }

    private static CoreRulebook Compile(Func<string, string> change)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "rules", "cross_perps.risk")), changed = change(text);
        Assert.NotEqual(text, changed);
        CompilationResult result = RulebookCompiler.Compile(changed, "pledges.risk");
        return result.Rulebook ?? throw new InvalidOperationException(result.Render());
    }

    private static string Lines(string text, Func<string, bool> keep) => string.Join('\n', text.Split('\n').Where(keep));

    private static SubmitResult Pledge(Venue venue, string amount) => venue.Submit((id, t) => new CollateralPledged(id, t, Alice, Bob, Venue.Number(amount), null));

    private static SubmitResult Release(Venue venue, string amount) => venue.Submit((id, t) => new PledgeReleased(id, t, Alice, Bob, Venue.Number(amount), null));

    private static SubmitResult Send(Venue venue, string amount) => venue.Submit((id, t) => new Transfer(id, t, Alice, Bob, "USD", Venue.Number(amount), null));

    private static (EventOutcome, EngineRejectionCode?) Outcome(SubmitResult result) => (result.Outcome, result.Rejection?.Code);

    private static string Free(Venue venue) => ExactDecimal.Format(venue.Health("alice").FreeCollateral, venue.Health("alice").Scale);

    private static AccountState Account(Venue venue, AccountId id) => venue.Engine.State.Accounts[venue.Engine.State.TryFindAccount(id, out int index) ? index : throw new ArgumentException(id.Value)];

    private static byte[] Bytes(LedgerState state) => [.. StateSnapshot.Write(state, 0, default).SelectMany(part => part.ToArray())];
}
