using System.Numerics;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Proving.Transitions;

/// <summary>How much a step of a liquidation may take and cost, natively.</summary>
internal sealed class LiquidationLimits
{
    private readonly LiquidationTerms _terms;
    private readonly VersionFields _fields;
    private readonly Interpreter _interpreter;
    private readonly LedgerUnits _units;
    private readonly CoreNode _distress;
    private readonly PositionTerms _positions;

    /// <param name="batch">The batch.</param>
    /// <param name="interpreter">Of its rulebook and market data.</param>
    /// <param name="fields">Of its schema.</param>
    public LiquidationLimits(TransitionBatch batch, Interpreter interpreter, VersionFields fields)
    {
        (_fields, _interpreter, _units) = (fields, interpreter, batch.Counted);
        _terms = new LiquidationTerms(batch.Rulebook.Rulebook, fields);
        _distress = LoweredVersions.DistressOf(batch.Rulebook.Rulebook);
        _positions = new PositionTerms(batch.Rulebook.Rulebook, fields.Positions);
    }

    /// <summary>Why a step of a liquidation takes too much, or costs too much; or null.</summary>
    /// <param name="e">The step.</param>
    /// <param name="failing">The failing account before it.</param>
    public string? Problem(BatchEvent e, AccountData failing)
    {
        BigInteger before = VersionLeg.Item(failing, _fields.Positions, _fields.Instrument, e.Instrument!.Value)?[_fields.Size] ?? 0;
        if (PositionOf(e, failing) is var at and >= 0 && !_positions.IsDue(_interpreter, failing, at)) return "nothing of this position is due";
        if (!IsShare(e, before) && !MayBeWhole(e, failing)) return "more is taken than the rulebook's share of its position, and it has half of its maintenance margin";
        return IsPenalty(e) ? null : "the penalty is higher than the rulebook's";
    }

    /// <summary>Whether the rulebook lets the whole position be taken, where it says so of each.</summary>
    /// <param name="e">The step.</param>
    /// <param name="failing">The failing account before it.</param>
    public bool IsWholeByRule(BatchEvent e, AccountData failing) => PositionOf(e, failing) is var at and >= 0 && _positions.IsWhole(_interpreter, failing, at);

    private bool MayBeWhole(BatchEvent e, AccountData failing) => _positions.Whole is null ? _interpreter.Evaluate(_distress, _interpreter.Open(failing)).Sign > 0 : IsWholeByRule(e, failing);

    private int PositionOf(BatchEvent e, AccountData failing) => VersionLeg.IndexOf(failing, _fields.Positions, _fields.Instrument, e.Instrument!.Value);

    /// <summary>Whether no more is taken of a position than the rulebook's share.</summary>
    /// <param name="e">The step.</param>
    /// <param name="before">The position before it.</param>
    public bool IsShare(BatchEvent e, BigInteger before) => !_terms.HasShare
        || _terms.ShareUnit * BigInteger.Abs(e.Size) <= _terms.ShareOf(_interpreter) * BigInteger.Abs(before) + _terms.SizeAllowance(_interpreter, _units, e.Instrument!.Value);

    private bool IsPenalty(BatchEvent e) => !_terms.HasPenalty
        || -_terms.CashFactorOf(_interpreter, e.Instrument!.Value) * e.FirstCash <= _terms.PenaltyOf(_interpreter, e.Instrument.Value) * BigInteger.Abs(e.Size) + _terms.PenaltyAllowance(_interpreter, _units, e.Instrument.Value);

    /// <summary>Whether what is paid for collateral is worth less than a unit of the ledger below it.</summary>
    /// <param name="sale">The sale, of a rulebook whose assets have index prices.</param>
    /// <param name="payment">Its payment.</param>
    /// <param name="ofSold">Whether that is a unit of what is sold, or of what is paid.</param>
    public bool IsAtIndex(BatchEvent sale, BatchEvent payment, bool ofSold) =>
        payment.FirstCash * _terms.IndexOf(_interpreter, payment.Asset) - sale.FirstCash * _terms.IndexOf(_interpreter, sale.Asset) < _terms.UnitWorth(_interpreter, _units, ofSold ? sale.Asset : payment.Asset);

    /// <summary>Whether assets have index prices.</summary>
    public bool HasIndex => _fields.Index >= 0;
}
