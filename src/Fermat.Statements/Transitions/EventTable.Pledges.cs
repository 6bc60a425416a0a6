using Fermat.Air;
using Fermat.Rules.Lowering;

namespace Fermat.Statements.Transitions;

/// <summary>What is pledged, to whom, and who releases it.</summary>
internal sealed partial class EventTable
{
    /// <summary>What is pledged more by a row, negative where it is released; null where nothing can be.</summary>
    public DigitColumns? Pledged { get; private set; }

    /// <summary>
    /// A pledge or a release moves what is pledged and nothing else. The second account of a pledge is touched by a leg of nothing, so it is another account than the first, and exists; that of a release instructs it.
    /// </summary>
    /// <returns>What is pledged more by the first account, and the second account's leaf and 1; zero in rows of other kinds. Null where nothing can be pledged.</returns>
    private (LimbForm? Pledged, Expr To) Encumbrance(Expr second, Expr asset, DigitColumns firstCash, DigitColumns secondCash)
    {
        (TableBuilder table, Expr encumbers) = (Domain.Table, Any(Encumbers));
        if (!Fields.HasPledges)
        {
            table.Constrain("nothing can be pledged", encumbers);
            return (null, 0);
        }
        DigitColumns pledged = Pledged = new DigitColumns(Domain, "pledged", Fields.PledgeFormat, row => row.Data[EventRow.Pledged], isZeroOnPadding: true);
        table.Constrain("nothing is pledged or released", (1 - encumbers) * pledged.CellSum);
        table.Constrain("what is pledged is not negative", Any(OnlyNamesSecond) * pledged.Sign!.At);
        table.Constrain("what is released is", Of(EventKind.Release) * (1 - pledged.Sign!.At));
        Lowerer.IsNotZero(Domain, "who pledges pledges something, and who releases releases something", encumbers * pledged.CellSum + Domain.Active - encumbers, row => IsOf(row, Encumbers) ? pledged.SumOf(row) : 1);
        // apart: the asset is any element here, and could cancel what is paid
        table.Constrain("what is pledged is in no asset", encumbers * asset);
        table.Constrain("what is pledged is not paid", encumbers * (firstCash.CellSum + secondCash.CellSum));
        // a column of its own: as a product it would raise the degree of the leg's message
        SmallValue to = Domain.Small("pledged to", LoweredVersions.End, row => IsOf(row, Encumbers) ? (int)row.Data[EventRow.Second] + 1 : 0);
        table.Constrain("it is pledged to the second account", to.At - encumbers * (second + 1));
        return (pledged.Form, to.At);
    }
}
