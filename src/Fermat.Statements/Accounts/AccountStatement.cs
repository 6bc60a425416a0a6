using System.Numerics;
using Fermat.Hashing;
using Fermat.Rules.Inputs;
using Fermat.Stark;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Accounts;

/// <summary>What a verifier of a statement about one account knows by itself, beside the rulebook that it brings; null is not checked.</summary>
public sealed record AccountAnchors
{
    /// <summary>Nothing pinned but the rulebook.</summary>
    public static AccountAnchors None { get; } = new();

    /// <summary>The kind of statement that is expected.</summary>
    public AccountStatementKind? Kind { get; init; }

    /// <summary>The state root, of a book of this rulebook's schema. A root that is not pinned may be anybody's tree, with an account made up for the purpose.</summary>
    public Digest? StateRoot { get; init; }

    /// <summary>The height of that root.</summary>
    public ulong? Height { get; init; }

    /// <summary>The digest of parameters and market data at that height.</summary>
    public Digest? ParametersDigest { get; init; }

    /// <summary>The digest of the parameters' values alone.</summary>
    public Digest? ParameterValuesDigest { get; init; }

    /// <summary>The digest of the market data alone.</summary>
    public Digest? MarketDigest { get; init; }

    /// <summary>The account's nullifier, where a liquidation is challenged whose nullifier is known.</summary>
    public Digest? Nullifier { get; init; }

    /// <summary>The verifier's own request, where health is to be shown; with it the statement must be of health, to this verifier, in this scope, for this challenge, of at least this threshold, and no older than this.</summary>
    public HealthRequest? Request { get; init; }

    internal StatementRejection? Check(AccountStatementInputs inputs)
    {
        if (Kind is { } kind && kind != inputs.Claim.Kind)
            return new(StatementRejectionCode.WrongClaim, "the statement is of another kind", Expected: $"{kind}", Got: $"{inputs.Claim.Kind}");
        if (StateRoot is { } root && root != inputs.StateRoot)
            return new(StatementRejectionCode.WrongStateRoot, "the state root is not the pinned one", Expected: $"{root}", Got: $"{inputs.StateRoot}", Hint: "the statement is about another book, or about another height");
        if (Height is { } height && height != inputs.Height)
            return new(StatementRejectionCode.WrongSnapshot, "the height is not the pinned one", Expected: $"{height}", Got: $"{inputs.Height}");
        if (ParametersDigest is { } parameters && parameters != inputs.ParametersDigest)
            return new(StatementRejectionCode.WrongParameters, "parameters and market data are not the pinned ones", Expected: $"{parameters}", Got: $"{inputs.ParametersDigest}");
        if (ParameterValuesDigest is { } values && values != inputs.Rulebook.ParameterValuesDigest(inputs.Market))
            return new(StatementRejectionCode.WrongParameters, "the parameters are not the pinned ones", Expected: $"{values}", Got: $"{inputs.Rulebook.ParameterValuesDigest(inputs.Market)}");
        if (MarketDigest is { } market && market != inputs.Rulebook.MarketDigest(inputs.Market))
            return new(StatementRejectionCode.WrongMarketData, "the market data are not the pinned ones", Expected: $"{market}", Got: $"{inputs.Rulebook.MarketDigest(inputs.Market)}", Hint: "the account is judged at other prices than those that you know");
        if (Nullifier is { } nullifier && (inputs.Claim as AccountClaim.Liquidation)?.Nullifier != nullifier)
            return new(StatementRejectionCode.WrongAccount, "the statement is about another account, or about another height", Expected: $"{nullifier}", Got: $"{(inputs.Claim as AccountClaim.Liquidation)?.Nullifier}");
        return Request?.Check(inputs);
    }
}

/// <summary>What a verifier asks an account's owner to show.</summary>
/// <param name="Verifier">The verifier's name.</param>
/// <param name="Scope">What pseudonyms are told apart by, beside the verifier.</param>
/// <param name="Challenge">Drawn for this request and used once.</param>
/// <param name="OldestHeight">The oldest height that is accepted.</param>
/// <param name="Threshold">At least this must be free, in units of free collateral.</param>
public sealed record HealthRequest(string Verifier, string Scope, Digest Challenge, ulong OldestHeight, BigInteger Threshold)
{
    internal StatementRejection? Check(AccountStatementInputs inputs)
    {
        if (inputs.Claim is not AccountClaim.Health health) return Wrong("the kind of statement", $"{AccountStatementKind.Health}", $"{inputs.Claim.Kind}");
        if (health.Verifier != Verifier) return Wrong("the verifier", Verifier, health.Verifier);
        if (health.Scope != Scope) return Wrong("the scope", Scope, health.Scope);
        if (health.Challenge != Challenge) return Wrong("the challenge", $"{Challenge}", $"{health.Challenge}");
        if (health.Threshold < Threshold) return Wrong("the threshold", $"at least {Free(Threshold)}", Free(health.Threshold));
        if (inputs.Height < OldestHeight || health.OldestHeight < OldestHeight)
            return new(StatementRejectionCode.TooOld, "the statement is older than is accepted", Expected: $"height {OldestHeight} or later", Got: $"height {inputs.Height}, of which the statement accepts {health.OldestHeight} or later");
        return null;

        string Free(BigInteger units) => ScaledNumber.Format(units, AccountStatementInputs.FreeCollateralScale(inputs.Rulebook));
    }

    private static StatementRejection Wrong(string what, string expected, string got) => new(StatementRejectionCode.WrongClaim, $"{what} is not what was asked for", Expected: expected, Got: got);
}

/// <summary>
/// Statements L and H: one account under a state root, named by a nullifier or a pseudonym alone, may be liquidated, may not be, or has free collateral of at least a threshold; what the rulebook says at these market data.
/// </summary>
public static class AccountStatement
{
    /// <summary>Checks a statement and its proof. The rulebook is the verifier's own, and so are the circuit and its key.</summary>
    /// <param name="inputs">The public inputs; their rulebook is the verifier's.</param>
    /// <param name="proof">Bytes of a proof, of any origin.</param>
    /// <param name="anchors">What the verifier knows by itself.</param>
    /// <param name="policy">What it insists on; null for <see cref="VerifierPolicy.Default"/>.</param>
    /// <returns>Never throws on account of inputs or proof.</returns>
    public static AccountVerification Verify(AccountStatementInputs inputs, ReadOnlyMemory<byte> proof, AccountAnchors anchors, VerifierPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        ArgumentNullException.ThrowIfNull(anchors);
        policy ??= VerifierPolicy.Default;
        if ((inputs.Problem() ?? anchors.Check(inputs)) is { } problem) return new(problem, null, inputs);
        (StatementRejection? rejection, VerificationResult? result) = StatementProof.Verify(
            () => AccountCircuit.Of(inputs.Rulebook, inputs.Claim.Kind), "the rulebook cannot be proven", circuit => new AccountPublicTables(inputs, circuit), proof, policy);
        return new(rejection, result, inputs);
    }
}

/// <summary>The outcome of checking a statement about one account and its proof.</summary>
public sealed record AccountVerification : StatementVerification
{
    internal AccountVerification(StatementRejection? rejection, VerificationResult? result, AccountStatementInputs inputs)
        : base(rejection, result) => Inputs = inputs;

    /// <summary>What was checked.</summary>
    public AccountStatementInputs Inputs { get; }
}
