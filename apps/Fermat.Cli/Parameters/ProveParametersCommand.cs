using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Cli.Venue;
using Fermat.Ledger.Events;
using Fermat.Rules.Inputs;
using Fermat.Rules.Updates;
using Fermat.Statements;
using Fermat.Statements.Parameters;
using Fermat.Statements.Rulebooks;

namespace Fermat.Cli.Parameters;

/// <summary><c>fermat prove parameters</c>: statement P, of two sets or of every update in a venue's events.</summary>
internal static class ProveParametersCommand
{
    public const string StatementFile = "parameters.statement.json";

    private const string Prefix = "parameters-", End = ".statement.json";

    private const long MaxInputBytes = 64 << 20;

    /// <summary>The name of the statement of an update at a height.</summary>
    public static string NameAt(ulong height) => string.Create(CultureInfo.InvariantCulture, $"parameters-{height:D10}.statement.json");

    /// <summary>What such names look like to a folder.</summary>
    public const string Pattern = Prefix + "*" + End;

    /// <summary>The height in the name of such a file; null of any other.</summary>
    public static ulong? HeightOf(string path)
    {
        string name = Path.GetFileName(path);
        return name.StartsWith(Prefix, StringComparison.Ordinal) && name.EndsWith(End, StringComparison.Ordinal) && name.Length > Prefix.Length + End.Length
            && ulong.TryParse(name[Prefix.Length..^End.Length], NumberStyles.None, CultureInfo.InvariantCulture, out ulong height) ? height : null;
    }

    public static void Add(Command prove, AddCommand add)
    {
        var sets = new Argument<string[]>("sets") { Description = "Two JSON files with parameters and market data: before the update and after it.", Arity = new ArgumentArity(0, 2) };
        var rules = new Option<string>("--rules", "-r") { Description = "The rulebook (.risk); its block meta judges.", Required = true };
        var aggregates = new Option<string?>("--aggregates") { Description = "A JSON file with the aggregates that the rules speak of: {\"elapsed\": \"86400\", …}." };
        var venue = new Option<string?>("--venue") { Description = "Whose parameters they are." };
        var events = new Option<string?>("--events") { Description = "In place of two sets: a venue's events, one JSON object a line. Each update that was applied gets a statement, with what the engine measured." };
        var binding = new Option<string?>("--binding") { Description = "With --events: which of the rulebook's names stand for what the ledger knows (docs/ENGINE.md)." };
        var chain = new Option<ulong>("--chain") { Description = "With --events: the venue's chain id, for signatures.", DefaultValueFactory = _ => 1 };
        var output = new Option<string>("--output", "-o") { Description = $"Directory for {StatementFile}, or with --events for parameters-HEIGHT.statement.json.", DefaultValueFactory = _ => "." };
        var command = new Command("parameters",
            "Write the statement that an update of parameters keeps to the rulebook's own rules (statement P). Exit code 1, with the rules that break, if it does not.\n\n" +
            "  Two sets:           fermat prove parameters old.json new.json --rules cross_perps.risk --aggregates measured.json --venue 'my venue' -o updates/\n" +
            "  A venue's updates:  fermat prove parameters --events events.jsonl --rules cross_perps.risk -o updates/\n\n" +
            "Nothing of it is secret, so there is no proof beside the statement: whoever verifies it evaluates the rules. The first set of a venue follows no other and has no statement.") { sets, rules, aggregates, venue, events, binding, chain, output };
        add(prove, command, (parsed, terminal, cancel) =>
        {
            string[] paths = parsed.GetValue(sets) ?? [];
            string rulesPath = parsed.GetRequiredValue(rules);
            VenueRulebook rulebook = UpdateView.Rulebook(rulesPath);
            if (parsed.GetValue(events) is { } log)
            {
                if (paths.Length > 0 || parsed.GetValue(aggregates) is not null || parsed.GetValue(venue) is not null)
                    throw CliFailure.BadInput("usage", "--events has sets, aggregates and venue with it", hint: "fermat prove parameters --help");
                return FromEvents(log, rulesPath, rulebook, parsed.GetValue(binding), parsed.GetValue(chain), parsed.GetRequiredValue(output), terminal, cancel);
            }
            if (paths.Length != 2 || parsed.GetValue(aggregates) is not { } measured || parsed.GetValue(venue) is not { } name)
                throw CliFailure.BadInput("usage", "an update needs two sets, --aggregates and --venue; or --events", hint: "fermat prove parameters --help");
            return FromSets(paths[0], paths[1], measured, name, rulesPath, rulebook, parsed.GetRequiredValue(output), terminal, cancel);
        });
    }

    private static int FromSets(string oldPath, string newPath, string measuredPath, string venue, string rulesPath, VenueRulebook rulebook, string directory, Terminal terminal, CancellationToken cancel)
    {
        LoadedRulebook loaded = RulebookLoading.Rulebook(rulesPath);
        ImmutableArray<BigInteger> aggregates = RuleInputs.ReadAggregates(rulebook.Rulebook.Meta!.System, "aggregates", Files.Read(measuredPath, MaxInputBytes), out IReadOnlyList<InputError> errors);
        if (errors.Count > 0) throw new CliFailure(ExitCodes.BadInput, [.. errors.Select(e => new Problem("rules.input", $"{e.Path}: {e.Message}", measuredPath, Hint: e.Hint))]);
        var update = new ParameterUpdate
        {
            Rulebook = rulebook,
            Venue = venue,
            Before = RulebookLoading.Market(loaded, [oldPath], cancel),
            After = RulebookLoading.Market(loaded, [newPath], cancel),
            Aggregates = aggregates,
        };
        ParameterVerification result = ParameterStatement.Verify(update, ParameterAnchors.None);
        if (result.Rejection is { } rejection) throw Broken(result.Rules, rejection, newPath);
        string path = Path.Combine(directory, StatementFile);
        Files.Write(path, ParameterStatementFile.Write(update));
        terminal.Say($"{path}: the update and its rules");
        UpdateView.Say(terminal, result.Rules);
        terminal.Say($"  fermat verify parameters {path} --rules {rulesPath} --old {update.OldParameters} --old-market {update.OldMarket} --new {update.NewParameters} --new-market {update.NewMarket}");
        JsonObject answer = UpdateView.ToJson(update, result.Rules);
        answer["statement"] = path;
        terminal.Answer(answer);
        return ExitCodes.Ok;
    }

    private static int FromEvents(string events, string rulesPath, VenueRulebook rulebook, string? binding, ulong chain, string directory, Terminal terminal, CancellationToken cancel)
    {
        var updates = new List<(ulong Height, ParameterUpdate Update, UpdateVerdict Verdict)>();
        VenueReplay.Run(events, rulesPath, binding, chain, asLogged: false, borrowing: false, cancel, (engine, logged) =>
        {
            if (logged is not { Event: ParametersUpdated, Rejection: null } || engine.LastJudgement is not { } judgement) return;
            updates.Add((engine.State.Height, new ParameterUpdate { Rulebook = rulebook, Venue = engine.State.Venue, Before = judgement.Before, After = judgement.After, Aggregates = judgement.Aggregates }, judgement.Verdict));
        });
        var made = new JsonArray();
        foreach ((ulong height, ParameterUpdate update, UpdateVerdict verdict) in updates)
        {
            if (update.Problem() is { } problem) throw new CliFailure(ExitCodes.BadInput, [VerifyCommand.Problem(problem, events)]);
            string path = Path.Combine(directory, NameAt(height));
            Files.Write(path, ParameterStatementFile.Write(update));
            terminal.Say($"{path}");
            JsonObject answer = UpdateView.ToJson(update, verdict);
            answer["height"] = height;
            answer["statement"] = path;
            made.Add((JsonNode)answer);
        }
        terminal.Say($"{Show.Count(updates.Count)} updates after the first set; each begins where the one before it ended");
        if (updates.Count > 0) terminal.Say($"  fermat verify parameters {Path.Combine(directory, "parameters-*.statement.json")} --rules {rulesPath}");
        terminal.Answer(new JsonObject { ["ok"] = true, ["updates"] = made });
        return ExitCodes.Ok;
    }

    private static CliFailure Broken(UpdateVerdict verdict, StatementRejection rejection, string file) => rejection.Code == StatementRejectionCode.UpdateRule
        ? new CliFailure(ExitCodes.Rejected, [.. verdict.Rules.Where(rule => !rule.Holds).Select(rule => new Problem("statement.update-rule", $"the rule {rule.Rule} does not hold: {rule.Why}", file, Part: rule.Rule, Hint: "no verifier would accept this update"))])
        : new CliFailure(ExitCodes.BadInput, [VerifyCommand.Problem(rejection, file)]);
}
