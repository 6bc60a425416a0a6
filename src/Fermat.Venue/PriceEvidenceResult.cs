using System.Collections.Immutable;
using Fermat.Engine;
using Fermat.Oracles;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>A batch and the price set that it is said to be valued at.</summary>
/// <param name="Batch">The batch's public inputs.</param>
/// <param name="Set">The price set, with the reports that it was made of.</param>
public sealed record ValuedBatch(TransitionInputs Batch, PriceSet Set);

/// <summary>Why it is not shown that a batch was valued at signed prices.</summary>
public enum PriceEvidenceCode
{
    /// <summary>A price set does not follow from its signed reports; <see cref="PriceEvidenceFault.Rejection"/> says why.</summary>
    SetRefused,

    /// <summary>The price log was made under other rules than the verifier's.</summary>
    OtherRules,

    /// <summary>A set of the price log has no height in the venue's log, or not one after the set before it.</summary>
    NotInLog,

    /// <summary>No set was in force where the batch begins.</summary>
    NoSetInForce,

    /// <summary>A set came into force inside of the batch.</summary>
    SetInsideBatch,

    /// <summary>The set in force has no price of an asset or instrument.</summary>
    NoPrice,

    /// <summary>An asset or instrument is valued at another price than that of the set in force.</summary>
    WrongPrice,

    /// <summary>An asset or instrument is valued with another confidence than that of the set in force, or of its index where its mark is derived.</summary>
    WrongConfidence,

    /// <summary>The batch is valued at a set that was in force before, and no longer.</summary>
    OlderSet,

    /// <summary>The set was in force for longer than the rules allow.</summary>
    TooOld,

    /// <summary>The rulebook has no field where prices are looked for.</summary>
    NotBound,

    /// <summary>The mark log cannot be one: heights, an event that no mark depends on, prices that are not the price log's, an event that a venue with these rules does not take.</summary>
    MarkLogRefused,

    /// <summary>A mark does not follow from signed prices, the venue's inputs and its rules: the mark log says another, or a batch is valued at another.</summary>
    WrongMark,

    /// <summary>An instrument is valued with more or less time to its expiry than it has at the time of the set in force.</summary>
    WrongTime,

    /// <summary>An instrument is valued at another funding index than follows from the ticks of the mark log and the marks in force then.</summary>
    WrongFunding,

    /// <summary>An instrument is valued at a funding index that is not nought, and there is no mark log that it could follow from.</summary>
    NoFunding,

    /// <summary>The batch names another set of signed prices than the one in force, or none; its prices may be the same.</summary>
    OtherSet,
}

/// <summary>A batch that was not valued at signed prices.</summary>
/// <param name="Batch">Its position in the list, from 0; −1 where the price log itself is at fault.</param>
/// <param name="Code">What is wrong.</param>
/// <param name="Message">Why.</param>
/// <param name="Rejection">Where the price set itself is refused: why.</param>
/// <param name="Difference">Where a batch is valued at another number than follows: which.</param>
public sealed record PriceEvidenceFault(int Batch, PriceEvidenceCode Code, string Message, PriceRejection? Rejection = null, PriceDifference? Difference = null);

/// <summary>A number in a batch's market data that is not the one that follows.</summary>
/// <param name="Symbol">The asset or instrument.</param>
/// <param name="Expected">The price, mark or funding index that follows.</param>
/// <param name="Stated">What the market data say.</param>
public sealed record PriceDifference(string Symbol, string Expected, string Stated);

/// <summary>A funding index that was derived again from a mark log.</summary>
/// <param name="Instrument">The instrument.</param>
/// <param name="Index">The index.</param>
/// <param name="Ticks">How many ticks moved it; most instruments have none.</param>
/// <param name="LeastRate">The least rate of these. Rates are the venue's own word.</param>
/// <param name="MostRate">The highest.</param>
public sealed record FundingIndex(string Instrument, Ledger.Events.Quantity Index, int Ticks, Ledger.Events.Quantity LeastRate, Ledger.Events.Quantity MostRate);

/// <summary>The prices of a batch that was valued at a signed set.</summary>
/// <param name="Entry">The set that was in force.</param>
/// <param name="Compared">How many prices of its market data were compared with the set's.</param>
/// <param name="Derived">Instruments whose marks were derived again, and how.</param>
/// <param name="Stated">Symbols whose prices the venue stated itself.</param>
/// <param name="OtherTables">Tables of the rulebook's market data in which no price was looked for.</param>
/// <param name="MostAge">At most how old the set was at the batch's events, in milliseconds: until the next set, or until the batch was seen; null where neither is known.</param>
/// <param name="Funding">The funding index of each instrument, derived again; empty without a mark log, or where the rulebook has none.</param>
/// <param name="StatedFunding">Without a mark log: instruments whose funding index is not nought, on the venue's word.</param>
public sealed record BatchPrices(PriceLogEntry Entry, int Compared, ImmutableSortedDictionary<string, MarkMethod> Derived, ImmutableArray<string> Stated, ImmutableArray<string> OtherTables, long? MostAge, ImmutableArray<FundingIndex> Funding, ImmutableArray<string> StatedFunding);

/// <summary>Whether batches were valued at the sets of a price log.</summary>
/// <param name="Fault">The first fault, or null.</param>
/// <param name="Batches">For each batch its prices; empty where there is a fault.</param>
public sealed record PriceLogResult(PriceEvidenceFault? Fault, ImmutableArray<BatchPrices> Batches);
