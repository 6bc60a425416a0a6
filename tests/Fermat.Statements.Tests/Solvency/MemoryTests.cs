using System.Collections.Immutable;
using System.Numerics;
using Fermat.Ledger;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Proving;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests.Solvency;

[CollectionDefinition(nameof(MemoryTests), DisableParallelization = true)]
public static class MemoryCollection;

/// <summary>Books under rulebooks cut so that their proofs fit the memory. What matrices hold is counted for the whole process, so nothing else may be proven meanwhile.</summary>
[Collection(nameof(MemoryTests))]
public sealed class MemoryTests
{
    private static readonly SaltDeriver Salts = new(new VenueSecret(new byte[VenueSecret.Length]));

    private static SolvencyProverOptions Quick { get; } = new() { ProvenBits = 30, HashSlots = 2 };

    [Fact]
    public void Little_memory_makes_smaller_segments()
    {
        SolvencyBook book = Many(4000);
        long one = SolvencyProver.Prove(book, Salts, Quick).Report!.PeakMatrixBytes;
        SolvencyOutcome proof = SolvencyProver.Prove(book, Salts, Quick with { MemoryLimit = one * 3 / 4 });
        Assert.True(proof.Inputs!.Segments.Count > 1);
        Assert.InRange(proof.Report!.PeakMatrixBytes, 1, one * 3 / 4);
        Assert.True(SolvencyStatement.Verify(proof.Inputs, proof.Proof, SolvencyAnchors.None, new VerifierPolicy(30)).Accepted);
    }

    private static SolvencyBook Many(int accounts)
    {
        SolvencyBook book = SolvencyScene.BookOf("balances");
        ImmutableArray<ImmutableArray<BigInteger>> balances = [[0, 1_000_000_000_000, 0], [1, 2_000_000_000_000, 0]];
        return book with { Accounts = [.. Enumerable.Range(0, accounts).Select(i => new AccountData($"a{i}", [], [balances]) { Nonce = (ulong)i << 40 })] };
    }
}
