namespace Fermat.Algebra;

/// <summary>What the rows of a source hold.</summary>
internal enum LdeSourceKind
{
    /// <summary>Values on H in natural order.</summary>
    NaturalValues,

    /// <summary>Values on a coset of H in bit-reversed order; the coset is accounted for in the shifts of the results.</summary>
    BitReversedValues,

    /// <summary>Coefficients in natural order.</summary>
    Coefficients,
}

/// <summary>The 2^<see cref="Log"/> rows a transform begins with.</summary>
internal readonly record struct LdeSource(Matrix Matrix, int FirstRow, int Log, LdeSourceKind Kind);
