using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Lowering;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>
/// A book under cross_perps in which Erin is bankrupt and long. Of those who are short of the same, Alice and Frank have the highest rank, Bob the next, Grace a negative one; the insurance fund would be ahead of all, and so would Carol, who is
/// long, and Dave, who is short of something else.
/// </summary>
internal static class WaterfallScene
{
    public const int Grace = 8;

    private static readonly string[] Accounts =
    [
        """{ "id": "fees", "balances": [], "positions": [] }""",
        """{ "id": "insurance", "balances": [ { "asset": "USD", "amount": "100000" } ], "positions": [ { "instrument": "BTC-PERP", "size": "-1", "cost": "-100000" } ] }""",
        """{ "id": "alice", "balances": [ { "asset": "BTC", "amount": "2.5" }, { "asset": "USD", "amount": "-20000" } ], "positions": [ { "instrument": "BTC-PERP", "size": "-3", "cost": "-195000" } ] }""",
        """{ "id": "bob", "balances": [ { "asset": "USD", "amount": "90000" } ], "positions": [ { "instrument": "BTC-PERP", "size": "-2", "cost": "-130000" }, { "instrument": "ETH-PERP", "size": "1", "cost": "3100.07" } ] }""",
        """{ "id": "carol", "balances": [ { "asset": "USD", "amount": "3000" } ], "positions": [ { "instrument": "BTC-PERP", "size": "6", "cost": "300000" } ] }""",
        """{ "id": "dave", "balances": [ { "asset": "USD", "amount": "1500" } ], "positions": [ { "instrument": "ETH-PERP", "size": "-5", "cost": "-60000" } ] }""",
        """{ "id": "erin", "balances": [ { "asset": "USD", "amount": "1500" } ], "positions": [ { "instrument": "BTC-PERP", "size": "5", "cost": "322000" } ] }""",
        """{ "id": "frank", "balances": [ { "asset": "USD", "amount": "90000" } ], "positions": [ { "instrument": "BTC-PERP", "size": "-3", "cost": "-195000" } ] }""",
        """{ "id": "grace", "balances": [ { "asset": "USD", "amount": "900000" } ], "positions": [ { "instrument": "BTC-PERP", "size": "-1", "cost": "-1000" } ] }""",
    ];

    public static WaterfallCircuit Circuit => WaterfallCircuit.Of(BookScene.Rulebook, 2);

    /// <summary>It is Alice's turn.</summary>
    public static BatchEvent Honest => Deleverage(Erin, Alice, BtcPerp, 3);

    /// <summary>Erin has another position, of one ether, as well.</summary>
    public static string WithEth(string account) => Also(account, "1", "3000");

    /// <summary>Erin has so many ether as well.</summary>
    public static string Also(string account, string size, string cost) =>
        account.Contains("erin", StringComparison.Ordinal) ? account.Replace("\"322000\" }", $"\"322000\" }}, {{ \"instrument\": \"ETH-PERP\", \"size\": \"{size}\", \"cost\": \"{cost}\" }}", StringComparison.Ordinal) : account;

    /// <summary>A batch that begins in this book.</summary>
    public static TransitionBatch Start(params BatchEvent[] events) => Start(account => account, events);

    /// <summary>A batch that begins in this book with some accounts changed.</summary>
    public static TransitionBatch Start(Func<string, string> change, params BatchEvent[] events) => BookScene.Of(Accounts, change, events);

    /// <summary>A value that is nobody's, with which a prover writes down what does not fit.</summary>
    public static Lie Nobody() => new(Circuit.Order.Lowering.Domains[0], -1, -1, value => value);

    /// <summary>What the checker finds in a prover's traces.</summary>
    /// <param name="batch">The batch that the statement is about.</param>
    /// <param name="turn">Changes whose turn the prover says it is.</param>
    /// <param name="claimed">Accounts that a liar fills the tables with instead of the leaves'.</param>
    /// <param name="said">The batch that everything else is filled from.</param>
    /// <param name="change">Changes finished traces of phase 0.</param>
    /// <param name="lie">A value that is not the honest one.</param>
    public static CheckReport Check(TransitionBatch batch, Func<OrderWitness, OrderWitness>? turn = null, IReadOnlyList<LedgerAccount>? claimed = null, TransitionBatch? said = null, Action<IReadOnlyList<TableTrace>>? change = null, Lie? lie = null) =>
        BookScene.Check(Circuit, Traces(batch, turn, claimed, said, change, lie));

    /// <summary>A prover's traces; who calls this disposes of them.</summary>
    public static IReadOnlyList<TableTrace> Traces(TransitionBatch batch, Func<OrderWitness, OrderWitness>? turn = null, IReadOnlyList<LedgerAccount>? claimed = null, TransitionBatch? said = null, Action<IReadOnlyList<TableTrace>>? change = null, Lie? lie = null, Quintic[]? challenges = null)
    {
        (TransitionInputs inputs, _) = BookScene.PlanOf(batch);
        TransitionBatch filled = said ?? batch;
        OrderWitness named = WaterfallProver.Named(filled, Circuit);
        bool isHonest = turn is null && claimed is null && WaterfallProver.TurnOf(filled, Circuit, out _) is not null;
        var builder = new WaterfallTraceBuilder(Circuit, filled, BookScene.PlanOf(filled).Plan, turn is null ? named : turn(named), claimed, lie ?? (isHonest ? null : Nobody()));
        return BookScene.Traces(Circuit, inputs, builder, change, challenges);
    }
}
