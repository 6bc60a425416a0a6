using System.Buffers.Binary;
using Fermat.Fuzzing;
using Fermat.Rules.Inputs;
using Fermat.Statements.Inclusion;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Solvency;

namespace Fermat.Statements.Tests;

/// <summary>
/// Fuzzing that knows the structure of inclusion and proof files: never an exception, never an accepted file that says something else. ./test --fuzz runs it for long (CONTRIBUTING.md). That of statement files is in
/// <see cref="HostileStatementTests"/>.
/// </summary>
[Trait("Category", "Fuzz")]
public sealed class StructuredFileFuzzTests
{
    private static readonly Lazy<SolvencyOutcome> Two = new(() => QuickProofs.Prove(QuickProofs.Tiny, QuickProofs.Options with { SegmentDepth = 1 }));
    private static readonly Lazy<SolvencyOutcome> OtherTwo = new(() => QuickProofs.Prove(QuickProofs.Tiny with { Height = 43 }, QuickProofs.Options with { SegmentDepth = 1 }));

    [Fact]
    public void Changed_openings_are_rejected_or_say_the_same()
    {
        AccountData alice = QuickProofs.Tiny.Accounts.First();
        SolvencyPublicInputs statement = Two.Value.Inputs!;
        byte[] file = InclusionFile.Write(statement.Rulebook, InclusionMaker.Make(QuickProofs.Tiny, alice, 0, Two.Value.Tree!, QuickProofs.Salts));
        var anchors = new InclusionAnchors(statement.Rulebook, statement.StateRoot, alice.Id, alice.OwnerKey) { Statement = StatedBook.Of(statement) };
        int read = 0, accepted = 0;
        long rounds = FuzzRun.Rounds("inclusion file", 3000, seed => JsonFuzz.Mutate(file, new Random(seed)), (_, input) =>
        {
            StatementRejection? rejection = InclusionFile.TryRead(input, statement.Rulebook, out InclusionOpening? opening);
            AssertOneOf(rejection, opening);
            if (opening is null) return;
            read++;
            bool same = InclusionFile.Write(statement.Rulebook, opening).AsSpan().SequenceEqual(file);
            Assert.Equal(same, opening.Verify(anchors) is null);
            if (same) accepted++;
        });
        AssertReaches(rounds, rounds - read, read - accepted, accepted);
    }

    [Fact]
    public void Changed_files_of_proofs_are_rejected()
    {
        byte[] honest = Two.Value.Proof;
        Assert.True(QuickProofs.Verify(Two.Value.Inputs!, honest).Accepted);
        FuzzRun.Rounds("proof file", 400, seed => MutateProofs(new Random(seed)), (_, input) =>
        {
            SolvencyVerification result = QuickProofs.Verify(Two.Value.Inputs!, input);
            Assert.Equal(input.AsSpan().SequenceEqual(honest), result.Accepted);
            if (!result.Accepted) Assert.True(result.Rejection!.Message.Length > 0 && Enum.IsDefined(result.Rejection.Code));
        });
    }

    /// <summary>The changes are of all kinds: files that cannot be read, that say something else, that say the same.</summary>
    private static void AssertReaches(long rounds, params long[] kinds)
    {
        if (rounds >= 1000) Assert.All(kinds, count => Assert.True(count > 0, string.Join(", ", kinds)));
    }

    private static void AssertOneOf(StatementRejection? rejection, object? read)
    {
        Assert.True(rejection is null != read is null);
        if (rejection is null) return;
        Assert.NotEmpty(rejection.Message);
        Assert.NotNull(rejection.Place);
        Assert.True(Enum.IsDefined(rejection.Code));
    }

    /// <summary>Proofs swapped, doubled, dropped, of another statement; lengths that lie; bytes moved over the boundary between two; another head; a proof changed inside.</summary>
    private static byte[] MutateProofs(Random random)
    {
        byte[][] own = QuickProofs.Split(Two.Value), others = QuickProofs.Split(OtherTwo.Value);
        int at = random.Next(2), cut = random.Next(own[at].Length);
        byte[] file = [.. Two.Value.Proof];
        switch (random.Next(12))
        {
            case 0: return SolvencyProofFile.Write([own[1], own[0]]);
            case 1: return SolvencyProofFile.Write([own[at], own[at]]);
            case 2: return SolvencyProofFile.Write(random.Next(2) == 0 ? [own[at]] : [.. own, own[at]]);
            case 3: return SolvencyProofFile.Write(at == 0 ? [others[0], own[1]] : [own[0], others[1]]);
            case 4: return SolvencyProofFile.Write([[.. own[0], .. own[1][..(cut % own[1].Length)]], own[1][(cut % own[1].Length)..]]);
            case 5: return SolvencyProofFile.Write(at == 0 ? [own[0][..cut], own[1]] : [own[0], own[1][..cut]]);
            case 6:
                uint[] lengths = [0, 1, uint.MaxValue, int.MaxValue, 1u << 31, (uint)file.Length, (uint)own[at].Length + 1, (uint)own[at].Length - 1];
                BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(12 + (4 * random.Next(3))), lengths[random.Next(lengths.Length)]);
                return file;
            case 7:
                file[random.Next(24)] ^= (byte)random.Next(1, 256);
                return file;
            case 8: return file[..random.Next(file.Length)];
            case 9: return [.. file, .. file[..random.Next(1, 100)]];
            case 10: // options, heights or digests of a segment's proof
                file[24 + (at == 0 ? 0 : own[0].Length) + random.Next(100)] ^= (byte)random.Next(1, 256);
                return file;
            default:
                file[24 + random.Next(file.Length - 24)] ^= (byte)random.Next(1, 256);
                return file;
        }
    }
}
