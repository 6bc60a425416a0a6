namespace Fermat.Statements;

/// <summary>Why a statement, or an inclusion opening, is not accepted, apart from its proof.</summary>
public enum StatementRejectionCode
{
    /// <summary>The file is not JSON, or has a field too many, too few, of the wrong kind or out of range.</summary>
    MalformedFile = 1,

    /// <summary>The file is of another kind, or of a version that this program does not know.</summary>
    UnknownFormat,

    /// <summary>The statement is about another rulebook than this program proves.</summary>
    WrongRulebook,

    /// <summary>The assets in the statement are not a set of risk parameters.</summary>
    InvalidParameters,

    /// <summary>A digest named in the file is not that of the file's content.</summary>
    DigestMismatch,

    /// <summary>A number of the statement is out of its range.</summary>
    OutOfRange,

    /// <summary>The state root is not the one the verifier pinned.</summary>
    WrongStateRoot,

    /// <summary>The risk parameters are not the ones the verifier pinned.</summary>
    WrongParameters,

    /// <summary>The reserves are not the ones the verifier pinned.</summary>
    WrongReserves = 10,

    /// <summary>The statement is older than the verifier accepts.</summary>
    TooOld,

    /// <summary>The buffer is worth more than all reserves.</summary>
    BufferExceedsReserves,

    /// <summary>The revealed claims in one asset are more than its reserves.</summary>
    ClaimsExceedReserves,

    /// <summary>The reserves are worth less than the revealed claims and the buffer.</summary>
    ReservesWorthTooLittle,

    /// <summary>The revealed shortfall is more than the insurance fund.</summary>
    ShortfallExceedsInsurance,

    /// <summary>The revealed totals contradict each other.</summary>
    InconsistentTotals,

    /// <summary>The proof was rejected; see the proof rejection.</summary>
    ProofRejected,

    /// <summary>The opening names another venue, height or root than the holder's statement.</summary>
    WrongSnapshot,

    /// <summary>The leaf does not lead to the root.</summary>
    NotUnderRoot,

    /// <summary>The leaf is another account's.</summary>
    WrongAccount,

    /// <summary>The leaf names another owner key.</summary>
    WrongOwnerKey,

    /// <summary>The roots of the statement's segments do not lead to its state root.</summary>
    InconsistentSegments,

    /// <summary>The proof file is no solvency proof, or does not hold one proof for each segment of the statement; or it is no file of shares of a loss.</summary>
    MalformedProofFile,

    /// <summary>The market data of a statement over a rulebook are not the ones the verifier pinned.</summary>
    WrongMarketData,

    /// <summary>The leaf is of another schema of accounts than the rulebook that the holder brings.</summary>
    WrongSchema,

    /// <summary>A statement about one account is of another kind than was expected, or does not say what its verifier asked for.</summary>
    WrongClaim,

    /// <summary>Something that the caller wants to see proven is only said.</summary>
    NotProven,

    /// <summary>An update of parameters breaks a rule of the rulebook's block <c>meta</c>.</summary>
    UpdateRule,

    /// <summary>The rulebook has no block <c>meta</c>: it judges no update, so nothing can be said of one.</summary>
    NoUpdateRules,

    /// <summary>
    /// An aggregate of a statement about an update is not the one the verifier pinned, or that batches have at that height, or the rulebook has no such aggregate; or aggregates of a batch are not the pinned ones, contradict its roots, or do not go on from those of
    /// the batch before it.
    /// </summary>
    WrongAggregate,

    /// <summary>The venue is not the one the verifier pinned.</summary>
    WrongVenue,

    /// <summary>An update does not begin where the one before it ended.</summary>
    NotAChain,
}

/// <summary>A statement, or an inclusion opening, that is not accepted.</summary>
/// <param name="Code">The check that failed.</param>
/// <param name="Message">The same in a sentence.</param>
/// <param name="Place">Where in the file, as a JSON path, if the file is at fault.</param>
/// <param name="Expected">What would have passed, if that can be said shortly.</param>
/// <param name="Got">What was found instead.</param>
/// <param name="Hint">What to do about it, if there is something to say.</param>
public sealed record StatementRejection(
    StatementRejectionCode Code, string Message, string? Place = null, string? Expected = null, string? Got = null, string? Hint = null)
{
    /// <summary>The sentence with its place, what was expected and what was found.</summary>
    public override string ToString()
    {
        string text = $"{Code}: {Message}";
        if (Place is not null) text += $"; at {Place}";
        if (Expected is not null) text += $"; expected {Expected}";
        if (Got is not null) text += $"; got {Got}";
        return text;
    }
}
