namespace Fermat.Stark;

/// <summary>Why a proof was not accepted: one case a check, in the order in which the verifier makes them.</summary>
public enum RejectionCode
{
    /// <summary>The proof is longer than the policy allows.</summary>
    ProofTooLong = 1,

    /// <summary>The bytes end before the proof does.</summary>
    Truncated,

    /// <summary>The first bytes are not those of a proof.</summary>
    WrongMagic,

    /// <summary>A proof of a version that this verifier does not read.</summary>
    UnknownVersion,

    /// <summary>The proof's options are not encoded as they should be, or are out of their ranges.</summary>
    InvalidOptions,

    /// <summary>The proof was made for another circuit, rulebook or set of preprocessed columns.</summary>
    WrongVerifyingKey,

    /// <summary>The proof's hash, blowup or tail rows are not those of the verifying key.</summary>
    OptionsUnlikeKey,

    /// <summary>The proof speaks about other public inputs than the verifier's.</summary>
    WrongPublicInputs,

    /// <summary>A table's height is outside what the circuit or the field allows.</summary>
    HeightOutOfRange,

    /// <summary>A table with preprocessed columns does not have the height that the verifying key fixes.</summary>
    HeightUnlikeKey,

    /// <summary>The options do not suit the heights: too few active rows, or a final polynomial longer than the shortest table.</summary>
    OptionsUnlikeHeights,

    /// <summary>A public table has more rows than the proof's table has active ones.</summary>
    PublicTableTooShort,

    /// <summary>The public columns at the proof's heights are larger than the policy allows.</summary>
    PublicTablesTooLarge,

    /// <summary>So many messages that their multiplicities could add up to the field's characteristic.</summary>
    TooManyMessages,

    /// <summary>The proven soundness of these parameters is below the policy's minimum.</summary>
    TooFewProvenBits,

    /// <summary>A field element is not below the modulus.</summary>
    NonCanonicalElement,

    /// <summary>The bus sums of the tables do not add up to zero.</summary>
    BusSumsNotZero,

    /// <summary>The out-of-domain point lies in a table's domain or in its coset.</summary>
    OutOfDomainPointInDomain,

    /// <summary>The constraints at the out-of-domain point do not equal the quotient times the vanishing polynomial.</summary>
    ConstraintsNotSatisfied,

    /// <summary>The nonce does not have the leading zero bits that the options ask for.</summary>
    WrongGrinding,

    /// <summary>Bytes follow the end of the proof.</summary>
    TrailingBytes,

    /// <summary>An opening of the preprocessed columns does not match the verifying key's commitment.</summary>
    WrongPreprocessedOpening,

    /// <summary>An opening of a phase's columns does not match that phase's commitment.</summary>
    WrongPhaseOpening,

    /// <summary>An opening of the quotient pieces does not match their commitment.</summary>
    WrongQuotientOpening,

    /// <summary>An opening of a FRI layer does not match that layer's commitment.</summary>
    WrongLayerOpening,

    /// <summary>A FRI layer does not hold the value that the columns' openings, or the fold of the layer before, give.</summary>
    LayerMismatch,

    /// <summary>The final polynomial does not take the value to which the last layer folds.</summary>
    FinalPolynomialMismatch,
}
