using Fermat.Ledger.Events;
using Code = Fermat.Venue.EventFaultCode;

namespace Fermat.Venue.Tests;

/// <summary>Amounts of what no owner instructs: what is proven to move is what the event says, and another event with the same rows is found out.</summary>
public sealed class EventAmountsTests
{
    private static readonly OpenedBatch Crash = Batch("crash", 50, e => e is LossSocialized), Day = Batch("day", 50, e => e is WithdrawalSettled), Days = Batch("settlements", 50, e => e is Settlement { Close: false }), Ends = Batch("settlements", 50, e => e is Settlement { Close: true });

    [Fact]
    public void A_sale_of_collateral_of_another_amount_asset_or_price_is_found_out()
    {
        CollateralSold e = Find<CollateralSold>(Crash);
        Compared(Crash, e);
        Found(Crash, e, [e with { Amount = Twice(e.Amount) }, e with { Proceeds = Twice(e.Proceeds) }, e with { Asset = e.For }, e with { For = e.Asset }]);
    }

    [Fact]
    public void An_insurance_payment_of_another_amount_or_asset_is_found_out()
    {
        InsurancePaid e = Find<InsurancePaid>(Crash);
        Compared(Crash, e);
        Found(Crash, e, [e with { Amount = Twice(e.Amount) }, e with { Asset = "BTC" }]);
    }

    [Fact]
    public void Another_share_of_a_loss_another_order_and_another_asset_are_found_out()
    {
        LossSocialized e = Find<LossSocialized>(Crash);
        Assert.True(e.Shares.Count > 1 && e.Shares[0].Amount != e.Shares[1].Amount, "shares that differ");
        Compared(Crash, e);
        Found(Crash, e,
        [
            e with { Shares = [e.Shares[0] with { Amount = Twice(e.Shares[0].Amount) }, .. e.Shares.Skip(1)] },
            e with { Shares = [.. e.Shares.SkipLast(1), e.Shares[^1] with { Amount = Twice(e.Shares[^1].Amount) }] },
            e with { Shares = [e.Shares[1], e.Shares[0], .. e.Shares.Skip(2)] },
            e with { Asset = "BTC" },
        ]);
        OpenedBatch fewer = Crash.With(e.Id.Value, _ => e with { Shares = [.. e.Shares.SkipLast(1)] });
        Is(Code.OtherKind, fewer.Verify(fewer.Open(e.Id.Value)));
    }

    /// <summary>A holder's gain is its own, and T holds what is settled to the mark price: an event with another price says something else than was proven.</summary>
    [Fact]
    public void A_settlement_at_another_price_or_of_another_instrument_is_found_out()
    {
        foreach (OpenedBatch batch in (OpenedBatch[])[Days, Ends])
        {
            Settlement e = Find<Settlement>(batch);
            Compared(batch, e);
            Found(batch, e, [e with { Price = VenueLog.Number("97.02") }, e with { Price = VenueLog.Number("0") }, e with { Instrument = "Q" }]);
            OpenedBatch other = batch.With(e.Id.Value, _ => e with { Close = !e.Close });                                                  // it goes on, and its positions have ended
            Is(Code.OtherKind, other.Verify(other.Open(e.Id.Value)));
        }
    }

    /// <summary>What is given back is what was asked for, of the account that asked; what was paid gives nothing back.</summary>
    [Fact]
    public void A_withdrawal_that_is_settled_otherwise_is_found_out()
    {
        WithdrawalSettled paid = Events(Day).OfType<WithdrawalSettled>().First(e => e.Paid), back = Events(Day).OfType<WithdrawalSettled>().First(e => !e.Paid);
        Compared(Day, paid);
        OpenedBatch kept = Day.With(back.Id.Value, _ => back with { Paid = true });
        Is(Code.OtherAmounts, kept.Verify(kept.Open(back.Id.Value)));

        EventVerdict alone = Day.Verify(Day.Open(back.Id.Value));
        Assert.True(alone.Accepted && !alone.AmountsCompared && alone.Leaves.IsEmpty, $"{alone}");
        var request = (WithdrawalRequested)Day.Event(back.Request.Value);
        EventVerdict known = With(request);
        Assert.True(known.Accepted && known.AmountsCompared, $"{known.Fault}");
        Assert.Equal(["alice"], known.Leaves.Select(one => one.Account.Value));
        Is(Code.OtherAmounts, With(request with { Amount = Twice(request.Amount) }));
        Is(Code.OtherAmounts, With(request with { Asset = "BTC" }));
        Is(Code.OtherAmounts, With((WithdrawalRequested)Day.Event(paid.Request.Value)));                                                 // another request

        EventVerdict With(WithdrawalRequested said) => EventVerification.Verify(Day.Open(back.Id.Value), Day.Anchors with { Request = said });
    }

    private static void Compared(OpenedBatch batch, LedgerEvent e)
    {
        EventVerdict honest = batch.Verify(batch.Open(e.Id.Value));
        Assert.True(honest.Accepted && honest.AmountsCompared, $"{honest.Fault}");
    }

    private static void Found(OpenedBatch batch, LedgerEvent e, LedgerEvent[] lies)
    {
        foreach (LedgerEvent lie in lies)
        {
            OpenedBatch lying = batch.With(e.Id.Value, _ => lie);
            Is(Code.OtherAmounts, lying.Verify(lying.Open(e.Id.Value)));
        }
    }

    private static void Is(Code code, EventVerdict verdict) => Assert.True(verdict.Fault?.Code == code, $"expected {code}, got {verdict.Fault}");

    private static Quantity Twice(Quantity amount) => new(2 * amount.Mantissa, amount.Scale);

    private static T Find<T>(OpenedBatch batch)
        where T : LedgerEvent => Events(batch).OfType<T>().First();

    private static IEnumerable<LedgerEvent> Events(OpenedBatch batch) => batch.Names.Select(batch.Event);

    /// <summary>The first batch of a log that has such an event.</summary>
    private static OpenedBatch Batch(string log, int size, Func<LedgerEvent, bool> has)
    {
        VenueLog of = PastVenueTests.Of(log);
        return new OpenedBatch(of, of.Cut(size: size).Batches.First(batch => batch.Events.Any(logged => has(logged.Event))));
    }
}
