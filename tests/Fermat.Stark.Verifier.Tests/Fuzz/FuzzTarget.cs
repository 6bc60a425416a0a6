using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark.Tests.Fuzz;

/// <summary>A statement, its key and a policy, honest proofs of it, and the ways to change them. Its name is the folder of its files in the corpus.</summary>
internal sealed class FuzzTarget
{
    private readonly SoundnessMemo _memo = new();
    private readonly Func<byte[], SoundnessMemo, VerificationResult> _verify;

    private FuzzTarget(string name, Func<byte[], SoundnessMemo, VerificationResult> verify, IReadOnlyList<byte[]> honest, IReadOnlyList<Mutation> mutations)
    {
        (Name, Honest, Mutations, _verify) = (name, honest, mutations, verify);
        foreach (byte[] proof in honest) Assert.Null(Verify(proof).Rejection);
    }

    public string Name { get; }

    public IReadOnlyList<byte[]> Honest { get; }

    public IReadOnlyList<Mutation> Mutations { get; }

    public VerificationResult Verify(byte[] proof) => _verify(proof, _memo);

    /// <summary>One query and no grinding: what is changed can be aimed at the query, so that late checks are reached.</summary>
    public static FuzzTarget Aimed { get; } = OfToy("aimed", CommitmentHash.Blake3);

    /// <summary>The same with algebraic digests, without aiming: these are slow to draw queries from.</summary>
    public static FuzzTarget Algebraic { get; } = OfToy("algebraic", CommitmentHash.Poseidon2);

    /// <summary>Sixteen queries at rate 1/8, so that no lie of the forger is missed, and a policy as tight as the honest proof lets it be.</summary>
    public static FuzzTarget Forged { get; } = OfForger();

    /// <summary>A circuit that could send p messages.</summary>
    public static FuzzTarget ManyMessages { get; } = OfManyMessages();

    public static IReadOnlyList<FuzzTarget> All { get; } = [Aimed, Algebraic, Forged, ManyMessages];

    private static FuzzTarget OfToy(string name, CommitmentHash hash)
    {
        var toy = new SequenceToy { LogHeights = [7, 6] };
        ProofOptions options = FuzzSettings.OneQuery(hash);
        byte[] first = toy.Prove(options), second = toy.Prove(options, seed: 2);
        var mutations = new ProofMutations(new OpenedProof(toy, options, first), new OpenedProof(toy, options, second), first, second);
        VerifyingKey key = toy.Key(options);
        return new FuzzTarget(name, (proof, memo) => Verifier.Verify(toy.Circuit, key, toy, proof, FuzzSettings.Loose, memo), [first, second], [.. mutations.Of(), .. hash == CommitmentHash.Blake3 ? mutations.AimedAtTheQuery() : []]);
    }

    private static FuzzTarget OfForger()
    {
        var toy = new SequenceToy(1, FuzzSettings.Weights) { LogHeights = [6, 5] };
        ProofOptions options = FuzzSettings.SixteenQueries;
        VerifyingKey key = toy.Key(options);
        byte[] first = new Forger(toy, options, new Lies(), 1).Forge();
        Assert.Equal(toy.Prove(options), first); // told to lie about nothing, the forger is the prover

        var other = new SequenceToy(1, [.. FuzzSettings.Weights.Select(weight => weight + 1)]) { LogHeights = [6, 5] };
        byte[] second = other.Prove(options); // of other weights, with the same shape
        var plain = new ProofMutations(new OpenedProof(toy, options, first), new OpenedProof(other, options, second), first, second);
        return new FuzzTarget(
            "forged", (proof, memo) => Verifier.Verify(toy.Circuit, key, toy, proof, FuzzSettings.Tight, memo), [first], [.. plain.Of(), .. ForgedMutations.Of(toy, options)]);
    }

    private static FuzzTarget OfManyMessages()
    {
        var toy = new ManyMessagesToy();
        byte[] honest = toy.Prove();
        return new FuzzTarget("many-messages", (proof, _) => toy.Verify(proof), [honest], [new Mutation("taller", random =>
        {
            byte[] taller = [.. honest];
            taller[ProofFormat.FixedHeaderLength] = 22;
            return taller[..random.Next(ProofFormat.FixedHeaderLength + 1, ProofFormat.FixedHeaderLength + 40)];
        }, RejectionCode.TooManyMessages)]);
    }
}

/// <summary>Options and policies of the targets.</summary>
internal static class FuzzSettings
{
    public static VerifierPolicy Loose { get; } = new(MinimumProvenBits: 0);

    /// <summary>More than a table of height 2^5 has rows for.</summary>
    public static uint[] Weights { get; } = [.. Enumerable.Range(0, 40).Select(i => (uint)((i * i) + 1))];

    public static ProofOptions SixteenQueries { get; } = new(
        CommitmentHash.Blake3, BlowupLog2: 3, Queries: 16, QueryGrindingBits: 3, FoldingLog2: 2, FinalPolynomialLog2: 1, TailRows: 8, ZeroKnowledge: false);

    /// <summary>15 proven bits, which 16 queries give and 14 do not; 24 KiB; the public columns of a table of 2^6 rows, and no more.</summary>
    public static VerifierPolicy Tight { get; } = new(MinimumProvenBits: 15, MaximumProofBytes: 24 << 10, MaximumPublicCells: Matrix.StrideMultiple << 6);

    public static ProofOptions OneQuery(CommitmentHash hash) => new(
        hash, BlowupLog2: 1, Queries: 1, QueryGrindingBits: 0, FoldingLog2: 2, FinalPolynomialLog2: 2, TailRows: 16);
}
