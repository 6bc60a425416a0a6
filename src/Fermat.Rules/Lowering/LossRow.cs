using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// The table <c>loss</c>: one row, the debt of the failing account and what is shared of it, min(debt, Σ balances of the holders). Σ over holders' rows of balances and of shares are numbers of this row.
/// </summary>
/// <remarks>What is shared and what the holders have are counted in units of the ledger, which everybody knows for each asset (<see cref="LedgerUnits"/>) and the row looks up for the one that is owed; the debt, as its leaf has it, in those of the rulebook.</remarks>
internal sealed class LossRow
{
    /// <summary>Digits of what a ledger counts in.</summary>
    public static readonly DigitFormat UnitFormat = DigitFormat.Of(new Bounds(0, LedgerUnits.Max));

    private readonly PublicLookup _owed;
    private Func<Interpreter, SharesWitness, BigInteger>? _missing;

    /// <summary>Adds the table to a circuit.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="range">Its range table.</param>
    /// <param name="r">The random point.</param>
    /// <param name="lowerer">The rulebook's tables.</param>
    /// <param name="fields">Where balances are.</param>
    public LossRow(CircuitBuilder circuit, RangeTable range, Expr r, Lowerer lowerer, VersionFields fields)
    {
        BigInteger debt = -fields.AmountFormat.Range.Min, all = debt << LoweredBook.MaxLogHeight;
        Domain = new Domain(circuit, range, r, "loss", null, null);
        TableBuilder table = Domain.Table;
        Used = table.PublicColumn("used");
        FeesSlot = table.PublicColumn("fees account");
        InsuranceSlot = table.PublicColumn("insurance fund");
        table.Constrain("there is one loss", Domain.Active - Used);
        Failing = Domain.Small("failing account", (1 << LoweredBook.MaxLogHeight) - 1, row => Of(row).Failing);
        Asset = Domain.Small("asset", RuleLimits.MaxRecords - 1, row => Of(row).Asset);
        Lowerer.IsNotZero(Domain, "the failing account is not the fees account", Failing.At - FeesSlot, row => Of(row).Failing - Of(row).Fees);

        Balance = new DigitColumns(Domain, "balance of the failing account", fields.AmountFormat, row => Of(row).Balance, isZeroOnPadding: true);
        Total = Number("units of the holders", all, TotalUnits);
        _owed = lowerer.LookUp(Domain, Asset, fields.AssetTable, "asset that is owed");
        Unit = _owed.Number(new PublicValue("unit", UnitFormat, (_, _) => 0) { InBook = (book, record) => book.Units!.Amounts[record] });
        Units = Number("units that are shared", debt, row => row.Units);
        WordColumns unpaid = Rest("no more is shared than is owed", debt, LimbForm.Negate(LimbForm.Add(Balance.Form, LimbForm.Multiply(Unit, Units.Form))));
        WordColumns kept = Rest("no more is shared than the holders have", all, LimbForm.Subtract(Total.Form, Units.Form));
        table.Constrain("the loss is shared, or all that the holders have", unpaid.CellSum * kept.CellSum);
    }

    /// <summary>What the ledger counts the asset in, in units of the rulebook: public for each asset.</summary>
    public LimbForm Unit { get; }

    /// <summary>Its row.</summary>
    public Domain Domain { get; }

    /// <summary>The table's index in the circuit.</summary>
    public int Table => Domain.Table.Index;

    /// <summary>Public: 1 on row 0.</summary>
    public Expr Used { get; }

    /// <summary>Public: the leaf that fees go to.</summary>
    public Expr FeesSlot { get; }

    /// <summary>Public: the leaf of the insurance fund, which may be the failing account itself.</summary>
    public Expr InsuranceSlot { get; }

    /// <summary>The leaf of the failing account.</summary>
    public SmallValue Failing { get; }

    /// <summary>The record of the asset that it owes.</summary>
    public SmallValue Asset { get; }

    /// <summary>The failing account's balance, negative.</summary>
    public DigitColumns Balance { get; }

    /// <summary>What the holders have, in units of the ledger.</summary>
    public DigitColumns Total { get; }

    /// <summary>What is shared, in units of the ledger.</summary>
    public DigitColumns Units { get; }

    /// <summary>What a prover says the holders have, in units of the ledger.</summary>
    public static BigInteger TotalUnits(SharesWitness witness) => witness.Total / witness.Unit;

    /// <summary>
    /// What is owed is what the failing account is short of, by the rulebook's price and but for dust: debt · price &lt; n units · price − net equity, where it has n balances. An account with collateral is short of less than it owes; one
    /// that has beside its debt only balances that are each worth less than a unit of it is short of all of it, but for as many units.
    /// </summary>
    /// <param name="price">Of an asset.</param>
    /// <param name="format">Digits of net equity.</param>
    /// <param name="shift">How many decimals more an amount times a price has than net equity.</param>
    /// <param name="most">The most balances that an account has.</param>
    /// <returns>What the account's row says: its net equity, and how many balances it has.</returns>
    public Expr[] IsShort(CoreRecordValue price, DigitFormat format, int shift, int most)
    {
        var net = new DigitColumns(Domain, "net equity of the failing account", format, row => Of(row).NetEquity, isZeroOnPadding: true);
        var value = new PublicValue("price", DigitFormat.Of(price.Value.Bounds), (interpreter, record) => interpreter.EvaluatePublic(price.Value, (price.Record, record)));
        LimbForm priced = _owed.Number(value);
        SmallValue held = Domain.Small("balances of the failing account", most, row => Of(row).Held);
        BigInteger finer = BigInteger.Pow(10, Math.Max(0, shift)), coarser = BigInteger.Pow(10, Math.Max(0, -shift));
        BigInteger units = most * (BigInteger)LedgerUnits.Max;
        DigitColumns dust = Number("a unit for each balance", units, witness => witness.Held * witness.Unit);
        Carries.Zero(Domain, "each balance may be worth less than a unit", LimbForm.Subtract(LimbForm.Scale(Unit, held), dust.Form));
        LimbForm left = LimbForm.Multiply(LimbForm.Add(Balance.Form, dust.Form), priced);
        if (!coarser.IsOne) left = LimbForm.Multiply(LimbForm.Of(coarser, Domain.R), left);
        left = LimbForm.Subtract(LimbForm.Subtract(left, LimbForm.Multiply(LimbForm.Of(finer, Domain.R), net.Form)), LimbForm.Of(1, Domain.R).On(Domain.Active));
        Rest("the failing account is short of what it owes", units * price.Value.Bounds.Max * coarser - format.Range.Min * finer, left);
        _missing = (interpreter, witness) => (witness.Balance + witness.Held * witness.Unit) * value.Of(interpreter, witness.Asset) * coarser - witness.NetEquity * finer - 1;
        return [.. net.Cells, held.At];
    }

    /// <summary>Whether the failing account is short of what it owes; true where the rulebook has no price to tell it by.</summary>
    /// <param name="interpreter">Evaluates public values.</param>
    /// <param name="witness">The loss.</param>
    public bool IsShort(Interpreter interpreter, SharesWitness witness) => _missing is not { } missing || missing(interpreter, witness).Sign >= 0;

    /// <summary>Whether <see cref="IsShort(Interpreter, SharesWitness)"/> is decided by a price.</summary>
    public bool HasPrice => _missing is not null;

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

    private DigitColumns Number(string name, BigInteger max, Func<SharesWitness, BigInteger> value) => new(Domain, name, DigitFormat.Of(new Bounds(0, max)), row => value(Of(row)), isZeroOnPadding: true);

    /// <summary>A number that is not negative, in words.</summary>
    private WordColumns Rest(string name, BigInteger max, LimbForm form)
    {
        var words = new WordColumns(Domain, $"{name}, rest", max, form);
        Carries.Zero(Domain, name, LimbForm.Subtract(form, words.Form));
        return words;
    }

    private static SharesWitness Of(WitnessRow row) => row.Book.Shares!;
}
