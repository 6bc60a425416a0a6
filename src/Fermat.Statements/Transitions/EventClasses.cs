namespace Fermat.Statements.Transitions;

/// <summary>The classes that are shown, which are all but <see cref="EventClass.Ordinary"/>: their names in files, and in words.</summary>
internal static class EventClasses
{
    /// <summary>By class, in the order of a statement's file.</summary>
    public static readonly (EventClass Class, string Name, string Words)[] Shown =
    [
        (EventClass.Forced, "forced", "forced"),
        (EventClass.Deleveraging, "deleveraged", "deleveraged"),
        (EventClass.LossShare, "lossShares", "a share of a loss"),
        (EventClass.Settlement, "settled", "settled"),
        (EventClass.VariationMargin, "variationMargin", "settled and going on"),
        (EventClass.Rejected, "rejected", "rejected"),
        (EventClass.ProvenRejected, "provenRejected", "proven to be rejected"),
        (EventClass.RejectedBorrowing, "rejectedBorrowing", "rejected for borrowing"),
    ];

    /// <summary>A class in words.</summary>
    public static string Words(EventClass shown) => Shown.First(one => one.Class == shown).Words;
}
