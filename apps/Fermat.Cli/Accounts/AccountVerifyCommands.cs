using System.CommandLine;
using System.Diagnostics;
using Fermat.Cli.Commands;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Hashing;
using Fermat.Stark;
using Fermat.Statements;
using Fermat.Statements.Accounts;
using Fermat.Statements.Rulebooks;

namespace Fermat.Cli.Accounts;

/// <summary><c>fermat verify liquidation</c> and <c>fermat verify health</c>: the verifier brings rulebook, root and market data.</summary>
internal static class AccountVerifyCommands
{
    public static void Add(Command verify, AddCommand add)
    {
        AddLiquidation(verify, add);
        AddHealth(verify, add);
    }

    /// <summary>Sizes, parameters and bits of a proof about one account.</summary>
    public static int Info(string rulesPath, string proofPath, string statementPath, Terminal terminal)
    {
        (AccountStatementInputs inputs, byte[] proof) = Read(rulesPath, proofPath, statementPath, new VerifierPolicy(0));
        AccountVerification result = AccountStatement.Verify(inputs, proof, AccountAnchors.None, new VerifierPolicy(0));
        if (!result.Accepted) throw VerifyCommand.Failure(result.Rejection!, 1, null, result.Result, proofPath, statementPath);
        return VerifyCommand.ShowInfo(terminal, [result.Result!], inputs.Depth, result.ProvenBits, proof.Length);
    }

    private static void AddLiquidation(Command verify, AddCommand add)
    {
        var command = new Command("liquidation",
            "Verify that an account may be liquidated, or with --not-due that it may not. Exit code 1 if it is rejected.\n\n" +
            "  fermat verify liquidation proof/liquidation.proof --rules cross_tiered.risk --state-root HEX --height 7 --market HEX\n\n" +
            "You bring the rulebook and the state root: under a root of the prover's own choice every account is what it says. What you do not pin is taken from the statement, and the verdict says so. " +
            "A challenged liquidation has a nullifier; pin it with --nullifier, or the statement is about some account at that height.");
        var options = new AccountOptions(command);
        var notDue = new Option<bool>("--not-due") { Description = "The statement must be that a liquidation was not due; without it, that it was." };
        var nullifier = new Option<string?>("--nullifier") { Description = "The account's nullifier at this height, if you know it (hex)." };
        command.Add(notDue);
        command.Add(nullifier);
        add(verify, command, (parsed, terminal, _) => options.Run(parsed, terminal, _ => options.Anchors(parsed) with
        {
            Kind = parsed.GetValue(notDue) ? AccountStatementKind.LiquidationNotDue : AccountStatementKind.LiquidationDue,
            Nullifier = VerifyCommand.ParseDigest(parsed.GetValue(nullifier), "--nullifier"),
        }));
    }

    private static void AddHealth(Command verify, AddCommand add)
    {
        var command = new Command("health",
            "Verify that an account's free collateral is at least what you asked for. Exit code 1 if it is rejected.\n\n" +
            "  fermat verify health proof/health.proof --rules cross_tiered.risk --state-root HEX --threshold 10000 --verifier 'a lender' --challenge HEX\n\n" +
            "Draw a challenge for each request (openssl rand -hex 32) and accept it once: a proof that was made before, for another verifier, or for less is refused. Take the root from a proof of the whole book.");
        var options = new AccountOptions(command);
        var health = new HealthOptions(command);
        add(verify, command, (parsed, terminal, _) => options.Run(parsed, terminal, rulebook => options.Anchors(parsed) with { Request = health.Request(parsed, rulebook, oldest: 0) }));
    }

    private static (AccountStatementInputs Inputs, byte[] Proof) Read(string rulesPath, string proofPath, string statementPath, VerifierPolicy policy)
    {
        VenueRulebook rulebook = VenueRulebook.Of(RulebookLoading.Rulebook(rulesPath).Result)!;
        byte[] bytes = Files.Read(statementPath, AccountStatementFile.MaxBytes);
        if (!AccountStatementFile.IsOne(bytes)) throw CliFailure.BadInput("not-an-account-statement", "the statement is not about one account", statementPath, "fermat verify solvency verifies statements about books");
        if (AccountStatementFile.TryRead(bytes, rulebook, out AccountStatementInputs? inputs) is { } wrong)
            throw new CliFailure(wrong.Code is StatementRejectionCode.WrongRulebook or StatementRejectionCode.DigestMismatch ? ExitCodes.Rejected : ExitCodes.BadInput, [VerifyCommand.Problem(wrong, statementPath)]);
        return (inputs!, Files.Read(proofPath, policy.MaximumProofBytes));
    }

    /// <summary>What both are told.</summary>
    private sealed class AccountOptions
    {
        private readonly Argument<string> _proof = new("proof") { Description = "The proof file." };
        private readonly Option<string?> _statement = new("--statement", "-s") { Description = "The statement file. Default: NAME.statement.json beside NAME.proof." };
        private readonly Option<string> _rules = new("--rules") { Description = "The rulebook that the venue published: you bring it, and the proof is checked against your copy.", Required = true };
        private readonly Option<string> _stateRoot = new("--state-root") { Description = "The state root you know from elsewhere (hex), of a book of this rulebook.", Required = true };
        private readonly Option<ulong?> _height = new("--height") { Description = "The ledger height of that root." };
        private readonly Option<string?> _parameters = new("--parameters") { Description = "Digest of the parameters' values you know from elsewhere (hex)." };
        private readonly Option<string?> _market = new("--market") { Description = "Digest of the market data you know from elsewhere (hex)." };
        private readonly Option<int> _bits = new("--bits") { Description = "Reject proofs with fewer proven bits.", DefaultValueFactory = _ => Profiles.StandardBits };

        public AccountOptions(Command command)
        {
            _bits.MustBe(1, 128);
            command.Add(_proof);
            foreach (Option option in (Option[])[_statement, _rules, _stateRoot, _height, _parameters, _market, _bits]) command.Add(option);
        }

        public AccountAnchors Anchors(ParseResult parsed) => new()
        {
            StateRoot = VerifyCommand.ParseDigest(parsed.GetRequiredValue(_stateRoot), "--state-root"),
            Height = parsed.GetValue(_height),
            ParameterValuesDigest = VerifyCommand.ParseDigest(parsed.GetValue(_parameters), "--parameters"),
            MarketDigest = VerifyCommand.ParseDigest(parsed.GetValue(_market), "--market"),
        };

        public int Run(ParseResult parsed, Terminal terminal, Func<VenueRulebook, AccountAnchors> expected)
        {
            string proofPath = parsed.GetRequiredValue(_proof), statementPath = parsed.GetValue(_statement) ?? VerifyOptions.StatementBeside(proofPath);
            var policy = new VerifierPolicy(parsed.GetValue(_bits));
            (AccountStatementInputs inputs, byte[] proof) = Read(parsed.GetRequiredValue(_rules), proofPath, statementPath, policy);
            AccountAnchors anchors = expected(inputs.Rulebook);
            long started = Stopwatch.GetTimestamp();
            AccountVerification result = AccountStatement.Verify(inputs, proof, anchors, policy);
            TimeSpan elapsed = Stopwatch.GetElapsedTime(started);
            if (!result.Accepted) throw VerifyCommand.Failure(result.Rejection!, 1, null, result.Result, proofPath, statementPath);
            terminal.Say($"ACCEPTED in {Show.Duration(elapsed)}");
            Accounts.AccountView.Print(terminal, result, anchors);
            terminal.Answer(Accounts.AccountView.ToJson(result, anchors, elapsed));
            return ExitCodes.Ok;
        }
    }
}
