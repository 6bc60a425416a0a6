using System.Collections.Immutable;
using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;
using static Fermat.Statements.Tests.Transitions.Forgery;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>Forged batches: a liar who makes everything around a lie fit it, roots and leaves too.</summary>
public sealed class ForgedTransitionTests
{
    private const int Alt = 0;

    /// <summary>Whoever was shown the opening of an account for one owner would find it opened for another, who then instructs for it.</summary>
    [Fact]
    public void An_account_is_opened_for_the_owner_and_under_the_id_that_the_event_names()
    {
        TransitionScene honest = Of(Open(Frank, "frank"));
        AccountVersion stranger = Of(Start(new BatchEvent(EventKind.Opening, Frank, null, 0, 0) { Opened = new LedgerAccount(Empty("mallory"), Key(20), 0, 0) })).Plan.Versions[0];
        foreach (AccountVersion[] versions in (AccountVersion[][])[
            [.. honest.Plan.Versions.Select(v => v with { Owner = stranger.Owner })],
            [.. honest.Plan.Versions.Select(v => v with { Id = stranger.Id })]])
        {
            TransitionPlan plan = new(honest.Batch, versions, Salts) { Events = honest.Plan.Events };
            Breaks("opening", honest.Check(versions, plan, honest.Inputs with { RootAfter = plan.After.Root }));
        }
    }

    [Fact]
    public void Two_openings_of_two_accounts_have_two_digests()
    {
        BatchEvent open = Open(Frank, "frank");
        TransitionInputs frank = Of(open).Inputs;
        Assert.NotEqual(frank.Events[0], Of(open with { Opened = open.Opened! with { Owner = Key(20) } }).Inputs.Events[0]);
        Assert.NotEqual(frank.Events[0], Of(open with { Opened = open.Opened! with { Account = Empty("mallory") } }).Inputs.Events[0]);
    }

    /// <summary>An account that an event touches would get an item that no event gave it.</summary>
    [Fact]
    public void A_balance_of_nothing_is_not_made_where_nothing_is_paid()
    {
        TransitionScene honest = Of(new BatchEvent(EventKind.Deposit, Dave, null, Alt, 0));
        AccountVersion after = honest.Plan.Versions[1];
        AccountVersion[] versions = [honest.Plan.Versions[0], after with { Account = after.Account with { Items = after.Account.Items.SetItem(Balances, after.Account.Items[Balances].Insert(0, [Alt, 0])) } }];
        TransitionPlan plan = new(honest.Batch, versions, Salts) { Events = honest.Plan.Events };
        Breaks("what is moved and remains is not zero", honest.Check(versions, plan, honest.Inputs with { RootAfter = plan.After.Root }, change: traces =>
        {
            Set(traces, "accounts", "moves a balance", 1, KoalaBear.One);
            Set(traces, "balances", "is moved", 1, KoalaBear.One);
        }));
    }

    /// <summary>The leaf would have another salt, so whoever holds its opening could no longer show it.</summary>
    [Fact]
    public void A_leaf_that_no_event_touches_keeps_its_salt()
    {
        TransitionScene honest = Of(Deposit(Alice, 1));
        AccountVersion[] versions = [.. honest.Plan.Versions, Of(Deposit(Bob, 1)).Plan.Versions[0] with { IsLast = true }];
        TransitionPlan plan = new(honest.Batch, versions, Salts) { Events = honest.Plan.Events };
        Assert.NotEqual(honest.Inputs.RootAfter, plan.After.Root);
        Breaks("an account that is touched has an event", honest.Check(versions, plan, honest.Inputs with { RootAfter = plan.After.Root }));
    }

    [Fact]
    public void An_account_does_not_trade_with_itself()
    {
        TransitionScene honest = Of(Trade(Alice, Carol, BtcPerp, 1, 64000));
        EventWitness e = honest.Plan.Events[0];
        AccountVersion[] alone = [.. honest.Plan.Versions.Where(v => v.Slot == Alice)];
        TransitionPlan plan = new(honest.Batch, honest.Plan.Versions, Salts);
        EventWitness self = e with { Data = e.Data.SetItem(EventRow.Second, Alice), SecondOwner = e.FirstOwner, SecondNonce = e.FirstNonce };
        TransitionInputs inputs = honest.Inputs with { Events = [Hashing.LeafSponge.Hash(self.Blocks(TransitionScene.Circuit.Events))] };
        Breaks("leg", honest.Check(alone, plan with { Events = [self] }, inputs));
    }

    [Fact]
    public void A_position_that_remains_is_not_closed()
    {
        TransitionScene honest = Of(Trade(Alice, Carol, BtcPerp, 1, 64000));
        AccountVersion[] versions = [.. honest.Plan.Versions.Select(v => v.Slot == Alice && !v.IsFirst ? v with { Leg = v.Leg with { Closes = true } } : v)];
        Breaks("a position that closes has its opposite size", honest.Check(versions, lie: new Lie(TransitionScene.Circuit.Versions.Lowering.Domains[0], -1, -1, value => value)));
    }

    [Theory]
    [InlineData((1UL << 24) - 1)]
    [InlineData((1UL << 48) - 1)]
    [InlineData((1UL << 63) + (1UL << 48) - 1)]
    [InlineData(ulong.MaxValue - 1)]
    public void A_nonce_counts_over_the_ends_of_its_words_and_no_other_way(ulong nonce)
    {
        TransitionBatch batch = Start(Transfer(Alice, Bob, 1));
        LedgerAccount[] accounts = [.. batch.Accounts];
        accounts[Alice] = accounts[Alice] with { Nonce = nonce };
        TransitionScene scene = Of(batch with { Accounts = accounts });
        Assert.Equal(nonce + 1, scene.Plan.Versions.Single(v => v.Slot == Alice && v.IsLast).Nonce);
        CheckReport report = scene.Check();
        Assert.True(report.IsSatisfied, report.ToString());
        if ((nonce & 0xffffff) != 0xffffff) return;
        Breaks("the nonce's word 0 is below 2^24", scene.Check(change: traces =>
        {
            Set(traces, "accounts", "nonce[0]", 1, KoalaBear.From(1 << 24));
            foreach (string wrap in (string[])["nonce[0] wraps", "nonce[1] wraps"]) Set(traces, "accounts", wrap, 1, KoalaBear.Zero);
            foreach (string word in (string[])["nonce[1]", "nonce[2]"]) Set(traces, "accounts", word, 1, Trace(traces, "accounts").Phase(0)[0, Column(traces, "accounts", word)]);
        }));
    }

    /// <summary>Amounts that cannot be negative have no sign, which an exception once said instead of a rejection.</summary>
    [Theory]
    [InlineData("")]
    [InlineData(" nonnegative")]
    public void A_rulebook_either_has_a_circuit_or_a_reason(string amounts)
    {
        VenueRulebook rulebook = SolvencyScene.Compile($$"""
            rulebook cash
            quantity Money scale 2 bits 80 unit USD
            quantity Amount scale 0 bits 31{{amounts}} unit coin
            quantity Price scale 2 bits 31 nonnegative unit USD/coin
            market Asset { index: Price }
            account { balances: { asset: Asset, amount: Amount }* }
            equity = sum b in balances: b.amount * b.asset.index
            initial = 0 * equity
            maintenance = 0 * equity
            """);
        if (amounts.Length == 0)
        {
            Assert.NotNull(TransitionCircuit.Of(rulebook, 1, 0).Circuit);
            return;
        }
        Assert.Contains("negative", Assert.Throws<CoreException>(() => TransitionCircuit.Of(rulebook, 1, 0)).Message, StringComparison.Ordinal);
        TransitionInputs inputs = Of(Deposit(Alice, 1)).Inputs;
        inputs = inputs with { Rulebook = rulebook, Market = inputs.Market with { Parameters = [], Tables = [[new("A", [new(1)])]] }, Units = LedgerUnits.Finest(1, 0) };
        Assert.Equal(StatementRejectionCode.WrongRulebook, TransitionStatement.Verify(inputs, default, TransitionAnchors.None).Rejection?.Code);
    }

    /// <summary>What a position holds beside its cost (a margin of its own, say) would be lost when it ends.</summary>
    [Fact]
    public void A_position_that_ends_loses_nothing()
    {
        VenueRulebook rulebook = SolvencyScene.Compile("""
            rulebook margins
            quantity Money scale 2 bits 80 unit USD
            quantity Amount scale 2 bits 31 unit coin
            quantity Price scale 2 bits 31 nonnegative unit USD/coin
            market Asset { index: Price }
            market Instrument { mark: Price, settle: Asset }
            account {
              balances: { asset: Asset, amount: Amount }*
              positions: { instrument: Instrument, size: Amount, cost: Amount, margin: Amount }*
            }
            equity = sum b in balances: b.amount * b.asset.index + sum p in positions: p.margin * p.instrument.mark
            initial = 0 * equity
            maintenance = 0 * equity
            """);
        Assert.Contains(TransitionCircuit.Of(rulebook, 1, 0).Circuit.Tables.Single(table => table.Name == "positions").Constraints, constraint => constraint.Name == "what ends has no margin");
        LedgerAccount With(int i, int size, int margin) => new(new Rules.Inputs.AccountData($"account {i}", [], [[], [[0, size, 0, margin]]]), Key(i), 0, 0);
        var market = new Rules.Inputs.MarketData([], [[new("A", [new(100)])], [new("I", [new(100), new(0)])]]);
        foreach (int margin in (int[])[0, 7])
        {
            TransitionBatch batch = new(rulebook, market, "venue", 0, [With(0, 5, margin), With(1, -5, 0)], 1, 0, 0, [new BatchEvent(EventKind.Trade, 0, 1, 0, 0, 0, 0, -5)]);
            Assert.Equal(margin == 0, VersionMaker.Make(batch, out RefusedEvent? refused) is not null);
            if (margin != 0) Assert.Contains("would be lost", refused!.Message, StringComparison.Ordinal);
        }
    }

    private static Rules.Inputs.AccountData Empty(string id) => new(id, [], [[], []]);

    private static TableTrace Trace(IReadOnlyList<TableTrace> traces, string table) => traces.Single(trace => trace.Table.Name == table);

    private static int Column(IReadOnlyList<TableTrace> traces, string table, string column) => Trace(traces, table).Table.Columns.Single(c => c.Name == column).Offset;

    private static void Set(IReadOnlyList<TableTrace> traces, string table, string column, int row, KoalaBear value) => Trace(traces, table).Phase(0)[row, Column(traces, table, column)] = value;
}
