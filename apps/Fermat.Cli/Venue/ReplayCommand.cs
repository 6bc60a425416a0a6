using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Inputs;

namespace Fermat.Cli.Venue;

/// <summary><c>fermat replay</c>: events through the margin engine.</summary>
internal static class ReplayCommand
{
    private const int MostNamed = 10, MostSteps = 20, MostShares = 4;

    public static void Add(Command root, AddCommand add)
    {
        var events = new Argument<string>("events") { Description = "A file of events, one JSON object a line." };
        var until = new Option<int?>("--until") { Description = "Stop after this height, and say how everything stood then. Each event that is applied or rejected is one height, the engine's own too." };
        ReplayOptions options = ReplayOptions.New();
        var command = new Command("replay",
            "Run a file of events through the margin engine: bookkeeping, authorisations, margin checks, liquidations and what follows. The answer says what was applied, rejected and made, who was liquidated and why, "
            + "and how every account stands; --json has all of it.") { events, until };
        options.AddTo(command);
        add(root, command, (parsed, terminal, cancel) =>
        {
            int? last = parsed.GetValue(until);
            if (last < 1) throw CliFailure.BadInput("bad-option", $"--until {last}: the first event has height 1");
            return Run(options.Replay(parsed, parsed.GetRequiredValue(events), cancel, last), terminal);
        });
    }

    private static int Run(VenueReplay replay, Terminal terminal)
    {
        LedgerState state = replay.Engine.State;
        IReadOnlyList<string> faults = state.CheckSums();
        IReadOnlyList<AccountHealth?> healths = replay.Engine.HealthOfAll();
        HealthLadder ladder = replay.Engine.Ladder();
        int rejected = replay.Log.Count(logged => logged.Rejection is not null), made = replay.Log.Count(logged => logged.Generated);
        if (terminal.Json) terminal.Answer(ToJson(replay, faults, healths, ladder, rejected, made));
        else
        {
            terminal.Heading($"{state.Venue}: height {Show.Count((long)state.Height)}, {Show.Count(state.Accounts.Count)} accounts");
            if (replay.IsCut) terminal.Say($"As it was after height {Show.Count((long)state.Height)}, {replay.Log[^1].Event.Id}{(replay.Log[^1].Generated ? ", which the engine made" : "")}, line {Show.Count(replay.Lines)}; what comes later is not looked at");
            terminal.Say($"{Show.Count(replay.Log.Count - rejected - made)} events applied, {Show.Count(rejected)} rejected by the rulebook, {Show.Count(replay.Refused.Count)} refused at the door, {Show.Count(made)} made by the engine");
            terminal.Say($"{Show.Count(ladder.Margined)} with initial margin, {Show.Count(ladder.Restricted)} below it, {Show.Count(ladder.Liquidatable)} below maintenance, {Show.Count(ladder.Bankrupt)} bankrupt");
            if (state.Accounts.Count > 0) terminal.Say(Fund(state, healths));
            foreach (IGrouping<string, LoggedEvent> kind in replay.Log.Where(logged => logged.Generated).GroupBy(logged => logged.Event.GetType().Name)) terminal.Say($"  {kind.Key}: {Show.Count(kind.Count())}");
            SaySteps(replay, terminal);
            SayRejections(replay, rejected, terminal);
            SayPledges(replay, terminal);
            foreach ((int line, EngineRejection reason) in replay.Refused.Take(MostNamed)) terminal.Say($"line {line} refused: {reason.Message}");
            if (replay.Engine.AwaitedSettlements is { Count: > 0 } awaited) terminal.Say($"Nobody is called before {string.Join(", ", awaited)} {(awaited.Count == 1 ? "is" : "are")} settled too.");
            foreach (string fault in faults) terminal.Say($"DOES NOT ADD UP: {fault}");
            if (faults.Count == 0) terminal.Say("Every asset and every instrument adds up.");
        }
        return faults.Count == 0 ? ExitCodes.Ok : ExitCodes.Rejected;
    }

    /// <summary>How the insurance fund stands, which the ladder leaves out.</summary>
    private static string Fund(LedgerState state, IReadOnlyList<AccountHealth?> healths)
    {
        AccountState fund = state.Accounts[state.Insurance];
        if (healths[fund.Index] is not { } health) return $"and beside them the insurance fund {fund.Id}, which cannot be valued";
        string stands = health.Class switch
        {
            AccountClass.Bankrupt => "BANKRUPT: it owes more than it has",
            AccountClass.Liquidatable => "BELOW MAINTENANCE",
            _ => "above maintenance",
        };
        return $"and beside them the insurance fund {fund.Id}: equity {ScaledNumber.Format(health.Equity, health.Scale)} against a maintenance margin of {ScaledNumber.Format(health.Maintenance, health.Scale)}, {stands}";
    }

    /// <summary>Each step of a liquidation, and how the failing account stood before it.</summary>
    private static void SaySteps(VenueReplay replay, Terminal terminal)
    {
        int steps = 0;
        for (int i = 0; i < replay.Log.Count; i++)
            if (replay.Log[i] is { Because: { } because } logged && steps++ < MostSteps) terminal.Say($"height {Show.Count(i + 1)}: {Step(logged.Event)}; before it {Stood(because)}");
        if (steps > MostSteps) terminal.Say($"and {Show.Count(steps - MostSteps)} steps more; --json has all of them");
    }

    private static string Step(LedgerEvent step) => step switch
    {
        Liquidation e => $"{e.Size} {e.Instrument} of {e.Account} to {e.Taker} at {e.Price}, penalty {e.Penalty}",
        AutoDeleveraged e => $"{e.Size} {e.Instrument} of {e.Account} against {e.Counterparty} at {e.Price}",
        CollateralSold e => $"{e.Amount} {e.Asset} of {e.Account} sold to {e.Taker} for {e.Proceeds} {e.For}",
        InsurancePaid e => $"the insurance fund pays {e.Amount} {e.Asset} for {e.Account}",
        LossSocialized e => $"a loss of {e.Account} is shared in {e.Asset}: {string.Join(", ", e.Shares.Take(MostShares).Select(share => $"{share.Account} {share.Amount}"))}{(e.Shares.Count > MostShares ? $" and {Show.Count(e.Shares.Count - MostShares)} more" : "")}",
        _ => step.Id.Value,
    };

    private static string Stood(StepReason because)
    {
        AccountHealth health = because.Health;
        string net = health.NetEquity == health.Equity ? "" : $" (net {ScaledNumber.Format(health.NetEquity, health.Scale)})", owed = because.Asset is { } asset ? $", {because.Owed} {asset} owed" : "";
        return $"equity {ScaledNumber.Format(health.Equity, health.Scale)}{net} against a maintenance margin of {ScaledNumber.Format(health.Maintenance, health.Scale)}, {EvalCommand.Word(health.Class)}{owed}";
    }

    private static void SayRejections(VenueReplay replay, int rejected, Terminal terminal)
    {
        int said = 0;
        for (int i = 0; i < replay.Log.Count && said < MostSteps; i++)
        {
            if (replay.Log[i] is not { Rejection: { } reason } logged) continue;
            terminal.Say($"height {Show.Count(i + 1)}: {logged.Event.Id} rejected: {reason.Message}");
            said++;
        }
        if (rejected > said) terminal.Say($"and {Show.Count(rejected - said)} rejected more; --json has all of them");
    }

    private static void SayPledges(VenueReplay replay, Terminal terminal)
    {
        AccountState[] pledged = [.. replay.Engine.State.Accounts.Where(account => account.Pledged > 0)];
        foreach (AccountState account in pledged.Take(MostNamed))
            if (replay.Engine.PledgeOf(account) is { } pledge) terminal.Say($"{account.Id} has {pledge.Amount} pledged to {pledge.To}");
        if (pledged.Length > MostNamed) terminal.Say($"and {Show.Count(pledged.Length - MostNamed)} accounts more have something pledged");
    }

    private static JsonObject ToJson(VenueReplay replay, IReadOnlyList<string> faults, IReadOnlyList<AccountHealth?> healths, HealthLadder ladder, int rejected, int made)
    {
        LedgerState state = replay.Engine.State;
        (int Height, LoggedEvent Logged)[] log = [.. replay.Log.Select((logged, i) => (i + 1, logged))];
        var answer = new JsonObject
        {
            ["ok"] = faults.Count == 0,
            ["venue"] = state.Venue,
            ["height"] = state.Height,
            ["events"] = new JsonObject { ["applied"] = replay.Log.Count - rejected - made, ["rejected"] = rejected, ["refused"] = replay.Refused.Count, ["made"] = made },
            ["ladder"] = new JsonObject { ["margined"] = ladder.Margined, ["restricted"] = ladder.Restricted, ["liquidatable"] = ladder.Liquidatable, ["bankrupt"] = ladder.Bankrupt },
            ["insurance_fund"] = state.Accounts.Count == 0 ? null : replay.Account(state.Accounts[state.Insurance], healths[state.Insurance]),
            ["awaitedSettlements"] = new JsonArray([.. replay.Engine.AwaitedSettlements.Select(symbol => (JsonNode)symbol)]),
            ["sums"] = new JsonArray([.. faults.Select(fault => JsonValue.Create(fault))]),
            ["accounts"] = new JsonArray([.. state.Accounts.Select(account => replay.Account(account, healths[account.Index]))]),
            ["made"] = new JsonArray([.. log.Where(entry => entry.Logged.Generated).Select(entry => Made(entry.Height, entry.Logged))]),
            ["rejected"] = new JsonArray([.. log.Where(entry => entry.Logged.Rejection is not null).Select(entry => new JsonObject { ["event"] = entry.Logged.Event.Id.Value, ["height"] = entry.Height, ["reason"] = VenueReplay.Reason(entry.Logged.Rejection!) })]),
            ["refused"] = new JsonArray([.. replay.Refused.Select(refused => new JsonObject { ["line"] = refused.Line, ["reason"] = VenueReplay.Reason(refused.Reason) })]),
        };
        if (replay.IsCut) answer.Insert(3, "until", new JsonObject { ["event"] = replay.Log[^1].Event.Id.Value, ["generated"] = replay.Log[^1].Generated, ["line"] = replay.Lines });
        return answer;
    }

    /// <summary>An event that the engine made, at which height, and why, where it is a step of a liquidation.</summary>
    private static JsonObject Made(int height, LoggedEvent logged)
    {
        JsonObject made = JsonNode.Parse(EventJson.Write(logged.Event))!.AsObject();
        made["height"] = height;
        if (logged.Because is { } because) made["because"] = VenueReplay.Because(because);
        return made;
    }
}

/// <summary>How events are run.</summary>
internal sealed record ReplayOptions(Option<string> Rules, Option<string?> Binding, Option<ulong> Chain, Option<bool> AsLogged, Option<bool> Borrowing)
{
    public static ReplayOptions New() => new(
        new("--rules", "-r") { Description = "The rulebook, for example rules/cross_perps.risk.", Required = true },
        new("--binding") { Description = "Which of the rulebook's names stand for balances, positions and prices: a JSON file (docs/ENGINE.md)." },
        new("--chain") { Description = "The venue's chain id, for signatures.", DefaultValueFactory = _ => 1 },
        new("--as-logged") { Description = "Make nothing: liquidations and what follows are in the file, and each is judged." },
        new("--borrowing") { Description = "Instructions may leave a balance below zero, backed by other collateral." });

    public void AddTo(Command command)
    {
        command.Add(Rules);
        command.Add(Binding);
        command.Add(Chain);
        command.Add(AsLogged);
        command.Add(Borrowing);
    }

    public VenueReplay Replay(ParseResult parsed, string events, CancellationToken cancel, int? until = null) =>
        VenueReplay.Run(events, parsed.GetRequiredValue(Rules), parsed.GetValue(Binding), parsed.GetValue(Chain), parsed.GetValue(AsLogged), parsed.GetValue(Borrowing), cancel, until: until);
}
