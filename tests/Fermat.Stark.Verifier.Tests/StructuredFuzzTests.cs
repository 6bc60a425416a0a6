using System.Collections.Immutable;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Stark.Tests;

/// <summary>
/// Fuzzing that knows a proof's structure: it changes one field, swaps two, mixes parts of two proofs, cuts at boundaries, and then makes
/// the rest fit where it can (nonce, query set), so that late checks are reached. Whatever comes out is rejected by name, at bounded cost. FERMAT_FUZZ_ROUNDS sets how many
/// rounds are run (docs: CONTRIBUTING.md).
/// </summary>
public class StructuredFuzzTests
{
    private const int DefaultRounds = 1500;

    /// <summary>A verification allocates about 8 MB on this circuit, nearly all in the search for the best soundness parameter: the same for every proof.</summary>
    private const long AllocatedBytes = 16 << 20;

    private static readonly ProofOptions Options = new(
        CommitmentHash.Blake3, BlowupLog2: 1, Queries: 1, QueryGrindingBits: 0, FoldingLog2: 2, FinalPolynomialLog2: 2, TailRows: 16);

    private static readonly VerifierPolicy Policy = new(MinimumProvenBits: 0);
    private static readonly SequenceToy Toy = new() { LogHeights = [7, 6] };
    private static readonly VerifyingKey Key = Toy.Key(Options);
    private static readonly byte[] First = Toy.Prove(Options), Second = Toy.Prove(Options, seed: 2);
    private static readonly OpenedProof One = new(Toy, Options, First), Two = new(Toy, Options, Second);

    [Fact]
    public void Changed_proofs_are_rejected_by_name_at_bounded_cost()
    {
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("FERMAT_FUZZ_ROUNDS"), out int asked) ? asked : DefaultRounds;
        var reached = new HashSet<RejectionCode>();
        Reject(First[..^1]); // warms up
        for (int seed = 0; seed < rounds; seed++)
        {
            byte[] mutated = Mutate(new Random(seed), seed % 12);
            if (mutated.AsSpan().SequenceEqual(First) || mutated.AsSpan().SequenceEqual(Second)) continue;
            long before = GC.GetAllocatedBytesForCurrentThread();
            reached.Add(Reject(mutated, $"seed {seed}"));
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < AllocatedBytes, $"seed {seed}: {allocated} bytes were allocated for a proof of {mutated.Length}");
        }

        RejectionCode[] late =
        [
            RejectionCode.Truncated, RejectionCode.InvalidOptions, RejectionCode.WrongVerifyingKey, RejectionCode.OptionsUnlikeKey, RejectionCode.WrongPublicInputs,
            RejectionCode.HeightOutOfRange, RejectionCode.HeightUnlikeKey, RejectionCode.OptionsUnlikeHeights, RejectionCode.NonCanonicalElement, RejectionCode.BusSumsNotZero,
            RejectionCode.ConstraintsNotSatisfied, RejectionCode.TrailingBytes, RejectionCode.WrongPreprocessedOpening, RejectionCode.WrongPhaseOpening,
            RejectionCode.WrongQuotientOpening, RejectionCode.WrongLayerOpening, RejectionCode.WrongGrinding, RejectionCode.FinalPolynomialMismatch,
        ];
        Assert.Empty(late.Except(reached));
    }

    [Fact]
    public void Cut_at_every_boundary_of_a_part_it_is_too_short()
    {
        int at = 0;
        foreach (ProofPart part in One.Parts)
        {
            Assert.Equal(RejectionCode.Truncated, Reject(First[..at]));
            at += part.Bytes;
            if (at < First.Length) Assert.Equal(RejectionCode.Truncated, Reject(First[..(at - 1)]));
        }

        Assert.Equal(First.Length, at);
    }

    [Fact]
    public void Parts_of_two_proofs_do_not_mix()
    {
        // Each part of the second proof in the place of the first's, where they are of one length: all but what both proofs share.
        foreach (ProofPart part in One.Parts)
        {
            ProofPart other = Two.Parts.Single(p => p.Name == part.Name);
            int from = Two.Offset(part.Name), to = One.Offset(part.Name);
            byte[] mixed = [.. First[..to], .. Second[from..(from + other.Bytes)], .. First[(to + part.Bytes)..]];
            if (!mixed.AsSpan().SequenceEqual(First)) Reject(mixed, part.Name);
        }
    }

    private static RejectionCode Reject(byte[] proof, string? name = null)
    {
        VerificationResult result = Toy.Verify(proof, Policy, Key);
        Assert.False(result.Accepted, name);
        Assert.True(Enum.IsDefined(result.Rejection!.Code), name);
        Assert.NotEmpty(result.Rejection.Message);
        return result.Rejection.Code;
    }

    private static byte[] Mutate(Random random, int kind)
    {
        ProofMessages m = One.Messages;
        switch (kind)
        {
            case 0: // one element of an opened row, or a salt, or a sibling
                return One.With(queries: One.Queries with { Commitments = ChangeOne(One.Queries.Commitments, random) });
            case 1:
                return One.With(queries: One.Queries with { Layers = ChangeOne(One.Queries.Layers, random) });
            case 2: // two openings out of the domain swapped
                (int i, int j) = (random.Next(m.Openings.Length), random.Next(m.Openings.Length));
                return One.With(messages: m with { Openings = m.Openings.SetItem(i, m.Openings[j]).SetItem(j, m.Openings[i]) });
            case 3: // bus sums that still cancel, or not
                Quintic moved = Quintic.From(random.Next(1, 1000));
                return One.With(messages: m with { BusSums = [m.BusSums[0] + moved, random.Next(2) == 0 ? m.BusSums[1] - moved : m.BusSums[1]] });
            case 4: // another final polynomial that leads to the same queries, so that paths fit
                int at = random.Next(1, m.FinalPolynomial.Length);
                return One.With(messages: One.WithSameQueries(m with { FinalPolynomial = m.FinalPolynomial.SetItem(at, m.FinalPolynomial[at] + Quintic.From(random.Next(1, 1000))) }));
            case 5: // another layer root that leads to the same queries
                int layer = random.Next(m.LayerRoots.Length);
                return One.With(messages: One.WithSameQueries(m with { LayerRoots = m.LayerRoots.SetItem(layer, Blake3.Hash(BitConverter.GetBytes(random.Next()))) }));
            case 6: // heights
                return One.With(One.Header with { LogHeights = One.Header.LogHeights.SetItem(random.Next(2), random.Next(0, 26)) });
            case 7: // options
                byte[] options = First.ToArray();
                options[10 + random.Next(ProofOptions.EncodedLength)] = (byte)random.Next(random.Next(2) == 0 ? 4 : 256);
                return options;
            case 8: // a header field
                byte[] header = First.ToArray();
                header[random.Next(22, 86)] ^= (byte)random.Next(1, 256);
                return header;
            case 9: // an element that is not reduced
                byte[] unreduced = First.ToArray();
                int start = One.Offset("bus sums") + 4 * random.Next(10);
                BitConverter.TryWriteBytes(unreduced.AsSpan(start), BitConverter.ToUInt32(unreduced, start) + KoalaBear.Modulus);
                return unreduced;
            case 10: // cut or gone on near a boundary
                ProofPart part = One.Parts[random.Next(One.Parts.Length)];
                int cut = Math.Clamp(One.Offset(part.Name) + random.Next(-2, 3), 0, First.Length);
                return random.Next(3) == 0 ? [.. First, .. First[..random.Next(1, 40)]] : First[..cut];
            default: // a nonce where none is asked for, or messages of the other proof
                return random.Next(4) switch
                {
                    0 => One.With(messages: m with { Nonce = (ulong)random.NextInt64(1, long.MaxValue) }),
                    1 => One.With(messages: m with { PhaseRoots = m.PhaseRoots.SetItem(random.Next(3), Two.Messages.PhaseRoots[random.Next(3)]) }),
                    2 => One.With(messages: m with { QuotientRoot = Two.Messages.QuotientRoot }),
                    _ => One.With(messages: m with { Openings = m.Openings.SetItem(random.Next(m.Openings.Length), Quintic.From(random.Next())) }),
                };
        }
    }

    private static ImmutableArray<MultiOpening> ChangeOne(ImmutableArray<MultiOpening> openings, Random random)
    {
        int which = random.Next(openings.Length);
        MultiOpening opening = openings[which];
        KoalaBear[][] rows = [.. opening.Rows.Select(row => row.ToArray())];
        byte[] salts = opening.Salts.ToArray();
        Digest[] siblings = [.. opening.Siblings];
        int kind = random.Next(3);
        if (kind == 1 && salts.Length > 0) salts[random.Next(salts.Length)] ^= (byte)random.Next(1, 256);
        else if (kind == 2 && siblings.Length > 1) siblings[random.Next(siblings.Length)] = Blake3.Hash(BitConverter.GetBytes(random.Next()));
        else
        {
            KoalaBear[] row = rows[random.Next(rows.Length)];
            row[random.Next(row.Length)] += KoalaBear.One;
        }

        return openings.SetItem(which, new MultiOpening(opening.Plan, rows, salts, siblings));
    }
}
