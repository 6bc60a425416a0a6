namespace Fermat.Stark.Tests;

/// <summary>Marks the test in which a tampered proof is rejected with a code. <see cref="RejectionTests.Every_code_has_a_test"/> asks for one of each.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class RejectsAttribute(RejectionCode code) : Attribute
{
    public RejectionCode Code { get; } = code;
}
