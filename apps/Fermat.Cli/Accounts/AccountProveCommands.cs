using System.CommandLine;
using System.Numerics;
using System.Text.Json.Nodes;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Hashing;
using Fermat.Rules.Core;
using Fermat.Rules.Inputs;
using Fermat.Rules.Interpretation;
using Fermat.Rules.Schema;
using Fermat.Stark;
using Fermat.Statements.Accounts;
using Fermat.Statements.Proving;
using Fermat.Statements.Proving.Accounts;
using Fermat.Statements.Rulebooks;

namespace Fermat.Cli.Accounts;

/// <summary><c>fermat prove liquidation</c> and <c>fermat prove health</c>: statements L and H.</summary>
internal static class AccountProveCommands
{
    public static void Add(Command prove, AddCommand add)
    {
        AddLiquidation(prove, add);
        AddHealth(prove, add);
    }

    private static void AddLiquidation(Command prove, AddCommand add)
    {
        var command = new Command("liquidation",
            "Prove that an account may be liquidated (statement L), without showing it. Exit code 1 if it may not.\n\n" +
            "  A liquidation is due:     fermat prove liquidation erin.inclusion.json --rules cross_tiered.risk --market prices.json -o proof/\n" +
            "  It came too early:        fermat prove liquidation dave.inclusion.json --rules cross_tiered.risk --market prices.json --not-due -o proof/\n\n" +
            "Who holds an account's opening of the height can make either; the second challenges a liquidation. Take the opening and the market data of the very height of the liquidation.");
        var sources = new AccountSources(command);
        var notDue = new Option<bool>("--not-due") { Description = "Prove the opposite: a liquidation at this height was premature." };
        command.Add(notDue);
        var making = new Making(command, "liquidation");
        add(prove, command, (parsed, terminal, cancel) =>
        {
            AccountSource source = sources.Read(parsed, cancel);
            AccountStatementKind kind = parsed.GetValue(notDue) ? AccountStatementKind.LiquidationNotDue : AccountStatementKind.LiquidationDue;
            AccountOutcome outcome = making.Prove(parsed, source, kind, (prover, context) => prover.ProveLiquidation(source.Opening, source.Market, source.Holder.Venue, source.Holder.Height, context), cancel);
            var claim = (AccountClaim.Liquidation)outcome.Inputs!.Claim;
            (string proof, JsonObject answer) = making.Write(parsed, source, outcome, terminal);
            terminal.Say($"nullifier {claim.Nullifier}: the account's at this height, and of no other");
            terminal.Say($"  fermat verify liquidation {proof} --rules {sources.RulesPath(parsed)}{(claim.IsDue ? "" : " --not-due")} --state-root {outcome.Inputs.StateRoot} --height {outcome.Inputs.Height}");
            answer["due"] = claim.IsDue;
            answer["nullifier"] = claim.Nullifier.ToString();
            terminal.Answer(answer);
            return ExitCodes.Ok;
        });
    }

    private static void AddHealth(Command prove, AddCommand add)
    {
        var command = new Command("health",
            "Prove to one verifier that your account's free collateral is at least X (statement H), without showing the account. Exit code 1 if it is not.\n\n" +
            "  fermat prove health alice.inclusion.json --rules cross_tiered.risk --market prices.json --owner alice.secret \\\n" +
            "    --threshold 10000 --verifier 'a lender' --challenge HEX -o proof/\n\n" +
            "Free collateral is equity − initial − encumbered, as the rulebook defines them (encumbered may be a field of its accounts; without it nothing is subtracted). " +
            "The verifier draws the challenge for this one proof: openssl rand -hex 32. It knows you again by a pseudonym that no other verifier can connect with you.");
        var sources = new AccountSources(command);
        var owner = new Option<string>("--owner") { Description = "Your secret, as fermat owner new wrote it.", Required = true };
        HealthOptions health = new(command, owner);
        var making = new Making(command, "health");
        add(prove, command, (parsed, terminal, cancel) =>
        {
            AccountSource source = sources.Read(parsed, cancel);
            OwnerSecret secret = OwnerCommands.Load(parsed.GetRequiredValue(owner));
            HealthRequest request = health.Request(parsed, source.Rulebook, source.Holder.Height);
            AccountOutcome outcome = making.Prove(parsed, source, AccountStatementKind.Health, (prover, context) => prover.ProveHealth(source.Opening, source.Market, source.Holder.Venue, source.Holder.Height, request, secret, context), cancel);
            var claim = (AccountClaim.Health)outcome.Inputs!.Claim;
            (string proof, JsonObject answer) = making.Write(parsed, source, outcome, terminal);
            terminal.Say($"pseudonym {claim.Pseudonym}: what {claim.Verifier} knows you by");
            terminal.Say($"  fermat verify health {proof} --rules {sources.RulesPath(parsed)} --state-root {outcome.Inputs.StateRoot} --threshold {health.Threshold(parsed)} --verifier '{claim.Verifier}' --challenge {claim.Challenge}");
            answer["threshold"] = Accounts.AccountView.Threshold(outcome.Inputs, claim);
            answer["verifier"] = claim.Verifier;
            answer["challenge"] = claim.Challenge.ToString();
            answer["pseudonym"] = claim.Pseudonym.ToString();
            terminal.Answer(answer);
            return ExitCodes.Ok;
        });
    }

    /// <summary>How a proof is made and where it goes.</summary>
    private sealed class Making
    {
        private readonly Option<string> _output, _profile = new("--profile") { Description = "balanced (rate 1/4) is the quickest for a single account, whose tables are mostly tail rows; fast (1/2) or compact (1/8).", DefaultValueFactory = _ => "balanced" };
        private readonly Option<int> _bits = new("--bits") { Description = "Proven bits of soundness to reach, up to 128.", DefaultValueFactory = _ => Profiles.StandardBits };
        private readonly Option<bool> _timings = new("--timings") { Description = "Show where the time went, stage by stage." };
        private readonly string _name;

        public Making(Command command, string name)
        {
            _name = name;
            _output = new("--output", "-o") { Description = $"Directory for {name}.proof and {name}.statement.json.", DefaultValueFactory = _ => "." };
            _profile.AcceptOnlyFromAmong("fast", "balanced", "compact");
            _bits.MustBe(1, 128);
            foreach (Option option in (Option[])[_output, _profile, _bits, _timings]) command.Add(option);
        }

        public AccountOutcome Prove(ParseResult parsed, AccountSource source, AccountStatementKind kind, Func<AccountProver, ProverContext, AccountOutcome> prove, CancellationToken cancel)
        {
            if (File.Exists(parsed.GetRequiredValue(_output)))
                throw CliFailure.BadInput("not-a-directory", $"--output {parsed.GetRequiredValue(_output)} is a file; it names the directory to write into", parsed.GetRequiredValue(_output));
            try
            {
                using var prover = new AccountProver(source.Rulebook, kind, Enum.Parse<ProofProfile>(parsed.GetRequiredValue(_profile), ignoreCase: true), parsed.GetValue(_bits));
                AccountOutcome? outcome = null;
                RulebookLoading.Guard(source.Loaded, () => outcome = prove(prover, new ProverContext { CancellationToken = cancel }));
                return outcome!.Refused is null
                    ? outcome
                    : throw new CliFailure(ExitCodes.Rejected, [new Problem("not-so", outcome.Refused, Hint: "no proof of this could be accepted")]);
            }
            catch (CoreException unprovable)
            {
                throw CliFailure.BadInput("rules.not-provable", unprovable.Message, source.Loaded.Path, unprovable.Hint);
            }
        }

        public (string Proof, JsonObject Answer) Write(ParseResult parsed, AccountSource source, AccountOutcome outcome, Terminal terminal)
        {
            string directory = parsed.GetRequiredValue(_output), proof = Path.Combine(directory, _name + ".proof"), statement = Path.Combine(directory, _name + ".statement.json");
            Files.Write(proof, outcome.Proof);
            Files.Write(statement, AccountStatementFile.Write(outcome.Inputs!));
            terminal.Say($"{proof}: {Show.Bytes(outcome.Proof.Length)}, made in {Show.Duration(outcome.Elapsed)}");
            terminal.Say($"{statement}: the public inputs; whoever verifies needs both, and the rulebook {source.Rulebook.Name}, {source.Rulebook.Digest}");
            if (parsed.GetValue(_timings)) TimingsView.Print(terminal, outcome.Report, outcome.Elapsed);
            AccountStatementInputs inputs = outcome.Inputs!;
            return (proof, new JsonObject
            {
                ["ok"] = true,
                ["venue"] = inputs.Venue,
                ["height"] = inputs.Height,
                ["stateRoot"] = inputs.StateRoot.ToString(),
                ["rulebook"] = inputs.Rulebook.Name,
                ["rulebookDigest"] = inputs.Rulebook.Digest.ToString(),
                ["parametersDigest"] = inputs.Rulebook.ParameterValuesDigest(inputs.Market).ToString(),
                ["marketDigest"] = inputs.Rulebook.MarketDigest(inputs.Market).ToString(),
                ["proofBytes"] = outcome.Proof.Length,
                ["seconds"] = Math.Round(outcome.Elapsed.TotalSeconds, 3),
                ["stages"] = TimingsView.ToJson(outcome.Report),
                ["proof"] = proof,
                ["statement"] = statement,
            });
        }
    }
}

/// <summary>What a verifier of health asks for: on both sides the same options.</summary>
internal sealed class HealthOptions
{
    private readonly Option<string> _threshold = new("--threshold") { Description = "At least this much is free, a decimal in the rulebook's unit of money.", Required = true };
    private readonly Option<string> _verifier = new("--verifier") { Description = "The verifier's name. Pseudonyms of different verifiers cannot be connected.", Required = true };
    private readonly Option<string> _challenge = new("--challenge") { Description = "64 hex digits that the verifier drew for this one proof.", Required = true };
    private readonly Option<string> _scope = new("--scope") { Description = "What pseudonyms are told apart by, beside the verifier.", DefaultValueFactory = _ => "" };
    private readonly Option<ulong?> _oldest = new("--oldest-height") { Description = "The oldest ledger height that is accepted. When proving: that of the opening, if not given." };

    public HealthOptions(Command command, params Option[] before)
    {
        foreach (Option option in (Option[])[.. before, _threshold, _verifier, _challenge, _scope, _oldest]) command.Add(option);
    }

    public string Threshold(ParseResult parsed) => parsed.GetRequiredValue(_threshold);

    public HealthRequest Request(ParseResult parsed, VenueRulebook rulebook, ulong oldest)
    {
        var quantity = new Quantity("threshold", Scale(rulebook), Unit.None, new Bounds(0, AccountStatementInputs.ThresholdEnd - 1));
        if (ScaledNumber.TryParse(Threshold(parsed), quantity, out BigInteger threshold, out string? hint) is { } wrong)
            throw CliFailure.BadInput("bad-option", $"--threshold: {wrong}", hint: hint);
        return new HealthRequest(parsed.GetRequiredValue(_verifier), parsed.GetRequiredValue(_scope), VerifyCommand.ParseDigest(parsed.GetRequiredValue(_challenge), "--challenge")!.Value, parsed.GetValue(_oldest) ?? oldest, threshold);
    }

    private static int Scale(VenueRulebook rulebook)
    {
        try
        {
            return AccountStatementInputs.FreeCollateralScale(rulebook);
        }
        catch (CoreException silent)
        {
            throw CliFailure.BadInput("rules.not-provable", silent.Message, hint: silent.Hint);
        }
    }
}
