using System.Text;

namespace Fermat.Ledger.State;

/// <summary>Every reason why the ledger refuses an event. Names are stable; see <see cref="LedgerRejection.CodeText"/>.</summary>
public enum LedgerRejectionCode
{
    /// <summary>The event lacks something that every event of its kind has, or says something that has no meaning.</summary>
    MalformedEvent = 1,

    /// <summary>Before the venue opened, or a venue that opens twice.</summary>
    VenueNotOpen,

    /// <summary>The venue is open already.</summary>
    VenueOpenAlready,

    /// <summary>Its time is before that of the last event.</summary>
    TimeBackwards,

    /// <summary>No account of that name.</summary>
    UnknownAccount,

    /// <summary>There is an account of that name.</summary>
    AccountExists,

    /// <summary>The two sides are one account.</summary>
    SameAccount,

    /// <summary>No asset of that symbol.</summary>
    UnknownAsset,

    /// <summary>No instrument of that symbol.</summary>
    UnknownInstrument,

    /// <summary>An asset or an instrument has that symbol.</summary>
    SymbolExists,

    /// <summary>Terms that contradict each other or that the ledger cannot count in.</summary>
    InvalidTerms,

    /// <summary>The instrument is of another kind than the event is for.</summary>
    WrongKind,

    /// <summary>The instrument has expired and waits for its settlement.</summary>
    InstrumentExpired,

    /// <summary>The instrument has ended.</summary>
    InstrumentClosed,

    /// <summary>The instrument has no mark price yet.</summary>
    NoPrice,

    /// <summary>More decimals than the scale has.</summary>
    TooManyDecimals,

    /// <summary>A number, or what would come of it, is beyond its limit.</summary>
    OutOfRange,

    /// <summary>Zero or negative where only a positive number will do.</summary>
    NotPositive,

    /// <summary>A price that is negative, or, where something is divided by it, not positive.</summary>
    PriceOutOfRange,

    /// <summary>More of a position than there is, or of the other sign.</summary>
    BeyondPosition,

    /// <summary>More than the account owes.</summary>
    BeyondDebt,

    /// <summary>More than the insurance fund has.</summary>
    InsuranceOverdrawn,

    /// <summary>More than is set aside for the position.</summary>
    MarginOverdrawn,

    /// <summary>The account is not in isolated mode.</summary>
    NotIsolated,

    /// <summary>Something that must rise does not.</summary>
    NotSorted,

    /// <summary>No withdrawal of that name waits.</summary>
    UnknownRequest,

    /// <summary>A withdrawal of that name waits.</summary>
    RequestExists,

    /// <summary>The account has an owner's key on file and the event carries no authorisation.</summary>
    AuthorisationMissing,

    /// <summary>The event carries an authorisation of an account that has no owner's key on file.</summary>
    AuthorisationUnexpected,

    /// <summary>The authorisation ended before the event.</summary>
    AuthorisationExpired,

    /// <summary>The nonce has been used.</summary>
    NonceUsed,

    /// <summary>The nonce is not the next one.</summary>
    NonceAhead,

    /// <summary>Not the canonical JSON object of parameters.</summary>
    InvalidParameters,

    /// <summary>More of something than the ledger keeps.</summary>
    LimitExceeded,

    /// <summary>The account is pledged to another account.</summary>
    PledgedElsewhere,

    /// <summary>Nothing of the account is pledged to who would give it back.</summary>
    NotPledged,

    /// <summary>More than is pledged.</summary>
    MoreThanPledged,
}

/// <summary>Why the ledger refuses an event: its bookkeeping does not allow it. The state is as it was.</summary>
/// <param name="Code">The reason.</param>
/// <param name="Sentence">What is wrong, with the event's own names and numbers.</param>
/// <param name="Hint">What to do.</param>
public sealed record LedgerRejection(LedgerRejectionCode Code, string Sentence, string Hint)
{
    /// <summary>The code as text, <c>ledger.unknown-account</c> and so on; stable.</summary>
    public string CodeText => TextOf(Code);

    /// <summary>The text of a code.</summary>
    public static string TextOf(LedgerRejectionCode code)
    {
        var text = new StringBuilder("ledger.");
        string name = code.ToString();
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i])) text.Append('-');
            text.Append(char.ToLowerInvariant(name[i]));
        }
        return text.ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{CodeText}: {Sentence} {Hint}";
}
