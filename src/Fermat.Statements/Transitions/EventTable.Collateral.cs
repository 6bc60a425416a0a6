using System.Numerics;
using Fermat.Air;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;

namespace Fermat.Statements.Transitions;

/// <summary>The price of collateral.</summary>
internal sealed partial class EventTable
{
    private const int IndexPosition = 0, UnitPosition = 1;

    /// <summary>
    /// Collateral is sold at index prices: what is paid is worth less than a unit of the ledger below what is sold, of the one asset or of the other. For proceeds are rounded down, or what is sold for all that is wanted is rounded up.
    /// </summary>
    private void AtIndex(Lowerer lowerer, LiquidationTerms terms, SmallValue asset, DigitColumns cash)
    {
        TableBuilder table = Domain.Table;
        SmallValue sells = Is([EventKind.CollateralSale]), pays = Is([EventKind.CollateralPayment]);
        if (Fields.Index < 0)
        {
            table.Constrain("nothing has an index price", sells.At + pays.At);
            return;
        }
        PublicLookup lookup = lowerer.LookUp(Domain, asset, Fields.AssetTable, "asset");
        LimbForm index = lookup.Number(new PublicValue("index", DigitFormat.Of(Fields.IndexBounds), (interpreter, record) => terms.IndexOf(interpreter, record)));
        LimbForm unit = lookup.Number(new PublicValue("worth of a unit", DigitFormat.Of(terms.UnitWorthBounds), (_, _) => 0) { InBook = (book, record) => terms.UnitWorth(book.Interpreter, book.Units!, record) });
        SmallValue rounds = Domain.Bit("a unit of this may be wanting", row => row.Data[EventRow.RoundsUnit].IsOne);
        table.Constrain("only of collateral and its payment a unit may be wanting", rounds.At * (1 - sells.At - pays.At));
        table.ConstrainTransition("a unit of one asset may be wanting", sells.At * (1 - rounds.At - table.Next(rounds.At)));

        // both are negative: who sells and who pays give something away
        LimbForm worth = LimbForm.Multiply(cash.Form, index), wanting = LimbForm.Scale(unit, rounds);
        LimbForm sale = LimbForm.Scale(LimbForm.Add(worth, wanting), sells);
        Expr sold = Domain.Point("worth of what is sold", sale);
        table.Constrain("what is sold is worth its index price", sold - sale.At);
        Domain.Degree(sale.Count);
        LimbForm before = Told("worth of what was sold", sale, (row, into, factor) => AddSold(lookup, row, into, factor));
        table.ConstrainFirst("nothing was sold before the first row", before.At);
        table.ConstrainTransition("what was sold was sold in the row before", table.Next(before.At) - sold);
        LimbForm slack = LimbForm.Subtract(LimbForm.Add(LimbForm.Add(before, wanting), LimbForm.Of(-1, Domain.R)), worth);
        NotNegative("collateral is not sold below its index price", terms.UnitWorthBounds.Max + Fields.AmountFormat.Range.Max * Fields.IndexBounds.Max, LimbForm.Scale(slack, pays));
    }

    private void AddSold(PublicLookup lookup, WitnessRow row, Span<long> into, long factor)
    {
        if (!row.Data[EventRow.HasSold].IsOne) return;
        int asset = (int)row.Data[EventRow.SoldAsset];
        long[] index = row.Book.Digits(lookup, IndexPosition, asset), unit = row.Book.Digits(lookup, UnitPosition, asset);
        Span<long> sold = stackalloc long[Fields.AmountFormat.Count];
        sold.Clear();
        VersionLeg.AddDigits(row.Data[EventRow.Sold], Fields.AmountFormat, sold, factor);
        for (int i = 0; i < sold.Length; i++)
            for (int j = 0; j < index.Length; j++) into[i + j] += sold[i] * index[j];
        if (row.Data[EventRow.SoldRounds].IsOne)
            for (int i = 0; i < unit.Length; i++) into[i] += factor * unit[i];
    }
}
