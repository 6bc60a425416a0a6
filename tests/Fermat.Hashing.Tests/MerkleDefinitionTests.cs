using System.Buffers.Binary;
using System.Text;
using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

/// <summary>
/// The tree once more, from its documentation and the bare hash functions only: what a second verifier would be written from.
/// </summary>
public sealed class MerkleDefinitionTests
{
    private delegate Digest LeafFunction(byte[] salt, KoalaBear[] row);

    private delegate Digest PairFunction(Digest left, Digest right);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Blake3_trees_are_as_documented(bool salted) => Check(
        CommitmentHash.Blake3,
        salted,
        (salt, row) => Blake3.DeriveKey("fermat v1 merkle leaf", [.. salt, .. Canonical(row)]),
        (l, r) => Blake3.DeriveKey("fermat v1 merkle node", [.. l.ToArray(), .. r.ToArray()]),
        (e, l) => Blake3.DeriveKey("fermat v1 merkle mix", [.. e.ToArray(), .. l.ToArray()]));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Keccak_trees_are_as_documented(bool salted) => Check(
        CommitmentHash.Keccak256,
        salted,
        (salt, row) => Keccak256.Hash([0, .. salt, .. Canonical(row)]),
        (l, r) => Keccak256.Hash([1, .. l.ToArray(), .. r.ToArray()]),
        (e, l) => Keccak256.Hash([2, .. e.ToArray(), .. l.ToArray()]));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Poseidon_trees_are_as_documented(bool salted) => Check(
        CommitmentHash.Poseidon,
        salted,
        (salt, row) => Chain(salt, row, 8, s => PoseidonTests.Textbook(s, out _)),
        (l, r) => Pair("fermat v1 merkle node", l, r, s => PoseidonTests.Textbook(s, out _)),
        (e, l) => Pair("fermat v1 merkle mix", e, l, s => PoseidonTests.Textbook(s, out _)));

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Poseidon2_trees_are_as_documented(bool salted) => Check(
        CommitmentHash.Poseidon2,
        salted,
        (salt, row) => Chain(salt, row, 16, s => Permuted(s, x => Poseidon2_24.Permute(x))),
        (l, r) => Pair("fermat v1 merkle node", l, r, s => Permuted(s, x => Poseidon2_16.Permute(x))),
        (e, l) => Pair("fermat v1 merkle mix", e, l, s => Permuted(s, x => Poseidon2_16.Permute(x))));

    [Fact]
    public void Salts_are_as_documented()
    {
        byte[] seed = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
        byte[] key = Blake3.DeriveKey("fermat v1 merkle salts", [.. seed, .. Encoding.UTF8.GetBytes("phase 1")]).ToArray();
        var source = new SaltSource(seed, "phase 1");
        var salt = new byte[16];
        foreach ((int logHeight, int index) in new[] { (0, 0), (3, 7), (20, 1_000_003), (30, (1 << 30) - 1) })
        {
            var stream = Blake3Hasher.Keyed(key).Update(BitConverter.GetBytes(logHeight)).FinishXof();
            stream.Position = 16UL * (ulong)index;
            var expected = new byte[16];
            stream.Read(expected);
            source.Salt(logHeight, index, salt);
            Assert.Equal(expected, salt);
        }
    }

    private static void Check(CommitmentHash hash, bool salted, LeafFunction leaf, PairFunction node, PairFunction mix)
    {
        using var forest = new Forest(new Random(3), (4, 1), (2, 600), (4, 9), (2, 5), (0, 33));
        using MerkleTree tree = forest.Commit(hash, salted);
        Digest[] LeavesOf(int log)
        {
            var leaves = new Digest[1 << log];
            for (int i = 0; i < leaves.Length; i++)
            {
                var salt = new byte[salted ? 16 : 0];
                if (salted) forest.Salts.Salt(log, i, salt);
                int row = i;
                leaves[i] = leaf(salt, [.. forest.Matrices.Where(m => m.Rows == leaves.Length).SelectMany(m => m.Row(row).ToArray())]);
            }

            return leaves;
        }

        Digest[] level = LeavesOf(4);
        for (int log = 3; log >= 0; log--)
        {
            level = [.. level.Chunk(2).Select(pair => node(pair[0], pair[1]))];
            if (forest.Matrices.Any(m => m.Rows == level.Length)) level = [.. level.Zip(LeavesOf(log), (e, l) => mix(e, l))];
        }

        Assert.Equal(level[0], tree.Root);
    }

    private static byte[] Canonical(KoalaBear[] row)
    {
        var bytes = new byte[4 * row.Length];
        for (int i = 0; i < row.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(4 * i), row[i].Value);
        return bytes;
    }

    private static KoalaBear[] Permuted(KoalaBear[] state, Action<KoalaBear[]> permute)
    {
        KoalaBear[] copy = [.. state];
        permute(copy);
        return copy;
    }

    /// <summary>The overwrite-mode chain with feed-forward, blocks of the given length before a capacity of eight.</summary>
    private static Digest Chain(byte[] salt, KoalaBear[] row, int block, Func<KoalaBear[], KoalaBear[]> permute)
    {
        KoalaBear[] input = [.. salt.Chunk(2).Select(b => KoalaBear.From(b[0] + (256 * b[1]))), .. row];
        KoalaBear[] capacity = FieldConstants.Derive("fermat v1 merkle leaf", 8);
        capacity[0] += KoalaBear.From(input.Length);
        Digest digest = default;
        foreach (KoalaBear[] chunk in input.Chunk(block))
        {
            KoalaBear[] state = [.. chunk, .. new KoalaBear[block - chunk.Length], .. capacity];
            KoalaBear[] permuted = permute(state);
            digest = Digest.FromFields([.. permuted.Zip(state, (p, s) => p + s).Take(8)]);
            capacity = permuted[block..];
        }

        return digest;
    }

    private static Digest Pair(string tag, Digest left, Digest right, Func<KoalaBear[], KoalaBear[]> permute)
    {
        KoalaBear[] constants = FieldConstants.Derive(tag, 8);
        var state = new KoalaBear[16];
        Assert.True(left.TryToFields(state));
        Assert.True(right.TryToFields(state.AsSpan(8)));
        for (int i = 0; i < 8; i++) state[8 + i] += constants[i];
        return Digest.FromFields([.. permute(state).Zip(state, (p, s) => p + s).Take(8)]);
    }
}
