using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Fermat.Signatures;
using Fermat.Statements;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Transitions;
using Code = Fermat.Venue.EventFaultCode;

namespace Fermat.Venue.Tests;

/// <summary>Events of batches are opened, and what a venue could lie about one is found out by whoever is shown it: each lie by name.</summary>
public sealed class EventOpeningTests
{
    private static readonly Secp256k1Key Alice = Key(1), Bob = Key(2), Eve = Key(3);
    private static readonly Digest Commitment = OwnerIdentity.Commitment([.. Enumerable.Range(1, 8).Select(i => Algebra.KoalaBear.From(i))]);
    private static readonly EventSignature Signature = new("test venue", 1);
    private static readonly OpenedBatch Honest = new(Signed());

    public static TheoryData<string> Logs => [.. PastVenueTests.Logs.Select(row => row.Data)];

    [Theory]
    [MemberData(nameof(Logs))]
    public void Every_event_of_every_batch_is_opened_and_is_what_was_proven(string name)
    {
        VenueLog log = PastVenueTests.Of(name);
        (List<VenueBatch> batches, BatchRefusal? refused) = log.Cut(name == "options" ? PortfolioLog.Listings : VenueLog.Listings, size: 7);
        Assert.Null(refused);
        int compared = 0;
        foreach (VenueBatch batch in batches)
        {
            PlannedBatch planned = PlannedBatch.Of(batch.Batch, VenueLog.Salts, out _)!;
            var range = new BatchRange(batch.Batch.Height + 1, batch.Batch.Height + (ulong)batch.Events.Length);
            VenueBatch again = EventOpener.BatchOf(log.Rulebook, log.Options, PastVenueTests.Entries(log), range, VenueLog.Depth, out _)!;
            Assert.Equal(planned.Inputs.EventsDigest, PlannedBatch.Of(again.Batch, VenueLog.Salts, out _)!.Inputs.EventsDigest);
            int rows = 0;
            for (int i = 0; i < batch.Events.Length; i++)
            {
                EventOpening opening = EventOpener.Open(batch, planned, i);
                Assert.Null(EventOpeningFile.TryRead(EventOpeningFile.Write(log.Rulebook, opening), log.Rulebook, out EventOpening? read));
                EventVerdict verdict = EventVerification.Verify(read!, new EventAnchors(planned.Inputs, 1, new Quantity(1)));
                Assert.True(verdict.Accepted, $"{batch.Events[i].Event}: {verdict.Fault}");
                Assert.Equal(batch.Events[i].Event.Id, verdict.Event!.Id);
                Assert.All(verdict.Signatories, one => Assert.Null(one.Address));
                Assert.All(verdict.Signatories, one => Assert.Equal(one.Account.Value, again.Accounts[one.Leaf].Account.Id));       // each side by its own name
                bool isSaid = opening.Rows[0].Kind is not (EventKind.Rejected or EventKind.RejectedStep or EventKind.Delivery or EventKind.RejectedHalf or EventKind.RejectedBorrowing) && verdict.Event is not WithdrawalSettled { Paid: false };
                Assert.True(!isSaid || verdict.AmountsCompared, $"{verdict.Event}");
                if (verdict.AmountsCompared) compared++;
                rows += opening.Rows.Length;
            }
            Assert.Equal(planned.Inputs.Events.Length, rows);
        }
        Assert.True(compared > 5, $"{compared}");
    }

    [Fact]
    public void Who_signed_is_named()
    {
        EventVerdict trade = Honest.Verify(Honest.Open("trade"));
        Assert.True(trade.Accepted, $"{trade.Fault}");
        Assert.Equal([("alice", Alice.Address.ToString()), ("bob", Bob.Address.ToString())], trade.Signatories.Select(one => (one.Account.Value, $"{one.Address}")));
        foreach (string name in (string[])["out", "over", "too-much", "pledge", "spot"])
        {
            EventVerdict verdict = Honest.Verify(Honest.Open(name));
            Assert.True(verdict.Accepted, $"{name}: {verdict.Fault}");
            Assert.Contains(verdict.Signatories, one => one.Address == Alice.Address);
        }
        Assert.Empty(Honest.Verify(Honest.Open("deposit")).Signatories);
    }

    /// <summary>The venue proves a trade of accounts whose owners signed nothing.</summary>
    [Fact]
    public void A_trade_without_authorisation_is_found_out()
    {
        OpenedBatch lie = Honest.With("trade", e => (Trade)e with { ByBuyer = null, BySeller = null });
        Is(Code.MissingSignature, lie.Verify(lie.Open("trade")));
    }

    /// <summary>Of two owners one signed.</summary>
    [Fact]
    public void A_missing_signature_is_found_out()
    {
        foreach (OpenedBatch lie in (OpenedBatch[])[Honest.With("trade", e => (Trade)e with { ByBuyer = null }), Honest.With("trade", e => (Trade)e with { BySeller = null })]) Is(Code.MissingSignature, lie.Verify(lie.Open("trade")));
        OpenedBatch withdrawal = Honest.With("out", e => (WithdrawalRequested)e with { By = null });
        Is(Code.MissingSignature, withdrawal.Verify(withdrawal.Open("out")));
        OpenedBatch rejected = Honest.With("too-much", e => (WithdrawalRequested)e with { By = null });
        Is(Code.MissingSignature, rejected.Verify(rejected.Open("too-much")));
    }

    /// <summary>The owners signed one price, and the venue proves that terms beside rows of it; shows another price than was proven; or proves rows of another.</summary>
    [Fact]
    public void A_changed_price_is_found_out()
    {
        EventOpening opening = Honest.Open("trade");
        var trade = (Trade)Honest.Event("trade");
        Is(Code.OtherTerms, Honest.Verify(opening with { Event = Json(trade with { Price = VenueLog.Number("99") }) }));                 // shown

        OpenedBatch proven = Honest.With("trade", e => (Trade)e with { Price = VenueLog.Number("99") });                                        // in the terms: then nobody signed it
        Is(Code.OtherAmounts, proven.Verify(proven.Open("trade")));

        int row = opening.Rows[0].Row;
        OpenedBatch moved = Honest.WithRow(row, e => e with { Cost = e.Cost + 1_000_000_000 });                                                // in what moves: then it is not what was signed
        Is(Code.OtherAmounts, moved.Verify(moved.Open("trade")));

        OpenedBatch both = Honest.With("trade", e => (Trade)e with { Price = VenueLog.Number("99") }).WithRow(row, e => e with { Cost = e.Cost / 201 * 198 });   // in both, at one price
        Is(Code.BadSignature, both.Verify(both.Open("trade")));
    }

    [Fact]
    public void A_changed_size_fee_amount_asset_or_instrument_is_found_out()
    {
        int trade = Honest.Open("trade").Rows[0].Row;
        foreach (OpenedBatch lie in (OpenedBatch[])
        [
            Honest.WithRow(trade, e => e with { Size = 2 * e.Size, Cost = 2 * e.Cost }),
            Honest.WithRow(trade, e => e with { FirstCash = e.FirstCash - 1_000_000 }),
            Honest.WithRow(trade, e => e with { SecondCash = e.SecondCash - 1_000_000 }),
        ]) Is(Code.OtherAmounts, lie.Verify(lie.Open("trade")));
        OpenedBatch more = Honest.WithRow(Honest.Open("out").Rows[0].Row, e => e with { FirstCash = 2 * e.FirstCash });
        Is(Code.OtherAmounts, more.Verify(more.Open("out")));
        foreach (OpenedBatch lie in (OpenedBatch[])
        [
            Honest.With("out", e => (WithdrawalRequested)e with { Asset = "BTC" }), Honest.With("pledge", e => (CollateralPledged)e with { Amount = new Quantity(1) }), Honest.With("over", e => (Transfer)e with { Amount = new Quantity(1) }),
            Honest.With("trade", e => (Trade)e with { Instrument = "Q" }), Honest.With("trade", e => (Trade)e with { BuyerFee = new Quantity(7) }), Honest.With("spot", e => (Trade)e with { Price = VenueLog.Number("19999") }),
        ])
            Assert.Contains(Honest.Names.Select(name => lie.Verify(lie.Open(name)).Fault?.Code), code => code == Code.OtherAmounts);
        Is(Code.OtherAmounts, EventVerification.Verify(Honest.Open("trade"), new EventAnchors(Honest.Planned.Inputs, 1, VenueLog.Number("0.1"))));
    }

    [Fact]
    public void An_event_of_another_batch_is_found_out()
    {
        var other = new OpenedBatch(Signed(more: 3));
        Is(Code.OtherTerms, Honest.Verify(other.Open("trade")));                                                                         // the same place of another venue's history
        EventOpening opening = Honest.Open("trade");
        Is(Code.OtherBatch, Honest.Verify(opening with { Height = Honest.Planned.Inputs.Height }));
        Is(Code.OtherBatch, Honest.Verify(opening with { Height = Honest.Planned.Inputs.EndHeight + 1 }));
        Is(Code.OtherBatch, Honest.Verify(opening with { Rows = [opening.Rows[0] with { Row = Honest.Planned.Inputs.Events.Length + 1 }] }));
        Is(Code.OtherBatch, Honest.Verify(opening with { Rows = [] }));
        Is(Code.NotAnEvent, Honest.Verify(opening with { Venue = "another venue" }));
        Is(Code.NotAnEvent, Honest.Verify(opening with { Event = "{\"type\":\"trade\"}"u8.ToArray() }));
        EventFault moved = Is(Code.OtherTerms, Honest.Verify(opening with { Rows = [opening.Rows[0] with { Row = opening.Rows[0].Row - 1 }] }));
        Assert.Equal($"row {opening.Rows[0].Row}", moved.Expected);
    }

    [Fact]
    public void Another_owner_s_signature_is_found_out()
    {
        OpenedBatch eve = Honest.With("out", e => Sign((WithdrawalRequested)e, 2, Eve));
        Is(Code.WrongKey, eve.Verify(eve.Open("out")));
        OpenedBatch forged = Honest.With("out", e => (WithdrawalRequested)e with { By = ((WithdrawalRequested)e).By! with { Signature = [.. ((WithdrawalRequested)e).By!.Signature.Reverse()] } });
        Is(Code.BadSignature, forged.Verify(forged.Open("out")));
        Is(Code.BadSignature, EventVerification.Verify(Honest.Open("out"), new EventAnchors(Honest.Planned.Inputs, 5, new Quantity(1))));      // signed for another chain
    }

    /// <summary>What a spot instrument delivers is in no statement: who knows the listing compares, to others the verdict says that nothing was compared. One asset for itself is nobody's trade.</summary>
    [Fact]
    public void A_spot_trade_of_another_asset_is_found_out()
    {
        int row = Honest.Open("spot").Rows[0].Row;
        EventVerdict unknown = Honest.Verify(Honest.Open("spot"));
        Assert.True(unknown.Accepted, $"{unknown.Fault}");
        Assert.False(unknown.AmountsCompared);
        Assert.Equal(["BTC", "USD"], unknown.AssetsNotCompared);
        EventVerdict known = EventVerification.Verify(Honest.Open("spot"), Listed(Honest));
        Assert.True(known.Accepted && known.AmountsCompared && known.AssetsNotCompared.IsEmpty, $"{known.Fault}");

        OpenedBatch lie = Honest.WithRow(row, e => e with { Asset = Honest.Planned.Batch.Events[row].Asset });                                 // USD for USD
        Is(Code.OtherAmounts, lie.Verify(lie.Open("spot")));
        EventFault fault = Is(Code.OtherAmounts, EventVerification.Verify(Honest.Open("spot"), Listed(Honest) with { Delivers = "ETH" }));  // proven of BTC, listed as of ETH
        Assert.Equal((row, "ETH", "BTC"), (fault.Row, fault.Expected, fault.Got));
        Is(Code.OtherAmounts, EventVerification.Verify(Honest.Open("spot"), Listed(Honest) with { Settles = "BTC" }));

        static EventAnchors Listed(OpenedBatch scene) => new(scene.Planned.Inputs, 1, new Quantity(1)) { Delivers = "BTC", Settles = "USD" };
    }

    /// <summary>A row holds leaves and no names. Who has the accounts' own openings compares; to others the verdict says which leaf was proven, and that nothing shows whose it is.</summary>
    [Theory]
    [InlineData("over", "bob", 0)]
    [InlineData("deposit", "alice", 3)]
    [InlineData("pledge", "bob", 0)]
    public void An_event_that_was_proven_of_another_account_s_leaf_is_found_out(string name, string account, int leaf)
    {
        ImmutableDictionary<AccountId, int> leaves = ImmutableDictionary<AccountId, int>.Empty.Add(new AccountId("alice"), 2).Add(new AccountId("bob"), 3);
        EventVerdict honest = EventVerification.Verify(Honest.Open(name), new EventAnchors(Honest.Planned.Inputs, 1, new Quantity(1)) { Leaves = leaves });
        Assert.True(honest.Accepted && honest.AccountsShown, $"{honest.Fault}");
        Assert.Contains(new EventLeaf(new AccountId(account), leaves[new AccountId(account)], true), honest.Leaves);

        int row = Honest.Open(name).Rows[0].Row;
        OpenedBatch lie = Honest.WithRow(row, e => name == "deposit" ? e with { First = leaf } : e with { Second = leaf });
        EventVerdict told = lie.Verify(lie.Open(name));
        Assert.True(told.Accepted, $"{told.Fault}");
        Assert.False(told.AccountsShown);
        Assert.Contains(new EventLeaf(new AccountId(account), leaf, false), told.Leaves);
        EventFault fault = Is(Code.OtherAccount, EventVerification.Verify(lie.Open(name), new EventAnchors(lie.Planned.Inputs, 1, new Quantity(1)) { Leaves = leaves }));
        Assert.Equal($"leaf {leaf}", fault.Got);
        var whose = new EventAnchors(lie.Planned.Inputs, 1, new Quantity(1)) { Leaves = ImmutableDictionary<AccountId, int>.Empty.Add(new AccountId("another"), leaf) };
        Is(Code.OtherAccount, EventVerification.Verify(lie.Open(name), whose));                                                          // by the opening of whose leaf it is
    }

    [Fact]
    public void One_name_at_two_leaves_is_found_out()
    {
        OpenedBatch lie = Honest.With("over", e => (Transfer)e with { To = ((Transfer)e).From });
        EventFault fault = Is(Code.OtherAccount, lie.Verify(lie.Open("over")));
        Assert.Equal(("leaf 2", "leaf 3"), (fault.Expected, fault.Got));
    }

    /// <summary>No row holds a height. By its place it is known as well as rows can be counted: the spot trade has two.</summary>
    [Fact]
    public void Another_height_is_found_out()
    {
        foreach (string name in Honest.Names)
        {
            EventOpening opening = Honest.Open(name);
            (ulong first, ulong last) = Honest.Verify(opening).Heights;
            Assert.Equal((opening.Height, name == "spot" || opening.Rows[0].Row == 1 ? opening.Height : opening.Height - 1), (last, first));
            Is(Code.OtherBatch, Honest.Verify(opening with { Height = last + 1 }));
            Is(Code.OtherBatch, Honest.Verify(opening with { Height = first - 1 }));
        }
    }

    [Fact]
    public void An_instruction_that_is_shown_twice_or_late_is_found_out()
    {
        OpenedBatch again = Honest.With("out", e => Sign((WithdrawalRequested)e, 1, Alice));
        Is(Code.OtherTurn, again.Verify(again.Open("out")));
        OpenedBatch late = Honest.With("out", e => (WithdrawalRequested)e with { By = Signature.Sign(e, 2, e.Time - 1, Alice, Commitment) });
        Is(Code.OtherTurn, late.Verify(late.Open("out")));
    }

    [Fact]
    public void A_part_of_an_event_is_not_the_event()
    {
        EventOpening spot = Honest.Open("spot");
        Assert.Equal(2, spot.Rows.Length);
        Is(Code.OtherKind, Honest.Verify(spot with { Rows = [spot.Rows[0]] }));
        Is(Code.OtherKind, Honest.Verify(spot with { Rows = [spot.Rows[0], spot.Rows[0]] }));
        OpenedBatch lie = Honest.With("deposit", e => new VenueOpened(e.Id, e.Time, "test venue", new AccountId("a"), new AccountId("b")));
        Is(Code.OtherKind, lie.Verify(lie.Open("deposit")));
    }

    [Fact]
    public void Nothing_of_a_row_can_be_changed()
    {
        EventOpening opening = Honest.Open("trade");
        EventRowOpening row = opening.Rows[0];
        foreach (EventRowOpening changed in (EventRowOpening[])
        [
            row with { Salt = Digest.FromWords([1, 2, 3, 4, 5, 6, 7, 8]) }, row with { Kind = EventKind.RejectedTrade }, row with { First = row.First + 1 }, row with { Second = row.Second + 1 }, row with { Instrument = row.Instrument + 1 },
            row with { Asset = row.Asset + 1 }, row with { Mode = 1 }, row with { FirstOwner = row.SecondOwner }, row with { SecondOwner = default }, row with { FirstNonce = 7 }, row with { SecondNonce = ulong.MaxValue }, row with { FirstCash = 0 },
            row with { SecondCash = 1 }, row with { Fee = 0 }, row with { Size = -row.Size }, row with { Cost = 0 }, row with { Pledged = 1 }, row with { First = -1 }, row with { Cost = System.Numerics.BigInteger.One << 200 }, row with { Salt = Digest.FromWords([uint.MaxValue, 0, 0, 0, 0, 0, 0, 0]) },
        ]) Is(Code.OtherTerms, Honest.Verify(opening with { Rows = [changed] }));
    }

    [Fact]
    public void A_file_that_was_edited_is_refused_where_it_was()
    {
        byte[] file = EventOpeningFile.Write(Honest.Log.Rulebook, Honest.Open("trade"));
        Assert.Equal("$.rows[0].cost", Fault(json => json["rows"]![0]!["cost"] = "1e3"));
        Assert.Equal("$.rows[0].kind", Fault(json => json["rows"]![0]!["kind"] = 99));
        Assert.Equal("$.rows[0].salt", Fault(json => json["rows"]![0]!["salt"] = new string('f', 64)));
        Assert.Equal("$.rows[0].more", Fault(json => json["rows"]![0]!["more"] = 1));
        Assert.Equal("$.typo", Fault(json => json["typo"] = 1));
        JsonNode other = JsonNode.Parse(file)!;
        other["rulebook"] = "another";
        Assert.Equal(StatementRejectionCode.WrongRulebook, EventOpeningFile.TryRead(System.Text.Encoding.UTF8.GetBytes(other.ToJsonString()), Honest.Log.Rulebook, out _)!.Code);

        string? Fault(Action<JsonNode> edit)
        {
            JsonNode json = JsonNode.Parse(file)!;
            edit(json);
            return EventOpeningFile.TryRead(System.Text.Encoding.UTF8.GetBytes(json.ToJsonString()), Honest.Log.Rulebook, out _)?.Place;
        }
    }

    private static EventFault Is(Code code, EventVerdict verdict)
    {
        Assert.True(verdict.Fault?.Code == code, $"expected {code}, got {verdict.Fault}");
        return verdict.Fault!;
    }

    private static byte[] Json(LedgerEvent e) => System.Text.Encoding.UTF8.GetBytes(Ledger.Formats.EventJson.Write(e));

    private static Secp256k1Key Key(byte number) => Secp256k1Key.FromBytes([.. Enumerable.Repeat(number, 32)])!;

    private static WithdrawalRequested Sign(WithdrawalRequested e, ulong nonce, Secp256k1Key key)
    {
        WithdrawalRequested unsigned = e with { By = null };
        return unsigned with { By = Signature.Sign(unsigned, nonce, long.MaxValue, key, key == Alice ? Commitment : null) };
    }

    /// <summary>Alice, whose key is of a commitment and an address, and Bob, whose is of an address, trade, withdraw, send and pledge, and sign all of it; one batch.</summary>
    private static VenueLog Signed(int more = 0)
    {
        var log = new VenueLog();
        log.Apply((id, t) => new InstrumentListed(id, t, new InstrumentTerms("BTC-USD", InstrumentKind.Spot, "USD", 8, 2, new Quantity(1)) { Underlying = "BTC" }));
        log.Open("alice", "2000", EventSignature.OwnerOf(Commitment, Alice.Address));
        log.Open("bob", "1000", EventSignature.OwnerOf(Bob.Address));
        log.Deposit("bob", "0.01", "BTC");
        for (int i = 0; i < more; i++) log.Deposit("bob", "1");
        log.Apply((_, t) => new Deposit(new EventId("deposit"), t, new AccountId("alice"), "USD", new Quantity(5)));
        log.Apply((_, t) =>
        {
            var trade = new Trade(new EventId("trade"), t, "P", new AccountId("alice"), new AccountId("bob"), VenueLog.Number("2"), VenueLog.Number("100.5"), VenueLog.Number("1.5"), VenueLog.Number("-0.5"), null, null);
            return trade with { ByBuyer = Signature.Sign(trade, 1, long.MaxValue, Alice, Commitment), BySeller = Signature.Sign(trade, 1, long.MaxValue, Bob) };
        });
        log.Apply((_, t) => Sign(new WithdrawalRequested(new EventId("out"), t, new AccountId("alice"), "USD", new Quantity(10), null), 2, Alice));
        SubmitResult rejected = log.Submit((_, t) => Sign(new WithdrawalRequested(new EventId("too-much"), t, new AccountId("alice"), "USD", new Quantity(1990), null), 3, Alice));
        Assert.Equal(EventOutcome.Rejected, rejected.Outcome);
        log.Apply((_, t) =>
        {
            var transfer = new Transfer(new EventId("over"), t, new AccountId("alice"), new AccountId("bob"), "USD", new Quantity(20), null);
            return transfer with { By = Signature.Sign(transfer, 3, long.MaxValue, Alice, Commitment) };
        });
        log.Apply((_, t) =>
        {
            var pledge = new CollateralPledged(new EventId("pledge"), t, new AccountId("alice"), new AccountId("bob"), new Quantity(30), null);
            return pledge with { By = Signature.Sign(pledge, 4, long.MaxValue, Alice, Commitment) };
        });
        log.Apply((_, t) =>
        {
            var spot = new Trade(new EventId("spot"), t, "BTC-USD", new AccountId("alice"), new AccountId("bob"), VenueLog.Number("0.001"), VenueLog.Number("20000.01"), VenueLog.Number("0.02"), VenueLog.Number("0.01"), null, null);
            return spot with { ByBuyer = Signature.Sign(spot, 5, long.MaxValue, Alice, Commitment), BySeller = Signature.Sign(spot, 2, long.MaxValue, Bob) };
        });
        return log;
    }
}
