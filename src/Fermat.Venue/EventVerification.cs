using System.Collections.Immutable;
using Fermat.Algebra;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Margin;
using Fermat.Signatures;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>Why an opened event is not what it is shown for.</summary>
public enum EventFaultCode
{
    /// <summary>The opening's event is not an event, or names another venue than the statement.</summary>
    NotAnEvent = 1,

    /// <summary>By its height or its rows it is not an event of this batch.</summary>
    OtherBatch,

    /// <summary>A row of the batch has another digest: terms, amounts, accounts or salt are not those that were proven.</summary>
    OtherTerms,

    /// <summary>The rows are not of a kind that this event has, or not all that it has.</summary>
    OtherKind,

    /// <summary>What was proven to move is not what the event says: another price, size, amount, fee, asset or instrument.</summary>
    OtherAmounts,

    /// <summary>An account has an owner's key and its owner signed nothing.</summary>
    MissingSignature,

    /// <summary>Who signed is not the owner that the account had.</summary>
    WrongKey,

    /// <summary>The owner did not sign this: another event, or the same with another number.</summary>
    BadSignature,

    /// <summary>It was signed for another nonce than the account's, or for an earlier time than the event's.</summary>
    OtherTurn,

    /// <summary>An account is at another leaf than its own opening shows, or one name is at two leaves, or two names are at one.</summary>
    OtherAccount,
}

/// <summary>What is wrong with an opened event.</summary>
/// <param name="Code">Which check failed.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Row">The row of the batch, from 1; null where it is about the event as a whole.</param>
/// <param name="Expected">What a check expected, if it compared.</param>
/// <param name="Got">What it got.</param>
public sealed record EventFault(EventFaultCode Code, string Message, int? Row = null, string? Expected = null, string? Got = null);

/// <summary>Who instructed an event.</summary>
/// <param name="Account">The account's name, as the event has it.</param>
/// <param name="Leaf">Its leaf. That the name is this leaf's is what the account's own opening shows.</param>
/// <param name="Address">Who signed; null where the account has no owner's key, so that nobody signs for it.</param>
public sealed record EventSignatory(AccountId Account, int Leaf, EthereumAddress? Address);

/// <summary>An account that an event names, and the leaf that a row was proven for in its place.</summary>
/// <param name="Account">The account's name, as the event has it.</param>
/// <param name="Leaf">The leaf. A row's digest holds leaves and no names.</param>
/// <param name="Shown">Whether it is known that the leaf is the account of this name: by the account's own opening (<see cref="EventAnchors.Leaves"/>), or since the row is the account's opening. Otherwise it is the venue's word.</param>
public sealed record EventLeaf(AccountId Account, int Leaf, bool Shown);

/// <summary>The verdict on an opened event.</summary>
/// <param name="Fault">What is wrong, or null.</param>
/// <param name="Event">The event; null where it could not be read.</param>
/// <param name="Signatories">Whose instruction it was, and who signed; of rows that were rejected those that the row names.</param>
/// <param name="AmountsCompared">Whether what the rows move was compared with what the event says, assets with it. Not of what was rejected and moves nothing; of a spot trade where the instrument's listing is not known, which says which assets change hands; and of a withdrawal that is given back where its request is not.</param>
public sealed record EventVerdict(EventFault? Fault, LedgerEvent? Event, ImmutableArray<EventSignatory> Signatories, bool AmountsCompared)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool Accepted => Fault is null;

    /// <summary>The accounts that the event names, with the leaves that its rows were proven for; no account of what was rejected on the venue's word.</summary>
    public ImmutableArray<EventLeaf> Leaves { get; init; } = [];

    /// <summary>Whether all of <see cref="Leaves"/> are known to be the accounts of these names.</summary>
    public bool AccountsShown => Leaves.All(one => one.Shown);

    /// <summary>Assets that move and that nothing known says the event is about: what an instrument delivers, and under some rulebooks what it settles in, is in no statement. Where there are any, <see cref="AmountsCompared"/> is false, though numbers were compared.</summary>
    public ImmutableArray<string> AssetsNotCompared { get; init; } = [];

    /// <summary>The heights that an event of these rows can have: no row holds one, and an event has one row or more. One height where the batch has as many rows as events.</summary>
    public (ulong First, ulong Last) Heights { get; init; }
}

/// <summary>What who checks an event knows by itself.</summary>
/// <param name="Batch">The public inputs of its batch, whose proof was verified.</param>
/// <param name="Chain">The venue's chain id, which owners sign.</param>
/// <param name="Multiplier">The multiplier of the instrument that is traded, as it is listed.</param>
public sealed record EventAnchors(TransitionInputs Batch, ulong Chain, Quantity Multiplier)
{
    /// <summary>The asset that the instrument delivers, as it is listed; null where the reader does not know it.</summary>
    public string? Delivers { get; init; }

    /// <summary>The asset that the instrument settles in, as it is listed; null where the reader does not know it. Where a position changes hands and the rulebook's instruments have a field <c>settle</c>, that is taken.</summary>
    public string? Settles { get; init; }

    /// <summary>The request of a withdrawal that is settled, as its own opening shows it, which was verified with the statement of its own batch; null where the reader does not have it. The event that settles it names the request, and no account and no amount.</summary>
    public WithdrawalRequested? Request { get; init; }

    /// <summary>Leaves of accounts whose own openings were verified against a root of the batch.</summary>
    public ImmutableDictionary<AccountId, int> Leaves { get; init; } = ImmutableDictionary<AccountId, int>.Empty;
}

/// <summary>
/// Checks an opened event against the statement of its batch: that its rows have the digests that were proven, that what they move is what the event says, and that the owners of the accounts that it instructs signed it, with the keys and nonces
/// that the proof has from their leaves. So a venue that proves what nobody signed is found out by whoever is shown the event.
/// </summary>
public static class EventVerification
{
    private static readonly Digest NoOwner = Digest.FromFields(AccountDigests.OfOwnerV2(OwnerKey.None.ToArray()));

    /// <summary>Checks an event.</summary>
    /// <param name="opening">The opening that the venue gave out.</param>
    /// <param name="anchors">What the reader knows.</param>
    public static EventVerdict Verify(EventOpening opening, EventAnchors anchors)
    {
        ArgumentNullException.ThrowIfNull(opening);
        ArgumentNullException.ThrowIfNull(anchors);
        TransitionInputs batch = anchors.Batch;
        var signatories = new List<EventSignatory>();
        if (!EventJson.TryRead(opening.Event, out LedgerEvent? cause, out EventError? error)) return new EventVerdict(new EventFault(EventFaultCode.NotAnEvent, $"the event cannot be read: {error.Sentence}"), null, [], false);
        bool compared = false;
        var rows = new EventRows(anchors);
        var leaves = new List<EventLeaf>();
        EventFault? fault = OfBatch(opening, batch) ?? Digests(opening, cause, batch) ?? Place(opening, batch) ?? EventRows.Kinds(cause, opening.Rows)
            ?? rows.Compare(cause, opening.Rows, out compared) ?? Leaves(cause, opening.Rows, anchors, rows, leaves) ?? Signatures(cause, opening.Rows, anchors, rows, signatories);
        return new EventVerdict(fault, cause, [.. signatories.Distinct()], compared)
        {
            Leaves = [.. leaves.Distinct()],
            AssetsNotCompared = [.. rows.AssetsNotCompared.Distinct()],
            Heights = opening.Rows.IsDefaultOrEmpty ? default : Heights(opening.Rows, batch),
        };
    }

    /// <summary>Every event has a row: as many events as rows at most are before this one in the batch, and after it.</summary>
    private static (ulong First, ulong Last) Heights(ImmutableArray<EventRowOpening> rows, TransitionInputs batch)
    {
        (int before, int after) = (rows[0].Row - 1, Math.Max(batch.Events.Length - rows[^1].Row, 0));
        return (batch.Height + (ulong)Math.Max(batch.LogEvents - after, 1), batch.Height + (ulong)Math.Clamp(before + 1, 1, batch.LogEvents));
    }

    private static EventFault? OfBatch(EventOpening opening, TransitionInputs batch)
    {
        if (opening.Venue != batch.Venue) return new(EventFaultCode.NotAnEvent, "the event is of another venue than the statement", null, batch.Venue, opening.Venue);
        if (opening.Height <= batch.Height || opening.Height > batch.EndHeight) return new(EventFaultCode.OtherBatch, "the event is not one of this batch", null, $"a height from {batch.Height + 1} to {batch.EndHeight}", $"{opening.Height}");
        if (opening.Rows.IsDefaultOrEmpty) return new(EventFaultCode.OtherBatch, "no row of the batch is opened");
        for (int i = 0; i < opening.Rows.Length; i++)
        {
            int row = opening.Rows[i].Row;
            if (row < 1 || row > batch.Events.Length) return new(EventFaultCode.OtherBatch, "the batch has no such row", row, $"1 to {batch.Events.Length}", $"{row}");
            if (row != opening.Rows[0].Row + i) return new(EventFaultCode.OtherKind, "the rows of an event follow each other", row, $"{opening.Rows[0].Row + i}", $"{row}");
        }
        return null;
    }

    /// <summary>Whether the rows' place in the batch can be that of an event of this height.</summary>
    private static EventFault? Place(EventOpening opening, TransitionInputs batch)
    {
        (ulong first, ulong last) = Heights(opening.Rows, batch);
        return opening.Height >= first && opening.Height <= last ? null : new(EventFaultCode.OtherBatch, "an event of this height is at another place of the batch", opening.Rows[0].Row, first == last ? $"{first}" : $"a height from {first} to {last}", $"{opening.Height}");
    }

    private static EventFault? Digests(EventOpening opening, LedgerEvent cause, TransitionInputs batch)
    {
        KoalaBear[] terms = EventTerms.Of(cause);
        foreach (EventRowOpening row in opening.Rows)
        {
            Digest proven = batch.Events[row.Row - 1];
            Digest? opened = row.DigestWith(batch.Rulebook, terms);
            if (opened == proven) continue;
            int elsewhere = opened is { } digest ? batch.Events.IndexOf(digest) : -1;
            return elsewhere >= 0
                ? new(EventFaultCode.OtherTerms, "the event is at another place of the batch", row.Row, $"row {elsewhere + 1}", $"row {row.Row}")
                : new(EventFaultCode.OtherTerms, "the row that was proven has another digest: terms, amounts, accounts or salt are not those of the opening, or it is an event of another batch", row.Row, $"{proven}", opened is { } other ? $"{other}" : "nothing that a row can hold");
        }
        return null;
    }

    /// <summary>One name is one leaf's, and where the account's own opening is known, that one's.</summary>
    private static EventFault? Leaves(LedgerEvent cause, ImmutableArray<EventRowOpening> rows, EventAnchors anchors, EventRows expected, List<EventLeaf> found)
    {
        var leaves = new Dictionary<AccountId, int>(anchors.Leaves);
        Dictionary<int, AccountId> names = [];
        foreach ((AccountId account, int leaf) in leaves) names[leaf] = account;
        foreach ((AccountId account, int leaf, int row) in expected.Accounts(cause, rows))
        {
            bool shown = anchors.Leaves.ContainsKey(account);
            if (leaves.TryGetValue(account, out int other) && other != leaf)
                return new(EventFaultCode.OtherAccount, shown ? $"the row is about another account than {account}, by whose own opening it is leaf {other}" : $"{account} is at two leaves", row, $"leaf {other}", $"leaf {leaf}");
            if (names.TryGetValue(leaf, out AccountId name) && name != account)
                return new(EventFaultCode.OtherAccount, anchors.Leaves.ContainsKey(name) ? $"the event says {account}, and leaf {leaf} is {name} by its own opening" : $"{name} and {account} are at one leaf", row, account.Value, name.Value);
            (leaves[account], names[leaf]) = (leaf, account);
            found.Add(new EventLeaf(account, leaf, shown || cause is AccountOpened));
        }
        return null;
    }

    private static EventFault? Signatures(LedgerEvent cause, ImmutableArray<EventRowOpening> rows, EventAnchors anchors, EventRows expected, List<EventSignatory> signatories)
    {
        var signature = new EventSignature(anchors.Batch.Venue, anchors.Chain);
        foreach (EventRowOpening row in rows)
        {
            if (row.Kind == EventKind.Opening) continue;                                             // its blocks are those of the account that opens
            (Instruction? first, Instruction? second) = expected.Instructions(cause, row);
            bool counts = !EventRows.IsRejected(row.Kind);
            if (Check(first, row.First, row.FirstOwner, row.FirstNonce) is { } one) return one;
            if (Check(second, row.Second, row.SecondOwner, row.SecondNonce) is { } other) return other;

            EventFault? Check(Instruction? instruction, int leaf, Digest owner, ulong nonce)
            {
                if (owner == default) return null;                                                   // nobody instructs this row
                if (instruction is not { } by) return owner == NoOwner ? null : new(EventFaultCode.MissingSignature, $"the account at leaf {leaf} has an owner's key, and the event has no place for its signature", row.Row);
                if (by.By is not { } signed)
                {
                    if (owner != NoOwner) return new(EventFaultCode.MissingSignature, $"{by.Account} has an owner's key, and its owner did not sign", row.Row);
                    signatories.Add(new EventSignatory(by.Account, leaf, null));
                    return null;
                }
                if (EventSignature.OwnerOf(signed) is not { } shown || Digest.FromFields(AccountDigests.OfOwnerV2(shown.ToArray())) != owner)
                    return new(EventFaultCode.WrongKey, $"who signed for {by.Account} is not the owner that the account at leaf {leaf} had", row.Row);
                if (signature.Check(cause, by.Account, shown, signed) is { } refused) return new(EventFaultCode.BadSignature, refused.Message, row.Row);
                ulong turn = counts ? nonce : nonce + 1;                                             // what was rejected uses no nonce
                if (signed.Nonce != turn) return new(EventFaultCode.OtherTurn, $"{by.Account} signed with another nonce", row.Row, $"{turn}", $"{signed.Nonce}");
                if (signed.Until < cause.Time) return new(EventFaultCode.OtherTurn, $"what {by.Account} signed had expired", row.Row, $"{cause.Time} or later", $"{signed.Until}");
                signatories.Add(new EventSignatory(by.Account, leaf, EthereumAddress.FromBytes(signed.PublicKey.AsSpan(0, EthereumAddress.Length))));
                return null;
            }
        }
        return null;
    }
}

/// <summary>An owner's instruction: of which account, and what it signed.</summary>
internal readonly record struct Instruction(AccountId Account, Authorisation? By);
