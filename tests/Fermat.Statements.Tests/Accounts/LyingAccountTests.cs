using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Statements.Accounts;
using Fermat.Statements.Proving.Accounts;
using static Fermat.Statements.Tests.Accounts.AccountScene;

namespace Fermat.Statements.Tests.Accounts;

/// <summary>Provers that lie about one account: each lie breaks a constraint or a bus, by name.</summary>
public sealed class LyingAccountTests
{
    private const AccountStatementKind Due = AccountStatementKind.LiquidationDue, NotDue = AccountStatementKind.LiquidationNotDue, Health = AccountStatementKind.Health;

    private const int Block = 8;

    [Fact]
    public void An_account_that_may_not_be_liquidated_is_not_due() => Breaks("the account may be liquidated", CrossTiered.Check(Due, Dave));

    [Fact]
    public void An_account_that_may_be_liquidated_is_due() => Breaks("the account may not be liquidated", CrossTiered.Check(NotDue, Erin));

    [Fact]
    public void A_second_account_may_not_answer_for_the_first()
    {
        Breaks("there is no other account", CrossTiered.Check(Due, Dave, witness: w => w with { Accounts = [w.Accounts[0], CrossTiered.Accounts[Erin]] }));
        Breaks("there is no other account", CrossTiered.Check(Due, Erin, witness: w => w with { Accounts = [w.Accounts[0], w.Accounts[0]] }));
    }

    [Fact]
    public void Another_account_is_not_the_leafs() => Breaks("bus block", CrossTiered.Check(Due, Dave, witness: w => w with { Accounts = [CrossTiered.Accounts[Erin]] }));

    [Fact]
    public void Without_an_account_nothing_is_due() => Breaks("there is an account", CrossTiered.Check(NotDue, Dave, witness: w => w with { Accounts = [], Nonce = 0 }));

    [Fact]
    public void An_item_that_is_left_out_leaves_its_block_unread()
    {
        AccountData dave = CrossTiered.Accounts[Dave];
        Breaks("bus block", CrossTiered.Check(Due, Dave, witness: w => w with { Accounts = [dave with { Items = dave.Items.SetItem(0, []) }] }));
        Breaks("bus block", CrossTiered.Check(NotDue, Erin, witness: w => w with { Accounts = [CrossTiered.Accounts[Erin] with { Items = CrossTiered.Accounts[Erin].Items.SetItem(1, []) }] }));
    }

    [Fact]
    public void A_value_that_is_not_the_hashed_one_reads_a_block_that_is_not_there()
    {
        AccountData dave = CrossTiered.Accounts[Dave];
        Breaks("bus block", CrossTiered.Check(Due, Dave, witness: w => w with { Accounts = [dave with { Items = dave.Items.SetItem(0, [dave.Items[0][0].SetItem(1, 0)]) }] }));
        Breaks("bus block", CrossTiered.Check(Due, Erin, witness: w => w with { Nonce = w.Nonce + 1 }));
    }

    [Fact]
    public void A_leaf_that_is_not_under_the_root_does_not_lead_there()
    {
        Breaks("bus digest", CrossTiered.Check(Due, Erin, witness: w => Leaf(w, leaf => leaf with { Index = 1 })));
        Breaks("bus digest", CrossTiered.Check(Due, Erin, witness: w => Leaf(w, leaf => leaf with { Path = [leaf.Path[1], leaf.Path[0], leaf.Path[2]] })));
        Breaks("bus digest", CrossTiered.Check(Due, Erin, witness: w => Leaf(w, leaf => leaf with { Blocks = [.. leaf.Blocks[..Block].Select(x => x + KoalaBear.One), .. leaf.Blocks[Block..]] })));
    }

    [Fact]
    public void A_path_of_another_length_reaches_another_level()
    {
        Breaks("bus digest", CrossTiered.Check(Due, Erin, witness: w => Leaf(w, leaf => leaf with { Path = [.. leaf.Path.Take(Depth - 1)] })));
        Breaks("bus digest", CrossTiered.Check(Due, Erin, witness: w => Leaf(w, leaf => leaf with { Path = [.. leaf.Path, StateTreeHash.Empty(Depth)] })));
        // the root of a smaller tree, with which the path does agree, is not one of this depth
        Breaks("bus digest", CrossTiered.Check(Due, Erin, witness: w => Leaf(w, leaf => leaf with { Path = [.. leaf.Path.Take(Depth - 1)] }), inputs: i => i with { StateRoot = Partial(Depth - 1) }));
        Assert.Equal("satisfied", CrossTiered.Check(Due, Erin, witness: w => Leaf(w, leaf => leaf with { Path = [.. leaf.Path.Take(Depth - 1)] }), inputs: i => i with { StateRoot = Partial(Depth - 1), Depth = Depth - 1 }).ToString());
    }

    [Fact]
    public void A_leaf_that_is_there_twice_gives_a_digest_that_nothing_takes()
    {
        Breaks("bus digest", CrossTiered.Check(Due, Erin, witness: w => w with { Runs = [w.Runs[0], .. w.Runs] }));
        Breaks("bus digest", CrossTiered.Check(Due, Erin, witness: w => w with { Runs = [w.Runs[0] with { Path = [] }, .. w.Runs] }));
    }

    [Fact]
    public void A_nullifier_is_there_once()
    {
        Breaks("bus digest", CrossTiered.Check(Due, Erin, witness: w => w with { Runs = [.. w.Runs, w.Runs[1]] }));
        Breaks("bus digest", CrossTiered.Check(Due, Erin, witness: w => w with { Runs = [w.Runs[0]] }));
    }

    [Fact]
    public void A_nullifier_is_that_of_the_leaf_and_the_height()
    {
        CheckReport Nullified(int salt, int id, ulong height, bool isTaken)
        {
            KoalaBear[] first = CrossTiered.Opening(salt).Blocks(), second = CrossTiered.Opening(id).Blocks();
            KoalaBear[] blocks = LeafNullifier.Blocks(first.AsSpan(0, Block), second.AsSpan(Block, Block), height);
            return CrossTiered.Check(Due, Erin,
                witness: w => w with { Runs = [w.Runs[0], AccountWitness.Tag(ClaimTable.Nullifier, blocks)], Blocks = isTaken ? [blocks[Block..(2 * Block)], blocks[(2 * Block)..(3 * Block)], w.Blocks[2]] : w.Blocks },
                inputs: i => i with { Claim = new AccountClaim.Liquidation(true, LeafSponge.Hash(blocks)) });
        }

        foreach (bool taken in (bool[])[false, true])
        {
            Breaks("bus identity", Nullified(Dave, Erin, Height, taken));
            Breaks("bus identity", Nullified(Erin, Dave, Height, taken));
        }
        Breaks("bus identity", Nullified(Erin, Erin, Height + 1, false));
        Breaks("bus identity", Nullified(Erin, Erin, Height + (1UL << 48), false));
        Assert.Equal("satisfied", Nullified(Erin, Erin, Height, true).ToString());
    }

    [Fact]
    public void A_nullifier_of_another_domain_or_length_is_not_one()
    {
        foreach (KoalaBear[] blocks in (KoalaBear[][])[
            [.. OwnerIdentity.OwnerDomain, .. Nullifier()[Block..]], [.. Nullifier(), .. new KoalaBear[Block]], [.. Nullifier(), .. Nullifier()[(3 * Block)..]]])
            Breaks("bus identity", CrossTiered.Check(Due, Erin, witness: w => w with { Runs = [w.Runs[0], AccountWitness.Tag(ClaimTable.Nullifier, blocks)] },
                inputs: i => i with { Claim = new AccountClaim.Liquidation(true, LeafSponge.Hash(blocks)) }));
    }

    [Fact]
    public void A_nullifier_that_is_not_computed_is_not_shown() =>
        Breaks("bus digest", CrossTiered.Check(Due, Erin, inputs: i => i with { Claim = new AccountClaim.Liquidation(true, StateTreeHash.Empty(0)) }));

    [Fact]
    public void Blocks_of_a_tag_are_no_blocks_of_an_account()
    {
        // an account that may be liquidated is hashed beside the leaf, and its rows take its blocks
        KoalaBear[] erin = CrossTiered.Opening(Erin).Blocks();
        Breaks("bus block", CrossTiered.Check(Due, Dave, witness: w => w with { Accounts = [CrossTiered.Accounts[Erin]], Runs = [.. w.Runs, AccountWitness.Tag(2, erin)] }));
        Breaks("bus block", CrossTiered.Check(Due, Dave, witness: w => w with { Accounts = [CrossTiered.Accounts[Erin]], Runs = [w.Runs[0], AccountWitness.Tag(ClaimTable.Nullifier, erin)] }));
    }

    [Fact]
    public void A_tag_has_no_path_and_no_root()
    {
        AccountWitness Forged(AccountWitness w) => w with { Runs = [AccountWitness.Tag(5, w.Runs[0].Blocks) with { Index = w.Runs[0].Index, Path = w.Runs[0].Path }, .. w.Runs.Skip(1)] };
        Breaks("a run is of one kind", CrossTiered.Check(Due, Erin, witness: Forged));
        Breaks("only a block is a tag's", CrossTiered.Check(Due, Erin, witness: Forged, change: traces => Each(traces, row => row[Opening.Node] == KoalaBear.One, row => row[Opening.IsTag] = KoalaBear.One)));
        // a tree of one leaf: the root is a digest of level 0, as tags' are
        Breaks("bus", CrossTiered.Check(Due, Erin, witness: w => w with { Runs = [AccountWitness.Tag(5, w.Runs[0].Blocks), .. w.Runs.Skip(1)] }, inputs: i => i with { Depth = 0, StateRoot = LeafSponge.Hash(CrossTiered.Opening(Erin).Blocks()) }));
    }

    [Theory]
    [InlineData("salt")]
    [InlineData("id")]
    [InlineData("owner")]
    [InlineData("body")]
    [InlineData("node")]
    [InlineData("last")]
    [InlineData("is tag")]
    [InlineData("is right")]
    public void An_idle_row_has_no_role(string column) => Assert.False(CrossTiered.Check(Due, Erin, change: traces =>
    {
        TableTrace opening = traces[CrossTiered.Circuit(Due).Opening.Table];
        opening.Phase(0)[opening.ActiveRows - 2, opening.Table.Columns.Single(c => c.Name == column).Offset] = KoalaBear.One;
    }).IsSatisfied);

    [Fact]
    public void A_run_in_idle_rows_gives_a_digest_or_does_not_end() => Breaks("what reaches the last row ends there", CrossTiered.Check(Due, Erin, change: traces =>
    {
        // the run of the nullifier once more, at the very end, without its last flag
        TableTrace opening = traces[CrossTiered.Circuit(Due).Opening.Table];
        int first = CrossTiered.Opening(Erin).Blocks().Length / Block + Depth;
        for (int i = 0; i < 4; i++) opening.Phase(0).Row(first + i).CopyTo(opening.Phase(0).Row(opening.ActiveRows - 4 + i));
        opening.Phase(0)[opening.ActiveRows - 1, CrossTiered.Circuit(Due).Opening.Last.Offset] = default;
    }));

    [Fact]
    public void Free_collateral_is_at_least_the_threshold()
    {
        BigInteger free = CrossTiered.Judge(Rules.Lowering.AccountQuestion.FreeCollateral, CrossTiered.Accounts[Alice]);
        Assert.Equal("satisfied", CrossTiered.Check(Health, Alice, free).ToString());
        Breaks("free collateral is the threshold and what is above it", CrossTiered.Check(Health, Alice, free + 1));
        Breaks("free collateral is the threshold and what is above it", CrossTiered.Check(Health, Alice, AccountStatementInputs.ThresholdEnd - 1));
        Breaks("free collateral is the threshold and what is above it", CrossTiered.Check(Health, Erin)); // less than nothing is free
    }

    [Fact]
    public void Health_is_shown_by_who_knows_the_owners_secret()
    {
        OwnerSecret mallory = Owner(9);
        Digest pseudonym = OwnerIdentity.Pseudonym(mallory.Secret.AsSpan(), Verifier());
        AccountStatementInputs Claimed(AccountStatementInputs inputs) => inputs with { Claim = (AccountClaim.Health)inputs.Claim with { Pseudonym = pseudonym } };
        AccountWitness Own(AccountWitness w) => AccountWitness.Of(CrossTiered.Opening(Alice), CrossTiered.Inputs(Health, Alice).Claim, Height, mallory);
        KoalaBear[] theirs = [.. mallory.Secret];

        // everything of mallory's: the owner key is not the leaf's
        Breaks("bus digest", CrossTiered.Check(Health, Alice, witness: Own, inputs: Claimed));
        // the owner's commitment and key, mallory's secret
        Breaks("bus", CrossTiered.Check(Health, Alice, inputs: Claimed, witness: w => w with { Runs = [.. w.Runs.Take(3), AccountWitness.Tag(ClaimTable.Pseudonym, OwnerIdentity.PseudonymBlocks(theirs, Verifier()))] }));
        Breaks("bus", CrossTiered.Check(Health, Alice, inputs: Claimed, witness: w => w with
        {
            Runs = [.. w.Runs.Take(3), AccountWitness.Tag(ClaimTable.Pseudonym, OwnerIdentity.PseudonymBlocks(theirs, Verifier()))],
            Blocks = [.. w.Blocks.Take(3), theirs, .. w.Blocks.Skip(4)],
        }));
        Breaks("bus digest", CrossTiered.Check(Health, Alice, inputs: Claimed, witness: w => w with
        {
            Runs = [.. w.Runs.Take(2), AccountWitness.Tag(ClaimTable.Commitment, OwnerIdentity.CommitmentBlocks(theirs)), AccountWitness.Tag(ClaimTable.Pseudonym, OwnerIdentity.PseudonymBlocks(theirs, Verifier()))],
            Blocks = [.. w.Blocks.Take(3), theirs, .. w.Blocks.Skip(4)],
        }));
        // without the run of the owner key, or of the commitment
        foreach (int left in (int[])[1, 2, 3]) Breaks("bus digest", CrossTiered.Check(Health, Alice, witness: w => w with { Runs = [.. w.Runs.Where((_, i) => i != left)] }));
    }

    [Fact]
    public void A_pseudonym_is_for_one_verifier_and_scope()
    {
        foreach (AccountClaim.Health claim in (AccountClaim.Health[])[Claim() with { Verifier = "another" }, Claim() with { Scope = "another" }, Claim() with { Verifier = "a lenderl", Scope = "oans" }])
            Breaks("bus identity", CrossTiered.Check(Health, Alice, inputs: i => i with { Claim = claim }));
        Breaks("bus digest", CrossTiered.Check(Health, Alice, inputs: i => i with { Claim = Claim() with { Pseudonym = StateTreeHash.Empty(1) } }));
    }

    [Theory]
    [InlineData(Due, Erin)]
    [InlineData(Health, Alice)]
    public void No_cell_of_opening_account_and_claim_can_be_another(AccountStatementKind kind, int account)
    {
        AccountCircuit circuit = CrossTiered.Circuit(kind);
        IReadOnlyList<TableTrace> traces = CrossTiered.Fill(kind, account);
        var mutator = new CellMutator(circuit.Circuit, traces, Solvency.SolvencyScene.Challenges);
        var unnoticed = new List<string>();
        int[] tables = [circuit.Opening.Table, circuit.Claim.Table, circuit.Account.Lowering.Domains[0].Table.Index];
        foreach (TableTrace trace in traces.Where(t => tables.Contains(t.Table.Index)))
            for (int phase = 0; phase < 2; phase++)
                foreach (ColumnInfo column in trace.Table.Columns.Where(c => c.Source == ColumnSource.Committed && c.Phase == phase && !c.Name.StartsWith("blind", StringComparison.Ordinal)))
                    for (int row = 0; row < trace.ActiveRows; row += column.Name.StartsWith("cube", StringComparison.Ordinal) ? 7 : 1)
                        for (int part = 0; part < column.BaseWidth; part++)
                            foreach (KoalaBear other in (KoalaBear[])[trace.Phase(phase)[row, column.Offset + part] + KoalaBear.One, KoalaBear.One - trace.Phase(phase)[row, column.Offset + part]])
                                if (other != trace.Phase(phase)[row, column.Offset + part] && mutator.Try(trace.Table.Index, phase, row, column.Offset + part, other).IsSatisfied)
                                    unnoticed.Add($"{trace.Table.Name}, row {row}: {column.Name}");
        foreach (TableTrace trace in traces) trace.Dispose();
        Assert.True(unnoticed.Count == 0, $"{unnoticed.Count}: {string.Join("; ", unnoticed.Take(20))}");
    }

    private static AccountClaim.Health Claim() => (AccountClaim.Health)CrossTiered.Inputs(Health, Alice).Claim;

    private static KoalaBear[] Verifier() => AccountDigests.OfVerifier(Request.Verifier, Request.Scope);

    private static KoalaBear[] Nullifier()
    {
        KoalaBear[] leaf = CrossTiered.Opening(Erin).Blocks();
        return LeafNullifier.Blocks(leaf.AsSpan(0, Block), leaf.AsSpan(Block, Block), Height);
    }

    /// <summary>The root of the subtree of a depth that erin is in.</summary>
    private static Digest Partial(int depth)
    {
        AccountOpening opening = CrossTiered.Opening(Erin);
        return (opening with { Path = opening.Path[..depth] }).Root;
    }

    private static AccountWitness Leaf(AccountWitness witness, Func<OpeningRun, OpeningRun> change) => witness with { Runs = [change(witness.Runs[0]), .. witness.Runs.Skip(1)] };

    private static OpeningOffsets Opening { get; } = new(CrossTiered.Circuit(Due).Opening);

    private static void Each(IReadOnlyList<TableTrace> traces, Func<KoalaBear[], bool> where, Action<KoalaBear[]> change)
    {
        TableTrace opening = traces[CrossTiered.Circuit(Due).Opening.Table];
        for (int row = 0; row < opening.ActiveRows; row++)
        {
            KoalaBear[] cells = opening.Phase(0).Row(row).ToArray();
            if (!where(cells)) continue;
            change(cells);
            cells.CopyTo(opening.Phase(0).Row(row));
        }
    }

    private static void Breaks(string name, CheckReport report)
    {
        Assert.False(report.IsSatisfied);
        Assert.Contains(name, report.ToString(), StringComparison.Ordinal);
    }

    private sealed record OpeningOffsets(int Node, int IsTag)
    {
        public OpeningOffsets(OpeningTable table)
            : this(table.Node.Offset, table.IsTag.Offset)
        {
        }
    }
}
