using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>Where the columns of items stand in phase 0; a group of adjacent columns is given by its first.</summary>
internal sealed class ItemLayout(ItemColumns columns)
{
    public int Active { get; } = columns.Active.Offset;

    public int Start { get; } = columns.Start.Offset;

    public int Leaf { get; } = columns.Leaf.Offset;

    public int Position { get; } = columns.Position.Offset;

    public int Asset { get; } = columns.Asset.Offset;

    public int Gap { get; } = columns.Gap.Offset;

    public int Equity { get; } = columns.Equity[0].Offset;

    public int Debt { get; } = columns.Debt[0].Offset;

    public int Unpledged { get; } = columns.Unpledged[0].Offset;

    public int UnpledgedCarry { get; } = columns.UnpledgedCarry[0].Offset;

    public KindLayout[] Kinds { get; } = [.. columns.Collateral.Select(kind => new KindLayout(kind))];
}

/// <summary>Where the columns of one kind of collateral stand.</summary>
internal sealed class KindLayout(CollateralColumns columns)
{
    public int Amount { get; } = columns.Amount[0].Offset;

    public int Above { get; } = columns.Above[0].Offset;

    public int AboveCarry { get; } = columns.AboveCarry[0].Offset;

    public int Below { get; } = columns.Below[0].Offset;

    public int BelowCarry { get; } = columns.BelowCarry[0].Offset;
}

/// <summary>Where the columns of accounts stand in phase 0.</summary>
internal sealed class AccountLayout(AccountColumns columns)
{
    public int Active { get; } = columns.Active.Offset;

    public int Leaf { get; } = columns.Leaf.Offset;

    public int Nonce { get; } = columns.Nonce[0].Offset;

    public int Items { get; } = columns.Items.Offset;

    public SumLayout Surplus { get; } = new(columns.Surplus);

    public SumLayout Net { get; } = new(columns.Net);
}

/// <summary>Where the columns of a signed sum stand.</summary>
internal sealed class SumLayout(SignedSumColumns columns)
{
    public int Sign { get; } = columns.Sign.Offset;

    public int Magnitude { get; } = columns.Magnitude[0].Offset;

    public int CarryLow { get; } = columns.CarryLow[0].Offset;

    public int CarryHigh { get; } = columns.CarryHigh[0].Offset;
}

/// <summary>Where the columns of one hash slot stand.</summary>
internal sealed class SlotLayout(HashSlot columns)
{
    public int Salt { get; } = columns.Salt.Offset;

    public int Id { get; } = columns.Id.Offset;

    public int Owner { get; } = columns.Owner.Offset;

    public int Body { get; } = columns.Body.Offset;

    public int Node { get; } = columns.Node.Offset;

    public int Last { get; } = columns.Last.Offset;

    public int Index { get; } = columns.Index.Offset;

    public int Step { get; } = columns.Step.Offset;

    public int Level { get; } = columns.Level.Offset;

    public int Input { get; } = columns.Input[0].Offset;

    public int Cubes { get; } = columns.Cubes[0].Offset;
}
