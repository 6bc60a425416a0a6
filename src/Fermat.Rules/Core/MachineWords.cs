using System.Numerics;
using Fermat.Rules.Schema;

namespace Fermat.Rules.Core;

/// <summary>Why native evaluation computes a value in numbers of any size, which is slower, and not in 128-bit words.</summary>
public enum WideCause
{
    /// <summary>It is computed in 128-bit words.</summary>
    None,

    /// <summary>It takes a value that does not fit a word.</summary>
    Operand,

    /// <summary>What it takes fits, and the value itself may not.</summary>
    Result,

    /// <summary>It fits, and is computed in numbers of any size all the same: a division by what is no constant or one of more than 64 bits, a square root, a curve, a share.</summary>
    Operation,
}

/// <summary>What is computed in machine words. Native evaluation asks here for every value (<see cref="CoreNode.Wide"/>), and so does who reports it.</summary>
internal static class MachineWords
{
    /// <summary>Bits of a number that fits a word, beside its sign: what <c>bits</c> of a quantity counts.</summary>
    public const int Bits = 127;

    private const int MostDigits = 38;

    private static readonly BigInteger End = BigInteger.One << Bits;

    /// <summary>Whether all numbers within the bounds fit a word.</summary>
    public static bool Fit(Bounds bounds) => bounds.Magnitude < End;

    /// <summary>Why a value is not computed in words.</summary>
    /// <param name="node">A public or keyed value is computed in public, once for each record; it is in words where it fits them.</param>
    public static WideCause CauseOf(CoreNode node)
    {
        if (node.Stage != Stage.Private) return Fit(node.Bounds) ? WideCause.None : WideCause.Result;
        if (WideOperand(node) is not null) return WideCause.Operand;
        if (!Fit(node.Bounds) || node is Rescale { Digits: > MostDigits }) return WideCause.Result;
        return node switch
        {
            Quotient { Denominator: Literal { Value: var constant } } => constant <= ulong.MaxValue ? WideCause.None : WideCause.Operation,
            Quotient or SquareRoot or Interpolate or ProRata => WideCause.Operation,
            _ => WideCause.None,
        };
    }

    /// <summary>The first value that one takes and that does not fit a word; a constant that divides does not count.</summary>
    public static CoreNode? WideOperand(CoreNode node) =>
        node is Quotient { Denominator: Literal } quotient ? Fit(quotient.Numerator.Bounds) ? null : quotient.Numerator : node.Children.FirstOrDefault(child => !Fit(child.Bounds));

    /// <summary>The bits of the largest magnitude that a value can have.</summary>
    public static int BitsOf(CoreNode node) => (int)node.Bounds.Magnitude.GetBitLength();
}
