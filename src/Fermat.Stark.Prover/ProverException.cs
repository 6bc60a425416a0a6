namespace Fermat.Stark;

/// <summary>Why no proof was made.</summary>
public enum ProverError
{
    /// <summary>The options do not suit the tables' heights.</summary>
    Options,

    /// <summary>A trace does not have the shape that circuit and options ask for.</summary>
    TraceShape,

    /// <summary>The trace violates a constraint of its table.</summary>
    ConstraintsViolated,

    /// <summary>Messages were sent that nobody received, or the other way round.</summary>
    BusesUnbalanced,

    /// <summary>The proof would need more memory than is allowed.</summary>
    Memory,

    /// <summary>A check of the prover on itself failed: a bug.</summary>
    Internal,
}

/// <summary>No proof could be made, and the prover noticed.</summary>
public sealed class ProverException : Exception
{
    /// <summary>Describes a failure.</summary>
    /// <param name="error">What kind.</param>
    /// <param name="message">What was wrong, where, and what to do.</param>
    public ProverException(ProverError error, string message)
        : base(message) => Error = error;

    /// <summary>What kind of failure it is.</summary>
    public ProverError Error { get; }
}
