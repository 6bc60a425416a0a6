using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Benchmarks;

/// <summary>Fills the tables of <see cref="HealthCircuit"/>.</summary>
public static class HealthTrace
{
    /// <summary>The traces of an account.</summary>
    /// <param name="health">The circuit.</param>
    /// <param name="account">The account; one in default gives a trace that no proof accepts.</param>
    /// <param name="logHeight">Of every table.</param>
    /// <param name="tailRows">Rows left to the prover.</param>
    public static TableTrace[] Fill(HealthCircuit health, HealthAccount account, int logHeight, int tailRows)
    {
        TableTrace[] traces = [.. health.Circuit.Tables.Select(table => new TableTrace(health.Circuit, table.Index, logHeight, tailRows))];
        Hashes(health, account, traces[0]);
        int[] uses = Items(health, account, traces[1]);
        for (int b = 0; b < uses.Length; b++) traces[2].Phase(0)[b, 0] = KoalaBear.From(uses[b]);
        return traces;
    }

    private static void Hashes(HealthCircuit health, HealthAccount account, TableTrace trace)
    {
        Matrix cells = trace.Phase(0);
        KoalaBear[][] states = account.States();
        for (int row = 0; row < trace.ActiveRows; row++)
        {
            Span<KoalaBear> target = cells.Row(row);
            if (row > states.Length)
            {
                cells.Row(states.Length).CopyTo(target);
                continue;
            }

            KoalaBear[] state = row < states.Length ? [.. states[row]] : new KoalaBear[Poseidon16.Width];
            state.CopyTo(target[health.Permutation.Input[0].Offset..]);
            Poseidon16.PermuteRecording(state, target.Slice(health.Permutation.Cubes[0].Offset, Poseidon16.Cubes));
            int level = row - HealthCircuit.Blocks;
            if (level >= 0 && level < HealthCircuit.Depth && HealthAccount.IsRight(level)) target[health.Right.Offset] = KoalaBear.One;
        }
    }

    private static int[] Items(HealthCircuit health, HealthAccount account, TableTrace trace)
    {
        Matrix cells = trace.Phase(0);
        var uses = new int[256];
        var sums = new int[HealthCircuit.ValueBytes];
        for (int row = 0; row < trace.ActiveRows; row++)
        {
            Span<KoalaBear> target = cells.Row(row);
            if (row < HealthCircuit.Assets) Item(health, account, row, target, sums);
            for (int k = 0; k < sums.Length; k++) target[health.Sums[k].Offset] = KoalaBear.From(sums[k]);
            if (row == trace.ActiveRows - 1) Margin(health, account.Margin, sums, target);
            Count(health.Balance, target, uses);
            Count(health.Value, target, uses);
            Count(health.CarryLow, target, uses);
            Count(health.CarryHigh, target, uses);
            Count(health.Margin, target, uses);
            Count(health.MarginCarryLow, target, uses);
            Count(health.MarginCarryHigh, target, uses);
        }

        return uses;
    }

    private static void Item(HealthCircuit health, HealthAccount account, int asset, Span<KoalaBear> target, int[] sums)
    {
        long balance = account.Balances[asset];
        ulong magnitude = (ulong)Math.Abs(balance);
        uint weight = balance < 0 ? account.DebtWeights[asset] : account.ClaimWeights[asset];
        target[health.Negative.Offset] = KoalaBear.From(balance < 0 ? 1 : 0);
        for (int b = 0; b < HealthCircuit.BalanceBytes; b++) target[health.Balance[b].Offset] = KoalaBear.From((byte)(magnitude >> (8 * b)));
        int sum = 0;
        for (int k = 0; k < HealthCircuit.ValueBytes; k++)
        {
            for (int j = Math.Max(0, k - HealthCircuit.BalanceBytes + 1); j < HealthCircuit.WeightBytes && j <= k; j++)
                sum += (byte)(magnitude >> (8 * (k - j))) * (byte)(weight >> (8 * j));
            int digit = sum & 255;
            target[health.Value[k].Offset] = KoalaBear.From(digit);
            sums[k] += balance < 0 ? -digit : digit;
            sum >>= 8;
            if (k < HealthCircuit.ValueBytes - 1) Carry(health.CarryLow[k], health.CarryHigh[k], sum, target);
        }
    }

    private static void Margin(HealthCircuit health, BigInteger margin, int[] sums, Span<KoalaBear> target)
    {
        for (int k = 0; k < HealthCircuit.MarginBytes; k++) target[health.Margin[k].Offset] = KoalaBear.From((int)(margin >> (8 * k) & 255));
        int carry = 0;
        for (int k = 0; k < sums.Length; k++)
        {
            carry = (sums[k] + carry) >> 8; // rounded down: the digit is 0 to 255
            Carry(health.MarginCarryLow[k], health.MarginCarryHigh[k], carry + HealthCircuit.CarryBias, target);
        }
    }

    private static void Carry(Expr low, Expr high, int carry, Span<KoalaBear> target)
    {
        target[low.Offset] = KoalaBear.From(carry & 255);
        target[high.Offset] = KoalaBear.From(carry >> 8);
    }

    private static void Count(Expr[] columns, Span<KoalaBear> row, int[] uses)
    {
        foreach (Expr column in columns) uses[row[column.Offset].Value]++;
    }
}
