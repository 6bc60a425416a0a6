using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Rules.Core;
using Fermat.Rules.Leaves;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>
/// A rulebook's tables for a whole book, every account and item bound to the hashed blocks of its leaf, and how a loss is shared: the debt of a bankrupt account without positions, in an asset of which the insurance fund has nothing (be it
/// another's debt or the fund's own), by the balances of all who hold the asset, but for the fees account. Each pays ⌊shared · balance / Σ balances⌋ in units of the ledger, and the first of them by leaf one unit each of what that leaves. The account whose debt it is is short of all
/// of it, and each balance that pays is a whole number of units.
/// </summary>
/// <remarks>
/// A row of balances with its share, all in units of the ledger: shared · balance = share · divisor + rest, 0 ≤ rest &lt; divisor, where the divisor is Σ balances. What is shared, the divisor and the unit stand in columns that do not change from row
/// to row; on the row of the debt they are those of the loss. Who holds is decided on each row by bits of tests for zero, so a row can be neither left out nor added. Whether a unit is left (<c>a unit is left</c>) falls once, at a holder; and since
/// whole units and units of the remainder add up to what is shared, it falls where it must.
/// </remarks>
internal sealed class LoweredShares
{
    private const string ByGains = "liquidation.clearing";
    private const int BalancesKey = 1, UnitsKey = 2;

    /// <summary>Adds the tables of a rulebook to a circuit.</summary>
    /// <param name="circuit">Without challenges of its own but r and γ.</param>
    /// <param name="range">Its range table.</param>
    /// <param name="r">The random point, drawn after phase 0.</param>
    /// <param name="gamma">What tells sums apart, drawn after phase 0.</param>
    /// <param name="block">Gives (leaf, step, 8 elements).</param>
    /// <param name="payers">Takes (payer, failing account, asset, unit of the ledger at r, whole units at r, unit of the remainder) of each share that is not zero.</param>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="lineOf">The line of a position of the rulebook's text.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven, does not say who is bankrupt, or shares losses by gains.</exception>
    public LoweredShares(CircuitBuilder circuit, RangeTable range, Expr r, Expr gamma, Bus block, Bus payers, CoreRulebook rulebook, Func<int, int>? lineOf)
    {
        Layout = new LeafLayout(rulebook.Schema);
        Fields = VersionFields.Of(rulebook.Schema);
        CoreSolvency rules = rulebook.Solvency ?? throw new CoreException("limit", "the rulebook does not say who is bankrupt", "define equity, maintenance, claim and price");
        if (rulebook.Find(ByGains) is { Value: not (Named { Value: Literal { Value.IsZero: true } } or Literal { Value.IsZero: true }) })
            throw new CoreException("limit", $"where a rulebook says {ByGains}, those who gained in the settlement bear what it left unpaid, and there is no statement of that", "how losses are shared is the venue's word there");
        LossRow? loss = null;
        Lowering = new Lowering(circuit, range, r, gamma, rulebook with { Definitions = [] }, lineOf, lowering =>
        {
            Lowerer lowerer = lowering.Lowerer;
            foreach (Domain domain in (Domain[])[lowerer.Account, .. lowerer.Items]) domain.Table.MaxLogHeight = LoweredBook.MaxLogHeight;
            Nonce = LoweredBook.Bind(lowerer, Layout, block);
            loss = new LossRow(circuit, range, r, lowerer, Fields);
            Fail(circuit, lowerer, loss, rulebook.Schema, rules);
            Share(circuit, lowerer, loss, payers);
            loss.Domain.Finish();
        });
        Loss = loss!;
    }

    /// <summary>The rulebook's tables.</summary>
    public Lowering Lowering { get; }

    /// <summary>The loss.</summary>
    public LossRow Loss { get; }

    /// <summary>How leaves are laid out.</summary>
    public LeafLayout Layout { get; }

    /// <summary>Where balances are.</summary>
    public VersionFields Fields { get; }

    /// <summary>Where an account's row has the elements of its nonce: the leaf binds them, and no rule speaks of them.</summary>
    public IReadOnlyList<Expr> Nonce { get; private set; } = [];

    /// <summary>Digits of a share in units of the ledger, but for the unit of the remainder.</summary>
    public DigitColumns WholeUnits { get; private set; } = null!;

    /// <summary>The failing account is bankrupt, has no position left, and is short of what it owes.</summary>
    private void Fail(CircuitBuilder circuit, Lowerer lowerer, LossRow loss, RulebookSchema schema, CoreSolvency rules)
    {
        Domain account = lowerer.Account;
        Bus failing = circuit.Bus("failing account");
        var flag = (SmallValue)lowerer.Value(rules.Bankrupt, account);
        SmallValue fails = account.Bit("is the failing account", row => row.Index == row.Book.Shares!.Failing);
        account.Table.Constrain("the failing account is bankrupt", fails.At * (1 - flag.At));
        if (Fields.HasPositions) account.Table.Constrain("the failing account has no position", fails.At * LoweredBook.LinkOf(lowerer, Fields.Positions).Count.At);
        Expr[] its = [], named = [];
        if (rules.Price is { } price && price.Table == Fields.AssetTable)
        {
            DigitColumns net = lowerer.Digits((NumberValue)lowerer.Value(rules.NetEquity, account), account, "net equity");
            Collection balances = schema.Collections[Fields.Balances];
            int shift = ((FieldType.Number)balances.Fields[Fields.Amount].Type).Quantity.Scale + price.Value.Number.Scale - rules.NetEquity.Number.Scale;
            (its, named) = ([.. net.Cells, LoweredBook.LinkOf(lowerer, Fields.Balances).Count.At], loss.IsShort(price, net.Format, shift, balances.MaxItems));
        }
        account.Table.Send(failing, "the failing account", fails.At, [account.Key.At, .. its]);
        loss.Domain.Table.Receive(failing, "whose loss it is", loss.Used, [loss.Failing.At, .. named]);
    }

    /// <summary>What each balance of the asset pays.</summary>
    private void Share(CircuitBuilder circuit, Lowerer lowerer, LossRow loss, Bus payers)
    {
        Domain items = lowerer.Items[Fields.Balances];
        TableBuilder table = items.Table;
        const int end = (1 << LoweredBook.MaxLogHeight) - 1;
        var asset = (SmallValue)items.Fields[Fields.Asset];
        DigitColumns balance = ((NumberValue)items.Fields[Fields.Amount]).Digits!;
        SmallValue failing = items.Small("failing account", end, row => Of(row).Failing), wanted = items.Small("asset that is owed", RuleLimits.MaxRecords - 1, row => Of(row).Asset);
        SmallValue fees = items.Small("fees account", end, row => Of(row).Fees), insurance = items.Small("insurance fund", end, row => Of(row).Insurance);
        LimbForm shared = Known(items, "what is shared", loss.Units.Format, witness => witness.Units), divisor = Known(items, "divisor", loss.Total.Format, LossRow.TotalUnits), unit = Known(items, "unit", LossRow.UnitFormat, witness => witness.Unit);
        items.Steady("one loss", failing.At, wanted.At, fees.At, insurance.At, shared.At, shared.Mirror, divisor.At, divisor.Mirror, unit.At, unit.Mirror);

        SmallValue owed = Same("in the asset", asset, wanted), ofFailing = Same("of the failing account", items.Key, failing), ofFees = Same("of the fees account", items.Key, fees), ofFund = Same("of the insurance fund", items.Key, insurance);
        SmallValue nothing = lowerer.IsZero(items, "nothing is held", balance.CellSum, balance.SumOf);
        SmallValue negative = balance.Sign!;
        SmallValue debt = Both("debt of the failing account", owed, ofFailing);
        table.Constrain("what the failing account owes is a debt", debt.At * (1 - negative.At));
        SmallValue positive = items.Bit("is positive", row => nothing.Of(row) == 0 && negative.Of(row) == 0);
        table.Constrain("positive is what is neither nothing nor negative", positive.At - (items.Active - nothing.At) * (1 - negative.At));
        // without a price nothing tells what is worth less than a unit of what is owed
        if (!loss.HasPrice) table.Constrain("the failing account has nothing left", ofFailing.At * positive.At);
        SmallValue credit = Both("holds the asset", owed, positive);
        // where the fund is the failing account, its one balance of the asset is the debt: it does not pay for itself
        table.Constrain("the insurance fund has nothing of the asset", credit.At * ofFund.At);
        SmallValue holds = items.Bit("shares the loss", row => credit.Of(row) == 1 && ofFees.Of(row) == 0);
        table.Constrain("who holds the asset shares the loss, but for the fees account", holds.At - credit.At * (1 - ofFees.At));

        SmallValue open = items.Bit("a unit is left", row => (items.Key.Of(row), asset.Of(row)).CompareTo((Of(row).FirstWithout, Of(row).Asset)) < 0);
        table.ConstrainFirst("a unit is left for the first", (items.Active - holds.At) * (1 - open.At));
        table.ConstrainTransition("who comes later has no unit that is not left", table.Next(open.At) * (1 - open.At));
        table.ConstrainTransition("only who shares the loss takes a unit", (table.Next(items.Active) - table.Next(holds.At)) * (table.Next(open.At) - open.At));
        SmallValue takes = Both("pays a unit of the remainder", holds, open);

        BigInteger most = Fields.AmountFormat.Range.Max;
        var held = new DigitColumns(items, "units that are held", DigitFormat.Of(new Bounds(0, most)), row => holds.Of(row) * balance.Value(row) / Of(row).Unit);
        Carries.Zero(items, "what is held is its units", LimbForm.Subtract(LimbForm.Multiply(unit, held.Form), LimbForm.Scale(balance.Form, holds)));
        WholeUnits = lowerer.Floor(
            items, "share", new NumberValue(LimbForm.Multiply(shared, held.Form), new Bounds(0, loss.Units.Format.Range.Max * most)), new NumberValue(divisor, new Bounds(0, loss.Total.Format.Range.Max)), new Bounds(0, most));
        LimbForm units = LimbForm.Add(WholeUnits.Form, LimbForm.Of(takes));
        SmallValue free = lowerer.IsZero(items, "pays nothing", WholeUnits.CellSum + takes.At, row => WholeUnits.SumOf(row) + takes.Of(row));
        table.Send(payers, "who pays a share", items.Active - free.At, items.Key.At, failing.At, wanted.At, unit.At, WholeUnits.Form.At, takes.At);

        Bus sums = circuit.Bus("sums over holders"), debts = circuit.Bus("debt of the failing account");
        loss.SumsUp(items, "balances of the holders", held.Form, loss.Total, sums, BalancesKey, witness => witness.BalanceSums);
        loss.SumsUp(items, "shares of the holders", units, loss.Units, sums, UnitsKey, witness => witness.UnitSums);
        table.Send(debts, "debt", debt.At, [failing.At, wanted.At, fees.At, insurance.At, .. LoweredBook.Packed(balance), shared.At, shared.Mirror, divisor.At, divisor.Mirror, unit.At, unit.Mirror]);
        loss.Domain.Table.Receive(debts, "debt that is shared", loss.Used,
            [loss.Failing.At, loss.Asset.At, loss.FeesSlot, loss.InsuranceSlot, .. LoweredBook.Packed(loss.Balance), loss.Units.Form.At, loss.Units.Form.Mirror, loss.Total.Form.At, loss.Total.Form.Mirror, loss.Unit.At, loss.Unit.Mirror]);

        SmallValue Same(string name, SmallValue a, SmallValue b) => lowerer.IsZero(items, name, a.At - b.At, row => a.Of(row) - b.Of(row));

        SmallValue Both(string name, SmallValue a, SmallValue b)
        {
            SmallValue both = items.Bit(name, row => a.Of(row) == 1 && b.Of(row) == 1);
            table.Constrain($"{name}: both", both.At - a.At * b.At);
            return both;
        }
    }

    /// <summary>A number of the loss, on each row: at r and −r.</summary>
    private static LimbForm Known(Domain items, string name, DigitFormat format, Func<SharesWitness, BigInteger> value)
    {
        return items.Told(name, format, LimbForm.Adding(row => row.Book.Of(value, () => Digits(row))), mirrored: true);

        long[] Digits(WitnessRow row)
        {
            var digits = new long[format.Count];
            Limbs.ToDigits(value(Of(row)), digits, format, wrap: row.Book.Lie is not null);
            return digits;
        }
    }

    private static SharesWitness Of(WitnessRow row) => row.Book.Shares!;
}
