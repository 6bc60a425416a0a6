using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Leaves;
using Fermat.Rules.Lowering;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Proving.Transitions;

/// <summary>A subtree that no event touches.</summary>
internal readonly record struct Sibling(int Level, long Index, Digest Digest);

/// <summary>What a batch's trace is made of: the versions, the events' contents and digests, the leaves before and after, and both trees.</summary>
internal sealed record TransitionPlan
{
    private readonly TransitionBatch _batch;
    private readonly SaltDeriver _salts;
    private readonly ulong[] _heights;

    /// <summary>Makes the plan of a batch whose events are allowed.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="versions">By leaf and event.</param>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="cancel">Stops the work.</param>
    public TransitionPlan(TransitionBatch batch, IReadOnlyList<AccountVersion> versions, SaltDeriver salts, CancellationToken cancel = default)
    {
        (_batch, _salts, Versions, _heights) = (batch, salts, versions, batch.Heights());
        LeavesBefore = [.. versions.Where(version => version is { IsFirst: true, WasEmpty: false }).Select(version => (version.Slot, Blocks(version, batch.Accounts[version.Slot].SaltHeight)))];
        Dictionary<int, ulong> salted = SaltHeights(versions);
        LeavesAfter = [.. versions.Where(version => version.IsLast).Select(version => (version.Slot, Blocks(version, salted[version.Slot])))];
        var leaves = new Digest[batch.Accounts.Count];
        var touched = LeavesBefore.ToDictionary(leaf => leaf.Slot, leaf => leaf.Blocks);
        Parallelism.ForRanges(leaves.Length, 256, (from, to) =>
        {
            for (int slot = from; slot < to; slot++) leaves[slot] = LeafSponge.Hash(touched.TryGetValue(slot, out KoalaBear[]? known) ? known : Blocks(batch.Accounts[slot]));
        }, cancel);
        Before = StateTree.FromLeaves(leaves, batch.Depth, cancel);
        int count = Math.Max(leaves.Length, LeavesAfter.Count == 0 ? 0 : LeavesAfter.Max(leaf => leaf.Slot) + 1);
        Digest[] after = [.. leaves, .. Enumerable.Repeat(StateTreeHash.Empty(0), count - leaves.Length)];
        foreach ((int slot, KoalaBear[] blocks) in LeavesAfter) after[slot] = LeafSponge.Hash(blocks);
        After = StateTree.FromLeaves(after, batch.Depth, cancel);

        var levels = new List<long[]> { LeavesAfter.Select(leaf => (long)leaf.Slot).ToArray() };
        var siblings = new List<Sibling>();
        for (int level = 0; level < batch.Depth; level++)
        {
            var here = levels[level].ToHashSet();
            foreach (long index in levels[level])
                if (!here.Contains(index ^ 1)) siblings.Add(new Sibling(level, index ^ 1, Before.Node(level, index ^ 1)));
            levels.Add([.. levels[level].Select(index => index >> 1).Distinct()]);
        }
        (Nodes, Siblings) = (levels, siblings);
        Dictionary<(int Slot, int Event), int> made = Enumerable.Range(0, versions.Count).Where(i => !versions[i].TakesBack).ToDictionary(i => (versions[i].Slot, versions[i].Event));
        VersionFields fields = VersionFields.Of(batch.Rulebook.Schema);
        var limits = new LiquidationLimits(batch, new Interpreter(batch.Rulebook.Rulebook, batch.Market), fields);
        Events = [.. batch.Events.Select((e, i) => new EventWitness(batch.Events, i + 1, made, Salt(i + 1), versions, fields, limits))];
    }

    /// <summary>The versions.</summary>
    public IReadOnlyList<AccountVersion> Versions { get; }

    /// <summary>Leaves that events touch, before.</summary>
    public IReadOnlyList<(int Slot, KoalaBear[] Blocks)> LeavesBefore { get; }

    /// <summary>The same, after, with those of accounts that opened.</summary>
    public IReadOnlyList<(int Slot, KoalaBear[] Blocks)> LeavesAfter { get; init; }

    /// <summary>The tree before.</summary>
    public StateTree Before { get; }

    /// <summary>The tree after.</summary>
    public StateTree After { get; }

    /// <summary>By level the indices of nodes over touched leaves, rising.</summary>
    public IReadOnlyList<long[]> Nodes { get; }

    /// <summary>The maximal subtrees without touched leaves.</summary>
    public IReadOnlyList<Sibling> Siblings { get; init; }

    /// <summary>The events.</summary>
    public IReadOnlyList<EventWitness> Events { get; init; }

    /// <summary>The blocks of an account's leaf.</summary>
    internal KoalaBear[] Blocks(LedgerAccount account) => Blocks(
        account.Account, AccountDigests.OfId(_batch.Rulebook.SchemaDigest, account.Account.Id), AccountDigests.OfOwnerV2(account.Owner.ToArray()), account.Nonce, account.SaltHeight);

    private KoalaBear[] Blocks(AccountVersion version, ulong height) => Blocks(version.Account, version.Id, version.Owner, version.Nonce, height);

    private KoalaBear[] Blocks(AccountData account, KoalaBear[] id, KoalaBear[] owner, ulong nonce, ulong height)
    {
        const int block = LeafLayout.BlockSize;
        LeafLayout layout = _batch.Rulebook.Leaves;
        var blocks = new KoalaBear[block * layout.Blocks(account)];
        _salts.Derive(IdOf(account), height, blocks);
        id.CopyTo(blocks, block);
        owner.CopyTo(blocks, 2 * block);
        var words = new uint[blocks.Length - LeafLayout.IdentityBlocks * block];
        layout.Write(account with { Nonce = nonce }, words);
        for (int i = 0; i < words.Length; i++) blocks[LeafLayout.IdentityBlocks * block + i] = KoalaBear.From(words[i]);
        return blocks;
    }

    /// <summary>By leaf the height that it is salted for after the batch: that of the last event that counts, or what it was before where all were rejected.</summary>
    private Dictionary<int, ulong> SaltHeights(IReadOnlyList<AccountVersion> versions)
    {
        var heights = new Dictionary<int, ulong>();
        foreach (AccountVersion version in versions)
        {
            if (version.IsFirst) heights[version.Slot] = version.IsLast || version.Slot >= _batch.Accounts.Count ? HeightOf(version) : _batch.Accounts[version.Slot].SaltHeight;
            else if (!version.ChangesNothing) heights[version.Slot] = HeightOf(version);
        }
        return heights;
    }

    /// <summary>The height of the event that made a version; of one that no event made, which only a liar has, one of its own.</summary>
    private ulong HeightOf(AccountVersion version) =>
        version.Event >= 1 && version.Event <= _heights.Length ? _heights[version.Event - 1] : _batch.Height + (ulong)version.Event;

    private KoalaBear[] Salt(int number)
    {
        Digest statement = Blake3.DeriveKey("fermat event salts v1", [.. BitConverter.GetBytes(_batch.Height), .. System.Text.Encoding.UTF8.GetBytes(_batch.Venue)]);
        return _salts.DeriveBoundary(statement, number);
    }

    private static AccountId IdOf(AccountData account) => AccountId.TryParse(account.Id, out AccountId id) ? id : throw new ArgumentException($"\"{account.Id}\" is not an account id");
}

/// <summary>An event with everything that is hashed into its digest.</summary>
internal sealed record EventWitness
{
    public EventWitness(IReadOnlyList<BatchEvent> events, int number, IReadOnlyDictionary<(int Slot, int Event), int> made, KoalaBear[] salt, IReadOnlyList<AccountVersion> versions, VersionFields fields, LiquidationLimits limits)
    {
        BatchEvent e = events[number - 1];
        (Number, Salt) = (number, salt);
        Terms = e.Terms.IsDefault ? new KoalaBear[Digest.Words] : [.. e.Terms];
        AccountVersion? first = Array.IndexOf(EventTable.NamesNobody, e.Kind) >= 0 ? null : versions[made[(e.First, number)]], second = e.Second is { } other ? versions[made[(other, number)]] : null;
        (FirstOwner, FirstNonce) = AuthorityOf(first);
        (SecondOwner, SecondNonce) = AuthorityOf(second);
        if (e.Kind == EventKind.Opening) (FirstOwner, SecondOwner) = (first!.Owner, first.Id);
        bool isHalf = e.Kind == EventKind.RejectedHalf, begins = isHalf && Has(0) && !Has(1), ends = isHalf && !Has(0) && Has(1);
        bool mayNotOwe = (e.Kind == EventKind.MarginAssignment || Array.IndexOf(EventTable.PaysAsInstructed, e.Kind) >= 0) && first!.Leg.Role.HasFlag(LegRole.StaysCredit);
        bool mayBeWhole = Array.IndexOf(EventTable.Reduces, e.Kind) >= 0 && limits.IsWholeByRule(e, versions[made[(e.First, number)] - 1].Account);
        Data = [(int)e.Kind, e.First, e.Second ?? 0, e.Instrument ?? 0, e.Asset, e.Fee.IsZero ? 0 : 1, e.FirstCash, e.SecondCash, e.Fee, e.Size, e.Cost, begins ? 1 : 0, ends ? 1 : 0, mayNotOwe ? 1 : 0, .. Reduction(), .. Sale(), e.Kind == EventKind.Opening && fields.Mode >= 0 ? first!.Account.Scalars[fields.Mode] : 0, mayBeWhole ? 1 : 0, e.Pledged, .. Marked(), e.Kind == EventKind.LossShare && !second!.Leg.Role.HasFlag(LegRole.HasNoPosition) ? 1 : 0];

        BigInteger[] Reduction()
        {
            if (Array.IndexOf(EventTable.Reduces, e.Kind) < 0) return [0, 0, 0];
            int version = made[(e.First, number)];
            BigInteger before = VersionLeg.Item(versions[version - 1].Account, fields.Positions, fields.Instrument, e.Instrument!.Value)?[fields.Size] ?? 0;
            return [before, version, limits.IsShare(e, before) ? 0 : 1];
        }

        BigInteger[] Marked() => e.Kind == EventKind.VariationMargin && VersionLeg.Item(versions[made[(e.First, number)] - 1].Account, fields.Positions, fields.Instrument, e.Instrument!.Value) is { } held ? [held[fields.Size], held[fields.Cost]] : [0, 0];

        BigInteger[] Sale()
        {
            BatchEvent? sale = e.Kind == EventKind.CollateralSale ? e : e.Kind == EventKind.CollateralPayment && number > 1 ? events[number - 2] : null;
            BatchEvent? payment = e.Kind == EventKind.CollateralSale ? number < events.Count ? events[number] : null : e;
            if (sale is not { Kind: EventKind.CollateralSale } || !limits.HasIndex) return [0, 0, 0, 0, 0];
            bool ofSold = payment is not { Kind: EventKind.CollateralPayment } || !limits.IsAtIndex(sale, payment, ofSold: false);
            return ReferenceEquals(e, sale) ? [ofSold ? 1 : 0, 0, 0, 0, 0] : [ofSold ? 0 : 1, 1, sale.Asset, sale.FirstCash, ofSold ? 1 : 0];
        }

        bool Has(int back) => VersionLeg.Item(versions[made[(e.First, number)] - back].Account, fields.Balances, fields.Asset, e.Asset) is not null;
    }

    /// <summary>Its number in the batch, from 1.</summary>
    public int Number { get; }

    /// <summary>Its integers, as <see cref="EventRow"/> places them.</summary>
    public ImmutableArray<BigInteger> Data { get; init; }

    /// <summary>Block 0.</summary>
    public KoalaBear[] Salt { get; init; }

    /// <summary>Block 5.</summary>
    public KoalaBear[] Terms { get; init; }

    /// <summary>Of who instructed it, or of the account that opens; else zero.</summary>
    public KoalaBear[] FirstOwner { get; init; }

    /// <summary>The nonce after it, in words.</summary>
    public KoalaBear[] FirstNonce { get; init; }

    /// <summary>Of the second account's owner; of an account that opens its id.</summary>
    public KoalaBear[] SecondOwner { get; init; }

    /// <summary>The second account's nonce.</summary>
    public KoalaBear[] SecondNonce { get; init; }

    /// <summary>The blocks that are hashed.</summary>
    public KoalaBear[] Blocks(EventTable table) => EventBlocks.Of(table.Fields, Data, Salt, (FirstOwner, SecondOwner), (FirstNonce, SecondNonce), Terms);

    private static (KoalaBear[] Owner, KoalaBear[] Nonce) AuthorityOf(AccountVersion? version) => version is not null && (version.Leg.IsInstructed || version.Leg.IsAttempt)
        ? (version.Owner, EventBlocks.Nonce(version.Nonce))
        : (new KoalaBear[Digest.Words], new KoalaBear[EventBlocks.NonceWords]);
}
