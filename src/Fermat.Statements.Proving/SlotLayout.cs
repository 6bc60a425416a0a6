using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

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
