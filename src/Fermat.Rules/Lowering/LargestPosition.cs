using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// The table <c>positions of the failing account</c>: each position that it has and that a liquidation may take, as the positions' table tells it, and of them the one that is deleveraged, which is worth no less than any other at mark and index prices.
/// </summary>
/// <remarks>
/// What a unit of size is worth is public for each instrument, linear or inverse (<see cref="PositionWorth"/>). Of positions that are worth the same any can be first.
/// </remarks>
internal sealed class LargestPosition
{
    /// <summary>Adds the table to a circuit.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="range">Its range table.</param>
    /// <param name="r">The random point.</param>
    /// <param name="lowerer">The rulebook's tables.</param>
    /// <param name="fields">Where positions are.</param>
    /// <param name="worth">What a unit of each is worth.</param>
    /// <param name="positions">Gives (instrument, whether it is short, size at r) of each position of the failing account.</param>
    /// <param name="largest">Takes (instrument) of the one that is deleveraged.</param>
    public LargestPosition(CircuitBuilder circuit, RangeTable range, Expr r, Lowerer lowerer, VersionFields fields, PositionWorth worth, Bus positions, Bus largest)
    {
        Domain = new Domain(circuit, range, r, "positions of the failing account", null, null);
        TableBuilder table = Domain.Table;
        table.MaxLogHeight = LoweredBook.MaxLogHeight;
        SmallValue instrument = Domain.Small("instrument", RuleLimits.MaxRecords - 1, row => (int)row.Data[0]), isShort = Domain.Small("is short", 1, row => row.Data[1].Sign < 0 ? 1 : 0);
        LimbForm size = Domain.Told("size", fields.SizeFormat, (row, into, factor) => VersionLeg.AddDigits(row.Data[1], fields.SizeFormat, into, factor));
        table.Receive(positions, "a position of the failing account", Domain.Active, instrument.At, isShort.At, size.At);

        PublicLookup lookup = lowerer.LookUp(Domain, instrument, fields.InstrumentTable, "instrument");
        LimbForm unit = lookup.Number(new PublicValue("worth of a unit", DigitFormat.Of(new Bounds(0, worth.Most)), (interpreter, record) => worth.OfUnit(interpreter.Market, record)));
        BigInteger most = -fields.SizeFormat.Range.Min * worth.Most;
        var highest = new DigitColumns(Domain, "highest worth", DigitFormat.Of(new Bounds(0, most)), row => row.Book.Turn!.Worth, isZeroOnPadding: true);
        Domain.Steady("one worth", highest.Cells);
        LimbForm less = LimbForm.Subtract(highest.Form, LimbForm.Multiply(LimbForm.Opposite(size, isShort), unit));
        var rest = new WordColumns(Domain, "less than the highest worth", highest.Format.Range.Max, less);
        Carries.Zero(Domain, "no position of the failing account is worth more", LimbForm.Subtract(less, rest.Form));

        SmallValue isFirst = Domain.Bit("is deleveraged", row => instrument.Of(row) == row.Book.Turn!.Instrument);
        foreach (Expr cell in rest.Cells) table.Constrain($"what is deleveraged is worth the highest: {cell.ColumnInfo.Name}", isFirst.At * cell);
        table.Send(largest, "what is deleveraged", isFirst.At, instrument.At);
        Domain.Finish();
    }

    /// <summary>Its rows: of each the record of the instrument, and the size.</summary>
    public Domain Domain { get; }
}
