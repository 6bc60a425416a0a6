using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Lowering;

namespace Fermat.Statements.Proving;

/// <summary>What is kept of some accounts that are proven together, once they have gone past.</summary>
/// <param name="Accounts">How many they are.</param>
/// <param name="Items">How many items they have in all.</param>
/// <param name="LeafBlocks">How many blocks their leaves have in all.</param>
/// <param name="Sums">What they add up to.</param>
/// <param name="Rows">By table of the circuit: their rows in the rulebook's tables.</param>
internal sealed record BookSegment(int Accounts, long Items, long LeafBlocks, BookSums Sums, int[] Rows)
{
    /// <summary>Items of an account.</summary>
    public static int ItemsOf(AccountData account)
    {
        int items = 0;
        foreach (var collection in account.Items) items += collection.Length;
        return items;
    }
}

/// <summary>The accounts of a segment and their rows in the rulebook's tables.</summary>
/// <param name="Accounts">In the order of their leaves.</param>
/// <param name="Rows">Of the circuit with <paramref name="HashSlots"/>.</param>
/// <param name="HashSlots">Permutations in a row of that circuit's hash table.</param>
internal sealed record SegmentAccounts(IReadOnlyList<AccountData> Accounts, LoweringTrace Rows, int HashSlots);
