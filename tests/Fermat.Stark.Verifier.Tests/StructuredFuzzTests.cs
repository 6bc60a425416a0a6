using Fermat.Fuzzing;
using Fermat.Stark.Tests.Fuzz;

namespace Fermat.Stark.Tests;

/// <summary>
/// Fuzzing that knows a proof's structure: <see cref="ProofMutations"/> changes proofs and makes the rest fit where it can, <see cref="ForgedMutations"/> makes proofs that
/// lie in one place and are consistent from there. Whatever comes out is rejected by name, at bounded cost, and every name is reached. ./test --fuzz runs it for long (CONTRIBUTING.md).
/// </summary>
[Trait("Category", "Fuzz")]
public class StructuredFuzzTests
{
    private const int DefaultRounds = 1500, EveryMutationTimes = 12;

    /// <summary>A verification allocates about 8 MB on these circuits, nearly all in the search for the best soundness parameter: the same for every proof.</summary>
    private const long AllocatedBytes = 16 << 20;

    [Fact]
    public void Changed_proofs_are_rejected_by_name_at_bounded_cost() => FuzzRun.Rounds("verifier", DefaultRounds, seed => Draw(seed).Input, (seed, input) =>
    {
        (FuzzTarget target, Mutation mutation, _) = Draw(seed);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RejectionCode code = Reject(target, mutation, input, $"seed {seed}");
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < AllocatedBytes, $"{target.Name}, {mutation.Name}, {code}: {allocated} bytes were allocated for a proof of {input.Length}");
    });

    /// <summary>No proof can draw an out-of-domain point inside the domain; TamperedMessageTests asks that check directly.</summary>
    [Fact]
    public void Every_rejection_code_is_reached()
    {
        HashSet<RejectionCode> reached = [];
        foreach (FuzzTarget target in FuzzTarget.All)
            foreach (Mutation mutation in target.Mutations)
                for (int seed = 0; seed < EveryMutationTimes; seed++)
                    if (Make(target, mutation, seed) is { } input) reached.Add(Reject(target, mutation, input, $"{target.Name}, {mutation.Name}, {seed}"));
        Assert.Equal([RejectionCode.OutOfDomainPointInDomain], Enum.GetValues<RejectionCode>().Except(reached));
    }

    [Fact]
    public void Cut_at_every_boundary_of_a_part_it_is_too_short()
    {
        byte[] proof = FuzzTarget.Aimed.Honest[0];
        var opened = new OpenedProof(new SequenceToy { LogHeights = [7, 6] }, FuzzSettings.OneQuery(Hashing.CommitmentHash.Blake3), proof);
        int at = 0;
        foreach (ProofPart part in opened.Parts)
        {
            Assert.Equal(RejectionCode.Truncated, FuzzTarget.Aimed.Verify(proof[..at]).Rejection?.Code);
            at += part.Bytes;
            Assert.Equal(RejectionCode.Truncated, FuzzTarget.Aimed.Verify(proof[..(at - 1)]).Rejection?.Code);
        }

        Assert.Equal(proof.Length, at);
    }

    private static (FuzzTarget Target, Mutation Mutation, byte[]? Input) Draw(int seed)
    {
        var random = new Random(seed);
        FuzzTarget target = FuzzTarget.All[random.Next(40) == 0 ? 3 : random.Next(3)];
        Mutation mutation = target.Mutations[random.Next(target.Mutations.Count)];
        return (target, mutation, Make(target, mutation, seed));
    }

    /// <summary>The mutation's proof; null where it made the honest one.</summary>
    private static byte[]? Make(FuzzTarget target, Mutation mutation, int seed) =>
        mutation.Make(new Random(seed)) is { } input && !target.Honest.Any(honest => honest.AsSpan().SequenceEqual(input)) ? input : null;

    private static RejectionCode Reject(FuzzTarget target, Mutation mutation, byte[] proof, string name)
    {
        VerificationResult result = target.Verify(proof);
        Assert.False(result.Accepted, $"{name}: {target.Name}, {mutation.Name} was accepted");
        RejectionCode code = result.Rejection!.Code;
        Assert.True(Enum.IsDefined(code), name);
        Assert.NotEmpty(result.Rejection.Message);
        Assert.True(mutation.Codes.Length == 0 || mutation.Codes.Contains(code), $"{name}: {target.Name}, {mutation.Name}: {result.Rejection}");
        return code;
    }
}
