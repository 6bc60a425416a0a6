using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;

namespace Fermat.Engine.Tests;

public sealed class AuthorisationTests
{
    private static readonly EventSignature Signature = new("test", 1);

    [Fact]
    public void An_owner_s_withdrawal_is_signed()
    {
        Venue venue = Owned();
        WithdrawalRequested unsigned = Withdrawal(venue);
        Assert.Equal(LedgerRejectionCode.AuthorisationMissing, venue.Submit(unsigned).Rejection!.Ledger!.Code);
        Assert.True(venue.Submit(unsigned with { By = Sign(unsigned) }).IsApplied);
        Assert.Equal(1UL, venue.Engine.State.Accounts[2].Nonce);
    }

    [Fact]
    public void A_replay_a_nonce_ahead_and_an_expired_one_are_refused()
    {
        Venue venue = Owned();
        WithdrawalRequested unsigned = Withdrawal(venue), signed = unsigned with { By = Sign(unsigned) };
        Assert.True(venue.Submit(signed).IsApplied);
        Assert.Equal(LedgerRejectionCode.NonceUsed, venue.Submit(signed).Rejection!.Ledger!.Code);
        WithdrawalRequested next = Withdrawal(venue);
        Assert.Equal(LedgerRejectionCode.NonceAhead, venue.Submit(next with { By = Sign(next, nonce: 3) }).Rejection!.Ledger!.Code);
        Assert.Equal(LedgerRejectionCode.AuthorisationExpired, venue.Submit(next with { By = Sign(next, nonce: 2, until: next.Time - 1) }).Rejection!.Ledger!.Code);
        Assert.True(venue.Submit(next with { By = Sign(next, nonce: 2, until: next.Time) }).IsApplied);
    }

    [Fact]
    public void A_signature_is_for_exactly_one_event_venue_chain_nonce_and_time()
    {
        Venue venue = Owned();
        WithdrawalRequested honest = Withdrawal(venue);
        Authorisation by = Sign(honest, until: honest.Time + 100_000);
        LedgerEvent[] lies =
        [
            honest with { By = by, Id = new EventId("other") }, honest with { By = by, Amount = new Quantity(2) }, honest with { By = by, Asset = "BTC" },
            honest with { By = by with { Until = by.Until + 1 } }, honest with { By = Sign(honest, signature: new EventSignature("other", 1)) }, honest with { By = Sign(honest, signature: new EventSignature("test", 2)) },
            new Transfer(honest.Id, honest.Time, honest.Account, new AccountId("bob"), honest.Asset, honest.Amount, by),
        ];
        foreach (LedgerEvent lie in lies) Assert.Equal((EventOutcome.Refused, EngineRejectionCode.BadSignature), (venue.Submit(lie).Outcome, venue.Submit(lie).Rejection!.Code));
        Assert.True(venue.Submit(honest with { By = by, Time = honest.Time + 5 }).IsApplied);    // the venue says when
    }

    [Fact]
    public void Another_s_key_is_refused()
    {
        Venue venue = Owned();
        WithdrawalRequested unsigned = Withdrawal(venue);
        Assert.Equal(EngineRejectionCode.WrongKey, venue.Submit(unsigned with { By = Sign(unsigned, key: 9) }).Rejection!.Code);
        Assert.Equal(EngineRejectionCode.BadSignature, venue.Submit(unsigned with { By = Sign(unsigned, key: 9) with { PublicKey = Venue.Key(7).Address.ToArray() } }).Rejection!.Code);
        Assert.Equal(EngineRejectionCode.WrongKey, venue.Submit(unsigned with { By = Sign(unsigned) with { PublicKey = [1, 2, 3] } }).Rejection!.Code);
        Assert.Equal(EngineRejectionCode.BadSignature, venue.Submit(unsigned with { By = Sign(unsigned) with { Scheme = (SignatureScheme)2 } }).Rejection!.Code);
    }

    [Fact]
    public void Both_sides_sign_a_trade()
    {
        Venue venue = Owned();
        venue.Open("carol", "1000", EventSignature.OwnerOf(Venue.Key(8).Address));
        var trade = new Trade(venue.NextId(), venue.Time, "P", new AccountId("alice"), new AccountId("carol"), new Quantity(1), new Quantity(100), default, default, null, null);
        Authorisation alice = Signature.Sign(trade, 1, long.MaxValue, Venue.Key(7)), carol = Signature.Sign(trade, 1, long.MaxValue, Venue.Key(8));
        Assert.Equal(LedgerRejectionCode.AuthorisationMissing, venue.Submit(trade with { ByBuyer = alice }).Rejection!.Ledger!.Code);
        Assert.Equal(EngineRejectionCode.WrongKey, venue.Submit(trade with { ByBuyer = carol, BySeller = alice }).Rejection!.Code);
        Assert.Equal(EngineRejectionCode.BadSignature, venue.Submit(trade with { ByBuyer = alice, BySeller = carol, SellerFee = new Quantity(1) }).Rejection!.Code);
        Assert.True(venue.Submit(trade with { ByBuyer = alice, BySeller = carol }).IsApplied);
    }

    [Fact]
    public void What_the_rulebook_rejects_uses_no_nonce()
    {
        Venue venue = Owned();
        WithdrawalRequested much = Withdrawal(venue) with { Amount = new Quantity(1001) };
        Assert.Equal(EventOutcome.Rejected, venue.Submit(much with { By = Sign(much) }).Outcome);
        Assert.Equal(0UL, venue.Engine.State.Accounts[2].Nonce);
    }

    [Fact]
    public void One_owner_key_signs_trades_and_proves_health()
    {
        KoalaBear[] secret = OwnerIdentity.NewSecret();
        Digest commitment = OwnerIdentity.Commitment(secret), another = OwnerIdentity.Commitment(OwnerIdentity.NewSecret());
        var venue = new Venue();
        OwnerKey owner = EventSignature.OwnerOf(commitment, Venue.Key(7).Address);
        Assert.Equal(OwnerIdentity.OwnerKey(commitment, Venue.Key(7).Address.ToArray()).ToArray(), owner.ToArray());
        venue.Open("alice", "1000", owner);
        venue.Open("bob", "1000");
        WithdrawalRequested unsigned = Withdrawal(venue);
        Authorisation by = Signature.Sign(unsigned, 1, long.MaxValue, Venue.Key(7), commitment);
        byte[] address = Venue.Key(7).Address.ToArray();
        foreach (byte[] key in (byte[][])[address, [.. address, .. another.ToArray()], [.. address, .. Enumerable.Repeat((byte)255, 32)], [.. Venue.Key(9).Address.ToArray(), .. commitment.ToArray()], [.. address, .. commitment.ToArray(), 0]])
            Assert.Equal(EngineRejectionCode.WrongKey, venue.Submit(unsigned with { By = by with { PublicKey = key } }).Rejection!.Code);
        Assert.Equal(EngineRejectionCode.BadSignature, venue.Submit(unsigned with { By = Sign(unsigned, key: 9) with { PublicKey = by.PublicKey } }).Rejection!.Code);
        Assert.True(venue.Submit(unsigned with { By = by }).IsApplied);
    }

    private static Venue Owned()
    {
        var venue = new Venue();
        venue.Open("alice", "1000", EventSignature.OwnerOf(Venue.Key(7).Address));
        venue.Open("bob", "1000");
        return venue;
    }

    private static WithdrawalRequested Withdrawal(Venue venue) => new(venue.NextId(), venue.Time, new AccountId("alice"), "USD", new Quantity(1), null);

    private static Authorisation Sign(LedgerEvent instruction, ulong nonce = 1, long until = long.MaxValue, byte key = 7, EventSignature? signature = null) =>
        (signature ?? Signature).Sign(instruction, nonce, until, Venue.Key(key));
}
