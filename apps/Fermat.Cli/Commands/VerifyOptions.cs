using System.CommandLine;
using Fermat.Cli.Output;
using Fermat.Cli.Rules;
using Fermat.Cli.Venue;
using Fermat.Hashing;
using Fermat.Stark;

namespace Fermat.Cli.Commands;

/// <summary>What <c>fermat verify</c> and <c>fermat verify solvency</c> are told.</summary>
internal sealed class VerifyOptions
{
    private readonly Argument<string> _proof = new("proof") { Description = "The proof file." };
    private readonly Option<string?> _statement;
    private readonly Option<string?> _rules = new("--rules") { Description = "The rulebook that the venue published: you bring it, and the proof is checked against your copy. Without it: rules/exchange_sample.risk, built in." };
    private readonly Option<string?> _stateRoot = new("--state-root") { Description = "The state root you know from elsewhere (hex); the statement must have it." };
    private readonly Option<string?> _parameters = new("--parameters") { Description = "Digest of the values of the rulebook's parameters that you know from elsewhere (hex)." };
    private readonly Option<string?> _market = new("--market") { Description = "Digest of the market data (prices, haircuts) you know from elsewhere (hex)." };
    private readonly Option<ulong?> _height = new("--minimum-height") { Description = "Reject statements older than this ledger height." };
    private readonly Option<string[]> _reserves = new("--reserves")
    {
        Description = "Reserves you have seen proof of, as SYMBOL=AMOUNT; the statement must not claim more. Assets you leave out count as none. Needs --market, which fixes which assets these are.",
        AllowMultipleArgumentsPerToken = true,
    };
    private readonly Option<int> _bits = new("--bits") { Description = "Reject proofs with fewer proven bits.", DefaultValueFactory = _ => Profiles.StandardBits };

    /// <summary>Adds the options to a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="besideProof">Whether the statement may be left out, and is then looked for beside the proof.</param>
    public VerifyOptions(Command command, bool besideProof)
    {
        _statement = new("--statement", "-s")
        {
            Description = "The statement file: the public inputs the proof is about." + (besideProof ? " Default: NAME.statement.json beside NAME.proof." : ""),
            Required = !besideProof,
        };
        _bits.MustBe(1, 128);
        command.Add(_proof);
        foreach (Option option in (Option[])[_statement, _rules, _stateRoot, _parameters, _market, _reserves, _height, _bits]) command.Add(option);
    }

    public int Run(ParseResult parsed, Terminal terminal)
    {
        string proof = parsed.GetRequiredValue(_proof), statement = parsed.GetValue(_statement) ?? StatementBeside(proof);
        var known = new KnownAnchors(
            Digest(_stateRoot), Digest(_parameters), Digest(_market), parsed.GetValue(_reserves) ?? [], parsed.GetValue(_height));
        var policy = new VerifierPolicy(parsed.GetValue(_bits));
        return RulebookVerifying.Run(parsed.GetValue(_rules), proof, statement, known, policy, terminal, showInfo: false);

        Digest? Digest(Option<string?> option) => VerifyCommand.ParseDigest(parsed.GetValue(option), option.Name);
    }

    /// <summary>The statement of a proof; one of order or of shares (NAME.order.proof, NAME.shares.proof) has that of its batch.</summary>
    public static string StatementBeside(string proof)
    {
        foreach (string end in new[] { VerifyBatchCommand.OrderEnd, VerifyBatchCommand.SharesEnd })
            if (proof.EndsWith(end, StringComparison.Ordinal)) return proof[..^end.Length] + ".statement.json";
        return Path.ChangeExtension(proof, ".statement.json");
    }
}

/// <summary>What a verifier brings along; null or empty is not checked.</summary>
/// <param name="StateRoot">The state root.</param>
/// <param name="Parameters">Digest of parameters.</param>
/// <param name="Market">Digest of market data.</param>
/// <param name="Reserves">As SYMBOL=AMOUNT.</param>
/// <param name="MinimumHeight">The oldest height.</param>
internal sealed record KnownAnchors(Digest? StateRoot, Digest? Parameters, Digest? Market, string[] Reserves, ulong? MinimumHeight)
{
    public static KnownAnchors None { get; } = new(null, null, null, [], null);
}
