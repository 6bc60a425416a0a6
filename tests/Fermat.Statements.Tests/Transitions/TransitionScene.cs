using System.Collections.Immutable;
using System.Numerics;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Air;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Ledger;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Lowering;
using Fermat.Stark;
using Fermat.Statements.Proving.Transitions;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Tests.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Statements.Tests.Transitions;

/// <summary>A batch with an event of each kind under cross_tiered, and its traces as an honest prover or a liar fills them. Amounts and sizes have 8 decimals, costs 6.</summary>
internal sealed class TransitionScene
{
    public const int Fees = 0, Insurance = 1, Alice = 2, Bob = 3, Carol = 4, Dave = 5, Erin = 6, Frank = 7;

    public const int Usd = 2, BtcPerp = 0, EthPerp = 1, Balances = 0, Positions = 1;

    /// <summary>Unused rows at the end of each table.</summary>
    public const int TailRows = 8;

    private const int Depth = 4;

    /// <summary>cross_tiered, and what a step of a liquidation may take and cost.</summary>
    private static readonly VenueRulebook Rulebook = SolvencyScene.Compile(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_tiered.risk")) + "\nliquidation {\n  share = 25%\n  penalty = 0.2%\n}\n");

    private static readonly Lazy<TransitionCircuit> Built = new(() => TransitionCircuit.Of(Rulebook, 2, 0));

    private static readonly Lazy<TransitionCircuit> BuiltWithAggregates = new(() => TransitionCircuit.Of(Rulebook, 2, 0, hasAggregates: true));

    private readonly TransitionCircuit _circuit;

    private TransitionScene(TransitionBatch batch, bool isLiar)
    {
        Batch = batch;
        IReadOnlyList<AccountVersion>? versions = VersionMaker.Make(batch, out RefusedEvent? refused, isLiar);
        Assert.Null(refused);
        Plan = new TransitionPlan(batch, versions!, Salts);
        _circuit = ReferenceEquals(batch.Rulebook, Rulebook) && batch.CostRounding == 0 ? batch.Aggregates ? BuiltWithAggregates.Value : Circuit : TransitionCircuit.Of(batch.Rulebook, 2, batch.CostRounding, batch.Aggregates);
        Inputs = TransitionProver.InputsOf(batch, Plan, _circuit);
    }

    public static SaltDeriver Salts { get; } = new(new VenueSecret([.. Enumerable.Range(0, VenueSecret.Length).Select(i => (byte)i)]));

    public static TransitionCircuit Circuit => Built.Value;

    /// <summary>The circuit of the batch's rulebook.</summary>
    public TransitionCircuit ItsCircuit => _circuit;

    public TransitionBatch Batch { get; }

    public TransitionPlan Plan { get; }

    public TransitionInputs Inputs { get; }

    /// <summary>The state before: cross_tiered's example with a fees account and an insurance fund.</summary>
    public static TransitionBatch Start(params BatchEvent[] events)
    {
        JsonNode json = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "cross_tiered.json")))!;
        JsonArray accounts = json["accounts"]!.AsArray();
        accounts.Remove(accounts.First(account => account!["id"]!.GetValue<string>() == "house"));
        accounts.Insert(0, JsonNode.Parse("""{ "id": "insurance", "balances": [ { "asset": "USD", "amount": "100000" } ], "positions": [] }"""));
        accounts.Insert(0, JsonNode.Parse("""{ "id": "fees", "balances": [], "positions": [] }"""));
        RuleInputs inputs = RuleInputs.Read(Rulebook.Schema, ("book", Encoding.UTF8.GetBytes(json.ToJsonString())));
        Assert.Empty(inputs.Errors);
        LedgerAccount[] all = [.. inputs.Accounts.OrderBy(account => Array.IndexOf(["fees", "insurance", "alice", "bob", "carol", "dave", "erin"], account.Id)).Select((account, i) => new LedgerAccount(account, Key(i), (ulong)i << 20, 3))];
        return new TransitionBatch(Rulebook, inputs.Market!, "test venue", 100, all, Depth, Fees, Insurance, events);
    }

    public static BatchEvent Deposit(int account, decimal usd) => new(EventKind.Deposit, account, null, Usd, Units(usd));

    public static BatchEvent Withdraw(int account, decimal usd) => new(EventKind.Withdrawal, account, null, Usd, -Units(usd));

    public static BatchEvent Transfer(int from, int to, decimal usd) => new(EventKind.Transfer, from, to, Usd, -Units(usd), Units(usd));

    public static BatchEvent Trade(int buyer, int seller, int instrument, decimal size, decimal price, decimal fee = 0) =>
        new(EventKind.Trade, buyer, seller, Usd, -Units(fee), -Units(fee), instrument, Units(size), Units(size * price) / 100, [.. Enumerable.Range(1, 8).Select(i => KoalaBear.From(i))]);

    public static BatchEvent Liquidate(int account, int taker, int instrument, decimal size, decimal price, decimal penalty) =>
        new(EventKind.Liquidation, account, taker, Usd, -Units(penalty), 0, instrument, -Units(size), -Units(size * price) / 100);

    /// <summary>A part of a failing account's position, with its sign, against one of the other side, at the mark price.</summary>
    public static BatchEvent Deleverage(int account, int counterparty, int instrument, decimal size) =>
        new(EventKind.Deleveraging, account, counterparty, Usd, 0, 0, instrument, -Units(size), -Units(size * Mark(instrument)) / 100);

    public static BatchEvent Cover(int failing, decimal usd) => new(EventKind.InsurancePayment, Insurance, failing, Usd, -Units(usd), Units(usd));

    public static BatchEvent Share(int payer, int failing, decimal usd, bool goesOn = false) => new(EventKind.LossShare, payer, failing, Usd, -Units(usd), Units(usd)) { GoesOn = goesOn };

    /// <summary>A spot trade: what is delivered, and what is paid for it.</summary>
    public static BatchEvent[] Spot(int seller, int buyer, int asset, decimal amount, decimal usd, decimal fee = 0) =>
    [
        new(EventKind.Delivery, seller, buyer, asset, -Units(amount), Units(amount)),
        new(EventKind.DeliveryPayment, buyer, seller, Usd, -Units(usd + fee), Units(usd - fee)) { GoesOn = true },
    ];

    /// <summary>Collateral of a failing account, sold to the insurance fund.</summary>
    public static BatchEvent[] Sell(int failing, int asset, decimal amount, decimal usd) =>
    [
        new(EventKind.CollateralSale, failing, Insurance, asset, -Units(amount), Units(amount)),
        new(EventKind.CollateralPayment, Insurance, failing, Usd, -Units(usd), Units(usd)) { GoesOn = true },
    ];

    /// <summary>A position, with its sign, ends at the mark price.</summary>
    public static BatchEvent Settle(int holder, int with, int instrument, decimal size, bool goesOn = false) =>
        new(EventKind.Settlement, holder, with, Usd, 0, 0, instrument, -Units(size), -Units(size * Mark(instrument)) / 100) { GoesOn = goesOn };

    public static BatchEvent Rejected() => new(EventKind.Rejected, 0, null, 0, 0, Terms: [.. Enumerable.Range(1, 8).Select(i => KoalaBear.From(7 * i))]);

    /// <summary>A trade that is rejected for the sake of one account, which would have got the size.</summary>
    public static BatchEvent RejectTrade(int account, int instrument, decimal size, decimal price, decimal fee = 0) =>
        new(EventKind.RejectedTrade, account, null, Usd, -Units(fee), 0, instrument, Units(size), Units(size * price) / 100, [.. Enumerable.Range(1, 8).Select(i => KoalaBear.From(3 * i))]);

    public static BatchEvent RejectPayment(int account, decimal usd) => new(EventKind.RejectedPayment, account, null, Usd, -Units(usd));

    /// <summary>A step of a liquidation that is rejected since nothing of the account was due.</summary>
    public static BatchEvent RejectStep(int account) => new(EventKind.RejectedStep, account, null, 0, 0, Terms: [.. Enumerable.Range(1, 8).Select(i => KoalaBear.From(5 * i))]);

    /// <summary>A payment that is rejected since the account would owe the asset.</summary>
    public static BatchEvent RejectBorrowing(int account, int asset, decimal amount) => new(EventKind.RejectedBorrowing, account, null, asset, -Units(amount));

    /// <summary>A spot trade that is rejected for the sake of one account, which would have got the amount and the dollars, or paid them where they are negative.</summary>
    public static BatchEvent[] RejectSpot(int account, int asset, decimal amount, decimal usd) =>
    [
        new(EventKind.RejectedHalf, account, account, asset, Units(amount), -Units(amount)), new(EventKind.RejectedSpot, account, null, Usd, Units(usd)) { GoesOn = true }, new(EventKind.RejectedReturn, 0, null, 0, 0) { GoesOn = true },
    ];

    public static decimal Mark(int instrument) => instrument == BtcPerp ? 64000.1m : 3100.07m;

    public static BatchEvent Open(int slot, string id) =>
        new(EventKind.Opening, slot, null, 0, 0) { Opened = new LedgerAccount(new AccountData(id, [], [[], []]), Key(slot), 0, 0) };

    public static BigInteger Units(decimal amount) => (BigInteger)(amount * 100_000_000m);

    public static OwnerKey Key(int i) => OwnerKey.FromBytes([.. Enumerable.Repeat((byte)(i + 1), OwnerKey.Length)]);

    /// <summary>A day: every kind of event, positions that open, change, and close.</summary>
    public static BatchEvent[] Day { get; } =
    [
        Deposit(Alice, 1000), Trade(Alice, Carol, BtcPerp, 1, 64000, fee: 10), Trade(Carol, Alice, EthPerp, 20, 3100, fee: 2.5m), Withdraw(Alice, 500), Transfer(Alice, Bob, 2500),
        Liquidate(Erin, Alice, BtcPerp, 5, 64000.1m, penalty: 50), Open(Frank, "frank"), Deposit(Frank, 12.5m), Transfer(Frank, Bob, 12.5m), Trade(Dave, Alice, BtcPerp, -1, 64000.1m),
    ];

    public static TransitionScene Of(params BatchEvent[] events) => new(Start(events), isLiar: false);

    public static TransitionScene Of(TransitionBatch batch) => new(batch, isLiar: false);

    /// <summary>A batch that the rules do not allow, done all the same.</summary>
    public static TransitionScene Forbidden(params BatchEvent[] events) => new(Start(events), isLiar: true);

    /// <summary>The same from another state.</summary>
    public static TransitionScene Forbidden(TransitionBatch batch) => new(batch, isLiar: true);

    /// <summary>What the checker finds in a prover's traces.</summary>
    /// <param name="versions">Versions that a liar fills the tables with.</param>
    /// <param name="plan">The plan that everything else is filled from.</param>
    /// <param name="inputs">The statement, where it is not the plan's.</param>
    /// <param name="lie">A value that is replaced.</param>
    /// <param name="change">Changes finished traces of phase 0.</param>
    public CheckReport Check(IReadOnlyList<AccountVersion>? versions = null, TransitionPlan? plan = null, TransitionInputs? inputs = null, Lie? lie = null, Action<IReadOnlyList<TableTrace>>? change = null)
    {
        IReadOnlyList<TableTrace> traces = Traces(versions, plan, inputs, lie, change);
        CheckReport report = ConstraintChecker.Check(_circuit.Circuit, traces, SolvencyScene.Challenges);
        foreach (TableTrace trace in traces) trace.Dispose();
        return report;
    }

    /// <summary>A prover's traces; who calls this disposes of them.</summary>
    public IReadOnlyList<TableTrace> Traces(IReadOnlyList<AccountVersion>? versions = null, TransitionPlan? plan = null, TransitionInputs? inputs = null, Lie? lie = null, Action<IReadOnlyList<TableTrace>>? change = null, Quintic[]? challenges = null)
    {
        challenges ??= SolvencyScene.Challenges;
        inputs ??= Inputs;
        var builder = new TransitionTraceBuilder(_circuit, inputs, plan ?? Plan, versions, lie);
        var publics = new TransitionPublicTables(inputs, _circuit);
        int[] logs = [.. builder.ActiveRows.Select((rows, table) => Math.Max(_circuit.Circuit.Tables[table].MinLogHeight, Profiles.LogHeight(rows, TailRows)))];
        IReadOnlyList<TableTrace> traces = builder.Build(logs, TailRows);
        change?.Invoke(traces);
        foreach (TableTrace trace in traces)
        {
            if (trace.Table.PhaseWidth(1) > 0 && _circuit.Circuit.LogUpPhase != 1) builder.FillPhase(1, trace.Table.Index, challenges, traces);
            if (trace.Public is not { } columns) continue;
            for (int phase = 0; phase < 2; phase++) publics.Fill(trace.Table.Index, phase, trace.ActiveRows, challenges, columns);
        }
        return traces;
    }
}
