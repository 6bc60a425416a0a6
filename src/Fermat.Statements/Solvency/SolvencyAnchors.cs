using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;

namespace Fermat.Statements.Solvency;

/// <summary>
/// What a verifier knows by itself and holds a statement to; null is not checked. A statement that nothing is pinned for still proves that <em>some</em> book is
/// solvent at the prices and reserves it names.
/// </summary>
public sealed record SolvencyAnchors
{
    /// <summary>Nothing pinned.</summary>
    public static SolvencyAnchors None { get; } = new();

    /// <summary>The state root, from a bulletin, a chain, or other account holders.</summary>
    public Digest? StateRoot { get; init; }

    /// <summary>The digest of the risk parameters the venue has published.</summary>
    public Digest? ParametersDigest { get; init; }

    /// <summary>The digest of the prices.</summary>
    public Digest? PriceSetDigest { get; init; }

    /// <summary>
    /// The reserves the verifier has seen proof of elsewhere, per asset, in units of its scale: the statement must not claim more. Which asset a number is about and what its unit
    /// is say the risk parameters, so they are pinned with it; otherwise the check fails.
    /// </summary>
    public ImmutableArray<BigInteger>? Reserves { get; init; }

    /// <summary>The oldest ledger height that is accepted.</summary>
    public ulong? MinimumHeight { get; init; }

    /// <summary>The first anchor that the inputs do not keep.</summary>
    internal StatementRejection? Check(SolvencyPublicInputs inputs)
    {
        if (StateRoot is { } root && root != inputs.StateRoot)
            return new(StatementRejectionCode.WrongStateRoot, "the state root is not the pinned one", Expected: root.ToString(), Got: inputs.StateRoot.ToString(),
                Hint: "the statement is about another book, or about another height");
        if (ParametersDigest is { } parameters && parameters != inputs.ParametersDigest)
            return new(StatementRejectionCode.WrongParameters, "the risk parameters are not the pinned ones", Expected: parameters.ToString(), Got: inputs.ParametersDigest.ToString());
        if (PriceSetDigest is { } prices && prices != inputs.PriceSetDigest)
            return new(StatementRejectionCode.WrongPriceSet, "the prices are not the pinned ones", Expected: prices.ToString(), Got: inputs.PriceSetDigest.ToString());
        if (MinimumHeight is { } height && inputs.Height < height)
            return new(StatementRejectionCode.TooOld, "the statement is older than is accepted", Expected: $"height {height} or later", Got: $"height {inputs.Height}");
        return Reserves is { } reserves ? CheckReserves(inputs, reserves) : null;
    }

    private StatementRejection? CheckReserves(SolvencyPublicInputs inputs, ImmutableArray<BigInteger> reserves)
    {
        if (ParametersDigest is null)
            return new(StatementRejectionCode.WrongReserves, "reserves are pinned in units of scales that are not pinned",
                Hint: "pin the digest of the risk parameters too: it binds the order, names and scales of the assets");
        if (reserves.Length != inputs.Reserves.Length)
            return new(StatementRejectionCode.WrongReserves, "the statement has another number of assets", Expected: $"{reserves.Length}", Got: $"{inputs.Reserves.Length}");
        for (int asset = 0; asset < reserves.Length; asset++)
            if (inputs.Reserves[asset] > reserves[asset])
                return new(StatementRejectionCode.WrongReserves, $"the statement claims more reserves of {inputs.Parameters.Assets[asset].Symbol} than are known",
                    Expected: $"at most {reserves[asset]} units", Got: $"{inputs.Reserves[asset]} units");
        return null;
    }
}
