using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Statements.Solvency;

/// <summary>
/// The table <c>hash</c>: every Poseidon permutation of a segment's subtree and of its two boundaries, a few slots to a row. Slots are read in order, row by row. A leaf is a run of
/// slots salt, id, owner, body, body, …, and so is a boundary; a node is one slot; other slots are idle and permute zero.
/// </summary>
/// <remarks>
/// A run passes its capacity on from slot to slot (overwrite mode). Its body blocks go to accounts and items over the bus <c>block</c>, its digest to its parent over the bus
/// <c>digest</c>; a node takes its children's digests and gives its own. Where there is a bus <c>identity</c>, the blocks of id and owner go there. Each digest is consumed once, from the root down, so the leaves of
/// this table are the leaves under the root that are not in an empty subtree, each exactly once.
/// </remarks>
internal sealed class HashTable
{
    private const int Block = LeafSponge.BlockLength;

    public HashTable(CircuitBuilder circuit, Bus block, Bus digest, int slots, string name = "hash", Bus? identity = null)
    {
        var poseidon = new PoseidonGadget(Poseidon16.RoundConstants, Poseidon16.Mds, Poseidon16.FullRounds);
        TableBuilder table = circuit.Table(name);
        Table = table.Index;
        Slots = [.. Enumerable.Range(0, slots).Select(s => new HashSlot(table, poseidon, $"slot {s}: "))];
        foreach (HashSlot slot in Slots) SlotConstraints(table, block, digest, identity, slot);
        for (int s = 1; s < slots; s++) Follow(Slots[s - 1], Slots[s], table.Constrain, cell => cell, $"slot {s}: ");
        Follow(Slots[^1], Slots[0], table.ConstrainTransition, table.Next, "slot 0: ");

        HashSlot first = Slots[0], last = Slots[^1];
        table.ConstrainFirst("the first slot continues no leaf", first.Id + first.Owner + first.Body);
        table.ConstrainLast("the last slot begins no leaf", last.Salt + last.Id + last.Owner);
        table.ConstrainLast("a leaf that reaches the last slot ends there", last.Body - last.Last);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>The slots of a row, in order.</summary>
    public HashSlot[] Slots { get; }

    private static void SlotConstraints(TableBuilder table, Bus block, Bus digests, Bus? identity, HashSlot slot)
    {
        string name = slot.Name;
        foreach (Expr flag in slot.Flags)
            table.ConstrainBoolean($"{flag.ColumnInfo.Name} is a bit", flag);
        Expr used = Expr.Sum(slot.Flags);
        table.ConstrainBoolean(name + "at most one role", used);
        table.Constrain(name + "only a leaf has steps", slot.Step * (1 - slot.Id - slot.Owner - slot.Body));
        table.Constrain(name + "only a node has a level", slot.Level * (1 - slot.Node));
        table.Constrain(name + "an idle slot has no index", slot.Index * (1 - used));
        for (int i = 0; i < Poseidon16.Width; i++)
            table.Constrain($"{name}an idle slot permutes zero, element {i}", slot.Input[i] * (1 - used));
        for (int i = 0; i < Block; i++)
            table.Constrain($"{name}a leaf starts from its constant, element {i}", slot.Salt * (slot.Input[Block + i] - LeafSponge.Iv[i]));

        Expr[] left = slot.Input[..Block];
        Expr[] right = slot.Input[Block..];
        right[^1] -= StateTreeHash.NodeTag + slot.Level;
        Expr[] digest = [.. left.Select((input, i) => input + slot.Output[i])];
        table.Send(block, name + "body", slot.Body, [slot.Index, slot.Step, .. left]);
        if (identity is not null) table.Send(identity, name + "identity", slot.Id + slot.Owner, [slot.Index, slot.Step, .. left]);
        table.Send(digests, name + "digest", slot.Last + slot.Node, [slot.Level, slot.Index, .. digest]);
        table.Receive(digests, name + "left child", slot.Node, [slot.Level - 1, 2 * slot.Index, .. left]);
        table.Receive(digests, name + "right child", slot.Node, [slot.Level - 1, 2 * slot.Index + 1, .. right]);
    }

    /// <summary>How a slot follows the one before it; <paramref name="later"/> reads the later slot's cells.</summary>
    private static void Follow(HashSlot earlier, HashSlot slot, Action<string, Expr> constrain, Func<Expr, Expr> later, string name)
    {
        Expr id = later(slot.Id), owner = later(slot.Owner), body = later(slot.Body);
        Expr continues = id + owner + body;
        constrain(name + "the id follows the salt", id - earlier.Salt);
        constrain(name + "the owner follows the id", owner - earlier.Id);
        constrain(name + "a body follows the owner", earlier.Owner * (1 - body));
        constrain(name + "a body follows the owner or a body", body * (1 - earlier.Owner - earlier.Body));
        constrain(name + "a leaf ends where no body follows", earlier.Last - earlier.Body * (1 - body));
        constrain(name + "a leaf keeps its index", continues * (later(slot.Index) - earlier.Index));
        constrain(name + "steps count up", continues * (later(slot.Step) - earlier.Step - 1));
        for (int i = 0; i < Block; i++)
            constrain($"{name}the capacity is passed on, element {i}", continues * (later(slot.Input[Block + i]) - earlier.Output[Block + i]));
    }
}

/// <summary>The columns of one permutation.</summary>
internal sealed class HashSlot
{
    public HashSlot(TableBuilder table, PoseidonGadget poseidon, string name)
    {
        Name = name;
        Salt = table.Column(name + "salt");
        Id = table.Column(name + "id");
        Owner = table.Column(name + "owner");
        Body = table.Column(name + "body");
        Node = table.Column(name + "node");
        Last = table.Column(name + "last");
        Index = table.Column(name + "index");
        Step = table.Column(name + "step");
        Level = table.Column(name + "level");
        Input = table.Columns(name + "input", Poseidon16.Width);
        Cubes = table.Columns(name + "cube", Poseidon16.Cubes);
        Output = poseidon.Permute(table, name, Input, Cubes);
    }

    /// <summary>What its column names begin with.</summary>
    public string Name { get; }

    /// <summary>1 on a leaf's first block: the salt.</summary>
    public Expr Salt { get; }

    /// <summary>1 on a leaf's second block: the digest of the account id.</summary>
    public Expr Id { get; }

    /// <summary>1 on a leaf's third block: the digest of the owner key.</summary>
    public Expr Owner { get; }

    /// <summary>1 on every later block of a leaf.</summary>
    public Expr Body { get; }

    /// <summary>1 on a node.</summary>
    public Expr Node { get; }

    /// <summary>1 on a leaf's last block.</summary>
    public Expr Last { get; }

    /// <summary>Leaf index, or the node's index in its level.</summary>
    public Expr Index { get; }

    /// <summary>Block number in the leaf; 0 elsewhere.</summary>
    public Expr Step { get; }

    /// <summary>The node's level; 0 elsewhere.</summary>
    public Expr Level { get; }

    /// <summary>The state before the permutation.</summary>
    public Expr[] Input { get; }

    /// <summary>The S-box outputs, in the order of computation.</summary>
    public Expr[] Cubes { get; }

    /// <summary>The state after the permutation, linear in the cubes.</summary>
    public Expr[] Output { get; }

    /// <summary>The roles a slot can have; at most one is 1.</summary>
    public Expr[] Flags => [Salt, Id, Owner, Body, Node];
}
