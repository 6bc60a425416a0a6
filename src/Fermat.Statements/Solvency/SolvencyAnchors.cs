using System.Collections.Immutable;
using System.Numerics;
using Fermat.Hashing;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Solvency;

/// <summary>What a verifier knows by itself, beside the rulebook that it brings, and holds a statement to; null is not checked.</summary>
public sealed record SolvencyAnchors
{
    /// <summary>Nothing pinned but the rulebook.</summary>
    public static SolvencyAnchors None { get; } = new();

    /// <summary>The state root, from a bulletin, a chain, or other account holders.</summary>
    public Digest? StateRoot { get; init; }

    /// <summary>The digest of the parameters' values (<see cref="VenueRulebook.ParameterValuesDigest"/>).</summary>
    public Digest? ParametersDigest { get; init; }

    /// <summary>The digest of the market data (<see cref="VenueRulebook.MarketDigest"/>).</summary>
    public Digest? MarketDigest { get; init; }

    /// <summary>The reserves the verifier has seen proof of elsewhere, by asset, in units of the claim: the statement must not claim more. Which assets these are say the market data, so their digest is pinned with it.</summary>
    public ImmutableArray<BigInteger>? Reserves { get; init; }

    /// <summary>The oldest ledger height that is accepted.</summary>
    public ulong? MinimumHeight { get; init; }

    /// <summary>The first anchor that the inputs do not keep.</summary>
    internal StatementRejection? Check(SolvencyPublicInputs inputs)
    {
        if (StateRoot is { } root && root != inputs.StateRoot)
            return new(StatementRejectionCode.WrongStateRoot, "the state root is not the pinned one", Expected: root.ToString(), Got: inputs.StateRoot.ToString(), Hint: "the statement is about another book, or about another height");
        if (ParametersDigest is { } parameters && parameters != inputs.ParametersDigest)
            return new(StatementRejectionCode.WrongParameters, "the parameters are not the pinned ones", Expected: parameters.ToString(), Got: inputs.ParametersDigest.ToString());
        if (MarketDigest is { } market && market != inputs.MarketDigest)
            return new(StatementRejectionCode.WrongMarketData, "the market data are not the pinned ones", Expected: market.ToString(), Got: inputs.MarketDigest.ToString());
        if (MinimumHeight is { } height && inputs.Height < height)
            return new(StatementRejectionCode.TooOld, "the statement is older than is accepted", Expected: $"height {height} or later", Got: $"height {inputs.Height}");
        if (Reserves is not { } reserves) return null;
        if (MarketDigest is null)
            return new(StatementRejectionCode.WrongReserves, "reserves are pinned of assets that are not pinned", Hint: "pin the digest of the market data too: it binds the order and names of the assets");
        if (reserves.Length != inputs.Reserves.Length)
            return new(StatementRejectionCode.WrongReserves, "the statement has another number of assets", Expected: $"{reserves.Length}", Got: $"{inputs.Reserves.Length}");
        int over = Enumerable.Range(0, reserves.Length).FirstOrDefault(asset => inputs.Reserves[asset] > reserves[asset], -1);
        return over < 0 ? null : new(StatementRejectionCode.WrongReserves, $"the statement claims more reserves of {inputs.AssetSymbol(over)} than are known", Expected: $"at most {reserves[over]} units", Got: $"{inputs.Reserves[over]} units");
    }
}
