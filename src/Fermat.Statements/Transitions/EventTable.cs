using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules;
using Fermat.Rules.Core;
using Fermat.Rules.Leaves;
using Fermat.Rules.Lowering;
using Fermat.Rules.Schema;

namespace Fermat.Statements.Transitions;

/// <summary>
/// The table <c>events</c>: a row for each event of a batch, in order, or a row for each of its halves or shares. The event's content is what is hashed into its digest, which is public; what it does goes to the versions of the accounts that it names, one leg each: the first account
/// moves by (size, cost, first cash), the second by the opposite of size and cost and by the second cash, and the fees go to the fees account, or to the insurance fund. An event that was rejected is sent to the account that
/// it was rejected for the sake of, and to no other.
/// </summary>
/// <remarks>Nothing is made or lost in an event between accounts: first cash + second cash + fee = 0, exactly, and sizes and costs are opposite. Only deposits and withdrawals change what all accounts have.</remarks>
internal sealed partial class EventTable
{
    private const int MostModes = 2;

    /// <summary>Blocks of an event before its numbers: salt, names, two owners, nonces, terms.</summary>
    public const int FixedBlocks = 6;

    private readonly Expr[] _kinds;

    /// <param name="circuit">The circuit.</param>
    /// <param name="lowerer">The rulebook's tables, which public prices are looked up beside.</param>
    /// <param name="range">The range table.</param>
    /// <param name="r">The random point.</param>
    /// <param name="accounts">The tables of versions: what events change, and how much a liquidation may.</param>
    /// <param name="costRounding">Costs are rounded down to multiples of 10^this of their units.</param>
    /// <param name="versions">To the versions.</param>
    /// <param name="identity">Blocks 1 and 2 of what is hashed.</param>
    /// <param name="block">The other blocks.</param>
    /// <param name="digest">Digests.</param>
    public EventTable(CircuitBuilder circuit, Lowerer lowerer, RangeTable range, Expr r, LoweredVersions accounts, int costRounding, VersionBuses versions, Bus identity, Bus block, Bus digest)
    {
        VersionFields fields = Fields = accounts.Fields;
        Domain = new Domain(circuit, range, r, "events", null, null);
        TableBuilder table = Domain.Table;
        table.MaxLogHeight = 21;
        Used = table.PublicColumn("used");
        Index = table.PublicColumn("number");
        Digest = [.. Enumerable.Range(0, Hashing.Digest.Words).Select(i => table.PublicColumn($"digest[{i}]"))];
        FeesSlot = table.PublicColumn("fees account");
        InsuranceSlot = table.PublicColumn("insurance fund");
        Shown = [.. EventClasses.Shown.Select(shown => (shown.Class, table.PublicColumn($"shown as {shown.Words}")))];
        RefusesBorrowing = table.PublicColumn("borrowing is rejected");
        table.Constrain("every event is there, and no other", Domain.Active - Used);

        _kinds = [.. Enum.GetValues<EventKind>().Select(kind => Domain.Bit($"is {kind}".ToLowerInvariant(), row => row.Data[EventRow.Kind] == (int)kind).At)];
        table.Constrain("one kind", Expr.Sum(_kinds) - Domain.Active);
        Expr liquidation = Of(EventKind.Liquidation), deleveraging = Of(EventKind.Deleveraging), settlement = Of(EventKind.Settlement), rejected = Of(EventKind.Rejected), half = Of(EventKind.RejectedHalf), opening = Of(EventKind.Opening), namesNobody = Any(NamesNobody);
        Expr moves = Any(Moves), hasSecond = Any(HasSecond), firstInstructs = Any(FirstInstructs) + Any(Attempts), secondInstructs = Any(SecondInstructs), pays = Any(FirstPays), hasFees = Any(HasFees);
        foreach ((EventClass seen, Expr shown) in Shown)
            table.Constrain($"what is {EventClasses.Words(seen)} is shown", Any([.. Enum.GetValues<EventKind>().Where(kind => ClassOf(kind) == seen)]) - shown);

        SmallValue first = Small("first account", EventRow.First, LoweredVersions.End - 1), second = Small("second account", EventRow.Second, LoweredVersions.End - 1);
        SmallValue instrument = Small("instrument", EventRow.Instrument, RuleLimits.MaxRecords - 1), asset = Small("asset", EventRow.Asset, RuleLimits.MaxRecords - 1);
        SmallValue hasFee = Domain.Bit("has a fee", row => row.Data[EventRow.HasFee].IsOne);
        Expr begins = Domain.Bit("half begins a balance", row => row.Data[EventRow.Begins].IsOne).At, ends = Domain.Bit("half ends a balance", row => row.Data[EventRow.Ends].IsOne).At;
        DigitColumns firstCash = Number("first cash", EventRow.FirstCash, fields.AmountFormat), secondCash = Number("second cash", EventRow.SecondCash, fields.AmountFormat), fee = Number("fee", EventRow.Fee, fields.AmountFormat);
        (DigitColumns Size, DigitColumns Cost)? position = fields.HasPositions ? (Number("size", EventRow.Size, fields.SizeFormat), Number("cost", EventRow.Cost, fields.CostFormat)) : null;

        table.Constrain("no second account", (1 - hasSecond) * second.At);
        table.Constrain("no position: no instrument", (1 - moves) * instrument.At);
        table.Constrain("an opening is in no asset", opening * asset.At);
        table.Constrain("a fee is of a trade or a liquidation", hasFee.At * (1 - hasFees));
        table.Constrain("a deposit is not negative", Of(EventKind.Deposit) * firstCash.Sign!.At);
        table.Constrain("who withdraws or transfers pays", pays * (1 - firstCash.Sign!.At));
        table.Constrain("who is liquidated is paid nothing", liquidation * (1 - firstCash.Sign!.At) * firstCash.CellSum);
        table.Constrain("a penalty goes to the insurance fund", liquidation * (second.At - InsuranceSlot) * secondCash.CellSum);
        table.Constrain("an opening moves nothing", opening * firstCash.CellSum);
        table.Constrain("a position alone changes hands", (deleveraging + settlement) * (firstCash.CellSum + secondCash.CellSum));
        table.Constrain("no second account: no second cash", (1 - hasSecond) * secondCash.CellSum);
        table.Constrain("a fee is not negative", fee.Sign!.At);
        table.Constrain("no fee", (1 - hasFee.At) * fee.CellSum);
        // apart: leaf and asset are any elements here, and could cancel each other
        table.Constrain("what is rejected names no account", namesNobody * first.At);
        table.Constrain("what is rejected is in no asset", Any(Idle) * asset.At);
        table.Constrain("what is rejected moves nothing", Any(Idle) * firstCash.CellSum);
        table.Constrain("a half that is rejected comes back to whom it came from", half * (second.At - first.At));
        table.Constrain("of what is no half nothing begins or ends", (1 - half) * (begins + ends));
        table.Constrain("the insurance fund pays what it covers", Of(EventKind.InsurancePayment) * (first.At - InsuranceSlot));
        table.Constrain("collateral is sold to the insurance fund", Of(EventKind.CollateralSale) * (second.At - InsuranceSlot));
        table.Constrain("a position is settled with the fees account or the insurance fund", settlement * (second.At - InsuranceSlot) * (second.At - FeesSlot));
        (LimbForm? pledged, Expr pledgedTo) = Encumbrance(second.At, asset.At, firstCash, secondCash);
        if (position is { } moved)
        {
            table.Constrain("no position: no size", (1 - moves) * moved.Size.CellSum);
            table.Constrain("no position: no cost", (1 - moves) * moved.Cost.CellSum);
            table.Constrain("what is set aside moves no position", Any(Assigns) * (moved.Size.CellSum + moved.Cost.CellSum));
            table.Constrain("a position that is settled and goes on keeps its size", Of(EventKind.VariationMargin) * moved.Size.CellSum);
            if (!fields.HasMargin) table.Constrain("nothing can be set aside", Any(Assigns));
        }
        else
        {
            table.Constrain("there are no positions", moves);
        }
        Carries.Zero(Domain, "what one pays another receives", LimbForm.Add(LimbForm.Scale(firstCash.Form, Is(HasSecond)), LimbForm.Add(secondCash.Form, fee.Form)));
        SmallValue sells = position is { } sized && fields.Mark >= 0 ? AtMark(lowerer, versions, instrument, sized.Size, sized.Cost, firstCash, costRounding) : SmallValue.Constant(0);
        if (sells.IsConstant) table.Constrain("nothing has a mark price", Any([.. HandedOver, EventKind.VariationMargin]));
        Expr counterSells = Domain.Bit("a counterparty buys", row => IsOf(row, [EventKind.Deleveraging]) && sells.Of(row) == 1).At;
        table.Constrain("a counterparty buys what a failing account sells", counterSells - deleveraging * sells.At);
        Expr reduced = liquidation + deleveraging;
        Expr firstRole = (int)LegRole.StaysLong * sells.At + (int)LegRole.StaysShort * (reduced - sells.At), secondRole = (int)LegRole.StaysShort * counterSells + (int)LegRole.StaysLong * (deleveraging - counterSells);
        foreach (EventKind kind in Enum.GetValues<EventKind>()) (firstRole, secondRole) = (firstRole + (int)FirstRole(kind) * Of(kind), secondRole + (int)SecondRole(kind) * Of(kind));

        if (accounts.IsClearing) (firstRole, secondRole) = (firstRole + (int)LegRole.Novated * Of(EventKind.Trade), secondRole + (int)LegRole.Novated * Any(Novates) - (int)LegRole.HasNoPosition * Cleared(second.At));
        // a column of its own: as a product it would raise the degree of the leg's message
        Expr mayNotOwe = Domain.Bit("may not owe what it pays", row => row.Data[EventRow.MayNotOwe].IsOne).At;
        table.Constrain("where borrowing is rejected nobody pays what it owes, and nobody sets aside what it owes", mayNotOwe - Any(PaysAsInstructed) * RefusesBorrowing - Of(EventKind.MarginAssignment) * firstCash.Sign!.At);
        firstRole += (int)LegRole.StaysCredit * mayNotOwe;

        Expr[] encumbers = pledged is null ? [] : [pledged.At, pledgedTo], encumbersNot = pledged is null ? [] : [0, 0];
        (Expr size, Expr cost) = position is { } p ? (p.Size.Form.At, p.Cost.Form.At) : (0, 0);
        table.Send(versions.Legs, "leg of the first account", Domain.Active - namesNobody, [Index, first.At, firstRole, moves, instrument.At, asset.At, size, cost, firstCash.Form.At, begins + 2 * ends, .. encumbers]);
        // a half is taken back at the second row after it, by what it moved and what it began and ended
        table.Send(versions.Legs, "leg of the second account", hasSecond, [Index + 2 * half, second.At, secondRole, moves, instrument.At, asset.At, -size, -cost, secondCash.Form.At, ends + 2 * begins, .. encumbersNot]);
        table.Send(versions.Legs, "leg of fees or insurance", hasFee.At, [Index, (hasFees - liquidation) * FeesSlot + liquidation * InsuranceSlot, 0, 0, 0, asset.At, 0, 0, fee.Form.At, 0, .. encumbersNot]);

        (Expr[] firstOwner, Expr[] firstNonce) = Authority("first", firstInstructs, opening);
        (Expr[] secondOwner, Expr[] secondNonce) = Authority("second", secondInstructs, opening);
        table.Send(versions.Authority, "authority of the first owner", firstInstructs, [Index, first.At, .. firstNonce, .. firstOwner]);
        table.Send(versions.Authority, "authority of the second owner", secondInstructs, [Index, second.At, .. secondNonce, .. secondOwner]);
        SmallValue mode = fields.Mode < 0 ? SmallValue.Constant(0) : Small("mode", EventRow.Mode, MostModes);
        if (!mode.IsConstant) table.Constrain("only an account that opens has a mode", (1 - opening) * mode.At);
        table.Send(versions.Openings, "opening", opening, [Index, first.At, .. firstOwner, .. secondOwner, .. mode.IsConstant ? [] : (Expr[])[mode.At]]);

        Terms = Elements("terms");
        FirstOwner = firstOwner;
        SecondOwner = secondOwner;
        FirstNonce = firstNonce;
        SecondNonce = secondNonce;
        Halves(first.At, second.At);
        if (!sells.IsConstant) Limit(lowerer, accounts, versions, instrument, position!.Value.Size, firstCash, sells);
        AtIndex(lowerer, accounts.Terms, asset, firstCash);
        Expr code = 0;
        foreach (EventKind kind in Enum.GetValues<EventKind>()) code += (int)kind * Of(kind);
        table.Receive(identity, "names", Domain.Active, [Index, 1, Tag * Domain.Active, code, first.At, second.At, instrument.At, asset.At, hasFee.At, mode.At]);
        table.Receive(identity, "the first owner", Domain.Active, [Index, 2, .. firstOwner]);
        table.Receive(block, "the second owner", Domain.Active, [Index, 3, .. secondOwner]);
        table.Receive(block, "nonces", Domain.Active, [Index, 4, .. firstNonce, .. secondNonce, 0, 0]);
        table.Receive(block, "terms", Domain.Active, [Index, 5, .. Terms]);
        Expr[] numbers = [.. Numbers([.. position is { } n ? (DigitColumns[])[n.Size, n.Cost] : [], firstCash, secondCash, fee, .. Pledged is { } more ? (DigitColumns[])[more] : []])];
        NumberBlocks = NumberBlocksOf(fields);
        for (int k = 0; k < NumberBlocks; k++)
            table.Receive(block, $"numbers, block {k}", Domain.Active, [Index, FixedBlocks + k, .. Enumerable.Range(LeafSponge.BlockLength * k, LeafSponge.BlockLength).Select(i => i < numbers.Length ? numbers[i] : 0)]);
        table.Receive(digest, "digest", Domain.Active, [0, Index, .. Digest]);
        Domain.Finish();

        DigitColumns Number(string name, int data, DigitFormat format) => new(Domain, name, format, row => row.Data[data], isZeroOnPadding: true);
        SmallValue Small(string name, int data, int max) => Domain.Small(name, max, row => (int)row.Data[data]);
    }

    /// <summary>What is different of a clearing house: no trade is rejected for want of margin, positions go to the insurance fund alone, and the fund keeps what it took over when what it owes is shared.</summary>
    /// <returns>1 where what the fund owes is shared.</returns>
    private Expr Cleared(Expr second)
    {
        Domain.Table.Constrain("a clearing house rejects no trade for want of margin", Of(EventKind.RejectedTrade));
        Domain.Table.Constrain("a clearing house's insurance fund takes positions over", Of(EventKind.Liquidation) * (second - InsuranceSlot));
        Expr owes = Domain.Bit("the insurance fund's loss is shared", row => row.Data[EventRow.FundOwes].IsOne).At;
        Domain.Table.Constrain("only a loss is shared", owes * (1 - Of(EventKind.LossShare)));
        Domain.Table.Constrain("the loss is the insurance fund's", owes * (second - InsuranceSlot));
        return owes;
    }

    /// <summary>
    /// What is handed over at the mark price costs what it is worth, rounded to what the ledger counts in: |size · (mark − funding) − cost| is below one such unit, as integers at the product's scale; of an inverse contract |−size / (mark − funding) − cost|, times
    /// mark − funding.
    /// </summary>
    /// <remarks>A position that is settled and goes on costs so much afterwards, and what it cost less before is paid; size and cost before it are told by the version.</remarks>
    /// <returns>1 where the first account of a liquidation or deleveraging sells, so was long.</returns>
    private SmallValue AtMark(Lowerer lowerer, VersionBuses versions, SmallValue instrument, DigitColumns size, DigitColumns cost, DigitColumns cash, int costRounding)
    {
        SmallValue marked = Is([EventKind.VariationMargin]);
        LimbForm sizeBefore = Told("size that is settled", size.Form, (row, into, factor) => VersionLeg.AddDigits(row.Data[EventRow.MarkedSize], Fields.SizeFormat, into, factor));
        LimbForm costBefore = Told("cost before it is settled", cost.Form, (row, into, factor) => VersionLeg.AddDigits(row.Data[EventRow.MarkedCost], Fields.CostFormat, into, factor));
        foreach (LimbForm before in (LimbForm[])[sizeBefore, costBefore]) Domain.Table.Constrain($"nothing is settled that goes on: {before.At.ColumnInfo.Name}", (1 - marked.At) * before.At);
        Domain.Table.Receive(versions.Marked, "what is settled and goes on", marked.At, [Index, sizeBefore.At, costBefore.At]);
        Carries.Zero(Domain, "what is settled is paid", LimbForm.Scale(LimbForm.Subtract(cash.Form, LimbForm.Multiply(LimbForm.Of(BigInteger.Pow(10, Fields.FinerDigits), Domain.R), cost.Form)), marked));
        (LimbForm sized, LimbForm costs) = (LimbForm.Add(size.Form, sizeBefore), LimbForm.Add(cost.Form, costBefore));

        PublicLookup lookup = lowerer.LookUp(Domain, instrument, Fields.InstrumentTable, "instrument");
        bool canBeInverse = Fields.Inverse >= 0;
        LimbForm price = lookup.Number(canBeInverse
            ? new PublicValue("what a size costs", DigitFormat.Of(Fields.SizeFactorBounds), (interpreter, record) => Fields.SizeFactorOf(interpreter.Market, record))
            : new PublicValue("mark less funding", Fields.PriceFormat, (interpreter, record) => Fields.PriceOf(interpreter.Market, record)));
        LimbForm factor = canBeInverse
            ? lookup.Number(new PublicValue("what a cost is compared by", DigitFormat.Of(Fields.CostFactorBounds), (interpreter, record) => Fields.CostFactorOf(interpreter.Market, record)))
            : LimbForm.Of(BigInteger.Pow(10, Fields.ValueShift), Domain.R);
        if (!LimbForm.CanMultiply(sized, price) || !LimbForm.CanMultiply(factor, costs)) throw new CoreException("transition", "not provable yet: sizes, costs and prices are too wide to multiply", "give sizes or prices fewer bits");
        LimbForm difference = LimbForm.Subtract(LimbForm.Multiply(sized, price), LimbForm.Multiply(factor, costs));
        SmallValue handed = Is([.. HandedOver, EventKind.VariationMargin]);
        BigInteger most = canBeInverse ? Fields.AtMarkAllowanceBounds(costRounding).Max : BigInteger.Pow(10, Fields.ValueShift + costRounding) - 1;
        LimbForm allowance = canBeInverse
            ? lookup.Number(new PublicValue("what a cost may be off", DigitFormat.Of(Fields.AtMarkAllowanceBounds(costRounding)), (_, _) => 0) { InBook = (book, record) => Fields.AtMarkAllowance(book.Interpreter.Market, book.Units!, record, costRounding) })
            : LimbForm.Of(most, Domain.R);
        foreach ((string name, LimbForm form) in ((string, LimbForm)[])[("not too cheap", difference), ("not too dear", LimbForm.Negate(difference))])
            NotNegative($"what is handed over at the mark price is {name}", 2 * most, LimbForm.Scale(LimbForm.Add(form, allowance), handed));
        SmallValue sells = Domain.Bit("a failing account sells", row => IsOf(row, [EventKind.Liquidation, EventKind.Deleveraging]) && row.Data[EventRow.Size].Sign < 0);
        Domain.Table.Constrain("a failing account sells what is negative", sells.At - (Of(EventKind.Liquidation) + Of(EventKind.Deleveraging)) * size.Sign!.At);
        return sells;
    }

    /// <summary>
    /// A delivery and its payment are two rows, one after the other, of the same two accounts and the same terms; so are a sale of collateral and its payment. A spot trade that was rejected is three: a half, the other half of the same account, and
    /// the place at which the first is taken back.
    /// </summary>
    private void Halves(Expr first, Expr second)
    {
        TableBuilder table = Domain.Table;
        Expr paid = Of(EventKind.DeliveryPayment), proceeds = Of(EventKind.CollateralPayment), nextIsSecond = table.Next(paid) + table.Next(proceeds);
        table.ConstrainTransition("a delivery is paid in the next row", Of(EventKind.Delivery) - table.Next(paid));
        table.ConstrainTransition("collateral that is sold is paid in the next row", Of(EventKind.CollateralSale) - table.Next(proceeds));
        table.ConstrainFirst("nothing is paid that was not delivered", paid + proceeds);
        table.ConstrainLast("nothing is delivered that is not paid", Of(EventKind.Delivery) + Of(EventKind.CollateralSale));
        table.ConstrainTransition("who receives pays", nextIsSecond * (table.Next(first) - second));
        table.ConstrainTransition("who delivers is paid", nextIsSecond * (table.Next(second) - first));
        Expr half = Of(EventKind.RejectedHalf), spot = Of(EventKind.RejectedSpot), back = Of(EventKind.RejectedReturn);
        table.ConstrainTransition("the other half of what is rejected is in the next row", half - table.Next(spot));
        table.ConstrainTransition("a half that is rejected is taken back after the other", spot - table.Next(back));
        table.ConstrainFirst("nothing is taken back before it is attempted", spot + back);
        table.ConstrainLast("nothing is attempted that is not taken back", half + spot);
        table.ConstrainTransition("both halves of what is rejected are of one account", table.Next(spot) * (table.Next(first) - first));
        nextIsSecond = nextIsSecond + table.Next(spot) + table.Next(back);
        foreach (Expr term in Terms) table.ConstrainTransition($"both halves have one {term.ColumnInfo.Name}", nextIsSecond * (table.Next(term) - term));
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

    /// <summary>Public, by class that is shown: 1 on events of it.</summary>
    public (EventClass Class, Expr At)[] Shown { get; }

    /// <summary>Public: 1 in batches with such events.</summary>
    public Expr RefusesBorrowing { get; }

    /// <summary>Eight elements that name the rest of the event's content.</summary>
    public Expr[] Terms { get; }

    /// <summary>Block 2 of the leaf of the first account, where its owner instructs or instructed what was rejected, or the account opens.</summary>
    public Expr[] FirstOwner { get; }

    /// <summary>The same of the second; of an account that opens block 1 of its leaf, its id.</summary>
    public Expr[] SecondOwner { get; }

    /// <summary>The first account's nonce after the event, where its owner instructs or instructed what was rejected; a rejected event uses none.</summary>
    public Expr[] FirstNonce { get; }

    /// <summary>The same of the second.</summary>
    public Expr[] SecondNonce { get; }

    /// <summary>Blocks of an event's numbers.</summary>
    public int NumberBlocks { get; }

    /// <summary>Blocks of an event's numbers: size and cost where there are positions, two cash amounts, a fee, and what is pledged where something can be.</summary>
    internal static int NumberBlocksOf(VersionFields fields)
    {
        DigitFormat[] formats = [.. fields.HasPositions ? (DigitFormat[])[fields.SizeFormat, fields.CostFormat] : [], .. Enumerable.Repeat(fields.AmountFormat, 3), .. fields.HasPledges ? (DigitFormat[])[fields.PledgeFormat] : []];
        int elements = formats.Sum(format => new NumberBytes(format.Count, format.IsSigned).Elements);
        return (elements + LeafSponge.BlockLength - 1) / LeafSponge.BlockLength;
    }

    /// <summary>Blocks that an event is hashed from.</summary>
    public int Blocks => FixedBlocks + NumberBlocks;

    private Expr Of(EventKind kind) => _kinds[(int)kind - 1];

    private Expr Any(EventKind[] kinds) => Expr.Sum([.. kinds.Select(Of)]);

    private SmallValue Is(EventKind[] kinds) => new(Any(kinds), 1, row => IsOf(row, kinds) ? 1 : 0);

    private static bool IsOf(WitnessRow row, EventKind[] kinds) => Array.IndexOf(kinds, (EventKind)(int)row.Data[EventRow.Kind]) >= 0;

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
    public const int Kind = 0, First = 1, Second = 2, Instrument = 3, Asset = 4, HasFee = 5, FirstCash = 6, SecondCash = 7, Fee = 8, Size = 9, Cost = 10, Begins = 11, Ends = 12, MayNotOwe = 13, Before = 14, Version = 15, IsWhole = 16, RoundsUnit = 17, HasSold = 18, SoldAsset = 19, Sold = 20, SoldRounds = 21, Mode = 22, IsWholeByRule = 23, Pledged = 24, MarkedSize = 25, MarkedCost = 26, FundOwes = 27;
}
