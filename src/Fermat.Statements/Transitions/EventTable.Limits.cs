using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Core;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;

namespace Fermat.Statements.Transitions;

/// <summary>That a step of a liquidation takes something of a failing account's position, how much it takes, and what that costs, as <see cref="LiquidationTerms"/> says.</summary>
internal sealed partial class EventTable
{
    /// <summary>Kinds in which a part of a failing account's position is taken.</summary>
    internal static readonly EventKind[] Reduces = [EventKind.Liquidation, EventKind.Deleveraging];

    private void Limit(Lowerer lowerer, LoweredVersions accounts, VersionBuses versions, SmallValue instrument, DigitColumns size, DigitColumns cash, SmallValue sells)
    {
        LiquidationTerms terms = accounts.Terms;
        PublicLookup lookup = lowerer.LookUp(Domain, instrument, Fields.InstrumentTable, "instrument");
        SmallValue reduced = Is(Reduces), buys = new(reduced.At - sells.At, 1, row => reduced.Of(row) - sells.Of(row));
        Lowerer.IsNotZero(Domain, "a step of a liquidation takes something", reduced.At * size.CellSum + Domain.Active - reduced.At, row => reduced.Of(row) == 1 ? size.SumOf(row) : 1);
        if (terms.HasShare) LimitShare(terms, versions, lookup, size, sells, reduced, accounts.Distress);
        if (terms.HasPenalty) LimitPenalty(terms, lookup, size, cash, sells, buys, reduced);
    }

    /// <summary>
    /// What is taken of a position is at most the rulebook's share of it, rounded up to a unit of the ledger; or all of it where the account had less than half of its maintenance margin, or where the rulebook says so of this position. Size and account
    /// before it, or what the rulebook said of it, are told by the versions.
    /// </summary>
    private void LimitShare(LiquidationTerms terms, VersionBuses versions, PublicLookup lookup, DigitColumns size, SmallValue sells, SmallValue reduced, NumberValue? distress)
    {
        TableBuilder table = Domain.Table;
        SmallValue version = Domain.Small("version that is reduced", (1 << LoweredBook.MaxLogHeight) - 1, row => (int)row.Data[EventRow.Version]);
        LimbForm before = Told("size before", size.Form, (row, into, factor) => VersionLeg.AddDigits(row.Data[EventRow.Before], Fields.SizeFormat, into, factor));
        table.Constrain("nothing is reduced: no version", (1 - reduced.At) * version.At);
        table.Constrain("nothing is reduced: no size", (1 - reduced.At) * before.At);
        SmallValue whole = Domain.Bit("may be taken whole", row => row.Data[EventRow.IsWhole].IsOne);
        table.Constrain("only a position that is reduced may be taken whole", whole.At * (1 - reduced.At));
        Expr[] told = distress is null ? [Domain.Bit("the rulebook lets it be taken whole", row => row.Data[EventRow.IsWholeByRule].IsOne).At] : [];
        foreach (Expr may in told)
        {
            table.Constrain("nothing is reduced: nothing is taken whole", (1 - reduced.At) * may);
            table.Constrain("what is taken whole may be, by the rulebook", whole.At * (1 - may));
        }
        table.Receive(versions.Reduced, "what is reduced", reduced.At, [Index, version.At, before.At, .. told]);

        SmallValue ofLong = Domain.Bit("a share of a long position is taken", row => sells.Of(row) == 1 && whole.Of(row) == 0), ofShort = Domain.Bit("a share of a short position is taken", row => reduced.Of(row) == 1 && sells.Of(row) == 0 && whole.Of(row) == 0);
        table.Constrain("a share is taken of what is long and not taken whole", ofLong.At - sells.At * (1 - whole.At));
        table.Constrain("a share is taken of what is short and not taken whole", ofShort.At - (reduced.At - sells.At) * (1 - whole.At));
        SmallValue shared = new(ofLong.At + ofShort.At, 1, row => ofLong.Of(row) + ofShort.Of(row));
        LimbForm share = lookup.Number(new PublicValue("share that is liquidated", DigitFormat.Of(terms.ShareBounds), (interpreter, _) => terms.ShareOf(interpreter)));
        LimbForm allowance = lookup.Number(new PublicValue("size allowed beside the share", DigitFormat.Of(terms.SizeAllowanceBounds), (_, _) => 0) { InBook = (book, record) => terms.SizeAllowance(book.Interpreter, book.Units!, record) });
        // of a long position before is positive and size negative, of a short one the other way round
        LimbForm rest = LimbForm.Add(LimbForm.Multiply(share, before), LimbForm.Multiply(LimbForm.Of(terms.ShareUnit, Domain.R), size.Form));
        LimbForm slack = LimbForm.Add(LimbForm.Subtract(LimbForm.Scale(rest, ofLong), LimbForm.Scale(rest, ofShort)), LimbForm.Scale(allowance, shared));
        BigInteger most = terms.ShareBounds.Max * Fields.SizeFormat.Range.Max + terms.SizeAllowanceBounds.Max;
        if (distress is { } account)
        {
            slack = LimbForm.Add(slack, LimbForm.Scale(LimbForm.Subtract(Distressed(versions, account, version, reduced), LimbForm.Of(1, Domain.R)), whole));
            most = BigInteger.Max(most, account.Bounds.Max);
        }
        NotNegative("no more is taken than the share, or the account had less than half of its maintenance", most, slack);
    }

    /// <summary>maintenance − 2 · equity of the version before the one that is reduced.</summary>
    private LimbForm Distressed(VersionBuses versions, NumberValue distress, SmallValue version, SmallValue reduced)
    {
        LimbForm distressed = Told("maintenance less twice equity before", distress.Form, (row, into, factor) =>
        {
            if (!row.Book.Distress.TryGetValue(row.Index + 1, out long[]? coefficients)) return;
            for (int i = 0; i < coefficients.Length; i++) into[i] += factor * coefficients[i];
        });
        Domain.Table.Constrain("nothing is reduced: no account", (1 - reduced.At) * distressed.At);
        Domain.Table.Receive(versions.Distress, "how the account stood", reduced.At, [version.At - 1, distressed.At]);
        return distressed;
    }

    /// <summary>Who is liquidated pays at most the rulebook's penalty for what is taken, rounded up to a unit of the ledger. Who is deleveraged pays nothing.</summary>
    private void LimitPenalty(LiquidationTerms terms, PublicLookup lookup, DigitColumns size, DigitColumns cash, SmallValue sells, SmallValue buys, SmallValue reduced)
    {
        LimbForm penalty = lookup.Number(new PublicValue("penalty for a unit", DigitFormat.Of(terms.PenaltyBounds), (interpreter, record) => terms.PenaltyOf(interpreter, record)));
        LimbForm allowance = lookup.Number(new PublicValue("penalty allowed beside it", DigitFormat.Of(terms.PenaltyAllowanceBounds), (_, _) => 0) { InBook = (book, record) => terms.PenaltyAllowance(book.Interpreter, book.Units!, record) });
        LimbForm due = LimbForm.Multiply(penalty, size.Form), paid = LimbForm.Multiply(Fields.Inverse >= 0 ? lookup.Number(new PublicValue("what a penalty is compared by", DigitFormat.Of(terms.CashFactorBounds), (interpreter, record) => terms.CashFactorOf(interpreter, record))) : LimbForm.Of(terms.CashFactor, Domain.R), cash.Form);
        LimbForm slack = LimbForm.Add(LimbForm.Subtract(LimbForm.Scale(due, buys), LimbForm.Scale(due, sells)), LimbForm.Scale(LimbForm.Add(paid, allowance), reduced));
        NotNegative("no higher penalty is paid than the rulebook's", terms.PenaltyBounds.Max * Fields.SizeFormat.Range.Max + terms.PenaltyAllowanceBounds.Max, slack);
    }

    /// <summary>An integer that is told by another table, as the coefficients are there.</summary>
    private LimbForm Told(string name, LimbForm like, Accumulate add)
    {
        long[] min = [.. Enumerable.Range(0, like.Count).Select(like.Min)], max = [.. Enumerable.Range(0, like.Count).Select(like.Max)];
        Expr column = Domain.Point(name, new LimbForm(0, min, max, add));
        Domain.Degree(like.Count);
        return new LimbForm(column, min, max, add);
    }

    private void NotNegative(string name, BigInteger most, LimbForm slack)
    {
        var words = new WordColumns(Domain, $"slack: {name}", most, slack);
        Carries.Zero(Domain, name, LimbForm.Subtract(slack, words.Form));
    }
}
