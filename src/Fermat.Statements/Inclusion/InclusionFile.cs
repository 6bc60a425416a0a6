using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using System.Text.Json;
using Fermat.Margin;
using Fermat.Rules.Inputs;
using Fermat.Rules.Schema;
using Fermat.Statements.Files;
using Fermat.Statements.Rulebooks;
using Fermat.Statements.Solvency;

namespace Fermat.Statements.Inclusion;

/// <summary>The file of an opening under a rulebook (<c>.inclusion.json</c>): a <see cref="InclusionOpening"/>, read strictly by who has the rulebook.</summary>
public static class InclusionFile
{
    /// <summary>What the file says it is.</summary>
    public const string Format = "fermat-rulebook-inclusion-opening";

    /// <summary>The version of the file.</summary>
    public const int Version = 1;

    /// <summary>The longest file that is read.</summary>
    public const int MaxBytes = 4 << 20;

    /// <summary>The file's bytes.</summary>
    /// <param name="rulebook">The rulebook of the account.</param>
    /// <param name="opening">The opening.</param>
    public static byte[] Write(VenueRulebook rulebook, InclusionOpening opening)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        ArgumentNullException.ThrowIfNull(opening);
        return StatementJson.Document(json => Write(json, rulebook.Schema, opening));
    }

    /// <summary>Whether a file says that it is one of these; nothing else of it is looked at.</summary>
    /// <param name="utf8">Bytes of any origin.</param>
    public static bool IsOne(ReadOnlySpan<byte> utf8) => utf8[..Math.Min(utf8.Length, 256)].IndexOf("\"fermat-rulebook-inclusion-opening\""u8) >= 0;

    /// <summary>Reads a file; on failure returns what is wrong and where.</summary>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="rulebook">The reader's own rulebook.</param>
    /// <param name="opening">The opening; null on failure.</param>
    public static StatementRejection? TryRead(ReadOnlyMemory<byte> utf8, VenueRulebook rulebook, out InclusionOpening? opening)
    {
        ArgumentNullException.ThrowIfNull(rulebook);
        return StrictObject.TryRead(utf8, Format, Version, MaxBytes, file => Read(file, rulebook), out opening);
    }

    private static void Write(Utf8JsonWriter json, RulebookSchema schema, InclusionOpening opening)
    {
        AccountData account = opening.Account;
        json.WriteStartObject();
        json.WriteString("format", Format);
        json.WriteNumber("version", Version);
        json.WriteString("rulebook", opening.RulebookName);
        json.WriteString("schemaDigest", opening.SchemaDigest.ToString());
        json.WriteString("venue", opening.Venue);
        json.WriteString("height", opening.Height.ToString(CultureInfo.InvariantCulture));
        json.WriteString("stateRoot", opening.StateRoot.ToString());
        json.WriteString("account", account.Id);
        json.WriteString("ownerKey", account.OwnerKey.ToString());
        json.WriteString("nonce", account.Nonce.ToString(CultureInfo.InvariantCulture));
        json.WritePropertyName("fields");
        Fields(schema.Scalars, account.Scalars);
        json.WriteStartObject("items");
        for (int c = 0; c < schema.Collections.Length; c++)
        {
            json.WriteStartArray(schema.Collections[c].Name);
            foreach (ImmutableArray<BigInteger> item in account.Items[c]) Fields(schema.Collections[c].Fields, item);
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteString("salt", opening.Salt.ToString());
        json.WriteString("leafIndex", opening.LeafIndex.ToString(CultureInfo.InvariantCulture));
        StatementJson.WriteDigests(json, "path", opening.Path);
        json.WriteEndObject();

        void Fields(ImmutableArray<SchemaField> fields, ImmutableArray<BigInteger> values)
        {
            json.WriteStartObject();
            for (int f = 0; f < fields.Length; f++) Value(fields[f], values[f]);
            json.WriteEndObject();
        }

        void Value(SchemaField field, BigInteger value)
        {
            switch (field.Type)
            {
                case FieldType.Number number:
                    json.WriteString(field.Name, ScaledNumber.Format(value, number.Quantity.Scale));
                    break;
                case FieldType.Flag:
                    json.WriteBoolean(field.Name, value.IsOne);
                    break;
                case FieldType.Choice choice:
                    json.WriteString(field.Name, choice.Type.Values[(int)value]);
                    break;
                case FieldType.Reference reference:
                    json.WriteStartObject(field.Name);
                    json.WriteNumber("record", (int)value);
                    json.WriteString("symbol", opening.Symbols[(reference.Table, (int)value)]);
                    json.WriteEndObject();
                    break;
                default:
                    throw new InvalidOperationException("a private field is a number, a flag, a choice or a reference");
            }
        }
    }

    private static InclusionOpening Read(StrictObject file, VenueRulebook rulebook)
    {
        RulebookSchema schema = rulebook.Schema;
        string name = file.Text("rulebook", 256);
        Hashing.Digest digest = file.Digest("schemaDigest");
        if (digest != rulebook.SchemaDigest)
            throw new FileFormatException(new(StatementRejectionCode.WrongSchema, $"the leaf is of another schema of accounts ({name}) than the rulebook {rulebook.Name}", file.Path("schemaDigest"),
                rulebook.SchemaDigest.ToString(), digest.ToString(), "take the rulebook of the statement that you verified, word by word"));
        if (name != rulebook.Name) throw FileFormatException.Malformed(file.Path("rulebook"), $"expected \"{rulebook.Name}\", the rulebook's name");
        var symbols = new Dictionary<(int Table, int Record), string>();
        string venue = file.Text("venue", BookLimits.MaxTextLength);
        ulong height = file.UInt64("height");
        Hashing.Digest root = file.FieldDigest("stateRoot");
        string id = file.Text("account", BookLimits.MaxAccountIdLength);
        if (!AccountId.TryParse(id, out _)) throw FileFormatException.Malformed(file.Path("account"), "expected an account id", Identifiers.AllowedCharacters);
        if (!OwnerKey.TryParse(file.Text("ownerKey", 2 * OwnerKey.Length), out OwnerKey owner)) throw FileFormatException.Malformed(file.Path("ownerKey"), "expected 64 lower-case hexadecimal digits");
        ulong nonce = file.UInt64("nonce");
        StrictObject fields = file.Object("fields"), items = file.Object("items");
        ImmutableArray<BigInteger> scalars = Fields(fields, schema.Scalars);
        fields.Finish();
        var account = new AccountData(
            id, scalars, [.. schema.Collections.Select(collection => items.Objects(collection.Name, collection.MaxItems, item => Fields(item, collection.Fields)).ToImmutableArray())])
        { OwnerKey = owner, Nonce = nonce };
        items.Finish();
        if (AccountChecks.Problem(schema, account) is { } problem) throw FileFormatException.Malformed(file.Path("items"), problem);
        Hashing.Digest salt = file.FieldDigest("salt");
        ImmutableArray<Hashing.Digest> path = file.FieldDigests("path", SolvencyLimits.MaxDepth);
        return new InclusionOpening
        {
            RulebookName = name,
            SchemaDigest = digest,
            Venue = venue,
            Height = height,
            StateRoot = root,
            Account = account,
            Symbols = symbols.ToImmutableSortedDictionary(),
            Salt = salt,
            Path = path,
            LeafIndex = (int)file.Decimal("leafIndex", 0, BigInteger.One << path.Length),
        };

        ImmutableArray<BigInteger> Fields(StrictObject from, ImmutableArray<SchemaField> wanted) => [.. wanted.Select(field => Value(from, field))];

        BigInteger Value(StrictObject from, SchemaField field)
        {
            switch (field.Type)
            {
                case FieldType.Number { Quantity: var quantity }:
                    return from.SignedDecimal(field.Name, quantity.Scale, quantity.Bounds.Magnitude + 1);
                case FieldType.Flag:
                    return from.Flag(field.Name) ? 1 : 0;
                case FieldType.Choice { Type: var choice }:
                    int position = choice.Values.IndexOf(from.Text(field.Name, 256));
                    return position >= 0 ? position : throw FileFormatException.Malformed(from.Path(field.Name), $"expected one of {string.Join(", ", choice.Values)}");
                case FieldType.Reference { Table: var table }:
                    StrictObject reference = from.Object(field.Name);
                    int record = reference.Int("record", 0, schema.Tables[table].MaxRecords - 1);
                    string symbol = reference.Text("symbol", BookLimits.MaxTextLength);
                    reference.Finish();
                    if (!symbols.TryAdd((table, record), symbol) && symbols[(table, record)] != symbol)
                        throw FileFormatException.Malformed(from.Path(field.Name), $"{schema.Tables[table].Name} {record} has two symbols");
                    return record;
                default:
                    throw new InvalidOperationException("a private field is a number, a flag, a choice or a reference");
            }
        }
    }
}
