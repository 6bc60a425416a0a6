using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Leaves;

namespace Fermat.Rules.Lowering;

/// <summary>What versions of accounts and the tables around them say to each other.</summary>
/// <param name="BlockBefore">Gives (leaf, step, 8 elements) of leaves before the batch, from the header on.</param>
/// <param name="BlockAfter">The same of leaves after it.</param>
/// <param name="IdentityBefore">Gives (leaf, 1 or 2, 8 elements): a leaf's id and owner.</param>
/// <param name="IdentityAfter">The same of leaves after it.</param>
/// <param name="DigestBefore">Takes (0, leaf, digest) of a leaf that was empty.</param>
/// <param name="Empty">The digest of an empty leaf.</param>
/// <param name="Legs">Gives (event, leaf, role, moves a position, instrument, asset, size, cost, cash, of a half 1 where a balance begins and 2 where one ends; and where something can be pledged what is, and to whom), the role as a sum of <see cref="LegRole"/>.</param>
/// <param name="Authority">Gives (event, leaf, nonce: 3 elements, owner: 8 elements) of what an owner instructed.</param>
/// <param name="Openings">Gives (event, leaf, owner: 8 elements, id: 8 elements, and where the schema has one its mode) of an account that opens.</param>
/// <param name="Reduced">Takes (event, number of the version, size of the position before, whether all of it may be taken where the rulebook says so of each) of a version whose position is reduced.</param>
/// <param name="Distress">Takes (number of the version before that, maintenance − 2 · equity).</param>
/// <param name="Marked">Takes (event, size, cost) of a position that is settled and goes on, as they were before.</param>
/// <param name="Aggregates">Takes (kind, record), with what versions add to an aggregate as multiplicity (<see cref="VersionAggregates"/>); null where aggregates are not shown.</param>
internal sealed record VersionBuses(Bus BlockBefore, Bus BlockAfter, Bus IdentityBefore, Bus IdentityAfter, Bus DigestBefore, IReadOnlyList<KoalaBear> Empty, Bus Legs, Bus Authority, Bus Openings, Bus Reduced, Bus Distress, Bus Marked, Bus? Aggregates = null);

/// <summary>
/// A rulebook's tables for the accounts that a batch of events touches: a row for each version of an account, bound to the leaf before the batch where it is the first and to the leaf after it where it is the last, and in between to the version
/// before it and to one event.
/// </summary>
/// <remarks>
/// The accounts' rows rise strictly by (leaf, event), so an account has one run of versions, in the order of events. Each event's leg is taken by one version that is not a first one, and every such version takes one. What a version says of its
/// account is what the version before says, but for what the leg moves (<see cref="VersionItems"/>), the nonce, and nothing else.
/// An event that was rejected makes a version too, an attempt, which the rulebook must judge to be forbidden; the row after it takes it back by the opposite of what was moved (<see cref="VersionLeg"/>), and takes no leg.
/// The rulebook judges every version: one that its owner instructed has equity ≥ initial, or maintenance − equity has not risen; a payment (a withdrawal, or who pays a transfer) leaves equity ≥ initial; an account of which something is due was liquidatable in the version before, at the same prices;
/// and so on, as <see cref="LegRole"/> says.
/// </remarks>
internal sealed class LoweredVersions
{
    /// <summary>Leaves and events are below this, so that they rise by less than 2^23.</summary>
    public const int End = 1 << 22;

    /// <summary>Bits of the two lower words of a nonce.</summary>
    public const int NonceBits = 24;

    /// <summary>The definition of what a step of a liquidation may not raise.</summary>
    public const string ExposureName = "liquidation.exposure";

    /// <summary>The definition of whether the venue is a clearing house, which takes trades as its market brings them.</summary>
    public const string ClearingName = "liquidation.clearing";

    private readonly VersionBuses _buses;

    /// <summary>Adds the tables of a rulebook to a circuit.</summary>
    /// <param name="circuit">Without challenges of its own but r and γ.</param>
    /// <param name="range">Its range table.</param>
    /// <param name="r">The random point, drawn after phase 0.</param>
    /// <param name="gamma">What tells sums apart, drawn after phase 0.</param>
    /// <param name="buses">To the tables around these.</param>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="lineOf">The line of a position of the rulebook's text.</param>
    /// <param name="beside">Makes tables that look public values up as the rulebook's do, once <see cref="Terms"/> and <see cref="Distress"/> are known.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven.</exception>
    public LoweredVersions(CircuitBuilder circuit, RangeTable range, Expr r, Expr gamma, VersionBuses buses, CoreRulebook rulebook, Func<int, int>? lineOf, Action<Lowerer, LoweredVersions> beside)
    {
        _buses = buses;
        Fields = VersionFields.Of(rulebook.Schema);
        Layout = new LeafLayout(rulebook.Schema);
        (Gap, Exposure) = (GapOf(rulebook), ExposureOf(rulebook));
        Terms = new LiquidationTerms(rulebook, Fields);
        PositionTerms = new PositionTerms(rulebook, Fields.Positions);
        CoreSolvency rules = rulebook.Solvency!;
        IsClearing = IsClearingHouse(rulebook);
        Lowering = new Lowering(circuit, range, r, gamma, rulebook with { Definitions = [] }, lineOf, lowering =>
        {
            Lowerer lowerer = lowering.Lowerer;
            VersionRows rows = new(lowerer, Fields, IsClearing);
            VersionLeg leg = new(lowerer, rows, Fields, r, Terms.HasShare, PositionTerms);
            BindLeaves(lowerer, rows);
            Identity(lowerer, rows);
            Nonce(rows);
            Unchanged(lowerer, rows);
            VersionPledge? pledge = Fields.HasPledges ? new VersionPledge(lowerer, rows, Fields) : null;
            if (Fields.HasMargin) rows.Table.Constrain("margin is set aside in isolated mode", rows.Assigns * (ModeOf(lowerer) - Fields.Isolated));
            Obey(lowerer, rows, rules, rulebook);
            rows.Table.Receive(buses.Legs, "leg", rows.Active - rows.First.At - rows.TakesBack,
                [rows.Event.At, rows.Slot.At, rows.Role, leg.MovesPosition.At, leg.Instrument.At, leg.Asset.At, leg.Size.At, leg.Cost.At, leg.Cash.At, leg.HalfEnds, .. pledge is null ? [] : (Expr[])[pledge.Change.At, pledge.To]]);
            if (leg.CostBefore is { } cost) rows.Table.Send(buses.Marked, "is marked", rows.IsMarked, [rows.Event.At, leg.SizeBefore!.Value, cost]);
            VersionItems[] items = [.. Enumerable.Range(0, lowerer.Items.Count).Select(c => new VersionItems(circuit, lowerer, rows, leg, Fields, Layout, c, buses, PositionTerms))];
            if (buses.Aggregates is { } totals) Aggregates = new VersionAggregates(lowerer, rows, Fields, items[Fields.Balances], Fields.HasPositions ? items[Fields.Positions] : null, totals);
            foreach (Domain domain in (Domain[])[lowerer.Account, .. lowerer.Items]) domain.Table.MaxLogHeight = LoweredBook.MaxLogHeight;
            if (Fields.HasPositions) rows.Table.Constrain("an account that may have no position has none", rows.HasNoPosition * Held(lowerer, rows));
            if (Terms.HasShare) Distress = Reductions(lowerer, rows, leg, rulebook);
            beside(lowerer, this);
        });
    }

    /// <summary>The rulebook's tables.</summary>
    public Lowering Lowering { get; }

    /// <summary>How leaves are laid out.</summary>
    public LeafLayout Layout { get; }

    /// <summary>What events change.</summary>
    public VersionFields Fields { get; }

    /// <summary>maintenance − equity.</summary>
    public CoreNode Gap { get; }

    /// <summary>What a step of a liquidation may not raise, where the rulebook says so; null where it is <see cref="Gap"/>.</summary>
    public CoreNode? Exposure { get; }

    /// <summary>How much a liquidation may take and cost.</summary>
    public LiquidationTerms Terms { get; }

    /// <summary>Which positions it may take.</summary>
    public PositionTerms PositionTerms { get; }

    /// <summary>maintenance − 2 · equity in the accounts' rows; null where the rulebook sets no share, or says of each position what may be taken of it.</summary>
    public NumberValue? Distress { get; private set; }

    /// <summary>What versions add to aggregates; null where these are not shown.</summary>
    public VersionAggregates? Aggregates { get; private set; }

    /// <summary>Whether the rulebook is a clearing house's: trades are novated, and the insurance fund takes positions over whatever margin they need.</summary>
    public bool IsClearing { get; }

    /// <summary>Whether a rulebook is a clearing house's.</summary>
    /// <exception cref="CoreException">It depends on parameters or market data.</exception>
    public static bool IsClearingHouse(CoreRulebook rulebook)
    {
        CoreNode? said = rulebook.Find(ClearingName)?.Value;
        while (said is Named { Value: var value }) said = value;
        return said switch
        {
            null => false,
            Literal { Type: CoreType.Flag, Value: var flag } => flag.IsOne,
            _ => throw new CoreException("transition", $"events cannot be proven under this rulebook: {ClearingName} is not the same whatever the parameters are", "`clearing = true`, or leave it out"),
        };
    }

    /// <summary>The nodes that a batch is judged by: maintenance − equity, and whether equity ≥ initial.</summary>
    /// <exception cref="CoreException">The rulebook does not define them.</exception>
    public static CoreNode GapOf(CoreRulebook rulebook) => new CoreBuilder(rulebook.Schema).Subtract(Definition(rulebook, "maintenance"), Definition(rulebook, "equity"));

    /// <summary>What a step of a liquidation may not raise in the place of maintenance − equity: <c>liquidation.exposure</c>, for rulebooks under which less of one position can need more margin for another. Null where the rulebook does not say.</summary>
    /// <exception cref="CoreException">It is no number that depends on the account.</exception>
    public static CoreNode? ExposureOf(CoreRulebook rulebook) => rulebook.Find(ExposureName)?.Value switch
    {
        null => null,
        { Type: CoreType.Number, Stage: Stage.Private } exposure => exposure,
        _ => throw new CoreException("transition", $"events cannot be proven under this rulebook: {ExposureName} is no number that depends on the account", "such as what positions need one by one, less equity"),
    };

    /// <summary>Whether equity ≥ initial; where the rulebook says what is encumbered, whether equity − encumbered ≥ initial.</summary>
    /// <exception cref="CoreException">The rulebook does not define them.</exception>
    public static CoreNode IsHealthy(CoreRulebook rulebook)
    {
        var builder = new CoreBuilder(rulebook.Schema);
        CoreNode equity = Definition(rulebook, "equity");
        return builder.Compare(Core.Comparison.LessOrEqual, Definition(rulebook, "initial"), LoweredAccount.EncumberedOf(rulebook, builder) is { } encumbered ? builder.Subtract(equity, encumbered) : equity);
    }

    /// <summary>maintenance − 2 · equity: above zero where an account has less than half of its maintenance margin, and its whole position may be taken at once.</summary>
    /// <exception cref="CoreException">The rulebook does not define them.</exception>
    public static CoreNode DistressOf(CoreRulebook rulebook) => new CoreBuilder(rulebook.Schema).Subtract(GapOf(rulebook), Definition(rulebook, "equity"));

    private static CoreNode Definition(CoreRulebook rulebook, string name) => rulebook.Find(name)?.Value ?? throw new CoreException("transition", $"the rulebook does not define {name}", $"`{name} = …`");

    private void BindLeaves(Lowerer lowerer, VersionRows rows)
    {
        var elements = new List<Expr>(rows.Nonce.Select(word => word.At));
        elements.Add(0); // cross mode
        for (int c = 0; c < lowerer.Items.Count; c++) elements.Add(LoweredBook.LinkOf(lowerer, c).Count.At);
        elements = LoweredBook.Fill(elements, Layout.Scalars, rows.Domain);
        for (int i = 0; i < elements.Count; i++) rows.Table.Constrain($"a leaf that was empty: element {i} is zero", rows.WasEmpty * elements[i]);
        for (int k = 0; k < Layout.HeaderBlocks; k++)
        {
            Expr[] block = [rows.Slot.At, LeafLayout.IdentityBlocks + k, .. elements.Skip(LeafLayout.BlockSize * k).Take(LeafLayout.BlockSize)];
            rows.Table.Receive(_buses.BlockBefore, $"header before, block {k}", rows.First.At - rows.WasEmpty, block);
            rows.Table.Receive(_buses.BlockAfter, $"header after, block {k}", rows.Last.At, block);
        }
    }

    private void Identity(Lowerer lowerer, VersionRows rows)
    {
        foreach ((int step, Expr[] block) in ((int, Expr[])[])[(1, rows.Id), (2, rows.Owner)])
        {
            rows.Table.Receive(_buses.IdentityBefore, $"identity before, block {step}", rows.First.At - rows.WasEmpty, [rows.Slot.At, step, .. block]);
            rows.Table.Receive(_buses.IdentityAfter, $"identity after, block {step}", rows.Last.At, [rows.Slot.At, step, .. block]);
            foreach (Expr cell in block) rows.Keeps(cell);
        }
        rows.Table.Send(_buses.DigestBefore, "an empty leaf", rows.WasEmpty, [0, rows.Slot.At, .. _buses.Empty.Select(element => (Expr)element)]);
        rows.Table.Constrain("only a first version was empty", rows.WasEmpty * (1 - rows.First.At));
        rows.Table.Receive(_buses.Openings, "opening", rows.IsOpening, [rows.Event.At, rows.Slot.At, .. rows.Owner, .. rows.Id, .. Fields.Mode < 0 ? [] : (Expr[])[ModeOf(lowerer)]]);
        rows.Continues("an empty leaf is opened, and nothing else", rows.Table.Next(rows.IsOpening) - rows.WasEmpty);
    }

    private void Nonce(VersionRows rows)
    {
        const long end = 1L << NonceBits;
        (SmallValue[] n, Expr[] wraps) = (rows.Nonce, rows.NonceWraps);
        TableBuilder table = rows.Table;
        rows.Continues("the nonce counts instructions, low word", table.Next(n[0].At) + end * table.Next(wraps[0]) - n[0].At - table.Next(rows.IsInstructed));
        rows.Continues("the nonce counts instructions, middle word", table.Next(n[1].At) + end * table.Next(wraps[1]) - n[1].At - table.Next(wraps[0]));
        rows.Continues("the nonce counts instructions, high word", table.Next(n[2].At) - n[2].At - table.Next(wraps[1]));
        table.Constrain("the nonce's low word wraps where it counts", wraps[0] * (1 - rows.IsInstructed));
        table.Constrain("the nonce's middle word wraps where the low word does", wraps[1] * (1 - wraps[0]));
        for (int i = 0; i < 2; i++)
        {
            int word = i;
            table.Constrain($"the nonce's word {i} is zero where it wraps", wraps[i] * n[i].At);
            Lowerer.IsNotZero(rows.Domain, $"the nonce's word {i} is below 2^{NonceBits}", n[i].At - end * rows.Active, row => n[word].Of(row) - end);
        }
        table.Receive(_buses.Authority, "authority", rows.IsInstructed + rows.IsAttempt, [rows.Event.At, rows.Slot.At, .. n.Select(word => word.At), .. rows.Owner]);
    }

    /// <summary>How many positions an account has; where margin can be set aside before a position opens, those with a size.</summary>
    private Expr Held(Lowerer lowerer, VersionRows rows)
    {
        Link link = LoweredBook.LinkOf(lowerer, Fields.Positions);
        if (!Fields.HasMargin) return link.Count.At;
        Domain items = lowerer.Items[Fields.Positions];
        DigitColumns size = ((NumberValue)items.Fields[Fields.Size]).Digits!;
        SmallValue empty = lowerer.IsZero(items, "a position has no size", size.CellSum, size.SumOf);
        SmallValue held = rows.Domain.Small("positions with a size", link.MaxRows, row => row.Children(items).Count(item => empty.Of(item) == 0));
        link.Equal(items.Active - empty.At, held.At);
        return held.At;
    }

    private Expr ModeOf(Lowerer lowerer) => ((SmallValue)lowerer.Account.Fields[Fields.Mode]).At;

    /// <summary>The account's own fields stay as they are, but for the mode that it opens in and what is pledged of it (<see cref="VersionPledge"/>).</summary>
    private void Unchanged(Lowerer lowerer, VersionRows rows)
    {
        for (int i = 0; i < Layout.Schema.Scalars.Length; i++)
            if (!Fields.HasPledges || (i != Fields.Encumbered && i != Fields.Pledgee))
                foreach (Expr cell in lowerer.Account.Fields[i] is SmallValue small ? [small.At] : ((NumberValue)lowerer.Account.Fields[i]).Digits!.Cells)
                    if (i == Fields.Mode) rows.Continues("the mode is that of the opening", (1 - rows.Table.Next(rows.IsOpening)) * (rows.Table.Next(cell) - cell));
                    else rows.Keeps(cell);
    }

    /// <summary>Tells the event that reduces a position how large that was, and how the account stood.</summary>
    private NumberValue? Reductions(Lowerer lowerer, VersionRows rows, VersionLeg leg, CoreRulebook rulebook)
    {
        rows.Table.Send(_buses.Reduced, "is reduced", rows.IsReduced, [rows.Event.At, rows.Domain.Key.At, leg.SizeBefore!.Value, .. leg.WholeBefore is { } whole ? (Expr[])[whole] : []]);
        if (leg.WholeBefore is not null) return null;
        var distress = (NumberValue)lowerer.Value(DistressOf(rulebook), lowerer.Account);
        Expr before = rows.Domain.Bit("is reduced next", row => row.Index + 1 < row.Book.Versions.Count && row.Book.Versions[row.Index + 1].Leg.Role.HasFlag(LegRole.Reduced)).At;
        rows.Table.ConstrainTransition("what is reduced next is", before - rows.Table.Next(rows.IsReduced));
        rows.Table.ConstrainLast("after the last row nothing is reduced", before);
        rows.Table.Send(_buses.Distress, "maintenance less twice equity", before, [rows.Domain.Key.At, distress.Form.At]);
        return distress;
    }

    private void Obey(Lowerer lowerer, VersionRows rows, CoreSolvency rules, CoreRulebook rulebook)
    {
        Domain account = lowerer.Account;
        Expr isWorse = IsHigher(lowerer, rows, Gap, "maintenance less equity", "improvement", "", version => version.PreviousGap);
        Expr isRaised = Exposure is null ? isWorse : IsHigher(lowerer, rows, Exposure, "exposure", "relief", ": exposure", version => version.PreviousExposure);
        SmallValue healthy = Flag(lowerer.Value(IsHealthy(rulebook), account)), canBeLiquidated = Flag(lowerer.Value(rules.Liquidatable, account));
        TableBuilder table = account.Table;
        (Expr isHealthy, Expr isNotWorse) = JudgesApart(rulebook) ? Apart(rows, healthy, canBeLiquidated, isWorse) : (healthy.At, 1 - isWorse);
        table.Constrain("what an owner instructs leaves the account healthy or no worse", (rows.IsInstructed - rows.IsNovated) * (1 - isHealthy) * isWorse);
        if (IsClearing) table.Constrain("only what an owner instructs is novated", rows.IsNovated * (1 - rows.IsInstructed));
        table.Constrain("a payment leaves the account healthy", rows.IsPayment * (1 - isHealthy));
        table.Constrain("a liquidation leaves the account no worse", rows.IsNoWorse * isRaised);
        table.Constrain("an attempt would leave the account below its initial requirement", rows.IsAttempt * (1 - rows.StaysDebt) * isHealthy);
        table.Constrain("an attempt that may only be rejected where it is worse is worse", rows.Worsens * isNotWorse);
        table.ConstrainTransition("an account that is liquidated was liquidatable", table.Next(rows.IsDue) * (1 - canBeLiquidated.At));
        table.Constrain("an account of which nothing was due is not liquidatable", rows.IsNotDue * canBeLiquidated.At);

        SmallValue Flag(object value) => value is SmallValue { IsConstant: true } constant ? new SmallValue(constant.At * account.Active, 1, constant.Of) : (SmallValue)value;
    }

    /// <summary>1 where a number is higher than in the version before, or in that before a row that goes on.</summary>
    private static Expr IsHigher(Lowerer lowerer, VersionRows rows, CoreNode node, string name, string fall, string suffix, Func<AccountVersion, BigInteger> previous)
    {
        Domain account = lowerer.Account;
        var now = (NumberValue)lowerer.Value(node, account);
        DigitColumns digits = lowerer.Digits(now, account, name);
        DigitFormat format = DigitFormat.Of(now.Bounds);
        long[] min = [.. Enumerable.Range(0, format.Count).Select(format.Min)], max = [.. Enumerable.Range(0, format.Count).Select(format.Max)];
        void Previous(WitnessRow row, Span<long> into, long factor)
        {
            if (VersionRows.Of(row) is { IsFirst: false } version) VersionLeg.AddDigits(previous(version), format, into, factor);
            else digits.Form.AddTo(row, into, factor);
        }
        Expr column = account.Point($"{name} before", new LimbForm(0, min, max, Previous));
        account.Degree(format.Count);
        account.Table.Constrain($"before the batch it was what it is{suffix}", rows.First.At * (column - digits.Form.At));
        rows.Continues($"what was before is the version before, or before that{suffix}", account.Table.Next(column) - digits.Form.At - account.Table.Next(rows.GoesOn) * (column - digits.Form.At));
        var before = new LimbForm(column, min, max, Previous);
        LimbForm form = LimbForm.Subtract(before, digits.Form);
        var better = new DigitColumns(account, fall, DigitFormat.Of(now.Bounds + -now.Bounds), form);
        Carries.Zero(account, $"{fall} is its digits", LimbForm.Subtract(form, better.Form));
        return better.Sign!.At;
    }

    /// <summary>Whether a rulebook says itself who is liquidatable, so that this does not follow from equity and requirements.</summary>
    internal static bool JudgesApart(CoreRulebook rulebook) => rulebook.Find("liquidatable") is not null;

    /// <summary>
    /// Where who is liquidatable does not follow from equity and requirements, an account is healthy where it is not liquidatable either; and one that was not may not become so by what its owner instructs, which counts as worse.
    /// </summary>
    /// <returns>1 where the account is healthy, and 1 where it is neither worse nor has become liquidatable.</returns>
    private static (Expr IsHealthy, Expr IsNotWorse) Apart(VersionRows rows, SmallValue healthy, SmallValue liquidatable, Expr isWorse)
    {
        TableBuilder table = rows.Table;
        SmallValue was = rows.Domain.Bit("was liquidatable", row => VersionRows.Of(row) is { IsFirst: false } version ? version.WasLiquidatable : liquidatable.Of(row) == 1);
        table.Constrain("before the batch it was liquidatable if it is", rows.First.At * (was.At - liquidatable.At));
        rows.Continues("what was liquidatable is the version before, or before that", table.Next(was.At) - liquidatable.At - table.Next(rows.GoesOn) * (was.At - liquidatable.At));
        Expr margined = rows.Domain.Bit("is healthy and not liquidatable", row => healthy.Of(row) == 1 && liquidatable.Of(row) == 0).At;
        Expr falls = rows.Domain.Bit("becomes liquidatable", row => liquidatable.Of(row) == 1 && was.Of(row) == 0).At;
        table.Constrain("healthy is who is not liquidatable either", margined - healthy.At * (1 - liquidatable.At));
        table.Constrain("who is liquidatable and was not becomes it", falls - liquidatable.At * (1 - was.At));
        table.Constrain("what an owner instructs does not make the account liquidatable", (rows.IsInstructed - rows.IsNovated) * falls);
        return (margined, (1 - isWorse) * (1 - falls));
    }
}
