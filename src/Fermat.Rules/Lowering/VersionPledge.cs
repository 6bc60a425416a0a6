using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Rules.Lowering;

/// <summary>
/// What is pledged of an account, in the versions of it: its number <c>encumbered</c> rises where its owner pledges more and falls where that is released, and <c>pledgee</c> says to whom, by the number of a leaf and 1. An account is pledged to one
/// other at a time, so what is pledged twice would be in the same number twice; and who releases it is who it is pledged to.
/// </summary>
/// <remarks>
/// Where nothing is pledged, it is pledged to nobody. Who pledges is pledged afterwards to the one that is named, and was before to the same or to nobody; what is released was pledged to who releases it, and so is what is left. What takes
/// back a pledge that was rejected moves the opposite, and what is left is pledged to the one that it was. Nothing else changes either number.
/// </remarks>
internal sealed class VersionPledge
{
    public VersionPledge(Lowerer lowerer, VersionRows rows, VersionFields fields)
    {
        (Domain account, TableBuilder table) = (rows.Domain, rows.Table);
        DigitColumns pledged = ((NumberValue)account.Fields[fields.Encumbered]).Digits!;
        Expr[] digits = [.. ((NumberValue)account.Fields[fields.Pledgee]).Digits!.Cells];
        Expr holder = Number(digits), next = Number([.. digits.Select(table.Next)]);

        Change = VersionLeg.Signed(account, "pledged", fields.PledgeFormat, (row, into, factor) =>
        {
            if (VersionRows.Of(row).TakesBack) VersionLeg.AddDigits(VersionRows.Before(row).Leg.Pledged, fields.PledgeFormat, into, -factor);
            else VersionLeg.AddDigits(VersionRows.Of(row).Leg.Pledged, fields.PledgeFormat, into, factor);
        });
        To = account.Column("pledged to");
        account.Fillers.Add((row, cells, _) => cells[To.Offset] = KoalaBear.From((uint)VersionRows.Of(row).Leg.PledgedTo));
        Expr asked = rows.Pledges + rows.Releases;
        table.Constrain("nothing is pledged, released or taken back", (1 - asked - rows.TakesBack) * Change.At);
        table.Constrain("nobody is pledged to where nothing is pledged or released", (1 - asked) * To);
        table.ConstrainTransition("what takes back is pledged the less by what was pledged", table.Next(rows.TakesBack) * (table.Next(Change.At) + Change.At));

        LimbForm before = account.Told("pledged before", pledged.Format, (row, into, factor) =>
        {
            if (VersionRows.Of(row).IsFirst) pledged.Form.AddTo(row, into, factor);
            else VersionLeg.AddDigits(VersionRows.Before(row).Account.Scalars[fields.Encumbered], pledged.Format, into, factor);
        });
        table.Constrain("before the batch as much was pledged as is", rows.First.At * (before.At - pledged.Form.At));
        rows.Continues("what was pledged before is what is in the version before", table.Next(before.At) - pledged.Form.At);
        Carries.Zero(account, "pledged is what was and what is pledged more", LimbForm.Subtract(LimbForm.Add(before, Change), pledged.Form));

        Expr nothing = lowerer.IsZero(account, "nothing is pledged", pledged.CellSum, pledged.SumOf).At;
        table.Constrain("what is not pledged is pledged to nobody", nothing * holder);
        table.Constrain("what is pledged is pledged to who is named", rows.Pledges * (holder - To));
        table.ConstrainTransition("what is pledged more was pledged to nobody else", table.Next(rows.Pledges) * (1 - nothing) * (table.Next(To) - holder));
        table.ConstrainTransition("who it is pledged to releases it", table.Next(rows.Releases) * (table.Next(To) - holder));
        table.Constrain("what is not released is pledged to who it was", rows.Releases * (1 - nothing) * (holder - To));
        table.ConstrainTransition("what is taken back leaves it pledged to who it was", table.Next(rows.TakesBack) * (1 - table.Next(nothing)) * (next - holder));
        rows.Continues("to whom it is pledged stays as it is", (1 - table.Next(rows.Pledges) - table.Next(rows.Releases) - table.Next(rows.TakesBack)) * (next - holder));
    }

    private static Expr Number(IEnumerable<Expr> digits)
    {
        Expr number = 0;
        foreach (Expr digit in digits.Reverse()) number = 256 * number + digit;
        return number;
    }

    /// <summary>By how much what is pledged changes.</summary>
    public LimbForm Change { get; }

    /// <summary>To whom it is pledged, or who releases it: the number of a leaf, and 1; zero where neither.</summary>
    public Expr To { get; }
}
