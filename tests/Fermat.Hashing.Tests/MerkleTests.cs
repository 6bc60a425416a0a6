using Fermat.Algebra;
using FsCheck;
using FsCheck.Fluent;

namespace Fermat.Hashing.Tests;

public sealed class MerkleTests
{
    public static TheoryData<CommitmentHash> Hashes => [.. Enum.GetValues<CommitmentHash>()];

    [Theory]
    [MemberData(nameof(Hashes))]
    public void What_is_opened_verifies_and_can_be_looked_up(CommitmentHash hash)
    {
        Gen<(int[] Logs, int Seed, bool Salted)> cases =
            from logs in Gen.Choose(0, 6).NonEmptyListOf()
            from seed in Gen.Choose(0, int.MaxValue)
            from salted in Gen.Elements(false, true)
            select (logs.Take(5).ToArray(), seed, salted);

        Check.One(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(40).WithReplay(20260714, 31),
            Prop.ForAll(Arb.From(cases), c => OpensAndVerifies(hash, c.Logs, c.Seed, c.Salted)));
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void A_tree_of_one_leaf_has_its_leaf_as_root(CommitmentHash hash)
    {
        using var forest = new Forest(new Random(1), (0, 5));
        using MerkleTree tree = forest.Commit(hash, salted: false);
        MultiOpening opening = tree.Open([0]);
        Assert.Empty(opening.Siblings);
        Assert.Empty(opening.Salts);
        Assert.True(MerkleVerifier.TryVerify(hash, tree.Root, tree.Shape, [0], opening, out _));
        Assert.Equal(MerkleHasher.For(hash).Leaf([], forest.Matrices[0].Row(0)), tree.Root);
    }

    [Fact]
    public void Shared_nodes_are_sent_once()
    {
        var shape = new TreeShape([(4, 1), (2, 3)], Salted: true);

        // All leaves: nothing to send. One leaf: one sibling a level. Neighbours: they are each other's sibling.
        Assert.Equal(0, MerkleVerifier.Expected(shape, [.. Enumerable.Range(0, 16)]).Siblings);
        Assert.Equal(4, MerkleVerifier.Expected(shape, [9]).Siblings);
        Assert.Equal(3, MerkleVerifier.Expected(shape, [8, 9]).Siblings);
        Assert.Equal(6, MerkleVerifier.Expected(shape, [0, 15]).Siblings);

        OpeningSize size = MerkleVerifier.Expected(shape, [8, 9, 8, 2]);
        Assert.Equal([3, 2], size.Rows);
        Assert.Equal(5, size.Salts);
    }

    [Fact]
    [Trait("Leak", "unsalted leaves")]
    public void Two_trees_of_the_same_rows_differ_by_salt_order_and_shape()
    {
        using var forest = new Forest(new Random(5), (3, 2), (3, 4), (1, 2));
        IReadOnlyList<Matrix> m = forest.Matrices;
        var roots = new HashSet<Digest>();
        foreach (SaltSource? salts in new[] { null, new SaltSource(forest.Seed, "a"), new SaltSource(forest.Seed, "b"), new SaltSource(new byte[32], "a") })
        {
            foreach (Matrix[] matrices in new[] { new[] { m[0], m[1], m[2] }, [m[1], m[0], m[2]], [m[0], m[1]], [m[0], m[2]] })
            {
                using MerkleTree tree = MerkleTree.Commit(CommitmentHash.Blake3, matrices, salts);
                Assert.True(roots.Add(tree.Root));
            }
        }
    }

    [Fact]
    public void Matrices_of_different_heights_may_come_in_any_order()
    {
        using var forest = new Forest(new Random(6), (3, 2), (5, 4));
        using MerkleTree tall = MerkleTree.Commit(CommitmentHash.Blake3, [forest.Matrices[0], forest.Matrices[1]], null);
        using MerkleTree small = MerkleTree.Commit(CommitmentHash.Blake3, [forest.Matrices[1], forest.Matrices[0]], null);
        Assert.Equal(tall.Root, small.Root);
    }

    [Fact]
    public void Commit_refuses_what_is_no_tree()
    {
        using var odd = new Matrix(3, 1);
        Assert.Throws<ArgumentException>(() => MerkleTree.Commit(CommitmentHash.Blake3, [odd], null));
        Assert.Throws<ArgumentException>(() => MerkleTree.Commit(CommitmentHash.Blake3, [], null));
        using var even = new Matrix(4, 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => MerkleTree.Commit((CommitmentHash)9, [even], null));
        Assert.Throws<OperationCanceledException>(() => MerkleTree.Commit(CommitmentHash.Blake3, [even], null, new CancellationToken(true)));
    }

    [Fact]
    public void A_tree_holds_64_bytes_a_leaf()
    {
        using var matrix = new Matrix(1 << 10, 3);
        using MerkleTree tree = MerkleTree.Commit(CommitmentHash.Blake3, [matrix], null);
        Assert.Equal(64 << 10, tree.Bytes);
    }

    [Fact]
    public void Open_refuses_indices_outside_the_tree()
    {
        using var forest = new Forest(new Random(2), (3, 2));
        using MerkleTree tree = forest.Commit(CommitmentHash.Blake3);
        Assert.Throws<ArgumentException>(() => tree.Open([8]));
        Assert.Throws<ArgumentException>(() => tree.Open([-1]));
        Assert.Throws<ArgumentException>(() => tree.Open([]));
        Assert.Throws<ArgumentException>(() => tree.Open([3]).Row(0, 2).Length);
    }

    private static bool OpensAndVerifies(CommitmentHash hash, int[] logs, int seed, bool salted)
    {
        var random = new Random(seed);
        using var forest = new Forest(random, [.. logs.Select(log => (log, random.Next(1, 21)))]);
        using MerkleTree tree = forest.Commit(hash, salted);
        int depth = tree.Shape.LogHeight;
        int[] indices = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(1 << depth))];
        MultiOpening opening = tree.Open(indices);
        Assert.True(MerkleVerifier.TryVerify(hash, tree.Root, tree.Shape, indices, opening, out string? failure), failure);

        foreach (int index in indices)
        {
            for (int m = 0; m < logs.Length; m++) Assert.Equal(forest.Matrices[m].Row(index >> (depth - logs[m])), opening.Row(m, index));
        }

        return true;
    }
}
