using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements;
using Fermat.Statements.Parameters;
using Fermat.Statements.Rulebooks;

namespace Fermat.Cli.Parameters;

/// <summary><c>fermat verify parameters</c>: one update, or several that follow each other.</summary>
internal static class VerifyParametersCommand
{
    private const string Caveat = "Not shown here: that aggregates which you did not pin were measured so, and that the sets are those that statements before and after were made with unless you pinned their digests.";

    public static void Add(Command verify, AddCommand add)
    {
        var files = new Argument<string[]>("statements") { Description = "Statement files, in the order in which the updates follow each other.", Arity = ArgumentArity.OneOrMore };
        var rules = new Option<string>("--rules", "-r") { Description = "The rulebook that the venue published: you bring it, and its block meta judges.", Required = true };
        var venue = new Option<string?>("--venue") { Description = "Whose parameters they must be." };
        var old = new Option<string?>("--old") { Description = "Digest of the parameters' values before the first update, as an earlier statement binds it (hex)." };
        var oldMarket = new Option<string?>("--old-market") { Description = "Digest of the market data before the first update (hex)." };
        var @new = new Option<string?>("--new") { Description = "Digest of the parameters' values after the last update, as a later statement binds it (hex)." };
        var newMarket = new Option<string?>("--new-market") { Description = "Digest of the market data after the last update (hex)." };
        var aggregates = new Option<string[]>("--aggregate") { Description = "An aggregate that you know from elsewhere, as NAME=VALUE (repeatable); for one statement.", AllowMultipleArgumentsPerToken = false };
        var command = new Command("parameters",
            "Verify that an update of parameters keeps to the rulebook's own rules (statement P). Several statements are checked to follow each other. Exit code 1 if anything is rejected.\n\n" +
            "  fermat verify parameters updates/parameters.statement.json --rules cross_perps.risk --old HEX --new HEX --aggregate elapsed=7200\n\n" +
            "There is no proof: the file holds both sets, and the rules are evaluated here. What you do not pin is taken from the file, and the verdict says so.") { files, rules, venue, old, oldMarket, @new, newMarket, aggregates };
        add(verify, command, (parsed, terminal, _) =>
        {
            VenueRulebook rulebook = UpdateView.Rulebook(parsed.GetRequiredValue(rules));
            string[] pinned = parsed.GetValue(aggregates) ?? [], paths = parsed.GetRequiredValue(files);
            if (pinned.Length > 0 && paths.Length > 1) throw CliFailure.BadInput("usage", "aggregates are those of one update", hint: "verify the statements one by one to pin them");
            var anchors = new ParameterAnchors
            {
                Venue = parsed.GetValue(venue),
                OldParameters = Digest(old),
                OldMarket = Digest(oldMarket),
                NewParameters = Digest(@new),
                NewMarket = Digest(newMarket),
                Aggregates = Pinned(rulebook, pinned),
            };
            return Run(paths, rulebook, anchors, terminal);

            Digest? Digest(Option<string?> option) => VerifyCommand.ParseDigest(parsed.GetValue(option), option.Name);
        });
    }

    private static int Run(string[] paths, VenueRulebook rulebook, ParameterAnchors anchors, Terminal terminal)
    {
        long started = Stopwatch.GetTimestamp();
        ParameterUpdate[] updates = [.. paths.Select(path => Read(rulebook, path))];
        if (ParameterStatement.CheckChain(updates) is { } broken) throw new CliFailure(ExitCodes.Rejected, [VerifyCommand.Problem(broken.Rejection, paths[broken.Update])]);
        var results = new List<ParameterVerification>();
        for (int i = 0; i < updates.Length; i++)
        {
            ParameterAnchors own = anchors with
            {
                OldParameters = i == 0 ? anchors.OldParameters : null,
                OldMarket = i == 0 ? anchors.OldMarket : null,
                NewParameters = i == updates.Length - 1 ? anchors.NewParameters : null,
                NewMarket = i == updates.Length - 1 ? anchors.NewMarket : null,
            };
            ParameterVerification result = ParameterStatement.Verify(updates[i], own);
            if (result.Rejection is { } wrong) throw new CliFailure(ExitCodes.Rejected, [VerifyCommand.Problem(wrong, paths[i])]);
            results.Add(result);
        }
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        (string What, bool Pinned)[] known =
        [
            ("rulebook", true), ("venue", anchors.Venue is not null), ("old parameters", anchors.OldParameters is not null), ("old market data", anchors.OldMarket is not null),
            ("new parameters", anchors.NewParameters is not null), ("new market data", anchors.NewMarket is not null),
            .. rulebook.Rulebook.Meta!.System.Select(field => ($"aggregate {field.Name}", anchors.Aggregates.ContainsKey(field.Name))),
        ];
        string[] brought = [.. known.Where(one => one.Pinned).Select(one => one.What)], taken = [.. known.Where(one => !one.Pinned).Select(one => one.What)];
        terminal.Say($"ACCEPTED in {Show.Duration(elapsed)}");
        foreach (ParameterVerification result in results)
        {
            terminal.Say($"Update {result.Update.Digest} of {result.Update.Venue}, judged by your rulebook {rulebook.Name}, {rulebook.Digest}:");
            UpdateView.Say(terminal, result.Rules);
        }
        terminal.Say($"from parameters {updates[0].OldParameters}, market data {updates[0].OldMarket}");
        terminal.Say($"to parameters {updates[^1].NewParameters}, market data {updates[^1].NewMarket}");
        terminal.Say($"Compared with what you brought: {string.Join(", ", brought)}. Taken from the {(updates.Length == 1 ? "statement" : "statements")}: {(taken.Length == 0 ? "nothing" : string.Join(", ", taken))}.");
        terminal.Say(Caveat);
        terminal.Answer(new JsonObject
        {
            ["accepted"] = true,
            ["seconds"] = Math.Round(elapsed.TotalSeconds, 4),
            ["updates"] = new JsonArray([.. results.Select(result => UpdateView.ToJson(result.Update, result.Rules))]),
            ["pinned"] = new JsonArray([.. brought.Select(what => (JsonNode)what)]),
            ["takenFromStatement"] = new JsonArray([.. taken.Select(what => (JsonNode)what)]),
            ["caveat"] = Caveat,
        });
        return ExitCodes.Ok;
    }

    /// <summary>An update's file; one of another rulebook, or that contradicts itself, ends the command.</summary>
    public static ParameterUpdate Read(VenueRulebook rulebook, string path)
    {
        byte[] bytes = Files.Read(path, ParameterStatementFile.MaxBytes);
        if (ParameterStatementFile.TryRead(bytes, rulebook, out ParameterUpdate? update) is not { } wrong) return update!;
        throw new CliFailure(wrong.Code is StatementRejectionCode.WrongRulebook or StatementRejectionCode.DigestMismatch ? ExitCodes.Rejected : ExitCodes.BadInput, [VerifyCommand.Problem(wrong, path)]);
    }

    private static ImmutableDictionary<string, BigInteger> Pinned(VenueRulebook rulebook, string[] texts)
    {
        ImmutableDictionary<string, BigInteger>.Builder pinned = ImmutableDictionary.CreateBuilder<string, BigInteger>(StringComparer.Ordinal);
        ImmutableArray<SchemaField> system = rulebook.Rulebook.Meta!.System;
        foreach (string text in texts)
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? text : text[..equals];
            if (equals < 0) throw CliFailure.BadInput("bad-option", $"--aggregate {text} is not NAME=VALUE", hint: "--aggregate elapsed=7200");
            if (system.FirstOrDefault(field => field.Name == name) is not { } field)
                throw CliFailure.BadInput("bad-option", $"the rulebook has no aggregate {name}", hint: $"it has {string.Join(", ", system.Select(one => one.Name))}");
            string value = text[(equals + 1)..], json = field.Type is FieldType.Flag && value is "true" or "false" ? value : JsonSerializer.Serialize(value);
            ImmutableArray<BigInteger> read = RuleInputs.ReadAggregates([field], "aggregate", System.Text.Encoding.UTF8.GetBytes($"{{{JsonSerializer.Serialize(name)}:{json}}}"), out IReadOnlyList<InputError> errors);
            if (errors.Count > 0) throw CliFailure.BadInput("bad-option", $"--aggregate {text}: {errors[0].Message}", hint: errors[0].Hint);
            if (!pinned.TryAdd(name, read[0])) throw CliFailure.BadInput("bad-option", $"the aggregate {name} is pinned twice");
        }
        return pinned.ToImmutable();
    }
}
