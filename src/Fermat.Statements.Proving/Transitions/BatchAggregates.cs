using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Proving.Transitions;

/// <summary>The aggregates of a batch: what they are, and the rows that say so.</summary>
internal static class BatchAggregates
{
    /// <summary>The aggregates before and after a batch; null where it does not show them.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="versions">Of the accounts that events touch.</param>
    public static TransitionAggregates? Of(TransitionBatch batch, IReadOnlyList<AccountVersion> versions)
    {
        if (!batch.Aggregates) return null;
        VersionFields fields = VersionFields.Of(batch.Rulebook.Schema);
        (ImmutableArray<MarketRecord> assets, ImmutableArray<MarketRecord> instruments) = TransitionInputs.CountedRecords(batch.Rulebook, batch.Market);
        BigInteger[] open = new BigInteger[instruments.Length];
        foreach (LedgerAccount account in batch.Accounts) Add(account.Account, 1);
        ImmutableArray<BigInteger> before = [.. open];
        foreach (AccountVersion version in versions)
            if (version.IsFirst || version.IsLast) Add(version.Account, version.IsFirst ? -1 : 1);
        AccountData? fund = batch.InsuranceSlot < batch.Accounts.Count ? batch.Accounts[batch.InsuranceSlot].Account : null;
        AccountData? touched = versions.LastOrDefault(version => version.Slot == batch.InsuranceSlot)?.Account;
        return new TransitionAggregates(before, [.. open], Balances(fund), Balances(touched ?? fund), touched is not null);

        void Add(AccountData account, int factor)
        {
            if (!fields.HasPositions) return;
            foreach (ImmutableArray<BigInteger> position in account.Items[fields.Positions])
                if (position[fields.Size].Sign > 0) open[(int)position[fields.Instrument]] += factor * position[fields.Size];
        }

        ImmutableArray<BigInteger> Balances(AccountData? account)
        {
            var balances = new BigInteger[assets.Length];
            foreach (ImmutableArray<BigInteger> balance in account?.Items[fields.Balances] ?? []) balances[(int)balance[fields.Asset]] = balance[fields.Amount];
            return [.. balances];
        }
    }

    /// <summary>Fills the carries of the table of aggregates from what rows add up to, and counts its lookups.</summary>
    /// <param name="columns">The table.</param>
    /// <param name="rows">What the statement says.</param>
    /// <param name="sums">By key what versions add, digit by digit.</param>
    /// <param name="trace">The table's trace.</param>
    /// <param name="counts">Counts lookups.</param>
    /// <param name="mustFit">Whether another sum than the statement's is an error; a liar writes it down as well as it can.</param>
    /// <exception cref="InvalidOperationException">A sum is another.</exception>
    public static void Fill(AggregateTable columns, ImmutableArray<AggregateRow> rows, IReadOnlyDictionary<int, long[]> sums, TableTrace trace, RangeCounts counts, bool mustFit)
    {
        int length = columns.Digits.Length;
        Span<long> digits = stackalloc long[length];
        Span<int> carries = stackalloc int[length - 1];
        for (int i = 0; i < rows.Length; i++)
        {
            columns.DigitsOf(rows[i].Sum, digits);
            long[] added = sums.GetValueOrDefault(VersionAggregates.KeyOf(rows[i].Kind, rows[i].Record)) ?? new long[length];
            long carry = 0;
            bool differs = false;
            for (int l = 0; l < length; l++)
            {
                carry += added[l] - digits[l];
                differs |= l < length - 1 ? carry % 256 != 0 : carry != 0;
                if (l < length - 1) carries[l] = (int)(carry /= 256);
            }
            if (differs && mustFit) throw new InvalidOperationException($"{rows[i].Kind} of record {rows[i].Record} is not what versions add up to");
            new RowWriter(trace.Phase(0).Row(i), counts).Carries(columns.CarryLow[0].Offset, columns.CarryHigh[0].Offset, carries);
        }
    }
}
