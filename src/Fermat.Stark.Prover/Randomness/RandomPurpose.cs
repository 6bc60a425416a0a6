namespace Fermat.Stark;

/// <summary>What a block of a proof's randomness is for. Each purpose has its own streams, so that nothing is drawn twice.</summary>
internal enum RandomPurpose : uint
{
    /// <summary>The cells of a tail row; table, phase and row say which.</summary>
    TailRow = 1,

    /// <summary>The amounts by which neighbouring tables blind their bus sums.</summary>
    BusBlinding = 2,

    /// <summary>The polynomials t_0 and t_1 that re-randomise a table's quotient pieces.</summary>
    QuotientPieces = 3,

    /// <summary>Coefficients of the polynomial R that masks a table in the FRI batch; the block says which.</summary>
    Mask = 4,

    /// <summary>The key of the leaf salts of one Merkle tree.</summary>
    Salts = 5,
}
