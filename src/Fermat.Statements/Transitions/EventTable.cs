using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;

namespace Fermat.Statements.Transitions;

/// <summary>
/// The table <c>events</c>: a row for each event of a batch, in order. The event's content is what is hashed into its digest, which is public; what it does goes to the versions of the accounts that it names, one leg each: the first account
/// moves by (size, cost, first cash), the second by the opposite of size and cost and by the second cash, and the fees go to the fees account, or to the insurance fund.
/// </summary>
/// <remarks>Nothing is made or lost in an event between accounts: first cash + second cash + fee = 0, exactly, and sizes and costs are opposite. Only deposits and withdrawals change what all accounts have.</remarks>
internal sealed class EventTable
{
    /// <summary>Blocks of an event before its numbers: salt, names, two owners, nonces, terms.</summary>
    public const int FixedBlocks = 6;

    /// <summary>The number of kinds.</summary>
    public const int Kinds = 6;

    private readonly Expr[] _kinds;

    public EventTable(CircuitBuilder circuit, RangeTable range, Expr r, VersionFields fields, VersionBuses versions, Bus identity, Bus block, Bus digest)
    {
        Fields = fields;
        Domain = new Domain(circuit, range, r, "events", null, null);
        TableBuilder table = Domain.Table;
        table.MaxLogHeight = 21;
        Used = table.PublicColumn("used");
        Index = table.PublicColumn("number");
        Digest = [.. Enumerable.Range(0, Hashing.Digest.Words).Select(i => table.PublicColumn($"digest[{i}]"))];
        FeesSlot = table.PublicColumn("fees account");
        InsuranceSlot = table.PublicColumn("insurance fund");
        table.Constrain("every event is there, and no other", Domain.Active - Used);

        _kinds = [.. Enumerable.Range(1, Kinds).Select(kind => Domain.Bit($"is {(EventKind)kind}".ToLowerInvariant(), row => row.Data[EventRow.Kind] == kind).At)];
        table.Constrain("one kind", Expr.Sum(_kinds) - Domain.Active);
        Expr deposit = Of(EventKind.Deposit), withdrawal = Of(EventKind.Withdrawal), transfer = Of(EventKind.Transfer), trade = Of(EventKind.Trade), liquidation = Of(EventKind.Liquidation), opening = Of(EventKind.Opening);
        Expr moves = trade + liquidation, hasSecond = transfer + moves, instructs = withdrawal + transfer + trade;

        SmallValue first = Small("first account", EventRow.First, LoweredVersions.End - 1), second = Small("second account", EventRow.Second, LoweredVersions.End - 1);
        SmallValue instrument = Small("instrument", EventRow.Instrument, RuleLimits.MaxRecords - 1), asset = Small("asset", EventRow.Asset, RuleLimits.MaxRecords - 1);
        SmallValue hasFee = Domain.Bit("has a fee", row => row.Data[EventRow.HasFee].IsOne);
        DigitColumns firstCash = Number("first cash", EventRow.FirstCash, fields.AmountFormat), secondCash = Number("second cash", EventRow.SecondCash, fields.AmountFormat), fee = Number("fee", EventRow.Fee, fields.AmountFormat);
        (DigitColumns Size, DigitColumns Cost)? position = fields.HasPositions ? (Number("size", EventRow.Size, fields.SizeFormat), Number("cost", EventRow.Cost, fields.CostFormat)) : null;

        table.Constrain("no second account", (1 - hasSecond) * second.At);
        table.Constrain("no position: no instrument", (1 - moves) * instrument.At);
        table.Constrain("an opening is in no asset", opening * asset.At);
        table.Constrain("a fee is of a trade or a liquidation", hasFee.At * (1 - moves));
        table.Constrain("a deposit is not negative", deposit * firstCash.Sign!.At);
        table.Constrain("who withdraws or transfers pays", (withdrawal + transfer) * (1 - firstCash.Sign!.At));
        table.Constrain("who is liquidated is paid nothing", liquidation * (1 - firstCash.Sign!.At) * firstCash.CellSum);
        table.Constrain("a penalty goes to the insurance fund", liquidation * (second.At - InsuranceSlot) * secondCash.CellSum);
        table.Constrain("an opening moves nothing", opening * firstCash.CellSum);
        table.Constrain("no second account: no second cash", (1 - hasSecond) * secondCash.CellSum);
        table.Constrain("a fee is not negative", fee.Sign!.At);
        table.Constrain("no fee", (1 - hasFee.At) * fee.CellSum);
        if (position is { } moved)
        {
            table.Constrain("no position: no size", (1 - moves) * moved.Size.CellSum);
            table.Constrain("no position: no cost", (1 - moves) * moved.Cost.CellSum);
        }
        else
        {
            table.Constrain("there are no positions", moves);
        }
        var between = new SmallValue(hasSecond, 1, row => (int)row.Data[EventRow.Kind] is (int)EventKind.Transfer or (int)EventKind.Trade or (int)EventKind.Liquidation ? 1 : 0);
        Carries.Zero(Domain, "what one pays another receives", LimbForm.Add(LimbForm.Scale(firstCash.Form, between), LimbForm.Add(secondCash.Form, fee.Form)));

        (Expr size, Expr cost) = position is { } p ? (p.Size.Form.At, p.Cost.Form.At) : (0, 0);
        table.Send(versions.Legs, "leg of the first account", Domain.Active, Index, first.At, instructs, liquidation, withdrawal + transfer, opening, moves, instrument.At, asset.At, size, cost, firstCash.Form.At);
        table.Send(versions.Legs, "leg of the second account", hasSecond, Index, second.At, moves, 0, 0, 0, moves, instrument.At, asset.At, -size, -cost, secondCash.Form.At);
        table.Send(versions.Legs, "leg of fees or insurance", hasFee.At, Index, trade * FeesSlot + liquidation * InsuranceSlot, 0, 0, 0, 0, 0, 0, asset.At, 0, 0, fee.Form.At);

        (Expr[] firstOwner, Expr[] firstNonce) = Authority("first", instructs, opening);
        (Expr[] secondOwner, Expr[] secondNonce) = Authority("second", moves, opening);
        table.Send(versions.Authority, "authority of the first owner", instructs, [Index, first.At, .. firstNonce, .. firstOwner]);
        table.Send(versions.Authority, "authority of the second owner", moves, [Index, second.At, .. secondNonce, .. secondOwner]);
        table.Send(versions.Openings, "opening", opening, [Index, first.At, .. firstOwner, .. secondOwner]);

        Terms = Elements("terms");
        FirstOwner = firstOwner;
        SecondOwner = secondOwner;
        FirstNonce = firstNonce;
        SecondNonce = secondNonce;
        Expr code = 0;
        for (int kind = 1; kind <= Kinds; kind++) code += kind * _kinds[kind - 1];
        table.Receive(identity, "names", Domain.Active, [Index, 1, Tag * Domain.Active, code, first.At, second.At, instrument.At, asset.At, hasFee.At, 0]);
        table.Receive(identity, "the first owner", Domain.Active, [Index, 2, .. firstOwner]);
        table.Receive(block, "the second owner", Domain.Active, [Index, 3, .. secondOwner]);
        table.Receive(block, "nonces", Domain.Active, [Index, 4, .. firstNonce, .. secondNonce, 0, 0]);
        table.Receive(block, "terms", Domain.Active, [Index, 5, .. Terms]);
        Expr[] numbers = [.. Numbers(position is { } n ? [n.Size, n.Cost, firstCash, secondCash, fee] : [firstCash, secondCash, fee])];
        NumberBlocks = (numbers.Length + LeafSponge.BlockLength - 1) / LeafSponge.BlockLength;
        for (int k = 0; k < NumberBlocks; k++)
            table.Receive(block, $"numbers, block {k}", Domain.Active, [Index, FixedBlocks + k, .. Enumerable.Range(LeafSponge.BlockLength * k, LeafSponge.BlockLength).Select(i => i < numbers.Length ? numbers[i] : 0)]);
        table.Receive(digest, "digest", Domain.Active, [0, Index, .. Digest]);
        Domain.Finish();

        DigitColumns Number(string name, int data, DigitFormat format) => new(Domain, name, format, row => row.Data[data], isZeroOnPadding: true);
        SmallValue Small(string name, int data, int max) => Domain.Small(name, max, row => (int)row.Data[data]);
    }

    /// <summary>The first element of an event's second block: <see cref="FieldConstants.Derive"/>("fermat event v1").</summary>
    public static KoalaBear Tag { get; } = FieldConstants.Derive("fermat event v1", 1)[0];

    /// <summary>What events change in accounts.</summary>
    public VersionFields Fields { get; }

    /// <summary>Its rows.</summary>
    public Domain Domain { get; }

    /// <summary>The table's index in the circuit.</summary>
    public int Table => Domain.Table.Index;

    /// <summary>Public: 1 on the batch's events.</summary>
    public Expr Used { get; }

    /// <summary>Public: the event's number in the batch, from 1.</summary>
    public Expr Index { get; }

    /// <summary>Public: the event's digest.</summary>
    public Expr[] Digest { get; }

    /// <summary>Public: the leaf that fees go to.</summary>
    public Expr FeesSlot { get; }

    /// <summary>Public: the leaf of the insurance fund.</summary>
    public Expr InsuranceSlot { get; }

    /// <summary>Eight elements that name the rest of the event's content.</summary>
    public Expr[] Terms { get; }

    /// <summary>Block 2 of the leaf of the first account, where its owner instructs or the account opens.</summary>
    public Expr[] FirstOwner { get; }

    /// <summary>The same of the second; of an account that opens block 1 of its leaf, its id.</summary>
    public Expr[] SecondOwner { get; }

    /// <summary>The first account's nonce after the event, where its owner instructs.</summary>
    public Expr[] FirstNonce { get; }

    /// <summary>The same of the second.</summary>
    public Expr[] SecondNonce { get; }

    /// <summary>Blocks of an event's numbers.</summary>
    public int NumberBlocks { get; }

    /// <summary>Blocks that an event is hashed from.</summary>
    public int Blocks => FixedBlocks + NumberBlocks;

    private Expr Of(EventKind kind) => _kinds[(int)kind - 1];

    private Expr[] Elements(string name) => [.. Enumerable.Range(0, LeafSponge.BlockLength).Select(i => Domain.Column($"{name}[{i}]"))];

    private (Expr[] Owner, Expr[] Nonce) Authority(string who, Expr instructs, Expr opens)
    {
        Expr[] owner = Elements($"{who} owner"), nonce = [.. Enumerable.Range(0, 3).Select(i => Domain.Column($"{who} nonce[{i}]"))];
        foreach (Expr cell in owner) Domain.Table.Constrain($"no instruction: {cell.ColumnInfo.Name} is zero", (1 - instructs - opens) * cell);
        foreach (Expr cell in nonce) Domain.Table.Constrain($"no instruction: {cell.ColumnInfo.Name} is zero", (1 - instructs) * cell);
        return (owner, nonce);
    }

    private static IEnumerable<Expr> Numbers(IEnumerable<DigitColumns> numbers) => numbers.SelectMany(number => LoweredBook.Packed(number));
}

/// <summary>Where an event's integers are among those of its row.</summary>
internal static class EventRow
{
    public const int Kind = 0, First = 1, Second = 2, Instrument = 3, Asset = 4, HasFee = 5, FirstCash = 6, SecondCash = 7, Fee = 8, Size = 9, Cost = 10;
}
