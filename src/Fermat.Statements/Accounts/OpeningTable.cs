using Fermat.Air;
using Fermat.Air.Gadgets;
using Fermat.Hashing;

namespace Fermat.Statements.Accounts;

/// <summary>
/// The table <c>opening</c>: one Poseidon permutation a row, in runs. A run is salt, id, owner, body, body, … as in the state tree's leaves; the leaf's own run is followed directly by its path, node by node. Other runs are tags: nullifier,
/// owner key, commitment, pseudonym.
/// </summary>
/// <remarks>
/// A run passes its capacity on from row to row (overwrite mode). A node takes the digest of the row before it as its left or its right child; the other child is the prover's, and the root binds it. The last row of a run gives the digest on the bus
/// <c>digest</c> with the run's number and the level it reached; the table <c>claim</c> takes each digest of the statement once, and no other, so there is one run of each kind and none besides. Bodies of the leaf go to the bus <c>block</c>, every other
/// block to the bus <c>identity</c>.
/// </remarks>
internal sealed class OpeningTable
{
    private const int Block = LeafSponge.BlockLength;

    public OpeningTable(CircuitBuilder circuit, Bus block, Bus identity, Bus digest)
    {
        TableBuilder table = circuit.Table("opening");
        Table = table.Index;
        Salt = table.Column("salt");
        Id = table.Column("id");
        Owner = table.Column("owner");
        Body = table.Column("body");
        Node = table.Column("node");
        Last = table.Column("last");
        IsTag = table.Column("is tag");
        Tag = table.Column("tag");
        Step = table.Column("step");
        Level = table.Column("level");
        IsRight = table.Column("is right");
        Permutation = new PoseidonRow(table, new PoseidonGadget(Poseidon16.RoundConstants, Poseidon16.Mds, Poseidon16.FullRounds), "");
        Expr[] left = Permutation.Input[..Block], digests = Permutation.Digest(Block);
        OwnRow(table);
        Follow(table, digests);
        table.ConstrainFirst("the first row continues nothing", Id + Owner + Body + Node);
        table.ConstrainLast("the last row begins nothing", Salt + Id + Owner);
        table.ConstrainLast("what reaches the last row ends there", Body + Node - Last);
        table.Send(block, "body of the leaf", Body * (1 - IsTag), [0, Step, .. left]);
        table.Send(identity, "block of a tag or of an identity", Salt + Id + Owner + Body * IsTag, [IsTag, Tag, Step, .. left]);
        table.Send(digest, "digest of a run", Last, [IsTag, Tag, Level, .. digests]);
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>1 on a run's first block.</summary>
    public Expr Salt { get; }

    /// <summary>1 on a run's second block.</summary>
    public Expr Id { get; }

    /// <summary>1 on a run's third block.</summary>
    public Expr Owner { get; }

    /// <summary>1 on every later block of a run.</summary>
    public Expr Body { get; }

    /// <summary>1 on a node of the leaf's path.</summary>
    public Expr Node { get; }

    /// <summary>1 on a run's last row, with the path of the leaf's.</summary>
    public Expr Last { get; }

    /// <summary>1 on the rows of runs that are not the leaf's.</summary>
    public Expr IsTag { get; }

    /// <summary>Which of them; 0 on the leaf's run.</summary>
    public Expr Tag { get; }

    /// <summary>A block's number in its run; 0 on nodes.</summary>
    public Expr Step { get; }

    /// <summary>A node's level, from 1; 0 elsewhere.</summary>
    public Expr Level { get; }

    /// <summary>1 where the digest below a node is its right child.</summary>
    public Expr IsRight { get; }

    /// <summary>The permutation.</summary>
    public PoseidonRow Permutation { get; }

    private void OwnRow(TableBuilder table)
    {
        foreach (Expr bit in (Expr[])[Salt, Id, Owner, Body, Node, Last, IsTag, IsRight]) table.ConstrainBoolean($"{bit.ColumnInfo.Name} is a bit", bit);
        Expr used = Salt + Id + Owner + Body + Node;
        table.ConstrainBoolean("at most one role", used);
        table.Constrain("only a block has a step", Step * (1 - Id - Owner - Body));
        table.Constrain("only a node has a level", Level * (1 - Node));
        table.Constrain("only a node has a side", IsRight * (1 - Node));
        table.Constrain("only a block is a tag's", IsTag * (1 - Salt - Id - Owner - Body));
        table.Constrain("only a tag has a number", Tag * (1 - IsTag));
        table.Constrain("only a body or a node is last", Last * (1 - Body - Node));
        for (int i = 0; i < Poseidon16.Width; i++) table.Constrain($"an idle row permutes zero, element {i}", Permutation.Input[i] * (1 - used));
        for (int i = 0; i < Block; i++) table.Constrain($"a run starts from its constant, element {i}", Salt * (Permutation.Input[Block + i] - LeafSponge.Iv[i]));
    }

    private void Follow(TableBuilder table, Expr[] digests)
    {
        Expr id = table.Next(Id), owner = table.Next(Owner), body = table.Next(Body), node = table.Next(Node), right = table.Next(IsRight);
        Expr block = id + owner + body;
        table.ConstrainTransition("the id follows the salt", id - Salt);
        table.ConstrainTransition("the owner follows the id", owner - Id);
        table.ConstrainTransition("a body follows the owner", Owner * (1 - body));
        table.ConstrainTransition("a body follows the owner or a body", body * (1 - Owner - Body));
        table.ConstrainTransition("a node follows a body or a node", node * (1 - Body - Node));
        table.ConstrainTransition("a run ends where nothing continues it", Last - (Body + Node) * (1 - body - node));
        table.ConstrainTransition("a run is of one kind", (block + node) * (table.Next(IsTag) - IsTag));
        table.ConstrainTransition("a run keeps its number", (block + node) * (table.Next(Tag) - Tag));
        table.ConstrainTransition("steps count up", block * (table.Next(Step) - Step - 1));
        table.ConstrainTransition("levels count up", node * (table.Next(Level) - Level - 1));
        Expr[] input = [.. Permutation.Input.Select(table.Next)];
        for (int i = 0; i < Block; i++)
        {
            Expr rightChild = i < Block - 1 ? input[Block + i] : input[Block + i] - (StateTreeHash.NodeTag + table.Next(Level));
            table.ConstrainTransition($"the capacity is passed on, element {i}", block * (input[Block + i] - Permutation.Output[Block + i]));
            table.ConstrainTransition($"the digest below is a child, element {i}", (node - right) * (input[i] - digests[i]) + right * (rightChild - digests[i]));
        }
    }
}
