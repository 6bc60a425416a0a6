using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>Fills remainders and carries of the table of totals from the digit sums of a segment.</summary>
internal static class TotalsTraceFiller
{
    private const int Digits = SolvencyLimits.TotalBytes;

    /// <summary>Writes Σ of digits under a key.</summary>
    public delegate void DigitSums(int key, Span<long> into);

    /// <summary>Fills one row per bound from digit sums and counts its lookups.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="bounds">The bounds.</param>
    /// <param name="isFinal">Whether it is the last segment.</param>
    /// <param name="remainders">What is left of each bound before the segment.</param>
    /// <param name="remaindersAfter">And after it.</param>
    /// <param name="totals">Phase 0 of the table, zero.</param>
    /// <param name="lookups">Counts lookups.</param>
    /// <param name="digits">The segment's sums.</param>
    /// <param name="mustFit">Whether a sum that is not the difference of its remainders is an error; a lying prover writes it down as well as it can.</param>
    /// <exception cref="BookChangedException">A sum is not the difference of its remainders: the accounts are not those that were surveyed.</exception>
    public static void Fill(
        TotalsTable columns, ImmutableArray<SolvencyBound> bounds, bool isFinal, IReadOnlyList<BigInteger> remainders, IReadOnlyList<BigInteger> remaindersAfter, Matrix totals, RangeCounts lookups, DigitSums digits,
        bool mustFit = true)
    {
        Span<long> sums = stackalloc long[Digits];
        Span<byte> before = stackalloc byte[Digits];
        Span<byte> after = stackalloc byte[Digits];
        Span<int> carries = stackalloc int[Digits - 1];
        for (int i = 0; i < bounds.Length; i++)
        {
            digits(bounds[i].Key, sums);
            Write(remainders[i], before);
            Write(remaindersAfter[i], after);
            if (isFinal) sums[^1] += SegmentBoundary.ShiftTopByte;
            long carry = 0;
            bool differs = false;
            for (int l = 0; l < carries.Length; l++)
            {
                carry += sums[l] - before[l] + after[l];
                differs |= carry % 256 != 0;
                carries[l] = (int)(carry /= 256);
            }
            if (mustFit && (differs || sums[^1] - before[^1] + after[^1] + carry != 0)) throw new BookChangedException($"total {bounds[i].Key} is not what the book's first pass found");
            var row = new RowWriter(totals.Row(i), lookups);
            row.Bytes(columns.Before[0].Offset, before);
            row.Bytes(columns.After[0].Offset, after);
            row.Carries(columns.CarryLow[0].Offset, columns.CarryHigh[0].Offset, carries);
        }
    }

    private static void Write(BigInteger remainder, Span<byte> bytes)
    {
        bytes.Clear();
        if (remainder.Sign < 0 || !remainder.TryWriteBytes(bytes, out _, isUnsigned: true)) throw new InvalidOperationException("a total does not keep its bound");
    }
}
