using System.Collections.Immutable;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Inclusion;

/// <summary>
/// What one account holder gets: its leaf of the state tree in full, the leaf's salt, and the path to the root. With it the holder checks alone that its balances are in the
/// book that was proven solvent. It is secret: who holds it knows the account.
/// </summary>
public sealed record InclusionOpening
{
    /// <summary>Who keeps the book.</summary>
    public required string Venue { get; init; }

    /// <summary>How many ledger events the book reflects.</summary>
    public required ulong Height { get; init; }

    /// <summary>The root that the opening claims to lead to; a holder compares with one of its own (<see cref="InclusionAnchors.StateRoot"/>).</summary>
    public required Digest StateRoot { get; init; }

    /// <summary>The account as it is in the leaf.</summary>
    public required Account Account { get; init; }

    /// <summary>Symbol and amount scale of each item's asset, for reading; the leaf holds the asset's index and units only.</summary>
    public required ImmutableArray<InclusionAsset> Assets { get; init; }

    /// <summary>Eight field elements that hide the leaf.</summary>
    public required Digest Salt { get; init; }

    /// <summary>The leaf's slot, below 2^(path length).</summary>
    public required int LeafIndex { get; init; }

    /// <summary>The sibling digests from the leaf upward.</summary>
    public required ImmutableArray<Digest> Path { get; init; }

    /// <summary>The digest of the leaf.</summary>
    public Digest LeafDigest()
    {
        Span<uint> salt = stackalloc uint[Digest.Words];
        Span<uint> id = stackalloc uint[Digest.Words];
        Span<uint> owner = stackalloc uint[Digest.Words];
        for (int i = 0; i < Digest.Words; i++) salt[i] = Salt[i];
        Canonical(AccountDigests.OfId(Account.Id.Value), id);
        Canonical(AccountDigests.OfOwner(Account.OwnerKey.ToArray()), owner);
        uint[] blocks = new uint[AccountLeaf.BlockSize * AccountLeaf.Blocks(Account.Balances.Count)];
        AccountLeaf.Encode(Account, salt, id, owner, blocks);
        return LeafSponge.Hash([.. blocks.Select(KoalaBear.From)]);
    }

    /// <summary>The root that leaf and path lead to.</summary>
    public Digest ComputeRoot() => InclusionPath.Root(LeafDigest(), LeafIndex, Path);

    /// <summary>Checks the opening against what the holder knows by itself; null when the account, just as shown, is under the holder's root.</summary>
    public StatementRejection? Verify(InclusionAnchors anchors)
    {
        if (Problem() is { } problem) return problem;
        if (Account.Id != anchors.AccountId)
            return new(StatementRejectionCode.WrongAccount, "the opening is another account's", Expected: anchors.AccountId.Value, Got: Account.Id.Value);
        if (InclusionPath.Mismatch(Account.OwnerKey, Venue, Height, StateRoot, anchors.OwnerKey, anchors.Venue, anchors.Height, anchors.StateRoot) is { } other) return other;
        if (anchors.Parameters is { } parameters && Names(parameters) is { } wrong) return wrong;
        return InclusionPath.NotUnder(anchors.StateRoot, ComputeRoot());
    }

    /// <summary>What is wrong with the opening by itself.</summary>
    private StatementRejection? Problem()
    {
        if (InclusionPath.Problem(LeafIndex, Path, Salt) is { } path) return path;
        if (Assets.Length != Account.Balances.Count) return Out("the number of asset names", $"{Account.Balances.Count}, one per item", $"{Assets.Length}");
        return Account.Problem(SolvencyLimits.MaxAssets) is { } problem ? Out("the account is not valid: " + problem, "a valid account") : null;
    }

    /// <summary>An item's symbol and scale must be those of the statement's asset, or amounts would read as something else.</summary>
    private StatementRejection? Names(RiskParameters parameters)
    {
        for (int i = 0; i < Assets.Length; i++)
        {
            int index = Account.Balances[i].Asset;
            if (index >= parameters.Assets.Length) return new(StatementRejectionCode.WrongParameters, "an item is in an asset that the statement does not have", Got: $"asset {index}");
            Asset asset = parameters.Assets[index];
            if (Assets[i].Symbol != asset.Symbol || Assets[i].AmountScale != asset.AmountScale)
                return new(StatementRejectionCode.WrongParameters, $"asset {index} is another one, or of another scale, in the statement",
                    Expected: $"{asset.Symbol}, scale {asset.AmountScale}", Got: $"{Assets[i].Symbol}, scale {Assets[i].AmountScale}");
        }
        return null;
    }

    private static StatementRejection Out(string what, string expected, string? got = null) => StatementParts.Out(what, expected, got);

    private static void Canonical(KoalaBear[] elements, Span<uint> into)
    {
        for (int i = 0; i < elements.Length; i++) into[i] = elements[i].Value;
    }
}

/// <summary>How an item's asset is read.</summary>
/// <param name="Symbol">Its symbol.</param>
/// <param name="AmountScale">Decimals of its amounts.</param>
public readonly record struct InclusionAsset(string Symbol, int AmountScale);

/// <summary>What an account holder knows by itself; nothing of it is read from the opening.</summary>
/// <param name="StateRoot">From a proven statement, obtained independently of the opening.</param>
/// <param name="AccountId">The holder's account.</param>
/// <param name="OwnerKey">The digest of the holder's key, or <see cref="OwnerKey.None"/> when the venue keeps none; then only the account id binds the leaf to the holder.</param>
/// <param name="Parameters">The statement's assets; without them symbols and scales are only what the opening says.</param>
public sealed record InclusionAnchors(Digest StateRoot, AccountId AccountId, OwnerKey OwnerKey, RiskParameters? Parameters)
{
    /// <summary>The venue that the opening must name; null when it is not checked. No leaf holds it.</summary>
    public string? Venue { get; init; }

    /// <summary>The height that the opening must name; null when it is not checked. No leaf holds it.</summary>
    public ulong? Height { get; init; }

    /// <summary>The anchors that a verified statement gives.</summary>
    public static InclusionAnchors Of(SolvencyPublicInputs statement, AccountId accountId, OwnerKey ownerKey) =>
        new(statement.StateRoot, accountId, ownerKey, statement.Parameters) { Venue = statement.Venue, Height = statement.Height };
}
