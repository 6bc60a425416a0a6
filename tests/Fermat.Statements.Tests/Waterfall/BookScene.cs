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
using Fermat.Statements.Transitions;
using Fermat.Statements.Waterfall;
using static Fermat.Statements.Tests.Transitions.TransitionScene;

namespace Fermat.Statements.Tests.Waterfall;

/// <summary>What the books of statements W and D have in common: accounts under cross_perps, and traces of a prover, honest or not.</summary>
internal static class BookScene
{
    private const int TailRows = 8, Depth = 4;

    /// <summary>The rulebook.</summary>
    public static VenueRulebook Rulebook { get; } = SolvencyScene.Rulebook("cross_perps");

    /// <summary>A batch that begins in a book.</summary>
    /// <param name="accounts">Its accounts as JSON, in the order of their leaves.</param>
    /// <param name="change">Changes them.</param>
    /// <param name="events">The batch.</param>
    public static TransitionBatch Of(IReadOnlyList<string> accounts, Func<string, string> change, BatchEvent[] events)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_perps.json")))!;
        json["accounts"] = new JsonArray([.. accounts.Select(account => JsonNode.Parse(change(account)))]);
        RuleInputs inputs = RuleInputs.Read(Rulebook.Schema, ("book", Encoding.UTF8.GetBytes(json.ToJsonString())));
        Assert.Empty(inputs.Errors);
        string[] order = [.. accounts.Select(account => JsonNode.Parse(account)!["id"]!.GetValue<string>())];
        LedgerAccount[] all = [.. inputs.Accounts.OrderBy(account => Array.IndexOf(order, account.Id)).Select((account, i) => new LedgerAccount(account, Key(i), (ulong)i << 20, 3))];
        return new TransitionBatch(Rulebook, inputs.Market!, "test venue", 100, all, Depth, Fees, Insurance, events);
    }

    /// <summary>Public inputs and plan of a batch, be it allowed or not.</summary>
    public static (TransitionInputs Inputs, TransitionPlan Plan) PlanOf(TransitionBatch batch)
    {
        IReadOnlyList<AccountVersion> versions = VersionMaker.Make(batch, out RefusedEvent? refused, true)!;
        Assert.Null(refused);
        var plan = new TransitionPlan(batch, versions, Salts);
        return (TransitionProver.InputsOf(batch, plan, TransitionProver.CircuitOf(batch)), plan);
    }

    /// <summary>A prover's traces; who calls this disposes of them.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="inputs">The public inputs of the batch that the statement is about.</param>
    /// <param name="builder">Fills everything else.</param>
    /// <param name="change">Changes finished traces of phase 0.</param>
    /// <param name="challenges">What is drawn.</param>
    public static IReadOnlyList<TableTrace> Traces(BookCircuit circuit, TransitionInputs inputs, BookTraceBuilder builder, Action<IReadOnlyList<TableTrace>>? change, Quintic[]? challenges)
    {
        challenges ??= SolvencyScene.Challenges;
        var publics = new BookPublicTables(inputs, circuit);
        int[] logs = [.. builder.ActiveRows.Select((rows, table) => Math.Max(circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(Math.Max(rows, publics.RequiredRows(table)), TailRows)))];
        IReadOnlyList<TableTrace> traces = builder.Build(logs, TailRows);
        change?.Invoke(traces);
        foreach (TableTrace trace in traces)
        {
            if (trace.Table.PhaseWidth(1) > 0 && circuit.Circuit.LogUpPhase != 1) builder.FillPhase(1, trace.Table.Index, challenges, traces);
            if (trace.Public is not { } columns) continue;
            for (int phase = 0; phase < 2; phase++) publics.Fill(trace.Table.Index, phase, trace.ActiveRows, challenges, columns);
        }
        return traces;
    }

    /// <summary>What the checker finds in a prover's traces of statement W.</summary>
    /// <param name="circuit">The circuit.</param>
    /// <param name="batch">The batch that it is about.</param>
    /// <param name="change">Changes whose turn the prover says it is.</param>
    /// <param name="traces">Changes finished traces of phase 0.</param>
    public static CheckReport Check(WaterfallCircuit circuit, TransitionBatch batch, Func<OrderWitness, OrderWitness>? change = null, Action<IReadOnlyList<TableTrace>>? traces = null)
    {
        (TransitionInputs inputs, TransitionPlan plan) = PlanOf(batch);
        OrderWitness turn = WaterfallProver.Named(batch, circuit);
        bool isHonest = change is null && WaterfallProver.TurnOf(batch, circuit, out _) is not null;
        var builder = new WaterfallTraceBuilder(circuit, batch, plan, change is null ? turn : change(turn), null, isHonest ? null : new Lie(circuit.Order.Lowering.Domains[0], -1, -1, value => value));
        return Check(circuit, Traces(circuit, inputs, builder, traces, null));
    }

    /// <summary>What the checker finds in traces, which are disposed of.</summary>
    public static CheckReport Check(BookCircuit circuit, IReadOnlyList<TableTrace> traces)
    {
        CheckReport report = ConstraintChecker.Check(circuit.Circuit, traces, SolvencyScene.Challenges);
        foreach (TableTrace trace in traces) trace.Dispose();
        return report;
    }
}
