using Fermat.Air;
using Fermat.Algebra;

namespace Fermat.Rules.Lowering;

/// <summary>The columns of the accounts' table that tell versions apart.</summary>
internal sealed class VersionRows
{
    public VersionRows(Lowerer lowerer, VersionFields fields, bool isClearing)
    {
        Domain = lowerer.Account;
        Slot = Domain.Small("leaf", LoweredVersions.End - 1, row => Of(row).Slot);
        Event = Domain.Small("event", LoweredVersions.End - 1, row => Of(row).Event);
        TakesBack = Domain.Bit("takes back", row => Of(row).TakesBack).At;
        // events of a batch are at most 2^20, so that twice their numbers are as far below 2^23 as leaves are
        OrderPart order = new(2 * Event.At + TakesBack, 2 * Table.Next(Event.At) + Table.Next(TakesBack), row => 2L * Of(row).Event + (Of(row).TakesBack ? 1 : 0));
        First = new SmallValue(Lowerer.Rise(Domain, [OrderPart.Of(Domain, Slot), order]), 1, row => Of(row).IsFirst ? 1 : 0);
        Last = Domain.Bit("last", row => Of(row).IsLast);
        WasEmpty = Domain.Bit("was empty", row => Of(row) is { IsFirst: true, WasEmpty: true }).At;
        IsInstructed = Asked("is instructed", LegRole.Instructed);
        IsDue = Asked("is due", LegRole.Due);
        IsNoWorse = Asked("may not be worse", LegRole.NoWorse);
        IsPayment = Asked("is a payment", LegRole.Pays);
        IsOpening = Asked("is an opening", LegRole.Opens);
        GoesOn = Asked("goes on", LegRole.GoesOn);
        StaysLong = Asked("position stays long", LegRole.StaysLong);
        StaysShort = Asked("position stays short", LegRole.StaysShort);
        StaysCredit = Asked("balance stays a credit", LegRole.StaysCredit);
        StaysDebt = Asked("balance stays a debt", LegRole.StaysDebt);
        Ends = Asked("position must end", LegRole.Ends);
        IsAttempt = Asked("is an attempt", LegRole.Attempt);
        Worsens = Asked("is worse", LegRole.Worsens);
        IsNotDue = Asked("is not due", LegRole.NotDue);
        IsHalf = Asked("is a half", LegRole.Half);
        IsReduced = Asked("is reduced", LegRole.Reduced);
        HasNoPosition = Asked("may have no position", LegRole.HasNoPosition);
        if (fields.HasMargin) Assigns = Asked("assigns margin", LegRole.Assigns);
        if (fields.HasPledges) (Pledges, Releases) = (Asked("pledges", LegRole.Pledges), Asked("releases", LegRole.Releases));
        if (fields.CanBeMarked) IsMarked = Asked("is marked", LegRole.Marked);
        if (isClearing) IsNovated = Asked("is novated", LegRole.Novated);
        Nonce = [.. Enumerable.Range(0, 3).Select(i => Domain.Small($"nonce[{i}]", 1 << LoweredVersions.NonceBits, row => Word(Of(row).Nonce, i)))];
        NonceWraps = [.. Enumerable.Range(0, 2).Select(i => Domain.Bit($"nonce[{i}] wraps", row => Of(row) is { Leg.IsInstructed: true } version && version.Nonce << (64 - LoweredVersions.NonceBits * (i + 1)) == 0).At)];
        Id = Elements("id", version => version.Id);
        Owner = Elements("owner", version => version.Owner);

        Table.Constrain("a first version has no event", First.At * Event.At);
        Table.Constrain("an account that is touched has an event", First.At * Last.At);
        Table.ConstrainTransition("the last version is followed by another account", Active - Last.At - (Table.Next(Active) - Table.Next(First.At)));
        Table.ConstrainLast("the last row is a last version", Active - Last.At);
        Table.Constrain("of a first version nothing is asked", First.At * Role);
        Table.Constrain("a first version takes nothing back", First.At * TakesBack);
        Table.Constrain("of a version that takes back nothing is asked", TakesBack * Role);
        Table.Constrain("an attempt is not a last version", IsAttempt * Last.At);
        Table.ConstrainTransition("an attempt is taken back in the next row, and nothing else is", Table.Next(TakesBack) - IsAttempt);
        Table.ConstrainTransition("what takes back is of the attempt's event", Table.Next(TakesBack) * (Table.Next(Event.At) - Event.At));
    }

    /// <summary>The accounts' domain.</summary>
    public Domain Domain { get; }

    /// <summary>The accounts' table.</summary>
    public TableBuilder Table => Domain.Table;

    /// <summary>1 on rows in use.</summary>
    public Expr Active => Domain.Active;

    /// <summary>The leaf's index.</summary>
    public SmallValue Slot { get; }

    /// <summary>The event that made the version; 0 on first versions.</summary>
    public SmallValue Event { get; }

    /// <summary>1 on the version before the batch.</summary>
    public SmallValue First { get; }

    /// <summary>1 on the version after it.</summary>
    public SmallValue Last { get; }

    /// <summary>1 where the leaf was empty before the batch.</summary>
    public Expr WasEmpty { get; }

    /// <summary>1 where the owner instructed the event.</summary>
    public Expr IsInstructed { get; }

    /// <summary>1 where the account must have been liquidatable in the version before.</summary>
    public Expr IsDue { get; }

    /// <summary>1 where maintenance − equity may not have risen.</summary>
    public Expr IsNoWorse { get; }

    /// <summary>1 where the version before is of the same event's first half.</summary>
    public Expr GoesOn { get; }

    /// <summary>1 where the position that is moved may not be short afterwards.</summary>
    public Expr StaysLong { get; }

    /// <summary>1 where it may not be long afterwards.</summary>
    public Expr StaysShort { get; }

    /// <summary>1 where the balance that is moved may not be negative afterwards.</summary>
    public Expr StaysCredit { get; }

    /// <summary>1 where it may not be positive afterwards.</summary>
    public Expr StaysDebt { get; }

    /// <summary>1 where the position that is moved must end.</summary>
    public Expr Ends { get; }

    /// <summary>1 where the event was rejected, and the next version takes this one back.</summary>
    public Expr IsAttempt { get; }

    /// <summary>1 where maintenance − equity has risen.</summary>
    public Expr Worsens { get; }

    /// <summary>1 where the account may not be liquidatable.</summary>
    public Expr IsNotDue { get; }

    /// <summary>1 where half of what was rejected is moved, there or back.</summary>
    public Expr IsHalf { get; }

    /// <summary>1 where a part of the account's position is taken.</summary>
    public Expr IsReduced { get; }

    /// <summary>1 where the account may have no position.</summary>
    public Expr HasNoPosition { get; }

    /// <summary>1 where cash and what is set aside for a position are exchanged; 0 where nothing can be set aside.</summary>
    public Expr Assigns { get; } = 0;

    /// <summary>1 where more of the account is pledged; 0 where nothing can be.</summary>
    public Expr Pledges { get; } = 0;

    /// <summary>1 where what is pledged is released; 0 where nothing can be.</summary>
    public Expr Releases { get; } = 0;

    /// <summary>1 where the position is settled and goes on; 0 where there is no price for that.</summary>
    public Expr IsMarked { get; } = 0;

    /// <summary>1 where a clearing house takes what the owner instructed as it comes; 0 under other rulebooks.</summary>
    public Expr IsNovated { get; } = 0;

    /// <summary>1 where the version takes back the one before it.</summary>
    public Expr TakesBack { get; }

    /// <summary>All that is asked of the account, as a sum of <see cref="LegRole"/>: bits, so that equal sums are equal bits.</summary>
    public Expr Role { get; private set; } = 0;

    /// <summary>1 where the owner pays something out: a withdrawal, or the payer's side of a transfer.</summary>
    public Expr IsPayment { get; }

    /// <summary>1 where the account opens.</summary>
    public Expr IsOpening { get; }

    /// <summary>The nonce: bits 0–23, 24–47, 48–63.</summary>
    public SmallValue[] Nonce { get; }

    /// <summary>1 where a lower word of the nonce begins anew.</summary>
    public Expr[] NonceWraps { get; }

    /// <summary>Block 1 of the leaf.</summary>
    public Expr[] Id { get; }

    /// <summary>Block 2 of the leaf.</summary>
    public Expr[] Owner { get; }

    /// <summary>The version that a row of the accounts' table is.</summary>
    public static AccountVersion Of(WitnessRow row) => row.Book.Versions[row.Index];

    /// <summary>The version before, of one that is not first.</summary>
    public static AccountVersion Before(WitnessRow row) => row.Book.Versions[row.Index - 1];

    /// <summary>A column is the same on the next row, if that is of the same account.</summary>
    public void Keeps(Expr column) => Continues($"{column.ColumnInfo.Name} stays as it is", Table.Next(column) - column);

    /// <summary>Something is zero between a version and the next one of the same account.</summary>
    public void Continues(string name, Expr mustBeZero) => Table.ConstrainTransition(name, (Table.Next(Active) - Table.Next(First.At)) * mustBeZero);

    private Expr Asked(string name, LegRole role)
    {
        Expr bit = Domain.Bit(name, row => Of(row).Leg.Role.HasFlag(role)).At;
        Role += (int)role * bit;
        return bit;
    }

    private Expr[] Elements(string name, Func<AccountVersion, KoalaBear[]> value)
    {
        Expr[] columns = [.. Enumerable.Range(0, 8).Select(i => Domain.Column($"{name}[{i}]"))];
        Domain.Fillers.Add((row, cells, _) => value(Of(row)).CopyTo(cells[columns[0].Offset..]));
        return columns;
    }

    private static int Word(ulong nonce, int i) => (int)(nonce >> (LoweredVersions.NonceBits * i) & (1 << LoweredVersions.NonceBits) - 1);
}
