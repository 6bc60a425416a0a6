using System.Reflection;
using static Fermat.Stark.Tests.Tampering;

namespace Fermat.Stark.Tests;

/// <summary>The honest proof is accepted, and no rejection is without a test.</summary>
public class RejectionTests
{
    [Fact]
    public void Every_code_has_a_test()
    {
        HashSet<RejectionCode> tested = [.. typeof(RejectionTests).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .Where(method => method.GetCustomAttribute<FactAttribute>() is not null)
            .SelectMany(method => method.GetCustomAttributes<RejectsAttribute>())
            .Select(attribute => attribute.Code)];
        Assert.Empty(Enum.GetValues<RejectionCode>().Except(tested));
    }

    [Fact]
    public void An_honest_proof_is_accepted()
    {
        VerificationResult result = Toy.Verify(Honest);
        Assert.Null(result.Rejection);
        Assert.True(result.Accepted);
        Assert.Equal(Honest.Length, result.Info!.Bytes);
        Assert.Equal(Honest.Length, result.Info.Parts.Sum(part => part.Bytes));
        Assert.Equal([("sequence", 9, 20), ("range", 7, 12)], result.Info.Tables.Select(table => (table.Name, table.LogHeight, table.CommittedColumns)));
        Assert.True(result.Soundness!.Meets(SequenceToy.Policy.MinimumProvenBits));
    }
}
