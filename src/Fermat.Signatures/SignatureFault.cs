namespace Fermat.Signatures;

/// <summary>Why a signature is refused.</summary>
public enum SignatureFault
{
    /// <summary>It is a signature.</summary>
    None,

    /// <summary>It does not have 65 bytes.</summary>
    Length,

    /// <summary>The last byte is neither 27 nor 28.</summary>
    RecoveryByte,

    /// <summary>r or s is zero, or not below the order of the curve's group.</summary>
    OutOfRange,

    /// <summary>s is above half of the order: the other form of a signature that anybody can derive from it (EIP-2).</summary>
    HighS,

    /// <summary>r is not the x of a point, or the recovered point is none.</summary>
    NotOnCurve,

    /// <summary>It is a signature of another address.</summary>
    WrongSigner,
}
