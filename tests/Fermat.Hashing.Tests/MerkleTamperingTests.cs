using Fermat.Algebra;

namespace Fermat.Hashing.Tests;

/// <summary>Every way of changing an opening is refused, without an exception.</summary>
public sealed class MerkleTamperingTests
{
    private static readonly int[] Indices = [3, 2, 12, 30, 12];

    public static TheoryData<CommitmentHash> Hashes => [.. Enum.GetValues<CommitmentHash>()];

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Every_element_salt_byte_and_sibling_word_counts(CommitmentHash hash)
    {
        using var good = new Opened(hash);
        for (int m = 0; m < good.Opening.Rows.Count; m++)
        {
            for (int i = 0; i < good.Opening.Rows[m].Length; i++)
                good.Refuses(rows => rows[m][i] += KoalaBear.One, "root");
        }

        for (int i = 0; i < good.Opening.Salts.Length; i++) good.Refuses(salts: s => s[i] ^= (byte)(1 << (i % 8)), failure: "root");
        for (int i = 0; i < good.Opening.Siblings.Count; i++)
        {
            for (int word = 0; word < Digest.Words; word++)
            {
                good.Refuses(siblings: s => s[i] = Flip(s[i], word), failure: "");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    [Trait("Pitfall", "sponge without injective padding, leaves and nodes confusable, 2-to-1 compression without feed-forward")]
    public void Lengths_and_order_count(CommitmentHash hash)
    {
        using var good = new Opened(hash);
        good.Refuses(siblings: s => s.RemoveAt(0), failure: "siblings");
        good.Refuses(siblings: s => s.RemoveAt(s.Count - 1), failure: "siblings");
        good.Refuses(siblings: s => s.Add(s[0]), failure: "siblings");
        good.Refuses(siblings: s => s.Clear(), failure: "siblings");
        good.Refuses(siblings: s => (s[0], s[1]) = (s[1], s[0]), failure: "root");
        good.Refuses(rows => rows[0] = rows[0][1..], "matrix 0");
        good.Refuses(rows => rows[1] = [.. rows[1], KoalaBear.Zero], "matrix 1");
        good.Refuses(rows => rows[1] = [], "matrix 1");
        good.Refuses(rows => rows[1] = null!, "matrix 1");
        good.Refuses(rows: rows => (rows[0], rows[2]) = (rows[2], rows[0]), failure: "");
        good.Refuses(rows => SwapRows(rows[0], 3), "root");
        good.Refuses(rows => SwapRows(rows[1], 7), "root");

        good.RefusesWhole(o => new MultiOpening(o.Plan, [.. o.Rows.Skip(1)], o.Salts, o.Siblings), "matrices");
        good.RefusesWhole(o => new MultiOpening(o.Plan, [.. o.Rows, []], o.Salts, o.Siblings), "matrices");
        good.RefusesWhole(o => new MultiOpening(o.Plan, o.Rows, [], o.Siblings), "salts");
        good.RefusesWhole(o => new MultiOpening(o.Plan, o.Rows, [.. o.Salts, 0], o.Siblings), "salts");
        good.RefusesWhole(o => new MultiOpening(o.Plan, o.Rows, null!, o.Siblings), "missing");
        good.RefusesWhole(o => new MultiOpening(o.Plan, null!, o.Salts, o.Siblings), "missing");
        good.RefusesWhole(o => new MultiOpening(o.Plan, o.Rows, o.Salts, null!), "missing");
        good.RefusesWhole(o => new MultiOpening(null!, o.Rows, o.Salts, o.Siblings), "missing");
        good.RefusesWhole(_ => null!, "missing");
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Another_root_shape_index_or_hash_is_refused(CommitmentHash hash)
    {
        using var good = new Opened(hash);
        TreeShape shape = good.Tree.Shape;
        good.RefusesClaim(good.Tree.Root, shape, [3, 2, 12, 31], "other indices");
        good.RefusesClaim(good.Tree.Root, shape, [3, 2, 12], "other indices");
        good.RefusesClaim(good.Tree.Root, shape, [32], "outside");
        good.RefusesClaim(good.Tree.Root, shape, [-1], "outside");
        good.RefusesClaim(good.Tree.Root, shape, [], "at least one");
        good.RefusesClaim(Flip(good.Tree.Root, 7), shape, Indices, "root");
        good.RefusesClaim(good.Tree.Root, shape with { Salted = false }, Indices, "another shape");
        good.RefusesClaim(good.Tree.Root, shape with { Matrices = [.. shape.Matrices.Reverse()] }, Indices, "another shape");
        good.RefusesClaim(good.Tree.Root, new TreeShape([], true), Indices, "at least one matrix");
        good.RefusesClaim(good.Tree.Root, new TreeShape(null!, true), Indices, "at least one matrix");
        good.RefusesClaim(good.Tree.Root, new TreeShape([(5, 0)], true), Indices, "column");
        good.RefusesClaim(good.Tree.Root, new TreeShape([(31, 1)], true), Indices, "height");
        good.RefusesClaim(good.Tree.Root, new TreeShape([(-1, 1)], true), Indices, "height");
        good.RefusesClaim(good.Tree.Root, new TreeShape([(5, int.MaxValue), (5, int.MaxValue)], true), Indices, "too many");

        foreach (CommitmentHash other in Enum.GetValues<CommitmentHash>())
        {
            if (other != hash) Assert.False(MerkleVerifier.TryVerify(other, good.Tree.Root, shape, Indices, good.Opening, out _));
        }

        Assert.False(MerkleVerifier.TryVerify((CommitmentHash)77, good.Tree.Root, shape, Indices, good.Opening, out string? failure));
        Assert.Contains("hash", failure);
    }

    [Theory]
    [InlineData(CommitmentHash.Poseidon)]
    [InlineData(CommitmentHash.Poseidon2)]
    public void Algebraic_siblings_must_be_canonical(CommitmentHash hash)
    {
        using var good = new Opened(hash);

        // The same field elements with p added to a word: it must not be accepted as a second form of the same sibling.
        Span<uint> words = stackalloc uint[Digest.Words];
        good.Opening.Siblings[1].CopyWordsTo(words);
        words[2] += KoalaBear.Modulus;
        Digest shifted = Digest.FromWords(words);
        good.Refuses(siblings: s => s[1] = shifted, failure: "canonical");
    }

    [Theory]
    [MemberData(nameof(Hashes))]
    public void Random_damage_is_always_refused(CommitmentHash hash)
    {
        using var good = new Opened(hash);
        var random = new Random(99);
        for (int trial = 0; trial < 200; trial++)
        {
            KoalaBear[][] rows = [.. good.Opening.Rows.Select(r => r.ToArray())];
            byte[] salts = [.. good.Opening.Salts];
            List<Digest> siblings = [.. good.Opening.Siblings];
            switch (random.Next(5))
            {
                case 0: rows[random.Next(rows.Length)].AsSpan().Reverse(); break;
                case 1: random.NextBytes(salts); break;
                case 2: siblings[random.Next(siblings.Count)] = siblings[random.Next(siblings.Count)]; break;
                case 3: siblings.RemoveRange(random.Next(siblings.Count), 1); break;
                default: rows[random.Next(rows.Length)] = new KoalaBear[random.Next(100)]; break;
            }

            bool changed = !rows.Zip(good.Opening.Rows).All(p => p.First.SequenceEqual(p.Second))
                || !salts.SequenceEqual(good.Opening.Salts) || !siblings.SequenceEqual(good.Opening.Siblings);
            var opening = new MultiOpening(good.Opening.Plan, rows, salts, siblings);
            Assert.Equal(changed, !MerkleVerifier.TryVerify(hash, good.Tree.Root, good.Tree.Shape, Indices, opening, out _));
        }
    }

    private static Digest Flip(Digest digest, int word)
    {
        Span<uint> words = stackalloc uint[Digest.Words];
        digest.CopyWordsTo(words);
        words[word] ^= 1;
        return Digest.FromWords(words);
    }

    private static void SwapRows(KoalaBear[] rows, int width)
    {
        for (int i = 0; i < width; i++) (rows[i], rows[width + i]) = (rows[width + i], rows[i]);
    }

    /// <summary>A good opening, and the assertion that changed copies of it are refused for the expected reason.</summary>
    private sealed class Opened : IDisposable
    {
        private readonly Forest _forest = new(new Random(11), (5, 3), (3, 7), (5, 2), (0, 1));
        private readonly CommitmentHash _hash;

        internal Opened(CommitmentHash hash)
        {
            _hash = hash;
            Tree = _forest.Commit(hash);
            Opening = Tree.Open(Indices);
            Assert.True(MerkleVerifier.TryVerify(hash, Tree.Root, Tree.Shape, Indices, Opening, out string? failure), failure);
        }

        internal MerkleTree Tree { get; }

        internal MultiOpening Opening { get; }

        internal void Refuses(Action<KoalaBear[][]> rows, string failure) => Refuses(rows, null, null, failure);

        internal void Refuses(Action<byte[]> salts, string failure) => Refuses(null, salts, null, failure);

        internal void Refuses(Action<List<Digest>> siblings, string failure) => Refuses(null, null, siblings, failure);

        internal void RefusesWhole(Func<MultiOpening, MultiOpening> change, string failure)
        {
            Assert.False(MerkleVerifier.TryVerify(_hash, Tree.Root, Tree.Shape, Indices, change(Opening), out string? got));
            Assert.Contains(failure, got);
        }

        internal void RefusesClaim(Digest root, TreeShape shape, int[] indices, string failure)
        {
            Assert.False(MerkleVerifier.TryVerify(_hash, root, shape, indices, Opening, out string? got));
            Assert.Contains(failure, got);
        }

        public void Dispose()
        {
            Tree.Dispose();
            _forest.Dispose();
        }

        private void Refuses(Action<KoalaBear[][]>? rows, Action<byte[]>? salts, Action<List<Digest>>? siblings, string failure) =>
            RefusesWhole(
                good =>
                {
                    KoalaBear[][] newRows = [.. good.Rows.Select(r => r.ToArray())];
                    byte[] newSalts = [.. good.Salts];
                    List<Digest> newSiblings = [.. good.Siblings];
                    rows?.Invoke(newRows);
                    salts?.Invoke(newSalts);
                    siblings?.Invoke(newSiblings);
                    return new MultiOpening(good.Plan, newRows, newSalts, newSiblings);
                },
                failure);
    }
}
