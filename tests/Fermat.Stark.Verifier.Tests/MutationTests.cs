using System.Buffers.Binary;
using Fermat.Algebra;

namespace Fermat.Stark.Tests;

/// <summary>A thousand proofs changed blindly: none is accepted, none brings the verifier down, each gets a reason.</summary>
public class MutationTests
{
    private const int Mutations = 1000;

    private static readonly SequenceToy Toy = new();
    private static readonly VerifyingKey Key = Toy.Key();

    [Fact]
    [Trait("Pitfall", "panics in the verifier on data the prover sent")]
    public void A_thousand_mutated_proofs_are_rejected()
    {
        byte[] proof = Toy.Prove(seed: 1);
        byte[] other = Toy.Prove(seed: 2);
        var random = new Random(20240731);
        var codes = new HashSet<RejectionCode>();
        for (int i = 0; i < Mutations; i++)
        {
            byte[] mutated = Mutate(proof, other, random, i);
            if (mutated.AsSpan().SequenceEqual(proof)) continue;
            VerificationResult result = Toy.Verify(mutated, key: Key);
            Assert.False(result.Accepted, $"mutation {i} was accepted");
            Assert.NotEmpty(result.Rejection!.Message);
            codes.Add(result.Rejection.Code);
        }

        // The mutations reach deep, not only the first check.
        Assert.True(codes.Count >= 10, string.Join(", ", codes));
    }

    [Fact]
    public void Every_single_bit_of_the_first_bytes_counts()
    {
        byte[] proof = Toy.Prove(seed: 1);
        int messages = new OpenedProof(Toy, SequenceToy.Options, proof).Offset("openings");
        for (int bit = 0; bit < 8 * messages; bit += 7)
        {
            byte[] flipped = proof.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(Toy.Verify(flipped, key: Key).Accepted, $"bit {bit}");
        }
    }

    [Fact]
    public void Noise_is_rejected()
    {
        var random = new Random(3);
        for (int length = 0; length < 4096; length += 37)
        {
            var noise = new byte[length];
            random.NextBytes(noise);
            Assert.False(Toy.Verify(noise, key: Key).Accepted);
        }
    }

    private static byte[] Mutate(byte[] proof, byte[] other, Random random, int kind)
    {
        byte[] mutated = proof.ToArray();
        int at = random.Next(Math.Min(proof.Length, other.Length) - 4);
        int length = random.Next(1, Math.Min(200, Math.Min(proof.Length, other.Length) - at + 1));
        switch (kind % 9)
        {
            case 0: // a bit
                mutated[at] ^= (byte)(1 << random.Next(8));
                return mutated;
            case 1: // some bytes
                random.NextBytes(mutated.AsSpan(at, length));
                return mutated;
            case 2: // cut off
                return mutated[..at];
            case 3: // gone on
                return [.. mutated, .. other.AsSpan(at, length)];
            case 4: // cut out
                return [.. mutated[..at], .. mutated[(at + length)..]];
            case 5: // doubled
                return [.. mutated[..(at + length)], .. mutated[at..]];
            case 6: // two runs swapped
                int from = random.Next(proof.Length - length + 1);
                proof.AsSpan(at, length).CopyTo(mutated.AsSpan(from));
                proof.AsSpan(from, length).CopyTo(mutated.AsSpan(at));
                return mutated;
            case 7: // not reduced
                Span<byte> word = mutated.AsSpan(at & ~1, 4);
                BinaryPrimitives.WriteUInt32LittleEndian(word, BinaryPrimitives.ReadUInt32LittleEndian(word) + KoalaBear.Modulus);
                return mutated;
            default: // part of another proof of the same
                other.AsSpan(at, length).CopyTo(mutated.AsSpan(at));
                return mutated;
        }
    }
}
