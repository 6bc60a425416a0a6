using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Leaves;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Lowering;

/// <summary>Whose turn a prover says it is.</summary>
/// <param name="Failing">The leaf of the account that is deleveraged.</param>
/// <param name="Chosen">The leaf of the counterparty.</param>
/// <param name="Instrument">The record of the instrument.</param>
/// <param name="IsShort">Whether the failing account is short of it.</param>
/// <param name="Worth">What the failing account's position in the instrument is worth, and no other of it is worth more.</param>
/// <param name="Positions">The positions of the failing account: instrument and size of each.</param>
/// <param name="Rank">The counterparty's rank.</param>
/// <param name="Fees">The leaf of the account that fees go to.</param>
/// <param name="Insurance">The leaf of the insurance fund.</param>
internal sealed record OrderWitness(int Failing, int Chosen, int Instrument, bool IsShort, BigInteger Worth, ImmutableArray<(int Instrument, BigInteger Size)> Positions, BigInteger Rank, int Fees, int Insurance);

/// <summary>
/// A rulebook's tables for a whole book, every account and item bound to the hashed blocks of its leaf, and whose turn it is: of all accounts that hold the other side of an instrument, but for the fees account and the insurance fund, the
/// one that is chosen has the highest <c>liquidation.rank</c>, and of equals the lowest leaf. The instrument is that of the failing account's largest position (<see cref="LargestPosition"/>), of those that a liquidation may take.
/// </summary>
/// <remarks>
/// What is compared is one integer: 2^24 · (highest − rank) + leaf − chosen leaf is not negative. Leaves are below 2^20, so a rank that is higher makes it negative whatever the leaves are, and of equal ranks the leaves decide.
/// What all rows must agree on (instrument, side, chosen leaf, highest rank) stands in columns that do not change from row to row.
/// </remarks>
internal sealed class LoweredOrder
{
    /// <summary>The rulebook's definition that orders accounts.</summary>
    public const string Rank = "liquidation.rank";

    private const int RankShift = 24;

    /// <summary>Adds the tables of a rulebook to a circuit.</summary>
    /// <param name="circuit">Without challenges of its own but r and γ.</param>
    /// <param name="range">Its range table.</param>
    /// <param name="r">The random point, drawn after phase 0.</param>
    /// <param name="gamma">What tells sums apart, drawn after phase 0.</param>
    /// <param name="block">Gives (leaf, step, 8 elements).</param>
    /// <param name="failing">Takes (leaf, instrument) of the failing account's position.</param>
    /// <param name="largest">Takes (instrument) of the failing account's largest position.</param>
    /// <param name="chosen">Takes (leaf, fees account, insurance fund) of the counterparty.</param>
    /// <param name="rulebook">The rulebook.</param>
    /// <param name="lineOf">The line of a position of the rulebook's text.</param>
    /// <exception cref="CoreException">The rulebook says something that cannot be proven, or does not rank accounts.</exception>
    public LoweredOrder(CircuitBuilder circuit, RangeTable range, Expr r, Expr gamma, Bus block, Bus failing, Bus largest, Bus chosen, CoreRulebook rulebook, Func<int, int>? lineOf)
    {
        Layout = new LeafLayout(rulebook.Schema);
        Fields = VersionFields.Of(rulebook.Schema);
        if (!Fields.HasPositions) throw new CoreException("limit", "the rulebook's accounts have no positions", "a collection `positions`");
        Ranked = (rulebook.Find(Rank) ?? throw new CoreException("limit", "the rulebook does not say who is deleveraged first", "`liquidation { rank = … }`")).Value;
        Terms = new PositionTerms(rulebook, Fields.Positions);
        Worth = new PositionWorth(rulebook.Schema, Fields);
        Bus holders = circuit.Bus("holders of the other side"), positions = circuit.Bus("positions of the failing account");
        Lowering = new Lowering(circuit, range, r, gamma, rulebook with { Definitions = [] }, lineOf, lowering =>
        {
            Lowerer lowerer = lowering.Lowerer;
            foreach (Domain domain in (Domain[])[lowerer.Account, .. lowerer.Items]) domain.Table.MaxLogHeight = LoweredBook.MaxLogHeight;
            Nonce = LoweredBook.Bind(lowerer, Layout, block);
            SmallValue other = OtherSide(lowerer, failing, positions, holders);
            Compare(lowerer, other, holders, chosen, r);
            Largest = new LargestPosition(circuit, range, r, lowerer, Fields, Worth, positions, largest);
        });
    }

    /// <summary>The rulebook's tables.</summary>
    public Lowering Lowering { get; }

    /// <summary>The failing account's positions.</summary>
    public LargestPosition Largest { get; private set; } = null!;

    /// <summary>How leaves are laid out.</summary>
    public LeafLayout Layout { get; }

    /// <summary>Where positions are.</summary>
    public VersionFields Fields { get; }

    /// <summary>Which positions a liquidation may take.</summary>
    public PositionTerms Terms { get; }

    /// <summary>What positions are worth.</summary>
    public PositionWorth Worth { get; }

    /// <summary>What orders accounts.</summary>
    public CoreNode Ranked { get; }

    /// <summary>Where an account's row has the elements of its nonce: the leaf binds them, and no rule speaks of them.</summary>
    public IReadOnlyList<Expr> Nonce { get; private set; } = [];

    /// <summary>Tells each account that has a position of the other side than the failing account's.</summary>
    private SmallValue OtherSide(Lowerer lowerer, Bus failing, Bus positions, Bus holders)
    {
        Domain items = lowerer.Items[Fields.Positions];
        TableBuilder table = items.Table;
        var instrument = (SmallValue)items.Fields[Fields.Instrument];
        DigitColumns size = ((NumberValue)items.Fields[Fields.Size]).Digits!;
        SmallValue sign = size.Sign!;
        SmallValue account = items.Small("failing account", (1 << LoweredBook.MaxLogHeight) - 1, row => row.Book.Turn!.Failing), wanted = items.Small("instrument that is deleveraged", RuleLimits.MaxRecords - 1, row => row.Book.Turn!.Instrument);
        SmallValue isShort = items.Bit("the failing account is short", row => row.Book.Turn!.IsShort);
        items.Steady("one account, one instrument and one side", account.At, wanted.At, isShort.At);

        SmallValue held = items.Bit("position of the failing account", row => items.Key.Of(row) == row.Book.Turn!.Failing && instrument.Of(row) == row.Book.Turn.Instrument);
        table.Constrain("the failing account's position is in the instrument", held.At * (instrument.At - wanted.At));
        table.Constrain("the failing account's position is its own", held.At * (items.Key.At - account.At));
        table.Constrain("the failing account's side is that of its position", held.At * (sign.At - isShort.At));
        table.Send(failing, "the failing account's position", held.At, items.Key.At, instrument.At);
        SmallValue its = Due(lowerer, items, lowerer.IsZero(items, "of the failing account", items.Key.At - account.At, row => items.Key.Of(row) - account.Of(row)));
        table.Send(positions, "position of the failing account", its.At, instrument.At, sign.At, size.Form.At);

        SmallValue same = items.Bit("in the instrument", row => instrument.Of(row) == wanted.Of(row));
        Expr inverse = items.Column("in another instrument");
        int offset = inverse.Offset;
        items.Fillers.Add((row, cells, _) =>
        {
            int difference = instrument.Of(row) - wanted.Of(row);
            if (difference != 0) cells[offset] = KoalaBear.From(difference).Inverse();
        });
        table.Constrain("what is in the instrument is", same.At * (instrument.At - wanted.At));
        table.Constrain("what is not in the instrument is in another", (instrument.At - wanted.At) * inverse - (items.Active - same.At));
        table.Constrain("what is in the instrument is in no other", same.At * inverse);
        if (Fields.HasMargin) same = Sized(lowerer, items, size, same);
        SmallValue other = items.Bit("of the other side", row => same.Of(row) == 1 && sign.Of(row) != isShort.Of(row));
        table.Constrain("of the other side are those whose sign is another", other.At - same.At * (sign.At + isShort.At - 2 * sign.At * isShort.At));
        table.Send(holders, "holds the other side", other.At, items.Key.At);
        return other;
    }

    /// <summary>Of the failing account's positions those that a liquidation may take, where the rulebook says it of each.</summary>
    private SmallValue Due(Lowerer lowerer, Domain items, SmallValue its)
    {
        if (Terms.Due is not { } due) return its;
        var flag = (SmallValue)lowerer.Value(due, items);
        SmallValue taken = items.Bit("of the failing account and due", row => its.Of(row) == 1 && flag.Of(row) == 1);
        items.Table.Constrain("what is due of the failing account is its and due", taken.At - its.At * flag.At);
        return taken;
    }

    /// <summary>What is set aside for a position without a size is on no side.</summary>
    private static SmallValue Sized(Lowerer lowerer, Domain items, DigitColumns size, SmallValue same)
    {
        SmallValue empty = lowerer.IsZero(items, "a position has no size", size.CellSum, size.SumOf);
        SmallValue sized = items.Bit("in the instrument, with a size", row => same.Of(row) == 1 && empty.Of(row) == 0);
        items.Table.Constrain("what is on a side is in the instrument and has a size", sized.At - same.At * (1 - empty.At));
        return sized;
    }

    /// <summary>No account that holds the other side is ahead of the one chosen, which does so too.</summary>
    private void Compare(Lowerer lowerer, SmallValue other, Bus holders, Bus chosenOnes, Expr r)
    {
        Domain account = lowerer.Account, items = lowerer.Items[Fields.Positions];
        TableBuilder table = account.Table;
        const int end = (1 << LoweredBook.MaxLogHeight) - 1;
        var value = lowerer.Value(Ranked, account) as NumberValue ?? throw new CoreException("limit", $"{Rank} is not a number", "a sum, a product, a ratio");
        DigitColumns rank = lowerer.Digits(value, account, "rank");
        SmallValue chosen = account.Small("chosen account", end, row => row.Book.Turn!.Chosen), fees = account.Small("fees account", end, row => row.Book.Turn!.Fees), insurance = account.Small("insurance fund", end, row => row.Book.Turn!.Insurance);
        var highest = new DigitColumns(account, "highest rank", rank.Format, row => row.Book.Turn!.Rank, isZeroOnPadding: true);
        account.Steady("one turn", [chosen.At, fees.At, insurance.At, .. highest.Cells]);

        SmallValue holds = account.Bit("holds the other side", row => row.Children(items).Any(item => other.Of(item) == 1));
        table.Receive(holders, "accounts that hold the other side", holds.At, account.Key.At);

        SmallValue isChosen = account.Bit("is chosen", row => row.Index == row.Book.Turn!.Chosen);
        table.Constrain("the chosen account is the one named", isChosen.At * (account.Key.At - chosen.At));
        table.Constrain("the chosen account holds the other side", isChosen.At * (1 - holds.At));
        foreach ((Expr its, Expr named) in rank.Cells.Zip(highest.Cells)) table.Constrain($"the highest rank is the chosen account's, {named.ColumnInfo.Name}", isChosen.At * (its - named));
        table.Send(chosenOnes, "the chosen account", isChosen.At, chosen.At, fees.At, insurance.At);

        SmallValue isVenue = account.Bit("is the venue's", row => holds.Of(row) == 1 && (row.Index == row.Book.Turn!.Fees || row.Index == row.Book.Turn.Insurance));
        table.Constrain("only who holds the other side is told apart", isVenue.At * (1 - holds.At));
        table.Constrain("the venue's are the fees account and the insurance fund", isVenue.At * (account.Key.At - fees.At) * (account.Key.At - insurance.At));
        SmallValue compared = account.Bit("is compared", row => holds.Of(row) == 1 && isVenue.Of(row) == 0);
        table.Constrain("who holds the other side is compared, but for the venue's", compared.At - holds.At * (1 - isVenue.At));
        LimbForm ahead = LimbForm.Multiply(LimbForm.Of(BigInteger.One << RankShift, r), LimbForm.Subtract(highest.Form, rank.Form));
        ahead = LimbForm.Scale(LimbForm.Add(ahead, LimbForm.Subtract(LimbForm.Of(account.Key), LimbForm.Of(chosen))), compared);
        Bounds ranks = rank.Format.Range;
        var rest = new WordColumns(account, "behind the chosen account", ((ranks.Max - ranks.Min) << RankShift) + end, ahead);
        Carries.Zero(account, "nobody is ahead of the chosen account", LimbForm.Subtract(ahead, rest.Form));
    }
}
