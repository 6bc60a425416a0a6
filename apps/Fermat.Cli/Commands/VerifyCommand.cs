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
            "  A book of docs/BOOKS.md:            fermat verify solvency proof/solvency.proof --state-root HEX\n" +
            "  A book under another rulebook:      fermat verify solvency --rules cross_tiered.risk proof/solvency.proof --state-root HEX\n\n" +
            "The statement is looked for beside the proof. What you do not pin is taken from it, and the verdict says so.");
        var solvencyOptions = new VerifyOptions(solvency, besideProof: true);
        add(verify, solvency, (parsed, terminal, _) => solvencyOptions.Run(parsed, terminal));
        InclusionCommands.AddVerify(verify, add);
        VerifyBatchCommand.Add(verify, add);
        EventCommands.AddVerify(verify, add);
        Accounts.AccountVerifyCommands.Add(verify, add);
        Parameters.VerifyParametersCommand.Add(verify, add);

        var group = new Command("proof", "Look into proofs.");
        root.Add(group);
        var infoProof = new Argument<string>("proof") { Description = "The proof file." };
        var infoStatement = new Option<string?>("--statement", "-s") { Description = "The statement file. Default: NAME.statement.json beside NAME.proof." };
        var infoRules = new Option<string?>("--rules") { Description = "The rulebook of the statement; without it rules/exchange_sample.risk, built in." };
        add(group, new Command("info", "Show a proof's sizes by part, its parameters, and its proven bits by regime and term. It is checked too, but with no minimum of bits and nothing pinned: fermat verify is the verdict.") { infoProof, infoStatement, infoRules },
            (parsed, terminal, _) =>
            {
                string proof = parsed.GetRequiredValue(infoProof), statement = parsed.GetValue(infoStatement) ?? VerifyOptions.StatementBeside(proof);
                string? rules = parsed.GetValue(infoRules);
                return rules is not null && TransitionStatementFile.IsOne(Files.Read(statement, TransitionStatementFile.MaxBytes)) ? VerifyBatchCommand.Info(rules, proof, statement, terminal)
                    : rules is not null && AccountStatementFile.IsOne(Files.Read(statement, AccountStatementFile.MaxBytes)) ? Accounts.AccountVerifyCommands.Info(rules, proof, statement, terminal)
                    : RulebookVerifying.Run(rules, proof, statement, KnownAnchors.None, new VerifierPolicy(0), terminal, showInfo: true);
            });
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
}
