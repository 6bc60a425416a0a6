using Fermat.Algebra;

namespace Fermat.Air;

/// <summary>The transparent polynomials of a table at one point.</summary>
/// <param name="First">See <see cref="SelectorKind.First"/>.</param>
/// <param name="Last">See <see cref="SelectorKind.Last"/>.</param>
/// <param name="Transition">See <see cref="SelectorKind.Transition"/>.</param>
/// <param name="BlindSum">See <see cref="SelectorKind.BlindSum"/>.</param>
/// <param name="BlindIndex">See <see cref="SelectorKind.BlindIndex"/>.</param>
/// <param name="Vanishing">Z_act(x): zero on the active rows alone, of degree n − k, monic.</param>
public readonly record struct SelectorValues(Quintic First, Quintic Last, Quintic Transition, Quintic BlindSum, Quintic BlindIndex, Quintic Vanishing)
{
    /// <summary>The value of a selector.</summary>
    /// <param name="kind">Which.</param>
    public Quintic this[SelectorKind kind] => kind switch
    {
        SelectorKind.First => First,
        SelectorKind.Last => Last,
        SelectorKind.Transition => Transition,
        SelectorKind.BlindSum => BlindSum,
        SelectorKind.BlindIndex => BlindIndex,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
