using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Rules.Lowering;

/// <summary>What a sum over versions is of: the first element of its messages on the bus of aggregates, beside a record.</summary>
internal enum AggregateKind
{
    /// <summary>Nothing: rows without an aggregate.</summary>
    None = 0,

    /// <summary>Of an instrument: sizes above zero in last versions, less those in first versions.</summary>
    OpenInterest = 1,

    /// <summary>Of an asset: the insurance fund's balance in its first version.</summary>
    FundBefore = 2,

    /// <summary>Of an asset: the insurance fund's balance in its last version.</summary>
    FundAfter = 3,

    /// <summary>How many first versions the insurance fund has: 1 where an event touches it.</summary>
    FundTouched = 4,
}

/// <summary>
/// What the versions of a batch add to aggregates. First versions are the touched leaves before the batch and last versions those after it, each once and with all their items, and all other leaves are the same under both roots; so the difference of a sum over all accounts
/// is that over these. Versions in between, attempts and what takes them back are neither, and add nothing.
/// </summary>
internal sealed class VersionAggregates
{
    /// <summary>Keys that a tally keeps for a kind: more than any market table has records.</summary>
    private const int KeysEach = 1 << 17;

    private readonly List<TotalSend> _sends = [];

    /// <summary>Adds the columns and messages.</summary>
    /// <param name="lowerer">The rulebook's tables.</param>
    /// <param name="rows">The versions.</param>
    /// <param name="fields">What their items are.</param>
    /// <param name="balances">The balances.</param>
    /// <param name="positions">The positions; null where there are none.</param>
    /// <param name="totals">Takes (kind, record), with the value as multiplicity.</param>
    public VersionAggregates(Lowerer lowerer, VersionRows rows, VersionFields fields, VersionItems balances, VersionItems? positions, Bus totals)
    {
        TableBuilder table = rows.Table;
        FundLeaf = table.PublicColumn("leaf of the insurance fund");
        SmallValue isFund = lowerer.IsZero(rows.Domain, "version of the insurance fund", rows.Slot.At - FundLeaf, row => VersionRows.Of(row).Slot - row.Book.InsuranceSlot);
        SmallValue before = Which("first version of the insurance fund", rows.First), after = Which("last version of the insurance fund", rows.Last);
        table.Send(totals, "the insurance fund is touched", before.At, (int)AggregateKind.FundTouched, 0);
        _sends.Add(new TotalSend(rows.Domain, _ => KeyOf(AggregateKind.FundTouched, 0), (row, into, factor) => into[0] += factor * before.Of(row)));

        Link link = LoweredBook.LinkOf(lowerer, fields.Balances);
        Fund(AggregateKind.FundBefore, "insurance fund before", link.Pass("of the insurance fund, before", before));
        Fund(AggregateKind.FundAfter, "insurance fund after", link.Pass("of the insurance fund, after", after));
        if (positions is not null) Open(positions, fields, totals);

        SmallValue Which(string name, SmallValue place)
        {
            SmallValue bit = rows.Domain.Bit(name, row => place.Of(row) == 1 && isFund.Of(row) == 1);
            table.Constrain($"{name} is one of its versions", bit.At - place.At * isFund.At);
            return bit;
        }

        void Fund(AggregateKind kind, string name, SmallValue isIts)
        {
            Domain items = balances.Items;
            LimbForm amount = balances.Number(fields.Amount).Form;
            items.Table.Send(totals, name, isIts.At * amount.At, (int)kind, balances.Reference.At);
            _sends.Add(new TotalSend(items, row => KeyOf(kind, balances.Reference.Of(row)), (row, into, factor) => amount.AddTo(row, into, factor * isIts.Of(row))));
        }
    }

    /// <summary>Public: the leaf of the insurance fund, on every row of the accounts' table.</summary>
    public Expr FundLeaf { get; }

    /// <summary>What honest rows add.</summary>
    public IReadOnlyList<TotalSend> Sends => _sends;

    /// <summary>Where a tally has an aggregate.</summary>
    public static int KeyOf(AggregateKind kind, int record) => KeysEach * (int)kind + record;

    /// <summary>A size counts where its sign says that it is not negative: digits have one form, so neither sign nor digits can be others.</summary>
    private void Open(VersionItems positions, VersionFields fields, Bus totals)
    {
        Domain items = positions.Items;
        DigitColumns size = positions.Number(fields.Size).Digits!;
        Expr counts = items.Column("counts as open");
        int At(WitnessRow row) => size.Sign!.Of(row) == 1 ? 0 : positions.Last.Of(row) - positions.First.Of(row);
        items.Fillers.Add((row, cells, _) => cells[counts.Offset] = KoalaBear.From(At(row)));
        items.Table.Constrain("what is above zero counts as open in a last version, and as its opposite in a first", counts - (positions.Last.At - positions.First.At) * (1 - size.Sign!.At));
        items.Table.Send(totals, "open interest", counts * size.Form.At, (int)AggregateKind.OpenInterest, positions.Reference.At);
        _sends.Add(new TotalSend(items, row => KeyOf(AggregateKind.OpenInterest, positions.Reference.Of(row)), (row, into, factor) => size.Form.AddTo(row, into, factor * At(row))));
    }
}
