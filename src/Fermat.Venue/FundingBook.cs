using System.Collections.Immutable;
using Fermat.Ledger.Events;
using Fermat.Oracles;
using Amount = Fermat.Ledger.Events.Quantity;

namespace Fermat.Venue;

/// <summary>
/// The funding indices that follow from the events of a mark log, as the ledger moves them: by ⌊rate · mark⌋ at each <see cref="FundingTick"/>, at the mark in force then. A book is never changed; <see cref="After"/> makes the next one.
/// </summary>
internal sealed class FundingBook
{
    private static readonly ImmutableSortedDictionary<string, Funded> Nothing = ImmutableSortedDictionary.Create<string, Funded>(StringComparer.Ordinal);

    private readonly ImmutableSortedDictionary<string, Funded> _instruments;

    private FundingBook(ImmutableSortedDictionary<string, Funded> instruments) => _instruments = instruments;

    /// <summary>Before the first event.</summary>
    public static FundingBook Empty { get; } = new(Nothing);

    /// <summary>An instrument's index, and what it came from; nought where it is not listed.</summary>
    public FundingIndex Of(string symbol) => _instruments.TryGetValue(symbol, out Funded? funded)
        ? new FundingIndex(symbol, new Amount(funded.Index, funded.Terms.PriceScale), funded.Ticks, funded.Least, funded.Most)
        : new FundingIndex(symbol, default, 0, default, default);

    /// <summary>The book after one more event of the mark log.</summary>
    /// <param name="cause">The event, which follows by the mark book's rules.</param>
    /// <param name="isDerived">Whether the mark of a symbol is one that it sets since it was due, and that goes back to an index which is shown.</param>
    /// <param name="signed">The signed feeds, of the oracle rules.</param>
    /// <param name="stated">Symbols whose prices the venue may state itself.</param>
    /// <param name="aged">Why nothing may be valued at the signed set in force any more, at the event's time; or null.</param>
    /// <param name="fault">Why it cannot come next, or null.</param>
    public FundingBook? After(LedgerEvent cause, Func<string, bool> isDerived, IReadOnlySet<string> signed, IReadOnlySet<string>? stated, PriceRejection? aged, out PriceEvidenceFault? fault)
    {
        fault = null;
        switch (cause)
        {
            case InstrumentListed e:
                return new FundingBook(_instruments.Add(e.Instrument.Symbol, new Funded(e.Instrument)));
            case PricesSet e:
                ImmutableSortedDictionary<string, Funded> marked = _instruments;
                foreach ((string symbol, Amount price) in e.Prices)
                {
                    if (!marked.TryGetValue(symbol, out Funded? instrument)) continue;
                    if (!price.TryAt(instrument.Terms.PriceScale, out Int128 units) || units < 0 || units > long.MaxValue) return Not(PriceEvidenceCode.MarkLogRefused, $"{price} is no price of {symbol}", out fault);
                    marked = marked.SetItem(symbol, instrument with { Mark = (long)units, IsShown = isDerived(symbol) || signed.Contains(symbol) });
                }
                return new FundingBook(marked);
            case FundingTick e:
                return Ticked(e, stated, aged, out fault);
            default:
                return this;
        }
    }

    private FundingBook? Ticked(FundingTick e, IReadOnlySet<string>? stated, PriceRejection? aged, out PriceEvidenceFault? fault)
    {
        fault = null;
        Funded instrument = _instruments[e.Instrument];                                              // the mark book knows it
        if (instrument.Terms.Kind is not (InstrumentKind.LinearPerpetual or InstrumentKind.InversePerpetual)) return Not(PriceEvidenceCode.MarkLogRefused, $"{e.Instrument} is not a perpetual, and has no funding", out fault);
        if (instrument.Mark is not { } mark) return Not(PriceEvidenceCode.MarkLogRefused, $"{e.Instrument} has no mark yet that funding could be a share of", out fault);
        if (e.StepAt(mark) is not { } step || (Int128)instrument.Index + step is var index && (index > long.MaxValue || index < -long.MaxValue)) return Not(PriceEvidenceCode.MarkLogRefused, $"the funding index of {e.Instrument} would not fit", out fault);
        if (stated?.Contains(e.Instrument) != true)
        {
            if (!instrument.IsShown) return Not(PriceEvidenceCode.NoPrice, $"the funding of {e.Instrument} is a share of the mark {new Amount(mark, instrument.Terms.PriceScale)}, which is neither signed nor derived", out fault);
            if (aged is not null) return Not(PriceEvidenceCode.TooOld, $"the funding of {e.Instrument} is a share of a mark that was too old: {aged.Message}", out fault);
        }
        bool first = instrument.Ticks == 0;
        return new FundingBook(_instruments.SetItem(e.Instrument, instrument with
        {
            Index = (long)index,
            Ticks = instrument.Ticks + 1,
            Least = first || Below(e.Rate, instrument.Least) ? e.Rate : instrument.Least,
            Most = first || Below(instrument.Most, e.Rate) ? e.Rate : instrument.Most,
        }));
    }

    /// <summary>Whether one rate is below another; both fit at the largest scale, or there was no step.</summary>
    private static bool Below(Amount a, Amount b) => a.TryAt(Amount.MaxScale, out Int128 x) && b.TryAt(Amount.MaxScale, out Int128 y) && x < y;

    private static FundingBook? Not(PriceEvidenceCode code, string message, out PriceEvidenceFault? fault)
    {
        fault = new PriceEvidenceFault(-1, code, message);
        return null;
    }

    /// <summary>What an instrument's index follows from.</summary>
    /// <param name="Terms">Its terms.</param>
    /// <param name="Mark">Its mark in force, in units of its price scale; null before the first.</param>
    /// <param name="IsShown">Whether that mark is signed or derived.</param>
    /// <param name="Index">Its index, in the same units.</param>
    /// <param name="Ticks">How many ticks moved it.</param>
    /// <param name="Least">The least of their rates.</param>
    /// <param name="Most">The highest.</param>
    private sealed record Funded(InstrumentTerms Terms, long? Mark = null, bool IsShown = false, long Index = 0, int Ticks = 0, Amount Least = default, Amount Most = default);
}
