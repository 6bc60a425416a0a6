using System.CommandLine;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
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
    private const int MostNamed = 10;

    public static void Add(Command root, AddCommand add)
    {
        var events = new Argument<string>("events") { Description = "A file of events, one JSON object a line." };
        ReplayOptions options = ReplayOptions.New();
        var command = new Command("replay",
            "Run a file of events through the margin engine: bookkeeping, authorisations, margin checks, liquidations and what follows. The answer says what was applied, rejected and made, "
            + "and how every account stands; --json has all of it.") { events };
        options.AddTo(command);
        add(root, command, (parsed, terminal, cancel) => Run(options.Replay(parsed, parsed.GetRequiredValue(events), cancel), terminal));
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
            terminal.Say($"{Show.Count(replay.Log.Count - rejected - made)} events applied, {Show.Count(rejected)} rejected by the rulebook, {Show.Count(replay.Refused.Count)} refused at the door, {Show.Count(made)} made by the engine");
            terminal.Say($"{Show.Count(ladder.Margined)} with initial margin, {Show.Count(ladder.Restricted)} below it, {Show.Count(ladder.Liquidatable)} below maintenance, {Show.Count(ladder.Bankrupt)} bankrupt");
            if (state.Accounts.Count > 0) terminal.Say(Fund(state, healths));
            foreach (IGrouping<string, LoggedEvent> kind in replay.Log.Where(logged => logged.Generated).GroupBy(logged => logged.Event.GetType().Name)) terminal.Say($"  {kind.Key}: {Show.Count(kind.Count())}");
            SayPledges(replay, terminal);
            foreach ((int line, EngineRejection reason) in replay.Refused.Take(MostNamed)) terminal.Say($"line {line} refused: {reason.Message}");
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
        return new JsonObject
        {
            ["ok"] = faults.Count == 0,
            ["venue"] = state.Venue,
            ["height"] = state.Height,
            ["events"] = new JsonObject { ["applied"] = replay.Log.Count - rejected - made, ["rejected"] = rejected, ["refused"] = replay.Refused.Count, ["made"] = made },
            ["ladder"] = new JsonObject { ["margined"] = ladder.Margined, ["restricted"] = ladder.Restricted, ["liquidatable"] = ladder.Liquidatable, ["bankrupt"] = ladder.Bankrupt },
            ["insurance_fund"] = state.Accounts.Count == 0 ? null : replay.Account(state.Accounts[state.Insurance], healths[state.Insurance]),
            ["sums"] = new JsonArray([.. faults.Select(fault => JsonValue.Create(fault))]),
            ["accounts"] = new JsonArray([.. state.Accounts.Select(account => replay.Account(account, healths[account.Index]))]),
            ["made"] = new JsonArray([.. replay.Log.Where(logged => logged.Generated).Select(logged => JsonNode.Parse(EventJson.Write(logged.Event)))]),
            ["rejected"] = new JsonArray([.. replay.Log.Where(logged => logged.Rejection is not null).Select(logged => new JsonObject { ["event"] = logged.Event.Id.Value, ["reason"] = VenueReplay.Reason(logged.Rejection!) })]),
            ["refused"] = new JsonArray([.. replay.Refused.Select(refused => new JsonObject { ["line"] = refused.Line, ["reason"] = VenueReplay.Reason(refused.Reason) })]),
        };
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

    public VenueReplay Replay(ParseResult parsed, string events, CancellationToken cancel) =>
        VenueReplay.Run(events, parsed.GetRequiredValue(Rules), parsed.GetValue(Binding), parsed.GetValue(Chain), parsed.GetValue(AsLogged), parsed.GetValue(Borrowing), cancel);
}
