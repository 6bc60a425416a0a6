using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Cli.Venue;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements;
using Fermat.Statements.Accounts;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;
using Fermat.Statements.Transitions;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat verify</c> and <c>fermat proof info</c>.</summary>
internal static class VerifyCommand
{
    public static void Add(Command root, AddCommand add)
    {
        var verify = new Command("verify", "Verify a solvency proof against its statement and what you know yourself. Exit code 1 if it is rejected.");
        var options = new VerifyOptions(verify, besideProof: false);
        add(root, verify, (parsed, terminal, _) => options.Run(parsed, terminal));
        var solvency = new Command("solvency",
            "Verify a solvency proof against its statement and what you know yourself. Exit code 1 if it is rejected.\n\n" +
            "  A book of docs/BOOKS.md:   fermat verify solvency proof/solvency.proof --state-root HEX\n" +
            "  A book under a rulebook:   fermat verify solvency --rules cross_tiered.risk proof/solvency.proof --state-root HEX\n\n" +
            "The statement is looked for beside the proof. What you do not pin is taken from it, and the verdict says so.");
        var solvencyOptions = new VerifyOptions(solvency, besideProof: true);
        add(verify, solvency, (parsed, terminal, _) => solvencyOptions.Run(parsed, terminal));
        InclusionCommands.AddVerify(verify, add);
        VerifyBatchCommand.Add(verify, add);
        Accounts.AccountVerifyCommands.Add(verify, add);
        Parameters.VerifyParametersCommand.Add(verify, add);

        var group = new Command("proof", "Look into proofs.");
        root.Add(group);
        var infoProof = new Argument<string>("proof") { Description = "The proof file." };
        var infoStatement = new Option<string?>("--statement", "-s") { Description = "The statement file. Default: NAME.statement.json beside NAME.proof." };
        var infoRules = new Option<string?>("--rules") { Description = "The rulebook, if the statement is about one." };
        add(group, new Command("info", "Show a proof's sizes by part, its parameters, and its proven bits by regime and term. It is checked too, but with no minimum of bits and nothing pinned: fermat verify is the verdict.") { infoProof, infoStatement, infoRules },
            (parsed, terminal, _) =>
            {
                string proof = parsed.GetRequiredValue(infoProof), statement = parsed.GetValue(infoStatement) ?? VerifyOptions.StatementBeside(proof);
                return parsed.GetValue(infoRules) is not { } rules ? Run(proof, statement, KnownAnchors.None, new VerifierPolicy(0), terminal, showInfo: true)
                    : TransitionStatementFile.IsOne(Files.Read(statement, TransitionStatementFile.MaxBytes)) ? VerifyBatchCommand.Info(rules, proof, statement, terminal)
                    : AccountStatementFile.IsOne(Files.Read(statement, AccountStatementFile.MaxBytes)) ? Accounts.AccountVerifyCommands.Info(rules, proof, statement, terminal)
                    : RulebookVerifying.Run(rules, proof, statement, KnownAnchors.None, new VerifierPolicy(0), terminal, showInfo: true);
            });
    }

    public static int Run(string proofPath, string statementPath, KnownAnchors known, VerifierPolicy policy, Terminal terminal, bool showInfo)
    {
        if (known.Market is not null)
            throw CliFailure.BadInput("bad-option", "--market goes with --rules; prices of a book of docs/BOOKS.md are pinned with --prices");
        SolvencyPublicInputs inputs = ReadStatement(statementPath);
        byte[] proof = Files.Read(proofPath, SolvencyProofFile.MaxBytes(inputs.Segments.Count, policy.MaximumProofBytes));
        var anchors = new SolvencyAnchors
        {
            Reserves = ParseReserves(known.Reserves, inputs.Parameters),
            StateRoot = known.StateRoot,
            ParametersDigest = known.Parameters,
            PriceSetDigest = known.Prices,
            MinimumHeight = known.MinimumHeight,
        };
        long started = Stopwatch.GetTimestamp();
        SolvencyVerification result = SolvencyStatement.Verify(inputs, proof, anchors, policy);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        if (!result.Accepted)
            throw Failure(result, proofPath, statementPath);
        if (showInfo)
            return ShowInfo(terminal, result.Segments, inputs.Segments.Depth, result.ProvenBits, proof.Length);

        terminal.Say($"ACCEPTED in {Show.Duration(elapsed)}");
        PrintKnowledge(terminal, result);
        terminal.Answer(ToJson(result, elapsed));
        return ExitCodes.Ok;
    }

    /// <summary>Each segment's sizes, parameters and bits.</summary>
    public static int ShowInfo(Terminal terminal, IReadOnlyList<VerificationResult> segments, int segmentDepth, int provenBits, int bytes)
    {
        if (segments.Count > 1)
            terminal.Say($"{Show.Count(segments.Count)} segments of 2^{segmentDepth} slots; {provenBits} proven bits together. Segment by segment:");
        foreach (VerificationResult segment in segments)
            ProofView.Print(terminal, segment.Info!, segment.Soundness!);
        JsonArray infos = [.. segments.Select(segment => (JsonNode)ProofView.ToJson(segment.Info!, segment.Soundness!))];
        terminal.Answer(new JsonObject { ["ok"] = true, ["bytes"] = bytes, ["provenBits"] = provenBits, ["segments"] = infos });
        return ExitCodes.Ok;
    }

    /// <summary>What a verifier knows now, and what it does not.</summary>
    public static void PrintKnowledge(Terminal terminal, SolvencyVerification result)
    {
        SolvencyPublicInputs inputs = result.Inputs;
        terminal.Say($"Proven for {inputs.Venue}, height {inputs.Height}, with {result.ProvenBits} proven bits{(result.Segments.Count > 1 ? $" over {result.Segments.Count} segments" : "")} ({result.Proof!.Soundness!.Hash}: {result.Proof.Soundness.HashBits} collision bits, assumed):");
        terminal.Say($"  • every account under state root {inputs.StateRoot} was counted exactly once (of {Show.Count(inputs.LeafSlots)} slots)");
        terminal.Say($"  • each was margined with parameters {inputs.ParametersDigest}");
        terminal.Say($"    at prices {inputs.PriceSetDigest}");
        terminal.Say("  • for each asset, what accounts hold minus what they owe is at most the stated reserves");
        terminal.Say($"  • reserves worth {Show.Money(inputs.ReserveValue, inputs.Parameters)} {inputs.QuoteAsset} cover everything owed to accounts plus a buffer of {Show.Money(inputs.Buffer, inputs.Parameters)}");
        terminal.Say($"  • the insurance fund of {Show.Money(inputs.InsuranceFund, inputs.Parameters)} {inputs.QuoteAsset} covers what bankrupt accounts leave");
        if (inputs.Revealed is { } totals)
        {
            terminal.Say($"  • revealed: {Show.Count(totals.Accounts)} accounts, {Show.Count(totals.Liquidatable)} of them liquidatable ({Show.Count(totals.Bankrupt)} bankrupt); " +
                $"owed in all {Show.Money(totals.Claims, inputs.Parameters)}, shortfall {Show.Money(totals.Shortfall, inputs.Parameters)} {inputs.QuoteAsset}");
        }

        terminal.Say("Not shown: any balance, debt, pledge or class of any account" + (inputs.Revealed is null ? ", exactly how many accounts there are, totals." : "."));
        terminal.Say($"Compared with what you brought: {(result.Pinned.Count == 0 ? "nothing" : string.Join(", ", result.Pinned))}. Taken from the statement: {string.Join(", ", result.TakenFromStatement)}.");
        terminal.Say(SolvencyStatement.Caveat);
    }

    public static SolvencyPublicInputs ReadStatement(string path)
    {
        byte[] bytes = Files.Read(path, RulebookStatementFile.MaxBytes);
        if (AccountStatementFile.IsOne(bytes))
            throw CliFailure.BadInput("rules.needed", "the statement is about one account under a rulebook", path, "fermat verify liquidation --rules FILE, or fermat verify health --rules FILE");
        if (TransitionStatementFile.IsOne(bytes))
            throw CliFailure.BadInput("rules.needed", "the statement is about a batch of events under a rulebook", path, "fermat verify batch --rules FILE");
        if (RulebookStatementFile.IsOne(bytes))
            throw CliFailure.BadInput("rules.needed", "the statement is about a rulebook", path, "bring the rulebook that the venue published: --rules FILE");
        if (SolvencyStatementFile.TryRead(bytes, out SolvencyPublicInputs? inputs) is { } wrong)
            throw new CliFailure(ExitCodes.BadInput, [Problem(wrong, path)]);
        return inputs!;
    }

    /// <summary>A rejection as a failure: exit code 1.</summary>
    public static CliFailure Failure(SolvencyVerification result, string proofPath, string statementPath) =>
        Failure(result.Rejection!, result.Segments.Count, result.RejectedSegment, result.Proof, proofPath, statementPath);

    /// <summary>A rejection as a failure: exit code 1; with what was wrong with the proof, if it was looked at.</summary>
    public static CliFailure Failure(StatementRejection rejection, int segments, int? rejectedSegment, VerificationResult? proof, string proofPath, string statementPath)
    {
        var problems = new List<Problem> { Problem(rejection, proof is null && rejection.Code != StatementRejectionCode.MalformedProofFile ? statementPath : proofPath) };
        if (proof?.Rejection is { } wrong)
        {
            string? part = segments == 1 ? wrong.Part : $"segment {rejectedSegment + 1} of {segments}{(wrong.Part is null ? "" : ", " + wrong.Part)}";
            problems.Add(new Problem("proof." + Show.Words(wrong.Code, "-"), wrong.Message, proofPath, Part: part, Expected: wrong.Expected, Got: wrong.Got));
        }
        return new CliFailure(ExitCodes.Rejected, problems);
    }

    public static Problem Problem(StatementRejection rejection, string file)
        => new("statement." + Show.Words(rejection.Code, "-"), rejection.Message, file, Part: rejection.Place, Hint: rejection.Hint, Expected: rejection.Expected, Got: rejection.Got);

    public static Digest? ParseDigest(string? hex, string option)
    {
        if (hex is null)
            return null;
        return Digest.TryParse(hex, out Digest digest)
            ? digest
            : throw CliFailure.BadInput("bad-digest", $"{option}: expected 64 hexadecimal digits", hint: "copy it from where the venue publishes it");
    }

    private static ImmutableArray<BigInteger>? ParseReserves(string[] texts, RiskParameters parameters)
    {
        if (texts.Length == 0)
            return null;
        var reserves = new BigInteger[parameters.Assets.Length];
        foreach (string text in texts)
        {
            string[] parts = text.Split('=', 2);
            int asset = -1;
            for (int i = 0; i < parameters.Assets.Length && asset < 0; i++)
                if (parameters.Assets[i].Symbol == parts[0])
                    asset = i;
            if (asset < 0 || parts.Length < 2 || ExactDecimal.TryParse(parts[1], parameters.Assets[asset].AmountScale, BookLimits.ReserveEnd, out reserves[asset]) != DecimalFault.None)
                throw CliFailure.BadInput("bad-option", $"--reserves: {text} is not SYMBOL=AMOUNT with an asset of the statement and a plain decimal", hint: "for example --reserves btc=100.5 eth=2000");
        }

        return [.. reserves];
    }

    private static JsonObject ToJson(SolvencyVerification result, TimeSpan elapsed) => new()
    {
        ["ok"] = true,
        ["accepted"] = true,
        ["seconds"] = Math.Round(elapsed.TotalSeconds, 4),
        ["venue"] = result.Inputs.Venue,
        ["height"] = result.Inputs.Height,
        ["stateRoot"] = result.Inputs.StateRoot.ToString(),
        ["parametersDigest"] = result.Inputs.ParametersDigest.ToString(),
        ["priceSetDigest"] = result.Inputs.PriceSetDigest.ToString(),
        ["leafSlots"] = result.Inputs.LeafSlots,
        ["segments"] = result.Segments.Count,
        ["provenBits"] = result.ProvenBits,
        ["hashBits"] = result.Proof!.Soundness!.HashBits,
        ["revealed"] = result.Inputs.Revealed is { } totals
            ? new JsonObject
            {
                ["accounts"] = totals.Accounts,
                ["liquidatable"] = totals.Liquidatable,
                ["bankrupt"] = totals.Bankrupt,
                ["claims"] = Show.Exact(totals.Claims, result.Inputs.Parameters.ValueScale),
                ["shortfall"] = Show.Exact(totals.Shortfall, result.Inputs.Parameters.ValueScale),
            }
            : null,
        ["pinned"] = new JsonArray([.. result.Pinned.Select(p => (JsonNode)p)]),
        ["takenFromStatement"] = new JsonArray([.. result.TakenFromStatement.Select(p => (JsonNode)p)]),
        ["caveat"] = SolvencyStatement.Caveat,
    };
}
