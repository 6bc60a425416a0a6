using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Engine;
using Fermat.Ledger.Events;
using Fermat.Ledger.Formats;
using Fermat.Ledger.State;
using Fermat.Margin;
using Fermat.Rules.Inputs;

namespace Fermat.Cli.Venue;

/// <summary>A file of events run through the margin engine.</summary>
internal sealed class VenueReplay
{
    private const long MaxEventsBytes = 1L << 30;

    private VenueReplay(MarginEngine engine, List<LoggedEvent> log, List<(int Line, EngineRejection Reason)> refused, int lines) => (Engine, Log, Refused, Lines) = (engine, log, refused, lines);

    public MarginEngine Engine { get; }

    /// <summary>What is in the log: applied and rejected, from the file and made by the engine.</summary>
    public IReadOnlyList<LoggedEvent> Log { get; }

    /// <summary>What did not enter the log, by line of the file.</summary>
    public IReadOnlyList<(int Line, EngineRejection Reason)> Refused { get; }

    /// <summary>Lines of the file that were read.</summary>
    public int Lines { get; }

    /// <summary>Whether it ends at a height that was asked for, and not with the file.</summary>
    public bool IsCut { get; private init; }

    /// <summary>Runs a file of events.</summary>
    /// <param name="until">The height to stop after, also where the engine would go on with steps of its own; null for all of the file.</param>
    /// <param name="seen">Is told of each event that enters the log, with the engine after it; or null.</param>
    public static VenueReplay Run(string events, string rules, string? binding, ulong chain, bool asLogged, bool borrowing, CancellationToken cancel, Action<MarginEngine, LoggedEvent>? seen = null, int? until = null)
    {
        MarginEngine? opened = null;
        var log = new List<LoggedEvent>();
        var refused = new List<(int, EngineRejection)>();
        var options = new EngineOptions { Chain = chain, Automatic = !asLogged, AllowBorrowing = borrowing, Binding = Binding(binding) };
        MarginEngine engine = Open(rules, options, Take);
        opened = engine;
        ReadOnlyMemory<byte> file = Files.Read(events, MaxEventsBytes);
        int line = 0;
        var names = new Dictionary<EventId, int>();
        while (!file.IsEmpty && !(log.Count >= until))
        {
            cancel.ThrowIfCancellationRequested();
            int end = file.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> text = end < 0 ? file : file[..end];
            file = end < 0 ? default : file[(end + 1)..];
            line++;
            if (text.IsEmpty) continue;
            LedgerEvent instruction = Event(text, events, line);
            if (names.TryGetValue(instruction.Id, out int first))
            {
                refused.Add((line, new EngineRejection(EngineRejectionCode.Bookkeeping, $"the event {instruction.Id} is in the log already, of line {first}", "give each event a name of its own; one that is sent again is taken once")));
                continue;
            }
            SubmitResult result = engine.Submit(instruction);
            if (result.Outcome == EventOutcome.Refused) refused.Add((line, result.Rejection!));
            else names.Add(instruction.Id, line);
        }
        if (until is not { } last) return new VenueReplay(engine, log, refused, line);
        if (log.Count < last) throw CliFailure.BadInput("bad-option", $"--until {last}: the events come to the heights 1 to {log.Count}", events);
        if (log.Count > last) // the engine went on by itself
        {
            log.RemoveRange(last, log.Count - last);
            engine = Open(rules, options, null);
            foreach (LoggedEvent logged in log) engine.Restore(logged);
        }
        return new VenueReplay(engine, log, refused, line) { IsCut = true };

        void Take(LoggedEvent logged)
        {
            log.Add(logged);
            seen?.Invoke(opened!, logged);
        }
    }

    public static LedgerEvent Event(ReadOnlyMemory<byte> text, string file, int line) => EventJson.TryRead(text, out LedgerEvent? value, out EventError? error)
        ? value
        : throw new CliFailure(ExitCodes.BadInput, [new Problem(error.CodeText, error.Field is null ? error.Sentence : $"{error.Field}: {error.Sentence}", file, line, Hint: "docs/schemas describes each event")]);

    public static JsonObject Health(AccountHealth health) => new()
    {
        ["class"] = EvalCommand.Word(health.Class),
        ["equity"] = ScaledNumber.Format(health.Equity, health.Scale),
        ["net_equity"] = ScaledNumber.Format(health.NetEquity, health.Scale),
        ["initial"] = ScaledNumber.Format(health.Initial, health.Scale),
        ["maintenance"] = ScaledNumber.Format(health.Maintenance, health.Scale),
        ["free_collateral"] = ScaledNumber.Format(health.FreeCollateral, health.Scale),
    };

    /// <summary>Why a step of a liquidation was due: the failing account before it, and what it owed.</summary>
    public static JsonObject Because(StepReason reason)
    {
        JsonObject answer = Health(reason.Health);
        answer.Insert(0, "account", reason.Account.Value);
        if (reason.Asset is { } asset) answer["owed"] = new JsonObject { ["asset"] = asset, ["amount"] = reason.Owed.ToString() };
        return answer;
    }

    public static JsonObject Pledged(AccountPledge pledge) => new() { ["to"] = pledge.To.Value, ["amount"] = pledge.Amount.ToString() };

    public static JsonObject Reason(EngineRejection rejection) => new()
    {
        ["code"] = rejection.Ledger?.CodeText ?? rejection.Code.ToString(),
        ["message"] = rejection.Message,
        ["hint"] = rejection.Hint,
        ["account"] = rejection.Account?.Value,
    };

    /// <summary>One account: how it stands and what it has.</summary>
    public JsonObject Account(AccountState account, AccountHealth? health)
    {
        JsonObject answer = health is { } known ? Health(known) : new JsonObject { ["class"] = null };
        answer.Insert(0, "id", account.Id.Value);
        answer["levels"] = new JsonObject([.. Engine.Levels(account.Id).Select(level => KeyValuePair.Create<string, JsonNode?>(level.Key, level.Value))]);
        var balances = new JsonObject();
        foreach (AccountBalance balance in account.Balances) balances[Engine.State.Assets[balance.Asset].Symbol] = ExactDecimal.Format(balance.Amount, Engine.State.Assets[balance.Asset].Scale);
        var positions = new JsonObject();
        foreach (Position position in account.Positions)
        {
            InstrumentState instrument = Engine.State.Instruments[position.Instrument];
            int scale = Engine.State.Assets[instrument.Settle].Scale;
            positions[instrument.Terms.Symbol] = new JsonObject
            {
                ["size"] = ExactDecimal.Format(position.Size, instrument.Terms.SizeScale),
                ["cost"] = ExactDecimal.Format(position.Cost, scale),
                ["margin"] = ExactDecimal.Format(position.Margin, scale),
            };
        }
        if (Engine.PledgeOf(account) is { } pledge) answer["pledged"] = Pledged(pledge);
        answer["balances"] = balances;
        answer["positions"] = positions;
        return answer;
    }

    public static EngineBinding Binding(string? path)
    {
        if (path is null) return new EngineBinding();
        return EngineBinding.Read(Files.Read(path, 1 << 20), out string? problem) ?? throw CliFailure.BadInput("engine.binding", problem!, path, "docs/ENGINE.md lists the names");
    }

    private static MarginEngine Open(string rules, EngineOptions options, Action<LoggedEvent>? log)
    {
        try
        {
            return new MarginEngine(RulebookLoading.Rulebook(rules).Core, options, log);
        }
        catch (ArgumentException unbound)
        {
            throw CliFailure.BadInput("engine.binding", unbound.Message, rules, "--binding FILE says which of the rulebook's names stand for balances, positions and prices");
        }
    }
}
