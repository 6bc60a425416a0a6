using System.Collections.Immutable;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;

namespace Fermat.Statements.Accounts;

/// <summary>
/// The table <c>claim</c>: one row that takes the root, the identity of the leaf and the tags of the statement, each once. What is shown of them is in public columns, what is not in private ones, and where two blocks must agree they are
/// the same cells: the nullifier's salt and id are the leaf's, the secret of the commitment is the pseudonym's.
/// </summary>
internal sealed class ClaimTable
{
    /// <summary>Numbers of the tags.</summary>
    public const int Nullifier = 1, OwnerKey = 2, Commitment = 3, Pseudonym = 4;

    private const int Block = LeafSponge.BlockLength;

    public ClaimTable(CircuitBuilder circuit, Bus identity, Bus digest, bool isHealth)
    {
        TableBuilder table = circuit.Table("claim");
        Table = table.Index;
        Used = table.PublicColumn("used");
        Depth = table.PublicColumn("depth");
        Root = Public("root");
        Shown = Public(isHealth ? "pseudonym" : "nullifier");
        Given = Public(isHealth ? "verifier" : "height");
        (Salt, Id, Owner) = (Private("salt"), Private("id"), Private("owner"));
        (int step, Expr[] block)[] leaf = [(0, Salt), (1, Id), (2, Owner)];
        foreach ((int step, Expr[] block) in leaf) table.Receive(identity, $"the leaf's block {step}", Used, [0, 0, step, .. block]);
        table.Receive(digest, "the root", Used, [0, 0, Depth, .. Root]);
        if (isHealth)
        {
            (Secret, Key, Signer) = (Private("secret"), Private("commitment"), Private("signer"));
            Expr[] zeros = [.. Enumerable.Repeat((Expr)0, Block)];
            Take(OwnerKey, "owner key", Owner, [Constants(OwnerIdentity.OwnerDomain), Key, Signer, zeros]);
            Take(Commitment, "commitment", Key, [Constants(OwnerIdentity.SecretDomain), Secret, zeros, zeros]);
            Take(Pseudonym, "pseudonym", Shown, [Constants(OwnerIdentity.PseudonymDomain), Secret, Given, zeros]);
        }
        else
        {
            Take(Nullifier, "nullifier", Shown, [Constants(LeafNullifier.Domain), Salt, Id, Given]);
        }

        Expr[] Public(string name) => [.. Enumerable.Range(0, Block).Select(i => table.PublicColumn($"{name}[{i}]"))];

        Expr[] Private(string name)
        {
            Expr[] columns = table.Columns(name, Block);
            foreach (Expr column in columns) table.Constrain($"{column.ColumnInfo.Name} is zero on unused rows", (1 - Used) * column);
            return columns;
        }

        void Take(int tag, string name, Expr[] result, Expr[][] blocks)
        {
            for (int step = 0; step < blocks.Length; step++) table.Receive(identity, $"{name}, block {step}", Used, [1, tag, step, .. blocks[step]]);
            table.Receive(digest, name, Used, [1, tag, 0, .. result]);
        }
    }

    /// <summary>The table's index in the circuit.</summary>
    public int Table { get; }

    /// <summary>Public: 1 on row 0.</summary>
    public Expr Used { get; }

    /// <summary>Public: the depth of the state tree.</summary>
    public Expr Depth { get; }

    /// <summary>Public: the state root.</summary>
    public Expr[] Root { get; }

    /// <summary>Public: the nullifier, or the pseudonym.</summary>
    public Expr[] Shown { get; }

    /// <summary>Public: the block of the height, or of the verifier.</summary>
    public Expr[] Given { get; }

    /// <summary>Block 0 of the leaf.</summary>
    public Expr[] Salt { get; }

    /// <summary>Block 1 of the leaf.</summary>
    public Expr[] Id { get; }

    /// <summary>Block 2 of the leaf; in a statement of health the digest of commitment and signer.</summary>
    public Expr[] Owner { get; }

    /// <summary>The owner's secret; empty in a statement about liquidation, as the two after it.</summary>
    public Expr[] Secret { get; } = [];

    /// <summary>The commitment to the secret.</summary>
    public Expr[] Key { get; } = [];

    /// <summary>The address that signs for the owner.</summary>
    public Expr[] Signer { get; } = [];

    private static Expr[] Constants(ImmutableArray<KoalaBear> elements) => [.. elements.Select(element => (Expr)element)];
}
