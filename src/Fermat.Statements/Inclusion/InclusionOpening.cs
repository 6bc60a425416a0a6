using System.Collections.Immutable;
using System.Numerics;
using Fermat.Algebra;
using Fermat.Hashing;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Rulebooks;

namespace Fermat.Statements.Inclusion;

/// <summary>
/// What one account holder of a book under a rulebook gets: its leaf of the state tree in full, the leaf's salt, and the path to the root. With it and the rulebook the holder checks alone that its account is in the book that was
/// proven solvent. It is secret: who holds it knows the account.
/// </summary>
public sealed record InclusionOpening
{
    /// <summary>The rulebook that the venue says the account is under; a holder brings its own (<see cref="InclusionAnchors.Rulebook"/>).</summary>
    public required string RulebookName { get; init; }

    /// <summary>The digest of the accounts' schema that the venue says the leaf has.</summary>
    public required Digest SchemaDigest { get; init; }

    /// <summary>Who keeps the book.</summary>
    public required string Venue { get; init; }

    /// <summary>How many ledger events the book reflects.</summary>
    public required ulong Height { get; init; }

    /// <summary>The root that the opening claims to lead to.</summary>
    public required Digest StateRoot { get; init; }

    /// <summary>The account as it is in the leaf, its owner's key and nonce with it.</summary>
    public required AccountData Account { get; init; }

    /// <summary>The symbols of the records that the account refers to, by table and record, for reading; the leaf holds indices only.</summary>
    public required ImmutableSortedDictionary<(int Table, int Record), string> Symbols { get; init; }

    /// <summary>Eight field elements that hide the leaf.</summary>
    public required Digest Salt { get; init; }

    /// <summary>The leaf's slot, below 2^(path length).</summary>
    public required int LeafIndex { get; init; }

    /// <summary>The sibling digests from the leaf upward.</summary>
    public required ImmutableArray<Digest> Path { get; init; }

    /// <summary>The digest of the leaf under a rulebook's schema.</summary>
    /// <param name="rulebook">The rulebook.</param>
    public Digest LeafDigest(VenueRulebook rulebook)
    {
        Span<KoalaBear> salt = stackalloc KoalaBear[Digest.Words];
        if (!Salt.TryToFields(salt)) throw new InvalidOperationException("the salt is not made of field elements");
        return LeafSponge.Hash(RulebookLeaf.Blocks(rulebook, Account, salt));
    }

    /// <summary>The root that leaf and path lead to.</summary>
    /// <param name="rulebook">The rulebook.</param>
    public Digest ComputeRoot(VenueRulebook rulebook) => InclusionPath.Root(LeafDigest(rulebook), LeafIndex, Path);

    /// <summary>Checks the opening against what the holder knows by itself; null when the account, just as shown, is under the holder's root.</summary>
    /// <param name="anchors">What the holder knows.</param>
    public StatementRejection? Verify(InclusionAnchors anchors)
    {
        ArgumentNullException.ThrowIfNull(anchors);
        VenueRulebook rulebook = anchors.Rulebook;
        if (SchemaDigest != rulebook.SchemaDigest)
            return new(StatementRejectionCode.WrongSchema, $"the leaf is of another schema of accounts than the rulebook {rulebook.Name}", Expected: rulebook.SchemaDigest.ToString(), Got: SchemaDigest.ToString(),
                Hint: "take the rulebook of the statement that you verified, word by word");
        if (InclusionPath.Problem(LeafIndex, Path, Salt) is { } path) return path;
        if (!AccountId.TryParse(Account.Id, out _)) return new(StatementRejectionCode.OutOfRange, "the account's id", Expected: $"1 to 64 {Identifiers.AllowedCharacters}");
        if (AccountChecks.Problem(rulebook.Schema, Account) is { } problem) return new(StatementRejectionCode.OutOfRange, "the account is not valid: " + problem);
        if (Account.Id != anchors.AccountId)
            return new(StatementRejectionCode.WrongAccount, "the opening is another account's", Expected: anchors.AccountId, Got: Account.Id);
        if (InclusionPath.Mismatch(Account.OwnerKey, Venue, Height, StateRoot, anchors.OwnerKey, anchors.Statement?.Venue, anchors.Statement?.Height, anchors.StateRoot) is { } other) return other;
        if (anchors.Statement is { } statement && Names(statement) is { } wrong) return wrong;
        return InclusionPath.NotUnder(anchors.StateRoot, ComputeRoot(rulebook));
    }

    /// <summary>The records that an account refers to, by table.</summary>
    /// <param name="schema">Its schema.</param>
    /// <param name="account">An account of the schema.</param>
    public static IEnumerable<(int Table, int Record)> References(RulebookSchema schema, AccountData account)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(account);
        return Of(schema.Scalars, account.Scalars)
            .Concat(schema.Collections.SelectMany((collection, c) => account.Items[c].SelectMany(item => Of(collection.Fields, item))))
            .Distinct();

        static IEnumerable<(int, int)> Of(ImmutableArray<SchemaField> fields, ImmutableArray<BigInteger> values) =>
            fields.Zip(values).Where(pair => pair.First.Type is FieldType.Reference).Select(pair => (((FieldType.Reference)pair.First.Type).Table, (int)pair.Second));
    }

    /// <summary>The symbols must be those of the statement's records, or the account would read as something else.</summary>
    private StatementRejection? Names(StatedBook statement)
    {
        RulebookSchema schema = statement.Rulebook.Schema;
        foreach ((int table, int record) in References(schema, Account))
        {
            ImmutableArray<MarketRecord> records = statement.Market.Tables[table];
            string name = schema.Tables[table].Name;
            if (record >= records.Length)
                return new(StatementRejectionCode.WrongMarketData, $"the account refers to a {name} that the statement does not have", Expected: $"below {records.Length}", Got: $"{record}");
            string symbol = Symbols.GetValueOrDefault((table, record), "nothing");
            if (records[record].Symbol != symbol)
                return new(StatementRejectionCode.WrongMarketData, $"{name} {record} is another one in the statement", Expected: records[record].Symbol, Got: symbol);
        }
        return null;
    }
}

/// <summary>What an account holder of a book under a rulebook knows by itself; nothing of it is read from the opening.</summary>
/// <param name="Rulebook">The rulebook of the statement that was verified.</param>
/// <param name="StateRoot">From that statement, obtained independently of the opening.</param>
/// <param name="AccountId">The holder's account.</param>
/// <param name="OwnerKey">The digest of the holder's key, or <see cref="Margin.OwnerKey.None"/> when the venue keeps none; then only the account id binds the leaf to the holder.</param>
public sealed record InclusionAnchors(VenueRulebook Rulebook, Digest StateRoot, string AccountId, OwnerKey OwnerKey)
{
    /// <summary>What the statement says of the book, whose venue, height and symbols the opening must have; without it these are only what the opening says.</summary>
    public StatedBook? Statement { get; init; }
}
