using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Hashing;
using Fermat.Rules;
using Fermat.Rules.Lowering;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Waterfall;

/// <summary>
/// The table <c>shares</c>: a row for each row of the batch. What it names is hashed into its public digest: a share of a loss, the payer, the failing account, the asset and what the failing account receives, which is the payer's share.
/// A share has no instruction and no fee, so owners, nonces and the fee's mark are zero, and then the payer pays what the failing account receives: statement T says so of the same digest.
/// </summary>
internal sealed class ShareTable
{
    private const int Block = LeafSponge.BlockLength;

    public ShareTable(CircuitBuilder circuit, RangeTable range, Expr r, LoweredShares book, Bus identity, Bus block, Bus digest, Bus payers)
    {
        VersionFields fields = book.Fields;
        Domain = new Domain(circuit, range, r, "shares", null, null);
        TableBuilder table = Domain.Table;
        table.MaxLogHeight = LoweredBook.MaxLogHeight;
        Used = table.PublicColumn("used");
        Index = table.PublicColumn("number");
        Digest = [.. Enumerable.Range(0, Hashing.Digest.Words).Select(i => table.PublicColumn($"digest[{i}]"))];
        table.Constrain("every row is a share, and there is no other", Domain.Active - Used);
        SmallValue payer = Small("payer", EventRow.First, TransitionInputs.MaxEvents - 1), failing = Small("failing account", EventRow.Second, TransitionInputs.MaxEvents - 1), asset = Small("asset", EventRow.Asset, RuleLimits.MaxRecords - 1);
        Terms = [.. Enumerable.Range(0, Block).Select(i => Domain.Column($"terms[{i}]"))];
        Paid = [.. Enumerable.Range(0, Elements(fields.AmountFormat)).Select(i => Domain.Column($"paid[{i}]"))];
        var received = new DigitColumns(Domain, "received", fields.AmountFormat, row => row.Data[EventRow.SecondCash], isZeroOnPadding: true);

        DigitFormat format = book.WholeUnits.Format;
        SmallValue takes = Domain.Bit("pays a unit of the remainder", row => row.Data[EventRow.First] < row.Book.Shares!.FirstWithout);
        Accumulate add = (row, into, factor) => VersionLeg.AddDigits(BigInteger.Divide(row.Data[EventRow.SecondCash], row.Book.Shares!.Unit) - takes.Of(row), format, into, factor);
        LimbForm whole = Domain.Told("whole units", format, add);
        LimbForm unit = Domain.Told("unit", LossRow.UnitFormat, (row, into, factor) => VersionLeg.AddDigits(row.Book.Shares!.Unit, LossRow.UnitFormat, into, factor));
        Carries.Zero(Domain, "what is received is its units", LimbForm.Subtract(LimbForm.Multiply(unit, LimbForm.Add(whole, LimbForm.Of(takes))), received.Form));
        table.Receive(payers, "the payer's share", Domain.Active, payer.At, failing.At, asset.At, unit.At, whole.At, takes.At);

        Expr[] nothing = [.. Enumerable.Repeat((Expr)0, Block)];
        table.Receive(identity, "names", Domain.Active, [Index, 1, EventTable.Tag * Domain.Active, (int)EventKind.LossShare * Domain.Active, payer.At, failing.At, 0, asset.At, 0, 0]);
        table.Receive(identity, "the payer does not instruct it", Domain.Active, [Index, 2, .. nothing]);
        table.Receive(block, "nor the failing account", Domain.Active, [Index, 3, .. nothing]);
        table.Receive(block, "no nonces", Domain.Active, [Index, 4, .. nothing]);
        table.Receive(block, "terms", Domain.Active, [Index, 5, .. Terms]);
        Expr[] position = [.. Enumerable.Repeat((Expr)0, fields.HasPositions ? Elements(fields.SizeFormat) + Elements(fields.CostFormat) : 0)];
        FirstPaid = EventTable.FixedBlocks * Block + position.Length;
        Expr[] numbers = [.. position, .. Paid, .. LoweredBook.Packed(received)];
        for (int k = 0; k < EventTable.NumberBlocksOf(fields); k++)
            table.Receive(block, $"numbers, block {k}", Domain.Active, [Index, EventTable.FixedBlocks + k, .. Enumerable.Range(Block * k, Block).Select(i => i < numbers.Length ? numbers[i] : 0)]);
        table.Receive(digest, "digest", Domain.Active, [0, Index, .. Digest]);
        Domain.Finish();

        SmallValue Small(string name, int data, int max) => Domain.Small(name, max, row => (int)row.Data[data]);
    }

    /// <summary>Its rows.</summary>
    public Domain Domain { get; }

    /// <summary>The table's index in the circuit.</summary>
    public int Table => Domain.Table.Index;

    /// <summary>Public: 1 on the batch's rows.</summary>
    public Expr Used { get; }

    /// <summary>Public: the row's number in the batch, from 1; of its run in the hash table too.</summary>
    public Expr Index { get; }

    /// <summary>Public: the row's digest.</summary>
    public Expr[] Digest { get; }

    /// <summary>Block 5 of the event.</summary>
    public Expr[] Terms { get; }

    /// <summary>What the payer receives, as the event holds it: the opposite of what the failing account does, by statement T.</summary>
    public Expr[] Paid { get; }

    /// <summary>Where <see cref="Paid"/> begins among the event's elements.</summary>
    public int FirstPaid { get; }

    private static int Elements(DigitFormat format) => new Rules.Leaves.NumberBytes(format.Count, format.IsSigned).Elements;
}
