using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Proving;

/// <summary>
/// Fills the slots of the hash table, eight permutations at a time: eight leaves in step, or eight nodes of a level. A slot's number counts slots in order, row by row.
/// </summary>
internal sealed class HashTraceFiller
{
    private const int Block = LeafSponge.BlockLength, Width = Poseidon16.Width, Lanes = KoalaBearVector.Lanes;

    private readonly Matrix hash;
    private readonly SlotLayout[] layouts;
    private readonly KoalaBear[] idleCubes = new KoalaBear[Poseidon16.Cubes];

    /// <summary>Prepares to fill phase 0 of the hash table.</summary>
    /// <param name="columns">The table.</param>
    /// <param name="hash">Phase 0 of the table, zero.</param>
    public HashTraceFiller(HashTable columns, Matrix hash)
    {
        this.hash = hash;
        layouts = [.. columns.Slots.Select(slot => new SlotLayout(slot))];
        Poseidon16.PermuteRecording(new KoalaBear[Width], idleCubes);
    }

    /// <summary>Fills the slots of up to eight leaves.</summary>
    /// <param name="leaves">Each leaf's index, first slot and blocks.</param>
    /// <param name="digests">Receives their digests.</param>
    public void Leaves(ReadOnlySpan<LeafWork> leaves, Span<Digest> digests)
    {
        Span<KoalaBear> states = stackalloc KoalaBear[Width * Lanes];
        Span<KoalaBear> cubes = stackalloc KoalaBear[Poseidon16.Cubes * Lanes];
        states.Clear();
        int longest = 0;
        for (int lane = 0; lane < leaves.Length; lane++)
        {
            longest = Math.Max(longest, leaves[lane].Steps);
            LeafSponge.Iv.AsSpan().CopyTo(states[(lane * Width + Block)..]);
        }
        for (int step = 0; step < longest; step++)
        {
            for (int lane = 0; lane < leaves.Length; lane++)
            {
                if (step >= leaves[lane].Steps) continue;
                Span<KoalaBear> state = states.Slice(lane * Width, Width);
                leaves[lane].Blocks.AsSpan(Block * step, Block).CopyTo(state);
                WriteInput(leaves[lane].FirstSlot + step, state);
            }
            Poseidon16.PermuteManyRecording(states, cubes);
            for (int lane = 0; lane < leaves.Length; lane++)
            {
                if (step >= leaves[lane].Steps) continue;
                WriteLeafSlot(leaves[lane], step, cubes.Slice(lane * Poseidon16.Cubes, Poseidon16.Cubes));
                if (step == leaves[lane].Steps - 1) digests[lane] = DigestOf(leaves[lane].Blocks.AsSpan(Block * step, Block), states.Slice(lane * Width, Block));
            }
        }
    }

    /// <summary>A leaf's digest: its last block added to what the last permutation made of it.</summary>
    private static Digest DigestOf(ReadOnlySpan<KoalaBear> input, ReadOnlySpan<KoalaBear> output)
    {
        Span<KoalaBear> digest = stackalloc KoalaBear[Block];
        for (int i = 0; i < Block; i++) digest[i] = input[i] + output[i];
        return Digest.FromFields(digest);
    }

    /// <summary>Fills the slots of up to eight adjacent nodes of a level.</summary>
    /// <param name="firstSlot">Slot of the first of them.</param>
    /// <param name="level">At least 1.</param>
    /// <param name="firstIndex">Index of the first of them in the level.</param>
    /// <param name="count">1 to 8.</param>
    /// <param name="child">The digest of a node one level below, by its index.</param>
    public void Nodes(long firstSlot, int level, long firstIndex, int count, Func<long, Digest> child)
    {
        Span<long> indices = stackalloc long[count];
        for (int lane = 0; lane < count; lane++) indices[lane] = firstIndex + lane;
        Nodes(firstSlot, level, indices, child);
    }

    /// <summary>Fills adjacent slots with up to eight nodes of a level.</summary>
    /// <param name="firstSlot">Slot of the first of them.</param>
    /// <param name="level">At least 1.</param>
    /// <param name="indices">Their indices in the level.</param>
    /// <param name="child">The digest of a node one level below, by its index.</param>
    public void Nodes(long firstSlot, int level, ReadOnlySpan<long> indices, Func<long, Digest> child)
    {
        Span<KoalaBear> states = stackalloc KoalaBear[Width * indices.Length];
        Span<KoalaBear> cubes = stackalloc KoalaBear[Poseidon16.Cubes * indices.Length];
        KoalaBear tag = StateTreeHash.NodeTag + KoalaBear.From(level);
        for (int lane = 0; lane < indices.Length; lane++)
        {
            Span<KoalaBear> state = states.Slice(lane * Width, Width);
            if (!child(2 * indices[lane]).TryToFields(state) || !child(2 * indices[lane] + 1).TryToFields(state[Block..]))
                throw new InvalidOperationException("a digest of the state tree is not made of field elements");
            state[^1] += tag;
            WriteInput(firstSlot + lane, state);
        }
        Poseidon16.PermuteManyRecording(states, cubes);
        for (int lane = 0; lane < indices.Length; lane++)
        {
            SlotLayout at = Find(firstSlot + lane, out Span<KoalaBear> row);
            row[at.Node] = KoalaBear.One;
            row[at.Level] = KoalaBear.From(level);
            row[at.Index] = KoalaBear.From(indices[lane]);
            cubes.Slice(lane * Poseidon16.Cubes, Poseidon16.Cubes).CopyTo(row[at.Cubes..]);
        }
    }

    /// <summary>Fills idle slots: they permute zero.</summary>
    public void Idle(long from, long to)
    {
        for (long slot = from; slot < to; slot++)
        {
            SlotLayout at = Find(slot, out Span<KoalaBear> row);
            idleCubes.CopyTo(row[at.Cubes..]);
        }
    }

    private void WriteInput(long slot, ReadOnlySpan<KoalaBear> state)
    {
        SlotLayout at = Find(slot, out Span<KoalaBear> row);
        state.CopyTo(row[at.Input..]);
    }

    private void WriteLeafSlot(in LeafWork leaf, int step, ReadOnlySpan<KoalaBear> cubes)
    {
        SlotLayout at = Find(leaf.FirstSlot + step, out Span<KoalaBear> row);
        int flag = step switch { 0 => at.Salt, 1 => at.Id, 2 => at.Owner, _ => at.Body };
        row[flag] = KoalaBear.One;
        row[at.Index] = KoalaBear.From(leaf.Index);
        row[at.Step] = KoalaBear.From(step);
        if (step == leaf.Steps - 1) row[at.Last] = KoalaBear.One;
        cubes.CopyTo(row[at.Cubes..]);
    }

    private SlotLayout Find(long slot, out Span<KoalaBear> row)
    {
        (long rowIndex, long inRow) = Math.DivRem(slot, layouts.Length);
        row = hash.Row((int)rowIndex);
        return layouts[inRow];
    }
}

/// <summary>A leaf, or a boundary, to be hashed.</summary>
/// <param name="Index">Leaf index.</param>
/// <param name="FirstSlot">Slot of its first block.</param>
/// <param name="Blocks">Its blocks, 8 elements each.</param>
internal readonly record struct LeafWork(int Index, long FirstSlot, KoalaBear[] Blocks)
{
    /// <summary>How many blocks there are.</summary>
    public int Steps => Blocks.Length / LeafSponge.BlockLength;
}
