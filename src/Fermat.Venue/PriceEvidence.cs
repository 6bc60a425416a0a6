using System.Collections.Immutable;
using System.Numerics;
using Fermat.Engine;
using Fermat.Hashing;
using Fermat.Oracles;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Transitions;

namespace Fermat.Venue;

/// <summary>
/// Shows that batches of statement T were valued at prices that a quorum of sources signed. Market data are public inputs, so nothing of this needs a proof: each price set is made again from its own signed reports, and its prices and confidences are compared with those
/// in the market data, of every asset and every instrument; so are funding indices with those that follow from a <see cref="MarkLog"/>.
/// </summary>
/// <remarks>
/// What it does not show: that there was no later set in between. Sets must follow each other in time, so an older one cannot come back; when an event happened is not public. With a <see cref="PriceLog"/> the set in force follows from the heights, every change
/// of a price is accounted for, and no set may be in force for longer than the rules' largest age, which bounds what could have been held back.
/// </remarks>
public static class PriceEvidence
{
    /// <summary>The first batch that was not valued at signed prices, or null.</summary>
    /// <param name="rules">Whose reports count, and when. The verifier's own.</param>
    /// <param name="batches">Batches that follow each other, each with its price set; one set may serve several.</param>
    /// <param name="stated">Symbols whose prices the venue states itself, such as its quote asset's; null for none.</param>
    /// <param name="binding">Which fields prices are in; null for the names of the standard rulebooks.</param>
    /// <param name="allowsStatedFunding">Whether funding indices may be the venue's word. If not, they must be nought: a price set has no funding.</param>
    /// <exception cref="ArgumentException">The rules are none.</exception>
    public static PriceEvidenceFault? Check(OracleRules rules, IReadOnlyList<ValuedBatch> batches, IReadOnlySet<string>? stated = null, EngineBinding? binding = null, bool allowsStatedFunding = false)
    {
        ArgumentNullException.ThrowIfNull(batches);
        binding ??= new EngineBinding();
        var sets = new PriceSets(rules);
        Digest? last = null;
        for (int i = 0; i < batches.Count; i++)
        {
            (TransitionInputs batch, PriceSet set) = (batches[i].Batch, batches[i].Set);
            Digest digest = set.Digest();
            if (digest != last && sets.Check(set) is { } refused) return new PriceEvidenceFault(i, PriceEvidenceCode.SetRefused, $"the price set of {set.Time} is refused: {refused.Message}", refused);
            last = digest;
            (List<Valued>? prices, PriceEvidenceFault? fault) = PricesOf(batch, binding, i);
            if (fault is not null) return fault;
            if ((Compare(prices!, set, stated) ?? ConfidenceEvidence.Problem(batch, binding, set, stated, MarkBook.Empty)) is { } different) return different with { Batch = i };
            if (batch.PriceSet != digest) return new PriceEvidenceFault(i, PriceEvidenceCode.OtherSet, Named(batch, digest));
            if (TimeEvidence.Problem(batch, binding, set.Time, until: null) is { } untimely) return new PriceEvidenceFault(i, PriceEvidenceCode.WrongTime, untimely);
            if (!allowsStatedFunding && FundingEvidence.Of(batch, binding).Select(FundingEvidence.Unfounded).FirstOrDefault(wrong => wrong is not null) is { } unfounded) return unfounded with { Batch = i };
        }
        return null;
    }

    /// <summary>Which set of a venue's price log each batch was valued at: the last one whose height is not after the batch's beginning.</summary>
    /// <param name="rules">Whose reports count, and when. The verifier's own.</param>
    /// <param name="log">The venue's price log; all of its sets are made again.</param>
    /// <param name="batches">Batches that follow each other (<see cref="TransitionChain.Check"/>).</param>
    /// <param name="now">When the last batch was seen, in milliseconds since 1970: the set that was in force until then may not be too old. Null: the age of a set that no other follows is not judged.</param>
    /// <param name="stated">Symbols whose prices the venue states itself, such as its quote asset's; null for none.</param>
    /// <param name="binding">Which fields prices are in; null for the names of the standard rulebooks.</param>
    /// <param name="marks">The venue's mark log: marks that its rules derive, and funding indices, are derived again, from the signed prices. Null: each mark must be the set's, or stated.</param>
    /// <param name="allowsStatedFunding">Without a mark log: whether funding indices may be the venue's word. If not, they must be nought.</param>
    /// <exception cref="ArgumentException">The rules are none.</exception>
    public static PriceLogResult Check(OracleRules rules, PriceLog log, IReadOnlyList<TransitionInputs> batches, long? now = null, IReadOnlySet<string>? stated = null, EngineBinding? binding = null, MarkLog? marks = null, bool allowsStatedFunding = false)
    {
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(batches);
        binding ??= new EngineBinding();
        if (rules.Digest() != log.Rules.Digest()) return Not(-1, PriceEvidenceCode.OtherRules, $"the price log was made under rules {log.Rules.Digest()}, not under {rules.Digest()}");
        (log with { Rules = rules }).Replay(out PriceLogFault? broken);
        if (broken is not null) return new PriceLogResult(new PriceEvidenceFault(-1, broken.Rejection is null ? PriceEvidenceCode.NotInLog : PriceEvidenceCode.SetRefused, broken.Message, broken.Rejection), []);
        if (log.Entries.FirstOrDefault(entry => entry.Height == 0) is { } loose) return Not(-1, PriceEvidenceCode.NotInLog, $"the set of event {loose.Event} has no height: it is in no venue's log yet");
        PriceEvidenceFault? unmarked = null;
        MarkHistory? history = marks is null ? null : MarkHistory.Of(marks, log with { Rules = rules }, stated, out unmarked);
        if (unmarked is not null) return new PriceLogResult(unmarked, []);
        var valued = ImmutableArray.CreateBuilder<BatchPrices>();
        for (int i = 0; i < batches.Count; i++)
        {
            TransitionInputs batch = batches[i];
            int at = log.Entries.Count(entry => entry.Height <= batch.Height) - 1;                  // heights rise
            if (at < 0) return Not(i, PriceEvidenceCode.NoSetInForce, $"no set of the price log is in force at height {batch.Height}, where the batch begins");
            PriceLogEntry? next = at + 1 < log.Entries.Length ? log.Entries[at + 1] : null;
            if (next?.Height <= batch.EndHeight) return Not(i, PriceEvidenceCode.SetInsideBatch, $"the price log has a set at height {next.Height}, inside of the batch of heights {batch.Height + 1} to {batch.EndHeight}, and a batch has one set");
            string? open = null;
            (MarkBook book, FundingBook funding) = history?.At(batch.Height, batch.EndHeight, out open) ?? (MarkBook.Empty, FundingBook.Empty);
            if (open is not null) return Not(i, PriceEvidenceCode.MarkLogRefused, open);
            (List<Valued>? prices, PriceEvidenceFault? fault) = PricesOf(batch, binding, i);
            if (fault is not null) return new PriceLogResult(fault, []);
            ImmutableSortedDictionary<string, MarkMethod> derived = prices!.Where(price => book.MethodOf(price.Symbol) is not null).ToImmutableSortedDictionary(price => price.Symbol, price => book.MethodOf(price.Symbol)!.Value, StringComparer.Ordinal);
            foreach (Valued price in prices!.Where(price => derived.ContainsKey(price.Symbol)))
                if ((Underived(price, book) ?? (stated?.Contains(price.Symbol) == true ? null : MarkHistory.Unsourced(price.Symbol, book, rules, stated))) is { } wrong) return new PriceLogResult(wrong with { Batch = i }, []);
            prices!.RemoveAll(price => derived.ContainsKey(price.Symbol));
            if (Compare(prices!, log.Entries[at].Set, stated) is { } different)
            {
                PriceLogEntry? older = log.Entries.Take(at).LastOrDefault(entry => Compare(prices!, entry.Set, stated) is null);
                return older is null
                    ? new PriceLogResult(different with { Batch = i, Message = $"{different.Message} (event {log.Entries[at].Event}, in force from height {log.Entries[at].Height})" }, [])
                    : Not(i, PriceEvidenceCode.OlderSet, $"the batch is valued at the older set of height {older.Height}, and that of height {log.Entries[at].Height} was in force: {different.Message}");
            }
            if (ConfidenceEvidence.Problem(batch, binding, log.Entries[at].Set, stated, book) is { } unsure) return new PriceLogResult(unsure with { Batch = i, Message = $"{unsure.Message} (event {log.Entries[at].Event}, in force from height {log.Entries[at].Height})" }, []);
            Digest inForce = log.Entries[at].Set.Digest();
            if (batch.PriceSet != inForce)
            {
                PriceLogEntry? named = log.Entries.Take(at).LastOrDefault(entry => entry.Set.Digest() == batch.PriceSet);
                return named is null ? Not(i, PriceEvidenceCode.OtherSet, $"{Named(batch, inForce)} (event {log.Entries[at].Event}, in force from height {log.Entries[at].Height})")
                    : Not(i, PriceEvidenceCode.OlderSet, $"the batch names the older set of height {named.Height}, and that of height {log.Entries[at].Height} was in force");
            }
            long? until = next?.Set.Time ?? now;
            if (TimeEvidence.Problem(batch, binding, log.Entries[at].Set.Time, until) is { } untimely) return Not(i, PriceEvidenceCode.WrongTime, $"{untimely} (event {log.Entries[at].Event})");
            if (until is { } end && log.Entries[at].Set.CheckInForce(rules, end) is { } old) return new PriceLogResult(Aged(i, log.Entries[at], next, old), []);
            List<Valued> indices = FundingEvidence.Of(batch, binding);
            PriceEvidenceFault? unfunded = history is not null ? indices.Select(index => FundingEvidence.Underived(index, funding)).FirstOrDefault(wrong => wrong is not null)
                : allowsStatedFunding ? null : indices.Select(FundingEvidence.Unfounded).FirstOrDefault(wrong => wrong is not null);
            if (unfunded is not null) return new PriceLogResult(unfunded with { Batch = i }, []);
            string[] own = [.. prices!.Select(price => price.Symbol).Where(symbol => stated?.Contains(symbol) == true).Distinct(StringComparer.Ordinal)];
            valued.Add(new BatchPrices(log.Entries[at], prices!.Count(price => stated?.Contains(price.Symbol) != true), derived, [.. own], NotLooked(batch, binding), until - log.Entries[at].Set.Time,
                history is null ? [] : [.. indices.Select(index => funding.Of(index.Symbol))], history is null ? [.. indices.Where(index => !index.Units.IsZero).Select(index => index.Symbol)] : []));
        }
        return new PriceLogResult(null, valued.ToImmutable());

        static PriceLogResult Not(int batch, PriceEvidenceCode code, string message) => new(new PriceEvidenceFault(batch, code, message), []);
    }

    private static string Named(TransitionInputs batch, Digest inForce) => batch.PriceSet == default
        ? $"the batch names no set of signed prices, and {inForce} was in force" : $"the batch names the set of signed prices {batch.PriceSet}, and {inForce} was in force";

    private static PriceEvidenceFault Aged(int batch, PriceLogEntry entry, PriceLogEntry? next, PriceRejection why) => new(batch, PriceEvidenceCode.TooOld, next is null
        ? $"the set of height {entry.Height} is the last, and too old for the batch: {why.Message}"
        : $"the set of height {entry.Height} stayed in force until that of height {next.Height}, so nothing shows that the batch's events were not valued at a stale one: {why.Message}", why);

    /// <summary>Every price in a batch's market data.</summary>
    private static (List<Valued>? Prices, PriceEvidenceFault? Fault) PricesOf(TransitionInputs batch, EngineBinding binding, int position)
    {
        var prices = new List<Valued>();
        ImmutableArray<MarketTable> tables = batch.Rulebook.Schema.Tables;
        for (int t = 0; t < tables.Length; t++)
        {
            if (FieldOf(tables[t].Name, binding) is not { } name) continue;
            int f = tables[t].FieldOf(name);
            if (f < 0 || tables[t].Fields[f] is not { Type: FieldType.Number { Quantity: var quantity } }) return (null, Unbound($"the rulebook's table {tables[t].Name} has no number {name}"));
            foreach (MarketRecord record in batch.Market.Tables[t]) prices.Add(new Valued(record.Symbol, record.Fields[f].Integer, quantity.Scale));
        }
        return batch.Rulebook.Schema.TableOf(binding.AssetTable) >= 0 ? (prices, null) : (null, Unbound($"the rulebook has no table {binding.AssetTable}"));

        PriceEvidenceFault Unbound(string what) => new(position, PriceEvidenceCode.NotBound, $"{what}, so no price is found to compare: a binding says where prices are");
    }

    private static string? FieldOf(string table, EngineBinding binding) => table == binding.AssetTable ? binding.Index : table == binding.InstrumentTable ? binding.Mark : null;

    private static ImmutableArray<string> NotLooked(TransitionInputs batch, EngineBinding binding) => [.. batch.Rulebook.Schema.Tables.Where(table => FieldOf(table.Name, binding) is null).Select(table => table.Name)];

    private static PriceEvidenceFault? Compare(List<Valued> prices, PriceSet set, IReadOnlySet<string>? stated)
    {
        foreach (Valued price in prices)
        {
            if (stated?.Contains(price.Symbol) == true) continue;
            if (set.Feeds.FirstOrDefault(feed => feed.Feed == price.Symbol) is not { } feed) return new PriceEvidenceFault(-1, PriceEvidenceCode.NoPrice, $"the price set has no price of {price.Symbol}");
            (BigInteger left, BigInteger right) = (price.Units * BigInteger.Pow(10, feed.Price.Scale), feed.Price.Mantissa * BigInteger.Pow(10, price.Scale));
            if (left != right) return price.Not($"{feed.Price}", PriceEvidenceCode.WrongPrice, $"{price.Symbol} is valued at {price}, and the sources say {feed.Price}");
        }
        return null;
    }

    /// <summary>Why a mark is not the one that is derived, or null.</summary>
    private static PriceEvidenceFault? Underived(Valued price, MarkBook book)
    {
        string by = MarkBook.Name(book.MethodOf(price.Symbol)!.Value);
        if (!book.Prices.TryGetValue(price.Symbol, out Ledger.Events.Quantity mark)) return new PriceEvidenceFault(-1, PriceEvidenceCode.NoPrice, $"no mark of {price.Symbol} follows yet, by {by}");
        return price.Is(mark) ? null : price.Not($"{mark}", PriceEvidenceCode.WrongMark, $"{price.Symbol} is valued at {price}, and its mark, by {by}, is {mark}");
    }
}
