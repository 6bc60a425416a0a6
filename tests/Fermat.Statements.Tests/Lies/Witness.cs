using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
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

    public List<NodeSlot> Nodes { get; } = [];

    /// <summary>Offered empty subtrees: level → index.</summary>
    public SortedDictionary<int, long> Empties { get; } = [];

    /// <summary>What an honest prover chooses.</summary>
    public static Witness Of(Scene scene)
    {
        var witness = new Witness();
        IReadOnlyList<Account> accounts = scene.Book.Accounts;
        for (int leaf = 0; leaf < accounts.Count; leaf++)
        {
            Account account = accounts[leaf];
            for (int j = 0; j < account.Balances.Count; j++) witness.Items.Add(new ItemRow(leaf, j == 0, j, account.Balances[j]));
            witness.Accounts.Add(new AccountRow(leaf, account.Nonce, account.Balances.Count));
            witness.Leaves.Add(new LeafRun(leaf, LeafHash.Blocks(account, scene.Salts.Derive(account.Id, scene.Book.Height))));
        }
        int nodes = accounts.Count;
        for (int level = 0; level <= scene.Tree.Depth; level++)
        {
            if (level > 0)
            {
                nodes = (nodes + 1) / 2;
                for (int index = 0; index < nodes; index++) witness.Nodes.Add(new NodeSlot(level, index));
            }
            if (level < scene.Tree.Depth ? nodes % 2 == 1 : nodes == 0) witness.Empties.Add(level, nodes);
        }
        return witness;
    }
}
