using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Statements.Proving;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Tests.Lies;

/// <summary>Writes the hash table anew, slot after slot, from what a prover chooses to hash, true or not.</summary>
internal sealed class HashLiar
{
    private const int Block = LeafSponge.BlockLength;

    private readonly Matrix rows;
    private readonly long slots;
    private readonly SlotLayout[] layouts;
    private readonly Dictionary<(int Level, long Index), KoalaBear[]> digests = [];
    private long next;

    public HashLiar(HashTable columns, TableTrace trace)
    {
        rows = trace.Phase(0);
        layouts = [.. columns.Slots.Select(slot => new SlotLayout(slot))];
        slots = (long)trace.ActiveRows * layouts.Length;
        for (int row = 0; row < trace.ActiveRows; row++) rows.Row(row).Clear();
    }

    /// <summary>A run of slots: a leaf or a boundary.</summary>
    public void Run(LeafRun leaf)
    {
        KoalaBear[] capacity = [.. LeafSponge.Iv];
        int steps = leaf.Blocks.Length / Block;
        for (int step = 0; step < steps; step++)
        {
            KoalaBear[] input = [.. leaf.Blocks[(Block * step)..(Block * (step + 1))], .. capacity];
            leaf.Input(step, input);
            SlotLayout at = Next(input, out Span<KoalaBear> cells, out KoalaBear[] output);
            cells[step switch { 0 => at.Salt, 1 => at.Id, 2 => at.Owner, _ => at.Body }] = KoalaBear.One;
            cells[at.Step] = KoalaBear.From(step);
            cells[at.Index] = KoalaBear.From(leaf.Index);
            capacity = output[Block..];
            if (step < steps - 1) continue;
            cells[at.Last] = KoalaBear.One;
            digests[(0, leaf.Index)] = Digest(input, output);
        }
    }

    /// <summary>A node over what was hashed before; what was not is an empty subtree.</summary>
    public void Node(NodeSlot node)
    {
        KoalaBear[] input = [.. DigestOf(node.Level - 1, 2 * node.Index), .. DigestOf(node.Level - 1, 2 * node.Index + 1)];
        input[^1] += StateTreeHash.NodeTag + KoalaBear.From(node.Level);
        SlotLayout at = Next(input, out Span<KoalaBear> cells, out KoalaBear[] output);
        cells[at.Node] = KoalaBear.One;
        cells[at.Level] = KoalaBear.From(node.Level);
        cells[at.Index] = KoalaBear.From(node.Index);
        digests[(node.Level, node.Index)] = Digest(input, output);
    }

    /// <summary>The slots that are left permute zero.</summary>
    public void Idle()
    {
        while (next < slots) Next(new KoalaBear[Poseidon16.Width], out _, out _);
    }

    private SlotLayout Next(KoalaBear[] input, out Span<KoalaBear> cells, out KoalaBear[] output)
    {
        Assert.True(next < slots, "the hash table is too small for this lie");
        (long row, long inRow) = Math.DivRem(next++, layouts.Length);
        cells = rows.Row((int)row);
        SlotLayout at = layouts[inRow];
        input.CopyTo(cells[at.Input..]);
        output = [.. input];
        Poseidon16.PermuteRecording(output, cells.Slice(at.Cubes, Poseidon16.Cubes));
        return at;
    }

    private KoalaBear[] DigestOf(int level, long index)
    {
        if (digests.TryGetValue((level, index), out KoalaBear[]? known)) return known;
        var empty = new KoalaBear[Hashing.Digest.Words];
        if (level >= 0) StateTreeHash.Empty(level).TryToFields(empty);
        return empty;
    }

    private static KoalaBear[] Digest(KoalaBear[] input, KoalaBear[] output) => [.. input.Take(Block).Select((element, i) => element + output[i])];
}
