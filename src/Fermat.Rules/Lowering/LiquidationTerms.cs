using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// What everybody can compute of a step of a liquidation: how much it may take and cost by the rulebook's <c>liquidation.share</c> and <c>liquidation.penalty</c>, and what collateral is worth. All of it is rounded as the margin engine rounds, to
/// what the ledger counts in. A rulebook that says nothing of one of them sets no bound for it.
/// </summary>
internal sealed class LiquidationTerms
{
    private const string ShareName = "liquidation.share", PenaltyName = "liquidation.penalty";
    private readonly VersionFields _fields;
    private readonly CoreNode? _share, _penalty;
    private readonly BigInteger _penaltyFactor, _inverseCash, _inversePenalty;

    /// <exception cref="CoreException">Share or penalty depend on the account.</exception>
    public LiquidationTerms(CoreRulebook rulebook, VersionFields fields)
    {
        _fields = fields;
        if (fields.Index >= 0) UnitWorthBounds = new Bounds(0, LedgerUnits.Max * fields.IndexBounds.Max);
        if (!fields.HasPositions || fields.Mark < 0) return;
        (_share, _penalty) = (Public(rulebook, ShareName), Public(rulebook, PenaltyName));
        if (_share is not null)
        {
            ShareUnit = BigInteger.Pow(10, _share.Number.Scale);
            (ShareBounds, SizeAllowanceBounds) = (new Bounds(0, BigInteger.Max(_share.Bounds.Max, 0)), new Bounds(0, ShareUnit * LedgerUnits.Max));
        }
        if (_penalty is null) return;
        RulebookSchema schema = rulebook.Schema;
        Quantity amount = Number(schema.Collections[fields.Balances].Fields[fields.Amount]), size = Number(schema.Collections[fields.Positions].Fields[fields.Size]), mark = Number(schema.Tables[fields.InstrumentTable].Fields[fields.Mark]);
        int finer = size.Scale + mark.Scale + _penalty.Number.Scale - amount.Scale, inverted = size.Scale + _penalty.Number.Scale - amount.Scale - mark.Scale;
        (CashFactor, _penaltyFactor) = (BigInteger.Pow(10, Math.Max(finer, 0)), BigInteger.Pow(10, Math.Max(-finer, 0)));
        (_inverseCash, _inversePenalty) = fields.Inverse < 0 ? (0, 0) : (BigInteger.Pow(10, Math.Max(inverted, 0)), BigInteger.Pow(10, Math.Max(-inverted, 0)));
        BigInteger highest = BigInteger.Max(mark.Bounds.Max, 0), rate = BigInteger.Max(_penalty.Bounds.Max, 0);
        CashFactorBounds = new Bounds(0, BigInteger.Max(CashFactor, _inverseCash * highest));
        PenaltyBounds = new Bounds(0, BigInteger.Max(_penaltyFactor * rate * highest, _inversePenalty * rate));
        PenaltyAllowanceBounds = new Bounds(0, CashFactorBounds.Max * LedgerUnits.Max);
    }

    /// <summary>Whether the rulebook bounds how much of a position one step takes.</summary>
    public bool HasShare => _share is not null;

    /// <summary>Whether it bounds what that costs.</summary>
    public bool HasPenalty => _penalty is not null;

    /// <summary>One whole, in units of the share.</summary>
    public BigInteger ShareUnit { get; }

    /// <summary>The bounds of <see cref="ShareOf"/>.</summary>
    public Bounds ShareBounds { get; }

    /// <summary>The bounds of <see cref="SizeAllowance"/>.</summary>
    public Bounds SizeAllowanceBounds { get; }

    /// <summary>A unit of an amount, in the units in which penalties of linear contracts are compared.</summary>
    public BigInteger CashFactor { get; }

    /// <summary>The bounds of <see cref="CashFactorOf"/>.</summary>
    public Bounds CashFactorBounds { get; }

    /// <summary>The bounds of <see cref="PenaltyOf"/>.</summary>
    public Bounds PenaltyBounds { get; }

    /// <summary>The bounds of <see cref="PenaltyAllowance"/>.</summary>
    public Bounds PenaltyAllowanceBounds { get; }

    /// <summary>The bounds of <see cref="UnitWorth"/>.</summary>
    public Bounds UnitWorthBounds { get; }

    /// <summary>The share of a position that one step takes, in units of <see cref="ShareUnit"/>; a negative one counts as nothing.</summary>
    public BigInteger ShareOf(Interpreter interpreter) => BigInteger.Max(interpreter.EvaluatePublic(_share!), 0);

    /// <summary>
    /// What is taken of a position is at most ⌈share · position⌉ units u of the ledger, and one unit always: <see cref="ShareUnit"/> · taken ≤ share · position + this, which is <see cref="ShareUnit"/> · u − 1, and 1 more where the share is nothing.
    /// </summary>
    public BigInteger SizeAllowance(Interpreter interpreter, LedgerUnits units, int instrument) => ShareUnit * units.Sizes[instrument] - (ShareOf(interpreter).IsZero ? 0 : 1);

    /// <summary>
    /// The penalty for one unit of size: rate · mark price. Of an inverse contract, whose notional is size / mark price, the rate alone, and the price is in <see cref="CashFactorOf"/>.
    /// </summary>
    public BigInteger PenaltyOf(Interpreter interpreter, int instrument)
    {
        BigInteger rate = BigInteger.Max(interpreter.EvaluatePublic(_penalty!), 0), mark = MarkOf(interpreter, instrument);
        return !_fields.IsInverse(interpreter.Market, instrument) ? _penaltyFactor * rate * mark : mark.IsZero ? 0 : _inversePenalty * rate;
    }

    /// <summary>What a penalty is multiplied by where it is compared.</summary>
    public BigInteger CashFactorOf(Interpreter interpreter, int instrument)
    {
        BigInteger mark = MarkOf(interpreter, instrument);
        return _fields.IsInverse(interpreter.Market, instrument) && !mark.IsZero ? _inverseCash * mark : CashFactor;
    }

    /// <summary>A penalty is at most ⌈penalty · size⌉ units u of the ledger: <see cref="CashFactorOf"/> · paid ≤ penalty · size + this, which is <see cref="CashFactorOf"/> · u − 1, or 0 where the penalty is nothing.</summary>
    public BigInteger PenaltyAllowance(Interpreter interpreter, LedgerUnits units, int instrument) =>
        PenaltyOf(interpreter, instrument).IsZero ? 0 : CashFactorOf(interpreter, instrument) * units.Amounts[(int)interpreter.Market.Tables[_fields.InstrumentTable][instrument].Fields[_fields.Settle].Integer] - 1;

    private BigInteger MarkOf(Interpreter interpreter, int instrument) => BigInteger.Max(interpreter.Market.Tables[_fields.InstrumentTable][instrument].Fields[_fields.Mark].Integer, 0);

    /// <summary>The index price of an asset, which has one.</summary>
    public BigInteger IndexOf(Interpreter interpreter, int asset) => interpreter.Market.Tables[_fields.AssetTable][asset].Fields[_fields.Index].Integer;

    /// <summary>What one unit of the ledger is worth of an asset, in units of amount times price.</summary>
    public BigInteger UnitWorth(Interpreter interpreter, LedgerUnits units, int asset) => units.Amounts[asset] * IndexOf(interpreter, asset);

    private static CoreNode? Public(CoreRulebook rulebook, string name) => rulebook.Find(name)?.Value switch
    {
        null => null,
        { Type: not CoreType.Number } => throw new CoreException("transition", $"events cannot be proven under this rulebook: {name} is not a number", "a share, such as 25%"),
        { Stage: Stage.Private } => throw new CoreException("transition", $"events cannot be proven under this rulebook: {name} depends on the account", "a number, a parameter, or what follows from them"),
        var node => node,
    };

    private static Quantity Number(SchemaField field) => ((FieldType.Number)field.Type).Quantity;
}
