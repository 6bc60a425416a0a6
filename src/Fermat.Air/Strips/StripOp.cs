namespace Fermat.Air;

/// <summary>
/// The instructions of a strip program. A register holds one base-field element for each row of the strip; an extension operand is five registers.
/// Encoding, in ints: op, then the number of data words, defined registers and used registers, then these.
/// </summary>
internal enum StripOp
{
    /// <summary>Eight adjacent columns of a matrix. Data: matrix slot, first column, 1 for the next row. Defines eight registers (0: not wanted).</summary>
    Load,

    /// <summary>
    /// d = c + Σ k·x + Σ ±x·y + Σ x − Σ x. Data: the counts of the four sums, the scalar c or −1, the scalars k, then 1 for each negated product.
    /// Uses: the x of each sum in order; products have two registers each.
    /// </summary>
    Linear,

    /// <summary>As <see cref="Linear"/> without products, k being small integers in the data: Σ|k| ≤ <see cref="StripLowering.SmallSum"/>. Data: positives, negatives, plus, minus, c, then k.</summary>
    LinearSmall,

    /// <summary>The 16-bit halves of two registers: defines the low halves and the high halves (see <see cref="PairLanes"/>).</summary>
    Split,

    /// <summary>d = c + Σ k·x with small integers k over split pairs. Data: the number of pairs, the scalar c or −1, then the packed k. Uses the two halves of each pair.</summary>
    PairSum,

    /// <summary>d = x + y.</summary>
    Add,

    /// <summary>d = x − y.</summary>
    Sub,

    /// <summary>d = x · y.</summary>
    Mul,

    /// <summary>d = x³.</summary>
    Cube,

    /// <summary>d = x − y³.</summary>
    SubCube,

    /// <summary>Extension d = init + Σ k·x with base x and extension scalars k. Data: count, scalar init or −1, 1 if five registers of an init follow the x, then k.</summary>
    ExtDot,

    /// <summary>Extension d = x · y.</summary>
    ExtMul,

    /// <summary>Extension d = x · y with a base y.</summary>
    ExtScale,
}
