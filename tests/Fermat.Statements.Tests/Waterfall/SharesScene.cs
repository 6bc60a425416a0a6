using System.Numerics;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>
/// A book under cross_perps in which Erin owes 200 USD and has nothing else. The ledger counts USD by millionths, the rulebook by hundredths of that. Of USD Alice has 2700, Bob 999.999999, Dave 500 and Grace a millionth; Carol owes some, Frank
/// has another asset, the fees account has some too, and the insurance fund has another asset only. Rounding leaves two units: the first two are Alice and Bob.
/// </summary>
internal static class SharesScene
{
    public const int Grace = 8;

    /// <summary>What the ledger counts USD in, of the rulebook's units.</summary>
    public const long Unit = 100;

    private static readonly string[] Accounts =
    [
        """{ "id": "fees", "balances": [ { "asset": "USD", "amount": "700" } ], "positions": [] }""",
        """{ "id": "insurance", "balances": [ { "asset": "BTC", "amount": "1" } ], "positions": [] }""",
        """{ "id": "alice", "balances": [ { "asset": "BTC", "amount": "2.5" }, { "asset": "USD", "amount": "2700" } ], "positions": [ { "instrument": "BTC-PERP", "size": "1", "cost": "64000" } ] }""",
        """{ "id": "bob", "balances": [ { "asset": "ALT", "amount": "3" }, { "asset": "USD", "amount": "999.999999" } ], "positions": [] }""",
        """{ "id": "carol", "balances": [ { "asset": "BTC", "amount": "2" }, { "asset": "USD", "amount": "-50" } ], "positions": [] }""",
        """{ "id": "dave", "balances": [ { "asset": "USD", "amount": "500" } ], "positions": [] }""",
        """{ "id": "erin", "balances": [ { "asset": "USD", "amount": "-200" } ], "positions": [] }""",
        """{ "id": "frank", "balances": [ { "asset": "BTC", "amount": "7" } ], "positions": [ { "instrument": "BTC-PERP", "size": "-1", "cost": "-64000" } ] }""",
        """{ "id": "grace", "balances": [ { "asset": "USD", "amount": "0.000001" } ], "positions": [] }""",
    ];

    public static SharesCircuit Sharing => SharesCircuit.Of(BookScene.Rulebook, 2);

    /// <summary>A batch that begins in this book.</summary>
    public static TransitionBatch Book(params BatchEvent[] events) => Book(account => account, events);

    /// <summary>The insurance fund owes what Erin owed, and has nothing else; Erin has what the fund had.</summary>
    public static string FundFails(string account) =>
        account.Contains("\"insurance\"", StringComparison.Ordinal) ? Accounts[Erin].Replace("erin", "insurance", StringComparison.Ordinal) : account.Contains("\"erin\"", StringComparison.Ordinal) ? Accounts[Insurance].Replace("insurance", "erin", StringComparison.Ordinal) : account;

    /// <summary>A batch that begins in this book with some accounts changed.</summary>
    public static TransitionBatch Book(Func<string, string> change, params BatchEvent[] events) => Counted(BookScene.Of(Accounts, change, events), Unit);

    /// <summary>A batch of a ledger that counts USD in so many of the rulebook's units, and everything else in one.</summary>
    public static TransitionBatch Counted(TransitionBatch batch, long unit)
    {
        LedgerUnits finest = LedgerUnits.Finest(batch.Market.Tables[Sharing.Book.Fields.AssetTable].Length, batch.Market.Tables[Sharing.Book.Fields.InstrumentTable].Length);
        return batch with { Units = finest with { Amounts = finest.Amounts.SetItem(Usd, unit) } };
    }

    /// <summary>Shares of Erin's loss, in USD.</summary>
    public static BatchEvent[] Of(params (int Payer, decimal Usd)[] shares) => [.. shares.Select((share, i) => Share(share.Payer, Erin, share.Usd, goesOn: i > 0))];

    /// <summary>The same as shares of the insurance fund's loss.</summary>
    public static BatchEvent[] OfFund(params BatchEvent[] shares) => [.. shares.Select(share => share with { Second = Insurance })];

    /// <summary>The shares that the rule says; Grace has so little that she pays nothing.</summary>
    public static BatchEvent[] Honest => Of((Alice, 128.571429m), (Bob, 47.619048m), (Dave, 23.809523m));

    /// <summary>A value that is nobody's, with which a prover writes down what does not fit.</summary>
    public static Lie Nobody(SharesCircuit circuit) => new(circuit.Book.Lowering.Domains[0], -1, -1, value => value);

    /// <summary>What the checker finds in a prover's traces.</summary>
    /// <param name="batch">The batch that the statement is about.</param>
    /// <param name="shares">Changes how the prover says the loss is shared.</param>
    /// <param name="claimed">Accounts that a liar fills the tables with instead of the leaves'.</param>
    /// <param name="said">The batch that everything else is filled from.</param>
    /// <param name="change">Changes finished traces of phase 0.</param>
    /// <param name="lie">A value that is not the honest one.</param>
    /// <param name="circuit">Of another rulebook.</param>
    public static CheckReport Check(
        TransitionBatch batch, Func<SharesWitness, SharesWitness>? shares = null, IReadOnlyList<LedgerAccount>? claimed = null, TransitionBatch? said = null, Action<IReadOnlyList<TableTrace>>? change = null, Lie? lie = null, SharesCircuit? circuit = null) =>
        BookScene.Check(circuit ?? Sharing, Traces(batch, shares, claimed, said, change, lie, circuit));

    /// <summary>A prover's traces; who calls this disposes of them.</summary>
    public static IReadOnlyList<TableTrace> Traces(
        TransitionBatch batch, Func<SharesWitness, SharesWitness>? shares = null, IReadOnlyList<LedgerAccount>? claimed = null, TransitionBatch? said = null, Action<IReadOnlyList<TableTrace>>? change = null, Lie? lie = null,
        SharesCircuit? circuit = null, Quintic[]? challenges = null)
    {
        circuit ??= Sharing;
        (TransitionInputs inputs, _) = BookScene.PlanOf(batch);
        TransitionBatch filled = said ?? batch;
        SharesWitness computed = SharesProver.Computed(filled, circuit, out _);
        bool isHonest = shares is null && claimed is null && SharesProver.SharesOf(filled, circuit, out _) is not null;
        var builder = new SharesTraceBuilder(circuit, filled, BookScene.PlanOf(filled).Plan, shares is null ? computed : shares(computed), claimed, lie ?? (isHonest ? null : Nobody(circuit)));
        return BookScene.Traces(circuit, inputs, builder, change, challenges);
    }

    public static Domain Items => Sharing.Book.Lowering.Lowerer.Items[Balances];

    /// <summary>Erin has this beside her debt, of an asset that comes before USD.</summary>
    public static string Beside(string asset, string amount, string account) => account.Contains("erin", StringComparison.Ordinal) ? account.Replace("{ \"asset\": \"USD\"", $"{{ \"asset\": \"{asset}\", \"amount\": \"{amount}\" }}, {{ \"asset\": \"USD\"", StringComparison.Ordinal) : account;

    /// <summary>The row of an account's last balance, which is USD where it has some.</summary>
    public static int Row(int leaf) => ((int[])[1, 1, 2, 2, 2, 1, 1, 1, 1])[..(leaf + 1)].Sum() - 1;

    public static void Clear(IReadOnlyList<TableTrace> traces, string column, int leaf)
    {
        int offset = Offset(traces, Items, column);
        Assert.NotEqual(KoalaBear.Zero, traces[Items.Table.Index].Phase(0)[Row(leaf), offset]);
        traces[Items.Table.Index].Phase(0)[Row(leaf), offset] = KoalaBear.Zero;
    }

    public static int Offset(IReadOnlyList<TableTrace> traces, Domain domain, string column) => traces[domain.Table.Index].Table.Columns.Single(c => c.Name == column).Offset;

    public static void Satisfied(TransitionBatch batch)
    {
        CheckReport report = Check(batch);
        Assert.True(report.IsSatisfied, report.ToString());
    }

    public static void Breaks(string name, TransitionBatch batch) => Breaks(name, Check(batch));

    public static void Breaks(string name, CheckReport report)
    {
        Assert.False(report.IsSatisfied, $"nothing breaks; \"{name}\" should");
        Assert.Contains(name, report.ToString(), StringComparison.Ordinal);
    }

    public static void Refused(string reason, TransitionBatch batch) => Assert.Contains(reason, SharesProver.Check(batch)?.Message, StringComparison.Ordinal);

    /// <summary>The shares of a batch that begins with one of a loss, as the rule says.</summary>
    public static BatchEvent[] Paid(TransitionBatch batch)
    {
        SharesProver.Computed(batch, Sharing, out Dictionary<int, BigInteger> paid);
        return [.. paid.OrderBy(share => share.Key).Select((share, i) => new BatchEvent(EventKind.LossShare, share.Key, batch.Events[0].Second, Usd, -share.Value, share.Value) { GoesOn = i > 0 })];
    }
}
