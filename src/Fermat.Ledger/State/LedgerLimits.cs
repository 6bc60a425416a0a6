using Fermat.Margin;

namespace Fermat.Ledger.State;

/// <summary>Every bound a ledger keeps, in one place.</summary>
public static class LedgerLimits
{
    /// <summary>Balances, costs, margins, sizes, prices and funding indices are magnitudes of at most 63 bits, in units of their scale: from −(2^63 − 1) to 2^63 − 1.</summary>
    public const int AmountBits = BookLimits.AmountBits;

    /// <summary>Decimals of what is pledged, in the units that equity is counted in.</summary>
    public const int PledgeScale = 6;

    /// <summary>Most assets.</summary>
    public const int MaxAssets = BookLimits.MaxAssets;

    /// <summary>Most instruments ever listed, those that ended included.</summary>
    public const int MaxInstruments = 1 << 16;

    /// <summary>Most accounts.</summary>
    public const int MaxAccounts = 1 << 28;

    /// <summary>Most positions of one account.</summary>
    public const int MaxPositions = 1 << 12;

    /// <summary>Most price feeds.</summary>
    public const int MaxFeeds = 1 << 17;

    /// <summary>Longest text of a parameter update, and of all parameters together, in characters.</summary>
    public const int MaxParametersLength = 1 << 22;

    /// <summary>Most withdrawals that wait at one time.</summary>
    public const int MaxPending = 1 << 22;
}
