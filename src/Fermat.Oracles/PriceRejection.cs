using Fermat.Signatures;

namespace Fermat.Oracles;

/// <summary>Why a report does not count, or why there is no price set.</summary>
public enum PriceRejectionCode
{
    /// <summary>The report is for another venue's chain.</summary>
    WrongChain,

    /// <summary>The rules have no such feed.</summary>
    UnknownFeed,

    /// <summary>The signer is none of the rules' sources.</summary>
    UnknownSigner,

    /// <summary>The signature is not one of the signer over the report.</summary>
    BadSignature,

    /// <summary>The price has more decimals than the feed, or the confidence is above one.</summary>
    OutOfRange,

    /// <summary>The report is older than the freshness window.</summary>
    Stale,

    /// <summary>The report's time is after the set's by more than the skew allowed.</summary>
    Early,

    /// <summary>The signer has another report on the feed in this set, with a higher sequence.</summary>
    DuplicateSigner,

    /// <summary>The signer signed two different reports with one sequence.</summary>
    Equivocation,

    /// <summary>The report is before one of the same source that an earlier set counted, or the set is not after the one before.</summary>
    TimeNotMonotone,

    /// <summary>The price is further from the median than the rules allow.</summary>
    Outlier,

    /// <summary>Fewer sources are left than the feed's quorum.</summary>
    QuorumNotMet,

    /// <summary>The price set in force is older than the rules allow.</summary>
    SetTooOld,

    /// <summary>A price set that was shown differs from the one that its reports give.</summary>
    WrongSet,
}

/// <summary>A report that does not count, or a set that is not made.</summary>
/// <param name="Code">Why.</param>
/// <param name="Message">A sentence.</param>
/// <param name="Hint">What to do.</param>
/// <param name="Feed">Of which feed, or null.</param>
/// <param name="Signer">Whose report, or null.</param>
public sealed record PriceRejection(PriceRejectionCode Code, string Message, string Hint, string? Feed = null, EthereumAddress? Signer = null)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Code}: {Message} ({Hint})";
}
