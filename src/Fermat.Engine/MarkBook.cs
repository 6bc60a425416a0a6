using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Fermat.Ledger.Events;
using Fermat.Oracles;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Engine;

/// <summary>
/// The marks that follow from the events of a log: prices and samples, rules and surfaces, funding, and what is listed. All of these are public and touch no account, so whoever has them derives the same marks.
/// Marks follow from each <see cref="PricesSet"/> and <see cref="MarksUpdated"/>: those that change are <see cref="Due"/>, and the next event must set exactly these, at the same time. A book is never changed; <see cref="After"/> makes the next one.
/// </summary>
/// <remarks>One thread at a time.</remarks>
public sealed class MarkBook
{
    private static readonly ImmutableSortedDictionary<string, Amount> Nothing = ImmutableSortedDictionary.Create<string, Amount>(StringComparer.Ordinal);

    private ImmutableDictionary<InstrumentKind, MarkRule> _classes = ImmutableDictionary<InstrumentKind, MarkRule>.Empty;
    private ImmutableDictionary<string, MarkRule> _rules = ImmutableDictionary.Create<string, MarkRule>(StringComparer.Ordinal);
    private ImmutableDictionary<string, MarkSurface> _surfaces = ImmutableDictionary.Create<string, MarkSurface>(StringComparer.Ordinal);
    private ImmutableSortedDictionary<string, MarkedInstrument> _instruments = ImmutableSortedDictionary.Create<string, MarkedInstrument>(StringComparer.Ordinal);

    private ImmutableDictionary<string, Amount> _confidences = ImmutableDictionary.Create<string, Amount>(StringComparer.Ordinal);

    private MarkBook()
    {
    }

    private MarkBook(MarkBook other) => (_classes, _rules, _surfaces, _instruments, Prices, _confidences, Due, DueConfidences, Time) = (other._classes, other._rules, other._surfaces, other._instruments, other.Prices, other._confidences, other.Due, other.DueConfidences, other.Time);

    /// <summary>Before the first event.</summary>
    public static MarkBook Empty { get; } = new();

    /// <summary>The prices in force, by feed.</summary>
    public ImmutableDictionary<string, Amount> Prices { get; private set; } = ImmutableDictionary.Create<string, Amount>(StringComparer.Ordinal);

    /// <summary>How sure the sources are of the price in force of a feed, as a share of one; a mark that was derived is as sure as the index that it goes back to.</summary>
    /// <param name="feed">The feed.</param>
    public Amount ConfidenceOf(string feed) => _confidences.TryGetValue(feed, out Amount confidence) ? confidence : new Amount(1);

    /// <summary>The marks that must be set next, before all else; none where no mark has changed.</summary>
    public ImmutableSortedDictionary<string, Amount> Due { get; private set; } = Nothing;

    /// <summary>How sure these marks are, where that is less than one; null where all are sure.</summary>
    public ImmutableSortedDictionary<string, Amount>? DueConfidences { get; private set; }

    /// <summary>The time of the last event that was taken, in milliseconds since 1970.</summary>
    public long Time { get; private set; }

    /// <summary>How the mark of an instrument follows; null where the venue or its sources state it, and of what is not listed.</summary>
    /// <param name="symbol">The instrument's.</param>
    public MarkMethod? MethodOf(string symbol) => symbol is not null && _instruments.TryGetValue(symbol, out MarkedInstrument? instrument) && RuleOf(instrument.Terms) is { Method: not MarkMethod.Stated and var method } ? method : null;

    /// <summary>The feed that a derived mark goes back to: its index, or that of the instrument whose derived mark is its forward; null where the mark is not derived.</summary>
    /// <param name="symbol">The instrument.</param>
    public string? SourceOf(string symbol) => MethodOf(symbol) is null ? null : IndexBehind(_instruments[symbol], RuleOf(_instruments[symbol].Terms)!);

    /// <summary>The event that sets the marks that are due.</summary>
    /// <param name="id">Its name.</param>
    public PricesSet DueSet(EventId id) => new(id, Time, Due, null) { Confidences = DueConfidences };

    /// <summary>The book after one more event.</summary>
    /// <param name="cause">An event that the ledger takes, in the order of the log.</param>
    /// <param name="problem">Why it cannot come next: another mark than the derived one, a mark that no longer can be derived, no rule; null where it can.</param>
    /// <returns>The book, the same where the event has nothing to do with marks; null where there is a problem.</returns>
    public MarkBook? After(LedgerEvent cause, out string? problem)
    {
        ArgumentNullException.ThrowIfNull(cause);
        problem = null;
        if (Due.Count > 0) return Settled(cause, out problem);
        if (cause is not (InstrumentListed or PricesSet or FundingTick or MarksUpdated)) return this;
        if (cause.Time < Time)
        {
            problem = $"its time {cause.Time} is before {Time}";
            return null;
        }
        var next = new MarkBook(this) { Time = cause.Time };
        problem = cause switch
        {
            InstrumentListed e => next.List(e.Instrument),
            FundingTick e => next.Tick(e),
            PricesSet e => next.Price(e) ?? next.Derive(e.Prices),
            MarksUpdated e => next.Update(e) ?? next.Derive(null),
            _ => null,
        };
        return problem is null ? next : null;
    }

    /// <summary>Whether an event is the one that sets the marks that are due.</summary>
    private MarkBook? Settled(LedgerEvent cause, out string? problem)
    {
        problem = null;
        if (cause is not PricesSet { Source: null } set || set.Time != Time) problem = $"the marks that follow from the event before come first: {Say(Due.First())}{(Due.Count > 1 ? $" and {Due.Count - 1} more" : "")}, at time {Time}, without a source";
        else if (Due.FirstOrDefault(mark => !set.Prices.TryGetValue(mark.Key, out Amount said) || said != mark.Value) is { Key: not null } other) problem = $"{Say(other)}, by {Name(MethodOf(other.Key)!.Value)}, and the event says {(set.Prices.TryGetValue(other.Key, out Amount said) ? said : "nothing of it")}";
        else if (set.Prices.Keys.FirstOrDefault(symbol => !Due.ContainsKey(symbol)) is { } more) problem = $"no mark of {more} is due";
        else if (Due.Keys.Concat(set.Confidences?.Keys ?? []).FirstOrDefault(symbol => Said(set.Confidences, symbol) != Said(DueConfidences, symbol)) is { } unsure)
            problem = $"the mark of {unsure} is as sure as its index, {Said(DueConfidences, unsure) ?? new Amount(1)}, and the event says {Said(set.Confidences, unsure)?.ToString() ?? "nothing of it"}";
        return problem is null ? new MarkBook(this) { Due = Nothing, DueConfidences = null, Prices = Prices.SetItems(Due), _confidences = Taken(Due.Keys, DueConfidences) } : null;

        static Amount? Said(IReadOnlyDictionary<string, Amount>? confidences, string symbol) => confidences is not null && confidences.TryGetValue(symbol, out Amount confidence) ? confidence : null;
    }

    private string? List(InstrumentTerms terms)
    {
        if (_instruments.ContainsKey(terms.Symbol)) return $"{terms.Symbol} is listed already";
        _instruments = _instruments.Add(terms.Symbol, new MarkedInstrument(terms));
        return Contradiction();
    }

    private string? Tick(FundingTick e)
    {
        if (!_instruments.TryGetValue(e.Instrument, out MarkedInstrument? instrument)) return $"there is no instrument {e.Instrument}";
        _instruments = _instruments.SetItem(e.Instrument, instrument with { Rate = MarkedInstrument.Units(e.Rate, DerivedMarks.RateScale) });
        return null;
    }

    private string? Update(MarksUpdated e)
    {
        try
        {
            MarkRulesJson change = MarkRulesJson.Read(e.Change);
            (_classes, _rules, _surfaces) = (_classes.SetItems(change.Classes), _rules.SetItems(change.Instruments), _surfaces.SetItems(change.Surfaces));
            return Contradiction();
        }
        catch (FormatException wrong)
        {
            return wrong.Message;
        }
    }

    /// <summary>A rule that is none for its instrument, or that would derive a mark from one that is derived later.</summary>
    private string? Contradiction()
    {
        foreach ((string symbol, MarkedInstrument instrument) in _instruments)
        {
            if (RuleOf(instrument.Terms) is not { } rule) continue;
            if (MarkRulesJson.Mismatch(instrument.Terms.Kind, rule) is { } wrong) return $"instruments.{symbol}: {wrong}";
            if (rule.Method == MarkMethod.Stated) continue;
            if (instrument.Index(rule) is not { } index) return $"instruments.{symbol}: it has no underlying, so its rule must name its {(rule.Method == MarkMethod.Black76 ? "forward" : "index")}";
            if (MethodOf(index) is { } method && (method == MarkMethod.Black76 || rule.Method != MarkMethod.Black76)) return $"instruments.{symbol}: {index} is a derived mark, and is no index";
        }
        return null;
    }

    private string? Price(PricesSet e)
    {
        if (e.Confidences?.Keys.FirstOrDefault(feed => !e.Prices.ContainsKey(feed)) is { } unpriced) return $"it has a confidence of {unpriced}, and no price";
        foreach (string feed in e.Prices.Keys)
            if (MethodOf(feed) is { } method) return $"the mark of {feed} is derived, by {Name(method)}: an event from outside does not set it";
        Prices = Prices.SetItems(e.Prices);
        _confidences = Taken(e.Prices.Keys, e.Confidences);
        foreach ((string symbol, MarkedInstrument instrument) in _instruments)
            if (RuleOf(instrument.Terms) is { } rule && instrument.Sampled(rule, e, Prices) is { } sampled) _instruments = _instruments.SetItem(symbol, sampled);
        return null;
    }

    /// <summary>Derives all marks, those of options last, since their forwards can be derived marks.</summary>
    /// <param name="set">The prices that were just set; null where none were. An instrument that has expired gets its last mark from the first price of its index after that.</param>
    private string? Derive(IReadOnlyDictionary<string, Amount>? set)
    {
        ImmutableDictionary<string, Amount> prices = Prices;
        foreach (bool options in (bool[])[false, true])
            foreach ((string symbol, MarkedInstrument instrument) in _instruments)
            {
                if (RuleOf(instrument.Terms) is not { Method: not MarkMethod.Stated } rule || options != (rule.Method == MarkMethod.Black76)) continue;
                bool expired = instrument.Terms.Expiry <= Time;
                if (expired && (instrument.IsFinal || set?.ContainsKey(IndexBehind(instrument, rule)) != true)) continue;
                if (instrument.Derive(rule, prices, _surfaces, Time, out string? why) is not { } mark)
                {
                    if (instrument.IsDerived) return $"no mark of {symbol} follows any more, by {Name(rule.Method)}: {why}";
                    continue;
                }
                _instruments = _instruments.SetItem(symbol, instrument with { IsDerived = true, IsFinal = expired });
                Amount sure = ConfidenceOf(IndexBehind(instrument, rule));
                if (prices.TryGetValue(symbol, out Amount old) && old == mark && ConfidenceOf(symbol) == sure) continue;
                (prices, Due) = (prices.SetItem(symbol, mark), Due.SetItem(symbol, mark));
                if (sure != new Amount(1)) DueConfidences = (DueConfidences ?? Nothing).SetItem(symbol, sure);
            }
        return null;
    }

    private ImmutableDictionary<string, Amount> Taken(IEnumerable<string> priced, IReadOnlyDictionary<string, Amount>? confidences) => _confidences.RemoveRange(priced).SetItems(confidences ?? Nothing);

    /// <summary>The feed that a mark goes back to: that of the instrument whose derived mark is the forward.</summary>
    private string IndexBehind(MarkedInstrument instrument, MarkRule rule)
    {
        string index = instrument.Index(rule)!;
        return MethodOf(index) is null ? index : _instruments[index].Index(RuleOf(_instruments[index].Terms)!)!;
    }

    private MarkRule? RuleOf(InstrumentTerms terms) => _rules.TryGetValue(terms.Symbol, out MarkRule? own) ? own : _classes.GetValueOrDefault(terms.Kind);

    private static string Say(KeyValuePair<string, Amount> mark) => $"the mark of {mark.Key} is {mark.Value}";

    /// <summary>A method as events name it.</summary>
    /// <param name="method">The method.</param>
    [SuppressMessage("Globalization", "CA1308", Justification = "names of methods are lower-case")]
    public static string Name(MarkMethod method) => method switch
    {
        MarkMethod.IndexAndBasis => "index-and-basis",
        MarkMethod.Black76 => "black-76",
        _ => method.ToString().ToLowerInvariant(),
    };
}
