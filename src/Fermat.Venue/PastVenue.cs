using System.Collections.Immutable;
using Fermat.Algebra;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Ledger.Log;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Rulebooks;

namespace Fermat.Venue;

/// <summary>
/// A venue as it was at a height, made anew from its log: with it any account is opened under the root that the height had, which is that of statement T where a batch begins or ends there. An account's leaf is salted for the last event
/// that touched it, so log and secret alone give the very tree that the batches' roots are of.
/// </summary>
/// <remarks>It holds accounts and prices, and not the log. One thread at a time.</remarks>
public sealed class PastVenue
{
    private const int LeavesAtOnce = 256;
    private readonly VenueRulebook _rulebook;
    private readonly MarginEngine _engine;

    private PastVenue(VenueRulebook rulebook, MarginEngine engine) => (_rulebook, _engine) = (rulebook, engine);

    /// <summary>The height: that which was asked for, or that of the log where it ends before.</summary>
    public ulong Height => _engine.State.Height;

    /// <summary>The venue's name.</summary>
    public string Venue => _engine.State.Venue;

    /// <summary>Parameters and market data at the height; null where there are no parameters yet.</summary>
    public MarketData? Market => _engine.Market;

    /// <summary>The accounts at the height, in the order of their leaves.</summary>
    public IReadOnlyList<AccountState> Accounts => _engine.State.Accounts;

    /// <summary>Books a log up to a height.</summary>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="engine">How the log's engine ran.</param>
    /// <param name="log">The log from its first event on; it is read to the height and no further.</param>
    /// <param name="height">How many events.</param>
    /// <exception cref="ArgumentException">The binding does not fit the rulebook, or the log is of a venue under another one.</exception>
    /// <exception cref="InvalidOperationException">An event is not one that can have been in this log.</exception>
    public static PastVenue At(VenueRulebook rulebook, EngineOptions engine, IEnumerable<LedgerEntry> log, ulong height)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(log);
        var past = new MarginEngine(rulebook.Rulebook, engine);
        foreach (LedgerEntry entry in log)
        {
            if (entry.Height > height) break;
            past.Restore(VenueRunner.Logged(entry));
        }
        return new PastVenue(rulebook, past);
    }

    /// <summary>Finds an account; null where there was none of that name yet.</summary>
    /// <param name="id">Its name.</param>
    public AccountState? Find(AccountId id) => _engine.State.TryFindAccount(id, out int index) ? Accounts[index] : null;

    /// <summary>The state tree at the height. Runs on all cores.</summary>
    /// <param name="salts">The venue's salts.</param>
    /// <param name="depth">The tree's depth, which is the same for the life of the venue.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="ArgumentException">There are more accounts than leaves, or one that the rulebook cannot count under the market data: it is named.</exception>
    public StateTree Tree(SaltDeriver salts, int depth, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(salts);
        var leaves = new Digest[Accounts.Count];
        Parallelism.ForRanges(leaves.Length, LeavesAtOnce, (from, to) =>
        {
            for (int i = from; i < to; i++) leaves[i] = LeafSponge.Hash(RulebookLeaf.Blocks(_rulebook, DataOf(Accounts[i]), salts.Derive(Accounts[i].Id, Accounts[i].Height)));
        }, cancel);
        return StateTree.FromLeaves(leaves, depth, cancel);
    }

    /// <summary>Opens an account.</summary>
    /// <param name="account">One of <see cref="Accounts"/>.</param>
    /// <param name="tree">The state tree at the height.</param>
    /// <param name="salts">The salts that it was made with.</param>
    /// <exception cref="ArgumentException">The rulebook cannot count the account, or it is not the one at that leaf of the tree.</exception>
    /// <exception cref="InvalidOperationException">There are no parameters yet.</exception>
    public InclusionOpening Open(AccountState account, StateTree tree, SaltDeriver salts)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(tree);
        ArgumentNullException.ThrowIfNull(salts);
        MarketData market = Market ?? throw new InvalidOperationException("there are no parameters yet, under which an account could be counted");
        AccountData data = DataOf(account);
        StateOpening path = tree.Open(account.Index);
        var opening = new InclusionOpening
        {
            RulebookName = _rulebook.Name,
            SchemaDigest = _rulebook.SchemaDigest,
            Venue = Venue,
            Height = Height,
            StateRoot = tree.Root,
            Account = data,
            Symbols = InclusionOpening.References(_rulebook.Schema, data).ToImmutableSortedDictionary(of => of, of => market.Tables[of.Table][of.Record].Symbol),
            Salt = Digest.FromFields(salts.Derive(account.Id, account.Height)),
            LeafIndex = account.Index,
            Path = [.. path.Siblings],
        };
        return opening.ComputeRoot(_rulebook) == tree.Root ? opening : throw new ArgumentException($"{account.Id} is not at leaf {account.Index} of the tree, or the tree is of other salts or another height", nameof(tree));
    }

    private AccountData DataOf(AccountState account) => _engine.DataOf(account, out string? problem) ?? throw new ArgumentException($"{account.Id} cannot be counted under the rulebook at height {Height}: {problem}");
}
