using Fermat.Air;
using Fermat.Hashing;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>
/// The table <c>turn</c>: one row, the event whose turn it is. What it names is hashed into its public digest: a deleveraging, the failing account, the counterparty, the instrument. A deleveraging has no instruction and no fee, as
/// statement T has it, so owners, nonces and the fee's mark are zero.
/// </summary>
internal sealed class TurnTable
{
    /// <summary>The event's number among the runs of the hash table.</summary>
    public const int Run = 1;

    private const int Block = LeafSponge.BlockLength;

    public TurnTable(CircuitBuilder circuit, int numberBlocks, Bus identity, Bus block, Bus digest, Bus failing, Bus largest, Bus chosen)
    {
        TableBuilder table = circuit.Table("turn");
        Table = table.Index;
        Used = table.PublicColumn("used");
        Digest = [.. Enumerable.Range(0, Hashing.Digest.Words).Select(i => table.PublicColumn($"digest[{i}]"))];
        FeesSlot = table.PublicColumn("fees account");
        InsuranceSlot = table.PublicColumn("insurance fund");
        First = table.Column("failing account");
        Second = table.Column("counterparty");
        Instrument = table.Column("instrument");
        Asset = table.Column("asset");
        Terms = table.Columns("terms", Block);
        Numbers = table.Columns("numbers", Block * numberBlocks);
        NotFees = table.Column("not the fees account");
        NotInsurance = table.Column("not the insurance fund");
        foreach (Expr cell in (Expr[])[First, Second, Instrument, Asset, .. Terms, .. Numbers, NotFees, NotInsurance]) table.Constrain($"padding: {cell.ColumnInfo.Name} is zero", (1 - Used) * cell);
        table.Constrain("the counterparty is not the fees account", Used * ((Second - FeesSlot) * NotFees - 1));
        table.Constrain("the counterparty is not the insurance fund", Used * ((Second - InsuranceSlot) * NotInsurance - 1));

        Expr[] nothing = [.. Enumerable.Repeat((Expr)0, Block)];
        table.Receive(identity, "names", Used, [Run, 1, EventTable.Tag * Used, (int)EventKind.Deleveraging * Used, First, Second, Instrument, Asset, 0, 0]);
        table.Receive(identity, "nobody instructs it", Used, [Run, 2, .. nothing]);
        table.Receive(block, "nor the counterparty", Used, [Run, 3, .. nothing]);
        table.Receive(block, "no nonces", Used, [Run, 4, .. nothing]);
        table.Receive(block, "terms", Used, [Run, 5, .. Terms]);
        for (int k = 0; k < numberBlocks; k++) table.Receive(block, $"numbers, block {k}", Used, [Run, EventTable.FixedBlocks + k, .. Numbers[(Block * k)..(Block * (k + 1))]]);
        table.Receive(digest, "digest", Used, [0, Run, .. Digest]);
        table.Receive(failing, "the failing account's position", Used, First, Instrument);
        table.Receive(largest, "which is its largest", Used, Instrument);
        table.Receive(chosen, "the chosen account", Used, Second, FeesSlot, InsuranceSlot);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Public: 1 on row 0.</summary>
    public Expr Used { get; }

    /// <summary>Public: the event's digest.</summary>
    public Expr[] Digest { get; }

    /// <summary>Public: the leaf that fees go to.</summary>
    public Expr FeesSlot { get; }

    /// <summary>Public: the leaf of the insurance fund.</summary>
    public Expr InsuranceSlot { get; }

    /// <summary>The leaf of the account that is deleveraged.</summary>
    public Expr First { get; }

    /// <summary>The leaf of the counterparty.</summary>
    public Expr Second { get; }

    /// <summary>The record of the instrument.</summary>
    public Expr Instrument { get; }

    /// <summary>The record of the asset.</summary>
    public Expr Asset { get; }

    /// <summary>Block 5 of the event.</summary>
    public Expr[] Terms { get; }

    /// <summary>The blocks of the event's numbers: size and cost.</summary>
    public Expr[] Numbers { get; }

    /// <summary>1 / (counterparty − fees account).</summary>
    public Expr NotFees { get; }

    /// <summary>1 / (counterparty − insurance fund).</summary>
    public Expr NotInsurance { get; }
}
