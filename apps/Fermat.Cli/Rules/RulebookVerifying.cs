using System.Collections.Immutable;
using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Stark;
using Fermat.Statements;
using Fermat.Statements.Accounts;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Cli.Rules;

/// <summary><c>fermat verify solvency</c>: the verifier brings its own rulebook, or takes the one that is built in.</summary>
internal static class RulebookVerifying
{
    public static int Run(string? rulesPath, string proofPath, string statementPath, KnownAnchors known, VerifierPolicy policy, Terminal terminal, bool showInfo)
    {
        VenueRulebook rulebook = RulebookProving.Rulebook(rulesPath);
        SolvencyPublicInputs inputs = ReadStatement(rulebook, statementPath, brought: rulesPath is not null);
        byte[] proof = Files.Read(proofPath, SolvencyProofFile.MaxBytes(inputs.Segments.Count, policy.MaximumProofBytes));
        var anchors = new SolvencyAnchors
        {
            StateRoot = known.StateRoot,
            ParametersDigest = known.Parameters,
            MarketDigest = known.Market,
            Reserves = Reserves(known.Reserves, inputs),
            MinimumHeight = known.MinimumHeight,
        };
        long started = Stopwatch.GetTimestamp();
        SolvencyVerification result = SolvencyStatement.Verify(inputs, proof, anchors, policy);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        if (!result.Accepted)
            throw VerifyCommand.Failure(result.Rejection!, result.Segments.Count, result.RejectedSegment, result.Proof, proofPath, statementPath);
        if (showInfo)
            return VerifyCommand.ShowInfo(terminal, result.Segments, inputs.Segments.Depth, result.ProvenBits, proof.Length);

        terminal.Say($"ACCEPTED in {Show.Duration(elapsed)}");
        PrintKnowledge(terminal, result, brought: rulesPath is not null);
        terminal.Answer(ToJson(result, elapsed, brought: rulesPath is not null));
        return ExitCodes.Ok;
    }

    /// <summary>A statement under a rulebook that was brought along, or under the one that is built in.</summary>
    public static SolvencyPublicInputs ReadStatement(VenueRulebook rulebook, string path, bool brought)
    {
        byte[] bytes = Files.Read(path, SolvencyStatementFile.MaxBytes);
        if (AccountStatementFile.IsOne(bytes))
            throw CliFailure.BadInput("rules.needed", "the statement is about one account", path, "fermat verify liquidation --rules FILE, or fermat verify health --rules FILE");
        if (TransitionStatementFile.IsOne(bytes))
            throw CliFailure.BadInput("rules.needed", "the statement is about a batch of events", path, "fermat verify batch --rules FILE");
        if (SolvencyStatementFile.TryRead(bytes, rulebook, out SolvencyPublicInputs? inputs) is not { } wrong)
            return inputs!;
        if (wrong.Code == StatementRejectionCode.WrongRulebook && !brought)
            throw CliFailure.BadInput("rules.needed", "the statement is about another rulebook than the one that is built in", path, "bring the rulebook that the venue published: --rules FILE");
        throw new CliFailure(wrong.Code == StatementRejectionCode.WrongRulebook ? ExitCodes.Rejected : ExitCodes.BadInput, [VerifyCommand.Problem(wrong, path)]);
    }

    /// <summary>What a verifier knows now, and what it does not.</summary>
    public static void PrintKnowledge(Terminal terminal, SolvencyVerification result, bool brought)
    {
        SolvencyPublicInputs inputs = result.Inputs;
        SoundnessReport soundness = result.Proof!.Soundness!;
        string unit = inputs.Rulebook.Solvency!.NetEquity.Number.Unit is { IsNone: false } named ? $" {named}" : "";
        string Money(BigInteger value) => Show.Amount(value, inputs.ValueScale, Math.Min(inputs.ValueScale, 2)) + unit;
        terminal.Say($"Proven for {inputs.Venue}, height {inputs.Height}, with {result.ProvenBits} proven bits{(result.Segments.Count > 1 ? $" over {result.Segments.Count} segments" : "")} ({soundness.Hash}: {soundness.HashBits} collision bits, assumed):");
        terminal.Say($"  • every account under state root {inputs.StateRoot} was counted exactly once (of {Show.Count(inputs.LeafSlots)} slots)");
        terminal.Say($"  • each was margined by {(brought ? "your rulebook" : "the built-in rulebook")} {inputs.Rulebook.Name}, {inputs.Rulebook.Digest}");
        terminal.Say($"    with parameters {inputs.ParametersDigest}");
        terminal.Say($"    and market data {inputs.MarketDigest}");
        terminal.Say("  • for each asset, what accounts are owed is at most the stated reserves");
        if (inputs.Rulebook.Solvency.NetSize is { } sizes)
            terminal.Say($"  • for each {inputs.Rulebook.Schema.Tables[sizes.Table].Name}, all accounts together hold nothing: the venue has no position");
        terminal.Say($"  • reserves worth {Money(inputs.ReserveValue)} cover everything owed to accounts plus a buffer of {Money(inputs.Buffer)}");
        terminal.Say($"  • the insurance fund of {Money(inputs.InsuranceFund)} covers what bankrupt accounts leave");
        if (inputs.Revealed is { } totals)
            terminal.Say($"  • revealed: {Show.Count(totals.Accounts)} accounts, {Show.Count(totals.Liquidatable)} of them liquidatable, {Show.Count(totals.Bankrupt)} bankrupt; owed in all {Money(totals.Claims)}, shortfall {Money(totals.Shortfall)}");
        terminal.Say("Not shown: any balance, position or class of any account" + (inputs.Revealed is null ? ", exactly how many accounts there are, totals." : "."));
        terminal.Say($"Compared with what you brought: {Names(Pinned(result, brought))}. Taken from the statement: {string.Join(", ", result.TakenFromStatement)}.");
        terminal.Say(SolvencyStatement.Caveat);
    }

    /// <summary>What the reader brought: a rulebook only where one was given.</summary>
    private static IReadOnlyList<string> Pinned(SolvencyVerification result, bool brought) => brought ? result.Pinned : [.. result.Pinned.Where(name => name != "rulebook")];

    private static string Names(IReadOnlyList<string> names) => names.Count == 0 ? "nothing" : string.Join(", ", names);

    private static ImmutableArray<BigInteger>? Reserves(string[] texts, SolvencyPublicInputs inputs)
    {
        if (texts.Length == 0) return null;
        int table = inputs.Rulebook.Solvency!.Claims!.Table;
        var quantity = new Quantity("amount", inputs.ReserveScale, Unit.None, new Bounds(0, (BigInteger.One << BookFacts.AmountBits) - 1));
        var reserves = new BigInteger[inputs.Reserves.Length];
        foreach (string text in texts)
        {
            string[] parts = text.Split('=', 2);
            int asset = inputs.Market.IndexOf(table, parts[0]);
            if (asset < 0 || parts.Length < 2 || ScaledNumber.TryParse(parts[1], quantity, out reserves[asset], out _) is not null)
                throw CliFailure.BadInput("bad-option", $"--reserves: {text} is not SYMBOL=AMOUNT with an asset of the statement and a decimal", hint: "for example --reserves BTC=100.5 ETH=2000");
        }
        return [.. reserves];
    }

    private static JsonObject ToJson(SolvencyVerification result, TimeSpan elapsed, bool brought)
    {
        SolvencyPublicInputs inputs = result.Inputs;
        return new JsonObject
        {
            ["ok"] = true,
            ["accepted"] = true,
            ["seconds"] = Math.Round(elapsed.TotalSeconds, 4),
            ["venue"] = inputs.Venue,
            ["height"] = inputs.Height,
            ["stateRoot"] = inputs.StateRoot.ToString(),
            ["rulebook"] = inputs.Rulebook.Name,
            ["rulebookDigest"] = inputs.Rulebook.Digest.ToString(),
            ["rulebookBuiltIn"] = !brought,
            ["schemaDigest"] = inputs.Rulebook.SchemaDigest.ToString(),
            ["parametersDigest"] = inputs.ParametersDigest.ToString(),
            ["marketDigest"] = inputs.MarketDigest.ToString(),
            ["leafSlots"] = inputs.LeafSlots,
            ["segments"] = result.Segments.Count,
            ["provenBits"] = result.ProvenBits,
            ["hashBits"] = result.Proof!.Soundness!.HashBits,
            ["revealed"] = inputs.Revealed is { } totals
                ? new JsonObject
                {
                    ["accounts"] = totals.Accounts,
                    ["liquidatable"] = totals.Liquidatable,
                    ["bankrupt"] = totals.Bankrupt,
                    ["claims"] = ExactDecimal.Format(totals.Claims, inputs.ValueScale),
                    ["shortfall"] = ExactDecimal.Format(totals.Shortfall, inputs.ValueScale),
                }
                : null,
            ["pinned"] = new JsonArray([.. Pinned(result, brought).Select(p => (JsonNode)p)]),
            ["takenFromStatement"] = new JsonArray([.. result.TakenFromStatement.Select(p => (JsonNode)p)]),
            ["caveat"] = SolvencyStatement.Caveat,
        };
    }
}
