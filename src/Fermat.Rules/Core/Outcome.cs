using System.Collections.Immutable;
using Fermat.Rules.Inputs;

namespace Fermat.Rules.Core;

/// <summary>
/// Rows that hold several outcomes of a market table each. Outcome o of a table whose records have m outcomes is outcome o mod m of record ⌊o / m⌋; slot j of row t holds outcome slots · t + j,
/// and the last one where there is none, which the smallest or largest of all does not notice.
/// </summary>
/// <param name="table">The number that the rows are known by, after those of the schema's tables.</param>
/// <param name="marketTable">Whose records they are.</param>
/// <param name="perRecord">m.</param>
/// <param name="slots">How many a row holds.</param>
internal sealed class OutcomeRows(int table, int marketTable, int perRecord, int slots)
{
    /// <summary>The number that the rows are known by.</summary>
    public int Table => table;

    /// <summary>Whose records they are.</summary>
    public int MarketTable => marketTable;

    /// <summary>m.</summary>
    public int PerRecord => perRecord;

    /// <summary>How many a row holds.</summary>
    public int Slots => slots;

    /// <summary>How many rows so many records fill.</summary>
    public int Rows(int records) => (records * perRecord + slots - 1) / slots;

    /// <summary>How many rows the market's records fill.</summary>
    public int Rows(MarketData market) => Rows(market.Tables[marketTable].Length);

    /// <summary>What a slot of a row holds.</summary>
    public (int Record, int Outcome) At(int row, int slot, int records)
    {
        int outcome = Math.Min(row * slots + slot, records * perRecord - 1);
        return (outcome / perRecord, outcome % perRecord);
    }
}

/// <summary>A public value of the outcome that a slot of a row holds.</summary>
/// <param name="rows">The rows.</param>
/// <param name="row">Runs over them; bound in the place of the branches' variable over records, whose id it has.</param>
/// <param name="slot">From 0.</param>
/// <param name="branches">The value for each outcome of a record.</param>
/// <param name="bound">For each branch, which of the first branch's variables its own stand for, by id.</param>
internal sealed class Outcome(OutcomeRows rows, CoreVariable row, int slot, ImmutableArray<CoreNode> branches, ImmutableArray<ImmutableArray<(int Own, int First)>> bound) : CoreNode
{
    /// <summary>The rows.</summary>
    public OutcomeRows Rows => rows;

    /// <summary>Runs over them.</summary>
    public CoreVariable Row => row;

    /// <summary>From 0.</summary>
    public int Slot => slot;

    /// <summary>The value for each outcome of a record.</summary>
    public ImmutableArray<CoreNode> Branches => branches;

    /// <summary>For each branch, which of the first branch's variables its own stand for, by id.</summary>
    public ImmutableArray<ImmutableArray<(int Own, int First)>> Bound => bound;

    /// <inheritdoc/>
    public override IEnumerable<CoreNode> Children => branches;
}
