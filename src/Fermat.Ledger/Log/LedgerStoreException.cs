namespace Fermat.Ledger.Log;

/// <summary>Every way in which a store can fail. Names are stable.</summary>
public enum LedgerStoreFailure
{
    /// <summary>No room is left. What was acknowledged is safe.</summary>
    Full = 1,

    /// <summary>The store cannot be reached or read or written.</summary>
    Unavailable,

    /// <summary>Another process has it.</summary>
    InUse,

    /// <summary>It is not a ledger, or of a version that this program does not know.</summary>
    WrongFormat,

    /// <summary>The store's own structure is damaged.</summary>
    Damaged,

    /// <summary>A block is missing, or its bytes are not those that were written.</summary>
    CorruptBlock,

    /// <summary>A block is whole, and its events do not follow from the state before: it was made by other code, or by a hand.</summary>
    ImpossibleEvent,

    /// <summary>An earlier failure left the ledger ahead of its store; open it again.</summary>
    Stopped,
}

/// <summary>A store failed, or what it holds is damaged.</summary>
public sealed class LedgerStoreException : Exception
{
    /// <summary>Names a failure.</summary>
    /// <param name="failure">Its kind.</param>
    /// <param name="message">What is wrong, and what to do.</param>
    /// <param name="block">The number of the block that it is about.</param>
    /// <param name="inner">What the store said.</param>
    public LedgerStoreException(LedgerStoreFailure failure, string message, long? block = null, Exception? inner = null)
        : base(message, inner)
    {
        Failure = failure;
        Block = block;
    }

    /// <summary>Its kind.</summary>
    public LedgerStoreFailure Failure { get; }

    /// <summary>The number of the block that it is about.</summary>
    public long? Block { get; }
}
