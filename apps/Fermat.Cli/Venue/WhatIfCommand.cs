using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;

namespace Fermat.Cli.Venue;

/// <summary><c>fermat whatif</c>: margin after a hypothetical event.</summary>
internal static class WhatIfCommand
{
    private const int MostNamed = 20;

    public static void Add(Command root, AddCommand add)
    {
        var events = new Argument<string>("events") { Description = "A file of events, one JSON object a line." };
        var hypothetical = new Option<string>("--event", "-e") { Description = "The event to try after them, as one JSON object; or @FILE.", Required = true };
        ReplayOptions options = ReplayOptions.New();
        var command = new Command("whatif", "Say how the accounts that an event touches would stand after it, whether it would be applied, and what the engine would make of it: after a price set, say, the liquidations that follow. Nothing is changed.") { events, hypothetical };
        options.AddTo(command);
        add(root, command, (parsed, terminal, cancel) =>
        {
            string text = parsed.GetRequiredValue(hypothetical);
            ReadOnlyMemory<byte> json = text.StartsWith('@') ? Files.Read(text[1..], 1 << 20) : Encoding.UTF8.GetBytes(text);
            LedgerEvent tried = VenueReplay.Event(json, "--event", 1);
            VenueReplay before = options.Replay(parsed, parsed.GetRequiredValue(events), cancel);
            if (!MarginEngine.IsReserved(tried.Id) && before.Log.Any(logged => logged.Event.Id == tried.Id))
                return Run(new WhatIf(new EngineRejection(EngineRejectionCode.Bookkeeping, $"the event {tried.Id} is in the log already", "give it a name of its own; an event that is sent again is taken once"), []), [], terminal);
            WhatIf answer = before.Engine.Try(tried);
            int height = before.Log.Count;
            if (answer.Rejection is null) before.Engine.Submit(tried);                               // the engine is thrown away: it says what would follow
            return Run(answer, [.. before.Log.Skip(height).Where(logged => logged.Generated).Select(logged => logged.Event)], terminal);
        });
    }

    private static int Run(WhatIf answer, IReadOnlyList<LedgerEvent> made, Terminal terminal)
    {
        if (terminal.Json)
        {
            terminal.Answer(new JsonObject
            {
                ["ok"] = answer.Rejection is null,
                ["reason"] = answer.Rejection is { } reason ? VenueReplay.Reason(reason) : null,
                ["accounts"] = new JsonArray([.. answer.Accounts.Select(account => new JsonObject
                {
                    ["id"] = account.Account.Value,
                    ["before"] = Json(account.Before, account.PledgeBefore),
                    ["after"] = Json(account.After, account.PledgeAfter),
                })]),
                ["made"] = new JsonArray([.. made.Select(step => JsonNode.Parse(EventJson.Write(step)))]),
            });
        }
        else
        {
            terminal.Say(answer.Rejection is { } reason ? $"It would not be applied: {reason.Message} ({reason.Hint})" : "It would be applied.");
            foreach (WhatIfAccount account in answer.Accounts)
            {
                terminal.Say($"{account.Account}");
                terminal.Say($"  before  {Text(account.Before, account.PledgeBefore)}");
                terminal.Say($"  after   {Text(account.After, account.PledgeAfter)}");
            }
            if (made.Count > 0) terminal.Say($"The engine would then make {Show.Count(made.Count)} {(made.Count == 1 ? "event" : "events")}:");
            foreach (LedgerEvent step in made.Take(MostNamed)) terminal.Say($"  {EventJson.Write(step)}");
            if (made.Count > MostNamed) terminal.Say($"  and {Show.Count(made.Count - MostNamed)} more (--json has all)");
        }
        return answer.Rejection is null ? ExitCodes.Ok : ExitCodes.Rejected;
    }

    private static JsonObject? Json(AccountHealth? health, AccountPledge? pledge)
    {
        if (health is not { } known) return null;
        JsonObject json = VenueReplay.Health(known);
        if (pledge is { } pledged) json["pledged"] = VenueReplay.Pledged(pledged);
        return json;
    }

    private static string Text(AccountHealth? health, AccountPledge? pledge) => (health?.ToString() ?? "-") + (pledge is { } pledged ? $", {pledged.Amount} pledged to {pledged.To}" : "");
}
