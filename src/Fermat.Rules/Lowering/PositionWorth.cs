using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// What a position is worth, to tell which of an account's is the largest: |size| · worth of a unit, a whole number that follows from public market data and is the same to the engine, which takes the largest, and to statement W, which says that it was.
/// </summary>
/// <remarks>
/// A unit of a linear contract is worth mark · index price of the asset that it settles in, and a unit of an inverse one index price / mark, rounded down. Both are counted at one scale, at which an inverse contract of about one unit of quote currency has
/// at least <see cref="InverseDigits"/> digits.
/// </remarks>
internal sealed class PositionWorth
{
    /// <summary>So many decimals has what a unit of an inverse contract is worth, at least.</summary>
    public const int InverseDigits = 16;

    private readonly VersionFields _fields;
    private readonly BigInteger _linear, _inverse;

    /// <summary>What positions of a schema are worth.</summary>
    /// <param name="schema">The schema.</param>
    /// <param name="fields">Where it has positions and prices.</param>
    public PositionWorth(RulebookSchema schema, VersionFields fields)
    {
        _fields = fields;
        (int marks, int prices) = (ScaleOf(schema, fields.InstrumentTable, fields.Mark), ScaleOf(schema, fields.AssetTable, fields.Index));
        int finer = fields.Inverse < 0 ? 0 : Math.Max(0, InverseDigits - marks - prices);
        (_linear, _inverse) = (BigInteger.Pow(10, finer), BigInteger.Pow(10, 2 * marks + finer));
    }

    /// <summary>The most that a unit can be worth.</summary>
    public BigInteger Most => (_fields.Index < 0 ? 1 : _fields.IndexBounds.Max) * (_fields.Inverse < 0 ? _linear * _fields.MarkBounds.Max : BigInteger.Max(_linear * _fields.MarkBounds.Max, _inverse));

    /// <summary>What positions of a schema are worth; null where events of it cannot be proven, or where instruments have no mark price.</summary>
    /// <param name="schema">The schema.</param>
    public static PositionWorth? Of(RulebookSchema schema)
    {
        try
        {
            VersionFields fields = VersionFields.Of(schema);
            return fields.Mark < 0 ? null : new PositionWorth(schema, fields);
        }
        catch (CoreException)
        {
            return null;
        }
    }

    /// <summary>What a unit of size in an instrument is worth; nothing without a mark price, or at one that is not positive.</summary>
    /// <param name="market">The market data.</param>
    /// <param name="instrument">The instrument's record.</param>
    public BigInteger OfUnit(MarketData market, int instrument)
    {
        if (_fields.Mark < 0) return 0;
        MarketRecord record = market.Tables[_fields.InstrumentTable][instrument];
        BigInteger mark = record.Fields[_fields.Mark].Integer, price = _fields.Index < 0 ? 1 : market.Tables[_fields.AssetTable][(int)record.Fields[_fields.Settle].Integer].Fields[_fields.Index].Integer;
        return mark.Sign <= 0 ? 0 : _fields.IsInverse(market, instrument) ? BigInteger.Divide(price * _inverse, mark) : _linear * mark * price;
    }

    /// <summary>What one of an account's positions is worth.</summary>
    /// <param name="market">The market data.</param>
    /// <param name="account">The account.</param>
    /// <param name="position">Where the position stands among its positions.</param>
    public BigInteger OfPosition(MarketData market, AccountData account, int position)
    {
        var item = account.Items[_fields.Positions][position];
        return BigInteger.Abs(item[_fields.Size]) * OfUnit(market, (int)item[_fields.Instrument]);
    }

    private static int ScaleOf(RulebookSchema schema, int table, int field) => field >= 0 && schema.Tables[table].Fields[field].Type is FieldType.Number { Quantity.Scale: var scale } ? scale : 0;
}
