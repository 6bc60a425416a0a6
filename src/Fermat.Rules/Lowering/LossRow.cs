using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// The table <c>loss</c>: one row, the debt of the failing account and what is shared of it, min(debt, Σ balances of the holders). Σ over holders' rows of balances and of shares are numbers of this row.
/// </summary>
/// <remarks>What is shared is counted in units of the ledger, 10^unit units of the rulebook. Σ times that is what shares are divided by, once for all rows.</remarks>
internal sealed class LossRow
{
    /// <summary>The coarsest unit of a ledger: 10^this units of the rulebook.</summary>
    public const int MaxUnit = 18;

    /// <summary>Adds the table to a circuit.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="range">Its range table.</param>
    /// <param name="r">The random point.</param>
    /// <param name="fields">Where balances are.</param>
    /// <param name="unit">The ledger counts in 10^this units of the rulebook.</param>
    public LossRow(CircuitBuilder circuit, RangeTable range, Expr r, VersionFields fields, int unit)
    {
        UnitSize = BigInteger.Pow(10, unit);
        BigInteger most = -fields.AmountFormat.Range.Min, all = most << LoweredBook.MaxLogHeight;
        Domain = new Domain(circuit, range, r, "loss", null, null);
        TableBuilder table = Domain.Table;
        Used = table.PublicColumn("used");
        FeesSlot = table.PublicColumn("fees account");
        InsuranceSlot = table.PublicColumn("insurance fund");
        table.Constrain("there is one loss", Domain.Active - Used);
        Failing = Domain.Small("failing account", (1 << LoweredBook.MaxLogHeight) - 1, row => Of(row).Failing);
        Asset = Domain.Small("asset", RuleLimits.MaxRecords - 1, row => Of(row).Asset);
        Lowerer.IsNotZero(Domain, "the failing account is not the fees account", Failing.At - FeesSlot, row => Of(row).Failing - Of(row).Fees);
        Lowerer.IsNotZero(Domain, "the failing account is not the insurance fund", Failing.At - InsuranceSlot, row => Of(row).Failing - Of(row).Insurance);

        Balance = new DigitColumns(Domain, "balance of the failing account", fields.AmountFormat, row => Of(row).Balance, isZeroOnPadding: true);
        Total = Number("balances of the holders", all, row => Of(row).Total);
        Units = Number("units that are shared", most, row => Of(row).Units);
        Shared = Number("what is shared", most, row => Of(row).Units * UnitSize);
        Divisor = Number("divisor", all * UnitSize, row => Of(row).Total * UnitSize);
        Carries.Zero(Domain, "what is shared is its units", LimbForm.Subtract(LimbForm.Multiply(LimbForm.Of(UnitSize, r), Units.Form), Shared.Form));
        Carries.Zero(Domain, "the divisor is what the holders have, times the unit", LimbForm.Subtract(LimbForm.Multiply(LimbForm.Of(UnitSize, r), Total.Form), Divisor.Form));
        WordColumns unpaid = Rest("no more is shared than is owed", most, LimbForm.Negate(LimbForm.Add(Balance.Form, Shared.Form)));
        WordColumns kept = Rest("no more is shared than the holders have", all, LimbForm.Subtract(Total.Form, Shared.Form));
        table.Constrain("the loss is shared, or all that the holders have", unpaid.CellSum * kept.CellSum);
    }

    /// <summary>What the ledger counts in, in units of the rulebook.</summary>
    public BigInteger UnitSize { get; }

    /// <summary>Its row.</summary>
    public Domain Domain { get; }

    /// <summary>The table's index in the circuit.</summary>
    public int Table => Domain.Table.Index;

    /// <summary>Public: 1 on row 0.</summary>
    public Expr Used { get; }

    /// <summary>Public: the leaf that fees go to.</summary>
    public Expr FeesSlot { get; }

    /// <summary>Public: the leaf of the insurance fund.</summary>
    public Expr InsuranceSlot { get; }

    /// <summary>The leaf of the failing account.</summary>
    public SmallValue Failing { get; }

    /// <summary>The record of the asset that it owes.</summary>
    public SmallValue Asset { get; }

    /// <summary>The failing account's balance, negative.</summary>
    public DigitColumns Balance { get; }

    /// <summary>What the holders have.</summary>
    public DigitColumns Total { get; }

    /// <summary>What is shared, in units of the ledger.</summary>
    public DigitColumns Units { get; }

    /// <summary>The same in units of the rulebook.</summary>
    public DigitColumns Shared { get; }

    /// <summary><see cref="Total"/> times the unit.</summary>
    public DigitColumns Divisor { get; }

    /// <summary>Σ of a number over the rows of another table is a number of this row.</summary>
    /// <param name="rows">The other table.</param>
    /// <param name="name">What is added up.</param>
    /// <param name="term">The number of each row; zero on padding.</param>
    /// <param name="value">The number of this row.</param>
    /// <param name="sums">Takes (key), with the number as multiplicity.</param>
    /// <param name="key">Of this sum alone.</param>
    /// <param name="digits">Σ of each digit over honest rows.</param>
    public void SumsUp(Domain rows, string name, LimbForm term, DigitColumns value, Bus sums, int key, Func<SharesWitness, long[]> digits)
    {
        LimbForm summed = term.Summed(1 << LoweredBook.MaxLogHeight, LimbForm.Adding(row => digits(Of(row))));
        var carries = new Carries(Domain, name, LimbForm.Subtract(summed, value.Form));
        Domain.Table.Constrain($"padding: {name} has no carries", (1 - Domain.Active) * carries.At);
        Domain.Degree(Math.Max(carries.Degree, term.Count));
        rows.Table.Send(sums, $"contribution to {name}", carries.Of(term), key);
        Domain.Table.Receive(sums, name, carries.Of(value.Form) + carries.At, key);
    }

    private DigitColumns Number(string name, BigInteger max, Func<WitnessRow, BigInteger> value) => new(Domain, name, DigitFormat.Of(new Bounds(0, max)), value, isZeroOnPadding: true);

    /// <summary>A number that is not negative, in words.</summary>
    private WordColumns Rest(string name, BigInteger max, LimbForm form)
    {
        var words = new WordColumns(Domain, $"{name}, rest", max, form);
        Carries.Zero(Domain, name, LimbForm.Subtract(form, words.Form));
        return words;
    }

    private static SharesWitness Of(WitnessRow row) => row.Book.Shares!;
}
