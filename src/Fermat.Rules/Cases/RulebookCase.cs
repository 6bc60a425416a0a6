using System.Collections.Immutable;
using System.Numerics;

namespace Fermat.Rules.Cases;

/// <summary>A definition's expected value.</summary>
/// <param name="Name">The definition.</param>
/// <param name="Text">As the file says it: a decimal, <c>true</c>, <c>false</c>, or a name of an enumeration.</param>
public sealed record CaseExpectation(string Name, string Text);

/// <summary>How far a number may be from what is expected: at most <paramref name="Absolute"/>, or at most <paramref name="Relative"/> of the expected value. Both at scale <see cref="Scale"/>.</summary>
/// <param name="Relative">A share, 0 for none.</param>
/// <param name="Absolute">In the value's unit, 0 for none.</param>
public readonly record struct CaseTolerance(BigInteger Relative, BigInteger Absolute)
{
    /// <summary>The scale of both numbers.</summary>
    public const int Scale = 60;

    /// <summary>Whether a number is near enough; both at <see cref="Scale"/>.</summary>
    /// <param name="actual">What is.</param>
    /// <param name="expected">What should be.</param>
    public bool Allows(BigInteger actual, BigInteger expected)
    {
        BigInteger distance = BigInteger.Abs(actual - expected);
        return distance <= Absolute || distance * BigInteger.Pow(10, Scale) <= Relative * BigInteger.Abs(expected);
    }
}

/// <summary>One case: inputs with one account, and what its definitions should be worth.</summary>
/// <param name="Name">The case's name.</param>
/// <param name="Source">Where the numbers come from, or null.</param>
/// <param name="Inputs">A document that <see cref="Inputs.RuleInputs"/> reads.</param>
/// <param name="Expected">The expected values.</param>
/// <param name="Tolerance">How near they must be; zero means exactly.</param>
public sealed record RulebookCase(string Name, string? Source, ReadOnlyMemory<byte> Inputs, ImmutableArray<CaseExpectation> Expected, CaseTolerance Tolerance)
{
    /// <summary>Of a case about an update: parameters and market data before it, as <see cref="Inputs.RuleInputs"/> reads them, and the aggregates; else null. <see cref="Inputs"/> are those after it.</summary>
    public (ReadOnlyMemory<byte> Before, ReadOnlyMemory<byte> System)? Update { get; init; }
}

/// <summary>What came of one expectation.</summary>
/// <param name="Name">The definition.</param>
/// <param name="Expected">As the file says it.</param>
/// <param name="Actual">What the rulebook says, exactly.</param>
/// <param name="Passed">Whether it is near enough.</param>
public sealed record CaseComparison(string Name, string Expected, string Actual, bool Passed);

/// <summary>What came of a case.</summary>
/// <param name="Case">The case.</param>
/// <param name="Comparisons">By expectation; empty when there is a problem.</param>
/// <param name="Problem">Why it could not be run, or null.</param>
public sealed record CaseResult(RulebookCase Case, ImmutableArray<CaseComparison> Comparisons, string? Problem)
{
    /// <summary>Whether everything is as expected.</summary>
    public bool Passed => Problem is null && Comparisons.All(comparison => comparison.Passed);
}
