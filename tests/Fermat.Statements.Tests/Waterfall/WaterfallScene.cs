using System.Text;
using System.Text.Json.Nodes;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Proving.Waterfall;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Tests.Transitions;
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

    private const int TailRows = 8, Depth = 4;

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

    private static readonly VenueRulebook Rulebook = SolvencyScene.Rulebook("cross_perps");

    public static WaterfallCircuit Circuit => WaterfallCircuit.Of(Rulebook, 2);

    /// <summary>It is Alice's turn.</summary>
    public static BatchEvent Honest => Deleverage(Erin, Alice, BtcPerp, 3);

    /// <summary>A batch that begins in this book.</summary>
    public static TransitionBatch Start(params BatchEvent[] events) => Start(account => account, events);

    /// <summary>A batch that begins in this book with some accounts changed.</summary>
    public static TransitionBatch Start(Func<string, string> change, params BatchEvent[] events)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_perps.json")))!;
        json["accounts"] = new JsonArray([.. Accounts.Select(account => JsonNode.Parse(change(account)))]);
        RuleInputs inputs = RuleInputs.Read(Rulebook.Schema, ("book", Encoding.UTF8.GetBytes(json.ToJsonString())));
        Assert.Empty(inputs.Errors);
        string[] order = [.. Accounts.Select(account => JsonNode.Parse(account)!["id"]!.GetValue<string>())];
        LedgerAccount[] all = [.. inputs.Accounts.OrderBy(account => Array.IndexOf(order, account.Id)).Select((account, i) => new LedgerAccount(account, Key(i), (ulong)i << 20, 3))];
        return new TransitionBatch(Rulebook, inputs.Market!, "test venue", 100, all, Depth, Fees, Insurance, events);
    }

    /// <summary>A value that is nobody's, with which a prover writes down what does not fit.</summary>
    public static Lie Nobody() => new(Circuit.Order.Lowering.Domains[0], -1, -1, value => value);

    /// <summary>What the checker finds in a prover's traces.</summary>
    /// <param name="batch">The batch that the statement is about.</param>
    /// <param name="turn">Changes whose turn the prover says it is.</param>
    /// <param name="claimed">Accounts that a liar fills the tables with instead of the leaves'.</param>
    /// <param name="said">The batch that everything else is filled from.</param>
    /// <param name="change">Changes finished traces of phase 0.</param>
    public static CheckReport Check(TransitionBatch batch, Func<OrderWitness, OrderWitness>? turn = null, IReadOnlyList<LedgerAccount>? claimed = null, TransitionBatch? said = null, Action<IReadOnlyList<TableTrace>>? change = null)
    {
        IReadOnlyList<TableTrace> traces = Traces(batch, turn, claimed, said, change);
        CheckReport report = ConstraintChecker.Check(Circuit.Circuit, traces, SolvencyScene.Challenges);
        foreach (TableTrace trace in traces) trace.Dispose();
        return report;
    }

    /// <summary>A prover's traces; who calls this disposes of them.</summary>
    public static IReadOnlyList<TableTrace> Traces(TransitionBatch batch, Func<OrderWitness, OrderWitness>? turn = null, IReadOnlyList<LedgerAccount>? claimed = null, TransitionBatch? said = null, Action<IReadOnlyList<TableTrace>>? change = null, Quintic[]? challenges = null)
    {
        challenges ??= SolvencyScene.Challenges;
        (TransitionInputs inputs, _) = PlanOf(batch);
        (_, TransitionPlan plan) = PlanOf(said ?? batch);
        TransitionBatch filled = said ?? batch;
        OrderWitness named = WaterfallProver.Named(filled, Circuit);
        bool isHonest = turn is null && claimed is null && WaterfallProver.TurnOf(filled, Circuit, out _) is not null;
        var builder = new WaterfallTraceBuilder(Circuit, filled, plan, plan.Events[0].Blocks(TransitionProver.CircuitOf(filled).Events), turn is null ? named : turn(named), claimed, isHonest ? null : Nobody());
        var publics = new WaterfallPublicTables(inputs, Circuit);
        int[] logs = [.. builder.ActiveRows.Select((rows, table) => Math.Max(Circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(rows, TailRows)))];
        IReadOnlyList<TableTrace> traces = builder.Build(logs, TailRows);
        change?.Invoke(traces);
        foreach (TableTrace trace in traces)
        {
            if (trace.Table.PhaseWidth(1) > 0 && Circuit.Circuit.LogUpPhase != 1) builder.FillPhase(1, trace.Table.Index, challenges, traces);
            if (trace.Public is not { } columns) continue;
            for (int phase = 0; phase < 2; phase++) publics.Fill(trace.Table.Index, phase, trace.ActiveRows, challenges, columns);
        }
        return traces;
    }

    private static (TransitionInputs Inputs, TransitionPlan Plan) PlanOf(TransitionBatch batch)
    {
        IReadOnlyList<AccountVersion> versions = VersionMaker.Make(batch, out RefusedEvent? refused, true)!;
        Assert.Null(refused);
        var plan = new TransitionPlan(batch, versions, Salts);
        return (TransitionProver.InputsOf(batch, plan, TransitionProver.CircuitOf(batch)), plan);
    }
}
