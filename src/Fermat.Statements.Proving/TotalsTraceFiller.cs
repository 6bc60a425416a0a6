using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>Fills slack and carries of the table of totals from the digit sums of the book.</summary>
internal static class TotalsTraceFiller
{
    private const int Digits = SolvencyLimits.TotalBytes;

    /// <summary>Fills one row per bound and counts its lookups.</summary>
    /// <exception cref="InvalidOperationException">A total exceeds its bound, or is not what it must equal: the book does not fit the statement.</exception>
    public static void Fill(TotalsTable columns, ImmutableArray<SolvencyBound> bounds, Matrix totals, Tally tally)
    {
        Span<long> sums = stackalloc long[Digits];
        Span<byte> slackBytes = stackalloc byte[Digits];
        Span<byte> boundBytes = stackalloc byte[Digits];
        Span<int> carries = stackalloc int[Digits - 1];
        for (int i = 0; i < bounds.Length; i++)
        {
            SolvencyBound bound = bounds[i];
            Sums(bound.Key, tally, sums);
            BigInteger slack = bound.Bound - Value(sums);
            if (slack.Sign < 0 || (bound.Exact && !slack.IsZero)) throw new InvalidOperationException($"total {bound.Key} does not keep its bound");
            Write(slack, slackBytes);
            Write(BigInteger.Abs(bound.Bound), boundBytes);
            int sign = bound.Bound.Sign < 0 ? -1 : 1;
            long carry = 0;
            for (int l = 0; l < carries.Length; l++) carries[l] = (int)(carry = (sums[l] - sign * boundBytes[l] + slackBytes[l] + carry) / 256);
            var row = new RowWriter(totals.Row(i), tally);
            row.Bytes(columns.Slack[0].Offset, slackBytes);
            row.Carries(columns.CarryLow[0].Offset, columns.CarryHigh[0].Offset, carries);
        }
    }

    private static void Sums(int key, Tally tally, Span<long> into)
    {
        into.Clear();
        switch (key)
        {
            case Aggregates.Claims: tally.Claims.CopyTo(into); break;
            case Aggregates.Shortfall: tally.Shortfall.CopyTo(into); break;
            case Aggregates.Accounts: into[0] = tally.Accounts; break;
            case Aggregates.Liquidatable: into[0] = tally.Liquidatable; break;
            case Aggregates.Bankrupt: into[0] = tally.Bankrupt; break;
            default: tally.Net.AsSpan(key * SolvencyLimits.AmountBytes, SolvencyLimits.AmountBytes).CopyTo(into); break;
        }
    }

    private static BigInteger Value(ReadOnlySpan<long> sums)
    {
        BigInteger value = BigInteger.Zero;
        for (int l = sums.Length - 1; l >= 0; l--) value = 256 * value + sums[l];
        return value;
    }

    private static void Write(BigInteger value, Span<byte> bytes)
    {
        bytes.Clear();
        if (!value.TryWriteBytes(bytes, out _, isUnsigned: true)) throw new InvalidOperationException($"a total does not fit {bytes.Length} bytes");
    }
}
