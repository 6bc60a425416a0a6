namespace Fermat.Air;

/// <summary>What a node of a <see cref="Graph"/> computes.</summary>
public enum ExprKind : byte
{
    /// <summary>A fixed element; <see cref="Node.A"/> is its position among <see cref="Graph.Constants"/>.</summary>
    Constant = 0,

    /// <summary>A column on the current row; <see cref="Node.A"/> is its position among <see cref="Graph.Columns"/>.</summary>
    Column = 1,

    /// <summary>A column on the next row; <see cref="Node.A"/> as for <see cref="Column"/>.</summary>
    NextColumn = 2,

    /// <summary>A transparent polynomial; <see cref="Node.A"/> is a <see cref="SelectorKind"/>.</summary>
    Selector = 3,

    /// <summary>A challenge; <see cref="Node.A"/> is its position among the circuit's challenges.</summary>
    Challenge = 4,

    /// <summary>The bus sum of the table the expression belongs to.</summary>
    BusSum = 5,

    /// <summary>A + B.</summary>
    Add = 6,

    /// <summary>A − B.</summary>
    Sub = 7,

    /// <summary>A · B.</summary>
    Mul = 8,

    /// <summary>−A.</summary>
    Neg = 9,
}

/// <summary>The transparent polynomials of a table of height n with a = n − k active rows, in the order of the columns of <c>Selectors.OverCoset</c>.</summary>
public enum SelectorKind
{
    /// <summary>1 on row 0, 0 on the other active rows.</summary>
    First = 0,

    /// <summary>1 on row a − 1, 0 on the other active rows.</summary>
    Last = 1,

    /// <summary>x − ω^(a−1): zero on row a − 1, nonzero on the other active rows. Counts as degree 0.</summary>
    Transition = 2,

    /// <summary>1 on rows 0 to 4, 0 on the other active rows.</summary>
    BlindSum = 3,

    /// <summary>i on rows i = 0 to 4, 0 on the other active rows.</summary>
    BlindIndex = 4,
}

/// <summary>One operation of a <see cref="Graph"/>; operands are earlier nodes.</summary>
/// <param name="Kind">The operation.</param>
/// <param name="A">First operand, or an index whose meaning is given by the kind.</param>
/// <param name="B">Second operand, or 0.</param>
public readonly record struct Node(ExprKind Kind, int A, int B);

/// <summary>What is known of a node without evaluating it.</summary>
/// <param name="Degree">Total degree in columns and selectors (<see cref="SelectorKind.Transition"/> counts 0).</param>
/// <param name="IsExtension">Whether values lie in the quintic extension rather than the base field.</param>
/// <param name="UsesNext">Whether any column is read on the next row.</param>
/// <param name="Phase">The latest phase among its columns, and the phase after that of its challenges; 0 if none.</param>
/// <param name="Table">The table whose columns it reads, or −1 when it reads none.</param>
/// <param name="IsScalar">Whether it is the same on every row: made of constants, challenges and the bus sum alone.</param>
public readonly record struct NodeTraits(int Degree, bool IsExtension, bool UsesNext, int Phase, int Table, bool IsScalar);
