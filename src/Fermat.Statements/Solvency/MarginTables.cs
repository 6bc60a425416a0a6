using Fermat.Air;
using Fermat.Air.Gadgets;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The margin rule as constraints: what an item counts, what an account is. The same rule as <c>MarginEvaluator</c>, in integers, with
/// no rounding. r and γ are random points drawn after every amount, digit and carry is committed.
/// </summary>
/// <remarks>
/// An item sends its account the polynomial Σ_kinds (slope · amount + offset) − weight · debt, γ times weight · (equity − debt), and γ² as the count of one.
/// The account receives its surplus V, net equity N and item count n as digits with carries:
/// Σ items = V(r) + (256 − r) · carry_V(r) + γ · [N(r) + (256 − r) · carry_N(r)] + γ² · n.
/// Equal at a random (r, γ), equal as polynomials; at r = 256 the carries vanish and the integers are equal (<see cref="LimbBounds"/>).
/// </remarks>
internal static class MarginTables
{
    private const int Limb = 1 << 16;

    /// <summary>Declares the table <c>items</c>.</summary>
    public static ItemColumns Items(CircuitBuilder circuit, SolvencyBuses buses, RangeTable range, Expr r, Expr gamma)
    {
        TableBuilder table = circuit.Table("items");
        table.MaxLogHeight = SolvencyLimits.MaxItemsLog;
        var item = new ItemColumns(table);
        Padding(table, item.Active, item.Contents);
        ItemOrder(table, item);
        RangeChecks(table, item, range);

        Pledged(table, item);
        Expr counted = 0;
        for (int kind = 0; kind < item.Collateral.Length; kind++)
        {
            CollateralColumns collateral = item.Collateral[kind];
            FindInterval(table, buses, item, kind);
            counted += collateral.Slope * At(collateral.Amount, r) + collateral.Offset;
        }

        table.Receive(buses.Asset, "weight of the asset", item.Active, item.Asset, item.Weight);
        Expr surplus = counted - item.Weight * At(item.Debt, r);
        Expr net = item.Weight * (At(item.Equity, r) - At(item.Debt, r));
        table.Send(buses.AccountSum, "contribution to the account", surplus + gamma * net + gamma * gamma * item.Active, item.Leaf);
        table.Send(buses.Total, "contribution to the asset's total", At(item.Equity, r) - At(item.Debt, r), item.Asset);

        Expr[] elements = [item.Asset, .. Packed(item.Equity), .. Packed(item.Debt), .. item.Collateral.SelectMany(k => Packed(k.Amount))];
        Expr step = 4 + 2 * item.Position;
        table.Receive(buses.Block, "first block of the item", item.Active, [item.Leaf, step, .. elements[..8]]);
        table.Receive(buses.Block, "second block of the item", item.Active, [item.Leaf, step + 1, .. elements[8..]]);
        return item;
    }

    /// <summary>Declares the table <c>accounts</c>.</summary>
    public static AccountColumns Accounts(CircuitBuilder circuit, SolvencyBuses buses, RangeTable range, Expr r, Expr gamma)
    {
        TableBuilder table = circuit.Table("accounts");
        table.MaxLogHeight = SolvencyLimits.MaxAccountsLog;
        var account = new AccountColumns(table);
        Padding(table, account.Active, account.Contents);
        BytePairs(table, range, "nonce", account.Nonce);
        SignedSum(table, range, "surplus", account.Surplus);
        SignedSum(table, range, "net equity", account.Net);

        Expr surplus = Value(account.Surplus, r) + (256 - r) * Carries(account.Surplus, account.Active, r);
        Expr net = Value(account.Net, r) + (256 - r) * Carries(account.Net, account.Active, r);
        table.Receive(buses.AccountSum, "sum of the items", surplus + gamma * net + gamma * gamma * account.Items, account.Leaf);

        Expr sign = account.Net.Sign;
        Expr magnitude = At(account.Net.Magnitude, r);
        table.Send(buses.Total, "claim", (1 - sign) * magnitude, Aggregates.Claims);
        table.Send(buses.Total, "shortfall", sign * (magnitude + 1), Aggregates.Shortfall);
        table.Send(buses.Total, "account", account.Active, Aggregates.Accounts);
        table.Send(buses.Total, "liquidatable account", account.Surplus.Sign, Aggregates.Liquidatable);
        table.Send(buses.Total, "bankrupt account", sign, Aggregates.Bankrupt);

        const int CrossMode = 0;
        table.Receive(buses.Block, "meta block", account.Active,
            [account.Leaf, 3, .. PackedNonce(account.Nonce), CrossMode, account.Items, 0, 0, 0]);
        return account;
    }

    /// <summary>Padding rows are zero everywhere, so no cell of them is free.</summary>
    private static void Padding(TableBuilder table, Expr active, IEnumerable<Expr> contents)
    {
        table.ConstrainBoolean("active is a bit", active);
        foreach (Expr column in contents)
            table.Constrain($"padding: {column.ColumnInfo.Name} is zero", (1 - active) * column);
    }

    /// <summary>Items of an account lie on adjacent rows, numbered from 0, with strictly rising assets.</summary>
    private static void ItemOrder(TableBuilder table, ItemColumns item)
    {
        Expr follows = table.Next(item.Active) - table.Next(item.Start);
        table.ConstrainBoolean("start is a bit", item.Start);
        table.ConstrainFirst("the first item starts an account", item.Active - item.Start);
        table.ConstrainTransition("padding is at the end", table.Next(item.Active) * (1 - item.Active));
        table.Constrain("an account's items start at position 0", item.Start * item.Position);
        table.Constrain("an account's first item has no gap", item.Start * item.Gap);
        table.ConstrainTransition("items of an account share its leaf", follows * (table.Next(item.Leaf) - item.Leaf));
        table.ConstrainTransition("positions count up", follows * (table.Next(item.Position) - item.Position - 1));
        table.ConstrainTransition("assets rise", follows * (table.Next(item.Asset) - item.Asset - 1 - table.Next(item.Gap)));
    }

    private static void RangeChecks(TableBuilder table, ItemColumns item, RangeTable range)
    {
        table.Receive(range.Range16, "gap is 16 bits", 1, item.Gap);
        Amount(table, range, "equity", item.Equity);
        Amount(table, range, "debt", item.Debt);
        Limbs(table, range, "unpledged", item.Unpledged);
        for (int kind = 0; kind < item.Collateral.Length; kind++)
        {
            string name = ItemColumns.KindNames[kind];
            Amount(table, range, name, item.Collateral[kind].Amount);
            Limbs(table, range, $"{name}.above", item.Collateral[kind].Above);
            Limbs(table, range, $"{name}.below", item.Collateral[kind].Below);
        }
    }

    /// <summary>equity = Σ kinds + unpledged, limb by limb; unpledged is not negative, so no more is pledged than held.</summary>
    private static void Pledged(TableBuilder table, ItemColumns item)
    {
        for (int bit = 0; bit < item.UnpledgedCarry.Length; bit++)
            table.ConstrainBoolean($"unpledged.carry[{bit}] is a bit", item.UnpledgedCarry[bit]);
        Expr carryIn = 0;
        for (int i = 0; i < SolvencyLimits.AmountLimbs; i++)
        {
            Expr carryOut = i + 1 < SolvencyLimits.AmountLimbs ? item.UnpledgedCarry[2 * i] + 2 * item.UnpledgedCarry[2 * i + 1] : 0;
            Expr sum = item.Unpledged[i] + carryIn;
            foreach (CollateralColumns collateral in item.Collateral) sum += Limb16(collateral.Amount, i);
            table.Constrain($"equity is what is pledged and what is not, limb {i}", sum - Limb * carryOut - Limb16(item.Equity, i));
            carryIn = carryOut;
        }
    }

    /// <summary>
    /// The amount lies in the interval whose slope and offset are used: low = amount − above and high = amount + below, with above and below not
    /// negative, form a row of the public table of intervals together with them.
    /// </summary>
    private static void FindInterval(TableBuilder table, SolvencyBuses buses, ItemColumns item, int kind)
    {
        CollateralColumns collateral = item.Collateral[kind];
        string name = ItemColumns.KindNames[kind];
        var low = new Expr[SolvencyLimits.AmountLimbs];
        var high = new Expr[SolvencyLimits.AmountLimbs];
        Expr lowCarry = 0, highCarry = 0;
        for (int i = 0; i < SolvencyLimits.AmountLimbs; i++)
        {
            bool top = i + 1 == SolvencyLimits.AmountLimbs;
            Expr lowNext = top ? 0 : collateral.AboveCarry[i];
            Expr highNext = top ? 0 : collateral.BelowCarry[i];
            Expr amount = Limb16(collateral.Amount, i);
            low[i] = amount - collateral.Above[i] - lowCarry + Limb * lowNext;
            high[i] = amount + collateral.Below[i] + highCarry - Limb * highNext;
            (lowCarry, highCarry) = (lowNext, highNext);
            if (top) continue;
            table.ConstrainBoolean($"{name}.above.carry[{i}] is a bit", lowNext);
            table.ConstrainBoolean($"{name}.below.carry[{i}] is a bit", highNext);
        }
        table.Receive(buses.Tier, $"interval of {name}", item.Active, [item.Asset, kind, .. low, .. high, collateral.Slope, collateral.Offset]);
    }

    private static void SignedSum(TableBuilder table, RangeTable range, string name, SignedSumColumns sum)
    {
        table.ConstrainBoolean($"{name}.sign is a bit", sum.Sign);
        BytePairs(table, range, $"{name}.magnitude", sum.Magnitude);
        CarryChecks(table, range, name, sum.CarryLow, sum.CarryHigh);
    }

    /// <summary>Carries of [−2^22, 2^22): 16 bits and 7 bits.</summary>
    internal static void CarryChecks(TableBuilder table, RangeTable range, string name, Expr[] low, Expr[] high)
    {
        for (int i = 0; i < low.Length; i++)
        {
            table.Receive(range.Range16, $"{name}.carry.low[{i}] is 16 bits", 1, low[i]);
            table.Receive(range.Tops, $"{name}.carry.high[{i}] is 7 bits", 1, high[i], high[i]);
        }
    }

    /// <summary>Σ_l r^l · carry_l; zero where <paramref name="active"/> and the cells are.</summary>
    internal static Expr Carries(Expr[] low, Expr[] high, Expr active, Expr r) =>
        At([.. low.Select((cell, i) => cell + Limb * high[i] - LimbBounds.Carry * active)], r);

    private static Expr Carries(SignedSumColumns sum, Expr active, Expr r) => Carries(sum.CarryLow, sum.CarryHigh, active, r);

    /// <summary>The signed value at r: magnitude, or −(magnitude + 1).</summary>
    private static Expr Value(SignedSumColumns sum, Expr r) => (1 - 2 * sum.Sign) * At(sum.Magnitude, r) - sum.Sign;

    /// <summary>Eight bytes of which the top one is below 128: an integer below 2^63.</summary>
    private static void Amount(TableBuilder table, RangeTable range, string name, Expr[] bytes)
    {
        BytePairs(table, range, name, bytes[..^2]);
        table.Receive(range.Tops, $"{name} is below 2^63", 1, bytes[^2], bytes[^1]);
    }

    /// <summary>Bytes, checked two at a time; an odd last one with itself.</summary>
    internal static void BytePairs(TableBuilder table, RangeTable range, string name, Expr[] bytes)
    {
        for (int i = 0; i < bytes.Length; i += 2)
            table.Receive(range.Bytes, $"{name}[{i}..] are bytes", 1, bytes[i], bytes[Math.Min(i + 1, bytes.Length - 1)]);
    }

    private static void Limbs(TableBuilder table, RangeTable range, string name, Expr[] limbs)
    {
        for (int i = 0; i < limbs.Length; i++)
            table.Receive(range.Range16, $"{name}[{i}] is 16 bits", 1, limbs[i]);
    }

    private static Expr At(Expr[] digits, Expr r) => Expr.Polynomial(digits, r);

    private static Expr Limb16(Expr[] bytes, int i) => bytes[2 * i] + 256 * bytes[2 * i + 1];

    /// <summary>An amount as the leaf holds it: bits 0–23, 24–47, 48–62.</summary>
    private static Expr[] Packed(Expr[] bytes) =>
        [Limb16(bytes, 0) + Limb * bytes[2], bytes[3] + 256 * Limb16(bytes, 2), Limb16(bytes, 3)];

    /// <summary>A nonce as the leaf holds it: bits 0–23, 24–47, 48–63.</summary>
    private static Expr[] PackedNonce(Expr[] bytes) => Packed(bytes);
}
