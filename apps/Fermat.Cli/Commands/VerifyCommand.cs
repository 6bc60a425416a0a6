using System.Collections.Immutable;
using System.CommandLine;
using System.Diagnostics;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Cli.Output;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Stark;
using Fermat.Statements;
using Fermat.Statements.Solvency;

namespace Fermat.Cli.Commands;

/// <summary><c>fermat verify</c> and <c>fermat proof info</c>.</summary>
internal static class VerifyCommand
{
    public static void Add(Command root, AddCommand add)
    {
        var proof = new Argument<string>("proof") { Description = "The proof file." };
        var statement = new Option<string>("--statement", "-s") { Description = "The statement file: the public inputs the proof is about.", Required = true };
        var stateRoot = new Option<string?>("--state-root") { Description = "The state root you know from elsewhere (hex); the statement must have it." };
        var parameters = new Option<string?>("--parameters") { Description = "Digest of the risk parameters you know from elsewhere (hex)." };
        var prices = new Option<string?>("--prices") { Description = "Digest of the price set you know from elsewhere (hex)." };
        var height = new Option<ulong?>("--minimum-height") { Description = "Reject statements older than this ledger height." };
        var reserves = new Option<string[]>("--reserves")
        {
            Description = "Reserves you have seen proof of, as SYMBOL=AMOUNT; the statement must not claim more. Assets you leave out count as none. Needs --parameters, which fixes the amounts' decimals.",
            AllowMultipleArgumentsPerToken = true,
        };
        var bits = new Option<int>("--bits") { Description = "Reject proofs with fewer proven bits.", DefaultValueFactory = _ => Profiles.StandardBits };
        bits.MustBe(1, 128);
        var verify = new Command("verify", "Verify a solvency proof against its statement and what you know yourself. Exit code 1 if it is rejected.")
        {
            proof, statement, stateRoot, parameters, prices, reserves, height, bits,
        };
        add(root, verify, (parsed, terminal, _) => Run(
            parsed.GetRequiredValue(proof), parsed.GetRequiredValue(statement),
            inputs => new SolvencyAnchors
            {
                Reserves = ParseReserves(parsed.GetValue(reserves) ?? [], inputs.Parameters),
                StateRoot = ParseDigest(parsed.GetValue(stateRoot), "--state-root"),
                ParametersDigest = ParseDigest(parsed.GetValue(parameters), "--parameters"),
                PriceSetDigest = ParseDigest(parsed.GetValue(prices), "--prices"),
                MinimumHeight = parsed.GetValue(height),
            },
            new VerifierPolicy(parsed.GetValue(bits)), terminal, showInfo: false));
        InclusionCommands.AddVerify(verify, add);

        var group = new Command("proof", "Look into proofs.");
        root.Add(group);
        var infoProof = new Argument<string>("proof") { Description = "The proof file." };
        var infoStatement = new Option<string>("--statement", "-s") { Description = "The statement file.", Required = true };
        add(group, new Command("info", "Show a proof's sizes by part, its parameters, and its proven bits by regime and term. It is checked too, but with no minimum of bits and nothing pinned: fermat verify is the verdict.") { infoProof, infoStatement },
            (parsed, terminal, _) => Run(parsed.GetRequiredValue(infoProof), parsed.GetRequiredValue(infoStatement), _ => SolvencyAnchors.None, new VerifierPolicy(0), terminal, showInfo: true));
    }

    private static int Run(string proofPath, string statementPath, Func<SolvencyPublicInputs, SolvencyAnchors> anchors, VerifierPolicy policy, Terminal terminal, bool showInfo)
    {
        SolvencyPublicInputs inputs = ReadStatement(statementPath);
        byte[] proof = Files.Read(proofPath, SolvencyProofFile.MaxBytes(inputs.Segments.Count, policy.MaximumProofBytes));
        long started = Stopwatch.GetTimestamp();
        SolvencyVerification result = SolvencyStatement.Verify(inputs, proof, anchors(inputs), policy);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
        if (!result.Accepted)
            throw Failure(result, proofPath, statementPath);

        if (showInfo)
        {
            if (result.Segments.Count > 1)
                terminal.Say($"{Show.Count(result.Segments.Count)} segments of 2^{inputs.Segments.Depth} slots; {result.ProvenBits} proven bits together. Segment by segment:");
            foreach (VerificationResult segment in result.Segments)
                ProofView.Print(terminal, segment.Info!, segment.Soundness!);
            JsonArray infos = [.. result.Segments.Select(segment => (JsonNode)ProofView.ToJson(segment.Info!, segment.Soundness!))];
            terminal.Answer(new JsonObject { ["ok"] = true, ["bytes"] = proof.Length, ["provenBits"] = result.ProvenBits, ["segments"] = infos });
            return ExitCodes.Ok;
        }

        terminal.Say($"ACCEPTED in {Show.Duration(elapsed)}");
        PrintKnowledge(terminal, result);
        terminal.Answer(ToJson(result, elapsed));
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
        byte[] bytes = Files.Read(path, SolvencyStatementFile.MaxBytes);
        if (SolvencyStatementFile.TryRead(bytes, out SolvencyPublicInputs? inputs) is { } wrong)
            throw new CliFailure(ExitCodes.BadInput, [Problem(wrong, path)]);
        return inputs!;
    }

    /// <summary>A rejection as a failure: exit code 1.</summary>
    public static CliFailure Failure(SolvencyVerification result, string proofPath, string statementPath)
    {
        var problems = new List<Problem> { Problem(result.Rejection!, result.Proof is null && result.Rejection!.Code != StatementRejectionCode.MalformedProofFile ? statementPath : proofPath) };
        if (result.Proof?.Rejection is { } proof)
            problems.Add(new Problem("proof." + Show.Words(proof.Code, "-"), proof.Message, proofPath, Part: Part(result, proof.Part), Expected: proof.Expected, Got: proof.Got));
        return new CliFailure(ExitCodes.Rejected, problems);
    }

    /// <summary>The part of a proof file that was rejected: the segment, if there are several, and its part.</summary>
    private static string? Part(SolvencyVerification result, string? part)
        => result.Segments.Count == 1 ? part : $"segment {result.RejectedSegment + 1} of {result.Segments.Count}{(part is null ? "" : ", " + part)}";

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
