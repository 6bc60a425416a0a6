using Fermat.Ledger.Events;

namespace Fermat.Ledger.State;

/// <summary>An asset of the ledger and what is known of all of it.</summary>
public sealed class AssetState
{
    internal AssetState(int index, string symbol, int scale)
    {
        Index = index;
        Symbol = symbol;
        Scale = scale;
    }

    /// <summary>Its number: assets are counted from 0 in the order in which they were listed.</summary>
    public int Index { get; }

    /// <summary>Its symbol.</summary>
    public string Symbol { get; }

    /// <summary>Decimals of its amounts.</summary>
    public int Scale { get; }

    /// <summary>All deposits, in units of the scale.</summary>
    public Int128 Deposited { get; internal set; }

    /// <summary>All withdrawals that were paid.</summary>
    public Int128 Paid { get; internal set; }

    /// <summary>All withdrawals that wait.</summary>
    public Int128 Pending { get; internal set; }

    /// <summary>Its index price; null before the first.</summary>
    public Quantity? IndexPrice { get; internal set; }
}

/// <summary>An instrument of the ledger and what is known of all its positions.</summary>
public sealed class InstrumentState
{
    internal InstrumentState(int index, InstrumentTerms terms, int settle, int? underlying, Valuation valuation)
    {
        Index = index;
        Terms = terms;
        Settle = settle;
        Underlying = underlying;
        Valuation = valuation;
    }

    /// <summary>Its number: instruments are counted from 0 in the order in which they were listed.</summary>
    public int Index { get; }

    /// <summary>Its terms.</summary>
    public InstrumentTerms Terms { get; }

    /// <summary>The index of the asset that it settles in.</summary>
    public int Settle { get; }

    /// <summary>For spot, the index of the asset that is bought.</summary>
    public int? Underlying { get; }

    /// <summary>What sizes are worth.</summary>
    public Valuation Valuation { get; }

    /// <summary>The funding index, in units of the price scale.</summary>
    public long FundingIndex { get; internal set; }

    /// <summary>The last mark price, in units of the price scale; null before the first.</summary>
    public long? Mark { get; internal set; }

    /// <summary>Whether it has ended: its positions are closed and it trades no more.</summary>
    public bool Closed { get; internal set; }

    /// <summary>All long sizes together, in units of the size scale.</summary>
    public Int128 OpenInterest { get; internal set; }

    /// <summary>The costs of all positions together.</summary>
    public Int128 Cost { get; internal set; }

    /// <summary>What its positions have moved to balances so far, all accounts together. Equal to <see cref="Cost"/>: what is realised was a cost with the other sign.</summary>
    public Int128 Realised { get; internal set; }

    /// <summary>Whether it leaves positions: everything but spot.</summary>
    public bool HasPositions => Terms.Kind != InstrumentKind.Spot;

    /// <summary>Whether it is past its expiry at a time in milliseconds since 1970.</summary>
    public bool ExpiredAt(long time) => Terms.Expiry is { } expiry && time >= expiry;

    /// <summary>value(size, price − funding index); false when it does not fit, or for an inverse perpetual whose price less the funding index is not positive.</summary>
    public bool TryValue(long size, long price, out long value)
    {
        value = 0;
        Int128 relative = (Int128)price - FundingIndex;
        return Units.Fits(relative) && Valuation.TryValue(size, (long)relative, out value);
    }

    /// <summary>The unrealized PnL of a position at a mark price: value(size, mark − funding index) − cost, in units of the settlement asset; false when it has no value.</summary>
    public bool TryUnrealized(in Position position, long mark, out Int128 pnl)
    {
        bool valued = TryValue(position.Size, mark, out long value);
        pnl = valued ? (Int128)value - position.Cost : 0;
        return valued;
    }
}
