namespace Fermat.Stark;

/// <summary>The labels under which the transcript absorbs and draws. They are part of the protocol: changing one makes a new version.</summary>
internal static class Labels
{
    /// <summary>Separates this protocol from every other use of the transcript.</summary>
    public const string Protocol = "fermat-stark-v1";

    // 1. Statement
    public const string Options = "options";
    public const string CircuitDigest = "circuit";
    public const string KeyDigest = "verifying key";
    public const string TableCount = "tables";
    public const string LogHeight = "log height";
    public const string PublicInputs = "public inputs";

    // 2. Phases
    public const string PublicColumns = "public columns";
    public const string PhaseRoot = "phase root";
    public const string PhaseChallenge = "phase challenge";
    public const string BusSums = "bus sums";

    // 3. Quotient
    public const string ConstraintChallenge = "constraint challenge";
    public const string QuotientRoot = "quotient root";

    // 4. Out-of-domain point
    public const string OutOfDomainPoint = "out-of-domain point";
    public const string Openings = "openings";

    // 5. and 6. Batching and FRI
    public const string Batching = "batching";
    public const string LayerRoot = "layer root";
    public const string Fold = "fold";
    public const string RollIn = "roll-in";
    public const string FinalPolynomial = "final polynomial";

    // 7. Queries
    public const string Grinding = "grinding";
    public const string Query = "query";
}
