using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Proving.Transitions;

/// <summary>An account under a state root.</summary>
/// <param name="Account">Its data.</param>
/// <param name="Owner">The digest of its owner's key.</param>
/// <param name="Nonce">How many of the owner's instructions it reflects.</param>
/// <param name="SaltHeight">The height of the last event that touched it, counted with that event: its leaf's salt is that of this height.</param>
public sealed record LedgerAccount(AccountData Account, OwnerKey Owner, ulong Nonce, ulong SaltHeight);

/// <summary>An event of a batch, in integers of the schema's quantities.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="First">The leaf of the account that it is about: who deposits, withdraws, pays, pledges, gets <paramref name="Size"/>, fails, opens, would have lacked margin, or was not liquidatable.</param>
/// <param name="Second">The leaf of who is paid, trades against the first, takes over, or is pledged to; null where there is nobody.</param>
/// <param name="Asset">The record of what is paid.</param>
/// <param name="FirstCash">What the first receives; negative where it pays.</param>
/// <param name="SecondCash">What the second receives.</param>
/// <param name="Instrument">The record of what is traded; null where nothing is.</param>
/// <param name="Size">By how much the first's position changes; the second's changes by the opposite.</param>
/// <param name="Cost">What that cost the first, at a funding index of zero.</param>
/// <param name="Terms">Eight elements that name the rest of the event: its time, price, id, signatures.</param>
public sealed record BatchEvent(
    EventKind Kind, int First, int? Second, int Asset, BigInteger FirstCash, BigInteger SecondCash = default, int? Instrument = null, BigInteger Size = default, BigInteger Cost = default, ImmutableArray<KoalaBear> Terms = default)
{
    /// <summary>Of an opening the account, empty; null otherwise.</summary>
    public LedgerAccount? Opened { get; init; }

    /// <summary>Whether it is a part of the same event of the log as the one before it: the second half of a spot trade or a sale of collateral, another share of a loss, another position that is settled.</summary>
    public bool GoesOn { get; init; }

    /// <summary>Of a pledge, or of one that was rejected, what is pledged more, units of the accounts' <c>encumbered</c>; of a release the opposite of what is released. Zero otherwise.</summary>
    public BigInteger Pledged { get; init; }

    /// <summary>What neither receives of what is paid: the fee, or the penalty.</summary>
    public BigInteger Fee => Second is null ? 0 : -FirstCash - SecondCash;
}

/// <summary>A batch of events and the state that it begins in.</summary>
/// <param name="Rulebook">The rulebook.</param>
/// <param name="Market">Parameters and market data, in force for the whole batch.</param>
/// <param name="Venue">Who keeps the ledger.</param>
/// <param name="Height">Events before the batch.</param>
/// <param name="Accounts">All accounts, in the order of their leaves.</param>
/// <param name="Depth">The depth of the state tree.</param>
/// <param name="FeesSlot">The leaf of the account that fees go to.</param>
/// <param name="InsuranceSlot">The leaf of the insurance fund.</param>
/// <param name="Events">The events, or halves and shares of events: a row each.</param>
/// <param name="CostRounding">The ledger rounds costs down to multiples of 10^this of the rulebook's units.</param>
/// <param name="Units">What the ledger counts in; null where that is the rulebook's units.</param>
public sealed record TransitionBatch(
    VenueRulebook Rulebook, MarketData Market, string Venue, ulong Height, IReadOnlyList<LedgerAccount> Accounts, int Depth, int FeesSlot, int InsuranceSlot, IReadOnlyList<BatchEvent> Events, int CostRounding = 0, LedgerUnits? Units = null)
{
    /// <summary>The digest of the set of signed reports that was the last to be logged before the batch; zeros where there was none.</summary>
    public Digest PriceSet { get; init; }

    /// <summary>Whether open interest and insurance fund before and after the batch are shown, and proven.</summary>
    public bool Aggregates { get; init; }

    /// <summary><see cref="Units"/>, whatever they are.</summary>
    internal LedgerUnits Counted => Units ?? Finest(TransitionInputs.CountedRecords(Rulebook, Market));

    private static LedgerUnits Finest((ImmutableArray<MarketRecord> Assets, ImmutableArray<MarketRecord> Instruments) records) => LedgerUnits.Finest(records.Assets.Length, records.Instruments.Length);

    /// <summary>The height of a row's event.</summary>
    /// <param name="row">From 1.</param>
    public ulong HeightOf(int row)
    {
        ulong events = 0;
        for (int i = 0; i < row; i++)
            if (!Events[i].GoesOn) events++;
        return Height + events;
    }

    /// <summary>The heights of all rows' events, in order.</summary>
    internal ulong[] Heights()
    {
        var heights = new ulong[Events.Count];
        ulong height = Height;
        for (int i = 0; i < heights.Length; i++) heights[i] = Events[i].GoesOn ? height : ++height;
        return heights;
    }
}

/// <summary>An event that the rules do not allow; nothing was proven.</summary>
/// <param name="Event">Its position in the batch, from 0; −1 where the batch as a whole is at fault.</param>
/// <param name="Message">Why.</param>
public sealed record RefusedEvent(int Event, string Message);
