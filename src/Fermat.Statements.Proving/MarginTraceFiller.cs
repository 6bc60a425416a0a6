using Fermat.Algebra;
using Fermat.Margin;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>
/// Fills the rows of items and accounts, account by account, and remembers which interval each item's collateral falls into for phase 1. The sums are
/// computed as the circuit computes them, digit by digit, so no big integers are needed.
/// </summary>
internal sealed class MarginTraceFiller
{
    private const int Kinds = Asset.Kinds, Digits = SolvencyLimits.AccountBytes;

    private readonly PublicNumbers numbers;
    private readonly ItemLayout item;
    private readonly AccountLayout account;
    private readonly Matrix items;
    private readonly Matrix accounts;
    private readonly int[] intervalOfItem;

    /// <summary>Prepares to fill phase 0 of both tables.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="numbers">The public numbers.</param>
    /// <param name="items">Phase 0 of the table of items, zero.</param>
    /// <param name="accounts">Phase 0 of the table of accounts, zero.</param>
    /// <param name="intervalOfItem">Receives the interval rows: 3 per item.</param>
    public MarginTraceFiller(SolvencyCircuit circuit, PublicNumbers numbers, Matrix items, Matrix accounts, int[] intervalOfItem)
    {
        this.numbers = numbers;
        this.items = items;
        this.accounts = accounts;
        this.intervalOfItem = intervalOfItem;
        item = new ItemLayout(circuit.Items);
        account = new AccountLayout(circuit.Accounts);
    }

    /// <summary>Fills one account's rows.</summary>
    /// <param name="leaf">Its leaf index, which is its row.</param>
    /// <param name="source">The account, valid.</param>
    /// <param name="firstItem">The row of its first item.</param>
    /// <param name="tally">Receives counts and sums.</param>
    public void Fill(int leaf, Account source, int firstItem, Tally tally)
    {
        Span<long> surplus = stackalloc long[Digits];
        Span<long> net = stackalloc long[Digits];
        surplus.Clear();
        net.Clear();
        int previous = -1;
        for (int j = 0; j < source.Balances.Count; j++)
        {
            Balance balance = source.Balances[j];
            FillItem(leaf, j, balance, previous, firstItem + j, surplus, net, tally);
            previous = balance.Asset;
        }
        FillAccount(leaf, source, surplus, net, tally);
    }

    private void FillItem(int leaf, int position, in Balance balance, int previous, int rowIndex, Span<long> surplus, Span<long> net, Tally tally)
    {
        var row = new RowWriter(items.Row(rowIndex), tally);
        row.Write(item.Active, 1);
        row.Write(item.Start, position == 0 ? 1 : 0);
        row.Write(item.Leaf, leaf);
        row.Write(item.Position, position);
        row.Write(item.Asset, balance.Asset);
        row.Word(item.Gap, position == 0 ? 0 : balance.Asset - previous - 1);
        row.Amount(item.Equity, balance.Equity);
        row.Amount(item.Debt, balance.Debt);
        for (int kind = 0; kind < Kinds; kind++)
        {
            ulong amount = balance.Collateral((CollateralKind)kind);
            int interval = numbers.FindInterval(balance.Asset, kind, amount);
            ulong low = numbers.Low[interval], above = amount - low, below = numbers.High[interval] - amount;
            KindLayout at = item.Kinds[kind];
            row.Amount(at.Amount, amount);
            row.Limbs(at.Above, above);
            row.CarryBits(at.AboveCarry, low, above);
            row.Limbs(at.Below, below);
            row.CarryBits(at.BelowCarry, amount, below);
            intervalOfItem[Kinds * rowIndex + kind] = interval;
            tally.Intervals[interval]++;
            AddProduct(surplus, numbers.Slopes[interval], amount, 1);
            AddBytes(surplus, numbers.Offsets[interval]);
        }
        ulong unpledged = balance.Equity - balance.Loan - balance.Margin - balance.Portfolio;
        row.Limbs(item.Unpledged, unpledged);
        UnpledgedCarries(row, balance, unpledged);
        tally.Assets[balance.Asset]++;
        byte[] weight = numbers.Weights[balance.Asset];
        AddProduct(surplus, weight, balance.Debt, -1);
        AddProduct(net, weight, balance.Equity, 1);
        AddProduct(net, weight, balance.Debt, -1);
        for (int i = 0; i < SolvencyLimits.AmountBytes; i++)
            tally.Net[balance.Asset * SolvencyLimits.AmountBytes + i] += (byte)(balance.Equity >> (8 * i)) - (byte)(balance.Debt >> (8 * i));
    }

    private void UnpledgedCarries(RowWriter row, in Balance balance, ulong unpledged)
    {
        uint carry = 0;
        for (int i = 0; i < SolvencyLimits.AmountLimbs - 1; i++)
        {
            carry = Limb(balance.Loan, i) + Limb(balance.Margin, i) + Limb(balance.Portfolio, i) + Limb(unpledged, i) + carry >> 16;
            row.Write(item.UnpledgedCarry + 2 * i, (int)carry & 1);
            row.Write(item.UnpledgedCarry + 2 * i + 1, (int)carry >> 1);
        }

        static uint Limb(ulong value, int i) => (uint)(value >> (16 * i)) & 0xffff;
    }

    private void FillAccount(int leaf, Account source, ReadOnlySpan<long> surplus, ReadOnlySpan<long> net, Tally tally)
    {
        var row = new RowWriter(accounts.Row(leaf), tally);
        row.Write(account.Active, 1);
        row.Write(account.Leaf, leaf);
        Span<byte> nonce = stackalloc byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64LittleEndian(nonce, source.Nonce);
        row.Bytes(account.Nonce, nonce);
        row.Write(account.Items, source.Balances.Count);

        Span<byte> magnitude = stackalloc byte[Digits];
        if (FillSum(row, account.Surplus, surplus, magnitude)) tally.Liquidatable++;
        bool bankrupt = FillSum(row, account.Net, net, magnitude);
        long[] total = bankrupt ? tally.Shortfall : tally.Claims;
        for (int i = 0; i < Digits; i++) total[i] += magnitude[i];
        tally.Accounts++;
        if (!bankrupt) return;
        total[0]++;
        tally.Bankrupt++;
    }

    private static bool FillSum(RowWriter row, SumLayout at, ReadOnlySpan<long> coefficients, Span<byte> magnitude)
    {
        Span<int> carries = stackalloc int[Digits - 1];
        bool negative = SignedDigits.Write(coefficients, magnitude, carries);
        row.Write(at.Sign, negative ? 1 : 0);
        row.Bytes(at.Magnitude, magnitude);
        row.Carries(at.CarryLow, at.CarryHigh, carries);
        return negative;
    }

    private static void AddProduct(Span<long> sum, ReadOnlySpan<byte> factor, ulong amount, int sign)
    {
        for (int j = 0; amount != 0; j++, amount >>= 8)
        {
            int digit = sign * (byte)amount;
            for (int i = 0; i < factor.Length; i++) sum[i + j] += digit * factor[i];
        }
    }

    private static void AddBytes(Span<long> sum, ReadOnlySpan<byte> digits)
    {
        for (int i = 0; i < digits.Length; i++) sum[i] += digits[i];
    }
}
