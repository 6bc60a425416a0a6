using System.Text.Json.Nodes;
using Fermat.Ledger.Events;
using Fermat.Margin;
using Code = Fermat.Ledger.State.LedgerRejectionCode;

namespace Fermat.Ledger.State;

/// <summary>Events that change what can be traded and how it is valued.</summary>
internal sealed partial class Posting
{
    private static readonly Int128 One = new Quantity(1).TryAt(Quantity.MaxScale, out Int128 one) ? one : throw new InvalidOperationException();
    private static readonly Dictionary<string, Quantity> NoConfidences = [];
    private const string MarksHint = "Write one canonical JSON object of classes, instruments and surfaces: names sorted, no spaces.";

    private bool Apply(AssetListed e)
    {
        if (!Symbol(e.Asset)) return false;
        if (e.Scale is < 0 or > BookLimits.MaxAmountScale) return Reject(Code.InvalidTerms, $"{e.Scale} decimals.", $"An asset has 0 to {BookLimits.MaxAmountScale}.");
        if (state.Assets.Count >= LedgerLimits.MaxAssets) return Reject(Code.LimitExceeded, $"There are {LedgerLimits.MaxAssets} assets.", "Keep a second ledger.");
        newAsset = new AssetState(state.Assets.Count, e.Asset, e.Scale);
        return true;
    }

    private bool Apply(InstrumentListed e)
    {
        InstrumentTerms terms = e.Instrument;
        if (terms is null) return Reject(Code.MalformedEvent, "The instrument has no terms.", "Give its terms.");
        if (!Symbol(terms.Symbol) || !Asset(terms.Settle, out AssetState settle)) return false;
        if (state.Instruments.Count >= LedgerLimits.MaxInstruments) return Reject(Code.LimitExceeded, $"There are {LedgerLimits.MaxInstruments} instruments.", "Keep a second ledger.");
        if (Fault(terms) is { } fault) return Reject(Code.InvalidTerms, $"{terms.Symbol}: {fault}.", "Correct the terms.");
        int? underlying = null;
        if (terms.Kind == InstrumentKind.Spot)
        {
            if (!Asset(terms.Underlying!, out AssetState bought)) return false;
            if (bought.Index == settle.Index || bought.Scale != terms.SizeScale)
                return Reject(Code.InvalidTerms, $"{terms.Symbol}: spot is between two assets, and its sizes have the decimals of the one that is bought.", "Correct the terms.");
            underlying = bought.Index;
        }
        if (Valuation.For(terms, settle.Scale) is not { } valuation)
            return Reject(Code.InvalidTerms, $"{terms.Symbol}: the scales of size, price, multiplier and {settle.Symbol} are too far apart to count in 63 bits.", "Use fewer decimals.");
        newInstrument = new InstrumentState(state.Instruments.Count, terms, settle.Index, underlying, valuation);
        return true;
    }

    private bool Symbol(string symbol)
    {
        if (symbol is null || !Identifiers.IsValid(symbol, BookLimits.MaxSymbolLength))
            return Reject(Code.MalformedEvent, $"\"{symbol}\" is not a symbol.", $"A symbol has 1 to {BookLimits.MaxSymbolLength} characters, {Identifiers.AllowedCharacters}.");
        return !(state.TryFindAsset(symbol, out _) || state.TryFindInstrument(symbol, out _))
            || Reject(Code.SymbolExists, $"\"{symbol}\" is listed already.", "Assets and instruments have symbols of their own, since prices are named by them.");
    }

    private string? Fault(InstrumentTerms terms)
    {
        bool dated = terms.Kind is InstrumentKind.Future or InstrumentKind.Option, option = terms.Kind == InstrumentKind.Option;
        if (!Enum.IsDefined(terms.Kind)) return $"{(int)terms.Kind} is not a kind of instrument";
        if (terms.SizeScale is < 0 or > Quantity.MaxScale || terms.PriceScale is < 0 or > Quantity.MaxScale) return $"sizes and prices have 0 to {Quantity.MaxScale} decimals";
        if (terms.Multiplier.Sign <= 0) return "the multiplier is not positive";
        if (dated != terms.Expiry is not null) return dated ? "it has no expiry" : "it has an expiry, and its kind does not end";
        if (terms.Expiry is { } expiry && expiry <= cause.Time) return "its expiry has passed";
        if (option != terms.Strike is not null || option != terms.Right is not null) return "an option has a strike and a right, and nothing else has";
        if (terms.Strike is { } strike && (strike.Sign <= 0 || strike.Scale > terms.PriceScale || !Units.TryConvert(strike, terms.PriceScale, out _))) return "the strike is not a positive price of its scale";
        if (terms.Right is { } right && !Enum.IsDefined(right)) return $"{(int)right} is not an option's right";
        if (terms.Kind == InstrumentKind.Spot && terms.Underlying is null) return "spot needs the asset that is bought";
        if (terms.Kind == InstrumentKind.Spot && terms.Multiplier != new Quantity(1)) return "spot has the multiplier 1";
        return terms.Underlying is { } feed && !Identifiers.IsValid(feed, BookLimits.MaxSymbolLength) ? $"\"{feed}\" is not a feed" : null;
    }

    private bool Apply(FundingTick e)
    {
        if (!Instrument(e.Instrument, out InstrumentState instrument)) return false;
        if (instrument.Terms.Kind is not (InstrumentKind.LinearPerpetual or InstrumentKind.InversePerpetual))
            return Reject(Code.WrongKind, $"{e.Instrument} is not a perpetual.", "Only perpetuals have funding.");
        if (instrument.Mark is not { } mark) return Reject(Code.NoPrice, $"{e.Instrument} has no mark price yet.", "Set prices first.");
        if (!Number(e.Rate, Quantity.MaxScale, "rate", out _)) return false;
        if (e.StepAt(mark) is not { } step || !Units.TryAdd(instrument.FundingIndex, step, out _))
            return Reject(Code.OutOfRange, $"The funding index of {e.Instrument} would be 2^{LedgerLimits.AmountBits} units or more.", "Check the rate.");
        instrumentMove = new InstrumentMove(instrument.Index, 0, 0, 0, step, Close: false, Any: true);
        return true;
    }

    private bool Apply(PricesSet e)
    {
        if (e.Prices is null || e.Prices.Count == 0) return Reject(Code.MalformedEvent, "No prices.", "Name a feed and its price.");
        if (e.Source is { Length: not 32 }) return Reject(Code.MalformedEvent, "The digest of the reports does not have 32 bytes.", "Give the whole digest, or none.");
        if (e.Confidences is { Count: 0 }) return Reject(Code.MalformedEvent, "Confidences, and none in them.", "Leave them out where there are none.");
        foreach ((string feed, Quantity confidence) in e.Confidences ?? NoConfidences)
        {
            if (!e.Prices.ContainsKey(feed)) return Reject(Code.MalformedEvent, $"A confidence of {feed}, which has no price in this set.", "A confidence is that of a price beside it.");
            if (!confidence.TryAt(Quantity.MaxScale, out Int128 share) || share < 0 || share > One) return Reject(Code.PriceOutOfRange, $"The confidence {confidence} of {feed} is not a share of one.", "It is 0 to 1, and 1 where it is left out.");
        }
        int added = 0;
        foreach ((string feed, Quantity price) in e.Prices)
        {
            if (!Identifiers.IsValid(feed, BookLimits.MaxSymbolLength)) return Reject(Code.MalformedEvent, $"\"{feed}\" is not a feed.", $"A feed has 1 to {BookLimits.MaxSymbolLength} characters, {Identifiers.AllowedCharacters}.");
            if (price.Sign < 0) return Reject(Code.PriceOutOfRange, $"The price {price} of {feed} is negative.", "It must be zero or more.");
            if (state.TryFindInstrument(feed, out InstrumentState? instrument) && !Price(price, instrument, out _)) return false;
            if (!state.Prices.ContainsKey(feed)) added++;
        }
        if (state.Prices.Count + added > LedgerLimits.MaxFeeds) return Reject(Code.LimitExceeded, $"There are {LedgerLimits.MaxFeeds} feeds.", "Leave out feeds that nothing follows.");
        prices = e.Prices;
        return true;
    }

    private bool Apply(ParametersUpdated e)
    {
        if (LedgerParameters.TryMerge(state.Parameters, e.Change, out string merged, out string fault))
        {
            parameters = merged;
            return merged.Length <= LedgerLimits.MaxParametersLength || Reject(Code.LimitExceeded, "The parameters together are too long.", $"Keep them within {LedgerLimits.MaxParametersLength} characters.");
        }
        return Reject(Code.InvalidParameters, fault, "Write one canonical JSON object with parameters and market: names sorted, no spaces.");
    }

    private bool Apply(MarksUpdated e)
    {
        if (!CanonicalJson.TryRead(e.Change, MarksUpdated.Members, out JsonObject? change, out string fault)) return Reject(Code.InvalidParameters, fault, MarksHint);
        return CanonicalJson.Write(change) == e.Change || Reject(Code.InvalidParameters, "The update is JSON, and not in its canonical form.", MarksHint);
    }

    private bool Apply(Settlement e)
    {
        if (!Instrument(e.Instrument, out InstrumentState instrument)) return false;
        if (!instrument.HasPositions && !e.Close) return Reject(Code.WrongKind, $"{e.Instrument} is spot and leaves no positions.", "Only close it.");
        if (!Price(e.Price, instrument, out long price)) return false;
        instrumentMove = new InstrumentMove(instrument.Index, 0, 0, 0, 0, e.Close, Any: true);
        if (!instrument.HasPositions) return true;
        Int128 values = 0;
        bool any = false;
        for (int i = 0; i < state.Accounts.Count; i++)
        {
            AccountState account = state.Accounts[i];
            if (AccountState.Find(account.Positions, instrument.Index) < 0) continue;
            if (!Settle(Touch(i), instrument, price, e.Close, ref values)) return false;
            any = true;
        }

        // Each value was rounded down, so that together they are a few units below zero: where positions end, the insurance fund has those units. It stands on the other side of every position, so the event touches it even if there are none.
        if (!e.Close || !any) return true;
        if (!Units.Fits(values)) return Reject(Code.OutOfRange, "The remainder is too large.", "Check the price.");
        instrumentMove = instrumentMove with { Realised = instrumentMove.Realised - values };
        return Add(Touch(state.Insurance), instrument.Settle, (long)-values);
    }

    private bool Settle(AccountDraft account, InstrumentState instrument, long price, bool close, ref Int128 values)
    {
        Position old = account.Position(instrument.Index);
        long value = 0;
        if (old.Size != 0 && !Value(instrument, old.Size, price, out value)) return false;
        Int128 gain = (Int128)value - old.Cost;
        if (!Units.Fits(gain)) return Reject(Code.OutOfRange, $"The gain of \"{account.Id}\" is 2^{LedgerLimits.AmountBits} units or more.", "Check the price.");
        values += value;
        account.Set(close ? new Position(instrument.Index, 0, 0, 0) : old with { Cost = value });
        instrumentMove = instrumentMove with
        {
            OpenInterest = instrumentMove.OpenInterest - (close ? Math.Max(old.Size, 0) : 0),
            Cost = instrumentMove.Cost + (close ? -old.Cost : gain),
            Realised = instrumentMove.Realised + gain,
        };
        return Add(account, instrument.Settle, (long)gain) && Add(account, instrument.Settle, close ? old.Margin : 0);
    }
}
