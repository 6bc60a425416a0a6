using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

public sealed class StateTreeTests
{
    [Fact]
    public void Constants_come_from_blake3_by_rejection()
    {
        var words = new byte[400];
        new Blake3Hasher().Update("fermat account leaf v1"u8).FinishXof().Read(words);
        IEnumerable<uint> accepted = words.Chunk(4).Select(b => BitConverter.ToUInt32(b) & 0x7FFFFFFF).Where(w => w < KoalaBear.Modulus);
        Assert.Equal(accepted.Take(8), LeafSponge.Iv.Select(x => x.Value));
        Assert.Equal(FieldConstants.Derive("fermat state tree node v1", 3)[0], StateTreeHash.NodeTag);
        Assert.Equal(Digest.FromFields(FieldConstants.Derive("fermat empty leaf v1", 8)), StateTreeHash.Empty(0));
    }

    [Fact]
    public void Leaf_is_the_documented_chain()
    {
        KoalaBear[] blocks = PoseidonTests.RandomFields(new Random(4), 40);
        KoalaBear[] capacity = [.. LeafSponge.Iv];
        KoalaBear[] digest = [];
        for (int b = 0; b < 5; b++)
        {
            KoalaBear[] state = [.. blocks[(8 * b)..((8 * b) + 8)], .. capacity];
            KoalaBear[] permuted = PoseidonTests.Textbook(state, out _);
            capacity = permuted[8..];
            digest = [.. permuted.Zip(state, (p, s) => p + s).Take(8)];
            Assert.Equal(Digest.FromFields(digest), LeafSponge.Hash(blocks.AsSpan(0, (8 * b) + 8)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(9)]
    public void Leaves_are_made_of_whole_blocks(int length) => Assert.Throws<ArgumentException>(() => LeafSponge.Hash(new KoalaBear[length]));

    [Fact]
    public void Node_is_the_documented_compression()
    {
        KoalaBear[] children = PoseidonTests.RandomFields(new Random(5), 16);
        KoalaBear[] state = [.. children];
        state[15] += StateTreeHash.NodeTag + KoalaBear.From(3);
        Digest expected = Digest.FromFields([.. PoseidonTests.Textbook(state, out _).Zip(state, (p, s) => p + s).Take(8)]);
        Digest left = Digest.FromFields(children.AsSpan(0, 8)), right = Digest.FromFields(children.AsSpan(8));
        Assert.Equal(expected, StateTreeHash.Node(3, left, right));

        var output = new KoalaBear[8];
        StateTreeHash.Node(3, children.AsSpan(0, 8), children.AsSpan(8), output);
        Assert.Equal(expected, Digest.FromFields(output));
    }

    [Fact]
    public void Node_depends_on_level_and_order()
    {
        Digest a = StateTreeHash.Empty(0), b = StateTreeHash.Empty(1);
        Digest[] nodes = [StateTreeHash.Node(1, a, b), StateTreeHash.Node(2, a, b), StateTreeHash.Node(1, b, a)];
        Assert.Equal(3, nodes.Distinct().Count());
    }

    [Fact]
    public void Empty_trees_are_nodes_of_empty_trees()
    {
        for (int level = 1; level <= StateTreeHash.MaxLevel; level++)
            Assert.Equal(StateTreeHash.Node(level, StateTreeHash.Empty(level - 1), StateTreeHash.Empty(level - 1)), StateTreeHash.Empty(level));
    }

    [Fact]
    [Trait("Pitfall", "sponge without injective padding, leaves and nodes confusable, 2-to-1 compression without feed-forward")]
    public void Compression_has_feed_forward()
    {
        KoalaBear[] children = PoseidonTests.RandomFields(new Random(6), 16);
        KoalaBear[] expected = [.. PoseidonTests.Textbook(children, out _).Zip(children, (p, s) => p + s).Take(8)];
        var output = new KoalaBear[8];
        Poseidon16.Compress(children.AsSpan(0, 8), children.AsSpan(8), output);
        Assert.Equal(expected, output);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => StateTreeHash.Empty(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => StateTreeHash.Empty(StateTreeHash.MaxLevel + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => StateTreeHash.Node(0, default, default));
        Digest bad = Digest.FromWords([KoalaBear.Modulus, 0, 0, 0, 0, 0, 0, 0]);
        Assert.Throws<ArgumentException>(() => StateTreeHash.Node(1, bad, default));
        Assert.Throws<ArgumentException>(() => StateTreeHash.Node(1, default, bad));
        Assert.Throws<ArgumentException>(() => Poseidon16.Permute(new KoalaBear[15]));
        Assert.Throws<ArgumentException>(() => Poseidon16.PermuteRecording(new KoalaBear[16], new KoalaBear[147]));
        Assert.Throws<ArgumentException>(() => Poseidon2_16.Permute(new KoalaBear[24]));
        Assert.Throws<ArgumentException>(() => Poseidon2_24.Permute(new KoalaBear[16]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(1037)]
    public void A_level_is_made_of_its_nodes(int count)
    {
        var random = new Random(count);
        Digest[] children = [.. Enumerable.Range(0, 2 * count).Select(_ => Digest.FromFields(PoseidonTests.RandomFields(random, 8)))];
        var parents = new Digest[count];
        StateTreeHash.Level(7, children, parents);
        for (int i = 0; i < count; i++) Assert.Equal(StateTreeHash.Node(7, children[2 * i], children[(2 * i) + 1]), parents[i]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(37)]
    public void A_missing_child_is_an_empty_subtree(int count)
    {
        var random = new Random(count);
        Digest[] children = [.. Enumerable.Range(0, count).Select(_ => Digest.FromFields(PoseidonTests.RandomFields(random, 8)))];
        Digest[] parents = StateTreeHash.Parents(5, children);
        Assert.Equal((count + 1) / 2, parents.Length);
        for (int i = 0; i < parents.Length; i++)
            Assert.Equal(StateTreeHash.Node(5, children[2 * i], (2 * i) + 1 < count ? children[(2 * i) + 1] : StateTreeHash.Empty(4)), parents[i]);
        Assert.Throws<ArgumentOutOfRangeException>(() => StateTreeHash.Parents(0, children));
    }

    [Fact]
    public void A_level_refuses_what_is_no_digest_in_any_lane()
    {
        for (int place = 0; place < 24; place++)
        {
            var children = new Digest[24];
            children[place] = Digest.FromWords([0, 0, 0, 0, 0, KoalaBear.Modulus, 0, 0]);
            Assert.Throws<ArgumentException>(() => StateTreeHash.Level(1, children, new Digest[12]));
        }

        Assert.Throws<ArgumentException>(() => StateTreeHash.Level(1, new Digest[3], new Digest[1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => StateTreeHash.Level(0, new Digest[2], new Digest[1]));
    }

    [Fact]
    public void Many_leaves_of_any_lengths_are_single_leaves()
    {
        var random = new Random(12);
        int[] counts = [.. Enumerable.Range(0, 1203).Select(i => i < 40 ? 1 + (i % 3) : random.Next(1, 20))];
        KoalaBear[] blocks = PoseidonTests.RandomFields(random, 8 * counts.Sum());
        var digests = new Digest[counts.Length];
        LeafSponge.HashMany(blocks, counts, digests);
        int at = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            Assert.Equal(LeafSponge.Hash(blocks.AsSpan(at, 8 * counts[i])), digests[i]);
            at += 8 * counts[i];
        }
    }

    [Fact]
    public void Many_leaves_must_fit_together()
    {
        Assert.Throws<ArgumentException>(() => LeafSponge.HashMany(new KoalaBear[8], [0], new Digest[1]));
        Assert.Throws<ArgumentException>(() => LeafSponge.HashMany(new KoalaBear[8], [2], new Digest[1]));
        Assert.Throws<ArgumentException>(() => LeafSponge.HashMany(new KoalaBear[24], [1, 1], new Digest[2]));
        Assert.Throws<ArgumentException>(() => LeafSponge.HashMany(new KoalaBear[8], [1], new Digest[2]));
        LeafSponge.HashMany([], [], []);
    }
}
