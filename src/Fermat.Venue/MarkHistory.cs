using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Oracles;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Venue;

/// <summary>The marks and funding indices of a venue at each height, derived again from its mark log, whose signed prices are those of its price log.</summary>
internal sealed class MarkHistory
{
    private readonly List<(ulong Height, MarkBook Book, FundingBook Funding)> _books = [];

    private MarkHistory()
    {
    }

    /// <summary>Derives all marks and funding indices again.</summary>
    /// <param name="marks">The mark log.</param>
    /// <param name="prices">The price log, whose sets stand.</param>
    /// <param name="stated">Symbols whose prices the venue may state itself; null for none.</param>
    /// <param name="fault">The first event that does not stand, or null.</param>
    public static MarkHistory? Of(MarkLog marks, PriceLog prices, IReadOnlySet<string>? stated, out PriceEvidenceFault? fault)
    {
        Dictionary<ulong, PriceLogEntry> sets = prices.Entries.ToDictionary(entry => entry.Height);
        HashSet<string> feeds = [.. prices.Rules.Feeds.Select(feed => feed.Name)];
        var history = new MarkHistory();
        (ulong height, MarkBook book, FundingBook funding) = (0, MarkBook.Empty, FundingBook.Empty);
        PriceSet? inForce = null;
        fault = null;
        foreach (MarkLogEntry entry in marks.Entries)
        {
            string where = $"event {entry.Event.Id} of the mark log, height {entry.Height}: ";
            if (!MarkLog.Holds(entry.Event)) return Not(where + "no mark depends on it", out fault);
            if (entry.Height <= height || (book.Due.Count > 0 && entry.Height != height + 1)) return Not(where + (book.Due.Count > 0 ? $"marks are due at height {height + 1}" : $"it comes after height {height}"), out fault);
            if (entry.Event is PricesSet set && Unsigned(set, sets.GetValueOrDefault(entry.Height), feeds) is { } unsigned) return Not(where + unsigned, out fault);
            bool isDue = book.Due.Count > 0;
            if (book.After(entry.Event, out string? problem) is not { } after) return Not(where + problem, out fault, isDue ? PriceEvidenceCode.WrongMark : PriceEvidenceCode.MarkLogRefused);
            if (funding.After(entry.Event, symbol => isDue && Unsourced(symbol, after, prices.Rules, stated) is null, feeds, stated, inForce?.CheckInForce(prices.Rules, entry.Event.Time), out PriceEvidenceFault? unfunded) is not { } funded) return Not(where + unfunded!.Message, out fault, unfunded.Code);
            if (sets.Remove(entry.Height, out PriceLogEntry? signed)) inForce = signed.Set;
            (height, book, funding) = (entry.Height, after, funded);
            history._books.Add((height, book, funding));
        }
        return sets.Count > 0 ? Not($"the price log has a set at height {sets.Keys.Min()}, and the mark log has no such event", out fault) : history;

        static MarkHistory? Not(string message, out PriceEvidenceFault? fault, PriceEvidenceCode code = PriceEvidenceCode.MarkLogRefused)
        {
            fault = new PriceEvidenceFault(-1, code, message);
            return null;
        }
    }

    /// <summary>The marks and funding indices in force where a batch begins.</summary>
    /// <param name="before">The height before the batch.</param>
    /// <param name="end">The batch's last height.</param>
    /// <param name="fault">Why none are: an event of the log in the batch, or marks that were due before it; or null.</param>
    public (MarkBook Marks, FundingBook Funding)? At(ulong before, ulong end, out string? fault)
    {
        int at = _books.FindLastIndex(book => book.Height <= before);
        (MarkBook book, FundingBook funding) = at < 0 ? (MarkBook.Empty, FundingBook.Empty) : (_books[at].Book, _books[at].Funding);
        fault = at + 1 < _books.Count && _books[at + 1].Height <= end ? $"the mark log has an event at height {_books[at + 1].Height}, inside of the batch of heights {before + 1} to {end}"
            : book.Due.Count > 0 ? $"the mark of {book.Due.First().Key} was due at height {_books[at].Height + 1}, before the batch, and the mark log does not set it"
            : null;
        return fault is null ? (book, funding) : null;
    }

    /// <summary>Why a derived mark is no better than the venue's word, or null: the index that it goes back to is neither a feed of the oracle rules nor one that the venue may state.</summary>
    /// <param name="symbol">The instrument.</param>
    /// <param name="book">The marks.</param>
    /// <param name="rules">The oracle rules.</param>
    /// <param name="stated">Symbols whose prices the venue may state itself; null for none.</param>
    public static PriceEvidenceFault? Unsourced(string symbol, MarkBook book, OracleRules rules, IReadOnlySet<string>? stated) =>
        book.SourceOf(symbol) is not { } source || stated?.Contains(source) == true || rules.Feeds.Any(feed => feed.Name == source)
            ? null
            : new PriceEvidenceFault(-1, PriceEvidenceCode.NoPrice, $"the mark of {symbol} is derived from {source}, which no source signs");

    /// <summary>Why an event that sets prices is not that of the signed set of its height, or null.</summary>
    private static string? Unsigned(PricesSet set, PriceLogEntry? signed, HashSet<string> feeds)
    {
        if (signed is null) return set.Prices.Keys.FirstOrDefault(feeds.Contains) is { } feed ? $"it sets the price of {feed}, and the price log has no set of that height" : null;
        if (set.Id.Value != signed.Event || set.Time != signed.Set.Time || set.Source is null || !set.Source.AsSpan().SequenceEqual(signed.Set.Digest().ToArray())) return $"the price log's set of that height is event {signed.Event} of time {signed.Set.Time}, digest {signed.Set.Digest()}";
        return SignedPrices.Difference(set, signed.Set) is { } difference ? $"it {difference}" : null;
    }
}
