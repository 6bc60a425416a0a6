using System.Numerics;
using Fermat.Ledger.Events;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

/// <summary>What of an account's collateral is pledged.</summary>
/// <param name="To">To which account.</param>
/// <param name="Amount">How much, in what equity is counted in.</param>
public readonly record struct AccountPledge(AccountId To, Amount Amount);

/// <summary>An asset of the ledger in the rulebook's market.</summary>
/// <param name="Record">Its record in the table of assets, from 0.</param>
/// <param name="AmountFactor">Units of the rulebook's amounts in one of the ledger's; positive.</param>
public readonly record struct BoundAsset(int Record, BigInteger AmountFactor);

/// <summary>An instrument of the ledger in the rulebook's market.</summary>
/// <param name="Record">Its record in the table of instruments, from 0.</param>
/// <param name="SizeFactor">Units of the rulebook's sizes in one of the ledger's; positive.</param>
/// <param name="CostFactor">Units of the rulebook's costs in one unit of the settlement asset; positive.</param>
public readonly record struct BoundInstrument(int Record, BigInteger SizeFactor, BigInteger CostFactor);

public sealed partial class MarginEngine
{
    /// <summary>Whether the rulebook has a field for funding indices. Where it has none, what its accounts hold changes with funding, without an event of their own.</summary>
    public bool HasFunding => _binding.HasFunding;

    /// <summary>Whether the rulebook's accounts have a mode, so that their leaves say it. Where they have none, all are margined by the same rules.</summary>
    public bool HasModes => _binding.Items.HasModes;

    /// <summary>The fields of the rulebook's accounts that take what is pledged and to whom, so that their leaves say it. Null where they have not both, and then nothing can be pledged.</summary>
    public PledgeFields? PledgeFields => _binding.Items.Pledges.Fields;

    /// <summary>What of an account is pledged; null where nothing is.</summary>
    /// <param name="account">An account of the ledger, as it is or as an event would leave it.</param>
    public AccountPledge? PledgeOf(AccountState account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return account.Pledged == 0 ? null : new AccountPledge(State.Accounts[account.PledgedTo].Id, new Amount(account.Pledged, LedgerLimits.PledgeScale));
    }

    /// <summary>An account as the rulebook sees it now, with its owner's key and nonce.</summary>
    /// <param name="account">An account of the ledger, as it is or as an event would leave it.</param>
    /// <param name="problem">What of it the rulebook cannot count; null when there is nothing.</param>
    /// <returns>Null when there is a problem.</returns>
    public AccountData? DataOf(AccountState account, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(account);
        return _binding.Items.Account(_binding, account, out problem) is { } data ? data with { OwnerKey = account.Owner, Nonce = account.Nonce } : null;
    }

    /// <summary>Where an asset is in the rulebook's market; null where it has no record or no price.</summary>
    public BoundAsset? Bind(AssetState asset)
    {
        ArgumentNullException.ThrowIfNull(asset);
        AssetRecord bound = _binding.Asset(asset.Index);
        return bound.Priced && bound.AmountFactor > 0 ? new BoundAsset(bound.Record, bound.AmountFactor) : null;
    }

    /// <summary>Where an instrument is in the rulebook's market; null for spot, and where it has no record or no mark price.</summary>
    public BoundInstrument? Bind(InstrumentState instrument)
    {
        ArgumentNullException.ThrowIfNull(instrument);
        InstrumentRecord bound = _binding.Instrument(instrument.Index);
        return bound.Priced ? new BoundInstrument(bound.Record, bound.SizeFactor, bound.CostFactor) : null;
    }
}
