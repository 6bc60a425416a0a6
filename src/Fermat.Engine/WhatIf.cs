using System.Collections.Immutable;
using Fermat.Margin;

namespace Fermat.Engine;

/// <summary>What an event would lead to.</summary>
/// <param name="Rejection">Why it would not be applied, or null.</param>
/// <param name="Accounts">The accounts that it touches.</param>
public sealed record WhatIf(EngineRejection? Rejection, ImmutableArray<WhatIfAccount> Accounts);

/// <summary>An account before and after an event that was not taken.</summary>
/// <param name="Account">Its name.</param>
/// <param name="Before">How it stands; null when it is new or cannot be valued.</param>
/// <param name="After">How it would stand; null when it could not be valued.</param>
public sealed record WhatIfAccount(AccountId Account, AccountHealth? Before, AccountHealth? After)
{
    /// <summary>What of it is pledged before the event; null where nothing is.</summary>
    public AccountPledge? PledgeBefore { get; init; }

    /// <summary>What of it would be pledged; null where nothing would be.</summary>
    public AccountPledge? PledgeAfter { get; init; }
}
