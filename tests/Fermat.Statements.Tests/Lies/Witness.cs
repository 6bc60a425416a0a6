using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Statements.Solvency;
using Fermat.Statements.Tests.Books;

namespace Fermat.Statements.Tests.Lies;

/// <summary>A row of items as a prover chooses it.</summary>
/// <param name="Leaf">Leaf index.</param>
/// <param name="Start">Whether it is marked as the first of its account.</param>
/// <param name="Position">Position in the account.</param>
/// <param name="Balance">Asset and amounts.</param>
/// <param name="IntervalShift">How far from the right interval the prover looks up the first kind of collateral.</param>
internal sealed record ItemRow(int Leaf, bool Start, int Position, Balance Balance, int IntervalShift = 0);

/// <summary>A row of accounts as a prover chooses it.</summary>
internal sealed record AccountRow(int Leaf, ulong Nonce, int Items);

/// <summary>A leaf in the hash table as a prover chooses it.</summary>
internal sealed record LeafRun(int Index, KoalaBear[] Blocks);

/// <summary>A boundary in the hash table as a prover chooses it: its index and first blocks; the rest are the remainders in the table of totals.</summary>
/// <param name="Index">Its leaf index.</param>
/// <param name="After">Whether it holds what is left after the segment.</param>
/// <param name="Header">Its first three blocks.</param>
/// <param name="Extra">Blocks after the remainders.</param>
internal sealed record BoundaryRun(int Index, bool After, KoalaBear[] Header, params KoalaBear[] Extra);

/// <summary>A node in the hash table as a prover chooses it.</summary>
internal sealed record NodeSlot(int Level, long Index);

/// <summary>
/// What a prover of statement S is free to choose before anything is computed: which rows there are. Tests change the lists of an honest book and let
/// <see cref="WitnessFiller"/> compute everything else, as a lying prover would.
/// </summary>
internal sealed class Witness
{
    public List<ItemRow> Items { get; } = [];

    public List<AccountRow> Accounts { get; } = [];

    public List<LeafRun> Leaves { get; } = [];

    public List<BoundaryRun> Boundaries { get; } = [];

    /// <summary>What the prover says is left before the segment, by row.</summary>
    public BigInteger[] Before { get; private init; } = [];

    /// <summary>What is added to what is left after the segment, by row.</summary>
    public BigInteger[] AddedAfter { get; private init; } = [];

    public List<NodeSlot> Nodes { get; } = [];

    /// <summary>Offered empty subtrees: level → index.</summary>
    public SortedDictionary<int, long> Empties { get; } = [];

    /// <summary>What an honest prover chooses.</summary>
    public static Witness Of(Scene scene)
    {
        BigInteger[] before = [.. scene.Publics.Totals.Select((total, row) =>
            scene.Segment == 0 ? total.Bound + SegmentBoundary.Shift : scene.Chain.Remainders(scene.Segment)[row])];
        var witness = new Witness { Before = before, AddedAfter = new BigInteger[before.Length] };
        IReadOnlyList<Account> accounts = scene.Accounts;
        for (int leaf = 0; leaf < accounts.Count; leaf++)
        {
            Account account = accounts[leaf];
            for (int j = 0; j < account.Balances.Count; j++) witness.Items.Add(new ItemRow(leaf, j == 0, j, account.Balances[j]));
            witness.Accounts.Add(new AccountRow(leaf, account.Nonce, account.Balances.Count));
            witness.Leaves.Add(new LeafRun(leaf, LeafHash.Blocks(account, scene.Salts.Derive(account.Id, scene.Book.Height))));
        }
        for (int side = 0; side < 2; side++)
            witness.Boundaries.Add(new BoundaryRun((1 << scene.Subtree.Depth) + side, side == 1, scene.Chain.Blocks(scene.Segment + side)[..(3 * LeafSponge.BlockLength)]));
        int nodes = accounts.Count;
        for (int level = 0; level <= scene.Subtree.Depth; level++)
        {
            if (level > 0)
            {
                nodes = (nodes + 1) / 2;
                for (int index = 0; index < nodes; index++) witness.Nodes.Add(new NodeSlot(level, index));
            }
            if (level < scene.Subtree.Depth ? nodes % 2 == 1 : nodes == 0) witness.Empties.Add(level, nodes);
        }
        return witness;
    }
}
