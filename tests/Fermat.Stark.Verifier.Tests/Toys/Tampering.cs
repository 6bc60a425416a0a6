namespace Fermat.Stark.Tests;

/// <summary>A real proof of the toy, for tests that change it.</summary>
internal static class Tampering
{
    public static SequenceToy Toy { get; } = new();

    public static byte[] Honest { get; } = Toy.Prove();

    public static OpenedProof Opened { get; } = new(Toy, SequenceToy.Options, Honest);

    /// <summary>Asserts that a proof was turned down for one reason and no other.</summary>
    public static Rejection AssertRejected(RejectionCode code, VerificationResult result)
    {
        Assert.False(result.Accepted);
        Assert.NotNull(result.Rejection);
        Assert.True(code == result.Rejection.Code, result.Rejection.ToString());
        Assert.NotEmpty(result.Rejection.Message);
        Assert.Null(result.Info);
        return result.Rejection;
    }
}
